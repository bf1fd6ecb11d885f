// TopologyIngest over a real gRPC channel, in one process with a TopologyWriter: order, refusals,
// broken streams, windows.
#include "daemon/services/ingest_service.h"

#include <gmock/gmock.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/metrics/metrics.h"
#include "lib/pce/topology_writer.h"
#include "srpce/v1/error.pb.h"
#include "tests/support/api_client.h"
#include "tests/support/build_ted.h"
#include "tests/support/daemon_process.h"

namespace srpce::services {
namespace {

using support::IngestClient;
using testing::HasSubstr;

constexpr char kSquare[] =
    "a<->b igp 10\n"
    "b<->d igp 10\n"
    "a<->c igp 20\n"
    "c<->d igp 20\n";

// Waits for snapshots of a writer.
class Snapshots {
 public:
  void Add(topology::TedPtr ted) {
    const std::lock_guard lock(mutex_);
    ted_ = std::move(ted);
    changed_.notify_all();
  }
  template <typename Condition>
  bool Await(Condition&& reached) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, support::Process::kPatience,
                             [&] { return ted_ != nullptr && reached(*ted_); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  topology::TedPtr ted_;
};

class IngestServiceTest : public testing::Test {
 protected:
  void Serve(const IngestOptions& options = {}) {
    service_ = std::make_unique<IngestService>(options, writer_, reports_, clock_, metrics_);
    grpc::ServerBuilder builder;
    builder.RegisterService(service_->service());
    server_ = builder.BuildAndStart();
  }
  void TearDown() override {
    if (server_ != nullptr) {
      service_->Drain();
      server_->Shutdown();
    }
  }

  std::shared_ptr<grpc::Channel> Channel() { return server_->InProcessChannel({}); }

  static v1::TopologyUpdate NodeUpdate(const std::string& id) {
    v1::TopologyUpdate update;
    update.mutable_node()->set_id(id);
    return update;
  }

  static v1::TopologyUpdate PeerReport(const std::string& state) {
    v1::TopologyUpdate update;
    v1::SourcePeer* peer = update.mutable_report()->add_peers();
    peer->set_name("rr1");
    peer->set_state(state);
    v1::SourceCounter* counter = update.mutable_report()->add_counters();
    counter->set_name("updates");
    counter->set_value(7);
    return update;
  }

  SystemClock clock_;
  metrics::Metrics metrics_{"test"};
  Snapshots snapshots_;
  pce::TopologyWriter writer_{clock_,
                              [this](const pce::TedUpdate& update) { snapshots_.Add(update.ted); }};
  SourceReports reports_;
  std::unique_ptr<IngestService> service_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(IngestServiceTest, AcknowledgesEachUpdateInOrderWithItsGeneration) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  uint64_t generation = 0;
  for (uint64_t i = 2; i < 50; ++i) {
    const auto ack = client.Send(NodeUpdate("n" + std::to_string(i)));
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->sequence(), i);
    EXPECT_EQ(ack->error(), "");
    EXPECT_GT(ack->generation(), generation);
    generation = ack->generation();
  }
  EXPECT_EQ(writer_.ted()->known_node_count(), 48U);
  EXPECT_TRUE(client.Finish().ok());
}

TEST_F(IngestServiceTest, ARefusedUpdateChangesNothingAndTheStreamGoesOn) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  v1::TopologyUpdate bad;
  bad.mutable_link()->mutable_key()->set_local_node("a");
  bad.mutable_link()->mutable_key()->set_remote_node("b");
  bad.mutable_link()->mutable_attributes()->set_loss_fraction(1.5);
  const auto refused = client.Send(bad);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->sequence(), 2U);
  EXPECT_EQ(refused->generation(), 0U);
  EXPECT_EQ(refused->error_code(), "INVALID_ARGUMENT");
  EXPECT_THAT(refused->error(), HasSubstr("1.5"));
  const auto empty = client.Send(v1::TopologyUpdate());
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->error_code(), "INVALID_ARGUMENT");
  v1::TopologyUpdate removal;
  removal.set_remove_node("nobody");
  EXPECT_EQ(client.Send(removal)->error_code(), "NOT_FOUND");
  const auto good = client.Send(NodeUpdate("a"));
  ASSERT_TRUE(good);
  EXPECT_EQ(good->sequence(), 5U);
  EXPECT_EQ(good->error(), "");
  EXPECT_EQ(writer_.ted()->link_count(), 0U);
  const std::string page = metrics_.Scrape();
  EXPECT_EQ(support::MetricValue(
                page, "srpce_ted_updates_total{kind=\"link\",result=\"refused\",source=\"lab\"}"),
            1);
  EXPECT_EQ(support::MetricValue(
                page, "srpce_ted_updates_total{kind=\"node\",result=\"accepted\",source=\"lab\"}"),
            1);
}

TEST_F(IngestServiceTest, AReportIsKeptBesideTheTopology) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  ASSERT_TRUE(client.Send(NodeUpdate("a")));
  const topology::TedPtr before = writer_.ted();
  for (const char* state : {"Active", "Established"}) {
    const auto ack = client.Send(PeerReport(state));
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->error(), "");
    EXPECT_EQ(ack->generation(), before->generation());
    const auto kept = reports_.Of("lab").report;
    ASSERT_NE(kept, nullptr);
    ASSERT_EQ(kept->peers.size(), 1U);
    EXPECT_EQ(kept->peers[0].state, state);
  }
  EXPECT_EQ(writer_.ted(), before);
  const std::string page = metrics_.Scrape();
  EXPECT_EQ(
      support::MetricValue(
          page, "srpce_ted_updates_total{kind=\"report\",result=\"accepted\",source=\"lab\"}"),
      2);
  EXPECT_EQ(
      support::MetricValue(page, "srpce_source_events_total{event=\"updates\",source=\"lab\"}"), 7);
}

TEST_F(IngestServiceTest, ARefusedReportLeavesTheOneBefore) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  ASSERT_EQ(client.Send(PeerReport("Active"))->error(), "");
  v1::TopologyUpdate absurd = PeerReport("Established");
  for (int i = 0; i < 4097; ++i) {
    absurd.mutable_report()->add_unknown()->set_kind("TLV");
  }
  const auto refused = client.Send(absurd);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->error_code(), "INVALID_ARGUMENT");
  EXPECT_EQ(refused->error(), "report: unknown: got 4097, want at most 4096");
  EXPECT_EQ(refused->generation(), 0U);
  EXPECT_EQ(reports_.Of("lab").report->peers[0].state, "Active");
  EXPECT_EQ(client.Send(NodeUpdate("a"))->error(), "");
}

// The writer is held: a report is there all the same, and its acknowledgement waits for those
// before.
TEST_F(IngestServiceTest, AReportDoesNotWaitForTheTopology) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  std::promise<void> release;
  writer_.Submit(
      [&release](topology::TedBuilder& /*builder*/, MonotonicTime /*now*/) {
        release.get_future().wait();
        return absl::OkStatus();
      },
      nullptr);
  ASSERT_TRUE(client.Write(NodeUpdate("a")));
  ASSERT_TRUE(client.Write(PeerReport("Active")));
  while (reports_.Of("lab").report == nullptr) {
    std::this_thread::yield();
  }
  EXPECT_EQ(writer_.ted()->known_node_count(), 0U);
  release.set_value();
  for (const uint64_t sequence : {2U, 3U}) {
    const auto ack = client.ReadAck();
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->sequence(), sequence);
    EXPECT_EQ(ack->error(), "");
  }
}

TEST_F(IngestServiceTest, AReportStaysUntilItsSourceIsForgotten) {
  Serve();
  for (const char* name : {"kept", "forgotten"}) {
    IngestClient client(Channel());
    ASSERT_TRUE(client.Hello(name, 0, name == std::string("kept") ? 300 : 0));
    ASSERT_EQ(client.Send(PeerReport("Established"))->error(), "");
    EXPECT_TRUE(client.Finish().ok());
  }
  while (writer_.sources().size() > 1) {
    std::this_thread::yield();
  }
  IngestClient again(Channel());
  ASSERT_TRUE(again.Hello("forgotten"));
  EXPECT_EQ(reports_.Of("forgotten").report, nullptr) << "of an earlier life";
  EXPECT_NE(reports_.Of("kept").report, nullptr);
}

// An update of a version to come: a kind that is not known here is refused by itself. So it is with
// a report where the daemon is the older one.
// A message with these updates, numbered from `first`.
v1::TopologyUpdate BatchOf(std::vector<v1::TopologyUpdate> updates, uint64_t first) {
  v1::TopologyUpdate message;
  message.set_sequence(first);  // Of no meaning; so that the client sets none.
  message.mutable_batch();
  for (v1::TopologyUpdate& update : updates) {
    update.set_sequence(first++);
    *message.mutable_batch()->add_updates() = update;
  }
  return message;
}

TEST_F(IngestServiceTest, ABatchIsAcknowledgedByRowsOfWhatWasTaken) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  v1::TopologyUpdate removal;
  removal.set_remove_node("nobody");
  v1::TopologyUpdate nested;
  nested.mutable_batch();
  ASSERT_TRUE(client.Write(BatchOf({NodeUpdate("a"), NodeUpdate("b"), removal, NodeUpdate("c"),
                                    nested, PeerReport("Active"), NodeUpdate("d")},
                                   2)));
  struct Want {
    uint64_t sequence, count;
    std::string code;
  };
  uint64_t generation = 0;
  for (const Want& want : std::vector<Want>{
           {3, 2, ""}, {4, 0, "NOT_FOUND"}, {5, 0, ""}, {6, 0, "INVALID_ARGUMENT"}, {8, 2, ""}}) {
    const auto ack = client.ReadAck();
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->sequence(), want.sequence);
    EXPECT_EQ(ack->count(), want.count);
    EXPECT_EQ(ack->error_code(), want.code);
    if (want.code.empty()) {
      EXPECT_TRUE(generation == 0 || ack->generation() == generation) << "one change of the TED";
      generation = ack->generation();
    }
  }
  EXPECT_EQ(writer_.ted()->known_node_count(), 4U);
  // And on with the next one, alone.
  v1::TopologyUpdate next = NodeUpdate("e");
  next.set_sequence(9);
  ASSERT_TRUE(client.Write(next));
  const auto ack = client.ReadAck();
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->sequence(), 9U);
  EXPECT_EQ(ack->count(), 0U);
  EXPECT_TRUE(client.Finish().ok());
}

TEST_F(IngestServiceTest, ABatchOutOfOrderOrWithNothingEndsTheStream) {
  Serve();
  const auto error_of = [&](const v1::TopologyUpdate& message) {
    IngestClient client(Channel());
    EXPECT_TRUE(client.Hello("lab"));
    client.Write(message);
    return client.Finish().error_message();
  };
  v1::TopologyUpdate gap = BatchOf({NodeUpdate("a"), NodeUpdate("b")}, 2);
  gap.mutable_batch()->mutable_updates(1)->set_sequence(7);
  EXPECT_THAT(error_of(gap), HasSubstr("sequence: got 7, want 3"));
  EXPECT_THAT(error_of(BatchOf({}, 2)), HasSubstr("batch: got no update, want one at least"));
  EXPECT_EQ(writer_.ted()->known_node_count(), 0U);
  IngestClient client(Channel());
  client.Write(BatchOf({NodeUpdate("a")}, 1));
  EXPECT_THAT(client.Finish().error_message(),
              HasSubstr("the first message: got batch, want hello"));
}

// The window counts messages and octets; acknowledgements of a part must not open it.
TEST_F(IngestServiceTest, BatchesOfAnyResultLeaveTheWindowAsItWas) {
  IngestOptions options;
  options.window = 2;
  Serve(options);
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  v1::TopologyUpdate removal;
  removal.set_remove_node("nobody");
  uint64_t sequence = 2;
  for (int round = 0; round < 20; ++round) {
    ASSERT_TRUE(client.Write(BatchOf({NodeUpdate("a"), removal, NodeUpdate("b")}, sequence)));
    sequence += 3;
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(client.ReadAck());
    }
  }
  EXPECT_TRUE(client.Finish().ok());
}

TEST_F(IngestServiceTest, AKindOfUpdateThatIsNotKnownIsRefusedAndTheStreamGoesOn) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  v1::TopologyUpdate later;
  later.GetReflection()->MutableUnknownFields(&later)->AddLengthDelimited(1000, "new");
  const auto refused = client.Send(later);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->error_code(), "INVALID_ARGUMENT");
  EXPECT_EQ(refused->error(), "update: none is set, want one of those this version knows");
  EXPECT_EQ(client.Send(NodeUpdate("a"))->error(), "");
}

TEST_F(IngestServiceTest, TheFirstMessageMustBeHello) {
  Serve();
  IngestClient client(Channel());
  client.Write(NodeUpdate("a"));
  const grpc::Status status = client.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(),
              HasSubstr("HELLO_MISSING: the first message: got node, want hello"));
  v1::StatusDetails details;
  v1::ErrorInfo info;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_EQ(details.details_size(), 1);
  ASSERT_TRUE(info.ParseFromString(details.details(0).value()));
  EXPECT_EQ(info.reason(), "HELLO_MISSING");
  EXPECT_EQ(info.domain(), "srpce");
}

TEST_F(IngestServiceTest, AGapInTheSequenceEndsTheStream) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  v1::TopologyUpdate late = NodeUpdate("a");
  late.set_sequence(3);
  client.Write(late);
  const grpc::Status status = client.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("BAD_SEQUENCE: sequence: got 3, want 2"));
  EXPECT_EQ(writer_.ted()->known_node_count(), 0U);
}

TEST_F(IngestServiceTest, ANameIsConnectedOnce) {
  Serve();
  IngestClient first(Channel());
  ASSERT_TRUE(first.Hello("lab"));
  {
    IngestClient second(Channel());
    EXPECT_FALSE(second.Hello("lab"));
    const grpc::Status status = second.Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
    EXPECT_THAT(status.error_message(), HasSubstr("SOURCE_CONNECTED"));
  }
  ASSERT_TRUE(first.Send(NodeUpdate("a")));
  EXPECT_TRUE(first.Finish().ok());
  IngestClient third(Channel());
  EXPECT_TRUE(third.Hello("lab"));
}

// The writer, no thread of gRPC's, ends these streams, and gRPC deletes each meanwhile: for
// ThreadSanitizer to see that nothing touches a stream after its Finish.
TEST_F(IngestServiceTest, StreamsTheWriterRefusesEndWhileItGoesOn) {
  Serve();
  IngestClient first(Channel());
  ASSERT_TRUE(first.Hello("lab"));
  const auto connect = [this] {
    const auto channel = Channel();
    for (int i = 0; i < 100; ++i) {
      IngestClient second(channel);
      EXPECT_FALSE(second.Hello("lab"));
      EXPECT_EQ(second.Finish().error_code(), grpc::StatusCode::ALREADY_EXISTS);
    }
  };
  std::thread other(connect);
  connect();
  other.join();
  EXPECT_TRUE(first.Send(NodeUpdate("a")));
}

TEST_F(IngestServiceTest, NamesOfTheDaemonItselfAreRefused) {
  Serve();
  IngestClient client(Channel());
  EXPECT_FALSE(client.Hello("agent:r1"));
  EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  IngestClient nameless(Channel());
  EXPECT_FALSE(nameless.Hello(""));
  EXPECT_EQ(nameless.Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(IngestServiceTest, ABrokenStreamLeavesItsElementsStale) {
  Serve();
  {
    IngestClient client(Channel());
    ASSERT_TRUE(client.Hello("lab"));
    ASSERT_EQ(client.Sync(*support::BuildTed(kSquare))->error(), "");
    EXPECT_EQ(writer_.ted()->usable_link_count(), 8U);
    client.Cancel();
  }
  EXPECT_TRUE(
      snapshots_.Await([](const topology::Ted& ted) { return ted.stale_link_count() == 8; }));
  EXPECT_EQ(writer_.ted()->usable_link_count(), 8U);
}

TEST_F(IngestServiceTest, AStatementMayBeStaleWhileItsStreamIsOpen) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  ASSERT_EQ(client.Sync(*support::BuildTed(kSquare))->error(), "");
  const auto repeat = [&client](bool stale) {
    for (v1::TopologyUpdate update : support::UpdatesOf(*support::BuildTed(kSquare))) {
      update.set_stale(stale);
      ASSERT_EQ(client.Send(std::move(update))->error(), "");
    }
  };
  repeat(true);
  const topology::TedPtr stale = writer_.ted();
  EXPECT_EQ(stale->stale_link_count(), 8U);
  EXPECT_EQ(stale->usable_link_count(), 8U);
  EXPECT_TRUE(stale->node(*stale->FindNode("a")).stale);
  repeat(false);
  const topology::TedPtr live = writer_.ted();
  EXPECT_EQ(live->stale_link_count(), 0U);
  EXPECT_FALSE(live->node(*live->FindNode("a")).stale);
}

TEST_F(IngestServiceTest, AnOverlayMakesNoLinkUsable) {
  Serve();
  IngestClient overlay(Channel());
  v1::TopologyUpdate hello;
  hello.mutable_hello()->set_name("telemetry");
  hello.mutable_hello()->set_overlay(true);
  ASSERT_EQ(overlay.Send(hello)->error(), "");
  const topology::TedPtr square = support::BuildTed(kSquare);
  ASSERT_EQ(overlay.Sync(*square)->error(), "");
  EXPECT_EQ(writer_.ted()->known_node_count(), 0U);
  EXPECT_EQ(writer_.ted()->link_count(), 8U);
  EXPECT_EQ(writer_.ted()->usable_link_count(), 0U);
  EXPECT_TRUE(writer_.sources().at(0).options.overlay);
  IngestClient igp(Channel());
  ASSERT_TRUE(igp.Hello("igp"));
  ASSERT_EQ(igp.Sync(*square)->error(), "");
  EXPECT_EQ(writer_.ted()->usable_link_count(), 8U);
}

TEST_F(IngestServiceTest, ASourceThatKnowsInterfacesOnlyTakesALinkDown) {
  Serve();
  IngestClient igp(Channel());
  ASSERT_TRUE(igp.Hello("igp"));
  IngestClient telemetry(Channel());
  ASSERT_TRUE(telemetry.Hello("telemetry", 200));
  v1::TopologyUpdate update = support::LinkStateUpdate({"a", "", "eth0", ""}, /*up=*/false);
  ASSERT_EQ(telemetry.Send(update)->error(), "");
  EXPECT_EQ(writer_.ted()->link_count(), 0U);
  const topology::TedPtr network = support::BuildTed(
      "a<->b#eth0,eth9 igp 10\n"
      "a<->c#eth1 igp 10\n");
  ASSERT_EQ(igp.Sync(*network)->error(), "");
  EXPECT_EQ(writer_.ted()->usable_link_count(), 2U);
  v1::TopologyUpdate removal;
  *removal.mutable_remove_link() = update.link().key();
  ASSERT_EQ(telemetry.Send(removal)->error(), "");
  EXPECT_EQ(writer_.ted()->usable_link_count(), 4U);
  EXPECT_EQ(telemetry.Send(removal)->error_code(), "NOT_FOUND");
  update.mutable_link()->mutable_key()->clear_local_interface();
  EXPECT_EQ(telemetry.Send(update)->error(),
            "link a->: remote node: got '', want 1 to 255 octets, or a local interface instead");
}

TEST_F(IngestServiceTest, ASyncNeverEndedRemovesNothing) {
  Serve();
  {
    IngestClient client(Channel());
    ASSERT_TRUE(client.Hello("lab"));
    ASSERT_EQ(client.Sync(*support::BuildTed(kSquare))->error(), "");
    EXPECT_TRUE(client.Finish().ok());
  }
  IngestClient again(Channel());
  ASSERT_TRUE(again.Hello("lab"));
  v1::TopologyUpdate begin;
  begin.mutable_sync_begin();
  ASSERT_EQ(again.Send(begin)->error(), "");
  ASSERT_EQ(again.Send(NodeUpdate("e"))->error(), "");
  again.Cancel();
  EXPECT_TRUE(
      snapshots_.Await([](const topology::Ted& ted) { return ted.stale_link_count() == 8; }));
  EXPECT_EQ(writer_.ted()->usable_link_count(), 8U);
  EXPECT_EQ(writer_.ted()->known_node_count(), 5U);
}

TEST_F(IngestServiceTest, ASyncThatEndsRemovesWhatWasNotRepeated) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  ASSERT_EQ(client.Sync(*support::BuildTed(kSquare))->error(), "");
  ASSERT_EQ(client.Sync(*support::BuildTed("a<->b igp 10\n"))->error(), "");
  EXPECT_EQ(writer_.ted()->link_count(), 2U);
  EXPECT_EQ(writer_.ted()->known_node_count(), 2U);
}

TEST_F(IngestServiceTest, AStreamBeyondTheLimitIsRefused) {
  Serve({.max_streams = 1});
  IngestClient first(Channel());
  ASSERT_TRUE(first.Hello("one"));
  IngestClient second(Channel());
  EXPECT_FALSE(second.Hello("two"));
  const grpc::Status status = second.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("TOO_MANY_STREAMS: 1 streams are open"));
}

TEST_F(IngestServiceTest, DrainingEndsStreams) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  service_->Drain();
  EXPECT_FALSE(client.ReadAck());
  EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  IngestClient late(Channel());
  EXPECT_FALSE(late.Hello("late"));
  EXPECT_EQ(late.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

// While the writer is held, a stream hands it no more than its window, and reads on once
// acknowledged.
TEST_F(IngestServiceTest, AFullWindowStopsTheReadingOfItsStreamAlone) {
  constexpr size_t kWindow = 8;
  constexpr int kUpdates = 200;
  Serve({.window = kWindow});
  IngestClient client(Channel());
  IngestClient other(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  ASSERT_TRUE(other.Hello("other"));

  std::mutex gate;
  gate.lock();
  std::promise<void> held;
  writer_.Submit(
      [&](topology::TedBuilder& /*builder*/, MonotonicTime /*now*/) {
        held.set_value();
        const std::lock_guard wait(gate);
        return absl::OkStatus();
      },
      nullptr);
  held.get_future().wait();       // Else it might take some of the updates with it from the queue.
  std::thread writes([&client] {  // A write of an in-process channel waits to be read.
    for (int i = 0; i < kUpdates; ++i) {
      EXPECT_TRUE(client.Write(NodeUpdate("n" + std::to_string(i))));
    }
  });
  while (writer_.counters().queue_depth < kWindow) {
    std::this_thread::yield();
  }
  ASSERT_TRUE(other.Write(NodeUpdate("x")));
  while (writer_.counters().queue_depth < kWindow + 1) {  // The other stream is read.
    std::this_thread::yield();
  }
  EXPECT_EQ(writer_.counters().queue_depth, kWindow + 1);
  gate.unlock();
  for (uint64_t i = 0; i < kUpdates; ++i) {
    const auto ack = client.ReadAck();
    ASSERT_TRUE(ack);
    ASSERT_EQ(ack->sequence(), i + 2);
  }
  writes.join();
  EXPECT_TRUE(other.ReadAck());
}

// A window is bytes, too: few large updates fill it as many small ones do.
TEST_F(IngestServiceTest, LargeUpdatesFillTheWindowSooner) {
  constexpr size_t kUpdates = 20;
  Serve({.window_bytes = 100'000});
  IngestClient client(Channel());
  IngestClient other(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  ASSERT_TRUE(other.Hello("other"));
  std::promise<void> held;
  std::promise<void> release;
  writer_.Submit(
      [&](topology::TedBuilder& /*builder*/, MonotonicTime /*now*/) {
        held.set_value();
        release.get_future().wait();
        return absl::OkStatus();
      },
      nullptr);
  held.get_future().wait();
  std::thread writes([&client] {
    for (size_t i = 0; i < kUpdates; ++i) {
      v1::TopologyUpdate update = NodeUpdate("n" + std::to_string(i));
      update.mutable_node()->mutable_attributes()->set_name(std::string(60'000, 'x'));
      EXPECT_TRUE(client.Write(update));
    }
  });
  while (writer_.counters().queue_depth < 2) {
    std::this_thread::yield();
  }
  ASSERT_TRUE(other.Write(NodeUpdate("x")));
  while (writer_.counters().queue_depth < 3) {  // The other stream is read.
    std::this_thread::yield();
  }
  EXPECT_EQ(writer_.counters().queue_depth, 3U);
  release.set_value();
  for (size_t i = 0; i < kUpdates; ++i) {
    EXPECT_TRUE(client.ReadAck());
  }
  writes.join();
}

TEST_F(IngestServiceTest, ALinkMayComeBeforeItsNodes) {
  Serve();
  IngestClient client(Channel());
  ASSERT_TRUE(client.Hello("lab"));
  const auto updates = support::UpdatesOf(*support::BuildTed("a<->b igp 10\n"));
  for (auto update = updates.rbegin(); update != updates.rend(); ++update) {
    if (update->has_link()) {
      ASSERT_EQ(client.Send(*update)->error(), "");
    }
  }
  EXPECT_EQ(writer_.counters().half_known_links, 2U);
  EXPECT_EQ(writer_.ted()->usable_link_count(), 0U);
  for (const v1::TopologyUpdate& update : updates) {
    if (!update.has_link()) {
      ASSERT_EQ(client.Send(update)->error(), "");
    }
  }
  EXPECT_EQ(writer_.counters().half_known_links, 0U);
  EXPECT_EQ(writer_.ted()->usable_link_count(), 2U);
}

}  // namespace
}  // namespace srpce::services
