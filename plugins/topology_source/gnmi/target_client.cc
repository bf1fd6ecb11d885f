#include "plugins/topology_source/gnmi/target_client.h"

#include <google/protobuf/arena.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_callback.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gnmi/gnmi.grpc.pb.h"
#include "lib/base/status_macros.h"
#include "plugins/topology_source/gnmi/source_config.h"

namespace srpce::gnmi_source {
namespace {

namespace v1 = config::v1;

// An answer with some hundred updates.
constexpr size_t kArenaBlock = 64 << 10;

Duration Ms(uint64_t ms) { return std::chrono::milliseconds(ms); }
uint64_t Ns(Duration duration) { return static_cast<uint64_t>(duration.count()); }

// Time without a word after which the subscription is made anew. 0 = none.
Duration SilenceLimit(const v1::GnmiTarget& target,
                      const std::vector<Subscription>& subscriptions) {
  constexpr int kIntervals = 4;
  if (target.has_silence_ms()) {
    return Ms(target.silence_ms());
  }
  Duration shortest{};
  for (const Subscription& subscription : subscriptions) {
    const Duration interval =
        subscription.suppress_redundant ? subscription.heartbeat : subscription.interval;
    if (!subscription.on_change && (shortest == Duration{} || interval < shortest)) {
      shortest = interval;
    }
  }
  // The first answer of a large router takes a while, however often it samples then.
  return shortest == Duration{} ? shortest : std::max<Duration>(shortest * kIntervals, Ms(10'000));
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(
    const v1::GnmiTarget& target) {
  if (!target.has_tls()) {
    return grpc::InsecureChannelCredentials();
  }
  const v1::GnmiTls& tls = target.tls();
  grpc::SslCredentialsOptions options;
  if (tls.has_root_ca_file()) {
    SRPCE_ASSIGN_OR_RETURN(options.pem_root_certs, ReadTextFile(tls.root_ca_file()));
  }
  if (tls.has_certificate_file()) {
    SRPCE_ASSIGN_OR_RETURN(options.pem_cert_chain, ReadTextFile(tls.certificate_file()));
    SRPCE_ASSIGN_OR_RETURN(options.pem_private_key, ReadTextFile(tls.key_file()));
  }
  return grpc::SslCredentials(options);
}

grpc::ChannelArguments MakeArguments(const v1::GnmiTarget& target) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(target.max_message_bytes()));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(target.keepalive_ms()));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(target.keepalive_timeout_ms()));
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // A channel is one try: gRPC's memory of earlier ones would make the next wait.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  if (target.tls().has_server_name()) {
    arguments.SetSslTargetNameOverride(target.tls().server_name());
  }
  return arguments;
}

const char* CodeName(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
      return "unavailable";
    case grpc::StatusCode::UNAUTHENTICATED:
      return "unauthenticated";
    case grpc::StatusCode::PERMISSION_DENIED:
      return "permission denied";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "too large";
    case grpc::StatusCode::UNIMPLEMENTED:
      return "unimplemented";
    case grpc::StatusCode::INVALID_ARGUMENT:
      return "invalid argument";
    case grpc::StatusCode::OK:
      return "the target ended the subscription";
    default:
      return "failed";
  }
}

}  // namespace

gnmi::SubscribeRequest MakeRequest(const v1::GnmiTarget& target,
                                   const std::vector<Subscription>& subscriptions) {
  gnmi::SubscribeRequest request;
  gnmi::SubscriptionList& list = *request.mutable_subscribe();
  list.set_mode(gnmi::SubscriptionList::STREAM);
  switch (target.encoding()) {
    case v1::GNMI_ENCODING_JSON_IETF:
      list.set_encoding(gnmi::JSON_IETF);
      break;
    case v1::GNMI_ENCODING_PROTO:
      list.set_encoding(gnmi::PROTO);
      break;
    case v1::GNMI_ENCODING_JSON:
      list.set_encoding(gnmi::JSON);
      break;
  }
  if (target.has_path_target()) {
    list.mutable_prefix()->set_target(target.path_target());
  }
  for (const Subscription& from : subscriptions) {
    gnmi::Subscription& to = *list.add_subscription();
    *to.mutable_path() = ToProto(from.path);
    to.mutable_path()->set_origin(from.origin);
    to.set_mode(from.on_change ? gnmi::ON_CHANGE : gnmi::SAMPLE);
    to.set_sample_interval(Ns(from.interval));
    to.set_suppress_redundant(from.suppress_redundant);
    to.set_heartbeat_interval(Ns(from.heartbeat));
  }
  return request;
}

Duration BackoffAfter(const v1::GnmiTarget& target, uint64_t failures, double random) {
  const auto doublings =
      static_cast<uint32_t>(std::min<uint64_t>(failures > 0 ? failures - 1 : 0, 32));
  const uint64_t ms =
      std::min<uint64_t>(uint64_t{target.first_backoff_ms()} << doublings, target.max_backoff_ms());
  return Ms(static_cast<uint64_t>(static_cast<double>(ms) * (0.5 + random / 2)));
}

// One try: a channel and its one call. Impl's mutex outlives it, so that it may be deleted as soon
// as OnDone has let go of that.
class TargetClient::Impl {
 public:
  Impl(const v1::GnmiTarget& target, const std::vector<Subscription>& subscriptions,
       TargetListener& listener)
      : target_(target),
        listener_(listener),
        request_(MakeRequest(target, subscriptions)),
        silence_limit_(SilenceLimit(target, subscriptions)),
        random_(std::random_device()()) {}

  void Tick(MonotonicTime now) {
    std::unique_lock lock(mutex_);
    if (stopping_) {
      return;
    }
    if (call_ != nullptr && done_) {
      Reap(now, lock);
    }
    if (call_ == nullptr) {
      if (now >= next_try_) {
        Connect(now, lock);
      }
      return;
    }
    if (heard_) {
      heard_ = false;
      heard_at_ = now;
    } else if (silence_limit_ != Duration{} && now >= heard_at_ + silence_limit_ && !gave_up_) {
      gave_up_ = true;
      call_->Cancel();
    }
  }

  void Cancel() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (call_ != nullptr) {
      call_->Cancel();
    }
  }

  void Stop() {
    Cancel();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return call_ == nullptr || done_; });
    call_.reset();
  }

  ClientStatus status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

 private:
  class Call final
      : public grpc::ClientBidiReactor<gnmi::SubscribeRequest, gnmi::SubscribeResponse> {
   public:
    Call(Impl& impl, std::shared_ptr<grpc::Channel> channel)
        : impl_(impl), channel_(std::move(channel)), stub_(gnmi::gNMI::NewStub(channel_)) {}

    void Start(const std::string& username, const std::string& password) {
      if (!username.empty()) {
        context_.AddMetadata("username", username);
        context_.AddMetadata("password", password);
      }
      stub_->async()->Subscribe(&context_, this);
      StartWrite(&impl_.request_);
      Read();
      StartCall();
    }
    void Cancel() { context_.TryCancel(); }

    void OnReadDone(bool ok) override {
      if (ok) {
        impl_.OnResponse(*response_);
        Read();
      }
    }
    void OnDone(const grpc::Status& status) override { impl_.OnDone(status); }

   private:
    // Each answer in the same memory: thousands of small messages are neither made nor deleted one
    // by one, and what a large one took is given back.
    void Read() {
      arena_.Reset();
      response_ = google::protobuf::Arena::CreateMessage<gnmi::SubscribeResponse>(&arena_);
      StartRead(response_);
    }
    static google::protobuf::ArenaOptions Within(std::vector<char>& block) {
      google::protobuf::ArenaOptions options;
      options.initial_block = block.data();
      options.initial_block_size = block.size();
      return options;
    }

    Impl& impl_;
    const std::shared_ptr<grpc::Channel> channel_;
    const std::unique_ptr<gnmi::gNMI::Stub> stub_;
    grpc::ClientContext context_;
    std::vector<char> block_ = std::vector<char>(kArenaBlock);
    google::protobuf::Arena arena_{Within(block_)};
    gnmi::SubscribeResponse* response_ = nullptr;
  };

  // Both: REQUIRES lock holds mutex_; they let go of it for the listener.
  void Connect(MonotonicTime now, std::unique_lock<std::mutex>& lock) {
    const auto credentials = MakeCredentials(target_);
    absl::StatusOr<std::string> password = std::string();
    if (target_.has_password_file()) {
      password = ReadFirstLine(target_.password_file());
    }
    if (!credentials.ok() || !password.ok()) {
      const absl::Status& status = credentials.ok() ? password.status() : credentials.status();
      SetState("waiting", false, now);
      status_.detail = std::string(status.message());
      next_try_ = now + NextBackoff();
      return;
    }
    done_ = heard_ = gave_up_ = answered_ = false;
    heard_at_ = now;
    SetState("connecting", false, now);
    call_ = std::make_unique<Call>(
        *this, grpc::CreateCustomChannel(target_.address(), *credentials, MakeArguments(target_)));
    lock.unlock();
    listener_.OnConnecting();
    call_->Start(target_.username(), *password);  // Only Tick and Stop, which is not now, reset it.
    lock.lock();
  }

  void Reap(MonotonicTime now, std::unique_lock<std::mutex>& lock) {
    call_.reset();
    if (gave_up_) {
      status_.detail = absl::StrCat(
          "nothing heard for ",
          std::chrono::duration_cast<std::chrono::milliseconds>(silence_limit_).count(), " ms");
    } else {
      status_.detail =
          absl::StrCat(CodeName(result_.error_code()), result_.error_message().empty() ? "" : ": ",
                       result_.error_message().substr(0, 512));
    }
    SetState("waiting", false, now);
    next_try_ = now + NextBackoff();
    lock.unlock();
    listener_.OnLost();
    lock.lock();
  }

  // After one that answered the count begins anew.
  Duration NextBackoff() {
    failures_ = answered_ ? 1 : failures_ + 1;
    answered_ = false;
    return BackoffAfter(target_, failures_, std::uniform_real_distribution<double>()(random_));
  }

  void SetState(const char* state, bool up, MonotonicTime now) {
    status_.state = state;
    status_.up = up;
    status_.since = now;
  }

  void OnResponse(const gnmi::SubscribeResponse& response) {
    {
      const std::lock_guard lock(mutex_);
      heard_ = true;
      if (!answered_) {
        answered_ = true;
        ++status_.sessions;
        SetState("subscribed", true, heard_at_);
        status_.detail.clear();
      }
      if (stopping_) {
        return;
      }
    }
    listener_.OnResponse(response);
  }

  void OnDone(const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    result_ = status;
    done_ = true;
    changed_.notify_all();
  }

  const v1::GnmiTarget& target_;
  TargetListener& listener_;
  const gnmi::SubscribeRequest request_;
  const Duration silence_limit_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::mt19937_64 random_;
  std::unique_ptr<Call> call_;
  bool stopping_ = false;
  bool done_ = false;      // call_ is over.
  bool heard_ = false;     // Since the last Tick.
  bool gave_up_ = false;   // Cancelled for its silence.
  bool answered_ = false;  // At least once.
  grpc::Status result_;
  MonotonicTime heard_at_;
  MonotonicTime next_try_;
  uint64_t failures_ = 0;  // In a row.
  ClientStatus status_;
};

TargetClient::TargetClient(const v1::GnmiTarget& target,
                           const std::vector<Subscription>& subscriptions, TargetListener& listener)
    : impl_(std::make_unique<Impl>(target, subscriptions, listener)) {}
TargetClient::~TargetClient() { Stop(); }
void TargetClient::Tick(MonotonicTime now) { impl_->Tick(now); }
void TargetClient::Cancel() { impl_->Cancel(); }
void TargetClient::Stop() { impl_->Stop(); }
ClientStatus TargetClient::status() const { return impl_->status(); }

}  // namespace srpce::gnmi_source
