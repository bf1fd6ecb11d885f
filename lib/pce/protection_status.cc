// lib/pce/protection_status.cc
#include "lib/pce/protection_status.h"

#include <algorithm>

namespace srpce::pce {
namespace {

using policy::ProtectionState;
using policy::ProtectionStatus;

bool SameBackup(const std::optional<policy::ActivePath>& a,
                const std::optional<policy::ActivePath>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  const auto same_key = [](const topology::LinkKey& x, const topology::LinkKey& y) {
    return x.local_node == y.local_node && x.remote_node == y.remote_node &&
           x.local_interface == y.local_interface;
  };
  return SameLists(a->lists, b->lists) &&
         std::equal(a->links.begin(), a->links.end(), b->links.begin(), b->links.end(), same_key);
}

}  // namespace

std::optional<ProtectionStatus> UnplannedProtection(const policy::PolicyIntent& intent) {
  if (!intent.protection) return std::nullopt;
  ProtectionStatus status;
  status.reason = "the policy is not computed yet";
  return status;
}

ProtectionStatus ReportOf(const topology::Ted& ted, const policy::PolicyIntent& intent,
                          const ProtectionPlan& plan, bool switched,
                          const std::optional<ProtectionStatus>& before, WallTime now) {
  ProtectionStatus status;
  status.state = plan.state;
  status.reason = plan.reason;
  status.failed = plan.failed;
  if (const Backup* backup = plan.backup.get()) {
    status.backup = Describe(ted, intent, *backup->path);
    status.achieved = backup->achieved;
    status.shared = backup->shared;
    status.joint = backup->joint;
    status.failed = backup->failed;
  }
  const bool same = before && before->since != WallTime{} && before->state == status.state &&
                    before->achieved == status.achieved;
  status.since = same ? before->since : now;
  status.switches = (before ? before->switches : 0) + (switched ? 1 : 0);
  return status;
}

bool SameProtection(const std::optional<ProtectionStatus>& a,
                    const std::optional<ProtectionStatus>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->state == b->state && a->achieved == b->achieved && a->joint == b->joint &&
         a->switches == b->switches && a->shared == b->shared && SameBackup(a->backup, b->backup);
}

const char* ProtectionLabel(const ProtectionStatus& status, const policy::Protection& wanted) {
  const bool degraded =
      status.state == ProtectionState::kProtected && status.achieved != wanted.disjointness;
  return degraded ? "degraded" : policy::ProtectionStateName(status.state);
}

}  // namespace srpce::pce
