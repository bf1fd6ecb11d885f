#include "daemon/srpced/listen.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "daemon/config/config_loader.h"
#include "lib/base/status_macros.h"

namespace srpce::srpced {
namespace {

// Returns 0, or the errno of the step that failed.
int TryListen(const addrinfo& address) {
  const int fd = socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return errno;
  }
  const int on = 1;
  // As the servers do: connections that linger from an earlier daemon are no obstacle.
  (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const bool listens = bind(fd, address.ai_addr, address.ai_addrlen) == 0 && listen(fd, 1) == 0;
  const int error = listens ? 0 : errno;
  close(fd);
  return error;
}

}  // namespace

absl::Status ProbeListen(const std::string& what, const std::string& address) {
  SRPCE_ASSIGN_OR_RETURN(const config::ListenAddress parsed, config::ParseListenAddress(address));
  if (!parsed.unix_path.empty()) {
    return absl::OkStatus();
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int result =
      getaddrinfo(parsed.host.c_str(), std::to_string(parsed.port).c_str(), &hints, &found);
  if (result != 0) {
    return absl::UnavailableError(
        absl::StrCat(what, ": cannot listen on ", address, ": ", gai_strerror(result)));
  }
  int error = 0;
  for (const addrinfo* each = found; each != nullptr && error == 0; each = each->ai_next) {
    error = TryListen(*each);
  }
  freeaddrinfo(found);
  return error == 0 ? absl::OkStatus()
                    : absl::UnavailableError(absl::StrCat(what, ": cannot listen on ", address,
                                                          ": ", strerror(error)));
}

bool IsLocalOnly(const std::string& address) {
  const auto parsed = config::ParseListenAddress(address);
  if (!parsed.ok()) {
    return false;
  }
  in_addr ipv4{};
  in6_addr ipv6{};
  constexpr uint32_t kLoopbackNetwork = 127;
  if (inet_pton(AF_INET, parsed->host.c_str(), &ipv4) == 1) {
    return ntohl(ipv4.s_addr) >> 24 == kLoopbackNetwork;
  }
  if (inet_pton(AF_INET6, parsed->host.c_str(), &ipv6) == 1) {
    return IN6_IS_ADDR_LOOPBACK(&ipv6);
  }
  return !parsed->unix_path.empty() || parsed->host == "localhost";
}

}  // namespace srpce::srpced
