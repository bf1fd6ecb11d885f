// lib/pce/store_writer.cc -- commits in order, retries in the background.
#include "lib/pce/store_writer.h"

#include <algorithm>
#include <utility>

namespace srpce::pce {
namespace {

constexpr uint64_t kRevisionBlock = 1'000'000;
constexpr std::chrono::milliseconds kFirstBackoff{100};
constexpr std::chrono::milliseconds kLastBackoff{5000};

}  // namespace

StoreWriter::StoreWriter(plugin::Store& store, std::function<void(const absl::Status&)> on_result)
    : store_(store), on_result_(std::move(on_result)) {}

StoreWriter::~StoreWriter() { Stop(); }

uint64_t StoreWriter::Reserve(uint64_t stored_revision, WallTime now) {
  std::unique_lock<std::mutex> lock(mutex_);
  stored_ceiling_ = stored_revision;
  ceiling_ = stored_revision + kRevisionBlock;
  plugin::StoreBatch batch;
  batch.revision = ceiling_;
  if (Write(lock, batch).ok()) {
    return stored_revision;
  }
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const uint64_t first = std::max(stored_revision, static_cast<uint64_t>(seconds) * kRevisionBlock);
  ceiling_ = first + kRevisionBlock;
  return first;
}

void StoreWriter::Start() {
  thread_ = std::thread([this] { Serve(); });
}

void StoreWriter::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void StoreWriter::Commit(plugin::StoreBatch batch, Done done) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    jobs_.push_back({std::move(batch), std::move(done)});
  }
  wake_.notify_all();
}

void StoreWriter::PutInstalled(Config config) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const policy::PolicyKey key = config->key;
    installed_[key] = std::move(config);
  }
  wake_.notify_all();
}

void StoreWriter::ClearInstalled(const policy::PolicyKey& key) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    installed_[key] = nullptr;
  }
  wake_.notify_all();
}

void StoreWriter::NoteRevision(uint64_t revision) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (revision + kRevisionBlock / 2 < ceiling_) {
      return;
    }
    ceiling_ = revision + kRevisionBlock;
  }
  wake_.notify_all();
}

void StoreWriter::RetryNow() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    retry_now_ = true;
  }
  wake_.notify_all();
}

size_t StoreWriter::queue_depth() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return jobs_.size() + installed_.size();
}

absl::Status StoreWriter::health() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return health_;
}

bool StoreWriter::idle() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return jobs_.empty() && !busy_ && (!HasBackground() || (backing_off_ && !retry_now_));
}

void StoreWriter::Serve() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    if (!jobs_.empty()) {
      CommitJob(lock);
    } else if (HasBackground() && (!backing_off_ || retry_now_ || stopping_)) {
      if (!CommitBackground(lock) && stopping_) {
        break;
      }
    } else if (stopping_) {
      break;
    } else {
      if (on_idle_) {
        lock.unlock();
        on_idle_();
        lock.lock();
        if (!jobs_.empty() || (HasBackground() && (!backing_off_ || retry_now_)) || stopping_) {
          continue;
        }
      }
      if (backing_off_) {
        // Until a fixed time: what comes meanwhile must not put the retry off.
        if (wake_.wait_until(lock, retry_at_) == std::cv_status::timeout) {
          backing_off_ = false;
        }
      } else {
        wake_.wait(lock);
      }
    }
  }
  while (!jobs_.empty()) {
    const Done done = std::move(jobs_.front().done);
    jobs_.pop_front();
    lock.unlock();
    done(absl::CancelledError("store: stopping"));
    lock.lock();
  }
}

absl::Status StoreWriter::Write(std::unique_lock<std::mutex>& lock,
                                const plugin::StoreBatch& batch) {
  busy_ = true;
  lock.unlock();
  const absl::Status status = store_.Commit(batch);
  on_result_(status);
  lock.lock();
  busy_ = false;
  health_ = status;
  if (status.ok()) {
    stored_ceiling_ = std::max(stored_ceiling_, batch.revision);
    backing_off_ = false;
    backoff_ = std::chrono::milliseconds(0);
  }
  return status;
}

void StoreWriter::CommitJob(std::unique_lock<std::mutex>& lock) {
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  job.batch.revision = ceiling_;
  const absl::Status status = Write(lock, job.batch);
  if (status.ok()) {
    for (const policy::PolicyKey& key : job.batch.remove) {
      // Of the policy that went: one that comes under the same key is not installed before `done`.
      installed_.erase(key);
    }
  }
  busy_ = true;  // Not idle before the answer is on its way.
  lock.unlock();
  job.done(status);
  lock.lock();
  busy_ = false;
}

bool StoreWriter::CommitBackground(std::unique_lock<std::mutex>& lock) {
  retry_now_ = false;
  Installed writing;
  std::swap(writing, installed_);
  plugin::StoreBatch batch;
  batch.revision = ceiling_;
  for (const auto& [key, config] : writing) {
    if (config != nullptr) {
      batch.put_installed.push_back(*config);
    } else {
      batch.clear_installed.push_back(key);
    }
  }
  const bool written = Write(lock, batch).ok();
  if (!written) {
    // merge() keeps what has come since: it is newer.
    installed_.merge(writing);
    backing_off_ = true;
    backoff_ = std::clamp(backoff_ * 2, kFirstBackoff, kLastBackoff);
    retry_at_ = std::chrono::steady_clock::now() + backoff_;
  }
  return written;
}

}  // namespace srpce::pce
