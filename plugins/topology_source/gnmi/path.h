// plugins/topology_source/gnmi/path.h -- gNMI paths as text and as messages (gNMI specification
// s2.2.2).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gnmi/gnmi.pb.h"

namespace srpce::gnmi_source {

struct PathElem {
  std::string name;
  std::vector<std::pair<std::string, std::string>> keys;  // Name and value.

  bool operator==(const PathElem&) const = default;
};
using Path = std::vector<PathElem>;

// Reads "/interfaces/interface[name=Gi0/0]/state". A backslash takes the next character of a key's
// value as it is.
// Errors: INVALID_ARGUMENT  "got X, want Y".
absl::StatusOr<Path> ParsePath(absl::string_view text);

// The same text again.
std::string ToText(const Path& path);

// Values that end in "*" are left out: a key that is not given matches all, and gNMI has no other
// patterns.
gnmi::Path ToProto(const Path& path);

// "openconfig-interfaces:interfaces" -> "interfaces": targets name the module, or do not (RFC 7951
// s4).
absl::string_view WithoutModule(absl::string_view name);

// "/interfaces/interface/state", without keys and modules.
std::string NamesOf(const Path& path);

// The prefix of a notification and the path of an update as one.
struct UpdatePath {
  const gnmi::Path& prefix;
  const gnmi::Path& path;

  size_t size() const { return static_cast<size_t>(prefix.elem_size() + path.elem_size()); }
  const gnmi::PathElem& elem(size_t i) const;
  // True if these are the first elems of `other`, by name.
  bool Begins(const Path& other) const;
  std::string ToText() const;
};

// Adds "/interfaces/interface" to `names`, as NamesOf has it; a very long one is cut.
void AppendNames(const gnmi::Path& path, std::string& names);

// True if `text` is `pattern`, in which a "*" at the end stands for any rest.
bool Matches(absl::string_view pattern, absl::string_view text);

}  // namespace srpce::gnmi_source
