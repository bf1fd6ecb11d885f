// plugins/topology_source/file/settings.cc
#include "plugins/topology_source/file/settings.h"

#include <functional>
#include <limits>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/plugin/setting_text.h"

namespace srpce::file_source {
namespace {

using plugin::ParseBool;
using plugin::ParseNumber;
using plugin::WrongSetting;

absl::Status ParseSeed(absl::string_view text, std::optional<uint64_t>& to) {
  return ParseNumber(text, 0, std::numeric_limits<uint64_t>::max(), to.emplace());
}

// "16000-23999", both ends included.
absl::Status ParseSrgb(absl::string_view text, topology::LabelRange& to) {
  const std::vector<absl::string_view> ends = absl::StrSplit(text, '-');
  uint32_t first = 0;
  uint32_t last = 0;
  // Labels 0 to 15 are reserved (RFC 3032 s2.1).
  if (ends.size() != 2 || !ParseNumber(ends[0], 16, topology::kMaxLabel, first).ok() ||
      !ParseNumber(ends[1], first, topology::kMaxLabel, last).ok()) {
    return WrongSetting(text,
                        absl::StrCat("FIRST-LAST with labels from 16 to ", topology::kMaxLabel));
  }
  to = {.first = first, .size = last - first + 1};
  return absl::OkStatus();
}

// "128:delay 129:te".
absl::Status ParseFlexAlgorithms(absl::string_view text, std::vector<FlexAlgorithm>& to) {
  static const auto* const kMetrics =
      new std::map<std::string, topology::MetricType>{{"igp", topology::MetricType::kIgp},
                                                      {"te", topology::MetricType::kTe},
                                                      {"delay", topology::MetricType::kDelay}};
  for (const absl::string_view item :
       absl::StrSplit(text, absl::ByAnyChar(" ,"), absl::SkipEmpty())) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(item, absl::MaxSplits(':', 1));
    FlexAlgorithm algorithm;
    const auto metric = kMetrics->find(parts.second);
    if (metric == kMetrics->end() ||
        !ParseNumber(parts.first, topology::kFirstFlexAlgorithm, 255, algorithm.algorithm).ok()) {
      return WrongSetting(item, "ALGORITHM:METRIC, 128 to 255 and igp, te or delay");
    }
    algorithm.metric = metric->second;
    for (const FlexAlgorithm& other : to) {
      if (other.algorithm == algorithm.algorithm) {
        return WrongSetting(item, "each algorithm once");
      }
    }
    to.push_back(algorithm);
  }
  return absl::OkStatus();
}

using Parser = std::function<absl::Status(absl::string_view text)>;

std::map<std::string, Parser> Parsers(FileSettings& s) {
  SynthesisSettings& y = s.synthesis;
  using V = absl::string_view;
  return {
      {"path", [&s](V t) { return s.path = std::string(t), absl::OkStatus(); }},
      {"script", [&s](V t) { return s.script = std::string(t), absl::OkStatus(); }},
      {"asn", [&y](V t) { return ParseNumber(t, 1, 0xffffffff, y.asn); }},
      {"sr_mpls", [&y](V t) { return ParseBool(t, y.sr_mpls); }},
      {"srgb", [&y](V t) { return ParseSrgb(t, y.srgb); }},
      {"first_adjacency_label",
       [&y](V t) { return ParseNumber(t, 16, topology::kMaxLabel, y.first_adjacency_label); }},
      {"msd", [&y](V t) { return ParseNumber(t, 0, 255, y.msd); }},
      {"srv6", [&y](V t) { return ParseBool(t, y.srv6); }},
      {"next_csid", [&y](V t) { return ParseBool(t, y.next_csid); }},
      {"srv6_msd", [&y](V t) { return ParseNumber(t, 0, 255, y.srv6_msd); }},
      {"flex_algorithms", [&y](V t) { return ParseFlexAlgorithms(t, y.flex_algorithms); }},
      {"loss_seed", [&y](V t) { return ParseSeed(t, y.loss_seed); }},
      {"affinity_seed", [&y](V t) { return ParseSeed(t, y.affinity_seed); }},
      {"srlg_seed", [&y](V t) { return ParseSeed(t, y.srlg_seed); }},
  };
}

}  // namespace

absl::StatusOr<FileSettings> ParseSettings(const plugin::Settings& settings) {
  FileSettings result;
  const std::map<std::string, Parser> parsers = Parsers(result);
  for (const auto& [name, text] : settings) {
    const auto parser = parsers.find(name);
    if (parser == parsers.end()) {
      const auto key = [](std::string* out, const auto& entry) { *out += entry.first; };
      return absl::InvalidArgumentError(absl::StrCat("file source: got setting '", name,
                                                     "', want one of ",
                                                     absl::StrJoin(parsers, ", ", key)));
    }
    if (const absl::Status status = parser->second(text); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("file source: ", name, ": ", status.message()));
    }
  }
  if (result.path.empty()) {
    return absl::InvalidArgumentError("file source: path: got nothing, want the file to read");
  }
  return result;
}

}  // namespace srpce::file_source
