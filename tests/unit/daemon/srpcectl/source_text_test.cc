// tests/unit/daemon/srpcectl/source_text_test.cc -- topology sources as they are shown.
#include "daemon/srpcectl/source_text.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace srpce::ctl {
namespace {

v1::TopologySource& AddSource(v1::GetSourcesResponse& response, const std::string& name,
                              bool connected) {
  v1::TopologySource& source = *response.add_sources();
  source.set_name(name);
  source.set_precedence(100);
  source.set_connected(connected);
  source.set_nodes(8);
  source.set_links(1);
  source.set_prefixes(16);
  source.set_seconds_since_update(1.25);
  return source;
}

v1::UnknownElement& AddUnknown(v1::TopologySource& source, const std::string& kind, uint32_t code,
                               uint64_t count) {
  v1::UnknownElement& element = *source.mutable_report()->add_unknown();
  element.set_kind(kind);
  element.set_code(code);
  element.set_count(count);
  return element;
}

v1::GetSourcesResponse Sample() {
  v1::GetSourcesResponse response;
  v1::TopologySource& bgp = AddSource(response, "bgp", true);
  bgp.set_seconds_since_report(5);
  v1::SourcePeer* up = bgp.mutable_report()->add_peers();
  up->set_name("rr1");
  up->set_address("10.0.0.1:179");
  up->set_state("Established");
  up->set_up(true);
  up->set_sessions(2);
  up->set_elements(54);
  up->set_seconds_in_state(600);
  v1::SourcePeer* down = bgp.mutable_report()->add_peers();
  down->set_name("rr2");
  down->set_stale_elements(54);
  down->set_detail("connection refused");
  v1::SourceCounter* counter = bgp.mutable_report()->add_counters();
  counter->set_name("bgp_updates");
  counter->set_value(17);
  AddUnknown(bgp, "TLV", 9999, 3).set_where("link a->b");
  v1::UnknownElement& most = AddUnknown(bgp, "malformed NLRI", 0, 1000);
  most.set_text("got 3 bytes, want 4");
  most.set_octets(std::string("\x00\x01\x00\x27\xff", 5));
  AddSource(response, "file", false).set_seconds_since_update(0);
  return response;
}

TEST(SourceTextTest, ShowsALineASourceAndBelowItALineAPeer) {
  EXPECT_EQ(SourcesText(Sample()),
            "bgp: connected, precedence 100, 8 nodes, 1 link, 16 prefixes, last update 1.2 s ago, "
            "reported 5 s ago\n"
            "  PEER  ADDRESS       STATE        FOR     SESSIONS  ELEMENTS  STALE  DETAIL\n"
            "  rr1   10.0.0.1:179  Established  10 min         2        54      0  -\n"
            "  rr2   -             down         5 s            0         0     54  connection "
            "refused\n"
            "  skipped: 2 unknown elements, see 'srpcectl topology unknown'\n"
            "  counted: bgp_updates 17\n"
            "file: stale, precedence 100, 8 nodes, 1 link, 16 prefixes, no report of itself\n");
  EXPECT_EQ(SourcesText({}), "There is no topology source.\n");
}

TEST(SourceTextTest, ShowsWhatWasSkippedMostFirst) {
  EXPECT_EQ(UnknownText(Sample()),
            "SOURCE  KIND            CODE  COUNT  TEXT                 WHERE      OCTETS\n"
            "bgp     malformed NLRI     -   1000  got 3 bytes, want 4  -          00010027ff\n"
            "bgp     TLV             9999      3  -                    link a->b  -\n");
}

TEST(SourceTextTest, ShortensWhatIsLong) {
  v1::GetSourcesResponse response;
  v1::UnknownElement& element = AddUnknown(AddSource(response, "bgp", true), "TLV", 1, 1);
  element.set_text(std::string(80, 't'));
  element.set_where(absl::StrCat(std::string(76, 'w'), "\xc3\xbc and more"));
  element.set_octets(std::string(13, '\xab'));
  const std::string text = UnknownText(response);
  EXPECT_NE(text.find("  " + std::string(80, 't') + "  "), std::string::npos) << text;
  EXPECT_NE(text.find("  " + std::string(76, 'w') + "...  "), std::string::npos) << text;
  EXPECT_NE(text.find("  abababababababababababab...\n"), std::string::npos) << text;
}

TEST(SourceTextTest, SaysSoWhereNothingWasSkipped) {
  v1::GetSourcesResponse response;
  EXPECT_EQ(UnknownText(response), "There is no topology source.\n");
  v1::TopologySource& bgp = AddSource(response, "bgp", true);
  EXPECT_EQ(UnknownText(response), "Source bgp does not report what it skips.\n");
  bgp.mutable_report();
  EXPECT_EQ(UnknownText(response), "Source bgp has skipped nothing.\n");
  AddSource(response, "file", true);
  EXPECT_EQ(UnknownText(response), "1 of 2 sources reports: it has skipped nothing.\n");
  response.mutable_sources(1)->mutable_report();
  EXPECT_EQ(UnknownText(response), "2 of 2 sources report: they have skipped nothing.\n");
  response.mutable_sources(1)->clear_report();
  response.mutable_sources(0)->clear_report();
  EXPECT_EQ(UnknownText(response), "None of 2 sources reports what it skips.\n");
}

}  // namespace
}  // namespace srpce::ctl
