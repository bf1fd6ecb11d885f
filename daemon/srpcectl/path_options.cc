// daemon/srpcectl/path_options.cc
#include "daemon/srpcectl/path_options.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/srpcectl/names.h"
#include "daemon/srpcectl/quantity.h"

namespace srpce::ctl {
namespace {

constexpr const char* kBounds = "Bounds (inclusive)";
constexpr const char* kAvoid = "Where the path may go";
constexpr const char* kEncoding = "Segment list";

// An option whose text goes through `parse`; a mistake stops the command line with the option's
// name.
template <typename Parse, typename Set>
CLI::Option* Parsed(CLI::App& command, const std::string& name, Parse parse, Set set,
                    const std::string& help, const std::string& type, const char* group) {
  return command
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
      ->type_name(type)
      ->group(group);
}

template <typename Number, typename Set>
void Counted(CLI::App& command, const std::string& name, Set set, const std::string& help) {
  command.add_option_function<Number>(name, set, help)->type_name("N")->group(kBounds);
}

// An option that takes one of some words.
template <typename Enum>
void Chosen(CLI::App& command, const std::string& name, const std::map<std::string, Enum>& words,
            std::function<void(Enum)> set, const std::string& help, const std::string& type,
            const char* group) {
  command
      .add_option_function<std::string>(
          name, [words, set](const std::string& word) { set(words.at(word)); }, help)
      ->check(CLI::IsMember(words).description(""))
      ->type_name(type)
      ->group(group);
}

void AddBounds(CLI::App& command, v1::PathConstraints& c) {
  Parsed(
      command, "--max-delay", ParseMicroseconds, [&c](uint64_t us) { c.set_max_delay_us(us); },
      "Delay of the whole path: 10ms, 250us", "TIME", kBounds);
  Parsed(
      command, "--max-variation", ParseMicroseconds,
      [&c](uint64_t us) { c.set_max_delay_variation_us(us); }, "Sum of the delay variations",
      "TIME", kBounds);
  Parsed(
      command, "--max-loss", ParseFraction, [&c](double loss) { c.set_max_loss_fraction(loss); },
      "Loss of the whole path: 0.001 or 0.1%", "LOSS", kBounds);
  Counted<uint64_t>(
      command, "--max-igp", [&c](uint64_t n) { c.set_max_igp_cost(n); }, "IGP cost");
  Counted<uint64_t>(
      command, "--max-te", [&c](uint64_t n) { c.set_max_te_cost(n); }, "TE cost");
  Counted<uint32_t>(
      command, "--max-hops", [&c](uint32_t n) { c.set_max_hops(n); }, "Links");
  Counted<uint32_t>(
      command, "--max-sids", [&c](uint32_t n) { c.set_max_sids(n); },
      "SIDs the headend pushes, besides its own MSD");
  Parsed(
      command, "--bandwidth", ParseBitsPerSecond, [&c](uint64_t bps) { c.set_bandwidth_bps(bps); },
      "To be had on every link: 400M, 10G", "BPS", kBounds);
  Counted<uint32_t>(
      command, "--split", [&c](uint32_t n) { c.set_max_segment_lists(n); },
      "Over so many segment lists at most, by weight; they carry --bandwidth together");
}

void AddExclusions(CLI::App& command, v1::PathConstraints& c) {
  const auto group = [](v1::AdminGroup* to) {
    return [to](v1::AdminGroup value) { *to = std::move(value); };
  };
  const auto affinity = [&](const char* name, v1::AdminGroup* (v1::PathConstraints::*field)(),
                            const char* help) {
    Parsed(
        command, name, ParseAdminGroup,
        [&c, field, group](v1::AdminGroup value) { group((c.*field)())(std::move(value)); }, help,
        "BITS", kAvoid);
  };
  affinity("--include-any", &v1::PathConstraints::mutable_include_any,
           "Links with at least one of these affinity bits: 0x3 or 0,1");
  affinity("--include-all", &v1::PathConstraints::mutable_include_all, "Links with all of them");
  affinity("--exclude-any", &v1::PathConstraints::mutable_exclude_any, "Links with none of them");
  command
      .add_option_function<std::vector<std::string>>(
          "--exclude-node",
          [&c](const std::vector<std::string>& nodes) {
            c.mutable_exclude_nodes()->Add(nodes.begin(), nodes.end());
          },
          "Not through this node; may be repeated")
      ->type_name("NODE")
      ->group(kAvoid)
      ->expected(1)
      ->take_all();
  command
      .add_option_function<std::vector<std::string>>(
          "--exclude-link",
          [&c](const std::vector<std::string>& links) {
            for (const std::string& text : links) {
              auto key = ParseLink(text);
              if (!key.ok()) {
                throw CLI::ValidationError("--exclude-link", std::string(key.status().message()));
              }
              *c.add_exclude_links() = *std::move(key);
            }
          },
          "Not over this link, in this direction: 'A->B'; may be repeated")
      ->type_name("LINK")
      ->group(kAvoid)
      ->expected(1)
      ->take_all();
  command
      .add_option_function<std::vector<uint32_t>>(
          "--exclude-srlg",
          [&c](const std::vector<uint32_t>& srlgs) {
            c.mutable_exclude_srlgs()->Add(srlgs.begin(), srlgs.end());
          },
          "No link of this shared risk group; may be repeated")
      ->type_name("N")
      ->group(kAvoid)
      ->expected(1)
      ->take_all();
  command
      .add_option_function<std::vector<std::string>>(
          "--via",
          [&c](const std::vector<std::string>& nodes) {
            c.mutable_waypoints()->Add(nodes.begin(), nodes.end());
          },
          "Through this node, loosely; may be repeated, in this order")
      ->type_name("NODE")
      ->group(kAvoid)
      ->expected(1)
      ->take_all();
}

}  // namespace

void AddConstraintOptions(CLI::App& command, v1::PathConstraints& c) {
  Chosen<v1::MetricType>(
      command, "--objective",
      {{"igp", v1::METRIC_TYPE_IGP},
       {"te", v1::METRIC_TYPE_TE},
       {"delay", v1::METRIC_TYPE_DELAY},
       {"hops", v1::METRIC_TYPE_HOPS},
       {"loss", v1::METRIC_TYPE_LOSS},
       {"variation", v1::METRIC_TYPE_DELAY_VARIATION}},
      [&c](v1::MetricType metric) { c.set_objective(metric); }, "What to minimise; igp unless said",
      "igp|te|delay|hops|loss|variation", "Objective");
  command
      .add_option_function<uint32_t>(
          "--flex-algo", [&c](uint32_t n) { c.set_flex_algorithm(n); },
          "Inside the topology of this flexible algorithm, by its metric")
      ->check(CLI::Range(128, 255).description(""))
      ->type_name("128..255")
      ->group("Objective");
  AddBounds(command, c);
  AddExclusions(command, c);
  Chosen<v1::DataPlane>(
      command, "--data-plane",
      {{"sr-mpls", v1::DATA_PLANE_SR_MPLS},
       {"srv6", v1::DATA_PLANE_SRV6},
       {"either", v1::DATA_PLANE_UNSPECIFIED}},
      [&c](v1::DataPlane plane) { c.set_data_plane(plane); },
      "SR-MPLS if it works, else SRv6, unless said", "sr-mpls|srv6|either", kEncoding);
  command
      .add_flag_callback(
          "--no-compression", [&c] { c.set_no_compression(true); },
          "SRv6: full SIDs, no NEXT-CSID containers")
      ->group(kEncoding);
  command
      .add_flag_callback(
          "--allow-ecmp", [&c] { c.set_allow_ecmp(true); },
          "Lists may spread packets over equal shortest paths; the worst branch counts")
      ->group(kEncoding);
}

void AddSetOptions(CLI::App& command, v1::PathSetRequest& set) {
  constexpr const char* kGroup = "Disjointness";
  static const std::map<std::string, v1::Disjointness> kLevels = {
      {"link", v1::DISJOINTNESS_LINK},
      {"node", v1::DISJOINTNESS_NODE},
      {"srlg", v1::DISJOINTNESS_SRLG},
      {"srlg-node", v1::DISJOINTNESS_SRLG_NODE}};
  Chosen<v1::Disjointness>(
      command, "--disjoint", kLevels, [&set](v1::Disjointness d) { set.set_disjointness(d); },
      "What no two paths may share", "link|node|srlg|srlg-node", kGroup);
  command
      .add_option_function<std::vector<std::string>>(
          "--fallback",
          [&set](const std::vector<std::string>& levels) {
            for (const std::string& level : levels) set.add_fallbacks(kLevels.at(level));
          },
          "Where that is impossible: this level; may be repeated, in this order")
      ->check(CLI::IsMember(kLevels).description(""))
      ->type_name("LEVEL")
      ->group(kGroup)
      ->expected(1)
      ->take_all();
  command
      .add_flag_callback(
          "--allow-sharing", [&set] { set.set_allow_sharing(true); },
          "At last: share as few links, nodes and risk groups as can be")
      ->group(kGroup);
  Chosen<v1::SetObjective>(
      command, "--set-objective",
      {{"sum", v1::SET_OBJECTIVE_SUM},
       {"max", v1::SET_OBJECTIVE_MAX},
       {"lexicographic", v1::SET_OBJECTIVE_LEXICOGRAPHIC}},
      [&set](v1::SetObjective objective) { set.set_objective(objective); },
      "Of the members' costs: their sum, the dearest, or one after the other",
      "sum|max|lexicographic", kGroup);
  Parsed(
      command, "--max-delay-difference", ParseMicroseconds,
      [&set](uint64_t us) { set.set_max_delay_difference_us(us); },
      "Between any two paths of the set", "TIME", kGroup);
}

}  // namespace srpce::ctl
