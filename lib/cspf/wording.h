// lib/cspf/wording.h -- how explanations name nodes and links and write bandwidths.
#pragma once

#include <string>
#include <vector>

#include "lib/cspf/query.h"
#include "lib/topology/ted.h"

namespace srpce::cspf {

// The display name; "node 7" where there is none of this index.
std::string NodeName(const topology::Ted& ted, NodeIndex node);
// "a->b", with "#interface" where parallel links exist.
std::string LinkName(const topology::Ted& ted, LinkIndex link);
// "2 links: a->b, c->d"; long lists are cut.
std::string LinkNames(const topology::Ted& ted, const std::vector<LinkIndex>& links);
// "10.0 Gb/s".
std::string FormatBandwidth(BytesPerSecond bandwidth);

}  // namespace srpce::cspf
