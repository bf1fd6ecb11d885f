// plugins/topology_source/file/script.cc
#include "plugins/topology_source/file/script.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"

namespace srpce::file_source {
namespace {

using topology::LinkAttributes;
using View = absl::string_view;

constexpr uint64_t kMax24Bits = (1U << 24) - 1;
constexpr double kMaxScriptMs = 365.0 * 24 * 3600 * 1000;

absl::Status Error(View got, View want) {
  return absl::InvalidArgumentError(absl::StrCat("got '", got, "', want ", want));
}

absl::StatusOr<uint64_t> Number(View text, uint64_t max) {
  uint64_t value = 0;
  if (!absl::SimpleAtoi(text, &value) || value > max) {
    return Error(text, absl::StrCat("a whole number from 0 to ", max));
  }
  return value;
}

// "250ms", "1.5s", "2m".
absl::StatusOr<int64_t> Time(View text) {
  View digits = text;
  const double unit = absl::ConsumeSuffix(&digits, "ms")  ? 1
                      : absl::ConsumeSuffix(&digits, "s") ? 1000
                      : absl::ConsumeSuffix(&digits, "m") ? 60'000
                                                          : 0;
  double value = 0;
  if (unit == 0 || !absl::SimpleAtod(digits, &value) || !(value >= 0) ||
      !(value * unit <= kMaxScriptMs)) {
    return Error(absl::StrCat("@", text), "@TIME in ms, s or m, at most a year");
  }
  return std::llround(value * unit);
}

// "5000" microseconds, "5000us", "5ms".
absl::StatusOr<Microseconds> Delay(View text) {
  View digits = text;
  const uint64_t unit = absl::ConsumeSuffix(&digits, "ms") ? 1000 : 1;
  absl::ConsumeSuffix(&digits, "us");
  uint64_t value = 0;
  if (!absl::SimpleAtoi(digits, &value) || value > kMax24Bits / unit) {
    return Error(text, absl::StrCat("a delay from 0 to ", kMax24Bits, "us"));
  }
  return Microseconds(value * unit);
}

// Bits per second: "4000000000", "4G", "2.5G".
absl::StatusOr<BytesPerSecond> Bandwidth(View text) {
  View digits = text;
  const double unit = absl::ConsumeSuffix(&digits, "T")   ? 1e12
                      : absl::ConsumeSuffix(&digits, "G") ? 1e9
                      : absl::ConsumeSuffix(&digits, "M") ? 1e6
                      : absl::ConsumeSuffix(&digits, "k") ? 1e3
                                                          : 1;
  double value = 0;
  if (!absl::SimpleAtod(digits, &value) || !(value >= 0) || !(value * unit <= 1e18)) {
    return Error(text, "bits per second like 400M or 10G");
  }
  return SupplyFromBits(static_cast<uint64_t>(std::llround(value * unit)));
}

absl::StatusOr<double> Fraction(View text) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !(value >= 0 && value <= 1)) {
    return Error(text, "a fraction from 0 to 1");
  }
  return value;
}

absl::StatusOr<topology::AdminGroup> Affinity(View text) {
  uint64_t value = 0;
  if (!absl::SimpleHexAtoi(text, &value) || !absl::StartsWith(text, "0x")) {
    return Error(text, "affinity bits like 0x3");
  }
  return topology::AdminGroup({static_cast<uint32_t>(value), static_cast<uint32_t>(value >> 32)});
}

absl::StatusOr<std::vector<uint32_t>> Srlgs(View text) {
  std::vector<uint32_t> result;
  if (text == "none") {
    return result;
  }
  for (const View item : absl::StrSplit(text, ',')) {
    uint32_t value = 0;
    if (!absl::SimpleAtoi(item, &value)) {
      return Error(text, "numbers like 17,18 or none");
    }
    result.push_back(value);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

absl::StatusOr<uint32_t> FindNode(const Model& model, View id) {
  const std::optional<uint32_t> node = model.FindNode(id);
  if (!node.has_value()) {
    return Error(id, "a node of the file");
  }
  return *node;
}

// "A->B", "A<->B", either with "#interface".
absl::StatusOr<std::vector<uint32_t>> FindLinks(const Model& model, View text) {
  const bool both = absl::StrContains(text, "<->");
  const std::pair<View, View> ends = absl::StrSplit(text, absl::MaxSplits(both ? "<->" : "->", 1));
  const std::pair<View, View> remote = absl::StrSplit(ends.second, absl::MaxSplits('#', 1));
  if (ends.first.empty() || remote.first.empty()) {
    return Error(text, "a link as A->B or A<->B");
  }
  SRPCE_ASSIGN_OR_RETURN(const uint32_t local, FindNode(model, ends.first));
  SRPCE_ASSIGN_OR_RETURN(const uint32_t other, FindNode(model, remote.first));
  std::vector<uint32_t> links = model.FindLinks(local, other, remote.second);
  if (both) {
    if (remote.second.empty()) {
      const std::vector<uint32_t> back = model.FindLinks(other, local, "");
      links.insert(links.end(), back.begin(), back.end());
    } else if (!links.empty() && model.links()[links[0]].reverse.has_value()) {
      links.push_back(*model.links()[links[0]].reverse);
    }
  }
  if (links.empty()) {
    return Error(text, "a link of the file");
  }
  return links;
}

// One command: its operands after the name, and the action they make.
struct Command {
  const char* usage;
  size_t operands;
  std::function<absl::StatusOr<Action>(const Model& model, const std::vector<View>& operands)> make;
};

// A command "NAME LINK VALUE" that states attributes of links. parse(value) -> StatusOr<T>;
// set(attributes, T).
template <typename Parse, typename Set>
Command LinkValue(const char* usage, Parse parse, Set set) {
  return {usage, 2,
          [parse, set](const Model& model,
                       const std::vector<View>& operands) -> absl::StatusOr<Action> {
            ChangeLinks change;
            SRPCE_ASSIGN_OR_RETURN(change.links, FindLinks(model, operands[0]));
            SRPCE_ASSIGN_OR_RETURN(auto value, parse(operands[1]));
            set(change.patch, std::move(value));
            return change;
          }};
}

Command LinkState(const char* usage, bool up) {
  return {usage, 1,
          [up](const Model& model, const std::vector<View>& operands) -> absl::StatusOr<Action> {
            ChangeLinks change;
            SRPCE_ASSIGN_OR_RETURN(change.links, FindLinks(model, operands[0]));
            change.patch.up = up;
            return change;
          }};
}

Command LinkPresence(const char* usage, bool present) {
  return {
      usage, 1,
      [present](const Model& model, const std::vector<View>& operands) -> absl::StatusOr<Action> {
        ShowLinks show;
        show.present = present;
        SRPCE_ASSIGN_OR_RETURN(show.links, FindLinks(model, operands[0]));
        return show;
      }};
}

Command NodePresence(const char* usage, bool present) {
  return {
      usage, 1,
      [present](const Model& model, const std::vector<View>& operands) -> absl::StatusOr<Action> {
        ShowNode show{.present = present};
        SRPCE_ASSIGN_OR_RETURN(show.node, FindNode(model, operands[0]));
        return show;
      }};
}

absl::StatusOr<Action> MakeOverload(const Model& model, const std::vector<View>& operands) {
  ChangeNode change;
  SRPCE_ASSIGN_OR_RETURN(change.node, FindNode(model, operands[0]));
  if (operands[1] != "on" && operands[1] != "off") {
    return Error(operands[1], "on or off");
  }
  change.patch.overload = operands[1] == "on";
  return change;
}

const std::map<std::string, Command>& Commands() {
  const auto metric = [](View text) { return Number(text, kMax24Bits); };
  static const auto* const kCommands = new std::map<std::string, Command>{
      {"link-down", LinkState("LINK", false)},
      {"link-up", LinkState("LINK", true)},
      {"link-remove", LinkPresence("LINK", false)},
      {"link-add", LinkPresence("LINK", true)},
      {"node-remove", NodePresence("NODE", false)},
      {"node-add", NodePresence("NODE", true)},
      {"overload", {"NODE on|off", 2, MakeOverload}},
      {"metric", LinkValue("LINK METRIC", metric,
                           [](LinkAttributes& to, uint64_t value) {
                             to.igp_metric = static_cast<IgpMetric>(value);
                           })},
      {"te-metric", LinkValue("LINK METRIC", metric,
                              [](LinkAttributes& to, uint64_t value) {
                                to.te_metric = static_cast<TeMetric>(value);
                              })},
      {"delay", LinkValue("LINK MICROSECONDS", Delay,
                          [](LinkAttributes& to, Microseconds value) {
                            to.delay = value;
                            to.min_delay = value;
                          })},
      {"max-delay",
       LinkValue("LINK MICROSECONDS", Delay,
                 [](LinkAttributes& to, Microseconds value) { to.max_delay = value; })},
      {"variation",
       LinkValue("LINK MICROSECONDS", Delay,
                 [](LinkAttributes& to, Microseconds value) { to.delay_variation = value; })},
      {"loss", LinkValue("LINK FRACTION", Fraction,
                         [](LinkAttributes& to, double value) { to.loss = value; })},
      {"capacity",
       LinkValue("LINK BITS_PER_SECOND", Bandwidth,
                 [](LinkAttributes& to, BytesPerSecond value) { to.capacity = value; })},
      {"reservable",
       LinkValue("LINK BITS_PER_SECOND", Bandwidth,
                 [](LinkAttributes& to, BytesPerSecond value) { to.reservable = value; })},
      {"available",
       LinkValue("LINK BITS_PER_SECOND", Bandwidth,
                 [](LinkAttributes& to, BytesPerSecond value) { to.available = value; })},
      {"affinity", LinkValue("LINK BITS", Affinity,
                             [](LinkAttributes& to, topology::AdminGroup value) {
                               to.admin_group = std::move(value);
                             })},
      {"srlg", LinkValue("LINK NUMBERS", Srlgs,
                         [](LinkAttributes& to, std::vector<uint32_t> value) {
                           to.srlgs = std::move(value);
                         })},
  };
  return *kCommands;
}

absl::StatusOr<Action> ParseCommand(const Model& model, View name,
                                    const std::vector<View>& operands) {
  const auto command = Commands().find(std::string(name));
  if (command == Commands().end()) {
    const auto key = [](std::string* out, const auto& entry) { *out += entry.first; };
    return Error(name, absl::StrCat("one of ", absl::StrJoin(Commands(), ", ", key)));
  }
  if (operands.size() != command->second.operands) {
    return Error(absl::StrJoin(operands, " "),
                 absl::StrCat("'", name, " ", command->second.usage, "'"));
  }
  return command->second.make(model, operands);
}

absl::Status ParseLine(View line, const Model& model, Script& script) {
  std::vector<View> words;
  for (const View word : absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty())) {
    if (word[0] == '#') {  // Inside a word it names an interface.
      break;
    }
    words.push_back(word);
  }
  if (words.empty()) {
    return absl::OkStatus();
  }
  std::optional<int64_t> at_ms;
  if (words[0][0] == '@') {
    SRPCE_ASSIGN_OR_RETURN(at_ms, Time(words[0].substr(1)));
    words.erase(words.begin());
    if (words.empty()) {
      return Error("nothing", "a command after the time");
    }
  }
  SRPCE_ASSIGN_OR_RETURN(Action action,
                         ParseCommand(model, words[0], {words.begin() + 1, words.end()}));
  if (at_ms.has_value()) {
    script.events.push_back({.at_ms = *at_ms, .action = std::move(action)});
  } else {
    script.initial.push_back(std::move(action));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Script> ParseScript(View text, View file_name, const Model& model) {
  Script script;
  size_t line_number = 0;
  for (const View line : absl::StrSplit(text, '\n')) {
    ++line_number;
    if (const absl::Status status = ParseLine(line, model, script); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(file_name, ":", line_number, ": ", status.message()));
    }
  }
  std::stable_sort(script.events.begin(), script.events.end(),
                   [](const Event& a, const Event& b) { return a.at_ms < b.at_ms; });
  return script;
}

}  // namespace srpce::file_source
