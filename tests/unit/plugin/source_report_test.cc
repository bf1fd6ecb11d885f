// tests/unit/plugin/source_report_test.cc -- whatever neighbours made a source say, its report
// fits.
#include "lib/plugin/source_report.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "proto/convert/source_report.h"
#include "tests/support/seed.h"

namespace srpce::plugin {
namespace {

TEST(IsPlainTextTest, TakesUtf8AndNoControlCharacters) {
  for (const char* plain :
       {"", "a b ~", "Z\xc3\xbcrich", "\xc2\xa0", "\xe2\x82\xac", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsPlainText(plain)) << plain;
  }
  for (const char* other :
       {"\x1b[2J", "a\n", "\x7f", "\x80", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xc2\x9b", "\xc2\x41",
        "\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xf0\x90\x80", "\xff"}) {
    EXPECT_FALSE(IsPlainText(other)) << other;
  }
  EXPECT_FALSE(IsPlainText(absl::string_view("a\0b", 3)));
}

TEST(FitReportTest, AReportThatFitsStaysAsItIs) {
  SourceReport report;
  report.peers = {{.name = "rr1", .detail = std::string(kMaxReportText, 'x')}};
  report.unknown = {
      {.kind = "TLV", .text = "Z\xc3\xbcrich", .octets = std::string(kMaxReportOctets, '\xff')}};
  report.counters = {{.name = "bgp_updates", .value = 3}};
  EXPECT_EQ(FitReport(report), report);
}

TEST(FitReportTest, TextOfNeighboursIsEscapedAndCut) {
  SourceReport report;
  report.peers = {{.name = "rr1", .detail = "said \xff\x1b[2J"}};
  report.unknown = {{.kind = "TLV", .text = std::string(kMaxReportText + 1, 'x')},
                    {.kind = "TLV", .where = std::string(kMaxReportText, '\x01')},
                    {.kind = "TLV", .octets = std::string(kMaxReportOctets + 1, 'o')}};
  for (int i = 0; i < 600; ++i) {
    report.unknown[1].text += "\xc3\xbc";
  }
  const SourceReport fit = FitReport(report);
  EXPECT_EQ(fit.peers[0].detail, "said \\xff\\x1b[2J");
  EXPECT_EQ(fit.unknown[0].text, absl::StrCat(std::string(kMaxReportText - 3, 'x'), "..."));
  EXPECT_EQ(fit.unknown[1].text.substr(1018), "\xc3\xbc...") << "no half a character";
  EXPECT_EQ(fit.unknown[1].where.substr(1016), "\\x01...") << "no half an escape";
  EXPECT_EQ(fit.unknown[2].octets, std::string(kMaxReportOctets, 'o'));
}

TEST(FitReportTest, OfTooManyPeersThoseThatAreDownStay) {
  SourceReport report;
  for (size_t i = 0; i < kMaxReportPeers + 10; ++i) {
    const bool up = i % 100 != 7;
    report.peers.push_back({.name = std::to_string(i), .up = up, .sessions = 2, .elements = 5});
  }
  const SourceReport fit = FitReport(report);
  ASSERT_EQ(fit.peers.size(), kMaxReportPeers);
  for (size_t i = 0; i < 11; ++i) {
    EXPECT_EQ(fit.peers[i].name, std::to_string(100 * i + 7));
  }
  EXPECT_EQ(fit.peers[11].name, "0");
  const SourcePeer others{
      .name = "11 other peers", .state = "all up", .up = true, .sessions = 22, .elements = 55};
  EXPECT_EQ(fit.peers.back(), others);
}

TEST(FitReportTest, TheSumOfPeersIsUpOnlyIfEachIs) {
  SourceReport report;
  for (size_t i = 0; i < kMaxReportPeers + 1; ++i) {
    report.peers.push_back({.name = std::to_string(i)});
  }
  EXPECT_FALSE(FitReport(report).peers.back().up);
  EXPECT_EQ(FitReport(report).peers.back().state, "not all up");
}

TEST(FitReportTest, OfTooManyUnknownElementsThoseSeenLeastAreSummedUp) {
  SourceReport report;
  for (uint32_t i = 0; i < 65'536; ++i) {
    report.unknown.push_back({.kind = "TLV", .code = i, .count = i});
  }
  const SourceReport fit = FitReport(report);
  ASSERT_EQ(fit.unknown.size(), kMaxReportUnknown);
  EXPECT_EQ(fit.unknown[0].code, 65'535U);
  EXPECT_EQ(fit.unknown[4094].code, 61'441U);
  EXPECT_EQ(fit.unknown[4095].text, "61441 elements that were seen less");
  uint64_t total = 0;
  for (const UnknownElement& element : fit.unknown) {
    total += element.count;
  }
  EXPECT_EQ(total, uint64_t{65'535} * 65'536 / 2) << "nothing is lost from the count";
}

TEST(FitReportTest, LongTextsLeaveRoomForFewerElements) {
  const std::string text(kMaxReportText, 'x');
  SourceReport report;
  for (size_t i = 0; i < kMaxReportPeers; ++i) {
    report.peers.push_back(
        {.name = text, .address = text, .state = text, .detail = text, .elements = 1});
  }
  for (size_t i = 0; i < kMaxReportUnknown; ++i) {
    report.unknown.push_back({.kind = text, .text = text, .where = text, .count = 1});
  }
  const SourceReport fit = FitReport(report);
  v1::SourceReport proto;
  convert::ToProto(fit, &proto);
  EXPECT_LE(proto.ByteSizeLong(), kMaxReportBytes);
  // A quarter of the octets is for peers, half for unknown elements.
  EXPECT_EQ(fit.peers.size(), 1 + kMaxReportBytes / 4 / (4 * kMaxReportText + 80));
  EXPECT_EQ(fit.unknown.size(), 1 + kMaxReportBytes / 2 / (3 * kMaxReportText + 48));
  EXPECT_EQ(fit.peers.back().elements + fit.peers.size() - 1, kMaxReportPeers);
  EXPECT_EQ(fit.unknown.back().count + fit.unknown.size() - 1, kMaxReportUnknown);
}

// Random octets in random numbers of elements. The judges are protobuf, which parses no message
// with a text that is not UTF-8, and the check of the daemon.
class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}
  SourceReport Report() {
    SourceReport report;
    for (size_t i = Upto(1) * Upto(2 * kMaxReportPeers); i > 0; --i) {
      report.peers.push_back({.name = "peer " + std::to_string(i),
                              .address = Octets(),
                              .state = Octets(),
                              .up = Upto(1) == 0,
                              .detail = Octets(),
                              .sessions = random_()});
    }
    for (size_t i = Upto(1) * Upto(2 * kMaxReportUnknown); i > 0; --i) {
      report.unknown.push_back({.kind = "TLV" + Octets(),
                                .code = static_cast<uint32_t>(random_()),
                                .text = Octets(),
                                .where = Octets(),
                                .octets = Octets(),
                                .count = random_()});
    }
    for (size_t i = 0; i < kMaxReportCounters; ++i) {
      const std::string name = std::to_string(i);
      report.counters.push_back(
          {.name = name + std::string(kMaxReportText - name.size(), 'x'), .value = random_()});
    }
    return report;
  }

 private:
  size_t Upto(size_t most) { return std::uniform_int_distribution<size_t>(0, most)(random_); }
  std::string Octets() {
    std::string octets(Upto(49) == 0 ? Upto(2 * kMaxReportText) : Upto(40), '\0');
    const size_t from = Upto(1) * 32;
    for (char& octet : octets) {
      octet = static_cast<char>(from + Upto(from == 0 ? 255 : 94));
    }
    return octets;
  }

  std::mt19937_64 random_;
};

TEST(FitReportTest, WhateverNeighboursSayTheDaemonTakesIt) {
  support::CaseCount cases;
  Draw draw(support::Seed());
  size_t cut = 0;
  for (int i = 0; i < support::Cases(64); ++i) {
    const SourceReport report = draw.Report();
    const SourceReport fit = FitReport(report);
    cut += fit.peers.size() < report.peers.size() || fit.unknown.size() < report.unknown.size();
    v1::SourceReport proto;
    convert::ToProto(fit, &proto);
    v1::SourceReport received;
    ASSERT_TRUE(received.ParseFromString(proto.SerializeAsString()));
    const auto read = convert::FromProto(received);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, fit);
    EXPECT_EQ(FitReport(fit), fit);
    cases.Add();
  }
  if (support::kAllCases) {
    EXPECT_GT(cut, 0U);
  }
}

}  // namespace
}  // namespace srpce::plugin
