#include "tests/unit/pce/lab.h"

#include <gtest/gtest.h>

#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/build_ted.h"

namespace srpce::pce {
namespace {

constexpr std::chrono::seconds kPatience{120};  // Real time; only a hanging engine uses it up.

std::string Text(const std::vector<policy::WeightedList>& lists) {
  return absl::StrJoin(lists, " | ", [](std::string* out, const policy::WeightedList& list) {
    absl::StrAppend(out, segments::ToString(list.list));
  });
}

}  // namespace

void FakeSouthbound::Start(plugin::SouthboundListener* listener,
                           std::vector<plugin::RestoredPolicy> restored) {
  const std::lock_guard<std::mutex> lock(mutex_);
  listener_ = listener;
  for (plugin::RestoredPolicy& policy : restored) {
    if (policy.config && !held_.contains(policy.key)) {
      held_[policy.key] = *std::move(policy.config);
    }
  }
}

bool FakeSouthbound::Install(const plugin::PolicyConfig& config) {
  if (on_install) {
    on_install();
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto before = held_.find(config.key);
  if (before == held_.end() || before->second.Fingerprint() != config.Fingerprint()) {
    log_.push_back(absl::StrCat("install ", ToString(config.key), " ", Text(config.lists)));
  }
  held_[config.key] = config;
  if (has_session && acknowledge) {
    listener_->OnResult(config.key, config.Fingerprint(), /*removed=*/false, answer);
  }
  return has_session;
}

bool FakeSouthbound::Remove(const policy::PolicyKey& key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  held_.erase(key);
  log_.push_back(absl::StrCat("remove ", ToString(key)));
  if (has_session && acknowledge) {
    listener_->OnResult(key, 0, /*removed=*/true, removal_answer);
  }
  return has_session;
}

std::vector<std::string> FakeSouthbound::TakeLog() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(log_, {});
}

std::optional<plugin::PolicyConfig> FakeSouthbound::held(const policy::PolicyKey& key) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = held_.find(key);
  return it == held_.end() ? std::nullopt : std::optional(it->second);
}

absl::StatusOr<plugin::StoreState> FakeStore::Load() {
  const std::lock_guard<std::mutex> lock(mutex_);
  plugin::StoreState state;
  state.revision = revision_;
  for (const auto& [key, stored] : policies_) {
    state.policies.push_back(stored);
    if (auto& installed = state.policies.back().installed) {
      for (policy::WeightedList& list : installed->lists) {
        list.list.segments.clear();  // As a real store: annotations are not kept.
      }
    }
  }
  return state;
}

absl::Status FakeStore::Commit(const plugin::StoreBatch& batch) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!failure_.ok()) {
    return failure_;
  }
  ++commits_;
  for (const policy::PolicyIntent& intent : batch.put_intents) {
    policies_[intent.key].intent = intent;
  }
  for (const plugin::PolicyConfig& config : batch.put_installed) {
    if (const auto it = policies_.find(config.key); it != policies_.end()) {
      it->second.installed = config;
    }
  }
  for (const policy::PolicyKey& key : batch.clear_installed) {
    if (const auto it = policies_.find(key); it != policies_.end()) {
      it->second.installed.reset();
    }
  }
  for (const policy::PolicyKey& key : batch.remove) {
    policies_.erase(key);
  }
  revision_ = std::max(revision_, batch.revision);
  return absl::OkStatus();
}

void FakeStore::Fail(absl::Status status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  failure_ = std::move(status);
}

size_t FakeStore::commits() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return commits_;
}

std::map<policy::PolicyKey, plugin::StoredPolicy> FakeStore::policies() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return policies_;
}

void FakeObserver::OnComputation(topology::MetricType, const char*, const char*, Duration) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++computations_;
}
void FakeObserver::OnEventToPush(const std::string& trigger, Duration) {
  const std::lock_guard<std::mutex> lock(mutex_);
  triggers_.push_back(trigger);
}
void FakeObserver::OnPush(const std::string&, const char* result) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++pushes_[result];
}
size_t FakeObserver::computations() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return computations_;
}
std::vector<std::string> FakeObserver::triggers() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return triggers_;
}
size_t FakeObserver::pushes(const std::string& result) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = pushes_.find(result);
  return it == pushes_.end() ? 0 : it->second;
}

Lab::Lab(absl::string_view map, PolicyEngineOptions options, bool start) : options_(options) {
  source = *builder.Connect({.name = "map", .hold_time = {}}, clock.Now());
  support::AddToBuilder(map, builder, source);
  if (start) {
    Restart();
  }
}

Lab::~Lab() { StopEngine(); }

void Lab::Restart(bool learn) {
  engine_.reset();
  engine_ = std::make_unique<PolicyEngine>(
      options_, clock, store, std::vector<plugin::Southbound*>{southbound.get()},
      [this](const std::string&) { return southbound.get(); }, &observer);
  ASSERT_TRUE(engine_->Start().ok());
  if (learn) {
    topology::TedBuilder::Published published = builder.Publish();
    ted = published.ted;
    // An engine that has just started knows no generation this delta could follow.
    engine_->OnTedUpdate(
        {.ted = ted, .delta = std::move(published.delta), .event_time = clock.Now()});
  }
  Settle();
}

void Lab::Edit(const std::string& link, const Change& change, bool one_way) {
  if (ted == nullptr) {
    ted = builder.Publish().ted;
  }
  const topology::Link& forward = ted->link(support::LinkOf(*ted, link));
  std::vector<const topology::Link*> links{&forward};
  if (!one_way) {
    links.push_back(&ted->link(*forward.reverse));
  }
  for (const topology::Link* each : links) {
    topology::LinkAttributes attributes;
    change(attributes);
    ASSERT_TRUE(builder.SetLink(source, each->key, attributes, {.patch = true}, clock.Now()).ok());
  }
}

void Lab::PublishNow(bool syncing) {
  topology::TedBuilder::Published published = builder.Publish();
  ted = published.ted;
  engine_->OnTedUpdate({.ted = std::move(published.ted),
                        .delta = std::move(published.delta),
                        .event_time = clock.Now(),
                        .syncing = syncing});
}

void Lab::Publish(bool syncing) {
  PublishNow(syncing);
  Settle();
}

void Lab::LoseTopology() {
  ASSERT_TRUE(builder.BeginSync(source).ok());
  ASSERT_TRUE(builder.EndSync(source).ok());
  Publish();
}

void Lab::Switch(const std::string& link, bool up) {
  Edit(link, [up](topology::LinkAttributes& attributes) { attributes.up = up; });
}
void Lab::Cut(const std::string& link) {
  Switch(link, false);
  Publish();
}
void Lab::Mend(const std::string& link) {
  Switch(link, true);
  Publish();
}
void Lab::SetDelay(const std::string& link, int64_t us, bool one_way) {
  Edit(
      link,
      [us](topology::LinkAttributes& attributes) {
        attributes.delay = Microseconds(us);
        attributes.min_delay = Microseconds(us);
      },
      one_way);
  Publish();
}
void Lab::SetIgp(const std::string& link, uint32_t metric, bool one_way) {
  Edit(
      link, [metric](topology::LinkAttributes& attributes) { attributes.igp_metric = metric; },
      one_way);
  Publish();
}

absl::Status Lab::Apply(std::vector<policy::PolicyIntent> intents, bool validate_only) {
  std::promise<absl::Status> answer;
  engine_->Apply(std::move(intents), validate_only,
                 [&](const absl::Status& status, uint64_t) { answer.set_value(status); });
  const absl::Status status = answer.get_future().get();
  Settle();
  return status;
}

size_t Lab::Delete(std::vector<policy::PolicyKey> keys) {
  std::promise<size_t> answer;
  engine_->Delete(std::move(keys), [&](const absl::Status&, size_t deleted, uint64_t) {
    answer.set_value(deleted);
  });
  const size_t deleted = answer.get_future().get();
  Settle();
  return deleted;
}

void Lab::Advance(Duration by) {
  clock.Advance(by);
  Settle();
}

void Lab::Settle() {
  engine_->Wake();
  ASSERT_TRUE(engine_->WaitIdle(kPatience)) << "the engine does not come to rest";
}

policy::PolicyStatus Lab::Status(const policy::PolicyKey& key) {
  const auto status = engine_->Get(key);
  EXPECT_TRUE(status.has_value()) << ToString(key);
  return status.value_or(policy::PolicyStatus());
}

std::string Lab::Lists(const policy::PolicyKey& key) {
  const policy::PolicyStatus status = Status(key);
  return status.active ? Text(status.active->lists) : "-";
}

std::string Lab::Nodes(const policy::PolicyKey& key) {
  const policy::PolicyStatus status = Status(key);
  return status.active ? absl::StrJoin(status.active->nodes, " ") : "-";
}

policy::PolicyIntent Dynamic(const std::string& headend, uint32_t color,
                             const std::string& endpoint, policy::PathIntent bounds) {
  policy::PolicyIntent intent;
  intent.key = {.headend = headend, .color = color, .endpoint = endpoint};
  intent.candidate_paths.emplace_back();
  intent.candidate_paths.back().definition = std::move(bounds);
  return intent;
}

policy::PathIntent ByDelay() {
  policy::PathIntent bounds;
  bounds.objective = topology::MetricType::kDelay;
  return bounds;
}

policy::PolicyIntent Member(const std::string& headend, uint32_t color, const std::string& endpoint,
                            cspf::Disjointness disjointness, policy::PathIntent bounds) {
  policy::PolicyIntent intent = Dynamic(headend, color, endpoint, std::move(bounds));
  intent.disjoint = {.group = "g", .disjointness = disjointness};
  return intent;
}

}  // namespace srpce::pce
