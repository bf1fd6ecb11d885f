// The recorded session, as it came from the socket: bytes in, steps out, twice the same.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>

#include "absl/strings/str_cat.h"
#include "lib/session/bgp/text.h"
#include "lib/wire/bgp/framing.h"
#include "tests/support/seed.h"
#include "tests/unit/session/bgp/driver.h"

namespace srpce::session::bgp {
namespace {

std::string Recording() {
  std::ifstream file(SRPCE_SOURCE_DIR "/tests/replay/bgpls/isis-8-routers.bgp", std::ios::binary);
  EXPECT_TRUE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

// As a plugin drives it: each frame is decoded as the state before it wants, and told.
std::vector<std::string> Replay(const std::string& stream, size_t piece, Driver& driver) {
  std::vector<std::string> steps{driver.Tell(ManualStart()), driver.Tell(ConnectionUp())};
  wire::bgp::FrameBuffer buffer;
  for (size_t at = 0; at < stream.size(); at += piece) {
    buffer.Append(wire::AsBytes(absl::string_view(stream).substr(at, piece)));
    for (;;) {
      const wire::bgp::UpdateContext context = driver.session().negotiated.update_context();
      const auto frame = buffer.Next(context.max_length);
      if (frame.ok() && !frame->has_value()) break;
      auto message = frame.ok() ? Decode(**frame, context)
                                : wire::bgp::Decoded<wire::bgp::Message>(frame.error());
      steps.push_back(message.ok() ? driver.Receive(*message)
                                   : driver.Tell(DecodeFailed{.error = message.error()}));
      if (driver.session().state == State::kIdle) return steps;
    }
  }
  return steps;
}

TEST(ReplayTest, RecordedSessionComesUpAndStays) {
  Driver driver;
  const std::vector<std::string> steps = Replay(Recording(), 65536, driver);
  ASSERT_EQ(steps.size(), 68U);
  EXPECT_EQ(steps[2], "OpenConfirm: send KEEPALIVE; start Keepalive 30000 ms; start Hold 90000 ms");
  EXPECT_EQ(steps[3],
            "Established: start Hold 90000 ms; start Stable 60000 ms; up: AS 65000 bgp-ls");
  std::map<std::string, int> rest;
  for (size_t i = 4; i < steps.size(); ++i) ++rest[steps[i]];
  EXPECT_EQ(rest,
            (std::map<std::string, int>{{"Established: start Hold 90000 ms; deliver UPDATE", 63},
                                        {"Established: start Hold 90000 ms", 1}}));
  const Negotiated& negotiated = driver.session().negotiated;
  EXPECT_EQ(negotiated.peer_identifier, 0x0aff0001U);
  EXPECT_EQ(negotiated.peer_name, "vm");
  EXPECT_FALSE(negotiated.external);
  EXPECT_TRUE(negotiated.extended_messages);
}

TEST(ReplayTest, ByteByByteItIsTheSame) {
  Driver whole, bytes;
  EXPECT_EQ(Replay(Recording(), 1, bytes), Replay(Recording(), 65536, whole));
}

TEST(ReplayTest, GarbageInTheMiddleEndsItWithTheRightNotification) {
  std::string stream = Recording();
  const size_t second_half = stream.find(std::string(16, '\xff'), stream.size() / 2);
  stream[second_half + 3] = 0;
  Driver driver;
  const std::vector<std::string> steps = Replay(stream, 1000, driver);
  EXPECT_EQ(steps.back().substr(0, 73),
            "Idle: send NOTIFICATION Message Header Error/Connection Not Synchronized;");
}

// Whether byte `at` is of the length in a header: changed, it makes the session wait for a message
// that never ends, until the hold timer expires.
bool IsLength(const std::string& stream, size_t at) {
  const size_t marker = stream.rfind(std::string(16, '\xff'), at);
  return at - marker == 16 || at - marker == 17;
}

// A changed byte ends the session with a NOTIFICATION, or costs its own UPDATE and no other.
TEST(ReplayTest, OneChangedByteCostsAtMostItsUpdate) {
  const std::string stream = Recording();
  const size_t updates = 123 + 19;  // Behind OPEN and KEEPALIVE.
  const size_t stride = support::kAllCases ? 5 : 80;
  int ended = 0, stayed = 0;
  for (size_t at = updates; at < stream.size(); at += stride) {
    if (IsLength(stream, at)) continue;
    std::string changed = stream;
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    Driver driver;
    int delivered = 0;
    for (const std::string& step : Replay(changed, 65536, driver)) {
      delivered += step == "Established: start Hold 90000 ms; deliver UPDATE" ? 1 : 0;
    }
    if (driver.session().state == State::kEstablished) {
      EXPECT_GE(delivered, 62) << at;
      ++stayed;
    } else {
      EXPECT_TRUE(driver.Find<Down>()->sent.has_value()) << at;
      ++ended;
    }
  }
  EXPECT_GT(ended, 0);
  EXPECT_GT(stayed, ended) << "most bytes are inside NLRI and attributes";
}

}  // namespace
}  // namespace srpce::session::bgp
