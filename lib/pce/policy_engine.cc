// lib/pce/policy_engine.cc -- wires inbox, reactor, store thread, hub and southbounds.
#include "lib/pce/policy_engine.h"

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/pce/inbox.h"
#include "lib/pce/reactor.h"
#include "lib/pce/store_writer.h"
#include "lib/pce/watch_hub.h"

namespace srpce::pce {

class PolicyEngine::Impl final : public plugin::SouthboundListener {
 public:
  Impl(const PolicyEngineOptions& options, const Clock& clock, plugin::Store& store,
       std::vector<plugin::Southbound*> southbounds, SouthboundOf southbound_of,
       PolicyEngineObserver* observer)
      : clock_(clock),
        store_(store),
        southbounds_(std::move(southbounds)),
        southbound_of_(std::move(southbound_of)),
        hub_(options.watch_history),
        inbox_(clock, options.bad_news_quiet, options.bad_news_max_wait),
        writer_(store, [this](const absl::Status& status) { inbox_.Post(StoreNote{status.ok()}); }),
        reactor_(options, clock, inbox_, writer_, hub_, southbound_of_, observer) {
    writer_.SetIdleListener([this] { inbox_.NotifyIdle(); });
  }
  ~Impl() override { Stop(); }

  absl::Status Start() {
    SRPCE_ASSIGN_OR_RETURN(const plugin::StoreState state, store_.Load());
    hub_.SetFirstRevision(writer_.Reserve(state.revision, clock_.WallNow()));
    const std::vector<plugin::RestoredPolicy> restored = reactor_.Restore(state);
    for (plugin::Southbound* southbound : southbounds_) {
      std::vector<plugin::RestoredPolicy> mine;
      for (const plugin::RestoredPolicy& policy : restored) {
        if (southbound_of_(policy.key.headend) == southbound) {
          mine.push_back(policy);
        }
      }
      southbound->Start(this, std::move(mine));
    }
    writer_.Start();
    thread_ = std::thread([this] { reactor_.Run(); });
    started_ = true;
    return absl::OkStatus();
  }

  void Stop() {
    if (!std::exchange(started_, false)) {
      return;
    }
    for (plugin::Southbound* southbound : southbounds_) {
      southbound->Stop();
    }
    inbox_.Stop();
    thread_.join();
    writer_.Stop();
  }

  void OnTedUpdate(const TedUpdate& update) { inbox_.PostTed(update); }

  void Apply(std::vector<policy::PolicyIntent> intents, bool validate_only, ApplyDone done) {
    Message message = ApplyCommand{.intents = std::move(intents),
                                   .validate_only = validate_only,
                                   .done = std::move(done),
                                   .received = clock_.Now()};
    if (!inbox_.Post(std::move(message))) {
      std::get<ApplyCommand>(message).done(Stopped(), revision());
    }
  }

  void Delete(std::vector<policy::PolicyKey> keys, DeleteDone done) {
    Message message = DeleteCommand{.keys = std::move(keys), .done = std::move(done)};
    if (!inbox_.Post(std::move(message))) {
      std::get<DeleteCommand>(message).done(Stopped(), 0, revision());
    }
  }

  const WatchHub& hub() const { return hub_; }
  uint64_t revision() const { return hub_.revision(); }

  PolicyEngineCounters counters() const {
    PolicyEngineCounters counters;
    hub_.Count(counters);
    counters.recompute_queue_depth = reactor_.queue_depth();
    counters.last_sweep_recomputed = reactor_.last_sweep_recomputed();
    counters.generation = reactor_.generation();
    counters.protection_switches = reactor_.protection_switches();
    counters.store_queue_depth = writer_.queue_depth();
    const absl::Status health = writer_.health();
    counters.store_healthy = health.ok();
    counters.store_error = std::string(health.message());
    return counters;
  }

  uint64_t Watch(uint64_t from_revision, Watcher watcher) {
    const uint64_t id = ++last_watch_;
    hub_.Expect(id);
    inbox_.Post(WatchCommand{id, from_revision, std::move(watcher)});
    return id;
  }
  void Unwatch(uint64_t watch_id) { hub_.Detach(watch_id); }

  bool WaitIdle(Duration timeout) {
    return inbox_.WaitIdle(timeout, [this] { return writer_.idle(); });
  }
  void Wake() {
    writer_.RetryNow();
    inbox_.Wake();
  }

  std::map<std::string, bool> sessions() const {
    const std::lock_guard<std::mutex> lock(sessions_mutex_);
    return sessions_;
  }

  void OnSession(const std::string& headend, bool up) override {
    {
      const std::lock_guard<std::mutex> lock(sessions_mutex_);
      sessions_[headend] = up;
    }
    inbox_.Post(SessionNote{headend, up});
  }
  void OnResult(const policy::PolicyKey& key, uint64_t fingerprint, bool removed,
                const absl::Status& result) override {
    inbox_.Post(ResultNote{key, fingerprint, removed, result});
  }
  // What interfaces do is topology: it comes back as a snapshot.
  void OnLinkEvent(const std::string&, const std::string&, bool, MonotonicTime) override {}

 private:
  static absl::Status Stopped() { return absl::CancelledError("policy engine: stopped"); }

  const Clock& clock_;
  plugin::Store& store_;
  const std::vector<plugin::Southbound*> southbounds_;
  const SouthboundOf southbound_of_;
  WatchHub hub_;
  Inbox inbox_;
  StoreWriter writer_;
  Reactor reactor_;
  std::atomic<uint64_t> last_watch_{0};
  mutable std::mutex sessions_mutex_;
  std::map<std::string, bool> sessions_;
  bool started_ = false;
  std::thread thread_;
};

PolicyEngine::PolicyEngine(const PolicyEngineOptions& options, const Clock& clock,
                           plugin::Store& store, std::vector<plugin::Southbound*> southbounds,
                           std::function<plugin::Southbound*(const std::string&)> southbound_of,
                           PolicyEngineObserver* observer)
    : impl_(std::make_unique<Impl>(options, clock, store, std::move(southbounds),
                                   std::move(southbound_of), observer)) {}
PolicyEngine::~PolicyEngine() = default;

absl::Status PolicyEngine::Start() { return impl_->Start(); }
void PolicyEngine::Stop() { impl_->Stop(); }
void PolicyEngine::OnTedUpdate(const TedUpdate& update) { impl_->OnTedUpdate(update); }
void PolicyEngine::Apply(std::vector<policy::PolicyIntent> intents, bool validate_only,
                         ApplyDone done) {
  impl_->Apply(std::move(intents), validate_only, std::move(done));
}
void PolicyEngine::Delete(std::vector<policy::PolicyKey> keys, DeleteDone done) {
  impl_->Delete(std::move(keys), std::move(done));
}
std::optional<policy::PolicyStatus> PolicyEngine::Get(const policy::PolicyKey& key) const {
  return impl_->hub().Get(key);
}
std::vector<policy::PolicyStatus> PolicyEngine::List() const { return impl_->hub().List(); }
std::vector<std::shared_ptr<const PolicyEvent>> PolicyEngine::Page(
    const std::optional<policy::PolicyKey>& after, const std::string& headend, size_t limit) const {
  return impl_->hub().Page(after, headend, limit);
}
uint64_t PolicyEngine::revision() const { return impl_->revision(); }
PolicyEngineCounters PolicyEngine::counters() const { return impl_->counters(); }
uint64_t PolicyEngine::Watch(uint64_t from_revision, Watcher watcher) {
  return impl_->Watch(from_revision, std::move(watcher));
}
void PolicyEngine::Unwatch(uint64_t watch_id) { impl_->Unwatch(watch_id); }
bool PolicyEngine::WaitIdle(Duration timeout) { return impl_->WaitIdle(timeout); }
void PolicyEngine::Wake() { impl_->Wake(); }
std::map<std::string, bool> PolicyEngine::sessions() const { return impl_->sessions(); }

}  // namespace srpce::pce
