// lib/topology/statement_table.h -- what each source states of one element, and the merged result.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "lib/topology/merge_attributes.h"
#include "lib/topology/source_table.h"

namespace srpce::topology {

// The statements of all sources on one element. Few: one or two as a rule, so that a vector is
// searched in order.
template <typename T>
class Statements {
 public:
  bool empty() const { return entries_.empty(); }

  // Returns the statement of `source`, or null.
  const T* Find(SourceId source) const {
    const auto it = Position(source);
    return it == entries_.end() ? nullptr : &it->statement;
  }

  // `stale`: as the source itself has it. Returns true when that changed something, be it only
  // that the statement is live again or no longer.
  bool Set(SourceId id, const Source& source, T statement, bool stale) {
    const auto it = Position(id);
    if (it == entries_.end()) {
      entries_.push_back({id, stale, source.sync, source.connection, std::move(statement)});
      return true;
    }
    it->sync = source.sync;
    const bool renewed = std::exchange(it->connection, source.connection) != source.connection;
    const bool turned = std::exchange(it->stale, stale) != stale;
    if (it->statement == statement) {
      return renewed || turned;
    }
    it->statement = std::move(statement);
    return true;
  }

  // Returns whether there was one.
  bool Erase(SourceId source) {
    const auto it = Position(source);
    if (it == entries_.end()) {
      return false;
    }
    entries_.erase(it);
    return true;
  }

  // True when `source` made its statement before the sync it is in.
  bool OlderThan(SourceId source, uint64_t sync) const {
    const auto it = Position(source);
    return it != entries_.end() && it->sync < sync;
  }

  // Returns each attribute as the statement with the highest rank has it: live before stale, then
  // by source. Those of `more` count as well; of one source, as live, behind those here. Nothing
  // stated: T().
  T Merge(const SourceTable& sources, absl::Span<const Statements* const> more = {}) const {
    if (entries_.size() == 1 && more.empty()) {
      return entries_.front().statement;
    }
    absl::InlinedVector<const Entry*, 4> ranked;
    const auto before = [&](const Entry* a, const Entry* b) { return Before(*a, *b, sources); };
    const auto rank = [&](const Statements& statements) {
      for (const Entry& entry : statements.entries_) {
        ranked.insert(std::upper_bound(ranked.begin(), ranked.end(), &entry, before), &entry);
      }
    };
    rank(*this);
    for (const Statements* statements : more) {
      rank(*statements);
    }
    T merged{};
    for (const Entry* entry : ranked) {
      FillFrom(entry->statement, merged);
    }
    return merged;
  }

  // Returns the statement with the highest rank of those for which `states(statement)`, or null.
  template <typename States>
  const T* Highest(const SourceTable& sources, const States& states) const {
    const Entry* highest = nullptr;
    for (const Entry& entry : entries_) {
      if (states(entry.statement) && (highest == nullptr || Before(entry, *highest, sources))) {
        highest = &entry;
      }
    }
    return highest == nullptr ? nullptr : &highest->statement;
  }

  // True when a source that is not an overlay states it.
  bool Announced(const SourceTable& sources) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& entry) { return !sources[entry.source].options.overlay; });
  }

  // True when there are statements and none of them is live.
  bool Stale(const SourceTable& sources) const { return !entries_.empty() && !HasLive(sources); }
  bool HasLive(const SourceTable& sources) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& entry) { return Live(entry, sources); });
  }

 private:
  struct Entry {
    SourceId source;
    bool stale;  // StatementOptions::stale.
    uint64_t sync;
    uint64_t connection;
    T statement;
  };

  static bool Live(const Entry& entry, const SourceTable& sources) {
    return !entry.stale && sources[entry.source].Vouches(entry.connection);
  }
  // True when `a` counts before `b`.
  static bool Before(const Entry& a, const Entry& b, const SourceTable& sources) {
    const bool live = Live(a, sources);
    return live != Live(b, sources) ? live : sources[a.source].Outranks(sources[b.source]);
  }
  auto Position(SourceId source) {
    return std::find_if(entries_.begin(), entries_.end(),
                        [&](const Entry& entry) { return entry.source == source; });
  }
  auto Position(SourceId source) const {
    return std::find_if(entries_.begin(), entries_.end(),
                        [&](const Entry& entry) { return entry.source == source; });
  }

  std::vector<Entry> entries_;
};

}  // namespace srpce::topology
