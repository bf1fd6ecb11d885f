// plugins/topology_source/gnmi/mapping.h -- what to ask a target for, and what of the answer is
// which attribute of a link. Data, from files: a new vendor needs no code.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/clock.h"
#include "plugins/topology_source/gnmi/path.h"
#include "srpce/config/v1/gnmi_config.pb.h"

namespace srpce::gnmi_source {

using Attribute = config::v1::GnmiAttribute;

struct Subscription {
  Path path;
  std::string origin;
  bool on_change = false;
  Duration interval{};  // 0 = as often as the target can, or on change.
  bool suppress_redundant = false;
  Duration heartbeat{};  // 0 = none.
  Duration age_limit{};
};

// A key whose value is needed: of elem `elem` of the path. `pattern` as Matches has it.
struct KeyRef {
  size_t elem = 0;
  std::string key;
  std::string pattern = "*";
};

struct ValueRule {
  Path path;
  // Those that name the interface first, in the order they are joined, then the others.
  std::vector<KeyRef> keys;
  size_t interface_keys = 0;
  std::optional<size_t> subinterface;  // Index into keys.
  Attribute attribute = config::v1::GNMI_ATTRIBUTE_UP;
  double scale = 1;
  std::map<std::string, std::string> texts;
  uint32_t bits = 64;
  bool ieeefloat32 = false;
  bool address_required = false;  // The interface's name does not name the link.
  // Of the subscription that brings it.
  bool on_change = false;
  Duration age_limit{};
};

struct Mapping {
  std::string name;
  std::vector<Subscription> subscriptions;
  std::vector<ValueRule> values;
};

// Reads a mapping file. `file` names it in errors.
// Errors: INVALID_ARGUMENT  every mistake, one "FILE:LINE: field: got X, want Y" a line.
absl::StatusOr<Mapping> ParseMapping(absl::string_view yaml, const std::string& file);

// Puts a target's variables into the keys of the paths: "[lsp-id={isis_system_id}*]".
// Errors: INVALID_ARGUMENT  a variable that is not there.
absl::StatusOr<Mapping> WithVariables(Mapping mapping,
                                      const std::map<std::string, std::string>& variables);

bool IsCounter(Attribute attribute);
bool IsDelay(Attribute attribute);
bool IsTruth(Attribute attribute);

}  // namespace srpce::gnmi_source
