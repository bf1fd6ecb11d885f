#include "daemon/agent/policy_file.h"

#include <fcntl.h>
#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/convert/policy.h"

namespace srpce::agent {
namespace {

absl::Status FileError(const std::string& path, absl::string_view doing, int error) {
  return absl::Status(error == ENOSPC || error == EDQUOT ? absl::StatusCode::kResourceExhausted
                                                         : absl::StatusCode::kInternal,
                      absl::StrCat("state file ", path, ": ", doing, ": ", std::strerror(error)));
}

absl::Status WriteAll(int fd, const std::string& text) {
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = ::write(fd, text.data() + written, text.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError("", "write", errno);
    written += static_cast<size_t>(n);
  }
  return ::fsync(fd) == 0 ? absl::OkStatus() : FileError("", "fsync", errno);
}

}  // namespace

absl::Status ReadPolicyFile(const std::string& path, std::vector<RememberedPolicy>* policies) {
  policies->clear();
  std::ifstream file(path);
  if (!file) {
    return errno == ENOENT ? absl::OkStatus() : FileError(path, "open", errno);
  }
  absl::Status status;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    v1::InstallPolicy proto;
    const auto parsed = google::protobuf::util::JsonStringToMessage(line, &proto);
    const auto config = convert::FromProto(proto);
    if (!parsed.ok() || !config.ok()) {
      status = absl::DataLossError(absl::StrCat("state file ", path, ":", number,
                                                ": not a policy; it will be asked for again"));
      continue;
    }
    policies->push_back({*config, proto.fingerprint()});
  }
  return status;
}

absl::Status WritePolicyFile(const std::string& path,
                             const std::vector<RememberedPolicy>& policies) {
  std::string text;
  for (const RememberedPolicy& policy : policies) {
    v1::InstallPolicy proto;
    convert::ToProto(policy.config, &proto);
    proto.set_fingerprint(policy.fingerprint);
    std::string line;
    if (!google::protobuf::util::MessageToJsonString(proto, &line).ok()) {
      return absl::InternalError(absl::StrCat("state file ", path, ": cannot write policy ",
                                              policy::ToString(policy.config.key)));
    }
    absl::StrAppend(&text, line, "\n");
  }
  const std::string next = path + ".new";
  const int fd = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return FileError(next, "open", errno);
  const absl::Status written = WriteAll(fd, text);
  ::close(fd);
  if (!written.ok() || std::rename(next.c_str(), path.c_str()) != 0) {
    const absl::Status status = written.ok() ? FileError(path, "rename", errno) : written;
    ::unlink(next.c_str());
    return status;
  }
  return absl::OkStatus();
}

}  // namespace srpce::agent
