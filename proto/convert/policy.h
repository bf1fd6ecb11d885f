// proto/convert/policy.h -- srpce.v1 policy and agent messages <-> lib/policy and lib/plugin types.
#pragma once

#include "absl/status/statusor.h"
#include "lib/plugin/southbound.h"
#include "lib/policy/intent.h"
#include "lib/policy/status.h"
#include "lib/topology/ted.h"
#include "srpce/v1/agent.pb.h"
#include "srpce/v1/policy.pb.h"

namespace srpce::convert {

// Errors: INVALID_ARGUMENT  naming the policy and field.
absl::StatusOr<policy::PolicyIntent> FromProto(const v1::Policy& proto);
void ToProto(const policy::PolicyIntent& from, v1::Policy* to);
policy::PolicyKey FromProto(const v1::PolicyKey& proto);
void ToProto(const policy::PolicyKey& from, v1::PolicyKey* to);

// Node and link indexes in segments and failures are named by `ted`; those it no longer has are
// left out.
void ToProto(const topology::Ted& ted, const policy::PolicyStatus& from, v1::PolicyStatus* to);

// What a headend is to hold: only labels and SIDs travel; Segment annotations do not come back from
// the wire.
absl::StatusOr<plugin::PolicyConfig> FromProto(const v1::InstallPolicy& proto);
void ToProto(const plugin::PolicyConfig& from, v1::InstallPolicy* to);

}  // namespace srpce::convert
