// tests/integration/linux_srv6/lab.h -- eight Linux routers and two hosts in network namespaces,
// their routing protocol, and their agents.
//
//   h1 - r1 --10/5000-- r2 --10/5000-- r3 --10/5000-- r8 - h8      IGP metric / delay in us
//        r1 --15/1000-- r4 --15/1000-- r5 --15/1000-- r8
//        r1 --25/2000-- r6 --25/2000-- r7 --25/2000-- r8
//        r2 --40/4000-- r4, r3 --40/4000-- r5, r4 --60/1500-- r6, r5 --60/1500-- r7
//
// Interface of rA towards rB: "rA-rB", address fe80::A. Loopback fcff::N, locator fcbb:bb00:N::/48
// with End fcbb:bb00:N::, End.DT6 fcbb:bb00:N:fd00::, End.X towards rM fcbb:bb00:N:e00M::. Behind
// r8: 2001:db8:8::/64 and 2001:db8:18::/64.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "srpce/v1/topology.pb.h"
#include "tests/integration/linux_srv6/netns.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace srpce::lab {

inline constexpr int kRouters = 8;

struct LinkSpec {
  int a = 0;
  int b = 0;
  uint32_t igp_metric = 0;
  uint32_t delay_us = 0;
};
const std::vector<LinkSpec>& Links();

class Lab {
 public:
  struct Options {
    bool next_csid = false;  // End and End.X with NEXT-CSID (RFC 9800), else as RFC 8986 has them.
    std::string agent;       // Program.
  };

  // Builds all, underlay routes included; no process runs yet. Errors: PERMISSION_DENIED  not root.
  static absl::StatusOr<std::unique_ptr<Lab>> Build(const Options& options);

  const Netns& router(int n) const { return routers_.at(static_cast<size_t>(n - 1)); }
  const Netns& host1() const { return hosts_.at(0); }
  std::string grpc_address() const { return "unix:" + folder_.path() + "/grpc.sock"; }
  const std::string& folder() const { return folder_.path(); }

  // srpced.yaml with a token for each router.
  std::string DaemonConfig() const;
  // What an adapter would say of this network.
  std::vector<v1::TopologyUpdate> Topology() const;

  // Starts the agent of a router (anew), and AwaitAgent waits until it is in sync.
  absl::Status StartAgent(int n);
  absl::Status AwaitAgent(int n);
  support::Process& agent(int n) { return *agents_.at(n); }

  // Takes the interface of rA towards rB down, as a fibre cut there; the routing protocol does not
  // know yet.
  absl::Status Cut(int a, int b);
  absl::Status Mend(int a, int b);
  // The routing protocol has converged: every router has the shortest paths over the links that are
  // up.
  absl::Status ConvergeIgp();

  // Packets sent over each link direction since `before`: "r1-r2" -> count. Only links between
  // routers.
  std::map<std::string, uint64_t> Sent() const;

 private:
  explicit Lab(const Options& options) : options_(options) {}
  absl::Status CreateRouters();
  absl::Status CreateLinks();
  absl::Status CreateHosts();
  std::string AgentConfig(int n) const;
  std::vector<int> NextHops(int from) const;

  const Options options_;
  support::TemporaryFolder folder_;
  std::vector<Netns> routers_;
  std::vector<Netns> hosts_;
  std::set<std::pair<int, int>> down_;
  std::map<int, std::map<std::string, std::string>>
      underlay_;  // Router -> prefix -> "via ... dev ...".
  std::map<int, std::unique_ptr<support::Process>> agents_;
};

}  // namespace srpce::lab
