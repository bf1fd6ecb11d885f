#include "lib/topology/source_table.h"

#include "absl/strings/str_cat.h"
#include "lib/topology/element_validation.h"

namespace srpce::topology {

bool Source::Outranks(const Source& other) const {
  if (options.precedence != other.options.precedence) {
    return options.precedence > other.options.precedence;
  }
  return options.name < other.options.name;
}

std::optional<MonotonicTime> Source::Expiry() const {
  if (connected || !stale_since || !options.hold_time) {
    return std::nullopt;
  }
  // A hold time beyond the end of the clock is for ever.
  if (*options.hold_time > MonotonicTime::max() - *stale_since) {
    return std::nullopt;
  }
  return *stale_since + *options.hold_time;
}

absl::StatusOr<SourceId> SourceTable::Connect(const SourceOptions& options) {
  if (options.name.empty() || options.name.size() > kMaxNameLength) {
    return absl::InvalidArgumentError(absl::StrCat("source name: got ", options.name.size(),
                                                   " octets, want 1 to ", kMaxNameLength));
  }
  if (options.hold_time && *options.hold_time < Duration::zero()) {
    return absl::InvalidArgumentError(absl::StrCat("source ", options.name, ": hold time: got ",
                                                   options.hold_time->count(),
                                                   " ns, want at least 0"));
  }
  for (const SourceId id : ids()) {
    Source& source = (*this)[id];
    if (source.options.name != options.name) {
      continue;
    }
    if (source.connected) {
      return absl::AlreadyExistsError(
          absl::StrCat("source ", options.name, ": got a second stream, want one at a time"));
    }
    source.options = options;
    source.connected = true;
    ++source.connection;
    source.stale_since.reset();
    return id;
  }
  sources_.push_back(std::make_unique<Source>());
  sources_.back()->options = options;
  return SourceId(static_cast<uint32_t>(sources_.size() - 1));
}

Source* SourceTable::Find(SourceId id) {
  return id.value() < sources_.size() ? sources_[id.value()].get() : nullptr;
}

absl::StatusOr<Source*> SourceTable::FindConnected(SourceId id) {
  Source* source = Find(id);
  if (source == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("source ", id.value(), ": got an id that is not known"));
  }
  if (!source->connected) {
    return absl::FailedPreconditionError(
        absl::StrCat("source ", source->options.name, ": got a statement after its stream ended"));
  }
  return source;
}

std::vector<SourceId> SourceTable::ids() const {
  std::vector<SourceId> ids;
  for (size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i] != nullptr) {
      ids.emplace_back(static_cast<uint32_t>(i));
    }
  }
  return ids;
}

}  // namespace srpce::topology
