// tests/unit/plugins/file_source/fake_sink.h -- a sink that keeps what it is sent, in the place of
// a daemon.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lib/plugin/topology_source.h"
#include "tests/support/simulated_clock.h"

namespace srpce::file_source {

// The elements of one source, as a daemon that takes each statement by itself would hold them.
// Shares no code with Model.
class Mirror {
 public:
  // Returns what is wrong with the statement, or "".
  std::string Apply(const plugin::Statement& statement) {
    return std::visit([this](const auto& s) { return Do(s); }, statement);
  }

  std::map<std::string, topology::NodeAttributes> nodes;
  std::map<std::string, topology::LinkAttributes> links;
  std::map<std::string, topology::PrefixAttributes> prefixes;

 private:
  static std::string Name(const plugin::PrefixStatement& s) {
    return s.node_id + " " + s.prefix.ToString();
  }
  std::string Do(const plugin::SyncBegin& /*s*/) {
    nodes.clear();
    links.clear();
    prefixes.clear();
    return "";
  }
  std::string Do(const plugin::SyncEnd& /*s*/) { return ""; }
  std::string Do(const plugin::NodeStatement& s) {
    if (!s.patch) {
      nodes[s.id] = s.attributes;
      return "";
    }
    if (!nodes.contains(s.id)) {
      return "patch of unknown node " + s.id;
    }
    nodes[s.id].overload = s.attributes.overload;
    return "";
  }
  std::string Do(const plugin::LinkStatement& s) {
    topology::LinkAttributes& link = links[s.key.ToString()];
    if (!s.patch) {
      link = s.attributes;
      return "";
    }
    if (link == topology::LinkAttributes()) {
      return "patch of unknown link " + s.key.ToString();
    }
    const topology::LinkAttributes& a = s.attributes;
    if (a.up) link.up = a.up;
    if (a.igp_metric) link.igp_metric = a.igp_metric;
    if (a.delay) link.delay = a.delay;
    if (a.min_delay) link.min_delay = a.min_delay;
    if (a.loss) link.loss = a.loss;
    if (a.srlgs) link.srlgs = a.srlgs;
    return "";
  }
  std::string Do(const plugin::PrefixStatement& s) {
    prefixes[Name(s)] = s.attributes;
    return "";
  }
  std::string Do(const plugin::NodeRemoval& s) {
    return nodes.erase(s.id) == 1 ? "" : "removal of unknown node " + s.id;
  }
  std::string Do(const plugin::LinkRemoval& s) {
    return links.erase(s.key.ToString()) == 1 ? "" : "removal of unknown link " + s.key.ToString();
  }
  std::string Do(const plugin::PrefixRemoval& s) {
    return prefixes.erase(s.node_id + " " + s.prefix.ToString()) == 1 ? ""
                                                                      : "removal of unknown prefix";
  }
  std::string Do(const plugin::SourceReport& /*s*/) { return "a file has nothing to report"; }
};

// Time moves only by WaitUntil. Breaks after `budget` statements, where one is set.
class FakeSink final : public plugin::StatementSink {
 public:
  explicit FakeSink(support::SimulatedClock& clock, std::optional<size_t> budget = std::nullopt)
      : clock_(clock), opened_(clock.Now()), budget_(budget) {}

  absl::Status Send(const plugin::Statement& statement) override {
    if (budget_ && *budget_ == statements.size()) {
      return absl::UnavailableError("cut");
    }
    statements.push_back(statement);
    sent_at_ms.push_back(
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Now() - opened_).count());
    return absl::OkStatus();
  }
  absl::Status Flush() override { return absl::OkStatus(); }
  absl::Status WaitUntil(int64_t deadline_ms) override {
    const auto now = clock_.Now();
    const auto deadline = opened_ + std::chrono::milliseconds(deadline_ms);
    if (deadline > now) {
      clock_.Advance(deadline - now);
    }
    return absl::OkStatus();
  }
  void Wake() override {}

  std::vector<plugin::Statement> statements;
  std::vector<int64_t> sent_at_ms;

 private:
  support::SimulatedClock& clock_;
  const MonotonicTime opened_;
  const std::optional<size_t> budget_;
};

}  // namespace srpce::file_source
