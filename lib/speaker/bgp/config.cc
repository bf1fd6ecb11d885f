#include "lib/speaker/bgp/config.h"

#include "absl/strings/str_cat.h"

namespace srpce::speaker::bgp {

std::string Endpoint::ToString() const {
  return address.is_v4() ? absl::StrCat(address.ToString(), ":", port)
                         : absl::StrCat("[", address.ToString(), "]:", port);
}

}  // namespace srpce::speaker::bgp
