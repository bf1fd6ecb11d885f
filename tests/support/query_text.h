// tests/support/query_text.h -- a query in one line, by names of nodes and links.
//
//   a->d delay max-delay 900 via b,c
// First the ends and what is minimised: igp te delay hops. Then, in any order:
//   max-delay max-igp max-te max-hops max-loss max-var N
//   min-bw N (bytes/s) include-any include-all exclude-any BITS (positions: 70,3)
//   exclude-node exclude-link (a->b#2) exclude-srlg via X (one each, or several words)
//   plane mpls|srv6 algo N max-sids N no-compress
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "lib/segments/compute.h"
#include "lib/topology/ted.h"

namespace srpce::support {

// Dies with the line on a mistake in `text`. Searches of lib/cspf take the `path` of it.
segments::SegmentQuery QueryOf(const topology::Ted& ted, absl::string_view text);
// Returns the text that QueryOf() reads back as an equal query.
std::string ToText(const topology::Ted& ted, const segments::SegmentQuery& query);

}  // namespace srpce::support
