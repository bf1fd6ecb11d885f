#include "plugins/topology_source/bgpls/settings.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace srpce::bgpls_source {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

plugin::Settings Least() {
  return {{"local_as", "65000"}, {"router_id", "10.255.0.254"}, {"peer.r1.address", "10.0.0.1"}};
}

plugin::Settings With(const std::string& name, const std::string& text) {
  plugin::Settings settings = Least();
  settings[name] = text;
  return settings;
}

TEST(BgplsSettingsTest, LeastIsEnough) {
  const auto settings = ParseSettings(Least());
  ASSERT_TRUE(settings.ok()) << settings.status();
  ASSERT_THAT(settings->speaker.peers, SizeIs(1));
  const speaker::bgp::PeerConfig& peer = settings->speaker.peers[0];
  EXPECT_EQ(peer.name, "r1");
  EXPECT_EQ(peer.address.ToString(), "10.0.0.1");
  EXPECT_EQ(peer.port, 179);
  EXPECT_EQ(peer.session.local_as, 65000U);
  EXPECT_EQ(peer.session.identifier, 0x0aff00feU);
  EXPECT_EQ(peer.session.peer_as, std::nullopt);
  EXPECT_THAT(peer.session.families, testing::ElementsAre(wire::bgp::kBgpLs));
  EXPECT_FALSE(peer.session.host_name.empty());
  EXPECT_EQ(settings->intake.stale_time, std::chrono::seconds(300));
}

TEST(BgplsSettingsTest, EverySettingArrives) {
  const support::TemporaryFolder folder;
  const std::string key_file = folder.path() + "/key";
  std::ofstream(key_file) << "secret\nnot this\n";
  const auto settings = ParseSettings({{"local_as", "4200000000"},
                                       {"router_id", "10.255.0.254"},
                                       {"listen", "0.0.0.0:1790, [::]:1791, 127.0.0.1"},
                                       {"hold_time", "30"},
                                       {"connect_retry", "2.5"},
                                       {"host_name", "pce1"},
                                       {"stale_time", "10"},
                                       {"sync_wait", "20"},
                                       {"quiet_time", "0.5"},
                                       {"max_routes", "5000"},
                                       {"peer.a.address", "10.0.0.1"},
                                       {"peer.a.port", "1179"},
                                       {"peer.a.as", "65001"},
                                       {"peer.a.local_address", "10.0.0.9"},
                                       {"peer.a.passive", "true"},
                                       {"peer.a.hold_time", "9"},
                                       {"peer.a.md5_key_file", key_file},
                                       {"peer.a.ttl_security_hops", "1"},
                                       {"peer.b.c.address", "2001:db8::1"},
                                       {"peer.b.c.as", "any"}});
  ASSERT_TRUE(settings.ok()) << settings.status();
  const speaker::bgp::Config& speaker = settings->speaker;
  ASSERT_THAT(speaker.listen, SizeIs(3));
  EXPECT_EQ(speaker.listen[0].ToString(), "0.0.0.0:1790");
  EXPECT_EQ(speaker.listen[1].ToString(), "[::]:1791");
  EXPECT_EQ(speaker.listen[2].ToString(), "127.0.0.1:179");
  ASSERT_THAT(speaker.peers, SizeIs(2));
  const speaker::bgp::PeerConfig& a = speaker.peers[0];
  EXPECT_EQ(a.port, 1179);
  EXPECT_EQ(a.session.local_as, 4200000000U);
  EXPECT_EQ(a.session.peer_as, 65001U);
  EXPECT_EQ(a.local_address->ToString(), "10.0.0.9");
  EXPECT_TRUE(a.session.passive);
  EXPECT_EQ(a.session.hold_time, std::chrono::seconds(9));
  EXPECT_EQ(a.session.connect_retry, std::chrono::milliseconds(2500));
  EXPECT_EQ(a.session.host_name, "pce1");
  EXPECT_EQ(a.md5_key, "secret");
  EXPECT_EQ(a.ttl_security_hops, 1);
  const speaker::bgp::PeerConfig& b = speaker.peers[1];
  EXPECT_EQ(b.name, "b.c") << "only the last dot counts";
  EXPECT_EQ(b.session.hold_time, std::chrono::seconds(30)) << "that of all";
  EXPECT_EQ(b.session.peer_as, std::nullopt);
  EXPECT_EQ(settings->intake.stale_time, std::chrono::seconds(10));
  EXPECT_EQ(settings->intake.sync_wait, std::chrono::seconds(20));
  EXPECT_EQ(settings->intake.quiet_time, std::chrono::milliseconds(500));
  EXPECT_EQ(settings->intake.max_routes, 5000U);
}

struct Mistake {
  std::string name, text, error;
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name << mistake.text; }

class BgplsMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(BgplsMistakeTest, IsNamed) {
  const auto settings = ParseSettings(With(GetParam().name, GetParam().text));
  ASSERT_FALSE(settings.ok());
  EXPECT_THAT(std::string(settings.status().message()), HasSubstr(GetParam().error));
  EXPECT_THAT(std::string(settings.status().message()), testing::StartsWith("bgpls source: "));
}

INSTANTIATE_TEST_SUITE_P(
    All, BgplsMistakeTest,
    testing::Values(
        Mistake{"colour", "red", "got setting 'colour', want one of "},
        Mistake{"peer.r1.colour", "red", "want one of "},
        Mistake{"peer.address", "10.0.0.1", "got setting 'peer.address'"},
        Mistake{"local_as", "0", "local_as: got '0', want a whole number from 1 to 4294967295"},
        Mistake{"router_id", "fc00::1", "router_id: got 'fc00::1', want an IPv4 address"},
        Mistake{"router_id", "0.0.0.0", "router_id: got '0.0.0.0'"},
        Mistake{"listen", "10.0.0.1:x", "listen: got '10.0.0.1:x', want ADDRESS:PORT"},
        Mistake{"listen", "[::1", "listen: got '[::1'"},
        Mistake{"listen", "[::1]179", "listen: got '[::1]179'"},
        Mistake{"listen", " ", "listen: got ' '"},
        Mistake{"hold_time", "2", "hold_time: got '2', want 0 (never), or 3 to 65535 seconds"},
        Mistake{"connect_retry", "nan", "connect_retry: got 'nan', want seconds"},
        Mistake{"stale_time", "-1", "stale_time: got '-1', want seconds from 0 to 86400"},
        Mistake{"max_routes", "many", "max_routes: got 'many'"},
        Mistake{"peer.r1.address", "r1", "peer.r1.address: got 'r1', want an IPv4 or IPv6 address"},
        Mistake{"peer.r1.port", "70000", "peer.r1.port: got '70000'"},
        Mistake{"peer.r1.as", "us", "peer.r1.as: got 'us'"},
        Mistake{"peer.r1.passive", "perhaps", "peer.r1.passive: got 'perhaps', want true or false"},
        Mistake{"peer.r1.passive", "true", "listen: got nothing, want where peer r1"},
        Mistake{"peer.r1.md5_key_file", "/nowhere", "peer.r1.md5_key_file: got '/nowhere'"},
        Mistake{"peer.r1.ttl_security_hops", "0", "ttl_security_hops: got '0'"},
        Mistake{"peer.r2.as", "1", "peer.r2.address: got nothing, want the peer's address"}));

TEST(BgplsSettingsTest, WhatIsMissingIsNamed) {
  for (const char* name : {"local_as", "router_id", "peer.r1.address"}) {
    plugin::Settings settings = Least();
    settings.erase(name);
    const auto parsed = ParseSettings(settings);
    ASSERT_FALSE(parsed.ok());
    EXPECT_THAT(std::string(parsed.status().message()), HasSubstr("got nothing, want")) << name;
  }
}

}  // namespace
}  // namespace srpce::bgpls_source
