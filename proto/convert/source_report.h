// proto/convert/source_report.h -- srpce.v1.SourceReport <-> plugin::SourceReport.
#pragma once

#include "absl/status/statusor.h"
#include "lib/plugin/source_report.h"
#include "srpce/v1/topology.pb.h"

namespace srpce::convert {

// Errors: INVALID_ARGUMENT  "unknown[3].octets: got 65 octets, want at most 64": over a limit of
// lib/plugin/source_report.h, a name that is empty, twice or no counter's, a time that is none.
absl::StatusOr<plugin::SourceReport> FromProto(const v1::SourceReport& proto);

void ToProto(const plugin::SourceReport& from, v1::SourceReport* to);

}  // namespace srpce::convert
