// tests/unit/daemon/srpcectl/names_test.cc
#include "daemon/srpcectl/names.h"

#include <gtest/gtest.h>

#include "daemon/srpcectl/fetch.h"

namespace srpce::ctl {
namespace {

TEST(NamesTest, ReadsLinks) {
  const auto plain = ParseLink("0_NL->1_BE");
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ(plain->local_node(), "0_NL");
  EXPECT_EQ(plain->remote_node(), "1_BE");
  EXPECT_EQ(plain->local_interface(), "");
  const auto one = ParseLink("a->b#to-b.2");
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(ToText(*one), "a->b");
  EXPECT_EQ(ToFullText(*one), "a->b#to-b.2");
  for (const char* bad : {"", "a", "a->", "->b", "a-b", "a<->b", "a->#if"}) {
    EXPECT_FALSE(ParseLink(bad).ok()) << bad;
  }
}

TEST(NamesTest, ReadsPolicyKeys) {
  const auto key = ParsePolicyKey("pe1/100/2001:db8::1");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->headend(), "pe1");
  EXPECT_EQ(key->color(), 100U);
  EXPECT_EQ(key->endpoint(), "2001:db8::1");
  EXPECT_EQ(ToText(*key), "pe1/100/2001:db8::1");
  for (const char* bad :
       {"", "a/b", "a/0/b", "a/x/b", "/1/b", "a/1/", "a/-1/b", "a/4294967296/b"}) {
    EXPECT_FALSE(ParsePolicyKey(bad).ok()) << bad;
  }
}

TEST(NamesTest, ReadsEnds) {
  EXPECT_EQ(ParseEndPair("a:b")->endpoint, "b");
  EXPECT_EQ(ParseEndPair("2001:db8::1->b")->headend, "2001:db8::1");
  for (const char* bad : {"", "a", "a:", ":b", "a:b:c", "a->", "a->b->c"}) {
    EXPECT_FALSE(ParseEndPair(bad).ok()) << bad;
  }
}

v1::Topology Parallel() {
  v1::Topology topology;
  const auto add = [&](const char* local, const char* remote, const char* interface,
                       const char* there) {
    v1::LinkKey* key = topology.add_links()->mutable_key();
    key->set_local_node(local);
    key->set_remote_node(remote);
    key->set_local_interface(interface);
    key->set_remote_interface(there);
  };
  add("a", "b", "1", "7");
  add("a", "b", "2", "8");
  add("b", "a", "7", "1");
  add("b", "a", "8", "2");
  add("b", "c", "9", "");
  return topology;
}

TEST(NamesTest, FindsOneLinkAndItsReverse) {
  const v1::Topology topology = Parallel();
  const auto second = FindLink(topology, *ParseLink("a->b#2"));
  ASSERT_TRUE(second.ok()) << second.status();
  const auto reverse = FindReverse(topology, second->key());
  ASSERT_TRUE(reverse.ok()) << reverse.status();
  EXPECT_EQ(ToFullText(reverse->key()), "b->a#8");
  EXPECT_EQ(std::string(FindLink(topology, *ParseLink("a->b")).status().message()),
            "link a->b: got 2 parallel links, want one of a->b#1, a->b#2");
  EXPECT_EQ(FindLink(topology, *ParseLink("a->c")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(FindReverse(topology, topology.links(4).key()).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace srpce::ctl
