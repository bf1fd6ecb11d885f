// tests/unit/topology/ted_compare.h -- a published snapshot and its delta against what they must
// be. A difference is a fatal failure of the test that calls.
#pragma once

#include "lib/topology/ted.h"
#include "lib/topology/ted_builder.h"
#include "tests/unit/topology/naive_ted.h"

namespace srpce::topology {

// `ted` holds what `want` does, in every attribute, arc and look-up; what `before`, the snapshot
// published before it, held too has kept its index.
void CompareSnapshot(const Ted& before, const Ted& ted, const NaiveSnapshot& want);

// `delta` is the difference of the two snapshots, found by comparing them element by element.
void CompareDelta(const Ted& before, const Ted& after, const TedDelta& delta);

}  // namespace srpce::topology
