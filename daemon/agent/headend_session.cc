#include "daemon/agent/headend_session.h"

#include <algorithm>
#include <utility>

#include "daemon/log/log.h"
#include "proto/convert/policy.h"

namespace srpce::agent {
namespace {

constexpr char kVersion[] = "0.1.0";
// A daemon that does not read gets the state afresh when it is back, instead of everything that
// happened meanwhile.
constexpr size_t kMaxQueue = 10'000;

v1::AgentMessage ResultMessage(const policy::PolicyKey& key, uint64_t fingerprint, bool removed,
                               const absl::StatusOr<std::string>& result) {
  v1::AgentMessage message;
  v1::AgentResult* to = message.mutable_result();
  convert::ToProto(key, to->mutable_key());
  to->set_fingerprint(fingerprint);
  to->set_removed(removed);
  if (result.ok()) {
    to->set_detail(*result);
  } else {
    // Without a message there would be no error on the wire.
    to->set_error(result.status().message().empty() ? "failed"
                                                    : std::string(result.status().message()));
  }
  return message;
}

}  // namespace

std::chrono::milliseconds Backoff::Next() {
  const std::chrono::milliseconds wait = next_;
  next_ = std::min(last_, next_ * 2);
  std::uniform_int_distribution<int64_t> part(wait.count() / 2, wait.count());
  return std::chrono::milliseconds(part(random_));
}

HeadendSession::HeadendSession(boost::asio::io_context& io, SessionOptions options,
                               Forwarding& forwarding, Events events)
    : io_(io),
      options_(std::move(options)),
      forwarding_(forwarding),
      events_(std::move(events)),
      backoff_(options_.first_backoff, options_.last_backoff, std::random_device()()),
      timer_(io) {}

void HeadendSession::Connect() {
  stream_ = AgentStream::Connect(
      io_, options_.stream,
      {.on_command = [this](const v1::AgentCommand& command) { OnCommand(command); },
       .on_closed = [this](const absl::Status& status) { OnClosed(status); }});
  forwarding_.SyncBegins(options_.headend);
  v1::AgentMessage message;
  v1::AgentHello* hello = message.mutable_hello();
  hello->set_headend(options_.headend);
  hello->set_agent_version(kVersion);
  for (const plugin::InstalledPolicy& policy : forwarding_.Installed(options_.headend)) {
    v1::InstalledPolicy* installed = hello->add_installed();
    convert::ToProto(policy.key, installed->mutable_key());
    installed->set_fingerprint(policy.fingerprint);
  }
  stream_->Send(std::move(message));
  // The daemon may have missed changes, or be a new one that knows none.
  for (const auto& [interface, up] : links_) SendLink(interface, up);
  SendLink(/*interface=*/"", /*up=*/true);  // That was all.
}

void HeadendSession::Stop() {
  stopping_ = true;
  timer_.cancel();
  if (stream_ != nullptr) {
    stream_->Cancel();
  } else {
    events_.on_stopped();
  }
}

void HeadendSession::ReportLink(const std::string& interface, bool up) {
  links_[interface] = up;
  if (stream_ != nullptr) SendLink(interface, up);
}

void HeadendSession::SendLink(const std::string& interface, bool up) {
  if (stream_->queue_size() > kMaxQueue) {
    stream_->Cancel();
    return;
  }
  v1::AgentMessage message;
  message.mutable_link_event()->set_interface(interface);
  message.mutable_link_event()->set_up(up);
  stream_->Send(std::move(message));
}

void HeadendSession::ReportResult(const LateResult& result) {
  if (stream_ == nullptr) return;  // Hello will say it.
  stream_->Send(ResultMessage(result.key, result.fingerprint, /*removed=*/false, result.result));
}

void HeadendSession::OnCommand(const v1::AgentCommand& command) {
  switch (command.command_case()) {
    case v1::AgentCommand::kInstall:
      Handle(command.install());
      break;
    case v1::AgentCommand::kRemove:
      Handle(command.remove());
      break;
    case v1::AgentCommand::kSyncDone:
      log::Info("headend ", options_.headend, ": in sync");
      synced_at_ = std::chrono::steady_clock::now();
      forwarding_.SyncDone(options_.headend);
      events_.on_synced();
      break;
    case v1::AgentCommand::COMMAND_NOT_SET:
      log::Warning("headend ", options_.headend, ": got a command this version does not know");
      break;
  }
  stream_->ReadNext();
}

void HeadendSession::Handle(const v1::InstallPolicy& install) {
  absl::StatusOr<std::string> result;
  const policy::PolicyKey key = convert::FromProto(install.key());
  const auto config = convert::FromProto(install);
  if (!config.ok()) {
    result = config.status();
  } else if (key.headend != options_.headend) {
    result = absl::InvalidArgumentError("got a policy of another headend");
  } else {
    result = forwarding_.Install(*config, install.fingerprint());
  }
  if (result.ok()) {
    log::Info("policy ", policy::ToString(key), ": ", *result);
  } else {
    log::Warning("policy ", policy::ToString(key), ": refused: ", result.status().message());
  }
  stream_->Send(ResultMessage(key, install.fingerprint(), /*removed=*/false, result));
}

void HeadendSession::Handle(const v1::RemovePolicy& remove) {
  const policy::PolicyKey key = convert::FromProto(remove.key());
  const auto result = forwarding_.Remove(key);
  log::Info("policy ", policy::ToString(key), ": ",
            result.ok() ? *result : std::string(result.status().message()));
  stream_->Send(ResultMessage(key, remove.fingerprint(), /*removed=*/true, result));
  events_.on_removed();
}

void HeadendSession::OnClosed(const absl::Status& status) {
  stream_.reset();
  if (stopping_) {
    events_.on_stopped();
    return;
  }
  const auto synced_at = std::exchange(synced_at_, std::nullopt);
  if (status.code() == absl::StatusCode::kAborted) {
    // Another agent speaks for this headend: two that hurry would cut each other off for ever.
    backoff_.Exhaust();
  } else if (synced_at && std::chrono::steady_clock::now() - *synced_at >= options_.stable_after) {
    backoff_.Reset();
  }
  const auto wait = backoff_.Next();
  log::Warning("headend ", options_.headend, ": the session ended (",
               absl::StatusCodeToString(status.code()), ": ", status.message(), "), again in ",
               wait.count(), " ms");
  timer_.expires_after(wait);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !stopping_) Connect();
  });
}

}  // namespace srpce::agent
