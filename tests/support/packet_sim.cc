#include "tests/support/packet_sim.h"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace srpce::support {
namespace {

using topology::LinkIndex;
using topology::NodeIndex;

constexpr uint64_t kFar = std::numeric_limits<uint64_t>::max();
constexpr size_t kMaxSteps = 20'000;
constexpr uint32_t kMaxMetric = (1U << 24) - 1;

bool IsEnd(uint16_t b) {
  return (b >= 1 && b <= 4) || (b >= 28 && b <= 31) || (b >= 43 && b <= 50);
}
bool IsEndX(uint16_t b) {
  return (b >= 5 && b <= 8) || (b >= 32 && b <= 35) || (b >= 52 && b <= 59);
}
bool IsDecap(uint16_t b) { return (b >= 16 && b <= 24) || (b >= 60 && b <= 69); }

}  // namespace

std::string ToBitString(const Ipv6Address& address) {
  std::string bits;
  for (const uint8_t byte : address.bytes()) {
    for (int i = 7; i >= 0; --i) bits += ((byte >> i) & 1) != 0 ? '1' : '0';
  }
  return bits;
}

Ipv6Address FromBitString(const std::string& bits) {
  Ipv6Address::Bytes bytes{};
  for (size_t i = 0; i < 128; ++i) {
    if (bits[i] == '1') bytes[i / 8] = static_cast<uint8_t>(bytes[i / 8] | (0x80 >> (i % 8)));
  }
  return Ipv6Address(bytes);
}

PacketSim::PacketSim(const topology::Ted& ted) : ted_(ted) {
  out_.resize(ted.node_bound());
  for (Index l = 0; l < ted.link_bound(); ++l) {
    if (ted.HasLink(LinkIndex(l))) out_[ted.link(LinkIndex(l)).local.value()].push_back(l);
  }
  LearnPrefixes();
  FillLabelTables();
  FillSids();
}

void PacketSim::LearnPrefixes() {
  // In order of preference where a label is ambiguous: low algorithms, low prefixes.
  std::map<std::tuple<uint8_t, IpPrefix, uint32_t>, Fec> fecs;
  std::map<IpPrefix, std::map<Index, uint64_t>> announcers;
  for (Index n = 0; n < ted_.node_bound(); ++n) {
    if (!ted_.HasNode(NodeIndex(n))) continue;
    for (const topology::Prefix& prefix : ted_.node(NodeIndex(n)).prefixes) {
      announcers[prefix.prefix][n] = prefix.attributes.metric.value_or(0);
      for (const topology::PrefixSid& sid : prefix.attributes.sids) {
        if (sid.is_label) continue;
        Fec& fec = fecs[{sid.algorithm, prefix.prefix, sid.value}];
        fec.prefix = prefix.prefix;
        fec.index = sid.value;
        fec.destination.algorithm = sid.algorithm;
        fec.announces_sid[n] = sid.no_php;
      }
    }
  }
  for (auto& [key, fec] : fecs) {
    fec.destination.owners = announcers[fec.prefix];
    if (fec.destination.algorithm != 0) {
      for (auto& [owner, metric] : fec.destination.owners) metric = 0;
    }
    fecs_.push_back(fec);
  }
}

std::optional<uint32_t> PacketSim::LabelOf(Index router, const Fec& fec) const {
  uint64_t position = 0;
  for (const topology::LabelRange& range : ted_.node(NodeIndex(router)).attributes.srgb) {
    for (uint32_t i = 0; i < range.size && position <= fec.index; ++i, ++position) {
      if (position == fec.index) return range.first + i;
    }
  }
  return std::nullopt;
}

std::optional<uint32_t> PacketSim::AdjacencyLabelOf(Index router,
                                                    const topology::AdjacencySid& sid) const {
  if (!sid.is_index) return sid.label;
  const auto& attributes = ted_.node(NodeIndex(router)).attributes;
  bool local = !attributes.srlb.empty();
  if (sid.is_local) local = *sid.is_local;
  std::vector<uint32_t> block;
  for (const auto& range : local ? attributes.srlb : attributes.srgb) {
    for (uint32_t i = 0; i < range.size; ++i) block.push_back(range.first + i);
  }
  if (sid.label >= block.size()) return std::nullopt;
  return block[sid.label];
}

bool PacketSim::ChoseForOwnPrefix(Index router, uint32_t label) const {
  for (const topology::Prefix& prefix : ted_.node(NodeIndex(router)).prefixes) {
    for (const topology::PrefixSid& sid : prefix.attributes.sids) {
      if (sid.is_label && sid.value == label && TakesPart(router, sid.algorithm)) return true;
    }
  }
  return false;
}

void PacketSim::FillLabelTables() {
  for (Index n = 0; n < ted_.node_bound(); ++n) {
    if (!ted_.HasNode(NodeIndex(n))) continue;
    auto& table = label_tables_[n];
    for (size_t f = 0; f < fecs_.size(); ++f) {
      const std::optional<uint32_t> label = LabelOf(n, fecs_[f]);
      if (label && TakesPart(n, fecs_[f].destination.algorithm)) {
        table.emplace(*label, LabelEntry{static_cast<int>(f), false, {}});
      }
    }
    for (const topology::Prefix& prefix : ted_.node(NodeIndex(n)).prefixes) {
      for (const topology::PrefixSid& sid : prefix.attributes.sids) {
        if (ChoseForOwnPrefix(n, sid.value)) table.emplace(sid.value, LabelEntry{-1, true, {}});
      }
    }
    for (const Index l : Out(n)) {
      std::set<uint32_t> labels;
      for (const topology::AdjacencySid& sid : ted_.link(LinkIndex(l)).attributes.adjacency_sids) {
        if (const std::optional<uint32_t> label = AdjacencyLabelOf(n, sid)) labels.insert(*label);
      }
      for (const uint32_t label : labels) {
        LabelEntry& entry = table[label];
        if (entry.fec < 0 && !entry.own_prefix) entry.links.push_back(l);
      }
    }
  }
}

void PacketSim::FillSids() {
  const auto make = [](const topology::Srv6Sid& sid) {
    LocalSid local;
    local.bits = ToBitString(sid.sid);
    local.behavior = sid.behavior;
    const bool next_csid =
        (sid.behavior >= 43 && sid.behavior <= 50) || (sid.behavior >= 52 && sid.behavior <= 59);
    if (next_csid && sid.structure && sid.structure->block > 0 && sid.structure->node > 0) {
      local.block = sid.structure->block;
      local.csid = size_t{sid.structure->node} + sid.structure->function;
      if (local.block + local.csid > 128) local.csid = 0;
    }
    if (local.csid > 0) local.bits.resize(local.block + local.csid);
    return local;
  };
  for (Index n = 0; n < ted_.node_bound(); ++n) {
    if (!ted_.HasNode(NodeIndex(n))) continue;
    const topology::NodeAttributes& node = ted_.node(NodeIndex(n)).attributes;
    for (const topology::Srv6Sid& sid : node.srv6_sids) sids_[n].push_back(make(sid));
    for (const topology::Srv6Locator& locator : node.locators) {
      locators_.push_back(
          {ToBitString(locator.prefix.address().v6()).substr(0, locator.prefix.length()),
           locator.algorithm, n, locator.metric});
    }
  }
  for (Index n = 0; n < ted_.node_bound(); ++n) {
    if (!ted_.HasNode(NodeIndex(n))) continue;
    for (const topology::Prefix& prefix : ted_.node(NodeIndex(n)).prefixes) {
      if (prefix.prefix.address().is_v4()) continue;
      locators_.push_back(
          {ToBitString(prefix.prefix.address().v6()).substr(0, prefix.prefix.length()), 0, n,
           prefix.attributes.metric});
    }
  }
  for (Index l = 0; l < ted_.link_bound(); ++l) {
    if (!ted_.HasLink(LinkIndex(l))) continue;
    std::vector<LocalSid>& table = sids_[ted_.link(LinkIndex(l)).local.value()];
    for (const topology::Srv6Sid& sid : ted_.link(LinkIndex(l)).attributes.srv6_sids) {
      LocalSid local = make(sid);
      const auto same = std::find_if(table.begin(), table.end(), [&](const LocalSid& other) {
        return other.bits == local.bits && !other.links.empty();
      });
      if (same != table.end()) {
        same->links.push_back(l);
      } else {
        local.links.push_back(l);
        table.push_back(local);
      }
    }
  }
}

bool PacketSim::Lan(Index node) const {
  return ted_.node(NodeIndex(node)).attributes.pseudonode.value_or(false);
}
bool PacketSim::Overloaded(Index node) const {
  return ted_.node(NodeIndex(node)).attributes.overload.value_or(false);
}

bool PacketSim::TakesPart(Index node, uint8_t algorithm) const {
  if (algorithm == 0 || Lan(node)) return true;
  const auto& all = ted_.node(NodeIndex(node)).attributes.algorithms;
  return std::find(all.begin(), all.end(), algorithm) != all.end();
}

// kFar: the link has no metric of this kind.
uint64_t PacketSim::Metric(Index link, uint8_t algorithm) const {
  const topology::LinkAttributes& a = ted_.link(LinkIndex(link)).attributes;
  topology::MetricType metric = topology::MetricType::kIgp;
  if (algorithm >= 128) metric = ted_.FindFlexAlgo(algorithm)->metric;
  uint64_t value = kFar;
  if (metric == topology::MetricType::kIgp && a.igp_metric && *a.igp_metric < kMaxMetric)
    value = *a.igp_metric;
  if (metric == topology::MetricType::kTe && a.te_metric) value = *a.te_metric;
  if (metric == topology::MetricType::kDelay && a.min_delay)
    value = static_cast<uint64_t>(a.min_delay->count());
  return Lan(ted_.link(LinkIndex(link)).local.value()) ? 0 : value;
}

bool PacketSim::InTopology(Index link, uint8_t algorithm) const {
  const topology::Link& l = ted_.link(LinkIndex(link));
  if (!l.usable || Metric(link, algorithm) == kFar) return false;
  if (!TakesPart(l.local.value(), algorithm) || !TakesPart(l.remote.value(), algorithm))
    return false;
  if (algorithm < 128 || Lan(l.local.value())) return true;
  const topology::FlexAlgoDefinition& fad = *ted_.FindFlexAlgo(algorithm);
  bool any = fad.include_any.empty();
  for (uint32_t bit = 0; bit < 128; ++bit) {
    const bool set = l.attributes.admin_group && l.attributes.admin_group->Test(bit);
    if (set && fad.exclude_any.Test(bit)) return false;
    if (!set && fad.include_all.Test(bit)) return false;
    any |= set && fad.include_any.Test(bit);
  }
  for (const uint32_t risk : l.attributes.srlgs.value_or(std::vector<uint32_t>())) {
    for (const uint32_t excluded : fad.exclude_srlgs) {
      if (risk == excluded) return false;
    }
  }
  return any;
}

// Shortest distances from `start`, itself allowed to be overloaded only as an end.
std::vector<uint64_t> PacketSim::DistancesFrom(Index start, const std::set<Index>& avoided,
                                               uint8_t algorithm) const {
  std::vector<uint64_t> distance(ted_.node_bound(), kFar);
  distance[start] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (Index l = 0; l < ted_.link_bound(); ++l) {
      if (!ted_.HasLink(LinkIndex(l)) || !InTopology(l, algorithm)) continue;
      const Index from = ted_.link(LinkIndex(l)).local.value();
      const Index to = ted_.link(LinkIndex(l)).remote.value();
      if (distance[from] == kFar || Overloaded(from) || avoided.contains(to)) continue;
      const uint64_t way = distance[from] + Metric(l, algorithm);
      if (way < distance[to]) {
        distance[to] = way;
        changed = true;
      }
    }
  }
  return distance;
}

const std::vector<PacketSim::Way>& PacketSim::Tree(Index router, uint8_t algorithm) {
  const auto [it, fresh] = trees_.try_emplace({router, algorithm});
  std::vector<Way>& ways = it->second;
  if (!fresh || (algorithm >= 128 && ted_.FindFlexAlgo(algorithm) == nullptr)) return ways;
  const auto add = [&](std::vector<Index> links, std::set<Index> avoided) {
    uint64_t cost = 0;
    for (const Index link : links) cost += Metric(link, algorithm);
    Way way{links, DistancesFrom(EndOf(links), avoided, algorithm)};
    for (uint64_t& distance : way.distance) {
      if (distance != kFar) distance += cost;
    }
    ways.push_back(way);
  };
  for (const Index link : Out(router)) {
    if (!InTopology(link, algorithm)) continue;
    const Index to = ted_.link(LinkIndex(link)).remote.value();
    if (!Lan(to)) {
      add({link}, {router});
      continue;
    }
    for (const Index beyond : Out(to)) {
      if (InTopology(beyond, algorithm) && ted_.link(LinkIndex(beyond)).remote.value() != router)
        add({link, beyond}, {router, to});
    }
  }
  return ways;
}

std::vector<std::vector<uint32_t>> PacketSim::RoutedWays(Index node,
                                                         const Destination& destination) {
  uint64_t best = kFar;
  std::vector<std::vector<Index>> ways;
  for (const Way& way : Tree(node, destination.algorithm)) {
    uint64_t cost = kFar;
    for (const auto& [owner, metric] : destination.owners) {
      if (way.distance[owner] != kFar) cost = std::min(cost, way.distance[owner] + metric);
    }
    if (cost == kFar || cost > best) continue;
    if (cost < best) ways.clear();
    best = cost;
    ways.push_back(way.links);
  }
  return ways;
}

std::vector<std::vector<uint32_t>> PacketSim::Ways(Index link) const {
  const topology::Link& first = ted_.link(LinkIndex(link));
  if (!first.usable) return {};
  if (!Lan(first.remote.value())) return {{link}};
  std::vector<std::vector<Index>> ways;
  for (const Index l : Out(first.remote.value())) {
    const topology::Link& second = ted_.link(LinkIndex(l));
    if (second.usable && second.remote != first.local) ways.push_back({link, l});
  }
  return ways;
}

uint32_t PacketSim::EndOf(const std::vector<Index>& way) const {
  return ted_.link(LinkIndex(way.back())).remote.value();
}

PacketSim::Trace PacketSim::Extend(const Trace& trace, const std::vector<Index>& way) {
  Trace extended = trace;
  for (const Index link : way) extended.links.emplace_back(link);
  return extended;
}

bool PacketSim::Begin(Trace& trace, Index node, const std::vector<uint32_t>& labels,
                      const std::string& destination, size_t entry) {
  if (++steps_ > kMaxSteps) {
    result_.truncated = true;
    return false;
  }
  if (!trace.seen.emplace(node, labels, destination, entry).second) {
    result_.failed = true;  // Seen before with the same packet: it goes round.
    return false;
  }
  return true;
}

void PacketSim::Arrive(Index node, const Trace& trace) {
  result_.trajectories.insert(trace.links);
  result_.ends.insert(NodeIndex(node));
}

SimResult PacketSim::SendLabels(NodeIndex headend, const std::vector<uint32_t>& labels) {
  result_ = {};
  steps_ = 0;
  if (labels.empty()) {
    Arrive(headend.value(), {});
  } else if (labels.front() == 0 || labels.front() == 2) {
    StepLabels(headend.value(), labels, {});
  } else if (const std::optional<LabelEntry> entry = FirstLabel(headend.value(), labels.front())) {
    Forward(*entry, headend.value(), labels, {});
  }
  return result_;
}

std::optional<PacketSim::LabelEntry> PacketSim::FirstLabel(Index headend, uint32_t label) {
  std::vector<LabelEntry> readings;
  std::set<Index> adjacent{headend};
  LabelEntry own;
  for (const Index l : Out(headend)) {
    for (const auto& way : Ways(l)) adjacent.insert(EndOf(way));
    for (const topology::AdjacencySid& sid : ted_.link(LinkIndex(l)).attributes.adjacency_sids) {
      if (AdjacencyLabelOf(headend, sid) == label && (own.links.empty() || own.links.back() != l))
        own.links.push_back(l);
    }
  }
  if (!own.links.empty()) readings.push_back(own);
  if (ChoseForOwnPrefix(headend, label)) readings.push_back({-1, true, {}});
  const auto reads = [&](Index router, int fec) {
    const auto& table = label_tables_[router];
    const auto it = table.find(label);
    return it != table.end() && it->second.fec == fec;
  };
  bool unreachable = false;
  for (int f = 0; f < static_cast<int>(fecs_.size()); ++f) {
    const Destination& destination = fecs_[static_cast<size_t>(f)].destination;
    if (std::none_of(adjacent.begin(), adjacent.end(),
                     [&](Index router) { return reads(router, f); }))
      continue;
    if (destination.owners.contains(headend)) {
      if (reads(headend, f)) readings.push_back({f, false, {}});
      continue;
    }
    const auto ways = RoutedWays(headend, destination);
    unreachable |= ways.empty();
    if (!ways.empty() && std::all_of(ways.begin(), ways.end(),
                                     [&](const auto& way) { return reads(EndOf(way), f); })) {
      readings.push_back({f, false, {}});
    }
  }
  if (readings.size() == 1) return readings.front();
  (readings.size() > 1 || unreachable ? result_.failed : result_.unknown) = true;
  return std::nullopt;
}

void PacketSim::StepLabels(Index node, std::vector<uint32_t> labels, Trace trace) {
  if (labels.empty()) {
    Arrive(node, trace);
    return;
  }
  if (!Begin(trace, node, labels, "", 0)) return;
  if (labels.front() == 0 || labels.front() == 2) {
    labels.erase(labels.begin());
    StepLabels(node, labels, trace);
    return;
  }
  const auto& table = label_tables_[node];
  const auto entry = table.find(labels.front());
  if (entry == table.end()) {
    result_.unknown = true;
    return;
  }
  Forward(entry->second, node, labels, trace);
}

void PacketSim::Forward(const LabelEntry& entry, Index node, const std::vector<uint32_t>& labels,
                        const Trace& trace) {
  const std::vector<uint32_t> rest(labels.begin() + 1, labels.end());
  if (entry.own_prefix) {
    StepLabels(node, rest, trace);
    return;
  }
  if (entry.fec < 0) {
    bool sent = false;
    for (const Index link : entry.links) {
      for (const auto& way : Ways(link)) {
        sent = true;
        StepLabels(EndOf(way), rest, Extend(trace, way));
      }
    }
    result_.failed |= !sent;
    return;
  }
  const Fec& fec = fecs_[static_cast<size_t>(entry.fec)];
  // Its own prefix: nothing routes it further, whether there is a label to end it or not.
  if (fec.destination.owners.contains(node)) {
    fec.announces_sid.contains(node) ? StepLabels(node, rest, trace) : Lose();
    return;
  }
  const auto ways = RoutedWays(node, fec.destination);
  result_.failed |= ways.empty();
  for (const auto& way : ways) {
    const Index next = EndOf(way);
    if (fec.destination.owners.contains(next) && !fec.announces_sid.contains(next)) {
      Lose();
      continue;
    }
    if (fec.destination.owners.contains(next) && !fec.announces_sid.at(next)) {
      StepLabels(next, rest, Extend(trace, way));
      continue;
    }
    const std::optional<uint32_t> label = LabelOf(next, fec);
    const auto read = label ? label_tables_[next].find(*label) : label_tables_[next].end();
    if (read == label_tables_[next].end() || read->second.fec != entry.fec) {
      result_.unknown = true;
      continue;
    }
    std::vector<uint32_t> swapped = labels;
    swapped.front() = *label;
    StepLabels(next, swapped, Extend(trace, way));
  }
}

SimResult PacketSim::SendSids(NodeIndex headend, const std::vector<Ipv6Address>& sids) {
  result_ = {};
  steps_ = 0;
  list_ = sids;
  if (sids.empty()) {
    Arrive(headend.value(), {});
  } else {
    StepSids(headend.value(), ToBitString(sids.front()), 0, {});
  }
  return result_;
}

std::optional<PacketSim::LocalSid> PacketSim::FindLocal(Index node,
                                                        const std::string& destination) const {
  const auto table = sids_.find(node);
  std::optional<LocalSid> best;
  if (table == sids_.end()) return best;
  for (const LocalSid& sid : table->second) {
    if (destination.compare(0, sid.bits.size(), sid.bits) == 0 &&
        (!best || sid.bits.size() > best->bits.size())) {
      best = sid;
    }
  }
  return best;
}

std::optional<PacketSim::Destination> PacketSim::FindRoute(const std::string& destination) const {
  size_t best = 0;
  std::map<uint8_t, Destination> routes;  // By algorithm; the lowest counts.
  for (const Locator& locator : locators_) {
    const size_t length = locator.bits.size();
    if (length < best || destination.compare(0, length, locator.bits) != 0) continue;
    if (length > best) routes.clear();
    best = length;
    routes[locator.algorithm].algorithm = locator.algorithm;
    routes[locator.algorithm].length = length;
    uint64_t& metric = routes[locator.algorithm].owners[locator.owner];
    metric = locator.metric.value_or(metric);
  }
  if (routes.empty()) return std::nullopt;
  return routes.begin()->second;
}

void PacketSim::StepSids(Index node, std::string destination, size_t entry, Trace trace) {
  if (!Begin(trace, node, {}, destination, entry)) return;
  // One table: a longer route beats a local SID that matches fewer bits.
  const std::optional<LocalSid> local = FindLocal(node, destination);
  const std::optional<Destination> route = FindRoute(destination);
  if (local && (!route || local->bits.size() >= route->length)) {
    Execute(*local, node, destination, entry, trace);
    return;
  }
  if (!route || route->owners.contains(node)) {
    result_.unknown = true;
    return;
  }
  const auto ways = RoutedWays(node, *route);
  result_.failed |= ways.empty();
  for (const auto& way : ways) StepSids(EndOf(way), destination, entry, Extend(trace, way));
}

void PacketSim::Execute(const LocalSid& sid, Index node, std::string destination, size_t entry,
                        const Trace& trace) {
  if (!IsEnd(sid.behavior) && !IsEndX(sid.behavior) && !IsDecap(sid.behavior)) {
    result_.failed = true;
    return;
  }
  bool done = false;
  const size_t used = sid.block + sid.csid;
  if (sid.csid > 0 && destination.find('1', used) != std::string::npos) {
    destination =
        destination.substr(0, sid.block) + destination.substr(used) + std::string(sid.csid, '0');
  } else if (++entry < list_.size()) {
    destination = ToBitString(list_[entry]);
  } else {
    done = true;
  }
  if (IsDecap(sid.behavior) && !done) {
    result_.failed = true;
    return;
  }
  if (!IsEndX(sid.behavior)) {
    done ? Arrive(node, trace) : StepSids(node, destination, entry, trace);
    return;
  }
  bool sent = false;
  for (const Index link : sid.links) {
    for (const auto& way : Ways(link)) {
      sent = true;
      done ? Arrive(EndOf(way), Extend(trace, way))
           : StepSids(EndOf(way), destination, entry, Extend(trace, way));
    }
  }
  (sid.links.empty() ? result_.unknown : result_.failed) |= !sent;
}

std::set<uint32_t> PacketSim::AllLabels() const {
  std::set<uint32_t> labels;
  for (const auto& [node, table] : label_tables_) {
    for (const auto& [label, entry] : table) labels.insert(label);
  }
  return labels;
}

}  // namespace srpce::support
