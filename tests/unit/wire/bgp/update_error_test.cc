// RFC 7606, a line each: what is wrong, what is done, and what the NOTIFICATION would be.
#include <gtest/gtest.h>

#include <ostream>

#include "lib/wire/bgp/update.h"
#include "tests/unit/wire/bgp/hex_message.h"

namespace srpce::wire::bgp {
namespace {

// Attributes that are in order, and go before and behind the one of the case.
constexpr const char* kOrigin = "400101 00 ";
constexpr const char* kAsPath = "400206 0201 0000fde8 ";
constexpr const char* kNextHop = "400304 c0000201 ";
// Of BGP-LS: next hop 192.0.2.1, an NLRI of type 9 without a value.
constexpr const char* kReach = "800e0d 400447 04 c0000201 00 00090000 ";

std::string Body(const std::string& attributes, const std::string& nlri = "",
                 const std::string& withdrawn = "") {
  const auto length = [](const std::string& hex) {
    return absl::StrCat(absl::Hex(FromHex(hex).size(), absl::kZeroPad4), " ");
  };
  return absl::StrCat(length(withdrawn), withdrawn, " ", length(attributes), attributes, " ", nlri);
}

// "treat-as-withdraw 3/5 data 400102": each error, or what resets the session.
std::string Judge(const std::string& hex, const UpdateContext& context = {}) {
  const std::string body = FromHex(hex);
  const auto update = DecodeUpdate(AsBytes(body), context);
  if (!update.ok()) return "reset " + Spell(update.error().notification);
  std::string text;
  for (const UpdateError& error : update->errors) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", Name(error.approach), " ",
                    Spell(error.error.notification));
  }
  return text;
}

struct Case {
  const char* name;
  std::string body;
  std::string want;
  UpdateContext context{};
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class UpdateErrorTest : public testing::TestWithParam<Case> {};
TEST_P(UpdateErrorTest, DoesWhatTheRfcWants) {
  EXPECT_EQ(Judge(GetParam().body, GetParam().context), GetParam().want);
}

// All attributes a BGP-LS UPDATE needs, and `more`.
std::string Ls(const std::string& more) {
  return Body(absl::StrCat(kReach, kOrigin, kAsPath, more));
}
// The same without ORIGIN, or without AS_PATH.
std::string NoOrigin(const std::string& more) { return Body(absl::StrCat(kReach, kAsPath, more)); }
std::string NoAsPath(const std::string& more) { return Body(absl::StrCat(kReach, kOrigin, more)); }
// IPv4 unicast 10.0.0.0/8 with NEXT_HOP `hop`.
std::string V4(const std::string& hop) { return Body(absl::StrCat(kOrigin, kAsPath, hop), "080a"); }

UpdateContext External() { return {.external = true}; }
UpdateContext TwoOctets() { return {.four_octet_as = false}; }

const Case kAttributes[] = {
    {"Nothing", Ls(""), ""},
    // s7.1
    {"OriginLength", NoOrigin("400102 0000"), "treat-as-withdraw 3/5 data 4001020000"},
    {"OriginValue", NoOrigin("400101 03"), "treat-as-withdraw 3/6 data 40010103"},
    // s7.2
    {"AsPathSegmentType", NoAsPath("400206 0501 0000fde8"), "treat-as-withdraw 3/11"},
    {"AsPathOverrun", NoAsPath("400206 0202 0000fde8"), "treat-as-withdraw 3/11"},
    {"AsPathUnderrun", NoAsPath("400207 0201 0000fde8 02"), "treat-as-withdraw 3/11"},
    {"AsPathEmptySegment", NoAsPath("400202 0200"), "treat-as-withdraw 3/11"},
    {"AsPathAsZero", NoAsPath("400206 0201 00000000"), "treat-as-withdraw 3/11"},
    {"AsPathOfTwoOctets", NoAsPath("400204 0201 fde8"), "", TwoOctets()},
    // s7.3
    {"NextHopLength", V4("400303 c00002"), "treat-as-withdraw 3/5 data 400303c00002"},
    {"NextHopZero", V4("400304 00000000"), "treat-as-withdraw 3/8 data 40030400000000"},
    {"NextHopMulticast", V4("400304 e0000001"), "treat-as-withdraw 3/8 data 400304e0000001"},
    // s7.4
    {"MedLength", Ls("800403 000000"), "treat-as-withdraw 3/5 data 800403000000"},
    // s7.5
    {"LocalPrefLength", Ls("400500"), "treat-as-withdraw 3/5 data 400500"},
    {"LocalPrefFromOutside", Ls("400504 00000064"), "attribute discard 3/9 data 40050400000064",
     External()},
    {"LocalPrefLengthFromOutside", Ls("400500"), "attribute discard 3/9 data 400500", External()},
    // s7.6
    {"AtomicAggregateLength", Ls("400601 00"), "attribute discard 3/5 data 40060100"},
    {"AtomicAggregateEmpty", Ls("400600"), ""},
    // s7.7
    {"AggregatorOld", Ls("c00706 fde8 c0000201"), "attribute discard 3/5 data c00706fde8c0000201"},
    {"AggregatorNew", Ls("c00708 0000fde8 c0000201"), ""},
    {"AggregatorOldToOld", Ls("c00706 fde8 c0000201"), "", TwoOctets()},
    // s7.8
    {"CommunitiesLength", Ls("c00805 0000000000"), "treat-as-withdraw 3/5 data c008050000000000"},
    {"CommunitiesEmpty", Ls("c00800"), "treat-as-withdraw 3/5 data c00800"},
    // s7.9
    {"OriginatorLength", Ls("800905 0000000000"), "treat-as-withdraw 3/5 data 8009050000000000"},
    {"OriginatorFromOutside", Ls("800904 00000001"), "attribute discard 3/9 data 80090400000001",
     External()},
    // s7.10
    {"ClusterListEmpty", Ls("800a00"), "treat-as-withdraw 3/5 data 800a00"},
    {"ClusterListFromOutside", Ls("800a04 00000001"), "attribute discard 3/9 data 800a0400000001",
     External()},
    // s7.14, s7.15; RFC 8092 s5
    {"ExtendedCommunities", Ls("c01004 00000000"), "treat-as-withdraw 3/5 data c0100400000000"},
    {"Ipv6Communities", Ls("c01904 00000000"), "treat-as-withdraw 3/5 data c0190400000000"},
    {"LargeCommunities", Ls("c02004 00000000"), "treat-as-withdraw 3/5 data c0200400000000"},
    // RFC 6793 s6
    {"As4PathFromNew", Ls("c01106 0201 0000fde8"), "attribute discard 3/9 data c0110602010000fde8"},
    {"As4PathFromOld", Ls("c01106 0201 0000fde8"), "", {.four_octet_as = false}},
    {"As4AggregatorLength", Ls("c01201 00"), "attribute discard 3/5 data c0120100", TwoOctets()},
};
// A 2-octet speaker's AS_PATH has other bytes: the cases above that need one.
INSTANTIATE_TEST_SUITE_P(Attributes, UpdateErrorTest, testing::ValuesIn([] {
                           std::vector<Case> cases(std::begin(kAttributes), std::end(kAttributes));
                           for (Case& c : cases) {
                             const std::string four = "400206 0201 0000fde8 ";
                             if (c.context.four_octet_as || c.body.find(four) == std::string::npos)
                               continue;
                             const std::string attributes = c.body.substr(c.body.find(kReach));
                             std::string changed = attributes;
                             changed.replace(changed.find(four), four.size(), "400204 0201 fde8 ");
                             c.body = Body(changed);
                           }
                           return cases;
                         }()),
                         [](const auto& info) { return std::string(info.param.name); });

const Case kGeneral[] = {
    // RFC 4271 s6.3: lengths at odds with the message.
    {"WithdrawnTooLong", "0001 0000", "reset 3/1"},
    {"AttributesTooLong", "0000 0001", "reset 3/1"},
    {"NoAttributesLength", "0002 080a", "reset 3/1"},
    // s3 (c): flags
    {"OriginOptional", NoOrigin("c00101 00"), "treat-as-withdraw 3/4 data c0010100"},
    {"MedTransitive", Ls("c00404 00000001"), "treat-as-withdraw 3/4 data c0040400000001"},
    {"CommunityNotTransitive", Ls("800804 00000001"), "treat-as-withdraw 3/4 data 80080400000001"},
    {"PartialIsNoMatter", Ls("e00804 00000001"), ""},
    {"LowBitsAreNoMatter", NoOrigin("4f0101 00"), ""},
    {"LowBitsWithLength", NoOrigin("5f010001 00"), ""},
    // s3 (d): mandatory attributes
    {"NoOrigin", NoOrigin(""), "treat-as-withdraw 3/3 data 01"},
    {"NoAsPath", NoAsPath(""), "treat-as-withdraw 3/3 data 02"},
    {"NoNextHop", V4(""), "treat-as-withdraw 3/3 data 03"},
    {"NoneAtAll", Body("", "080a"),
     "treat-as-withdraw 3/3 data 01; treat-as-withdraw 3/3 data 02; treat-as-withdraw 3/3 data 03"},
    {"NoneNeededToWithdraw", Body("", "", "080a"), ""},
    {"NoneNeededToWithdrawLs", Body("800f07 400447 00090000"), ""},
    // s3 (g): twice
    {"ReachTwice", Ls(kReach), "reset 3/1"},
    {"UnreachTwice", Body("800f03 400447 800f03 400447"), "reset 3/1"},
    {"MedTwice", Ls("800404 00000001 800404 00000002"), "attribute discard 3/1"},
    {"UnknownTwice", Ls("c0c801 01 c0c801 02"), "attribute discard 3/1"},
    {"SecondIsMalformed", Ls("800404 00000001 800401 00"), "attribute discard 3/1"},
    // s4: lengths inside the attributes
    {"LastTooLong", Ls("c0080a 00000001"), "treat-as-withdraw 3/1"},
    {"OneByteLeft", Ls("c0"), "treat-as-withdraw 3/1"},
    {"TwoBytesLeft", Ls("c008"), "treat-as-withdraw 3/1"},
    {"ThreeOfAnExtendedOne", Ls("d00800"), "treat-as-withdraw 3/1"},
    // s5.2: nothing announced, so that nothing can be withdrawn
    {"OriginAloneIsMalformed", Body("400101 03"), "reset 3/6 data 40010103"},
    {"CutOffAlone", Body("c0"), "reset 3/1"},
    {"WithdrawsOnlyIpv4", Body("400101 03", "", "080a"), "reset 3/6 data 40010103"},
    {"UnreachAndMalformed", Body("800f07 400447 00090000 400101 03"), "reset 3/6 data 40010103"},
    {"DiscardIsMild", Body("400601 00"), "attribute discard 3/5 data 40060100"},
    // s5.3: NLRI
    {"NlriTooLong", Body(absl::StrCat(kOrigin, kAsPath, kNextHop), "21 0a00000000"), "reset 3/10"},
    {"NlriOverrun", Body(absl::StrCat(kOrigin, kAsPath, kNextHop), "18 0a00"), "reset 3/10"},
    {"WithdrawnOverrun", Body("", "", "18 0a00"), "reset 3/10"},
    // s5.3 and RFC 4760 s7
    {"ReachFlags", Body("c00e0d 400447 04 c0000201 00 00090000"),
     "AFI/SAFI disable 3/4 data c00e0d40044704c00002010000090000"},
    {"ReachShort", Body("800e04 400447 00"), "AFI/SAFI disable 3/9 data 800e0440044700"},
    {"ReachWithoutFamily", Body("800e02 4004"), "reset 3/9 data 800e024004"},
    {"ReachNextHopOverrun", Body("800e09 400447 10 c0000201 00"),
     "AFI/SAFI disable 3/9 data 800e0940044710c000020100"},
    {"ReachNoReserved", Body("800e08 400447 04 c0000201"),
     "AFI/SAFI disable 3/9 data 800e0840044704c0000201"},
    {"UnreachFlags", Body("400f03 400447"), "AFI/SAFI disable 3/4 data 400f03400447"},
    {"UnreachShort", Body("800f02 4004"), "reset 3/9 data 800f024004"},
    // s7.11
    {"NextHopOfFiveBytes", Body("800e0a 400447 05 c000020100 00"),
     "AFI/SAFI disable 3/9 data 800e0a40044705c00002010000"},
    {"NextHopOfAnyLengthElsewhere", Body("800e06 000109 01 00 00"), ""},
    // A broken MP_REACH_NLRI takes its family along: its other attributes do not matter then.
    {"ReachAndOrigin", Body("800e04 400447 00 400101 03"),
     "AFI/SAFI disable 3/9 data 800e0440044700; treat-as-withdraw 3/6 data 40010103"},
    // RFC 4271 s6.3: what all must know, and this one does not
    {"UnknownWellKnown", Ls("40c801 00"), "reset 3/2 data 40c80100"},
    {"UnknownOptional", Ls("80c801 00"), ""},
};
INSTANTIATE_TEST_SUITE_P(General, UpdateErrorTest, testing::ValuesIn(kGeneral),
                         [](const auto& info) { return std::string(info.param.name); });

Update Read(const std::string& hex) {
  const std::string body = FromHex(hex);
  auto update = DecodeUpdate(AsBytes(body), {});
  EXPECT_TRUE(update.ok());
  return *update;
}

TEST(UpdateErrorTest, FirstOfTwoCounts) {
  const Update update = Read(Ls("800404 00000001 800404 00000002"));
  EXPECT_EQ(update.attributes.multi_exit_disc, 1U);
}

TEST(UpdateErrorTest, DiscardedAttributesAreNotThere) {
  const Update update = Read(Ls("400601 00 c0c801 05"));
  EXPECT_EQ(update.approach(), Approach::kAttributeDiscard);
  EXPECT_FALSE(update.treat_as_withdraw());
  ASSERT_EQ(update.attributes.others.size(), 1U);
  EXPECT_EQ(update.attributes.others[0].value, "\5");
}

TEST(UpdateErrorTest, WithdrawKeepsWhatIsToBeWithdrawn) {
  const Update update = Read(Ls("c0080a 00000001"));
  EXPECT_TRUE(update.treat_as_withdraw());
  ASSERT_TRUE(update.mp_reach.has_value());
  EXPECT_EQ(ToHex(AsBytes(update.mp_reach->nlri)), "00090000");
}

TEST(UpdateErrorTest, MostSevereCounts) {
  const Update update = Read(Body("800e04 400447 00 400101 03 400601 00"));
  EXPECT_EQ(update.approach(), Approach::kFamilyDisable);
  EXPECT_TRUE(update.treat_as_withdraw()) << "for what else the UPDATE announces";
  EXPECT_EQ(update.errors[0].family, kBgpLs);
}

TEST(UpdateErrorTest, TextsNameWhatWasGotAndWanted) {
  const Update update = Read(Ls("800403 000000 c0080a 00000001"));
  ASSERT_EQ(update.errors.size(), 2U);
  EXPECT_EQ(update.errors[0].error.text, "UPDATE: MULTI_EXIT_DISC: got length 3, want 4");
  EXPECT_EQ(update.errors[1].error.text,
            "UPDATE: attributes: got length 10 in c0080a00 with 4 bytes left");
  const Update flags = Read(Ls("800804 00000001"));
  EXPECT_EQ(flags.errors[0].error.text, "UPDATE: COMMUNITIES: got flags 0x80, want 0xc0");
}

TEST(UpdateErrorTest, ApproachesHaveTheNamesOfTheRfc) {
  EXPECT_STREQ(Name(Approach::kNone), "none");
  EXPECT_STREQ(Name(Approach::kSessionReset), "session reset");
}

}  // namespace
}  // namespace srpce::wire::bgp
