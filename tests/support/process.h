// tests/support/process.h -- a child process for a test: its output kept, its exit awaited, never
// left behind.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"

namespace srpce::support {

struct ProcessOptions {
  std::string program;            // Path.
  std::vector<std::string> args;  // Without the program's name.
  // Adds "--ready-fd N" with a pipe that AwaitReadyLine reads.
  bool ready_fd = false;
};

class Process {
 public:
  // Errors: the system's. A program that cannot be executed exits with 127.
  static absl::StatusOr<std::unique_ptr<Process>> Spawn(const ProcessOptions& options);
  // Kills the child if it still runs, and reaps it. The kernel does the first if the test itself
  // dies.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  // No effect on a child that was reaped.
  void Signal(int signal);
  // Waits for the end. Returns the exit code, or minus the signal that ended it.
  // Errors: DEADLINE_EXCEEDED  still running; what it wrote to stderr is in the message.
  absl::StatusOr<int> AwaitExit(std::chrono::milliseconds timeout = kPatience);
  // The first line written to the ready pipe. Errors: UNAVAILABLE  the child ended or closed it
  // first.  DEADLINE_EXCEEDED.
  absl::StatusOr<std::string> AwaitReadyLine(std::chrono::milliseconds timeout = kPatience);

  // All so far.
  std::string output() const;
  std::string errors() const;

  // Long enough for a sanitized build on a busy machine.
  static constexpr std::chrono::milliseconds kPatience{60'000};

 private:
  struct Capture {
    int fd = -1;
    std::string text;
    std::thread thread;
  };
  Process() = default;
  void Collect(Capture& capture);

  pid_t pid_ = -1;
  int pid_fd_ = -1;
  int ready_fd_ = -1;
  std::optional<int> exit_;
  mutable std::mutex mutex_;  // Guards the texts.
  Capture output_;
  Capture errors_;
};

}  // namespace srpce::support
