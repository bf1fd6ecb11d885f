// daemon/srpcectl/fetch.cc
#include "daemon/srpcectl/fetch.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "daemon/srpcectl/names.h"
#include "srpce/v1/topology.grpc.pb.h"

namespace srpce::ctl {
namespace {

// The id of the node that people call `name`: its id, its name or a router id; `name` itself where
// that is not exactly one node, so that what is said of it is what was typed.
std::string NodeIdOf(const v1::Topology& topology, const std::string& name) {
  std::vector<std::string> called;
  for (const v1::TopologyNode& node : topology.nodes()) {
    if (node.id() == name) return name;
    const auto& ids = node.attributes().router_ids();
    if (node.attributes().name() == name || std::find(ids.begin(), ids.end(), name) != ids.end()) {
      called.push_back(node.id());
    }
  }
  return called.size() == 1 ? called.front() : name;
}

absl::Status ToAbsl(const grpc::Status& status, const Context& context) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      Explain(status, context.address, context.timeout_seconds));
}

}  // namespace

absl::StatusOr<v1::Topology> FetchTopology(const Context& context,
                                           const std::vector<std::string>& nodes) {
  const auto channel = context.Channel();
  const auto stub = v1::TopologyService::NewStub(channel);
  const auto call = context.CallContext();
  v1::GetTopologyRequest request;
  for (const std::string& node : nodes) {
    request.add_nodes(node);
  }
  const auto stream = stub->GetTopology(call.get(), request);
  v1::Topology all;
  v1::Topology part;
  while (stream->Read(&part)) {
    all.MergeFrom(part);
  }
  const grpc::Status status = stream->Finish();
  if (!status.ok()) {
    return ToAbsl(status, context);
  }
  return all;
}

absl::StatusOr<v1::GetSourcesResponse> FetchSources(const Context& context,
                                                    const std::vector<std::string>& names) {
  const auto channel = context.Channel();
  const auto stub = v1::TopologyService::NewStub(channel);
  v1::GetSourcesRequest request;
  request.mutable_names()->Assign(names.begin(), names.end());
  v1::GetSourcesResponse all;
  do {
    v1::GetSourcesResponse page;
    const auto call = context.CallContext();
    const grpc::Status status = stub->GetSources(call.get(), request, &page);
    if (!status.ok()) {
      return ToAbsl(status, context);
    }
    request.set_page_token(page.next_page_token());
    page.clear_next_page_token();
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  return all;
}

absl::StatusOr<v1::TopologyLink> FindLink(const v1::Topology& topology, const v1::LinkKey& named) {
  v1::LinkKey wanted = named;
  wanted.set_local_node(NodeIdOf(topology, named.local_node()));
  wanted.set_remote_node(NodeIdOf(topology, named.remote_node()));
  std::vector<const v1::TopologyLink*> found;
  for (const v1::TopologyLink& link : topology.links()) {
    if (ToText(link.key()) == ToText(wanted) &&
        (wanted.local_interface().empty() ||
         link.key().local_interface() == wanted.local_interface())) {
      found.push_back(&link);
    }
  }
  if (found.empty()) {
    return absl::NotFoundError(absl::StrCat(
        "link ", ToFullText(wanted), ": not in the topology ('srpcectl topology show links')"));
  }
  if (found.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "link ", ToText(wanted), ": got ", found.size(), " parallel links, want one of ",
        absl::StrJoin(found, ", ", [](std::string* out, const v1::TopologyLink* l) {
          *out += ToFullText(l->key());
        })));
  }
  return *found[0];
}

absl::StatusOr<v1::TopologyLink> FindReverse(const v1::Topology& topology,
                                             const v1::LinkKey& link) {
  v1::LinkKey reverse;
  reverse.set_local_node(link.remote_node());
  reverse.set_remote_node(link.local_node());
  reverse.set_local_interface(link.remote_interface());
  return FindLink(topology, reverse);
}

}  // namespace srpce::ctl
