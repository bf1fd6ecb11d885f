// lib/cspf/reason.cc -- the text of reasons and disjointness levels. Part of the API: never change
// one.
#include "lib/cspf/disjoint.h"
#include "lib/cspf/query.h"

namespace srpce::cspf {

const char* ReasonName(Reason reason) {
  switch (reason) {
    case Reason::kUnreachable:
      return "NO_PATH_UNREACHABLE";
    case Reason::kExcluded:
      return "NO_PATH_EXCLUDED";
    case Reason::kAffinity:
      return "NO_PATH_AFFINITY";
    case Reason::kBandwidth:
      return "NO_PATH_BANDWIDTH";
    case Reason::kDelayBound:
      return "DELAY_BOUND_UNREACHABLE";
    case Reason::kIgpBound:
      return "IGP_BOUND_UNREACHABLE";
    case Reason::kTeBound:
      return "TE_BOUND_UNREACHABLE";
    case Reason::kHopBound:
      return "HOP_BOUND_UNREACHABLE";
    case Reason::kLossBound:
      return "LOSS_BOUND_UNREACHABLE";
    case Reason::kVariationBound:
      return "VARIATION_BOUND_UNREACHABLE";
    case Reason::kCombinedBounds:
      return "COMBINED_BOUNDS_UNREACHABLE";
    case Reason::kDataPlane:
      return "NO_PATH_DATA_PLANE";
    case Reason::kFlexAlgorithm:
      return "NO_PATH_FLEX_ALGORITHM";
    case Reason::kWaypoint:
      return "NO_PATH_WAYPOINT";
    case Reason::kMissingAttribute:
      return "NO_PATH_MISSING_ATTRIBUTE";
    case Reason::kSidDepth:
      return "MSD_EXCEEDED";
    case Reason::kNoSid:
      return "NO_SID";
    case Reason::kNotDisjoint:
      return "NOT_DISJOINT";
    case Reason::kDelayDifference:
      return "DELAY_DIFFERENCE_UNREACHABLE";
    case Reason::kNoFurtherPath:
      return "NO_FURTHER_PATH";
    case Reason::kBudgetExhausted:
      return "BUDGET_EXHAUSTED";
  }
  return "UNKNOWN";
}

const char* DisjointnessName(Disjointness disjointness) {
  switch (disjointness) {
    case Disjointness::kLink:
      return "link";
    case Disjointness::kNode:
      return "node";
    case Disjointness::kSrlg:
      return "srlg";
    case Disjointness::kSrlgNode:
      return "srlg-node";
  }
  return "unknown";
}

}  // namespace srpce::cspf
