// lib/cspf/path_enumerator.cc -- paths in order: Yen (1971) in the form of Lawler (1972).
//
// The paths not yet returned are split into cells: "begin with this prefix, do not continue by
// these links". The best path of each cell waits in a heap; the best of those is next, and its cell
// is split at each of its nodes. All cells share one set of lower bounds, which bans only make
// stronger.
#include <algorithm>
#include <optional>
#include <queue>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "lib/cspf/compute_path.h"
#include "lib/cspf/explain.h"
#include "lib/cspf/label_search.h"
#include "lib/cspf/solver.h"

namespace srpce::cspf {

namespace {

NoPath NoFurtherPath() {
  return {.reason = Reason::kNoFurtherPath,
          .message = "paths: no further path keeps the constraints"};
}

}  // namespace

class PathEnumerator::Impl {
 public:
  Impl(const topology::Ted& ted, const Query& query, std::optional<LinkPrices> prices,
       Workspace& workspace, const Budget& budget)
      : ted_(ted),
        query_(query),
        prices_(std::move(prices)),
        work_(workspace.impl()),
        budget_(budget),
        labels_left_(budget.max_labels) {}

  PathResult Next();
  uint64_t labels_left() const { return labels_left_; }

 private:
  struct Cell {
    std::vector<LinkIndex>
        links{};        // The best path of the cell; before it is searched, its fixed links.
    uint64_t cost = 0;  // Of that path; before, a lower bound.
    size_t fixed = 0;   // So many first links belong to every path of the cell.
    std::vector<LinkIndex> banned{};  // Links that do not follow the fixed ones.
    bool searched = false;
  };
  // At equal cost cells not yet searched come first: their path may.
  struct Later {
    bool operator()(const Cell& a, const Cell& b) const {
      return std::forward_as_tuple(a.cost, a.searched, a.links.size(), a.links) >
             std::forward_as_tuple(b.cost, b.searched, b.links.size(), b.links);
    }
  };

  PathResult First();
  PathResult FirstPriced();
  const LinkPrices* prices() const { return prices_ ? &*prices_ : nullptr; }
  // Splits the cell of the last path returned.
  void Split();
  // Searches `cell` and puts it back with its path, if it has one. Returns whether the budget
  // sufficed.
  bool Search(Cell cell);
  PathResult End(NoPath no_path);
  NoPath Exhaust();

  const topology::Ted& ted_;
  const Query query_;
  const std::optional<LinkPrices> prices_;
  Workspace::Impl& work_;
  const Budget budget_;
  uint64_t labels_left_;
  Additive objective_ = Additive::kIgp;
  LinkFilter filter_;
  // Its own, since the workspace serves other queries between two calls of Next(); most callers
  // need no second path and never make it.
  std::optional<LabelSearch> search_;
  bool started_ = false;
  std::optional<NoPath> end_;  // The answer from now on.
  Cell last_;
  std::priority_queue<Cell, std::vector<Cell>, Later> cells_;
};

PathResult PathEnumerator::Impl::Next() {
  if (end_) return *end_;
  if (!started_) return prices_ ? FirstPriced() : First();
  if (!search_) {
    filter_.Compile(ted_, query_);
    search_.emplace();
    search_->Prepare(ted_, query_, filter_, objective_, LabelSearch::Want::kAll,
                     GuidesFor(ted_, work_), prices());
  }
  Split();
  while (!cells_.empty()) {
    Cell cell = cells_.top();
    cells_.pop();
    if (!cell.searched) {
      const uint64_t bound = cell.cost;
      if (!Search(std::move(cell))) {
        last_.cost = bound;
        return End(Exhaust());
      }
      continue;
    }
    last_ = std::move(cell);
    return MakePath(ted_, last_.links, objective_);
  }
  return End(NoFurtherPath());
}

PathResult PathEnumerator::Impl::End(NoPath no_path) {
  end_ = std::move(no_path);
  return *end_;
}

PathResult PathEnumerator::Impl::First() {
  started_ = true;
  Solution solution = Solve(ted_, query_, work_, labels_left_);
  if (solution.status == Solution::Status::kNone) {
    return End(Explain(ted_, query_, work_, labels_left_));
  }
  if (solution.status == Solution::Status::kExhausted) {
    return End(Exhausted(std::move(solution), budget_));
  }
  objective_ = *ObjectiveOf(ted_, query_);
  last_ = {.links = solution.path.links, .cost = solution.path.cost, .searched = true};
  return std::move(solution.path);
}

PathResult PathEnumerator::Impl::FirstPriced() {
  started_ = true;
  const std::optional<Additive> objective = ObjectiveOf(ted_, query_);
  Found found;
  if (objective) {
    objective_ = *objective;
    work_.filter.Compile(ted_, query_);
    if (AllowsEnds(query_, work_.filter) &&
        work_.labels.Prepare(ted_, query_, work_.filter, objective_, LabelSearch::Want::kBest,
                             GuidesFor(ted_, work_), prices())) {
      found = work_.labels.Run(work_.labels.Start(), labels_left_);
    }
  }
  if (found.status == Found::Status::kNone) return End(NoFurtherPath());
  if (found.status == Found::Status::kExhausted) {
    Solution solution{.status = Solution::Status::kExhausted, .lower_bound = found.lower_bound};
    if (found.has_links) solution.best = MakePath(ted_, std::move(found.links), objective_);
    return End(Exhausted(std::move(solution), budget_));
  }
  last_ = {.links = found.links, .cost = found.cost, .searched = true};
  return MakePath(ted_, std::move(found.links), objective_);
}

// Most cells are never searched: the estimate keeps them behind the paths that are asked for.
void PathEnumerator::Impl::Split() {
  Prefix prefix = search_->Start();
  search_->ClearBans();
  for (size_t i = 0; i < last_.links.size(); ++i) {
    if (i >= last_.fixed) {
      Cell cell{.fixed = i};
      if (i == last_.fixed) cell.banned = last_.banned;
      cell.banned.push_back(last_.links[i]);
      search_->SetBannedFirst(cell.banned);
      if (const std::optional<uint64_t> estimate = search_->Estimate(prefix)) {
        cell.links.assign(last_.links.begin(), last_.links.begin() + static_cast<ptrdiff_t>(i));
        cell.cost = *estimate;
        cells_.push(std::move(cell));
      }
    }
    search_->BanState(prefix.state);  // No loops: the rest of the path does not come back here.
    search_->Append(prefix, last_.links[i]);
  }
}

bool PathEnumerator::Impl::Search(Cell cell) {
  Prefix prefix = search_->Start();
  search_->ClearBans();
  for (const LinkIndex link : cell.links) {
    search_->BanState(prefix.state);
    search_->Append(prefix, link);
  }
  search_->SetBannedFirst(cell.banned);
  const Found found = search_->Run(prefix, labels_left_);
  if (found.status == Found::Status::kExhausted) return false;
  if (found.status == Found::Status::kFound) {
    cell.links.insert(cell.links.end(), found.links.begin(), found.links.end());
    cell.cost = found.cost;
    cell.searched = true;
    cells_.push(std::move(cell));
  }
  return true;
}

// No path left costs less than the cell that was being searched.
NoPath PathEnumerator::Impl::Exhaust() {
  Solution solution{.status = Solution::Status::kExhausted, .lower_bound = last_.cost};
  while (!cells_.empty() && !cells_.top().searched) cells_.pop();
  if (!cells_.empty()) solution.best = MakePath(ted_, cells_.top().links, objective_);
  return Exhausted(std::move(solution), budget_);
}

PathEnumerator::PathEnumerator(const topology::Ted& ted, const Query& query, Workspace& workspace,
                               const Budget& budget)
    : impl_(std::make_unique<Impl>(ted, query, std::nullopt, workspace, budget)) {}
PathEnumerator::PathEnumerator(const topology::Ted& ted, const Query& query, LinkPrices prices,
                               Workspace& workspace, const Budget& budget)
    : impl_(std::make_unique<Impl>(ted, query, std::move(prices), workspace, budget)) {}
PathEnumerator::~PathEnumerator() = default;

PathResult PathEnumerator::Next() { return impl_->Next(); }
uint64_t PathEnumerator::labels_left() const { return impl_->labels_left(); }

}  // namespace srpce::cspf
