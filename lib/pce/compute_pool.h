// lib/pce/compute_pool.h -- numbered work on several threads, its results taken in order.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "lib/cspf/compute_path.h"

namespace srpce::pce {

// Each thread has its own search workspace. The caller of Run is one of the threads: a single piece
// of work wakes nobody.
class ComputePool {
 public:
  using Work = std::function<void(size_t index, cspf::Workspace& workspace)>;
  using Consume = std::function<void(size_t index)>;

  // `threads` counts the caller. `potentials` may be null; see cspf::Workspace.
  ComputePool(size_t threads, const cspf::PotentialCache* potentials);
  ~ComputePool();
  ComputePool(const ComputePool&) = delete;
  ComputePool& operator=(const ComputePool&) = delete;

  // Calls work(i) for each i below `count`, lowest first, on any thread, and consume(i) on the
  // caller's thread, strictly in order, each as soon as work(0) ... work(i) are done. Once
  // `enough`, which is asked under a lock, says so no further work is begun; work(0) always is.
  // Returns how many were done. One Run at a time.
  size_t Run(size_t count, const Work& work, const Consume& consume,
             const std::function<bool()>& enough);

 private:
  void Serve();
  // Takes the next piece of work if there is one. `lock` is released meanwhile.
  bool WorkOnce(std::unique_lock<std::mutex>& lock, cspf::Workspace& workspace);

  const cspf::PotentialCache* const potentials_;
  std::mutex mutex_;
  std::condition_variable more_;   // Work has come, or the end.
  std::condition_variable ready_;  // A piece of work is done.
  bool stopping_ = false;
  const Work* work_ = nullptr;
  const std::function<bool()>* enough_ = nullptr;
  size_t count_ = 0;
  size_t next_ = 0;
  std::vector<bool> done_;
  cspf::Workspace workspace_;  // The caller's.
  std::vector<std::thread> threads_;
};

}  // namespace srpce::pce
