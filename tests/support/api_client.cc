#include "tests/support/api_client.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/convert/topology.h"
#include "tests/support/process.h"

namespace srpce::support {
namespace {

std::chrono::system_clock::time_point Deadline() {
  return std::chrono::system_clock::now() + Process::kPatience;
}

v1::TopologyUpdate ToUpdate(const plugin::Statement& statement) {
  v1::TopologyUpdate update;
  convert::ToProto(statement, &update);
  return update;
}

}  // namespace

std::unique_ptr<grpc::ClientContext> MakeContext() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(Deadline());
  return context;
}

std::vector<v1::TopologyUpdate> UpdatesOf(const topology::Ted& ted) {
  std::vector<v1::TopologyUpdate> updates;
  for (uint32_t i = 0; i < ted.node_bound(); ++i) {
    if (!ted.HasNode(topology::NodeIndex(i))) {
      continue;
    }
    const topology::Node& node = ted.node(topology::NodeIndex(i));
    updates.push_back(
        ToUpdate(plugin::NodeStatement{.id = node.id, .attributes = node.attributes}));
    for (const topology::Prefix& prefix : node.prefixes) {
      updates.push_back(ToUpdate(plugin::PrefixStatement{
          .node_id = node.id, .prefix = prefix.prefix, .attributes = prefix.attributes}));
    }
  }
  for (uint32_t i = 0; i < ted.link_bound(); ++i) {
    if (ted.HasLink(topology::LinkIndex(i))) {
      const topology::Link& link = ted.link(topology::LinkIndex(i));
      updates.push_back(
          ToUpdate(plugin::LinkStatement{.key = link.key, .attributes = link.attributes}));
    }
  }
  return updates;
}

v1::TopologyUpdate LinkStateUpdate(const topology::LinkKey& key, bool up) {
  topology::LinkAttributes attributes;
  attributes.up = up;
  return ToUpdate(plugin::LinkStatement{.key = key, .attributes = attributes, .patch = true});
}

IngestClient::IngestClient(const std::shared_ptr<grpc::Channel>& channel)
    : stub_(v1::TopologyIngest::NewStub(channel)) {
  context_.set_deadline(Deadline());
  stream_ = stub_->Publish(&context_);
}

IngestClient::~IngestClient() {
  if (!finished_) {
    Cancel();
    (void)Finish();
  }
}

bool IngestClient::Write(v1::TopologyUpdate update) {
  if (update.sequence() == 0) {
    update.set_sequence(++sequence_);
  }
  return stream_->Write(update);
}

std::optional<v1::IngestAck> IngestClient::ReadAck() {
  v1::IngestAck ack;
  return stream_->Read(&ack) ? std::make_optional(std::move(ack)) : std::nullopt;
}

std::optional<v1::IngestAck> IngestClient::Send(v1::TopologyUpdate update) {
  return Write(std::move(update)) ? ReadAck() : std::nullopt;
}

std::optional<v1::IngestAck> IngestClient::Hello(const std::string& name, uint32_t precedence,
                                                 uint32_t hold_time_seconds) {
  v1::TopologyUpdate update;
  update.mutable_hello()->set_name(name);
  update.mutable_hello()->set_precedence(precedence);
  update.mutable_hello()->set_hold_time_seconds(hold_time_seconds);
  return Send(std::move(update));
}

std::optional<v1::IngestAck> IngestClient::Sync(const topology::Ted& ted) {
  std::vector<v1::TopologyUpdate> updates = UpdatesOf(ted);
  updates.insert(updates.begin(), ToUpdate(plugin::SyncBegin{}));
  updates.push_back(ToUpdate(plugin::SyncEnd{}));
  std::optional<v1::IngestAck> ack;
  for (v1::TopologyUpdate& update : updates) {
    ack = Send(std::move(update));
    if (!ack || !ack->error().empty()) {
      return ack;
    }
  }
  return ack;
}

grpc::Status IngestClient::Finish() {
  finished_ = true;
  stream_->WritesDone();
  while (ReadAck()) {
  }
  return stream_->Finish();
}

WatchClient::WatchClient(const std::shared_ptr<grpc::Channel>& channel, uint64_t from_revision)
    : stub_(v1::PolicyService::NewStub(channel)) {
  context_.set_deadline(Deadline());
  v1::WatchPoliciesRequest request;
  request.set_from_revision(from_revision);
  stream_ = stub_->WatchPolicies(&context_, request);
}

WatchClient::~WatchClient() {
  if (!finished_) {
    Cancel();
    (void)Finish();
  }
}

std::optional<v1::WatchPoliciesResponse> WatchClient::Read() {
  v1::WatchPoliciesResponse response;
  if (!stream_->Read(&response)) {
    return std::nullopt;
  }
  for (const v1::PolicyEvent& event : response.events()) {
    revision_ = std::max(revision_, event.revision());
  }
  return response;
}

std::optional<v1::PolicyStatus> WatchClient::Await(const Condition& reached) {
  while (true) {
    while (!pending_.empty()) {
      const v1::PolicyEvent event = std::move(pending_.front());
      pending_.erase(pending_.begin());
      if (!event.removed() && reached(event.status())) {
        return event.status();
      }
    }
    const auto response = Read();
    if (!response) {
      return std::nullopt;
    }
    pending_.assign(response->events().begin(), response->events().end());
  }
}

bool WatchClient::AwaitSynced() {
  while (const auto response = Read()) {
    pending_.insert(pending_.end(), response->events().begin(), response->events().end());
    if (response->synced()) {
      return true;
    }
  }
  return false;
}

grpc::Status WatchClient::Finish() {
  finished_ = true;
  v1::WatchPoliciesResponse ignored;
  while (stream_->Read(&ignored)) {
  }
  return stream_->Finish();
}

v1::Policy DynamicPolicy(const std::string& headend, uint32_t color, const std::string& endpoint,
                         const v1::PathConstraints& constraints) {
  v1::Policy policy;
  policy.mutable_key()->set_headend(headend);
  policy.mutable_key()->set_color(color);
  policy.mutable_key()->set_endpoint(endpoint);
  policy.set_name(absl::StrCat(headend, "-", color, "-", endpoint));
  *policy.add_candidate_paths()->mutable_dynamic() = constraints;
  return policy;
}

std::string PathText(const v1::PolicyStatus& status) {
  std::string text;
  for (const std::string& node : status.active().nodes()) {
    absl::StrAppend(&text, text.empty() ? "" : " ", node);
  }
  return text;
}

std::string PathText(const std::string& headend, const v1::Path& path) {
  std::string text = headend;
  for (const v1::Hop& hop : path.hops()) {
    absl::StrAppend(&text, " ", hop.link().remote_node());
  }
  return text;
}

}  // namespace srpce::support
