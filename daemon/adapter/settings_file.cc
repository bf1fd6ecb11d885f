// daemon/adapter/settings_file.cc
#include "daemon/adapter/settings_file.h"

#include <yaml-cpp/yaml.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace srpce::adapter {
namespace {

absl::Status Wrong(const std::string& path, const YAML::Mark& mark, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(path, ":", mark.line + 1, ": ", what));
}

}  // namespace

absl::StatusOr<plugin::Settings> ReadSettingsFile(const std::string& path) {
  plugin::Settings settings;
  try {
    const YAML::Node root = YAML::LoadFile(path);
    if (!root.IsMap()) {
      return Wrong(path, root.Mark(), "want NAME: VALUE in each line");
    }
    for (const auto& entry : root) {
      const std::string name = entry.first.Scalar();
      if (!entry.first.IsScalar() || !entry.second.IsScalar()) {
        return Wrong(path, entry.first.Mark(), absl::StrCat(name, ": want a text"));
      }
      if (!settings.emplace(name, entry.second.Scalar()).second) {
        return Wrong(path, entry.first.Mark(), absl::StrCat(name, ": got it twice, want it once"));
      }
    }
  } catch (const YAML::BadFile&) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  } catch (const YAML::Exception& e) {
    return Wrong(path, e.mark, absl::StrCat("not YAML: ", e.msg));
  }
  return settings;
}

}  // namespace srpce::adapter
