#include "tests/integration/linux_srv6/pinger.h"

#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace srpce::lab {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kOverdue{1000};  // A reply later than this is lost.

struct Echo {
  icmp6_hdr header;
  uint32_t sequence;  // The header's own has 16 bits only.
};

}  // namespace

Pinger::Pinger(const Netns& host, const std::string& destination) {
  {
    const InNetns in(host);
    socket_ = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMPV6);
  }
  icmp6_filter filter;
  ICMP6_FILTER_SETBLOCKALL(&filter);
  ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
  setsockopt(socket_, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  inet_pton(AF_INET6, destination.c_str(), &address.sin6_addr);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    std::perror("pinger: connect");
    std::abort();
  }
  stop_ = eventfd(0, EFD_CLOEXEC);
  timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  const timespec interval{0, std::chrono::nanoseconds(kInterval).count()};
  const itimerspec schedule{interval, interval};
  timerfd_settime(timer_, 0, &schedule, nullptr);
  thread_ = std::thread([this] { Run(); });
}

Pinger::~Pinger() {
  const uint64_t one = 1;
  if (write(stop_, &one, sizeof one) != sizeof one) std::abort();
  thread_.join();
  for (const int fd : {socket_, timer_, stop_}) close(fd);
}

void Pinger::Run() {
  std::array<pollfd, 3> fds = {pollfd{socket_, POLLIN, 0}, pollfd{timer_, POLLIN, 0},
                               pollfd{stop_, POLLIN, 0}};
  while (poll(fds.data(), fds.size(), -1) >= 0) {
    if (fds[2].revents != 0) return;
    if (fds[0].revents != 0) Receive();
    uint64_t expired = 0;
    if (fds[1].revents != 0 && read(timer_, &expired, sizeof expired) == sizeof expired) SendOne();
  }
}

// One a wake-up: when the machine was busy, what was missed is not sent in a burst.
void Pinger::SendOne() {
  Echo echo{};
  echo.header.icmp6_type = ICMP6_ECHO_REQUEST;  // The kernel adds the checksum.
  {
    const std::lock_guard lock(mutex_);
    echo.sequence = static_cast<uint32_t>(answered_.size());
    answered_.push_back(false);
  }
  // A request that cannot be sent (no route) is a lost one.
  if (send(socket_, &echo, sizeof echo, 0) < 0) return;
}

void Pinger::Receive() {
  Echo echo{};
  while (recv(socket_, &echo, sizeof echo, 0) == sizeof echo) {
    const std::lock_guard lock(mutex_);
    if (echo.sequence >= answered_.size() || answered_[echo.sequence]) continue;
    answered_[echo.sequence] = true;
    const auto now = Clock::now();
    longest_silence_ = std::max(longest_silence_, now - last_reply_);
    last_reply_ = now;
    replied_.notify_all();
  }
}

bool Pinger::AwaitReplies(uint32_t count) {
  std::unique_lock lock(mutex_);
  const size_t from = answered_.size();
  return replied_.wait_for(lock, kPatience, [&] {
    return std::count(answered_.begin() + static_cast<ptrdiff_t>(from), answered_.end(), true) >=
           static_cast<ptrdiff_t>(count);
  });
}

Pinger::Account Pinger::Settle() {
  std::unique_lock lock(mutex_);
  const auto end = static_cast<uint32_t>(answered_.size());
  const auto all_answered = [&] {
    return std::count(answered_.begin() + settled_, answered_.begin() + end, false) == 0;
  };
  replied_.wait_for(lock, kOverdue, all_answered);
  Account account;
  account.sent = end - settled_;
  account.lost = static_cast<uint32_t>(
      std::count(answered_.begin() + settled_, answered_.begin() + end, false));
  account.longest_silence = std::exchange(longest_silence_, Clock::duration());
  settled_ = end;
  return account;
}

}  // namespace srpce::lab
