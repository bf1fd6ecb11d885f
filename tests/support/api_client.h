// tests/support/api_client.h -- the client's side of the streams of srpce.v1, for tests that await
// what comes.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/topology/ted.h"
#include "srpce/v1/policy.grpc.pb.h"
#include "srpce/v1/topology.grpc.pb.h"

namespace srpce::support {

// Everything `ted` holds, as a source would say it between sync_begin and sync_end. Sequences are
// not set.
std::vector<v1::TopologyUpdate> UpdatesOf(const topology::Ted& ted);
// A patch of one direction: "a->b" as LinkOf of build_ted.h has it.
v1::TopologyUpdate LinkStateUpdate(const topology::LinkKey& key, bool up);

// One TopologyIngest stream. Calls wait at most the patience of a Process.
class IngestClient {
 public:
  explicit IngestClient(const std::shared_ptr<grpc::Channel>& channel);
  ~IngestClient();  // Breaks the stream if it was not finished.

  // Writes with the next sequence, unless the update has one. Returns false when the stream is
  // over.
  bool Write(v1::TopologyUpdate update);
  // The next acknowledgement; none when the stream is over.
  std::optional<v1::IngestAck> ReadAck();
  // Both.
  std::optional<v1::IngestAck> Send(v1::TopologyUpdate update);

  std::optional<v1::IngestAck> Hello(const std::string& name, uint32_t precedence = 0,
                                     uint32_t hold_time_seconds = 300);
  // A sync of all of `ted`. Returns the last acknowledgement, or the first that refuses.
  std::optional<v1::IngestAck> Sync(const topology::Ted& ted);

  // Says that nothing more comes; the status of the stream.
  grpc::Status Finish();
  // Breaks it as a lost connection would.
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<v1::TopologyIngest::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::TopologyUpdate, v1::IngestAck>> stream_;
  uint64_t sequence_ = 0;
  bool finished_ = false;
};

// One WatchPolicies stream, read into the present state of every policy.
class WatchClient {
 public:
  WatchClient(const std::shared_ptr<grpc::Channel>& channel, uint64_t from_revision = 0);
  ~WatchClient();

  // Reads until `reached` is true of a policy that changed, and returns it; none when the stream is
  // over.
  using Condition = std::function<bool(const v1::PolicyStatus& status)>;
  std::optional<v1::PolicyStatus> Await(const Condition& reached);
  // Reads until the server says that the state at the beginning is complete.
  bool AwaitSynced();
  // Reads one message.
  std::optional<v1::WatchPoliciesResponse> Read();
  uint64_t revision() const { return revision_; }
  grpc::Status Finish();
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<v1::PolicyService::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<v1::WatchPoliciesResponse>> stream_;
  std::vector<v1::PolicyEvent> pending_;  // Read and not looked at.
  uint64_t revision_ = 0;
  bool finished_ = false;
};

// Returns one dynamic policy, installed by the shortest IGP path unless `constraints` say
// otherwise.
v1::Policy DynamicPolicy(const std::string& headend, uint32_t color, const std::string& endpoint,
                         const v1::PathConstraints& constraints = {});
// "a b d": the nodes of the active path.
std::string PathText(const v1::PolicyStatus& status);
std::string PathText(const std::string& headend, const v1::Path& path);

// A context with a deadline a sanitized build on a busy machine keeps.
std::unique_ptr<grpc::ClientContext> MakeContext();

}  // namespace srpce::support
