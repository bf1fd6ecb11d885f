// lib/cspf/set_repair.h -- complete sets of paths, found in a hurry: good ones, not the best.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/cspf/disjoint.h"
#include "lib/cspf/member_solver.h"

namespace srpce::cspf {

// Whether members may share risks, if they cannot do without.
enum class Sharing : uint8_t { kForbidden, kAllowed };

class SetRepair {
 public:
  // The references outlive the object.
  SetRepair(const topology::Ted& ted, const DisjointQuery& query, Sharing sharing,
            MemberSolver& solver)
      : ted_(ted), query_(query), sharing_(sharing), solver_(solver) {}

  // Keeps one member's path and gives each other one, in turn, the cheapest beside those it already
  // has; where sharing is allowed, that which shares least. Absent: not found. Delays may still be
  // too far apart.
  std::optional<std::vector<PathPtr>> Around(const std::vector<PathPtr>& paths, size_t kept) const;

 private:
  using Fixed = std::vector<PathPtr>;

  // A path that shares nothing with `fixed`.
  PathPtr Beside(const Fixed& fixed, size_t member) const;
  // A path that shares little.
  PathPtr NearlyBeside(const Fixed& fixed, size_t member) const;
  // The delays that `fixed` leaves to others.
  Restriction DelaysBeside(const Fixed& fixed) const;

  const topology::Ted& ted_;
  const DisjointQuery& query_;
  const Sharing sharing_;
  MemberSolver& solver_;
};

}  // namespace srpce::cspf
