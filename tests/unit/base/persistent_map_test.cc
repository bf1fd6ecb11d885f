#include "lib/base/persistent_map.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace srpce {
namespace {

using Map = PersistentMap<std::string, int>;

TEST(PersistentMapTest, FindsWhatIsThere) {
  const Edit edit;
  Map map;
  EXPECT_EQ(map.Find("a"), nullptr);
  map.Mutable("a", edit) = 1;
  ASSERT_NE(map.Find("a"), nullptr);
  EXPECT_EQ(*map.Find("a"), 1);
  EXPECT_EQ(*map.Find(absl::string_view("a")), 1);  // Without making a string.
  EXPECT_EQ(map.size(), 1U);
}

TEST(PersistentMapTest, EraseOfWhatIsNotThereDoesNothing) {
  const Edit edit;
  Map map;
  map.Mutable("a", edit) = 1;
  map.Erase("b", edit);
  EXPECT_EQ(map.size(), 1U);
  map.Erase("a", edit);
  EXPECT_EQ(map.size(), 0U);
  EXPECT_EQ(map.Find("a"), nullptr);
}

TEST(PersistentMapTest, ASealedCopyDoesNotSeeLaterWrites) {
  Edit edit;
  Map map;
  map.Mutable("a", edit) = 1;
  const Map copy = map;
  edit.Seal();
  map.Mutable("a", edit) = 2;
  map.Mutable("b", edit) = 3;
  EXPECT_EQ(*copy.Find("a"), 1);
  EXPECT_EQ(copy.Find("b"), nullptr);
  EXPECT_EQ(copy.size(), 1U);
  map.Erase("a", edit);
  EXPECT_EQ(*copy.Find("a"), 1);
}

TEST(PersistentMapTest, ForEachVisitsEveryEntryOnce) {
  const Edit edit;
  Map map;
  for (int i = 0; i < 10000; ++i) {
    map.Mutable(std::to_string(i), edit) = i;
  }
  std::map<std::string, int> seen;
  map.ForEach(
      [&](const std::string& key, int value) { EXPECT_TRUE(seen.emplace(key, value).second); });
  EXPECT_EQ(seen.size(), 10000U);
  EXPECT_EQ(seen["1234"], 1234);
}

TEST(PersistentMapTest, RandomCopiesNeverChange) {
  const char* text = std::getenv("SRPCE_TEST_SEED");
  const auto seed = static_cast<uint32_t>(text != nullptr ? std::strtoul(text, nullptr, 10) : 13);
  SCOPED_TRACE("SRPCE_TEST_SEED=" + std::to_string(seed));
  std::mt19937 rng(seed);
  Edit edit;
  Map map;
  std::map<std::string, int> model;
  std::vector<std::pair<Map, std::map<std::string, int>>> copies;
  for (int step = 0; step < 5000; ++step) {
    const std::string key = std::to_string(rng() % 300);
    if (rng() % 3 == 0) {
      map.Erase(key, edit);
      model.erase(key);
    } else {
      map.Mutable(key, edit) = step;
      model[key] = step;
    }
    if (rng() % 100 == 0) {
      copies.emplace_back(map, model);
      edit.Seal();
    }
  }
  copies.emplace_back(map, model);
  for (const auto& [copy, want] : copies) {
    std::map<std::string, int> got;
    copy.ForEach([&got = got](const std::string& key, int value) { got[key] = value; });
    ASSERT_EQ(got, want);
    ASSERT_EQ(copy.size(), want.size());
  }
}

}  // namespace
}  // namespace srpce
