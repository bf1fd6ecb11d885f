// daemon/srpcectl/context.cc
#include "daemon/srpcectl/context.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "daemon/srpcectl/message_text.h"
#include "daemon/srpcectl/quantity.h"
#include "srpce/v1/error.pb.h"

namespace srpce::ctl {
namespace {

// The machine-readable reason in the status details; empty where there is none.
std::string ReasonOf(const grpc::Status& status) {
  v1::StatusDetails details;
  if (!details.ParseFromString(status.error_details())) {
    return "";
  }
  for (const google::protobuf::Any& any : details.details()) {
    v1::ErrorInfo info;
    if (info.ParseFromString(any.value()) && !info.reason().empty()) {
      return info.reason();
    }
  }
  return "";
}

const char* CodeText(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
      return "the request has a mistake";
    case grpc::StatusCode::NOT_FOUND:
      return "not found";
    case grpc::StatusCode::ALREADY_EXISTS:
      return "already there";
    case grpc::StatusCode::PERMISSION_DENIED:
      return "not allowed";
    case grpc::StatusCode::UNAUTHENTICATED:
      return "not authenticated";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "the daemon has too much to do or the message is too large";
    case grpc::StatusCode::FAILED_PRECONDITION:
      return "not possible in the present state";
    case grpc::StatusCode::ABORTED:
      return "given up";
    case grpc::StatusCode::OUT_OF_RANGE:
      return "out of range";
    case grpc::StatusCode::UNIMPLEMENTED:
      return "the daemon does not know this call (an older version?)";
    case grpc::StatusCode::INTERNAL:
      return "internal error of the daemon";
    case grpc::StatusCode::UNAVAILABLE:
      return "the daemon went away";
    case grpc::StatusCode::CANCELLED:
      return "cancelled";
    default:
      return "failed";
  }
}

}  // namespace

std::string Explain(const grpc::Status& status, const std::string& address,
                    double timeout_seconds) {
  const std::string& message = status.error_message();
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE &&
      (message.find("connect") != std::string::npos ||
       message.find("resol") != std::string::npos)) {
    return absl::StrCat("cannot reach srpced at ", address, ": ", message,
                        "\nIs it running? Start it with 'srpced --config configs/quickstart.yaml', "
                        "or name another address with "
                        "--address or SRPCE_ADDRESS.");
  }
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return absl::StrCat("no answer from srpced at ", address, " within ",
                        FormatNumber(timeout_seconds, 3), " s (--timeout changes that)");
  }
  // The daemon's messages begin with the reason; people read it better at the end.
  const std::string reason = ReasonOf(status);
  absl::string_view text = message;
  absl::ConsumePrefix(&text, reason + ": ");
  return absl::StrCat(CodeText(status.error_code()), ": ", text,
                      reason.empty() ? "" : absl::StrCat(" [", reason, "]"));
}

std::shared_ptr<grpc::Channel> Context::Channel() const {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<grpc::ClientContext> Context::CallContext() const {
  auto call = std::make_unique<grpc::ClientContext>();
  call->set_deadline(std::chrono::system_clock::now() +
                     std::chrono::microseconds(static_cast<int64_t>(timeout_seconds * 1e6)));
  return call;
}

int Context::Fail(const grpc::Status& status) const {
  std::cerr << "srpcectl: " << Explain(status, address, timeout_seconds) << "\n";
  return kFailed;
}

int Context::Fail(const absl::Status& status) const {
  std::cerr << "srpcectl: " << std::string(status.message()) << "\n";
  return kFailed;
}

bool Context::PrintAs(const google::protobuf::Message& message) const {
  switch (format) {
    case Format::kTable:
      return false;
    case Format::kJson:
      std::cout << ToJson(message);
      return true;
    case Format::kYaml:
      // Several in one output are documents of one stream.
      std::cout << "---\n" << ToYaml(message);
      return true;
  }
  return false;
}

void BuildApp(CLI::App& app, Context& context) {
  app.description(
      "srpcectl: ask srpced for paths, tell it what policies to keep, cut links in the lab.\n"
      "\n"
      "Nodes are named by id, unique name or router id; links as 'A->B' (in quotes), one of "
      "several parallel ones as 'A->B#interface'.");
  app.add_option("-a,--address", context.address, "Where srpced listens: HOST:PORT or unix:/path")
      ->type_name("ADDRESS")
      ->envname("SRPCE_ADDRESS")
      ->capture_default_str();
  app.add_option("-o,--output", context.format, "How to print")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Format>{{"table", Format::kTable},
                                                                        {"json", Format::kJson},
                                                                        {"yaml", Format::kYaml}})
                      .description(""))
      ->type_name("table|json|yaml")
      ->default_str("table");
  app.add_option("--timeout", context.timeout_seconds, "Seconds to wait for an answer")
      ->check(CLI::Range(0.001, 86400.0).description(""))
      ->type_name("SECONDS")
      ->capture_default_str();
  app.require_subcommand(1);
  // -o json is understood after the command too.
  app.fallthrough();
  app.get_formatter()->column_width(34);
  AddTopologyCommands(app, context);
  AddPathCommands(app, context);
  AddPolicyCommands(app, context);
  AddLinkCommands(app, context);
  AddHealthCommand(app, context);
  AddCompletionCommand(app, context);
  app.footer(
      "First steps:\n"
      "  srpcectl topology show\n"
      "  srpcectl path compute 0_NL 24_PT --objective delay\n"
      "  srpcectl policy apply -f policy.yaml && srpcectl policy list\n"
      "  srpcectl link down '0_NL->1_BE' --both\n"
      "  source <(srpcectl completion bash)\n"
      "\n"
      "Exit codes: 0 done, 1 failed, 2 there is no path.");
}

}  // namespace srpce::ctl
