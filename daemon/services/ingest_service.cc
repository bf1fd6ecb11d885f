#include "daemon/services/ingest_service.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "daemon/log/log.h"
#include "daemon/services/rpc_status.h"
#include "daemon/services/stream_set.h"
#include "lib/base/status_macros.h"
#include "proto/convert/topology.h"
#include "srpce/v1/topology.grpc.pb.h"

namespace srpce::services {
namespace {

constexpr char kMethod[] = "TopologyIngest/Publish";
// Sources of the daemon itself: what agents report of their interfaces.
constexpr char kReservedSourcePrefix[] = "agent:";

const char* KindName(v1::TopologyUpdate::UpdateCase kind) {
  switch (kind) {
    case v1::TopologyUpdate::kHello:
      return "hello";
    case v1::TopologyUpdate::kSyncBegin:
      return "sync_begin";
    case v1::TopologyUpdate::kSyncEnd:
      return "sync_end";
    case v1::TopologyUpdate::kNode:
      return "node";
    case v1::TopologyUpdate::kLink:
      return "link";
    case v1::TopologyUpdate::kPrefix:
      return "prefix";
    case v1::TopologyUpdate::kRemoveNode:
      return "remove_node";
    case v1::TopologyUpdate::kRemoveLink:
      return "remove_link";
    case v1::TopologyUpdate::kRemovePrefix:
      return "remove_prefix";
    case v1::TopologyUpdate::kReport:
      return "report";
    case v1::TopologyUpdate::kBatch:
      return "batch";
    case v1::TopologyUpdate::UPDATE_NOT_SET:
      break;
  }
  return "none";
}

// Applies one statement of `source`.
struct Apply {
  topology::TedBuilder& builder;
  topology::SourceId source;
  MonotonicTime now;

  absl::Status operator()(const plugin::SyncBegin& /*s*/) const {
    return builder.BeginSync(source);
  }
  absl::Status operator()(const plugin::SyncEnd& /*s*/) const {
    return builder.EndSync(source).status();
  }
  absl::Status operator()(const plugin::NodeStatement& s) const {
    return builder.SetNode(source, s.id, s.attributes, {.patch = s.patch, .stale = s.stale}, now);
  }
  absl::Status operator()(const plugin::LinkStatement& s) const {
    return builder.SetLink(source, s.key, s.attributes, {.patch = s.patch, .stale = s.stale}, now);
  }
  absl::Status operator()(const plugin::PrefixStatement& s) const {
    return builder.SetPrefix(source, s.node_id, s.prefix, s.attributes,
                             {.patch = s.patch, .stale = s.stale}, now);
  }
  absl::Status operator()(const plugin::NodeRemoval& s) const {
    return builder.RemoveNode(source, s.id, now);
  }
  absl::Status operator()(const plugin::LinkRemoval& s) const {
    return builder.RemoveLink(source, s.key, now);
  }
  absl::Status operator()(const plugin::PrefixRemoval& s) const {
    return builder.RemovePrefix(source, s.node_id, s.prefix, now);
  }
  absl::Status operator()(const plugin::SourceReport& /*s*/) const {
    return absl::OkStatus();  // No topology, and kept already: see KeepReport.
  }
};

class Publisher;
using Publishers = StreamSet<Publisher>;

// What the streams of the service share.
struct Shared {
  const IngestOptions options;
  pce::TopologyWriter& writer;
  SourceReports& reports;
  const Clock& clock;
  metrics::Metrics& metrics;
};

// One stream. Lives until gRPC is done with it and the writer has answered everything it was given.
class Publisher final : public grpc::ServerBidiReactor<v1::TopologyUpdate, v1::IngestAck> {
 public:
  Publisher(const Shared& shared, Publishers& publishers)
      : options_(shared.options),
        writer_(shared.writer),
        reports_(shared.reports),
        clock_(shared.clock),
        metrics_(shared.metrics),
        publishers_(publishers) {}

  void Start() {
    switch (publishers_.Add(this)) {
      case Publishers::Admission::kAdmitted:
        StartRead(&update_);
        return;
      case Publishers::Admission::kFull:
        Refuse(ToGrpcStatus(absl::ResourceExhaustedError(absl::StrCat(
                                publishers_.limit(), " streams are open, the configured limit")),
                            kReasonTooManyStreams));
        return;
      case Publishers::Admission::kDraining:
        BeginDrain();
    }
  }

  void BeginDrain() {
    Refuse(ToGrpcStatus(absl::UnavailableError("the daemon stops"), kReasonShuttingDown));
  }

  // One read is outstanding at a time, so calls of this do not overlap.
  void OnReadDone(bool ok) override {
    if (!ok) {
      Refuse(grpc::Status::OK);  // Broken or half-closed: the end, and nobody's fault.
      return;
    }
    if (const absl::Status status = CheckOrder(); !status.ok()) {
      Refuse(ToGrpcStatus(status, said_hello_ ? kReasonBadSequence : kReasonHelloMissing));
      return;
    }
    if (!said_hello_) {
      said_hello_ = true;
      Connect();  // Reads on when the source is connected.
      return;
    }
    SubmitUpdates();
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock lock(mutex_);
    writing_ = false;
    if (!ok) {
      broken_ = true;
      acks_.clear();
      BeginClose(grpc::Status::CANCELLED);
    } else {
      if (std::exchange(ends_message_, false)) {
        unacknowledged_bytes_ -= unacknowledged_.front();
        unacknowledged_.pop_front();
      }
      WriteNext();
      ReadIfRoom();
    }
    FinishIfIdle(std::move(lock));
  }

  void OnDone() override {
    publishers_.Remove(this);
    delete this;
  }

 private:
  absl::Status CheckOrder() {
    if (!said_hello_ && update_.update_case() != v1::TopologyUpdate::kHello) {
      return absl::InvalidArgumentError(
          absl::StrCat("the first message: got ", KindName(update_.update_case()), ", want hello"));
    }
    if (!update_.has_batch()) {
      return CheckSequence(update_);
    }
    if (update_.batch().updates().empty()) {
      return absl::InvalidArgumentError("batch: got no update, want one at least");
    }
    for (const v1::TopologyUpdate& update : update_.batch().updates()) {
      SRPCE_RETURN_IF_ERROR(CheckSequence(update));
    }
    return absl::OkStatus();
  }
  absl::Status CheckSequence(const v1::TopologyUpdate& update) {
    if (update.sequence() != last_sequence_ + 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("sequence: got ", update.sequence(), ", want ", last_sequence_ + 1));
    }
    ++last_sequence_;
    return absl::OkStatus();
  }

  absl::StatusOr<topology::SourceOptions> ReadHello() const {
    const v1::SourceHello& hello = update_.hello();
    if (absl::StartsWith(hello.name(), kReservedSourcePrefix)) {
      return absl::InvalidArgumentError(
          absl::StrCat("hello: name: got '", hello.name(), "', names that begin with '",
                       kReservedSourcePrefix, "' are the daemon's own"));
    }
    topology::SourceOptions options;
    options.name = hello.name();
    options.precedence = hello.precedence() == 0 ? options_.default_precedence : hello.precedence();
    options.overlay = hello.overlay();
    if (!hello.keep_forever()) {
      options.hold_time = hello.has_hold_time_seconds()
                              ? std::chrono::seconds(hello.hold_time_seconds())
                              : options_.default_hold_time;
    }
    return options;
  }

  void Connect() {
    auto options = ReadHello();
    if (!options.ok()) {
      Refuse(ToGrpcStatus(options.status(), kReasonInvalidArgument));
      return;
    }
    source_name_ = options->name;
    reports_.Forget(writer_);  // Of an earlier life of the name, too.
    const std::lock_guard lock(mutex_);
    CountSubmitted();
    writer_.Submit(
        [this, options = *std::move(options)](topology::TedBuilder& builder, MonotonicTime now) {
          auto source = builder.Connect(options, now);
          if (source.ok()) {
            source_ = *source;
          }
          return source.status();
        },
        [this](const absl::Status& result, uint64_t generation) {
          OnConnected(result, generation);
        });
  }

  void OnConnected(const absl::Status& result, uint64_t generation) {
    metrics_.OnTopologyUpdate(source_name_, "hello", result.ok());
    std::unique_lock lock(mutex_);
    --pending_works_;
    if (result.ok()) {
      log::Info("topology source ", source_name_, ": connected");
      connected_ = true;
      PushAck(1, 1, result, generation, /*ends_message=*/true);
      WriteNext();
      if (closing_) {
        SubmitDisconnect();
      }
      reading_ = false;
      ReadIfRoom();
    } else {
      const bool taken = absl::IsAlreadyExists(result);
      BeginClose(ToGrpcStatus(result, taken ? kReasonSourceConnected : kReasonInvalidArgument));
    }
    FinishIfIdle(std::move(lock));
  }

  void KeepReport(plugin::SourceReport report) {
    metrics_.OnSourceReport(source_name_, report.counters);
    reports_.Put(source_name_, std::move(report), clock_.Now());
    reports_.Forget(writer_);
  }

  // One update on its way through the writer.
  struct Item {
    uint64_t sequence = 0;
    v1::TopologyUpdate::UpdateCase kind{};
    absl::StatusOr<plugin::Statement> statement;
    absl::Status result{};
  };

  // A refusal goes the same way as the others, and so does the rest of a report, so that
  // acknowledgements stay in order.
  Item ReadItem(const v1::TopologyUpdate& update) {
    Item item{.sequence = update.sequence(),
              .kind = update.update_case(),
              .statement = absl::InvalidArgumentError("hello: said twice")};
    if (item.kind == v1::TopologyUpdate::UPDATE_NOT_SET) {
      item.statement =
          absl::InvalidArgumentError("update: none is set, want one of those this version knows");
    } else if (item.kind == v1::TopologyUpdate::kBatch) {
      item.statement = absl::InvalidArgumentError("batch: got a batch in it, want updates");
    } else if (item.kind != v1::TopologyUpdate::kHello) {
      item.statement = convert::FromProto(update);
    }
    if (item.kind == v1::TopologyUpdate::kReport && item.statement.ok()) {
      KeepReport(
          std::get<plugin::SourceReport>(std::exchange(*item.statement, plugin::SourceReport())));
    }
    return item;
  }

  // All that one message says, as one work.
  void SubmitUpdates() {
    const auto items = std::make_shared<std::vector<Item>>();
    if (update_.has_batch()) {
      items->reserve(static_cast<size_t>(update_.batch().updates_size()));
      for (const v1::TopologyUpdate& update : update_.batch().updates()) {
        items->push_back(ReadItem(update));
      }
    } else {
      items->push_back(ReadItem(update_));
    }
    const std::lock_guard lock(mutex_);
    reading_ = false;
    if (closing_) {
      return;  // The source may be gone already.
    }
    CountSubmitted();
    writer_.Submit(
        [this, items](topology::TedBuilder& builder, MonotonicTime now) {
          for (Item& item : *items) {
            item.result = item.statement.ok()
                              ? std::visit(Apply{builder, *source_, now}, *item.statement)
                              : item.statement.status();
          }
          return items->size() == 1 ? items->front().result : absl::OkStatus();
        },
        [this, items](const absl::Status& result, uint64_t generation) {
          OnApplied(*items, result, generation);
        });
    ReadIfRoom();
  }

  void OnApplied(std::vector<Item>& items, const absl::Status& result, uint64_t generation) {
    for (Item& item : items) {
      item.result.Update(result);  // Where the writer did not get to it.
      metrics_.OnTopologyUpdate(source_name_, KindName(item.kind), item.result.ok());
    }
    std::unique_lock lock(mutex_);
    --pending_works_;
    for (size_t i = 0; i < items.size(); ++i) {
      uint64_t count = 1;
      while (items[i].result.ok() && i + 1 < items.size() && items[i + 1].result.ok()) {
        ++count;
        ++i;
      }
      PushAck(items[i].sequence, count, items[i].result, generation, i + 1 == items.size());
    }
    WriteNext();
    FinishIfIdle(std::move(lock));
  }

  // ---- Below: REQUIRES mutex_ held. ----

  void CountSubmitted() {
    ++pending_works_;
    unacknowledged_.push_back(update_.ByteSizeLong());
    unacknowledged_bytes_ += unacknowledged_.back();
  }

  // `ends_message`: nothing more of the message is to be acknowledged.
  void PushAck(uint64_t sequence, uint64_t count, const absl::Status& result, uint64_t generation,
               bool ends_message) {
    if (broken_) {
      return;
    }
    PendingAck& pending = acks_.emplace_back();
    pending.ends_message = ends_message;
    v1::IngestAck& ack = pending.ack;
    ack.set_sequence(sequence);
    ack.set_count(count == 1 ? 0 : count);
    if (result.ok()) {
      ack.set_generation(generation);
    } else {
      ack.set_error(std::string(result.message()));
      ack.set_error_code(absl::StatusCodeToString(result.code()));
    }
  }

  void WriteNext() {
    if (writing_ || finished_ || acks_.empty()) {
      return;
    }
    writing_ = true;
    ack_.Swap(&acks_.front().ack);
    ends_message_ = acks_.front().ends_message;
    acks_.pop_front();
    grpc::WriteOptions options;
    if (!acks_.empty()) {
      options.set_buffer_hint();  // More is coming at once: one packet for many.
    }
    StartWrite(&ack_, options);
  }

  void ReadIfRoom() {
    if (reading_ || closing_ || unacknowledged_.size() >= options_.window ||
        unacknowledged_bytes_ >= options_.window_bytes) {
      return;
    }
    reading_ = true;
    StartRead(&update_);
  }

  // The source goes when everything it said before is applied: the writer keeps the order.
  void BeginClose(grpc::Status status) {
    if (closing_) {
      return;
    }
    closing_ = true;
    final_status_ = std::move(status);
    if (connected_) {
      SubmitDisconnect();
    }
  }

  void SubmitDisconnect() {
    ++pending_works_;
    writer_.Submit(
        [this](topology::TedBuilder& builder, MonotonicTime now) {
          builder.Disconnect(*source_, now);
          return absl::OkStatus();
        },
        [this](const absl::Status& /*result*/, uint64_t /*generation*/) {
          log::Info("topology source ", source_name_, ": disconnected");
          std::unique_lock lock(mutex_);
          --pending_works_;
          FinishIfIdle(std::move(lock));
        });
  }

  // ---- Above. ----

  // The last act of whoever calls it: where that is no reaction of gRPC's (the writer), `this` may
  // be deleted by another thread as soon as Finish is called. So `lock`, which holds mutex_, is
  // released before.
  void FinishIfIdle(std::unique_lock<std::mutex> lock) {
    if (!closing_ || finished_ || pending_works_ > 0 || writing_ || !acks_.empty()) {
      return;
    }
    finished_ = true;
    metrics_.OnRpc(kMethod, final_status_.error_code());
    grpc::Status status = final_status_;
    lock.unlock();
    Finish(std::move(status));
  }

  void Refuse(grpc::Status status) {
    std::unique_lock lock(mutex_);
    BeginClose(std::move(status));
    FinishIfIdle(std::move(lock));
  }

  const IngestOptions& options_;
  pce::TopologyWriter& writer_;
  SourceReports& reports_;
  const Clock& clock_;
  metrics::Metrics& metrics_;
  Publishers& publishers_;

  // Only the one outstanding read and what follows from it.
  v1::TopologyUpdate update_;
  bool said_hello_ = false;
  uint64_t last_sequence_ = 0;
  std::string source_name_;  // Constant once hello was read.
  // Only the writer thread; set before any other work of this stream runs.
  std::optional<topology::SourceId> source_;

  std::mutex mutex_;
  struct PendingAck {
    v1::IngestAck ack;
    bool ends_message = false;
  };
  std::deque<PendingAck> acks_;  // To be written after ack_.
  v1::IngestAck ack_;
  bool ends_message_ = false;          // Of ack_.
  size_t pending_works_ = 0;           // Given to the writer and not answered.
  std::deque<size_t> unacknowledged_;  // Sizes of what was read and not acknowledged on the wire.
  size_t unacknowledged_bytes_ = 0;
  bool reading_ = true;  // A read is outstanding, or what it brought is being handled.
  bool writing_ = false;
  bool connected_ = false;
  bool broken_ = false;  // Nothing can be written any more.
  bool closing_ = false;
  bool finished_ = false;
  grpc::Status final_status_;
};

}  // namespace

class IngestService::Impl final : public v1::TopologyIngest::CallbackService {
 public:
  explicit Impl(const Shared& shared) : shared_(shared), publishers_(shared.options.max_streams) {}

  grpc::ServerBidiReactor<v1::TopologyUpdate, v1::IngestAck>* Publish(
      grpc::CallbackServerContext* /*context*/) override {
    auto* publisher = new Publisher(shared_, publishers_);  // Deletes itself when done.
    publisher->Start();
    return publisher;
  }
  Publishers& publishers() { return publishers_; }

 private:
  const Shared shared_;
  Publishers publishers_;
};

IngestService::IngestService(const IngestOptions& options, pce::TopologyWriter& writer,
                             SourceReports& reports, const Clock& clock, metrics::Metrics& metrics)
    : impl_(std::make_unique<Impl>(Shared{options, writer, reports, clock, metrics})) {}
IngestService::~IngestService() = default;
grpc::Service* IngestService::service() { return impl_.get(); }
size_t IngestService::streams() const { return impl_->publishers().size(); }
void IngestService::Drain() { impl_->publishers().Drain(); }

}  // namespace srpce::services
