#include "plugins/southbound/agent/agent_southbound.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace srpce::southbound {

void AgentSouthbound::Start(plugin::SouthboundListener* listener,
                            std::vector<plugin::RestoredPolicy> restored) {
  Lock lock(mutex_);
  listener_ = listener;
  for (plugin::RestoredPolicy& policy : restored) {
    Desired& wanted = desired_[policy.key.headend][policy.key];
    wanted.restored = true;
    if (policy.config) {
      wanted.fingerprint = policy.config->Fingerprint();
      wanted.config = std::make_shared<const plugin::PolicyConfig>(*std::move(policy.config));
    }
  }
  for (auto& [id, session] : sessions_) Synchronize(session);
  Finish(lock);
}

void AgentSouthbound::Stop() {
  Lock lock(mutex_);
  stopped_ = true;
  while (!sessions_.empty()) {
    EndSession(sessions_.begin()->first, absl::UnavailableError("agent: the daemon is stopping"));
  }
  Finish(lock);
  lock.lock();
  idle_.wait(lock, [this] { return !telling_; });
  listener_ = nullptr;
}

bool AgentSouthbound::Install(const plugin::PolicyConfig& config) {
  const Desired wanted{std::make_shared<const plugin::PolicyConfig>(config), config.Fingerprint()};
  const policy::PolicyKey& key = wanted.config->key;
  Lock lock(mutex_);
  desired_[key.headend][key] = wanted;
  Session* session = FindSession(key.headend);
  if (session == nullptr || !session->synced) return false;
  bool taken = true;
  if (!session->queued.contains(key)) {
    const auto in_flight = session->in_flight.find(key);
    const auto held = session->held.find(key);
    if (in_flight != session->in_flight.end()) {
      // On its way already, unless the router was last sent something else.
      if (in_flight->second != InFlight{wanted.fingerprint}) Enqueue(*session, key);
    } else if (held != session->held.end() && held->second == wanted.fingerprint) {
      TellResult(key, wanted.fingerprint, /*removed=*/false, absl::OkStatus());
    } else {
      Enqueue(*session, key);
    }
    taken = !CutIfOverflowing(key.headend);
  }
  Finish(lock);
  return taken;
}

bool AgentSouthbound::Remove(const policy::PolicyKey& key) {
  Lock lock(mutex_);
  const auto desires = desired_.find(key.headend);
  uint64_t fingerprint = 0;
  if (desires != desired_.end()) {
    if (const auto it = desires->second.find(key); it != desires->second.end()) {
      fingerprint = it->second.fingerprint;
      desires->second.erase(it);
    }
    if (desires->second.empty()) desired_.erase(desires);
  }
  Session* session = FindSession(key.headend);
  if (session == nullptr || !session->synced) return false;
  bool taken = true;
  if (session->MayHave(key)) {
    Enqueue(*session, key);
    taken = !CutIfOverflowing(key.headend);
  } else {
    // The router never heard of it: an install that still waits is dropped, and all is as wanted.
    session->queued.erase(key);
    TellResult(key, fingerprint, /*removed=*/true, absl::OkStatus());
  }
  Finish(lock);
  return taken;
}

AgentSouthbound::SessionId AgentSouthbound::Open(const std::string& headend,
                                                 std::vector<plugin::InstalledPolicy> installed,
                                                 std::shared_ptr<AgentSession> session) {
  Lock lock(mutex_);
  if (stopped_) {
    lock.unlock();
    session->Close(absl::UnavailableError("agent: the daemon is stopping"));
    return 0;
  }
  if (const auto old = session_of_.find(headend); old != session_of_.end()) {
    ++counters_.replaced;
    EndSession(old->second,
               absl::AbortedError(absl::StrCat("agent ", headend,
                                               ": replaced by a newer session of this headend")));
  }
  const SessionId id = ++last_id_;
  session_of_[headend] = id;
  Session& state = sessions_[id];
  state.headend = headend;
  state.transport = std::move(session);
  state.hello = std::move(installed);
  if (listener_ != nullptr) Synchronize(state);
  Finish(lock);
  return id;
}

// The difference between what the router holds and what it should hold (RFC 9256 leaves the resync
// to the protocol).
void AgentSouthbound::Synchronize(Session& session) {
  session.synced = true;
  Tell([headend = session.headend](plugin::SouthboundListener& listener) {
    listener.OnSession(headend, true);
  });
  static const Desires kNone;
  const auto found = desired_.find(session.headend);
  const Desires& desires = found == desired_.end() ? kNone : found->second;
  for (const plugin::InstalledPolicy& installed : session.hello) {
    if (IsOwn(session, installed.key)) session.held[installed.key] = installed.fingerprint;
  }
  // What is wanted goes before what is to be taken away, so that traffic always has somewhere to
  // go.
  for (const auto& [key, wanted] : desires) {
    const auto held = session.held.find(key);
    if (held != session.held.end() && wanted.config != nullptr &&
        held->second == wanted.fingerprint) {
      TellResult(key, wanted.fingerprint, /*removed=*/false, absl::OkStatus());
    } else if (!wanted.restored || (wanted.config != nullptr && held == session.held.end())) {
      Enqueue(session, key);
    }
  }
  for (const auto& [key, fingerprint] : session.held) {
    if (!desires.contains(key)) Enqueue(session, key);
  }
  session.queue.emplace_back(std::nullopt);
  session.sync_size = session.queue.size();
  session.hello.clear();
  session.hello.shrink_to_fit();
  transport_calls_.push_back([transport = session.transport] { transport->Wake(); });
}

std::optional<AgentCommand> AgentSouthbound::Pop(SessionId id) {
  const std::lock_guard lock(mutex_);
  Session* session = FindSession(id);
  if (session == nullptr) return std::nullopt;
  while (!session->queue.empty()) {
    const std::optional<policy::PolicyKey> key = std::move(session->queue.front());
    session->queue.pop_front();
    if (session->sync_size > 0) --session->sync_size;
    if (!key) return SyncDoneCommand{};
    if (session->queued.erase(*key) == 0) continue;  // Changed its mind meanwhile.
    const auto desires = desired_.find(key->headend);
    if (desires != desired_.end()) {
      if (const auto wanted = desires->second.find(*key); wanted != desires->second.end()) {
        session->in_flight[*key] = {wanted->second.fingerprint, /*removal=*/false};
        session->sent.insert(*key);
        return InstallCommand{wanted->second.config, wanted->second.fingerprint};
      }
    }
    const auto in_flight = session->in_flight.find(*key);
    const auto held = session->held.find(*key);
    const uint64_t fingerprint = in_flight != session->in_flight.end()
                                     ? in_flight->second.fingerprint
                                 : held != session->held.end() ? held->second
                                                               : 0;
    session->in_flight[*key] = {fingerprint, /*removal=*/true};
    return RemoveCommand{*key, fingerprint};
  }
  return std::nullopt;
}

void AgentSouthbound::OnResult(SessionId id, const policy::PolicyKey& key, uint64_t fingerprint,
                               bool removed, const absl::Status& result) {
  Lock lock(mutex_);
  Session* session = FindSession(id);
  if (session == nullptr || !IsOwn(*session, key)) return;
  if (const auto it = session->in_flight.find(key);
      it != session->in_flight.end() && it->second == InFlight{fingerprint, removed}) {
    session->in_flight.erase(it);
  }
  if (removed) {
    if (result.ok()) session->held.erase(key);
    // Not if it has been sent anew meanwhile.
    if (result.ok() && !session->in_flight.contains(key)) session->sent.erase(key);
  } else if (result.ok()) {
    session->held[key] = fingerprint;
    // Installed late, on the router's own account, when it was no longer wanted.
    if (!IsWanted(key) && !session->in_flight.contains(key)) Enqueue(*session, key);
  } else if (const auto held = session->held.find(key);
             held != session->held.end() && held->second == fingerprint) {
    // The router had it and lost it: asking for it again is no longer a repetition.
    session->held.erase(held);
  }
  TellResult(key, fingerprint, removed, result);
  Finish(lock);
}

void AgentSouthbound::OnLinkEvent(SessionId id, const std::string& interface, bool up,
                                  MonotonicTime received) {
  Lock lock(mutex_);
  const Session* session = FindSession(id);
  if (session == nullptr) return;
  Tell([headend = session->headend, interface, up, received](plugin::SouthboundListener& listener) {
    listener.OnLinkEvent(headend, interface, up, received);
  });
  Finish(lock);
}

void AgentSouthbound::Closed(SessionId id) {
  Lock lock(mutex_);
  EndSession(id, std::nullopt);
  Finish(lock);
}

AgentSouthboundCounters AgentSouthbound::counters() const {
  const std::lock_guard lock(mutex_);
  AgentSouthboundCounters counters = counters_;
  counters.sessions = sessions_.size();
  for (const auto& [id, session] : sessions_) counters.queued += session.queue.size();
  return counters;
}

bool AgentSouthbound::IsWanted(const policy::PolicyKey& key) const {
  const auto desires = desired_.find(key.headend);
  return desires != desired_.end() && desires->second.contains(key);
}

AgentSouthbound::Session* AgentSouthbound::FindSession(const std::string& headend) {
  const auto it = session_of_.find(headend);
  return it == session_of_.end() ? nullptr : FindSession(it->second);
}

AgentSouthbound::Session* AgentSouthbound::FindSession(SessionId id) {
  const auto it = sessions_.find(id);
  return it == sessions_.end() ? nullptr : &it->second;
}

void AgentSouthbound::Enqueue(Session& session, const policy::PolicyKey& key) {
  if (!session.queued.insert(key).second) return;
  session.queue.emplace_back(key);
  transport_calls_.push_back([transport = session.transport] { transport->Wake(); });
}

bool AgentSouthbound::CutIfOverflowing(const std::string& headend) {
  const SessionId id = session_of_.at(headend);
  const Session& session = sessions_.at(id);
  if (session.queue.size() <= options_.max_queue + session.sync_size) return false;
  ++counters_.overflows;
  EndSession(id, absl::ResourceExhaustedError(
                     absl::StrCat("agent ", headend, ": got ", session.queue.size(),
                                  " commands not taken, want at most ", options_.max_queue,
                                  "; reconnect to resynchronise")));
  return true;
}

void AgentSouthbound::EndSession(SessionId id, std::optional<absl::Status> close_with) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return;
  const Session session = std::move(it->second);
  sessions_.erase(it);
  session_of_.erase(session.headend);
  if (close_with) {
    transport_calls_.push_back(
        [transport = session.transport, reason = *close_with] { transport->Close(reason); });
  }
  if (!session.synced) return;  // The listener was never told that it is up.
  Tell([headend = session.headend](plugin::SouthboundListener& listener) {
    listener.OnSession(headend, false);
  });
}

bool AgentSouthbound::IsOwn(const Session& session, const policy::PolicyKey& key) {
  if (key.headend == session.headend) return true;
  ++counters_.foreign;
  return false;
}

void AgentSouthbound::TellResult(const policy::PolicyKey& key, uint64_t fingerprint, bool removed,
                                 const absl::Status& result) {
  Tell([key, fingerprint, removed, result](plugin::SouthboundListener& listener) {
    listener.OnResult(key, fingerprint, removed, result);
  });
}

void AgentSouthbound::Finish(Lock& lock) {
  const auto calls = std::move(transport_calls_);
  transport_calls_.clear();
  lock.unlock();
  for (const auto& call : calls) call();
  lock.lock();
  if (!telling_ && listener_ != nullptr) {
    // One thread tells at a time: the listener hears everything in the order it happened.
    telling_ = true;
    while (!events_.empty()) {
      const Event event = std::move(events_.front());
      events_.pop_front();
      lock.unlock();
      event(*listener_);
      lock.lock();
    }
    telling_ = false;
    idle_.notify_all();
  }
  lock.unlock();
}

absl::Status RegisterAgentSouthbound(plugin::Registry& registry) {
  return registry.southbounds.Add(
      "agent",
      [](const plugin::Settings& settings) -> absl::StatusOr<std::unique_ptr<plugin::Southbound>> {
        AgentSouthboundOptions options;
        for (const auto& [field, value] : settings) {
          if (field != "max_queue") {
            return absl::InvalidArgumentError(
                absl::StrCat("southbound agent: got setting '", field, "', want max_queue"));
          }
          if (!absl::SimpleAtoi(value, &options.max_queue) || options.max_queue == 0) {
            return absl::InvalidArgumentError(absl::StrCat("southbound agent: max_queue: got '",
                                                           value, "', want a number above 0"));
          }
        }
        return std::make_unique<AgentSouthbound>(options);
      });
}

}  // namespace srpce::southbound
