// proto/convert/explanation.h -- what binds a path, for the API.
#pragma once

#include "lib/segments/inspect.h"
#include "srpce/v1/path.pb.h"

namespace srpce::convert {

// `query`: the one inspected.
void ToProto(const topology::Ted& ted, const cspf::Query& query, const segments::RouteInsight& from,
             v1::Explanation* to);

}  // namespace srpce::convert
