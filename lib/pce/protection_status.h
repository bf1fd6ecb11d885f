// lib/pce/protection_status.h -- what is told of a policy's backup.
#pragma once

#include <optional>

#include "lib/pce/path_planner.h"
#include "lib/policy/status.h"

namespace srpce::pce {

// What is said before the policy is planned; none where no backup is wanted.
std::optional<policy::ProtectionStatus> UnplannedProtection(const policy::PolicyIntent& intent);

// What is said of `plan`, made on `ted`; `before` was said until `now`. `switched`: the backup was
// put to use.
policy::ProtectionStatus ReportOf(const topology::Ted& ted, const policy::PolicyIntent& intent,
                                  const ProtectionPlan& plan, bool switched,
                                  const std::optional<policy::ProtectionStatus>& before,
                                  WallTime now);

// True if only numbers differ that move with every telemetry sample.
bool SameProtection(const std::optional<policy::ProtectionStatus>& a,
                    const std::optional<policy::ProtectionStatus>& b);

// The key of PolicyEngineCounters::protection.
const char* ProtectionLabel(const policy::ProtectionStatus& status,
                            const policy::Protection& wanted);

}  // namespace srpce::pce
