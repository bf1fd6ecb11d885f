#include "lib/wire/bgp/open.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/bgp/hex_message.h"

namespace srpce::wire::bgp {
namespace {

Decoded<Open> Read(absl::string_view hex) {
  const std::string body = FromHex(hex);
  return DecodeOpen(AsBytes(body));
}

std::string WithParameters(absl::string_view hex) {
  return absl::StrCat("04 fde8 00b4 0aff0001", hex);
}

Open Example() {
  Open open;
  open.as_number = 4200000000;
  open.hold_time = std::chrono::seconds(90);
  open.identifier = 0x0a000001;
  open.capabilities.families = {kBgpLs, kIpv4SrPolicy};
  open.capabilities.route_refresh = true;
  open.capabilities.enhanced_route_refresh = true;
  open.capabilities.extended_message = true;
  open.capabilities.four_octet_as = 4200000000;
  GracefulRestart restart;
  restart.restarted = true;
  restart.notification = true;
  restart.time = std::chrono::seconds(4095);
  restart.entries = {{kBgpLs, true}, {kIpv4SrPolicy, false}};
  open.capabilities.graceful_restart = restart;
  open.capabilities.fqdn = Fqdn{"pce", "example.net"};
  open.capabilities.others = {{.code = 71, .value = "abc"}, {.code = 200, .value = ""}};
  return open;
}

TEST(OpenTest, ReadsWhatARouterSent) {
  const auto open = Read(
      "04fde800b40aff00015e020601040001000102060104400400470202020002024600020641040000fde8020206"
      "00020a45080001010140044701020c4c0a000101000040044700000206490402766d0002044002407802104"
      "70e0001018000000040044780000000");
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->as_number, 65000U);
  EXPECT_EQ(open->hold_time, std::chrono::seconds(180));
  EXPECT_EQ(open->identifier, 0x0aff0001U);
  EXPECT_EQ(open->capabilities.families, (std::vector{kIpv4Unicast, kBgpLs}));
  EXPECT_TRUE(open->capabilities.route_refresh);
  EXPECT_TRUE(open->capabilities.enhanced_route_refresh);
  EXPECT_TRUE(open->capabilities.extended_message);
  EXPECT_EQ(open->capabilities.fqdn, (Fqdn{"vm", ""}));
  ASSERT_TRUE(open->capabilities.graceful_restart.has_value());
  EXPECT_TRUE(open->capabilities.graceful_restart->notification);
  EXPECT_FALSE(open->capabilities.graceful_restart->restarted);
  EXPECT_EQ(open->capabilities.graceful_restart->time, std::chrono::seconds(120));
  std::vector<int> others;
  for (const RawCapability& raw : open->capabilities.others) others.push_back(raw.code);
  EXPECT_EQ(others, (std::vector{69, 76, 71})) << "add-path, paths limit, long-lived restart";
}

TEST(OpenTest, GoesToTheWireAndBack) {
  const auto message = Encode(Example());
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(ToHex(AsBytes(*message).subspan(kHeaderLength, 9)), "045ba0005a0a000001")
      << "AS_TRANS stands for the AS";
  EXPECT_EQ(*DecodeOpen(AsBytes(*message).subspan(kHeaderLength)), Example());
}

TEST(OpenTest, EmptyParametersAreNoParameters) {
  Open open;
  open.as_number = 65000;
  open.identifier = 1;
  const auto message = Encode(open);
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(ToHex(AsBytes(*message).subspan(kHeaderLength)), "04fde800000000000100");
  EXPECT_EQ(*DecodeOpen(AsBytes(*message).subspan(kHeaderLength)), open);
}

// RFC 9072: 252 bytes of capabilities are the most the old form takes here.
TEST(OpenTest, LongParametersTakeTheExtendedForm) {
  for (const size_t size : {250U, 251U, 252U}) {
    Open open;
    open.as_number = 65000;
    open.identifier = 1;
    open.capabilities.others = {{.code = 200, .value = std::string(size, 'x')}};
    const auto message = Encode(open);
    ASSERT_TRUE(message.ok());
    const Bytes body = AsBytes(*message).subspan(kHeaderLength);
    EXPECT_EQ(ToHex(body.subspan(9, 4)), size == 250   ? "fe02fcc8"
                                         : size == 251 ? "ffff0100"
                                                       : "ffff0101");
    EXPECT_EQ(*DecodeOpen(body), open) << size;
  }
}

TEST(OpenTest, ExtendedFormMayBeSmallAndHaveAnyOldLength) {
  for (const char* old_length : {"ff", "01", "09"}) {
    const auto open = Read(WithParameters(absl::StrCat(old_length, "ff 0005 02 0002 0200")));
    ASSERT_TRUE(open.ok()) << old_length;
    EXPECT_TRUE(open->capabilities.route_refresh);
  }
  EXPECT_EQ(SpellError(Read(WithParameters("ff ff 0006 02 0002 0200"))), "2/0");
  EXPECT_EQ(SpellError(Read(WithParameters("ff ff 00"))), "2/0");
  EXPECT_EQ(SpellError(Read(WithParameters("00 ff 0005 02 0002 0200"))), "2/0");
}

TEST(OpenTest, FieldsAreCheckedInTheOrderOfTheRfc) {
  EXPECT_EQ(SpellError(Read("03 0000 0001 00000000 00")), "2/1 data 0004");
  EXPECT_EQ(SpellError(Read("04 0000 0001 00000000 00")), "2/2");
  EXPECT_EQ(SpellError(Read("04 fde8 0001 00000000 00")), "2/6");
  EXPECT_EQ(SpellError(Read("04 fde8 0002 0aff0001 00")), "2/6");
  EXPECT_EQ(SpellError(Read("04 fde8 0003 00000000 00")), "2/3");
  EXPECT_EQ(SpellError(Read("04 fde8 0003 0aff0001 00")), "ok");
  EXPECT_EQ(SpellError(Read("04 fde8 0000 0aff0001 00")), "ok");
  EXPECT_EQ(SpellError(Read("04 fde8 0000 0aff00")), "1/2 data 001b");
}

TEST(OpenTest, AsOfFieldAndCapabilityMustAgree) {
  EXPECT_EQ(Read(WithParameters("08 02 06 41 04 0000fde8"))->as_number, 65000U);
  EXPECT_EQ(SpellError(Read(WithParameters("08 02 06 41 04 0000fde9"))), "2/2");
  EXPECT_EQ(SpellError(Read(WithParameters("08 02 06 41 04 00000000"))), "2/2");
  EXPECT_EQ(Read("04 5ba0 00b4 0aff0001 08 02 06 41 04 fa56ea00")->as_number, 4200000000U);
}

TEST(OpenTest, ParametersMustFit) {
  EXPECT_EQ(SpellError(Read(WithParameters("01"))), "2/0") << "none where there should be one byte";
  EXPECT_EQ(SpellError(Read(WithParameters("00 02 00"))), "2/0") << "more than told";
  EXPECT_EQ(SpellError(Read(WithParameters("01 02"))), "2/0") << "no length";
  EXPECT_EQ(SpellError(Read(WithParameters("04 02 03 0200"))), "2/0") << "longer than all";
  EXPECT_EQ(SpellError(Read(WithParameters("02 01 00"))), "2/4") << "authentication is gone";
  EXPECT_EQ(SpellError(Read(WithParameters("04 02 02 0200"))), "ok");
}

TEST(OpenTest, KnownCapabilitiesMustFit) {
  EXPECT_EQ(SpellError(Read(WithParameters("05 02 03 01 01 00"))), "2/0") << "family";
  EXPECT_EQ(SpellError(Read(WithParameters("05 02 03 41 01 00"))), "2/0") << "AS";
  EXPECT_EQ(SpellError(Read(WithParameters("05 02 03 40 01 00"))), "2/0") << "graceful restart";
  EXPECT_EQ(SpellError(Read(WithParameters("04 02 02 02 01"))), "2/0") << "longer than all";
  EXPECT_EQ(Read(WithParameters("05 02 03 01 01 00")).error().text,
            "OPEN: capability multiprotocol: got length 1, want 4");
  const auto name = Read(WithParameters("05 02 03 49 01 09"));
  ASSERT_TRUE(name.ok()) << "a name that does not fit is no reason to refuse";
  EXPECT_EQ(name->capabilities.others, (std::vector<RawCapability>{{.code = 73, .value = "\t"}}));
}

TEST(OpenTest, CapabilitiesMayComeTwice) {
  const auto open = Read(WithParameters("14 02 06 01 04 00010001 02 0a 01 04 00010001 40 02 0001"));
  ASSERT_TRUE(open.ok()) << open.error().text;
  EXPECT_EQ(open->capabilities.families, std::vector{kIpv4Unicast});
}

TEST(OpenTest, RefusesToWriteWhatDoesNotFit) {
  Open open = Example();
  open.capabilities.four_octet_as.reset();
  EXPECT_FALSE(Encode(open).ok());
  open = Example();
  for (const int hold_time : {-1, 1, 2, 65536}) {
    open.hold_time = std::chrono::seconds(hold_time);
    EXPECT_FALSE(Encode(open).ok()) << hold_time;
  }
  open = Example();
  open.identifier = 0;
  EXPECT_FALSE(Encode(open).ok());
  open = Example();
  open.capabilities.graceful_restart->time = std::chrono::seconds(4096);
  EXPECT_FALSE(Encode(open).ok());
  open = Example();
  open.capabilities.others[0].value.assign(256, 'x');
  EXPECT_FALSE(Encode(open).ok());
  open = Example();
  open.capabilities.fqdn->domain.assign(254, 'x');
  EXPECT_FALSE(Encode(open).ok());
  open = Example();
  open.capabilities.others.assign(16, {.code = 200, .value = std::string(255, 'x')});
  EXPECT_FALSE(Encode(open).ok()) << "an OPEN has 4096 bytes at most";
}

}  // namespace
}  // namespace srpce::wire::bgp
