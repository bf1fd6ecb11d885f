#include "plugins/topology_source/gnmi/link_state.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace srpce::gnmi_source {
namespace {

namespace v1 = config::v1;

bool IsLinkLocal(const IpAddress& address) {
  return !address.is_v4() && address.v6().Bits(0, 10) == 0x3fa;  // fe80::/10
}

// The newest numbers by attribute, and truths.
struct Newest {
  struct Number {
    double value = 0;
    MonotonicTime seen;
    bool any = false;
  };
  std::array<Number, v1::GnmiAttribute_ARRAYSIZE> numbers;
  std::optional<bool> up;
  MonotonicTime up_seen;
  std::optional<bool> anomalous;

  void Offer(Attribute attribute, double value, MonotonicTime seen) {
    Number& number = numbers[static_cast<size_t>(attribute)];
    if (!number.any || seen >= number.seen) {
      number = {.value = value, .seen = seen, .any = true};
    }
  }
  std::optional<double> Get(Attribute attribute) const {
    const Number& number = numbers[static_cast<size_t>(attribute)];
    return number.any ? std::optional(number.value) : std::nullopt;
  }
  void Take(const Leaf& leaf) {
    switch (leaf.rule->attribute) {
      case v1::GNMI_ATTRIBUTE_UP:
        if (!up || leaf.seen >= up_seen) {
          up = leaf.truth;
          up_seen = leaf.seen;
        }
        return;
      case v1::GNMI_ATTRIBUTE_DELAY_ANOMALOUS:
        anomalous = anomalous.value_or(false) || leaf.truth;
        return;
      case v1::GNMI_ATTRIBUTE_ADDRESS:
      case v1::GNMI_ATTRIBUTE_OCTETS:
      case v1::GNMI_ATTRIBUTE_PACKETS:
      case v1::GNMI_ATTRIBUTE_LOST_PACKETS:
        return;
      default:
        Offer(leaf.rule->attribute, leaf.average.value(), leaf.seen);
    }
  }
};

Newest Gather(const Link& link) {
  Newest newest;
  for (const Interface* interface : link.interfaces) {
    for (const Leaf* leaf : interface->leaves) {
      newest.Take(*leaf);
    }
    if (interface->utilisation.value) {
      newest.Offer(v1::GNMI_ATTRIBUTE_UTILISATION, *interface->utilisation.value,
                   interface->utilisation.seen);
    }
    // A measured loss goes before what the counters of this end tell.
    if (interface->loss.value && !newest.Get(v1::GNMI_ATTRIBUTE_LOSS)) {
      newest.Offer(v1::GNMI_ATTRIBUTE_LOSS, *interface->loss.value, MonotonicTime::min());
    }
  }
  return newest;
}

std::optional<Microseconds> Delay(const std::optional<double>& us) {
  return us ? std::optional(Microseconds(std::llround(*us))) : std::nullopt;
}

std::optional<BytesPerSecond> Bandwidth(const std::optional<double>& bps) {
  return bps ? std::optional(SupplyFromBits(static_cast<uint64_t>(*bps))) : std::nullopt;
}

struct Deviation {
  bool any = false;
  bool large = false;       // Of a number.
  bool structural = false;  // Something came, went or turned.
  bool bad = false;         // Down, or anomalous.

  template <typename T, typename Count>
  void Compare(const std::optional<T>& from, const std::optional<T>& to, double percent,
               double absolute, Count count) {
    if (from.has_value() != to.has_value()) {
      any = structural = true;
    } else if (from && *from != *to) {
      any = true;
      large = large || IsLargeChange(count(*from), count(*to), percent, absolute);
    }
  }
  void CompareTruth(const std::optional<bool>& from, const std::optional<bool>& to, bool worse) {
    if (from != to) {
      any = structural = true;
      bad = bad || (to == worse && from.value_or(!worse) != worse);
    }
  }
};

Deviation Compare(const topology::LinkAttributes& from, const topology::LinkAttributes& to,
                  const v1::GnmiDampening& limits) {
  Deviation deviation;
  deviation.CompareTruth(from.up, to.up, /*worse=*/false);
  deviation.CompareTruth(from.delay_anomalous, to.delay_anomalous, /*worse=*/true);
  const auto us = [](Microseconds delay) { return static_cast<double>(delay.count()); };
  for (const auto member :
       {&topology::LinkAttributes::delay, &topology::LinkAttributes::min_delay,
        &topology::LinkAttributes::max_delay, &topology::LinkAttributes::delay_variation}) {
    deviation.Compare(from.*member, to.*member, limits.percent(), limits.delay_us(), us);
  }
  deviation.Compare(from.loss, to.loss, limits.percent(), limits.loss_fraction(),
                    [](double loss) { return loss; });
  const auto bps = [](BytesPerSecond bandwidth) {
    return static_cast<double>(bandwidth.value) * kBitsPerByte;
  };
  deviation.Compare(from.capacity, to.capacity, 0, 0, bps);
  deviation.Compare(from.available, to.available, limits.percent(), limits.bandwidth_bps(), bps);
  return deviation;
}

}  // namespace

std::string Interface::LinkName() const {
  if (configured != nullptr && configured->has_address()) {
    return configured->address();
  }
  const IpAddress* best = nullptr;
  for (const Leaf* leaf : leaves) {
    for (const IpAddress& address : leaf->addresses) {
      // IPv4 is less than IPv6.
      if (!IsLinkLocal(address) && (best == nullptr || address < *best)) {
        best = &address;
      }
    }
  }
  if (best != nullptr) {
    return best->ToString();
  }
  return address_required ? "" : name;
}

std::optional<double> CapacityBps(const Link& link) {
  return Gather(link).Get(v1::GNMI_ATTRIBUTE_CAPACITY);
}

const v1::GnmiAnomaly* AnomalyLimits(const Link& link, const v1::GnmiTargets& config) {
  for (const Interface* interface : link.interfaces) {
    if (interface->configured != nullptr && interface->configured->has_anomaly()) {
      return &interface->configured->anomaly();
    }
  }
  return config.has_anomaly() ? &config.anomaly() : nullptr;
}

topology::LinkAttributes Compose(Link& link, const v1::GnmiTargets& config) {
  const Newest newest = Gather(link);
  topology::LinkAttributes attributes;
  attributes.up = newest.up;
  attributes.delay = Delay(newest.Get(v1::GNMI_ATTRIBUTE_DELAY));
  attributes.min_delay = Delay(newest.Get(v1::GNMI_ATTRIBUTE_MIN_DELAY));
  attributes.max_delay = Delay(newest.Get(v1::GNMI_ATTRIBUTE_MAX_DELAY));
  if (attributes.min_delay && attributes.max_delay) {
    // Two leaves, perhaps of two samples: the TED takes no minimum above the maximum.
    attributes.max_delay = std::max(*attributes.max_delay, *attributes.min_delay);
  }
  attributes.delay_variation = Delay(newest.Get(v1::GNMI_ATTRIBUTE_DELAY_VARIATION));
  attributes.loss = newest.Get(v1::GNMI_ATTRIBUTE_LOSS);
  attributes.delay_anomalous = newest.anomalous;
  const std::optional<Microseconds> judged =
      attributes.delay ? attributes.delay : attributes.min_delay;
  const v1::GnmiAnomaly* limits = AnomalyLimits(link, config);
  if (limits != nullptr && judged) {
    const bool above = link.anomaly.Update(static_cast<double>(judged->count()), *limits);
    attributes.delay_anomalous = attributes.delay_anomalous.value_or(false) || above;
  }
  const std::optional<double> capacity = newest.Get(v1::GNMI_ATTRIBUTE_CAPACITY);
  const std::optional<double> utilisation = newest.Get(v1::GNMI_ATTRIBUTE_UTILISATION);
  attributes.capacity = Bandwidth(capacity);
  attributes.available = Bandwidth(newest.Get(v1::GNMI_ATTRIBUTE_AVAILABLE));
  if (!attributes.available && capacity && utilisation) {
    attributes.available = Bandwidth(std::max(0.0, *capacity - *utilisation));
  }
  return attributes;
}

bool IsDue(Link& link, const topology::LinkAttributes& attributes,
           const v1::GnmiDampening& dampening, MonotonicTime now) {
  if (!link.sent) {
    return attributes != topology::LinkAttributes();
  }
  const Deviation deviation = Compare(*link.sent, attributes, dampening);
  if (!deviation.any) {
    link.deviates_since.reset();
    return false;
  }
  if (!link.deviates_since) {
    link.deviates_since = now;
  }
  if (deviation.bad) {
    return true;
  }
  const auto ms = [](uint32_t count) { return std::chrono::milliseconds(count); };
  if (now < link.sent_at + ms(dampening.min_interval_ms())) {
    return false;
  }
  return deviation.large || deviation.structural ||
         now >= *link.deviates_since + ms(dampening.max_wait_ms());
}

}  // namespace srpce::gnmi_source
