// plugins/topology_source/file/file_source.cc
#include "plugins/topology_source/file/file_source.h"

#include <chrono>
#include <utility>

#include "lib/base/status_macros.h"
#include "plugins/topology_source/file/repetita.h"
#include "plugins/topology_source/file/settings.h"
#include "plugins/topology_source/file/synthesize.h"

namespace srpce::file_source {

FileSource::FileSource(Model model, std::vector<Event> events, const Clock& clock)
    : model_(std::move(model)), events_(std::move(events)), clock_(clock) {}

absl::StatusOr<std::unique_ptr<FileSource>> FileSource::Make(const plugin::Settings& settings,
                                                             const Clock& clock) {
  SRPCE_ASSIGN_OR_RETURN(const FileSettings parsed, ParseSettings(settings));
  SRPCE_ASSIGN_OR_RETURN(const std::string text, ReadFile(parsed.path));
  SRPCE_ASSIGN_OR_RETURN(const Graph graph, ParseRepetita(text, parsed.path));
  SRPCE_ASSIGN_OR_RETURN(Model model, Synthesize(graph, parsed.synthesis));
  Script script;
  if (!parsed.script.empty()) {
    SRPCE_ASSIGN_OR_RETURN(const std::string script_text, ReadFile(parsed.script));
    SRPCE_ASSIGN_OR_RETURN(script, ParseScript(script_text, parsed.script, model));
  }
  for (const Action& action : script.initial) {
    model.Apply(action);
  }
  return std::make_unique<FileSource>(std::move(model), std::move(script.events), clock);
}

absl::Status FileSource::SendSync(plugin::StatementSink& sink) const {
  SRPCE_RETURN_IF_ERROR(sink.Send(plugin::SyncBegin()));
  for (const plugin::Statement& statement : model_.Announced()) {
    SRPCE_RETURN_IF_ERROR(sink.Send(statement));
  }
  SRPCE_RETURN_IF_ERROR(sink.Send(plugin::SyncEnd()));
  return sink.Flush();
}

absl::Status FileSource::Run(plugin::StatementSink& sink) {
  const MonotonicTime opened = clock_.Now();
  if (!started_.has_value()) {
    started_ = opened;
  }
  // Of this stream against script time: the sink counts from its own start.
  const int64_t offset_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(opened - *started_).count();
  while (next_event_ < events_.size() && events_[next_event_].at_ms < offset_ms) {
    model_.Apply(events_[next_event_++].action);
  }
  SRPCE_RETURN_IF_ERROR(SendSync(sink));
  while (next_event_ < events_.size()) {
    SRPCE_RETURN_IF_ERROR(sink.WaitUntil(events_[next_event_].at_ms - offset_ms));
    // The change is made whether or not its statements get through: if not, the next sync tells of
    // it.
    for (const plugin::Statement& statement : model_.Apply(events_[next_event_++].action)) {
      SRPCE_RETURN_IF_ERROR(sink.Send(statement));
    }
  }
  return sink.Flush();
}

absl::Status RegisterFileSource(plugin::Registry& registry) {
  // Outlives every source; has no state.
  static const SystemClock* const kClock = new SystemClock();
  return registry.topology_sources.Add(
      "file",
      [](const plugin::Settings& settings)
          -> absl::StatusOr<std::unique_ptr<plugin::TopologySource>> {
        return FileSource::Make(settings, *kClock);
      });
}

}  // namespace srpce::file_source
