// Policies that split their bandwidth over several lists, and what becomes of the weights when the
// network changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/unit/pce/lab.h"

namespace srpce::pce {
namespace {

using policy::OperState;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;

// Three ways from a to d of 100 Mb/s each: over b (cheap), c and e (dear, fast).
constexpr char kThreeWays[] =
    "a<->b igp 10 delay 1000 bw 100M\n"
    "b<->d igp 10 delay 1000 bw 100M\n"
    "a<->c igp 20 delay 900 bw 100M\n"
    "c<->d igp 20 delay 900 bw 100M\n"
    "a<->e igp 30 delay 100 bw 100M\n"
    "e<->d igp 30 delay 100 bw 100M\n";

constexpr BytesPerSecond Megabits(uint64_t count) { return {count * 1'000'000 / kBitsPerByte}; }

policy::PathIntent Split(uint64_t megabits, uint32_t max_lists = 4) {
  policy::PathIntent bounds;
  bounds.min_bandwidth = Megabits(megabits);
  bounds.max_lists = max_lists;
  return bounds;
}

class SplitPolicyTest : public testing::Test {
 protected:
  // "2 a b d | 1 a c d"; "-" without a path.
  std::string Lists() {
    const policy::PolicyStatus status = lab_.Status(kPolicy);
    if (!status.active) return "-";
    const policy::ActivePath& active = *status.active;
    if (active.lists.size() == 1) {
      return absl::StrCat(active.lists[0].weight, " ", absl::StrJoin(active.nodes, " "));
    }
    EXPECT_EQ(active.uses.size(), active.lists.size());
    std::string text;
    for (size_t i = 0; i < active.uses.size(); ++i) {
      absl::StrAppend(&text, i > 0 ? " | " : "", active.lists[i].weight, " ",
                      absl::StrJoin(active.uses[i].nodes, " "));
    }
    return text;
  }
  void SetCapacity(const std::string& link, uint64_t megabits) {
    lab_.Edit(link, [&](auto& attributes) { attributes.capacity = Megabits(megabits); });
    lab_.Publish();
  }

  Lab lab_{kThreeWays};
};

TEST_F(SplitPolicyTest, BandwidthThatNoPathHasIsSharedByWeight) {
  ASSERT_TRUE(lab_.Apply({Dynamic("a", 1, "d", Split(150))}).ok());
  EXPECT_EQ(Lists(), "2 a b d | 1 a c d");
  const policy::PolicyStatus status = lab_.Status(kPolicy);
  EXPECT_EQ(status.oper_state, OperState::kUp);
  EXPECT_EQ(status.active->cost, 27U);  // (2 * 20 + 1 * 40) / 3, rounded.
  EXPECT_EQ(status.active->margin.bandwidth_bytes_per_second, 0);
  EXPECT_DOUBLE_EQ(status.active->uses[0].share, 2.0 / 3);
  EXPECT_EQ(status.active->uses[0].rate, Megabits(100));
  EXPECT_EQ(status.active->uses[1].rate, Megabits(50));
  EXPECT_EQ(status.active->uses[1].metrics.igp_cost, 40U);
  const auto held = lab_.southbound->held(kPolicy);
  ASSERT_TRUE(held && held->lists.size() == 2);
  EXPECT_EQ(held->lists[0].weight, 2U);
  EXPECT_EQ(held->lists[1].weight, 1U);
}

TEST_F(SplitPolicyTest, OnePathThatHasItAllIsTakenAlone) {
  ASSERT_TRUE(lab_.Apply({Dynamic("a", 1, "d", Split(100))}).ok());
  EXPECT_EQ(Lists(), "1 a b d");
}

TEST_F(SplitPolicyTest, EachListKeepsTheBounds) {
  policy::PathIntent bounds = Split(150);
  bounds.max_delay = Microseconds(1800);
  ASSERT_TRUE(lab_.Apply({Dynamic("a", 1, "d", bounds)}).ok());
  EXPECT_EQ(Lists(), "2 a c d | 1 a e d");
}

TEST_F(SplitPolicyTest, LinkDownGivesNewListsAndWeights) {
  ASSERT_TRUE(lab_.Apply({Dynamic("a", 1, "d", Split(125))}).ok());
  EXPECT_EQ(Lists(), "4 a b d | 1 a c d");
  lab_.Cut("a->b");
  EXPECT_EQ(Lists(), "4 a c d | 1 a e d");
  const policy::PolicyStatus status = lab_.Status(kPolicy);
  EXPECT_FALSE(status.sla_violated);
  EXPECT_THAT(status.last_change_reason, HasSubstr("link-down a->b"));
  EXPECT_THAT(lab_.observer.triggers(), testing::ElementsAre("policy", "link-down"));
}

TEST_F(SplitPolicyTest, LinkOfTheLesserListCountsAsWell) {
  ASSERT_TRUE(lab_.Apply({Dynamic("a", 1, "d", Split(125))}).ok());
  lab_.Cut("c->d");
  EXPECT_EQ(Lists(), "4 a b d | 1 a e d");
}

TEST_F(SplitPolicyTest, LinkThatHasRoomNoMoreGivesNewWeights) {
  ASSERT_TRUE(lab_.Apply({Dynamic("a", 1, "d", Split(150))}).ok());
  SetCapacity("b->d", 75);
  EXPECT_EQ(Lists(), "1 a b d | 1 a c d");
  lab_.southbound->TakeLog();
  SetCapacity("b->d", 80);
  EXPECT_THAT(lab_.southbound->TakeLog(), IsEmpty()) << "good news waits";
  SetCapacity("a->c", 90);
  EXPECT_EQ(Lists(), "1 a b d | 1 a c d") << "75 Mb/s are still there";
}

TEST_F(SplitPolicyTest, CheaperSplitIsTakenWhenItHasProvedToLast) {
  ASSERT_TRUE(lab_.Apply({Dynamic("a", 1, "d", Split(125))}).ok());
  lab_.Cut("a->b");
  ASSERT_EQ(Lists(), "4 a c d | 1 a e d");
  lab_.Mend("a->b");
  lab_.Advance(seconds(12));
  EXPECT_EQ(Lists(), "4 a b d | 1 a c d");
}

// The way over the link is dearer than both lists in use, but leaves both ends of u-v to the cheap
// one, which alone would have left nothing to the other.
TEST(SplitPolicyReoptimizationTest, DearLinkThatMakesRoomIsAnImprovement) {
  Lab lab(
      "s<->u igp 1 bw 100M\nu<->v igp 1 bw 100M\nv<->t igp 1 bw 100M\n"
      "u<->t igp 9 bw 100M\ns<->v igp 9 bw 100M\n"
      "s<->t igp 12 bw 100M\n");
  lab.Cut("s->t");
  const policy::PolicyKey key{.headend = "s", .color = 1, .endpoint = "t"};
  ASSERT_TRUE(lab.Apply({Dynamic("s", 1, "t", Split(200))}).ok());
  ASSERT_EQ(lab.Status(key).active->cost, 10U);
  lab.Mend("s->t");
  lab.Advance(seconds(12));
  EXPECT_EQ(lab.Status(key).active->cost, 8U);  // (3 + 12) / 2, rounded.
}

TEST_F(SplitPolicyTest, RefusalSaysWhatAllListsTogetherCarryAndWhatLimitsThem) {
  ASSERT_TRUE(lab_.Apply({Dynamic("a", 1, "d", Split(400))}).ok());
  const policy::PolicyStatus status = lab_.Status(kPolicy);
  EXPECT_EQ(status.oper_state, OperState::kDown);
  const auto& failure = status.candidates[0].failure;
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->reason, cspf::Reason::kBandwidth);
  EXPECT_EQ(failure->best_achievable, static_cast<double>(Megabits(300).value));
  EXPECT_EQ(failure->blocking_links.size(), 3U);
}

// The IGP takes the first list, a single node SID, over c.
TEST_F(SplitPolicyTest, ListsInUseStayInViolationWhenNothingCarriesItAll) {
  ASSERT_TRUE(lab_.Apply({Dynamic("a", 1, "d", Split(250))}).ok());
  EXPECT_EQ(Lists(), "2 a b d | 2 a c d | 1 a e d");
  lab_.Cut("a->b");
  EXPECT_EQ(Lists(), "2 a c d | 2 a c d | 1 a e d");
  const policy::PolicyStatus status = lab_.Status(kPolicy);
  EXPECT_TRUE(status.sla_violated);
  EXPECT_EQ(status.active->margin.bandwidth_bytes_per_second,
            static_cast<double>(Megabits(100).value) - static_cast<double>(Megabits(200).value));
}

TEST_F(SplitPolicyTest, LessPreferredCandidateWithLessBandwidthTakesOver) {
  policy::PolicyIntent intent = Dynamic("a", 1, "d", Split(250));
  intent.candidate_paths.push_back(intent.candidate_paths[0]);
  intent.candidate_paths[1].preference = 50;
  intent.candidate_paths[1].discriminator = 2;
  intent.candidate_paths[1].definition = Split(150);
  ASSERT_TRUE(lab_.Apply({intent}).ok());
  lab_.Cut("a->e");
  EXPECT_EQ(Lists(), "2 a b d | 1 a c d");
  EXPECT_FALSE(lab_.Status(kPolicy).sla_violated);
}

TEST_F(SplitPolicyTest, RestartKeepsListsAndWeights) {
  ASSERT_TRUE(lab_.Apply({Dynamic("a", 1, "d", Split(150))}).ok());
  lab_.southbound->TakeLog();
  lab_.Restart();
  EXPECT_EQ(Lists(), "2 a b d | 1 a c d");
  EXPECT_EQ(lab_.southbound->held(kPolicy)->lists[0].weight, 2U);
  EXPECT_FALSE(lab_.Status(kPolicy).sla_violated);
}

// The nearest of several that announce an address; all lists end there.
TEST_F(SplitPolicyTest, NearestOfSeveralEndpointsTakesTheWholeSplit) {
  Lab lab(absl::StrCat(kThreeWays, "d<->f igp 5 delay 1 bw 1G\n",
                       "node d anycast 77\nnode f anycast 77\n"));
  ASSERT_TRUE(lab.Apply({Dynamic("a", 1, "10.1.0.77", Split(150))}).ok());
  const policy::PolicyStatus status =
      lab.Status({.headend = "a", .color = 1, .endpoint = "10.1.0.77"});
  ASSERT_TRUE(status.active.has_value());
  ASSERT_EQ(status.active->uses.size(), 2U);
  for (const policy::ListUse& use : status.active->uses) EXPECT_EQ(use.nodes.back(), "d");
}

}  // namespace
}  // namespace srpce::pce
