// lib/wire/bgp/attributes.h -- path attributes as values (RFC 4271 s5 and what the members name).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/wire/bgp/code_points.h"
#include "lib/wire/bytes/reader.h"

namespace srpce::wire::bgp {

enum class Origin : uint8_t { kIgp = 0, kEgp = 1, kIncomplete = 2 };

struct AsSegment {
  enum class Type : uint8_t {
    kSet = 1,
    kSequence = 2,
    kConfederationSequence = 3,  // RFC 5065 s3.
    kConfederationSet = 4,
  };
  Type type = Type::kSequence;
  std::vector<uint32_t> numbers{};  // 1 to 255 of them.

  bool operator==(const AsSegment&) const = default;
};

// RFC 8092 s3.
struct LargeCommunity {
  uint32_t administrator = 0;
  uint32_t data1 = 0;
  uint32_t data2 = 0;

  bool operator==(const LargeCommunity&) const = default;
};

struct RawAttribute {
  uint8_t flags = 0;  // Without kExtendedLength, which only says how the length was written.
  AttributeType type{};
  std::string value{};

  bool operator==(const RawAttribute&) const = default;
};

// A list that is empty was not there.
struct Attributes {
  std::optional<Origin> origin{};
  std::optional<std::vector<AsSegment>> as_path{};  // Present and empty: originated inside the AS.
  std::optional<uint32_t> next_hop{};               // IPv4, host order.
  std::optional<uint32_t> multi_exit_disc{};
  std::optional<uint32_t> local_pref{};
  std::optional<uint32_t> originator_id{};  // Host order.
  std::vector<uint32_t> cluster_list{};     // Host order, the nearest reflector first.
  std::vector<uint32_t> communities{};
  std::vector<uint64_t> extended_communities{};
  std::vector<LargeCommunity> large_communities{};
  // All others, known or not, in the order they came in: the BGP-LS Attribute, Tunnel
  // Encapsulation...
  std::vector<RawAttribute> others{};

  // The first of `others` with this type, or null.
  const RawAttribute* Find(AttributeType type) const;
  bool operator==(const Attributes&) const = default;
};

// MP_REACH_NLRI (RFC 4760 s3). What next hop and NLRI are is the family's business.
struct MpReach {
  Family family{};
  std::string next_hop{};
  std::string nlri{};

  bool operator==(const MpReach&) const = default;
};

// MP_UNREACH_NLRI (RFC 4760 s4).
struct MpUnreach {
  Family family{};
  std::string nlri{};

  bool operator==(const MpUnreach&) const = default;
};

// What is to be done with an UPDATE that is not as it should be, from mild to severe (RFC 7606 s2).
enum class Approach : uint8_t {
  kNone,
  kAttributeDiscard,  // Done: the attribute is not in what was decoded.
  kTreatAsWithdraw,   // What the UPDATE announces is to be taken as withdrawn.
  kFamilyDisable,     // "AFI/SAFI disable": forget the routes of the family, and take no more.
  kSessionReset,
};
const char* Name(Approach approach);

// How two speakers have agreed to write an UPDATE, and what they are to each other.
struct UpdateContext {
  bool four_octet_as = true;       // Both have the capability (RFC 6793 s4).
  bool external = false;           // Different AS: what is for inside an AS is discarded.
  size_t max_length = kMaxLength;  // For encoding.
};

// What RFC 4271, RFC 7606 and the attribute's own RFC say of one attribute.
struct AttributeRule {
  enum class Length : uint8_t { kAny, kExactly, kMultiple, kAtLeast };  // kMultiple: but not 0.

  AttributeType type{};
  uint8_t flags = 0;  // kOptional and kTransitive as they have to be.
  Approach malformed = Approach::kTreatAsWithdraw;
  Approach wrong_flags = Approach::kTreatAsWithdraw;  // RFC 7606 s3 (c).
  Length length = Length::kAny;
  size_t bytes = 0;
  bool internal_only =
      false;  // From an external peer it is discarded (RFC 7606 s7.5, s7.9, s7.10).
};
// Null for an attribute that is not known here.
const AttributeRule* RuleOf(AttributeType type);
// Returns what a length of `size` should have been ("4", "a multiple of 8"), nothing if it is
// right.
std::optional<std::string> WrongLength(const AttributeRule& rule, size_t size,
                                       const UpdateContext& context);

// What is wrong inside an attribute: the subcode RFC 4271 s6.3 has for it, and "got X, want Y".
struct ValueError {
  uint8_t subcode = 0;
  std::string text{};
};
// Adds an attribute, whose flags and length are right, to `attributes`. Not for MP_REACH_NLRI and
// MP_UNREACH_NLRI, which are no property of a route.
std::optional<ValueError> ReadValue(uint8_t flags, AttributeType type, Bytes value,
                                    const UpdateContext& context, Attributes& attributes);

}  // namespace srpce::wire::bgp
