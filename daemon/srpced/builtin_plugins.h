// daemon/srpced/builtin_plugins.h -- the plugins linked into this daemon.
#pragma once

#include "absl/status/status.h"
#include "daemon/config/config_loader.h"
#include "lib/plugin/registry.h"

namespace srpce::srpced {

absl::Status RegisterBuiltinPlugins(plugin::Registry& registry);
config::PluginNames NamesOf(const plugin::Registry& registry);

}  // namespace srpce::srpced
