#include "daemon/srpced/builtin_plugins.h"

#include "lib/base/status_macros.h"
#include "plugins/southbound/agent/agent_southbound.h"
#include "plugins/southbound/simulated/simulated_southbound.h"
#include "plugins/store/sqlite/sqlite_store.h"
#include "plugins/topology_source/bgpls/bgpls_source.h"
#include "plugins/topology_source/file/file_source.h"
#include "plugins/topology_source/gnmi/gnmi_source.h"

namespace srpce::srpced {

absl::Status RegisterBuiltinPlugins(plugin::Registry& registry) {
  SRPCE_RETURN_IF_ERROR(bgpls_source::RegisterBgplsSource(registry));
  SRPCE_RETURN_IF_ERROR(file_source::RegisterFileSource(registry));
  SRPCE_RETURN_IF_ERROR(gnmi_source::RegisterGnmiSource(registry));
  SRPCE_RETURN_IF_ERROR(southbound::RegisterAgentSouthbound(registry));
  SRPCE_RETURN_IF_ERROR(southbound::RegisterSimulatedSouthbound(registry));
  return store::RegisterSqliteStore(registry);
}

config::PluginNames NamesOf(const plugin::Registry& registry) {
  return {.stores = registry.stores.names(),
          .southbounds = registry.southbounds.names(),
          .topology_sources = registry.topology_sources.names()};
}

}  // namespace srpce::srpced
