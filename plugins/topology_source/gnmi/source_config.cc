#include "plugins/topology_source/gnmi/source_config.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/ip.h"
#include "lib/base/status_macros.h"
#include "lib/topology/element_validation.h"
#include "proto/yaml/yaml_to_proto.h"

namespace srpce::gnmi_source {
namespace {

namespace v1 = config::v1;

// "host:port" or "[v6]:port".
bool IsHostPort(absl::string_view text) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(text.substr(colon + 1), &port) || port < 1 || port > 65535) {
    return false;
  }
  const absl::string_view host = text.substr(0, colon);
  if (host.front() == '[') {
    return host.back() == ']' && Ipv6Address::Parse(host.substr(1, host.size() - 2)).ok();
  }
  return host.find(':') == absl::string_view::npos;
}

class Loader {
 public:
  explicit Loader(std::string path) : path_(std::move(path)) {
    std::error_code ignored;
    folder_ = std::filesystem::absolute(path_, ignored).parent_path();
  }

  absl::StatusOr<SourceConfig> Load() {
    SRPCE_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path_));
    SRPCE_RETURN_IF_ERROR(config::YamlToProto(text, path_, {{"config_dir", folder_.string()}},
                                              &config_.file, &lines_));
    LoadMappings();
    if (config_.file.has_anomaly()) {
      CheckAnomaly("anomaly", config_.file.anomaly());
    }
    std::set<std::string> names;
    for (int i = 0; i < config_.file.targets_size(); ++i) {
      v1::GnmiTarget& target = *config_.file.mutable_targets(i);
      const std::string field = absl::StrCat("targets[", i, "]");
      if (!names.insert(target.name()).second) {
        Error(field + ".name", absl::StrCat("got '", target.name(), "' twice, want each once"));
      }
      CheckTarget(field, target);
      PlanTarget(field, target);
    }
    if (config_.file.targets().empty()) {
      Error("targets", "got none, want at least one");
    }
    if (!errors_.empty()) {
      return absl::InvalidArgumentError(absl::StrJoin(errors_, "\n"));
    }
    return std::move(config_);
  }

 private:
  void Error(const std::string& field, absl::string_view what) {
    errors_.push_back(config::AtField(lines_, path_, field, what));
  }

  std::string Resolve(const std::string& path) const { return (folder_ / path).string(); }

  void LoadMappings() {
    for (int i = 0; i < config_.file.mapping_files_size(); ++i) {
      const std::string field = absl::StrCat("mapping_files[", i, "]");
      const std::string path = Resolve(config_.file.mapping_files(i));
      const absl::StatusOr<std::string> text = ReadTextFile(path);
      if (!text.ok()) {
        Error(field, text.status().message());
        continue;
      }
      absl::StatusOr<Mapping> mapping = ParseMapping(*text, path);
      if (!mapping.ok()) {
        errors_.emplace_back(mapping.status().message());
        continue;
      }
      const std::string name = mapping->name;
      if (!mappings_.emplace(name, *std::move(mapping)).second) {
        Error(field, absl::StrCat("got mapping '", name, "' twice, want each once"));
      }
    }
  }

  void CheckText(const std::string& field, const std::string& text) {
    if (text.empty() || text.size() > topology::kMaxNameLength) {
      Error(field,
            absl::StrCat("got ", text.size(), " octets, want 1 to ", topology::kMaxNameLength));
    }
  }

  void CheckAnomaly(const std::string& field, const v1::GnmiAnomaly& anomaly) {
    if (anomaly.reuse_us() > anomaly.threshold_us()) {
      Error(field + ".reuse_us",
            absl::StrCat("got ", anomaly.reuse_us(), ", want at most threshold_us, ",
                         anomaly.threshold_us()));
    }
  }

  // Makes the path absolute; the file must be readable.
  void CheckFile(const std::string& field, bool given, std::string* path) {
    if (!given) {
      return;
    }
    *path = Resolve(*path);
    if (const auto text = ReadTextFile(*path); !text.ok()) {
      Error(field, text.status().message());
    }
  }

  void CheckTarget(const std::string& field, v1::GnmiTarget& target) {
    CheckText(field + ".name", target.name());
    CheckText(field + ".node", target.node());
    if (!IsHostPort(target.address())) {
      Error(field + ".address",
            absl::StrCat("got '", target.address(), "', want \"host:port\" or \"[v6]:port\""));
    }
    CheckCredentials(field, target);
    if (target.max_backoff_ms() < target.first_backoff_ms()) {
      Error(field + ".max_backoff_ms",
            absl::StrCat("got ", target.max_backoff_ms(), ", want at least first_backoff_ms, ",
                         target.first_backoff_ms()));
    }
    std::set<std::string> seen;
    for (int i = 0; i < target.interfaces_size(); ++i) {
      const v1::GnmiInterface& interface = target.interfaces(i);
      const std::string at = absl::StrCat(field, ".interfaces[", i, "]");
      CheckText(at + ".name", interface.name());
      if (!seen.insert(interface.name()).second) {
        Error(at + ".name", absl::StrCat("got '", interface.name(), "' twice, want each once"));
      }
      if (interface.has_address()) {
        CheckText(at + ".address", interface.address());
      }
      if (interface.has_anomaly()) {
        CheckAnomaly(at + ".anomaly", interface.anomaly());
      }
    }
  }

  void CheckCredentials(const std::string& field, v1::GnmiTarget& target) {
    if (target.has_tls() == target.insecure()) {
      Error(field, target.insecure() ? "got tls and insecure: true, want one of the two"
                                     : "got no tls, want it, or insecure: true");
    }
    if (target.has_password_file() != target.has_username()) {
      Error(field, "got one of username and password_file, want both or none");
    }
    CheckFile(field + ".password_file", target.has_password_file(),
              target.has_password_file() ? target.mutable_password_file() : nullptr);
    if (!target.has_tls()) {
      return;
    }
    v1::GnmiTls& tls = *target.mutable_tls();
    if (tls.has_certificate_file() != tls.has_key_file()) {
      Error(field + ".tls", "got one of certificate_file and key_file, want both or none");
    }
    const std::string at = field + ".tls";
    if (tls.has_root_ca_file()) CheckFile(at + ".root_ca_file", true, tls.mutable_root_ca_file());
    if (tls.has_certificate_file()) {
      CheckFile(at + ".certificate_file", true, tls.mutable_certificate_file());
    }
    if (tls.has_key_file()) CheckFile(at + ".key_file", true, tls.mutable_key_file());
  }

  void PlanTarget(const std::string& field, const v1::GnmiTarget& target) {
    TargetPlan& plan = config_.plans.emplace_back();
    if (target.mappings().empty()) {
      Error(field + ".mappings", absl::StrCat("got none, want some of ", MappingNames()));
    }
    const std::map<std::string, std::string> variables(target.variables().begin(),
                                                       target.variables().end());
    for (int i = 0; i < target.mappings_size(); ++i) {
      const std::string at = absl::StrCat(field, ".mappings[", i, "]");
      const auto mapping = mappings_.find(target.mappings(i));
      if (mapping == mappings_.end()) {
        Error(at, absl::StrCat("got '", target.mappings(i), "', want one of ", MappingNames()));
        continue;
      }
      absl::StatusOr<Mapping> expanded = WithVariables(mapping->second, variables);
      if (!expanded.ok()) {
        Error(at, expanded.status().message());
        continue;
      }
      plan.subscriptions.insert(plan.subscriptions.end(), expanded->subscriptions.begin(),
                                expanded->subscriptions.end());
      plan.rules.insert(plan.rules.end(), expanded->values.begin(), expanded->values.end());
    }
  }

  std::string MappingNames() const {
    const auto name = [](std::string* out, const auto& entry) { *out += entry.first; };
    return mappings_.empty() ? "those of mapping_files" : absl::StrJoin(mappings_, ", ", name);
  }

  const std::string path_;
  std::filesystem::path folder_;
  config::LineMap lines_;
  SourceConfig config_;
  std::map<std::string, Mapping> mappings_;
  std::vector<std::string> errors_;
};

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": got a folder, want a file"));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    const int cause = errno;
    return absl::ErrnoToStatus(cause, absl::StrCat(path, ": cannot read"));
  }
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

absl::StatusOr<std::string> ReadFirstLine(const std::string& path) {
  SRPCE_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path));
  return std::string(absl::StripAsciiWhitespace(text.substr(0, text.find('\n'))));
}

absl::StatusOr<SourceConfig> LoadSourceConfig(const std::string& path) {
  return Loader(path).Load();
}

}  // namespace srpce::gnmi_source
