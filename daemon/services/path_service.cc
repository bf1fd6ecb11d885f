#include "daemon/services/path_service.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "daemon/services/arena_messages.h"
#include "daemon/services/rpc_status.h"
#include "daemon/services/workspace_pool.h"
#include "lib/base/status_macros.h"
#include "lib/pce/resolve.h"
#include "lib/segments/compute.h"
#include "proto/convert/path.h"
#include "srpce/v1/path.grpc.pb.h"

namespace srpce::services {
namespace {

constexpr char kComputePath[] = "PathComputation/ComputePath";
constexpr char kComputePathSet[] = "PathComputation/ComputePathSet";
// More members cannot be branched over in any useful time.
constexpr int kMaxMembers = 16;

using SteadyClock = std::chrono::steady_clock;

absl::StatusOr<segments::SegmentQuery> ToQuery(const topology::Ted& ted,
                                               const v1::PathRequest& request) {
  SRPCE_ASSIGN_OR_RETURN(const policy::PathIntent intent,
                         convert::FromProto(request.constraints()));
  return pce::Resolve(ted, request.headend(), request.endpoint(), intent,
                      pce::UnknownExclusions::kRefused);
}

absl::string_view ReasonOf(const absl::Status& status) {
  if (absl::IsInternal(status)) return kReasonInternal;
  return absl::IsNotFound(status) ? kReasonUnknownNode : kReasonInvalidArgument;
}

bool RanOut(const cspf::NoPath& failure) {
  return failure.reason == cspf::Reason::kBudgetExhausted;
}

}  // namespace

class PathService::Impl final : public v1::PathComputation::CallbackService {
 public:
  Impl(const PathServiceOptions& options, std::function<topology::TedPtr()> ted,
       const cspf::PotentialCache* potentials, CallPool& pool, metrics::Metrics& metrics)
      : options_(options),
        ted_(std::move(ted)),
        workspaces_(potentials),
        pool_(pool),
        metrics_(metrics) {
    SetMessageAllocatorFor_ComputePath(&messages_);
  }

  grpc::ServerUnaryReactor* ComputePath(grpc::CallbackServerContext* context,
                                        const v1::PathRequest* request,
                                        v1::PathResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const topology::TedPtr ted = ted_();
    const auto query = ToQuery(*ted, *request);
    if (!query.ok()) {
      Finish(reactor, kComputePath, ToGrpcStatus(query.status(), ReasonOf(query.status())));
      return reactor;
    }
    const bool last_try = options_.inline_labels >= options_.max_labels;
    const auto answered = Answer(*ted, *query, {options_.inline_labels}, last_try, response);
    if (!answered.ok() || *answered) {
      Finish(reactor, kComputePath, ToGrpcStatus(answered.status(), ReasonOf(answered.status())));
      return reactor;
    }
    // A hard one. The thread it came on goes back to serving the others.
    const bool queued = pool_.TrySubmit([this, context, reactor, response, ted, query = *query] {
      absl::Status status;
      if (!context->IsCancelled()) {
        status = Answer(*ted, query, {options_.max_labels}, /*last_try=*/true, response).status();
      }
      Finish(reactor, kComputePath, ToGrpcStatus(status, ReasonOf(status)));
    });
    if (!queued) {
      Finish(reactor, kComputePath, QueueFull());
    }
    return reactor;
  }

  grpc::ServerUnaryReactor* ComputePathSet(grpc::CallbackServerContext* context,
                                           const v1::PathSetRequest* request,
                                           v1::PathSetResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const bool queued = pool_.TrySubmit([this, context, reactor, request, response] {
      if (context->IsCancelled()) {
        Finish(reactor, kComputePathSet, grpc::Status::CANCELLED);
        return;
      }
      const absl::Status status = AnswerSet(*ted_(), *request, response);
      Finish(reactor, kComputePathSet, ToGrpcStatus(status, ReasonOf(status)));
    });
    if (!queued) {
      Finish(reactor, kComputePathSet, QueueFull());
    }
    return reactor;
  }

 private:
  void Finish(grpc::ServerUnaryReactor* reactor, const char* method, grpc::Status status) {
    metrics_.OnRpc(method, status.error_code());
    reactor->Finish(std::move(status));
  }

  grpc::Status QueueFull() const {
    return ToGrpcStatus(absl::ResourceExhaustedError(
                            absl::StrCat(pool_.queue_depth(), " computations wait; try later")),
                        kReasonComputeQueueFull);
  }

  void Count(const segments::SegmentQuery& query, const cspf::NoPath* failure, Duration took) {
    metrics_.OnComputation(query.path.objective, failure == nullptr ? "path" : "no_path",
                           failure == nullptr ? "" : cspf::ReasonName(failure->reason), took);
  }

  // Returns false, and leaves `response` alone, if the work ran out and `last_try` is false.
  absl::StatusOr<bool> Answer(const topology::Ted& ted, const segments::SegmentQuery& query,
                              const cspf::Budget& budget, bool last_try,
                              v1::PathResponse* response) {
    const SteadyClock::time_point begin = SteadyClock::now();
    const auto computed = [&] {
      auto workspace = workspaces_.Take();
      return segments::ComputeRoute(ted, query, *workspace, budget);
    }();
    SRPCE_RETURN_IF_ERROR(computed.status());
    const segments::SegmentResult& result = *computed;
    const Duration took = SteadyClock::now() - begin;
    const auto* failure = std::get_if<cspf::NoPath>(&result);
    if (failure != nullptr && !last_try && RanOut(*failure)) {
      return false;
    }
    Count(query, failure, took);
    if (failure != nullptr) {
      convert::ToProto(ted, *failure, response->mutable_no_path());
    } else {
      convert::ToProto(ted, std::get<segments::SegmentRoute>(result), response->mutable_path());
    }
    response->set_generation(ted.generation());
    response->set_computation_us(std::chrono::duration<double, std::micro>(took).count());
    return true;
  }

  absl::StatusOr<segments::DisjointSegmentQuery> ToSetQuery(
      const topology::Ted& ted, const v1::PathSetRequest& request) const {
    if (request.members_size() < 2 || request.members_size() > kMaxMembers) {
      return absl::InvalidArgumentError(
          absl::StrCat("members: got ", request.members_size(), ", want 2 to ", kMaxMembers));
    }
    segments::DisjointSegmentQuery query;
    SRPCE_ASSIGN_OR_RETURN(query.disjointness, convert::FromProto(request.disjointness()));
    for (int i = 0; i < request.members_size(); ++i) {
      auto member = ToQuery(ted, request.members(i));
      if (!member.ok()) {
        return absl::Status(member.status().code(),
                            absl::StrCat("members[", i, "]: ", member.status().message()));
      }
      query.members.push_back(*std::move(member));
    }
    return query;
  }

  absl::Status AnswerSet(const topology::Ted& ted, const v1::PathSetRequest& request,
                         v1::PathSetResponse* response) {
    SRPCE_ASSIGN_OR_RETURN(const segments::DisjointSegmentQuery query, ToSetQuery(ted, request));
    const SteadyClock::time_point begin = SteadyClock::now();
    const auto computed = [&] {
      auto workspace = workspaces_.Take();
      return segments::ComputeDisjointRoutes(ted, query, *workspace, {options_.max_labels});
    }();
    SRPCE_RETURN_IF_ERROR(computed.status());
    const segments::DisjointSegmentResult& result = *computed;
    const Duration took = SteadyClock::now() - begin;
    const auto* failure = std::get_if<cspf::NoPath>(&result);
    Count(query.members.front(), failure, took);
    if (failure != nullptr) {
      convert::ToProto(ted, *failure, response->mutable_no_path());
    } else {
      uint64_t total = 0;
      for (const segments::SegmentRoute& route :
           std::get<std::vector<segments::SegmentRoute>>(result)) {
        convert::ToProto(ted, route, response->add_paths());
        total += route.path.cost;
      }
      response->set_total_cost(total);
    }
    response->set_generation(ted.generation());
    response->set_computation_us(std::chrono::duration<double, std::micro>(took).count());
    return absl::OkStatus();
  }

  ArenaMessages<v1::PathRequest, v1::PathResponse> messages_;
  const PathServiceOptions options_;
  const std::function<topology::TedPtr()> ted_;
  WorkspacePool workspaces_;
  CallPool& pool_;
  metrics::Metrics& metrics_;
};

PathService::PathService(const PathServiceOptions& options, std::function<topology::TedPtr()> ted,
                         const cspf::PotentialCache* potentials, CallPool& pool,
                         metrics::Metrics& metrics)
    : impl_(std::make_unique<Impl>(options, std::move(ted), potentials, pool, metrics)) {}
PathService::~PathService() = default;
grpc::Service* PathService::service() { return impl_.get(); }

}  // namespace srpce::services
