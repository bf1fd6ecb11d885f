#include "daemon/agent/netlink_socket.h"

#include <libmnl/libmnl.h>
#include <linux/netlink.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace srpce::agent {
namespace {

constexpr size_t kBufferLength =
    65536;  // One route's attributes are at most this: an attribute's length is 16 bits.

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case ESRCH:
    case ENODEV:
    case ENOENT:
    case ENETUNREACH:
    case EHOSTUNREACH:
      return absl::StatusCode::kNotFound;
    case EEXIST:
      return absl::StatusCode::kAlreadyExists;
    case EPERM:
    case EACCES:
      return absl::StatusCode::kPermissionDenied;
    case EOPNOTSUPP:
    case EAFNOSUPPORT:
      return absl::StatusCode::kUnimplemented;
    case EINTR:
      return absl::StatusCode::kAborted;
    default:
      return absl::StatusCode::kInternal;
  }
}

absl::Status ErrorStatus(int error, absl::string_view words) {
  return absl::Status(CodeOf(error),
                      absl::StrCat("kernel: ", words.empty() ? "" : absl::StrCat(words, ": "),
                                   std::strerror(error)));
}

int TakeWords(const nlattr* attribute, void* data) {
  if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG) {
    *static_cast<std::string*>(data) = mnl_attr_get_str(attribute);
  }
  return MNL_CB_OK;
}

// What the kernel says besides the number (extended acknowledgement).
std::string Words(const nlmsghdr* message) {
  std::string words;
  const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message));
  if ((message->nlmsg_flags & NLM_F_ACK_TLVS) == 0) return words;
  size_t offset = sizeof(nlmsgerr);
  if ((message->nlmsg_flags & NLM_F_CAPPED) == 0) {
    offset += error->msg.nlmsg_len - sizeof(nlmsghdr);
  }
  if (offset < mnl_nlmsg_get_payload_len(message)) {
    mnl_attr_parse(message, static_cast<unsigned>(offset), TakeWords, &words);
  }
  return words;
}

}  // namespace

void NetlinkSocket::Close::operator()(mnl_socket* socket) const { mnl_socket_close(socket); }

NetlinkSocket::NetlinkSocket(mnl_socket* socket)
    : socket_(socket), buffer_(kBufferLength), answer_(kBufferLength) {}

absl::StatusOr<NetlinkSocket> NetlinkSocket::Open(int bus, const std::vector<int>& groups) {
  mnl_socket* socket =
      mnl_socket_open2(bus, groups.empty() ? SOCK_CLOEXEC : SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (socket == nullptr) {
    return absl::InternalError(absl::StrCat("netlink: socket: ", std::strerror(errno)));
  }
  NetlinkSocket opened(socket);
  if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) {
    return absl::InternalError(absl::StrCat("netlink: bind: ", std::strerror(errno)));
  }
  // Comfort only: kernels without these options answer without words, and dump more than asked for.
  int on = 1;
  mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &on, sizeof on);
  mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &on, sizeof on);
  mnl_socket_setsockopt(socket, NETLINK_GET_STRICT_CHK, &on, sizeof on);
  for (int group : groups) {
    if (mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0) {
      return absl::InternalError(
          absl::StrCat("netlink: group ", group, ": ", std::strerror(errno)));
    }
  }
  return opened;
}

int NetlinkSocket::fd() const { return mnl_socket_get_fd(socket_.get()); }

nlmsghdr* NetlinkSocket::Prepare(uint16_t type, uint16_t flags) {
  nlmsghdr* message = mnl_nlmsg_put_header(buffer_.data());
  message->nlmsg_type = type;
  message->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  return message;
}

absl::Status NetlinkSocket::Send(nlmsghdr* message, const Handler& handler) {
  const bool dump = (message->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
  if (!dump) message->nlmsg_flags |= NLM_F_ACK;
  message->nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), message, message->nlmsg_len) < 0) {
    return ErrorStatus(errno, "send");
  }
  bool interrupted = false;
  while (true) {
    const ssize_t received = mnl_socket_recvfrom(socket_.get(), answer_.data(), answer_.size());
    if (received < 0) return ErrorStatus(errno, "receive");
    int left = static_cast<int>(received);
    const auto* answer = reinterpret_cast<const nlmsghdr*>(answer_.data());
    for (; mnl_nlmsg_ok(answer, left); answer = mnl_nlmsg_next(answer, &left)) {
      // An answer to a request that failed half way is not for this one.
      if (answer->nlmsg_seq != sequence_) continue;
      interrupted = interrupted || (answer->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
      if (answer->nlmsg_type == NLMSG_DONE) {
        return interrupted ? absl::AbortedError("kernel: the dump was interrupted by a change")
                           : absl::OkStatus();
      }
      if (answer->nlmsg_type == NLMSG_ERROR) {
        const int error = -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(answer))->error;
        return error == 0 ? absl::OkStatus() : ErrorStatus(error, Words(answer));
      }
      if (handler) handler(answer);
    }
  }
}

absl::Status NetlinkSocket::Receive(const Handler& handler) {
  while (true) {
    const ssize_t received = mnl_socket_recvfrom(socket_.get(), answer_.data(), answer_.size());
    if (received < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return absl::OkStatus();
      if (errno == ENOBUFS) {
        return absl::ResourceExhaustedError("netlink: notifications were lost");
      }
      return ErrorStatus(errno, "receive");
    }
    int left = static_cast<int>(received);
    const auto* message = reinterpret_cast<const nlmsghdr*>(answer_.data());
    for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) handler(message);
  }
}

}  // namespace srpce::agent
