#include "daemon/services/topology_service.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "daemon/services/rpc_status.h"
#include "daemon/services/stream_set.h"
#include "lib/base/status_macros.h"
#include "proto/convert/source_report.h"
#include "proto/convert/topology.h"
#include "srpce/v1/topology.grpc.pb.h"

namespace srpce::services {
namespace {

constexpr char kGetTopology[] = "TopologyService/GetTopology";
constexpr char kGetSources[] = "TopologyService/GetSources";
// Elements of one message: converted on a thread of gRPC, so not many at a time.
constexpr int kElementsPerPart = 200;
// Clients accept 4 MiB by default; a page ends well before, unless it is one source.
constexpr size_t kMaxPageBytes = 2 << 20;

double SecondsBetween(MonotonicTime from, MonotonicTime to) {
  return std::chrono::duration<double>(to - from).count();
}

void FillSource(const topology::SourceStatus& from, MonotonicTime now, v1::TopologySource* to) {
  to->set_name(from.options.name);
  to->set_precedence(from.options.precedence);
  to->set_connected(from.connected);
  to->set_in_sync(from.in_sync);
  to->set_nodes(from.nodes);
  to->set_links(from.links);
  to->set_prefixes(from.prefixes);
  if (from.last_update) {
    to->set_seconds_since_update(SecondsBetween(*from.last_update, now));
  }
}

// Returns the sources a request asks for that come after its page token, by name.
absl::StatusOr<std::vector<topology::SourceStatus>> Wanted(
    const v1::GetSourcesRequest& request, std::vector<topology::SourceStatus> sources) {
  const auto name = [](const topology::SourceStatus& source) { return source.options.name; };
  for (const std::string& wanted : request.names()) {
    if (std::ranges::find(sources, wanted, name) == sources.end()) {
      return absl::NotFoundError(absl::StrCat("names: unknown source '", wanted, "'"));
    }
  }
  std::erase_if(sources, [&](const topology::SourceStatus& source) {
    const bool asked = request.names().empty() ||
                       std::ranges::find(request.names(), name(source)) != request.names().end();
    return !asked || name(source) <= request.page_token();
  });
  std::ranges::sort(sources, {}, name);
  return sources;
}

class Reader;
using Readers = StreamSet<Reader>;

// Streams one snapshot. The whole or, with a filter, the indexes found beforehand. A write is under
// way whenever none of the calls below runs, so a client that cancels is noticed by its failure.
class Reader final : public grpc::ServerWriteReactor<v1::Topology> {
 public:
  Reader(topology::TedPtr ted, bool filtered, Readers& readers, metrics::Metrics& metrics)
      : ted_(std::move(ted)), filtered_(filtered), readers_(readers), metrics_(metrics) {}

  void Start(const v1::GetTopologyRequest& request,
             const std::vector<topology::SourceStatus>& sources, MonotonicTime now) {
    const Readers::Admission admission = readers_.Add(this);
    if (admission == Readers::Admission::kDraining) {
      EndDraining();
      return;
    }
    if (admission == Readers::Admission::kFull) {
      End(ToGrpcStatus(absl::ResourceExhaustedError(absl::StrCat(
                           readers_.limit(), " reads are open, the configured limit; try again")),
                       kReasonTooManyStreams));
      return;
    }
    if (const absl::Status status = Select(request); !status.ok()) {
      End(ToGrpcStatus(status, kReasonUnknownNode));
      return;
    }
    for (const topology::SourceStatus& source : sources) {
      FillSource(source, now, part_.add_sources());
    }
    WritePart();
  }

  // Heard when the write that is under way is done.
  void BeginDrain() { draining_ = true; }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      End(grpc::Status::CANCELLED);
    } else if (draining_) {
      EndDraining();
    } else if (Finished()) {
      End(grpc::Status::OK);
    } else {
      part_.Clear();
      WritePart();
    }
  }
  void OnDone() override { delete this; }

 private:
  absl::Status Select(const v1::GetTopologyRequest& request) {
    for (const std::string& name : request.nodes()) {
      const auto node = ted_->FindNode(name);
      if (!node) {
        return absl::NotFoundError(absl::StrCat("nodes: unknown node '", name, "'"));
      }
      nodes_.push_back(*node);
    }
    std::sort(nodes_.begin(), nodes_.end());
    nodes_.erase(std::unique(nodes_.begin(), nodes_.end()), nodes_.end());
    for (const topology::NodeIndex node : nodes_) {
      for (const graph::Arc& arc : ted_->graph().out(node.value())) {
        links_.push_back(topology::LinkIndex(arc.id));
      }
    }
    return absl::OkStatus();
  }

  size_t node_bound() const { return filtered_ ? nodes_.size() : ted_->node_bound(); }
  size_t link_bound() const { return filtered_ ? links_.size() : ted_->link_bound(); }
  topology::NodeIndex NodeAt(size_t i) const {
    return filtered_ ? nodes_[i] : topology::NodeIndex(static_cast<uint32_t>(i));
  }
  topology::LinkIndex LinkAt(size_t i) const {
    return filtered_ ? links_[i] : topology::LinkIndex(static_cast<uint32_t>(i));
  }
  bool Finished() const { return next_node_ >= node_bound() && next_link_ >= link_bound(); }

  void WritePart() {
    part_.set_generation(ted_->generation());
    int room = kElementsPerPart;
    for (; next_node_ < node_bound() && room > 0; ++next_node_) {
      if (ted_->HasNode(NodeAt(next_node_))) {
        convert::ToProto(ted_->node(NodeAt(next_node_)), part_.add_nodes());
        --room;
      }
    }
    for (; next_link_ < link_bound() && room > 0; ++next_link_) {
      if (ted_->HasLink(LinkAt(next_link_))) {
        convert::ToProto(*ted_, ted_->link(LinkAt(next_link_)), part_.add_links());
        --room;
      }
    }
    StartWrite(&part_);
  }

  void EndDraining() {
    End(ToGrpcStatus(absl::UnavailableError("the daemon stops"), kReasonShuttingDown));
  }

  void End(grpc::Status status) {
    // Not in OnDone: who has heard of the end may begin the next read before that comes.
    readers_.Remove(this);
    metrics_.OnRpc(kGetTopology, status.error_code());
    Finish(std::move(status));
  }

  const topology::TedPtr ted_;
  const bool filtered_;
  Readers& readers_;
  metrics::Metrics& metrics_;
  std::atomic<bool> draining_{false};
  std::vector<topology::NodeIndex> nodes_;
  std::vector<topology::LinkIndex> links_;
  size_t next_node_ = 0;
  size_t next_link_ = 0;
  v1::Topology part_;
};

}  // namespace

class TopologyService::Impl final : public v1::TopologyService::CallbackService {
 public:
  Impl(size_t max_reads, const pce::TopologyWriter& writer, const SourceReports& reports,
       const Clock& clock, metrics::Metrics& metrics)
      : writer_(writer), reports_(reports), clock_(clock), metrics_(metrics), readers_(max_reads) {}

  grpc::ServerWriteReactor<v1::Topology>* GetTopology(
      grpc::CallbackServerContext* /*context*/, const v1::GetTopologyRequest* request) override {
    auto* reader = new Reader(writer_.ted(), request->nodes_size() > 0, readers_,
                              metrics_);  // Deletes itself when done.
    reader->Start(*request, writer_.sources(), clock_.Now());
    return reader;
  }

  grpc::ServerUnaryReactor* GetSources(grpc::CallbackServerContext* context,
                                       const v1::GetSourcesRequest* request,
                                       v1::GetSourcesResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const grpc::Status status = ToGrpcStatus(FillPage(*request, *response), kReasonUnknownSource);
    metrics_.OnRpc(kGetSources, status.error_code());
    reactor->Finish(status);
    return reactor;
  }
  Readers& readers() { return readers_; }

 private:
  absl::Status FillPage(const v1::GetSourcesRequest& request,
                        v1::GetSourcesResponse& response) const {
    SRPCE_ASSIGN_OR_RETURN(const auto sources, Wanted(request, writer_.sources()));
    size_t bytes = 0;
    for (const topology::SourceStatus& source : sources) {
      v1::TopologySource* added = response.add_sources();
      FillSource(source, clock_.Now(), added);
      if (const SourceReports::Latest latest = reports_.Of(source.options.name); latest.report) {
        convert::ToProto(*latest.report, added->mutable_report());
        added->set_seconds_since_report(SecondsBetween(latest.received, clock_.Now()));
      }
      bytes += added->ByteSizeLong();
      if (bytes > kMaxPageBytes && response.sources_size() > 1) {
        response.mutable_sources()->RemoveLast();
        response.set_next_page_token(response.sources().rbegin()->name());
        break;
      }
    }
    return absl::OkStatus();
  }

  const pce::TopologyWriter& writer_;
  const SourceReports& reports_;
  const Clock& clock_;
  metrics::Metrics& metrics_;
  Readers readers_;
};

TopologyService::TopologyService(size_t max_reads, const pce::TopologyWriter& writer,
                                 const SourceReports& reports, const Clock& clock,
                                 metrics::Metrics& metrics)
    : impl_(std::make_unique<Impl>(max_reads, writer, reports, clock, metrics)) {}
TopologyService::~TopologyService() = default;
grpc::Service* TopologyService::service() { return impl_.get(); }
size_t TopologyService::reads() const { return impl_->readers().size(); }
void TopologyService::Drain() { impl_->readers().Drain(); }

}  // namespace srpce::services
