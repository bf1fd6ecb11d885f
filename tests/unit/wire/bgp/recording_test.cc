// A real router's session: every message, every truncation, every byte changed.
#include "tests/unit/wire/bgp/recording.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/bgp/hex_message.h"

namespace srpce::wire::bgp {
namespace {

Decoded<Message> DecodeWhole(const std::string& message) {
  const auto frame = FirstFrame(AsBytes(message), kMaxLength);
  if (!frame.ok()) return frame.error();
  if (!frame->has_value()) return ProtocolError{.text = "not whole"};
  return Decode(**frame, {});
}

TEST(RecordingTest, EveryMessageIsInOrder) {
  int opens = 0, updates = 0, keepalives = 0;
  for (const std::string& message : RecordedMessages()) {
    const auto decoded = DecodeWhole(message);
    ASSERT_TRUE(decoded.ok()) << decoded.error().text;
    opens += std::holds_alternative<Open>(*decoded);
    keepalives += std::holds_alternative<Keepalive>(*decoded);
    const auto* update = std::get_if<Update>(&*decoded);
    if (update == nullptr) continue;
    ++updates;
    EXPECT_TRUE(update->errors.empty()) << update->errors[0].error.text;
  }
  EXPECT_EQ(opens, 1);
  EXPECT_EQ(updates, 63);
  EXPECT_EQ(keepalives, 2);
}

TEST(RecordingTest, TableEndsWithAnEndOfRib) {
  std::vector<std::string> events;
  for (const std::string& message : RecordedMessages()) {
    const auto decoded = DecodeWhole(message);
    const auto* update = std::get_if<Update>(&*decoded);
    if (update == nullptr) continue;
    const auto family = EndOfRib(*update);
    const std::string event = family.has_value()               ? "end of " + Name(*family)
                              : update->mp_unreach.has_value() ? "withdraw"
                                                               : "announce";
    if (events.empty() || events.back() != event) events.push_back(event);
  }
  EXPECT_EQ(events,
            (std::vector<std::string>{"announce", "end of bgp-ls", "withdraw", "announce"}));
}

// Written again, the same bytes: FRR puts MP attributes first and others by type, as we do. What
// differs is how it writes the length of an AS_PATH.
TEST(RecordingTest, WrittenAgainItSaysTheSame) {
  for (const std::string& message : RecordedMessages()) {
    const auto decoded = DecodeWhole(message);
    const auto written = Encode(*decoded, {});
    ASSERT_TRUE(written.ok());
    const auto again = DecodeWhole(*written);
    ASSERT_TRUE(again.ok()) << again.error().text;
    if (const auto* update = std::get_if<Update>(&*decoded); update != nullptr) {
      EXPECT_TRUE(std::get<Update>(*again).attributes == update->attributes);
      EXPECT_EQ(std::get<Update>(*again).mp_reach, update->mp_reach);
      EXPECT_EQ(std::get<Update>(*again).mp_unreach, update->mp_unreach);
    } else if (const auto* open = std::get_if<Open>(&*decoded); open != nullptr) {
      EXPECT_EQ(std::get<Open>(*again), *open);
    }
  }
}

TEST(RecordingTest, ComesOutTheSameHoweverItIsCut) {
  const std::string stream = ReadRecording();
  const std::vector<std::string> want = RecordedMessages();
  for (const size_t piece : {1UL, 2UL, 19UL, 1000UL, 65536UL}) {
    FrameBuffer buffer;
    std::vector<std::string> got;
    for (size_t at = 0; at < stream.size(); at += piece) {
      buffer.Append(AsBytes(absl::string_view(stream).substr(at, piece)));
      for (;;) {
        const auto frame = buffer.Next(kMaxLength);
        ASSERT_TRUE(frame.ok());
        if (!frame->has_value()) break;
        got.push_back(want[got.size()].substr(0, kHeaderLength) +
                      std::string(AsText((*frame)->body)));
      }
    }
    EXPECT_EQ(got, want) << piece;
  }
}

// What must hold of whatever comes out: it can be judged, told and, where it is a message, written.
void CheckSound(const Decoded<Message>& decoded) {
  if (!decoded.ok()) {
    EXPECT_FALSE(decoded.error().text.empty());
    EXPECT_FALSE(Describe(decoded.error().notification).empty());
    return;
  }
  UpdateContext context;
  context.max_length = kMaxExtendedLength;
  EXPECT_TRUE(Encode(*decoded, context).ok());
}

TEST(RecordingTest, EveryTruncationIsJudged) {
  for (const std::string& message : RecordedMessages()) {
    for (size_t length = 0; length < message.size(); ++length) {
      // Cut off by the connection: there is no message.
      EXPECT_FALSE(DecodeWhole(message.substr(0, length)).ok());
      if (length < kHeaderLength) continue;
      // Cut off by the sender: the header says so too.
      std::string cut = message.substr(0, length);
      cut[16] = static_cast<char>(length >> 8);
      cut[17] = static_cast<char>(length & 0xff);
      CheckSound(DecodeWhole(cut));
    }
  }
}

TEST(RecordingTest, EveryChangedByteIsJudged) {
  size_t changes = 0;
  for (const std::string& message : RecordedMessages()) {
    std::string changed = message;
    for (size_t at = 0; at < message.size(); ++at) {
      // Each bit, both neighbours, and the ends of the range.
      const uint8_t was = static_cast<uint8_t>(message[at]);
      for (const int byte : {was ^ 1, was ^ 2, was ^ 4, was ^ 8, was ^ 16, was ^ 32, was ^ 64,
                             was ^ 128, was - 1, was + 1, 0, 255}) {
        changed[at] = static_cast<char>(byte & 0xff);
        CheckSound(DecodeWhole(changed));
        ++changes;
      }
      changed[at] = message[at];
    }
  }
  EXPECT_GT(changes, 150000U);
}

}  // namespace
}  // namespace srpce::wire::bgp
