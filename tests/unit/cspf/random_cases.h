// tests/unit/cspf/random_cases.h -- runs a check on random networks and queries; what fails is
// shown shrunk, as a map and queries for tests/regression.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lib/cspf/compute_path.h"
#include "tests/unit/cspf/oracle.h"

namespace srpce::cspf::oracle {

// "0-2->3 3-4->1": node, link and node as they are numbered in the drawing.
std::string Show(const Network& network, const Walk& walk);

// Expects things of the answer to one query, or to `members` of a set.
using Check = std::function<void(const Network&, const Query&, Workspace&)>;
using SetCheck = std::function<void(const Network&, const std::vector<Query>&, Workspace&)>;

// Runs `check` on four random queries of each of `networks` random networks; stops at the first
// that fails.
void ForRandomCases(uint64_t seed, int networks, const QueryShape& shape, const Check& check);

// Shrinks a case for which `check` has failed, with landmarks and reverse trees or without.
void ReportShrunk(const Network& network, const std::vector<Query>& members, const SetCheck& check);

}  // namespace srpce::cspf::oracle
