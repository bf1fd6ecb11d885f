// A router's telemetry into a real srpced, in process and by srpce-adapter: what it says moves
// paths, and what it no longer says gives way to the routing protocol.
#include "absl/strings/str_cat.h"
#include "tests/integration/daemon_fixture.h"
#include "tests/support/gnmi_target.h"

namespace srpce {
namespace {

using support::GnmiTarget;
using support::Process;

constexpr char kNamedDiamond[] =
    "a<->b#ge0,ge9 igp 10 delay 900\n"
    "b<->d igp 10 delay 900\n"
    "a<->c igp 20 delay 1000\n"
    "c<->d igp 20 delay 1000\n";

class GnmiDaemonTest : public DaemonTest {
 protected:
  // Targets file for router a.
  std::string Targets(const GnmiTarget& target) {
    (void)folder_.Write("m.yaml",
                        "name: m\nsubscriptions: [{path: /i, mode: sample, interval_ms: 100, "
                        "age_limit_ms: 1500}]\nvalues:\n"
                        "  - {path: /i/up, interface: i.name, attribute: up}\n"
                        "  - {path: /i/delay, interface: i.name, attribute: min_delay}\n");
    return folder_.Write(
        "targets.yaml",
        absl::StrCat(
            "mapping_files: [m.yaml]\nsmoothing: {time_constant_ms: 0}\n"
            "dampening: {min_interval_ms: 0}\ntargets:\n  - {name: a, node: a, address: \"",
            target.address(), "\", mappings: [m], insecure: true, silence_ms: 60000}\n"));
  }
  static void Say(GnmiTarget& target, bool up, uint64_t delay) {
    gnmi::Notification n;
    support::AddValue(n, "/i[name=ge0]/up").set_bool_val(up);
    support::AddValue(n, "/i[name=ge0]/delay").set_uint_val(delay);
    target.Send(n);
    target.SendSync();
  }
  // Asks until the answer is `want`: each round is an event of the daemon's own.
  std::string AwaitPath(const std::string& want, const v1::PathConstraints& constraints = {}) {
    std::string got;
    const auto until = std::chrono::steady_clock::now() + Process::kPatience;
    do {
      got = PathOf("a", "d", constraints);
    } while (got != want && std::chrono::steady_clock::now() < until);
    return got;
  }
};

TEST_F(GnmiDaemonTest, ASourceInTheDaemonMovesPathsAndItsWordAges) {
  GnmiTarget target;
  StartDaemon(
      absl::StrCat("sources:\n  - {plugin: gnmi, name: telemetry, precedence: 200, "
                   "overlay: true, settings: {targets: ",
                   Targets(target), "}}\n"));
  const auto igp = Feed("igp", kNamedDiamond);
  EXPECT_EQ(PathOf("a", "d"), "a b d");
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  Say(target, false, 900);
  EXPECT_EQ(AwaitPath("a c d"), "a c d");
  // Nothing more is said: after its age limit the routing protocol is believed again.
  EXPECT_EQ(AwaitPath("a b d"), "a b d");
}

TEST_F(GnmiDaemonTest, AnAdapterTellsOfADelay) {
  GnmiTarget target;
  StartDaemon();
  const auto igp = Feed("igp", kNamedDiamond);
  v1::PathConstraints fastest;
  fastest.set_objective(v1::METRIC_TYPE_DELAY);
  EXPECT_EQ(PathOf("a", "d", fastest), "a b d");
  auto adapter = Process::Spawn({.program = SRPCE_BIN_DIR "/srpce-adapter",
                                 .args = {"gnmi", "--targets", Targets(target), "--daemon",
                                          daemon_->grpc_address(), "--precedence", "200"},
                                 .ready_fd = true});
  ASSERT_TRUE(adapter.ok()) << adapter.status();
  ASSERT_TRUE((*adapter)->AwaitReadyLine().ok()) << (*adapter)->errors();
  ASSERT_TRUE(target.AwaitSubscription().has_value());
  Say(target, true, 5000);
  EXPECT_EQ(AwaitPath("a c d", fastest), "a c d");
  (*adapter)->Signal(SIGTERM);
  EXPECT_EQ((*adapter)->AwaitExit().value_or(-1), 0) << (*adapter)->errors();
  EXPECT_THAT((*adapter)->errors(), testing::HasSubstr(" 0 refused"));
}

TEST_F(GnmiDaemonTest, AMistakeInTheFilesIsSaidWithItsLine) {
  const std::string file = folder_.Write("bad.yaml", "targets:\n  - {name: a}\n");
  auto adapter = Process::Spawn(
      {.program = SRPCE_BIN_DIR "/srpce-adapter", .args = {"gnmi", "--targets", file}});
  ASSERT_TRUE(adapter.ok()) << adapter.status();
  EXPECT_EQ((*adapter)->AwaitExit().value_or(-1), 1);
  EXPECT_THAT((*adapter)->errors(),
              testing::HasSubstr(file + ":2: targets[0]: field 'address' is missing"));
}

}  // namespace
}  // namespace srpce
