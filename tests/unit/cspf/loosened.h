// tests/unit/cspf/loosened.h -- queries with one constraint taken back in part. Shares no code with
// lib/cspf.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "lib/cspf/query.h"
#include "lib/cspf/relaxation.h"

namespace srpce::cspf::oracle {

inline bool IsBound(ConstraintKind kind) { return kind <= ConstraintKind::kVariationBound; }

// The elements of a list, as Relaxation::elements tells them; empty for all that is no list.
std::set<uint32_t> AllElements(const Query& query, ConstraintKind kind);
// `query` with a list shortened by `dropped`.
Query Shortened(Query query, ConstraintKind kind, const std::set<uint32_t>& dropped);
// `query` with another bound, or none.
Query WithLimit(Query query, ConstraintKind bound, std::optional<double> limit);

}  // namespace srpce::cspf::oracle
