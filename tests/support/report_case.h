// tests/support/report_case.h -- a random case that fails, as the text a regression test is made
// of.
#pragma once

#include <functional>
#include <string>

#include "tests/support/shrink.h"

namespace srpce::support {

// A map for BuildTed() and queries for QueryOf(), as C++ strings to be pasted into
// tests/regression.
std::string ToText(const Case& shown);

// Returns whether `check` fails an expectation of GoogleTest, which is not reported.
bool FailsQuietly(const std::function<void()>& check);

// Fails the running test with what is left of a question about `ted` whose answer has failed; its
// network is not read. `alone` looks at a case with nothing in memory of others before it; if the
// question passes that way, it is shown as it is.
using LookAlone = std::function<void(const topology::TedPtr& ted, const Case& smaller)>;
void ReportShrunk(const topology::Ted& ted, Case failing, const LookAlone& alone,
                  size_t min_members = 1);

}  // namespace srpce::support
