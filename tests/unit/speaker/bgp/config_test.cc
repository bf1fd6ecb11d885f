// What a speaker does not start with, and what it says of it.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/unit/speaker/bgp/fixture.h"

namespace srpce::speaker::bgp {
namespace {

using testing::HasSubstr;

std::string ErrorOf(const Config& config) {
  Recorder client;
  const auto speaker = Speaker::Start(config, client, nullptr);
  return std::string(speaker.status().message());
}

struct Case {
  std::string name;
  std::function<void(PeerConfig&)> change;
  std::string want;
};
class ConfigTest : public testing::TestWithParam<Case> {};

TEST_P(ConfigTest, IsRefusedWithTheReason) {
  PeerConfig peer = PassivePeer();
  GetParam().change(peer);
  const std::string error = ErrorOf({.peers = {peer}});
  EXPECT_THAT(error, HasSubstr("peer 'p': "));
  EXPECT_THAT(error, HasSubstr(GetParam().want));
}

const Case kCases[] = {
    {"NoAddress", [](auto& p) { p.address = Ip("0.0.0.0"); },
     "address: got 0.0.0.0, want the peer's address"},
    {"Multicast", [](auto& p) { p.address = Ip("ff02::1"); },
     "got ff02::1, want a unicast address"},
    {"LinkLocal", [](auto& p) { p.address = Ip("fe80::1"); }, "says not on which link"},
    {"Mapped", [](auto& p) { p.address = Ip("::ffff:10.0.0.1"); }, "want it as an IPv4 address"},
    {"Port", [](auto& p) { p.port = 0, p.session.passive = false; }, "port: got 0"},
    {"LocalFamily", [](auto& p) { p.local_address = Ip("::1"); }, "want one of the family of"},
    {"Md5Key", [](auto& p) { p.md5_key = std::string(81, 'k'); },
     "MD5 key: got 81 octets, want at most 80"},
    {"Hops", [](auto& p) { p.ttl_security_hops = 0; }, "got 0 hops, want 1 to 255"},
    {"SendHold", [](auto& p) { p.send_hold = std::chrono::milliseconds(0); },
     "send hold time: got 0 ms"},
    {"Families", [](auto& p) { p.session.families.clear(); }, "address families: got none"},
    {"HoldTime", [](auto& p) { p.session.hold_time = std::chrono::seconds(2); }, "hold time"},
    {"LocalAs", [](auto& p) { p.session.local_as = 0; }, "AS"},
    {"Identifier", [](auto& p) { p.session.identifier = 0; }, "identifier"},
    {"ConnectRetry", [](auto& p) { p.session.connect_retry = std::chrono::milliseconds(0); },
     "connect retry time: got 0 ms"},
};
INSTANTIATE_TEST_SUITE_P(All, ConfigTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST(ConfigErrorTest, PeersMustBeToldApart) {
  PeerConfig a = PassivePeer(), b = PassivePeer();
  a.name = "a";
  b.name = "b";
  EXPECT_THAT(ErrorOf({.peers = {a, b}}), HasSubstr("peers 'a' and 'b': both are at 127.0.0.1"));
  a.local_address = Ip("127.0.0.2");
  b.local_address = Ip("127.0.0.3");
  EXPECT_EQ(ErrorOf({.peers = {a, b}}), "");
  b.md5_key = "k";
  EXPECT_THAT(ErrorOf({.peers = {a, b}}), HasSubstr("one MD5 key"));
}

TEST(ConfigErrorTest, SaysWhereItCannotListen) {
  const auto taken = *BgpListener::Listen();
  EXPECT_EQ(ErrorOf({.listen = {{.address = Ip("127.0.0.1"), .port = taken->port()}}}),
            absl::StrCat("127.0.0.1:", taken->port(), ": Address already in use"));
  EXPECT_EQ(ErrorOf({.listen = {{.address = Ip("2001:db8::1"), .port = 1179}}}),
            "[2001:db8::1]:1179: Cannot assign requested address");
}

TEST(ConfigErrorTest, TheKeyIsNotSaid) {
  PeerConfig peer = PassivePeer();
  peer.md5_key = std::string(81, 'k');
  EXPECT_THAT(ErrorOf({.peers = {peer}}), Not(HasSubstr("kkk")));
}

}  // namespace
}  // namespace srpce::speaker::bgp
