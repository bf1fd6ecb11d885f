// daemon/agent/agent_stream.h -- one gRPC stream to the daemon, as events of an io_context.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "srpce/v1/agent.pb.h"

namespace srpce::agent {

struct StreamOptions {
  std::string address;  // gRPC target: "host:port", "unix:/path".
  std::string token;    // Empty: no credential is sent.
};

// Used from the thread that runs the io_context; the events come there, too. After `on_closed`
// nothing comes.
class AgentStream {
 public:
  struct Events {
    // The next command comes after ReadNext: a router that is behind slows the daemon down instead
    // of filling its own memory.
    std::function<void(const v1::AgentCommand& command)> on_command;
    std::function<void(const absl::Status& status)> on_closed;
  };

  // Connects; messages may be sent at once.
  static std::shared_ptr<AgentStream> Connect(boost::asio::io_context& io,
                                              const StreamOptions& options, Events events);
  virtual ~AgentStream() = default;
  virtual void Send(v1::AgentMessage message) = 0;
  virtual void ReadNext() = 0;
  // Ends the stream soon; on_closed follows.
  virtual void Cancel() = 0;
  // Messages that wait to be written.
  virtual size_t queue_size() const = 0;
};

}  // namespace srpce::agent
