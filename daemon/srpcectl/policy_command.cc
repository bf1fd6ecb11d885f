// daemon/srpcectl/policy_command.cc -- srpcectl policy apply, get, list, watch, delete.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "daemon/srpcectl/context.h"
#include "daemon/srpcectl/message_text.h"
#include "daemon/srpcectl/names.h"
#include "daemon/srpcectl/policy_file.h"
#include "daemon/srpcectl/policy_text.h"
#include "srpce/v1/policy.grpc.pb.h"

namespace srpce::ctl {
namespace {

struct Options {
  std::string file;
  bool validate_only = false;
  bool wait = false;
  std::vector<std::string> keys;
  std::string headend;
  uint64_t from_revision = 0;
};

using Stub = v1::PolicyService::Stub;

// Follows the watch until all of `keys` are settled. Prints each policy as it is then.
int WaitUntilSettled(Stub& stub, const std::vector<v1::Policy>& policies, const Context& context) {
  std::map<std::string, v1::PolicyStatus> latest;
  for (const v1::Policy& policy : policies) {
    latest[ToText(policy.key())];
  }
  const auto call = context.CallContext();
  const auto stream = stub.WatchPolicies(call.get(), v1::WatchPoliciesRequest());
  v1::WatchPoliciesResponse response;
  bool settled = false;
  while (!settled && stream->Read(&response)) {
    for (const v1::PolicyEvent& event : response.events()) {
      if (const auto it = latest.find(ToText(event.status().policy().key())); it != latest.end()) {
        it->second = event.status();
      }
    }
    settled = std::all_of(latest.begin(), latest.end(),
                          [](const auto& entry) { return IsSettled(entry.second); });
  }
  if (settled) {
    call->TryCancel();
  }
  const grpc::Status status = stream->Finish();
  if (!settled && status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) {
    return context.Fail(status);
  }
  bool all_up = true;
  for (const auto& [key, policy] : latest) {
    all_up = all_up && policy.oper_state() == v1::OPER_STATE_UP;
    if (!context.PrintAs(policy)) {
      std::cout << PolicyText(policy);
    }
  }
  if (!settled) {
    return context.Fail(absl::DeadlineExceededError(
        absl::StrCat("applied, but not all settled within ", context.timeout_seconds, " s")));
  }
  return all_up ? kOk : kNoPath;
}

int RunApply(const Options& options, const Context& context) {
  const auto policies = ReadPolicies(options.file);
  if (!policies.ok()) {
    return context.Fail(policies.status());
  }
  const auto channel = context.Channel();
  const auto stub = v1::PolicyService::NewStub(channel);
  v1::ApplyPoliciesRequest request;
  request.set_validate_only(options.validate_only);
  request.mutable_policies()->Add(policies->begin(), policies->end());
  v1::ApplyPoliciesResponse response;
  const grpc::Status status = stub->ApplyPolicies(context.CallContext().get(), request, &response);
  if (!status.ok()) {
    return context.Fail(status);
  }
  if (options.wait && !options.validate_only) {
    return WaitUntilSettled(*stub, *policies, context);
  }
  if (!context.PrintAs(response)) {
    std::cout << policies->size() << (policies->size() == 1 ? " policy " : " policies ")
              << (options.validate_only
                      ? "valid, nothing changed\n"
                      : absl::StrCat("applied, revision ", response.revision(), "\n"));
  }
  return kOk;
}

int RunGet(const Options& options, const Context& context) {
  const auto channel = context.Channel();
  const auto stub = v1::PolicyService::NewStub(channel);
  for (const std::string& text : options.keys) {
    const auto key = ParsePolicyKey(text);
    if (!key.ok()) {
      return context.Fail(key.status());
    }
    v1::GetPolicyRequest request;
    *request.mutable_key() = *key;
    v1::PolicyStatus response;
    const grpc::Status status = stub->GetPolicy(context.CallContext().get(), request, &response);
    if (!status.ok()) {
      return context.Fail(status);
    }
    if (!context.PrintAs(response)) {
      std::cout << PolicyText(response);
    }
  }
  return kOk;
}

int RunList(const Options& options, const Context& context) {
  const auto channel = context.Channel();
  const auto stub = v1::PolicyService::NewStub(channel);
  v1::ListPoliciesRequest request;
  request.set_headend(options.headend);
  v1::ListPoliciesResponse all;
  do {
    v1::ListPoliciesResponse page;
    const grpc::Status status = stub->ListPolicies(context.CallContext().get(), request, &page);
    if (!status.ok()) {
      return context.Fail(status);
    }
    request.set_page_token(page.next_page_token());
    all.mutable_policies()->MergeFrom(page.policies());
    all.set_revision(page.revision());
  } while (!request.page_token().empty());
  if (!context.PrintAs(all)) {
    std::cout << PoliciesTable({all.policies().begin(), all.policies().end()});
  }
  return kOk;
}

int RunWatch(const Options& options, const Context& context) {
  const auto channel = context.Channel();
  const auto stub = v1::PolicyService::NewStub(channel);
  grpc::ClientContext call;
  v1::WatchPoliciesRequest request;
  request.set_from_revision(options.from_revision);
  const auto stream = stub->WatchPolicies(&call, request);
  v1::WatchPoliciesResponse response;
  while (stream->Read(&response)) {
    if (context.PrintAs(response)) {
      std::cout << std::flush;
      continue;
    }
    if (response.reset()) {
      std::cout << "# all policies as they are\n";
    }
    for (const v1::PolicyEvent& event : response.events()) {
      std::cout << EventLine(event) << "\n";
    }
    if (response.synced()) {
      std::cout << "# changes from here on\n";
    }
    std::cout << std::flush;
  }
  return context.Fail(stream->Finish());
}

int RunDelete(const Options& options, const Context& context) {
  v1::DeletePoliciesRequest request;
  for (const std::string& text : options.keys) {
    auto key = ParsePolicyKey(text);
    if (!key.ok()) {
      return context.Fail(key.status());
    }
    *request.add_keys() = *std::move(key);
  }
  if (!options.file.empty()) {
    const auto policies = ReadPolicies(options.file);
    if (!policies.ok()) {
      return context.Fail(policies.status());
    }
    for (const v1::Policy& policy : *policies) {
      *request.add_keys() = policy.key();
    }
  }
  if (request.keys().empty()) {
    return context.Fail(
        absl::InvalidArgumentError("policy delete: got no policy, want a key or -f FILE"));
  }
  const auto channel = context.Channel();
  const auto stub = v1::PolicyService::NewStub(channel);
  v1::DeletePoliciesResponse response;
  const grpc::Status status = stub->DeletePolicies(context.CallContext().get(), request, &response);
  if (!status.ok()) {
    return context.Fail(status);
  }
  if (!context.PrintAs(response)) {
    std::cout << response.deleted()
              << (response.deleted() == 1 ? " policy deleted" : " policies deleted")
              << ", revision " << response.revision() << "\n";
  }
  return kOk;
}

void SetRun(CLI::App* command, Context& context, std::shared_ptr<Options> options,
            int (*run)(const Options&, const Context&)) {
  command->callback(
      [=, &context] { context.run = [=, &context] { return run(*options, context); }; });
}

}  // namespace

void AddPolicyCommands(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* policy =
      app.add_subcommand("policy", "SR policies: what is wanted and what became of it");
  policy->require_subcommand(1);

  CLI::App* apply = policy->add_subcommand(
      "apply", "Make the policies of a file wanted; all of them or, with a mistake, none");
  apply
      ->add_option("-f,--file", options->file,
                   "YAML or JSON, one or several documents; - is standard input")
      ->required()
      ->type_name("FILE");
  apply->add_flag("--validate-only", options->validate_only, "Check, change nothing");
  apply->add_flag(
      "--wait", options->wait,
      "Wait until each is installed or has failed, and show it; exit code 2 if one has no path");
  apply->footer(
      "A policy file:\n"
      "  key: {headend: 0_NL, color: 100, endpoint: 24_PT}\n"
      "  name: gold\n"
      "  candidate_paths:\n"
      "    - preference: 200\n"
      "      dynamic: {objective: delay, max_delay_us: 15000, bandwidth_bps: 1000000000, "
      "data_plane: srv6}\n"
      "    - preference: 100\n"
      "      dynamic: {objective: igp}\n"
      "\n"
      "Another policy follows after a line '---', or all stand in a list under 'policies:'.");
  SetRun(apply, context, options, RunApply);

  CLI::App* get = policy->add_subcommand("get", "One policy in full");
  get->add_option("key", options->keys, "HEADEND/COLOR/ENDPOINT")->required()->type_name("KEY");
  get->footer("Example:\n  srpcectl policy get 0_NL/100/24_PT -o yaml");
  SetRun(get, context, options, RunGet);

  CLI::App* list = policy->add_subcommand("list", "All policies, a line each");
  list->add_option("--headend", options->headend, "Only those of this headend")->type_name("NODE");
  SetRun(list, context, options, RunList);

  CLI::App* watch = policy->add_subcommand(
      "watch", "All policies, then every change as it happens, until Ctrl-C");
  watch
      ->add_option("--from-revision", options->from_revision,
                   "Only what changed after this revision")
      ->type_name("N");
  SetRun(watch, context, options, RunWatch);

  CLI::App* remove = policy->add_subcommand("delete", "Take policies back");
  remove->add_option("key", options->keys, "HEADEND/COLOR/ENDPOINT")->type_name("KEY");
  remove->add_option("-f,--file", options->file, "The policies of this file")->type_name("FILE");
  remove->footer("Example:\n  srpcectl policy delete 0_NL/100/24_PT 0_NL/200/24_PT");
  SetRun(remove, context, options, RunDelete);
}

}  // namespace srpce::ctl
