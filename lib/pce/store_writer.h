// lib/pce/store_writer.h -- the store thread: the only one that waits for a disk.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "lib/base/clock.h"
#include "lib/plugin/store.h"

namespace srpce::pce {

// Intents are stored before they are acknowledged; what was installed follows in the background,
// one entry a policy however often it changes, and is tried again until the store takes it.
class StoreWriter {
 public:
  using Done = std::function<void(const absl::Status&)>;
  using Config = std::shared_ptr<const plugin::PolicyConfig>;

  // `on_result` is called on the store thread after each commit.
  StoreWriter(plugin::Store& store, std::function<void(const absl::Status&)> on_result);
  ~StoreWriter();  // Stops.

  // Blocks; before Start. Stores a ceiling above `stored_revision`: any revision given out stays
  // below the stored one, so that none is given out twice, whatever the process dies of. Returns
  // the revision to count from. If the store takes nothing that is one of a range of its own, by
  // `now`: after the next start what a watcher saw of it is not mistaken for something else.
  uint64_t Reserve(uint64_t stored_revision, WallTime now);
  void Start();
  // Commits what waits, once, and ends the thread. Batches not committed are answered CANCELLED.
  void Stop();

  // Never block. `done` is called on the store thread.
  void Commit(plugin::StoreBatch batch, Done done);
  void PutInstalled(Config config);
  void ClearInstalled(const policy::PolicyKey& key);
  void NoteRevision(uint64_t revision);
  // Tries at once what failed before.
  void RetryNow();

  size_t queue_depth() const;
  absl::Status health() const;  // The result of the last commit.
  // Nothing is waiting, save what failed and is to be tried again.
  bool idle() const;
  // Called, on the store thread, whenever idle() may have become true.
  void SetIdleListener(std::function<void()> listener) { on_idle_ = std::move(listener); }

 private:
  struct Job {
    plugin::StoreBatch batch;
    Done done;
  };
  using Installed = std::map<policy::PolicyKey, Config>;  // Null: cleared.

  void Serve();
  void CommitJob(std::unique_lock<std::mutex>& lock);
  bool CommitBackground(std::unique_lock<std::mutex>& lock);  // False: to be tried again.
  absl::Status Write(std::unique_lock<std::mutex>& lock, const plugin::StoreBatch& batch);
  // After an error even nothing is written, to see when the store is well again.
  bool HasBackground() const {
    return !installed_.empty() || ceiling_ != stored_ceiling_ || !health_.ok();
  }

  plugin::Store& store_;
  const std::function<void(const absl::Status&)> on_result_;
  std::function<void()> on_idle_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool retry_now_ = false;
  bool busy_ = false;
  std::deque<Job> jobs_;
  Installed installed_;
  uint64_t ceiling_ = 0;
  uint64_t stored_ceiling_ = 0;
  absl::Status health_;
  bool backing_off_ = false;  // The background failed and waits.
  std::chrono::milliseconds backoff_{0};
  std::chrono::steady_clock::time_point retry_at_{};
  std::thread thread_;
};

}  // namespace srpce::pce
