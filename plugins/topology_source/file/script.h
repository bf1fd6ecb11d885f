// plugins/topology_source/file/script.h -- timed changes of a network as text, one a line.
//
//   @250ms link-down 0_NL->1_BE          after that time since the first stream opened: ms, s or m,
//   decimals allowed
//   @1s    link-up   0_NL<->1_BE         <-> = both directions
//   @2s    delay     A->B#to-B.2 5000    # picks one of parallel links by its local interface;
//   without it all are meant srlg A<->B 17,18                     without @: how the network is
//   from the start
//
// README.md in this folder lists the commands.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "plugins/topology_source/file/model.h"

namespace srpce::file_source {

struct Event {
  int64_t at_ms = 0;
  Action action;
};

struct Script {
  std::vector<Action> initial;  // Lines without a time, in the order of the file.
  std::vector<Event> events;    // By time; of equal times the earlier line first.
};

// Names are looked up in `model`.
// Errors: INVALID_ARGUMENT  "FILE:LINE: got X, want Y", also for a node or link that is not in
// `model`.
absl::StatusOr<Script> ParseScript(absl::string_view text, absl::string_view file_name,
                                   const Model& model);

}  // namespace srpce::file_source
