// tests/unit/wire/bgpls/random_structs.h -- attributes and NLRIs with any of their fields set, in
// the order that encoding keeps.
#pragma once

#include "lib/wire/bgpls/attribute.h"
#include "lib/wire/bgpls/nlri.h"
#include "tests/unit/wire/bgpls/random_values.h"

namespace srpce::wire::bgpls {

Attribute RandomAttribute(Draw& draw);
Nlri RandomNlri(Draw& draw);

}  // namespace srpce::wire::bgpls
