// Writing UPDATEs (RFC 4271 s4.3).
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/wire/bgp/header.h"
#include "lib/wire/bgp/update.h"

namespace srpce::wire::bgp {
namespace {

constexpr uint8_t kWellKnown = kTransitive;
constexpr uint8_t kOptionalTransitive = kOptional | kTransitive;

void WritePrefixes(const std::vector<IpPrefix>& prefixes, Writer& writer) {
  for (const IpPrefix& prefix : prefixes) {
    writer.U8(prefix.length());
    const uint32_t address = prefix.address().v4();
    for (int bits = 0; bits < prefix.length(); bits += 8) {
      writer.U8(static_cast<uint8_t>(address >> (24 - bits)));
    }
  }
}

// Writes attributes one by one; those that are kept raw come in where their type has its place.
class AttributeWriter {
 public:
  AttributeWriter(Writer& writer, const std::vector<RawAttribute>& others) : writer_(writer) {
    for (const RawAttribute& raw : others) raw_.push_back(&raw);
    std::stable_sort(raw_.begin(), raw_.end(),
                     [](const auto* a, const auto* b) { return a->type < b->type; });
  }

  void Put(uint8_t flags, AttributeType type, Bytes value) {
    if (value.size() > 0xffff) {
      status_.Update(absl::InvalidArgumentError(absl::StrCat(
          "UPDATE: ", Name(type), ": got ", value.size(), " bytes, want 65535 at most")));
      return;
    }
    const bool extended = value.size() > 0xff;
    writer_.U8(static_cast<uint8_t>(extended ? flags | kExtendedLength : flags & ~kExtendedLength));
    writer_.U8(static_cast<uint8_t>(type));
    extended ? writer_.U16(static_cast<uint16_t>(value.size()))
             : writer_.U8(static_cast<uint8_t>(value.size()));
    writer_.Put(value);
  }

  // As Put(), what is raw and of a lower type first.
  void PutInOrder(uint8_t flags, AttributeType type, Bytes value) {
    PutRawBelow(static_cast<size_t>(type));
    Put(flags, type, value);
  }
  void PutInOrder(uint8_t flags, AttributeType type, uint32_t value) {
    Writer number;
    number.U32(value);
    PutInOrder(flags, type, number.bytes());
  }

  void PutRawBelow(size_t type) {
    for (; next_ < raw_.size() && static_cast<size_t>(raw_[next_]->type) < type; ++next_) {
      Put(raw_[next_]->flags, raw_[next_]->type, AsBytes(raw_[next_]->value));
    }
  }

  void Fail(absl::Status status) { status_.Update(std::move(status)); }
  const absl::Status& status() const { return status_; }

 private:
  Writer& writer_;
  std::vector<const RawAttribute*> raw_;
  size_t next_ = 0;  // In raw_.
  absl::Status status_;
};

void WriteMp(const Update& update, AttributeWriter& attributes) {
  if (update.mp_reach.has_value()) {
    Writer value;
    value.U16(static_cast<uint16_t>(update.mp_reach->family.afi));
    value.U8(static_cast<uint8_t>(update.mp_reach->family.safi));
    const Writer::Place length = value.Begin(1);
    value.PutText(update.mp_reach->next_hop);
    if (!value.End(length)) {
      attributes.Fail(absl::InvalidArgumentError("UPDATE: MP_REACH_NLRI: next hop over 255 bytes"));
    }
    value.U8(0);
    value.PutText(update.mp_reach->nlri);
    attributes.Put(kOptional, AttributeType::kMpReachNlri, value.bytes());
  }
  if (update.mp_unreach.has_value()) {
    Writer value;
    value.U16(static_cast<uint16_t>(update.mp_unreach->family.afi));
    value.U8(static_cast<uint8_t>(update.mp_unreach->family.safi));
    value.PutText(update.mp_unreach->nlri);
    attributes.Put(kOptional, AttributeType::kMpUnreachNlri, value.bytes());
  }
}

bool IsConfederation(const AsSegment& segment) {
  return segment.type == AsSegment::Type::kConfederationSequence ||
         segment.type == AsSegment::Type::kConfederationSet;
}

absl::StatusOr<Writer> WritePath(const std::vector<AsSegment>& path, bool four_octet_as,
                                 bool confederation) {
  Writer writer;
  for (const AsSegment& segment : path) {
    if (!confederation && IsConfederation(segment)) continue;
    if (segment.numbers.empty() || segment.numbers.size() > 0xff) {
      return absl::InvalidArgumentError(absl::StrCat(
          "UPDATE: AS_PATH: got ", segment.numbers.size(), " ASes in a segment, want 1 to 255"));
    }
    writer.U8(static_cast<uint8_t>(segment.type));
    writer.U8(static_cast<uint8_t>(segment.numbers.size()));
    for (const uint32_t number : segment.numbers) {
      four_octet_as ? writer.U32(number)
                    : writer.U16(static_cast<uint16_t>(number > 0xffff ? kAsTrans : number));
    }
  }
  return writer;
}

bool HasFourOctetAs(const std::vector<AsSegment>& path) {
  return std::any_of(path.begin(), path.end(), [](const AsSegment& segment) {
    return !IsConfederation(segment) &&
           std::any_of(segment.numbers.begin(), segment.numbers.end(),
                       [](uint32_t number) { return number > 0xffff; });
  });
}

void WriteAsPath(AttributeType type, const std::vector<AsSegment>& path, bool four_octet_as,
                 AttributeWriter& attributes) {
  const bool as4 = type == AttributeType::kAs4Path;
  const auto value = WritePath(path, four_octet_as, /*confederation=*/!as4);
  if (!value.ok()) return attributes.Fail(value.status());
  attributes.PutInOrder(as4 ? kOptionalTransitive : kWellKnown, type, value->bytes());
}

template <typename T, typename Put>
void WriteList(const std::vector<T>& list, uint8_t flags, AttributeType type,
               AttributeWriter& attributes, const Put& put) {
  if (list.empty()) return;
  Writer value;
  for (const T& item : list) put(value, item);
  attributes.PutInOrder(flags, type, value.bytes());
}

void WriteAttributes(const Attributes& from, const UpdateContext& context, AttributeWriter& to) {
  const auto u32 = [](Writer& writer, uint32_t item) { writer.U32(item); };
  if (from.origin.has_value()) {
    const uint8_t origin = static_cast<uint8_t>(*from.origin);
    to.PutInOrder(kWellKnown, AttributeType::kOrigin, Bytes(&origin, 1));
  }
  if (from.as_path.has_value()) {
    WriteAsPath(AttributeType::kAsPath, *from.as_path, context.four_octet_as, to);
  }
  if (from.next_hop.has_value()) {
    to.PutInOrder(kWellKnown, AttributeType::kNextHop, *from.next_hop);
  }
  if (from.multi_exit_disc.has_value()) {
    to.PutInOrder(kOptional, AttributeType::kMultiExitDisc, *from.multi_exit_disc);
  }
  if (from.local_pref.has_value()) {
    to.PutInOrder(kWellKnown, AttributeType::kLocalPref, *from.local_pref);
  }
  WriteList(from.communities, kOptionalTransitive, AttributeType::kCommunities, to, u32);
  if (from.originator_id.has_value()) {
    to.PutInOrder(kOptional, AttributeType::kOriginatorId, *from.originator_id);
  }
  WriteList(from.cluster_list, kOptional, AttributeType::kClusterList, to, u32);
  WriteList(from.extended_communities, kOptionalTransitive, AttributeType::kExtendedCommunities, to,
            [](Writer& writer, uint64_t item) { writer.U64(item); });
  const bool as4 = !context.four_octet_as && from.as_path.has_value() &&
                   HasFourOctetAs(*from.as_path) && from.Find(AttributeType::kAs4Path) == nullptr;
  if (as4) WriteAsPath(AttributeType::kAs4Path, *from.as_path, /*four_octet_as=*/true, to);
  WriteList(from.large_communities, kOptionalTransitive, AttributeType::kLargeCommunities, to,
            [](Writer& writer, const LargeCommunity& item) {
              writer.U32(item.administrator);
              writer.U32(item.data1);
              writer.U32(item.data2);
            });
  to.PutRawBelow(256);
}

absl::Status CheckPrefixes(const std::vector<IpPrefix>& prefixes) {
  for (const IpPrefix& prefix : prefixes) {
    if (!prefix.address().is_v4()) {
      return absl::InvalidArgumentError(absl::StrCat("UPDATE: got ", prefix.ToString(),
                                                     ", want IPv4: others go into MP_REACH_NLRI"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> Encode(const Update& update, const UpdateContext& context) {
  SRPCE_RETURN_IF_ERROR(CheckPrefixes(update.withdrawn));
  SRPCE_RETURN_IF_ERROR(CheckPrefixes(update.nlri));
  Writer writer;
  const Writer::Place length = BeginMessage(writer, MessageType::kUpdate);
  const Writer::Place withdrawn = writer.Begin(2);
  WritePrefixes(update.withdrawn, writer);
  bool fits = writer.End(withdrawn);
  const Writer::Place total = writer.Begin(2);
  AttributeWriter attributes(writer, update.attributes.others);
  WriteMp(update, attributes);
  WriteAttributes(update.attributes, context, attributes);
  SRPCE_RETURN_IF_ERROR(attributes.status());
  fits &= writer.End(total);
  WritePrefixes(update.nlri, writer);
  fits &= EndMessage(writer, length, context.max_length);
  if (!fits) {
    return absl::ResourceExhaustedError(absl::StrCat("UPDATE: got ", writer.size(), " bytes, want ",
                                                     context.max_length, " at most"));
  }
  return std::move(writer).text();
}

}  // namespace srpce::wire::bgp
