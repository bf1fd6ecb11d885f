// daemon/srpcectl/path_text.h -- paths, segment lists and reasons for people.
#pragma once

#include <string>

#include "srpce/v1/path.pb.h"
#include "srpce/v1/topology.pb.h"

namespace srpce::ctl {

// "delay 12.3 ms, igp 52, 4 hops, bottleneck 10 Gb/s". `bounds` adds "(bound 20 ms)" where there is
// one; may be null.
std::string MetricsText(const v1::PathMetrics& metrics, const v1::PathConstraints* bounds);

// "A B C", the nodes in order of travel.
std::string NodesText(const v1::Path& path);

// One line: "sr-mpls 16008, 24003" or "srv6 fcbb:bb00:8::".
std::string SegmentListLine(const v1::SegmentList& list);
// A heading and a line a SID, saying what it stands for. Ends with a newline.
// `share` stands for the weight.
std::string SegmentListText(const v1::SegmentList& list, const std::string& indent,
                            const std::string& share = "");

// Metrics, hops and segment list, several lines.
std::string PathText(const v1::Path& path, const v1::PathConstraints& constraints);

// The cost, a table of lists with their shares, then each as PathText has it.
std::string SplitText(const v1::PathSplit& split, const v1::PathConstraints& constraints);

// "weight 3, 75%, 225 Gb/s"; without the rate where it is 0.
std::string ShareText(uint32_t weight, double share, uint64_t rate_bps);

// "link", "node", "srlg", "srlg-node".
const char* LevelText(v1::Disjointness level);
// "link a->b, node c, SRLG 7".
std::string RisksText(const v1::SharedRisks& risks);

// The reason, the facts and what blocks; several lines.
std::string NoPathText(const v1::NoPath& no_path);

// One line: the second best endpoint.
std::string RunnerUpText(const v1::EndpointPath& runner_up);
// What binds, a line each. `found`: there is a path.
std::string ExplanationText(const v1::Explanation& explanation, bool found);
// The cost, the level reached and what is shared; ends without a newline if that is one line.
std::string SetText(const v1::PathSetResponse& set, const v1::PathSetRequest& request);

}  // namespace srpce::ctl
