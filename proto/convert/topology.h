// proto/convert/topology.h -- srpce.v1 topology messages <-> lib/topology types. For the edges:
// daemon/, plugins/ and their tests.
#pragma once

#include "absl/status/statusor.h"
#include "lib/plugin/topology_source.h"
#include "lib/topology/elements.h"
#include "lib/topology/ted.h"
#include "lib/topology/ted_builder.h"
#include "srpce/v1/topology.pb.h"

namespace srpce::convert {

// From the wire. Errors: INVALID_ARGUMENT  "link a->b: local_address: got 'x', want ...": text that
// does not parse or a number that does not fit its field (a label over 20 bits, an algorithm over
// 255).
absl::StatusOr<topology::NodeAttributes> FromProto(const v1::NodeAttributes& proto);
absl::StatusOr<topology::LinkAttributes> FromProto(const v1::LinkAttributes& proto);
absl::StatusOr<topology::PrefixAttributes> FromProto(const v1::PrefixAttributes& proto);
topology::LinkKey FromProto(const v1::LinkKey& proto);
topology::AdminGroup FromProto(const v1::AdminGroup& proto);
absl::StatusOr<topology::MetricType> FromProto(v1::MetricType proto);
// REQUIRES update is not a hello.
absl::StatusOr<plugin::Statement> FromProto(const v1::TopologyUpdate& update);

void ToProto(const topology::NodeAttributes& from, v1::NodeAttributes* to);
void ToProto(const topology::LinkAttributes& from, v1::LinkAttributes* to);
void ToProto(const topology::PrefixAttributes& from, v1::PrefixAttributes* to);
void ToProto(const topology::LinkKey& from, v1::LinkKey* to);
void ToProto(const topology::AdminGroup& from, v1::AdminGroup* to);
v1::MetricType ToProto(topology::MetricType from);
// Leaves `sequence` alone.
void ToProto(const plugin::Statement& from, v1::TopologyUpdate* to);

// Merged elements, for readers.
void ToProto(const topology::Node& from, v1::TopologyNode* to);
// Names why the link cannot be used, where it cannot.
void ToProto(const topology::Ted& ted, const topology::Link& from, v1::TopologyLink* to);

}  // namespace srpce::convert
