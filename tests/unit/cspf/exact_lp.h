// tests/unit/cspf/exact_lp.h -- a linear program over paths in fractions: the textbook's tableau by
// Bland's rule, for networks where every path is listed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <vector>

namespace srpce::cspf::oracle {

__extension__ typedef __int128 Wide;

struct Fraction {
  Wide top = 0;
  Wide bottom = 1;

  Fraction() = default;
  Fraction(Wide n, Wide d = 1) : top(n), bottom(d) {
    Wide a = n < 0 ? -n : n;
    Wide b = d;
    while (b != 0) {
      const Wide rest = a % b;
      a = b;
      b = rest;
    }
    if (a < 0) a = -a;
    if (a != 0) top /= a, bottom /= a;
    if (bottom < 0) top = -top, bottom = -bottom;
  }
  friend Fraction operator*(const Fraction& a, const Fraction& b) {
    return {a.top * b.top, a.bottom * b.bottom};
  }
  friend Fraction operator/(const Fraction& a, const Fraction& b) {
    return {a.top * b.bottom, a.bottom * b.top};
  }
  friend Fraction operator-(const Fraction& a, const Fraction& b) {
    return {a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom};
  }
  friend Fraction operator+(const Fraction& a, const Fraction& b) { return a - b * Fraction(-1); }
  friend bool operator<(const Fraction& a, const Fraction& b) {
    return a.top * b.bottom < b.top * a.bottom;
  }
  friend bool operator==(const Fraction& a, const Fraction& b) {
    return a.top == b.top && a.bottom == b.bottom;
  }
  double value() const { return static_cast<double>(top) / static_cast<double>(bottom); }
};

// Maximises `gain` * x over x >= 0 with rows * x <= limits. REQUIRES limits >= 0; bounded.
inline std::vector<Fraction> Maximise(const std::vector<std::vector<int>>& rows,
                                      const std::vector<uint64_t>& limits,
                                      const std::vector<Wide>& gain) {
  const size_t m = rows.size(), n = gain.size();
  // Columns: x, slacks, right-hand side. The last row is the objective, negated.
  std::vector<std::vector<Fraction>> table(m + 1, std::vector<Fraction>(n + m + 1));
  std::vector<size_t> basis(m);
  for (size_t i = 0; i < m; ++i) {
    for (size_t j = 0; j < n; ++j) table[i][j] = rows[i][j];
    table[i][n + i] = 1;
    table[i][n + m] = static_cast<Wide>(limits[i]);
    basis[i] = n + i;
  }
  for (size_t j = 0; j < n; ++j) table[m][j] = -gain[j];
  for (;;) {
    size_t enters = 0;
    while (enters < n + m && !(table[m][enters] < Fraction())) ++enters;
    if (enters == n + m) break;
    std::optional<size_t> leaves;
    Fraction least;
    for (size_t i = 0; i < m; ++i) {
      if (!(Fraction() < table[i][enters])) continue;
      const Fraction ratio = table[i][n + m] / table[i][enters];
      if (!leaves || ratio < least || (ratio == least && basis[i] < basis[*leaves])) {
        leaves = i;
        least = ratio;
      }
    }
    if (!leaves) std::abort();  // Not bounded.
    const Fraction pivot = table[*leaves][enters];
    for (Fraction& entry : table[*leaves]) entry = entry / pivot;
    for (size_t i = 0; i <= m; ++i) {
      const Fraction factor = table[i][enters];
      if (i == *leaves || factor == Fraction()) continue;
      for (size_t j = 0; j <= n + m; ++j) {
        if (!(table[*leaves][j] == Fraction())) {
          table[i][j] = table[i][j] - factor * table[*leaves][j];
        }
      }
    }
    basis[*leaves] = enters;
  }
  std::vector<Fraction> x(n);
  for (size_t i = 0; i < m; ++i) {
    if (basis[i] < n) x[basis[i]] = table[i][n + m];
  }
  return x;
}

}  // namespace srpce::cspf::oracle
