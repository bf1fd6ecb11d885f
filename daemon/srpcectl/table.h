// daemon/srpcectl/table.h -- rows of text as aligned columns.
#pragma once

#include <string>
#include <vector>

namespace srpce::ctl {

// Columns are as wide as their widest cell, two spaces apart. Columns whose cells are all numbers
// (or "-") are right-aligned. No space stands at the end of a line.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  // REQUIRES as many cells as the header has. An empty cell shows as "-".
  void Add(std::vector<std::string> cells);
  std::string ToString(const std::string& indent = "") const;
  bool empty() const { return rows_.size() == 1; }

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace srpce::ctl
