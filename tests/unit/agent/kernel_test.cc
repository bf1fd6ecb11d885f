// Against the kernel itself, in a network namespace that ends with the test. Needs root; `ip` shows
// what the kernel made of it.
#include "daemon/agent/kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sched.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "daemon/agent/kernel_forwarding.h"

namespace srpce::agent {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Ipv6Address Address(const std::string& text) { return *Ipv6Address::Parse(text); }

std::string Shell(const std::string& command) {
  std::string output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> part;
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) output += part.data();
  pclose(pipe);
  return output;
}

// One router: veth eth0 <-> peer in the same namespace, and a route to all locators over it.
class KernelTest : public testing::Test {
 protected:
  void SetUp() override {
    if (unshare(CLONE_NEWNET) != 0) {
      GTEST_SKIP() << "needs root, for a network namespace of its own: " << std::strerror(errno);
    }
    if (Shell("ip -V").find("iproute2") == std::string::npos) {
      GTEST_SKIP() << "needs the ip command (package iproute2)";
    }
    Ip("link set lo up");
    Ip("link add eth0 type veth peer name peer0");
    Ip("link set eth0 up");
    Ip("link set peer0 up");
    Ip("-6 addr add fd00::1/64 dev eth0 nodad");
    Ip("-6 route add fcbb:bb00::/32 via fd00::2 dev eth0");
    std::string folder = testing::TempDir() + "kernel_XXXXXX";
    folder_ = mkdtemp(folder.data());
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  static void Ip(const std::string& arguments) {
    EXPECT_EQ(Shell("ip " + arguments), "") << arguments;
  }
  static std::string Routes() { return Shell("ip -6 route show table all proto 84"); }

  std::unique_ptr<KernelForwarding> Open(const config::v1::AgentConfig& config = {}) {
    auto forwarding = KernelForwarding::Open(config, folder_ + "/state", [] {});
    EXPECT_TRUE(forwarding.ok()) << forwarding.status();
    return *std::move(forwarding);
  }
  static plugin::PolicyConfig Policy(uint32_t color, const std::vector<std::string>& first_sids = {
                                                         "fcbb:bb00:4::"}) {
    plugin::PolicyConfig config;
    config.key = {"r1", color, "r8"};
    config.steered_prefixes = {*IpPrefix::Parse(absl::StrCat("2001:db8:", color, "::/64"))};
    config.decapsulation_sid = Address("fcbb:bb00:8:d6::");
    for (const std::string& sid : first_sids) {
      policy::WeightedList list;
      list.list.data_plane = cspf::DataPlane::kSrv6;
      list.list.sids = {Address(sid)};
      list.weight = static_cast<uint32_t>(config.lists.size()) + 1;
      config.lists.push_back(list);
    }
    return config;
  }

  std::string folder_;
};

TEST_F(KernelTest, RoutesComeBackAsTheyWereProgrammed) {
  auto kernel = Kernel::Open();
  ASSERT_TRUE(kernel.ok()) << kernel.status();
  const auto encap = kernel->EnsureEncapInterface("srpce0");
  ASSERT_TRUE(encap.ok()) << encap.status();
  EXPECT_EQ(*kernel->EnsureEncapInterface("srpce0"), *encap);
  const auto local = [&](Seg6Action action) {
    Seg6Local made;
    made.action = static_cast<uint32_t>(action);
    return made;
  };
  std::vector<Encapsulation> encapsulations;
  encapsulations.emplace_back(Seg6Encap{{Address("fcbb:bb00:4::"), Address("fcbb:bb00:8::")}});
  encapsulations.emplace_back(local(Seg6Action::kEnd));
  Seg6Local csid = local(Seg6Action::kEnd);
  csid.psp = true;
  csid.next_csid = {32, 16};
  encapsulations.emplace_back(csid);
  Seg6Local end_x = local(Seg6Action::kEndX);
  end_x.nexthop = Address("fd00::2");
  encapsulations.emplace_back(end_x);
  Seg6Local dt6 = local(Seg6Action::kEndDt6);
  dt6.table = 254;
  encapsulations.emplace_back(dt6);
  Seg6Local binding = local(Seg6Action::kEndB6Encaps);
  binding.sids = {Address("fcbb:bb00:4::"), Address("fcbb:bb00:8:d6::")};
  encapsulations.emplace_back(binding);
  for (size_t i = 0; i < encapsulations.size(); ++i) {
    SCOPED_TRACE(i);
    Route route;
    route.id = {*IpPrefix::Parse(absl::StrCat("fc01:", i, "::/64")), i % 2 == 0 ? 254U : 1000U, 10};
    route.protocol = 84;
    route.next_hops.push_back({.interface = *encap,
                               .gateway = std::nullopt,
                               .onlink = false,
                               .weight = 1,
                               .encapsulation = encapsulations[i]});
    const absl::Status added = kernel->AddRoute(route);
    if (Encapsulation(csid) == encapsulations[i] && !added.ok()) continue;  // Before Linux 6.4.
    ASSERT_TRUE(added.ok()) << added;
    EXPECT_TRUE(absl::IsAlreadyExists(kernel->AddRoute(route)));
    const auto found = kernel->Routes(84);
    ASSERT_TRUE(found.ok()) << found.status();
    ASSERT_THAT(*found, SizeIs(1));
    EXPECT_TRUE(SameForwarding(found->front(), route)) << ToString(found->front());
    EXPECT_TRUE(kernel->DeleteRoute(route.id, 84).ok());
    EXPECT_TRUE(absl::IsNotFound(kernel->DeleteRoute(route.id, 84)));
  }
}

TEST_F(KernelTest, IpShowsTheEncapsulation) {
  const auto forwarding = Open();
  const auto detail = forwarding->Install(Policy(1, {"fcbb:bb00:4::", "fcbb:bb00:5::"}), 11);
  ASSERT_TRUE(detail.ok()) << detail.status();
  EXPECT_THAT(*detail, HasSubstr("via fd00::2 dev eth0"));
  const std::string routes = Routes();
  EXPECT_THAT(routes, HasSubstr("2001:db8:1::/64"));
  EXPECT_THAT(routes, HasSubstr("encap seg6 mode encap segs 2 [ fcbb:bb00:4:: fcbb:bb00:8:d6:: ]"));
  EXPECT_THAT(routes, HasSubstr("encap seg6 mode encap segs 2 [ fcbb:bb00:5:: fcbb:bb00:8:d6:: ]"));
  EXPECT_THAT(routes, HasSubstr("weight 2"));
}

TEST_F(KernelTest, ChangesNeverLeaveThePrefixWithoutARoute) {
  const auto forwarding = Open();
  ASSERT_TRUE(forwarding->Install(Policy(1), 1).ok());
  auto listener = NetlinkSocket::Open(NETLINK_ROUTE, {RTNLGRP_IPV6_ROUTE});
  ASSERT_TRUE(listener.ok());
  ASSERT_TRUE(forwarding->Install(Policy(1, {"fcbb:bb00:5::"}), 2).ok());
  ASSERT_TRUE(forwarding->Install(Policy(1, {"fcbb:bb00:5::", "fcbb:bb00:6::"}), 3).ok());
  ASSERT_TRUE(forwarding->Install(Policy(1, {"fcbb:bb00:6::"}), 4).ok());
  int changes = 0;
  int removals = 0;
  ASSERT_TRUE(listener
                  ->Receive([&](const nlmsghdr* message) {
                    const auto route = ParseRoute(message);
                    if (!route.ok() || route->protocol != 84) return;
                    ++(message->nlmsg_type == RTM_DELROUTE ? removals : changes);
                  })
                  .ok());
  EXPECT_GE(changes, 3);
  EXPECT_EQ(removals, 0);
  // The same again is no change at all.
  ASSERT_TRUE(forwarding->Install(Policy(1, {"fcbb:bb00:6::"}), 5).ok());
  ASSERT_TRUE(listener->Receive([&](const nlmsghdr*) { ++removals; }).ok());
  EXPECT_EQ(removals, 0);
  EXPECT_THAT(Routes(), Not(HasSubstr("fcbb:bb00:5::")));
}

TEST_F(KernelTest, RoutesOfOthersAreNotTaken) {
  Ip("-6 route add 2001:db8:1::/64 dev eth0 metric 10 proto static");
  const auto forwarding = Open();
  const auto refused = forwarding->Install(Policy(1), 1);
  EXPECT_TRUE(absl::IsAlreadyExists(refused.status())) << refused.status();
  forwarding->SyncDone("r1");
  EXPECT_THAT(Shell("ip -6 route show proto static"), HasSubstr("2001:db8:1::/64"));
  // Out of the way, and what was refused is done without being asked again.
  Ip("-6 route del 2001:db8:1::/64 dev eth0 metric 10 proto static");
  const auto late = forwarding->Reconcile();
  ASSERT_THAT(late, SizeIs(1));
  EXPECT_TRUE(late[0].result.ok()) << late[0].result.status();
}

TEST_F(KernelTest, TwoPoliciesDoNotFightForAPrefix) {
  const auto forwarding = Open();
  auto second = Policy(2);
  second.steered_prefixes = Policy(1).steered_prefixes;
  ASSERT_TRUE(forwarding->Install(Policy(1), 1).ok());
  const auto refused = forwarding->Install(second, 2);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("is steered by policy r1/1/r8"));
  ASSERT_TRUE(forwarding->Remove(Policy(1).key).ok());
  EXPECT_THAT(forwarding->Reconcile(), SizeIs(1));
  EXPECT_THAT(forwarding->Installed("r1"), SizeIs(1));
}

TEST_F(KernelTest, FirstSidWithoutARouteIsRefusedUntilThereIsOne) {
  const auto forwarding = Open();
  const auto refused = forwarding->Install(Policy(1, {"fccc:bb00:4::"}), 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status())) << refused.status();
  EXPECT_EQ(Routes(), "");
  EXPECT_THAT(forwarding->Reconcile(), IsEmpty());
  Ip("-6 route add fccc:bb00:4::/48 via fd00::2 dev eth0");
  EXPECT_THAT(forwarding->Reconcile(), SizeIs(1));
  EXPECT_THAT(Routes(), HasSubstr("fccc:bb00:4::"));
}

TEST_F(KernelTest, WhatWasRefusedAndIsNotAskedForAgainIsForgotten) {
  const auto forwarding = Open();
  for (const uint32_t color : {1, 2}) {
    ASSERT_FALSE(forwarding->Install(Policy(color, {"fccc:bb00:4::"}), color).ok());
  }
  forwarding->SyncBegins("r1");  // The daemon wants the second only, now.
  ASSERT_FALSE(forwarding->Install(Policy(2, {"fccc:bb00:4::"}), 2).ok());
  forwarding->SyncDone("r1");
  Ip("-6 route add fccc:bb00:4::/48 via fd00::2 dev eth0");
  const auto late = forwarding->Reconcile();
  ASSERT_THAT(late, SizeIs(1));
  EXPECT_EQ(late[0].key.color, 2u);
}

TEST_F(KernelTest, PolicyThatLostOneOfItsPrefixesIsRemovedWhole) {
  const auto forwarding = Open();
  auto policy = Policy(1);
  policy.steered_prefixes.push_back(*IpPrefix::Parse("2001:db8:99::/64"));
  ASSERT_TRUE(forwarding->Install(policy, 1).ok());
  // Somebody takes one of the two routes away and puts his own there.
  Ip("-6 route del 2001:db8:99::/64 proto 84");
  Ip("-6 route add 2001:db8:99::/64 dev eth0 metric 10 proto static");
  const auto late = forwarding->Reconcile();
  ASSERT_THAT(late, SizeIs(1));
  EXPECT_FALSE(late[0].result.ok());
  EXPECT_THAT(Routes(), HasSubstr("2001:db8:1::/64")) << "the other prefix need not suffer";
  const auto removed = forwarding->Remove(policy.key);
  ASSERT_TRUE(removed.ok()) << removed.status();
  EXPECT_EQ(Routes(), "");
  Ip("-6 route del 2001:db8:99::/64 dev eth0 metric 10 proto static");
  EXPECT_THAT(forwarding->Reconcile(), IsEmpty());
}

TEST_F(KernelTest, FirstSidInsideASteeredPrefixIsRefused) {
  const auto forwarding = Open();
  auto loop = Policy(1);
  loop.steered_prefixes = {*IpPrefix::Parse("fcbb:bb00:4::/48")};
  EXPECT_THAT(std::string(forwarding->Install(loop, 1).status().message()),
              HasSubstr("would loop"));
  // A default route steered into a policy is fine: the locators' routes are longer.
  loop.steered_prefixes = {*IpPrefix::Parse("::/0")};
  EXPECT_TRUE(forwarding->Install(loop, 1).ok());
}

TEST_F(KernelTest, RestartFindsWhatIsInstalledAndOnlyThat) {
  {
    const auto forwarding = Open();
    for (uint32_t color = 1; color <= 3; ++color) {
      ASSERT_TRUE(forwarding->Install(Policy(color), color).ok());
    }
    ASSERT_TRUE(forwarding->Save().ok());
  }
  Ip("-6 route del 2001:db8:2::/64 proto 84");  // Behind the agent's back.
  const auto forwarding = Open();
  const auto installed = forwarding->Installed("r1");
  ASSERT_THAT(installed, SizeIs(2));
  EXPECT_EQ(installed[0].fingerprint, 1u);
  EXPECT_EQ(installed[1].key.color, 3u);
  EXPECT_THAT(Routes(), HasSubstr("2001:db8:3::/64"));
}

TEST_F(KernelTest, LeftoversGoWhenTheSyncIsDoneAndNotBefore) {
  {
    const auto forwarding = Open();
    ASSERT_TRUE(forwarding->Install(Policy(1), 1).ok());
    ASSERT_TRUE(forwarding->Install(Policy(2), 2).ok());
  }  // Killed before it saved: nothing is remembered.
  const auto forwarding = Open();
  EXPECT_THAT(forwarding->Installed("r1"), IsEmpty());
  EXPECT_THAT(Routes(), HasSubstr("2001:db8:2::/64"));
  ASSERT_TRUE(forwarding->Install(Policy(1), 1).ok());
  forwarding->SyncDone("r1");
  EXPECT_THAT(Routes(), HasSubstr("2001:db8:1::/64"));
  EXPECT_THAT(Routes(), Not(HasSubstr("2001:db8:2::/64")));
}

TEST_F(KernelTest, WhatSomebodyTookAwayIsPutBack) {
  const auto forwarding = Open();
  ASSERT_TRUE(forwarding->Install(Policy(1), 1).ok());
  Ip("link set srpce0 down");
  EXPECT_EQ(Routes(), "");
  EXPECT_THAT(forwarding->Reconcile(), IsEmpty());
  EXPECT_THAT(Routes(), HasSubstr("2001:db8:1::/64"));
  Ip("link del srpce0");
  EXPECT_THAT(forwarding->Reconcile(), IsEmpty());
  EXPECT_THAT(Routes(), HasSubstr("2001:db8:1::/64"));
}

TEST_F(KernelTest, LocalSidsFollowTheConfiguration) {
  config::v1::AgentConfig config;
  auto* end = config.add_local_sids();
  end->set_sid("fcbb:bb00:1::");
  end->set_behavior("End");
  auto* end_x = config.add_local_sids();
  end_x->set_sid("fcbb:bb00:1:e2::");
  end_x->set_behavior("End.X");
  end_x->set_interface("eth1");  // Not there yet.
  end_x->set_nexthop("fe80::2");
  const auto forwarding = Open(config);
  EXPECT_THAT(Routes(), HasSubstr("seg6local action End "));
  EXPECT_THAT(Routes(), Not(HasSubstr("End.X")));
  EXPECT_TRUE(forwarding->has_refused());
  Ip("link add eth1 type veth peer name peer1");
  EXPECT_THAT(forwarding->Reconcile(), IsEmpty());
  EXPECT_THAT(Routes(), HasSubstr("seg6local action End.X nh6 fe80::2"));
  // The next configuration has them no more.
  Open();
  EXPECT_EQ(Routes(), "");
}

}  // namespace
}  // namespace srpce::agent
