// lib/pce/reactor.cc -- the reactor's loop, and what the network's changes set going.
#include "lib/pce/reactor.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/pce/candidate_planner.h"
#include "lib/pce/detour_filter.h"
#include "lib/pce/resolve.h"

namespace srpce::pce {
namespace {

// Units planned before the inbox is looked at again, for each thread, and for how long more are
// begun: bad news waits for that and for the searches under way.
constexpr size_t kUnitsPerThread = 8;
constexpr Duration kWindow = std::chrono::milliseconds(2);
// Good news that is due waits so long for what bad news has left to do.
constexpr Duration kGoodNewsPatience = std::chrono::seconds(1);
// A search for something better, and one that has used up its budget before, may delay bad news
// less: it gets this part of the budget.
constexpr uint64_t kRetryPart = 8;

// True if the last search for a path of some member was given up.
bool WasGivenUp(const Unit& unit) {
  return std::any_of(unit.members.begin(), unit.members.end(), [](const PolicyRecord* member) {
    const auto& candidates = member->status.candidates;
    return std::any_of(candidates.begin(), candidates.end(), [](const auto& candidate) {
      return candidate.failure && candidate.failure->reason == cspf::Reason::kBudgetExhausted;
    });
  });
}

bool IsSatisfied(const Unit& unit) {
  return std::all_of(unit.members.begin(), unit.members.end(), [](const PolicyRecord* record) {
    return record->planned && record->active != nullptr && !record->status.sla_violated;
  });
}

// True if the policy is on its most preferred candidate path already.
bool UsesFirstChoice(const PolicyRecord& record) {
  return RankCandidates(*record.intent, record.active->candidate).front() ==
         record.active->candidate;
}

// Bounds by metric, made when first asked for.
class Detours {
 public:
  Detours(const topology::Ted& ted, const std::vector<topology::LinkIndex>& links)
      : ted_(ted), links_(links) {}

  const DetourFilter& For(topology::MetricType metric) {
    auto& filter = filters_[static_cast<size_t>(metric)];
    if (!filter) {
      filter.emplace(ted_, metric, links_);
    }
    return *filter;
  }

 private:
  const topology::Ted& ted_;
  const std::vector<topology::LinkIndex>& links_;
  static constexpr size_t kMetrics = static_cast<size_t>(topology::MetricType::kVariation) + 1;
  std::array<std::optional<DetourFilter>, kMetrics> filters_;
};

}  // namespace

Reactor::Reactor(const PolicyEngineOptions& options, const Clock& clock, Inbox& inbox,
                 StoreWriter& store, WatchHub& hub, SouthboundOf southbound_of,
                 PolicyEngineObserver* observer)
    : options_(options),
      clock_(clock),
      inbox_(inbox),
      store_(store),
      hub_(hub),
      observer_(observer),
      pool_(std::max<size_t>(options.compute_threads, 1), options.potentials),
      installer_(clock, std::move(southbound_of), store, hub, index_, backups_, observer) {
  table_.SetUnitGone([this](Unit* unit) { agenda_.Drop(unit); });
}

std::vector<plugin::RestoredPolicy> Reactor::Restore(const plugin::StoreState& state) {
  std::vector<plugin::RestoredPolicy> restored;
  for (const plugin::StoredPolicy& stored : state.policies) {
    PolicyRecord& record =
        table_.Adopt(std::make_shared<const policy::PolicyIntent>(stored.intent));
    installer_.Restore(record, stored.installed);
    restored.push_back({.key = stored.intent.key, .config = stored.installed});
  }
  return restored;
}

void Reactor::Run() {
  while (true) {
    Inbox::Taken taken = inbox_.Take(/*block=*/agenda_.size() == 0,
                                     /*busy=*/transaction_ != nullptr, NextTimer());
    for (Message& message : taken.messages) {
      std::visit([this](auto& content) { Handle(std::move(content)); }, message);
    }
    if (taken.stopping) {
      if (transaction_ == nullptr) {
        break;
      }
      continue;  // What is on its way to the disk is still answered for.
    }
    if (taken.ted) {
      OnTed(*std::move(taken.ted));
    }
    BeginTransaction();
    RunTimers();
    Sweep();
  }
  CancelCommands();
}

void Reactor::Want(Unit* unit, const Occasion& occasion) {
  const bool held = IsPartial() && std::any_of(unit->members.begin(), unit->members.end(),
                                               [](const auto* m) { return m->unproven; });
  if (ted_ != nullptr && !held) {
    agenda_.Add(unit, occasion);
    queue_depth_ = agenda_.size();
  }
}

void Reactor::WantAll(const Occasion& occasion) {
  for (Unit* unit : table_.units()) {
    Occasion mine = occasion;
    mine.urgency = IsSatisfied(*unit) ? Urgency::kVerify : Urgency::kWanted;
    Want(unit, mine);
  }
}

void Reactor::OnTed(TedUpdate update) {
  const Impact impact = Analyze(ted_.get(), *update.ted, update.delta);
  const topology::TedPtr before = std::exchange(ted_, std::move(update.ted));
  SetSyncing(update.syncing);
  AddTouched(impact, update.event_time);
  if (impact.everything) {
    WantAll({.need = Need::kVerify,
             .trigger = impact.trigger,
             .cause = impact.cause,
             .event_time = update.event_time});
  } else {
    AddMoved(*ted_, impact, update.event_time);
  }
  if (before == nullptr || impact.everything || !update.delta.empty()) {
    ArmGoodNews(impact, update.event_time);
  }
}

void Reactor::AddTouched(const Impact& impact, MonotonicTime event_time) {
  for (const TouchedLink& touched : impact.touched) {
    AddTouchedBackups(touched, event_time);
    const PolicyIds& users = index_.On(touched.link);
    if (users.empty()) {
      continue;
    }
    Occasion occasion{.need = Need::kVerify,
                      .urgency = touched.bad ? Urgency::kTouched : Urgency::kVerify,
                      .trigger = touched.trigger,
                      .cause = absl::StrCat(touched.trigger, " ", touched.name),
                      .event_time = event_time};
    for (const PolicyId id : users) {
      const PolicyRecord& record = *table_.Find(id);
      if (touched.bad) {
        occasion.urgency = record.backup != nullptr ? Urgency::kBackup : Urgency::kTouched;
      }
      record.unit->choice_aged |= touched.bad;
      Want(record.unit, occasion);
    }
  }
}

void Reactor::AddTouchedBackups(const TouchedLink& touched, MonotonicTime event_time) {
  for (const PolicyId id : backups_.On(touched.link)) {
    Unit* const unit = table_.Find(id)->unit;
    unit->choice_aged |= touched.bad;
    Want(unit, {.need = Need::kVerify,
                .urgency = Urgency::kVerify,
                .trigger = touched.trigger,
                .cause = absl::StrCat(touched.trigger, " ", touched.name),
                .event_time = event_time});
  }
}

void Reactor::AddMoved(const topology::Ted& ted, const Impact& impact, MonotonicTime event_time) {
  const Occasion occasion{.need = Need::kVerify,
                          .urgency = Urgency::kVerify,
                          .trigger = impact.trigger,
                          .cause = impact.cause,
                          .event_time = event_time};
  if (!impact.touched.empty()) {
    for (const PolicyIndex* index : {&index_, &backups_}) {
      for (const PolicyId id : index->opaque()) {
        Want(table_.Find(id)->unit, occasion);
      }
    }
  }
  if (impact.shortened.empty() || (index_.with_legs().empty() && backups_.with_legs().empty())) {
    return;  // A first load has no policies yet: no searches for each of its batches.
  }
  std::optional<DetourFilter> filter;
  if (impact.shortened.size() <= DetourFilter::kMaxLinks) {
    filter.emplace(ted, topology::MetricType::kIgp, impact.shortened);
  }
  const auto may_move = [&](const PlannedPath& path) {
    // A way as short as the leg is enough: ECMP would split the traffic.
    return !filter ||
           std::any_of(path.legs.begin(), path.legs.end(), [&](const ShortestPathLeg& leg) {
             return filter->Bound(leg.from, leg.to) <= leg.igp_cost;
           });
  };
  for (const PolicyId id : index_.with_legs()) {
    PolicyRecord* const record = table_.Find(id);
    if (may_move(*record->active)) Want(record->unit, occasion);
  }
  for (const PolicyId id : backups_.with_legs()) {
    PolicyRecord* const record = table_.Find(id);
    if (may_move(*record->backup->path)) Want(record->unit, occasion);
  }
}

void Reactor::ArmGoodNews(const Impact& impact, MonotonicTime event_time) {
  if (!good_news_) {
    good_news_.emplace();
    good_news_->due = clock_.Now() + options_.good_news_wait;
    good_news_->event_time = event_time;
  }
  if (good_news_->cause.empty() || impact.trigger == std::string_view("link-up")) {
    good_news_->trigger = impact.trigger == std::string_view("link-up") ? "link-up" : "reoptimize";
    good_news_->cause = impact.cause;
  }
  good_news_->everything |= impact.everything;
  good_news_->improved.insert(good_news_->improved.end(), impact.improved.begin(),
                              impact.improved.end());
}

void Reactor::SetSyncing(bool syncing) {
  if (syncing && !std::exchange(syncing_, true)) {
    // A source that never ends its sync is not waited for longer.
    partial_until_ = clock_.Now() + options_.restart_hold_time;
  } else if (!syncing) {
    syncing_ = false;
    if (IsPartial()) {
      EndPartial(/*gave_up=*/false);
    }
  }
}

void Reactor::EndPartial(bool gave_up) {
  partial_until_.reset();
  for (Unit* unit : table_.units()) {
    for (PolicyRecord* member : unit->members) {
      if (gave_up && member->unproven) {
        member->no_path_at = clock_.Now();
      }
    }
    if (!IsSatisfied(*unit)) {
      Want(unit, {.need = Need::kVerify,
                  .urgency = Urgency::kVerify,
                  .trigger = "startup",
                  .cause = "topology learned"});
    }
  }
  // Paths were kept, or chosen, on a part of the network: something better may exist.
  good_news_.reset();
  Impact learned;
  learned.everything = true;
  learned.cause = "topology learned";
  ArmGoodNews(learned, clock_.Now());
}

std::optional<MonotonicTime> Reactor::NextTimer() const {
  std::optional<MonotonicTime> next;
  const auto consider = [&](MonotonicTime time) { next = std::min(next.value_or(time), time); };
  if (!failed_removals_.empty()) {
    consider(failed_removals_.front().first);
  }
  if (IsPartial()) {
    consider(*partial_until_);
    return next;  // Everything else that waits is about better paths.
  }
  if (const auto retry = agenda_.next_retry()) {
    consider(*retry);
  }
  if (good_news_) {
    consider(good_news_->due);
  }
  return next;
}

void Reactor::RetryRemovals() {
  const MonotonicTime now = clock_.Now();
  while (!failed_removals_.empty() && failed_removals_.front().first <= now) {
    const policy::PolicyKey key = std::move(failed_removals_.front().second);
    failed_removals_.pop_front();
    const PolicyRecord* record = table_.Find(key);
    if (record == nullptr || (record->installed == nullptr && !record->restored)) {
      installer_.Remove(key);
    }
  }
}

void Reactor::RunTimers() {
  RetryRemovals();
  const MonotonicTime now = clock_.Now();
  if (IsPartial()) {
    if (now < *partial_until_) {
      return;
    }
    EndPartial(/*gave_up=*/true);
  }
  // Looking at every policy takes milliseconds, which those that bad news has hit do not wait for.
  if (good_news_ &&
      good_news_->due + (agenda_.HasUrgent() ? kGoodNewsPatience : Duration(0)) <= now) {
    OnGoodNewsDue();
  }
  for (Unit* unit : agenda_.TakeRetries(now)) {
    Want(unit, {.need = Need::kReoptimize,
                .urgency = IsSatisfied(*unit) ? Urgency::kImprove : Urgency::kWanted,
                .trigger = "reoptimize",
                .cause = "reoptimize: hold time is over"});
  }
}

bool Reactor::LacksBackup(PolicyRecord& record, bool came_up) {
  const Backup* backup = record.backup.get();
  if (!record.intent->protection || (backup != nullptr && backup->rung == 0 && !backup->joint)) {
    return false;
  }
  const MonotonicTime next = record.backup_sought + options_.reoptimize_hold_time;
  if (came_up || clock_.Now() >= next) {
    return true;
  }
  // A stream of telemetry is not to make a hopeless search of each sample.
  agenda_.RetryAt(record.unit, next);
  return false;
}

void Reactor::OnGoodNewsDue() {
  GoodNews news = *std::exchange(good_news_, std::nullopt);
  std::sort(news.improved.begin(), news.improved.end());
  news.improved.erase(std::unique(news.improved.begin(), news.improved.end()), news.improved.end());
  const bool few = news.improved.size() <= DetourFilter::kMaxLinks;
  Detours detours(*ted_, news.improved);
  const auto may_improve = [&](const Unit& unit) {
    if (news.everything || unit.choice_aged || unit.members.size() > 1) {
      // A joint optimum can gain from a link that none of its members gains from alone.
      return news.everything || unit.choice_aged || !news.improved.empty();
    }
    PolicyRecord& record = *unit.members.front();
    if (!UsesFirstChoice(record)) {
      return true;
    }
    if (news.improved.empty()) {
      return false;
    }
    if (LacksBackup(record, news.trigger == std::string_view("link-up"))) {
      return true;
    }
    const policy::PathIntent* bounds = BoundsOf(*record.intent, record.active->candidate);
    // A split can gain from a dear link that makes room on a cheap one.
    if (!few || bounds == nullptr || bounds->flex_algorithm != topology::kAlgorithmSpf ||
        bounds->may_split()) {
      return true;
    }
    const auto headend = ted_->FindNode(record.intent->key.headend);
    const auto endpoints = FindEndpoints(*ted_, record.intent->key.endpoint);
    const PlannerOptions planner{.gain_percent = options_.reoptimize_gain_percent, .budget = {}};
    const auto gains = [&](topology::MetricType objective, uint64_t cost) {
      return std::any_of(endpoints.begin(), endpoints.end(), [&](auto endpoint) {
        return IsWorthMoving(planner, cost, detours.For(objective).Bound(*headend, endpoint));
      });
    };
    if (!headend) {
      return false;
    }
    if (gains(bounds->objective, record.active->cost)) {
      return true;
    }
    if (record.backup == nullptr) {
      return false;
    }
    const auto& own = record.intent->protection->constraints;
    return (own && own->flex_algorithm != topology::kAlgorithmSpf) ||
           gains(own ? own->objective : bounds->objective, record.backup->path->cost);
  };
  for (Unit* unit : table_.units()) {
    const bool satisfied = IsSatisfied(*unit);
    if (!satisfied || may_improve(*unit)) {
      Want(unit, {.need = Need::kReoptimize,
                  .urgency = satisfied ? Urgency::kImprove : Urgency::kWanted,
                  .trigger = satisfied ? "reoptimize" : news.trigger,
                  .cause = news.cause,
                  .event_time = news.event_time});
    }
  }
}

UnitInput Reactor::InputOf(const Unit& unit, Need need) const {
  UnitInput input{.need = need, .partial = IsPartial(), .members = {}};
  for (const PolicyRecord* record : unit.members) {
    input.members.push_back(
        {.intent = record->intent,
         .active = record->active,
         .installed = record->installed,
         .compute = record->needs_compute,
         // What was put to use in haste is no choice to stand by.
         .movable = record->switched ||
                    clock_.Now() - record->active_since >= options_.reoptimize_hold_time,
         .violated = record->status.sla_violated,
         .backup = record->backup,
         .no_backup = record->status.protection &&
                      record->status.protection->state == policy::ProtectionState::kUnprotected});
  }
  return input;
}

PlannerOptions Reactor::OptionsFor(const Unit& unit, const Occasion& occasion) const {
  PlannerOptions planner{.gain_percent = options_.reoptimize_gain_percent,
                         .budget = {.max_labels = options_.max_labels_per_query}};
  const bool needs_compute = std::any_of(unit.members.begin(), unit.members.end(),
                                         [](const auto* member) { return member->needs_compute; });
  const bool hopeless = occasion.urgency == Urgency::kWanted && WasGivenUp(unit);
  if (!needs_compute && (occasion.urgency == Urgency::kImprove || hopeless)) {
    planner.budget.max_labels = std::max<uint64_t>(planner.budget.max_labels / kRetryPart, 1);
  }
  return planner;
}

void Reactor::Sweep() {
  if (!sweeping_ && agenda_.size() > 0) {
    sweeping_ = true;
    last_sweep_recomputed_ = 0;
  }
  const auto work = agenda_.Take(kUnitsPerThread * std::max<size_t>(options_.compute_threads, 1));
  std::vector<UnitInput> inputs;
  std::vector<PlannerOptions> planners;
  for (const auto& [unit, occasion] : work) {
    inputs.push_back(InputOf(*unit, occasion.need));
    planners.push_back(OptionsFor(*unit, occasion));
  }
  std::vector<std::vector<MemberPlan>> plans(work.size());
  const MonotonicTime end = clock_.Now() + kWindow;
  const size_t done = pool_.Run(
      work.size(),
      [&](size_t i, cspf::Workspace& workspace) {
        plans[i] = PlanUnit(*ted_, inputs[i], planners[i], clock_, workspace);
      },
      [&](size_t i) { Carry(work[i].first, std::move(plans[i]), work[i].second); },
      [&] { return clock_.Now() >= end; });
  for (size_t i = done; i < work.size(); ++i) {
    agenda_.Add(work[i].first, work[i].second);
  }
  queue_depth_ = agenda_.size();
  if (agenda_.size() == 0) {
    sweeping_ = false;
    if (ted_ != nullptr) {
      generation_ = ted_->generation();
    }
  }
}

void Reactor::Carry(Unit* unit, std::vector<MemberPlan> plans, const Occasion& occasion) {
  bool held_back = false;
  bool computed = false;
  bool protect = false;
  bool sought = false;
  bool switched = false;
  std::optional<MonotonicTime> youngest;
  for (size_t i = 0; i < plans.size(); ++i) {
    PolicyRecord& record = *unit->members[i];
    held_back |= plans[i].held_back;
    if (plans[i].computed) {
      computed = true;
      ++last_sweep_recomputed_;
    }
    protect |= plans[i].to_protect;
    sought |= plans[i].sought_backup;
    switched |= plans[i].switched;
    DoubtNoPath(unit, record, plans[i]);
    installer_.Adopt(*ted_, record, std::move(plans[i]), occasion);
    youngest = std::max(youngest.value_or(record.active_since), record.active_since);
  }
  if (computed || occasion.need >= Need::kReoptimize) {
    unit->choice_aged = false;
  } else if (sought) {
    unit->choice_aged = true;  // What it was found for may not be the cheapest path any more.
  }
  protection_switches_ += switched ? 1 : 0;
  if (protect) {
    Want(unit, {.need = switched ? Need::kReoptimize : Need::kVerify,
                .urgency = Urgency::kVerify,
                .trigger = "reoptimize",
                .cause = absl::StrCat("after ", occasion.cause)});
  }
  if (held_back) {
    agenda_.RetryAt(unit, *youngest + options_.reoptimize_hold_time);
  }
}

void Reactor::DoubtNoPath(Unit* unit, PolicyRecord& record, MemberPlan& plan) {
  if (plan.outcome == MemberPlan::Outcome::kUnknown) {
    record.unproven |= record.installed != nullptr;
    record.no_path_at.reset();
  }
  if (plan.outcome != MemberPlan::Outcome::kNone) {
    return;
  }
  if (!IsPartial()) {
    if (!record.unproven) {
      return;
    }
    // Some source may not have come back yet: nobody says which ones there will be.
    const MonotonicTime now = clock_.Now();
    record.no_path_at = record.no_path_at.value_or(now + options_.restart_hold_time);
    if (*record.no_path_at <= now) {
      return;
    }
    agenda_.RetryAt(unit, *record.no_path_at);
  }
  plan.outcome = MemberPlan::Outcome::kUnknown;
  plan.unknown = "no path over the part of the topology that is known";
}

}  // namespace srpce::pce
