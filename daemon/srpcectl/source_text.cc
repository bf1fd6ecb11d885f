#include "daemon/srpcectl/source_text.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "daemon/srpcectl/quantity.h"
#include "daemon/srpcectl/table.h"

namespace srpce::ctl {
namespace {

// All of it is in the JSON.
constexpr size_t kShownText = 80;
constexpr size_t kShownOctets = 12;

std::string Plural(size_t count, const std::string& what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

// At most kShownText octets, no half a character at the end.
std::string Shortened(const std::string& text) {
  if (text.size() <= kShownText) {
    return text;
  }
  size_t end = kShownText - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
    --end;
  }
  return absl::StrCat(text.substr(0, end), "...");
}

std::string OctetsText(const std::string& octets) {
  return absl::StrCat(absl::BytesToHexString(octets.substr(0, kShownOctets)),
                      octets.size() > kShownOctets ? "..." : "");
}

std::string Ago(double seconds) { return absl::StrCat(FormatSeconds(seconds), " ago"); }

std::string SourceLine(const v1::TopologySource& source) {
  std::vector<std::string> facts = {
      SourceState(source), absl::StrCat("precedence ", source.precedence()),
      Plural(source.nodes(), "node"), Plural(source.links(), "link"),
      source.prefixes() == 1 ? "1 prefix" : absl::StrCat(source.prefixes(), " prefixes")};
  if (source.seconds_since_update() > 0) {
    facts.push_back(absl::StrCat("last update ", Ago(source.seconds_since_update())));
  }
  facts.push_back(source.has_report()
                      ? absl::StrCat("reported ", Ago(source.seconds_since_report()))
                      : "no report of itself");
  return absl::StrCat(source.name(), ": ", absl::StrJoin(facts, ", "), "\n");
}

std::string PeersTable(const v1::TopologySource& source) {
  Table table({"PEER", "ADDRESS", "STATE", "FOR", "SESSIONS", "ELEMENTS", "STALE", "DETAIL"});
  for (const v1::SourcePeer& peer : source.report().peers()) {
    const std::string state = peer.state().empty() ? (peer.up() ? "up" : "down") : peer.state();
    table.Add({Shortened(peer.name()), Shortened(peer.address()), Shortened(state),
               FormatSeconds(peer.seconds_in_state() + source.seconds_since_report()),
               absl::StrCat(peer.sessions()), absl::StrCat(peer.elements()),
               absl::StrCat(peer.stale_elements()), Shortened(peer.detail())});
  }
  return table.empty() ? "" : table.ToString("  ");
}

std::string CountersLine(const v1::SourceReport& report) {
  if (report.counters().empty()) {
    return "";
  }
  return absl::StrCat("  counted: ",
                      absl::StrJoin(report.counters(), ", ",
                                    [](std::string* out, const v1::SourceCounter& counter) {
                                      absl::StrAppend(out, counter.name(), " ", counter.value());
                                    }),
                      "\n");
}

std::string UnknownLine(const v1::TopologySource& source) {
  const int count = source.report().unknown_size();
  return count == 0
             ? ""
             : absl::StrCat("  skipped: ", Plural(static_cast<size_t>(count), "unknown element"),
                            ", see 'srpcectl topology unknown'\n");
}

// What is said where there is no unknown element.
std::string NothingUnknown(const v1::GetSourcesResponse& response) {
  const auto reporting =
      std::count_if(response.sources().begin(), response.sources().end(),
                    [](const v1::TopologySource& source) { return source.has_report(); });
  if (response.sources().empty()) {
    return "There is no topology source.\n";
  }
  if (response.sources_size() == 1) {
    return absl::StrCat(
        "Source ", response.sources(0).name(),
        reporting == 0 ? " does not report what it skips.\n" : " has skipped nothing.\n");
  }
  if (reporting == 0) {
    return absl::StrCat("None of ", response.sources_size(), " sources reports what it skips.\n");
  }
  return absl::StrCat(reporting, " of ", response.sources_size(), " sources ",
                      reporting == 1 ? "reports: it has" : "report: they have",
                      " skipped nothing.\n");
}

}  // namespace

std::string SourceState(const v1::TopologySource& source) {
  return !source.connected() ? "stale" : source.in_sync() ? "syncing" : "connected";
}

std::string SourcesText(const v1::GetSourcesResponse& response) {
  if (response.sources().empty()) {
    return "There is no topology source.\n";
  }
  std::string text;
  for (const v1::TopologySource& source : response.sources()) {
    absl::StrAppend(&text, SourceLine(source), PeersTable(source), UnknownLine(source),
                    CountersLine(source.report()));
  }
  return text;
}

std::string UnknownText(const v1::GetSourcesResponse& response) {
  Table table({"SOURCE", "KIND", "CODE", "COUNT", "TEXT", "WHERE", "OCTETS"});
  for (const v1::TopologySource& source : response.sources()) {
    std::vector<const v1::UnknownElement*> elements;
    for (const v1::UnknownElement& element : source.report().unknown()) {
      elements.push_back(&element);
    }
    std::ranges::stable_sort(elements, std::greater<>(), &v1::UnknownElement::count);
    for (const v1::UnknownElement* element : elements) {
      table.Add({source.name(), Shortened(element->kind()),
                 element->code() == 0 ? "" : absl::StrCat(element->code()),
                 absl::StrCat(element->count()), Shortened(element->text()),
                 Shortened(element->where()), OctetsText(element->octets())});
    }
  }
  return table.empty() ? NothingUnknown(response) : table.ToString();
}

}  // namespace srpce::ctl
