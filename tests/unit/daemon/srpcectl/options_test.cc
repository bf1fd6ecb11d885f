// tests/unit/daemon/srpcectl/options_test.cc -- the command line, parsed as a user types it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/srpcectl/context.h"
#include "daemon/srpcectl/names.h"
#include "daemon/srpcectl/path_options.h"

namespace srpce::ctl {
namespace {

// Parses `words` as constraints; the error, or "".
std::string Parse(std::vector<std::string> words, v1::PathConstraints& constraints) {
  CLI::App app;
  AddConstraintOptions(app, constraints);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::Error& error) {
    return error.what();
  }
  return "";
}

TEST(PathOptionsTest, SetsEveryConstraint) {
  v1::PathConstraints c;
  ASSERT_EQ(Parse({"--objective",
                   "te",
                   "--max-delay",
                   "10ms",
                   "--max-igp",
                   "50",
                   "--max-te",
                   "60",
                   "--max-hops",
                   "7",
                   "--max-loss",
                   "0.1%",
                   "--max-variation",
                   "5us",
                   "--max-sids",
                   "3",
                   "--bandwidth",
                   "10G",
                   "--split",
                   "4",
                   "--include-any",
                   "0x3",
                   "--include-all",
                   "0x4",
                   "--exclude-any",
                   "33",
                   "--exclude-node",
                   "n1",
                   "--exclude-node",
                   "n2",
                   "--exclude-link",
                   "a->b",
                   "--exclude-link",
                   "b->a#2",
                   "--exclude-srlg",
                   "17",
                   "--via",
                   "w1",
                   "--via",
                   "w2",
                   "--data-plane",
                   "srv6",
                   "--flex-algo",
                   "128",
                   "--no-compression",
                   "--allow-ecmp"},
                  c),
            "");
  EXPECT_EQ(c.objective(), v1::METRIC_TYPE_TE);
  EXPECT_EQ(c.max_delay_us(), 10'000U);
  EXPECT_EQ(c.max_igp_cost(), 50U);
  EXPECT_EQ(c.max_te_cost(), 60U);
  EXPECT_EQ(c.max_hops(), 7U);
  EXPECT_DOUBLE_EQ(c.max_loss_fraction(), 0.001);
  EXPECT_EQ(c.max_delay_variation_us(), 5U);
  EXPECT_EQ(c.max_sids(), 3U);
  EXPECT_EQ(c.bandwidth_bps(), 10'000'000'000U);
  EXPECT_EQ(c.max_segment_lists(), 4U);
  EXPECT_EQ(c.include_any().words(0), 3U);
  EXPECT_EQ(c.include_all().words(0), 4U);
  EXPECT_EQ(c.exclude_any().words(1), 2U);
  ASSERT_EQ(c.exclude_nodes_size(), 2);
  ASSERT_EQ(c.exclude_links_size(), 2);
  EXPECT_EQ(ToFullText(c.exclude_links(1)), "b->a#2");
  EXPECT_EQ(c.exclude_srlgs(0), 17U);
  ASSERT_EQ(c.waypoints_size(), 2);
  EXPECT_EQ(c.waypoints(1), "w2");
  EXPECT_EQ(c.data_plane(), v1::DATA_PLANE_SRV6);
  EXPECT_EQ(c.flex_algorithm(), 128U);
  EXPECT_TRUE(c.no_compression());
  EXPECT_TRUE(c.allow_ecmp());
}

TEST(PathOptionsTest, SetsEveryTermOfASet) {
  CLI::App app;
  v1::PathSetRequest set;
  AddSetOptions(app, set);
  app.parse(
      "--disjoint srlg-node --fallback node --fallback link --allow-sharing "
      "--set-objective max --max-delay-difference 2ms");
  EXPECT_EQ(set.disjointness(), v1::DISJOINTNESS_SRLG_NODE);
  ASSERT_EQ(set.fallbacks_size(), 2);
  EXPECT_EQ(set.fallbacks(0), v1::DISJOINTNESS_NODE);
  EXPECT_EQ(set.fallbacks(1), v1::DISJOINTNESS_LINK);
  EXPECT_TRUE(set.allow_sharing());
  EXPECT_EQ(set.objective(), v1::SET_OBJECTIVE_MAX);
  EXPECT_EQ(set.max_delay_difference_us(), 2'000U);
}

TEST(PathOptionsTest, WithoutOptionsThereIsNoConstraint) {
  v1::PathConstraints c;
  EXPECT_EQ(Parse({}, c), "");
  EXPECT_EQ(c.ByteSizeLong(), 0U);
}

TEST(PathOptionsTest, SaysWhichOptionHasAMistake) {
  struct Case {
    std::vector<std::string> words;
    const char* want;
  };
  for (const Case& bad :
       {Case{{"--max-delay", "10x"}, "--max-delay: got '10x', want a time like 10ms or 250us"},
        Case{{"--bandwidth", "much"},
             "--bandwidth: got 'much', want bits per second like 400M or 10G"},
        Case{{"--exclude-link", "a-b"}, "--exclude-link: got 'a-b', want a link as 'A->B'"},
        Case{{"--objective", "price"}, "--objective: price not in"},
        Case{{"--flex-algo", "3"}, "--flex-algo: Value 3 not in range"},
        Case{{"--max-hops", "-1"}, "--max-hops"}, Case{{"--nonsense"}, "--nonsense"}}) {
    v1::PathConstraints c;
    const std::string error = Parse(bad.words, c);
    EXPECT_NE(error.find(bad.want), std::string::npos) << error;
  }
}

TEST(CommandLineTest, EveryCommandHasHelpThatExplains) {
  Context context;
  CLI::App app("", "srpcectl");
  BuildApp(app, context);
  const std::function<void(const CLI::App&)> check = [&](const CLI::App& command) {
    EXPECT_FALSE(command.get_description().empty()) << command.get_name();
    for (const CLI::Option* option : command.get_options()) {
      EXPECT_FALSE(option->get_description().empty())
          << command.get_name() << " " << option->get_name();
    }
    for (const CLI::App* child : command.get_subcommands({})) {
      check(*child);
    }
  };
  check(app);
}

TEST(CommandLineTest, OutputFormatIsTakenBeforeAndAfterTheCommand) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"-o", "json", "policy", "list"},
        {"policy", "list", "-o", "json"}}) {
    Context context;
    CLI::App app("", "srpcectl");
    BuildApp(app, context);
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    EXPECT_EQ(context.format, Format::kJson);
    EXPECT_TRUE(context.run);
  }
}

TEST(CommandLineTest, ErrorsAreSentences) {
  EXPECT_EQ(
      Explain(grpc::Status(grpc::StatusCode::UNAVAILABLE, "failed to connect to all addresses"),
              "h:1", 10),
      "cannot reach srpced at h:1: failed to connect to all addresses\n"
      "Is it running? Start it with 'srpced --config configs/quickstart.yaml', or name another "
      "address with --address or SRPCE_ADDRESS.");
  EXPECT_EQ(Explain(grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "x"), "h:1", 2.5),
            "no answer from srpced at h:1 within 2.5 s (--timeout changes that)");
  EXPECT_EQ(Explain(grpc::Status(grpc::StatusCode::NOT_FOUND, "node 'x'"), "h:1", 10),
            "not found: node 'x'");
}

}  // namespace
}  // namespace srpce::ctl
