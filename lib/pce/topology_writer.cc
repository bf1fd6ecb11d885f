#include "lib/pce/topology_writer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace srpce::pce {
namespace {

constexpr size_t kMaxBatch = 4096;
constexpr size_t kChunk =
    64;  // Works taken from the queue at once, so that the clock is looked at in between.
constexpr Duration kMaxBatchTime = std::chrono::milliseconds(2);
constexpr Duration kMaxWait = std::chrono::hours(1);  // Far ends of time overflow inside wait_for.

// What a thread last got from a writer. Weak, so that a thread that stops asking does not keep an
// old network in memory; while the snapshot is the newest, the writer holds it.
struct CachedTed {
  uint64_t writer = 0;
  uint64_t version = 0;
  std::weak_ptr<const topology::Ted> ted;
};
// A process has one writer; tests have a few. More than these evict each other, which costs a lock,
// no more.
constexpr size_t kCachedWriters = 4;
thread_local std::array<CachedTed, kCachedWriters> cached_teds;

uint64_t NextWriterId() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

class TopologyWriter::Impl {
 public:
  Impl(const Clock& clock, Listener listener) : clock_(clock), listener_(std::move(listener)) {
    Store(builder_.Publish().ted);
    thread_ = std::thread([this] { Run(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(queue_mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void Submit(Work work, Done done, std::optional<MonotonicTime> received) {
    const MonotonicTime arrival = received.value_or(clock_.Now());
    {
      const std::lock_guard lock(queue_mutex_);
      queue_.push_back({std::move(work), std::move(done), arrival});
    }
    wake_.notify_one();
  }

  topology::TedPtr ted() const {
    const uint64_t version = version_.load(std::memory_order_acquire);
    CachedTed& cached = cached_teds[id_ % kCachedWriters];
    if (cached.writer == id_ && cached.version == version) {
      if (topology::TedPtr ted = cached.ted.lock()) {
        return ted;
      }
    }
    const std::lock_guard lock(ted_mutex_);
    cached = {id_, version_.load(std::memory_order_relaxed), ted_};
    return ted_;
  }

  std::vector<topology::SourceStatus> sources() const {
    const std::lock_guard lock(status_mutex_);
    return sources_;
  }

  TopologyCounters counters() const {
    TopologyCounters counters;
    {
      const std::lock_guard lock(status_mutex_);
      counters = counters_;
    }
    const std::lock_guard lock(queue_mutex_);
    counters.queue_depth = queue_.size();
    return counters;
  }

  void SetApplyObserver(std::function<void(Duration)> observer) {
    const std::lock_guard lock(status_mutex_);
    apply_observer_ = std::move(observer);
  }

 private:
  struct Item {
    Work work;
    Done done;
    MonotonicTime arrival;
  };
  struct Answer {
    Done done;
    absl::Status status;
  };

  void Run() {
    while (WaitForWork()) {
      RunBatch();
    }
    CancelQueued();
  }

  // Returns false when it is time to stop.
  bool WaitForWork() {
    std::unique_lock lock(queue_mutex_);
    const auto ready = [this] { return stopping_ || !queue_.empty(); };
    if (const std::optional<MonotonicTime> expiry = builder_.next_expiry()) {
      // clock_ need not be the clock that the condition variable knows: wait for the difference.
      wake_.wait_for(lock, std::clamp<Duration>(*expiry - clock_.Now(), Duration::zero(), kMaxWait),
                     ready);
    } else {
      wake_.wait(lock, ready);
    }
    return !stopping_;
  }

  std::vector<Item> TakeChunk() {
    const std::lock_guard lock(queue_mutex_);
    std::vector<Item> chunk;
    if (!stopping_) {
      const size_t count = std::min(queue_.size(), kChunk);
      std::move(queue_.begin(), queue_.begin() + static_cast<ptrdiff_t>(count),
                std::back_inserter(chunk));
      queue_.erase(queue_.begin(), queue_.begin() + static_cast<ptrdiff_t>(count));
    }
    return chunk;
  }

  void RunBatch() {
    const MonotonicTime start = clock_.Now();
    MonotonicTime event_time = start;
    std::vector<Answer> answers;
    builder_.ExpireStale(start);
    while (answers.size() < kMaxBatch) {
      std::vector<Item> chunk = TakeChunk();
      if (chunk.empty()) {
        break;
      }
      for (Item& item : chunk) {
        event_time = std::min(event_time, item.arrival);
        absl::Status status = item.work(builder_, clock_.Now());
        answers.push_back({std::move(item.done), std::move(status)});
      }
      if (clock_.Now() - start >= kMaxBatchTime) {
        break;
      }
    }
    Publish(answers, start, event_time);
  }

  void Publish(const std::vector<Answer>& answers, MonotonicTime start, MonotonicTime event_time) {
    topology::TedBuilder::Published published = builder_.Publish();
    const uint64_t generation = published.ted->generation();
    const bool is_new = published.delta.to_generation != published.delta.from_generation;
    if (is_new) {
      Store(published.ted);
    }
    UpdateStatus(answers, clock_.Now() - start);
    const bool was_syncing = std::exchange(syncing_, InFirstSync());
    // A generation in which only staleness changed has an empty delta; it is told too, so that
    // generations have no gap. So is the end of a sync that changed nothing more.
    if ((is_new || (was_syncing && !syncing_)) && listener_) {
      listener_({std::move(published.ted), std::move(published.delta), event_time, syncing_});
    }
    for (const Answer& answer : answers) {
      if (answer.done) {
        answer.done(answer.status, generation);
      }
    }
  }

  void Store(topology::TedPtr ted) {
    const std::lock_guard lock(ted_mutex_);
    ted_.swap(ted);
    version_.fetch_add(1, std::memory_order_release);
  }

  void UpdateStatus(const std::vector<Answer>& answers, Duration took) {
    std::vector<topology::SourceStatus> sources = builder_.sources();
    std::function<void(Duration)> observer;
    {
      const std::lock_guard lock(status_mutex_);
      for (const Answer& answer : answers) {
        ++(answer.status.ok() ? counters_.applied : counters_.refused);
      }
      ++counters_.batches;
      counters_.half_known_links = builder_.half_known_link_count();
      sources_ = std::move(sources);
      observer = apply_observer_;
    }
    if (observer) {
      observer(took);
    }
  }

  // Writer thread, which alone changes sources_.
  bool InFirstSync() const {
    return std::any_of(sources_.begin(), sources_.end(),
                       [](const auto& source) { return source.in_first_sync; });
  }

  void CancelQueued() {
    const uint64_t generation = ted()->generation();
    std::unique_lock lock(queue_mutex_);
    while (!queue_.empty()) {  // An answer may lead to one more Submit.
      const Done done = std::move(queue_.front().done);
      queue_.pop_front();
      lock.unlock();
      if (done) {
        done(absl::CancelledError("topology writer: got an update while stopping"), generation);
      }
      lock.lock();
    }
  }

  const uint64_t id_ = NextWriterId();
  const Clock& clock_;
  const Listener listener_;
  topology::TedBuilder builder_;  // Touched by thread_ only.

  mutable std::mutex queue_mutex_;
  std::condition_variable wake_;
  std::deque<Item> queue_;
  bool stopping_ = false;

  mutable std::mutex ted_mutex_;
  topology::TedPtr ted_;
  std::atomic<uint64_t> version_{0};  // Changes with ted_.

  mutable std::mutex status_mutex_;
  TopologyCounters counters_;
  std::vector<topology::SourceStatus> sources_;
  std::function<void(Duration)> apply_observer_;
  bool syncing_ = false;  // Writer thread.

  std::thread thread_;
};

TopologyWriter::TopologyWriter(const Clock& clock, Listener listener)
    : impl_(std::make_unique<Impl>(clock, std::move(listener))) {}
TopologyWriter::~TopologyWriter() = default;

void TopologyWriter::Submit(Work work, Done done, std::optional<MonotonicTime> received) {
  impl_->Submit(std::move(work), std::move(done), received);
}
topology::TedPtr TopologyWriter::ted() const { return impl_->ted(); }
std::vector<topology::SourceStatus> TopologyWriter::sources() const { return impl_->sources(); }
TopologyCounters TopologyWriter::counters() const { return impl_->counters(); }
void TopologyWriter::SetApplyObserver(std::function<void(Duration)> observer) {
  impl_->SetApplyObserver(std::move(observer));
}

}  // namespace srpce::pce
