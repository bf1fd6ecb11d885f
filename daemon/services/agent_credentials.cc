#include "daemon/services/agent_credentials.h"

#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace srpce::daemon {
namespace {

constexpr absl::string_view kScheme = "bearer ";
constexpr char kAnyHeadend[] = "*";

bool IsTokenCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::string_view("-._~+/=").find(c) != absl::string_view::npos;
}

// Takes equally long for every wrong token of one length, so that its time tells nothing about the
// right one.
bool ConstantTimeEqual(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference |=
        static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

}  // namespace

absl::StatusOr<AgentAuthenticator> AgentAuthenticator::Make(const AgentCredentials& credentials) {
  std::set<std::string> seen;
  for (const auto& [headend, token] : credentials.token_of_headend) {
    if (headend.empty()) {
      return absl::InvalidArgumentError(
          "agent credentials: got an empty headend, want its node id");
    }
    if (token.empty()) {
      if (credentials.allow_anonymous) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("agent credentials: headend ", headend,
                       ": got no token, want one (or anonymous agents explicitly allowed)"));
    }
    if (headend == kAnyHeadend) {
      return absl::InvalidArgumentError(
          "agent credentials: headend *: got a token, want one token for each headend");
    }
    for (const char c : token) {
      if (!IsTokenCharacter(c)) {
        return absl::InvalidArgumentError(
            absl::StrCat("agent credentials: headend ", headend,
                         ": token has a character outside letters, digits and -._~+/="));
      }
    }
    if (!seen.insert(token).second) {
      return absl::InvalidArgumentError(absl::StrCat("agent credentials: headend ", headend,
                                                     ": its token is another headend's, too"));
    }
  }
  return AgentAuthenticator(credentials);
}

absl::StatusOr<std::optional<std::string>> AgentAuthenticator::Authenticate(
    std::optional<absl::string_view> authorization, bool local_peer) const {
  if (!authorization) {
    if (credentials_.allow_anonymous && local_peer) return std::optional<std::string>();
    return absl::UnauthenticatedError(
        credentials_.allow_anonymous
            ? "agent: got no credential from another machine, want 'authorization: Bearer <token>'"
            : "agent: got no credential, want 'authorization: Bearer <token>'");
  }
  if (!absl::StartsWithIgnoreCase(*authorization, kScheme)) {
    return absl::UnauthenticatedError(
        "agent: got an authorization of another scheme, want 'Bearer <token>'");
  }
  const absl::string_view token = absl::StripAsciiWhitespace(authorization->substr(kScheme.size()));
  std::optional<std::string> found;
  for (const auto& [headend, expected] : credentials_.token_of_headend) {
    if (!expected.empty() && ConstantTimeEqual(token, expected)) found = headend;
  }
  if (!found) return absl::UnauthenticatedError("agent: got a token that is no headend's");
  return found;
}

absl::Status AgentAuthenticator::Authorize(const std::optional<std::string>& authenticated,
                                           const std::string& headend) const {
  if (authenticated) {
    if (*authenticated == headend) return absl::OkStatus();
    return absl::PermissionDeniedError(absl::StrCat("agent: hello names headend '", headend,
                                                    "', the token is headend '", *authenticated,
                                                    "'s"));
  }
  const auto& tokens = credentials_.token_of_headend;
  const auto own = tokens.find(headend);
  const auto entry = own == tokens.end() ? tokens.find(kAnyHeadend) : own;
  if (entry != tokens.end() && entry->second.empty() && !headend.empty()) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("agent: headend '", headend, "' is not one that may connect without a token"));
}

}  // namespace srpce::daemon
