// exabgp 4.2 reads what is sent here, and reads the same as is meant. Skipped where it is not
// installed.
#include <gmock/gmock.h>
#include <unistd.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/wire/bgp/message.h"
#include "lib/wire/bgpls/attribute.h"
#include "lib/wire/bgpls/nlri.h"
#include "tests/support/bgpls_network.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace srpce::wire::bgpls {
namespace {

using support::Process;
using testing::HasSubstr;

constexpr char kExabgp[] = "/usr/sbin/exabgp";

class ExabgpTest : public testing::Test {
 protected:
  void SetUp() override {
    if (access(kExabgp, X_OK) != 0) GTEST_SKIP() << "exabgp is not installed";
    config_ = folder_.Write("exabgp.conf",
                            "neighbor 127.0.0.1 {\n router-id 10.0.0.4;\n local-address "
                            "127.0.0.4;\n local-as 65000;\n peer-as 65000;\n family { bgp-ls "
                            "bgp-ls; }\n}\n");
  }
  // What exabgp makes of one message, as JSON. Two in a call, and it never ends.
  std::string Decode(const std::string& message) {
    auto exabgp = Process::Spawn(
        {.program = kExabgp, .args = {"-d", config_, "--decode", absl::BytesToHexString(message)}});
    EXPECT_TRUE(exabgp.ok()) << exabgp.status();
    const auto exit = (*exabgp)->AwaitExit();
    EXPECT_TRUE(exit.ok()) << exit.status();
    const std::string output = (*exabgp)->output() + (*exabgp)->errors();
    const size_t json = output.find("{ \"exabgp\"");
    EXPECT_NE(json, std::string::npos) << output;
    return json == std::string::npos ? "" : output.substr(json);
  }

  support::TemporaryFolder folder_;
  std::string config_;
};

std::string Hex(const IgpRouterId& id) { return absl::BytesToHexString(id.octets()); }

std::vector<std::string> Wanted(const Nlri& nlri, const Attribute& attribute) {
  std::vector<std::string> wanted;
  const auto add = [&](absl::string_view name, const std::string& value) {
    wanted.push_back(absl::StrCat("\"", name, "\": ", value));
  };
  const auto quoted = [](const std::string& text) { return absl::StrCat("\"", text, "\""); };
  add("protocol-id", "2");
  add("router-id", quoted(Hex(*nlri.local_node.igp_router_id)));
  add("autonomous-system", "65000");
  switch (nlri.type) {
    case NlriType::kNode:
      add("ls-nlri-type", quoted("bgpls-node"));
      add("node-name", quoted(*attribute.node.name));
      add("local-te-router-ids",
          absl::StrCat("[", quoted(attribute.local_router_ids[0].ToString()), "]"));
      add("sids", "[[60000, 400000]]");
      break;
    case NlriType::kLink:
      add("ls-nlri-type", quoted("bgpls-link"));
      add("router-id", quoted(Hex(*nlri.link().remote_node.igp_router_id)));
      add("interface-address", quoted(nlri.link().local_addresses[0].ToString()));
      add("neighbor-address", quoted(nlri.link().remote_addresses[0].ToString()));
      add("igp-metric", absl::StrCat(*attribute.link.igp_metric));
      add("te-metric", absl::StrCat(*attribute.link.te.te_metric));
      add("maximum-link-bandwidth", "12499999744.0");
      add("sids", absl::StrCat("[[", attribute.link.sids.adjacency[0].sid.value, "]]"));
      break;
    default:
      add("ls-nlri-type", quoted("bgpls-prefix-v4"));
      add("ip-reachability-tlv", quoted(nlri.prefix().prefix.address().ToString()));
      add("sids", absl::StrCat("[", attribute.prefix.sids[0].sid.value, "]"));
  }
  return wanted;
}

// Nodes, links and prefixes; SRv6 it does not know, and TLV 263 makes it hang.
TEST_F(ExabgpTest, ReadsTheSameAsIsMeant) {
  const std::string table = support::MakeTable({.nodes = 3, .links = 6}).octets;
  wire::bgp::FrameBuffer buffer;
  buffer.Append(AsBytes(table));
  size_t compared = 0;
  while (true) {
    const auto frame = buffer.Next(wire::bgp::kMaxExtendedLength);
    ASSERT_TRUE(frame.ok());
    if (!frame->has_value()) break;
    const auto message = wire::bgp::Decode(**frame, {});
    ASSERT_TRUE(message.ok());
    const auto& update = std::get<wire::bgp::Update>(*message);
    if (!update.mp_reach) continue;
    const KnownNlri known = DecodeNlris(AsBytes(update.mp_reach->nlri)).known.at(0);
    if (known.nlri.type == NlriType::kIpv6Prefix || known.nlri.type == NlriType::kSrv6Sid) {
      continue;
    }
    const auto* of_links = update.attributes.Find(wire::bgp::AttributeType::kBgpLs);
    ASSERT_NE(of_links, nullptr);
    const std::string json = Decode(*wire::bgp::Encode(update, {}));
    const Attribute attribute = DecodeAttribute(AsBytes(of_links->value)).attribute;
    for (const std::string& wanted : Wanted(known.nlri, attribute)) {
      EXPECT_THAT(json, HasSubstr(wanted));
    }
    ++compared;
  }
  EXPECT_EQ(compared, 3U + 6U + 3U);
}

}  // namespace
}  // namespace srpce::wire::bgpls
