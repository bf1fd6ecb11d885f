// lib/cspf/split_reduce.cc -- as few paths as may be.
#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "lib/cspf/explain.h"
#include "lib/cspf/few_paths.h"
#include "lib/cspf/splitter.h"
#include "lib/cspf/wording.h"

namespace srpce::cspf {

using graph::Uint128;

namespace {

// Paths beyond the optimum's among which fewer are looked for.
constexpr size_t kMorePaths = 32;
// Budget of looking for fewer paths at the same cost: a nicety.
constexpr uint64_t kLabelsForFewer = 200 * kLabelsPerProgram;

}  // namespace

std::optional<Path> Splitter::FindAlone(Uint128 ceiling, PathResult& end) {
  Query wide = any_;
  wide.constraints.min_bandwidth = {demand_};
  PathEnumerator paths(ted_, wide, workspace_, {labels_left_});
  for (;;) {
    const uint64_t before = paths.labels_left();
    end = paths.Next();
    labels_left_ -= std::min(labels_left_, before - paths.labels_left());
    Path* path = std::get_if<Path>(&end);
    if (path == nullptr || Uint128{path->cost} * demand_ > ceiling) return std::nullopt;
    // Through waypoints a link may be passed more than once.
    if (pool_.Width(*path) >= demand_ && Passes(*path)) return std::move(*path);
    if (labels_left_ == 0) {
      end = OutOfBudget("to find one path that carries it all");
      return std::nullopt;
    }
  }
}

SplitResult Splitter::OnePath() {
  PathResult end;
  if (std::optional<Path> path = FindAlone(~Uint128{0}, end)) {
    return Whole(*std::move(path), true);
  }
  NoPath none = std::get<NoPath>(std::move(end));
  if (none.reason != Reason::kNoFurtherPath || test_.passes) return none;
  return OutOfBudget("to tell how much a path through the waypoints carries");
}

bool Splitter::WidenPool() {
  PathEnumerator paths(ted_, carrying_, workspace_, {labels_left_});
  for (size_t i = 0; i < kMorePaths && labels_left_ > 0; ++i) {
    const uint64_t before = paths.labels_left();
    PathResult next = paths.Next();
    labels_left_ -= std::min(labels_left_, before - paths.labels_left());
    if (const NoPath* none = std::get_if<NoPath>(&next)) {
      return none->reason == Reason::kNoFurtherPath;
    }
    if (Passes(std::get<Path>(next))) pool_.Add(std::get<Path>(std::move(next)));
  }
  return false;
}

void Splitter::FindFewer() {
  uint64_t labels = std::min(labels_left_, kLabelsForFewer);
  labels_left_ -= labels;
  while (best_->used() > 2) {
    std::optional<WholeSplit> fewer = FewPaths(pool_, best_->used() - 1, labels).Run(best_->cost);
    if (!fewer) break;
    best_ = std::move(fewer);
  }
  labels_left_ += labels;
}

SplitResult Splitter::AtMost() {
  if (best_->used() > max_paths_) return Reduce();
  PathResult end;
  if (best_->used() > 1) {
    std::optional<Path> path = FindAlone(best_->cost, end);
    if (path) return Whole(*std::move(path), Proved(best_->cost));
  }
  if (best_->used() > 2) {
    WidenPool();
    FindFewer();
  }
  return Answer(Proved(best_->cost));
}

SplitResult Splitter::Reduce() {
  PathResult end;
  if (std::optional<Path> path = FindAlone(~Uint128{0}, end)) {
    if (Uint128{path->cost} * demand_ <= best_->cost) {
      return Whole(*std::move(path), Proved(best_->cost));
    }
    pool_.Add(*std::move(path));
  }
  const bool all_known = WidenPool();
  FewPaths search(pool_, max_paths_, labels_left_);
  std::optional<WholeSplit> fewer = search.Run(~Uint128{0} >> 1);
  const bool complete = all_known && search.complete();
  if (!fewer) return TooMany(complete);
  best_ = std::move(fewer);
  FindFewer();
  return Answer(complete || Proved(best_->cost));
}

NoPath Splitter::TooMany(bool proved) const {
  if (proved) {
    return {.reason = Reason::kBandwidth,
            .message = absl::StrCat("bandwidth: no ", max_paths_, " paths together carry ",
                                    FormatBandwidth({demand_}), ", but ", best_->used(), " do"),
            .wanted = static_cast<double>(demand_)};
  }
  NoPath none = OutOfBudget(absl::StrCat("to find ", max_paths_, " paths that carry ",
                                         FormatBandwidth({demand_}), "; ", best_->used(), " do"));
  for (const SplitPath& part : Answer(false).paths) none.best_found_set.push_back(part.path);
  return none;
}

}  // namespace srpce::cspf
