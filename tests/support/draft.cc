#include "tests/support/draft.h"

#include <cstdio>
#include <cstdlib>

#include "lib/topology/ted_builder.h"

namespace srpce::support {
namespace {

void Must(const absl::Status& status) {
  if (!status.ok()) {
    std::fprintf(stderr, "draft: %s\n", status.ToString().c_str());
    std::abort();
  }
}

void MustBe(bool condition, const char* what) {
  Must(condition ? absl::OkStatus() : absl::FailedPreconditionError(what));
}

}  // namespace

Draft DraftOf(const topology::Ted& ted) {
  Draft draft;
  for (uint32_t i = 0; i < ted.node_bound(); ++i) {
    MustBe(ted.HasNode(topology::NodeIndex(i)), "a node was removed");
    const topology::Node& node = ted.node(topology::NodeIndex(i));
    MustBe(node.known, "a node is half known");
    draft.nodes.push_back({node.id, node.attributes, node.prefixes});
  }
  for (uint32_t i = 0; i < ted.link_bound(); ++i) {
    MustBe(ted.HasLink(topology::LinkIndex(i)), "a link was removed");
    const topology::Link& link = ted.link(topology::LinkIndex(i));
    draft.links.push_back({link.key, link.attributes});
  }
  return draft;
}

topology::TedPtr BuildTed(const Draft& draft) {
  topology::TedBuilder builder;
  const absl::StatusOr<topology::SourceId> source =
      builder.Connect({.name = "draft", .hold_time = {}}, {});
  Must(source.status());
  for (const DraftNode& node : draft.nodes) {
    Must(builder.SetNode(*source, node.id, node.attributes, {}, {}));
    for (const topology::Prefix& prefix : node.prefixes) {
      Must(builder.SetPrefix(*source, node.id, prefix.prefix, prefix.attributes, {}, {}));
    }
  }
  for (const DraftLink& link : draft.links) {
    Must(builder.SetLink(*source, link.key, link.attributes, {}, {}));
  }
  return builder.Publish().ted;
}

}  // namespace srpce::support
