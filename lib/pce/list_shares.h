// lib/pce/list_shares.h -- what each of several lists carries (RFC 9256 s2.2: its weight over the
// sum of weights), and whether links have room for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "lib/pce/planned_path.h"

namespace srpce::pce {

// Returns OK, or FAILED_PRECONDITION with the link that has least room for what the lists put on
// it: "bandwidth: 150 Mb/s over a->b, which announces 100 Mb/s".
absl::Status CheckLoad(const topology::Ted& ted, const PlannedPath& path, BytesPerSecond demand);

// Returns what that link has left, in bytes/s; negative if it is overloaded. None: no link limits.
std::optional<double> Headroom(const topology::Ted& ted, const PlannedPath& path,
                               BytesPerSecond demand);

// Returns the mean by weight of what `cost` says of the worst branch of each list, rounded.
uint64_t MeanCost(const PlannedPath& path,
                  absl::FunctionRef<uint64_t(const cspf::PathMetrics&)> cost);

// Node ids in travel order, `headend` first; empty where branches exist.
std::vector<std::string> NodesOf(const topology::Ted& ted, const std::string& headend,
                                 const segments::Expansion& expansion);

std::vector<policy::ListUse> UsesOf(const topology::Ted& ted, const policy::PolicyIntent& intent,
                                    const PlannedPath& path);

}  // namespace srpce::pce
