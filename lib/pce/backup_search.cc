// lib/pce/backup_search.cc -- beside the path as it is, or both anew.
#include "lib/pce/backup_search.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "lib/cspf/shared_risks.h"
#include "lib/pce/resolve.h"

namespace srpce::pce {
namespace {

using cspf::Disjointness;
using topology::LinkIndex;
using topology::NodeIndex;
using topology::Ted;

template <typename T>
void KeepCommon(const std::vector<T>& sorted, T value, std::vector<T>& common) {
  const bool is_new = std::find(common.begin(), common.end(), value) == common.end();
  if (is_new && std::binary_search(sorted.begin(), sorted.end(), value)) common.push_back(value);
}

// A path and its backup.
struct Pair {
  PlannedPathPtr active;
  BackupPtr backup;
};

// Looks for the best pair, level by level.
class PairSearch {
 public:
  // `active` is the cheapest path of its candidate path, or fixed.
  PairSearch(const PlanContext& context, const MemberInput& member, PlannedPathPtr active,
             bool may_move, MemberPlan& plan)
      : options_(Share(context.options, member)),
        context_{context.ted, options_, context.clock, context.workspace},
        member_(member),
        active_(std::move(active)),
        may_move_(may_move && IsDynamic(*member.intent, active_->candidate)),
        ladder_(LadderOf(*member.intent->protection)),
        apart_(member),
        plan_(plan) {
    apart_.intent = BackupIntent(member.intent, *active_);
  }

  FoundBackup Run() {
    plan_.sought_backup = true;
    if (std::optional<Pair> pair = Search()) {
      return {.active = pair->active, .backup = pair->backup, .failed = {}, .reason = {}};
    }
    return {.active = active_,
            .backup = nullptr,
            .failed = std::move(failed_),
            .reason = std::move(reason_)};
  }

 private:
  std::optional<Pair> Search() {
    for (size_t rung = 0; rung < ladder_.size(); ++rung) {
      if (auto pair = Beside(rung)) return pair;
      if (auto pair = Together(rung, /*allow_sharing=*/false)) return pair;
    }
    if (!member_.intent->protection->allow_sharing) return std::nullopt;
    return Together(ladder_.size(), /*allow_sharing=*/true);
  }

  Disjointness LevelOf(size_t rung) const {
    return rung < ladder_.size() ? ladder_[rung] : ladder_.front();
  }
  const policy::PathIntent& BoundsOfActive() const {
    return *BoundsOf(*member_.intent, active_->candidate);
  }
  const policy::PathIntent& BoundsOfBackup() const {
    return *BoundsOf(*apart_.intent, active_->candidate);
  }

  // A backup for the path as it is.
  std::optional<Pair> Beside(size_t rung) {
    const Exclusion used = UsedBy(context_.ted, member_, *active_, ladder_[rung]);
    MemberPlan search;
    PlannedPathPtr path = TryCandidate(context_, apart_, active_->candidate, used, search);
    plan_.computations.insert(plan_.computations.end(), search.computations.begin(),
                              search.computations.end());
    // The proof, on every branch, whatever the search took for granted.
    if (path != nullptr && KeepsAwayFrom(context_.ted, member_, *path, used)) {
      return Pair{active_, Describe(rung, active_, std::move(path), ladder_[rung], false)};
    }
    const policy::CandidateStatus& status = search.candidates[active_->candidate];
    cspf::NoPath why;
    if (status.failure) {
      why = *status.failure;
    } else {
      why.reason = cspf::Reason::kNotDisjoint;
      why.message = status.error;
    }
    if (reason_.empty()) reason_ = why.message;
    failed_.push_back({.level = ladder_[rung], .why = std::move(why)});
    return std::nullopt;
  }

  // Both anew. What is known then replaces what was known of the one.
  std::optional<Pair> Together(size_t rung, bool allow_sharing) {
    auto query = JointQuery(rung, allow_sharing);
    if (!query) return std::nullopt;
    const MonotonicTime begin = context_.clock.Now();
    auto result = segments::ComputeRouteSet(context_.ted, *query, context_.workspace,
                                            context_.options.budget);
    if (!result.ok()) {  // INTERNAL.
      absl::StrAppend(&reason_, "; both anew: ", result.status().ToString());
      return std::nullopt;
    }
    auto* failure = std::get_if<cspf::NoPath>(&*result);
    Note(context_, BoundsOfBackup(), begin, failure, plan_);
    if (failure != nullptr) {
      if (rung == 0) absl::StrAppend(&reason_, "; both anew: ", failure->message);
      if (!allow_sharing) failed_.back().why = std::move(*failure);
      return std::nullopt;
    }
    segments::RouteSet set = std::get<segments::RouteSet>(*std::move(result));
    return PairOf(rung, std::move(set));
  }

  std::optional<segments::DisjointSegmentQuery> JointQuery(size_t rung, bool allow_sharing) const {
    if (!may_move_) return std::nullopt;
    const policy::PolicyKey& key = member_.intent->key;
    // One of several routers: a joint search for each choice of ends is not worth it.
    auto active = Resolve(context_.ted, key.headend, key.endpoint, BoundsOfActive());
    auto backup = Resolve(context_.ted, key.headend, key.endpoint, BoundsOfBackup());
    if (!active.ok() || !backup.ok()) return std::nullopt;
    segments::DisjointSegmentQuery query;
    query.disjointness = LevelOf(rung);
    query.allow_sharing = allow_sharing;
    query.members.push_back(*std::move(active));
    query.members.push_back(*std::move(backup));
    return query;
  }

  std::optional<Pair> PairOf(size_t rung, segments::RouteSet set) {
    const size_t candidate = active_->candidate;
    PlannedPathPtr first =
        FromRoute(context_.ted, *member_.intent, candidate, std::move(set.routes[0]));
    PlannedPathPtr second =
        FromRoute(context_.ted, *apart_.intent, candidate, std::move(set.routes[1]));
    const bool alike = BoundsOfActive() == BoundsOfBackup();
    // The cheaper one carries the traffic; of equals the one that does already.
    if (alike && (second->cost < first->cost ||
                  (second->cost == first->cost && SameLists(second->lists, active_->lists)))) {
      std::swap(first, second);
    }
    const Disjointness level = LevelOf(rung);
    const bool proved =
        rung == ladder_.size() ||
        KeepsAwayFrom(context_.ted, member_, *second, UsedBy(context_.ted, member_, *first, level));
    if (!proved) return std::nullopt;
    return Pair{first, Describe(rung, first, std::move(second), set.set.achieved,
                                /*joint=*/true)};
  }

  BackupPtr Describe(size_t rung, const PlannedPathPtr& active, PlannedPathPtr path,
                     std::optional<Disjointness> achieved, bool joint) const {
    auto backup = std::make_shared<Backup>();
    backup->shared = SharedBy(context_.ted, member_, *active, *path, ladder_.front());
    backup->path = std::move(path);
    backup->rung = rung;
    backup->achieved = achieved;
    backup->joint = joint;
    backup->failed.assign(failed_.begin(), failed_.begin() + static_cast<ptrdiff_t>(rung));
    return backup;
  }

  // All searches together may take as long as the one for the path in use.
  static PlannerOptions Share(PlannerOptions options, const MemberInput& member) {
    const size_t searches = 2 * LadderOf(*member.intent->protection).size() + 1;
    options.budget.max_labels = std::max<uint64_t>(options.budget.max_labels / searches, 1);
    return options;
  }

  const PlannerOptions options_;
  const PlanContext context_;
  const MemberInput& member_;
  const PlannedPathPtr active_;
  const bool may_move_;
  const std::vector<Disjointness> ladder_;
  MemberInput apart_;  // With the intent the backup is planned by.
  MemberPlan& plan_;
  std::vector<cspf::LevelFailure> failed_;  // One a rung.
  std::string reason_;
};

}  // namespace

IntentPtr BackupIntent(const IntentPtr& intent, const PlannedPath& active) {
  const auto& own = intent->protection->constraints;
  if (!own && IsDynamic(*intent, active.candidate)) return intent;
  policy::PathIntent bounds;
  if (own) {
    bounds = *own;
  } else if (const policy::PathIntent* promise = BoundsOf(*intent, active.candidate)) {
    bounds = *promise;
  }
  if (bounds.data_plane == cspf::DataPlane::kEither) {
    bounds.data_plane = active.lists.front().list.data_plane;  // What the headend is known to do.
  }
  auto derived = std::make_shared<policy::PolicyIntent>(*intent);
  policy::CandidatePath& path = derived->candidate_paths[active.candidate];
  path.definition = std::move(bounds);
  path.promise.reset();
  return derived;
}

std::vector<Disjointness> LadderOf(const policy::Protection& protection) {
  const auto includes = [](Disjointness strong, Disjointness weak) {
    return cspf::CountsNodes(strong) >= cspf::CountsNodes(weak) &&
           cspf::CountsSrlgs(strong) >= cspf::CountsSrlgs(weak);
  };
  std::vector<Disjointness> ladder{protection.disjointness};
  for (const Disjointness level : protection.fallbacks) {
    // What is impossible at a level is so at each that asks for more.
    if (std::none_of(ladder.begin(), ladder.end(),
                     [&](Disjointness tried) { return includes(level, tried); })) {
      ladder.push_back(level);
    }
  }
  return ladder;
}

Exclusion UsedBy(const Ted& ted, const MemberInput& member, const PlannedPath& path,
                 Disjointness level) {
  Exclusion used;
  used.of = "the path in use";
  AddExclusion(ted, member, path, level, used);
  return used;
}

cspf::SharedRisks SharedBy(const Ted& ted, const MemberInput& member, const PlannedPath& active,
                           const PlannedPath& backup, Disjointness level) {
  const Exclusion used = UsedBy(ted, member, active, level);
  cspf::SharedRisks shared;
  for (const LinkIndex index : backup.links) {
    const topology::Link& link = ted.link(index);
    KeepCommon(used.links, index, shared.links);
    for (const NodeIndex node : {link.local, link.remote}) {
      KeepCommon(used.nodes, node, shared.nodes);
    }
    if (!link.attributes.srlgs) continue;
    for (const uint32_t srlg : *link.attributes.srlgs) {
      KeepCommon(used.srlgs, srlg, shared.srlgs);
    }
  }
  return shared;
}

FoundBackup FindBackup(const PlanContext& context, const MemberInput& member, PlannedPathPtr active,
                       bool may_move, MemberPlan& plan) {
  return PairSearch(context, member, std::move(active), may_move, plan).Run();
}

}  // namespace srpce::pce
