#include "lib/wire/bgp/open.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/wire/bgp/header.h"

namespace srpce::wire::bgp {
namespace {

constexpr size_t kFixedLength = 10;   // Version, AS, hold time, identifier, length of parameters.
constexpr uint16_t kMinHoldTime = 3;  // Seconds, if not 0 (RFC 4271 s4.2).

ProtocolError OpenError(uint8_t subcode, std::string text, std::string data = {}) {
  return {.notification = {.code = ErrorCode::kOpen, .subcode = subcode, .data = std::move(data)},
          .text = absl::StrCat("OPEN: ", text)};
}

// Known but malformed: "Unspecific" (RFC 4271 s6.2).
ProtocolError MalformedParameters(absl::string_view text) {
  return OpenError(subcode::kUnspecific, std::string(text));
}

// The optional parameters: `reader` is at their length. Nothing to say is no error.
std::optional<ProtocolError> ReadParameters(Reader reader, Capabilities& capabilities) {
  size_t total = reader.U8();
  size_t size_of_length = 1;
  const Bytes rest = reader.TakeAll();
  reader = Reader(rest);
  // RFC 9072 s2: a first type of 255 says that both lengths are of 16 bits. The old length only
  // must not be 0.
  if (total != 0 && !rest.empty() &&
      rest[0] == static_cast<uint8_t>(OptionalParameterType::kExtendedLength)) {
    reader.Skip(1);
    total = reader.U16();
    size_of_length = 2;
  }
  if (!reader.ok() || total != reader.remaining()) {
    return MalformedParameters(
        absl::StrCat("got ", reader.remaining(), " bytes of optional parameters, want ", total));
  }
  while (!reader.empty()) {
    const uint8_t type = reader.U8();
    const size_t length = size_of_length == 2 ? reader.U16() : reader.U8();
    const size_t left = reader.remaining();
    const Bytes value = reader.Take(length);
    if (!reader.ok()) {
      return MalformedParameters(absl::StrCat("optional parameter ", type, ": got length ", length,
                                              " with ", left, " bytes left"));
    }
    if (type != static_cast<uint8_t>(OptionalParameterType::kCapabilities)) {
      return OpenError(subcode::kUnsupportedParameter,
                       absl::StrCat("got optional parameter ", type, ", want 2 (capabilities)"));
    }
    if (const absl::Status status = ReadCapabilities(value, capabilities); !status.ok()) {
      return MalformedParameters(std::string(status.message()));
    }
  }
  return std::nullopt;
}

// Makes the AS out of field and capability.
std::optional<ProtocolError> ReadAs(uint16_t field, Open& open) {
  open.as_number = open.capabilities.four_octet_as.value_or(field);
  if (field == 0 || open.as_number == 0) {
    return OpenError(subcode::kBadPeerAs, "got AS 0, which nobody has");
  }
  if (field != open.as_number && field != kAsTrans) {
    return OpenError(subcode::kBadPeerAs,
                     absl::StrCat("got AS ", field, " beside AS ", open.as_number,
                                  " in the capability, want the same or 23456"));
  }
  return std::nullopt;
}

absl::Status CheckFields(const Open& open) {
  const auto& capability = open.capabilities.four_octet_as;
  if (capability.has_value() ? *capability != open.as_number : open.as_number > 0xffff) {
    return absl::InvalidArgumentError(
        absl::StrCat("OPEN: got AS ", open.as_number, ", want it in the 4-octet AS capability"));
  }
  const int64_t hold = open.hold_time.count();
  if (hold < 0 || hold > 0xffff || (hold > 0 && hold < kMinHoldTime)) {
    return absl::InvalidArgumentError(
        absl::StrCat("OPEN: got hold time ", hold, " s, want 0 or 3 to 65535"));
  }
  if (open.identifier == 0) return absl::InvalidArgumentError("OPEN: got BGP identifier 0");
  return absl::OkStatus();
}

// One parameter with all `capabilities`, behind the length of all parameters.
void WriteParameters(Bytes capabilities, Writer& writer) {
  const size_t size = capabilities.size();
  const uint8_t type = static_cast<uint8_t>(OptionalParameterType::kCapabilities);
  const uint8_t extended = static_cast<uint8_t>(OptionalParameterType::kExtendedLength);
  if (size == 0) {
    writer.U8(0);
    return;
  }
  // 255 as the length of all is what RFC 9072 marks its own form with: better not to use it.
  if (size + 2 < extended) {
    writer.U8(static_cast<uint8_t>(size + 2));
    writer.U8(type);
    writer.U8(static_cast<uint8_t>(size));
  } else {
    writer.U8(extended);
    writer.U8(extended);
    writer.U16(static_cast<uint16_t>(size + 3));
    writer.U8(type);
    writer.U16(static_cast<uint16_t>(size));
  }
  writer.Put(capabilities);
}

}  // namespace

Decoded<Open> DecodeOpen(Bytes body) {
  if (body.size() < kFixedLength) return BadMessageLength(MessageType::kOpen, body.size());
  Reader reader(body);
  if (const uint8_t version = reader.U8(); version != kVersion) {
    // Data: the version we have (s6.2), 2 octets.
    return OpenError(subcode::kUnsupportedVersion,
                     absl::StrCat("got version ", version, ", want 4"), std::string("\0\4", 2));
  }
  Open open;
  const uint16_t as_field = reader.U16();
  open.hold_time = std::chrono::seconds(reader.U16());
  open.identifier = reader.U32();
  // The capabilities first: the AS may be there.
  const std::optional<ProtocolError> parameters = ReadParameters(reader, open.capabilities);
  if (auto error = ReadAs(as_field, open); error.has_value()) return *std::move(error);
  if (open.hold_time.count() > 0 && open.hold_time.count() < kMinHoldTime) {
    return OpenError(
        subcode::kUnacceptableHoldTime,
        absl::StrCat("got hold time ", open.hold_time.count(), ", want 0 or 3 at least"));
  }
  if (open.identifier == 0) return OpenError(subcode::kBadIdentifier, "got BGP identifier 0");
  if (parameters.has_value()) return *parameters;
  return open;
}

absl::StatusOr<std::string> Encode(const Open& open) {
  SRPCE_RETURN_IF_ERROR(CheckFields(open));
  Writer capabilities;
  SRPCE_RETURN_IF_ERROR(WriteCapabilities(open.capabilities, capabilities));
  Writer writer;
  const Writer::Place length = BeginMessage(writer, MessageType::kOpen);
  writer.U8(kVersion);
  writer.U16(static_cast<uint16_t>(open.as_number > 0xffff ? kAsTrans : open.as_number));
  writer.U16(static_cast<uint16_t>(open.hold_time.count()));
  writer.U32(open.identifier);
  WriteParameters(capabilities.bytes(), writer);
  if (!EndMessage(writer, length)) {
    return absl::InvalidArgumentError(
        absl::StrCat("OPEN: got ", writer.size(), " bytes, want ", kMaxLength, " at most"));
  }
  return std::move(writer).text();
}

}  // namespace srpce::wire::bgp
