// daemon/srpcectl/path_command.cc -- srpcectl path compute, compute-set.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "daemon/srpcectl/context.h"
#include "daemon/srpcectl/names.h"
#include "daemon/srpcectl/path_options.h"
#include "daemon/srpcectl/path_text.h"
#include "daemon/srpcectl/quantity.h"
#include "srpce/v1/path.grpc.pb.h"

namespace srpce::ctl {
namespace {

struct Options {
  v1::PathRequest request;
  std::string headend;
  std::string endpoint;
  std::vector<std::string> also;
  std::vector<std::string> others;
  bool explain = false;
  v1::PathSetRequest set;  // Without members.

  // A wish that only a set can have makes it one.
  bool wants_set() const { return !also.empty() || set.ByteSizeLong() > 0; }
};

std::string Computed(uint64_t generation, double microseconds) {
  return absl::StrCat("computed in ", FormatNumber(microseconds, 1), " us on generation ",
                      generation, "\n");
}

int RunCompute(const Options& options, const Context& context) {
  const auto channel = context.Channel();
  const auto stub = v1::PathComputation::NewStub(channel);
  v1::PathResponse response;
  const grpc::Status status =
      stub->ComputePath(context.CallContext().get(), options.request, &response);
  if (!status.ok()) {
    return context.Fail(status);
  }
  const int code = response.has_no_path() ? kNoPath : kOk;
  if (context.PrintAs(response)) {
    return code;
  }
  std::cout << options.headend << " -> "
            << (response.endpoint().empty() ? options.endpoint : response.endpoint()) << ": ";
  if (response.has_no_path()) {
    std::cout << NoPathText(response.no_path());
  } else if (response.has_split()) {
    std::cout << SplitText(response.split(), options.request.constraints());
  } else {
    std::cout << PathText(response.path(), options.request.constraints());
  }
  if (response.has_runner_up()) {
    std::cout << RunnerUpText(response.runner_up());
  }
  if (response.has_explanation()) {
    std::cout << "\n" << ExplanationText(response.explanation(), response.has_path());
  }
  std::cout << "\n" << Computed(response.generation(), response.computation_us());
  return code;
}

absl::StatusOr<v1::PathSetRequest> MakeSet(const Options& options) {
  v1::PathSetRequest set = options.set;
  *set.add_members() = options.request;
  for (const std::string& text : options.also) {
    auto ends = ParseEndPair(text);
    if (!ends.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--also: ", ends.status().message()));
    }
    v1::PathRequest* member = set.add_members();
    *member = options.request;
    member->set_headend(ends->headend);
    member->set_endpoint(ends->endpoint);
  }
  if (options.also.empty()) {
    *set.add_members() = options.request;  // A pair between the same ends.
  }
  return set;
}

int RunComputeSet(const Options& options, const Context& context) {
  if (options.explain || !options.others.empty()) {
    return context.Fail(absl::InvalidArgumentError("--explain, --or: for single paths only"));
  }
  const auto request = MakeSet(options);
  if (!request.ok()) {
    return context.Fail(request.status());
  }
  const auto channel = context.Channel();
  const auto stub = v1::PathComputation::NewStub(channel);
  v1::PathSetResponse response;
  const grpc::Status status =
      stub->ComputePathSet(context.CallContext().get(), *request, &response);
  if (!status.ok()) {
    return context.Fail(status);
  }
  const int code = response.has_no_path() ? kNoPath : kOk;
  if (context.PrintAs(response)) {
    return code;
  }
  if (response.has_no_path()) {
    std::cout << NoPathText(response.no_path());
  }
  for (int i = 0; i < response.paths_size() && i < request->members_size(); ++i) {
    const v1::PathRequest& member = request->members(i);
    std::cout << "path " << i + 1 << ", " << member.headend() << " -> " << member.endpoint() << ": "
              << PathText(response.paths(i), member.constraints()) << "\n";
  }
  if (!response.has_no_path()) {
    std::cout << SetText(response, *request);
  }
  std::cout << Computed(response.generation(), response.computation_us());
  return code;
}

CLI::App* AddCommand(CLI::App& path, const std::string& name, const std::string& help,
                     Options& options) {
  CLI::App* command = path.add_subcommand(name, help);
  command->add_option("headend", options.headend, "Where the path starts")
      ->required()
      ->type_name("NODE");
  command
      ->add_option("endpoint", options.endpoint,
                   "Where it ends: a node, or an address or SID that several announce")
      ->required()
      ->type_name("NODE");
  AddConstraintOptions(*command, *options.request.mutable_constraints());
  AddSetOptions(*command, options.set);
  command
      ->add_option("--also", options.also,
                   "Another member: headend:endpoint, with the same constraints; may be repeated")
      ->type_name("ENDS")
      ->group("Disjointness")
      ->expected(1)
      ->take_all();
  return command;
}

void Finish(Options& options) {
  options.request.set_headend(options.headend);
  options.request.set_endpoint(options.endpoint);
  for (const std::string& other : options.others) options.request.add_endpoints(other);
  options.request.set_explain(options.explain);
}

}  // namespace

void AddPathCommands(CLI::App& app, Context& context) {
  CLI::App* path = app.add_subcommand("path", "Ask for paths");
  path->require_subcommand(1);
  auto one = std::make_shared<Options>();
  CLI::App* compute = AddCommand(
      *path, "compute", "The best path that keeps every constraint, and its segment list", *one);
  compute->add_option("--or", one->others, "Another endpoint that will do: the nearest is taken")
      ->type_name("NODE")
      ->expected(1)
      ->take_all();
  compute->add_flag("--explain", one->explain, "Say what binds, and what each constraint costs");
  compute->footer(
      "With --disjoint, --also or another wish for sets it is compute-set.\n"
      "\n"
      "Examples:\n"
      "  srpcectl path compute 0_NL 24_PT --objective igp --max-delay 12ms\n"
      "  srpcectl path compute 0_NL 24_PT --objective delay --bandwidth 2G --data-plane srv6\n"
      "  srpcectl path compute 0_NL 24_PT --exclude-link '0_NL->1_BE' --via 4_DE --max-sids 3\n"
      "  srpcectl path compute 0_NL 24_PT --max-delay 1ms --explain\n"
      "  srpcectl path compute 0_NL 24_PT --or 25_ES --objective delay\n"
      "  srpcectl path compute 0_NL 24_PT --bandwidth 12G --split 4 --max-delay 12ms\n"
      "  srpcectl path compute 0_NL 24_PT --disjoint node");
  compute->callback([one, &context] {
    Finish(*one);
    context.run = [one, &context] {
      return one->wants_set() ? RunComputeSet(*one, context) : RunCompute(*one, context);
    };
  });
  auto several = std::make_shared<Options>();
  CLI::App* compute_set =
      AddCommand(*path, "compute-set", "Paths that share nothing, computed jointly", *several);
  compute_set->footer(
      "Without --also: two paths between the same ends. Without --disjoint: no common link.\n"
      "\n"
      "Examples:\n"
      "  srpcectl path compute-set 0_NL 24_PT --disjoint srlg-node --fallback node "
      "--allow-sharing\n"
      "  srpcectl path compute-set 0_NL 24_PT --set-objective max --max-delay-difference 2ms\n"
      "  srpcectl path compute-set 0_NL 24_PT --also 1_BE:25_ES --disjoint node --max-delay 20ms");
  compute_set->callback([several, &context] {
    Finish(*several);
    context.run = [several, &context] { return RunComputeSet(*several, context); };
  });
}

}  // namespace srpce::ctl
