#include "daemon/services/policy_service.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "daemon/services/policy_watch.h"
#include "daemon/services/rpc_status.h"
#include "proto/convert/policy.h"
#include "srpce/v1/policy.grpc.pb.h"

namespace srpce::services {
namespace {

constexpr char kApply[] = "PolicyService/ApplyPolicies";
constexpr char kDelete[] = "PolicyService/DeletePolicies";
constexpr char kGet[] = "PolicyService/GetPolicy";
constexpr char kList[] = "PolicyService/ListPolicies";

constexpr uint32_t kDefaultPage = 1000;
constexpr uint32_t kMaxPage = 1000;
// Clients accept 4 MiB by default; a page ends well before.
constexpr size_t kMaxPageBytes = 2 << 20;
// More than these are converted on a thread of the pool.
constexpr int kInlinePolicies = 16;

absl::string_view ReasonOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return kReasonInvalidArgument;
    case absl::StatusCode::kCancelled:
      return kReasonShuttingDown;
    default:
      return kReasonStoreFailed;
  }
}

absl::StatusOr<std::vector<policy::PolicyIntent>> ToIntents(
    const v1::ApplyPoliciesRequest& request) {
  std::vector<policy::PolicyIntent> intents;
  std::vector<std::string> errors;
  intents.reserve(static_cast<size_t>(request.policies_size()));
  for (int i = 0; i < request.policies_size(); ++i) {
    auto intent = convert::FromProto(request.policies(i));
    if (intent.ok()) {
      intents.push_back(*std::move(intent));
    } else {
      errors.push_back(absl::StrCat("policies[", i, "]: ", intent.status().message()));
    }
  }
  if (!errors.empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
  }
  return intents;
}

// A page token is the key of the last policy of the page before.
std::string ToToken(const policy::PolicyKey& key) {
  v1::PolicyKey proto;
  convert::ToProto(key, &proto);
  return absl::WebSafeBase64Escape(proto.SerializeAsString());
}

absl::StatusOr<std::optional<policy::PolicyKey>> FromToken(const std::string& token) {
  if (token.empty()) {
    return std::nullopt;
  }
  std::string bytes;
  v1::PolicyKey proto;
  if (!absl::WebSafeBase64Unescape(token, &bytes) || !proto.ParseFromString(bytes)) {
    return absl::InvalidArgumentError(
        absl::StrCat("page_token: got '", token, "', want one that ListPolicies gave"));
  }
  return convert::FromProto(proto);
}

}  // namespace

class PolicyService::Impl final : public v1::PolicyService::CallbackService {
 public:
  Impl(const PolicyServiceOptions& options, pce::PolicyEngine& engine,
       std::function<topology::TedPtr()> ted, CallPool& pool, metrics::Metrics& metrics)
      : options_(options),
        engine_(engine),
        ted_(ted),
        pool_(pool),
        metrics_(metrics),
        watches_(options.max_watches),
        watch_context_{engine,  std::move(ted), pool,
                       metrics, watches_,       options.watch_queue_events} {}

  grpc::ServerUnaryReactor* ApplyPolicies(grpc::CallbackServerContext* context,
                                          const v1::ApplyPoliciesRequest* request,
                                          v1::ApplyPoliciesResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const size_t bytes = request->ByteSizeLong();
    if (!Admit(reactor, kApply, bytes)) {
      return reactor;
    }
    if (request->policies_size() <= kInlinePolicies) {
      Apply(*request, bytes, response, reactor);
    } else if (!pool_.TrySubmit([this, request, bytes, response, reactor] {
                 Apply(*request, bytes, response, reactor);
               })) {
      waiting_bytes_ -= bytes;
      Finish(reactor, kApply, QueueFull(), kReasonComputeQueueFull);
    }
    return reactor;
  }

  grpc::ServerUnaryReactor* DeletePolicies(grpc::CallbackServerContext* context,
                                           const v1::DeletePoliciesRequest* request,
                                           v1::DeletePoliciesResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const size_t bytes = request->ByteSizeLong();
    if (!Admit(reactor, kDelete, bytes)) {
      return reactor;
    }
    std::vector<policy::PolicyKey> keys;
    keys.reserve(static_cast<size_t>(request->keys_size()));
    for (const v1::PolicyKey& key : request->keys()) {
      keys.push_back(convert::FromProto(key));
    }
    engine_.Delete(std::move(keys),
                   [this, bytes, response, reactor](const absl::Status& result, size_t deleted,
                                                    uint64_t revision) {
                     waiting_bytes_ -= bytes;
                     response->set_deleted(static_cast<uint32_t>(deleted));
                     response->set_revision(revision);
                     Finish(reactor, kDelete, result);
                   });
    return reactor;
  }

  grpc::ServerUnaryReactor* GetPolicy(grpc::CallbackServerContext* context,
                                      const v1::GetPolicyRequest* request,
                                      v1::PolicyStatus* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const policy::PolicyKey key = convert::FromProto(request->key());
    const auto status = engine_.Get(key);
    if (status) {
      convert::ToProto(*ted_(), *status, response);
      Finish(reactor, kGet, absl::OkStatus());
    } else {
      Finish(reactor, kGet, absl::NotFoundError(absl::StrCat("policy ", policy::ToString(key))),
             kReasonUnknownPolicy);
    }
    return reactor;
  }

  grpc::ServerUnaryReactor* ListPolicies(grpc::CallbackServerContext* context,
                                         const v1::ListPoliciesRequest* request,
                                         v1::ListPoliciesResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (!pool_.TrySubmit([this, request, response, reactor] {
          Finish(reactor, kList, List(*request, response));
        })) {
      Finish(reactor, kList, QueueFull(), kReasonComputeQueueFull);
    }
    return reactor;
  }

  grpc::ServerWriteReactor<v1::WatchPoliciesResponse>* WatchPolicies(
      grpc::CallbackServerContext* /*context*/, const v1::WatchPoliciesRequest* request) override {
    auto* watch = new PolicyWatch(watch_context_);  // Deletes itself when done.
    watch->Start(request->from_revision());
    return watch;
  }

  PolicyWatches& watches() { return watches_; }

 private:
  void Finish(grpc::ServerUnaryReactor* reactor, const char* method, const absl::Status& status,
              absl::string_view reason = "") {
    grpc::Status result = ToGrpcStatus(status, reason.empty() ? ReasonOf(status) : reason);
    metrics_.OnRpc(method, result.error_code());
    reactor->Finish(std::move(result));
  }

  absl::Status QueueFull() const {
    return absl::ResourceExhaustedError(
        absl::StrCat(pool_.queue_depth(), " calls wait; try later"));
  }

  // Counts `bytes` more that wait for the engine, until they are taken off waiting_bytes_. Returns
  // false, and has answered, if they are too many.
  bool Admit(grpc::ServerUnaryReactor* reactor, const char* method, size_t bytes) {
    const size_t before = waiting_bytes_.fetch_add(bytes);
    if (before == 0 || before + bytes <= options_.waiting_changes_bytes) {
      return true;
    }
    waiting_bytes_ -= bytes;
    Finish(reactor, method,
           absl::ResourceExhaustedError(
               absl::StrCat("changes of ", before, " bytes wait for their answer, the limit is ",
                            options_.waiting_changes_bytes, "; try again")),
           kReasonTooManyChanges);
    return false;
  }

  void Apply(const v1::ApplyPoliciesRequest& request, size_t bytes,
             v1::ApplyPoliciesResponse* response, grpc::ServerUnaryReactor* reactor) {
    auto intents = ToIntents(request);
    if (!intents.ok()) {
      waiting_bytes_ -= bytes;
      Finish(reactor, kApply, intents.status());
      return;
    }
    engine_.Apply(*std::move(intents), request.validate_only(),
                  [this, bytes, response, reactor](const absl::Status& result, uint64_t revision) {
                    waiting_bytes_ -= bytes;
                    response->set_revision(revision);
                    Finish(reactor, kApply, result);
                  });
  }

  absl::Status List(const v1::ListPoliciesRequest& request, v1::ListPoliciesResponse* response) {
    const auto after = FromToken(request.page_token());
    if (!after.ok()) {
      return after.status();
    }
    const uint32_t wanted =
        request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
    response->set_revision(engine_.revision());
    const topology::TedPtr ted = ted_();
    size_t bytes = 0;
    // One more than wanted tells whether there is a next page.
    for (const auto& policy : engine_.Page(*after, request.headend(), wanted + 1)) {
      if (static_cast<uint32_t>(response->policies_size()) >= wanted || bytes >= kMaxPageBytes) {
        const v1::PolicyKey& last =
            response->policies(response->policies_size() - 1).policy().key();
        response->set_next_page_token(ToToken(convert::FromProto(last)));
        return absl::OkStatus();
      }
      v1::PolicyStatus* to = response->add_policies();
      convert::ToProto(*ted, policy->status, to);
      bytes += to->ByteSizeLong();
    }
    return absl::OkStatus();
  }

  const PolicyServiceOptions options_;
  std::atomic<size_t> waiting_bytes_{0};
  pce::PolicyEngine& engine_;
  const std::function<topology::TedPtr()> ted_;
  CallPool& pool_;
  metrics::Metrics& metrics_;
  PolicyWatches watches_;
  const PolicyWatchContext watch_context_;
};

PolicyService::PolicyService(const PolicyServiceOptions& options, pce::PolicyEngine& engine,
                             std::function<topology::TedPtr()> ted, CallPool& pool,
                             metrics::Metrics& metrics)
    : impl_(std::make_unique<Impl>(options, engine, std::move(ted), pool, metrics)) {}
PolicyService::~PolicyService() = default;
grpc::Service* PolicyService::service() { return impl_.get(); }
size_t PolicyService::watches() const { return impl_->watches().size(); }
void PolicyService::Drain() { impl_->watches().Drain(); }

}  // namespace srpce::services
