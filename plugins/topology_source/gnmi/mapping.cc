#include "plugins/topology_source/gnmi/mapping.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "proto/yaml/yaml_to_proto.h"

namespace srpce::gnmi_source {
namespace {

using config::v1::GnmiMapping;
using config::v1::GnmiSubscription;
using config::v1::GnmiValue;

Duration Ms(uint32_t ms) { return std::chrono::milliseconds(ms); }

// True if what is at `path` comes with a subscription to `to`. Keys of one that the other does not
// name match all.
bool Covers(const Path& to, const Path& path) {
  if (to.size() > path.size()) {
    return false;
  }
  for (size_t i = 0; i < to.size(); ++i) {
    if (WithoutModule(to[i].name) != WithoutModule(path[i].name)) {
      return false;
    }
  }
  return true;
}

class Builder {
 public:
  Builder(const GnmiMapping& from, const std::string& file, const config::LineMap& lines)
      : from_(from), file_(file), lines_(lines) {}

  absl::StatusOr<Mapping> Build() {
    mapping_.name = from_.name();
    if (from_.name().empty()) {
      Error("name", "got '', want a name");
    }
    for (int i = 0; i < from_.subscriptions_size(); ++i) {
      AddSubscription(from_.subscriptions(i), absl::StrCat("subscriptions[", i, "]"));
    }
    for (int i = 0; i < from_.values_size(); ++i) {
      AddValue(from_.values(i), absl::StrCat("values[", i, "]"));
    }
    if (from_.subscriptions().empty()) {
      Error("name", "got no subscriptions, want at least one");
    }
    if (from_.values().empty()) {
      Error("name", "got no values, want at least one");
    }
    if (!errors_.empty()) {
      return absl::InvalidArgumentError(absl::StrJoin(errors_, "\n"));
    }
    return std::move(mapping_);
  }

 private:
  void Error(const std::string& field, absl::string_view what) {
    errors_.push_back(config::AtField(lines_, file_, field, what));
  }

  void AddSubscription(const GnmiSubscription& from, const std::string& field) {
    Subscription& to = mapping_.subscriptions.emplace_back();
    absl::StatusOr<Path> path = ParsePath(from.path());
    if (!path.ok()) {
      Error(field + ".path", path.status().message());
    } else {
      to.path = *std::move(path);
    }
    to.origin = from_.origin();
    to.on_change = from.mode() == config::v1::GNMI_MODE_ON_CHANGE;
    to.interval = Ms(from.interval_ms());
    to.suppress_redundant = from.suppress_redundant();
    to.heartbeat = Ms(from.heartbeat_ms());
    to.age_limit = Ms(from.age_limit_ms());
    if (!to.on_change && !from.has_interval_ms()) {
      Error(field, "got mode sample without interval_ms, want both");
    }
    if (to.on_change && from.has_interval_ms()) {
      Error(field + ".interval_ms", "got it with mode on_change, want it with mode sample");
    }
    if (!to.on_change && to.interval >= to.age_limit) {
      Error(field + ".age_limit_ms", absl::StrCat("got ", from.age_limit_ms(), ", want more than ",
                                                  "interval_ms, ", from.interval_ms()));
    }
    if (to.suppress_redundant && (to.heartbeat == Duration{} || to.heartbeat >= to.age_limit)) {
      // An unchanged value would grow old.
      Error(field + ".suppress_redundant",
            absl::StrCat("got true with heartbeat_ms ", from.heartbeat_ms(),
                         ", want a heartbeat below age_limit_ms, ", from.age_limit_ms()));
    }
  }

  // "interface.name" -> where in `path`; the last elem of that name.
  bool FindKey(const Path& path, absl::string_view text, const std::string& field, KeyRef& to) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('.', 1));
    for (size_t i = path.size(); i-- > 0;) {
      if (WithoutModule(path[i].name) == parts.first && !parts.second.empty()) {
        to = {.elem = i, .key = parts.second};
        for (const auto& [key, pattern] : path[i].keys) {
          if (key == to.key) {
            to.pattern = pattern;
          }
        }
        return true;
      }
    }
    Error(field, absl::StrCat("got '", text, "', want ELEM.KEY with an elem of the path"));
    return false;
  }

  void AddKeys(const GnmiValue& from, const std::string& field, ValueRule& to) {
    for (const absl::string_view name : absl::StrSplit(from.interface(), ' ', absl::SkipEmpty())) {
      FindKey(to.path, name, field + ".interface", to.keys.emplace_back());
    }
    to.interface_keys = to.keys.size();
    if (to.keys.empty()) {
      Error(field + ".interface", "got '', want ELEM.KEY");
    }
    if (from.has_subinterface()) {
      to.subinterface = to.keys.size();
      FindKey(to.path, from.subinterface(), field + ".subinterface", to.keys.emplace_back());
    }
    for (size_t i = 0; i < to.path.size(); ++i) {
      for (const auto& [key, pattern] : to.path[i].keys) {
        bool known = false;
        for (const KeyRef& ref : to.keys) {
          known = known || (ref.elem == i && ref.key == key);
        }
        if (!known) {
          to.keys.push_back({.elem = i, .key = key, .pattern = pattern});
        }
      }
    }
  }

  // The one that brings it most often.
  void FindSubscription(const std::string& field, ValueRule& to) {
    const Subscription* found = nullptr;
    for (const Subscription& subscription : mapping_.subscriptions) {
      if (Covers(subscription.path, to.path) &&
          (found == nullptr || subscription.path.size() > found->path.size())) {
        found = &subscription;
      }
    }
    if (found == nullptr) {
      Error(field + ".path",
            absl::StrCat("got '", ToText(to.path), "', want a path below a subscription's"));
      return;
    }
    to.on_change = found->on_change;
    to.age_limit = found->age_limit;
  }

  void CheckTexts(const GnmiValue& from, const std::string& field, const ValueRule& to) {
    for (const auto& [text, value] : to.texts) {
      double number = 0;
      if (IsTruth(to.attribute)) {
        if (value != "true" && value != "false") {
          Error(field + ".map." + text, absl::StrCat("got '", value, "', want true or false"));
        }
      } else if (!absl::SimpleAtod(value, &number) || !(number >= 0)) {
        Error(field + ".map." + text, absl::StrCat("got '", value, "', want a number from 0"));
      }
    }
    if (IsCounter(to.attribute) && (from.has_scale() || !to.texts.empty() || to.ieeefloat32)) {
      Error(field, "got a counter with scale, map or format, want it as it is");
    }
    if (from.has_bits() && (!IsCounter(to.attribute) || (to.bits != 32 && to.bits != 64))) {
      Error(field + ".bits", absl::StrCat("got ", to.bits, ", want 32 or 64, of a counter"));
    }
  }

  void AddValue(const GnmiValue& from, const std::string& field) {
    ValueRule to;
    absl::StatusOr<Path> path = ParsePath(from_.value_base() + from.path());
    if (!path.ok()) {
      Error(field + ".path", path.status().message());
      return;
    }
    to.path = *std::move(path);
    to.attribute = from.attribute();
    to.scale = from.scale();
    to.texts = {from.map().begin(), from.map().end()};
    to.bits = from.bits();
    to.address_required = from_.address_required();
    to.ieeefloat32 = from.format() == config::v1::GNMI_FORMAT_IEEEFLOAT32;
    AddKeys(from, field, to);
    FindSubscription(field, to);
    CheckTexts(from, field, to);
    mapping_.values.push_back(std::move(to));
  }

  const GnmiMapping& from_;
  const std::string& file_;
  const config::LineMap& lines_;
  Mapping mapping_;
  std::vector<std::string> errors_;
};

// Replaces each "{name}".
absl::Status Expand(const std::map<std::string, std::string>& variables, std::string& text) {
  for (size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open)) {
    const size_t close = text.find('}', open);
    if (close == std::string::npos) {
      break;
    }
    const std::string name = text.substr(open + 1, close - open - 1);
    const auto variable = variables.find(name);
    if (variable == variables.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("variables: got none named '", name, "', want it for '", text, "'"));
    }
    text.replace(open, close - open + 1, variable->second);
    open += variable->second.size();
  }
  return absl::OkStatus();
}

absl::Status Expand(const std::map<std::string, std::string>& variables, Path& path) {
  for (PathElem& elem : path) {
    for (auto& [name, value] : elem.keys) {
      SRPCE_RETURN_IF_ERROR(Expand(variables, value));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Mapping> ParseMapping(absl::string_view yaml, const std::string& file) {
  GnmiMapping from;
  config::LineMap lines;
  SRPCE_RETURN_IF_ERROR(config::YamlToProto(yaml, file, {}, &from, &lines));
  return Builder(from, file, lines).Build();
}

absl::StatusOr<Mapping> WithVariables(Mapping mapping,
                                      const std::map<std::string, std::string>& variables) {
  for (Subscription& subscription : mapping.subscriptions) {
    SRPCE_RETURN_IF_ERROR(Expand(variables, subscription.path));
  }
  for (ValueRule& rule : mapping.values) {
    SRPCE_RETURN_IF_ERROR(Expand(variables, rule.path));
    for (KeyRef& key : rule.keys) {
      SRPCE_RETURN_IF_ERROR(Expand(variables, key.pattern));
    }
  }
  return mapping;
}

bool IsCounter(Attribute attribute) {
  return attribute == config::v1::GNMI_ATTRIBUTE_OCTETS ||
         attribute == config::v1::GNMI_ATTRIBUTE_PACKETS ||
         attribute == config::v1::GNMI_ATTRIBUTE_LOST_PACKETS;
}

bool IsDelay(Attribute attribute) {
  return attribute == config::v1::GNMI_ATTRIBUTE_DELAY ||
         attribute == config::v1::GNMI_ATTRIBUTE_MIN_DELAY ||
         attribute == config::v1::GNMI_ATTRIBUTE_MAX_DELAY ||
         attribute == config::v1::GNMI_ATTRIBUTE_DELAY_VARIATION;
}

bool IsTruth(Attribute attribute) {
  return attribute == config::v1::GNMI_ATTRIBUTE_UP ||
         attribute == config::v1::GNMI_ATTRIBUTE_DELAY_ANOMALOUS;
}

}  // namespace srpce::gnmi_source
