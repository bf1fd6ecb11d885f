// ToMapText() writes what BuildTed() reads back.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/build_ted.h"
#include "tests/support/draft.h"

namespace srpce::support {
namespace {

// The elements say it better than a text where they differ.
void ExpectReadBack(const topology::Ted& ted) {
  const std::string text = ToMapText(ted);
  const Draft want = DraftOf(ted);
  const Draft got = DraftOf(*BuildTed(text));
  EXPECT_EQ(got.nodes, want.nodes) << text;
  EXPECT_EQ(got.links, want.links) << text;
  EXPECT_EQ(ToMapText(got), text);
}

TEST(MapTextTest, DefaultsAreWrittenOut) {
  EXPECT_EQ(ToMapText(*BuildTed("a<->b#2 igp 10\nnode b no-srv6\n")),
            "node a bare no-overload no-pseudonode router-id 10.0.0.1 router-id fc00:0:1::1 "
            "srgb 16000 8000 own-locator fcbb:bb00:1::/48 "
            "sid fcbb:bb00:1::,behavior=43,parts=32.16.0.80 "
            "sid fcbb:bb00:1:fd00::,behavior=18,parts=32.16.16.0 prefix 10.0.0.1/32,node,sid=1\n"
            "node b bare no-overload no-pseudonode router-id 10.0.0.2 router-id fc00:0:2::1 "
            "srgb 16000 8000 prefix 10.0.0.2/32,node,sid=2\n"
            "a->b#2 igp 10 adj-sid 24001 end-x fcbb:bb00:1:e001::,behavior=52,parts=32.16.16.64\n"
            "b->a#2 igp 10 adj-sid 24002\n");
}

TEST(MapTextTest, EveryWordOfTheLanguageIsReadBack) {
  ExpectReadBack(
      *BuildTed("a<->b#2 igp 1 te 2 delay 3 max-delay 4 var 5 loss 0.30000000000000004 bw 10G rsv "
                "8M avail 8k admin-bits 1,70 srlg 1,2 down adj 777 msd 3\n"
                "node a srgb 1000 10 srgb 2000 20 index 5 algo 128 msd 6 srv6-msd 7 overload "
                "anycast 300 locator fc01:0:a::/48 classic-srv6 segments-left-msd 1 end-pop-msd 2 "
                "end-d-msd 3 srlb 15000 9\n"
                "node lan pseudonode\na->lan#lan, igp 4\nlan->a#lan, igp 0\n"
                "fad 130 metric te exclude-any 0x1 include-any-bits 70 include-all 0x4 "
                "exclude-srlg 9 priority 7 on b\n"));
}

TEST(MapTextTest, ExactWordsAreReadBack) {
  ExpectReadBack(
      *BuildTed("node a bare no-overload srgb 16000 5 srlb 15000 2 algorithms 0,128 "
                "own-locator fcbb:bb00:1::/48,algo=128,metric=2,anycast "
                "sid fcbb:bb00:1::,behavior=43,algo=128,parts=32.16.0.0 sid fc00::1,behavior=999 "
                "prefix 10.0.0.1/32,metric=2,node,no-anycast,sid=5,no-php,sid=30,algo=128,"
                "explicit-null prefix 2001:db8::/32,no-node,anycast,sid=900000,label\n"
                "a<->b#x,y up avg-delay 9 min-delay 8 anomalous no-srlg admin 0 "
                "avail 18446744073709551608 adj-sid 7,index,local,backup "
                "adj-sid 24999,set,weight=3 adj-sid 4,index,global "
                "end-x fcbb:bb00:1:e001::,behavior=52,backup,set,algo=128\n"
                "b->a\nnode b bare\n"));
}

TEST(MapTextDeathTest, SaysWhatElementHasNoWords) {
  topology::NodeAttributes named;
  named.name = "london";
  EXPECT_DEATH(ToMapText(Draft{{{"a", named, {}}}, {}}), "map text: a: the language has no word");
  EXPECT_DEATH(BuildTed("a->b adj-sid 7,colour\n"), "got 'colour', want an option");
  EXPECT_DEATH(BuildTed("node a sid fc00::1,parts=1.2\n"), "got '1.2', want four lengths");
}

}  // namespace
}  // namespace srpce::support
