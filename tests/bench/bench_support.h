// tests/bench/bench_support.h -- what the comparison programs share: rows, rounds, statistics.
//
// A program measures our code and a peer in one run, in interleaved rounds over the same queries,
// checks that all answers are equal, and ends with one Row a figure. `--json FILE` appends the rows
// to FILE, one object a line; `--smoke` shrinks everything.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace srpce::bench {

struct Options {
  bool smoke = false;
  std::string json;  // Empty: none.
};
// Exits with usage on an unknown argument.
Options ParseOptions(int argc, char** argv);

struct Summary {
  double p50 = 0;
  double mean = 0;
  double p99 = 0;
};
// REQUIRES !samples.empty().
Summary Summarize(std::vector<double> samples);

// One figure. `ratio` says how much better ours is and is held to at_least: peer / ours for times,
// ours / peer for rates.
struct Row {
  std::string name;
  std::string unit;
  double ours = 0;
  double peer = 0;
  double ratio = 0;
  double at_least = 0;  // 0: shown, not held to anything.
  std::string peer_name;
};

// Prints and, where asked, appends to the file. Returns the program's exit status: 1 if a row is
// below its at_least. With --smoke, whose sizes mean nothing, always 0.
int Report(const Options& options, const std::vector<Row>& rows);

void PrintSummary(const std::string& what, const std::string& unit, const Summary& summary);

// Ends the program with a message: answers differ, or a generator failed.
[[noreturn]] void Die(const std::string& message);

class Stopwatch {
 public:
  double microseconds() const {
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start_)
        .count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace srpce::bench
