// tests/bench/ted_update_bench.cc -- one delay sample of a link, or of an interface, applied and
// published, against rebuilding the snapshot from the same statements.
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/topology/ted_builder.h"
#include "tests/bench/bench_support.h"
#include "tests/support/generators.h"

namespace srpce::bench {
namespace {

using support::GeneratedNetwork;
using topology::Ted;
using topology::TedBuilder;
using topology::TedPtr;

topology::SourceId Connect(TedBuilder& builder, const std::string& name = "bench",
                           uint32_t precedence = 100) {
  topology::SourceOptions options;
  options.name = name;
  options.precedence = precedence;
  const auto source = builder.Connect(options, MonotonicTime{});
  if (!source.ok()) {
    Die(source.status().ToString());
  }
  return *source;
}

TedPtr Rebuild(const GeneratedNetwork& network) {
  TedBuilder builder;
  support::AddToBuilder(network, /*sids=*/false, builder, Connect(builder));
  return builder.Publish().ted;
}

// A sum over all links that differs as soon as one delay does.
uint64_t Checksum(const GeneratedNetwork& network, const Ted& ted) {
  uint64_t sum = 0;
  for (size_t i = 0; i < network.links.size(); ++i) {
    const auto link = ted.FindLink(support::KeyOf(network, i));
    if (!link) {
      Die(absl::StrCat("link ", i, " is missing"));
    }
    const graph::ArcData& data = ted.graph().data(link->value());
    sum += (i + 1) * data.weight[topology::kDelayWeight] + (ted.link(*link).usable ? 1 : 0);
  }
  return sum;
}

// Who tells the delays: the source of the links, or one that knows interfaces only.
enum class Teller : uint8_t { kLinks, kInterfaces };

topology::LinkKey SampledKey(const GeneratedNetwork& network, size_t link, Teller teller) {
  topology::LinkKey key = support::KeyOf(network, link);
  if (teller == Teller::kInterfaces) {
    key.remote_node.clear();
  }
  return key;
}

// The source of the samples. It knows every interface before the first of them.
topology::SourceId ConnectSampler(const GeneratedNetwork& network, TedBuilder& builder) {
  const topology::SourceId sampler = Connect(builder, "telemetry", /*precedence=*/200);
  for (size_t link = 0; link < network.links.size(); ++link) {
    const absl::Status status =
        builder.SetLink(sampler, SampledKey(network, link, Teller::kInterfaces), {}, {}, {});
    if (!status.ok()) {
      Die(status.ToString());
    }
  }
  return sampler;
}

Row Compare(const std::string& name, Teller teller, size_t rounds, size_t updates,
            double at_least) {
  GeneratedNetwork network = support::NamedNetwork(name);
  TedBuilder builder;
  const topology::SourceId source = Connect(builder);
  support::AddToBuilder(network, /*sids=*/false, builder, source);
  const topology::SourceId sampler =
      teller == Teller::kInterfaces ? ConnectSampler(network, builder) : source;
  TedPtr ted = builder.Publish().ted;
  std::mt19937 random(7);
  std::uniform_int_distribution<size_t> any(0, network.links.size() - 1);
  std::vector<double> update_us;
  std::vector<double> rebuild_us;
  for (size_t round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < updates; ++i) {
      const size_t link = any(random);
      network.links[link].delay_us += 1 + static_cast<uint32_t>(random() % 50);
      const topology::LinkKey key = SampledKey(network, link, teller);
      topology::LinkAttributes sample;
      sample.delay = sample.min_delay = Microseconds(network.links[link].delay_us);
      const TedPtr before =
          // A reader holds the last snapshot, as always in the daemon: nothing may be changed in
          // place.
          ted;
      const Stopwatch stopwatch;
      const absl::Status status =
          builder.SetLink(sampler, key, sample, {.patch = true}, MonotonicTime{});
      ted = builder.Publish().ted;
      update_us.push_back(stopwatch.microseconds());
      if (!status.ok() || ted->generation() != before->generation() + 1) {
        Die(absl::StrCat("an update was not published: ", status.ToString()));
      }
    }
    const Stopwatch stopwatch;
    const TedPtr rebuilt = Rebuild(network);
    rebuild_us.push_back(stopwatch.microseconds());
    if (Checksum(network, *rebuilt) != Checksum(network, *ted)) {
      Die(name + ": the updated and the rebuilt snapshot differ");
    }
  }
  const Summary update = Summarize(update_us);
  const Summary rebuild = Summarize(rebuild_us);
  std::printf("%s: %u nodes, %u directed links, %zu updates, %zu rebuilds, equal checksums\n",
              name.c_str(), ted->node_bound(), ted->link_count(), update_us.size(),
              rebuild_us.size());
  const std::string what =
      teller == Teller::kInterfaces ? "interface_delay_update" : "delay_update";
  PrintSummary(absl::StrCat(name, " ", what, " + publish"), "us", update);
  PrintSummary(name + " rebuild", "us", rebuild);
  return {absl::StrCat(what, "_mean/", name),
          "us",
          update.mean,
          rebuild.mean,
          rebuild.mean / update.mean,
          at_least,
          "rebuilding the snapshot"};
}

}  // namespace
}  // namespace srpce::bench

int main(int argc, char** argv) {
  const srpce::bench::Options options = srpce::bench::ParseOptions(argc, argv);
  std::vector<srpce::bench::Row> rows;
  for (const auto teller : {srpce::bench::Teller::kLinks, srpce::bench::Teller::kInterfaces}) {
    rows.push_back(options.smoke ? srpce::bench::Compare("isp1k", teller, 2, 50, 0)
                                 : srpce::bench::Compare("isp100k", teller, 3, 1000, 1000));
  }
  return srpce::bench::Report(options, rows);
}
