#include "lib/wire/bgpls/tlv.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/wire/bgpls/code_points.h"

namespace srpce::wire::bgpls {
namespace {

constexpr size_t kHeader = 4;  // Type and length.

template <typename T, typename Read>
absl::StatusOr<T> Whole(const Tlv& tlv, size_t size, absl::string_view want, Read read) {
  if (tlv.value.size() != size) return LengthError(tlv, want);
  Reader reader(tlv.value);
  return read(reader);
}

template <typename T, typename Read>
absl::Status AppendNumbers(const Tlv& tlv, Read read, std::vector<T>& list) {
  if (tlv.value.size() % sizeof(T) != 0) {
    return LengthError(tlv, absl::StrCat("a multiple of ", sizeof(T)));
  }
  list.reserve(list.size() + tlv.value.size() / sizeof(T));
  for (Reader reader(tlv.value); !reader.empty();) list.push_back(read(reader));
  return absl::OkStatus();
}

}  // namespace

bool TlvWalk::Next(Tlv& tlv) {
  if (rest_.empty()) return false;
  Reader reader(rest_);
  const uint16_t type = reader.U16();
  const uint16_t length = reader.U16();
  if (!reader.ok()) {
    overrun_ = absl::InvalidArgumentError(
        absl::StrCat("TLV header: got ", rest_.size(), " bytes, want 4"));
  } else if (length > reader.remaining()) {
    overrun_type_ = type;
    overrun_ = absl::InvalidArgumentError(absl::StrCat("TLV ", type, " ", TlvName(type), ": got ",
                                                       reader.remaining(), " bytes, want the ",
                                                       length, " it says"));
  } else {
    tlv = {.type = type, .value = reader.Take(length)};
    rest_ = rest_.subspan(kHeader + length);
    return true;
  }
  rest_ = {};
  return false;
}

absl::Status ForEachTlv(Bytes bytes, absl::FunctionRef<absl::Status(const Tlv&)> take) {
  TlvWalk walk(bytes);
  for (Tlv tlv; walk.Next(tlv);) {
    if (absl::Status status = take(tlv); !status.ok()) return status;
  }
  return walk.overrun();
}

RawTlv Keep(const Tlv& tlv) { return {tlv.type, ToText(tlv.value)}; }

absl::Status TlvError(const Tlv& tlv, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("TLV ", tlv.type, " ", TlvName(tlv.type), ": ", what));
}

absl::Status LengthError(const Tlv& tlv, absl::string_view want) {
  return TlvError(tlv, absl::StrCat("got ", tlv.value.size(), " bytes, want ", want));
}

absl::StatusOr<uint8_t> ParseU8(const Tlv& tlv) {
  return Whole<uint8_t>(tlv, 1, "1", [](Reader& r) { return r.U8(); });
}
absl::StatusOr<uint16_t> ParseU16(const Tlv& tlv) {
  return Whole<uint16_t>(tlv, 2, "2", [](Reader& r) { return r.U16(); });
}
absl::StatusOr<uint32_t> ParseU32(const Tlv& tlv) {
  return Whole<uint32_t>(tlv, 4, "4", [](Reader& r) { return r.U32(); });
}
absl::StatusOr<float> ParseFloat(const Tlv& tlv) {
  return Whole<float>(tlv, 4, "4", [](Reader& r) { return r.Float32(); });
}
absl::StatusOr<IpAddress> ParseIpv4(const Tlv& tlv) {
  return Whole<IpAddress>(tlv, 4, "4", ReadIpv4);
}
absl::StatusOr<IpAddress> ParseIpv6(const Tlv& tlv) {
  return Whole<IpAddress>(tlv, 16, "16", [](Reader& r) { return IpAddress::V6(ReadIpv6(r)); });
}
absl::StatusOr<IpAddress> ParseIp(const Tlv& tlv) {
  if (tlv.value.size() == 4) return ParseIpv4(tlv);
  return Whole<IpAddress>(tlv, 16, "4 or 16", [](Reader& r) { return IpAddress::V6(ReadIpv6(r)); });
}
absl::StatusOr<std::string> ParseText(const Tlv& tlv) { return ToText(tlv.value); }

IpAddress ReadIpv4(Reader& reader) { return IpAddress::V4(reader.U32()); }

Ipv6Address ReadIpv6(Reader& reader) {
  Ipv6Address::Bytes octets{};
  std::ranges::copy(reader.Take(octets.size()), octets.begin());
  return Ipv6Address(octets);
}

void WriteIp(const IpAddress& address, Writer& writer) {
  if (address.is_v4()) {
    writer.U32(address.v4());
  } else {
    WriteIpv6(address.v6(), writer);
  }
}

void WriteIpv6(const Ipv6Address& address, Writer& writer) { writer.Put(address.bytes()); }

absl::Status AppendU8s(const Tlv& tlv, std::vector<uint8_t>& list) {
  return AppendNumbers(
      tlv, [](Reader& r) { return r.U8(); }, list);
}
absl::Status AppendU16s(const Tlv& tlv, uint16_t mask, std::vector<uint16_t>& list) {
  return AppendNumbers(
      tlv, [mask](Reader& r) { return static_cast<uint16_t>(r.U16() & mask); }, list);
}
absl::Status AppendU32s(const Tlv& tlv, std::vector<uint32_t>& list) {
  return AppendNumbers(
      tlv, [](Reader& r) { return r.U32(); }, list);
}
absl::Status AppendU64s(const Tlv& tlv, std::vector<uint64_t>& list) {
  return AppendNumbers(
      tlv, [](Reader& r) { return r.U64(); }, list);
}

void TlvWriter::Add(uint16_t type, absl::FunctionRef<void(TlvWriter&)> value) {
  U16(type);
  const Place length = Begin(2);
  value(*this);
  Require(End(length));
}

void TlvWriter::AddU8(uint16_t type, std::optional<uint8_t> value) {
  if (value) Add(type, [&](TlvWriter& w) { w.U8(*value); });
}
void TlvWriter::AddU16(uint16_t type, std::optional<uint16_t> value) {
  if (value) Add(type, [&](TlvWriter& w) { w.U16(*value); });
}
void TlvWriter::AddU32(uint16_t type, std::optional<uint32_t> value) {
  if (value) Add(type, [&](TlvWriter& w) { w.U32(*value); });
}
void TlvWriter::AddFloat(uint16_t type, std::optional<float> value) {
  if (value) Add(type, [&](TlvWriter& w) { w.Float32(*value); });
}
void TlvWriter::AddText(uint16_t type, const std::optional<std::string>& value) {
  if (value) Add(type, [&](TlvWriter& w) { w.PutText(*value); });
}
void TlvWriter::AddTexts(uint16_t type, const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    Add(type, [&](TlvWriter& w) { w.PutText(value); });
  }
}
void TlvWriter::AddIps(uint16_t v4_type, uint16_t v6_type,
                       const std::vector<IpAddress>& addresses) {
  for (const IpAddress& address : addresses) {
    Add(address.is_v4() ? v4_type : v6_type, [&](TlvWriter& w) { WriteIp(address, w); });
  }
}
void TlvWriter::AddU8s(uint16_t type, const std::vector<uint8_t>& list) {
  if (!list.empty()) Add(type, [&](TlvWriter& w) { w.Put(list); });
}
void TlvWriter::AddU16s(uint16_t type, const std::vector<uint16_t>& list) {
  if (list.empty()) return;
  Add(type, [&](TlvWriter& w) {
    for (const uint16_t number : list) w.U16(number);
  });
}
void TlvWriter::AddU32s(uint16_t type, const std::vector<uint32_t>& list) {
  if (list.empty()) return;
  Add(type, [&](TlvWriter& w) {
    for (const uint32_t number : list) w.U32(number);
  });
}
void TlvWriter::AddU64s(uint16_t type, const std::vector<uint64_t>& list) {
  if (list.empty()) return;
  Add(type, [&](TlvWriter& w) {
    for (const uint64_t number : list) w.U64(number);
  });
}
void TlvWriter::AddRaw(const std::vector<RawTlv>& tlvs) {
  for (const RawTlv& tlv : tlvs) {
    Add(tlv.type, [&](TlvWriter& w) { w.PutText(tlv.value); });
  }
}

void TlvWriter::WriteU24(uint64_t value) {
  Require(value < 1U << 24);
  U24(static_cast<uint32_t>(value & 0xffffff));
}

void TlvWriter::WriteCount(size_t value) {
  Require(value <= 0xff);
  U8(static_cast<uint8_t>(value & 0xff));
}

std::string InTypeOrder(Bytes bytes) {
  std::vector<Tlv> tlvs;
  TlvWalk walk(bytes);
  for (Tlv tlv; walk.Next(tlv);) tlvs.push_back(tlv);
  std::ranges::stable_sort(tlvs, {}, &Tlv::type);
  TlvWriter writer;
  for (const Tlv& tlv : tlvs) {
    writer.Add(tlv.type, [&](TlvWriter& w) { w.Put(tlv.value); });
  }
  return std::move(writer).text();
}

}  // namespace srpce::wire::bgpls
