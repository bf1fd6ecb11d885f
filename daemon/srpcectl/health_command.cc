// daemon/srpcectl/health_command.cc -- srpcectl health: does the daemon serve?
#include <memory>
#include <string>

#include "daemon/srpcectl/context.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace srpce::ctl {
namespace {

struct Options {
  std::string service;
  double wait_seconds = 0;
};

const char* Name(grpc::health::v1::HealthCheckResponse::ServingStatus status) {
  return status == grpc::health::v1::HealthCheckResponse::SERVING ? "serving" : "not serving";
}

// Follows Health.Watch until the service serves or the time is over.
int RunHealth(const Options& options, const Context& context) {
  const auto channel = context.Channel();
  const auto stub = grpc::health::v1::Health::NewStub(channel);
  const auto deadline = std::chrono::system_clock::now() +
                        std::chrono::milliseconds(static_cast<int64_t>(options.wait_seconds * 1e3));
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(options.service);
  grpc::health::v1::HealthCheckResponse response;
  const auto call = context.CallContext();
  if (options.wait_seconds <= 0) {
    const grpc::Status status = stub->Check(call.get(), request, &response);
    if (!status.ok()) {
      return context.Fail(status);
    }
  } else {
    grpc::ClientContext watch;
    watch.set_deadline(deadline);
    watch.set_wait_for_ready(true);  // A daemon that starts is worth waiting for.
    const auto stream = stub->Watch(&watch, request);
    while (stream->Read(&response) &&
           response.status() != grpc::health::v1::HealthCheckResponse::SERVING) {
    }
    if (response.status() != grpc::health::v1::HealthCheckResponse::SERVING) {
      const grpc::Status status = stream->Finish();
      std::cerr << "srpcectl: srpced at " << context.address << " did not serve within "
                << options.wait_seconds << " s\n";
      return status.ok() || status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED
                 ? kFailed
                 : context.Fail(status);
    }
    watch.TryCancel();
  }
  if (!context.PrintAs(response)) {
    std::cout << Name(response.status()) << "\n";
  }
  return response.status() == grpc::health::v1::HealthCheckResponse::SERVING ? kOk : kFailed;
}

}  // namespace

void AddHealthCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("health", "Whether the daemon serves: it does once it has a topology");
  command->add_option("--service", options->service,
                      "One service, as srpce.v1.PathComputation; none: the daemon as a whole");
  command->add_option("--wait", options->wait_seconds, "Wait up to so many seconds until it does")
      ->type_name("SECONDS");
  command->footer("Example:\n  srpced --config net.yaml & srpcectl health --wait 10");
  command->callback([options, &context] {
    context.run = [options, &context] { return RunHealth(*options, context); };
  });
}

}  // namespace srpce::ctl
