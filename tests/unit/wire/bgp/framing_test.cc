#include "lib/wire/bgp/framing.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/bgp/hex_message.h"

namespace srpce::wire::bgp {
namespace {

// The header of a message of `length` bytes, and nothing else.
std::string Header(size_t length, int type) {
  std::string header = HexMessage(type, "");
  header[16] = static_cast<char>(length >> 8);
  header[17] = static_cast<char>(length & 0xff);
  return header;
}

// What the header alone brings: "more", or the NOTIFICATION.
std::string Judge(const std::string& header, size_t max_length = kMaxLength) {
  const auto frame = FirstFrame(AsBytes(header), max_length);
  if (!frame.ok()) return Spell(frame.error().notification);
  return frame->has_value() ? "message" : "more";
}

TEST(FramingTest, MarkerMustBeAllOnes) {
  for (size_t i = 0; i < kMarkerLength; ++i) {
    std::string header = Header(19, 4);
    header[i] = '\x7f';
    EXPECT_EQ(Judge(header), "1/1") << i;
  }
}

TEST(FramingTest, LengthMustSuitTheMessage) {
  EXPECT_EQ(Judge(Header(18, 4)), "1/2 data 0012");
  EXPECT_EQ(Judge(Header(0, 2)), "1/2 data 0000");
  EXPECT_EQ(Judge(Header(4097, 2)), "1/2 data 1001");
  EXPECT_EQ(Judge(Header(4096, 2)), "more");
  EXPECT_EQ(Judge(Header(28, 1)), "1/2 data 001c") << "an OPEN has 29 at least";
  EXPECT_EQ(Judge(Header(29, 1)), "more");
  EXPECT_EQ(Judge(Header(22, 2)), "1/2 data 0016") << "an UPDATE has 23 at least";
  EXPECT_EQ(Judge(Header(20, 3)), "1/2 data 0014") << "a NOTIFICATION has 21 at least";
  EXPECT_EQ(Judge(Header(20, 4)), "1/2 data 0014") << "a KEEPALIVE has 19";
  EXPECT_EQ(Judge(Header(19, 4)), "message");
}

TEST(FramingTest, ExtendedMessagesAreForAllButOpenAndKeepalive) {
  EXPECT_EQ(Judge(Header(65535, 2), kMaxExtendedLength), "more");
  EXPECT_EQ(Judge(Header(65535, 3), kMaxExtendedLength), "more");
  EXPECT_EQ(Judge(Header(4097, 1), kMaxExtendedLength), "1/2 data 1001");
  EXPECT_EQ(Judge(Header(4096, 1), kMaxExtendedLength), "more");
  EXPECT_EQ(Judge(Header(65535, 4), kMaxExtendedLength), "1/2 data ffff");
}

TEST(FramingTest, TypeMustBeKnown) {
  EXPECT_EQ(Judge(Header(19, 0)), "1/3 data 00");
  EXPECT_EQ(Judge(Header(19, 6)), "1/3 data 06");
  EXPECT_EQ(Judge(Header(4096, 255)), "1/3 data ff");
}

TEST(FramingTest, ErrorsNameWhatWasGotAndWanted) {
  const std::string header = Header(18, 4);
  EXPECT_EQ(FirstFrame(AsBytes(header), kMaxLength).error().text,
            "header: got length 18, want 19 to 4096");
  const std::string keepalive = Header(20, 4);
  EXPECT_EQ(FirstFrame(AsBytes(keepalive), kMaxLength).error().text,
            "KEEPALIVE: got length 20, want 19");
}

TEST(FrameBufferTest, TakesBytesOneAtATime) {
  const std::string stream = HexMessage(4, "") + HexMessage(2, "00000000") + HexMessage(3, "0602");
  FrameBuffer buffer;
  std::vector<MessageType> types;
  std::vector<size_t> at;
  for (size_t i = 0; i < stream.size(); ++i) {
    buffer.Append(AsBytes(stream).subspan(i, 1));
    const auto frame = buffer.Next(kMaxLength);
    ASSERT_TRUE(frame.ok());
    if (!frame->has_value()) continue;
    types.push_back((*frame)->type);
    at.push_back(i + 1);
    EXPECT_EQ(buffer.pending(), 0U);
  }
  EXPECT_EQ(types, (std::vector{MessageType::kKeepalive, MessageType::kUpdate,
                                MessageType::kNotification}));
  EXPECT_EQ(at, (std::vector<size_t>{19, 42, 63})) << "each as soon as its last byte is there";
}

TEST(FrameBufferTest, TakesManyMessagesAtOnce) {
  std::string stream;
  for (int i = 0; i < 1000; ++i) stream += HexMessage(2, "00000000");
  stream += "\xff\xff";
  FrameBuffer buffer;
  buffer.Append(AsBytes(stream));
  for (int i = 0; i < 1000; ++i) {
    const auto frame = buffer.Next(kMaxLength);
    ASSERT_TRUE(frame.ok() && frame->has_value()) << i;
    EXPECT_EQ(ToHex((*frame)->body), "00000000");
  }
  EXPECT_FALSE(buffer.Next(kMaxLength)->has_value());
  EXPECT_EQ(buffer.pending(), 2U);
}

TEST(FrameBufferTest, TakesTheLongestMessageInPieces) {
  std::string message = Header(65535, 2);
  message.append(65535 - message.size(), 'x');
  const std::string stream = message + HexMessage(4, "");
  FrameBuffer buffer;
  size_t messages = 0;
  for (size_t at = 0; at < stream.size(); at += 1500) {
    const Bytes piece = AsBytes(stream).subspan(at, std::min<size_t>(1500, stream.size() - at));
    std::ranges::copy(piece, buffer.Space(1500).begin());
    buffer.Commit(piece.size());
    for (;;) {
      const auto frame = buffer.Next(kMaxExtendedLength);
      ASSERT_TRUE(frame.ok());
      if (!frame->has_value()) break;
      EXPECT_EQ((*frame)->size(), messages == 0 ? 65535U : 19U);
      ++messages;
    }
  }
  EXPECT_EQ(messages, 2U);
}

// As in the field: bytes that are no BGP at all, after good messages.
TEST(FrameBufferTest, GivesWhatCameBeforeAnError) {
  const std::string stream = HexMessage(4, "") + "GET / HTTP/1.1\r\nHost: me\r\n";
  FrameBuffer buffer;
  buffer.Append(AsBytes(stream));
  EXPECT_TRUE(buffer.Next(kMaxLength)->has_value());
  EXPECT_EQ(SpellError(buffer.Next(kMaxLength)), "1/1");
  EXPECT_EQ(SpellError(buffer.Next(kMaxLength)), "1/1") << "it does not go away";
}

// The limit may change between two messages: the first OPEN decides on the next message.
TEST(FrameBufferTest, LimitIsAskedForEachMessage) {
  std::string stream = HexMessage(4, "") + Header(5000, 2);
  stream.append(5000 - kHeaderLength, 'x');
  FrameBuffer buffer;
  buffer.Append(AsBytes(stream));
  EXPECT_TRUE(buffer.Next(kMaxLength)->has_value());
  EXPECT_EQ(SpellError(buffer.Next(kMaxLength)), "1/2 data 1388");
  EXPECT_TRUE(buffer.Next(kMaxExtendedLength)->has_value());
}

}  // namespace
}  // namespace srpce::wire::bgp
