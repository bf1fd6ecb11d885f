// plugins/topology_source/file/settings.h -- the settings of the file source, as typed values.
// README.md lists them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/plugin/registry.h"
#include "lib/topology/elements.h"

namespace srpce::file_source {

struct FlexAlgorithm {
  uint8_t algorithm = topology::kFirstFlexAlgorithm;
  topology::MetricType metric = topology::MetricType::kDelay;
};

// What the file format does not say of a network and Synthesize adds.
struct SynthesisSettings {
  uint32_t asn = 64512;
  bool sr_mpls = true;
  topology::LabelRange srgb{.first = 16000, .size = 8000};
  uint32_t first_adjacency_label = 24000;
  uint8_t msd = 10;  // Labels a headend can push.
  bool srv6 = true;
  bool next_csid = true;  // SIDs with NEXT-CSID flavor (RFC 9800); else classic End and End.X.
  uint8_t srv6_msd = 8;   // SIDs a headend can push.
  std::vector<FlexAlgorithm> flex_algorithms;
  std::optional<uint64_t> loss_seed;      // Each adjacency gets a loss of 0 to 0.0005.
  std::optional<uint64_t> affinity_seed;  // Each adjacency gets two of the affinity bits 0 to 7.
  std::optional<uint64_t>
      srlg_seed;  // Each adjacency is an SRLG; about a fifth share a duct with another.
};

struct FileSettings {
  std::string path;
  std::string script;  // Empty = none.
  SynthesisSettings synthesis;
};

// Errors: INVALID_ARGUMENT  "file source: SETTING: got X, want Y"; also for a setting that does not
// exist.
absl::StatusOr<FileSettings> ParseSettings(const plugin::Settings& settings);

}  // namespace srpce::file_source
