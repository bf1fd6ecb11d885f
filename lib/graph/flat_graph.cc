#include "lib/graph/flat_graph.h"

#include <bit>

namespace srpce::graph {
namespace {

constexpr uint32_t kWordBits = 64;

uint32_t Sum(uint32_t distance, uint32_t weight) {
  const uint64_t sum = uint64_t{distance} + weight;
  return sum < FlatGraph::kFar ? static_cast<uint32_t>(sum) : FlatGraph::kFar;
}

}  // namespace

void FlatSearch::Buckets::Reset(uint32_t largest_weight) {
  const uint32_t size = std::max(std::bit_ceil(largest_weight + 1), kWordBits);
  first_.assign(size, kNone);
  used_.assign(size / kWordBits, 0);
  entries_.clear();
  free_ = kNone;
  mask_ = size - 1;
  at_ = 0;
  waiting_ = 0;
}

void FlatSearch::Buckets::Push(uint32_t distance, Node node) {
  const uint32_t bucket = distance & mask_;
  uint32_t entry = free_;
  if (entry == kNone) {
    entry = static_cast<uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    free_ = entries_[entry].next;
  }
  entries_[entry] = {node, first_[bucket]};
  first_[bucket] = entry;
  used_[bucket / kWordBits] |= uint64_t{1} << bucket % kWordBits;
  ++waiting_;
}

uint32_t FlatSearch::Buckets::Least() {
  uint32_t bucket = at_ & mask_;
  uint64_t word = used_[bucket / kWordBits] >> bucket % kWordBits;
  while (word == 0) {
    at_ += kWordBits - at_ % kWordBits;
    bucket = at_ & mask_;
    word = used_[bucket / kWordBits];
  }
  at_ += static_cast<uint32_t>(std::countr_zero(word));
  return at_;
}

Node FlatSearch::Buckets::Pop() {
  const uint32_t bucket = at_ & mask_;
  const uint32_t entry = first_[bucket];
  const Node node = entries_[entry].node;
  first_[bucket] = entries_[entry].next;
  if (first_[bucket] == kNone) used_[bucket / kWordBits] &= ~(uint64_t{1} << bucket % kWordBits);
  entries_[entry].next = free_;
  free_ = entry;
  --waiting_;
  return node;
}

void FlatSearch::Run(const FlatGraph& graph, Node root, std::vector<uint32_t>& distances) {
  distances.assign(graph.node_count(), FlatGraph::kNoWay);
  distances[root] = 0;
  // No distance wraps around in the buckets: so few nodes are never so far apart.
  const bool small = graph.largest_weight() < Buckets::kMost &&
                     uint64_t{graph.largest_weight()} * graph.node_count() < FlatGraph::kFar;
  if (small) {
    RunByBuckets(graph, root, distances);
  } else {
    RunByHeap(graph, root, distances);
  }
}

void FlatSearch::RunByBuckets(const FlatGraph& graph, Node root, std::vector<uint32_t>& distances) {
  buckets_.Reset(graph.largest_weight());
  buckets_.Push(0, root);
  while (!buckets_.empty()) {
    const uint32_t distance = buckets_.Least();
    const Node node = buckets_.Pop();
    if (distances[node] != distance) continue;  // Reached by less, and done.
    for (const FlatGraph::Arc& arc : graph.arcs(node)) {
      const uint32_t sum = distance + arc.weight;
      if (sum >= distances[arc.other]) continue;
      distances[arc.other] = sum;
      buckets_.Push(sum, arc.other);
    }
  }
}

void FlatSearch::RunByHeap(const FlatGraph& graph, Node root, std::vector<uint32_t>& distances) {
  heap_.Clear();
  heap_.Push(0, root);
  while (!heap_.empty()) {
    const Node node = heap_.top_node();
    const auto distance = static_cast<uint32_t>(heap_.top_key());
    heap_.Pop();
    if (distances[node] != distance) continue;
    for (const FlatGraph::Arc& arc : graph.arcs(node)) {
      const uint32_t sum = Sum(distance, arc.weight);
      if (sum >= distances[arc.other]) continue;
      distances[arc.other] = sum;
      heap_.Push(sum, arc.other);
    }
  }
}

}  // namespace srpce::graph
