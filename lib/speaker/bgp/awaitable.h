// lib/speaker/bgp/awaitable.h -- Asio's coroutines.
#pragma once

#include <utility>
// Behind <utility>: Boost 1.74 uses std::exchange in it and does not say so.
#include <boost/asio/awaitable.hpp>
