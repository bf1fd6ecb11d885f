// lib/cspf/wording.cc -- names as operators know them.
#include "lib/cspf/wording.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace srpce::cspf {

std::string NodeName(const topology::Ted& ted, NodeIndex node) {
  return ted.HasNode(node) ? ted.node(node).display_name() : absl::StrCat("node ", node.value());
}

std::string LinkName(const topology::Ted& ted, LinkIndex link) {
  const topology::Link& element = ted.link(link);
  const bool parallel = ted.FindParallelLinks(element.local, element.remote).size() > 1;
  return absl::StrCat(NodeName(ted, element.local), "->", NodeName(ted, element.remote),
                      parallel ? absl::StrCat("#", element.key.local_interface) : "");
}

std::string LinkNames(const topology::Ted& ted, const std::vector<LinkIndex>& links) {
  constexpr size_t kMaxNamed = 8;
  std::string names = absl::StrCat(links.size(), links.size() == 1 ? " link: " : " links: ");
  for (size_t i = 0; i < std::min(links.size(), kMaxNamed); ++i) {
    absl::StrAppend(&names, i == 0 ? "" : ", ", LinkName(ted, links[i]));
  }
  if (links.size() > kMaxNamed) absl::StrAppend(&names, " ...");
  return names;
}

std::string FormatBandwidth(BytesPerSecond bandwidth) {
  const double bits = static_cast<double>(bandwidth.value) * static_cast<double>(kBitsPerByte);
  const auto scaled = [&](double unit, const char* name) {
    std::string digits =
        absl::StrFormat("%.9f", bits / unit);  // All digits that matter: 9.96 is not 10.
    digits.erase(std::max(digits.find_last_not_of('0') + 1, digits.find('.') + 2));
    return digits + name;
  };
  if (bits >= 1e9) return scaled(1e9, " Gb/s");
  if (bits >= 1e6) return scaled(1e6, " Mb/s");
  if (bits >= 1e3) return scaled(1e3, " kb/s");
  return absl::StrFormat("%.0f b/s", bits);
}

}  // namespace srpce::cspf
