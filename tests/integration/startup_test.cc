// srpced from the outside: command line, configuration, ports, readiness, health, stopping.
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/integration/daemon_fixture.h"

namespace srpce {
namespace {

using grpc::health::v1::HealthCheckResponse;
using support::Process;
using testing::HasSubstr;

struct Outcome {
  int exit = -1;
  std::string output;
  std::string errors;
};

// Runs srpced to its end.
Outcome RunSrpced(const std::vector<std::string>& args) {
  support::ProcessOptions options;
  options.program = kSrpced;
  options.args = args;
  auto process = Process::Spawn(options);
  EXPECT_TRUE(process.ok()) << process.status();
  const auto exit = (*process)->AwaitExit();
  EXPECT_TRUE(exit.ok()) << exit.status();
  Outcome outcome;
  outcome.exit = exit.ok() ? *exit : -1;
  outcome.output = (*process)->output();
  outcome.errors = (*process)->errors();
  return outcome;
}

// A socket that listens on a free port of the loopback.
class OccupiedPort {
 public:
  OccupiedPort() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(fd_, 1), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~OccupiedPort() { close(fd_); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int fd_;
  uint16_t port_ = 0;
};

TEST(SrpcedTest, TellsItsVersionAndTeachesItsOptions) {
  const Outcome version = RunSrpced({"--version"});
  EXPECT_EQ(version.exit, 0);
  EXPECT_THAT(version.output, HasSubstr("srpced 0."));
  const Outcome help = RunSrpced({"--help"});
  EXPECT_EQ(help.exit, 0);
  EXPECT_THAT(help.output, HasSubstr("--check-config"));
  EXPECT_EQ(RunSrpced({"--frobnicate"}).exit, 2);
}

TEST(SrpcedTest, AnUnknownFieldIsRefusedWithItsLine) {
  const support::TemporaryFolder folder;
  const std::string file =
      folder.Write("bad.yaml", "grpc:\n  reflection: true\n  listen_adress: x:1\n");
  for (const auto& args :
       {std::vector<std::string>{"--config", file}, {"--config", file, "--check-config"}}) {
    const Outcome outcome = RunSrpced(args);
    EXPECT_EQ(outcome.exit, 2);
    EXPECT_THAT(outcome.errors,
                HasSubstr(file + ":3: grpc: unknown field 'listen_adress', known: listen_address"));
  }
}

TEST(SrpcedTest, ChecksAndPrintsWhatWouldBeInForce) {
  const support::TemporaryFolder folder;
  const std::string file = folder.Write("good.yaml", "log: {format: json}\n");
  const Outcome checked = RunSrpced({"--config", file, "--check-config"});
  EXPECT_EQ(checked.exit, 0) << checked.errors;
  const Outcome printed =
      RunSrpced({"--config", file, "--print-config", "--grpc-listen", "127.0.0.1:7"});
  EXPECT_EQ(printed.exit, 0);
  EXPECT_THAT(printed.output, HasSubstr("format: json"));
  EXPECT_THAT(printed.output, HasSubstr("listen_address: \"127.0.0.1:7\""));
  EXPECT_EQ(RunSrpced({"--config", file, "--grpc-listen", "nowhere"}).exit, 2);
}

TEST(SrpcedTest, ChecksWhatTheConfigurationNames) {
  const support::TemporaryFolder folder;
  const auto check = [&folder](const std::string& config) {
    return RunSrpced({"--config", folder.Write("srpced.yaml", config), "--check-config"});
  };
  const std::string agent =
      "headends: [{headend: r1, southbound: agent, token_file: '" + folder.path() + "/token'}]\n";
  const Outcome missing = check(agent);
  EXPECT_EQ(missing.exit, 2);
  EXPECT_THAT(missing.errors, HasSubstr(folder.path() + "/token: cannot read"));
  EXPECT_EQ(missing.output, "");
  folder.Write("token", "secret\n");
  EXPECT_EQ(check(agent).exit, 0);
  const Outcome source = check("sources: [{plugin: file, name: x, settings: {pth: y}}]\n");
  EXPECT_EQ(source.exit, 2);
  EXPECT_THAT(source.errors, HasSubstr("source x: "));
}

TEST(SrpcedTest, APortInUseIsSaidClearly) {
  const OccupiedPort port;
  const support::TemporaryFolder folder;
  const std::string store = folder.path() + "/srpce.db";
  const Outcome grpc =
      RunSrpced({"--store-path", store, "--grpc-listen", port.address(), "--metrics-listen", ""});
  EXPECT_EQ(grpc.exit, 1);
  EXPECT_THAT(grpc.errors, HasSubstr("grpc.listen_address: cannot listen on " + port.address() +
                                     ": Address already in use"));
  const Outcome metrics = RunSrpced(
      {"--store-path", store, "--grpc-listen", "127.0.0.1:0", "--metrics-listen", port.address()});
  EXPECT_EQ(metrics.exit, 1);
  EXPECT_THAT(metrics.errors, HasSubstr("metrics.listen_address: cannot listen on " +
                                        port.address() + ": Address already in use"));
}

TEST(SrpcedTest, AStoreThatCannotBeOpenedIsSaidClearly) {
  const Outcome outcome = RunSrpced({"--store-path", "/proc/nowhere/srpce.db", "--grpc-listen",
                                     "127.0.0.1:0", "--metrics-listen", ""});
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("/proc/nowhere/srpce.db"));
}

class StartupTest : public DaemonTest {};

TEST_F(StartupTest, TwoDaemonsNeverShareAPort) {
  StartDaemon();
  const support::TemporaryFolder folder;
  const Outcome second = RunSrpced({"--store-path", folder.path() + "/db", "--grpc-listen",
                                    daemon_->grpc_address(), "--metrics-listen", ""});
  EXPECT_EQ(second.exit, 1);
  EXPECT_THAT(second.errors, HasSubstr("Address already in use"));
}

TEST_F(StartupTest, SaysWhereItListensAndStopsOnSigterm) {
  const std::string file = folder_.path() + "/ready.json";
  StartDaemon("", {"--ready-file", file});
  const auto source = Feed("lab", kDiamond);
  std::stringstream ready;
  ready << std::ifstream(file).rdbuf();
  EXPECT_THAT(ready.str(), HasSubstr("\"grpc_address\":\"" + daemon_->grpc_address() + "\""));
  EXPECT_THAT(ready.str(), HasSubstr("\"pid\":" + std::to_string(daemon_->process().pid())));
  EXPECT_TRUE(AwaitServing());
  EXPECT_EQ(Metric("srpce_ready"), 1);
  const auto exit = daemon_->Terminate();
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_EQ(*exit, 0) << daemon_->process().errors();
  EXPECT_FALSE(std::ifstream(file).good()) << "the ready file outlives the daemon";
}

TEST_F(StartupTest, IsReadyWhenItsOwnSourcesHaveSynced) {
  StartDaemon(
      "sources:\n  - plugin: file\n    name: abilene\n    settings: {path: " SRPCE_SOURCE_DIR
      "/tests/topologies/Abilene.graph}\n");
  EXPECT_TRUE(AwaitServing("srpce.v1.TopologyIngest"));
  ASSERT_TRUE(AwaitServing());
  EXPECT_EQ(Metric("srpce_ted_nodes"), 11);
  EXPECT_EQ(Metric("srpce_ted_links{state=\"usable\"}"), 28);
  EXPECT_EQ(Metric("srpce_feed_connected{source=\"abilene\"}"), 1);
}

TEST_F(StartupTest, IsNotReadyBeforeSomeSourceHasSynced) {
  StartDaemon();
  ASSERT_TRUE(AwaitServing("srpce.v1.TopologyIngest"));
  const auto health = [this](const std::string& service) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    HealthCheckResponse response;
    EXPECT_TRUE(grpc::health::v1::Health::NewStub(channel_)
                    ->Check(support::MakeContext().get(), request, &response)
                    .ok());
    return response.status();
  };
  support::IngestClient source(channel_);
  ASSERT_TRUE(source.Hello("lab"));
  v1::TopologyUpdate begin;
  begin.mutable_sync_begin();
  ASSERT_TRUE(source.Send(begin));
  for (const v1::TopologyUpdate& update : support::UpdatesOf(*support::BuildTed(kDiamond))) {
    ASSERT_TRUE(source.Send(update));
  }
  EXPECT_EQ(health(""), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(health("srpce.v1.PathComputation"), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Metric("srpce_ready"), 0);
  v1::TopologyUpdate end;
  end.mutable_sync_end();
  ASSERT_TRUE(source.Send(end));
  EXPECT_EQ(health(""), HealthCheckResponse::SERVING);
  EXPECT_EQ(health("srpce.v1.PathComputation"), HealthCheckResponse::SERVING);
  EXPECT_EQ(Metric("srpce_ready"), 1);
}

TEST_F(StartupTest, EveryMetricIsExplained) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  ASSERT_TRUE(AwaitServing());
  std::stringstream explained;
  explained << std::ifstream(SRPCE_SOURCE_DIR "/daemon/metrics/README.md").rdbuf();
  const auto page = daemon_->Scrape();
  ASSERT_TRUE(page.ok()) << page.status();
  std::stringstream lines(*page);
  int families = 0;
  for (std::string line; std::getline(lines, line);) {
    constexpr char kHelp[] = "# HELP srpce_";
    if (line.rfind(kHelp, 0) == 0) {
      ++families;
      const std::string name = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_THAT(explained.str(), HasSubstr("`" + name + "`"));
    }
  }
  EXPECT_GE(families, 20);
}

TEST_F(StartupTest, HealthIsNotServingBeforeItStops) {
  StartDaemon();
  const auto source = Feed("lab", kDiamond);
  ASSERT_TRUE(AwaitServing());
  const auto context = support::MakeContext();
  const auto stub = grpc::health::v1::Health::NewStub(channel_);
  const auto stream = stub->Watch(context.get(), {});
  HealthCheckResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  daemon_->process().Signal(SIGINT);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  context->TryCancel();
  (void)stream->Finish();
  EXPECT_EQ(*daemon_->process().AwaitExit(), 0);
}

TEST_F(StartupTest, StreamsEndWhenTheDaemonStops) {
  StartDaemon("grpc: {drain_ms: 60000}\n");
  support::WatchClient watch(channel_);
  ASSERT_TRUE(watch.AwaitSynced());
  support::IngestClient source(channel_);
  ASSERT_TRUE(source.Hello("lab"));
  daemon_->process().Signal(SIGTERM);
  EXPECT_FALSE(watch.Read());
  EXPECT_EQ(watch.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_FALSE(source.ReadAck());
  EXPECT_EQ(source.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(*daemon_->process().AwaitExit(), 0);
}

// Nobody reads its stderr, and each of these streams makes it log on the TED writer thread.
TEST_F(StartupTest, AReaderOfTheLogThatStallsHoldsUpNothing) {
  const std::string fifo = folder_.path() + "/stderr";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const int unread = open(fifo.c_str(), O_RDWR | O_CLOEXEC);  // Holds the fifo open.
  ASSERT_GE(unread, 0);
  const std::string script =
      folder_.Write("srpced.sh", std::string("#!/bin/sh\nexec ") + kSrpced + " \"$@\" 2>" + fifo);
  ASSERT_EQ(chmod(script.c_str(), 0700), 0);
  support::DaemonOptions options;
  options.program = script;
  options.folder = folder_.path();
  auto daemon = support::DaemonProcess::Start(options);
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  const auto channel = (*daemon)->Connect();
  for (int i = 0; i < 1000; ++i) {
    support::IngestClient source(channel);
    ASSERT_TRUE(source.Hello("lab")) << "stream " << i;
    ASSERT_TRUE(source.Finish().ok());
  }
  const auto exit = (*daemon)->Terminate();
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_EQ(*exit, 0);
  close(unread);
}

TEST_F(StartupTest, ASecondSignalEndsItAtOnce) {
  StartDaemon("grpc: {drain_ms: 600000}\n");
  const auto source = Feed("lab", kDiamond);
  // gRPC's own health watch does not end by itself: it holds the drain up.
  const auto context = support::MakeContext();
  const auto stub = grpc::health::v1::Health::NewStub(channel_);
  const auto stream = stub->Watch(context.get(), {});
  HealthCheckResponse response;
  do {
    ASSERT_TRUE(stream->Read(&response));
  } while (response.status() != HealthCheckResponse::SERVING);
  daemon_->process().Signal(SIGTERM);
  ASSERT_TRUE(stream->Read(&response));
  daemon_->process().Signal(SIGTERM);
  EXPECT_EQ(*daemon_->process().AwaitExit(), -SIGTERM);
  context->TryCancel();
  (void)stream->Finish();
}

}  // namespace
}  // namespace srpce
