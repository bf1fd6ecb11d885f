// daemon/services/agent_credentials.h -- which headend an agent may speak for.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace srpce::daemon {

struct AgentCredentials {
  // Headend -> bearer token. An empty token means that no credential is asked for: for labs, only
  // with `allow_anonymous`. "*" with an empty token stands for every headend without an entry of
  // its own.
  std::map<std::string, std::string> token_of_headend;
  bool allow_anonymous = false;
};

class AgentAuthenticator {
 public:
  // Errors: INVALID_ARGUMENT  an empty token without `allow_anonymous`, a token for "*", a token of
  // two headends or with characters that
  //         RFC 6750 s2.1 does not allow.
  static absl::StatusOr<AgentAuthenticator> Make(const AgentCredentials& credentials);

  // Returns whose token `authorization` ("Bearer <token>", absent if not sent) is; none means a
  // client without a token from this machine. Errors: UNAUTHENTICATED.
  absl::StatusOr<std::optional<std::string>> Authenticate(
      std::optional<absl::string_view> authorization, bool local_peer) const;

  // Returns OK if a client so authenticated may speak for `headend`. Errors: PERMISSION_DENIED.
  absl::Status Authorize(const std::optional<std::string>& authenticated,
                         const std::string& headend) const;

 private:
  explicit AgentAuthenticator(AgentCredentials credentials)
      : credentials_(std::move(credentials)) {}

  AgentCredentials credentials_;
};

}  // namespace srpce::daemon
