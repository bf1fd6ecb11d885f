// The printing half of build_ted.h, apart from the rest because it alone needs lib/cspf.
#include <variant>

#include "absl/strings/str_cat.h"
#include "tests/support/build_ted.h"

namespace srpce::support {

std::string DescribeLinks(const topology::Ted& ted, topology::NodeIndex source,
                          const std::vector<topology::LinkIndex>& links) {
  std::string text = ted.node(source).display_name();
  for (const topology::LinkIndex index : links) {
    const topology::Link& link = ted.link(index);
    absl::StrAppend(&text, " ", ted.node(link.remote).display_name());
    if (!link.key.local_interface.empty()) {
      absl::StrAppend(&text, "#", link.key.local_interface);
    }
  }
  return text;
}

std::string Describe(const topology::Ted& ted, topology::NodeIndex source,
                     const cspf::PathResult& result) {
  if (const auto* no_path = std::get_if<cspf::NoPath>(&result)) {
    return cspf::ReasonName(no_path->reason);
  }
  const auto& path = std::get<cspf::Path>(result);
  return absl::StrCat(DescribeLinks(ted, source, path.links), " cost ", path.cost);
}

}  // namespace srpce::support
