#include "plugins/topology_source/gnmi/target_model.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/topology/element_validation.h"

namespace srpce::gnmi_source {
namespace {

namespace v1 = config::v1;

// A target that never says that it has said all is believed after this time.
constexpr Duration kSyncPatience = std::chrono::seconds(10);
// Waits and ages are looked at this often.
constexpr Duration kSweepInterval = std::chrono::milliseconds(250);

int64_t Ns(MonotonicTime time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace

TargetModel::TargetModel(const v1::GnmiTarget& target, const v1::GnmiTargets& config,
                         const std::vector<ValueRule>& rules)
    : target_(target),
      config_(config),
      rules_(rules),
      time_constant_ns_(1e6 * config.smoothing().time_constant_ms()) {
  for (const ValueRule& rule : rules_) {
    rules_by_path_[NamesOf(rule.path)].push_back(&rule);
  }
  for (const v1::GnmiInterface& interface : target_.interfaces()) {
    configured_[interface.name()] = &interface;
  }
}

TargetModel::~TargetModel() = default;

void TargetModel::BeginSession(MonotonicTime now) {
  ++session_;
  connected_ = true;
  synced_ = false;
  session_began_ = now;
}

void TargetModel::OnSync(MonotonicTime now) {
  now_ = now;
  synced_ = true;
  std::vector<Leaf*> gone;
  for (const auto& [id, leaf] : leaves_) {
    if (leaf->session != session_) {
      gone.push_back(leaf.get());
    }
  }
  for (Leaf* leaf : gone) {
    RemoveLeaf(leaf);
  }
}

void TargetModel::EndSession(MonotonicTime now) {
  connected_ = false;
  for (const auto& [id, leaf] : leaves_) {
    if (leaf->rule->on_change && leaf->session == session_) {
      leaf->seen = now;  // It was true up to now.
    }
  }
}

bool TargetModel::Apply(const gnmi::Notification& notification, MonotonicTime now) {
  ++notification_;
  ++counters_.notifications;
  now_ = now;
  received_ns_ = Ns(now);
  timestamp_ns_ = notification.timestamp() > 0 ? notification.timestamp() : received_ns_;
  bad_news_ = false;
  const gnmi::Path& prefix = notification.prefix();
  prefix_names_.clear();
  AppendNames(prefix, prefix_names_);
  for (const gnmi::Path& path : notification.delete_()) {
    Remove({prefix, path}, /*keep_touched=*/false);
  }
  for (const gnmi::Update& update : notification.update()) {
    ApplyUpdate({prefix, update.path()}, update.val());
  }
  if (notification.atomic()) {
    Remove({prefix, gnmi::Path::default_instance()}, /*keep_touched=*/true);
  }
  return bad_news_;
}

void TargetModel::ApplyUpdate(const UpdatePath& path, const gnmi::TypedValue& value) {
  const bool json = value.has_json_val() || value.has_json_ietf_val();
  names_ = prefix_names_;
  AppendNames(path.path, names_);
  bool known = false;
  if (!json) {
    const auto found = rules_by_path_.find(names_);
    known = found != rules_by_path_.end();
    if (known) {
      for (const ValueRule* rule : found->second) {
        ApplyRule(path, *rule, value);
      }
    }
  } else {
    std::optional<absl::StatusOr<google::protobuf::Value>> parsed;
    for (const ValueRule& rule : rules_) {
      if (!path.Begins(rule.path)) {
        continue;
      }
      known = true;
      if (!parsed) {
        parsed = ParseJson(value.has_json_val() ? value.json_val() : value.json_ietf_val());
        if (!parsed->ok()) {
          ++counters_.refused;
          Note("value", parsed->status().message(), names_, path.ToText());
          return;
        }
      }
      if (!TakeKeys(path, rule)) {
        continue;
      }
      const auto skipped = [&](absl::string_view what) {
        ++counters_.refused;
        Note("value", what, names_, path.ToText());
      };
      VisitJson(
          rule, path.size(), keys_, **parsed,
          [&](const std::vector<std::string>& keys, const Scalars& scalars) {
            SetLeaf(rule, keys, scalars);
          },
          skipped);
    }
  }
  if (!known) {
    ++counters_.unmapped;
    Note("path", "no mapping speaks of it", names_, path.ToText());
  }
}

// Fills keys_ from those elems that `path` has. False if one is missing or does not match.
bool TargetModel::TakeKeys(const UpdatePath& path, const ValueRule& rule) {
  keys_.resize(rule.keys.size());
  for (size_t i = 0; i < rule.keys.size(); ++i) {
    const KeyRef& ref = rule.keys[i];
    if (ref.elem >= path.size()) {
      keys_[i].clear();
      continue;
    }
    const auto& given = path.elem(ref.elem).key();
    const auto key = given.find(ref.key);
    if (key == given.end()) {
      // The list itself, as JSON: its entries hold their keys.
      if (ref.elem + 1 == path.size() && path.size() < rule.path.size()) {
        keys_[i].clear();
        continue;
      }
      ++counters_.refused;
      Note("value", absl::StrCat("got no key ", ref.key, ", want it to name the interface"), names_,
           path.ToText());
      return false;
    }
    if (!Matches(ref.pattern, key->second) && !Matches(ref.pattern, WithoutModule(key->second))) {
      return false;
    }
    keys_[i] = key->second;
  }
  return true;
}

void TargetModel::ApplyRule(const UpdatePath& path, const ValueRule& rule,
                            const gnmi::TypedValue& value) {
  if (!TakeKeys(path, rule)) {
    return;
  }
  const absl::StatusOr<Scalars> scalars = ToScalars(value);
  if (!scalars.ok()) {
    ++counters_.refused;
    Note("value", scalars.status().message(), names_, path.ToText());
    return;
  }
  SetLeaf(rule, keys_, *scalars);
}

void TargetModel::SetLeaf(const ValueRule& rule, const std::vector<std::string>& keys,
                          const Scalars& scalars) {
  absl::StatusOr<Quantity> quantity = ToQuantity(rule, scalars);
  absl::Status status = quantity.status();
  Leaf* leaf = nullptr;
  if (status.ok()) {
    leaf = FindOrAddLeaf(rule, keys);
    if (leaf == nullptr) {
      status = absl::InvalidArgumentError(absl::StrCat(
          "got an interface more, or a name that is none, want at most ", target_.max_interfaces(),
          " with names of 1 to ", topology::kMaxNameLength, " octets"));
    }
  }
  if (!status.ok()) {
    ++counters_.refused;
    Note("value", status.message(), NamesOf(rule.path),
         absl::StrCat(ToText(rule.path), " of ", keys.empty() ? "" : keys[0].substr(0, 80)));
    return;
  }
  ++counters_.samples;
  leaf->session = session_;
  leaf->notification = notification_;
  leaf->seen = now_;
  Store(*leaf, *std::move(quantity));
}

topology::LinkKey TargetModel::KeyOf(const std::string& link_name) const {
  return {.local_node = target_.node(),
          .remote_node = "",
          .local_interface = link_name,
          .remote_interface = ""};
}

plugin::LinkStatement TargetModel::StatementOf(const Link& link) const {
  plugin::LinkStatement statement;
  statement.key = KeyOf(link.name);
  statement.attributes = *link.sent;
  return statement;
}

// May leave `link` without interfaces: Collect erases it then.
void TargetModel::CollectLink(Link& link, MonotonicTime now, std::vector<plugin::Statement>& out) {
  if (link.name.empty()) {
    return;  // Nothing in the TED is called so.
  }
  const topology::LinkAttributes attributes = Compose(link, config_);
  if (attributes == topology::LinkAttributes()) {
    if (link.sent) {
      link.sent.reset();
      link.deviates_since.reset();
      out.emplace_back(plugin::LinkRemoval{KeyOf(link.name)});
    }
    return;
  }
  if (!IsDue(link, attributes, config_.dampening(), now)) {
    return;
  }
  link.sent = attributes;
  link.sent_at = now;
  link.deviates_since.reset();
  out.emplace_back(StatementOf(link));
}

std::vector<plugin::Statement> TargetModel::Collect(MonotonicTime now) {
  std::vector<plugin::Statement> out;
  if (connected_ && !synced_ && now < session_began_ + kSyncPatience) {
    // What an interface is called in the TED may be what comes next. Bad news of links known before
    // does not wait.
    for (Link* link : dirty_) {
      if (link->urgent && link->sent) {
        CollectLink(*link, now, out);
        link->urgent = false;
      }
    }
    return out;
  }
  if (now >= swept_ + kSweepInterval) {
    swept_ = now;
    Expire(now);
    for (const auto& [name, link] : links_) {
      if (link->deviates_since) {
        MarkDirty(*link);
      }
    }
  }
  for (Link* link : dirty_) {
    link->dirty = false;
    link->urgent = false;
    CollectLink(*link, now, out);
    if (link->interfaces.empty()) {
      const std::string name = link->name;
      links_.erase(name);
    }
  }
  dirty_.clear();
  return out;
}

std::vector<plugin::Statement> TargetModel::All(MonotonicTime now) {
  (void)Collect(now);
  std::vector<plugin::Statement> out;
  for (const auto& [name, link] : links_) {
    if (link->sent) {
      out.emplace_back(StatementOf(*link));
    }
  }
  return out;
}

void TargetModel::Note(absl::string_view kind, absl::string_view what,
                       const std::string& schema_path, const std::string& where) {
  constexpr size_t kMaxWhere = 512;
  const std::string key = absl::StrCat(kind, " ", schema_path);
  auto it = oddities_.find(key);
  if (it == oddities_.end()) {
    if (oddities_.size() >= kMaxOddities) {
      return;
    }
    it = oddities_.try_emplace(key).first;
    it->second.kind = std::string(kind);
  }
  it->second.text = std::string(what);
  it->second.where = where.substr(0, kMaxWhere);
  ++it->second.count;
}

}  // namespace srpce::gnmi_source
