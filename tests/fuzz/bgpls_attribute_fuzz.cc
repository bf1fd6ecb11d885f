// tests/fuzz/bgpls_attribute_fuzz.cc -- whatever bytes a BGP-LS attribute holds, what is read of
// them can be written and read again, and the rest is said.
//
// Input: the value of path attribute 29.
#include <cstdint>
#include <cstdlib>

#include "lib/wire/bgpls/attribute.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srpce::wire;         // NOLINT
  using namespace srpce::wire::bgpls;  // NOLINT
  const DecodedAttribute decoded = DecodeAttribute({data, size});
  for (const Defect& defect : decoded.defects) {
    if (defect.reason.empty()) abort();
  }
  if (decoded.overrun && decoded.defects.empty()) abort();
  const auto written = EncodeAttribute(decoded.attribute);
  if (!written.ok()) abort();
  const DecodedAttribute again = DecodeAttribute(AsBytes(*written));
  if (!again.defects.empty()) abort();
  if (*EncodeAttribute(again.attribute) != *written) abort();
  return 0;
}
