// daemon/log/log.h -- how the programs log: spdlog's default logger, lines of text or of JSON on
// stderr.
//
// Use spdlog::info("policy {}: ...", key) and its like. A message is one line; JSON lines have
// "time", "level", "thread", "message".
#pragma once

#include <string>

namespace srpce::log {

enum class Level { kDebug, kInfo, kWarning, kError };
enum class Format { kText, kJson };

// Sets up the default logger. Call once, before other threads log.
void Init(Level level, Format format);
// One line, for those that have no need of spdlog's headers.
void Info(const std::string& message);

}  // namespace srpce::log
