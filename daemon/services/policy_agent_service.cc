#include "daemon/services/policy_agent_service.h"

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "lib/base/status_macros.h"
#include "proto/convert/policy.h"
#include "srpce/v1/agent.grpc.pb.h"

namespace srpce::daemon {
namespace {

using southbound::AgentCommand;
using southbound::AgentSouthbound;

grpc::Status ToGrpc(const absl::Status& status) {
  // The codes are the same numbers (google.rpc.Code).
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

// An agent reports a refusal as text alone.
absl::Status ResultOf(const v1::AgentResult& result) {
  return result.error().empty() ? absl::OkStatus() : absl::FailedPreconditionError(result.error());
}

void Write(const AgentCommand& command, v1::AgentCommand* to) {
  if (const auto* install = std::get_if<southbound::InstallCommand>(&command)) {
    convert::ToProto(*install->config, to->mutable_install());
  } else if (const auto* remove = std::get_if<southbound::RemoveCommand>(&command)) {
    convert::ToProto(remove->key, to->mutable_remove()->mutable_key());
    to->mutable_remove()->set_fingerprint(remove->fingerprint);
  } else {
    to->mutable_sync_done();
  }
}

bool IsLocal(const std::string& peer) {
  return absl::StartsWith(peer, "unix:") || absl::StartsWith(peer, "ipv4:127.") ||
         absl::StartsWith(peer, "ipv6:[::1]") || absl::StartsWith(peer, "ipv6:%5B::1%5D");
}

// What a session shares: the reactor dies in OnDone, while the southbound and timers may still hold
// this.
class Session final : public southbound::AgentSession,
                      public std::enable_shared_from_this<Session> {
 public:
  class Reactor;

  Session(Reactor* reactor, AgentSouthbound& southbound, PolicyAgentOptions options)
      : reactor_(reactor), southbound_(southbound), options_(std::move(options)) {}

  void Wake() override {
    const std::lock_guard lock(mutex_);
    WriteNext();
  }
  void Close(const absl::Status& reason) override {
    const std::lock_guard lock(mutex_);
    FinishWith(reason);
  }

  void AwaitHello(std::chrono::milliseconds timeout);
  void OnWritten() {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    WriteNext();
  }
  void Opened(AgentSouthbound::SessionId id) {
    const std::lock_guard lock(mutex_);
    id_ = id;
    WriteNext();
  }
  void SetGreeted() {
    const std::lock_guard lock(mutex_);
    greeted_ = true;
  }
  AgentSouthbound::SessionId id() {
    const std::lock_guard lock(mutex_);
    return id_;
  }
  // Does nothing once the session is over.
  void StartRead(v1::AgentMessage* into);
  void Detach();

 private:
  // Both REQUIRE mutex_ held.
  void WriteNext();
  void FinishWith(const absl::Status& reason);

  std::mutex mutex_;  // Taken before the southbound's own.
  Reactor* reactor_;  // Null when done.
  AgentSouthbound& southbound_;
  const PolicyAgentOptions options_;
  AgentSouthbound::SessionId id_ = 0;
  bool greeted_ = false;
  bool writing_ = false;
  bool finished_ = false;
  v1::AgentCommand outgoing_;
  grpc::Alarm hello_alarm_;
  grpc::Alarm linger_alarm_;
};

class Session::Reactor final : public grpc::ServerBidiReactor<v1::AgentMessage, v1::AgentCommand> {
 public:
  Reactor(grpc::CallbackServerContext* context, const AgentAuthenticator& authenticator,
          AgentSouthbound& southbound, const PolicyAgentOptions& options)
      : context_(context),
        authenticator_(authenticator),
        southbound_(southbound),
        session_(std::make_shared<Session>(this, southbound, options)) {
    const auto metadata = context->client_metadata().find("authorization");
    std::optional<absl::string_view> authorization;
    if (metadata != context->client_metadata().end()) {
      authorization.emplace(metadata->second.data(), metadata->second.size());
    }
    const auto authenticated = authenticator_.Authenticate(authorization, IsLocal(context->peer()));
    if (!authenticated.ok()) {
      session_->Close(authenticated.status());
      return;
    }
    authenticated_ = *authenticated;
    session_->AwaitHello(options.hello_timeout);
    session_->StartRead(&incoming_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      // Half-closed or broken: an agent without a voice cannot acknowledge.
      session_->Close(absl::OkStatus());
      return;
    }
    const absl::Status status = Handle();
    if (!status.ok()) {
      session_->Close(status);
      return;
    }
    session_->StartRead(&incoming_);
  }
  void OnWriteDone(bool ok) override {
    // A failed write means the stream is broken, which OnReadDone tells, too.
    if (ok) session_->OnWritten();
  }
  void OnCancel() override { session_->Close(absl::CancelledError("agent: the client is gone")); }
  void OnDone() override {
    if (const auto id = session_->id(); id != 0) southbound_.Closed(id);
    session_->Detach();
    delete this;
  }

  void Cancel() { context_->TryCancel(); }

 private:
  absl::Status Handle() {
    const MonotonicTime received = std::chrono::steady_clock::now();
    switch (incoming_.message_case()) {
      case v1::AgentMessage::kHello:
        return HandleHello(incoming_.hello());
      case v1::AgentMessage::kResult: {
        const v1::AgentResult& result = incoming_.result();
        SRPCE_RETURN_IF_ERROR(CheckGreeted());
        southbound_.OnResult(session_->id(), convert::FromProto(result.key()), result.fingerprint(),
                             result.removed(), ResultOf(result));
        return absl::OkStatus();
      }
      case v1::AgentMessage::kLinkEvent:
        SRPCE_RETURN_IF_ERROR(CheckGreeted());
        southbound_.OnLinkEvent(session_->id(), incoming_.link_event().interface(),
                                incoming_.link_event().up(), received);
        return absl::OkStatus();
      case v1::AgentMessage::MESSAGE_NOT_SET:
        // Of a later version of the agent.
        return CheckGreeted();
    }
    return absl::OkStatus();
  }

  absl::Status CheckGreeted() const {
    return greeted_ ? absl::OkStatus()
                    : absl::InvalidArgumentError("agent: first message: got another, want hello");
  }

  absl::Status HandleHello(const v1::AgentHello& hello) {
    if (greeted_) return absl::InvalidArgumentError("agent: got a second hello, want one a stream");
    SRPCE_RETURN_IF_ERROR(authenticator_.Authorize(authenticated_, hello.headend()));
    greeted_ = true;
    session_->SetGreeted();
    std::vector<plugin::InstalledPolicy> installed;
    installed.reserve(static_cast<size_t>(hello.installed_size()));
    for (const v1::InstalledPolicy& policy : hello.installed()) {
      installed.push_back({convert::FromProto(policy.key()), policy.fingerprint()});
    }
    session_->Opened(southbound_.Open(hello.headend(), std::move(installed), session_));
    return absl::OkStatus();
  }

  grpc::CallbackServerContext* const context_;
  const AgentAuthenticator& authenticator_;
  AgentSouthbound& southbound_;
  const std::shared_ptr<Session> session_;
  std::optional<std::string> authenticated_;  // The token's headend; none = anonymous.
  bool greeted_ = false;
  v1::AgentMessage incoming_;
};

// Alarms keep their callback, so it must not own the session that owns the alarm.
void Session::AwaitHello(std::chrono::milliseconds timeout) {
  hello_alarm_.Set(std::chrono::system_clock::now() + timeout,
                   [weak = weak_from_this()](bool /*expired*/) {
                     const auto self = weak.lock();
                     if (self == nullptr) return;
                     const std::lock_guard lock(self->mutex_);
                     if (!self->greeted_) {
                       self->FinishWith(absl::DeadlineExceededError("agent: got no hello in time"));
                     }
                   });
}

void Session::StartRead(v1::AgentMessage* into) {
  const std::lock_guard lock(mutex_);
  if (!finished_) reactor_->StartRead(into);
}

void Session::WriteNext() {
  if (finished_ || writing_ || id_ == 0) return;
  const std::optional<AgentCommand> command = southbound_.Pop(id_);
  if (!command) return;
  outgoing_.Clear();
  Write(*command, &outgoing_);
  writing_ = true;
  reactor_->StartWrite(&outgoing_);
}

void Session::FinishWith(const absl::Status& reason) {
  if (finished_) return;
  finished_ = true;
  const grpc::Status status = ToGrpc(reason);
  if (options_.on_end) options_.on_end(status.error_code());
  reactor_->Finish(status);
  // The status waits behind a write that a client which does not read holds up. Give it time, then
  // free the memory.
  linger_alarm_.Set(std::chrono::system_clock::now() + options_.linger,
                    [weak = weak_from_this()](bool expired) {
                      const auto self = weak.lock();
                      if (self == nullptr || !expired) return;
                      const std::lock_guard lock(self->mutex_);
                      if (self->reactor_ != nullptr) self->reactor_->Cancel();
                    });
}

void Session::Detach() {
  const std::lock_guard lock(mutex_);
  reactor_ = nullptr;
  finished_ = true;
}

class PolicyAgentService final : public v1::PolicyAgent::CallbackService {
 public:
  PolicyAgentService(AgentAuthenticator authenticator, AgentSouthbound& southbound,
                     const PolicyAgentOptions& options)
      : authenticator_(std::move(authenticator)), southbound_(southbound), options_(options) {}

  grpc::ServerBidiReactor<v1::AgentMessage, v1::AgentCommand>* Connect(
      grpc::CallbackServerContext* context) override {
    return new Session::Reactor(context, authenticator_, southbound_, options_);
  }

 private:
  const AgentAuthenticator authenticator_;
  AgentSouthbound& southbound_;
  const PolicyAgentOptions options_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakePolicyAgentService(AgentAuthenticator authenticator,
                                                      AgentSouthbound& southbound,
                                                      const PolicyAgentOptions& options) {
  return std::make_unique<PolicyAgentService>(std::move(authenticator), southbound, options);
}

}  // namespace srpce::daemon
