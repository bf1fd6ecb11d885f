// lib/wire/bgpls/tlv.h -- type, length, value (RFC 9552 s5.1): walking, reading one value, writing.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/ip.h"
#include "lib/wire/bytes/reader.h"
#include "lib/wire/bytes/writer.h"

namespace srpce::wire::bgpls {

// One TLV in bytes that somebody else keeps.
struct Tlv {
  uint16_t type = 0;
  Bytes value;
};

// One TLV of a type not known here, as it came: it is counted, shown and passed on.
struct RawTlv {
  uint16_t type = 0;
  std::string value;

  bool operator==(const RawTlv&) const = default;
};

// What was wrong with a TLV. The others stay (RFC 9552 s8.2.2).
struct Defect {
  uint16_t type = 0;
  std::string reason;

  bool operator==(const Defect&) const = default;
};

class TlvWalk {
 public:
  explicit TlvWalk(Bytes bytes) : rest_(bytes) {}

  // False at the end, and where a TLV runs over it: then overrun() says what and where.
  bool Next(Tlv& tlv);
  const absl::Status& overrun() const { return overrun_; }
  uint16_t overrun_type() const { return overrun_type_; }

 private:
  Bytes rest_;
  absl::Status overrun_;
  uint16_t overrun_type_ = 0;  // 0 where not even the type is whole.
};

// Calls `take` for each TLV of `bytes`. Returns its first error, or what TlvWalk says of an
// overrun.
absl::Status ForEachTlv(Bytes bytes, absl::FunctionRef<absl::Status(const Tlv&)> take);

RawTlv Keep(const Tlv& tlv);
inline std::string ToText(Bytes bytes) { return std::string(AsText(bytes)); }

// "TLV 1114 unidirectional link delay: got 3 bytes, want 4".
absl::Status LengthError(const Tlv& tlv, absl::string_view want);
absl::Status TlvError(const Tlv& tlv, absl::string_view what);

// The whole value as one number or address. Errors: INVALID_ARGUMENT  another length.
absl::StatusOr<uint8_t> ParseU8(const Tlv& tlv);
absl::StatusOr<uint16_t> ParseU16(const Tlv& tlv);
absl::StatusOr<uint32_t> ParseU32(const Tlv& tlv);
absl::StatusOr<float> ParseFloat(const Tlv& tlv);
absl::StatusOr<IpAddress> ParseIpv4(const Tlv& tlv);
absl::StatusOr<IpAddress> ParseIpv6(const Tlv& tlv);
absl::StatusOr<IpAddress> ParseIp(const Tlv& tlv);  // 4 or 16 bytes.
absl::StatusOr<std::string> ParseText(const Tlv& tlv);

IpAddress ReadIpv4(Reader& reader);
Ipv6Address ReadIpv6(Reader& reader);
void WriteIp(const IpAddress& address, Writer& writer);
void WriteIpv6(const Ipv6Address& address, Writer& writer);

// Appends numbers of which the value is a list. Errors: INVALID_ARGUMENT  the last one is cut off.
absl::Status AppendU8s(const Tlv& tlv, std::vector<uint8_t>& list);
absl::Status AppendU16s(const Tlv& tlv, uint16_t mask, std::vector<uint16_t>& list);
absl::Status AppendU32s(const Tlv& tlv, std::vector<uint32_t>& list);
absl::Status AppendU64s(const Tlv& tlv, std::vector<uint64_t>& list);

// Keeps the value of a TLV that comes once. Errors: INVALID_ARGUMENT  `value` is an error, or a
// second one: the first counts.
template <typename T>
absl::Status Once(const Tlv& tlv, absl::StatusOr<T> value, std::optional<T>& field) {
  if (!value.ok()) return std::move(value).status();
  if (field.has_value()) return TlvError(tlv, "got a second one, want one");
  field = *std::move(value);
  return absl::OkStatus();
}
// Keeps the value of a TLV that may come several times.
template <typename T>
absl::Status Append(absl::StatusOr<T> value, std::vector<T>& list) {
  if (!value.ok()) return std::move(value).status();
  list.push_back(*std::move(value));
  return absl::OkStatus();
}

// Writes TLVs one into another. What does not fit its field makes fits() false for good.
class TlvWriter : public Writer {
 public:
  void Add(uint16_t type, absl::FunctionRef<void(TlvWriter&)> value);

  void AddU8(uint16_t type, std::optional<uint8_t> value);
  void AddU16(uint16_t type, std::optional<uint16_t> value);
  void AddU32(uint16_t type, std::optional<uint32_t> value);
  void AddFloat(uint16_t type, std::optional<float> value);
  void AddText(uint16_t type, const std::optional<std::string>& value);
  void AddTexts(uint16_t type, const std::vector<std::string>& values);
  // Each address in a TLV of its own, the type by its family.
  void AddIps(uint16_t v4_type, uint16_t v6_type, const std::vector<IpAddress>& addresses);
  // One TLV with all numbers; none where the list is empty.
  void AddU8s(uint16_t type, const std::vector<uint8_t>& list);
  void AddU16s(uint16_t type, const std::vector<uint16_t>& list);
  void AddU32s(uint16_t type, const std::vector<uint32_t>& list);
  void AddU64s(uint16_t type, const std::vector<uint64_t>& list);
  void AddRaw(const std::vector<RawTlv>& tlvs);

  void WriteU24(uint64_t value);  // fits() unless it has more than 24 bits.
  void WriteCount(size_t value);  // One byte.
  void Require(bool fits) { fits_ = fits_ && fits; }
  bool fits() const { return fits_; }

 private:
  bool fits_ = true;
};

// Returns the TLVs of `bytes` by type, and of one type in the order they came: what RFC 9552 s5.1
// wants of a sender. REQUIRES whole TLVs.
std::string InTypeOrder(Bytes bytes);

}  // namespace srpce::wire::bgpls
