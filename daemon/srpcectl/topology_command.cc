// daemon/srpcectl/topology_command.cc -- srpcectl topology, and its show.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "daemon/srpcectl/context.h"
#include "daemon/srpcectl/fetch.h"
#include "daemon/srpcectl/names.h"
#include "daemon/srpcectl/quantity.h"
#include "daemon/srpcectl/source_text.h"
#include "daemon/srpcectl/table.h"

namespace srpce::ctl {
namespace {

struct Options {
  std::string what;
  std::vector<std::string> nodes;
};

std::string SourcesTable(const v1::Topology& topology) {
  Table table({"SOURCE", "PRECEDENCE", "STATE", "NODES", "LINKS", "PREFIXES", "LAST UPDATE"});
  for (const v1::TopologySource& source : topology.sources()) {
    table.Add({source.name(), absl::StrCat(source.precedence()), SourceState(source),
               absl::StrCat(source.nodes()), absl::StrCat(source.links()),
               absl::StrCat(source.prefixes()),
               absl::StrCat(FormatNumber(source.seconds_since_update(), 1), " s ago")});
  }
  return table.ToString();
}

std::string SrgbText(const v1::NodeAttributes& attributes) {
  return absl::StrJoin(attributes.srgb(), " ", [](std::string* out, const v1::LabelRange& range) {
    absl::StrAppend(out, range.first(), "-", range.first() + range.size() - 1);
  });
}

// The node SIDs of algorithm 0: "16001" where the SRGB is known, else the index.
std::string NodeSidText(const v1::TopologyNode& node) {
  for (const v1::Prefix& prefix : node.prefixes()) {
    for (const v1::PrefixSid& sid : prefix.attributes().sids()) {
      if (sid.algorithm() != 0 || prefix.attributes().anycast()) {
        continue;
      }
      const bool is_label = sid.is_label() || node.attributes().srgb_size() == 0 ||
                            sid.index() >= node.attributes().srgb(0).size();
      return absl::StrCat(is_label ? sid.index() : node.attributes().srgb(0).first() + sid.index());
    }
  }
  return "";
}

std::string NodesTable(const v1::Topology& topology) {
  Table table({"NODE", "ROUTER IDS", "SRGB", "NODE SID", "LOCATOR", "STATE"});
  for (const v1::TopologyNode& node : topology.nodes()) {
    std::vector<std::string> state;
    for (const auto& [set, text] :
         {std::pair(!node.known(), "half known"), std::pair(node.stale(), "stale"),
          std::pair(node.attributes().overload(), "overload")}) {
      if (set) {
        state.push_back(text);
      }
    }
    const auto& locators = node.attributes().locators();
    table.Add({node.id(), absl::StrJoin(node.attributes().router_ids(), " "),
               SrgbText(node.attributes()), NodeSidText(node),
               locators.empty() ? "" : locators[0].prefix(),
               state.empty() ? "ok" : absl::StrJoin(state, ", ")});
  }
  return table.ToString();
}

std::string LinksTable(const v1::Topology& topology) {
  std::map<std::string, int> parallel;
  for (const v1::TopologyLink& link : topology.links()) {
    ++parallel[ToText(link.key())];
  }
  Table table({"LINK", "IGP", "TE", "DELAY", "CAPACITY", "AVAILABLE", "AFFINITY", "SRLG", "ADJ SID",
               "STATE"});
  const auto number = [](bool has, uint64_t value) { return has ? absl::StrCat(value) : ""; };
  const auto bps = [](bool has, uint64_t value) { return has ? FormatBitsPerSecond(value) : ""; };
  for (const v1::TopologyLink& link : topology.links()) {
    const v1::LinkAttributes& a = link.attributes();
    const bool has_delay = a.has_min_delay_us() || a.has_delay_us();
    std::string state = link.usable()                    ? "ok"
                        : link.unusable_reason().empty() ? "unusable"
                                                         : link.unusable_reason();
    table.Add(
        {parallel[ToText(link.key())] > 1 ? ToFullText(link.key()) : ToText(link.key()),
         number(a.has_igp_metric(), a.igp_metric()), number(a.has_te_metric(), a.te_metric()),
         has_delay ? FormatMicroseconds(a.has_min_delay_us() ? a.min_delay_us() : a.delay_us())
                   : "",
         bps(a.has_capacity_bps(), a.capacity_bps()), bps(a.has_available_bps(), a.available_bps()),
         a.has_admin_group() ? FormatAdminGroup(a.admin_group()) : "",
         absl::StrJoin(a.srlgs().srlgs(), ","),
         a.adjacency_sids().empty() ? "" : absl::StrCat(a.adjacency_sids(0).label()),
         link.stale() ? state + ", stale" : state});
  }
  return table.ToString();
}

std::string Summary(const v1::Topology& topology) {
  const auto known = std::count_if(topology.nodes().begin(), topology.nodes().end(),
                                   [](const v1::TopologyNode& node) { return node.known(); });
  const auto usable = std::count_if(topology.links().begin(), topology.links().end(),
                                    [](const v1::TopologyLink& link) { return link.usable(); });
  const auto sr_mpls =
      std::count_if(topology.nodes().begin(), topology.nodes().end(),
                    [](const v1::TopologyNode& node) { return node.attributes().srgb_size() > 0; });
  const auto srv6 = std::count_if(
      topology.nodes().begin(), topology.nodes().end(),
      [](const v1::TopologyNode& node) { return node.attributes().locators_size() > 0; });
  std::string text =
      absl::StrCat("generation ", topology.generation(), ": ", topology.nodes_size(), " nodes (",
                   known, " known, ", sr_mpls, " with SR-MPLS, ", srv6, " with SRv6), ",
                   topology.links_size(), " links (", usable, " usable)\n");
  if (topology.sources_size() > 0) {
    absl::StrAppend(&text, "\n", SourcesTable(topology));
  }
  return text;
}

int RunShow(const Options& options, const Context& context) {
  const auto topology = FetchTopology(context, options.nodes);
  if (!topology.ok()) {
    return context.Fail(topology.status());
  }
  if (context.PrintAs(*topology)) {
    return kOk;
  }
  std::cout << (options.what == "nodes"     ? NodesTable(*topology)
                : options.what == "links"   ? LinksTable(*topology)
                : options.what == "sources" ? SourcesTable(*topology)
                                            : Summary(*topology));
  return kOk;
}

}  // namespace

void AddTopologyCommands(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* topology = app.add_subcommand("topology", "The network as the daemon sees it");
  topology->require_subcommand(1);
  CLI::App* show = topology->add_subcommand("show", "A summary, or every node, link or source");
  show->add_option("what", options->what, "Nothing: a summary")
      ->check(CLI::IsMember({"nodes", "links", "sources"}).description(""))
      ->type_name("nodes|links|sources");
  show->add_option("-n,--node", options->nodes,
                   "Only these nodes and the links from or between them")
      ->type_name("NODE");
  show->footer(
      "Examples:\n"
      "  srpcectl topology show\n"
      "  srpcectl topology show links --node 0_NL\n"
      "  srpcectl topology show nodes -o json");
  show->callback([options, &context] {
    context.run = [options, &context] { return RunShow(*options, context); };
  });
  AddSourceCommands(*topology, context);
}

}  // namespace srpce::ctl
