// daemon/services/call_pool.h -- threads for what is too long for a thread of gRPC, behind a
// bounded queue. One pool for searches, which may take seconds, and one for the conversion of
// policies: searches must not hold up those who watch.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace srpce::services {

class CallPool {
 public:
  CallPool(size_t threads, size_t max_queue);
  // Runs what is queued, then stops.
  ~CallPool();
  CallPool(const CallPool&) = delete;
  CallPool& operator=(const CallPool&) = delete;

  // Any thread; never block. TrySubmit returns false, and drops `work`, when max_queue works wait.
  // Post is for works whose number is bounded by their makers (one a stream).
  bool TrySubmit(std::function<void()> work);
  void Post(std::function<void()> work);
  size_t queue_depth() const;

 private:
  void Run();

  const size_t max_queue_;
  mutable std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace srpce::services
