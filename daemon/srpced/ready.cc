#include "daemon/srpced/ready.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"

namespace srpce::srpced {
namespace {

std::string ToJson(const ReadyReport& report) {
  // Addresses are host and port, or a path that was in our own configuration: quotes in it are the
  // only danger.
  const auto quoted = [](const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        result += '\\';
      }
      result += c;
    }
    return result + "\"";
  };
  return absl::StrCat("{\"pid\":", getpid(), ",\"grpc_address\":", quoted(report.grpc_address),
                      ",\"metrics_address\":", quoted(report.metrics_address), "}\n");
}

absl::Status WriteAll(int fd, absl::string_view text, const std::string& what) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat(what, ": cannot write"));
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  const std::string temporary = absl::StrCat(path, ".", getpid());
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("--ready-file ", path, ": cannot create"));
  }
  const absl::Status written = WriteAll(fd, text, absl::StrCat("--ready-file ", path));
  close(fd);
  SRPCE_RETURN_IF_ERROR(written);
  if (rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    unlink(temporary.c_str());
    return absl::ErrnoToStatus(error, absl::StrCat("--ready-file ", path, ": cannot rename"));
  }
  return absl::OkStatus();
}

// A failure is not ours to handle: systemd then times the start out, and says so.
void NotifySystemd(absl::string_view state) {
  const char* path = getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (path == nullptr || strlen(path) < 2 || strlen(path) >= sizeof(address.sun_path)) {
    return;
  }
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return;
  }
  address.sun_family = AF_UNIX;
  const size_t length = strlen(path);
  memcpy(address.sun_path, path, length);
  if (path[0] == '@') {
    address.sun_path[0] = '\0';  // The abstract namespace.
  }
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  (void)sendto(fd, state.data(), state.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), size);
  close(fd);
}

}  // namespace

absl::Status AnnounceReady(const ReadyReport& report, const ReadyOptions& options) {
  const std::string text = ToJson(report);
  if (!options.file.empty()) {
    SRPCE_RETURN_IF_ERROR(WriteFile(options.file, text));
  }
  if (options.fd) {
    const absl::Status written =
        WriteAll(*options.fd, text, absl::StrCat("--ready-fd ", *options.fd));
    close(*options.fd);
    SRPCE_RETURN_IF_ERROR(written);
  }
  NotifySystemd("READY=1\n");
  return absl::OkStatus();
}

void AnnounceStopping(const ReadyOptions& options) {
  NotifySystemd("STOPPING=1\n");
  if (!options.file.empty()) {
    unlink(options.file.c_str());
  }
}

}  // namespace srpce::srpced
