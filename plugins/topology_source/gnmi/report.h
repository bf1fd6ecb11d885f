// plugins/topology_source/gnmi/report.h -- what the source says of its targets, for people.
#pragma once

#include <cstdint>

#include "lib/base/clock.h"
#include "lib/plugin/source_report.h"
#include "plugins/topology_source/gnmi/target_client.h"
#include "plugins/topology_source/gnmi/target_model.h"

namespace srpce::gnmi_source {

// Adds one target. Counters of the same name are added up.
void AddToReport(const config::v1::GnmiTarget& target, const ClientStatus& status,
                 const TargetModel& model, MonotonicTime now, plugin::SourceReport& report);

// True if people learn something: seconds alone are nothing.
bool IsNews(const plugin::SourceReport& before, plugin::SourceReport now);

}  // namespace srpce::gnmi_source
