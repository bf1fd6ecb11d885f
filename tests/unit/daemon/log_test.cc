// The log of a daemon whose stderr nobody reads.
#include "daemon/log/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>

namespace srpce::log {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class QueuedLogTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(pipe2(pipe_.data(), O_CLOEXEC), 0);
    InitQueued(Level::kInfo, Format::kText, pipe_[1]);
  }
  void TearDown() override {
    (void)Finish(milliseconds(0));
    spdlog::shutdown();  // Ends the thread before the pipe goes.
    close(pipe_[0]);
    close(pipe_[1]);
  }

  // What is in the pipe now.
  std::string Read() {
    fcntl(pipe_[0], F_SETFL, O_NONBLOCK);
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = read(pipe_[0], buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<size_t>(count));
    }
    return text;
  }

  std::array<int, 2> pipe_{};
};

TEST_F(QueuedLogTest, FinishBringsOutTheLastLines) {
  spdlog::info("first");
  spdlog::error("last");
  EXPECT_TRUE(Finish(milliseconds(60'000)));
  const std::string text = Read();
  EXPECT_THAT(text, HasSubstr(" I first\n"));
  EXPECT_THAT(text, EndsWith(" E last\n"));
  EXPECT_EQ(DroppedLines(), 0U);
}

TEST_F(QueuedLogTest, SaysHowManyLinesWereDroppedOnceTheReaderGoesOn) {
  constexpr int kLines = 20'000;  // More than the pipe and the queue hold.
  for (int i = 0; i < kLines; ++i) {
    Info("line ", i, " of a log nobody reads");
  }
  ASSERT_GT(DroppedLines(), 0U);
  std::string text;
  std::thread reader([&] {
    while (text.find("line 19999 ") == std::string::npos) text += Read();
  });
  EXPECT_TRUE(Finish(milliseconds(60'000)));
  reader.join();
  EXPECT_THAT(text, HasSubstr(" lines were dropped: the reader of the log is too slow\n"));
}

TEST_F(QueuedLogTest, AReaderThatStallsHoldsUpNobodyAndLosesTheOldest) {
  constexpr int kLines = 20'000;  // More than the pipe and the queue hold.
  for (int i = 0; i < kLines; ++i) {
    spdlog::info("line {} of a log nobody reads", i);
  }
  EXPECT_GT(DroppedLines(), 0U);
  EXPECT_LT(DroppedLines(), static_cast<uint64_t>(kLines));
  EXPECT_FALSE(Finish(milliseconds(10)));
  EXPECT_THAT(Read(), Not(HasSubstr("line 19999 ")));
}

}  // namespace
}  // namespace srpce::log
