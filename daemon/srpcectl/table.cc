// daemon/srpcectl/table.cc
#include "daemon/srpcectl/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"

namespace srpce::ctl {
namespace {

// What it takes on a terminal: code points, not bytes.
size_t Width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

bool IsNumber(const std::string& text) {
  double value = 0;
  return text == "-" || absl::SimpleAtod(text, &value);
}

}  // namespace

void Table::Add(std::vector<std::string> cells) {
  for (std::string& cell : cells) {
    if (cell.empty()) {
      cell = "-";
    }
  }
  rows_.push_back(std::move(cells));
}

std::string Table::ToString(const std::string& indent) const {
  std::string text;
  const size_t columns = rows_[0].size();
  std::vector<size_t> widths(columns, 0);
  std::vector<bool> numeric(columns, rows_.size() > 1);
  for (size_t r = 0; r < rows_.size(); ++r) {
    for (size_t c = 0; c < columns; ++c) {
      widths[c] = std::max(widths[c], Width(rows_[r][c]));
      numeric[c] = numeric[c] && (r == 0 || IsNumber(rows_[r][c]));
    }
  }
  for (const std::vector<std::string>& row : rows_) {
    std::string line = indent;
    for (size_t c = 0; c < columns; ++c) {
      const std::string padding(widths[c] - Width(row[c]), ' ');
      line += (c == 0 ? "" : "  ") + (numeric[c] ? padding + row[c] : row[c] + padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace srpce::ctl
