#include "lib/base/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cassert>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace srpce {
namespace {

std::string ToText(int family, const uint8_t* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, bytes, text.data(), text.size());
  return text.data();
}

// inet_pton stops at a NUL, what follows it would go unread.
bool FromText(int family, absl::string_view text, uint8_t* bytes) {
  return text.find('\0') == absl::string_view::npos &&
         inet_pton(family, std::string(text).c_str(), bytes) == 1;
}

}  // namespace

absl::StatusOr<Ipv6Address> Ipv6Address::Parse(absl::string_view text) {
  Bytes bytes{};
  if (!FromText(AF_INET6, text, bytes.data())) {
    return absl::InvalidArgumentError(
        absl::StrCat("IPv6 address: got '", text, "', want for example 2001:db8::1"));
  }
  return Ipv6Address(bytes);
}

std::string Ipv6Address::ToString() const { return ToText(AF_INET6, bytes_.data()); }

uint64_t Ipv6Address::Bits(uint32_t offset, uint32_t length) const {
  assert(length <= 64 && offset + length <= 128);
  uint64_t value = 0;
  for (uint32_t bit = offset; bit < offset + length; ++bit) {
    value = (value << 1) | ((bytes_[bit / 8] >> (7 - bit % 8)) & 1U);
  }
  return value;
}

Ipv6Address Ipv6Address::WithBits(uint32_t offset, uint32_t length, uint64_t value) const {
  assert(length <= 64 && offset + length <= 128);
  Bytes bytes = bytes_;
  for (uint32_t i = 0; i < length; ++i) {
    const uint32_t bit = offset + length - 1 - i;
    const auto mask = static_cast<uint8_t>(1U << (7 - bit % 8));
    if (((value >> i) & 1U) != 0) {
      bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] | mask);
    } else {
      bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] & ~mask);
    }
  }
  return Ipv6Address(bytes);
}

IpAddress IpAddress::V4(uint32_t host_order) {
  IpAddress address;
  for (size_t i = 0; i < 4; ++i) {
    address.bytes_[i] = static_cast<uint8_t>(host_order >> (24 - 8 * i));
  }
  return address;
}

IpAddress IpAddress::V6(const Ipv6Address& v6) {
  IpAddress address;
  address.family_ = Family::kV6;
  address.bytes_ = v6.bytes();
  return address;
}

absl::StatusOr<IpAddress> IpAddress::Parse(absl::string_view text) {
  IpAddress address;
  if (FromText(AF_INET, text, address.bytes_.data())) {
    return address;
  }
  address.family_ = Family::kV6;
  if (FromText(AF_INET6, text, address.bytes_.data())) {
    return address;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("IP address: got '", text, "', want for example 192.0.2.1 or 2001:db8::1"));
}

std::string IpAddress::ToString() const {
  return ToText(is_v4() ? AF_INET : AF_INET6, bytes_.data());
}

uint32_t IpAddress::v4() const {
  assert(is_v4());
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value = (value << 8) | bytes_[i];
  }
  return value;
}

Ipv6Address IpAddress::v6() const {
  assert(!is_v4());
  return Ipv6Address(bytes_);
}

bool IpAddress::is_unspecified() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](uint8_t octet) { return octet == 0; });
}

IpPrefix::IpPrefix(const IpAddress& address, uint8_t length) : length_(length) {
  assert(length <= address.max_prefix_length());
  if (address.is_v4()) {
    const uint32_t mask = length == 0 ? 0 : ~uint32_t{0} << (32 - length);
    address_ = IpAddress::V4(address.v4() & mask);
    return;
  }
  Ipv6Address::Bytes bytes = address.v6().bytes();
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int keep = std::clamp(static_cast<int>(length) - static_cast<int>(8 * i), 0, 8);
    bytes[i] = static_cast<uint8_t>(bytes[i] & (0xff00U >> keep));
  }
  address_ = IpAddress::V6(Ipv6Address(bytes));
}

absl::StatusOr<IpPrefix> IpPrefix::Parse(absl::string_view text) {
  const size_t slash = text.find('/');
  absl::StatusOr<IpAddress> address = IpAddress::Parse(text.substr(0, slash));
  if (!address.ok()) {
    return address.status();
  }
  uint32_t length = address->max_prefix_length();
  if (slash != absl::string_view::npos && (!absl::SimpleAtoi(text.substr(slash + 1), &length) ||
                                           length > address->max_prefix_length())) {
    return absl::InvalidArgumentError(absl::StrCat("prefix length: got '", text, "', want 0 to ",
                                                   static_cast<int>(address->max_prefix_length())));
  }
  return IpPrefix(*address, static_cast<uint8_t>(length));
}

std::string IpPrefix::ToString() const {
  return absl::StrCat(address_.ToString(), "/", static_cast<int>(length_));
}

bool IpPrefix::Contains(const IpAddress& address) const {
  return address.family() == address_.family() && IpPrefix(address, length_) == *this;
}

}  // namespace srpce
