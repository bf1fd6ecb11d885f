// tests/fuzz/bgpls_nlri_fuzz.cc -- whatever bytes stand where NLRIs should, each is taken, refused
// or kept; what is taken can be written and read again.
//
// Input: the NLRIs of an MP_REACH_NLRI or MP_UNREACH_NLRI.
#include <cstdint>
#include <cstdlib>

#include "lib/wire/bgpls/nlri.h"

namespace {

using namespace srpce::wire;         // NOLINT
using namespace srpce::wire::bgpls;  // NOLINT

void CheckWhole(const NlriList& list, size_t size) {
  size_t kept = 0;
  for (const KnownNlri& nlri : list.known) kept += nlri.key.size();
  for (const UnknownNlri& nlri : list.unknown) kept += nlri.key.size();
  for (const BadNlri& nlri : list.bad) {
    kept += nlri.key.size();
    if (nlri.reason.empty()) abort();
  }
  if (list.overrun.ok() ? kept != size : kept >= size) abort();
}

void CheckAgain(const Nlri& nlri) {
  if (ToString(nlri).empty()) abort();
  const auto written = EncodeNlri(nlri);
  if (!written.ok()) abort();
  const NlriList again = DecodeNlris(AsBytes(*written));
  if (again.known.size() != 1 || !again.overrun.ok()) abort();
  if (*EncodeNlri(again.known[0].nlri) != *written) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const NlriList list = DecodeNlris({data, size});
  CheckWhole(list, size);
  for (const KnownNlri& known : list.known) CheckAgain(known.nlri);
  return 0;
}
