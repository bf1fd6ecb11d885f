// daemon/srpcectl/context.h -- what all commands share: where the daemon is, how to print, how a
// call ends.
#pragma once

#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace google::protobuf {
class Message;
}

namespace srpce::ctl {

enum class Format { kTable, kJson, kYaml };

// Exit codes.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;  // The command could not be carried out.
inline constexpr int kNoPath = 2;  // It was, and the answer is that there is none.

struct Context {
  std::string address = "127.0.0.1:50051";
  Format format = Format::kTable;
  double timeout_seconds = 10;
  // Set by the subcommand that was parsed; returns the exit code.
  std::function<int()> run;

  std::shared_ptr<grpc::Channel> Channel() const;
  // With the deadline of --timeout. Streams that go on use a context of their own.
  std::unique_ptr<grpc::ClientContext> CallContext() const;

  // Prints `status` as a sentence to stderr. Returns kFailed.
  int Fail(const grpc::Status& status) const;
  int Fail(const absl::Status& status) const;
  // Prints `message` as JSON or YAML. False with the table format: then the command prints.
  bool PrintAs(const google::protobuf::Message& message) const;
};

// Returns what went wrong and, where something can be done, what.
std::string Explain(const grpc::Status& status, const std::string& address, double timeout_seconds);

// Each adds its commands to `app`. `context` outlives the parsing and the run.
void AddTopologyCommands(CLI::App& app, Context& context);
void AddSourceCommands(CLI::App& topology, Context& context);  // Below "topology".
void AddPathCommands(CLI::App& app, Context& context);
void AddPolicyCommands(CLI::App& app, Context& context);
void AddLinkCommands(CLI::App& app, Context& context);
void AddHealthCommand(CLI::App& app, Context& context);
void AddCompletionCommand(CLI::App& app, Context& context);

// The whole command line. `app` is configured, not parsed.
void BuildApp(CLI::App& app, Context& context);

// Wraps a parser of one value ("got X, want Y") as a CLI11 check, so that a bad value stops the
// parsing with the option's name.
template <typename Parse>
CLI::Validator Checked(Parse parse, const std::string& type_name) {
  return CLI::Validator(
      [parse](std::string& text) {
        const auto result = parse(text);
        return result.ok() ? std::string() : std::string(result.status().message());
      },
      type_name);
}

}  // namespace srpce::ctl
