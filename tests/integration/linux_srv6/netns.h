// tests/integration/linux_srv6/netns.h -- network namespaces without a name: they and all in them
// go with the process, however it ends.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace srpce::lab {

class Netns {
 public:
  // Errors: PERMISSION_DENIED  not root.
  static absl::StatusOr<Netns> Create();
  Netns(Netns&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Netns& operator=(Netns&&) = delete;
  ~Netns();

  int fd() const { return fd_; }
  // For other processes, while this one lives: "/proc/<pid>/fd/<n>".
  std::string path() const;

  // Runs `commands`, one a line, as `ip -6 -batch`. Errors: INTERNAL  what ip said.
  absl::Status Ip(const std::string& commands) const;
  // "net.ipv6.conf.all.forwarding". Errors: NOT_FOUND.
  absl::Status Sysctl(const std::string& name, const std::string& value) const;
  // Packets each interface has sent.
  std::map<std::string, uint64_t> SentPackets() const;
  // Output of a shell command, stderr too.
  std::string Shell(const std::string& command) const;

 private:
  explicit Netns(int fd) : fd_(fd) {}

  int fd_;
};

// The thread is in `netns` while this lives.
class InNetns {
 public:
  explicit InNetns(const Netns& netns);
  ~InNetns();
  InNetns(const InNetns&) = delete;
  InNetns& operator=(const InNetns&) = delete;

 private:
  int before_;
};

}  // namespace srpce::lab
