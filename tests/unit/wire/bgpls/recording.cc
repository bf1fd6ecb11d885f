#include "tests/unit/wire/bgpls/recording.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace srpce::wire::bgpls {
namespace {

constexpr size_t kHeaderSize = 19;
constexpr uint8_t kUpdate = 2;
constexpr uint8_t kExtendedLength = 0x10;
constexpr uint8_t kMpReach = 14;
constexpr uint8_t kMpUnreach = 15;

void TakePathAttribute(uint8_t type, Bytes value, RecordedUpdate& update) {
  Reader reader(value);
  if (type == kPathAttribute) {
    update.attribute = ToText(value);
  } else if (type == kMpReach || type == kMpUnreach) {
    EXPECT_EQ(reader.U16(), kAfi);
    EXPECT_EQ(reader.U8(), kSafi);
    if (type == kMpReach) {
      reader.Skip(reader.U8());  // The next hop.
      reader.Skip(1);
      update.reached = ToText(reader.TakeAll());
    } else {
      update.withdrawn = ToText(reader.TakeAll());
      update.end_of_rib = update.withdrawn.empty();
    }
  }
  EXPECT_TRUE(reader.ok());
}

RecordedUpdate TakeUpdate(Bytes body) {
  RecordedUpdate update;
  Reader reader(body);
  reader.Skip(reader.U16());  // Withdrawn routes of IPv4.
  Reader attributes(reader.Take(reader.U16()));
  while (attributes.ok() && !attributes.empty()) {
    const uint8_t flags = attributes.U8();
    const uint8_t type = attributes.U8();
    const size_t length = (flags & kExtendedLength) != 0 ? attributes.U16() : attributes.U8();
    TakePathAttribute(type, attributes.Take(length), update);
  }
  EXPECT_TRUE(reader.ok() && attributes.ok() && reader.empty());
  return update;
}

}  // namespace

std::string RecordingPath() {
  return std::string(SRPCE_SOURCE_DIR) + "/tests/replay/bgpls/isis-8-routers.bgp";
}

std::vector<RecordedUpdate> ReadRecording() {
  std::ifstream file(RecordingPath(), std::ios::binary);
  EXPECT_TRUE(file.is_open()) << RecordingPath();
  std::ostringstream all;
  all << file.rdbuf();
  const std::string bytes = all.str();
  Reader reader(AsBytes(bytes));
  std::vector<RecordedUpdate> updates;
  while (reader.ok() && !reader.empty()) {
    const size_t begin = bytes.size() - reader.remaining();
    const Bytes marker = reader.Take(16);
    EXPECT_TRUE(std::ranges::all_of(marker, [](uint8_t octet) { return octet == 0xff; }));
    const size_t length = reader.U16();
    const uint8_t type = reader.U8();
    const Bytes body = reader.Take(std::max(length, kHeaderSize) - kHeaderSize);
    if (type != kUpdate) continue;
    updates.push_back(TakeUpdate(body));
    updates.back().message = bytes.substr(begin, length);
  }
  EXPECT_TRUE(reader.ok());
  EXPECT_FALSE(updates.empty());
  return updates;
}

std::map<std::string, Held> Apply(const std::vector<RecordedUpdate>& updates) {
  std::map<std::string, Held> held;
  for (const RecordedUpdate& update : updates) {
    for (const KnownNlri& known : DecodeNlris(AsBytes(update.withdrawn)).known) {
      EXPECT_EQ(held.erase(ToString(known.nlri)), 1U) << ToString(known.nlri);
    }
    const Attribute attribute = DecodeAttribute(AsBytes(update.attribute)).attribute;
    for (const KnownNlri& known : DecodeNlris(AsBytes(update.reached)).known) {
      held[ToString(known.nlri)] = {known.nlri, attribute};
    }
  }
  return held;
}

std::map<std::string, Held> FullTable() {
  std::vector<RecordedUpdate> updates = ReadRecording();
  const auto down = std::ranges::find_if(
      updates, [](const RecordedUpdate& update) { return !update.withdrawn.empty(); });
  updates.erase(down, updates.end());
  return Apply(updates);
}

}  // namespace srpce::wire::bgpls
