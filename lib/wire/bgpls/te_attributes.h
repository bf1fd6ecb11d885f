// lib/wire/bgpls/te_attributes.h -- what traffic engineering knows of a link: of the link itself,
// for some applications only (ASLA, RFC 9294), or of one member of a bundle.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "lib/wire/bgpls/performance.h"
#include "lib/wire/bgpls/tlv.h"

namespace srpce::wire::bgpls {

struct TeAttributes {
  std::optional<uint32_t> admin_group;         // TLV 1088.
  std::vector<uint32_t> extended_admin_group;  // TLV 1173, RFC 9104; first word = bits 0 to 31.
  std::optional<BytesPerSecondFloat> max_bandwidth;
  std::optional<BytesPerSecondFloat> max_reservable_bandwidth;
  std::optional<std::array<BytesPerSecondFloat, 8>> unreserved_bandwidth;  // By priority.
  std::optional<uint32_t> te_metric;
  std::vector<uint32_t> srlgs;
  Performance performance;

  bool operator==(const TeAttributes&) const = default;
};

// TLV 1122: these attributes hold for the applications of the masks; empty masks mean any.
struct Asla {
  static constexpr uint8_t kRsvpTe = 0x80;  // First octet of the standard mask, RFC 8919 s4.1.
  static constexpr uint8_t kSrPolicy = 0x40;
  static constexpr uint8_t kLfa = 0x20;
  static constexpr uint8_t kFlexAlgo = 0x10;

  std::string standard_mask;  // SABM, 0, 4 or 8 octets.
  std::string user_mask;      // UDABM, likewise.
  TeAttributes te;
  std::vector<RawTlv> unknown;

  bool operator==(const Asla&) const = default;
};

// Nothing if the TLV is none of them.
std::optional<absl::Status> DecodeTeTlv(const Tlv& tlv, TeAttributes& te);
// Sub-TLVs are independent of each other: a bad one goes to `defects`, the others stay.
absl::StatusOr<Asla> ParseAsla(const Tlv& tlv, std::vector<Defect>& defects);

void Write(const TeAttributes& te, TlvWriter& out);
void Write(const Asla& asla, TlvWriter& out);

}  // namespace srpce::wire::bgpls
