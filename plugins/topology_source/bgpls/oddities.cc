// plugins/topology_source/bgpls/oddities.cc
#include "plugins/topology_source/bgpls/oddities.h"

#include <algorithm>

namespace srpce::bgpls_source {
namespace {

constexpr size_t kMaxKinds = 1024;  // Then they count together: a peer may make up any number.
constexpr size_t kMaxOctets = 64;   // Of an example.
constexpr size_t kMaxTextSize = 256;

}  // namespace

void Oddities::Count(const std::string& kind, uint32_t code, const std::string& text,
                     const std::string& where, wire::Bytes octets) {
  Key key{kind, code, text.substr(0, kMaxTextSize)};
  const std::lock_guard lock(mutex_);
  auto it = kinds_.find(key);
  if (it == kinds_.end()) {
    if (kinds_.size() >= kMaxKinds) {
      key = {kind, 0, "others"};
    }
    it = kinds_.try_emplace(key).first;
  }
  plugin::UnknownElement& element = it->second;
  if (element.count++ == 0) {
    element.kind = std::get<0>(key);
    element.code = std::get<1>(key);
    element.text = std::get<2>(key);
    element.where = where.substr(0, kMaxTextSize);
    element.octets = std::string(wire::AsText(octets.first(std::min(octets.size(), kMaxOctets))));
  }
}

std::vector<plugin::UnknownElement> Oddities::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<plugin::UnknownElement> all;
  for (const auto& [key, element] : kinds_) {
    all.push_back(element);
  }
  return all;
}

}  // namespace srpce::bgpls_source
