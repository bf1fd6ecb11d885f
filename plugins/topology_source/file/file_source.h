// plugins/topology_source/file/file_source.h -- a topology source that replays a REPETITA file and
// a timed event script.
//
// Settings: see README.md in this folder. Everything is read and checked when the source is made: a
// file with a mistake gives an error and no statement at all.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/plugin/registry.h"
#include "lib/plugin/topology_source.h"
#include "plugins/topology_source/file/model.h"
#include "plugins/topology_source/file/script.h"

namespace srpce::file_source {

class FileSource final : public plugin::TopologySource {
 public:
  // `events` in the order of their time. `clock` outlives the source.
  FileSource(Model model, std::vector<Event> events, const Clock& clock);

  // Errors: INVALID_ARGUMENT  a setting, or "FILE:LINE: got X, want Y".  NOT_FOUND  no such file.
  static absl::StatusOr<std::unique_ptr<FileSource>> Make(const plugin::Settings& settings,
                                                          const Clock& clock);

  std::string name() const override { return "file"; }
  // Sends a sync of the network as it is now, then each event of the script when it is due. Script
  // time starts with the first stream and never stops: events that fell due while there was no
  // stream are part of the next sync.
  absl::Status Run(plugin::StatementSink& sink) override;

 private:
  absl::Status SendSync(plugin::StatementSink& sink) const;

  Model model_;
  std::vector<Event> events_;
  const Clock& clock_;
  std::optional<MonotonicTime> started_;
  size_t next_event_ = 0;
};

// Registers this plugin as "file".
absl::Status RegisterFileSource(plugin::Registry& registry);

}  // namespace srpce::file_source
