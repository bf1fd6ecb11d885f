#include "daemon/agent/agent_stream.h"

#include <grpcpp/grpcpp.h>

#include <boost/asio/post.hpp>
#include <deque>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "srpce/v1/agent.grpc.pb.h"

namespace srpce::agent {
namespace {

constexpr int kKeepaliveMs = 30'000;  // A daemon whose machine vanished is noticed after these two.
constexpr int kKeepaliveTimeoutMs = 10'000;

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  // Each stream has a connection of its own, tried at once: when to try again is the session's
  // decision, not the channel's.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

// The reactor's callbacks run on gRPC's threads and only hand over; all state belongs to the
// io_context's thread.
class Stream final : public AgentStream,
                     public grpc::ClientBidiReactor<v1::AgentMessage, v1::AgentCommand>,
                     public std::enable_shared_from_this<Stream> {
 public:
  Stream(boost::asio::io_context& io, const StreamOptions& options, Events events)
      : io_(io),
        events_(std::move(events)),
        channel_(MakeChannel(options.address)),
        stub_(v1::PolicyAgent::NewStub(channel_)) {
    if (!options.token.empty()) {
      context_.AddMetadata("authorization", absl::StrCat("Bearer ", options.token));
    }
  }

  void Start() {
    self_ = shared_from_this();  // Until OnDone.
    stub_->async()->Connect(&context_, this);
    AddHold();  // Reads and writes are started from outside the callbacks.
    StartRead(&incoming_);
    StartCall();
  }

  void Send(v1::AgentMessage message) override {
    if (broken_) return;
    queue_.push_back(std::move(message));
    WriteNext();
  }
  void ReadNext() override {
    if (!broken_) StartRead(&incoming_);
  }
  void Cancel() override { context_.TryCancel(); }
  size_t queue_size() const override { return queue_.size(); }

 private:
  void OnReadDone(bool ok) override {
    boost::asio::post(io_, [this, ok, self = self_] {
      if (ok) {
        events_.on_command(incoming_);
        return;
      }
      broken_ = true;
      RemoveHold();  // OnDone comes when the last write has ended.
    });
  }
  void OnWriteDone(bool ok) override {
    boost::asio::post(io_, [this, ok, self = self_] {
      writing_ = false;
      queue_.pop_front();
      if (ok) WriteNext();
    });
  }
  void OnDone(const grpc::Status& status) override {
    // What follows may end the io_context: not before this thread has left it.
    std::promise<void> left;
    boost::asio::post(io_, [this, status, self = std::move(self_),
                            posted = std::make_shared<std::future<void>>(left.get_future())] {
      posted->wait();
      events_.on_closed(
          absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message()));
    });
    left.set_value();
  }

  void WriteNext() {
    if (broken_ || writing_ || queue_.empty()) return;
    writing_ = true;
    StartWrite(&queue_.front());
  }

  boost::asio::io_context& io_;
  const Events events_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::PolicyAgent::Stub> stub_;
  grpc::ClientContext context_;
  v1::AgentCommand incoming_;
  std::deque<v1::AgentMessage> queue_;  // The first is being written while `writing_`.
  bool writing_ = false;
  bool broken_ = false;
  std::shared_ptr<Stream> self_;
};

}  // namespace

std::shared_ptr<AgentStream> AgentStream::Connect(boost::asio::io_context& io,
                                                  const StreamOptions& options, Events events) {
  auto stream = std::make_shared<Stream>(io, options, std::move(events));
  stream->Start();
  return stream;
}

}  // namespace srpce::agent
