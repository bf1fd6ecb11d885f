// plugins/southbound/agent/agent_southbound.h -- the southbound of routers that run srpce-agent and
// connect out to the daemon.
//
// Holds what each headend is to have and one session a headend. At hello the two are compared by
// fingerprint and only the differences are queued; later changes are queued as they come. A queue
// holds keys, not configurations: what is sent is always the latest, however long a router has been
// slow. Knows nothing of gRPC: the service pops commands and hands in what the router says.
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
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "lib/plugin/registry.h"
#include "lib/plugin/southbound.h"

namespace srpce::southbound {

struct InstallCommand {
  std::shared_ptr<const plugin::PolicyConfig> config;
  uint64_t fingerprint = 0;
};
struct RemoveCommand {
  policy::PolicyKey key;
  uint64_t fingerprint = 0;  // Of what is to go.
};
struct SyncDoneCommand {};  // Everything the router should hold has been sent since hello.
using AgentCommand = std::variant<InstallCommand, RemoveCommand, SyncDoneCommand>;

// One connected router, as the transport implements it. Called from any thread, never under a lock
// of AgentSouthbound.
class AgentSession {
 public:
  virtual ~AgentSession() = default;
  // AgentSouthbound::Pop has something. May come more than once, and once more after Close.
  virtual void Wake() = 0;
  // The session is over; nothing it hands in is heard from now on.
  virtual void Close(const absl::Status& reason) = 0;
};

struct AgentSouthboundOptions {
  // Changes that may wait for a router besides those of its first sync. A router that lets more
  // pile up is cut, and resynchronises when it reconnects: memory is bounded and nothing is lost.
  size_t max_queue = 16'384;
};

struct AgentSouthboundCounters {
  size_t sessions = 0;
  size_t queued = 0;       // Commands no router has taken yet.
  uint64_t replaced = 0;   // Sessions ended because the same headend connected again.
  uint64_t overflows = 0;  // Sessions cut because their queue was full.
  uint64_t foreign = 0;    // Statements about policies of other headends, ignored.
};

class AgentSouthbound final : public plugin::Southbound {
 public:
  using SessionId = uint64_t;  // 0 = none.

  explicit AgentSouthbound(const AgentSouthboundOptions& options = {}) : options_(options) {}
  ~AgentSouthbound() override { Stop(); }

  std::string name() const override { return "agent"; }
  void Start(plugin::SouthboundListener* listener,
             std::vector<plugin::RestoredPolicy> restored) override;
  // Ends all sessions with UNAVAILABLE. When it returns the listener is not called again.
  void Stop() override;
  bool Install(const plugin::PolicyConfig& config) override;
  bool Remove(const policy::PolicyKey& key) override;

  // A router authenticated as `headend` said hello and holds `installed`. An older session of that
  // headend is closed with ABORTED. Before Start the session waits; after Stop it is closed at once
  // and 0 is returned.
  SessionId Open(const std::string& headend, std::vector<plugin::InstalledPolicy> installed,
                 std::shared_ptr<AgentSession> session);
  // Returns the next command of the session; none when all are taken or the session is no longer
  // the headend's.
  std::optional<AgentCommand> Pop(SessionId id);
  // What the router said. Ignored from sessions that are over.
  void OnResult(SessionId id, const policy::PolicyKey& key, uint64_t fingerprint, bool removed,
                const absl::Status& result);
  void OnLinkEvent(SessionId id, const std::string& interface, bool up, MonotonicTime received);
  // The transport is gone.
  void Closed(SessionId id);

  AgentSouthboundCounters counters() const;

 private:
  struct Desired {
    std::shared_ptr<const plugin::PolicyConfig> config;  // Null: wanted, but it is not known how.
    uint64_t fingerprint = 0;
    bool restored = false;  // From before the start: the router may know better.
  };
  struct InFlight {
    uint64_t fingerprint = 0;
    bool removal = false;

    bool operator==(const InFlight&) const = default;
  };
  struct Session {
    std::string headend;
    std::shared_ptr<AgentSession> transport;
    std::vector<plugin::InstalledPolicy> hello;  // Until synced.
    bool synced = false;
    std::deque<std::optional<policy::PolicyKey>> queue;  // nullopt = SyncDone.
    std::set<policy::PolicyKey> queued;                  // Keys of `queue` that still matter.
    size_t sync_size = 0;                                // What the first sync put into the queue.
    std::map<policy::PolicyKey, uint64_t> held;          // What the router said it has.
    std::map<policy::PolicyKey, InFlight> in_flight;     // The last sent and not answered.
    // What the router was told to install and may have kept to itself: one it refused it tries
    // again when its routes change.
    std::set<policy::PolicyKey> sent;

    bool MayHave(const policy::PolicyKey& key) const {
      return held.contains(key) || in_flight.contains(key) || sent.contains(key);
    }
  };
  using Desires = std::map<policy::PolicyKey, Desired>;
  using Lock = std::unique_lock<std::mutex>;
  using Event = std::function<void(plugin::SouthboundListener&)>;

  // All REQUIRE mutex_ held.
  Session* FindSession(const std::string& headend);
  Session* FindSession(SessionId id);
  void Synchronize(Session& session);
  void Enqueue(Session& session, const policy::PolicyKey& key);
  bool IsWanted(const policy::PolicyKey& key) const;
  bool CutIfOverflowing(const std::string& headend);
  void EndSession(SessionId id, std::optional<absl::Status> close_with);
  bool IsOwn(const Session& session, const policy::PolicyKey& key);
  void Tell(Event event) { events_.push_back(std::move(event)); }
  void TellResult(const policy::PolicyKey& key, uint64_t fingerprint, bool removed,
                  const absl::Status& result);
  // Releases the lock and does what was put off: wakes and closes transports, then tells the
  // listener, in order.
  void Finish(Lock& lock);

  const AgentSouthboundOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  plugin::SouthboundListener* listener_ = nullptr;
  bool stopped_ = false;
  std::map<std::string, Desires> desired_;       // By headend.
  std::map<std::string, SessionId> session_of_;  // By headend.
  std::map<SessionId, Session> sessions_;
  SessionId last_id_ = 0;
  std::deque<Event> events_;  // Not told yet.
  bool telling_ = false;      // Some thread is telling: it will tell what is added, too.
  std::vector<std::function<void()>> transport_calls_;  // To make after the lock is released.
  AgentSouthboundCounters counters_;
};

// Registers "agent". Setting: max_queue. Errors: ALREADY_EXISTS.
absl::Status RegisterAgentSouthbound(plugin::Registry& registry);

}  // namespace srpce::southbound
