// daemon/srpcectl/path_options.h -- path constraints as command line options.
#pragma once

#include <CLI/CLI.hpp>

#include "srpce/v1/path.pb.h"

namespace srpce::ctl {

// Adds an option for each constraint of the API to `command`; parsing fills `constraints`, which
// outlives it.
void AddConstraintOptions(CLI::App& command, v1::PathConstraints& constraints);

// What is asked of a set, its members aside. `set` outlives the command.
void AddSetOptions(CLI::App& command, v1::PathSetRequest& set);

}  // namespace srpce::ctl
