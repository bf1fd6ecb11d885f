// plugins/topology_source/gnmi/target_model.h -- from the notifications of one target to statements
// about links. No I/O and no clock: time is a parameter.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gnmi/gnmi.pb.h"
#include "lib/base/clock.h"
#include "lib/plugin/topology_source.h"
#include "plugins/topology_source/gnmi/link_state.h"
#include "plugins/topology_source/gnmi/mapping.h"
#include "plugins/topology_source/gnmi/value.h"
#include "srpce/config/v1/gnmi_config.pb.h"

namespace srpce::gnmi_source {

// Of one target since the start. Only grows.
struct ModelCounters {
  uint64_t notifications = 0;
  uint64_t samples = 0;   // Values that were taken.
  uint64_t refused = 0;   // Values that were not.
  uint64_t unmapped = 0;  // Updates no mapping speaks of.
  uint64_t restarts = 0;  // Counters that began anew.
  uint64_t expired = 0;   // Values that grew too old.
};

// Something that was not understood, with the newest example.
struct Oddity {
  std::string kind;   // "path", "value".
  std::string text;   // "got 'NaN', want ...".
  std::string where;  // The path.
  uint64_t count = 0;
};

class TargetModel {
 public:
  // Both outlive the model.
  TargetModel(const config::v1::GnmiTarget& target, const config::v1::GnmiTargets& config,
              const std::vector<ValueRule>& rules);
  ~TargetModel();
  TargetModel(const TargetModel&) = delete;
  TargetModel& operator=(const TargetModel&) = delete;

  // The target is there; what it says until OnSync is all there is.
  void BeginSession(MonotonicTime now);
  void OnSync(MonotonicTime now);
  // It is gone: what it said grows old.
  void EndSession(MonotonicTime now);
  // Returns true if something in it is bad news: to be collected at once.
  bool Apply(const gnmi::Notification& notification, MonotonicTime now);

  // What is to be said now. Call it every second at least: that is also how values grow old.
  std::vector<plugin::Statement> Collect(MonotonicTime now);
  // What was last said of every link: for a sink that knows nothing.
  std::vector<plugin::Statement> All(MonotonicTime now);

  const ModelCounters& counters() const { return counters_; }
  // By kind and path without keys; no more than kMaxOddities.
  const std::map<std::string, Oddity>& oddities() const { return oddities_; }
  size_t leaf_count() const { return leaves_.size(); }
  static constexpr size_t kMaxOddities = 256;

 private:
  void ApplyUpdate(const UpdatePath& path, const gnmi::TypedValue& value);
  bool TakeKeys(const UpdatePath& path, const ValueRule& rule);
  void ApplyRule(const UpdatePath& path, const ValueRule& rule, const gnmi::TypedValue& value);
  void SetLeaf(const ValueRule& rule, const std::vector<std::string>& keys, const Scalars& scalars);
  Leaf* FindOrAddLeaf(const ValueRule& rule, const std::vector<std::string>& keys);
  Interface* FindOrAddInterface(const std::string& name, bool address_required);
  void Store(Leaf& leaf, Quantity quantity);
  void Count(Leaf& leaf, uint64_t value);
  void FinishRate(Interface& interface, const Leaf& last);
  bool IsBadNews(const Leaf& leaf) const;
  void Remove(const UpdatePath& path, bool keep_touched);
  void RemoveLeaf(Leaf* leaf);
  void DropRates(Interface& interface, Attribute attribute);
  void Relink(Interface& interface);
  void MarkDirty(Link& link);
  void Expire(MonotonicTime now);
  void CollectLink(Link& link, MonotonicTime now, std::vector<plugin::Statement>& out);
  void Note(absl::string_view kind, absl::string_view what, const std::string& schema_path,
            const std::string& where);
  plugin::LinkStatement StatementOf(const Link& link) const;
  topology::LinkKey KeyOf(const std::string& link_name) const;

  const config::v1::GnmiTarget& target_;
  const config::v1::GnmiTargets& config_;
  const std::vector<ValueRule>& rules_;
  const double time_constant_ns_;
  absl::flat_hash_map<std::string, std::vector<const ValueRule*>> rules_by_path_;  // Names only.
  std::map<std::string, const config::v1::GnmiInterface*> configured_;

  absl::flat_hash_map<std::string, std::unique_ptr<Leaf>> leaves_;  // By rule and keys.
  absl::flat_hash_map<std::string, std::unique_ptr<Interface>> interfaces_;
  std::map<std::string, std::unique_ptr<Link>> links_;
  std::vector<Link*> dirty_;

  uint64_t session_ = 0;
  bool connected_ = false;
  bool synced_ = false;
  MonotonicTime session_began_;
  MonotonicTime swept_;

  // Of the notification at hand.
  uint64_t notification_ = 0;
  MonotonicTime now_;
  int64_t received_ns_ = 0;   // now_.
  int64_t timestamp_ns_ = 0;  // The target's, or ours if it gives none.
  bool bad_news_ = false;
  std::string prefix_names_;
  std::string names_;  // Of the update at hand.
  std::vector<std::string> keys_;
  std::string id_;

  ModelCounters counters_;
  std::map<std::string, Oddity> oddities_;
};

}  // namespace srpce::gnmi_source
