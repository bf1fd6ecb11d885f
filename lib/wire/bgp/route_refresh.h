// lib/wire/bgp/route_refresh.h -- ROUTE-REFRESH (RFC 2918 s3, RFC 7313 s3.2).
#pragma once

#include <string>

#include "lib/wire/bgp/code_points.h"
#include "lib/wire/bgp/notification.h"
#include "lib/wire/bytes/reader.h"

namespace srpce::wire::bgp {

struct RouteRefresh {
  enum class Subtype : uint8_t {
    kRequest = 0,
    kBegin = 1,  // BoRR: the full table of this family follows.
    kEnd = 2,    // EoRR: what was not in it is gone.
  };
  Family family{};
  Subtype subtype = Subtype::kRequest;  // Any other number is to be ignored (RFC 7313 s5).

  bool operator==(const RouteRefresh&) const = default;
};

// `body` is what follows the header. What is behind a request, outbound filters (RFC 5291), is not
// read: it takes a capability to send them.
Decoded<RouteRefresh> DecodeRouteRefresh(Bytes body);
std::string Encode(const RouteRefresh& refresh);

}  // namespace srpce::wire::bgp
