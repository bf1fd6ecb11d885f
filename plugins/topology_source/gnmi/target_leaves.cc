// plugins/topology_source/gnmi/target_leaves.cc -- TargetModel's leaves: how they come, count, age
// and go.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/topology/element_validation.h"
#include "plugins/topology_source/gnmi/target_model.h"

namespace srpce::gnmi_source {
namespace {

namespace v1 = config::v1;

// Addresses and the like that one interface may have besides its other values.
constexpr size_t kSpareLeaves = 16;
// Above what is configured as the capacity: bursts over what the clock of the target is worth.
constexpr double kCapacitySlack = 1.5;

bool IsName(absl::string_view text) {
  return !text.empty() && text.size() <= topology::kMaxNameLength &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool IsPacketCounter(Attribute attribute) {
  return attribute == v1::GNMI_ATTRIBUTE_PACKETS || attribute == v1::GNMI_ATTRIBUTE_LOST_PACKETS;
}

}  // namespace

Interface* TargetModel::FindOrAddInterface(const std::string& name, bool address_required) {
  const auto found = interfaces_.find(name);
  if (found != interfaces_.end()) {
    return found->second.get();
  }
  if (!IsName(name) || interfaces_.size() >= target_.max_interfaces()) {
    return nullptr;
  }
  auto interface = std::make_unique<Interface>();
  interface->name = name;
  interface->address_required = address_required;
  const auto configured = configured_.find(name);
  interface->configured = configured == configured_.end() ? nullptr : configured->second;
  Interface* result = interface.get();
  interfaces_.emplace(name, std::move(interface));
  Relink(*result);
  return result;
}

Leaf* TargetModel::FindOrAddLeaf(const ValueRule& rule, const std::vector<std::string>& keys) {
  id_ = absl::StrCat(&rule - rules_.data());
  for (const std::string& key : keys) {
    id_ += '\0';
    id_ += key;
  }
  const auto found = leaves_.find(id_);
  if (found != leaves_.end()) {
    return found->second.get();
  }
  if (leaves_.size() >= size_t{target_.max_interfaces()} * (rules_.size() + kSpareLeaves)) {
    return nullptr;
  }
  std::string name = keys[0];
  for (size_t i = 1; i < rule.interface_keys; ++i) {
    absl::StrAppend(&name, "/", keys[i]);
  }
  if (rule.subinterface && keys[*rule.subinterface] != "0") {
    absl::StrAppend(&name, ".", keys[*rule.subinterface]);
  }
  Interface* interface = FindOrAddInterface(name, rule.address_required);
  if (interface == nullptr) {
    return nullptr;
  }
  auto leaf = std::make_unique<Leaf>();
  leaf->rule = &rule;
  leaf->id = id_;
  leaf->keys = keys;
  leaf->interface = interface;
  interface->leaves.push_back(leaf.get());
  return leaves_.emplace(id_, std::move(leaf)).first->second.get();
}

void TargetModel::Store(Leaf& leaf, Quantity quantity) {
  if (auto* addresses = std::get_if<std::vector<IpAddress>>(&quantity)) {
    if (leaf.addresses != *addresses) {
      leaf.addresses = std::move(*addresses);
      Relink(*leaf.interface);
    }
    return;
  }
  if (const uint64_t* count = std::get_if<uint64_t>(&quantity)) {
    Count(leaf, *count);
    return;
  }
  if (const bool* truth = std::get_if<bool>(&quantity)) {
    leaf.truth = *truth;
  } else {
    leaf.average.Add(std::get<double>(quantity), timestamp_ns_, received_ns_, time_constant_ns_);
  }
  MarkDirty(*leaf.interface->link);
  if (IsBadNews(leaf)) {
    leaf.interface->link->urgent = true;
    bad_news_ = true;
  }
}

bool TargetModel::IsBadNews(const Leaf& leaf) const {
  const Link& link = *leaf.interface->link;
  switch (leaf.rule->attribute) {
    case v1::GNMI_ATTRIBUTE_UP:
      return !leaf.truth && (!link.sent || link.sent->up.value_or(true));
    case v1::GNMI_ATTRIBUTE_DELAY_ANOMALOUS:
      return leaf.truth && (!link.sent || !link.sent->delay_anomalous.value_or(false));
    case v1::GNMI_ATTRIBUTE_DELAY:
    case v1::GNMI_ATTRIBUTE_MIN_DELAY: {
      const v1::GnmiAnomaly* limits = AnomalyLimits(link, config_);
      return limits != nullptr && !link.anomaly.anomalous() &&
             leaf.average.value() > limits->threshold_us();
    }
    default:
      return false;
  }
}

// Counters of one kind make one rate over one time: when all have grown since the last rate, or one
// for the second time (a target need not repeat what did not change).
void TargetModel::Count(Leaf& leaf, uint64_t value) {
  Interface& interface = *leaf.interface;
  const std::optional<double> capacity = CapacityBps(*interface.link);
  const double ceiling = capacity && *capacity > 0
                             ? *capacity / kBitsPerByte * kCapacitySlack
                             : static_cast<double>(topology::kMaxBandwidth.value);
  switch (leaf.counter.Add(value, timestamp_ns_, leaf.rule->bits, ceiling)) {
    case Counter::Result::kFirst:
    case Counter::Result::kIgnored:
      return;
    case Counter::Result::kRestarted:
      ++counters_.restarts;
      for (Leaf* other : interface.leaves) {
        if (IsPacketCounter(other->rule->attribute) == IsPacketCounter(leaf.rule->attribute)) {
          other->counted = false;
          other->increase = 0;
        }
      }
      return;
    case Counter::Result::kGrew:
      break;
  }
  if (leaf.counted) {
    FinishRate(interface, leaf);
  }
  leaf.counted = true;
  leaf.increase = leaf.counter.increase();
  const bool all = std::all_of(interface.leaves.begin(), interface.leaves.end(), [&](Leaf* other) {
    return !IsCounter(other->rule->attribute) || other->counted ||
           IsPacketCounter(other->rule->attribute) != IsPacketCounter(leaf.rule->attribute);
  });
  if (all) {
    FinishRate(interface, leaf);
  }
}

void TargetModel::FinishRate(Interface& interface, const Leaf& last) {
  const bool packets = IsPacketCounter(last.rule->attribute);
  double lost = 0;
  double total = 0;
  for (Leaf* leaf : interface.leaves) {
    if (!IsCounter(leaf->rule->attribute) || IsPacketCounter(leaf->rule->attribute) != packets) {
      continue;
    }
    (leaf->rule->attribute == v1::GNMI_ATTRIBUTE_LOST_PACKETS ? lost : total) += leaf->increase;
    leaf->counted = false;
    leaf->increase = 0;
  }
  Derived& rate = packets ? interface.loss : interface.utilisation;
  if (packets && total <= 0 && lost <= 0) {
    return;  // Nothing was sent: nothing is known of what would have become of it.
  }
  const double sample = packets ? std::min(1.0, lost / std::max(total, lost))
                                : total * kBitsPerByte / last.counter.seconds();
  rate.value = rate.average.Add(sample, timestamp_ns_, received_ns_, time_constant_ns_);
  rate.seen = now_;
  rate.age_limit = last.rule->age_limit;
  MarkDirty(*interface.link);
}

void TargetModel::Remove(const UpdatePath& path, bool keep_touched) {
  std::vector<Leaf*> gone;
  const auto matches = [&](const Leaf& leaf) {
    if (keep_touched && leaf.notification == notification_) {
      return false;
    }
    for (size_t i = 0; i < leaf.rule->keys.size(); ++i) {
      const KeyRef& ref = leaf.rule->keys[i];
      if (ref.elem >= path.size()) {
        continue;
      }
      const auto& given = path.elem(ref.elem).key();
      const auto key = given.find(ref.key);
      if (key != given.end() && key->second != "*" && key->second != leaf.keys[i]) {
        return false;
      }
    }
    return true;
  };
  bool any = false;
  std::vector<char> begins(rules_.size());
  for (size_t i = 0; i < rules_.size(); ++i) {
    begins[i] = path.Begins(rules_[i].path) ? 1 : 0;
    any = any || begins[i] != 0;
  }
  if (!any) {
    return;
  }
  for (const auto& [id, leaf] : leaves_) {
    if (begins[static_cast<size_t>(leaf->rule - rules_.data())] != 0 && matches(*leaf)) {
      gone.push_back(leaf.get());
    }
  }
  for (Leaf* leaf : gone) {
    RemoveLeaf(leaf);
  }
}

void TargetModel::DropRates(Interface& interface, Attribute attribute) {
  if (!IsCounter(attribute)) {
    return;
  }
  const bool packets = IsPacketCounter(attribute);
  for (const Leaf* leaf : interface.leaves) {
    if (IsCounter(leaf->rule->attribute) && IsPacketCounter(leaf->rule->attribute) == packets) {
      return;  // Others of its kind remain.
    }
  }
  (packets ? interface.loss : interface.utilisation) = Derived();
}

void TargetModel::RemoveLeaf(Leaf* leaf) {
  Interface& interface = *leaf->interface;
  interface.leaves.erase(std::find(interface.leaves.begin(), interface.leaves.end(), leaf));
  DropRates(interface, leaf->rule->attribute);
  MarkDirty(*interface.link);
  const std::string id = leaf->id;
  leaves_.erase(id);
  Relink(interface);
}

// Puts the interface to the link it now belongs to; an interface nothing is known of goes.
void TargetModel::Relink(Interface& interface) {
  const bool empty = interface.leaves.empty() && interface.link != nullptr;
  const std::string name = interface.LinkName();
  Link* old = interface.link;
  if (old != nullptr && old->name == name && !empty) {
    return;
  }
  if (old != nullptr) {
    MarkDirty(*old);
    auto& list = old->interfaces;
    list.erase(std::find(list.begin(), list.end(), &interface));
  }
  if (empty) {
    const std::string key = interface.name;
    interfaces_.erase(key);
    return;
  }
  std::unique_ptr<Link>& link = links_[name];
  if (link == nullptr) {
    link = std::make_unique<Link>();
    link->name = name;
  }
  link->interfaces.push_back(&interface);
  interface.link = link.get();
  MarkDirty(*link);
}

void TargetModel::MarkDirty(Link& link) {
  if (!link.dirty) {
    link.dirty = true;
    dirty_.push_back(&link);
  }
}

void TargetModel::Expire(MonotonicTime now) {
  std::vector<Leaf*> old;
  for (const auto& [id, leaf] : leaves_) {
    const bool alive = leaf->rule->on_change && connected_ && leaf->session == session_;
    if (!alive && now >= leaf->seen + leaf->rule->age_limit) {
      old.push_back(leaf.get());
    }
  }
  counters_.expired += old.size();
  for (Leaf* leaf : old) {
    RemoveLeaf(leaf);
  }
  for (const auto& [name, interface] : interfaces_) {
    for (Derived* rate : {&interface->utilisation, &interface->loss}) {
      if (rate->value && now >= rate->seen + rate->age_limit) {
        *rate = Derived();
        MarkDirty(*interface->link);
      }
    }
  }
}

}  // namespace srpce::gnmi_source
