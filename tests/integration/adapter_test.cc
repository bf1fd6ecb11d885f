// srpce-adapter and srpced as two processes: whoever is killed, the daemon ends with the network of
// the file.
#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/integration/daemon_fixture.h"
#include "tests/support/seed.h"

namespace srpce {
namespace {

using support::Process;
using testing::HasSubstr;

constexpr char kAdapter[] = SRPCE_BIN_DIR "/srpce-adapter";
constexpr char kNetwork[] = SRPCE_SOURCE_DIR "/tests/topologies/Cogentco.graph";

// The network a daemon holds, by element; without what depends on the moment.
using State = std::map<std::string, std::string>;

class AdapterTest : public DaemonTest {
 protected:
  std::unique_ptr<Process> Adapter(const std::string& address, std::vector<std::string> more = {}) {
    std::vector<std::string> args{"file", "--file", kNetwork, "--daemon", address};
    args.insert(args.end(), more.begin(), more.end());
    auto process = Process::Spawn({.program = kAdapter, .args = args, .ready_fd = true});
    EXPECT_TRUE(process.ok()) << process.status();
    return *std::move(process);
  }

  static v1::Topology Topology(const std::shared_ptr<grpc::Channel>& channel) {
    const auto stub = v1::TopologyService::NewStub(channel);
    const auto context = support::MakeContext();
    const auto stream = stub->GetTopology(context.get(), {});
    v1::Topology all;
    v1::Topology part;
    while (stream->Read(&part)) {
      all.MergeFrom(part);
    }
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return all;
  }
  static uint64_t ElementCount(const v1::Topology& topology) {
    return static_cast<uint64_t>(topology.nodes_size() + topology.links_size());
  }
  static State StateOf(const v1::Topology& topology) {
    State state;
    for (const v1::TopologyNode& node : topology.nodes()) {
      state["node " + node.id()] = node.ShortDebugString();
    }
    for (const v1::TopologyLink& link : topology.links()) {
      state[absl::StrCat("link ", link.key().local_node(), " ", link.key().remote_node(), " ",
                         link.key().local_interface())] = link.ShortDebugString();
    }
    return state;
  }
  // What a daemon holds that was never disturbed.
  State Undisturbed() {
    const support::TemporaryFolder folder;
    auto daemon = support::DaemonProcess::Start({.program = kSrpced, .folder = folder.path()});
    EXPECT_TRUE(daemon.ok()) << daemon.status();
    const auto adapter = Adapter((*daemon)->grpc_address());
    EXPECT_TRUE(adapter->AwaitReadyLine().ok()) << adapter->errors();
    State state = StateOf(Topology((*daemon)->Connect()));
    EXPECT_EQ(state.size(), 197U + 490U);
    return state;
  }
};

TEST_F(AdapterTest, KilledAtAnyMomentTheNextOneMakesTheNetworkWhole) {
  std::mt19937 random(support::Seed());
  const State want = Undisturbed();
  StartDaemon();
  uint64_t least = 0;  // What was there is never lost.
  for (int round = 0; round < 8; ++round) {
    const auto adapter = Adapter(daemon_->grpc_address());
    const uint64_t kill_at = random() % (want.size() + 1);
    uint64_t count = 0;
    while ((count = ElementCount(Topology(channel_))) < kill_at) {
      ASSERT_GE(count, least);
    }
    adapter->Signal(SIGKILL);
    EXPECT_EQ(adapter->AwaitExit().value_or(0), -SIGKILL);
    least = std::max(least, count);
    EXPECT_GE(ElementCount(Topology(channel_)), least) << "elements outlive the stream";
  }
  // The daemon may not have seen yet that the last stream broke: then this one is refused, and
  // tries again.
  const auto adapter = Adapter(daemon_->grpc_address());
  ASSERT_TRUE(adapter->AwaitReadyLine().ok()) << adapter->errors();
  EXPECT_EQ(StateOf(Topology(channel_)), want);
}

TEST_F(AdapterTest, ADaemonThatWasKilledIsToldAllAgain) {
  const State want = Undisturbed();
  StartDaemon();
  const std::string address = daemon_->grpc_address();
  const auto adapter = Adapter(address);
  ASSERT_TRUE(adapter->AwaitReadyLine().ok()) << adapter->errors();
  daemon_->Kill();
  for (int round = 0; round < 3; ++round) {
    auto again = Process::Spawn({.program = kSrpced,
                                 .args = {"--grpc-listen", address, "--metrics-listen", "",
                                          "--store-path", folder_.path() + "/srpce.db"},
                                 .ready_fd = true});
    ASSERT_TRUE(again.ok()) << again.status();
    ASSERT_TRUE((*again)->AwaitReadyLine().ok()) << (*again)->errors();
    const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
    State state;
    while ((state = StateOf(Topology(channel))).size() < want.size()) {
      ASSERT_EQ(kill(adapter->pid(), 0), 0) << adapter->errors();
    }
    // The last elements are links; all links are there, so are all nodes.
    EXPECT_EQ(state, want);
    (*again)->Signal(SIGKILL);
    ASSERT_TRUE((*again)->AwaitExit().ok());
  }
  EXPECT_THAT(adapter->errors(), HasSubstr("next try in 100 ms"));
  adapter->Signal(SIGTERM);
  EXPECT_EQ(adapter->AwaitExit().value_or(-1), 0);
}

TEST_F(AdapterTest, OnceSendsAllAndSaysSo) {
  StartDaemon();
  const auto adapter =
      Adapter(daemon_->grpc_address(), {"--once", "--name", "lab", "--keep-forever"});
  EXPECT_EQ(adapter->AwaitExit().value_or(-1), 0) << adapter->errors();
  // Begin, 197 nodes with 2 prefixes each, 490 links, end.
  EXPECT_THAT(adapter->errors(), HasSubstr("source lab: 1083 sent, 1083 accepted, 0 refused"));
  EXPECT_EQ(ElementCount(Topology(channel_)), 197U + 490U);
}

TEST_F(AdapterTest, AsAnOverlayItAnnouncesNothing) {
  StartDaemon();
  const auto adapter = Adapter(daemon_->grpc_address(), {"--once", "--overlay", "--keep-forever"});
  EXPECT_EQ(adapter->AwaitExit().value_or(-1), 0) << adapter->errors();
  const v1::Topology topology = Topology(channel_);
  EXPECT_EQ(ElementCount(topology), 197U + 490U);
  for (const v1::TopologyNode& node : topology.nodes()) {
    EXPECT_FALSE(node.known());
  }
}

TEST_F(AdapterTest, AFileWithAMistakeChangesNothing) {
  StartDaemon();
  const std::string file = folder_.Write("bad.graph", "NODES 1\nlabel x y\na 0 0\nEDGES 1\n");
  auto adapter = Process::Spawn(
      {.program = kAdapter,
       .args = {"file", "--file", file, "--daemon", daemon_->grpc_address(), "--once"}});
  ASSERT_TRUE(adapter.ok()) << adapter.status();
  EXPECT_EQ((*adapter)->AwaitExit().value_or(-1), 1);
  EXPECT_THAT((*adapter)->errors(),
              HasSubstr(file + ":5: got the end of the file, want the column names"));
  EXPECT_EQ(ElementCount(Topology(channel_)), 0U);
}

TEST_F(AdapterTest, AScriptCutsALinkAndMendsIt) {
  StartDaemon();
  const std::string network =
      folder_.Write("net.graph",
                    "NODES 3\nlabel x y\na 0 0\nb 0 0\nc 0 0\n"
                    "EDGES 6\nlabel src dest weight bw delay\n"
                    "e0 0 1 10 1000 1\ne1 1 0 10 1000 1\ne2 0 2 10 1000 1\n"
                    "e3 2 0 10 1000 1\ne4 1 2 10 1000 1\ne5 2 1 10 1000 1\n");
  const std::string script =
      folder_.Write("script", "metric a<->b 11\n@100ms link-down a->b\n@600ms link-up a->b\n");
  auto adapter = Process::Spawn({.program = kAdapter,
                                 .args = {"file", "--file", network, "--script", script, "--daemon",
                                          daemon_->grpc_address()}});
  ASSERT_TRUE(adapter.ok()) << adapter.status();
  std::vector<std::string> seen;
  while (seen.size() < 3) {
    const std::string path = PathOf("a", "b");
    if (path.find("a") == 0 && (seen.empty() || seen.back() != path)) {
      seen.push_back(path);
    }
  }
  EXPECT_THAT(seen, testing::ElementsAre("a b", "a c b", "a b"));
}

}  // namespace
}  // namespace srpce
