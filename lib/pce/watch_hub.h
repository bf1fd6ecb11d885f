// lib/pce/watch_hub.h -- the state of all policies as others see it: by key, as a history of
// revisions, and live for watchers.
//
// The reactor writes, any thread reads. What is handed out is immutable, so a slow reader holds up
// nobody.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "lib/pce/policy_engine.h"

namespace srpce::pce {

class WatchHub {
 public:
  // Keeps the last `history` events for watchers that come back.
  explicit WatchHub(size_t history) : history_limit_(history) {}

  // The revision of the last event before this process: watchers that know no later one are up to
  // date with nothing.
  void SetFirstRevision(uint64_t revision);

  // Reactor thread. Gives `status` the next revision and tells all watchers.
  void Publish(policy::PolicyStatus status, bool not_disjoint, bool removed);
  // Reactor thread. Replaces the state readers see, without an event: metrics moved, decisions did
  // not.
  void Refresh(policy::PolicyStatus status, bool not_disjoint);
  // Any thread, before Attach: from now on Detach counts.
  void Expect(uint64_t watch_id);
  // Reactor thread. Tells `watcher` what it missed and from then on everything.
  void Attach(uint64_t watch_id, uint64_t from_revision, PolicyEngine::Watcher watcher);

  // Any thread; does not return while the watcher is being called, unless called by the watcher
  // itself.
  void Detach(uint64_t watch_id);

  // Any thread.
  std::optional<policy::PolicyStatus> Get(const policy::PolicyKey& key) const;
  std::vector<policy::PolicyStatus> List() const;
  // See PolicyEngine::Page.
  std::vector<std::shared_ptr<const PolicyEvent>> Page(
      const std::optional<policy::PolicyKey>& after, const std::string& headend,
      size_t limit) const;
  uint64_t revision() const;
  // Fills the counts of policies, violations and groups.
  void Count(PolicyEngineCounters& counters) const;

 private:
  using EventPtr = std::shared_ptr<const PolicyEvent>;
  struct Entry {
    EventPtr event;
    bool not_disjoint = false;  // Its group's promise is the broken one.
  };
  struct Subscription {
    uint64_t id;
    PolicyEngine::Watcher watcher;
  };

  // Calls `watcher`; `lock` is released meanwhile. Returns whether it wants more.
  bool Call(std::unique_lock<std::mutex>& lock, uint64_t watch_id,
            const PolicyEngine::Watcher& watcher, const PolicyEngine::WatchCall& call);
  bool Replay(std::unique_lock<std::mutex>& lock, uint64_t watch_id, uint64_t from_revision,
              const PolicyEngine::Watcher& watcher);
  std::vector<Entry> Entries() const;

  const size_t history_limit_;
  mutable std::mutex mutex_;
  std::condition_variable called_;
  uint64_t revision_ = 0;
  uint64_t forgotten_ = 0;  // The history holds every event after this revision.
  std::map<policy::PolicyKey, Entry> entries_;
  std::deque<EventPtr> history_;
  std::vector<Subscription> subscriptions_;
  std::set<uint64_t> expected_;  // Watches on their way to the reactor.
  uint64_t calling_ = 0;         // The watch being called; 0 = none.
  std::thread::id calling_thread_;
};

}  // namespace srpce::pce
