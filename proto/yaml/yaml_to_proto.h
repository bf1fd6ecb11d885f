// proto/yaml/yaml_to_proto.h -- a YAML document into a protobuf message by reflection, strictly:
// every mistake with its line.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class Message;
}

namespace srpce::config {

// Where values stood, for checks that come after: "headends[1].southbound" -> line, from 1.
using LineMap = std::map<std::string, int>;

// "file:line: field: what" for a check that comes after; of a field that is missing the line of the
// message it is missing in.
std::string AtField(const LineMap& lines, const std::string& file, const std::string& field,
                    absl::string_view what);

// What "${name}" in a text value stands for.
using Variables = std::map<std::string, std::string>;

// Fills `message` from the one document in `yaml`. Mappings become messages and maps, sequences
// repeated fields, enum values are written in lower case without the name of their enum ("json" for
// LOG_FORMAT_JSON). `file` names the document in errors; `lines` may be null.
//
// Errors: INVALID_ARGUMENT  one "file:line: field: got X, want Y" a line for: what is not YAML, an
// unknown field (the known ones are
//         listed), a duplicate key, a wrong type, a number outside (srpce.config.v1.range), a
//         missing required field, an unknown variable.
absl::Status YamlToProto(absl::string_view yaml, const std::string& file,
                         const Variables& variables, google::protobuf::Message* message,
                         LineMap* lines);

// Returns `message` as YAML that YamlToProto reads back, with the defaults of what is not set.
std::string ProtoToYaml(const google::protobuf::Message& message);

}  // namespace srpce::config
