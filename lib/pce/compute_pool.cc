// lib/pce/compute_pool.cc -- ordered parallel work.
#include "lib/pce/compute_pool.h"

namespace srpce::pce {

ComputePool::ComputePool(size_t threads, const cspf::PotentialCache* potentials)
    : potentials_(potentials), workspace_(potentials) {
  for (size_t i = 1; i < threads; ++i) {
    threads_.emplace_back([this] { Serve(); });
  }
}

ComputePool::~ComputePool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  more_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

size_t ComputePool::Run(size_t count, const Work& work, const Consume& consume,
                        const std::function<bool()>& enough) {
  std::unique_lock<std::mutex> lock(mutex_);
  work_ = &work;
  enough_ = &enough;
  count_ = count;
  next_ = 0;
  done_.assign(count, false);
  if (count > 1) {
    more_.notify_all();
  }
  size_t consumed = 0;
  while (consumed < count_) {
    if (!done_[consumed]) {
      // Work that others have begun is waited for; `count_` falls when it is enough.
      if (!WorkOnce(lock, workspace_) && consumed < count_ && !done_[consumed]) {
        ready_.wait(lock);
      }
      continue;
    }
    lock.unlock();
    consume(consumed++);
    lock.lock();
  }
  count_ = 0;
  next_ = 0;
  return consumed;
}

bool ComputePool::WorkOnce(std::unique_lock<std::mutex>& lock, cspf::Workspace& workspace) {
  if (next_ >= count_) {
    return false;
  }
  if (next_ > 0 && (*enough_)()) {
    count_ = next_;
    return false;
  }
  const size_t index = next_++;
  const Work& work = *work_;
  lock.unlock();
  work(index, workspace);
  lock.lock();
  done_[index] = true;
  ready_.notify_all();
  return true;
}

void ComputePool::Serve() {
  cspf::Workspace workspace(potentials_);
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    if (!WorkOnce(lock, workspace)) {
      more_.wait(lock);
    }
  }
}

}  // namespace srpce::pce
