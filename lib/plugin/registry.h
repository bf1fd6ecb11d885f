// lib/plugin/registry.h -- the plugins of this process by name. main() owns one; there are no
// statics.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/plugin/southbound.h"
#include "lib/plugin/store.h"
#include "lib/plugin/topology_source.h"

namespace srpce::plugin {

// Settings of one plugin instance, as text, from the configuration file.
using Settings = std::map<std::string, std::string>;

template <typename Interface>
class Factories {
 public:
  using Factory =
      std::function<absl::StatusOr<std::unique_ptr<Interface>>(const Settings& settings)>;

  // Errors: ALREADY_EXISTS.
  absl::Status Add(const std::string& name, Factory factory) {
    if (!factories_.emplace(name, std::move(factory)).second) {
      return absl::AlreadyExistsError(absl::StrCat("plugin ", name, ": registered twice"));
    }
    return absl::OkStatus();
  }

  // Errors: NOT_FOUND  no plugin of that name; the message lists those there are. Otherwise the
  // factory's own.
  absl::StatusOr<std::unique_ptr<Interface>> Make(const std::string& name,
                                                  const Settings& settings) const {
    const auto it = factories_.find(name);
    if (it == factories_.end()) {
      return absl::NotFoundError(
          absl::StrCat("plugin: got '", name, "', want one of ", absl::StrJoin(names(), ", ")));
    }
    return it->second(settings);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, factory] : factories_) {
      names.push_back(name);
    }
    return names;
  }

 private:
  std::map<std::string, Factory> factories_;
};

struct Registry {
  Factories<TopologySource> topology_sources;
  Factories<Southbound> southbounds;
  Factories<Store> stores;
};

}  // namespace srpce::plugin
