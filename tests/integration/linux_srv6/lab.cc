#include "tests/integration/linux_srv6/lab.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::lab {
namespace {

constexpr uint32_t kInfinity = std::numeric_limits<uint32_t>::max();
constexpr uint32_t kEnd = 1;  // IANA, SRv6 Endpoint Behaviors.
constexpr uint32_t kEndX = 5;
constexpr uint32_t kEndDt6 = 18;
constexpr uint32_t kEndNextCsid = 43;
constexpr uint32_t kEndXNextCsid = 52;

std::string Name(int n) { return absl::StrCat("r", n); }
std::string InterfaceName(int from, int to) { return absl::StrCat("r", from, "-r", to); }
std::string Locator(int n) { return absl::StrCat("fcbb:bb00:", n, "::"); }
std::string EndDt6(int n) { return absl::StrCat("fcbb:bb00:", n, ":fd00::"); }
std::string EndX(int from, int to) { return absl::StrCat("fcbb:bb00:", from, ":e00", to, "::"); }
std::string Token(int n) { return absl::StrCat("token-of-r", n); }

void SetSid(const std::string& text, uint32_t behavior, uint32_t function_bits, v1::Srv6Sid* sid) {
  sid->set_sid(text);
  sid->set_behavior(behavior);
  sid->mutable_structure()->set_block(32);
  sid->mutable_structure()->set_node(16);
  sid->mutable_structure()->set_function(function_bits);
  sid->mutable_structure()->set_argument(80 - function_bits);
}

// Prefixes of a router that the routing protocol carries.
std::vector<std::string> Prefixes(int n) {
  std::vector<std::string> prefixes = {absl::StrCat(Locator(n), "/48"),
                                       absl::StrCat("fcff::", n, "/128")};
  if (n == 1) prefixes.push_back("2001:db8:1::/64");
  if (n == kRouters) {
    prefixes.push_back("2001:db8:8::/64");
    prefixes.push_back("2001:db8:18::/64");
  }
  return prefixes;
}

std::pair<int, int> Ordered(int a, int b) { return {std::min(a, b), std::max(a, b)}; }

}  // namespace

const std::vector<LinkSpec>& Links() {
  static const std::vector<LinkSpec> kLinks = {
      {1, 2, 10, 5000}, {2, 3, 10, 5000}, {3, 8, 10, 5000}, {1, 4, 15, 1000}, {4, 5, 15, 1000},
      {5, 8, 15, 1000}, {1, 6, 25, 2000}, {6, 7, 25, 2000}, {7, 8, 25, 2000}, {2, 4, 40, 4000},
      {3, 5, 40, 4000}, {4, 6, 60, 1500}, {5, 7, 60, 1500}};
  return kLinks;
}

absl::StatusOr<std::unique_ptr<Lab>> Lab::Build(const Options& options) {
  std::unique_ptr<Lab> lab(new Lab(options));
  SRPCE_RETURN_IF_ERROR(lab->CreateRouters());
  SRPCE_RETURN_IF_ERROR(lab->CreateLinks());
  SRPCE_RETURN_IF_ERROR(lab->CreateHosts());
  SRPCE_RETURN_IF_ERROR(lab->ConvergeIgp());
  return lab;
}

absl::Status Lab::CreateRouters() {
  routers_.reserve(kRouters);
  for (int n = 1; n <= kRouters; ++n) {
    SRPCE_ASSIGN_OR_RETURN(Netns netns, Netns::Create());
    for (const char* setting : {"forwarding", "seg6_enabled"}) {
      for (const char* which : {"all", "default"}) {
        SRPCE_RETURN_IF_ERROR(
            netns.Sysctl(absl::StrCat("net.ipv6.conf.", which, ".", setting), "1"));
      }
    }
    SRPCE_RETURN_IF_ERROR(
        netns.Ip(absl::StrCat("link set lo up\naddr add fcff::", n, "/128 dev lo nodad")));
    routers_.push_back(std::move(netns));
  }
  return absl::OkStatus();
}

absl::Status Lab::CreateLinks() {
  for (const LinkSpec& link : Links()) {
    SRPCE_RETURN_IF_ERROR(router(link.a).Ip(
        absl::StrCat("link add ", InterfaceName(link.a, link.b), " type veth peer name ",
                     InterfaceName(link.b, link.a), " netns ", router(link.b).path())));
    for (const auto& [from, to] : {std::pair(link.a, link.b), std::pair(link.b, link.a)}) {
      const std::string interface = InterfaceName(from, to);
      SRPCE_RETURN_IF_ERROR(router(from).Ip(
          absl::StrCat("link set ", interface, " addrgenmode none\nlink set ", interface,
                       " up\naddr add fe80::", from, "/64 dev ", interface, " nodad")));
    }
  }
  return absl::OkStatus();
}

absl::Status Lab::CreateHosts() {
  for (const int n : {1, kRouters}) {
    SRPCE_ASSIGN_OR_RETURN(Netns host, Netns::Create());
    const std::string interface = absl::StrCat("r", n, "-h", n);
    SRPCE_RETURN_IF_ERROR(
        router(n).Ip(absl::StrCat("link add ", interface, " type veth peer name eth0 netns ",
                                  host.path(), "\nlink set ", interface, " up")));
    std::string at_host = "link set eth0 up\n";
    std::string at_router;
    for (const std::string& prefix : Prefixes(n)) {
      if (prefix.rfind("2001:", 0) != 0) continue;
      const std::string network = prefix.substr(0, prefix.find('/'));
      absl::StrAppend(&at_router, "addr add ", network, "1/64 dev ", interface, " nodad\n");
      absl::StrAppend(&at_host, "addr add ", network, "2/64 dev eth0 nodad\n");
    }
    absl::StrAppend(&at_host, "route add default via 2001:db8:", n, "::1\n");
    SRPCE_RETURN_IF_ERROR(router(n).Ip(at_router));
    SRPCE_RETURN_IF_ERROR(host.Ip(at_host));
    hosts_.push_back(std::move(host));
  }
  return absl::OkStatus();
}

// Bellman-Ford towards each destination at once: the first hop from `from`, by destination; 0 where
// there is none.
std::vector<int> Lab::NextHops(int from) const {
  std::vector<uint32_t> distance(kRouters + 1, kInfinity);
  std::vector<int> first(kRouters + 1, 0);
  distance[static_cast<size_t>(from)] = 0;
  for (int round = 0; round < kRouters; ++round) {
    for (const LinkSpec& link : Links()) {
      if (down_.contains(Ordered(link.a, link.b))) continue;
      for (const auto& [a, b] : {std::pair(link.a, link.b), std::pair(link.b, link.a)}) {
        const auto tail = static_cast<size_t>(a);
        const auto head = static_cast<size_t>(b);
        if (distance[tail] == kInfinity || distance[tail] + link.igp_metric >= distance[head]) {
          continue;
        }
        distance[head] = distance[tail] + link.igp_metric;
        first[head] = a == from ? b : first[tail];
      }
    }
  }
  return first;
}

absl::Status Lab::ConvergeIgp() {
  for (int from = 1; from <= kRouters; ++from) {
    const std::vector<int> next_hops = NextHops(from);
    std::map<std::string, std::string>& present = underlay_[from];
    std::string commands;
    for (int to = 1; to <= kRouters; ++to) {
      const int next = next_hops[static_cast<size_t>(to)];
      if (to == from || next == 0) continue;
      for (const std::string& prefix : Prefixes(to)) {
        const std::string way =
            absl::StrCat("via fe80::", next, " dev ", InterfaceName(from, next), " metric 20");
        if (present[prefix] == way) continue;
        present[prefix] = way;
        absl::StrAppend(&commands, "route replace ", prefix, " ", way, "\n");
      }
    }
    if (!commands.empty()) SRPCE_RETURN_IF_ERROR(router(from).Ip(commands));
  }
  return absl::OkStatus();
}

absl::Status Lab::Cut(int a, int b) {
  down_.insert(Ordered(a, b));
  return router(a).Ip(absl::StrCat("link set ", InterfaceName(a, b), " down"));
}

// The kernel took the interface's address and the routes over it away.
absl::Status Lab::Mend(int a, int b) {
  down_.erase(Ordered(a, b));
  const std::string interface = InterfaceName(a, b);
  underlay_[a].clear();
  underlay_[b].clear();
  SRPCE_RETURN_IF_ERROR(router(a).Ip(absl::StrCat("link set ", interface, " up\naddr add fe80::", a,
                                                  "/64 dev ", interface, " nodad")));
  return ConvergeIgp();
}

std::map<std::string, uint64_t> Lab::Sent() const {
  std::map<std::string, uint64_t> sent;
  for (const LinkSpec& link : Links()) {
    sent[InterfaceName(link.a, link.b)] = 0;
    sent[InterfaceName(link.b, link.a)] = 0;
  }
  for (const Netns& router : routers_) {
    for (const auto& [interface, packets] : router.SentPackets()) {
      if (sent.contains(interface)) sent[interface] = packets;
    }
  }
  return sent;
}

std::string Lab::DaemonConfig() const {
  std::string config = "engine: {good_news_wait_ms: 20, reoptimize_hold_time_ms: 100}\nheadends:\n";
  for (int n = 1; n <= kRouters; ++n) {
    const std::string token_file = folder_.Write(Name(n) + ".token", Token(n) + "\n");
    absl::StrAppend(&config, "  - {headend: ", Name(n), ", southbound: agent, token_file: \"",
                    token_file, "\"}\n");
  }
  return config;
}

std::string Lab::AgentConfig(int n) const {
  const std::string flavor = ", flavors: [next-csid], block_bits: 32, node_bits: ";
  std::string config = absl::StrCat("encap_source: fcff::", n, "\nlocal_sids:\n");
  absl::StrAppend(&config, "  - {sid: \"", Locator(n), options_.next_csid ? "/48" : "",
                  "\", behavior: End", options_.next_csid ? flavor + "16" : "", "}\n");
  absl::StrAppend(&config, "  - {sid: \"", EndDt6(n), "\", behavior: End.DT6}\n");
  for (const LinkSpec& link : Links()) {
    if (link.a != n && link.b != n) continue;
    const int to = link.a == n ? link.b : link.a;
    // A CSID of an adjacency is node and function: both are shifted out.
    absl::StrAppend(&config, "  - {sid: \"", EndX(n, to), options_.next_csid ? "/64" : "",
                    "\", behavior: End.X, interface: ", InterfaceName(n, to),
                    ", nexthop: \"fe80::", to, "\"", options_.next_csid ? flavor + "32" : "",
                    "}\n");
  }
  return config;
}

std::vector<v1::TopologyUpdate> Lab::Topology() const {
  std::vector<v1::TopologyUpdate> updates;
  updates.emplace_back().mutable_sync_begin();
  for (int n = 1; n <= kRouters; ++n) {
    v1::Node* node = updates.emplace_back().mutable_node();
    node->set_id(Name(n));
    v1::NodeAttributes* attributes = node->mutable_attributes();
    attributes->add_router_ids(absl::StrCat("fcff::", n));
    attributes->add_algorithms(0);
    attributes->add_locators()->set_prefix(absl::StrCat(Locator(n), "/48"));
    SetSid(Locator(n), options_.next_csid ? kEndNextCsid : kEnd, 0, attributes->add_srv6_sids());
    SetSid(EndDt6(n), kEndDt6, 16, attributes->add_srv6_sids());
  }
  for (const LinkSpec& spec : Links()) {
    for (const auto& [from, to] : {std::pair(spec.a, spec.b), std::pair(spec.b, spec.a)}) {
      v1::Link* link = updates.emplace_back().mutable_link();
      link->mutable_key()->set_local_node(Name(from));
      link->mutable_key()->set_remote_node(Name(to));
      link->mutable_key()->set_local_interface(InterfaceName(from, to));
      link->mutable_key()->set_remote_interface(InterfaceName(to, from));
      v1::LinkAttributes* attributes = link->mutable_attributes();
      attributes->set_igp_metric(spec.igp_metric);
      attributes->set_delay_us(spec.delay_us);
      attributes->set_min_delay_us(spec.delay_us);
      SetSid(EndX(from, to), options_.next_csid ? kEndXNextCsid : kEndX, 16,
             attributes->add_srv6_sids());
    }
  }
  updates.emplace_back().mutable_sync_end();
  return updates;
}

absl::Status Lab::StartAgent(int n) {
  agents_.erase(n);
  support::ProcessOptions options;
  options.program = options_.agent;
  options.args = {"--daemon",     grpc_address(),
                  "--headend",    Name(n),
                  "--token-file", folder_.Write(Name(n) + ".token", Token(n) + "\n"),
                  "--config",     folder_.Write(Name(n) + ".yaml", AgentConfig(n)),
                  "--state-file", folder_.path() + "/" + Name(n) + ".state",
                  "--netns",      router(n).path()};
  options.ready_fd = true;
  SRPCE_ASSIGN_OR_RETURN(agents_[n], support::Process::Spawn(options));
  return absl::OkStatus();
}

absl::Status Lab::AwaitAgent(int n) {
  const auto line = agents_.at(n)->AwaitReadyLine();
  if (line.ok()) return absl::OkStatus();
  return absl::Status(
      line.status().code(),
      absl::StrCat("agent of r", n, ": ", line.status().message(), "\n", agents_.at(n)->errors()));
}

}  // namespace srpce::lab
