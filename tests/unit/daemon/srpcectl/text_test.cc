// tests/unit/daemon/srpcectl/text_test.cc -- tables, paths and policies as they are shown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/srpcectl/path_text.h"
#include "daemon/srpcectl/policy_text.h"
#include "daemon/srpcectl/table.h"

namespace srpce::ctl {
namespace {

TEST(TableTest, AlignsColumns) {
  Table table({"NAME", "COST", "NOTE"});
  table.Add({"a", "5", "x"});
  table.Add({"Zürich", "120", ""});
  EXPECT_EQ(table.ToString(),
            "NAME    COST  NOTE\n"
            "a          5  x\n"
            "Zürich   120  -\n");
  EXPECT_EQ(Table({"A", "B"}).ToString("  "), "  A  B\n");
}

v1::Path SamplePath() {
  v1::Path path;
  path.mutable_metrics()->set_delay_us(12345);
  path.mutable_metrics()->set_igp_cost(30);
  path.mutable_metrics()->set_hops(2);
  path.mutable_metrics()->set_bottleneck_bps(10'000'000'000);
  for (const auto& [from, to] : {std::pair("a", "b"), std::pair("b", "c")}) {
    v1::Hop* hop = path.add_hops();
    hop->mutable_link()->set_local_node(from);
    hop->mutable_link()->set_remote_node(to);
    hop->mutable_link()->set_local_interface(std::string("to-") + to);
    hop->set_igp_metric(15);
  }
  v1::SegmentList* list = path.mutable_segment_list();
  list->set_data_plane(v1::DATA_PLANE_SR_MPLS);
  list->add_labels(16002);
  v1::Segment* node = list->add_segments();
  node->set_kind(v1::SEGMENT_KIND_NODE);
  node->set_node("b");
  node->set_label(16002);
  list->add_labels(24001);
  v1::Segment* adjacency = list->add_segments();
  adjacency->set_kind(v1::SEGMENT_KIND_ADJACENCY);
  *adjacency->mutable_link() = path.hops(1).link();
  adjacency->set_label(24001);
  return path;
}

TEST(PathTextTest, ShowsMetricsHopsAndSegments) {
  v1::PathConstraints constraints;
  constraints.set_max_delay_us(20000);
  EXPECT_EQ(PathText(SamplePath(), constraints),
            "delay 12.345 ms (bound 20 ms), igp 30, 2 hops, bottleneck 10 Gb/s\n"
            "\n"
            "  HOP  LINK  INTERFACE  IGP  DELAY\n"
            "    1  a->b  to-b        15      -\n"
            "    2  b->c  to-c        15      -\n"
            "\n"
            "  segment list: sr-mpls, 2 SIDs\n"
            "    16002  node b\n"
            "    24001  adjacency b->c (to-c)\n");
  EXPECT_EQ(NodesText(SamplePath()), "a b c");
}

TEST(PathTextTest, ShowsTheShareOfEachListOfASplit) {
  v1::PathConstraints constraints;
  constraints.set_bandwidth_bps(15'000'000'000);
  constraints.set_max_segment_lists(2);
  v1::PathSplit split;
  split.set_cost(32.5);
  split.set_proved_optimal(true);
  for (const uint32_t weight : {2, 1}) {
    v1::SplitPath* part = split.add_paths();
    *part->mutable_path() = SamplePath();
    part->mutable_path()->mutable_segment_list()->set_weight(weight);
    part->set_share(weight / 3.0);
    part->set_rate_bps(weight * uint64_t{5'000'000'000});
  }
  const std::string text = SplitText(split, constraints);
  EXPECT_EQ(text.rfind("15 Gb/s over 2 segment lists, mean cost 32.5\n"
                       "\n"
                       "weight 2, 66.7%, 10 Gb/s: "
                       "delay 12.345 ms, igp 30, 2 hops, bottleneck 10 Gb/s\n",
                       0),
            0U)
      << text;
  EXPECT_NE(text.find("\nweight 1, 33.3%, 5 Gb/s: "), std::string::npos) << text;
  split.set_proved_optimal(false);
  split.set_lower_bound(31.25);
  EXPECT_NE(SplitText(split, constraints).find("(not proved to be the least: lower bound 31.25)"),
            std::string::npos);
}

TEST(PathTextTest, ShowsWhatAContainerHolds) {
  v1::SegmentList list;
  list.set_data_plane(v1::DATA_PLANE_SRV6);
  list.add_sids("fcbb:bb00:2:3::");
  for (const auto& [node, sid] :
       {std::pair("b", "fcbb:bb00:2::"), std::pair("c", "fcbb:bb00:3::")}) {
    v1::Segment* segment = list.add_segments();
    segment->set_kind(v1::SEGMENT_KIND_NODE);
    segment->set_node(node);
    segment->set_sid(sid);
  }
  EXPECT_EQ(SegmentListText(list, ""),
            "segment list: srv6, 1 SID\n"
            "  fcbb:bb00:2:3::\n"
            "    fcbb:bb00:2::  node b\n"
            "    fcbb:bb00:3::  node c\n");
  EXPECT_EQ(SegmentListLine(list), "srv6 fcbb:bb00:2:3::");
}

TEST(PathTextTest, ShowsWhyThereIsNone) {
  v1::NoPath no_path;
  no_path.set_reason("DELAY_BOUND_UNREACHABLE");
  no_path.set_message("no path within 5000 us");
  no_path.set_wanted(5000);
  no_path.set_best_achievable(7250);
  no_path.add_blocking_links()->set_local_node("a");
  no_path.mutable_blocking_links(0)->set_remote_node("b");
  EXPECT_EQ(NoPathText(no_path),
            "no path: no path within 5000 us [DELAY_BOUND_UNREACHABLE]\n"
            "  wanted:          5 ms\n"
            "  best achievable: 7.25 ms\n"
            "  blocking links:  a->b\n");
}

TEST(PathTextTest, ShowsTheBestSetFoundBeforeTheBudgetRanOut) {
  v1::NoPath no_path;
  no_path.set_reason("BUDGET_EXHAUSTED");
  no_path.set_message("not proved");
  no_path.set_lower_bound(9);
  for (const char* via : {"b", "c"}) {
    v1::Path* path = no_path.add_best_found_set();
    for (const auto& [from, to] : {std::pair("a", via), std::pair(via, "d")}) {
      v1::LinkKey* link = path->add_hops()->mutable_link();
      link->set_local_node(from);
      link->set_remote_node(to);
    }
    path->mutable_metrics()->set_igp_cost(10);
  }
  const std::string text = NoPathText(no_path);
  EXPECT_NE(text.find("of the best set so far: a b d (igp 10"), std::string::npos) << text;
  EXPECT_NE(text.find("of the best set so far: a c d (igp 10"), std::string::npos) << text;
}

TEST(PathTextTest, ShowsWhatBindsAndWhatWouldHelp) {
  v1::Explanation explanation;
  v1::BoundInsight* bound = explanation.add_bounds();
  bound->set_constraint("delay bound");
  bound->set_wanted(1000);
  bound->set_best_achievable(3244);
  v1::Relaxation* relaxation = explanation.add_relaxations();
  relaxation->set_message("delay bound 1,000 us -> 3,244 us gives a path of cost 49");
  explanation.add_unproved("excluded SRLGs");
  EXPECT_EQ(
      ExplanationText(explanation, /*found=*/false),
      "  BOUND        WANTED  USED  BEST ALONE\n"
      "  delay bound  1 ms       -  3.244 ms\n"
      "\n"
      "  what would give a path, the smallest change first:\n"
      "    delay bound 1,000 us -> 3,244 us gives a path of cost 49 (not proved to be the least)\n"
      "  not looked into for want of time: excluded SRLGs\n");
}

TEST(PathTextTest, ShowsWhatASetShares) {
  v1::PathSetRequest request;
  request.set_disjointness(v1::DISJOINTNESS_SRLG_NODE);
  v1::PathSetResponse set;
  set.set_total_cost(95);
  set.set_proved_optimal(true);
  set.set_achieved(v1::DISJOINTNESS_LINK);
  v1::SharedRisks* shared = set.add_shared();
  shared->set_second(1);
  shared->add_nodes("b");
  shared->add_srlgs(7);
  EXPECT_EQ(SetText(set, request),
            "total cost 95; srlg-node-disjoint paths are impossible, these are link-disjoint\n"
            "  paths 1 and 2 share node b, SRLG 7\n");
  set.set_fully_disjoint(true);
  set.set_proved_optimal(false);
  set.set_lower_bound(90);
  EXPECT_EQ(SetText(set, request), "total cost 95; not proved to be the best: lower bound 90; ");
}

v1::PolicyStatus SampleStatus() {
  v1::PolicyStatus status;
  v1::Policy* policy = status.mutable_policy();
  policy->mutable_key()->set_headend("a");
  policy->mutable_key()->set_color(100);
  policy->mutable_key()->set_endpoint("c");
  policy->set_name("gold");
  policy->add_candidate_paths()->mutable_dynamic()->set_max_delay_us(20000);
  status.set_oper_state(v1::OPER_STATE_UP);
  status.set_push_state(v1::PUSH_STATE_INSTALLED);
  v1::ActivePath* active = status.mutable_active();
  *active->mutable_metrics() = SamplePath().metrics();
  *active->add_segment_lists() = SamplePath().segment_list();
  for (const char* node : {"a", "b", "c"}) {
    active->add_nodes(node);
  }
  active->mutable_margin()->set_delay_us(7655);
  status.add_candidates()->set_valid(true);
  status.set_changes(2);
  status.set_last_change_reason("link-down a->d");
  status.set_last_event_to_push_us(123.45);
  return status;
}

TEST(PolicyTextTest, ShowsAPolicyInFull) {
  EXPECT_EQ(PolicyText(SampleStatus()),
            "policy a/100/c 'gold': up, installed\n"
            "  path     a b c\n"
            "  metrics  delay 12.345 ms (bound 20 ms), igp 30, 2 hops, bottleneck 10 Gb/s\n"
            "  margin   delay 7.655 ms\n"
            "  segment list: sr-mpls, 2 SIDs\n"
            "    16002  node b\n"
            "    24001  adjacency b->c (to-c)\n"
            "  candidate 1, preference 100, dynamic, active, valid\n"
            "  changes  2: link-down a->d\n"
            "  event to push  123.5 us\n");
}

TEST(PolicyTextTest, ShowsWhatEachOfSeveralListsCarries) {
  v1::PolicyStatus status = SampleStatus();
  v1::PathConstraints* bounds =
      status.mutable_policy()->mutable_candidate_paths(0)->mutable_dynamic();
  bounds->set_bandwidth_bps(15'000'000'000);
  bounds->set_max_segment_lists(2);
  v1::ActivePath* active = status.mutable_active();
  active->clear_nodes();
  active->add_links();
  active->mutable_segment_lists(0)->set_weight(3);
  *active->add_segment_lists() = active->segment_lists(0);
  active->mutable_segment_lists(1)->set_weight(1);
  for (const double share : {0.75, 0.25}) {
    v1::ListUse* use = active->add_uses();
    use->set_share(share);
    use->set_rate_bps(static_cast<uint64_t>(share * 15e9));
    use->add_nodes("a");
    use->add_nodes("c");
    use->mutable_metrics()->set_hops(1);
  }
  const std::string text = PolicyText(status);
  const auto shows = [&](const std::string& line) { return text.find(line) != std::string::npos; };
  EXPECT_TRUE(shows("  path     1 links, 2 segment lists\n")) << text;
  EXPECT_TRUE(shows("bottleneck 10 Gb/s\n")) << "the bandwidth is none of one list: " << text;
  EXPECT_TRUE(shows("  segment list: sr-mpls, 2 SIDs, weight 3, 75%, 11.25 Gb/s\n")) << text;
  EXPECT_TRUE(shows("    a c (1 hop)\n")) << text;
  EXPECT_TRUE(shows("  segment list: sr-mpls, 2 SIDs, weight 1, 25%, 3.75 Gb/s\n")) << text;
  EXPECT_NE(
      PoliciesTable({status}).find("sr-mpls 16002, 24001 weight 3 | sr-mpls 16002, 24001 weight 1"),
      std::string::npos);
}

TEST(PolicyTextTest, ShowsTheBackupOrWhyThereIsNone) {
  v1::PolicyStatus status = SampleStatus();
  v1::ProtectionStatus* protection = status.mutable_protection();
  protection->set_state(v1::PROTECTION_STATE_PROTECTED);
  protection->set_achieved(v1::DISJOINTNESS_NODE);
  protection->mutable_shared()->add_srlgs(7);
  protection->set_switches(1);
  *protection->mutable_backup() = status.active();
  protection->mutable_since()->set_seconds(1763750000);
  v1::LevelFailure* failed = protection->add_failed();
  failed->set_level(v1::DISJOINTNESS_SRLG_NODE);
  failed->mutable_why()->set_message("SRLG 7 is on every path");
  failed->mutable_why()->set_reason("NOT_DISJOINT");
  EXPECT_THAT(PolicyText(status),
              testing::HasSubstr(
                  "  protected, node-disjoint, since 2025-11-21T18:33:20Z, switches 1\n"
                  "    not srlg-node-disjoint: SRLG 7 is on every path [NOT_DISJOINT]\n"
                  "    shared   SRLG 7\n"
                  "    path     a b c\n"
                  "    metrics  delay 12.345 ms (bound 20 ms), igp 30, 2 hops, bottleneck 10 Gb/s\n"
                  "    segment list: sr-mpls, 2 SIDs\n"));
  EXPECT_THAT(PoliciesTable({status}), testing::Not(testing::HasSubstr("UNPROTECTED")));
  v1::PolicyEvent event;
  *event.mutable_status() = status;
  EXPECT_THAT(EventLine(event), testing::HasSubstr("up, installed, protected  sr-mpls"));

  protection->Clear();
  protection->set_state(v1::PROTECTION_STATE_UNPROTECTED);
  protection->set_reason("link a->b is on every path");
  EXPECT_THAT(PolicyText(status),
              testing::HasSubstr("  UNPROTECTED: link a->b is on every path\n"));
  EXPECT_THAT(PoliciesTable({status}), testing::HasSubstr("up, UNPROTECTED"));
}

TEST(PolicyTextTest, ShowsALineEach) {
  EXPECT_EQ(PoliciesTable({SampleStatus()}),
            "POLICY   NAME  STATE  PUSH       COST  DELAY      SEGMENT LIST          CHANGES\n"
            "a/100/c  gold  up     installed     0  12.345 ms  sr-mpls 16002, 24001        2\n");
  v1::PolicyEvent event;
  event.set_revision(9);
  *event.mutable_status() = SampleStatus();
  EXPECT_EQ(EventLine(event), "9  a/100/c  up, installed  sr-mpls 16002, 24001  (link-down a->d)");
  event.set_removed(true);
  EXPECT_EQ(EventLine(event), "9  a/100/c  removed");
}

TEST(PolicyTextTest, KnowsWhenNothingMoreIsUnderWay) {
  v1::PolicyStatus status;
  status.set_oper_state(v1::OPER_STATE_PENDING);
  EXPECT_FALSE(IsSettled(status));
  status.set_oper_state(v1::OPER_STATE_UP);
  status.set_push_state(v1::PUSH_STATE_SENT);
  EXPECT_FALSE(IsSettled(status));
  status.set_push_state(v1::PUSH_STATE_FAILED);
  EXPECT_TRUE(IsSettled(status));
  status.set_oper_state(v1::OPER_STATE_DOWN);
  status.set_push_state(v1::PUSH_STATE_NONE);
  EXPECT_TRUE(IsSettled(status));
}

}  // namespace
}  // namespace srpce::ctl
