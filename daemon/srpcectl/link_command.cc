// daemon/srpcectl/link_command.cc -- srpcectl link down, up, set: what a lab says of links, above
// all other sources.
//
// The commands are a topology source of their own, "lab", of high precedence, whose words stand
// until taken back, or the daemon restarts: topology is not stored. It is an overlay: no link stays
// that the network itself no longer announces.
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "daemon/srpcectl/context.h"
#include "daemon/srpcectl/fetch.h"
#include "daemon/srpcectl/names.h"
#include "daemon/srpcectl/quantity.h"
#include "srpce/v1/topology.grpc.pb.h"

namespace srpce::ctl {
namespace {

struct Options {
  std::string link;
  bool both = false;
  std::string source = "lab";
  uint32_t precedence = 1000;
  v1::LinkAttributes attributes;
};

// Fits the 24 bits of the wire (RFC 8570 s4.1).
absl::StatusOr<uint32_t> ParseLinkDelay(const std::string& text) {
  constexpr uint64_t kMax = (1U << 24) - 1;
  const auto us = ParseMicroseconds(text);
  if (!us.ok()) {
    return us.status();
  }
  if (*us > kMax) {
    return absl::InvalidArgumentError(absl::StrCat("got '", text, "', want at most ", kMax, "us"));
  }
  return static_cast<uint32_t>(*us);
}

struct Outcome {
  grpc::Status status;              // Of the stream.
  std::vector<v1::IngestAck> acks;  // Of the updates, in their order.
};

// Sends `updates` as source `options.source` over one stream and collects their acknowledgements.
Outcome Publish(const Options& options, const std::vector<v1::TopologyUpdate>& updates,
                const Context& context) {
  const auto channel = context.Channel();
  const auto stub = v1::TopologyIngest::NewStub(channel);
  const auto call = context.CallContext();
  const auto stream = stub->Publish(call.get());
  v1::TopologyUpdate hello;
  hello.set_sequence(1);
  hello.mutable_hello()->set_name(options.source);
  hello.mutable_hello()->set_precedence(options.precedence);
  hello.mutable_hello()->set_keep_forever(true);
  hello.mutable_hello()->set_overlay(true);
  bool writable = stream->Write(hello);
  uint64_t sequence = 1;
  for (v1::TopologyUpdate update : updates) {
    update.set_sequence(++sequence);
    writable = writable && stream->Write(update);
  }
  stream->WritesDone();
  Outcome outcome;
  v1::IngestAck ack;
  while (stream->Read(&ack)) {
    if (ack.sequence() > 1 && ack.sequence() <= sequence) {
      outcome.acks.push_back(ack);
    }
  }
  outcome.status = stream->Finish();
  return outcome;
}

// The same source may be busy for a moment with another srpcectl.
Outcome PublishPatiently(const Options& options, const std::vector<v1::TopologyUpdate>& updates,
                         const Context& context) {
  constexpr int kTries = 20;
  constexpr auto kPause = std::chrono::milliseconds(50);
  for (int i = 1;; ++i) {
    Outcome outcome = Publish(options, updates, context);
    if (outcome.status.error_code() != grpc::StatusCode::ALREADY_EXISTS || i == kTries) {
      return outcome;
    }
    std::this_thread::sleep_for(kPause);
  }
}

// The link named on the command line and, with --both, its other direction.
absl::StatusOr<std::vector<v1::LinkKey>> Links(const Options& options, const Context& context) {
  auto wanted = ParseLink(options.link);
  if (!wanted.ok()) {
    return wanted.status();
  }
  const auto topology = FetchTopology(context, {wanted->local_node(), wanted->remote_node()});
  if (!topology.ok()) {
    return topology.status();
  }
  const auto link = FindLink(*topology, *wanted);
  if (!link.ok()) {
    return link.status();
  }
  std::vector<v1::LinkKey> links{link->key()};
  if (options.both) {
    const auto reverse = FindReverse(*topology, link->key());
    if (!reverse.ok()) {
      return reverse.status();
    }
    links.push_back(reverse->key());
  }
  return links;
}

// `make` fills the update for one link; `done` is what to say of it afterwards.
int RunOnLinks(const Options& options, const Context& context,
               const std::function<void(const v1::LinkKey&, v1::TopologyUpdate*)>& make,
               const std::string& done) {
  const auto links = Links(options, context);
  if (!links.ok()) {
    return context.Fail(links.status());
  }
  std::vector<v1::TopologyUpdate> updates(links->size());
  for (size_t i = 0; i < links->size(); ++i) {
    make((*links)[i], &updates[i]);
  }
  const Outcome outcome = PublishPatiently(options, updates, context);
  int code = kOk;
  for (const v1::IngestAck& ack : outcome.acks) {
    const std::string link = ToFullText((*links)[static_cast<size_t>(ack.sequence()) - 2]);
    if (ack.error_code() == "NOT_FOUND") {
      code = context.Fail(absl::NotFoundError(
          absl::StrCat(link, ": source ", options.source, " has said nothing of it")));
    } else if (!ack.error().empty()) {
      code = context.Fail(absl::InvalidArgumentError(absl::StrCat(link, ": ", ack.error())));
    } else if (!context.PrintAs(ack)) {
      std::cout << link << " " << done << ", generation " << ack.generation() << "\n";
    }
  }
  if (!outcome.status.ok()) {
    return context.Fail(outcome.status);
  }
  if (outcome.acks.size() != updates.size()) {
    return context.Fail(absl::InternalError(
        absl::StrCat("got ", outcome.acks.size(), " acknowledgements, want ", updates.size())));
  }
  return code;
}

int RunSet(const Options& options, const std::string& done, const Context& context) {
  if (options.attributes.ByteSizeLong() == 0) {
    return context.Fail(absl::InvalidArgumentError(
        "link set: got nothing to set, want at least one of --delay, --loss ..."));
  }
  return RunOnLinks(
      options, context,
      [&](const v1::LinkKey& key, v1::TopologyUpdate* update) {
        *update->mutable_link()->mutable_key() = key;
        *update->mutable_link()->mutable_attributes() = options.attributes;
        update->set_patch(true);
      },
      done);
}

int RunWithdraw(const Options& options, const Context& context) {
  return RunOnLinks(
      options, context,
      [](const v1::LinkKey& key, v1::TopologyUpdate* update) {
        *update->mutable_remove_link() = key;
      },
      "as the network says");
}

CLI::App* AddCommand(CLI::App& link, const std::string& name, const std::string& help,
                     Options& options) {
  CLI::App* command = link.add_subcommand(name, help);
  command->add_option("link", options.link, "'A->B', or one of parallel links as 'A->B#interface'")
      ->required()
      ->type_name("LINK");
  command->add_flag("--both", options.both, "The other direction too");
  command->add_option("--source", options.source, "The source that says it")
      ->type_name("NAME")
      ->capture_default_str()
      ->group("Lab source");
  command->add_option("--precedence", options.precedence, "Higher wins against other sources")
      ->type_name("N")
      ->capture_default_str()
      ->group("Lab source");
  return command;
}

template <typename Parse, typename Set>
void AddValue(CLI::App& command, const std::string& name, Parse parse, Set set,
              const std::string& help, const std::string& type) {
  command
      .add_option_function<std::string>(
          name,
          [parse, set, name](const std::string& text) {
            auto value = parse(text);
            if (!value.ok()) {
              throw CLI::ValidationError(name, std::string(value.status().message()));
            }
            set(*std::move(value));
          },
          help)
      ->type_name(type);
}

void AddValues(CLI::App& command, v1::LinkAttributes& a) {
  AddValue(
      command, "--delay", ParseLinkDelay,
      [&a](uint32_t us) {
        a.set_delay_us(us);
        a.set_min_delay_us(us);
      },
      "Average and minimum delay: 5ms, 250us", "TIME");
  AddValue(
      command, "--variation", ParseLinkDelay, [&a](uint32_t us) { a.set_delay_variation_us(us); },
      "Delay variation", "TIME");
  AddValue(
      command, "--loss", ParseFraction, [&a](double loss) { a.set_loss_fraction(loss); },
      "0.001 or 0.1%", "LOSS");
  AddValue(
      command, "--available", ParseBitsPerSecond, [&a](uint64_t bps) { a.set_available_bps(bps); },
      "Available bandwidth: 400M, 10G", "BPS");
  AddValue(
      command, "--affinity", ParseAdminGroup,
      [&a](v1::AdminGroup group) { *a.mutable_admin_group() = std::move(group); },
      "Affinity bits: 0x3 or 0,1", "BITS");
  command
      .add_option_function<uint32_t>(
          "--metric", [&a](uint32_t metric) { a.set_igp_metric(metric); }, "IGP metric")
      ->type_name("N");
  command
      .add_option_function<uint32_t>(
          "--te-metric", [&a](uint32_t metric) { a.set_te_metric(metric); }, "TE metric")
      ->type_name("N");
}

}  // namespace

void AddLinkCommands(CLI::App& app, Context& context) {
  CLI::App* link = app.add_subcommand("link",
                                      "Cut and change links in the lab, whatever other sources say "
                                      "of them. The daemon keeps this in "
                                      "memory: after a restart the network's word counts again");
  link->require_subcommand(1);

  auto down = std::make_shared<Options>();
  CLI::App* down_command = AddCommand(
      *link, "down", "Take a link down until 'link up' or a restart of the daemon", *down);
  down_command->footer("Example:\n  srpcectl link down '0_NL->1_BE' --both");
  down_command->callback([down, &context] {
    down->attributes.set_up(false);
    context.run = [down, &context] { return RunSet(*down, "down", context); };
  });

  auto set = std::make_shared<Options>();
  CLI::App* set_command = AddCommand(
      *link, "set", "Change attributes of a link until 'link up' or a restart of the daemon", *set);
  AddValues(*set_command, set->attributes);
  set_command->footer(
      "Example:\n  srpcectl link set '0_NL->1_BE' --both --delay 9ms --available 100M");
  set_command->callback(
      [set, &context] { context.run = [set, &context] { return RunSet(*set, "set", context); }; });

  auto up = std::make_shared<Options>();
  CLI::App* up_command = AddCommand(*link, "up",
                                    "Take back all that 'link down' and 'link set' said of a link: "
                                    "the network's word counts again",
                                    *up);
  up_command->footer("Example:\n  srpcectl link up '0_NL->1_BE' --both");
  up_command->callback(
      [up, &context] { context.run = [up, &context] { return RunWithdraw(*up, context); }; });
}

}  // namespace srpce::ctl
