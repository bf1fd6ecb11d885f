// tests/integration/linux_srv6/pinger.h -- sends an ICMPv6 echo request every millisecond and keeps
// account of each reply.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/linux_srv6/netns.h"

namespace srpce::lab {

class Pinger {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kInterval{1};

  // Pings `destination` from `host` until destroyed.
  Pinger(const Netns& host, const std::string& destination);
  ~Pinger();

  // Waits until `count` requests sent from now on are answered; false after a generous time.
  bool AwaitReplies(uint32_t count);

  struct Account {
    uint32_t sent = 0;  // Answered or overdue: those on their way are not counted.
    uint32_t lost = 0;
    Clock::duration longest_silence{};  // Between two replies.
  };
  // Since the one before, or the start. Waits for what is on its way.
  Account Settle();

 private:
  void Run();
  void SendOne();
  void Receive();

  int socket_ = -1;
  int timer_ = -1;
  int stop_ = -1;
  std::mutex mutex_;
  std::condition_variable replied_;
  std::vector<bool> answered_;  // By sequence.
  uint32_t settled_ = 0;        // Sequences before this are accounted for.
  Clock::time_point last_reply_ = Clock::now();
  Clock::duration longest_silence_{};
  std::thread thread_;
};

}  // namespace srpce::lab
