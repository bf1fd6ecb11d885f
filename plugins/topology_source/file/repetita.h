// plugins/topology_source/file/repetita.h -- the REPETITA text format (Gay, Schaus, Vissicchio
// 2017).
//
//   NODES 2                                a count, then that many lines
//   label x y                              x = degrees east, y = degrees north, 0 0 where unknown
//   0_NL 4.88969 52.37403
//   1_BE 4.34878 50.85045
//
//   EDGES 2
//   label src dest weight bw delay         one line a direction; nodes by index from 0; kbit/s;
//   microseconds edge_0 0 1 13 7166666 293 edge_1 1 0 13 7166666 293
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace srpce::file_source {

struct GraphNode {
  std::string label;
  double x = 0;
  double y = 0;
};

struct GraphEdge {
  std::string label;
  uint32_t source = 0;
  uint32_t target = 0;
  uint32_t weight = 0;
  uint64_t bandwidth_kbps = 0;
  uint32_t delay_us = 0;
};

struct Graph {
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
};

// Errors: INVALID_ARGUMENT  "FILE:LINE: got X, want Y"; `file_name` is only for that.
absl::StatusOr<Graph> ParseRepetita(absl::string_view text, absl::string_view file_name);

// Returns the contents of a file of at most 256 MiB. Errors: NOT_FOUND, PERMISSION_DENIED,
// INVALID_ARGUMENT (too large, a directory).
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace srpce::file_source
