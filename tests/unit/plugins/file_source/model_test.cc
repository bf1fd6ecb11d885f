// tests/unit/plugins/file_source/model_test.cc -- statements that tell of changes lead where a new
// sync would.
#include "plugins/topology_source/file/model.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "plugins/topology_source/file/repetita.h"
#include "plugins/topology_source/file/synthesize.h"
#include "tests/unit/plugins/file_source/fake_sink.h"

namespace srpce::file_source {
namespace {

Model Abilene() {
  const std::string path = SRPCE_SOURCE_DIR "/tests/topologies/Abilene.graph";
  return *Synthesize(*ParseRepetita(*ReadFile(path), path), {});
}

Mirror MirrorOf(const Model& model) {
  Mirror mirror;
  for (const plugin::Statement& statement : model.Announced()) {
    EXPECT_EQ(mirror.Apply(statement), "");
  }
  return mirror;
}

Action RandomAction(const Model& model, std::mt19937_64& random) {
  const auto node = static_cast<uint32_t>(random() % model.nodes().size());
  const auto link = static_cast<uint32_t>(random() % model.links().size());
  const bool on = random() % 2 == 0;
  switch (random() % 4) {
    case 0: {
      ChangeLinks change;
      change.links = {link};
      if (on) {
        change.patch.up = random() % 2 == 0;
      } else {
        change.patch.delay = Microseconds(random() % 1000);
        change.patch.loss = 0.5;
      }
      return change;
    }
    case 1: {
      ShowLinks show;
      show.links = {link};
      show.present = on;
      return show;
    }
    case 2: {
      ChangeNode change;
      change.node = node;
      change.patch.overload = on;
      return change;
    }
    default: {
      ShowNode show;
      show.node = node;
      show.present = on;
      return show;
    }
  }
}

TEST(FileModelTest, DeltasLeadWhereASyncWould) {
  const char* given = std::getenv("SRPCE_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  SCOPED_TRACE("SRPCE_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  Model model = Abilene();
  Mirror mirror = MirrorOf(model);
  for (int i = 0; i < 2000; ++i) {
    for (const plugin::Statement& statement : model.Apply(RandomAction(model, random))) {
      ASSERT_EQ(mirror.Apply(statement), "") << "step " << i;
    }
    if (i % 20 == 0) {
      const Mirror want = MirrorOf(model);
      ASSERT_EQ(mirror.nodes, want.nodes) << "step " << i;
      ASSERT_EQ(mirror.links, want.links) << "step " << i;
      ASSERT_EQ(mirror.prefixes, want.prefixes) << "step " << i;
    }
  }
}

TEST(FileModelTest, ANodeTakesItsLinksAlongAndBringsThemBack) {
  Model model = Abilene();
  const Mirror before = MirrorOf(model);
  const uint32_t node = *model.FindNode("1_Chicago");
  ShowNode show;
  show.node = node;
  show.present = false;
  Mirror mirror = before;
  for (const plugin::Statement& statement : model.Apply(show)) {
    ASSERT_EQ(mirror.Apply(statement), "");
  }
  EXPECT_EQ(mirror.nodes.size(), before.nodes.size() - 1);
  EXPECT_EQ(mirror.prefixes.size(), before.prefixes.size() - 2);
  for (const auto& [key, attributes] : mirror.links) {
    EXPECT_EQ(key.find("1_Chicago"), std::string::npos) << key;
  }
  EXPECT_TRUE(model.Apply(show).empty()) << "twice says nothing";
  show.present = true;
  for (const plugin::Statement& statement : model.Apply(show)) {
    ASSERT_EQ(mirror.Apply(statement), "");
  }
  EXPECT_EQ(mirror.nodes, before.nodes);
  EXPECT_EQ(mirror.links, before.links);
  EXPECT_EQ(mirror.prefixes, before.prefixes);
}

}  // namespace
}  // namespace srpce::file_source
