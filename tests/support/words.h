// tests/support/words.h -- the words of one line of a map or a query, for tests/support/ted_text.h
// and query_text.h.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/ip.h"
#include "lib/base/units.h"
#include "lib/topology/elements.h"

namespace srpce::support {

// Taken from the left. What cannot be taken dies with the line.
class Words {
 public:
  // Up to a word that begins with #. REQUIRES `line` outlives this.
  explicit Words(absl::string_view line);

  bool done() const { return next_ == words_.size(); }
  absl::string_view Take();
  template <typename T>
  T TakeNumber() {
    return ToNumber<T>(Take());
  }
  template <typename T>
  T ToNumber(absl::string_view word) const {
    const uint64_t value = ToUint64(word);
    if (value > static_cast<uint64_t>(std::numeric_limits<T>::max())) {
      Die(absl::StrCat("got '", word, "', want a number"));
    }
    return static_cast<T>(value);
  }
  double TakeFraction();
  // "1,2,3".
  std::vector<uint32_t> TakeList();
  // Bits per second: "400M".
  BytesPerSecond TakeBandwidth();
  topology::AdminGroup TakeAdminGroup();
  IpPrefix ToPrefix(absl::string_view word) const;
  IpAddress ToAddress(absl::string_view word) const;

  [[noreturn]] void Die(absl::string_view why) const;

 private:
  uint64_t ToUint64(absl::string_view word) const;

  absl::string_view line_;
  std::vector<absl::string_view> words_;
  size_t next_ = 0;
};

// Sets `bits` besides those that are set.
void AddToAdminGroup(const std::vector<uint32_t>& bits, topology::AdminGroup& group);
std::vector<uint32_t> BitsOf(const topology::AdminGroup& group);

// "igp", "te", "delay" or "hops".
topology::MetricType ParseMetric(const Words& words, absl::string_view text);
const char* MetricName(topology::MetricType metric);

}  // namespace srpce::support
