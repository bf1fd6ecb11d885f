// tests/unit/daemon/srpcectl/completion_test.cc -- the bash script is run by bash; the others are
// read.
#include "daemon/srpcectl/completion.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "daemon/srpcectl/context.h"

namespace srpce::ctl {
namespace {

class CompletionTest : public testing::Test {
 protected:
  CompletionTest() : app_("", "srpcectl") { BuildApp(app_, context_); }

  // What bash offers after `words` (the last is the one being typed), space-separated.
  std::string BashOffers(const std::string& words) {
    const std::string script = testing::TempDir() + "srpcectl_completion.bash";
    std::ofstream(script) << BashCompletion(app_);
    const std::string command =
        "bash -c 'source " + script + "; COMP_WORDS=(" + words +
        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _srpcectl; echo \"${COMPREPLY[*]}\"'";
    std::string output;
    FILE* pipe = popen(command.c_str(), "r");
    char buffer[4096];
    while (fgets(buffer, sizeof(buffer), pipe) != nullptr) {
      output += buffer;
    }
    EXPECT_EQ(pclose(pipe), 0) << command;
    return output.substr(0, output.find('\n'));
  }

  Context context_;
  CLI::App app_;
};

TEST_F(CompletionTest, BashOffersCommands) {
  EXPECT_EQ(BashOffers("srpcectl po"), "policy");
  EXPECT_EQ(BashOffers("srpcectl policy \"\""), "apply get list watch delete -h --help");
  EXPECT_EQ(BashOffers("srpcectl topology \"\""), "show sources unknown -h --help");
  EXPECT_EQ(BashOffers("srpcectl -o json path comp"), "compute compute-set");
}

TEST_F(CompletionTest, BashOffersOptionsAndTheirValues) {
  EXPECT_EQ(BashOffers("srpcectl path compute a b --max-d"), "--max-delay --max-delay-difference");
  EXPECT_EQ(BashOffers("srpcectl path compute a b --objective \"\""),
            "igp te delay hops loss variation");
  EXPECT_EQ(BashOffers("srpcectl path compute a b --disjoint srlg"), "srlg srlg-node");
  EXPECT_EQ(BashOffers("srpcectl topology show l"), "links");
  EXPECT_EQ(BashOffers("srpcectl topology unknown --s"), "--source");
  EXPECT_EQ(BashOffers("srpcectl -o y"), "yaml");
}

TEST_F(CompletionTest, EveryScriptKnowsEveryOption) {
  const std::string zsh = ZshCompletion(app_);
  const std::string fish = FishCompletion(app_);
  const std::string bash = BashCompletion(app_);
  const std::function<void(const CLI::App&)> check = [&](const CLI::App& command) {
    for (const CLI::Option* option : command.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        EXPECT_NE(bash.find("--" + name), std::string::npos) << name;
        EXPECT_NE(zsh.find("'--" + name + ":"), std::string::npos) << name;
        EXPECT_NE(fish.find(" -l " + name), std::string::npos) << name;
      }
    }
    for (const CLI::App* child : command.get_subcommands({})) {
      check(*child);
    }
  };
  check(app_);
}

}  // namespace
}  // namespace srpce::ctl
