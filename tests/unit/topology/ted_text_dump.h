// tests/unit/topology/ted_text_dump.h -- everything a snapshot holds, as text to compare.
#pragma once

#include <string>

#include "lib/topology/ted.h"

namespace srpce::topology {

std::string DumpNode(const Node& node);
// Without indexes.
std::string DumpLink(const Link& link);
// Nodes, links, arcs in both directions, look-up tables.
std::string DumpTed(const Ted& ted);

}  // namespace srpce::topology
