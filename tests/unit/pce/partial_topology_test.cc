// A part of the network is no reason to withdraw what was proved on the whole of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/build_ted.h"
#include "tests/unit/pce/lab.h"

namespace srpce::pce {
namespace {

using policy::OperState;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(PartialTopologyTest, TopologyThatComesBackInPartsWithdrawsNothing) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  lab.southbound->TakeLog();
  lab.LoseTopology();
  lab.Advance(seconds(1000));
  support::AddToBuilder("a<->b igp 10 delay 1000\n", lab.builder, lab.source);
  lab.Publish(/*syncing=*/true);
  lab.Advance(seconds(5));
  support::AddToBuilder(
      "a<->b igp 10 delay 1000\n"
      "d<->c igp 20 delay 500\n"
      "c<->a igp 20 delay 500\n",
      lab.builder, lab.source);
  lab.Publish(/*syncing=*/true);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty()) << "not moved either: b->d may be on its way";
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kPending);
  support::AddToBuilder(kDiamond, lab.builder, lab.source);
  lab.Publish();
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kUp);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
}

TEST(PartialTopologyTest, SecondSourceIsWaitedForAfterARestart) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  lab.southbound->TakeLog();
  lab.Restart(/*learn=*/false);
  lab.Switch("b->d", false);  // As if only the other source knew what leads to d.
  lab.Switch("c->d", false);
  lab.Publish();
  lab.Advance(seconds(30));
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kPending);
  lab.Switch("b->d", true);
  lab.Switch("c->d", true);
  lab.Publish();
  lab.Advance(seconds(2));
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kUp);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
}

TEST(PartialTopologyTest, AfterTheHoldTimeNoPathIsBelieved) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  lab.southbound->TakeLog();
  lab.Restart(/*learn=*/false);
  lab.Advance(seconds(600));  // Nobody tells the topology: that is not what the time is for.
  lab.Switch("b->d", false);
  lab.Switch("c->d", false);
  lab.Publish();
  lab.Advance(seconds(59));
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  lab.Advance(seconds(1));
  EXPECT_THAT(lab.southbound->TakeLog(), ElementsAre("remove a/1/d"));
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kDown);
}

TEST(PartialTopologyTest, LateSourceHasItsWholeHoldTime) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d")}).ok());
  lab.southbound->TakeLog();
  lab.Restart(/*learn=*/false);
  lab.Advance(seconds(90));
  lab.Switch("b->d", false);
  lab.Switch("c->d", false);
  lab.Publish(/*syncing=*/true);
  lab.Advance(seconds(50));
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  EXPECT_EQ(lab.Status(kPolicy).oper_state, OperState::kPending);
}

TEST(PartialTopologyTest, WhileASourceSyncsBadNewsMovesAndGoodNewsAndNoPathWait) {
  Lab lab(kDiamond);
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "d", ByDelay())}).ok());
  lab.Advance(seconds(60));
  lab.Switch("a->c", false);
  lab.Publish(/*syncing=*/true);
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
  lab.Switch("a->c", true);
  lab.Publish(/*syncing=*/true);
  lab.Advance(seconds(20));
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
  lab.southbound->TakeLog();
  lab.Switch("a->c", false);
  lab.Switch("a->b", false);
  lab.Publish(/*syncing=*/true);
  EXPECT_THAT(lab.southbound->TakeLog(), IsEmpty());
  lab.Switch("a->c", true);
  lab.Switch("a->b", true);
  lab.Publish();
  EXPECT_EQ(lab.Nodes(kPolicy), "a b d");
  lab.Advance(seconds(1));
  EXPECT_EQ(lab.Nodes(kPolicy), "a c d") << "good news is acted on when the sync is over";
}

}  // namespace
}  // namespace srpce::pce
