// daemon/services/stream_set.h -- the live streams of a service: counted against a limit, ended
// together at shutdown.
#pragma once

#include <cstddef>
#include <mutex>
#include <set>

namespace srpce::services {

// `Stream` has BeginDrain(), which may be called once from any thread while the stream is in the
// set.
template <typename Stream>
class StreamSet {
 public:
  explicit StreamSet(size_t limit) : limit_(limit) {}

  enum class Admission { kAdmitted, kFull, kDraining };
  Admission Add(Stream* stream) {
    const std::lock_guard lock(mutex_);
    if (draining_) {
      return Admission::kDraining;
    }
    if (streams_.size() >= limit_) {
      return Admission::kFull;
    }
    streams_.insert(stream);
    return Admission::kAdmitted;
  }
  // After this the stream is not touched. No effect if it was not admitted.
  void Remove(Stream* stream) {
    const std::lock_guard lock(mutex_);
    streams_.erase(stream);
  }
  void Drain() {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    for (Stream* stream : streams_) {
      stream->BeginDrain();
    }
  }
  size_t size() const {
    const std::lock_guard lock(mutex_);
    return streams_.size();
  }
  size_t limit() const { return limit_; }

 private:
  const size_t limit_;
  mutable std::mutex mutex_;
  std::set<Stream*> streams_;
  bool draining_ = false;
};

}  // namespace srpce::services
