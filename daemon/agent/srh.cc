#include "daemon/agent/srh.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace srpce::agent {
namespace {

constexpr size_t kFixedLength = 8;
constexpr size_t kSidLength = 16;
constexpr uint8_t kRoutingTypeSrh = 4;
constexpr size_t kHdrExtLen = 1;  // Offsets in the fixed part.
constexpr size_t kRoutingType = 2;
constexpr size_t kSegmentsLeft = 3;
constexpr size_t kLastEntry = 4;

}  // namespace

absl::StatusOr<std::vector<uint8_t>> EncodeSrh(const std::vector<Ipv6Address>& sids) {
  if (sids.empty() || sids.size() > kMaxSids) {
    return absl::InvalidArgumentError(
        absl::StrCat("SRH: got ", sids.size(), " SIDs, want 1 to ", kMaxSids));
  }
  std::vector<uint8_t> srh(kFixedLength);
  srh[kHdrExtLen] = static_cast<uint8_t>(2 * sids.size());
  srh[kRoutingType] = kRoutingTypeSrh;
  srh[kSegmentsLeft] = static_cast<uint8_t>(sids.size() - 1);
  srh[kLastEntry] = static_cast<uint8_t>(sids.size() - 1);
  srh.reserve(kFixedLength + kSidLength * sids.size());
  for (auto sid = sids.rbegin(); sid != sids.rend(); ++sid) {
    srh.insert(srh.end(), sid->bytes().begin(), sid->bytes().end());
  }
  return srh;
}

absl::StatusOr<std::vector<Ipv6Address>> DecodeSrh(std::span<const uint8_t> srh) {
  if (srh.size() < kFixedLength || srh[kRoutingType] != kRoutingTypeSrh) {
    return absl::InvalidArgumentError(
        absl::StrCat("SRH: got ", srh.size(), " octets that are no routing header of type 4"));
  }
  const size_t count = srh[kLastEntry] + size_t{1};
  const size_t length = kFixedLength + size_t{8} * srh[kHdrExtLen];
  if (kFixedLength + kSidLength * count > length || length > srh.size()) {
    return absl::InvalidArgumentError(absl::StrCat("SRH: got ", count, " SIDs, length ", length,
                                                   " and ", srh.size(),
                                                   " octets, which contradict"));
  }
  std::vector<Ipv6Address> sids(count);
  for (size_t i = 0; i < count; ++i) {
    Ipv6Address::Bytes bytes;
    std::copy_n(srh.begin() + static_cast<ptrdiff_t>(kFixedLength + kSidLength * i), kSidLength,
                bytes.begin());
    sids[count - 1 - i] = Ipv6Address(bytes);
  }
  return sids;
}

}  // namespace srpce::agent
