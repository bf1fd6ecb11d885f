// tests/bench/bgpls_bench.cc -- a full BGP-LS table into a running srpced, until it is ready to
// compute paths over it, against a bare copy of the same octets over TCP.
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "lib/session/bgp/negotiate.h"
#include "tests/bench/bench_support.h"
#include "tests/support/api_client.h"
#include "tests/support/bgp_peer.h"
#include "tests/support/bgpls_network.h"
#include "tests/support/daemon_process.h"
#include "tests/support/temporary_folder.h"

namespace srpce::bench {
namespace {

using support::BgpPeer;

// What the issue asks for: decoded and ingested in two seconds on two cores.
constexpr double kBarSeconds = 2;

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    Die(value.status().ToString());
  }
  return *std::move(value);
}
void Must(const absl::Status& status) {
  if (!status.ok()) {
    Die(status.ToString());
  }
}

double CopySeconds(const std::string& octets) {
  const auto listener = Must(support::BgpListener::Listen());
  BgpPeer sender = Must(BgpPeer::Connect(IpAddress::V4(0x7f000001), listener->port()));
  BgpPeer receiver = Must(listener->Accept());
  const Stopwatch watch;
  std::thread reader([&] { Must(receiver.AwaitClose().status()); });
  Must(sender.Send(octets));
  sender.Close();
  reader.join();
  return watch.microseconds() * 1e-6;
}

void AwaitServing(const support::DaemonProcess& daemon) {
  const auto context = support::MakeContext();
  const auto stub = grpc::health::v1::Health::NewStub(daemon.Connect());
  const auto stream = stub->Watch(context.get(), {});
  grpc::health::v1::HealthCheckResponse response;
  while (stream->Read(&response)) {
    if (response.status() == grpc::health::v1::HealthCheckResponse::SERVING) {
      return;
    }
  }
  Die("srpced ended before it was ready");
}

double IngestSeconds(const support::BgplsTable& table, const support::BgplsNetwork& network) {
  const support::TemporaryFolder folder;
  const auto listener = Must(support::BgpListener::Listen());
  support::DaemonOptions options;
  options.program = SRPCE_BIN_DIR "/srpced";
  options.folder = folder.path();
  options.config += absl::StrCat(
      "sources:\n  - plugin: bgpls\n    name: core\n    settings: {local_as: \"65000\", router_id: "
      "10.255.0.254, peer.r1.address: 127.0.0.1, peer.r1.port: \"",
      listener->port(), "\"}\n");
  const auto daemon = Must(support::DaemonProcess::Start(options));
  BgpPeer peer = Must(listener->Accept());
  session::bgp::Config config;
  config.local_as = 65000;
  config.identifier = 0x0aff0001;
  config.families = {wire::bgp::kBgpLs};
  Must(peer.Handshake(session::bgp::MakeOpen(config)).status());
  const Stopwatch watch;
  std::thread sender([&] { Must(peer.Send(table.octets)); });
  AwaitServing(*daemon);
  const double seconds = watch.microseconds() * 1e-6;
  sender.join();
  const double links =
      support::MetricValue(Must(daemon->Scrape()), "srpce_ted_links{state=\"usable\"}");
  if (links != static_cast<double>(network.links)) {
    Die(absl::StrCat("srpced has ", links, " usable links, want ", network.links));
  }
  return seconds;
}

std::vector<Row> Measure(const support::BgplsNetwork& network, size_t rounds) {
  const support::BgplsTable table = support::MakeTable(network);
  std::printf("%zu nodes, %zu links: %zu NLRIs in %zu messages, %.1f MB\n", network.nodes,
              network.links, table.nlris, table.messages,
              static_cast<double>(table.octets.size()) * 1e-6);
  std::vector<double> ours;
  std::vector<double> copy;
  for (size_t round = 0; round < rounds; ++round) {
    ours.push_back(IngestSeconds(table, network));
    copy.push_back(CopySeconds(table.octets));
    std::printf("ready after %.2f s, bare copy %.3f s\n", ours.back(), copy.back());
  }
  const double seconds = Summarize(ours).p50;
  const double copy_seconds = Summarize(copy).p50;
  const auto nlris = static_cast<double>(table.nlris);
  const std::string name = absl::StrCat(network.nodes, "_", network.links);
  return {{.name = "bgpls_table_" + name,
           .unit = "NLRIs/s",
           .ours = nlris / seconds,
           .peer = nlris / copy_seconds,
           .ratio = copy_seconds / seconds,
           .at_least = 0,
           .peer_name = "bare TCP copy"},
          {.name = "bgpls_table_time_" + name,
           .unit = "s",
           .ours = seconds,
           .peer = kBarSeconds,
           .ratio = kBarSeconds / seconds,
           .at_least = 1,
           .peer_name = "bar"}};
}

}  // namespace
}  // namespace srpce::bench

int main(int argc, char** argv) {
  const srpce::bench::Options options = srpce::bench::ParseOptions(argc, argv);
  const srpce::support::BgplsNetwork network =
      options.smoke ? srpce::support::BgplsNetwork{.nodes = 100, .links = 800}
                    : srpce::support::BgplsNetwork{.nodes = 10'000, .links = 80'000};
  return srpce::bench::Report(options, srpce::bench::Measure(network, options.smoke ? 1 : 3));
}
