#include "tests/bench/bench_support.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <numeric>

namespace srpce::bench {

Options ParseOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--smoke") == 0) {
      options.smoke = true;
    } else if (std::strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
      options.json = argv[++i];
    } else {
      std::fprintf(stderr, "usage: %s [--smoke] [--json FILE]\n", argv[0]);
      std::exit(2);
    }
  }
  return options;
}

Summary Summarize(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const size_t last = samples.size() - 1;
  return {
      samples[last / 2],
      std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size()),
      samples[(samples.size() * 99 + 99) / 100 - 1]};
}

int Report(const Options& options, const std::vector<Row>& rows) {
  int status = 0;
  for (const Row& row : rows) {
    std::printf("%-44s %12.3f %14.3f %-8s %10.1f %8.1f  peer: %s\n", row.name.c_str(), row.ours,
                row.peer, row.unit.c_str(), row.ratio, row.at_least, row.peer_name.c_str());
    status = row.ratio < row.at_least ? 1 : status;
  }
  if (!options.json.empty()) {
    std::ofstream file(options.json, std::ios::app);
    for (const Row& row : rows) {
      file << "{\"name\": \"" << row.name << "\", \"unit\": \"" << row.unit
           << "\", \"ours\": " << row.ours << ", \"peer\": " << row.peer
           << ", \"ratio\": " << row.ratio << ", \"at_least\": " << row.at_least
           << ", \"peer_name\": \"" << row.peer_name << "\"}\n";
    }
    if (!file.flush()) {
      Die("cannot write " + options.json);
    }
  }
  return options.smoke ? 0 : status;
}

void PrintSummary(const std::string& what, const std::string& unit, const Summary& summary) {
  std::printf("  %-42s p50 %12.3f  mean %12.3f  p99 %12.3f %s\n", what.c_str(), summary.p50,
              summary.mean, summary.p99, unit.c_str());
}

void Die(const std::string& message) {
  std::fprintf(stderr, "bench: %s\n", message.c_str());
  std::exit(1);
}

}  // namespace srpce::bench
