// daemon/srpcectl/message_text.h -- protobuf messages as JSON and YAML that the same program reads
// back.
//
// Field names as in the .proto files, enum values in lower case without the name of their enum
// ("srv6"), 64-bit numbers as numbers, bytes in hexadecimal, only what is set.
// srpce::config::YamlToProto reads both.
#pragma once

#include <string>

namespace google::protobuf {
class Message;
}

namespace srpce::ctl {

std::string ToJson(const google::protobuf::Message& message);
std::string ToYaml(const google::protobuf::Message& message);

}  // namespace srpce::ctl
