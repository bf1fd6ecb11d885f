// daemon/log/log.h -- how the programs log: spdlog's default logger, lines of text or of JSON on
// stderr.
//
// log::Info("policy ", key, ": ...") and its like. A message is one line; JSON lines have "time",
// "level", "thread", "message". spdlog's own headers stay out of here: their templates take seconds
// of every file that logs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace srpce::log {

enum class Level { kDebug, kInfo, kWarning, kError };
enum class Format { kText, kJson };

// Sets up the default logger. Call one of these once, before other threads log.
//
// A line is out when the call returns; whoever logs waits for the reader of stderr.
void Init(Level level, Format format);
// Lines go by a bounded queue to a thread of their own, so that a reader that stalls (a full disk
// behind a pipe, a stopped terminal) holds up nobody. When the queue is full the oldest are dropped
// and counted. Call Finish before the process ends. Starts a thread: block signals before.
void InitQueued(Level level, Format format, int fd = 2);
// Lines that were dropped, ever. Any thread.
uint64_t DroppedLines();
// Waits until what was logged is out, `patience` at most, and gives up what is not. Returns whether
// all is out. Lines logged later may be lost.
bool Finish(std::chrono::milliseconds patience);

void Write(Level level, const std::string& message);
// What absl::StrCat makes of `parts`.
template <typename... Parts>
void Info(const Parts&... parts) {
  Write(Level::kInfo, absl::StrCat(parts...));
}
template <typename... Parts>
void Warning(const Parts&... parts) {
  Write(Level::kWarning, absl::StrCat(parts...));
}
template <typename... Parts>
void Error(const Parts&... parts) {
  Write(Level::kError, absl::StrCat(parts...));
}

}  // namespace srpce::log
