#include "lib/segments/list_search.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "lib/segments/csid.h"
#include "lib/segments/imposition.h"
#include "lib/segments/label_table.h"
#include "lib/segments/srv6_table.h"

namespace srpce::segments {
namespace {

using graph::Node;

constexpr uint32_t kNoParent = UINT32_MAX;
// One entry of a label stack or SRH; shares of it are CSIDs, rounded down.
constexpr uint32_t kEntry = 1U << 20;
constexpr uint32_t kMostEntries = 4095;  // Room for them in 32 bits.
constexpr uint32_t kAddressBits = 128;
// A node settled by a fan, in the labels of a budget.
constexpr uint64_t kSettledPerLabel = 8;

// What a SID takes of an entry.
struct Size {
  uint32_t share = kEntry;
  bool closes = true;  // Nothing comes after it in its entry.
};

struct Label {
  Walk walk;
  uint32_t used = 0;  // In kEntry.
  uint32_t parent = kNoParent;
  ListStep last{};
  bool dead = false;
};

class ListSearch {
 public:
  ListSearch(const ListSpace& space, const ListWish& wish, uint64_t& labels_left)
      : space_(space), ted_(space.ted()), wish_(wish), labels_left_(labels_left) {
    views_.emplace_back(ted_, topology::kAlgorithmSpf);
    const uint8_t algorithm = space.query().path.constraints.flex_algorithm;
    if (algorithm != topology::kAlgorithmSpf) views_.emplace_back(ted_, algorithm);
    decapsulation_ = DecapsulationSid(ted_.node(space.query().path.target));
    for (const IgpView& view : views_) {
      if (Srv6() && GivesItsPlace(view.algorithm())) giving_place_.push_back(view.algorithm());
    }
  }

  FoundList Run() {
    FoundList found = RunOnce();
    if (!circles_) return found;
    labels_.clear();
    fronts_.clear();
    heap_.Clear();
    return RunOnce();
  }

 private:
  // Gives up when it learns that there are circles of metric 0, which the next run heeds.
  FoundList RunOnce() {
    const bool knew = circles_;
    FoundList found;
    if (space_.possible()) Add({.walk = space_.Start()});
    while (!heap_.empty()) {
      const uint32_t at = heap_.top_node();
      if (!labels_[at].dead) {
        if (Arrived(at)) return Extract(at);
        if (labels_left_ == 0) {
          found.status = FoundList::Status::kExhausted;
          found.lower_bound = wish_.shortest ? 0 : space_.LeastCost(labels_[at].walk);
          return found;
        }
      }
      heap_.Pop();
      if (!labels_[at].dead) Extend(at);
      Charge();
      if (circles_ != knew) break;
    }
    return found;
  }

  bool Srv6() const { return space_.data_plane() == DataPlane::kSrv6; }
  bool Compressed() const { return Srv6() && space_.query().compress; }

  bool Arrived(uint32_t at) const { return space_.IsTarget(labels_[at].walk); }

  void Extend(uint32_t at) {
    const Walk start = labels_[at].walk;  // A copy: labels_ grows.
    Cross(at, space_.NodeOf(start), start, std::nullopt);
    for (const IgpView& view : views_) {
      const auto offer = [&](Node node, const Walk& walk) {
        OfferNode(at, node, walk, view.algorithm());
        // An End.X SID is routed to its node first; a label is its neighbour's alone.
        if (Srv6()) Cross(at, node, walk, view.algorithm());
      };
      if (circles_) {
        fan_.RunEach(view, space_, start, wish_.branches, wish_.most_cost, offer);
      } else {
        circles_ = !fan_.Run(view, space_, start, wish_.branches, wish_.most_cost, offer);
      }
    }
  }

  void OfferNode(uint32_t at, Node node, const Walk& walk, uint8_t algorithm) {
    const std::optional<Size> size = NodeSize(node, algorithm);
    if (!size) return;
    const NodeIndex to(node);
    Offer(at, walk, *size, {NodeOf(at), to, algorithm, std::nullopt, to});
  }

  // Offers every adjacency of `node`, to which packets come as `walk`.
  void Cross(uint32_t at, Node node, const Walk& walk, std::optional<uint8_t> algorithm) {
    for (const graph::Arc& arc : ted_.graph().out(node)) {
      const LinkIndex link(arc.id);
      if (!space_.Allows(arc, node)) continue;
      const std::optional<Size> size = LinkSize(link, algorithm);
      if (!size) continue;
      const auto ways = AdjacencyWays(ted_, link);
      if (ways.size() != 1) continue;  // Of a LAN with other routers.
      const std::optional<Walk> across = Over(ways.front(), node, walk);
      if (!across) continue;
      const NodeIndex to(space_.NodeOf(*across));
      Offer(at, *across, *size,
            {NodeOf(at), NodeIndex(node), algorithm.value_or(topology::kAlgorithmSpf), link, to});
    }
  }

  std::optional<Walk> Over(const std::vector<LinkIndex>& way, Node from, Walk walk) const {
    for (const LinkIndex link : way) {
      const Node head = ted_.graph().ends(link.value()).head;
      const graph::Arc arc{head, link.value(), ted_.graph().data(link.value())};
      if (!space_.Allows(arc, from)) return std::nullopt;
      walk = space_.Take(walk, link);
      from = head;
    }
    return walk;
  }

  NodeIndex NodeOf(uint32_t at) const { return NodeIndex(space_.NodeOf(labels_[at].walk)); }

  void Offer(uint32_t parent, const Walk& walk, const Size& size, const ListStep& step) {
    if (std::binary_search(wish_.impossible.begin(), wish_.impossible.end(), step)) return;
    Label label{.walk = walk, .parent = parent, .last = step};
    const uint32_t before = labels_[parent].used;
    const uint32_t taken = before % kEntry;
    const bool shares = taken != 0 && taken + size.share <= kEntry;
    if (before / kEntry + 2 >= kMostEntries) return;  // One more, and one that decapsulates.
    label.used = (shares || taken == 0 ? before : before - taken + kEntry) + size.share;
    if (size.closes) label.used = RoundUp(label.used);
    if (space_.IsTarget(walk)) {
      // The SID that decapsulates takes the place of an entry that is just the endpoint's.
      const bool replaced = !step.crossing && !shares &&
                            std::find(giving_place_.begin(), giving_place_.end(), step.algorithm) !=
                                giving_place_.end();
      if (Srv6() && decapsulation_ && !replaced) label.used = RoundUp(label.used) + kEntry;
    }
    Add(std::move(label));
  }

  static uint32_t RoundUp(uint32_t used) { return (used + kEntry - 1) / kEntry * kEntry; }

  void Add(Label label) {
    const uint64_t cost = space_.LeastCost(label.walk);
    if (cost == graph::kUnreachable || cost > wish_.most_cost ||
        !space_.MayKeepBounds(label.walk) ||
        (!wish_.shortest && RoundUp(label.used) / kEntry > label.walk.limit) || !Admit(label)) {
      return;
    }
    const auto at = static_cast<uint32_t>(labels_.size());
    const graph::Length used = label.used;
    const graph::Length least = cost;
    // Equal ones by age: the order of the TED decides.
    heap_.Push(wish_.shortest ? used << 64 | least : least << 32 | used, at);
    fronts_[label.walk.prefix.state].push_back(at);
    labels_.push_back(std::move(label));
  }

  // False if some label of the state makes `label` useless; those that it makes useless die.
  bool Admit(const Label& label) {
    std::vector<uint32_t>& front = fronts_[label.walk.prefix.state];
    for (const uint32_t other : front) {
      ++work_;
      if (Dominates(labels_[other], label)) return false;
    }
    std::erase_if(front, [&](uint32_t other) {
      const bool beaten = Dominates(label, labels_[other]);
      labels_[other].dead |= beaten;
      return beaten;
    });
    return true;
  }

  bool Dominates(const Label& a, const Label& b) const {
    return a.used <= b.used && a.walk.limit >= b.walk.limit &&
           (wish_.shortest || a.walk.prefix.cost <= b.walk.prefix.cost) &&
           space_.NoWorse(a.walk, b.walk);
  }

  // The least that a SID of `node` takes of an entry; nothing if it has none of the algorithm.
  std::optional<Size> NodeSize(Node node, uint8_t algorithm) {
    const topology::Node& attributes = ted_.node(NodeIndex(node));
    if (Srv6()) return LeastSize(attributes.attributes.srv6_sids, SidAction::kEnd, algorithm);
    for (const topology::Prefix& prefix : attributes.prefixes) {
      for (const topology::PrefixSid& sid : prefix.attributes.sids) {
        if (!sid.is_label && sid.algorithm == algorithm) return Size{};
      }
    }
    return std::nullopt;
  }

  // `algorithm`: by which its node is routed to; absent where packets are there already.
  std::optional<Size> LinkSize(LinkIndex link, std::optional<uint8_t> algorithm) {
    const topology::LinkAttributes& attributes = ted_.link(link).attributes;
    if (Srv6()) return LeastSize(attributes.srv6_sids, SidAction::kEndX, algorithm);
    if (attributes.adjacency_sids.empty()) return std::nullopt;
    return Size{};
  }

  std::optional<Size> LeastSize(const std::vector<topology::Srv6Sid>& sids, SidAction action,
                                std::optional<uint8_t> algorithm) const {
    std::optional<Size> least;
    for (const topology::Srv6Sid& sid : sids) {
      if (ActionOf(sid.behavior) != action) continue;
      if (algorithm && views_.size() > 1 && !IsRoutedBy(*algorithm, sid)) continue;
      const Size size = SizeOf(sid);
      if (!least) least = size;
      // Each by itself: no SID there is takes less.
      least->share = std::min(least->share, size.share);
      least->closes &= size.closes;
    }
    return least;
  }

  // True if the SID that decapsulates may take the place of an End SID of the target in
  // `algorithm`: one of its locator.
  bool GivesItsPlace(uint8_t algorithm) const {
    const topology::Node& target = ted_.node(space_.query().path.target);
    const auto& sids = target.attributes.srv6_sids;
    return std::any_of(sids.begin(), sids.end(), [&](const topology::Srv6Sid& sid) {
      return ActionOf(sid.behavior) == SidAction::kEnd &&
             (views_.size() == 1 || IsRoutedBy(algorithm, sid)) &&
             ImposedSids({sid.sid}, decapsulation_).size() == 1;
    });
  }

  // With one view there is nothing to tell apart.
  bool IsRoutedBy(uint8_t algorithm, const topology::Srv6Sid& sid) const {
    const std::optional<LocatorRoute> route = FindRoute(ted_, sid.sid);
    return route && route->algorithm == algorithm;
  }

  Size SizeOf(const topology::Srv6Sid& sid) const {
    const uint32_t bits = CsidLength(sid);
    if (!Compressed() || bits == 0) return {};
    const uint32_t room = kAddressBits - std::min<uint32_t>(sid.structure->block, kAddressBits - 1);
    const auto share = static_cast<uint32_t>(uint64_t{bits} * kEntry / room);
    return {std::min(kEntry, share), !ShiftsContainer(sid)};
  }

  void Charge() {
    const uint64_t work = 1 + work_ / 16 + (fan_.settled() - fan_charged_) / kSettledPerLabel;
    work_ = 0;
    fan_charged_ = fan_.settled();
    labels_left_ -= std::min(labels_left_, work);
  }

  FoundList Extract(uint32_t at) const {
    FoundList found{.status = FoundList::Status::kFound,
                    .cost = labels_[at].walk.prefix.cost,
                    .entries = RoundUp(labels_[at].used) / kEntry};
    for (uint32_t i = at; labels_[i].parent != kNoParent; i = labels_[i].parent) {
      found.steps.push_back(labels_[i].last);
    }
    std::reverse(found.steps.begin(), found.steps.end());
    return found;
  }

  const ListSpace& space_;
  const Ted& ted_;
  const ListWish& wish_;
  uint64_t& labels_left_;
  std::vector<IgpView> views_;
  std::optional<Ipv6Address> decapsulation_;
  std::vector<uint8_t> giving_place_;  // Algorithms, see GivesItsPlace().
  Fan fan_;
  bool circles_ = false;  // Of metric 0.
  uint64_t fan_charged_ = 0;
  uint64_t work_ = 0;  // Comparisons not yet charged.
  std::vector<Label> labels_;
  absl::flat_hash_map<cspf::State, std::vector<uint32_t>> fronts_;
  graph::Heap heap_;
};

}  // namespace

FoundList SearchList(const ListSpace& space, const ListWish& wish, uint64_t& labels_left) {
  return ListSearch(space, wish, labels_left).Run();
}

}  // namespace srpce::segments
