// lib/pce/staging.cc -- a batch of changes against the table: all or nothing.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/pce/policy_table.h"
#include "lib/segments/label_table.h"

namespace srpce::pce {
namespace {

using Overlay = std::map<policy::PolicyKey, const policy::PolicyIntent*>;
using Defects = std::vector<std::string>;

void CheckBindings(const PolicyTable& table, const Overlay& overlay, Defects& defects) {
  std::map<Binding, policy::PolicyKey> used;
  for (const auto& [key, intent] : overlay) {
    if (intent == nullptr) {
      continue;
    }
    for (const Binding& binding : BindingsOf(*intent)) {
      const auto [it, free] = used.try_emplace(binding, key);
      const policy::PolicyKey* owner = free ? table.FindBinding(binding) : &it->second;
      if (owner != nullptr && *owner != key && (!free || !overlay.contains(*owner))) {
        defects.push_back(absl::StrCat("policy ", ToString(key), ": binding SID: policy ",
                                       ToString(*owner), " has the same one on headend ",
                                       key.headend));
      }
    }
  }
}

// Sessions know a headend by its node id alone: under another name its policies would be computed
// and never delivered. A node that the TED does not know may still come.
absl::Status CheckHeadend(const topology::Ted& ted, const std::string& name) {
  const std::optional<topology::NodeIndex> node = ted.FindNode(name);
  if (!node || ted.node(*node).id == name) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "headend: got '", name, "', another name of node '", ted.node(*node).id, "'; want its id"));
}

// What the headend's IGP has announced for something else would be taken over.
absl::Status CheckBindingLabel(const topology::Ted& ted, topology::NodeIndex headend,
                               uint32_t label) {
  for (const topology::LabelRange& range : ted.node(headend).attributes.srgb) {
    if (label >= range.first && label - range.first < range.size) {
      return absl::InvalidArgumentError(
          absl::StrCat("binding_label: got ", label, ", which is in the headend's SRGB ",
                       range.first, " to ", range.first + range.size - 1));
    }
  }
  const std::optional<segments::LabelReading> reading = segments::ReadLabel(ted, headend, label);
  if (!reading) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "binding_label: got ", label, ", which the headend announces for ",
      reading->adjacency.empty() ? std::string("a prefix")
                                 : "link " + ted.link(reading->adjacency.front()).key.ToString()));
}

absl::Status CheckBindingSid(const topology::Ted& ted, const std::string& headend,
                             const Ipv6Address& sid) {
  for (const topology::SidOwner& owner : ted.FindSrv6Sid(sid)) {
    // What the headend itself announces may be this very policy, where routers tell of those.
    if (ted.node(owner.node).id != headend || owner.link) {
      return absl::InvalidArgumentError(absl::StrCat("binding_sid: got ", sid.ToString(),
                                                     ", a SID of node ", ted.node(owner.node).id));
    }
  }
  return absl::OkStatus();
}

void CheckGroups(const PolicyTable& table, const Overlay& overlay, Defects& defects) {
  std::map<std::string, const policy::PolicyIntent*> speakers;  // The first member of each group.
  for (const auto& [key, intent] : overlay) {
    if (intent == nullptr || !intent->disjoint) {
      continue;
    }
    const policy::DisjointMembership& mine = *intent->disjoint;
    const policy::PolicyIntent*& speaker = speakers[mine.group];
    if (speaker == nullptr) {
      speaker = intent;
      const Unit* unit = table.FindGroup(mine.group);
      for (const PolicyRecord* member :
           unit != nullptr ? unit->members : std::vector<PolicyRecord*>()) {
        if (!overlay.contains(member->intent->key)) {
          speaker = member->intent.get();
          break;
        }
      }
    }
    if (speaker->disjoint->disjointness != mine.disjointness) {
      defects.push_back(absl::StrCat(
          "policy ", ToString(key), ": disjoint: got ", cspf::DisjointnessName(mine.disjointness),
          ", but policy ", ToString(speaker->key), " of the same group ", mine.group, " says ",
          cspf::DisjointnessName(speaker->disjoint->disjointness)));
    }
  }
}

}  // namespace

IntentPtr Staging::Current(const policy::PolicyKey& key) const {
  if (const auto it = changes_.find(key); it != changes_.end()) {
    return it->second;
  }
  const PolicyRecord* record = table_.Find(key);
  return record == nullptr ? nullptr : record->intent;
}

absl::Status Staging::CheckNetwork(const policy::PolicyIntent& intent) const {
  if (ted_ == nullptr) return absl::OkStatus();
  const IntentPtr current = Current(intent.key);
  if (current == nullptr) {
    SRPCE_RETURN_IF_ERROR(CheckHeadend(*ted_, intent.key.headend));
  }
  // What a policy has already does not stand in the way of other changes to it.
  const std::optional<topology::NodeIndex> headend = ted_->FindNode(intent.key.headend);
  const bool new_label = current == nullptr || current->binding_label != intent.binding_label;
  if (headend && intent.binding_label && new_label) {
    SRPCE_RETURN_IF_ERROR(CheckBindingLabel(*ted_, *headend, *intent.binding_label));
  }
  const bool new_sid = current == nullptr || current->binding_sid != intent.binding_sid;
  return intent.binding_sid && new_sid
             ? CheckBindingSid(*ted_, intent.key.headend, *intent.binding_sid)
             : absl::OkStatus();
}

absl::Status Staging::Check(const std::vector<policy::PolicyIntent>& intents) const {
  Defects defects;
  Overlay overlay;
  for (const auto& [key, intent] : changes_) {
    overlay[key] = intent.get();
  }
  std::set<policy::PolicyKey> seen;
  for (const policy::PolicyIntent& intent : intents) {
    if (const absl::Status status = policy::Validate(intent); !status.ok()) {
      defects.emplace_back(status.message());
    } else if (const absl::Status known = CheckNetwork(intent); !known.ok()) {
      defects.push_back(absl::StrCat("policy ", ToString(intent.key), ": ", known.message()));
    }
    if (!seen.insert(intent.key).second) {
      defects.push_back(absl::StrCat("policy ", ToString(intent.key), ": twice in the request"));
    }
    overlay[intent.key] = &intent;
  }
  CheckBindings(table_, overlay, defects);
  CheckGroups(table_, overlay, defects);
  return defects.empty() ? absl::OkStatus()
                         : absl::InvalidArgumentError(absl::StrJoin(defects, "\n"));
}

absl::Status Staging::Put(const std::vector<policy::PolicyIntent>& intents) {
  if (absl::Status status = Check(intents); !status.ok()) {
    return status;
  }
  for (const policy::PolicyIntent& intent : intents) {
    const IntentPtr current = Current(intent.key);
    if (current == nullptr || !(*current == intent)) {
      changes_[intent.key] = std::make_shared<const policy::PolicyIntent>(intent);
    }
  }
  return absl::OkStatus();
}

bool Staging::Remove(const policy::PolicyKey& key) {
  if (Current(key) == nullptr) {
    return false;
  }
  changes_[key] = nullptr;
  return true;
}

plugin::StoreBatch Staging::ToBatch() const {
  plugin::StoreBatch batch;
  for (const auto& [key, intent] : changes_) {
    if (intent != nullptr) {
      batch.put_intents.push_back(*intent);
    } else {
      batch.remove.push_back(key);
    }
  }
  return batch;
}

}  // namespace srpce::pce
