// lib/pce/policy_config.h -- from a planned path to what the headend is given.
#pragma once

#include "lib/pce/planned_path.h"
#include "lib/plugin/southbound.h"

namespace srpce::pce {

// Addresses and steered prefixes are of the family of the lists' data plane: router ids of the
// endpoint where the intent names none. For SRv6 the endpoint's End.DT6 (else End.DT46) SID ends
// the tunnel, where it announces one.
plugin::PolicyConfig BuildConfig(const topology::Ted& ted, const policy::PolicyIntent& intent,
                                 const PlannedPath& path);

}  // namespace srpce::pce
