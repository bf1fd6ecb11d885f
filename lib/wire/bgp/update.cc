#include "lib/wire/bgp/update.h"

#include <algorithm>
#include <bitset>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/wire/bgp/header.h"

namespace srpce::wire::bgp {
namespace {

ProtocolError UpdateMessageError(uint8_t subcode, absl::string_view text, Bytes data = {}) {
  return {.notification = {.code = ErrorCode::kUpdate,
                           .subcode = subcode,
                           .data = std::string(AsText(data))},
          .text = absl::StrCat("UPDATE: ", text)};
}

// An attribute as it is on the wire.
struct Piece {
  uint8_t flags = 0;
  AttributeType type{};
  Bytes value{};
  Bytes whole{};  // With flags, type and length: the data of most NOTIFICATIONs.
};

// Next hops that a family can have (RFC 4271 s4.3, RFC 2545 s3, RFC 4364 s4.3.2, RFC 8950 s3, RFC
// 9552 s5.6): one address, or an IPv6 one and its link-local; behind a route distinguisher each in
// VPNs. Families not known here have what they want.
bool NextHopLengthFits(Family family, size_t length) {
  switch (family.safi) {
    case Safi::kUnicast:
    case Safi::kMulticast:
    case Safi::kLabeled:
    case Safi::kBgpLs:
    case Safi::kSrPolicy:
      return length == 4 || length == 16 || length == 32;
    case Safi::kBgpLsVpn:
    case Safi::kVpn:
      return length == 12 || length == 24 || length == 48;
    case Safi::kEvpn:
      return length == 4 || length == 16;
  }
  return true;
}

// Prefixes as NLRI and Withdrawn Routes have them (RFC 4271 s4.3); an error where one is not
// "syntactically correct" (RFC 7606 s5.3).
std::optional<ProtocolError> ReadPrefixes(const char* field, Bytes bytes,
                                          std::vector<IpPrefix>& prefixes) {
  Reader reader(bytes);
  while (!reader.empty()) {
    const uint8_t length = reader.U8();
    const size_t size = (length + 7U) / 8;
    const size_t left = reader.remaining();
    if (length > 32 || size > left) {
      return UpdateMessageError(
          subcode::kInvalidNetwork,
          absl::StrCat(field, ": got a prefix of ", length, " bits with ", left,
                       " bytes left, want 32 bits at most and all their bytes"));
    }
    uint32_t address = 0;
    int shift = 24;
    for (const uint8_t byte : reader.Take(size)) {
      address |= uint32_t{byte} << shift;
      shift -= 8;
    }
    prefixes.emplace_back(IpAddress::V4(address), length);
  }
  return std::nullopt;
}

class UpdateDecoder {
 public:
  explicit UpdateDecoder(const UpdateContext& context) : context_(context) {}

  Decoded<Update> Decode(Bytes body);

 private:
  void ReadAttributes(Bytes bytes);
  void ReadAttribute(const Piece& piece);
  void ReadUnknown(const Piece& piece);
  void ReadMpReach(const Piece& piece);
  void ReadMpUnreach(const Piece& piece);
  void CheckMandatory();
  void CheckWithdrawable();

  void Note(Approach approach, ProtocolError error) {
    update_.errors.push_back({.approach = approach, .error = std::move(error)});
  }
  void Wrong(const Piece& piece, Approach approach, uint8_t subcode, absl::string_view text);
  void Reset(ProtocolError error) {
    if (!reset_.has_value()) reset_ = std::move(error);
  }
  bool AnnouncesSomething() const {
    return !update_.nlri.empty() ||
           (update_.mp_reach.has_value() && !update_.mp_reach->nlri.empty());
  }

  const UpdateContext& context_;
  Update update_;
  std::optional<ProtocolError> reset_;
  std::bitset<256> seen_;      // By attribute type.
  bool cut_off_ = false;       // Some bytes were no attribute.
  bool reach_broken_ = false;  // There was an MP_REACH_NLRI that could not be read.
};

Decoded<Update> UpdateDecoder::Decode(Bytes body) {
  Reader reader(body);
  const size_t withdrawn_length = reader.U16();
  const Bytes withdrawn = reader.Take(withdrawn_length);
  const size_t attributes_length = reader.U16();
  const Bytes attributes = reader.Take(attributes_length);
  if (body.size() < 4) return BadMessageLength(MessageType::kUpdate, body.size());
  if (!reader.ok()) {
    return UpdateMessageError(
        subcode::kMalformedAttributeList,
        absl::StrCat("got ", withdrawn_length, " bytes of withdrawn routes and ", attributes_length,
                     " of attributes in ", body.size(), " bytes"));
  }
  ReadAttributes(attributes);
  if (auto error = ReadPrefixes("withdrawn routes", withdrawn, update_.withdrawn); error) {
    Reset(*std::move(error));
  }
  if (auto error = ReadPrefixes("NLRI", reader.TakeAll(), update_.nlri); error) {
    Reset(*std::move(error));
  }
  CheckMandatory();
  CheckWithdrawable();
  if (reset_.has_value()) return *std::move(reset_);
  return std::move(update_);
}

void UpdateDecoder::ReadAttributes(Bytes bytes) {
  Reader reader(bytes);
  while (!reader.empty() && !reset_.has_value()) {
    const Bytes rest = bytes.last(reader.remaining());
    Piece piece;
    piece.flags = reader.U8();
    piece.type = static_cast<AttributeType>(reader.U8());
    const size_t length = (piece.flags & kExtendedLength) != 0 ? reader.U16() : reader.U8();
    const size_t left = reader.remaining();
    piece.value = reader.Take(length);
    if (!reader.ok()) {
      // RFC 7606 s4: the length of all attributes still says where the NLRI begin.
      cut_off_ = true;
      Note(Approach::kTreatAsWithdraw,
           UpdateMessageError(subcode::kMalformedAttributeList,
                              absl::StrCat("attributes: got length ", length, " in ",
                                           ToHex(rest.first(std::min<size_t>(rest.size(), 4))),
                                           " with ", left, " bytes left")));
      return;
    }
    piece.whole = rest.first(rest.size() - reader.remaining());
    ReadAttribute(piece);
  }
}

void UpdateDecoder::ReadAttribute(const Piece& piece) {
  const bool mp =
      piece.type == AttributeType::kMpReachNlri || piece.type == AttributeType::kMpUnreachNlri;
  const size_t number = static_cast<size_t>(piece.type);
  if (seen_[number]) {
    // RFC 7606 s3 (g): the first counts, but of what is announced there must be one list.
    const std::string text = absl::StrCat(Name(piece.type), ": got it twice, want it once");
    if (mp) return Reset(UpdateMessageError(subcode::kMalformedAttributeList, text));
    return Note(Approach::kAttributeDiscard,
                UpdateMessageError(subcode::kMalformedAttributeList, text));
  }
  seen_.set(number);
  const AttributeRule* rule = RuleOf(piece.type);
  if (rule == nullptr) return ReadUnknown(piece);
  const bool as4 =
      piece.type == AttributeType::kAs4Path || piece.type == AttributeType::kAs4Aggregator;
  if ((as4 && context_.four_octet_as) || (rule->internal_only && context_.external)) {
    return Wrong(piece, Approach::kAttributeDiscard, subcode::kOptionalAttribute,
                 as4 ? "got it from a peer with 4-octet AS numbers, want none"
                     : "got it from another AS, want none");
  }
  constexpr uint8_t kKind = kOptional | kTransitive;
  if ((piece.flags & kKind) != rule->flags) {
    return Wrong(piece, rule->wrong_flags, subcode::kAttributeFlags,
                 absl::StrCat("got flags 0x", absl::Hex(piece.flags, absl::kZeroPad2), ", want 0x",
                              absl::Hex(rule->flags, absl::kZeroPad2)));
  }
  if (const auto want = WrongLength(*rule, piece.value.size(), context_); want.has_value()) {
    return Wrong(piece, rule->malformed,
                 mp ? subcode::kOptionalAttribute : subcode::kAttributeLength,
                 absl::StrCat("got length ", piece.value.size(), ", want ", *want));
  }
  if (piece.type == AttributeType::kMpReachNlri) return ReadMpReach(piece);
  if (piece.type == AttributeType::kMpUnreachNlri) return ReadMpUnreach(piece);
  const auto error = ReadValue(piece.flags, piece.type, piece.value, context_, update_.attributes);
  if (error.has_value()) Wrong(piece, rule->malformed, error->subcode, error->text);
}

// RFC 4271 s6.3 has a NOTIFICATION for an attribute that says all must know it and one does not;
// RFC 7606 left it so.
void UpdateDecoder::ReadUnknown(const Piece& piece) {
  if ((piece.flags & kOptional) == 0) {
    return Reset(UpdateMessageError(
        subcode::kUnrecognizedWellKnown,
        absl::StrCat(Name(piece.type), ": got it as well-known, which it is not"), piece.whole));
  }
  (void)ReadValue(piece.flags, piece.type, piece.value, context_, update_.attributes);
}

// |AFI:16|SAFI:8|length:8| next hop | reserved:8 | NLRI
void UpdateDecoder::ReadMpReach(const Piece& piece) {
  Reader reader(piece.value);
  MpReach reach;
  reach.family.afi = static_cast<Afi>(reader.U16());
  reach.family.safi = static_cast<Safi>(reader.U8());
  const size_t length = reader.U8();
  const size_t left = reader.remaining();
  reach.next_hop = std::string(AsText(reader.Take(length)));
  reader.Skip(1);
  if (!reader.ok() || !NextHopLengthFits(reach.family, length)) {
    return Wrong(piece, Approach::kFamilyDisable, subcode::kOptionalAttribute,
                 absl::StrCat("got a next hop of ", length, " bytes for ", Name(reach.family),
                              " with ", left, " bytes left"));
  }
  reach.nlri = std::string(AsText(reader.TakeAll()));
  update_.mp_reach = std::move(reach);
}

// |AFI:16|SAFI:8| NLRI
void UpdateDecoder::ReadMpUnreach(const Piece& piece) {
  Reader reader(piece.value);
  MpUnreach unreach;
  unreach.family.afi = static_cast<Afi>(reader.U16());
  unreach.family.safi = static_cast<Safi>(reader.U8());
  unreach.nlri = std::string(AsText(reader.TakeAll()));
  update_.mp_unreach = std::move(unreach);
}

void UpdateDecoder::Wrong(const Piece& piece, Approach approach, uint8_t subcode,
                          absl::string_view text) {
  // RFC 4271 s6.3: the data is the attribute, but of an AS_PATH nothing.
  const bool path = subcode == subcode::kMalformedAsPath;
  UpdateError error{.approach = approach,
                    .error = UpdateMessageError(subcode, absl::StrCat(Name(piece.type), ": ", text),
                                                path ? Bytes() : piece.whole)};
  if (approach == Approach::kFamilyDisable) {
    reach_broken_ |= piece.type == AttributeType::kMpReachNlri;
    if (piece.value.size() < 3) return Reset(std::move(error.error));  // Not even a family.
    Reader reader(piece.value);
    error.family.emplace();
    error.family->afi = static_cast<Afi>(reader.U16());
    error.family->safi = static_cast<Safi>(reader.U8());
  }
  update_.errors.push_back(std::move(error));
}

// RFC 4271 s5; RFC 4760 s3 has no NEXT_HOP; RFC 7606 s3 (d). An attribute that came and was
// malformed has been told of already.
void UpdateDecoder::CheckMandatory() {
  if (!AnnouncesSomething()) return;
  for (const AttributeType type :
       {AttributeType::kOrigin, AttributeType::kAsPath, AttributeType::kNextHop}) {
    const bool needed = type != AttributeType::kNextHop || !update_.nlri.empty();
    if (!needed || seen_[static_cast<size_t>(type)]) continue;
    const uint8_t data = static_cast<uint8_t>(type);
    Note(Approach::kTreatAsWithdraw,
         UpdateMessageError(subcode::kMissingWellKnown,
                            absl::StrCat(Name(type), ": got none, want it"), Bytes(&data, 1)));
  }
}

// RFC 7606 s5.2: treat-as-withdraw needs something to withdraw. Attributes beside MP_UNREACH_NLRI
// that announce nothing mean that the NLRI may have been in what was not understood. Where
// MP_REACH_NLRI itself is broken, its whole family goes.
void UpdateDecoder::CheckWithdrawable() {
  std::bitset<256> others = seen_;
  others.reset(static_cast<size_t>(AttributeType::kMpUnreachNlri));
  if (AnnouncesSomething() || reach_broken_ || (others.none() && !cut_off_)) return;
  for (const UpdateError& error : update_.errors) {
    if (error.approach != Approach::kTreatAsWithdraw) continue;
    ProtocolError reset = error.error;
    absl::StrAppend(&reset.text, "; nothing announced to withdraw");
    return Reset(std::move(reset));
  }
}

}  // namespace

Approach Update::approach() const {
  Approach worst = Approach::kNone;
  for (const UpdateError& error : errors) worst = std::max(worst, error.approach);
  return worst;
}

bool Update::treat_as_withdraw() const {
  return std::any_of(errors.begin(), errors.end(), [](const UpdateError& error) {
    return error.approach == Approach::kTreatAsWithdraw;
  });
}

Decoded<Update> DecodeUpdate(Bytes body, const UpdateContext& context) {
  return UpdateDecoder(context).Decode(body);
}

std::optional<Family> EndOfRib(const Update& update) {
  const bool withdraws = !update.withdrawn.empty() ||
                         (update.mp_unreach.has_value() && !update.mp_unreach->nlri.empty());
  const bool announces = !update.nlri.empty() || update.mp_reach.has_value();
  if (withdraws || announces || !update.errors.empty() || !(update.attributes == Attributes())) {
    return std::nullopt;
  }
  return update.mp_unreach.has_value() ? update.mp_unreach->family : kIpv4Unicast;
}

Update MakeEndOfRib(Family family) {
  Update update;
  if (family != kIpv4Unicast) {
    MpUnreach nothing;
    nothing.family = family;
    update.mp_unreach = nothing;
  }
  return update;
}

}  // namespace srpce::wire::bgp
