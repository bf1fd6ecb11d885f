#include "tests/support/report_case.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/support/query_text.h"

namespace srpce::support {

std::string ToText(const Case& shown) {
  const topology::TedPtr ted = BuildTed(shown.network);
  std::string text = "BuildTed(\n";
  for (const absl::string_view line :
       absl::StrSplit(ToMapText(shown.network), '\n', absl::SkipEmpty())) {
    absl::StrAppend(&text, "    \"", line, "\\n\"\n");
  }
  absl::StrAppend(&text, ")\n");
  for (const segments::SegmentQuery& member : shown.members) {
    absl::StrAppend(&text, "QueryOf(*ted, \"", ToText(*ted, member), "\")\n");
  }
  for (const topology::LinkIndex link : shown.walk) {
    absl::StrAppend(&text, "LinkOf(*ted, \"", ted->link(link).key.ToString(), "\")\n");
  }
  if (!shown.labels.empty()) {
    absl::StrAppend(&text, "labels ", absl::StrJoin(shown.labels, ", "), "\n");
  }
  for (const Ipv6Address& sid : shown.sids) absl::StrAppend(&text, "SID ", sid.ToString(), "\n");
  return text;
}

bool FailsQuietly(const std::function<void()>& check) {
  testing::TestPartResultArray results;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    check();
  }
  for (int i = 0; i < results.size(); ++i) {
    if (results.GetTestPartResult(i).failed()) return true;
  }
  return false;
}

void ReportShrunk(const topology::Ted& ted, Case failing, const LookAlone& alone,
                  size_t min_members) {
  failing.network = DraftOf(ted);
  const Fails fails = [&](const topology::TedPtr& smaller, const Case& left) {
    return FailsQuietly([&] { alone(smaller, left); });
  };
  if (!fails(BuildTed(failing.network), failing)) {
    ADD_FAILURE() << "passes by itself, so it fails by what was asked before it:\n"
                  << ToText(failing);
    return;
  }
  ADD_FAILURE() << "shrunk to:\n" << ToText(Shrink(failing, fails, min_members));
}

}  // namespace srpce::support
