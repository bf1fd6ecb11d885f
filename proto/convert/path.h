// proto/convert/path.h -- srpce.v1 path messages <-> lib/cspf, lib/segments and lib/policy types.
#pragma once

#include "absl/status/statusor.h"
#include "lib/cspf/disjoint.h"
#include "lib/policy/intent.h"
#include "lib/segments/compute.h"
#include "lib/segments/weighted.h"
#include "srpce/v1/path.pb.h"

namespace srpce::convert {

// Errors: INVALID_ARGUMENT  a value out of range ("max_loss_fraction: got 1.5, want 0 to 1").
absl::StatusOr<policy::PathIntent> FromProto(const v1::PathConstraints& proto);
void ToProto(const policy::PathIntent& from, v1::PathConstraints* to);

absl::StatusOr<cspf::DataPlane> FromProto(v1::DataPlane proto);
v1::DataPlane ToProto(cspf::DataPlane from);
absl::StatusOr<cspf::Disjointness> FromProto(v1::Disjointness proto);
v1::Disjointness ToProto(cspf::Disjointness from);
// Everything but the members.
absl::StatusOr<cspf::DisjointTerms> FromProto(const v1::PathSetRequest& proto);

void ToProto(const cspf::PathMetrics& from, v1::PathMetrics* to);
void ToProto(const topology::Ted& ted, const segments::SegmentList& from, v1::SegmentList* to);
void ToProto(const topology::Ted& ted, const cspf::Path& from, v1::Path* to);
void ToProto(const topology::Ted& ted, const segments::SegmentRoute& from, v1::Path* to);
void ToProto(const topology::Ted& ted, const segments::RouteSet& from, v1::PathSetResponse* to);
// `demand` is what the lists share.
void ToProto(const topology::Ted& ted, const segments::WeightedRoutes& from, BytesPerSecond demand,
             v1::PathSplit* to);
void ToProto(const topology::Ted& ted, const cspf::NoPath& from, v1::NoPath* to);
void ToProto(const topology::Ted& ted, const cspf::LevelFailure& from, v1::LevelFailure* to);
// Links, nodes and SRLGs; those `ted` no longer has are left out.
void ToProto(const topology::Ted& ted, const cspf::SharedRisks& from, v1::SharedRisks* to);

}  // namespace srpce::convert
