// lib/cspf/additive.cc -- bounds in public and internal units, and their names.
#include "lib/cspf/additive.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace srpce::cspf {
namespace {

bool KeepsLoss(double survival, double max_loss) {
  return 1.0 - survival <= max_loss + kLossTolerance;
}

// Returns the greatest loss key that keeps `max_loss`. REQUIRES KeepsLoss(1.0, max_loss).
uint64_t LossLimit(double max_loss) {
  uint64_t keeps = 0;
  uint64_t breaks = kNoLossBits + 1;
  while (breaks - keeps > 1) {
    const uint64_t middle = keeps + (breaks - keeps) / 2;
    (KeepsLoss(SurvivalOf(middle), max_loss) ? keeps : breaks) = middle;
  }
  return keeps;
}

// Returns `digits` with a comma between thousands.
std::string Grouped(const std::string& digits) {
  std::string grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

}  // namespace

Additive AdditiveOf(MetricType metric) {
  switch (metric) {
    case MetricType::kIgp:
      return Additive::kIgp;
    case MetricType::kTe:
      return Additive::kTe;
    case MetricType::kDelay:
      return Additive::kDelay;
    case MetricType::kHops:
      return Additive::kHops;
    case MetricType::kLoss:
      return Additive::kLossLog;
    case MetricType::kVariation:
      return Additive::kVariation;
  }
  return Additive::kIgp;
}

std::optional<size_t> SlotOf(Additive what) {
  switch (what) {
    case Additive::kIgp:
      return topology::kIgpWeight;
    case Additive::kTe:
      return topology::kTeWeight;
    case Additive::kDelay:
      return topology::kDelayWeight;
    default:
      return std::nullopt;
  }
}

BoundSet BoundsOf(const Constraints& constraints) {
  BoundSet bounds;
  const auto add = [&](Additive what, uint64_t limit) {
    bounds.items[bounds.count++] = {what, limit};
  };
  const auto add_time = [&](Additive what, const std::optional<Microseconds>& limit) {
    if (!limit) return;
    if (limit->count() < 0) bounds.impossible = what;
    add(what, static_cast<uint64_t>(std::max<int64_t>(limit->count(), 0)));
  };
  add_time(Additive::kDelay, constraints.max_delay);
  if (constraints.max_igp_cost) add(Additive::kIgp, *constraints.max_igp_cost);
  if (constraints.max_te_cost) add(Additive::kTe, *constraints.max_te_cost);
  if (constraints.max_hops) add(Additive::kHops, *constraints.max_hops);
  if (constraints.max_loss) {
    const bool possible = KeepsLoss(1.0, *constraints.max_loss);
    if (!possible) bounds.impossible = Additive::kLoss;
    add(Additive::kLoss, possible ? LossLimit(*constraints.max_loss) : 0);
  }
  add_time(Additive::kVariation, constraints.max_variation);
  return bounds;
}

Constraints WithoutBound(Constraints constraints, Additive what) {
  switch (what) {
    case Additive::kDelay:
      constraints.max_delay.reset();
      break;
    case Additive::kIgp:
      constraints.max_igp_cost.reset();
      break;
    case Additive::kTe:
      constraints.max_te_cost.reset();
      break;
    case Additive::kHops:
      constraints.max_hops.reset();
      break;
    case Additive::kLoss:
      constraints.max_loss.reset();
      break;
    case Additive::kVariation:
      constraints.max_variation.reset();
      break;
    case Additive::kLossLog:
      break;
  }
  return constraints;
}

Constraints WithBound(Constraints constraints, Additive what, double limit) {
  switch (what) {
    case Additive::kDelay:
      constraints.max_delay = Microseconds(static_cast<int64_t>(limit));
      break;
    case Additive::kIgp:
      constraints.max_igp_cost = static_cast<uint64_t>(limit);
      break;
    case Additive::kTe:
      constraints.max_te_cost = static_cast<uint64_t>(limit);
      break;
    case Additive::kHops:
      constraints.max_hops = static_cast<uint32_t>(limit);
      break;
    case Additive::kLoss:
      constraints.max_loss = limit;
      break;
    case Additive::kVariation:
      constraints.max_variation = Microseconds(static_cast<int64_t>(limit));
      break;
    case Additive::kLossLog:
      break;
  }
  return constraints;
}

namespace {
std::optional<double> AsDouble(const std::optional<Microseconds>& value) {
  if (!value) return std::nullopt;
  return static_cast<double>(value->count());
}
template <typename T>
std::optional<double> AsDouble(const std::optional<T>& value) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value);
}
}  // namespace

std::optional<double> PublicBound(const Constraints& constraints, Additive what) {
  switch (what) {
    case Additive::kDelay:
      return AsDouble(constraints.max_delay);
    case Additive::kIgp:
      return AsDouble(constraints.max_igp_cost);
    case Additive::kTe:
      return AsDouble(constraints.max_te_cost);
    case Additive::kHops:
      return AsDouble(constraints.max_hops);
    case Additive::kLoss:
      return constraints.max_loss;
    case Additive::kVariation:
      return AsDouble(constraints.max_variation);
    case Additive::kLossLog:
      break;
  }
  return std::nullopt;
}

std::optional<double> PublicValue(const PathMetrics& metrics, Additive what) {
  switch (what) {
    case Additive::kDelay:
      return AsDouble(metrics.delay);
    case Additive::kIgp:
      return AsDouble(metrics.igp_cost);
    case Additive::kTe:
      return AsDouble(metrics.te_cost);
    case Additive::kHops:
      return static_cast<double>(metrics.hops);
    case Additive::kLoss:
    case Additive::kLossLog:
      return metrics.loss;
    case Additive::kVariation:
      return AsDouble(metrics.variation);
  }
  return std::nullopt;
}

uint64_t CostIn(const PathMetrics& metrics, Additive what) {
  switch (what) {
    case Additive::kDelay:
      return static_cast<uint64_t>(metrics.delay->count());
    case Additive::kIgp:
      return *metrics.igp_cost;
    case Additive::kTe:
      return *metrics.te_cost;
    case Additive::kVariation:
      return static_cast<uint64_t>(metrics.variation->count());
    case Additive::kLoss:
    case Additive::kLossLog:
      return LossLog(*metrics.loss);
    case Additive::kHops:
      break;
  }
  return metrics.hops;
}

bool KeepsBounds(const PathMetrics& metrics, const Constraints& constraints) {
  const auto keeps = [](const auto& value, const auto& bound) {
    return !bound || (value && *value <= *bound);
  };
  return keeps(metrics.delay, constraints.max_delay) &&
         keeps(metrics.igp_cost, constraints.max_igp_cost) &&
         keeps(metrics.te_cost, constraints.max_te_cost) &&
         keeps(metrics.variation, constraints.max_variation) &&
         (!constraints.max_hops || metrics.hops <= *constraints.max_hops) &&
         (!constraints.max_loss ||
          (metrics.loss && *metrics.loss <= *constraints.max_loss + kLossTolerance));
}

const char* AdditiveName(Additive what) {
  switch (what) {
    case Additive::kDelay:
      return "delay";
    case Additive::kIgp:
      return "IGP cost";
    case Additive::kTe:
      return "TE cost";
    case Additive::kHops:
      return "hops";
    case Additive::kLoss:
    case Additive::kLossLog:
      return "loss";
    case Additive::kVariation:
      return "delay variation";
  }
  return "?";
}

std::string FormatAdditive(Additive what, double value) {
  if (what == Additive::kLoss) return absl::StrFormat("%.6g %%", value * 100);
  const std::string sign = value < 0 ? "-" : "";
  const std::string number = sign + Grouped(absl::StrFormat("%.0f", std::abs(value)));
  const bool is_time = what == Additive::kDelay || what == Additive::kVariation;
  return is_time ? number + " us" : number;
}

Reason ReasonOf(Additive what) {
  switch (what) {
    case Additive::kDelay:
      return Reason::kDelayBound;
    case Additive::kIgp:
      return Reason::kIgpBound;
    case Additive::kTe:
      return Reason::kTeBound;
    case Additive::kHops:
      return Reason::kHopBound;
    case Additive::kLoss:
    case Additive::kLossLog:
      return Reason::kLossBound;
    case Additive::kVariation:
      return Reason::kVariationBound;
  }
  return Reason::kCombinedBounds;
}

}  // namespace srpce::cspf
