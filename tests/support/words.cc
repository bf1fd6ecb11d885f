#include "tests/support/words.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace srpce::support {
namespace {

using topology::MetricType;

constexpr MetricType kMetrics[] = {MetricType::kIgp, MetricType::kTe, MetricType::kDelay,
                                   MetricType::kHops};

uint64_t UnitOf(char last) {
  switch (last) {
    case 'k':
      return 1'000;
    case 'M':
      return 1'000'000;
    case 'G':
      return 1'000'000'000;
    case 'T':
      return 1'000'000'000'000;
    default:
      return 1;
  }
}

}  // namespace

Words::Words(absl::string_view line) : line_(line) {
  for (const absl::string_view word :
       absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty())) {
    if (word[0] == '#') {
      break;
    }
    words_.push_back(word);
  }
}

absl::string_view Words::Take() {
  if (done()) {
    Die("ends too early");
  }
  return words_[next_++];
}

uint64_t Words::ToUint64(absl::string_view word) const {
  uint64_t value = 0;
  if (absl::StartsWith(word, "0x") ? !absl::SimpleHexAtoi(word, &value)
                                   : !absl::SimpleAtoi(word, &value)) {
    Die(absl::StrCat("got '", word, "', want a number"));
  }
  return value;
}

double Words::TakeFraction() {
  const absl::string_view word = Take();
  double value = 0;
  if (!absl::SimpleAtod(word, &value)) {
    Die(absl::StrCat("got '", word, "', want a fraction"));
  }
  return value;
}

std::vector<uint32_t> Words::TakeList() {
  std::vector<uint32_t> list;
  for (const absl::string_view item : absl::StrSplit(Take(), ',')) {
    list.push_back(ToNumber<uint32_t>(item));
  }
  return list;
}

BytesPerSecond Words::TakeBandwidth() {
  const absl::string_view word = Take();
  const uint64_t unit = UnitOf(word.back());
  uint64_t exact = 0;
  if (absl::SimpleAtoi(word, &exact)) {
    return SupplyFromBits(exact);
  }
  double value = 0;
  if (!absl::SimpleAtod(unit == 1 ? word : word.substr(0, word.size() - 1), &value) || value < 0) {
    Die(absl::StrCat("got '", word, "', want a bandwidth such as 400M"));
  }
  return SupplyFromBits(static_cast<uint64_t>(value * static_cast<double>(unit)));
}

topology::AdminGroup Words::TakeAdminGroup() {
  const auto bits = TakeNumber<uint64_t>();
  return topology::AdminGroup({static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32)});
}

IpPrefix Words::ToPrefix(absl::string_view word) const {
  const absl::StatusOr<IpPrefix> prefix = IpPrefix::Parse(word);
  if (!prefix.ok()) {
    Die(prefix.status().message());
  }
  return *prefix;
}

IpAddress Words::ToAddress(absl::string_view word) const {
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(word);
  if (!address.ok()) {
    Die(address.status().message());
  }
  return *address;
}

void Words::Die(absl::string_view why) const {
  std::fprintf(stderr, "ted text: line '%s': %s\n", std::string(line_).c_str(),
               std::string(why).c_str());
  std::abort();
}

void AddToAdminGroup(const std::vector<uint32_t>& bits, topology::AdminGroup& group) {
  for (const uint32_t bit : bits) {
    group.Set(bit);
  }
}

std::vector<uint32_t> BitsOf(const topology::AdminGroup& group) {
  std::vector<uint32_t> bits;
  for (uint32_t bit = 0; bit < group.words().size() * 32; ++bit) {
    if (group.Test(bit)) {
      bits.push_back(bit);
    }
  }
  return bits;
}

MetricType ParseMetric(const Words& words, absl::string_view text) {
  for (const MetricType metric : kMetrics) {
    if (text == MetricName(metric)) {
      return metric;
    }
  }
  words.Die(absl::StrCat("got '", text, "', want igp, te, delay or hops"));
}

const char* MetricName(MetricType metric) {
  constexpr const char* kNames[] = {"igp", "te", "delay", "hops"};
  return kNames[static_cast<size_t>(metric)];
}

}  // namespace srpce::support
