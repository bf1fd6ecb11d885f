#include "lib/topology/elements.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace srpce::topology {

AdminGroup::AdminGroup(std::vector<uint32_t> words) : words_(std::move(words)) { Trim(); }

void AdminGroup::Set(uint32_t bit) {
  if (words_.size() <= bit / 32) {
    words_.resize(bit / 32 + 1);
  }
  words_[bit / 32] |= 1U << (bit % 32);
}

const char* MetricTypeName(MetricType metric) {
  switch (metric) {
    case MetricType::kIgp:
      return "igp";
    case MetricType::kTe:
      return "te";
    case MetricType::kDelay:
      return "delay";
    case MetricType::kHops:
      return "hops";
    case MetricType::kLoss:
      return "loss";
    case MetricType::kVariation:
      return "variation";
  }
  return "unknown";
}

bool AdminGroup::Test(uint32_t bit) const {
  return bit / 32 < words_.size() && ((words_[bit / 32] >> (bit % 32)) & 1U) != 0;
}

bool AdminGroup::Intersects(const AdminGroup& other) const {
  const size_t shared = std::min(words_.size(), other.words_.size());
  for (size_t i = 0; i < shared; ++i) {
    if ((words_[i] & other.words_[i]) != 0) {
      return true;
    }
  }
  return false;
}

bool AdminGroup::Contains(const AdminGroup& other) const {
  if (other.words_.size() > words_.size()) {
    return false;  // Trimmed: its last word has a bit that is not here.
  }
  for (size_t i = 0; i < other.words_.size(); ++i) {
    if ((other.words_[i] & ~words_[i]) != 0) {
      return false;
    }
  }
  return true;
}

uint64_t AdminGroup::low64() const {
  uint64_t bits = words_.empty() ? 0 : words_[0];
  if (words_.size() > 1) {
    bits |= uint64_t{words_[1]} << 32;
  }
  return bits;
}

void AdminGroup::Trim() {
  while (!words_.empty() && words_.back() == 0) {
    words_.pop_back();
  }
}

std::string LinkKey::ToString() const {
  if (local_interface.empty()) {
    return absl::StrCat(local_node, "->", remote_node);
  }
  return absl::StrCat(local_node, remote_node.empty() ? "" : "->", remote_node, "#",
                      local_interface);
}

}  // namespace srpce::topology
