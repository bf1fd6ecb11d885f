// daemon/srpcectl/source_command.cc -- srpcectl topology sources and unknown: what topology sources
// say of themselves.
#include <memory>
#include <string>
#include <vector>

#include "daemon/srpcectl/context.h"
#include "daemon/srpcectl/fetch.h"
#include "daemon/srpcectl/source_text.h"

namespace srpce::ctl {
namespace {

using Names = std::vector<std::string>;

int RunSources(const Names& names, const Context& context) {
  const auto response = FetchSources(context, names);
  if (!response.ok()) {
    return context.Fail(response.status());
  }
  if (!context.PrintAs(*response)) {
    std::cout << SourcesText(*response);
  }
  return kOk;
}

int RunUnknown(const Names& names, const Context& context) {
  auto response = FetchSources(context, names);
  if (!response.ok()) {
    return context.Fail(response.status());
  }
  for (v1::TopologySource& source : *response->mutable_sources()) {
    if (source.has_report()) {
      source.mutable_report()->clear_peers();
      source.mutable_report()->clear_counters();
    }
  }
  if (!context.PrintAs(*response)) {
    std::cout << UnknownText(*response);
  }
  return kOk;
}

void AddCommand(CLI::App& topology, Context& context, const std::string& name,
                const std::string& help, const std::string& footer,
                int (*run)(const Names& names, const Context& context)) {
  auto names = std::make_shared<Names>();
  CLI::App* command = topology.add_subcommand(name, help);
  command->add_option("-s,--source", *names, "Only this source")->type_name("NAME");
  command->footer(footer);
  command->callback([names, &context, run] {
    context.run = [names, &context, run] { return run(*names, context); };
  });
}

}  // namespace

void AddSourceCommands(CLI::App& topology, Context& context) {
  AddCommand(topology, context, "sources",
             "Where the topology comes from: each source, its peers and what it counted",
             "Examples:\n"
             "  srpcectl topology sources\n"
             "  srpcectl topology sources --source bgp-ls -o json",
             RunSources);
  AddCommand(topology, context, "unknown",
             "What the sources were told and could not use: unknown or malformed elements",
             "One example of each is kept, with its first octets; -o json shows them whole.\n"
             "\n"
             "Examples:\n"
             "  srpcectl topology unknown\n"
             "  srpcectl topology unknown --source bgp-ls",
             RunUnknown);
}

}  // namespace srpce::ctl
