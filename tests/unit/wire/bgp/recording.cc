#include "tests/unit/wire/bgp/recording.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace srpce::wire::bgp {

std::string ReadRecording() {
  std::ifstream file(SRPCE_SOURCE_DIR "/tests/replay/bgpls/isis-8-routers.bgp", std::ios::binary);
  EXPECT_TRUE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

// By the lengths alone: the framing under test has no part in it.
std::vector<std::string> RecordedMessages() {
  std::vector<std::string> messages;
  const std::string stream = ReadRecording();
  for (size_t at = 0; at + 18 < stream.size();) {
    const size_t length =
        static_cast<uint8_t>(stream[at + 16]) * 256U + static_cast<uint8_t>(stream[at + 17]);
    messages.push_back(stream.substr(at, length));
    at += length;
  }
  return messages;
}

}  // namespace srpce::wire::bgp
