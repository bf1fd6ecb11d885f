// lib/pce/policy_table.cc -- records and units.
#include "lib/pce/policy_table.h"

#include <algorithm>
#include <utility>

namespace srpce::pce {
namespace {

bool MoreImportant(const PolicyRecord* a, const PolicyRecord* b) {
  return std::tie(a->intent->priority, a->intent->key) <
         std::tie(b->intent->priority, b->intent->key);
}

}  // namespace

std::vector<Binding> BindingsOf(const policy::PolicyIntent& intent) {
  std::vector<Binding> bindings;
  if (intent.binding_label) {
    bindings.emplace_back(intent.key.headend, *intent.binding_label);
  }
  if (intent.binding_sid) {
    bindings.emplace_back(intent.key.headend, *intent.binding_sid);
  }
  return bindings;
}

PolicyRecord* PolicyTable::Find(const policy::PolicyKey& key) const {
  const auto it = records_.find(key);
  return it == records_.end() ? nullptr : it->second.get();
}

const policy::PolicyKey* PolicyTable::FindBinding(const Binding& binding) const {
  const auto it = bindings_.find(binding);
  return it == bindings_.end() ? nullptr : &it->second;
}

const Unit* PolicyTable::FindGroup(const std::string& group) const {
  const auto it = groups_.find(group);
  return it == groups_.end() ? nullptr : it->second.get();
}

PolicyRecord& PolicyTable::Adopt(IntentPtr intent) {
  std::unique_ptr<PolicyRecord>& slot = records_[intent->key];
  if (slot == nullptr) {
    slot = std::make_unique<PolicyRecord>();
    if (free_ids_.empty()) {
      slot->id = static_cast<PolicyId>(by_id_.size());
      by_id_.push_back(nullptr);
    } else {
      slot->id = free_ids_.back();
      free_ids_.pop_back();
    }
    by_id_[slot->id] = slot.get();
  } else {
    Leave(*slot);
  }
  slot->intent = std::move(intent);
  Join(*slot);
  return *slot;
}

void PolicyTable::Remove(const policy::PolicyKey& key) {
  const auto it = records_.find(key);
  if (it == records_.end()) {
    return;
  }
  Leave(*it->second);
  by_id_[it->second->id] = nullptr;
  free_ids_.push_back(it->second->id);
  records_.erase(it);
}

void PolicyTable::Join(PolicyRecord& record) {
  const policy::PolicyIntent& intent = *record.intent;
  std::unique_ptr<Unit>& unit =
      intent.disjoint ? groups_[intent.disjoint->group] : singles_[intent.key];
  if (unit == nullptr) {
    unit = std::make_unique<Unit>();
    unit_set_.insert(unit.get());
  }
  record.unit = unit.get();
  auto& members = unit->members;
  members.insert(std::upper_bound(members.begin(), members.end(), &record, MoreImportant), &record);
  for (Binding& binding : BindingsOf(intent)) {
    bindings_[std::move(binding)] = intent.key;
  }
}

void PolicyTable::Leave(PolicyRecord& record) {
  const policy::PolicyIntent& intent = *record.intent;
  for (const Binding& binding : BindingsOf(intent)) {
    // In a batch that moves a SID to another policy, that one may have it already.
    const auto it = bindings_.find(binding);
    if (it != bindings_.end() && it->second == intent.key) {
      bindings_.erase(it);
    }
  }
  Unit* const unit = std::exchange(record.unit, nullptr);
  std::erase(unit->members, &record);
  if (!unit->members.empty()) {
    return;
  }
  unit_gone_(unit);
  unit_set_.erase(unit);
  if (intent.disjoint) {
    groups_.erase(intent.disjoint->group);
  } else {
    singles_.erase(intent.key);
  }
}

}  // namespace srpce::pce
