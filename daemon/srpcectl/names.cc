// daemon/srpcectl/names.cc
#include "daemon/srpcectl/names.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace srpce::ctl {
namespace {

absl::Status Error(absl::string_view got, absl::string_view want) {
  return absl::InvalidArgumentError(absl::StrCat("got '", got, "', want ", want));
}

}  // namespace

absl::StatusOr<v1::LinkKey> ParseLink(absl::string_view text) {
  const std::pair<std::string, std::string> ends = absl::StrSplit(text, absl::MaxSplits("->", 1));
  const std::pair<std::string, std::string> remote =
      absl::StrSplit(ends.second, absl::MaxSplits('#', 1));
  if (ends.first.empty() || remote.first.empty() || absl::EndsWith(ends.first, "<")) {
    return Error(text, "a link as 'A->B' or 'A->B#interface' (in quotes: > is the shell's)");
  }
  v1::LinkKey key;
  key.set_local_node(ends.first);
  key.set_remote_node(remote.first);
  key.set_local_interface(remote.second);
  return key;
}

std::string ToText(const v1::LinkKey& key) {
  return absl::StrCat(key.local_node(), "->", key.remote_node());
}

std::string ToFullText(const v1::LinkKey& key) {
  return key.local_interface().empty() ? ToText(key)
                                       : absl::StrCat(ToText(key), "#", key.local_interface());
}

absl::StatusOr<v1::PolicyKey> ParsePolicyKey(absl::string_view text) {
  const size_t first = text.find('/');
  const size_t last = text.rfind('/');
  uint32_t color = 0;
  if (first == absl::string_view::npos || first == 0 || last == first || last + 1 == text.size() ||
      !absl::SimpleAtoi(text.substr(first + 1, last - first - 1), &color) || color == 0) {
    return Error(text, "a policy as headend/color/endpoint, color from 1");
  }
  v1::PolicyKey key;
  key.set_headend(std::string(text.substr(0, first)));
  key.set_color(color);
  key.set_endpoint(std::string(text.substr(last + 1)));
  return key;
}

std::string ToText(const v1::PolicyKey& key) {
  return absl::StrCat(key.headend(), "/", key.color(), "/", key.endpoint());
}

absl::StatusOr<EndPair> ParseEndPair(absl::string_view text) {
  const absl::string_view separator = absl::StrContains(text, "->") ? "->" : ":";
  const std::vector<std::string> ends = absl::StrSplit(text, separator);
  if (ends.size() != 2 || ends[0].empty() || ends[1].empty()) {
    return Error(text, "headend:endpoint (or 'headend->endpoint' where a name has a colon)");
  }
  return EndPair{.headend = ends[0], .endpoint = ends[1]};
}

}  // namespace srpce::ctl
