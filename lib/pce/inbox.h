// lib/pce/inbox.h -- everything other threads have to say to the reactor. Posting never blocks.
//
// Snapshots are merged while they wait: however fast they come, the next sweep sees one. Their
// number needs no bound. Commands are bounded by those who post them (each waits for its answer).
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lib/pce/policy_engine.h"

namespace srpce::pce {

struct ApplyCommand {
  std::vector<policy::PolicyIntent> intents;
  bool validate_only = false;
  PolicyEngine::ApplyDone done;
  MonotonicTime received{};
};
struct DeleteCommand {
  std::vector<policy::PolicyKey> keys;
  PolicyEngine::DeleteDone done;
};
struct WatchCommand {
  uint64_t id = 0;
  uint64_t from_revision = 0;
  PolicyEngine::Watcher watcher;
};
struct SessionNote {
  std::string headend;
  bool up = false;
};
struct ResultNote {
  policy::PolicyKey key;
  uint64_t fingerprint = 0;
  bool removed = false;
  absl::Status result;
};
// The transaction under way is over.
struct TransactionNote {
  absl::Status result;
};
// The store answered, to anything.
struct StoreNote {
  bool ok = false;
};
using Message = std::variant<ApplyCommand, DeleteCommand, WatchCommand, SessionNote, ResultNote,
                             TransactionNote, StoreNote>;

class Inbox {
 public:
  // Bad news waits until none has come for `quiet`, `max_wait` at most.
  Inbox(const Clock& clock, Duration quiet, Duration max_wait)
      : clock_(clock), quiet_(quiet), max_wait_(max_wait) {}

  // Returns false, with `message` untouched, after Stop.
  bool Post(Message&& message);
  void PostTed(const TedUpdate& update);
  // Makes the reactor look at the clock.
  void Wake();
  void Stop();

  struct Taken {
    std::vector<Message> messages;
    std::optional<TedUpdate> ted;
    bool stopping = false;
  };
  // Reactor. Takes what is there; waits for something if there is nothing and `block`, until
  // `deadline` of the clock at most. `busy`: something the reactor started elsewhere will still be
  // posted.
  Taken Take(bool block, bool busy, std::optional<MonotonicTime> deadline);

  // Waits until the reactor has taken everything, has nothing to do and `also` holds.
  bool WaitIdle(Duration timeout, const std::function<bool()>& also);
  // Makes WaitIdle look at `also` again.
  void NotifyIdle();

 private:
  bool HasWork(MonotonicTime now, bool busy) const;
  std::optional<MonotonicTime> TedDue() const;

  const Clock& clock_;
  const Duration quiet_;
  const Duration max_wait_;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::condition_variable idle_changed_;
  std::vector<Message> messages_;
  std::optional<TedUpdate> ted_;
  std::optional<MonotonicTime> first_bad_;
  std::optional<MonotonicTime> last_bad_;
  bool woken_ = false;
  bool stopping_ = false;
  bool idle_ = false;
};

}  // namespace srpce::pce
