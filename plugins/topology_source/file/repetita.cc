// plugins/topology_source/file/repetita.cc
#include "plugins/topology_source/file/repetita.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <system_error>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"

namespace srpce::file_source {
namespace {

constexpr uint64_t kMaxFileBytes = uint64_t{256} << 20;
constexpr uint64_t kMaxElements = 10'000'000;
constexpr uint64_t kMaxMetric = (1U << 24) - 1;   // IS-IS wide metrics, RFC 5305 s3.
constexpr uint64_t kMaxDelayUs = (1U << 24) - 1;  // RFC 8570 s4.1.
constexpr uint64_t kMaxKbps = uint64_t{1} << 50;  // 1 Ebit/s: anything above is a mistake.

// Walks the lines that are not blank and words the errors.
class Reader {
 public:
  Reader(absl::string_view text, absl::string_view file_name)
      : lines_(absl::StrSplit(text, '\n')), file_name_(file_name) {}

  // Moves to the next line that is not blank. False at the end.
  bool Next() {
    while (next_ < lines_.size()) {
      const absl::string_view line = absl::StripAsciiWhitespace(lines_[next_++]);
      if (!line.empty()) {
        fields_ = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
        return true;
      }
    }
    fields_.clear();
    return false;
  }
  const std::vector<absl::string_view>& fields() const { return fields_; }

  absl::Status Error(absl::string_view got, absl::string_view want) const {
    return absl::InvalidArgumentError(
        absl::StrCat(file_name_, ":", next_, ": got ", got, ", want ", want));
  }
  std::string Quoted() const {
    return fields_.empty() ? "the end of the file"
                           : absl::StrCat("'", absl::StripAsciiWhitespace(lines_[next_ - 1]), "'");
  }

  // Moves to the next line, which has to have `count` fields.
  absl::Status NextFields(size_t count, absl::string_view want) {
    if (!Next() || fields_.size() != count) {
      return Error(Quoted(), want);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<uint64_t> Number(size_t field, absl::string_view name, uint64_t max) const {
    uint64_t value = 0;
    if (!absl::SimpleAtoi(fields_[field], &value) || value > max) {
      return Error(absl::StrCat(name, " '", fields_[field], "'"),
                   absl::StrCat("a whole number from 0 to ", max));
    }
    return value;
  }
  absl::StatusOr<double> Degrees(size_t field, absl::string_view name, double limit) const {
    double value = 0;
    if (!absl::SimpleAtod(fields_[field], &value) || !(std::abs(value) <= limit)) {
      return Error(absl::StrCat(name, " '", fields_[field], "'"),
                   absl::StrCat("degrees from -", limit, " to ", limit));
    }
    return value;
  }

 private:
  std::vector<absl::string_view> lines_;
  std::string file_name_;
  std::vector<absl::string_view> fields_;
  size_t next_ = 0;  // After Next(): the number of the present line, counted from 1.
};

// "NODES n" or "EDGES n", then the line of column names.
absl::StatusOr<uint64_t> ParseSectionHead(Reader& reader, absl::string_view keyword,
                                          absl::string_view columns) {
  const std::string want = absl::StrCat("'", keyword, " <count>'");
  SRPCE_RETURN_IF_ERROR(reader.NextFields(2, want));
  if (reader.fields()[0] != keyword) {
    return reader.Error(reader.Quoted(), want);
  }
  SRPCE_ASSIGN_OR_RETURN(const uint64_t count, reader.Number(1, keyword, kMaxElements));
  const std::vector<absl::string_view> names = absl::StrSplit(columns, ' ');
  SRPCE_RETURN_IF_ERROR(
      reader.NextFields(names.size(), absl::StrCat("the column names '", columns, "'")));
  if (reader.fields() != names) {
    return reader.Error(reader.Quoted(), absl::StrCat("the column names '", columns, "'"));
  }
  return count;
}

absl::Status ParseNodes(Reader& reader, Graph& graph) {
  SRPCE_ASSIGN_OR_RETURN(const uint64_t count, ParseSectionHead(reader, "NODES", "label x y"));
  absl::flat_hash_map<std::string, uint64_t> seen;
  for (uint64_t i = 0; i < count; ++i) {
    SRPCE_RETURN_IF_ERROR(
        reader.NextFields(3, absl::StrCat("node ", i, " of ", count, " as 'label x y'")));
    GraphNode node{.label = std::string(reader.fields()[0])};
    SRPCE_ASSIGN_OR_RETURN(node.x, reader.Degrees(1, "x", 180));
    SRPCE_ASSIGN_OR_RETURN(node.y, reader.Degrees(2, "y", 90));
    if (!seen.emplace(node.label, i).second) {
      return reader.Error(absl::StrCat("node label '", node.label, "' a second time"),
                          "labels that differ");
    }
    graph.nodes.push_back(std::move(node));
  }
  return absl::OkStatus();
}

absl::Status ParseEdges(Reader& reader, Graph& graph) {
  SRPCE_ASSIGN_OR_RETURN(const uint64_t count,
                         ParseSectionHead(reader, "EDGES", "label src dest weight bw delay"));
  const uint64_t max_node = graph.nodes.empty() ? 0 : graph.nodes.size() - 1;
  for (uint64_t i = 0; i < count; ++i) {
    SRPCE_RETURN_IF_ERROR(reader.NextFields(
        6, absl::StrCat("edge ", i, " of ", count, " as 'label src dest weight bw delay'")));
    GraphEdge edge{.label = std::string(reader.fields()[0])};
    SRPCE_ASSIGN_OR_RETURN(const uint64_t source, reader.Number(1, "src", max_node));
    SRPCE_ASSIGN_OR_RETURN(const uint64_t target, reader.Number(2, "dest", max_node));
    SRPCE_ASSIGN_OR_RETURN(const uint64_t weight, reader.Number(3, "weight", kMaxMetric));
    SRPCE_ASSIGN_OR_RETURN(edge.bandwidth_kbps, reader.Number(4, "bw", kMaxKbps));
    SRPCE_ASSIGN_OR_RETURN(const uint64_t delay, reader.Number(5, "delay", kMaxDelayUs));
    if (graph.nodes.empty() || source == target) {
      return reader.Error(absl::StrCat("an edge from node ", source, " to itself"),
                          "two different nodes");
    }
    edge.source = static_cast<uint32_t>(source);
    edge.target = static_cast<uint32_t>(target);
    edge.weight = static_cast<uint32_t>(weight);
    edge.delay_us = static_cast<uint32_t>(delay);
    graph.edges.push_back(std::move(edge));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Graph> ParseRepetita(absl::string_view text, absl::string_view file_name) {
  Reader reader(text, file_name);
  Graph graph;
  SRPCE_RETURN_IF_ERROR(ParseNodes(reader, graph));
  SRPCE_RETURN_IF_ERROR(ParseEdges(reader, graph));
  if (reader.Next()) {
    return reader.Error(reader.Quoted(),
                        absl::StrCat("the end of the file after ", graph.edges.size(), " edges"));
  }
  return graph;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) {
    return absl::ErrnoToStatus(errno, absl::StrCat(path, ": cannot be opened"));
  }
  const std::streamoff size = file.tellg();
  if (size < 0 || static_cast<uint64_t>(size) > kMaxFileBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": got no regular file of known size, or one over ", kMaxFileBytes >> 20,
                     " MiB, want less"));
  }
  std::string text(static_cast<size_t>(size), '\0');
  file.seekg(0);
  if (!file.read(text.data(), size)) {
    return absl::DataLossError(absl::StrCat(path, ": cannot be read"));
  }
  return text;
}

}  // namespace srpce::file_source
