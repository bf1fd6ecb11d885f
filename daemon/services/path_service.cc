#include "daemon/services/path_service.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <optional>
#include <string>
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
#include "lib/segments/inspect.h"
#include "lib/segments/nearest.h"
#include "lib/segments/weighted.h"
#include "proto/convert/explanation.h"
#include "proto/convert/path.h"
#include "srpce/v1/path.grpc.pb.h"

namespace srpce::services {
namespace {

constexpr char kComputePath[] = "PathComputation/ComputePath";
constexpr char kComputePathSet[] = "PathComputation/ComputePathSet";
// More members cannot be branched over in any useful time.
constexpr int kMaxMembers = 16;

using SteadyClock = std::chrono::steady_clock;

struct Question {
  std::vector<segments::SegmentQuery> queries{};  // One for each router that may be the endpoint.
  BytesPerSecond demand{};                        // Of a split.
  uint32_t max_lists = 1;                         // Over 1: a split.
  bool explain = false;
  bool name_endpoint = false;  // The request leaves open which router it is.

  bool is_split() const { return max_lists > 1; }
};

absl::StatusOr<Question> ToQuestion(const topology::Ted& ted, const v1::PathRequest& request) {
  SRPCE_ASSIGN_OR_RETURN(const policy::PathIntent intent,
                         convert::FromProto(request.constraints()));
  if (intent.may_split() && request.explain()) {
    return absl::InvalidArgumentError(
        "explain: got it with max_segment_lists, want one of the two: what limits a split is in "
        "its "
        "refusal");
  }
  std::vector<std::string> endpoints(request.endpoints().begin(), request.endpoints().end());
  if (!request.endpoint().empty() || endpoints.empty()) {
    endpoints.insert(endpoints.begin(), request.endpoint());
  }
  Question question{.demand = intent.min_bandwidth, .max_lists = intent.max_lists};
  SRPCE_ASSIGN_OR_RETURN(
      question.queries,
      pce::ResolveAll(ted, request.headend(), endpoints, intent, pce::UnknownExclusions::kRefused));
  question.explain = request.explain();
  question.name_endpoint = !request.endpoints().empty() || !ted.FindNode(request.endpoint());
  return question;
}

// Of a member of a set: it has one endpoint.
absl::StatusOr<segments::SegmentQuery> ToQuery(const topology::Ted& ted,
                                               const v1::PathRequest& request) {
  if (request.endpoints_size() > 0) {
    return absl::InvalidArgumentError("endpoints: a member of a set has one endpoint");
  }
  if (request.explain()) {
    return absl::InvalidArgumentError("explain: members of a set are not explained");
  }
  if (request.constraints().max_segment_lists() > 1) {
    return absl::InvalidArgumentError("max_segment_lists: members of a set take one list each");
  }
  if (request.constraints().allow_ecmp()) {
    return absl::InvalidArgumentError("allow_ecmp: members of a set take one way each");
  }
  SRPCE_ASSIGN_OR_RETURN(const policy::PathIntent intent,
                         convert::FromProto(request.constraints()));
  return pce::Resolve(ted, request.headend(), request.endpoint(), intent,
                      pce::UnknownExclusions::kRefused);
}

absl::string_view ReasonOf(const absl::Status& status) {
  if (absl::IsInternal(status)) return kReasonInternal;
  return absl::IsNotFound(status) ? kReasonUnknownNode : kReasonInvalidArgument;
}

bool RanOut(const segments::SegmentResult& result) {
  const auto* failure = std::get_if<cspf::NoPath>(&result);
  return failure != nullptr ? failure->reason == cspf::Reason::kBudgetExhausted
                            : std::get<segments::SegmentRoute>(result).ran_out;
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
    auto question = ToQuestion(*ted, *request);
    if (!question.ok()) {
      Finish(reactor, kComputePath, ToGrpcStatus(question.status(), ReasonOf(question.status())));
      return reactor;
    }
    // Several endpoints, splits and explanations take many searches.
    if (!question->explain && !question->is_split() && question->queries.size() == 1) {
      const bool last_try = options_.inline_labels >= options_.max_labels;
      const auto answered = Answer(*ted, *question, {options_.inline_labels}, last_try, response);
      if (!answered.ok() || *answered) {
        Finish(reactor, kComputePath, ToGrpcStatus(answered.status(), ReasonOf(answered.status())));
        return reactor;
      }
    }
    // A hard one. The thread it came on goes back to serving the others.
    const bool queued =
        pool_.TrySubmit([this, context, reactor, response, ted, question = *std::move(question)] {
          absl::Status status;
          if (!context->IsCancelled()) {
            const cspf::Budget budget{options_.max_labels};
            status = question.is_split()
                         ? AnswerSplit(*ted, question, budget, response)
                         : Answer(*ted, question, budget, /*last_try=*/true, response).status();
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
  absl::StatusOr<bool> Answer(const topology::Ted& ted, const Question& question,
                              const cspf::Budget& budget, bool last_try,
                              v1::PathResponse* response) {
    const SteadyClock::time_point begin = SteadyClock::now();
    auto workspace = workspaces_.Take();
    std::optional<segments::EndpointRoute> runner_up;
    SRPCE_ASSIGN_OR_RETURN(const segments::SegmentResult result,
                           Compute(ted, question.queries, budget, *workspace, runner_up));
    const Duration took = SteadyClock::now() - begin;
    const auto* failure = std::get_if<cspf::NoPath>(&result);
    if (!last_try && RanOut(result)) {
      return false;
    }
    const segments::SegmentQuery& query = AnsweredBy(question.queries, result);
    Count(query, failure, took);
    if (failure != nullptr) {
      convert::ToProto(ted, *failure, response->mutable_no_path());
    } else {
      convert::ToProto(ted, std::get<segments::SegmentRoute>(result), response->mutable_path());
    }
    if (question.name_endpoint && failure == nullptr) {
      response->set_endpoint(ted.node(query.path.target).id);
    }
    if (runner_up) {
      response->mutable_runner_up()->set_endpoint(ted.node(runner_up->endpoint).id);
      convert::ToProto(ted, runner_up->route, response->mutable_runner_up()->mutable_path());
    }
    // A refusal for several endpoints names each; there is not one query to inspect.
    if (question.explain && (failure == nullptr || question.queries.size() == 1)) {
      SRPCE_ASSIGN_OR_RETURN(const segments::RouteInsight insight,
                             segments::InspectRoute(ted, query, result, *workspace, budget));
      convert::ToProto(ted, query.path, insight, response->mutable_explanation());
    }
    response->set_generation(ted.generation());
    response->set_computation_us(std::chrono::duration<double, std::micro>(took).count());
    return true;
  }

  absl::Status AnswerSplit(const topology::Ted& ted, const Question& question,
                           const cspf::Budget& budget, v1::PathResponse* response) {
    const SteadyClock::time_point begin = SteadyClock::now();
    auto workspace = workspaces_.Take();
    SRPCE_ASSIGN_OR_RETURN(
        const segments::NearestWeightedResult result,
        segments::ComputeNearestWeighted(ted, question.queries, question.demand, question.max_lists,
                                         *workspace, budget));
    const Duration took = SteadyClock::now() - begin;
    const auto* failure = std::get_if<cspf::NoPath>(&result);
    Count(question.queries.front(), failure, took);
    if (failure != nullptr) {
      convert::ToProto(ted, *failure, response->mutable_no_path());
    } else {
      const auto& split = std::get<segments::NearestWeighted>(result);
      convert::ToProto(ted, split.routes, question.demand, response->mutable_split());
      if (question.name_endpoint) response->set_endpoint(ted.node(split.endpoint).id);
    }
    response->set_generation(ted.generation());
    response->set_computation_us(std::chrono::duration<double, std::micro>(took).count());
    return absl::OkStatus();
  }

  // The route to the nearest endpoint, and to the one after it.
  static absl::StatusOr<segments::SegmentResult> Compute(
      const topology::Ted& ted, const std::vector<segments::SegmentQuery>& queries,
      const cspf::Budget& budget, cspf::Workspace& workspace,
      std::optional<segments::EndpointRoute>& runner_up) {
    if (queries.size() == 1) {
      return segments::ComputeRoute(ted, queries.front(), workspace, budget);
    }
    SRPCE_ASSIGN_OR_RETURN(segments::NearestResult result,
                           segments::ComputeNearest(ted, queries, workspace, budget));
    if (auto* none = std::get_if<cspf::NoPath>(&result)) return std::move(*none);
    auto& nearest = std::get<segments::NearestRoute>(result);
    runner_up = std::move(nearest.runner_up);
    return std::move(nearest.nearest.route);
  }

  // The query for the endpoint taken; without one, the first.
  static const segments::SegmentQuery& AnsweredBy(
      const std::vector<segments::SegmentQuery>& queries, const segments::SegmentResult& result) {
    const auto* route = std::get_if<segments::SegmentRoute>(&result);
    for (const segments::SegmentQuery& query : queries) {
      if (route != nullptr && route->expansion.ends.front() == query.path.target) return query;
    }
    return queries.front();
  }

  absl::StatusOr<segments::DisjointSegmentQuery> ToSetQuery(
      const topology::Ted& ted, const v1::PathSetRequest& request) const {
    if (request.members_size() < 2 || request.members_size() > kMaxMembers) {
      return absl::InvalidArgumentError(
          absl::StrCat("members: got ", request.members_size(), ", want 2 to ", kMaxMembers));
    }
    SRPCE_ASSIGN_OR_RETURN(cspf::DisjointTerms terms, convert::FromProto(request));
    segments::DisjointSegmentQuery query;
    static_cast<cspf::DisjointTerms&>(query) = std::move(terms);
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
      return segments::ComputeRouteSet(ted, query, *workspace, {options_.max_labels});
    }();
    SRPCE_RETURN_IF_ERROR(computed.status());
    const segments::RouteSetResult& result = *computed;
    const Duration took = SteadyClock::now() - begin;
    const auto* failure = std::get_if<cspf::NoPath>(&result);
    Count(query.members.front(), failure, took);
    if (failure != nullptr) {
      convert::ToProto(ted, *failure, response->mutable_no_path());
    } else {
      convert::ToProto(ted, std::get<segments::RouteSet>(result), response);
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
