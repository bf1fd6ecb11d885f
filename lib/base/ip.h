// lib/base/ip.h -- IPv4 and IPv6 addresses and prefixes as values: parse, print, compare, hash.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace srpce {

// 16 octets in network order.
class Ipv6Address {
 public:
  using Bytes = std::array<uint8_t, 16>;

  constexpr Ipv6Address() = default;
  constexpr explicit Ipv6Address(const Bytes& bytes) : bytes_(bytes) {}

  // Errors: INVALID_ARGUMENT  `text` is not an IPv6 address (RFC 4291 s2.2).
  static absl::StatusOr<Ipv6Address> Parse(absl::string_view text);
  // Returns the canonical text (RFC 5952).
  std::string ToString() const;

  const Bytes& bytes() const { return bytes_; }
  bool is_unspecified() const { return *this == Ipv6Address(); }

  // Returns the `length` bits from bit `offset` (0 = most significant) as a number. REQUIRES length
  // <= 64, offset + length <= 128.
  uint64_t Bits(uint32_t offset, uint32_t length) const;
  // Returns a copy whose `length` bits from `offset` are the low bits of `value`. Same REQUIRES.
  Ipv6Address WithBits(uint32_t offset, uint32_t length, uint64_t value) const;

  constexpr auto operator<=>(const Ipv6Address&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const Ipv6Address& a) {
    return H::combine(std::move(state), a.bytes_);
  }

 private:
  Bytes bytes_{};
};

// An address of either family. IPv4 is kept in the first 4 octets.
class IpAddress {
 public:
  enum class Family : uint8_t { kV4, kV6 };

  constexpr IpAddress() = default;
  static IpAddress V4(uint32_t host_order);
  static IpAddress V6(const Ipv6Address& address);
  // Errors: INVALID_ARGUMENT  `text` is neither an IPv4 nor an IPv6 address.
  static absl::StatusOr<IpAddress> Parse(absl::string_view text);
  std::string ToString() const;

  Family family() const { return family_; }
  bool is_v4() const { return family_ == Family::kV4; }
  uint32_t v4() const;     // Host order. REQUIRES is_v4().
  Ipv6Address v6() const;  // REQUIRES !is_v4().
  uint8_t max_prefix_length() const { return is_v4() ? 32 : 128; }
  bool is_unspecified() const;

  constexpr auto operator<=>(const IpAddress&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const IpAddress& a) {
    return H::combine(std::move(state), a.family_, a.bytes_);
  }

 private:
  Family family_ = Family::kV4;
  Ipv6Address::Bytes bytes_{};
};

// A prefix in canonical form: bits beyond `length` are zero.
class IpPrefix {
 public:
  constexpr IpPrefix() = default;
  // Bits of `address` beyond `length` are cleared. REQUIRES length <= address.max_prefix_length().
  IpPrefix(const IpAddress& address, uint8_t length);
  // Errors: INVALID_ARGUMENT  `text` is not "address/length". An address alone is a host prefix.
  static absl::StatusOr<IpPrefix> Parse(absl::string_view text);
  std::string ToString() const;

  const IpAddress& address() const { return address_; }
  uint8_t length() const { return length_; }
  bool is_host() const { return length_ == address_.max_prefix_length(); }
  bool Contains(const IpAddress& address) const;

  constexpr auto operator<=>(const IpPrefix&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const IpPrefix& p) {
    return H::combine(std::move(state), p.address_, p.length_);
  }

 private:
  IpAddress address_{};
  uint8_t length_ = 0;
};

}  // namespace srpce
