// lib/pce/impact.cc -- from a TED delta to what must be proved again.
#include "lib/pce/impact.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace srpce::pce {
namespace {

using topology::Link;
using topology::LinkChange;
using topology::Ted;

bool Uses(const Link* link) { return link != nullptr && link->usable; }

// True if both describe one link. An index may be given again after its link went for good.
bool SameLink(const Link& a, const Link& b) {
  return a.local == b.local && a.remote == b.remote &&
         a.key.local_interface == b.key.local_interface;
}

bool Shorter(const Link& before, const Link& after) {
  const auto& old_metric = before.attributes.igp_metric;
  const auto& new_metric = after.attributes.igp_metric;
  return new_metric && (!old_metric || *new_metric < *old_metric);
}

bool SameFlexAlgos(const Ted& before, const Ted& after) {
  for (unsigned algorithm = topology::kFirstFlexAlgorithm; algorithm <= 255; ++algorithm) {
    const auto* a = before.FindFlexAlgo(static_cast<uint8_t>(algorithm));
    const auto* b = after.FindFlexAlgo(static_cast<uint8_t>(algorithm));
    if ((a == nullptr) != (b == nullptr) || (a != nullptr && !(*a == *b)) ||
        before.HasUnsupportedFlexAlgo(static_cast<uint8_t>(algorithm)) !=
            after.HasUnsupportedFlexAlgo(static_cast<uint8_t>(algorithm))) {
      return false;
    }
  }
  return true;
}

const Link* Find(const Ted& ted, topology::LinkIndex link) {
  return ted.HasLink(link) ? &ted.link(link) : nullptr;
}

class Analysis {
 public:
  Analysis(const Ted& before, const Ted& after) : before_(before), after_(after) {}

  void Add(const LinkChange& change) {
    const Link* old_link = Find(before_, change.link);
    const Link* new_link = Find(after_, change.link);
    const bool replaced =
        old_link != nullptr && new_link != nullptr && !SameLink(*old_link, *new_link);
    const bool went = (Uses(old_link) && (replaced || !Uses(new_link))) || change.went_down;
    const bool came = Uses(new_link) && (replaced || !Uses(old_link));
    const bool metric_changed = old_link != nullptr && new_link != nullptr &&
                                old_link->attributes.igp_metric != new_link->attributes.igp_metric;
    if (came || (Uses(new_link) && old_link != nullptr && Shorter(*old_link, *new_link))) {
      impact_.shortened.push_back(change.link);
    }
    if (came || change.improved) {
      impact_.improved.push_back(change.link);
    }
    TouchedLink touched{.link = change.link};
    touched.bad = went || change.degraded;
    touched.trigger = went              ? "link-down"
                      : metric_changed  ? "metric"
                      : came            ? "link-up"
                      : change.degraded ? "sla"
                                        : "reoptimize";
    if (const Link* named = old_link != nullptr ? old_link : new_link) {
      touched.name = named->key.ToString();
    }
    if (came && impact_.cause.empty()) {
      impact_.trigger = "link-up";
      impact_.cause = absl::StrCat("link-up ", new_link->key.ToString());
    }
    impact_.touched.push_back(std::move(touched));
  }

  Impact Take() {
    std::stable_sort(impact_.touched.begin(), impact_.touched.end(),
                     [](const auto& a, const auto& b) { return a.bad > b.bad; });
    if (impact_.cause.empty()) {
      impact_.trigger = "metric";
      impact_.cause = impact_.touched.empty()
                          ? "nodes changed"
                          : absl::StrCat("change of ", impact_.touched.front().name);
    }
    return std::move(impact_);
  }

 private:
  const Ted& before_;
  const Ted& after_;
  Impact impact_;
};

}  // namespace

Impact Analyze(const Ted* before, const Ted& after, const topology::TedDelta& delta) {
  if (before == nullptr || before->lineage() != after.lineage()) {
    return {.everything = true, .trigger = "startup", .cause = "topology learned"};
  }
  Analysis analysis(*before, after);
  for (const LinkChange& change : delta.links) {
    analysis.Add(change);
  }
  Impact impact = analysis.Take();
  impact.everything = delta.from_generation != before->generation() ||
                      delta.to_generation != after.generation() || !delta.nodes.empty() ||
                      (delta.structure_changed && !SameFlexAlgos(*before, after));
  return impact;
}

}  // namespace srpce::pce
