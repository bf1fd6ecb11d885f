// lib/plugin/southbound.cc -- the fingerprint of a policy's configuration.
#include "lib/plugin/southbound.h"

namespace srpce::plugin {
namespace {

// FNV-1a, 64 bits, over a canonical byte string: integers big endian, text and lists behind their
// length, optional values behind a presence byte, so that no two different values give the same
// bytes. Fixed for ever: routers report these numbers back.
class Fnv1a {
 public:
  void Byte(uint8_t value) {
    hash_ ^= value;
    hash_ *= kPrime;
  }
  void Number(uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      Byte(static_cast<uint8_t>(value >> shift));
    }
  }
  void Text(const std::string& value) {
    Number(value.size());
    for (const char c : value) {
      Byte(static_cast<uint8_t>(c));
    }
  }
  void Address(const Ipv6Address& value) {
    for (const uint8_t byte : value.bytes()) {
      Byte(byte);
    }
  }
  void Address(const IpAddress& value) {
    Byte(value.is_v4() ? 4 : 6);
    if (value.is_v4()) {
      Number(value.v4());
    } else {
      Address(value.v6());
    }
  }
  uint64_t hash() const { return hash_; }

 private:
  static constexpr uint64_t kOffset = 14695981039346656037ULL;
  static constexpr uint64_t kPrime = 1099511628211ULL;
  uint64_t hash_ = kOffset;
};

// The label stack or SRH alone: annotations explain a list, they are not part of it.
void AddList(const policy::WeightedList& weighted, Fnv1a& out) {
  out.Number(weighted.weight);
  out.Byte(weighted.list.data_plane == segments::DataPlane::kSrMpls ? 1 : 2);
  out.Number(weighted.list.labels.size());
  for (const uint32_t label : weighted.list.labels) {
    out.Number(label);
  }
  out.Number(weighted.list.sids.size());
  for (const Ipv6Address& sid : weighted.list.sids) {
    out.Address(sid);
  }
}

}  // namespace

uint64_t PolicyConfig::Fingerprint() const {
  Fnv1a out;
  out.Text(key.headend);
  out.Number(key.color);
  out.Text(key.endpoint);
  out.Text(name);
  out.Number(preference);
  out.Byte(endpoint_address.has_value());
  if (endpoint_address) {
    out.Address(*endpoint_address);
  }
  out.Byte(binding_label.has_value());
  out.Number(binding_label.value_or(0));
  out.Byte(binding_sid.has_value());
  out.Address(binding_sid.value_or(Ipv6Address()));
  out.Number(steered_prefixes.size());
  for (const IpPrefix& prefix : steered_prefixes) {
    out.Address(prefix.address());
    out.Byte(prefix.length());
  }
  out.Number(lists.size());
  for (const policy::WeightedList& list : lists) {
    AddList(list, out);
  }
  out.Byte(decapsulation_sid.has_value());
  out.Address(decapsulation_sid.value_or(Ipv6Address()));
  return out.hash();
}

}  // namespace srpce::plugin
