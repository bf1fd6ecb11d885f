// tests/unit/wire/bgpls/tshark.h -- what Wireshark reads out of BGP messages: a decoder that shares
// nothing with ours.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace srpce::wire::bgpls {

// For each message, for each of `fields` (names of Wireshark), its values joined by commas.
// Nothing if tshark is not installed.
using FieldTable = std::vector<std::vector<std::string>>;
std::optional<FieldTable> TsharkFields(const std::vector<std::string>& messages,
                                       const std::vector<std::string>& fields);

// A BGP UPDATE with these path attributes and no more than a receiver needs besides.
std::string UpdateMessage(const std::string& nlris, const std::string& bgpls_attribute);

}  // namespace srpce::wire::bgpls
