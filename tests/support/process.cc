#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"

namespace srpce::support {
namespace {

constexpr int kCannotExecute = 127;

struct Pipe {
  int read = -1;
  int write = -1;
};

absl::StatusOr<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return absl::ErrnoToStatus(errno, "pipe");
  }
  return Pipe{ends[0], ends[1]};
}

// Returns whether `fd` became readable in time.
bool AwaitReadable(int fd, std::chrono::steady_clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd poll_fd{.fd = fd, .events = POLLIN, .revents = 0};
    const int result = poll(&poll_fd, 1, static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (result >= 0 || errno != EINTR) {
      return result > 0;
    }
  }
}

// In the child, between fork and exec: only what is safe there.
[[noreturn]] void Execute(const char* program, char* const* argv, const Pipe& output,
                          const Pipe& errors, int keep_fd) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(output.write, STDOUT_FILENO);
  dup2(errors.write, STDERR_FILENO);
  if (keep_fd >= 0) {
    fcntl(keep_fd, F_SETFD, 0);
  }
  execv(program, argv);
  _exit(kCannotExecute);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Spawn(const ProcessOptions& options) {
  const auto output = MakePipe();
  const auto errors = MakePipe();
  const auto ready = MakePipe();
  for (const auto* pipe : {&output, &errors, &ready}) {
    if (!pipe->ok()) {
      return pipe->status();
    }
  }
  std::vector<std::string> words = {options.program};
  words.insert(words.end(), options.args.begin(), options.args.end());
  if (options.ready_fd) {
    words.push_back("--ready-fd");
    words.push_back(absl::StrCat(ready->write));
  }
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);

  const pid_t pid = fork();
  if (pid == 0) {
    Execute(options.program.c_str(), argv.data(), *output, *errors,
            options.ready_fd ? ready->write : -1);
  }
  for (const int end : {output->write, errors->write, ready->write}) {
    close(end);
  }
  if (pid < 0) {
    return absl::ErrnoToStatus(errno, "fork");
  }
  std::unique_ptr<Process> process(new Process());
  process->pid_ = pid;
  process->pid_fd_ = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  process->ready_fd_ = ready->read;
  process->output_.fd = output->read;
  process->errors_.fd = errors->read;
  for (Capture* capture : {&process->output_, &process->errors_}) {
    capture->thread = std::thread([&process = *process, capture] { process.Collect(*capture); });
  }
  return process;
}

Process::~Process() {
  if (!exit_) {
    kill(pid_, SIGKILL);
    (void)AwaitExit();
  }
  for (Capture* capture : {&output_, &errors_}) {
    if (capture->thread.joinable()) {
      capture->thread.join();
    }
    close(capture->fd);
  }
  close(ready_fd_);
  close(pid_fd_);
}

void Process::Signal(int signal) {
  if (!exit_) {
    kill(pid_, signal);
  }
}

absl::StatusOr<int> Process::AwaitExit(std::chrono::milliseconds timeout) {
  if (exit_) {
    return *exit_;
  }
  if (!AwaitReadable(pid_fd_, std::chrono::steady_clock::now() + timeout)) {
    return absl::DeadlineExceededError(
        absl::StrCat("process ", pid_, " still runs; it said:\n", errors()));
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  for (Capture* capture : {&output_, &errors_}) {
    capture->thread.join();  // Its last words.
  }
  return *exit_;
}

absl::StatusOr<std::string> Process::AwaitReadyLine(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::string line;
  while (AwaitReadable(ready_fd_, deadline)) {
    char c = 0;
    if (read(ready_fd_, &c, 1) != 1) {
      (void)AwaitExit(std::chrono::milliseconds(1000));  // For its last words.
      return absl::UnavailableError(
          absl::StrCat("process ", pid_, " is not ready; it said:\n", errors()));
    }
    if (c == '\n') {
      return line;
    }
    line += c;
  }
  return absl::DeadlineExceededError(
      absl::StrCat("process ", pid_, " is not ready; it said:\n", errors()));
}

void Process::Collect(Capture& capture) {
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t count = read(capture.fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return;
    }
    const std::lock_guard lock(mutex_);
    capture.text.append(buffer.data(), static_cast<size_t>(count));
  }
}

std::string Process::output() const {
  const std::lock_guard lock(mutex_);
  return output_.text;
}

std::string Process::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_.text;
}

}  // namespace srpce::support
