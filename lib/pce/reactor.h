// lib/pce/reactor.h -- the one thread that owns policy state: takes what came, finds what it
// touches, plans and installs it.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lib/pce/agenda.h"
#include "lib/pce/compute_pool.h"
#include "lib/pce/impact.h"
#include "lib/pce/inbox.h"
#include "lib/pce/installer.h"
#include "lib/pce/policy_engine.h"
#include "lib/pce/policy_index.h"
#include "lib/pce/policy_table.h"
#include "lib/pce/store_writer.h"
#include "lib/pce/watch_hub.h"

namespace srpce::pce {

class Reactor {
 public:
  Reactor(const PolicyEngineOptions& options, const Clock& clock, Inbox& inbox, StoreWriter& store,
          WatchHub& hub, SouthboundOf southbound_of, PolicyEngineObserver* observer);

  // Before Run. Returns what headends are to hold.
  std::vector<plugin::RestoredPolicy> Restore(const plugin::StoreState& state);
  // Until the inbox is stopped. Commands not carried out are answered CANCELLED.
  void Run();

  // Any thread.
  size_t queue_depth() const { return queue_depth_; }
  uint64_t last_sweep_recomputed() const { return last_sweep_recomputed_; }
  uint64_t generation() const { return generation_; }
  uint64_t protection_switches() const { return protection_switches_; }

 private:
  using Command = std::variant<ApplyCommand, DeleteCommand>;
  // Commands that share one store transaction.
  struct Transaction {
    Transaction(const PolicyTable& table, topology::TedPtr ted) : staging(table, std::move(ted)) {}
    Staging staging;
    std::vector<std::function<void(const absl::Status& result, uint64_t revision)>> answers;
    MonotonicTime received{};  // The first command.
  };

  void Handle(ApplyCommand&& command) { commands_.emplace_back(std::move(command)); }
  void Handle(DeleteCommand&& command) { commands_.emplace_back(std::move(command)); }
  void Handle(WatchCommand&& command);
  void Handle(SessionNote&& note);
  void Handle(ResultNote&& note);
  void Handle(TransactionNote&& note);
  void Handle(StoreNote&& note);

  void BeginTransaction();
  void Stage(ApplyCommand&& command);
  void Stage(DeleteCommand&& command);
  void AdoptChanges();
  void CancelCommands();

  void OnTed(TedUpdate update);
  void AddTouched(const Impact& impact, MonotonicTime event_time);
  // Backups are looked after when those who are in trouble have been.
  void AddTouchedBackups(const TouchedLink& touched, MonotonicTime event_time);
  void AddMoved(const topology::Ted& ted, const Impact& impact, MonotonicTime event_time);
  void ArmGoodNews(const Impact& impact, MonotonicTime event_time);
  // The snapshot is a part of the network only.
  bool IsPartial() const { return partial_until_.has_value(); }
  void SetSyncing(bool syncing);
  // Looks again at what was left alone while the network was known in part. `gave_up`: the rest of
  // it is not waited for any longer.
  void EndPartial(bool gave_up);
  // Puts the unit on the agenda, unless there is nothing to plan on yet.
  void Want(Unit* unit, const Occasion& occasion);
  void WantAll(const Occasion& occasion);

  void RunTimers();
  void RetryRemovals();
  void OnGoodNewsDue();
  // True if the policy lacks a backup of the level it wants for its cheapest path, and one is to be
  // looked for now; if that was done a short while ago it is done later, unless a link `came_up`.
  bool LacksBackup(PolicyRecord& record, bool came_up);
  std::optional<MonotonicTime> NextTimer() const;

  // Plans the next few units; what came meanwhile is looked at before the rest.
  void Sweep();
  UnitInput InputOf(const Unit& unit, Need need) const;
  PlannerOptions OptionsFor(const Unit& unit, const Occasion& occasion) const;
  void Carry(Unit* unit, std::vector<MemberPlan> plans, const Occasion& occasion);
  // Makes "no path" unknown where it may come of what the snapshot lacks.
  void DoubtNoPath(Unit* unit, PolicyRecord& record, MemberPlan& plan);

  const PolicyEngineOptions options_;
  const Clock& clock_;
  Inbox& inbox_;
  StoreWriter& store_;
  WatchHub& hub_;
  PolicyEngineObserver* const observer_;

  PolicyTable table_;
  PolicyIndex index_;    // Of active paths.
  PolicyIndex backups_;  // Of their backups.
  Agenda agenda_;
  ComputePool pool_;
  Installer installer_;
  topology::TedPtr ted_;

  std::deque<Command> commands_;
  std::unique_ptr<Transaction> transaction_;  // Under way.

  // Good news not acted on yet.
  struct GoodNews {
    MonotonicTime due{};
    MonotonicTime event_time{};
    const char* trigger = "reoptimize";
    std::string cause;
    bool everything = false;
    std::vector<topology::LinkIndex> improved;
  };
  std::optional<GoodNews> good_news_;
  // Some source is in its first sync.
  bool syncing_ = false;
  // While set, because of that, nothing is withdrawn or improved, and unproven policies are left as
  // they are.
  std::optional<MonotonicTime> partial_until_;

  // Policies a headend has refused to take away, by when it is asked again.
  std::deque<std::pair<MonotonicTime, policy::PolicyKey>> failed_removals_;

  bool sweeping_ = false;
  std::atomic<size_t> queue_depth_{0};
  std::atomic<uint64_t> last_sweep_recomputed_{0};
  std::atomic<uint64_t> generation_{0};
  std::atomic<uint64_t> protection_switches_{0};
};

}  // namespace srpce::pce
