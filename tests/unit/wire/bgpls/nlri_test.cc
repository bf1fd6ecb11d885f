// Each NLRI by hand: RFC 9552 s5.2, RFC 9086 s4, RFC 9514 s6, RFC 9857 s4.
#include "lib/wire/bgpls/nlri.h"

#include <gmock/gmock.h>

#include "tests/unit/wire/bgpls/tlv_cases.h"

namespace srpce::wire::bgpls {
namespace {

using testing::HasSubstr;

// Decoding gives one NLRI with the text `text`, encoding gives the bytes back.
struct NlriCase {
  std::string name;
  std::string hex;
  std::string text;
};
void PrintTo(const NlriCase& c, std::ostream* out) { *out << c.name; }

class NlriTest : public testing::TestWithParam<NlriCase> {};

TEST_P(NlriTest, IsReadNamedAndWritten) {
  const std::string bytes = FromHex(GetParam().hex);
  ASSERT_FALSE(bytes.empty());
  const NlriList list = DecodeNlris(AsBytes(bytes));
  for (const BadNlri& bad : list.bad) ADD_FAILURE() << bad.reason;
  ASSERT_TRUE(list.overrun.ok()) << list.overrun;
  ASSERT_EQ(list.known.size(), 1U);
  EXPECT_EQ(list.known[0].key, bytes);
  EXPECT_EQ(ToString(list.known[0].nlri), GetParam().text);
  const auto encoded = EncodeNlri(list.known[0].nlri);
  ASSERT_TRUE(encoded.ok()) << encoded.status();
  EXPECT_EQ(ToHex(AsBytes(*encoded), 256), ToHex(AsBytes(bytes), 256));
}

const NlriCase kCases[] = {
    {"IsisNode",
     "0001 0027 02 0000000000000000 0100 001a 0200 0004 0000fde8 0201 0004 00000000 0203 "
     "0006 000000000001",
     "node isis-l2 0000.0000.0001 as 65000 bgp-ls-id 0"},
    {"IsisPseudonodeOfAnotherInstance",
     "0001 0018 01 0000000000000007 0100 000b 0203 0007 00000000000103",
     "node isis-l1 instance 7 0000.0000.0001.03"},
    {"OspfNodeInAnArea",
     "0001 0025 03 0000000000000000 0100 0018 0200 0004 0000fde8 0202 0004 00000001 0203 0004 "
     "0a000001",
     "node ospfv2 10.0.0.1 as 65000 area 1"},
    {"OspfPseudonode",
     "0001 0021 03 0000000000000000 0100 0014 0202 0004 00000000 0203 0008 0a0000010a010001",
     "node ospfv2 10.0.0.1/10.1.0.1 area 0"},
    {"LinkWithIds",
     "0002 0031 02 0000000000000000 0100 000a 0203 0006 000000000001 0101 000a 0203 0006 "
     "000000000002 0102 0008 00000005 00000006",
     "link isis-l2 0000.0000.0001 > 0000.0000.0002 ids 5 > 6"},
    {"LinkWithAddressesOfBothFamiliesAndTopology",
     "0002 0063 02 0000000000000000 0100 000a 0203 0006 000000000001 0101 000a 0203 0006 "
     "000000000002 0103 0004 0a000001 0104 0004 0a000002 0105 0010 "
     "fd000000000000000000000000000001 0106 0010 fd000000000000000000000000000002 0107 0002 0002",
     "link isis-l2 0000.0000.0001 > 0000.0000.0002 10.0.0.1,fd00::1 > 10.0.0.2,fd00::2 mt 2"},
    {"BgpPeeringLink",
     "0002 0055 07 0000000000000000 0100 0018 0200 0004 0000fde8 0204 0004 0aff0001 0205 0004 "
     "0000fde9 0101 0010 0200 0004 0000fdea 0204 0004 0aff0009 0102 0008 00000001 00000000 0103 "
     "0004 "
     "0a000001 0104 0004 0a000002",
     "link bgp bgp 10.255.0.1 as 65000 member-as 65001 > bgp 10.255.0.9 as 65002 ids 1 > 0 "
     "10.0.0.1 "
     "> 10.0.0.2"},
    {"Ipv4PrefixWithOspfRouteType",
     "0003 0029 03 0000000000000000 0100 0010 0202 0004 00000000 0203 0004 0a000001 0108 0001 02 "
     "0109 0003 10 0a01",
     "ipv4 prefix ospfv2 10.0.0.1 area 0 10.1.0.0/16 route-type 2"},
    {"DefaultRoute", "0003 001c 02 0000000000000000 0100 000a 0203 0006 000000000001 0109 0001 00",
     "ipv4 prefix isis-l2 0000.0000.0001 0.0.0.0/0"},
    {"Ipv6PrefixInATopology",
     "0004 002a 02 0000000000000000 0100 000a 0203 0006 000000000001 0107 0002 0002 0109 0009 40 "
     "fd00000000000000",
     "ipv6 prefix isis-l2 0000.0000.0001 fd00::/64 mt 2"},
    {"Srv6Sid",
     "0006 0031 02 0000000000000000 0100 000a 0203 0006 000000000001 0107 0002 0002 0206 0010 "
     "fcbbbb00000100000000000000000000",
     "srv6 sid isis-l2 0000.0000.0001 fcbb:bb00:1:: mt 2"},
    {"CandidatePathToAnIpv4EndpointOfAHeadend",
     "0005 0039 09 0000000000000000 0100 0010 0200 0004 0000fde8 0404 0004 0aff0001 022a 0018 1400 "
     "0000 0aff0006 00000064 0000fde8 0aff0001 00000001",
     "sr policy candidate path segment-routing te 10.255.0.1 as 65000 endpoint 10.255.0.6 color "
     "100 "
     "origin 20 originator 65000:10.255.0.1 discriminator 1"},
    {"CandidatePathBothIpv6",
     "0005 0051 09 0000000000000000 0100 0010 0200 0004 0000fde8 0204 0004 0aff0001 022a 0030 0ac0 "
     "0000 fc000000000600000000000000000001 00000064 0000fde8 fc000000000100000000000000000001 "
     "00000002",
     "sr policy candidate path segment-routing bgp 10.255.0.1 as 65000 endpoint fc00:0:6::1 color "
     "100 origin 10 originator 65000:fc00:0:1::1 discriminator 2"},
    {"UnknownDescriptorIsPartOfTheName",
     "0001 001c 02 0000000000000000 0100 000a 0203 0006 000000000001 010e 0001 aa",
     "node isis-l2 0000.0000.0001 tlv 270"},
    {"UnknownProtocol", "0001 0017 63 0000000000000000 0100 000a 0203 0006 000000000001",
     "node unknown 0000.0000.0001"},
};
INSTANTIATE_TEST_SUITE_P(Rfc, NlriTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

struct BadCase {
  std::string name;
  std::string hex;
  std::string reason;
};
void PrintTo(const BadCase& c, std::ostream* out) { *out << c.name; }

class BadNlriTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadNlriTest, SaysWhy) {
  const std::string bytes = FromHex(GetParam().hex);
  ASSERT_FALSE(bytes.empty());
  const NlriList list = DecodeNlris(AsBytes(bytes));
  ASSERT_TRUE(list.overrun.ok()) << list.overrun;
  ASSERT_EQ(list.bad.size(), 1U);
  EXPECT_EQ(list.bad[0].key, bytes);
  EXPECT_EQ(list.bad[0].reason, GetParam().reason);
}

const BadCase kBadCases[] = {
    {"Short", "0001 0005 02 00000000", "protocol and identifier: got 5 bytes, want 9"},
    {"NodeWithoutDescriptor", "0001 0009 02 0000000000000000",
     "TLV 256 local node descriptors is missing"},
    {"LinkWithoutRemote", "0002 0017 02 0000000000000000 0100 000a 0203 0006 000000000001",
     "TLV 257 remote node descriptors is missing"},
    {"PrefixWithoutPrefix", "0003 0017 02 0000000000000000 0100 000a 0203 0006 000000000001",
     "TLV 265 IP reachability is missing"},
    {"SidWithoutSid", "0006 0017 02 0000000000000000 0100 000a 0203 0006 000000000001",
     "TLV 518 SRv6 SID information is missing"},
    {"PathWithoutDescriptor", "0005 0015 09 0000000000000000 0100 0008 0200 0004 0000fde8",
     "TLV 554 SR policy candidate path descriptor is missing"},
    {"IsisRouterIdOfFour", "0001 0015 02 0000000000000000 0100 0008 0203 0004 0a000001",
     "TLV 515 IGP router id: got 4 bytes, want the length of a router id of isis-l2"},
    {"OspfRouterIdOfSix", "0001 0017 03 0000000000000000 0100 000a 0203 0006 000000000001",
     "TLV 515 IGP router id: got 6 bytes, want the length of a router id of ospfv2"},
    {"TwoRouterIds",
     "0001 0021 02 0000000000000000 0100 0014 0203 0006 000000000001 0203 0006 000000000002",
     "TLV 515 IGP router id: got a second one, want one"},
    {"PrefixLongerThanItsFamily",
     "0003 0021 02 0000000000000000 0100 000a 0203 0006 000000000001 0109 0006 21 0a00000001",
     "TLV 265 IP reachability: got /33, want at most /32"},
    {"PrefixWithTooManyOctets",
     "0003 001f 02 0000000000000000 0100 000a 0203 0006 000000000001 0109 0004 10 0a0000",
     "TLV 265 IP reachability: got 4 bytes, want 1 and the octets of /16"},
    {"EmptyPrefix", "0003 001b 02 0000000000000000 0100 000a 0203 0006 000000000001 0109 0000",
     "TLV 265 IP reachability: got 0 bytes, want 1 and the octets of /0"},
    {"SubTlvRunsOver", "0001 0017 02 0000000000000000 0100 000a 0203 0007 000000000001",
     "TLV 515 IGP router id: got 6 bytes, want the 7 it says"},
    {"TlvRunsOver", "0001 0017 02 0000000000000000 0100 000b 0203 0006 000000000001",
     "TLV 256 local node descriptors: got 10 bytes, want the 11 it says"},
    {"CandidatePathOfWrongLength",
     "0005 002d 09 0000000000000000 0100 0008 0200 0004 0000fde8 022a 0014 1400 0000 0aff0006 "
     "00000064 "
     "0000fde8 0aff0001",
     "TLV 554 SR policy candidate path descriptor: got 20 bytes, want 24, 36 or 48 as its flags "
     "say"},
};
INSTANTIATE_TEST_SUITE_P(All, BadNlriTest, testing::ValuesIn(kBadCases),
                         [](const auto& info) { return info.param.name; });

TEST(NlriTest, PseudonodesAreToldByTheLengthOfTheirId) {
  EXPECT_FALSE(IgpRouterId(std::string(6, '\0')).is_pseudonode());
  EXPECT_TRUE(IgpRouterId(std::string(7, '\0')).is_pseudonode());
  EXPECT_FALSE(IgpRouterId(std::string(4, '\0')).is_pseudonode());
  EXPECT_TRUE(IgpRouterId(std::string(8, '\0')).is_pseudonode());
}

// FRR sends TLV 263 behind 518. RFC 9552 s5.1 would have the NLRI thrown away.
TEST(NlriTest, TlvsOutOfOrderAreTakenAndTheirKeyIsWhatWasSent) {
  const std::string bytes = FromHex(
      "0006 0031 02 0000000000000000 0100 000a 0203 0006 000000000001 0206 0010 "
      "fcbbbb00000100000000000000000000 0107 0002 0002");
  const NlriList list = DecodeNlris(AsBytes(bytes));
  ASSERT_EQ(list.known.size(), 1U);
  EXPECT_EQ(list.known[0].key, bytes);
  EXPECT_THAT(list.known[0].nlri.srv6_sid().multi_topologies, testing::ElementsAre(2));
  EXPECT_NE(*EncodeNlri(list.known[0].nlri), bytes);
}

TEST(NlriTest, RefusesToWriteWhatDoesNotFit) {
  Nlri nlri;
  nlri.type = NlriType::kIpv4Prefix;
  PrefixDescriptor prefix;
  prefix.prefix = *IpPrefix::Parse("fd00::/64");
  nlri.descriptor = prefix;
  EXPECT_THAT(std::string(EncodeNlri(nlri).status().message()), HasSubstr("does not fit"));
  nlri.type = NlriType::kIpv6Prefix;
  EXPECT_TRUE(EncodeNlri(nlri).ok());
  nlri.unknown = {{.type = 999, .value = std::string(65530, 'x')}};
  EXPECT_FALSE(EncodeNlri(nlri).ok()) << "the TLV fits, the NLRI around it does not";
}

}  // namespace
}  // namespace srpce::wire::bgpls
