// tests/unit/wire/bgpls/random_values.h -- draws for the random structs.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "lib/wire/bgpls/tlv.h"

namespace srpce::wire::bgpls {

class Draw {
 public:
  explicit Draw(uint64_t seed) : rng_(seed) {}

  bool Coin(int one_in = 2) { return Below(static_cast<uint64_t>(one_in)) == 0; }
  uint64_t Below(uint64_t bound) { return rng_() % bound; }
  uint8_t U8() { return static_cast<uint8_t>(rng_()); }
  uint16_t U16() { return static_cast<uint16_t>(rng_()); }
  uint32_t U24() { return static_cast<uint32_t>(rng_() & 0xffffff); }
  uint32_t U32() { return static_cast<uint32_t>(rng_()); }
  uint64_t U64() { return rng_(); }
  float Bandwidth() { return static_cast<float>(Below(1 << 30)) * 8; }
  std::string Text(size_t size) {
    std::string text;
    for (size_t i = 0; i < size; ++i) text.push_back(static_cast<char>(U8()));
    return text;
  }
  IpAddress V4() { return IpAddress::V4(U32()); }
  Ipv6Address V6() {
    Ipv6Address::Bytes octets{};
    for (uint8_t& octet : octets) octet = U8();
    return Ipv6Address(octets);
  }
  IpAddress Ip() { return Coin() ? V4() : IpAddress::V6(V6()); }
  // IPv4 before IPv6, as they stand in the order of their types.
  std::vector<IpAddress> Ips() {
    std::vector<IpAddress> ips;
    for (uint64_t n = Below(3); n > 0; --n) ips.push_back(V4());
    for (uint64_t n = Below(3); n > 0; --n) ips.push_back(IpAddress::V6(V6()));
    return ips;
  }

  template <typename F>
  auto Maybe(F make) -> std::optional<decltype(make())> {
    if (!Coin(3)) return std::nullopt;
    return make();
  }
  template <typename F>
  auto Some(F make, uint64_t most = 3) {
    std::vector<decltype(make())> some;
    if (Coin(3)) {
      for (uint64_t n = 1 + Below(most); n > 0; --n) some.push_back(make());
    }
    return some;
  }
  // In order of type, of types that nobody knows.
  std::vector<RawTlv> Unknown() {
    std::vector<RawTlv> tlvs;
    uint16_t type = 40000;
    for (uint64_t n = Coin(4) ? 1 + Below(3) : 0; n > 0; --n) {
      type = static_cast<uint16_t>(type + Below(3));
      tlvs.push_back({.type = type, .value = Text(Below(5))});
    }
    return tlvs;
  }

 private:
  std::mt19937_64 rng_;
};

}  // namespace srpce::wire::bgpls
