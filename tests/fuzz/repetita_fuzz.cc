// tests/fuzz/repetita_fuzz.cc -- a topology file is read or refused with its line, never worse.
#include <cstdint>

#include "absl/strings/string_view.h"
#include "plugins/topology_source/file/repetita.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto graph = srpce::file_source::ParseRepetita(text, "fuzz");
  if (!graph.ok()) return 0;
  for (const auto& edge : graph->edges) {
    if (edge.source >= graph->nodes.size() || edge.target >= graph->nodes.size()) __builtin_trap();
  }
  return 0;
}
