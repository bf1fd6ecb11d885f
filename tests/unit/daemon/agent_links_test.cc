// What an agent says of its interfaces overrides the topology's other sources, for as long as its
// session lasts.
#include "daemon/srpced/agent_links.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "lib/pce/topology_writer.h"
#include "tests/support/build_ted.h"

namespace srpce::srpced {
namespace {

class AgentLinksTest : public testing::Test {
 protected:
  void SetUp() override {
    Do([this](topology::TedBuilder& builder, MonotonicTime now) {
      igp_ = *builder.Connect(
          {.name = "igp", .precedence = 100, .hold_time = std::chrono::hours(1)}, now);
      support::AddToBuilder("a<->b#eth0 igp 10\na<->b#eth1 igp 10\na<->c#eth2 igp 10\n", builder,
                            igp_);
    });
  }

  // Runs `work` on the writer thread, after all that was submitted.
  void Do(std::function<void(topology::TedBuilder&, MonotonicTime)> work) {
    std::promise<void> done;
    writer_.Submit(
        [&work](topology::TedBuilder& builder, MonotonicTime now) {
          work(builder, now);
          return absl::OkStatus();
        },
        [&done](const absl::Status& /*result*/, uint64_t /*generation*/) { done.set_value(); });
    done.get_future().wait();
  }
  // The igp states the link's operational state, too.
  void SayUp(const std::string& from, const std::string& to, const std::string& interface) {
    Do([&](topology::TedBuilder& builder, MonotonicTime now) {
      topology::LinkAttributes up;
      up.up = true;
      const topology::LinkKey key{
          .local_node = from, .remote_node = to, .local_interface = interface};
      EXPECT_TRUE(builder.SetLink(igp_, key, up, {.patch = true}, now).ok());
    });
  }
  void Report(const std::string& headend, const std::string& interface, bool up) {
    links_->OnLinkEvent(headend, interface, up, clock_.Now());
  }
  // AgentLinks may submit more from what was submitted.
  void Settle() {
    for (int i = 0; i < 3; ++i) {
      Do([](topology::TedBuilder& /*builder*/, MonotonicTime /*now*/) {});
    }
  }
  bool Usable(const std::string& link) {
    Settle();
    const topology::TedPtr ted = writer_.ted();
    return ted->link(support::LinkOf(*ted, link)).usable;
  }

  SystemClock clock_;
  topology::SourceId igp_;
  std::vector<MonotonicTime> event_times_;  // Of snapshots.
  pce::TopologyWriter writer_{clock_, [this](const pce::TedUpdate& update) {
                                event_times_.push_back(update.event_time);
                                if (links_ != nullptr) {
                                  links_->OnTedUpdate(update);
                                }
                              }};
  std::unique_ptr<AgentLinks> links_ = std::make_unique<AgentLinks>(writer_, std::chrono::hours(1));
};

TEST_F(AgentLinksTest, AnInterfaceThatGoesDownTakesItsLinksAlong) {
  links_->OnSession("a", true);
  Report("a", "eth1", false);
  EXPECT_FALSE(Usable("a->b#eth1"));
  EXPECT_FALSE(Usable("b->a#eth1")) << "two-way check";
  EXPECT_TRUE(Usable("a->b#eth0"));
  EXPECT_TRUE(Usable("a->c#eth2"));
  Report("a", "eth1", true);
  EXPECT_TRUE(Usable("a->b#eth1"));
}

TEST_F(AgentLinksTest, AfterTheSessionItStaysDownUntilALiveSourceSaysItIsUp) {
  links_->OnSession("a", true);
  Report("a", "eth2", false);
  EXPECT_FALSE(Usable("a->c#eth2"));
  links_->OnSession("a", false);
  EXPECT_FALSE(Usable("a->c#eth2"));
  SayUp("a", "c", "eth2");
  EXPECT_TRUE(Usable("a->c#eth2"));
}

TEST_F(AgentLinksTest, WhileTheSessionLastsTheAgentKnowsBest) {
  links_->OnSession("a", true);
  Report("a", "eth2", false);
  SayUp("a", "c", "eth2");
  EXPECT_FALSE(Usable("a->c#eth2"));
}

TEST_F(AgentLinksTest, AfterTheSessionItStaysDownForTheHoldTime) {
  links_->OnSession("a", true);
  Report("a", "eth2", false);
  links_->OnSession("a", false);
  Do([](topology::TedBuilder& builder, MonotonicTime now) {
    builder.ExpireStale(now + std::chrono::minutes(59));
  });
  EXPECT_FALSE(Usable("a->c#eth2"));
  Do([](topology::TedBuilder& builder, MonotonicTime now) {
    builder.ExpireStale(now + std::chrono::minutes(61));
  });
  EXPECT_TRUE(Usable("a->c#eth2"));
}

TEST_F(AgentLinksTest, AWithdrawnNodeIsNotKeptByALinkThatIsDown) {
  links_->OnSession("a", true);
  Report("a", "eth2", false);
  Do([this](topology::TedBuilder& builder, MonotonicTime now) {
    for (const auto& [from, to] : {std::pair("a", "c"), std::pair("c", "a")}) {
      EXPECT_TRUE(
          builder
              .RemoveLink(igp_, {.local_node = from, .remote_node = to, .local_interface = "eth2"},
                          now)
              .ok());
    }
    EXPECT_TRUE(builder.RemoveNode(igp_, "c", now).ok());
  });
  Settle();
  const topology::TedPtr ted = writer_.ted();
  const auto node = ted->FindNode("c");
  EXPECT_FALSE(node && ted->node(*node).known);
}

TEST_F(AgentLinksTest, ALinkThatIsStillCutIsNeverUpWhileItsAgentReconnects) {
  links_->OnSession("a", true);
  Report("a", "eth1", false);
  Report("a", "eth2", false);
  links_->OnSession("a", false);
  links_->OnSession("a", true);
  EXPECT_FALSE(Usable("a->c#eth2"));
  Report("a", "eth0", true);
  EXPECT_FALSE(Usable("a->c#eth2"));
  Report("a", "eth1", true);
  EXPECT_FALSE(Usable("a->c#eth2"));
  Report("a", "eth2", false);
  Report("a", "", true);
  EXPECT_TRUE(Usable("a->b#eth1"));
  EXPECT_FALSE(Usable("a->c#eth2"));
  SayUp("a", "c", "eth2");
  EXPECT_FALSE(Usable("a->c#eth2")) << "confirmed: the agent knows best again";
}

TEST_F(AgentLinksTest, AnInterfaceThatANewSessionDoesNotReportIsNoReasonForALinkToBeDown) {
  links_->OnSession("a", true);
  Report("a", "eth2", false);
  links_->OnSession("a", false);
  links_->OnSession("a", true);
  Report("a", "eth0", true);
  EXPECT_FALSE(Usable("a->c#eth2"));
  Report("a", "", true);
  EXPECT_TRUE(Usable("a->c#eth2"));
}

TEST_F(AgentLinksTest, ANewSessionDoesNotTakeALinkDownThatIsUpMeanwhile) {
  links_->OnSession("a", true);
  Report("a", "eth2", false);
  links_->OnSession("a", false);
  SayUp("a", "c", "eth2");
  links_->OnSession("a", true);
  EXPECT_TRUE(Usable("a->c#eth2"));
  Report("a", "eth0", true);
  EXPECT_TRUE(Usable("a->c#eth2"));
  Report("a", "eth2", true);
  EXPECT_TRUE(Usable("a->c#eth2"));
}

TEST_F(AgentLinksTest, AfterTheHoldTimeASessionBeginsWithNothingSaid) {
  links_->OnSession("a", true);
  Report("a", "eth2", false);
  links_->OnSession("a", false);
  Do([](topology::TedBuilder& builder, MonotonicTime now) {
    builder.ExpireStale(now + std::chrono::minutes(61));
  });
  links_->OnSession("a", true);
  Report("a", "eth1", false);
  EXPECT_TRUE(Usable("a->c#eth2"));
  EXPECT_FALSE(Usable("a->b#eth1"));
}

TEST_F(AgentLinksTest, ALinkThatComesAfterItsInterfaceWentDownIsDown) {
  links_->OnSession("a", true);
  Report("a", "eth9", false);
  Do([this](topology::TedBuilder& builder, MonotonicTime /*now*/) {
    support::AddToBuilder(
        "a<->b#eth0 igp 10\na<->b#eth1 igp 10\na<->c#eth2 igp 10\na<->d#eth9 igp 10\n", builder,
        igp_);
  });
  EXPECT_FALSE(Usable("a->d#eth9"));
  Report("a", "eth9", true);
  EXPECT_TRUE(Usable("a->d#eth9"));
}

TEST_F(AgentLinksTest, TheEventIsAsOldAsItsArrivalAtTheDaemon) {
  links_->OnSession("a", true);
  const MonotonicTime received = clock_.Now() - std::chrono::minutes(1);
  links_->OnLinkEvent("a", "eth1", false, received);
  EXPECT_FALSE(Usable("a->b#eth1"));
  EXPECT_EQ(event_times_.back(), received);
}

TEST_F(AgentLinksTest, EventsOfUnknownHeadendsAndInterfacesAreHarmless) {
  Report("nobody", "eth0", false);
  links_->OnSession("nobody", true);
  Report("nobody", "eth0", false);
  links_->OnSession("nobody", false);
  links_->OnSession("nobody", false);
  Report("a", "eth0", false);  // No session.
  EXPECT_TRUE(Usable("a->b#eth0"));
}

}  // namespace
}  // namespace srpce::srpced
