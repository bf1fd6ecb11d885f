#include "lib/wire/bgp/attributes.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace srpce::wire::bgp {
namespace {

using Length = AttributeRule::Length;
using Type = AttributeType;

constexpr uint8_t kWellKnown = kTransitive;
constexpr uint8_t kOptionalTransitive = kOptional | kTransitive;
constexpr Approach kDiscard = Approach::kAttributeDiscard;
constexpr Approach kWithdraw = Approach::kTreatAsWithdraw;
constexpr Approach kDisable = Approach::kFamilyDisable;

constexpr AttributeRule kRules[] = {
    {Type::kOrigin, kWellKnown, kWithdraw, kWithdraw, Length::kExactly, 1},
    {Type::kAsPath, kWellKnown, kWithdraw, kWithdraw},
    {Type::kNextHop, kWellKnown, kWithdraw, kWithdraw, Length::kExactly, 4},
    {Type::kMultiExitDisc, kOptional, kWithdraw, kWithdraw, Length::kExactly, 4},
    {Type::kLocalPref, kWellKnown, kWithdraw, kWithdraw, Length::kExactly, 4, true},
    {Type::kAtomicAggregate, kWellKnown, kDiscard, kWithdraw, Length::kExactly, 0},
    {Type::kAggregator, kOptionalTransitive, kDiscard, kWithdraw, Length::kExactly, 8},
    {Type::kCommunities, kOptionalTransitive, kWithdraw, kWithdraw, Length::kMultiple, 4},
    {Type::kOriginatorId, kOptional, kWithdraw, kWithdraw, Length::kExactly, 4, true},
    {Type::kClusterList, kOptional, kWithdraw, kWithdraw, Length::kMultiple, 4, true},
    {Type::kMpReachNlri, kOptional, kDisable, kDisable, Length::kAtLeast, 5},
    {Type::kMpUnreachNlri, kOptional, kDisable, kDisable, Length::kAtLeast, 3},
    {Type::kExtendedCommunities, kOptionalTransitive, kWithdraw, kWithdraw, Length::kMultiple, 8},
    {Type::kAs4Path, kOptionalTransitive, kDiscard, kDiscard, Length::kMultiple,
     2},  // RFC 6793 s6.
    {Type::kAs4Aggregator, kOptionalTransitive, kDiscard, kDiscard, Length::kExactly, 8},
    {Type::kPmsiTunnel, kOptionalTransitive, kWithdraw, kWithdraw, Length::kAtLeast, 5},
    {Type::kTunnelEncapsulation, kOptionalTransitive, kWithdraw, kWithdraw},
    {Type::kIpv6ExtendedCommunities, kOptionalTransitive, kWithdraw, kWithdraw, Length::kMultiple,
     20},
    {Type::kAigp, kOptional, kDiscard, kDiscard},  // RFC 7311 s3.3.
    {Type::kBgpLs, kOptional, kDiscard, kWithdraw},
    {Type::kLargeCommunities, kOptionalTransitive, kWithdraw, kWithdraw, Length::kMultiple, 12},
    {Type::kOnlyToCustomer, kOptionalTransitive, kWithdraw, kWithdraw, Length::kExactly, 4},
    {Type::kPrefixSid, kOptionalTransitive, kDiscard, kWithdraw, Length::kAtLeast, 3},
};

// A list of numbers, `read` one after another.
template <typename T, typename Read>
std::vector<T> ReadList(Reader reader, const Read& read) {
  std::vector<T> list;
  while (!reader.empty()) list.push_back(read(reader));
  return list;
}

std::optional<ValueError> ReadOrigin(Bytes value, Attributes& attributes) {
  if (value[0] > static_cast<uint8_t>(Origin::kIncomplete)) {
    return ValueError{subcode::kInvalidOrigin,
                      absl::StrCat("got value ", value[0], ", want 0, 1 or 2")};
  }
  attributes.origin = static_cast<Origin>(value[0]);
  return std::nullopt;
}

// RFC 7606 s7.2: an unknown segment type, a segment that is empty or longer than the attribute.
std::optional<ValueError> ReadAsPath(Bytes value, bool four_octet_as, Attributes& attributes) {
  std::vector<AsSegment> path;
  Reader reader(value);
  while (!reader.empty()) {
    const uint8_t type = reader.U8();
    const size_t count = reader.U8();
    const size_t size = count * (four_octet_as ? 4 : 2);
    const size_t left = reader.remaining();
    if (!reader.ok() || count == 0 || size > left) {
      return ValueError{subcode::kMalformedAsPath,
                        absl::StrCat("got a segment of ", count, " ASes with ", left,
                                     " bytes left, want 1 AS at least and ", size, " bytes")};
    }
    if (type < static_cast<uint8_t>(AsSegment::Type::kSet) ||
        type > static_cast<uint8_t>(AsSegment::Type::kConfederationSet)) {
      return ValueError{subcode::kMalformedAsPath,
                        absl::StrCat("got segment type ", type, ", want 1 to 4")};
    }
    AsSegment segment;
    segment.type = static_cast<AsSegment::Type>(type);
    segment.numbers = ReadList<uint32_t>(Reader(reader.Take(size)), [&](Reader& numbers) {
      return four_octet_as ? numbers.U32() : numbers.U16();
    });
    if (std::find(segment.numbers.begin(), segment.numbers.end(), 0U) != segment.numbers.end()) {
      return ValueError{subcode::kMalformedAsPath, "got AS 0, which nobody has"};  // RFC 7607 s2.
    }
    path.push_back(std::move(segment));
  }
  attributes.as_path = std::move(path);
  return std::nullopt;
}

// RFC 4271 s6.3: it must be the address of a host. 127/8 is one where two speakers share a machine.
std::optional<ValueError> ReadNextHop(Bytes value, Attributes& attributes) {
  const uint32_t address = Reader(value).U32();
  constexpr uint32_t kFirstMulticast = 0xe0000000;
  if (address == 0 || address >= kFirstMulticast) {
    return ValueError{subcode::kInvalidNextHop,
                      absl::StrCat("got ", ToHex(value), ", want the address of a host")};
  }
  attributes.next_hop = address;
  return std::nullopt;
}

LargeCommunity ReadLargeCommunity(Reader& reader) {
  LargeCommunity community;
  community.administrator = reader.U32();
  community.data1 = reader.U32();
  community.data2 = reader.U32();
  return community;
}

}  // namespace

const RawAttribute* Attributes::Find(AttributeType type) const {
  const auto it = std::find_if(others.begin(), others.end(),
                               [&](const RawAttribute& raw) { return raw.type == type; });
  return it != others.end() ? &*it : nullptr;
}

const char* Name(Approach approach) {
  switch (approach) {
    case Approach::kNone:
      return "none";
    case Approach::kAttributeDiscard:
      return "attribute discard";
    case Approach::kTreatAsWithdraw:
      return "treat-as-withdraw";
    case Approach::kFamilyDisable:
      return "AFI/SAFI disable";
    case Approach::kSessionReset:
      return "session reset";
  }
  return "";
}

const AttributeRule* RuleOf(AttributeType type) {
  const auto* rule = std::find_if(std::begin(kRules), std::end(kRules),
                                  [&](const AttributeRule& r) { return r.type == type; });
  return rule != std::end(kRules) ? rule : nullptr;
}

std::optional<std::string> WrongLength(const AttributeRule& rule, size_t size,
                                       const UpdateContext& context) {
  // An AGGREGATOR has the AS in front of the address, of the size that was agreed on.
  const size_t bytes = rule.type == Type::kAggregator && !context.four_octet_as ? 6 : rule.bytes;
  switch (rule.length) {
    case Length::kAny:
      return std::nullopt;
    case Length::kExactly:
      if (size == bytes) return std::nullopt;
      return absl::StrCat(bytes);
    case Length::kMultiple:
      if (size > 0 && size % bytes == 0) return std::nullopt;
      return absl::StrCat("a multiple of ", bytes);
    case Length::kAtLeast:
      if (size >= bytes) return std::nullopt;
      return absl::StrCat(bytes, " at least");
  }
  return std::nullopt;
}

std::optional<ValueError> ReadValue(uint8_t flags, AttributeType type, Bytes value,
                                    const UpdateContext& context, Attributes& attributes) {
  const auto u32 = [](Reader& reader) { return reader.U32(); };
  const auto u64 = [](Reader& reader) { return reader.U64(); };
  switch (type) {
    case Type::kOrigin:
      return ReadOrigin(value, attributes);
    case Type::kAsPath:
      return ReadAsPath(value, context.four_octet_as, attributes);
    case Type::kNextHop:
      return ReadNextHop(value, attributes);
    case Type::kMultiExitDisc:
      attributes.multi_exit_disc = Reader(value).U32();
      return std::nullopt;
    case Type::kLocalPref:
      attributes.local_pref = Reader(value).U32();
      return std::nullopt;
    case Type::kOriginatorId:
      attributes.originator_id = Reader(value).U32();
      return std::nullopt;
    case Type::kClusterList:
      attributes.cluster_list = ReadList<uint32_t>(Reader(value), u32);
      return std::nullopt;
    case Type::kCommunities:
      attributes.communities = ReadList<uint32_t>(Reader(value), u32);
      return std::nullopt;
    case Type::kExtendedCommunities:
      attributes.extended_communities = ReadList<uint64_t>(Reader(value), u64);
      return std::nullopt;
    case Type::kLargeCommunities:
      attributes.large_communities = ReadList<LargeCommunity>(Reader(value), ReadLargeCommunity);
      return std::nullopt;
    default:
      attributes.others.push_back({.flags = static_cast<uint8_t>(flags & ~kExtendedLength),
                                   .type = type,
                                   .value = std::string(AsText(value))});
      return std::nullopt;
  }
}

}  // namespace srpce::wire::bgp
