// tshark reads of the recording, and of what we write, what we do. Skipped where it is not
// installed.
#include "tests/unit/wire/bgpls/tshark.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tests/unit/wire/bgpls/recording.h"
#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

// In the order of kFields.
const std::vector<std::string> kFields = {"bgp.ls.igp_te_metric.delay_value",
                                          "bgp.ls.igp_te_metric.delay_min",
                                          "bgp.ls.igp_te_metric.delay_max",
                                          "bgp.ls.igp_te_metric.delay_variation_value",
                                          "bgp.ls.igp_te_metric.link_loss_value",
                                          "bgp.ls.tlv.te_default_metric_value",
                                          "bgp.ls.tlv.prefix_metric_value",
                                          "bgp.ls.sr.tlv.prefix.sid.index",
                                          "bgp.ls.sr.tlv.capabilities.range_size",
                                          "bgp.ls.sr.tlv.capabilities.sid.label",
                                          "bgp.ls.tlv.igp_msd_value",
                                          "bgp.ls.tlv.node_name_value",
                                          "bgp.ls.tlv.igp_router_id"};

std::vector<std::string> OurFields(const RecordedUpdate& update) {
  const Attribute a = DecodeAttribute(AsBytes(update.attribute)).attribute;
  const Performance& p = a.link.te.performance;
  std::vector<std::string> row(kFields.size());
  if (p.delay) row[0] = absl::StrCat(p.delay->delay.count());
  if (p.min_max_delay) row[1] = absl::StrCat(p.min_max_delay->min.count());
  if (p.min_max_delay) row[2] = absl::StrCat(p.min_max_delay->max.count());
  if (p.delay_variation) row[3] = absl::StrCat(p.delay_variation->count());
  if (p.loss) row[4] = absl::StrCat(p.loss->units);
  if (a.link.te.te_metric) row[5] = absl::StrFormat("0x%08x", *a.link.te.te_metric);
  if (a.prefix.metric) row[6] = absl::StrFormat("0x%08x", *a.prefix.metric);
  if (!a.prefix.sids.empty()) row[7] = absl::StrCat(a.prefix.sids[0].sid.value);
  if (a.node.sr_capabilities) {
    row[8] = absl::StrCat(a.node.sr_capabilities->ranges[0].size);
    row[9] = absl::StrCat(a.node.sr_capabilities->ranges[0].first.value);
  }
  if (!a.node.msds.empty()) row[10] = absl::StrCat(a.node.msds[0].value);
  row[11] = a.node.name.value_or("");
  std::vector<std::string> ids;
  for (const std::string* bytes : {&update.reached, &update.withdrawn}) {
    for (const KnownNlri& known : DecodeNlris(AsBytes(*bytes)).known) {
      if (known.nlri.type == NlriType::kSrv6Sid) continue;  // tshark 4.0 does not know it.
      ids.push_back(absl::BytesToHexString(known.nlri.local_node.igp_router_id->octets()));
      if (known.nlri.type != NlriType::kLink) continue;
      ids.push_back(absl::BytesToHexString(known.nlri.link().remote_node.igp_router_id->octets()));
    }
  }
  row[12] = absl::StrJoin(ids, ",");
  return row;
}

TEST(TsharkTest, ReadsOfTheRecordingWhatWeRead) {
  const std::vector<RecordedUpdate> updates = ReadRecording();
  std::vector<std::string> messages;
  for (const RecordedUpdate& update : updates) messages.push_back(update.message);
  const auto table = TsharkFields(messages, kFields);
  if (!table) GTEST_SKIP() << "tshark is not installed";
  ASSERT_EQ(table->size(), updates.size());
  for (size_t i = 0; i < updates.size(); ++i) {
    EXPECT_EQ((*table)[i], OurFields(updates[i])) << "update " << i;
  }
}

Nlri NodeNlri() {
  Nlri nlri;
  nlri.local_node.as_number = 65000;
  nlri.local_node.igp_router_id = IgpRouterId(std::string("\0\0\0\0\0\1", 6));
  return nlri;
}

Attribute NodeAttribute() {
  Attribute a;
  a.local_router_ids = {Ip("10.255.0.1"), Ip("fc00:0:1::1")};
  a.node.msds = {{.type = 1, .value = 10}};
  a.node.flags = NodeAttributes::kOverload;
  a.node.name = "r1";
  a.node.isis_areas = {std::string("\x49\x00\x01", 3)};
  a.node.sr_capabilities = {.flags = 0xc0, .ranges = {{8000, {true, 16000}}, {9, {false, 7}}}};
  a.node.sr_algorithms = {0, 1, 128};
  a.node.sr_local_block = {.flags = 0, .ranges = {{1000, {true, 15000}}}};
  FlexAlgoDefinition definition;
  definition.algorithm = 128;
  definition.metric_type = 1;
  definition.priority = 200;
  definition.exclude_any = {1};
  definition.include_any = {2};
  definition.include_all = {4};
  a.node.flex_algos = {definition};
  return a;
}

Nlri LinkNlri() {
  Nlri nlri = NodeNlri();
  nlri.type = NlriType::kLink;
  LinkDescriptor link;
  link.remote_node.as_number = 65000;
  link.remote_node.igp_router_id = IgpRouterId(std::string("\0\0\0\0\0\2\7", 7));
  link.ids = {.local = 5, .remote = 6};
  link.local_addresses = {Ip("10.0.0.1"), Ip("fd00::1")};
  link.remote_addresses = {Ip("10.0.0.2"), Ip("fd00::2")};
  link.multi_topologies = {2};
  nlri.descriptor = link;
  return nlri;
}

Attribute LinkAttribute() {
  Attribute a;
  TeAttributes& te = a.link.te;
  te.admin_group = 1;
  te.extended_admin_group = {1, 2};
  te.max_bandwidth = 1.25e9F;
  te.max_reservable_bandwidth = 1.25e9F;
  te.unreserved_bandwidth.emplace().fill(1.25e6F);
  te.te_metric = 100;
  te.srlgs = {7, 8};
  te.performance.delay = {.anomalous = true, .delay = Microseconds(1500)};
  te.performance.min_max_delay = {
      .anomalous = true, .min = Microseconds(1400), .max = Microseconds(1700)};
  te.performance.delay_variation = Microseconds(50);
  te.performance.loss = {.anomalous = false, .units = 3333};
  te.performance.residual_bandwidth = 1e9F;
  te.performance.available_bandwidth = 9e8F;
  te.performance.utilized_bandwidth = 1e8F;
  a.link.igp_metric = 70000;
  a.link.protection = 0x2000;
  a.link.mpls_protocol_mask = 0x40;
  a.link.name = "eth0";
  a.link.msds = {{.type = 1, .value = 8}};
  a.link.sids.adjacency = {{.flags = 0x30, .weight = 5, .sid = {true, 24000}},
                           {.flags = 0, .weight = 6, .sid = {false, 9}}};
  a.link.sids.peer_node = {{.flags = 0xc0, .weight = 1, .sid = {true, 20000}}};
  a.link.sids.peer_adjacency = {{.flags = 0xc0, .weight = 2, .sid = {true, 20001}}};
  a.link.sids.peer_set = {{.flags = 0xc0, .weight = 3, .sid = {true, 20002}}};
  Asla asla;
  asla.standard_mask = std::string("\x40\0\0\0", 4);
  asla.te.te_metric = 77;
  asla.te.performance.delay = {.anomalous = false, .delay = Microseconds(1600)};
  a.link.asla = {asla};
  return a;
}

Nlri PrefixNlri(const char* prefix) {
  Nlri nlri = NodeNlri();
  PrefixDescriptor descriptor;
  descriptor.prefix = *IpPrefix::Parse(prefix);
  nlri.type = descriptor.prefix.address().is_v4() ? NlriType::kIpv4Prefix : NlriType::kIpv6Prefix;
  nlri.descriptor = descriptor;
  return nlri;
}

Attribute PrefixAttribute() {
  Attribute a;
  a.prefix.igp_flags = PrefixAttributes::kDown;
  a.prefix.route_tags = {1};
  a.prefix.extended_route_tags = {2};
  a.prefix.metric = 10;
  a.prefix.ospf_forwarding_address = Ip("10.0.0.1");
  a.prefix.sids = {{.flags = 0x40, .algorithm = 0, .sid = {false, 1}},
                   {.flags = 0x6c, .algorithm = 128, .sid = {true, 17000}}};
  a.prefix.attribute_flags = "\x20";
  return a;
}

struct FieldWant {
  std::string field, node, link, prefix;
};

const FieldWant kWants[] = {
    {"_ws.expert.message", "", "", ""},
    {"_ws.malformed", "", "", ""},
    {"bgp.ls.tlv.igp_router_id", "000000000001", "000000000001,00000000000207",
     "000000000001,000000000001"},
    {"bgp.ls.tlv.igp_msd_value", "10", "8", ""},
    {"bgp.ls.tlv.node_name_value", "r1", "", ""},
    {"bgp.ls.sr.tlv.capabilities.sid.label", "16000", "", ""},
    {"bgp.ls.sr.tlv.capabilities.sid.index", "7", "", ""},
    {"bgp.ls.sr.tlv.local_block.sid.label", "15000", "", ""},
    {"bgp.ls.sr.tlv.flex_algo.priority", "200", "", ""},
    {"bgp.ls.tlv.te_default_metric_value", "", "0x00000064,0x0000004d", ""},
    {"bgp.ls.tlv.metric_value", "", "0x011170", ""},
    {"bgp.ls.igp_te_metric.delay_value", "", "1500,1600", ""},
    {"bgp.ls.igp_te_metric.delay_max", "", "1700", ""},
    {"bgp.ls.sr.tlv.adjacency.sid.label", "", "24000", ""},
    {"bgp.ls.sr.tlv.adjacency.sid.index", "", "9", ""},
    {"bgp.ls.sr.tlv.peer.sid.label", "", "20000,20001,20002", ""},
    {"bgp.ls.tlv.shared_risk_link_group_value", "", "0x00000007,0x00000008", ""},
    {"bgp.ls.nlri_link_local_identifier", "", "0x00000005", ""},
    {"bgp.ls.nlri_ipv6_neighbor_address", "", "fd00::2", ""},
    {"bgp.ls.sr.tlv.prefix.sid.index", "", "", "1"},
    {"bgp.ls.sr.tlv.prefix.sid.label", "", "", "17000"},
    {"bgp.ls.nlri_ip_reachability_prefix_ip", "", "", "10.1.0.0"},
    {"bgp.ls.nlri_ip_reachability_prefix_ip6", "", "", "fd00::"},
};

// All TLVs that tshark 4.0 knows: it finds nothing to complain of, and the values.
TEST(TsharkTest, ReadsWhatWeWrite) {
  const std::vector<std::string> messages = {
      UpdateMessage(*EncodeNlri(NodeNlri()), *EncodeAttribute(NodeAttribute())),
      UpdateMessage(*EncodeNlri(LinkNlri()), *EncodeAttribute(LinkAttribute())),
      UpdateMessage(*EncodeNlri(PrefixNlri("10.1.0.0/17")) + *EncodeNlri(PrefixNlri("fd00::/65")),
                    *EncodeAttribute(PrefixAttribute()))};
  std::vector<std::string> fields;
  for (const FieldWant& want : kWants) fields.push_back(want.field);
  const auto table = TsharkFields(messages, fields);
  if (!table) GTEST_SKIP() << "tshark is not installed";
  ASSERT_EQ(table->size(), 3U);
  for (size_t i = 0; i < fields.size(); ++i) {
    EXPECT_EQ((*table)[0][i], kWants[i].node) << fields[i];
    EXPECT_EQ((*table)[1][i], kWants[i].link) << fields[i];
    EXPECT_EQ((*table)[2][i], kWants[i].prefix) << fields[i];
  }
}

}  // namespace
}  // namespace srpce::wire::bgpls
