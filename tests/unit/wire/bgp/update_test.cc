#include "lib/wire/bgp/update.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/bgp/hex_message.h"

namespace srpce::wire::bgp {
namespace {

Decoded<Update> Read(absl::string_view hex, const UpdateContext& context = {}) {
  const std::string body = FromHex(hex);
  return DecodeUpdate(AsBytes(body), context);
}

IpPrefix Prefix(absl::string_view text) { return *IpPrefix::Parse(text); }

AsSegment Segment(AsSegment::Type type, std::vector<uint32_t> numbers) {
  AsSegment segment;
  segment.type = type;
  segment.numbers = std::move(numbers);
  return segment;
}

// Everything an UPDATE can hold, in the order it is written in.
Update Everything() {
  Update update;
  update.withdrawn = {Prefix("10.1.0.0/16"), Prefix("0.0.0.0/0")};
  update.nlri = {Prefix("10.2.3.4/32"), Prefix("10.128.0.0/9")};
  Attributes& a = update.attributes;
  a.origin = Origin::kIncomplete;
  a.as_path = {Segment(AsSegment::Type::kSequence, {65000, 4200000000}),
               Segment(AsSegment::Type::kSet, {1, 2, 3})};
  a.next_hop = 0x0a000001;
  a.multi_exit_disc = 7;
  a.local_pref = 100;
  a.originator_id = 0x0a000002;
  a.cluster_list = {1, 2};
  a.communities = {0xffffff01};
  a.extended_communities = {0x0002fde800000064};
  a.large_communities = {{1, 2, 3}, {4, 5, 6}};
  a.others = {{.flags = 0x40, .type = AttributeType::kAtomicAggregate, .value = ""},
              {.flags = 0xc0, .type = AttributeType::kTunnelEncapsulation, .value = "tunnel"},
              {.flags = 0x80, .type = AttributeType::kBgpLs, .value = std::string(300, 'x')},
              {.flags = 0xe0, .type = static_cast<AttributeType>(200), .value = "new"}};
  update.mp_reach = MpReach{.family = kBgpLs, .next_hop = "hop1", .nlri = "reachable"};
  update.mp_unreach = MpUnreach{.family = kBgpLs, .nlri = "unreachable"};
  return update;
}

void ExpectSame(const Update& got, const Update& want) {
  EXPECT_EQ(got.withdrawn, want.withdrawn);
  EXPECT_TRUE(got.attributes == want.attributes);
  EXPECT_EQ(got.mp_reach, want.mp_reach);
  EXPECT_EQ(got.mp_unreach, want.mp_unreach);
  EXPECT_EQ(got.nlri, want.nlri);
  EXPECT_TRUE(got.errors.empty());
}

TEST(UpdateTest, GoesToTheWireAndBack) {
  const Update update = Everything();
  const auto message = Encode(update, {});
  ASSERT_TRUE(message.ok()) << message.status();
  const auto again = DecodeUpdate(AsBytes(*message).subspan(kHeaderLength), {});
  ASSERT_TRUE(again.ok()) << again.error().text;
  ExpectSame(*again, update);
}

TEST(UpdateTest, ReadsWhatTheRfcDraws) {
  // Withdraws 10.0.0.0/8; announces 192.168.0.0/17, whose last bits are noise.
  const auto update =
      Read("0002 080a  0014 400101 00  400206 0201 0000fde8  400304 c0000201   11 c0a87f");
  ASSERT_TRUE(update.ok()) << update.error().text;
  EXPECT_EQ(update->withdrawn, std::vector{Prefix("10.0.0.0/8")});
  EXPECT_EQ(update->nlri, std::vector{Prefix("192.168.0.0/17")});
  EXPECT_EQ(update->attributes.origin, Origin::kIgp);
  EXPECT_EQ(update->attributes.next_hop, 0xc0000201U);
  ASSERT_EQ(update->attributes.as_path->size(), 1U);
  EXPECT_EQ(update->attributes.as_path->front().numbers, std::vector<uint32_t>{65000});
  EXPECT_EQ(update->approach(), Approach::kNone);
}

// RFC 7606 s5.1, RFC 4271 s5.
TEST(UpdateTest, WritesMpAttributesFirstAndTheOthersByType) {
  const auto message = Encode(Everything(), {});
  const Bytes body = AsBytes(*message).subspan(kHeaderLength);
  Reader reader(body);
  reader.Skip(reader.U16());
  Reader attributes(reader.Take(reader.U16()));
  std::vector<int> types;
  while (!attributes.empty()) {
    const uint8_t flags = attributes.U8();
    types.push_back(attributes.U8());
    attributes.Skip((flags & kExtendedLength) != 0 ? attributes.U16() : attributes.U8());
  }
  EXPECT_TRUE(attributes.ok());
  EXPECT_EQ(types, (std::vector{14, 15, 1, 2, 3, 4, 5, 6, 8, 9, 10, 16, 23, 29, 32, 200}));
}

TEST(UpdateTest, EmptyAsPathIsThere) {
  const auto update = Read("0000 000e 400101 00 400200 400304 c0000201 080a");
  ASSERT_TRUE(update.ok());
  ASSERT_TRUE(update->attributes.as_path.has_value());
  EXPECT_TRUE(update->attributes.as_path->empty());
  EXPECT_EQ(update->approach(), Approach::kNone);
}

TEST(UpdateTest, OldSpeakersGetAsTransAndTheWholePathBeside) {
  UpdateContext old;
  old.four_octet_as = false;
  Update update;
  update.attributes.as_path = {Segment(AsSegment::Type::kConfederationSequence, {64512}),
                               Segment(AsSegment::Type::kSequence, {65000, 4200000000})};
  const auto message = Encode(update, old);
  ASSERT_TRUE(message.ok());
  const auto again = DecodeUpdate(AsBytes(*message).subspan(kHeaderLength), old);
  ASSERT_TRUE(again.ok()) << again.error().text;
  EXPECT_EQ(again->attributes.as_path->at(0).numbers, std::vector<uint32_t>{64512});
  EXPECT_EQ(again->attributes.as_path->at(1).numbers, (std::vector<uint32_t>{65000, 23456}));
  const RawAttribute* as4_path = again->attributes.Find(AttributeType::kAs4Path);
  ASSERT_NE(as4_path, nullptr);
  EXPECT_EQ(ToHex(AsBytes(as4_path->value)), "02020000fde8fa56ea00") << "no confederation";
  const auto third = Encode(*again, old);
  EXPECT_EQ(*third, *message) << "what was kept is not written twice";
}

TEST(UpdateTest, EndOfRibIsSeenOfEachFamily) {
  for (const Family family : {kIpv4Unicast, kIpv6Unicast, kBgpLs, kIpv4SrPolicy}) {
    const auto message = Encode(MakeEndOfRib(family), {});
    const auto update = DecodeUpdate(AsBytes(*message).subspan(kHeaderLength), {});
    ASSERT_TRUE(update.ok());
    EXPECT_EQ(EndOfRib(*update), family) << Name(family);
  }
  EXPECT_EQ(*Encode(MakeEndOfRib(kIpv4Unicast), {}), HexMessage(2, "00000000"));
  EXPECT_EQ(*Encode(MakeEndOfRib(kBgpLs), {}), HexMessage(2, "0000 0006 800f03 400447"));
}

TEST(UpdateTest, WhatSaysMoreIsNoEndOfRib) {
  for (const char* hex : {"0002 080a 0000",                          // Withdraws.
                          "0000 0007 800f04 400447 00",              // Withdraws bgp-ls.
                          "0000 000a 800f03 400447 400101 00",       // Has an attribute.
                          "0000 000c 800e09 400447 04 c0000201 00",  // An empty MP_REACH_NLRI.
                          "0000 0004 400101 00"}) {
    const auto update = Read(hex);
    ASSERT_TRUE(update.ok()) << hex;
    EXPECT_EQ(EndOfRib(*update), std::nullopt) << hex;
  }
}

TEST(UpdateTest, RefusesToWriteWhatDoesNotFit) {
  Update update = Everything();
  update.attributes.others[1].value.assign(4000, 'x');
  EXPECT_EQ(Encode(update, {}).status().code(), absl::StatusCode::kResourceExhausted);
  UpdateContext extended;
  extended.max_length = kMaxExtendedLength;
  EXPECT_TRUE(Encode(update, extended).ok());
  update.attributes.others[1].value.assign(65536, 'x');
  EXPECT_EQ(Encode(update, extended).status().code(), absl::StatusCode::kInvalidArgument);
  update = Everything();
  update.nlri = {Prefix("fc00::/7")};
  EXPECT_EQ(Encode(update, {}).status().code(), absl::StatusCode::kInvalidArgument);
  update = Everything();
  update.attributes.as_path->front().numbers.assign(256, 1);
  EXPECT_EQ(Encode(update, {}).status().code(), absl::StatusCode::kInvalidArgument);
  update = Everything();
  update.mp_reach->next_hop.assign(256, 'x');
  EXPECT_EQ(Encode(update, {}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace srpce::wire::bgp
