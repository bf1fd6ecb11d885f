#include "lib/wire/bgp/capability.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::wire::bgp {
namespace {

// Graceful restart: |R|N|reserved:2| time:12 | then (AFI:16, SAFI:8, |F|reserved:7|) each family.
constexpr uint16_t kRestarted = 0x8000;
constexpr uint16_t kNotificationSupport = 0x4000;
constexpr uint16_t kRestartTimeMask = 0x0fff;
constexpr uint8_t kForwardingKept = 0x80;
constexpr size_t kRestartEntryLength = 4;

absl::Status BadCapability(const char* name, size_t got, absl::string_view want) {
  return absl::InvalidArgumentError(
      absl::StrCat("capability ", name, ": got length ", got, ", want ", want));
}

absl::Status ReadMultiprotocol(Reader reader, Capabilities& capabilities) {
  if (reader.remaining() != 4) return BadCapability("multiprotocol", reader.remaining(), "4");
  Family family;
  family.afi = static_cast<Afi>(reader.U16());
  reader.Skip(1);  // Reserved.
  family.safi = static_cast<Safi>(reader.U8());
  auto& families = capabilities.families;
  if (std::find(families.begin(), families.end(), family) == families.end()) {
    families.push_back(family);
  }
  return absl::OkStatus();
}

absl::Status ReadGracefulRestart(Reader reader, Capabilities& capabilities) {
  const size_t size = reader.remaining();
  if (size < 2 || (size - 2) % kRestartEntryLength != 0) {
    return BadCapability("graceful restart", size, "2 + 4n");
  }
  GracefulRestart restart;
  const uint16_t word = reader.U16();
  restart.restarted = (word & kRestarted) != 0;
  restart.notification = (word & kNotificationSupport) != 0;
  restart.time = std::chrono::seconds(word & kRestartTimeMask);
  while (!reader.empty()) {
    GracefulRestart::Entry entry;
    entry.family.afi = static_cast<Afi>(reader.U16());
    entry.family.safi = static_cast<Safi>(reader.U8());
    entry.forwarding_kept = (reader.U8() & kForwardingKept) != 0;
    restart.entries.push_back(entry);
  }
  capabilities.graceful_restart = std::move(restart);
  return absl::OkStatus();
}

absl::Status ReadFourOctetAs(Reader reader, Capabilities& capabilities) {
  if (reader.remaining() != 4) return BadCapability("4-octet AS", reader.remaining(), "4");
  capabilities.four_octet_as = reader.U32();
  return absl::OkStatus();
}

// Two names, each behind its length. Nothing depends on them: what does not fit stays raw.
std::optional<Fqdn> ReadFqdn(Reader reader) {
  Fqdn fqdn;
  fqdn.host = std::string(AsText(reader.Take(reader.U8())));
  fqdn.domain = std::string(AsText(reader.Take(reader.U8())));
  if (!reader.ok() || !reader.empty()) return std::nullopt;
  return fqdn;
}

absl::Status ReadCapability(uint8_t code, Bytes value, Capabilities& capabilities) {
  switch (static_cast<CapabilityCode>(code)) {
    case CapabilityCode::kMultiprotocol:
      return ReadMultiprotocol(Reader(value), capabilities);
    case CapabilityCode::kGracefulRestart:
      return ReadGracefulRestart(Reader(value), capabilities);
    case CapabilityCode::kFourOctetAs:
      return ReadFourOctetAs(Reader(value), capabilities);
    // These three say all by being there; whatever else they hold is a later RFC's.
    case CapabilityCode::kRouteRefresh:
      capabilities.route_refresh = true;
      return absl::OkStatus();
    case CapabilityCode::kEnhancedRouteRefresh:
      capabilities.enhanced_route_refresh = true;
      return absl::OkStatus();
    case CapabilityCode::kExtendedMessage:
      capabilities.extended_message = true;
      return absl::OkStatus();
    case CapabilityCode::kFqdn:
      if (auto fqdn = ReadFqdn(Reader(value)); fqdn.has_value()) {
        capabilities.fqdn = std::move(fqdn);
        return absl::OkStatus();
      }
      break;
    case CapabilityCode::kLongLivedGracefulRestart:
      break;
  }
  capabilities.others.push_back({.code = code, .value = std::string(AsText(value))});
  return absl::OkStatus();
}

// Writes one capability, whose value `write` gives.
template <typename Write>
absl::Status Put(Writer& writer, uint8_t code, const Write& write) {
  writer.U8(code);
  const Writer::Place length = writer.Begin(1);
  write();
  if (writer.End(length)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("capability ", code, ": got more than 255 bytes, want 255 at most"));
}

template <typename Write>
absl::Status Put(Writer& writer, CapabilityCode code, const Write& write) {
  return Put(writer, static_cast<uint8_t>(code), write);
}

absl::Status WriteGracefulRestart(const GracefulRestart& restart, Writer& writer) {
  const int64_t time = restart.time.count();
  if (time < 0 || time > kRestartTimeMask) {
    return absl::InvalidArgumentError(
        absl::StrCat("capability graceful restart: got ", time, " s, want 0 to 4095"));
  }
  return Put(writer, CapabilityCode::kGracefulRestart, [&] {
    writer.U16(static_cast<uint16_t>((restart.restarted ? kRestarted : 0) |
                                     (restart.notification ? kNotificationSupport : 0) | time));
    for (const auto& entry : restart.entries) {
      writer.U16(static_cast<uint16_t>(entry.family.afi));
      writer.U8(static_cast<uint8_t>(entry.family.safi));
      writer.U8(entry.forwarding_kept ? kForwardingKept : 0);
    }
  });
}

absl::Status WriteFqdn(const Fqdn& fqdn, Writer& writer) {
  if (fqdn.host.size() > 0xff || fqdn.domain.size() > 0xff) {
    return absl::InvalidArgumentError("capability FQDN: got a name over 255 bytes");
  }
  return Put(writer, CapabilityCode::kFqdn, [&] {
    writer.U8(static_cast<uint8_t>(fqdn.host.size()));
    writer.PutText(fqdn.host);
    writer.U8(static_cast<uint8_t>(fqdn.domain.size()));
    writer.PutText(fqdn.domain);
  });
}

}  // namespace

absl::Status ReadCapabilities(Bytes value, Capabilities& capabilities) {
  Reader reader(value);
  while (!reader.empty()) {
    const uint8_t code = reader.U8();
    const size_t length = reader.U8();
    const size_t left = reader.remaining();
    const Bytes inside = reader.Take(length);
    if (!reader.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("capability ", code, ": got length ", length,
                                                     " with ", left, " bytes left"));
    }
    SRPCE_RETURN_IF_ERROR(ReadCapability(code, inside, capabilities));
  }
  return absl::OkStatus();
}

absl::Status WriteCapabilities(const Capabilities& capabilities, Writer& writer) {
  for (const Family& family : capabilities.families) {
    SRPCE_RETURN_IF_ERROR(Put(writer, CapabilityCode::kMultiprotocol, [&] {
      writer.U16(static_cast<uint16_t>(family.afi));
      writer.U8(0);
      writer.U8(static_cast<uint8_t>(family.safi));
    }));
  }
  const auto nothing = [] {};
  if (capabilities.route_refresh) {
    SRPCE_RETURN_IF_ERROR(Put(writer, CapabilityCode::kRouteRefresh, nothing));
  }
  if (capabilities.enhanced_route_refresh) {
    SRPCE_RETURN_IF_ERROR(Put(writer, CapabilityCode::kEnhancedRouteRefresh, nothing));
  }
  if (capabilities.extended_message) {
    SRPCE_RETURN_IF_ERROR(Put(writer, CapabilityCode::kExtendedMessage, nothing));
  }
  if (capabilities.four_octet_as.has_value()) {
    SRPCE_RETURN_IF_ERROR(Put(writer, CapabilityCode::kFourOctetAs,
                              [&] { writer.U32(*capabilities.four_octet_as); }));
  }
  if (capabilities.graceful_restart.has_value()) {
    SRPCE_RETURN_IF_ERROR(WriteGracefulRestart(*capabilities.graceful_restart, writer));
  }
  if (capabilities.fqdn.has_value()) {
    SRPCE_RETURN_IF_ERROR(WriteFqdn(*capabilities.fqdn, writer));
  }
  for (const RawCapability& raw : capabilities.others) {
    SRPCE_RETURN_IF_ERROR(Put(writer, raw.code, [&] { writer.PutText(raw.value); }));
  }
  return absl::OkStatus();
}

}  // namespace srpce::wire::bgp
