#include "lib/wire/bgp/notification.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/bgp/hex_message.h"

namespace srpce::wire::bgp {
namespace {

Notification Make(int code, uint8_t subcode, absl::string_view hex = "") {
  return {.code = static_cast<ErrorCode>(code), .subcode = subcode, .data = FromHex(hex)};
}

TEST(NotificationTest, GoesToTheWireAndBack) {
  const Notification notification = Make(3, 5, "400102");
  const std::string message = Encode(notification);
  EXPECT_EQ(ToHex(AsBytes(message), 64), "ffffffffffffffffffffffffffffffff0018030305400102");
  EXPECT_EQ(*DecodeNotification(AsBytes(message).subspan(kHeaderLength)), notification);
}

TEST(NotificationTest, DataIsCutOffAtTheLongestMessage) {
  Notification notification = Make(2, 0);
  notification.data.assign(5000, 'x');
  EXPECT_EQ(Encode(notification).size(), kMaxLength);
}

TEST(NotificationTest, NeedsCodeAndSubcode) {
  const std::string code = FromHex("06");
  EXPECT_FALSE(DecodeNotification(AsBytes(code)).ok());
}

TEST(NotificationTest, ReadsWhatTheOperatorSaid) {
  EXPECT_EQ(Describe(Make(6, 2, "04 6d6f7665")), "Cease/Administrative Shutdown: \"move\"");
  EXPECT_EQ(Describe(Make(6, 4, "03 e282ac")), "Cease/Administrative Reset: \"\u20ac\"");
  EXPECT_EQ(Describe(Make(6, 2)), "Cease/Administrative Shutdown");
  EXPECT_EQ(ShutdownCommunication(Make(6, 2, "04 6d6f7665")), "move");
  EXPECT_EQ(ShutdownCommunication(Make(6, 3, "04 6d6f7665")), std::nullopt)
      << "no other subcode has one";
}

TEST(NotificationTest, TextThatIsNoneIsShownAsBytes) {
  EXPECT_EQ(Describe(Make(6, 2, "05 6d6f7665")), "Cease/Administrative Shutdown (data 056d6f7665)");
  for (const char* not_utf8 : {"02 c0af", "03 e08080", "03 eda080", "04 f4908080", "01 80",
                               "02 e282", "02 c241", "01 ff", "04 f0808080"}) {
    EXPECT_EQ(ShutdownCommunication(Make(6, 2, not_utf8)), std::nullopt) << not_utf8;
  }
}

TEST(NotificationTest, ControlCharactersCannotForgeALogLine) {
  EXPECT_EQ(Describe(Make(6, 2, "03 610a62")), "Cease/Administrative Shutdown: \"a\\nb\"");
}

TEST(NotificationTest, LongTextIsCutBetweenCharacters) {
  std::string text(254, 'a');
  text += "\u20ac";  // 3 bytes, of which 1 would fit.
  const Notification notification = MakeShutdown(subcode::kAdministrativeShutdown, text);
  EXPECT_EQ(ShutdownCommunication(notification), std::string(254, 'a'));
  const Notification longest = MakeShutdown(subcode::kAdministrativeReset, std::string(300, 'b'));
  EXPECT_EQ(ShutdownCommunication(longest), std::string(255, 'b'));
  EXPECT_EQ(MakeShutdown(subcode::kAdministrativeShutdown, "").data, "");
}

TEST(NotificationTest, HardResetShowsWhatItWraps) {
  const Notification inner = MakeShutdown(subcode::kAdministrativeShutdown, "move");
  EXPECT_EQ(Spell(MakeHardReset(inner)), "6/9 data 0602046d6f7665");
  EXPECT_EQ(Describe(MakeHardReset(inner)),
            "Cease/Hard Reset (Cease/Administrative Shutdown: \"move\")");
  EXPECT_EQ(Describe(Make(6, 9, "06")), "Cease/Hard Reset (data 06)");
}

TEST(NotificationTest, HardResetInsideAHardResetIsNotOpened) {
  EXPECT_EQ(Describe(Make(6, 9, "0609 0602")), "Cease/Hard Reset (Cease/Hard Reset (data 0602))");
}

}  // namespace
}  // namespace srpce::wire::bgp
