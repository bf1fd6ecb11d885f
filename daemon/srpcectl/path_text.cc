// daemon/srpcectl/path_text.cc
#include "daemon/srpcectl/path_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "daemon/srpcectl/names.h"
#include "daemon/srpcectl/quantity.h"
#include "daemon/srpcectl/table.h"

namespace srpce::ctl {
namespace {

std::string Bound(bool has, const std::string& text) {
  return has ? absl::StrCat(" (bound ", text, ")") : "";
}

const char* DataPlaneText(v1::DataPlane plane) {
  return plane == v1::DATA_PLANE_SRV6      ? "srv6"
         : plane == v1::DATA_PLANE_SR_MPLS ? "sr-mpls"
                                           : "either";
}

// What one segment stands for: "node 4_DE", "adjacency 4_DE->12_IT (to-12_IT)".
std::string SegmentText(const v1::Segment& segment) {
  std::string text;
  switch (segment.kind()) {
    case v1::SEGMENT_KIND_NODE:
      text = absl::StrCat("node ", segment.node());
      break;
    case v1::SEGMENT_KIND_ADJACENCY:
      text = absl::StrCat("adjacency ", ToText(segment.link()));
      if (!segment.link().local_interface().empty()) {
        absl::StrAppend(&text, " (", segment.link().local_interface(), ")");
      }
      break;
    case v1::SEGMENT_KIND_ANYCAST:
      text = absl::StrCat("anycast ", absl::StrJoin(segment.anycast(), " or "));
      break;
    case v1::SEGMENT_KIND_BINDING:
      text = absl::StrCat("binding SID of ", segment.node());
      break;
    default:
      text = "unknown";
  }
  return segment.algorithm() == 0 ? text : absl::StrCat(text, ", algorithm ", segment.algorithm());
}

// A bound or what can be had instead, in the unit that goes with the reason.
std::string FactText(const std::string& reason, double value) {
  if (reason == "DELAY_BOUND_UNREACHABLE" || reason == "VARIATION_BOUND_UNREACHABLE") {
    return FormatMicroseconds(static_cast<uint64_t>(value));
  }
  if (reason == "NO_PATH_BANDWIDTH") {
    return FormatBitsPerSecond(static_cast<uint64_t>(value));
  }
  if (reason == "LOSS_BOUND_UNREACHABLE") {
    return FormatFraction(value);
  }
  return FormatNumber(value, 6);
}

std::string ConstraintText(const std::string& constraint, double value) {
  if (constraint == "delay bound") return FactText("DELAY_BOUND_UNREACHABLE", value);
  if (constraint == "variation bound") return FactText("VARIATION_BOUND_UNREACHABLE", value);
  if (constraint == "bandwidth") return FactText("NO_PATH_BANDWIDTH", value);
  if (constraint == "loss bound") return FactText("LOSS_BOUND_UNREACHABLE", value);
  return FormatNumber(value, 6);
}

}  // namespace

const char* LevelText(v1::Disjointness level) {
  switch (level) {
    case v1::DISJOINTNESS_NODE:
      return "node";
    case v1::DISJOINTNESS_SRLG:
      return "srlg";
    case v1::DISJOINTNESS_SRLG_NODE:
      return "srlg-node";
    default:
      return "link";
  }
}

std::string RisksText(const v1::SharedRisks& risks) {
  std::vector<std::string> parts;
  for (const v1::LinkKey& link : risks.links()) parts.push_back("link " + ToText(link));
  for (const std::string& node : risks.nodes()) parts.push_back("node " + node);
  for (const uint32_t srlg : risks.srlgs()) parts.push_back(absl::StrCat("SRLG ", srlg));
  return absl::StrJoin(parts, ", ");
}

std::string MetricsText(const v1::PathMetrics& m, const v1::PathConstraints* bounds) {
  static const v1::PathConstraints kNone;
  const v1::PathConstraints& c = bounds != nullptr ? *bounds : kNone;
  std::vector<std::string> parts;
  if (m.has_delay_us()) {
    parts.push_back(
        absl::StrCat("delay ", FormatMicroseconds(m.delay_us()),
                     Bound(c.has_max_delay_us(), FormatMicroseconds(c.max_delay_us()))));
  }
  if (m.has_igp_cost()) {
    parts.push_back(absl::StrCat("igp ", m.igp_cost(),
                                 Bound(c.has_max_igp_cost(), absl::StrCat(c.max_igp_cost()))));
  }
  if (m.has_te_cost()) {
    parts.push_back(absl::StrCat("te ", m.te_cost(),
                                 Bound(c.has_max_te_cost(), absl::StrCat(c.max_te_cost()))));
  }
  parts.push_back(absl::StrCat(m.hops(), m.hops() == 1 ? " hop" : " hops",
                               Bound(c.has_max_hops(), absl::StrCat(c.max_hops()))));
  if (m.has_loss_fraction()) {
    parts.push_back(
        absl::StrCat("loss ", FormatFraction(m.loss_fraction()),
                     Bound(c.has_max_loss_fraction(), FormatFraction(c.max_loss_fraction()))));
  }
  if (m.has_delay_variation_us()) {
    parts.push_back(absl::StrCat(
        "variation ", FormatMicroseconds(m.delay_variation_us()),
        Bound(c.has_max_delay_variation_us(), FormatMicroseconds(c.max_delay_variation_us()))));
  }
  if (m.has_bottleneck_bps()) {
    parts.push_back(
        absl::StrCat("bottleneck ", FormatBitsPerSecond(m.bottleneck_bps()),
                     Bound(c.bandwidth_bps() > 0, FormatBitsPerSecond(c.bandwidth_bps()))));
  }
  return absl::StrJoin(parts, ", ");
}

std::string NodesText(const v1::Path& path) {
  std::vector<std::string> nodes;
  for (const v1::Hop& hop : path.hops()) {
    if (nodes.empty()) {
      nodes.push_back(hop.link().local_node());
    }
    nodes.push_back(hop.link().remote_node());
  }
  return absl::StrJoin(nodes, " ");
}

std::string SegmentListLine(const v1::SegmentList& list) {
  if (list.labels().empty() && list.sids().empty()) {
    return absl::StrCat(DataPlaneText(list.data_plane()), " (no SID needed)");
  }
  return absl::StrCat(DataPlaneText(list.data_plane()), " ",
                      list.data_plane() == v1::DATA_PLANE_SRV6
                          ? absl::StrJoin(list.sids(), ", ")
                          : absl::StrJoin(list.labels(), ", "));
}

std::string SegmentListText(const v1::SegmentList& list, const std::string& indent,
                            const std::string& share) {
  const bool srv6 = list.data_plane() == v1::DATA_PLANE_SRV6;
  const int count = srv6 ? list.sids_size() : list.labels_size();
  std::string text = absl::StrCat(indent, "segment list: ", DataPlaneText(list.data_plane()), ", ",
                                  count, count == 1 ? " SID" : " SIDs", share, "\n");
  // A container holds several segments: then the two do not stand side by side.
  const bool side_by_side = count == list.segments_size();
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&text, indent, "  ", srv6 ? list.sids(i) : absl::StrCat(list.labels(i)),
                    side_by_side ? absl::StrCat("  ", SegmentText(list.segments(i))) : "", "\n");
  }
  if (!side_by_side) {
    for (const v1::Segment& segment : list.segments()) {
      absl::StrAppend(&text, indent, "    ", srv6 ? segment.sid() : absl::StrCat(segment.label()),
                      "  ", SegmentText(segment), "\n");
    }
  }
  return text;
}

std::string PathText(const v1::Path& path, const v1::PathConstraints& constraints) {
  std::string text = absl::StrCat(MetricsText(path.metrics(), &constraints), "\n\n");
  if (path.ecmp()) absl::StrAppend(&text, "  spread over equal paths; the worst of them counts\n");
  Table table({"HOP", "LINK", "INTERFACE", "IGP", "DELAY"});
  for (int i = 0; i < path.hops_size(); ++i) {
    const v1::Hop& hop = path.hops(i);
    table.Add({absl::StrCat(i + 1), ToText(hop.link()), hop.link().local_interface(),
               hop.has_igp_metric() ? absl::StrCat(hop.igp_metric()) : "",
               hop.has_delay_us() ? FormatMicroseconds(hop.delay_us()) : ""});
  }
  absl::StrAppend(&text, table.ToString("  "), "\n", SegmentListText(path.segment_list(), "  "));
  return text;
}

std::string ShareText(uint32_t weight, double share, uint64_t rate_bps) {
  return absl::StrCat("weight ", weight, ", ", FormatNumber(share * 100, 1), "%",
                      rate_bps > 0 ? absl::StrCat(", ", FormatBitsPerSecond(rate_bps)) : "");
}

std::string SplitText(const v1::PathSplit& split, const v1::PathConstraints& constraints) {
  v1::PathConstraints of_each = constraints;
  of_each.clear_bandwidth_bps();
  std::string text = absl::StrCat(
      FormatBitsPerSecond(constraints.bandwidth_bps()), " over ", split.paths_size(),
      split.paths_size() == 1 ? " segment list" : " segment lists", ", mean cost ",
      FormatNumber(split.cost(), 3),
      split.proved_optimal() ? ""
                             : absl::StrCat(" (not proved to be the least: lower bound ",
                                            FormatNumber(split.lower_bound(), 3), ")"),
      "\n");
  for (const v1::SplitPath& part : split.paths()) {
    absl::StrAppend(&text, "\n",
                    ShareText(part.path().segment_list().weight(), part.share(), part.rate_bps()),
                    ": ", PathText(part.path(), of_each));
  }
  return text;
}

std::string NoPathText(const v1::NoPath& no_path) {
  std::string text = absl::StrCat("no path: ", no_path.message(), " [", no_path.reason(), "]\n");
  if (no_path.has_wanted()) {
    absl::StrAppend(&text, "  wanted:          ", FactText(no_path.reason(), no_path.wanted()),
                    "\n");
  }
  if (no_path.has_best_achievable()) {
    absl::StrAppend(
        &text, "  best achievable: ", FactText(no_path.reason(), no_path.best_achievable()), "\n");
  }
  if (!no_path.blocking_links().empty()) {
    absl::StrAppend(
        &text, "  blocking links:  ",
        absl::StrJoin(no_path.blocking_links(), ", ",
                      [](std::string* out, const v1::LinkKey& key) { *out += ToFullText(key); }),
        "\n");
  }
  if (!no_path.shared_srlgs().empty()) {
    absl::StrAppend(&text, "  shared SRLGs:    ", absl::StrJoin(no_path.shared_srlgs(), ", "),
                    "\n");
  }
  if (no_path.has_lower_bound()) {
    absl::StrAppend(&text, "  no path costs less than ", no_path.lower_bound(), "\n");
  }
  if (no_path.has_best_found()) {
    absl::StrAppend(&text, "  best found so far: ", NodesText(no_path.best_found()), " (",
                    MetricsText(no_path.best_found().metrics(), nullptr), ")\n");
  }
  for (const v1::Path& path : no_path.best_found_set()) {
    absl::StrAppend(&text, "  of the best set so far: ", NodesText(path), " (",
                    MetricsText(path.metrics(), nullptr), ")\n");
  }
  return text;
}

std::string RunnerUpText(const v1::EndpointPath& runner_up) {
  return absl::StrCat("\n  runner-up: ", runner_up.endpoint(), " (",
                      MetricsText(runner_up.path().metrics(), nullptr), ")\n");
}

std::string ExplanationText(const v1::Explanation& explanation, bool found) {
  std::string text;
  if (explanation.bounds_size() > 0) {
    Table table({"BOUND", "WANTED", "USED", "BEST ALONE"});
    for (const v1::BoundInsight& bound : explanation.bounds()) {
      const auto fact = [&](double value) { return ConstraintText(bound.constraint(), value); };
      table.Add({bound.constraint(), fact(bound.wanted()),
                 bound.has_used() ? fact(bound.used()) : "",
                 bound.has_best_achievable() ? fact(bound.best_achievable()) : ""});
    }
    absl::StrAppend(&text, table.ToString("  "), "\n");
  }
  if (explanation.relaxations().empty()) {
    absl::StrAppend(&text, found ? "  nothing binds: no constraint alone keeps a cheaper path out\n"
                                 : "  no constraint relaxed alone gives a path\n");
  } else {
    absl::StrAppend(&text, found ? "  what binds, the greatest saving first:\n"
                                 : "  what would give a path, the smallest change first:\n");
  }
  for (const v1::Relaxation& relaxation : explanation.relaxations()) {
    absl::StrAppend(&text, "    ", relaxation.message(),
                    relaxation.proved() ? "" : " (not proved to be the least)", "\n");
  }
  if (!explanation.unproved().empty()) {
    absl::StrAppend(&text, "  not looked into for want of time: ",
                    absl::StrJoin(explanation.unproved(), ", "), "\n");
  }
  return text;
}

std::string SetText(const v1::PathSetResponse& set, const v1::PathSetRequest& request) {
  std::string text = absl::StrCat("total cost ", set.total_cost(), "; ");
  if (!set.proved_optimal()) {
    absl::StrAppend(&text, "not proved to be the best: lower bound ", set.lower_bound(), "; ");
  }
  if (set.fully_disjoint()) return text;
  const bool open = std::any_of(set.failed().begin(), set.failed().end(), [](const auto& failure) {
    return failure.why().reason() == "BUDGET_EXHAUSTED";
  });
  absl::StrAppend(
      &text, LevelText(request.disjointness()),
      open ? "-disjoint paths were not found in time, " : "-disjoint paths are impossible, ",
      set.achieved() == v1::DISJOINTNESS_UNSPECIFIED
          ? "two of these share a link"
          : absl::StrCat("these are ", LevelText(set.achieved()), "-disjoint"),
      "\n");
  for (const v1::SharedRisks& pair : set.shared()) {
    absl::StrAppend(&text, "  paths ", pair.first() + 1, " and ", pair.second() + 1, " share ",
                    RisksText(pair), "\n");
  }
  return text;
}

}  // namespace srpce::ctl
