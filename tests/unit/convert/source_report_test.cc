// tests/unit/convert/source_report_test.cc -- a report survives the wire unchanged; one that is
// over a limit is refused by the place and what is wrong there.
#include "proto/convert/source_report.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace srpce::convert {
namespace {

using plugin::SourceReport;

SourceReport FullReport() {
  SourceReport report;
  report.peers = {{.name = "rr1",
                   .address = "10.0.0.1:179",
                   .state = "Established",
                   .up = true,
                   .detail = "graceful restart",
                   .sessions = 3,
                   .elements = 80'000,
                   .stale_elements = 7,
                   .seconds_in_state = 12.5},
                  {.name = "rr2", .address = "[fc00::2]:179", .state = "Active"}};
  report.unknown = {{.kind = "TLV",
                     .code = 9999,
                     .text = "no TLV that is known",
                     .where = "link a->b",
                     .octets = std::string("\x27\x0f\x00\xff", 4),
                     .count = std::numeric_limits<uint64_t>::max()},
                    {.kind = "path", .text = "/interfaces"}};
  report.counters = {{.name = "bgp_updates", .value = 17}, {.name = "n2"}};
  return report;
}

// As large as the limits allow, the limit of the whole aside.
SourceReport LargestReport() {
  SourceReport report;
  for (size_t i = 0; i < plugin::kMaxReportPeers; ++i) {
    report.peers.push_back({.name = "p" + std::to_string(i)});
  }
  for (size_t i = 0; i < plugin::kMaxReportUnknown; ++i) {
    report.unknown.push_back({.kind = "TLV", .octets = std::string(plugin::kMaxReportOctets, 'x')});
  }
  for (size_t i = 0; i < plugin::kMaxReportCounters; ++i) {
    report.counters.push_back({.name = "c" + std::to_string(i)});
  }
  const std::string text(plugin::kMaxReportText, 'x');
  report.peers[0] = {.name = text, .address = text, .state = text, .detail = text};
  report.unknown[0] = {.kind = text, .text = text, .where = text};
  report.counters[0] = {.name = text};
  return report;
}

std::string Refusal(const SourceReport& report) {
  v1::SourceReport proto;
  ToProto(report, &proto);
  const auto read = FromProto(proto);
  EXPECT_TRUE(read.ok() || absl::IsInvalidArgument(read.status())) << read.status();
  return std::string(read.status().message());
}

TEST(ConvertSourceReportTest, EveryFieldSurvivesTheWire) {
  v1::SourceReport proto;
  ToProto(FullReport(), &proto);
  v1::SourceReport read;
  ASSERT_TRUE(read.ParseFromString(proto.SerializeAsString()));
  const auto report = FromProto(read);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(*report, FullReport());
}

TEST(ConvertSourceReportTest, AnEmptyReportIsOne) { EXPECT_EQ(Refusal({}), ""); }

TEST(ConvertSourceReportTest, LimitsAreInclusive) { EXPECT_EQ(Refusal(LargestReport()), ""); }

struct Case {
  std::string name;
  std::function<void(SourceReport&)> change;  // Of LargestReport().
  std::string want;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class RefusedReportTest : public testing::TestWithParam<Case> {};

TEST_P(RefusedReportTest, NamesThePlaceAndWhatIsWrong) {
  SourceReport report = LargestReport();
  GetParam().change(report);
  EXPECT_EQ(Refusal(report), GetParam().want);
}

const std::string kLong(plugin::kMaxReportText + 1, 'x');

const std::vector<Case>& Cases() {
  static const auto* const kCases = new std::vector<Case>{
      {"Peers", [](SourceReport& r) { r.peers.push_back({.name = "more"}); },
       "peers: got 1025, want at most 1024"},
      {"Unknown", [](SourceReport& r) { r.unknown.push_back({.kind = "TLV"}); },
       "unknown: got 4097, want at most 4096"},
      {"Counters", [](SourceReport& r) { r.counters.push_back({.name = "more"}); },
       "counters: got 257, want at most 256"},
      {"PeerName", [](SourceReport& r) { r.peers[1].name = kLong; },
       "peers[1].name: got 1025 octets, want at most 1024"},
      {"PeerWithoutName", [](SourceReport& r) { r.peers[2].name.clear(); },
       "peers[2].name: got none, want a name"},
      {"PeerTwice", [](SourceReport& r) { r.peers[3].name = "p2"; },
       "peers[3].name: got 'p2' twice, want it once"},
      {"PeerAddress", [](SourceReport& r) { r.peers[1].address = kLong; },
       "peers[1].address: got 1025 octets, want at most 1024"},
      {"PeerState", [](SourceReport& r) { r.peers[1].state = kLong; },
       "peers[1].state: got 1025 octets, want at most 1024"},
      {"PeerDetail", [](SourceReport& r) { r.peers[1].detail = kLong; },
       "peers[1].detail: got 1025 octets, want at most 1024"},
      {"PeerDetailControls", [](SourceReport& r) { r.peers[1].detail = "a\x1b[2J"; },
       "peers[1].detail: got 'a\\x1b[2J', want UTF-8 without control characters"},
      {"UnknownWhereC1", [](SourceReport& r) { r.unknown[1].where = "\xc2\x9b"; },
       "unknown[1].where: got '\\xc2\\x9b', want UTF-8 without control characters"},
      {"PeerTimeNegative", [](SourceReport& r) { r.peers[1].seconds_in_state = -1; },
       "peers[1].seconds_in_state: got -1, want 0 or more"},
      {"PeerTimeNan",
       [](SourceReport& r) {
         r.peers[1].seconds_in_state = std::numeric_limits<double>::quiet_NaN();
       },
       "peers[1].seconds_in_state: got nan, want 0 or more"},
      {"UnknownWithoutKind", [](SourceReport& r) { r.unknown[4095].kind.clear(); },
       "unknown[4095].kind: got none, want a name"},
      {"UnknownKind", [](SourceReport& r) { r.unknown[1].kind = kLong; },
       "unknown[1].kind: got 1025 octets, want at most 1024"},
      {"UnknownText", [](SourceReport& r) { r.unknown[1].text = kLong; },
       "unknown[1].text: got 1025 octets, want at most 1024"},
      {"UnknownWhere", [](SourceReport& r) { r.unknown[1].where = kLong; },
       "unknown[1].where: got 1025 octets, want at most 1024"},
      {"UnknownOctets", [](SourceReport& r) { r.unknown[1].octets = std::string(65, '\0'); },
       "unknown[1].octets: got 65 octets, want at most 64"},
      {"CounterName", [](SourceReport& r) { r.counters[1].name = kLong; },
       "counters[1].name: got 1025 octets, want at most 1024"},
      {"CounterWithoutName", [](SourceReport& r) { r.counters[1].name.clear(); },
       "counters[1].name: got '', want a-z, 0-9 and _"},
      {"CounterUpperCase", [](SourceReport& r) { r.counters[1].name = "bgpUpdates"; },
       "counters[1].name: got 'bgpUpdates', want a-z, 0-9 and _"},
      {"CounterTwice", [](SourceReport& r) { r.counters[2].name = "c1"; },
       "counters[2].name: got 'c1' twice, want it once"},
  };
  return *kCases;
}
INSTANTIATE_TEST_SUITE_P(ConvertSourceReportTest, RefusedReportTest, testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.name; });

TEST(ConvertSourceReportTest, AReportIsBoundedAsAWhole) {
  SourceReport report = LargestReport();
  const std::string text(plugin::kMaxReportText, 'x');
  for (plugin::UnknownElement& element : report.unknown) {
    element.text = text;
  }
  v1::SourceReport proto;
  ToProto(report, &proto);
  EXPECT_EQ(Refusal(report),
            "got " + std::to_string(proto.ByteSizeLong()) + " octets in all, want at most 2097152");
}

}  // namespace
}  // namespace srpce::convert
