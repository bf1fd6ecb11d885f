// daemon/srpcectl/completion.h -- shell completion scripts, generated from the command tree itself.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace srpce::ctl {

// Each returns a script that completes commands, options and, where they are a known set, values.
std::string BashCompletion(const CLI::App& app);
std::string ZshCompletion(const CLI::App& app);
std::string FishCompletion(const CLI::App& app);

}  // namespace srpce::ctl
