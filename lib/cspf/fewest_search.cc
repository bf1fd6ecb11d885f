// lib/cspf/fewest_search.cc -- labels in order of the elements they have met.
#include "lib/cspf/fewest_search.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

namespace srpce::cspf {
namespace {

constexpr size_t kWordBits = 64;
constexpr uint64_t kComparisonsPerLabel = 16;  // As in LabelSearch.

size_t WordsFor(const Query& query, const ElementList& list) {
  const bool count_suffices = list.met_once() && query.constraints.waypoints.empty();
  return count_suffices ? 0 : (list.size() + kWordBits - 1) / kWordBits;
}

}  // namespace

FewestSearch::FewestSearch(const LabelSearch& space, const Query& query, const LinkFilter& filter,
                           const ElementList& list)
    : space_(space),
      query_(query),
      filter_(filter),
      list_(list),
      graph_(space.ted().graph()),
      words_(WordsFor(query, list)),
      fronts_(size_t{graph_.node_count()} * (query.constraints.waypoints.size() + 1)) {}

Found FewestSearch::Run(uint64_t& labels_left) {
  Found found;
  Start();
  while (!queue_.empty()) {
    const uint32_t at = std::get<3>(queue_.top());
    if (labels_[at].prefix.state == space_.target()) {
      Extract(at, found);
      return found;
    }
    queue_.pop();
    if (labels_[at].dead) continue;
    if (labels_left == 0) {
      found.status = Found::Status::kExhausted;
      return found;
    }
    Expand(at);
    const uint64_t work = 1 + comparisons_ / kComparisonsPerLabel;
    comparisons_ %= kComparisonsPerLabel;
    labels_left -= std::min(labels_left, work);
  }
  return found;
}

void FewestSearch::Start() {
  labels_.push_back({.prefix = space_.Start()});
  sets_.resize(words_);
  list_.AppendAt(query_.source.value(), places_);
  Meet();
  Admit();
}

void FewestSearch::Expand(uint32_t at) {
  const graph::Node node = labels_[at].prefix.state % graph_.node_count();
  for (const graph::Arc& arc : graph_.out(node)) {
    if (filter_(arc, node, arc.other)) Offer(at, arc);
  }
}

void FewestSearch::Offer(uint32_t parent, const graph::Arc& arc) {
  Label label = labels_[parent];
  space_.Append(label.prefix, LinkIndex(arc.id));
  ++label.links;
  label.parent = parent;
  label.arc = arc.id;
  labels_.push_back(label);
  sets_.resize(sets_.size() + words_);
  std::copy_n(set_of(parent), words_, sets_.end() - static_cast<ptrdiff_t>(words_));
  list_.AppendOn(arc, places_);
  Meet();
  Admit();
}

void FewestSearch::Meet() {
  Label& label = labels_.back();
  if (words_ == 0) {
    label.count += static_cast<uint32_t>(places_.size());
  } else {
    uint64_t* set = set_of(static_cast<uint32_t>(labels_.size() - 1));
    for (const uint32_t place : places_) {
      set[place / kWordBits] |= uint64_t{1} << place % kWordBits;
    }
    label.count = 0;
    for (size_t i = 0; i < words_; ++i) label.count += static_cast<uint32_t>(std::popcount(set[i]));
  }
  places_.clear();
}

void FewestSearch::Admit() {
  const auto at = static_cast<uint32_t>(labels_.size() - 1);
  const Label& label = labels_.back();
  const std::optional<uint64_t> cost = space_.LeastCost(label.prefix);
  std::vector<uint32_t>& front = fronts_[label.prefix.state];
  if (!cost || std::any_of(front.begin(), front.end(),
                           [&](uint32_t other) { return Dominates(other, at); })) {
    labels_.pop_back();
    sets_.resize(sets_.size() - words_);
    return;
  }
  std::erase_if(front, [&](uint32_t other) { return labels_[other].dead = Dominates(at, other); });
  front.push_back(at);
  queue_.emplace(label.count, *cost, label.links, at);
}

// With sets, one that has met less by now may meet the rest later: the cost must be no worse, too.
bool FewestSearch::Dominates(uint32_t a, uint32_t b) {
  const Label& left = labels_[a];
  const Label& right = labels_[b];
  comparisons_ += 1 + words_ / 8;
  const auto rank = [](const Label& label) { return std::pair(label.prefix.cost, label.links); };
  if (words_ == 0 && std::pair(left.count, rank(left)) > std::pair(right.count, rank(right))) {
    return false;
  }
  if (words_ > 0 && rank(left) > rank(right)) return false;
  for (size_t i = 0; i < words_; ++i) {
    if ((set_of(a)[i] & ~set_of(b)[i]) != 0) return false;
  }
  for (size_t i = 0; i < left.prefix.sums.size(); ++i) {
    if (left.prefix.sums[i] > right.prefix.sums[i]) return false;
  }
  return true;
}

void FewestSearch::Extract(uint32_t at, Found& found) const {
  found.status = Found::Status::kFound;
  found.has_links = true;
  found.cost = labels_[at].prefix.cost;
  for (; labels_[at].parent != graph::kNone; at = labels_[at].parent) {
    found.links.push_back(LinkIndex(labels_[at].arc));
  }
  std::reverse(found.links.begin(), found.links.end());
}

}  // namespace srpce::cspf
