// daemon/srpcectl/policy_text.h -- policies and their state for people.
#pragma once

#include <string>
#include <vector>

#include "srpce/v1/policy.pb.h"

namespace srpce::ctl {

std::string PoliciesTable(const std::vector<v1::PolicyStatus>& policies);

// Everything of one policy, several lines.
std::string PolicyText(const v1::PolicyStatus& status);

// One line for a watch: time, key, state, path, why.
std::string EventLine(const v1::PolicyEvent& event);

// "up", "down", "pending"; "installed", "waiting" ...
std::string OperText(const v1::PolicyStatus& status);
std::string PushText(const v1::PolicyStatus& status);

// True once nothing more is under way for the policy: installed, refused, without a session, or
// without a path.
bool IsSettled(const v1::PolicyStatus& status);

}  // namespace srpce::ctl
