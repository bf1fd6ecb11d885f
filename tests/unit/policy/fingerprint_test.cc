// PolicyConfig::Fingerprint: every field counts, annotations do not, and the number is the same for
// ever.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "lib/plugin/southbound.h"

namespace srpce::plugin {
namespace {

PolicyConfig Config() {
  PolicyConfig config;
  config.key = {.headend = "r1", .color = 100, .endpoint = "r4"};
  config.name = "gold";
  config.endpoint_address = *IpAddress::Parse("10.0.0.4");
  config.binding_label = 1000;
  config.steered_prefixes = {*IpPrefix::Parse("10.0.0.4/32")};
  policy::WeightedList list;
  list.list.labels = {16002, 16004};
  config.lists = {list};
  return config;
}

TEST(FingerprintTest, IsTheSameInEveryProcessAndVersion) {
  // Routers report this number after an upgrade of the controller: it must never change. Computed
  // by hand from the encoding in southbound.cc and the published constants of FNV-1a.
  EXPECT_EQ(Config().Fingerprint(), 17893144693941699987U);
}

TEST(FingerprintTest, EveryFieldCounts) {
  const std::function<void(PolicyConfig&)> changes[] = {
      [](auto&) {},
      [](auto& c) { c.key.headend = "r2"; },
      [](auto& c) { c.key.color = 101; },
      [](auto& c) { c.key.endpoint = "r5"; },
      [](auto& c) { c.name = "silver"; },
      [](auto& c) { c.name.clear(); },
      [](auto& c) { c.preference = 99; },
      [](auto& c) { c.endpoint_address.reset(); },
      [](auto& c) { c.endpoint_address = *IpAddress::Parse("::a00:4"); },
      [](auto& c) { c.binding_label.reset(); },
      [](auto& c) { c.binding_label = 0; },
      [](auto& c) { c.binding_sid = *Ipv6Address::Parse("fc00::1"); },
      [](auto& c) { c.steered_prefixes.clear(); },
      [](auto& c) { c.steered_prefixes = {*IpPrefix::Parse("10.0.0.4/31")}; },
      [](auto& c) { c.lists[0].weight = 2; },
      [](auto& c) {
        c.lists[0].list.labels = {16004, 16002};
      },
      [](auto& c) { c.lists[0].list.labels = {16002}; },
      [](auto& c) { c.lists[0].list.data_plane = cspf::DataPlane::kSrv6; },
      [](auto& c) { c.lists[0].list.sids = {*Ipv6Address::Parse("fc00::1")}; },
      [](auto& c) { c.lists.push_back(c.lists[0]); },
      [](auto& c) { c.decapsulation_sid = *Ipv6Address::Parse("fc00::d"); },
  };
  std::set<uint64_t> fingerprints;
  for (const auto& change : changes) {
    PolicyConfig config = Config();
    change(config);
    EXPECT_TRUE(fingerprints.insert(config.Fingerprint()).second)
        << "change " << fingerprints.size() << " does not count";
  }
}

TEST(FingerprintTest, TextCannotMoveFromOneFieldToTheNext) {
  PolicyConfig one = Config();
  one.key.headend = "r1x";
  one.key.endpoint = "y";
  PolicyConfig other = Config();
  other.key.headend = "r1";
  other.key.endpoint = "xy";
  EXPECT_NE(one.Fingerprint(), other.Fingerprint());
}

TEST(FingerprintTest, AnnotationsDoNotCount) {
  PolicyConfig annotated = Config();
  annotated.lists[0].list.segments.emplace_back();
  EXPECT_EQ(annotated.Fingerprint(), Config().Fingerprint());
}

}  // namespace
}  // namespace srpce::plugin
