#include "lib/cspf/profile_cache.h"

#include <algorithm>
#include <span>

namespace srpce::cspf {
namespace {

using graph::Arc;
using graph::Node;
using topology::Ted;

// Pairs of a hierarchy for each arc of the graph, and some more: beyond, a query takes longer than
// a bidirectional search. Router networks have about 1.
constexpr double kPairsPerArc = 1.5;
constexpr size_t kAlwaysPairs = 256;
// Where there is none, it is tried again when this part of the arcs has come or gone.
constexpr uint32_t kTriedAgainPart = 8;
// The part of the memory that labels of one profile may take.
constexpr size_t kLabelsPart = 8;
// Nodes whose links may have changed for somebody who waits for an answer.
constexpr size_t kMostWhileAsked = 256;
// Questions, about whatever profile, that halve what was asked before; and after which a profile
// that none of them was about is not in use any more.
constexpr uint64_t kForgetAfter = 16'384;

// One profile as weight and filter of lib/graph's searches.
struct ProfileFilter {
  const Ted* ted;
  const LinkProfile* links;
  bool operator()(const Arc& arc, Node /*tail*/, Node head) const {
    return links->Allows(*ted, arc, head);
  }
};

// Returns the least weight of those of `arcs` that pass and lead to `head`.
uint64_t LeastWeight(const Ted& ted, const Profile& profile, std::span<const Arc> arcs, Node head) {
  uint64_t least = UINT64_MAX;
  for (const Arc& arc : arcs) {
    if (arc.other == head && profile.links.Allows(ted, arc, head)) {
      least = std::min<uint64_t>(least, arc.data.weight[profile.slot]);
    }
  }
  return least;
}

const Arc* Find(std::span<const Arc> arcs, graph::ArcId id) {
  const auto at = std::lower_bound(arcs.begin(), arcs.end(), id,
                                   [](const Arc& a, graph::ArcId wanted) { return a.id < wanted; });
  return at != arcs.end() && at->id == id ? &*at : nullptr;
}

// True if some arc of `now` may be part of a shortest path although `before` had none like it: it
// is not a longer form of itself, and not longer than all that joined the same nodes.
bool HasShorter(const Ted& ted, const Profile& profile, std::span<const Arc> before,
                std::span<const Arc> now) {
  return std::any_of(now.begin(), now.end(), [&](const Arc& arc) {
    if (!profile.links.Allows(ted, arc, arc.other)) return false;
    const uint32_t weight = arc.data.weight[profile.slot];
    const Arc* same = Find(before, arc.id);
    if (same != nullptr && same->other == arc.other &&
        profile.links.Allows(ted, *same, same->other) && same->data.weight[profile.slot] <= weight)
      return false;
    return weight <= LeastWeight(ted, profile, before, arc.other);
  });
}

}  // namespace

size_t ProfileCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

size_t ProfileCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

ProfileCache::DistancesPtr ProfileCache::Get(const Ted& ted, const Profile& profile) {
  CustomizedPtr old;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    ForgetOtherLineages(ted.lineage());
    ++questions_;
    const auto found = entries_.find(profile);
    if (found == entries_.end()) {
      wake = Ask(profile);
    } else {
      Entry& entry = found->second;
      entry.last_question = questions_;
      const bool judged = ted.generation() == entry.judged_generation;
      if (judged && entry.judged == Match::kNone) return nullptr;
      if (judged || ted.generation() == entry.customized->generation) {
        return entry.customized->distances;
      }
      old = entry.customized;
    }
  }
  if (wake && wake_) wake_();
  // An earlier snapshot is on its way out: no work for it.
  if (old == nullptr || ted.generation() < old->generation) return nullptr;
  const Match match = Judge(ted, profile, *old, kMostWhileAsked);
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(profile);
  if (found != entries_.end() && found->second.customized == old) {
    found->second.judged_generation = ted.generation();
    found->second.judged = match;
  }
  return match == Match::kNone ? nullptr : old->distances;
}

// Who takes part in a flex-algorithm is not told by the arcs.
ProfileCache::Match ProfileCache::Judge(const Ted& ted, const Profile& profile,
                                        const Customized& old, size_t most) {
  if (profile.links.algorithm != topology::kAlgorithmSpf) return Match::kNone;
  const std::vector<Node> changed = ted.graph().ChangedTails(old.graph.version(), most);
  if (changed.size() > most) return Match::kNone;
  Match match = Match::kExact;
  for (const Node node : changed) {
    const auto arcs_of = [node](const graph::Digraph& graph) {
      return node < graph.node_count() ? graph.out(node) : std::span<const Arc>();
    };
    const std::span<const Arc> before = arcs_of(old.graph);
    const std::span<const Arc> now = arcs_of(ted.graph());
    if (HasShorter(ted, profile, before, now)) return Match::kNone;
    if (HasShorter(ted, profile, now, before)) match = Match::kLowerBounds;
  }
  return match;
}

// Returns null where there is no hierarchy.
ProfileCache::CustomizedPtr ProfileCache::Customize(const Ted& ted, const Profile& profile) {
  const graph::Digraph& graph = ted.graph();
  const auto customize = [&]() -> std::shared_ptr<const graph::HierarchyWeights> {
    if (hierarchy_ == nullptr) return nullptr;
    return graph::HierarchyWeights::Customize(hierarchy_, graph, graph::SlotWeight{profile.slot},
                                              ProfileFilter{&ted, &profile.links});
  };
  if (hierarchy_lineage_ != ted.lineage()) {
    hierarchy_lineage_ = ted.lineage();
    hierarchy_ = nullptr;
    hopeless_arcs_ = 0;
  }
  auto weights = customize();
  if (weights == nullptr) {
    const uint32_t arcs = graph.arc_count();
    const uint32_t differ = std::max(arcs, hopeless_arcs_) - std::min(arcs, hopeless_arcs_);
    if (hopeless_arcs_ != 0 && differ < hopeless_arcs_ / kTriedAgainPart) return nullptr;
    const auto most = kAlwaysPairs + static_cast<size_t>(kPairsPerArc * arcs);
    hierarchy_ = graph::Hierarchy::Build(graph, most);
    hopeless_arcs_ = hierarchy_ == nullptr ? arcs : 0;
    weights = customize();
  }
  if (weights == nullptr) return nullptr;
  auto distances =
      std::make_shared<const ProfileDistances>(ProfileDistances{std::move(weights), nullptr});
  return std::make_shared<const Customized>(
      Customized{std::move(distances), graph, ted.generation()});
}

ProfileCache::CustomizedPtr ProfileCache::Find(const Profile& profile) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(profile);
  return found == entries_.end() ? nullptr : found->second.customized;
}

std::vector<Profile> ProfileCache::OutOfDate(uint64_t generation) const {
  const std::lock_guard lock(mutex_);
  std::vector<Profile> profiles;
  for (const auto& [profile, entry] : entries_) {
    if (entry.customized->generation < generation) profiles.push_back(profile);
  }
  // The oldest first: where snapshots come faster than all can be done, each has its turn.
  std::sort(profiles.begin(), profiles.end(), [this](const Profile& a, const Profile& b) {
    return entries_.at(a).customized->generation < entries_.at(b).customized->generation;
  });
  return profiles;
}

bool ProfileCache::TakeWanted(Profile& profile) {
  const std::lock_guard lock(mutex_);
  if (wanted_.empty()) return false;
  profile = wanted_.back();
  wanted_.pop_back();
  asked_.erase(profile);
  return true;
}

void ProfileCache::Refresh(const Ted& ted, const std::function<bool()>& give_way) {
  {
    const std::lock_guard lock(mutex_);
    ForgetOtherLineages(ted.lineage());
    DropIdle();
  }
  for (const Profile& profile : OutOfDate(ted.generation())) {
    if (give_way()) return;
    CustomizeAgain(ted, profile);
  }
  Profile profile;
  while (!give_way() && TakeWanted(profile)) {
    CustomizedPtr customized = Customize(ted, profile);
    const std::lock_guard lock(mutex_);
    if (customized != nullptr && lineage_ == ted.lineage() && MakeRoom(customized->bytes())) {
      Put(profile, std::move(customized));
    }
  }
  for (const Profile& each : WithoutLabels()) {
    if (give_way()) return;
    AddLabels(each);
  }
}

void ProfileCache::CustomizeAgain(const Ted& ted, const Profile& profile) {
  const CustomizedPtr old = Find(profile);  // Freed, if so, when the lock is gone.
  if (old == nullptr) return;
  const bool same = Judge(ted, profile, *old, SIZE_MAX) == Match::kExact;
  CustomizedPtr now = same ? std::make_shared<const Customized>(Customized{
                                 old->distances, ted.graph(), ted.generation(), old->labels_tried})
                           : Customize(ted, profile);
  const std::lock_guard lock(mutex_);
  if (!entries_.contains(profile) || lineage_ != ted.lineage()) return;
  if (now == nullptr) {
    Drop(profile);
  } else {
    Put(profile, std::move(now));
  }
}

// Those asked for last come first.
std::vector<Profile> ProfileCache::WithoutLabels() const {
  const std::lock_guard lock(mutex_);
  std::vector<Profile> profiles;
  for (const auto& [profile, entry] : entries_) {
    if (!entry.customized->labels_tried) profiles.push_back(profile);
  }
  std::sort(profiles.begin(), profiles.end(), [this](const Profile& a, const Profile& b) {
    return entries_.at(a).last_question > entries_.at(b).last_question;
  });
  return profiles;
}

// Labels take what room the weights leave; nothing goes for them.
void ProfileCache::AddLabels(const Profile& profile) {
  const CustomizedPtr old = Find(profile);
  if (old == nullptr) return;
  const size_t used = bytes();
  const size_t room = options_.max_bytes - std::min(options_.max_bytes, used);
  const auto& weights = old->distances->weights;
  auto labels = graph::AncestorLabels::Build(weights, old->graph,
                                             std::min(room, options_.max_bytes / kLabelsPart));
  auto distances =
      std::make_shared<const ProfileDistances>(ProfileDistances{weights, std::move(labels)});
  auto now = std::make_shared<const Customized>(
      Customized{std::move(distances), old->graph, old->generation, true});
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(profile);
  if (found == entries_.end() || found->second.customized != old) return;
  bytes_ += now->label_bytes();
  found->second.customized = std::move(now);
}

bool ProfileCache::Ask(const Profile& profile) {
  if (options_.max_bytes == 0) return false;
  if (questions_ % kForgetAfter == 0) {
    absl::erase_if(asked_, [](auto& asked) { return (asked.second /= 2) == 0; });
    wanted_.clear();
  }
  uint32_t& count = asked_[profile];
  if (count >= options_.build_after || ++count < options_.build_after) return false;
  wanted_.push_back(profile);
  return true;
}

void ProfileCache::Put(const Profile& profile, CustomizedPtr customized) {
  const auto [place, is_new] = entries_.try_emplace(profile);
  Entry& entry = place->second;
  if (is_new) {
    entry.last_question = questions_;
  } else {
    bytes_ -= entry.customized->bytes();
  }
  bytes_ += customized->bytes();
  entry.judged_generation = customized->generation;
  entry.judged = Match::kExact;
  entry.customized = std::move(customized);
}

// Frees the labels of the least recently used profile that has some.
bool ProfileCache::DropLabels() {
  Entry* oldest = nullptr;
  for (auto& [profile, entry] : entries_) {
    if (entry.customized->label_bytes() == 0) continue;
    if (oldest == nullptr || entry.last_question < oldest->last_question) oldest = &entry;
  }
  if (oldest == nullptr) return false;
  const Customized& old = *oldest->customized;
  bytes_ -= old.label_bytes();
  auto distances =
      std::make_shared<const ProfileDistances>(ProfileDistances{old.distances->weights, nullptr});
  oldest->customized = std::make_shared<const Customized>(
      Customized{std::move(distances), old.graph, old.generation, true});
  return true;
}

// Labels first; then the least recently used go, but not while they are in use themselves: each of
// too many would throw out the one asked for next.
bool ProfileCache::MakeRoom(size_t bytes) {
  while (bytes_ + bytes > options_.max_bytes) {
    if (bytes <= options_.max_bytes && DropLabels()) continue;
    const auto oldest =
        std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
          return a.second.last_question < b.second.last_question;
        });
    if (oldest == entries_.end()) return false;
    const uint64_t idle = questions_ - oldest->second.last_question;
    if (idle < uint64_t{options_.build_after} * entries_.size()) return false;
    Drop(Profile(oldest->first));
  }
  return true;
}

void ProfileCache::Drop(const Profile& profile) {
  const auto found = entries_.find(profile);
  bytes_ -= found->second.customized->bytes();
  entries_.erase(found);
}

void ProfileCache::DropIdle() {
  absl::erase_if(entries_, [this](const auto& each) {
    const bool idle = questions_ - each.second.last_question > kForgetAfter;
    if (idle) bytes_ -= each.second.customized->bytes();
    return idle;
  });
}

void ProfileCache::ForgetOtherLineages(uint64_t lineage) {
  if (lineage_ == lineage) return;
  lineage_ = lineage;
  entries_.clear();
  asked_.clear();
  wanted_.clear();
  bytes_ = 0;
}

}  // namespace srpce::cspf
