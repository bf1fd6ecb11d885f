// Merging and publishing: from dirty elements to the next snapshot and its delta.
#include <algorithm>
#include <cassert>
#include <utility>

#include "lib/base/sort_unique.h"
#include "lib/topology/element_validation.h"
#include "lib/topology/link_change.h"
#include "lib/topology/link_pairing.h"
#include "lib/topology/ted_builder_impl.h"

namespace srpce::topology {
namespace {

// What arcs at a node know of it.
struct NodeFacts {
  bool known = false;
  bool overload = false;
  bool pseudonode = false;
  bool sr_mpls = false;
  bool srv6 = false;

  bool operator==(const NodeFacts&) const = default;
};

NodeFacts FactsOf(const Node& node) {
  const NodeAttributes& a = node.attributes;
  return {.known = node.known,
          .overload = a.overload.value_or(false),
          .pseudonode = a.pseudonode.value_or(false),
          .sr_mpls = !a.srgb.empty(),
          .srv6 = !a.locators.empty()};
}

bool Equal(const Node& a, const Node& b) {
  return a.known == b.known && a.stale == b.stale && a.attributes == b.attributes &&
         a.prefixes == b.prefixes;
}

bool EqualButStale(const Node& a, const Node& b) {
  return a.known == b.known && a.attributes == b.attributes && a.prefixes == b.prefixes;
}

bool IsUp(const Link& link) { return link.attributes.up.value_or(true); }

// The weight under `slot`, where the link has one.
bool HasWeight(const graph::ArcData& data, size_t slot) {
  constexpr std::array<uint32_t, graph::kWeightCount> kFlag = {kArcHasIgp, kArcHasTe, kArcHasDelay};
  return (data.flags & kFlag[slot]) != 0;
}

}  // namespace

TedBuilder::Published TedBuilder::Impl::Publish() {
  RemoveWithdrawnLinks();
  RefreshNodes();
  MergeLinks();
  PairGroups();
  RefreshArcs();
  PublishLengths();
  PublishFlexAlgos();
  TedDelta delta = MakeDelta();
  if (!changed_) {
    return {last_, delta};
  }
  changed_ = false;
  working_.generation_ = delta.to_generation;
  last_ = TedPtr(new Ted(working_));
  edit_.Seal();
  return {last_, std::move(delta)};
}

void TedBuilder::Impl::RemoveWithdrawnLinks() {
  for (const LinkIndex index : dirty_links_) {
    LinkRecord& record = links_[index.value()];
    if (!record.statements.empty()) {
      continue;
    }
    const uint32_t arc = index.value();
    srlgs_.Release(working_.graph_.data(arc).group, working_.srlg_sets_);
    working_.graph_.RemoveArc(arc, edit_);
    if (const Link* link = working_.links_[arc].get()) {
      IndexLink(index, link, nullptr);
      working_.links_.Mutable(arc, edit_) = nullptr;
      removed_links_.push_back(index);
      changed_ = structure_changed_ = true;
    }
    LeaveInterfaces(index);
    MarkToPair(record);
    MarkDirty(record.local);  // May have been all that held them.
    MarkDirty(record.remote);
    half_known_links_ -= record.half_known ? 1 : 0;
    record = LinkRecord();
  }
}

void TedBuilder::Impl::RefreshNodes() {
  for (const NodeIndex index : dirty_nodes_) {
    nodes_[index.value()].dirty = false;
    if (!RemoveNodeUnlessReferred(index)) {
      RefreshNode(index);
    }
  }
  dirty_nodes_.clear();
}

bool TedBuilder::Impl::RemoveNodeUnlessReferred(NodeIndex index) {
  NodeRecord& record = nodes_[index.value()];
  const graph::Digraph& graph = working_.graph_;
  if (!record.statements.empty() || !record.prefixes.empty() || !graph.out(index.value()).empty() ||
      !graph.in(index.value()).empty()) {
    return false;
  }
  if (const std::shared_ptr<const Node> node = working_.nodes_[index.value()]) {
    IndexNode(index, node.get(), nullptr);
    working_.nodes_.Mutable(index.value(), edit_) = nullptr;
    working_.known_node_count_ -= node->known ? 1 : 0;
    changed_nodes_.push_back(index);
    changed_ = structure_changed_ = true;
  }
  ids_.erase(record.id);
  record = NodeRecord();
  free_nodes_.push_back(index);
  return true;
}

std::shared_ptr<const Node> TedBuilder::Impl::MergeNode(NodeIndex index) const {
  const NodeRecord& record = nodes_[index.value()];
  auto node = std::make_shared<Node>();
  node->id = record.id;
  node->known = record.statements.Announced(sources_);
  node->stale = record.statements.Stale(sources_);
  node->attributes = record.statements.Merge(sources_);
  node->prefixes.reserve(record.prefixes.size());
  for (const auto& [prefix, statements] : record.prefixes) {
    node->prefixes.push_back({prefix, statements.Merge(sources_)});
  }
  return node;
}

void TedBuilder::Impl::RefreshNode(NodeIndex index) {
  std::shared_ptr<const Node> after = MergeNode(index);
  const std::shared_ptr<const Node> before = working_.nodes_[index.value()];
  if (before != nullptr && Equal(*before, *after)) {
    return;
  }
  changed_ = true;
  structure_changed_ = structure_changed_ || before == nullptr;
  if (before == nullptr || !EqualButStale(*before, *after)) {
    changed_nodes_.push_back(index);
    IndexNode(index, before.get(), after.get());
  }
  const bool was_known = before != nullptr && before->known;
  working_.known_node_count_ += (after->known ? 1U : 0U) - (was_known ? 1U : 0U);
  if (before == nullptr || FactsOf(*before) != FactsOf(*after)) {
    for (const graph::Arc& arc : working_.graph_.out(index.value())) {
      MarkToRefresh(LinkIndex(arc.id));
    }
    for (const graph::Arc& arc : working_.graph_.in(index.value())) {
      MarkToRefresh(LinkIndex(arc.id));
    }
  }
  working_.nodes_.Mutable(index.value(), edit_) = std::move(after);
}

void TedBuilder::Impl::MergeLinks() {
  for (const LinkIndex index : dirty_links_) {
    LinkRecord& record = links_[index.value()];
    record.dirty = false;
    if (!record.statements.empty()) {
      MergeLink(index);
    }
  }
  dirty_links_.clear();
}

void TedBuilder::Impl::MergeLink(LinkIndex index) {
  LinkRecord& record = links_[index.value()];
  FollowOwnAddress(index);
  const LinkStatements of_interfaces = OfInterfaces(record);
  LinkStatement merged = record.statements.Merge(sources_, of_interfaces);
  const bool stale =
      record.statements.Stale(sources_) &&
      std::none_of(of_interfaces.begin(), of_interfaces.end(),
                   [&](const auto* statements) { return statements->HasLive(sources_); });
  const Link* before = Before(index);
  const bool was_announced = std::exchange(record.announced, record.statements.Announced(sources_));
  if (before != nullptr && record.announced != was_announced) {
    MarkToRefresh(index);
    if (before->reverse) {
      MarkToRefresh(*before->reverse);
    }
  }
  if (before != nullptr && before->stale == stale &&
      before->key.remote_interface == merged.remote_interface &&
      before->attributes == merged.attributes) {
    return;
  }
  const bool pairing_differs =
      before == nullptr || before->key.remote_interface != merged.remote_interface ||
      before->attributes.local_address != merged.attributes.local_address ||
      before->attributes.remote_address != merged.attributes.remote_address;
  const bool was_up = before == nullptr || IsUp(*before);
  Link& link = Own(index);
  link.key.remote_interface = std::move(merged.remote_interface);
  link.attributes = std::move(merged.attributes);
  link.stale = stale;
  if (pairing_differs) {
    MarkToPair(record);
  }
  if (link.reverse && IsUp(link) != was_up) {
    MarkToRefresh(*link.reverse);
  }
}

void TedBuilder::Impl::PairGroups() {
  SortUnique(to_pair_);
  for (const auto& [a, b] : to_pair_) {
    PairGroup(a, b);
  }
  to_pair_.clear();
}

void TedBuilder::Impl::PairGroup(NodeIndex a, NodeIndex b) {
  const std::vector<LinkIndex> forward = working_.FindParallelLinks(a, b);
  const std::vector<LinkIndex> backward = working_.FindParallelLinks(b, a);
  const auto links_of = [&](const std::vector<LinkIndex>& indexes) {
    std::vector<const Link*> links;
    for (const LinkIndex index : indexes) {
      links.push_back(&working_.link(index));
    }
    return links;
  };
  std::vector<std::optional<LinkIndex>> reverse_of_forward(forward.size());
  std::vector<std::optional<LinkIndex>> reverse_of_backward(backward.size());
  LinkPairs before;
  for (size_t i = 0; i < forward.size(); ++i) {
    for (size_t j = 0; j < backward.size(); ++j) {
      if (working_.link(forward[i]).reverse == backward[j] &&
          working_.link(backward[j]).reverse == forward[i]) {
        before.emplace_back(i, j);
      }
    }
  }
  for (const auto& [i, j] : PairLinks(links_of(forward), links_of(backward), before)) {
    reverse_of_forward[i] = backward[j];
    reverse_of_backward[j] = forward[i];
  }
  for (size_t i = 0; i < forward.size(); ++i) {
    SetReverse(forward[i], reverse_of_forward[i]);
  }
  for (size_t j = 0; j < backward.size(); ++j) {
    SetReverse(backward[j], reverse_of_backward[j]);
  }
}

void TedBuilder::Impl::SetReverse(LinkIndex index, std::optional<LinkIndex> reverse) {
  if (working_.link(index).reverse != reverse) {
    Own(index).reverse = reverse;
  }
}

void TedBuilder::Impl::RefreshArcs() {
  for (const LinkIndex index : to_refresh_) {
    if (working_.HasLink(index)) {
      RefreshArc(index);
    }
    // Only now: Own() inside RefreshArc would put the link on the list again.
    links_[index.value()].to_refresh = false;
  }
  to_refresh_.clear();
}

void TedBuilder::Impl::RefreshArc(LinkIndex index) {
  LinkRecord& record = links_[index.value()];
  const Link& link = working_.link(index);
  const bool ends_known = working_.node(record.local).known && working_.node(record.remote).known;
  const bool usable =
      ends_known && IsUsableDirection(index) && link.reverse && IsUsableDirection(*link.reverse);
  if (usable != link.usable) {
    Own(index).usable = usable;
  }
  half_known_links_ -= record.half_known ? 1 : 0;
  half_known_links_ += ends_known ? 0 : 1;
  record.half_known = !ends_known;
  const graph::ArcData old_data = working_.graph_.data(index.value());
  static const SrlgTable::Set kNoSrlgs;
  const Link& now = working_.link(index);
  const SrlgTable::Set& srlgs = now.attributes.srlgs ? *now.attributes.srlgs : kNoSrlgs;
  uint32_t group = old_data.group;
  if (working_.srlgs(group) != srlgs) {
    group = srlgs_.Acquire(srlgs, working_.srlg_sets_, edit_);
    srlgs_.Release(old_data.group, working_.srlg_sets_);
  }
  const graph::ArcData data = MakeArc(now, group);
  CountDecreases(Before(index), old_data, data);
  if (data != old_data) {
    working_.graph_.SetArc(index.value(), data, edit_);
    changed_ = true;
  }
}

bool TedBuilder::Impl::IsUsableDirection(LinkIndex index) const {
  return links_[index.value()].announced && IsUp(working_.link(index));
}

graph::ArcData TedBuilder::Impl::MakeArc(const Link& link, uint32_t group) const {
  const LinkAttributes& a = link.attributes;
  const NodeFacts tail = FactsOf(working_.node(link.local));
  const NodeFacts head = FactsOf(working_.node(link.remote));
  graph::ArcData data;
  const auto flag = [&data](bool is_set, uint32_t bit) { data.flags |= is_set ? bit : 0; };
  flag(link.usable, kArcUsable);
  flag(tail.overload, kArcTailOverloaded);
  flag(tail.sr_mpls, kArcTailSrMpls);
  flag(head.sr_mpls, kArcHeadSrMpls);
  flag(tail.srv6, kArcTailSrv6);
  flag(head.srv6, kArcHeadSrv6);
  flag(head.pseudonode, kArcHeadPseudonode);
  data.group = group;
  data.reverse = link.reverse ? link.reverse->value() : graph::kNone;
  if (tail.pseudonode) {
    data.flags |= kArcTailPseudonode | kArcHasIgp | kArcHasTe | kArcTeAnnounced | kArcHasDelay |
                  kArcHasCapacity;
    data.capacity = UINT64_MAX;
    return data;
  }
  if (a.igp_metric) {
    data.weight[kIgpWeight] = *a.igp_metric;
    // The maximum keeps a link out of SPF while TE may still use it (RFC 5305 s3).
    flag(*a.igp_metric < kMaxIgpMetric, kArcHasIgp);
  }
  if (const std::optional<TeMetric> te = EffectiveTeMetric(a)) {
    data.weight[kTeWeight] = *te;
    flag(true, kArcHasTe);
  }
  if (const std::optional<Microseconds> delay = link.charged_delay()) {
    data.weight[kDelayWeight] = static_cast<uint32_t>(delay->count());  // At most kMaxDelay.
    flag(true, kArcHasDelay);
  }
  if (const std::optional<BytesPerSecond> bandwidth = UsableBandwidth(a)) {
    data.capacity = bandwidth->value;
    flag(true, kArcHasCapacity);
  }
  if (a.admin_group) {
    data.mask = a.admin_group->low64();
    flag(!a.admin_group->fits64(), kArcWideAdminGroup);
  }
  flag(a.te_metric.has_value(), kArcTeAnnounced);
  flag(a.delay_anomalous.value_or(false), kArcAnomalous);
  return data;
}

void TedBuilder::Impl::CountDecreases(const Link* before, const graph::ArcData& old_data,
                                      const graph::ArcData& data) {
  for (size_t slot = 0; slot < graph::kWeightCount; ++slot) {
    // An arc that gains a weight is a new arc for who searches by that weight.
    const bool gained = HasWeight(data, slot) && !HasWeight(old_data, slot);
    if (before == nullptr || gained || data.weight[slot] < old_data.weight[slot]) {
      ++working_.decrease_epoch_[slot];
    }
  }
}

TedDelta TedBuilder::Impl::MakeDelta() {
  TedDelta delta;
  delta.from_generation = delta.to_generation = last_->generation();
  for (const LinkIndex index : removed_links_) {
    const Link* before = Before(index);
    delta.links.push_back(CompareLinks(index, before, nullptr));
    working_.usable_link_count_ -= before->usable ? 1 : 0;
    working_.stale_link_count_ -= before->stale ? 1 : 0;
  }
  for (const LinkIndex index : owned_links_) {
    links_[index.value()].own = nullptr;
    const Link* before = Before(index);
    const Link& after = working_.link(index);
    IndexLink(index, before, &after);
    delta.links.push_back(CompareLinks(index, before, &after));
    working_.usable_link_count_ += (after.usable ? 1U : 0U) - (before && before->usable ? 1U : 0U);
    working_.stale_link_count_ += (after.stale ? 1U : 0U) - (before && before->stale ? 1U : 0U);
    structure_changed_ = structure_changed_ || before == nullptr;
  }
  std::sort(delta.links.begin(), delta.links.end(),
            [](const LinkChange& a, const LinkChange& b) { return a.link < b.link; });
  delta.nodes = std::exchange(changed_nodes_, {});
  std::sort(delta.nodes.begin(), delta.nodes.end());
  delta.structure_changed = std::exchange(structure_changed_, false);
  delta.to_generation += changed_ ? 1 : 0;
  removed_links_.clear();
  owned_links_.clear();
  return delta;
}

Link& TedBuilder::Impl::Own(LinkIndex index) {
  LinkRecord& record = links_[index.value()];
  if (record.own == nullptr) {
    const Link* before = working_.links_[index.value()].get();
    auto copy = before == nullptr ? std::make_shared<Link>() : std::make_shared<Link>(*before);
    if (before == nullptr) {
      copy->key.local_node = nodes_[record.local.value()].id;
      copy->key.remote_node = nodes_[record.remote.value()].id;
      copy->key.local_interface = record.local_interface;
      copy->local = record.local;
      copy->remote = record.remote;
    }
    record.own = copy.get();
    working_.links_.Mutable(index.value(), edit_) = std::move(copy);
    owned_links_.push_back(index);
    MarkToRefresh(index);
    changed_ = true;
  }
  return *record.own;
}

void TedBuilder::Impl::MarkToRefresh(LinkIndex index) {
  LinkRecord& record = links_[index.value()];
  if (!record.to_refresh) {
    record.to_refresh = true;
    to_refresh_.push_back(index);
  }
}

void TedBuilder::Impl::MarkToPair(const LinkRecord& record) {
  to_pair_.push_back(std::minmax(record.local, record.remote));
}

const Link* TedBuilder::Impl::Before(LinkIndex index) const {
  return index.value() < last_->link_bound() && last_->HasLink(index) ? &last_->link(index)
                                                                      : nullptr;
}

}  // namespace srpce::topology
