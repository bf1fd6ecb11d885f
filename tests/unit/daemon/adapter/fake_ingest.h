// tests/unit/daemon/adapter/fake_ingest.h -- a TopologyIngest server whose every answer a test
// decides.
#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "srpce/v1/topology.grpc.pb.h"

namespace srpce::adapter {

class FakeIngest final : public v1::TopologyIngest::Service {
 public:
  struct Stream {
    v1::SourceHello hello;
    std::vector<v1::TopologyUpdate> updates;  // Without hello.
    size_t messages = 0;                      // They came in.
  };
  struct Behaviour {
    // The status a stream ends with at once; asked with the number of the stream, from 0.
    std::function<std::optional<grpc::Status>(size_t stream)> refuse_hello;
    // After how many updates the stream breaks.
    std::function<std::optional<size_t>(size_t stream)> break_after;
    // The error an update is refused with; "" = taken.
    std::function<std::string(const v1::TopologyUpdate& update)> refuse;
    // Called before an update is acknowledged; may wait.
    std::function<void(const v1::TopologyUpdate& update)> before_ack;
  };

  explicit FakeIngest(Behaviour behaviour = {}) : behaviour_(std::move(behaviour)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    server_ = builder.BuildAndStart();
  }
  ~FakeIngest() override { server_->Shutdown(std::chrono::system_clock::now()); }

  // In process a write ends when the server reads it; over TCP there are buffers in between.
  std::shared_ptr<grpc::Channel> Channel() { return server_->InProcessChannel({}); }
  std::shared_ptr<grpc::Channel> TcpChannel() const {
    return grpc::CreateChannel("127.0.0.1:" + std::to_string(port_),
                               grpc::InsecureChannelCredentials());
  }

  std::vector<Stream> streams() const {
    const std::lock_guard lock(mutex_);
    return streams_;
  }

  grpc::Status Publish(
      grpc::ServerContext* /*context*/,
      grpc::ServerReaderWriter<v1::IngestAck, v1::TopologyUpdate>* stream) override {
    v1::TopologyUpdate update;
    size_t index = 0;
    if (!stream->Read(&update)) {
      return grpc::Status::OK;
    }
    {
      const std::lock_guard lock(mutex_);
      index = streams_.size();
      streams_.push_back({.hello = update.hello()});
    }
    if (behaviour_.refuse_hello) {
      if (const auto status = behaviour_.refuse_hello(index)) {
        return *status;
      }
    }
    Acknowledge(update, "", *stream);
    const auto limit = behaviour_.break_after ? behaviour_.break_after(index) : std::nullopt;
    for (size_t count = 0; stream->Read(&update);) {
      {
        const std::lock_guard lock(mutex_);
        ++streams_[index].messages;
      }
      for (const v1::TopologyUpdate& one : UpdatesOf(update)) {
        if (limit == count++) {
          return grpc::Status(grpc::StatusCode::UNAVAILABLE, "cut by the test");
        }
        Take(one, index, *stream);
      }
    }
    return grpc::Status::OK;
  }

 private:
  static std::vector<v1::TopologyUpdate> UpdatesOf(const v1::TopologyUpdate& message) {
    const auto& batch = message.batch().updates();
    return message.has_batch() ? std::vector<v1::TopologyUpdate>(batch.begin(), batch.end())
                               : std::vector<v1::TopologyUpdate>{message};
  }
  void Take(const v1::TopologyUpdate& update, size_t index,
            grpc::ServerReaderWriter<v1::IngestAck, v1::TopologyUpdate>& stream) {
    {
      const std::lock_guard lock(mutex_);
      streams_[index].updates.push_back(update);
    }
    if (behaviour_.before_ack) {
      behaviour_.before_ack(update);
    }
    Acknowledge(update, behaviour_.refuse ? behaviour_.refuse(update) : "", stream);
  }
  static void Acknowledge(const v1::TopologyUpdate& update, const std::string& error,
                          grpc::ServerReaderWriter<v1::IngestAck, v1::TopologyUpdate>& stream) {
    v1::IngestAck ack;
    ack.set_sequence(update.sequence());
    if (error.empty()) {
      ack.set_generation(update.sequence() + 100);
    } else {
      ack.set_error(error);
      ack.set_error_code("INVALID_ARGUMENT");
    }
    stream.Write(ack);
  }

  const Behaviour behaviour_;
  mutable std::mutex mutex_;
  std::vector<Stream> streams_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace srpce::adapter
