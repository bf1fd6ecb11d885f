// lib/pce/group_planner.cc -- the plan of a disjoint group (RFC 8800): all together where possible,
// as few moves as possible.
#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/pce/candidate_planner.h"
#include "lib/pce/resolve.h"

namespace srpce::pce {
namespace {

class GroupPlan {
 public:
  GroupPlan(const PlanContext& context, const UnitInput& unit)
      : context_(context), unit_(unit), plans_(unit.members.size()) {
    for (size_t i = 0; i < unit.members.size(); ++i) {
      const MemberInput& member = unit.members[i];
      disjointness_ = member.intent->disjoint->disjointness;
      presents_.emplace_back();
      if (!KnowsHeadend(context.ted, member, plans_[i])) {
        continue;
      }
      known_.push_back(i);
      presents_.back() = EvaluatePresent(context.ted, member);
    }
  }

  std::vector<MemberPlan> Run() {
    const std::vector<size_t> keepers = FindKeepers(/*computed_anew=*/false);
    if (keepers.size() == known_.size()) {
      KeepOrImprove();
    } else if (!MoveOne(keepers) && !MoveAll()) {
      // A changed intent may well be kept by the lists in use.
      SaveWhatCanBe(FindKeepers(/*computed_anew=*/true));
    }
    return std::move(plans_);
  }

 private:
  using Paths = std::vector<std::pair<size_t, PlannedPathPtr>>;  // By member.

  bool Good(size_t i) const { return presents_[i].evaluation.ok() && presents_[i].same_intent; }
  const PlannedPathPtr& PresentPath(size_t i) const { return presents_[i].evaluation.path; }

  // Adds what `path` of member `i` uses to what others must avoid.
  void Avoid(size_t i, const PlannedPath& path, Exclusion& exclusion) const {
    AddExclusion(context_.ted, unit_.members[i], path, disjointness_, exclusion);
  }

  // Members whose present paths keep their own promise and are disjoint from each other: first
  // those that are not in trouble already and that the network has not moved onto other links than
  // were chosen, then in order of importance. With `computed_anew` also those whose intent changed.
  std::vector<size_t> FindKeepers(bool computed_anew) const {
    std::vector<size_t> keepers;
    Exclusion used;
    for (const bool displaced : {false, true}) {
      for (const size_t i : known_) {
        if ((presents_[i].moved || unit_.members[i].violated) == displaced && Good(i) &&
            (computed_anew || !unit_.members[i].compute) &&
            KeepsAwayFrom(context_.ted, unit_.members[i], *PresentPath(i), used)) {
          keepers.push_back(i);
          Avoid(i, *PresentPath(i), used);
        }
      }
    }
    return keepers;
  }

  // All is well: stay, unless a better set was asked for and found.
  void KeepOrImprove() {
    const bool moved =
        std::any_of(presents_.begin(), presents_.end(), [](const auto& p) { return p.moved; });
    Paths better;
    const bool look = moved || (!unit_.partial && unit_.need >= Need::kReoptimize);
    if (look && PlanJointly(better) && !better.empty()) {
      const Verdict verdict = Judge(better, moved);
      if (verdict == Verdict::kTake) {
        Adopt(better);
        return;
      }
      plans_[better.front().first].held_back = verdict == Verdict::kLater;
    }
    for (const size_t i : known_) {
      plans_[i].candidates.clear();  // What was tried is not what is used.
      Stay(presents_[i], plans_[i]);
    }
  }

  enum class Verdict : uint8_t { kLeave, kLater, kTake };
  // Is the set `better` worth leaving the present one? Hysteresis as for one policy, on the sum of
  // costs.
  Verdict Judge(const Paths& better, bool moved) const {
    uint64_t before = 0;
    uint64_t after = 0;
    bool upgrade = false;
    bool movable = true;
    for (const auto& [i, path] : better) {
      before += PresentPath(i)->cost;
      after += path->cost;
      upgrade |= path->candidate != PresentPath(i)->candidate;
      movable &= unit_.members[i].movable || SameLists(path->lists, PresentPath(i)->lists);
    }
    if (moved && after < before) {
      return Verdict::kTake;
    }
    if (!upgrade && !IsWorthMoving(context_.options, before, after)) {
      return Verdict::kLeave;
    }
    return movable ? Verdict::kTake : Verdict::kLater;
  }

  // One member in trouble moves alone, on its best candidate path; the others stay where they are.
  bool MoveOne(const std::vector<size_t>& keepers) {
    if (keepers.size() + 1 != known_.size()) {
      return false;
    }
    Exclusion used;
    size_t moving = known_.front();
    for (const size_t i : known_) {
      if (std::find(keepers.begin(), keepers.end(), i) == keepers.end()) {
        moving = i;
      } else {
        Avoid(i, *PresentPath(i), used);
      }
    }
    const MemberInput& member = unit_.members[moving];
    const size_t best = RankCandidates(*member.intent, std::nullopt).front();
    PlannedPathPtr path = TryCandidate(context_, member, best, used, plans_[moving]);
    if (path == nullptr) {
      return false;
    }
    for (const size_t i : keepers) {
      Stay(presents_[i], plans_[i]);
    }
    Use(moving, std::move(path));
    return true;
  }

  bool MoveAll() {
    Paths paths;
    if (!PlanJointly(paths)) {
      return false;
    }
    Adopt(paths);
    return true;
  }

  using Choices = std::vector<std::pair<size_t, size_t>>;  // Member, its candidate path.

  // Fixes explicit candidate paths that rank above the first dynamic one, then plans the rest
  // jointly; those to one of several routers come last, beside the others. Returns false if some
  // member gets no path.
  bool PlanJointly(Paths& out) {
    Exclusion used;
    Choices joint;
    Choices anycast;  // Jointly they would take a search for each choice of their ends.
    for (const size_t i : known_) {
      const MemberInput& member = unit_.members[i];
      bool placed = false;
      for (const size_t candidate : RankCandidates(*member.intent, std::nullopt)) {
        if (IsDynamic(*member.intent, candidate)) {
          (LeadsToSeveral(member) ? anycast : joint).emplace_back(i, candidate);
          placed = true;
          break;
        }
        if (PlannedPathPtr path = TryCandidate(context_, member, candidate, used, plans_[i])) {
          Avoid(i, *path, used);
          out.emplace_back(i, std::move(path));
          placed = true;
          break;
        }
      }
      if (!placed) {
        return false;
      }
    }
    if (joint.size() > 1 && !PlanDynamic(joint, used, out)) return false;
    if (joint.size() == 1) anycast.insert(anycast.begin(), joint.front());
    return PlaceBeside(anycast, out);
  }

  bool LeadsToSeveral(const MemberInput& member) const {
    return FindEndpoints(context_.ted, member.intent->key.endpoint).size() > 1;
  }

  // One after the other, each away from all that `out` has by then.
  bool PlaceBeside(const Choices& choices, Paths& out) {
    Exclusion used;
    for (const auto& [i, path] : out) Avoid(i, *path, used);
    for (const auto& [i, candidate] : choices) {
      PlannedPathPtr path = TryCandidate(context_, unit_.members[i], candidate, used, plans_[i]);
      if (path == nullptr) return false;
      Avoid(i, *path, used);
      out.emplace_back(i, std::move(path));
    }
    return true;
  }

  bool PlanDynamic(const Choices& joint, const Exclusion& used, Paths& out) {
    segments::DisjointSegmentQuery query;
    query.disjointness = disjointness_;
    for (const auto& [i, candidate] : joint) {
      const policy::PolicyIntent& intent = *unit_.members[i].intent;
      auto member =
          Resolve(context_.ted, intent.key.headend, intent.key.endpoint, Bounds(i, candidate));
      if (!member.ok()) {
        Fail(i, candidate, {.error = std::string(member.status().message())});
        return false;
      }
      if (!Exclude(used, member->path)) {
        Fail(i, candidate,
             {.failure =
                  cspf::NoPath{.reason = cspf::Reason::kNotDisjoint,
                               .message = "another member passes through an end of this policy"}});
        return false;
      }
      query.members.push_back(*std::move(member));
    }
    const MonotonicTime begin = context_.clock.Now();
    auto result = segments::ComputeDisjointRoutes(context_.ted, query, context_.workspace,
                                                  context_.options.budget);
    if (!result.ok()) {
      for (const auto& [i, candidate] : joint) {
        Fail(i, candidate, {.error = result.status().ToString()});
      }
      return false;
    }
    const auto* failure = std::get_if<cspf::NoPath>(&*result);
    for (const auto& [i, candidate] : joint) {
      plans_[i].computed = true;
      Note(context_, Bounds(i, candidate), begin, failure, plans_[i]);
      if (failure != nullptr) {
        Fail(i, candidate, {.failure = *failure});
      }
    }
    if (failure != nullptr) {
      return false;
    }
    auto& routes = std::get<std::vector<segments::SegmentRoute>>(*result);
    for (size_t k = 0; k < joint.size(); ++k) {
      const auto [i, candidate] = joint[k];
      out.emplace_back(
          i, FromRoute(context_.ted, *unit_.members[i].intent, candidate, std::move(routes[k])));
    }
    return true;
  }

  // No set of disjoint paths exists. Nobody who is well is moved; the others, most important first,
  // take what is left beside everything in use, on any of their candidate paths; who finds nothing
  // stays on a path that still forwards, or goes down.
  void SaveWhatCanBe(const std::vector<size_t>& keepers) {
    std::vector<bool> settled(plans_.size(), false);
    Paths in_use;
    for (const size_t i : known_) {
      if (PresentPath(i) != nullptr) {
        in_use.emplace_back(i, PresentPath(i));
      }
    }
    for (const size_t i : keepers) {
      Stay(presents_[i], plans_[i]);
      settled[i] = true;
    }
    for (const size_t i : known_) {
      if (settled[i]) {
        continue;
      }
      Exclusion used;
      for (const auto& [other, path] : in_use) {
        if (other != i) {
          Avoid(other, *path, used);
        }
      }
      plans_[i].candidates.clear();
      PlannedPathPtr path =
          BestCandidate(context_, unit_.members[i], std::nullopt, used, plans_[i]);
      if (path == nullptr) {
        StayIfForwarding(i, used);
        continue;
      }
      std::erase_if(in_use, [&](const auto& entry) { return entry.first == i; });
      in_use.emplace_back(i, path);
      Use(i, std::move(path));
    }
  }

  // `used` is what the others use.
  void StayIfForwarding(size_t i, const Exclusion& used) {
    const Evaluation& evaluation = presents_[i].evaluation;
    if (evaluation.path == nullptr) {
      return;
    }
    std::vector<std::string> broken;
    plans_[i].not_disjoint = !KeepsAwayFrom(context_.ted, unit_.members[i], *evaluation.path, used);
    if (plans_[i].not_disjoint) {
      broken.push_back(absl::StrCat("not ", cspf::DisjointnessName(disjointness_),
                                    "-disjoint from group ",
                                    unit_.members[i].intent->disjoint->group));
    }
    if (!evaluation.ok() || broken.empty()) {
      broken.push_back(WhyBroken(presents_[i]));
    }
    StayInViolation(presents_[i], absl::StrJoin(broken, "; "), plans_[i]);
  }

  void Adopt(Paths& paths) {
    for (auto& [i, path] : paths) {
      Use(i, std::move(path));
    }
  }
  void Use(size_t i, PlannedPathPtr path) {
    Fail(i, path->candidate, {.valid = true});
    plans_[i].outcome = MemberPlan::Outcome::kPath;
    plans_[i].path = std::move(path);
  }

  // Notes what became of a candidate path.
  void Fail(size_t i, size_t candidate, policy::CandidateStatus status) {
    StatusOf(unit_.members[i], candidate, plans_[i]) = std::move(status);
  }

  const policy::PathIntent& Bounds(size_t i, size_t candidate) const {
    return *BoundsOf(*unit_.members[i].intent, candidate);
  }

  const PlanContext& context_;
  const UnitInput& unit_;
  cspf::Disjointness disjointness_ = cspf::Disjointness::kLink;
  std::vector<MemberPlan> plans_;
  std::vector<Present> presents_;
  std::vector<size_t> known_;  // Members whose headend the TED knows.
};

}  // namespace

std::vector<MemberPlan> PlanGroup(const PlanContext& context, const UnitInput& unit) {
  return GroupPlan(context, unit).Run();
}

}  // namespace srpce::pce
