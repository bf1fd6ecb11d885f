#include "daemon/agent/agent_config.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "daemon/agent/local_sids.h"
#include "lib/base/status_macros.h"
#include "proto/yaml/yaml_to_proto.h"

namespace srpce::agent {
namespace {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return absl::NotFoundError(absl::StrCat(path, ": ", std::strerror(errno)));
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

absl::StatusOr<config::v1::AgentConfig> ParseAgentConfig(absl::string_view yaml,
                                                         const std::string& file) {
  config::v1::AgentConfig config;
  config::LineMap lines;
  SRPCE_RETURN_IF_ERROR(config::YamlToProto(yaml, file, {}, &config, &lines));
  std::vector<std::string> mistakes;
  const auto mistake = [&](const std::string& field, absl::string_view what) {
    mistakes.push_back(absl::StrCat(file, ":", lines[field], ": ", field, ": ", what));
  };
  std::set<std::string> seen;
  for (int i = 0; i < config.local_sids_size(); ++i) {
    const config::v1::LocalSid& sid = config.local_sids(i);
    const std::string field = absl::StrCat("local_sids[", i, "]");
    if (const absl::Status status = CheckLocalSid(sid); !status.ok()) {
      mistake(field, status.message());
    } else if (!seen.insert(IpPrefix::Parse(sid.sid())->ToString()).second) {
      mistake(field, absl::StrCat("sid: got ", sid.sid(), " twice"));
    }
  }
  if (config.has_encap_source() && !Ipv6Address::Parse(config.encap_source()).ok()) {
    mistake("encap_source",
            absl::StrCat("got '", config.encap_source(), "', want an IPv6 address"));
  }
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));
  return config;
}

absl::StatusOr<config::v1::AgentConfig> LoadAgentConfig(const std::string& path) {
  SRPCE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return ParseAgentConfig(text, path);
}

absl::StatusOr<std::string> LoadToken(const std::string& path) {
  SRPCE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  const auto token = absl::StripAsciiWhitespace(text);
  if (token.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": got nothing, want a token"));
  }
  return std::string(token);
}

absl::StatusOr<std::vector<HeadendCredential>> LoadHeadends(const std::string& path) {
  SRPCE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  std::vector<HeadendCredential> headends;
  std::set<std::string> seen;
  int line = 0;
  for (const absl::string_view raw : absl::StrSplit(text, '\n')) {
    ++line;
    const std::vector<std::string> words =
        absl::StrSplit(raw, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.empty() || words[0][0] == '#') continue;
    if (words.size() > 2) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", line, ": got ", words.size(),
                                                     " words, want a headend and its token"));
    }
    if (!seen.insert(words[0]).second) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":", line, ": headend ", words[0], ": got it twice"));
    }
    headends.push_back({words[0], words.size() == 2 ? words[1] : ""});
  }
  return headends;
}

}  // namespace srpce::agent
