#include "tests/integration/linux_srv6/netns.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace srpce::lab {
namespace {

constexpr char kOwn[] = "/proc/thread-self/ns/net";
constexpr int kSentPacketsColumn = 9;  // Of /proc/net/dev, after the name.

void Enter(int fd) {
  if (setns(fd, CLONE_NEWNET) != 0) {
    // In a wrong namespace a test would do harm to the machine it runs on.
    std::perror("setns");
    std::abort();
  }
}

}  // namespace

InNetns::InNetns(const Netns& netns) : before_(open(kOwn, O_RDONLY | O_CLOEXEC)) {
  Enter(netns.fd());
}

InNetns::~InNetns() {
  Enter(before_);
  close(before_);
}

absl::StatusOr<Netns> Netns::Create() {
  const int before = open(kOwn, O_RDONLY | O_CLOEXEC);
  if (unshare(CLONE_NEWNET) != 0) {
    close(before);
    return absl::ErrnoToStatus(errno, "network namespace");
  }
  Netns made(open(kOwn, O_RDONLY | O_CLOEXEC));
  Enter(before);
  close(before);
  return made;
}

Netns::~Netns() {
  if (fd_ >= 0) close(fd_);
}

std::string Netns::path() const { return absl::StrCat("/proc/", getpid(), "/fd/", fd_); }

std::string Netns::Shell(const std::string& command) const {
  const InNetns in(*this);
  std::string output;
  FILE* pipe = popen(("exec 2>&1\n" + command).c_str(), "r");
  if (pipe == nullptr) return "popen failed";
  std::array<char, 4096> part{};
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) output += part.data();
  pclose(pipe);
  return output;
}

absl::Status Netns::Ip(const std::string& commands) const {
  const std::string said = Shell(absl::StrCat("ip -6 -batch - <<'end'\n", commands, "\nend\n"));
  if (said.empty()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("ip -batch: ", said, "\n", commands));
}

absl::Status Netns::Sysctl(const std::string& name, const std::string& value) const {
  const InNetns in(*this);
  std::string path = name;
  std::replace(path.begin(), path.end(), '.', '/');
  std::ofstream file("/proc/sys/" + path);
  file << value << std::flush;
  return file ? absl::OkStatus() : absl::NotFoundError(absl::StrCat("sysctl ", name));
}

std::map<std::string, uint64_t> Netns::SentPackets() const {
  const InNetns in(*this);
  std::ifstream file("/proc/thread-self/net/dev");
  std::map<std::string, uint64_t> sent;
  std::string line;
  while (std::getline(file, line)) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::istringstream numbers(line.substr(colon + 1));
    uint64_t value = 0;
    for (int column = 0; column <= kSentPacketsColumn; ++column) numbers >> value;
    sent[line.substr(line.find_first_not_of(' '), colon - line.find_first_not_of(' '))] = value;
  }
  return sent;
}

}  // namespace srpce::lab
