#include "tests/support/bgpls_network.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "lib/wire/bgp/message.h"
#include "lib/wire/bgpls/attribute.h"
#include "lib/wire/bgpls/nlri.h"

namespace srpce::support {
namespace {

using namespace wire::bgpls;  // NOLINT: this file is nothing but their structs.

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "%s\n", std::string(value.status().message()).c_str());
    std::abort();
  }
  return *std::move(value);
}

IpAddress Address(uint8_t first, size_t number) {
  return IpAddress::V4(static_cast<uint32_t>(first) << 24 | static_cast<uint32_t>(number));
}

Ipv6Address LocatorOf(size_t node) {
  return Ipv6Address().WithBits(0, 32, 0xfcbbbb00).WithBits(32, 16, node);
}

NodeDescriptor DescriptorOf(size_t node) {
  std::string id(6, '\0');
  for (size_t i = 0; i < 4; ++i) {
    id[5 - i] = static_cast<char>(node >> (8 * i));
  }
  NodeDescriptor descriptor;
  descriptor.as_number = 65000;
  descriptor.igp_router_id = IgpRouterId(id);
  return descriptor;
}

Nlri Of(NlriType type, size_t node) {
  Nlri nlri;
  nlri.type = type;
  nlri.local_node = DescriptorOf(node);
  return nlri;
}

// Numbers of links and their ends: each end has an address of its own.
struct Ends {
  size_t from = 0, to = 0;
  size_t local_address = 0, remote_address = 0;
};
Ends EndsOf(const BgplsNetwork& network, const BgplsLink& link, bool forward) {
  const size_t number = link.chord * network.nodes + link.from;
  const size_t far = (link.from + 1 + link.chord) % network.nodes;
  return forward ? Ends{link.from, far, 2 * number, 2 * number + 1}
                 : Ends{far, link.from, 2 * number + 1, 2 * number};
}

Nlri LinkNlriOf(const Ends& ends) {
  Nlri nlri = Of(NlriType::kLink, ends.from + 1);
  LinkDescriptor link;
  link.remote_node = DescriptorOf(ends.to + 1);
  link.local_addresses = {Address(172, ends.local_address)};
  link.remote_addresses = {Address(172, ends.remote_address)};
  nlri.descriptor = link;
  return nlri;
}

Attribute LinkAttributeOf(const Ends& ends, uint32_t delay_us) {
  Attribute attribute;
  LinkAttributes& link = attribute.link;
  link.igp_metric = 10 + ends.local_address / 2 % 50;
  link.te.te_metric = *link.igp_metric;
  link.te.admin_group = 1U << (ends.local_address / 2 % 8);
  link.te.max_bandwidth = 1.25e10F;
  link.te.performance.delay = {.anomalous = false, .delay = Microseconds(delay_us)};
  link.te.performance.min_max_delay = {
      .anomalous = false, .min = Microseconds(delay_us), .max = Microseconds(delay_us + 100)};
  AdjacencySid sid;
  sid.flags = 0x30;
  sid.sid = {.is_label = true, .value = static_cast<uint32_t>(24000 + ends.local_address % 500000)};
  link.sids.adjacency.push_back(sid);
  Srv6EndX end_x;
  end_x.behavior = 52;
  end_x.sid = LocatorOf(ends.from + 1)
                  .WithBits(48, 16, 0xe000 + ends.local_address % 4096)
                  .WithBits(64, 32, ends.local_address);
  end_x.structure =
      Srv6SidStructure{.locator_block = 32, .locator_node = 16, .function = 16, .argument = 0};
  link.sids.end_x.push_back(end_x);
  return attribute;
}

Attribute NodeAttributeOf(size_t node) {
  Attribute attribute;
  attribute.local_router_ids = {Address(10, node)};
  attribute.node.name = absl::StrCat("r", node);
  attribute.node.sr_capabilities = LabelBlock{.flags = 0xc0, .ranges = {{60000, {true, 400000}}}};
  attribute.node.sr_algorithms = {0};
  attribute.node.msds = {{1, 10}, {44, 8}};
  return attribute;
}

wire::bgp::Update UpdateWith(const Attribute& attribute, const std::vector<Nlri>& nlris) {
  wire::bgp::Update update;
  update.attributes.origin = wire::bgp::Origin::kIgp;
  update.attributes.as_path.emplace();
  update.attributes.local_pref = 100;
  update.attributes.others.push_back({.flags = wire::bgp::kOptional,
                                      .type = wire::bgp::AttributeType::kBgpLs,
                                      .value = Must(EncodeAttribute(attribute))});
  update.mp_reach.emplace();
  update.mp_reach->family = wire::bgp::kBgpLs;
  update.mp_reach->next_hop = std::string("\x7f\0\0\1", 4);
  for (const Nlri& nlri : nlris) {
    update.mp_reach->nlri += Must(EncodeNlri(nlri));
  }
  return update;
}

class Writer {
 public:
  void Add(const Attribute& attribute, const Nlri& nlri) {
    table_.octets += Must(wire::bgp::Encode(UpdateWith(attribute, {nlri}), {}));
    ++table_.messages;
    ++table_.nlris;
  }
  void AddNode(size_t node) { Add(NodeAttributeOf(node), Of(NlriType::kNode, node)); }
  void AddPrefixes(size_t node) {
    Nlri loopback = Of(NlriType::kIpv4Prefix, node);
    PrefixDescriptor descriptor;
    descriptor.prefix = IpPrefix(Address(10, node), 32);
    loopback.descriptor = descriptor;
    Attribute attribute;
    attribute.prefix.metric = 0;
    wire::bgpls::PrefixSid sid;
    sid.flags = 0x40;
    sid.sid = {.is_label = false, .value = static_cast<uint32_t>(node)};
    attribute.prefix.sids.push_back(sid);
    Add(attribute, loopback);
    Nlri locator = Of(NlriType::kIpv6Prefix, node);
    descriptor.prefix = IpPrefix(IpAddress::V6(LocatorOf(node)), 48);
    locator.descriptor = descriptor;
    attribute = Attribute();
    attribute.prefix.metric = 0;
    attribute.prefix.locators.emplace_back();
    Add(attribute, locator);
    Nlri end = Of(NlriType::kSrv6Sid, node);
    Srv6SidDescriptor of_sid;
    of_sid.sid = LocatorOf(node);
    end.descriptor = of_sid;
    attribute = Attribute();
    attribute.srv6_sid.behavior = Srv6EndpointBehavior{.behavior = 43};
    Add(attribute, end);
  }
  void AddLink(const Ends& ends, uint32_t delay_us) {
    Add(LinkAttributeOf(ends, delay_us), LinkNlriOf(ends));
  }
  BgplsTable Finish() {
    table_.octets += Must(wire::bgp::Encode(wire::bgp::MakeEndOfRib(wire::bgp::kBgpLs), {}));
    ++table_.messages;
    return std::move(table_);
  }

 private:
  BgplsTable table_;
};

}  // namespace

BgplsTable MakeTable(const BgplsNetwork& network) {
  Writer writer;
  for (size_t node = 1; node <= network.nodes; ++node) {
    writer.AddNode(node);
    writer.AddPrefixes(node);
  }
  for (size_t chord = 0; chord < network.links / network.nodes / 2; ++chord) {
    for (size_t from = 0; from < network.nodes; ++from) {
      for (const bool forward : {true, false}) {
        const auto delay = static_cast<uint32_t>(500 + 1000 * chord + from % 100);
        writer.AddLink(EndsOf(network, {from, chord}, forward), delay);
      }
    }
  }
  return writer.Finish();
}

std::string WithdrawLink(const BgplsNetwork& network, const BgplsLink& link) {
  wire::bgp::Update update;
  update.mp_unreach.emplace();
  update.mp_unreach->family = wire::bgp::kBgpLs;
  for (const bool forward : {true, false}) {
    update.mp_unreach->nlri += Must(EncodeNlri(LinkNlriOf(EndsOf(network, link, forward))));
  }
  return Must(wire::bgp::Encode(update, {}));
}

std::string AnnounceLink(const BgplsNetwork& network, const BgplsLink& link, uint32_t delay_us) {
  std::string octets;
  for (const bool forward : {true, false}) {
    const Ends ends = EndsOf(network, link, forward);
    octets += Must(
        wire::bgp::Encode(UpdateWith(LinkAttributeOf(ends, delay_us), {LinkNlriOf(ends)}), {}));
  }
  return octets;
}

std::string RouterIdOf(size_t node) { return Address(10, node).ToString(); }

}  // namespace srpce::support
