// lib/cspf/insight.cc -- asks for each constraint in turn and puts the useful ones first.
#include "lib/cspf/insight.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <variant>

#include "lib/cspf/achievable.h"
#include "lib/cspf/explain.h"
#include "lib/cspf/relaxer.h"
#include "lib/cspf/solver.h"

namespace srpce::cspf {
namespace {

std::vector<ConstraintKind> KindsOf(const Query& query) {
  std::vector<ConstraintKind> kinds;
  for (size_t i = 0; i < kConstraintKinds; ++i) {
    const auto kind = static_cast<ConstraintKind>(i);
    if (Constrains(query, kind)) kinds.push_back(kind);
  }
  return kinds;
}

Query Plain(const topology::Ted& ted, Query query) {
  for (const ConstraintKind kind : KindsOf(query)) query = Lifted(ted, std::move(query), kind);
  return query;
}

class Inspector {
 public:
  Inspector(const topology::Ted& ted, const Query& query, Workspace::Impl& work,
            const Budget& budget)
      : ted_(ted), query_(query), work_(work), budget_(budget), labels_left_(budget.max_labels) {}

  Insight Run();

 private:
  void InspectBounds();
  BoundInsight Bandwidth();
  std::vector<ConstraintKind> KindsToRelax() const;
  void Relax(const std::vector<ConstraintKind>& kinds);
  void Sort();
  const Path* answer() const { return std::get_if<Path>(&insight_.result); }
  bool exhausted() const {
    const auto* no_path = std::get_if<NoPath>(&insight_.result);
    return no_path != nullptr && no_path->reason == Reason::kBudgetExhausted;
  }

  const topology::Ted& ted_;
  const Query& query_;
  Workspace::Impl& work_;
  const Budget& budget_;
  uint64_t labels_left_;
  Insight insight_;
};

Insight Inspector::Run() {
  insight_.result = SolveOrExplain(ted_, query_, work_, budget_, labels_left_);
  const Solution plain = Solve(ted_, Plain(ted_, query_), work_, labels_left_);
  if (plain.status == Solution::Status::kFound) insight_.plain_cost = plain.path.cost;
  InspectBounds();
  if (exhausted()) {
    insight_.unproved = KindsOf(query_);
  } else {
    Relax(KindsToRelax());
    Sort();
  }
  return std::move(insight_);
}

void Inspector::InspectBounds() {
  const bool has_objective = ObjectiveOf(ted_, query_).has_value();
  LinkFilter filter;
  if (has_objective) filter.Compile(ted_, query_);
  for (const Bound& bound : BoundsOf(query_.constraints)) {
    BoundInsight seen{.kind = static_cast<ConstraintKind>(bound.what),
                      .wanted = *PublicBound(query_.constraints, bound.what)};
    if (has_objective) seen.best = LeastAlone(ted_, query_, bound.what, filter, work_);
    if (answer() != nullptr) seen.used = PublicValue(answer()->metrics, bound.what);
    insight_.bounds.push_back(seen);
  }
  if (Constrains(query_, ConstraintKind::kBandwidth)) insight_.bounds.push_back(Bandwidth());
}

BoundInsight Inspector::Bandwidth() {
  BoundInsight seen{.kind = ConstraintKind::kBandwidth,
                    .wanted = static_cast<double>(query_.constraints.min_bandwidth.value)};
  if (ObjectiveOf(ted_, query_)) seen.best = WidestAlone(ted_, query_, work_, labels_left_);
  if (answer() != nullptr && answer()->metrics.bottleneck) {
    seen.used = static_cast<double>(answer()->metrics.bottleneck->value);
  }
  return seen;
}

std::vector<ConstraintKind> Inspector::KindsToRelax() const {
  const bool nothing_binds = answer() != nullptr && answer()->cost == insight_.plain_cost;
  if (!insight_.plain_cost || nothing_binds) return {};
  // Inside a flex-algorithm that is not defined there is nothing to minimise.
  if (!ObjectiveOf(ted_, query_)) return {ConstraintKind::kFlexAlgorithm};
  return KindsOf(query_);
}

void Inspector::Relax(const std::vector<ConstraintKind>& kinds) {
  Relaxer relaxer(ted_, query_, answer(), work_);
  for (size_t i = 0; i < kinds.size(); ++i) {
    uint64_t share = labels_left_ / (kinds.size() - i);
    labels_left_ -= share;
    Relaxer::Outcome outcome = relaxer.Relax(kinds[i], share);
    labels_left_ += share;
    if (!outcome.proved) insight_.unproved.push_back(kinds[i]);
    if (outcome.relaxation) insight_.relaxations.push_back(*std::move(outcome.relaxation));
  }
}

void Inspector::Sort() {
  const bool by_saving = answer() != nullptr;
  std::stable_sort(insight_.relaxations.begin(), insight_.relaxations.end(),
                   [&](const Relaxation& a, const Relaxation& b) {
                     if (by_saving) return a.path.cost < b.path.cost;
                     return std::tuple(a.size, a.path.cost) < std::tuple(b.size, b.path.cost);
                   });
}

}  // namespace

Insight Inspect(const topology::Ted& ted, const Query& query, Workspace& workspace,
                const Budget& budget) {
  return Inspector(ted, query, workspace.impl(), budget).Run();
}

}  // namespace srpce::cspf
