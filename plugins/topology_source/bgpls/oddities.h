// plugins/topology_source/bgpls/oddities.h -- what was not understood or made no sense: skipped,
// counted, and one example of each kept for people.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "lib/plugin/topology_source.h"
#include "lib/wire/bytes/reader.h"

namespace srpce::bgpls_source {

// For any thread.
class Oddities {
 public:
  // `text` says what it is or what was wrong with it, and is one of few: it tells kinds apart.
  // `where` names the element; `octets` are those of the example.
  void Count(const std::string& kind, uint32_t code, const std::string& text,
             const std::string& where, wire::Bytes octets = {});

  std::vector<plugin::UnknownElement> all() const;

 private:
  using Key = std::tuple<std::string, uint32_t, std::string>;
  mutable std::mutex mutex_;
  std::map<Key, plugin::UnknownElement> kinds_;
};

}  // namespace srpce::bgpls_source
