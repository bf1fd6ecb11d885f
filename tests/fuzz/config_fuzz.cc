// tests/fuzz/config_fuzz.cc -- a configuration file is read or refused with its lines; what was
// read can be written and read again.
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "proto/yaml/yaml_to_proto.h"
#include "srpce/config/v1/config.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  srpce::config::v1::Config config;
  if (!srpce::config::YamlToProto(text, "fuzz", {}, &config, nullptr).ok()) return 0;
  srpce::config::v1::Config again;
  if (!srpce::config::YamlToProto(srpce::config::ProtoToYaml(config), "fuzz", {}, &again, nullptr)
           .ok())
    __builtin_trap();
  return 0;
}
