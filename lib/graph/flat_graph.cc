#include "lib/graph/flat_graph.h"

#include <bit>

namespace srpce::graph {
namespace {

constexpr uint32_t kWordBits = 64;
constexpr size_t kAhead = 8;  // Nodes.

uint32_t Sum(uint32_t distance, uint32_t weight) {
  const uint64_t sum = uint64_t{distance} + weight;
  return sum < FlatGraph::kFar ? static_cast<uint32_t>(sum) : FlatGraph::kFar;
}

}  // namespace

void FlatSearch::Buckets::Reset(uint32_t largest_weight) {
  const uint32_t size = std::max(std::bit_ceil(largest_weight + 1), kWordBits);
  if (nodes_.size() < size) nodes_.resize(size);
  used_.assign(size / kWordBits, 0);
  mask_ = size - 1;
  at_ = 0;
  waiting_ = 0;
}

void FlatSearch::Buckets::Push(uint32_t distance, Node node) {
  const uint32_t bucket = distance & mask_;
  nodes_[bucket].push_back(node);
  used_[bucket / kWordBits] |= uint64_t{1} << bucket % kWordBits;
  ++waiting_;
}

uint32_t FlatSearch::Buckets::Take(std::vector<Node>& nodes) {
  uint64_t word = used_[(at_ & mask_) / kWordBits] >> at_ % kWordBits;
  while (word == 0) {
    at_ += kWordBits - at_ % kWordBits;
    word = used_[(at_ & mask_) / kWordBits];
  }
  at_ += static_cast<uint32_t>(std::countr_zero(word));
  const uint32_t bucket = at_ & mask_;
  nodes.clear();
  nodes.swap(nodes_[bucket]);
  used_[bucket / kWordBits] &= ~(uint64_t{1} << bucket % kWordBits);
  waiting_ -= nodes.size();
  return at_;
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
    const uint32_t distance = buckets_.Take(nodes_);
    // Where few are equally far, others of them come next that are only found now.
    const bool few = nodes_.size() < 2 * kAhead;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      // Who is next is known, and where its arcs lie is what a search of a large network waits for.
      if (i + 2 * kAhead < nodes_.size()) graph.PrefetchNode(nodes_[i + 2 * kAhead]);
      if (i + kAhead < nodes_.size()) graph.PrefetchArcs(nodes_[i + kAhead]);
      if (distances[nodes_[i]] != distance) continue;  // Reached by less, and done.
      for (const FlatGraph::Arc& arc : graph.arcs(nodes_[i])) {
        const uint32_t sum = distance + arc.weight;
        if (sum >= distances[arc.other]) continue;
        distances[arc.other] = sum;
        if (few) graph.PrefetchArcs(arc.other);
        buckets_.Push(sum, arc.other);
      }
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
