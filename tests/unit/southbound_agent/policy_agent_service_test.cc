// The service over real gRPC on loopback, with a client of its own and with the agent's own
// session.
#include "daemon/services/policy_agent_service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "daemon/agent/headend_session.h"
#include "daemon/agent/simulated_forwarding.h"
#include "srpce/v1/agent.grpc.pb.h"
#include "tests/unit/southbound_agent/support.h"

namespace srpce::daemon {
namespace {

using southbound::AgentSouthbound;
using southbound::MakeConfig;
using southbound::RecordingListener;
using southbound::Restored;
using Stream = grpc::ClientReaderWriter<v1::AgentMessage, v1::AgentCommand>;

v1::AgentMessage Hello(const std::string& headend) {
  v1::AgentMessage message;
  message.mutable_hello()->set_headend(headend);
  return message;
}

class PolicyAgentServiceTest : public testing::Test {
 protected:
  explicit PolicyAgentServiceTest(
      AgentCredentials credentials = {{{"r1", "token-1"}, {"r2", "token-2"}}, false},
      PolicyAgentOptions options = {}) {
    options.on_end = [this](int code) {
      const std::lock_guard lock(ends_mutex_);
      ends_.push_back(static_cast<grpc::StatusCode>(code));
    };
    service_ = MakePolicyAgentService(*AgentAuthenticator::Make(credentials), southbound_, options);
    Listen(0);
  }
  ~PolicyAgentServiceTest() override {
    southbound_.Stop();
    server_->Shutdown();
  }

  void Listen(int port) {
    grpc::ServerBuilder builder;
    int bound = 0;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(),
                             &bound);
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(bound);
    stub_ =
        v1::PolicyAgent::NewStub(grpc::CreateChannel(address_, grpc::InsecureChannelCredentials()));
  }
  std::unique_ptr<Stream> Connect(grpc::ClientContext& context, const std::string& token) {
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    return stub_->Connect(&context);
  }
  // A session of r1 whose first command is read; null when it ends before that.
  std::unique_ptr<Stream> Open(grpc::ClientContext& context, const std::string& token) {
    auto stream = Connect(context, token);
    stream->Write(Hello("r1"));
    v1::AgentCommand command;
    return stream->Read(&command) ? std::move(stream) : nullptr;
  }
  // The status of a session that begins with `first`.
  grpc::StatusCode StatusOf(const std::string& token, const v1::AgentMessage& first) {
    grpc::ClientContext context;
    const auto stream = Connect(context, token);
    stream->Write(first);
    v1::AgentCommand command;
    while (stream->Read(&command)) {
    }
    return stream->Finish().error_code();
  }

  std::vector<grpc::StatusCode> ends() {
    const std::lock_guard lock(ends_mutex_);
    return ends_;
  }

  std::mutex ends_mutex_;
  std::vector<grpc::StatusCode> ends_;  // Of sessions, in order.
  RecordingListener listener_;
  AgentSouthbound southbound_{{.max_queue = 64}};
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  std::unique_ptr<v1::PolicyAgent::Stub> stub_;
};

TEST_F(PolicyAgentServiceTest, RefusesWhoCannotProveItsHeadend) {
  southbound_.Start(&listener_, Restored({MakeConfig("r1", 1)}));
  EXPECT_EQ(StatusOf("", Hello("r1")), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(StatusOf("wrong", Hello("r1")), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(StatusOf("token-2", Hello("r1")), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(listener_.Take(), testing::IsEmpty());
  EXPECT_THAT(ends(), testing::ElementsAre(grpc::StatusCode::UNAUTHENTICATED,
                                           grpc::StatusCode::UNAUTHENTICATED,
                                           grpc::StatusCode::PERMISSION_DENIED));
}

TEST_F(PolicyAgentServiceTest, RefusesStreamsThatDoNotBeginWithHello) {
  southbound_.Start(&listener_, {});
  v1::AgentMessage event;
  event.mutable_link_event()->set_interface("eth0");
  EXPECT_EQ(StatusOf("token-1", event), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(PolicyAgentServiceTest, CarriesCommandsAndResults) {
  auto wanted = MakeConfig("r1", 1);
  wanted.steered_prefixes = {*IpPrefix::Parse("2001:db8::/64")};
  southbound_.Start(&listener_, Restored({wanted}));
  grpc::ClientContext context;
  const auto stream = Connect(context, "token-1");
  auto hello = Hello("r1");
  auto* old = hello.mutable_hello()->add_installed();
  old->mutable_key()->set_headend("r1");
  old->mutable_key()->set_color(7);
  old->mutable_key()->set_endpoint("r9");
  old->set_fingerprint(99);
  stream->Write(hello);
  v1::AgentCommand command;
  ASSERT_TRUE(stream->Read(&command));
  EXPECT_EQ(command.install().fingerprint(), wanted.Fingerprint());
  EXPECT_THAT(command.install().steered_prefixes(), testing::ElementsAre("2001:db8::/64"));
  ASSERT_TRUE(stream->Read(&command));
  EXPECT_EQ(command.remove().key().color(), 7u);
  EXPECT_EQ(command.remove().fingerprint(), 99u);
  ASSERT_TRUE(stream->Read(&command));
  EXPECT_TRUE(command.has_sync_done());
  v1::AgentMessage result;
  *result.mutable_result()->mutable_key() = hello.hello().installed(0).key();
  result.mutable_result()->set_error("no room");
  stream->Write(result);
  EXPECT_TRUE(listener_.Await("error r1/7/r9: no room"));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_TRUE(listener_.Await("down r1"));
}

TEST_F(PolicyAgentServiceTest, NewerSessionAbortsTheOlder) {
  southbound_.Start(&listener_, {});
  grpc::ClientContext first_context;
  const auto first = Open(first_context, "token-1");
  ASSERT_NE(first, nullptr);
  grpc::ClientContext second_context;
  const auto second = Open(second_context, "token-1");
  ASSERT_NE(second, nullptr);
  v1::AgentCommand command;
  EXPECT_FALSE(first->Read(&command));
  EXPECT_EQ(first->Finish().error_code(), grpc::StatusCode::ABORTED);
  second_context.TryCancel();
}

// The client's flow control window fills, then the queue; the daemon neither blocks nor grows.
TEST_F(PolicyAgentServiceTest, ClientThatStopsReadingIsCutAndCanComeBack) {
  southbound_.Start(&listener_, {});
  grpc::ClientContext context;
  const auto stream = Open(context, "token-1");
  ASSERT_NE(stream, nullptr);
  uint32_t installed = 0;
  auto config = MakeConfig("r1", 1);
  config.name = std::string(16'384, 'x');
  do {
    config.key.color = ++installed;
  } while (southbound_.Install(config) && installed < 100'000);
  EXPECT_LT(installed, 100'000u);
  EXPECT_TRUE(listener_.Await("down r1"));
  v1::AgentCommand command;
  while (stream->Read(&command)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);

  grpc::ClientContext again_context;
  const auto again = Connect(again_context, "token-1");
  again->Write(Hello("r1"));
  uint32_t received = 0;
  while (again->Read(&command) && command.has_install()) ++received;
  EXPECT_EQ(received, installed);
  again_context.TryCancel();
}

class ImpatientServiceTest : public PolicyAgentServiceTest {
 protected:
  ImpatientServiceTest()
      : PolicyAgentServiceTest({{{"r1", ""}}, true},
                               {.hello_timeout = std::chrono::milliseconds(50),
                                .linger = std::chrono::milliseconds(50)}) {}
};

TEST_F(ImpatientServiceTest, ClientWithoutHelloIsCut) {
  grpc::ClientContext context;
  const auto stream = Connect(context, "");
  v1::AgentCommand command;
  EXPECT_FALSE(stream->Read(&command));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(ImpatientServiceTest, ClosedClientThatNeverReadsIsFreed) {
  southbound_.Start(&listener_, {});
  grpc::ClientContext context;
  const auto stream = Open(context, "");
  ASSERT_NE(stream, nullptr);
  auto config = MakeConfig("r1", 1);
  config.name = std::string(16'384, 'x');
  while (southbound_.Install(config)) ++config.key.color;
  EXPECT_GT(config.key.color, 64u);
  EXPECT_TRUE(listener_.Await("down r1"));
  // Shutdown waits for all calls: it ends although the client never takes what waits for it.
  southbound_.Stop();
  server_->Shutdown();
}

TEST_F(ImpatientServiceTest, OnlyDeclaredHeadendsNeedNoToken) {
  southbound_.Start(&listener_, {});
  EXPECT_EQ(StatusOf("", Hello("r2")), grpc::StatusCode::PERMISSION_DENIED);
  grpc::ClientContext context;
  const auto stream = Open(context, "");
  EXPECT_NE(stream, nullptr);
  context.TryCancel();
}

// The agent's side of the stream, against the real service, through a restart of the daemon.
TEST_F(PolicyAgentServiceTest, SimulatedAgentResynchronisesAfterTheDaemonRestarts) {
  const auto kept = MakeConfig("r1", 1);
  const auto gone = MakeConfig("r1", 2);
  southbound_.Start(&listener_, Restored({kept, gone}));
  boost::asio::io_context io;
  agent::SimulatedForwarding forwarding;
  std::promise<void> stopped;
  agent::HeadendSession session(
      io,
      {.headend = "r1",
       .stream = {address_, "token-1"},
       .first_backoff = std::chrono::milliseconds(10),
       .last_backoff = std::chrono::milliseconds(50)},
      forwarding,
      {.on_synced = [] {}, .on_removed = [] {}, .on_stopped = [&] { stopped.set_value(); }});
  session.ReportLink("eth0", false);  // Before there is a session: told once there is one.
  session.Start();
  auto work = boost::asio::make_work_guard(io);
  std::thread loop([&] { io.run(); });
  EXPECT_TRUE(listener_.Await("ok r1/1/r9"));
  EXPECT_TRUE(listener_.Await("ok r1/2/r9"));
  EXPECT_TRUE(listener_.Await("link r1 eth0 down"));

  // Another daemon on the same port, which wants one policy less: a difference, not all anew.
  southbound_.Stop();
  server_->Shutdown();
  RecordingListener next_listener;
  AgentSouthbound next;
  next.Start(&next_listener, Restored({kept}));
  service_ =
      MakePolicyAgentService(*AgentAuthenticator::Make({{{"r1", "token-1"}}, false}), next, {});
  Listen(std::stoi(address_.substr(address_.rfind(':') + 1)));
  EXPECT_TRUE(next_listener.Await("removed r1/2/r9"));
  EXPECT_TRUE(next_listener.Await("link r1 eth0 down"));
  EXPECT_THAT(next_listener.Take(), testing::Contains("ok r1/1/r9"));

  boost::asio::post(io, [&] { session.Stop(); });
  EXPECT_EQ(stopped.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  work.reset();
  loop.join();
  EXPECT_THAT(forwarding.Installed("r1"), testing::SizeIs(1));
  next.Stop();
  server_->Shutdown();
}

// Two agents with one headend: a mistake of their operator that must not become a storm.
TEST_F(PolicyAgentServiceTest, TwoAgentsOfOneHeadendDoNotCutEachOtherOffWithoutEnd) {
  southbound_.Start(&listener_, {});
  boost::asio::io_context io;
  agent::SimulatedForwarding forwarding;
  std::promise<void> stopped[2];
  std::vector<std::unique_ptr<agent::HeadendSession>> sessions;
  for (std::promise<void>& end : stopped) {
    sessions.push_back(std::make_unique<agent::HeadendSession>(
        io,
        agent::SessionOptions{.headend = "r1",
                              .stream = {address_, "token-1"},
                              .first_backoff = std::chrono::milliseconds(1),
                              .last_backoff = std::chrono::seconds(60)},
        forwarding,
        agent::HeadendSession::Events{
            .on_synced = [] {}, .on_removed = [] {}, .on_stopped = [&end] { end.set_value(); }}));
    sessions.back()->Start();
  }
  auto work = boost::asio::make_work_guard(io);
  std::thread loop([&] { io.run(); });
  EXPECT_TRUE(listener_.Await("down r1"));  // One took over from the other, which now waits long.
  for (uint32_t color = 1; color <= 200; ++color) {
    southbound_.Install(MakeConfig("r1", color));
    ASSERT_TRUE(listener_.Await(absl::StrCat("ok r1/", color, "/r9")));
  }
  EXPECT_EQ(southbound_.counters().replaced, 1u);
  for (const auto& session : sessions) {
    boost::asio::post(io, [&session] { session->Stop(); });
  }
  for (std::promise<void>& end : stopped) {
    EXPECT_EQ(end.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  }
  work.reset();
  loop.join();
}

TEST(AgentCredentialsTest, RefusesTablesThatAreUnsafe) {
  const auto make = [](std::map<std::string, std::string> tokens, bool anonymous) {
    return AgentAuthenticator::Make({std::move(tokens), anonymous}).status().code();
  };
  EXPECT_EQ(make({{"r1", "a"}, {"r2", "b"}}, false), absl::StatusCode::kOk);
  EXPECT_EQ(make({{"r1", ""}}, true), absl::StatusCode::kOk);
  EXPECT_EQ(make({{"r1", ""}}, false), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(make({{"r1", "a"}, {"r2", "a"}}, false), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(make({{"r1", "a b"}}, false), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(make({{"*", "a"}}, true), absl::StatusCode::kInvalidArgument);
}

TEST(AgentCredentialsTest, AnonymousAgentsAreOfThisMachineAndOfHeadendsWithoutToken) {
  const auto made = AgentAuthenticator::Make({{{"r1", "secret"}, {"*", ""}}, true});
  ASSERT_TRUE(made.ok());
  EXPECT_TRUE(absl::IsUnauthenticated(made->Authenticate(std::nullopt, false).status()));
  const auto anonymous = made->Authenticate(std::nullopt, true);
  ASSERT_TRUE(anonymous.ok());
  EXPECT_TRUE(made->Authorize(*anonymous, "r2").ok());
  EXPECT_TRUE(absl::IsPermissionDenied(made->Authorize(*anonymous, "r1")));
  EXPECT_TRUE(absl::IsUnauthenticated(made->Authenticate("Basic secret", true).status()));
  EXPECT_TRUE(made->Authorize(*made->Authenticate("Bearer secret", false), "r1").ok());
}

}  // namespace
}  // namespace srpce::daemon
