#include "lib/topology/link_pairing.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>

namespace srpce::topology {
namespace {

enum class Match : uint8_t { kBothInterfaces, kOneInterface, kAddresses, kSilent, kConflict };

struct Evidence {
  int agree = 0;
  int conflict = 0;

  void Add(bool same) { ++(same ? agree : conflict); }
};

void CompareInterface(const std::string& claimed, const std::string& actual, Evidence& evidence) {
  if (!claimed.empty() && !actual.empty()) {
    evidence.Add(claimed == actual);
  }
}

void CompareAddress(const std::optional<IpAddress>& claimed, const std::optional<IpAddress>& actual,
                    Evidence& evidence) {
  // Addresses of two families say nothing of each other; 0.0.0.0 is how some routers announce
  // "unnumbered".
  if (claimed && actual && claimed->family() == actual->family() && !claimed->is_unspecified() &&
      !actual->is_unspecified()) {
    evidence.Add(*claimed == *actual);
  }
}

Match Judge(const Link& forward, const Link& backward) {
  Evidence interfaces;
  CompareInterface(forward.key.remote_interface, backward.key.local_interface, interfaces);
  CompareInterface(backward.key.remote_interface, forward.key.local_interface, interfaces);
  if (interfaces.conflict == 0 && interfaces.agree > 0) {
    return interfaces.agree == 2 ? Match::kBothInterfaces : Match::kOneInterface;
  }
  const LinkAttributes& there = forward.attributes;
  const LinkAttributes& back = backward.attributes;
  Evidence addresses;
  CompareAddress(there.remote_address, back.local_address, addresses);
  CompareAddress(back.remote_address, there.local_address, addresses);
  if (addresses.conflict == 0 && addresses.agree > 0) {
    return Match::kAddresses;
  }
  return interfaces.conflict > 0 || addresses.conflict > 0 ? Match::kConflict : Match::kSilent;
}

bool BothNamed(const Link& forward, const Link& backward) {
  return Judge(forward, backward) == Match::kBothInterfaces;
}
bool OneNamed(const Link& forward, const Link& backward) {
  return Judge(forward, backward) == Match::kOneInterface;
}
bool AddressesMatch(const Link& forward, const Link& backward) {
  return Judge(forward, backward) == Match::kAddresses;
}
// Addresses that match do not tell unnumbered parallel links apart, which borrow those of the
// loopbacks; names may.
bool NamesMatch(const Link& forward, const Link& backward) {
  const Match match = Judge(forward, backward);
  return (match == Match::kSilent || match == Match::kAddresses) &&
         forward.key.local_interface == backward.key.local_interface;
}

constexpr bool (*kByEvidence[])(const Link&, const Link&) = {BothNamed, OneNamed, AddressesMatch,
                                                             NamesMatch};

// Positions by local interface, which no two links of one direction share.
std::vector<size_t> SortedPositions(const std::vector<const Link*>& links) {
  std::vector<size_t> positions(links.size());
  std::iota(positions.begin(), positions.end(), size_t{0});
  std::sort(positions.begin(), positions.end(), [&](size_t a, size_t b) {
    return links[a]->key.local_interface < links[b]->key.local_interface;
  });
  return positions;
}

constexpr size_t kNoPosition = SIZE_MAX;
constexpr size_t kSeveral = SIZE_MAX - 1;

void Note(size_t& only, size_t position) { only = only == kNoPosition ? position : kSeveral; }

}  // namespace

LinkPairs PairLinks(const std::vector<const Link*>& forward,
                    const std::vector<const Link*>& backward, const LinkPairs& before) {
  LinkPairs pairs;
  std::vector<size_t> there = SortedPositions(forward);
  std::vector<size_t> back = SortedPositions(backward);
  const auto pair_up = [&](size_t i, size_t j) {
    pairs.emplace_back(there[i], back[j]);
    there[i] = back[j] = kNoPosition;
  };
  const auto drop_paired = [&] {
    std::erase(there, kNoPosition);
    std::erase(back, kNoPosition);
  };
  for (const auto matches : kByEvidence) {
    std::vector<size_t> only_back(there.size(), kNoPosition);
    std::vector<size_t> only_there(back.size(), kNoPosition);
    for (size_t i = 0; i < there.size(); ++i) {
      for (size_t j = 0; j < back.size(); ++j) {
        if (matches(*forward[there[i]], *backward[back[j]])) {
          Note(only_back[i], j);
          Note(only_there[j], i);
        }
      }
    }
    for (size_t i = 0; i < there.size(); ++i) {
      const size_t j = only_back[i];
      if (j < back.size() && only_there[j] == i) {
        pair_up(i, j);
      }
    }
    drop_paired();
  }
  for (const auto& pair : before) {
    const auto i = std::find(there.begin(), there.end(), pair.first);
    const auto j = std::find(back.begin(), back.end(), pair.second);
    if (i != there.end() && j != back.end() &&
        Judge(*forward[pair.first], *backward[pair.second]) != Match::kConflict) {
      pair_up(static_cast<size_t>(i - there.begin()), static_cast<size_t>(j - back.begin()));
    }
  }
  drop_paired();
  if (there.size() == back.size()) {
    for (size_t i = 0; i < there.size(); ++i) {
      if (Judge(*forward[there[i]], *backward[back[i]]) != Match::kConflict) {
        pair_up(i, i);
      }
    }
  }
  return pairs;
}

}  // namespace srpce::topology
