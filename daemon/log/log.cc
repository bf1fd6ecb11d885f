#include "daemon/log/log.h"

#include <poll.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

namespace srpce::log {
namespace {

// "%*": the message as a JSON string (RFC 8259 s7).
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    constexpr char kHex[] = "0123456789abcdef";
    constexpr unsigned char kFirstPrintable = 0x20;
    out.push_back('"');
    for (const char c : message.payload) {
      const auto octet = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
      } else if (octet < kFirstPrintable) {
        for (const char escape : {'\\', 'u', '0', '0', kHex[octet >> 4], kHex[octet & 0xf]}) {
          out.push_back(escape);
        }
      } else {
        out.push_back(c);
      }
    }
    out.push_back('"');
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JsonMessage>();
  }
};

spdlog::level::level_enum SpdlogLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      break;
  }
  return spdlog::level::err;
}

// Lines that wait for the descriptor.
constexpr size_t kQueueLines = 4096;

// Writes lines to a descriptor that may stall, on the one thread of the queue. Waits for room
// before each write, so that Abandon gets it out.
class PatientSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  // `queue` is the one whose thread writes here, and ends after it.
  PatientSink(int fd, spdlog::details::thread_pool* queue) : fd_(fd), queue_(queue) {}

  // Any thread. Waits until a flush asked for after `flushes` has come to its turn.
  bool AwaitFlush(uint64_t flushes, std::chrono::milliseconds patience) {
    std::unique_lock lock(flush_mutex_);
    return flushed_.wait_for(lock, patience, [&] { return flushes_ > flushes; });
  }
  uint64_t flushes() {
    const std::lock_guard lock(flush_mutex_);
    return flushes_;
  }
  // What does not go out at once is lost from now on.
  void Abandon() { abandoned_ = true; }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (const uint64_t dropped = queue_->overrun_counter(); dropped != reported_) {
      const std::string text = std::to_string(dropped - reported_) +
                               " lines were dropped: the reader of the log is too slow";
      reported_ = dropped;
      WriteLine({message.logger_name, spdlog::level::warn, text});
    }
    WriteLine(message);
  }
  void flush_() override {
    const std::lock_guard lock(flush_mutex_);
    ++flushes_;
    flushed_.notify_all();
  }

 private:
  void WriteLine(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    for (size_t written = 0; written < line.size();) {
      if (!AwaitRoom()) {
        return;
      }
      // A write of this much does not block once there is room (pipe(7)).
      const ssize_t count =
          ::write(fd_, line.data() + written, std::min<size_t>(line.size() - written, PIPE_BUF));
      if (count < 0 && errno != EINTR && errno != EAGAIN) {
        return;  // Nobody is there to be told.
      }
      written += count > 0 ? static_cast<size_t>(count) : 0;
    }
  }

  bool AwaitRoom() {
    constexpr int kLookAgainMs = 50;
    while (true) {
      pollfd room{.fd = fd_, .events = POLLOUT, .revents = 0};
      const int ready = ::poll(&room, 1, abandoned_ ? 0 : kLookAgainMs);
      if (ready > 0) {
        return true;
      }
      if (abandoned_) {
        return false;
      }
    }
  }

  const int fd_;
  spdlog::details::thread_pool* const queue_;
  uint64_t reported_ = 0;  // Of the lines dropped, ever.
  std::atomic<bool> abandoned_{false};
  std::mutex flush_mutex_;
  std::condition_variable flushed_;
  uint64_t flushes_ = 0;
};

void SetDefault(std::shared_ptr<spdlog::logger> logger, Level level, Format format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<JsonMessage>('*');
  formatter->set_pattern(
      format == Format::kJson
          ? R"({"time":"%Y-%m-%dT%H:%M:%S.%f%z","level":"%l","thread":%t,"message":%*})"
          : "%Y-%m-%d %H:%M:%S.%e %L %v");
  logger->set_formatter(std::move(formatter));
  logger->set_level(SpdlogLevel(level));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace

void Init(Level level, Format format) {
  auto logger =
      std::make_shared<spdlog::logger>("srpce", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->flush_on(spdlog::level::debug);
  SetDefault(std::move(logger), level, format);
}

void InitQueued(Level level, Format format, int fd) {
  spdlog::init_thread_pool(kQueueLines, /*thread_count=*/1);
  SetDefault(std::make_shared<spdlog::async_logger>(
                 "srpce", std::make_shared<PatientSink>(fd, spdlog::thread_pool().get()),
                 spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest),
             level, format);
}

uint64_t DroppedLines() {
  const auto queue = spdlog::thread_pool();
  return queue == nullptr ? 0 : queue->overrun_counter();
}

bool Finish(std::chrono::milliseconds patience) {
  const auto logger = spdlog::default_logger();
  const auto sink = std::dynamic_pointer_cast<PatientSink>(logger->sinks().front());
  if (sink == nullptr) {
    return true;  // Not queued: all is out.
  }
  const uint64_t flushes = sink->flushes();
  logger->flush();
  const bool out = sink->AwaitFlush(flushes, patience);
  sink->Abandon();
  return out;
}

void Write(Level level, const std::string& message) {
  spdlog::log(SpdlogLevel(level), "{}", message);
}

}  // namespace srpce::log
