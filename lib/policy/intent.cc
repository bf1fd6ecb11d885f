// lib/policy/intent.cc -- what can be wrong with a policy before any topology is known.
#include "lib/policy/intent.h"

#include <cmath>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace srpce::policy {
namespace {

constexpr uint32_t kFirstFreeLabel = 16;  // 0-15 are special purpose labels (RFC 3032 s2.1).
// Beyond these a request is a mistake, not a policy.
constexpr size_t kMaxNameLength = 255;
constexpr size_t kMaxCandidates = 64;
constexpr size_t kMaxLists = 64;
constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxFallbacks = 16;
constexpr size_t kMaxNames = 4096;                       // Excluded elements, waypoints, prefixes.
constexpr uint64_t kMaxSplit = (uint64_t{1} << 53) - 1;  // Bytes/s: rates pass through doubles.

// Gathers defects as "policy r1/100/r4: <field>: <what>".
class Defects {
 public:
  explicit Defects(std::string where) : where_(std::move(where)) {}

  template <typename... What>
  void Add(const What&... what) {
    lines_.push_back(absl::StrCat(where_, where_.empty() ? "" : ": ", what...));
  }
  // Runs `check` with the field's name put before what it adds.
  template <typename Check>
  void In(absl::string_view field, Check&& check) {
    const std::string outer = where_;
    absl::StrAppend(&where_, ": ", field);
    check();
    where_ = outer;
  }
  absl::Status ToStatus() const {
    return lines_.empty() ? absl::OkStatus()
                          : absl::InvalidArgumentError(absl::StrJoin(lines_, "\n"));
  }

 private:
  std::string where_;
  std::vector<std::string> lines_;
};

void CheckName(const std::string& name, absl::string_view field, bool required, Defects& defects) {
  if (required && name.empty()) {
    defects.Add(field, ": got '', want a name");
  }
  if (name.size() > kMaxNameLength) {
    defects.Add(field, ": got ", name.size(), " bytes, want at most ", kMaxNameLength);
  }
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      defects.Add(field, ": got a control character, want text");
      break;
    }
  }
}

void CheckCount(size_t count, absl::string_view field, size_t limit, Defects& defects) {
  if (count > limit) {
    defects.Add(field, ": got ", count, " entries, want at most ", limit);
  }
}

void CheckBounds(const PathIntent& path, Defects& defects) {
  // The negated form also refuses NaN.
  if (path.max_loss && !(*path.max_loss >= 0 && *path.max_loss <= 1)) {
    defects.Add("max_loss: got ", *path.max_loss, ", want 0 to 1");
  }
  if (path.max_delay && path.max_delay->count() < 0) {
    defects.Add("max_delay: got ", path.max_delay->count(), " us, want 0 or more");
  }
  if (path.max_variation && path.max_variation->count() < 0) {
    defects.Add("max_variation: got ", path.max_variation->count(), " us, want 0 or more");
  }
  if (path.max_hops && *path.max_hops == 0) {
    defects.Add("max_hops: got 0, want 1 or more");
  }
  if (path.max_sids && *path.max_sids == 0) {
    defects.Add("max_sids: got 0, want 1 or more");
  }
  if (path.flex_algorithm != topology::kAlgorithmSpf &&
      path.flex_algorithm < topology::kFirstFlexAlgorithm) {
    defects.Add("flex_algorithm: got ", path.flex_algorithm, ", want 0 or 128 to 255");
  }
  if (path.max_lists == 0 || path.max_lists > kMaxLists) {
    defects.Add("max_segment_lists: got ", path.max_lists, ", want 1 to ", kMaxLists);
  }
  if (path.may_split() && path.min_bandwidth.value == 0) {
    defects.Add("max_segment_lists: got ", path.max_lists,
                " without a bandwidth, want one to be split");
  }
  if (path.may_split() && path.min_bandwidth.value > kMaxSplit) {
    defects.Add("min_bandwidth: got ", path.min_bandwidth.value,
                " bytes/s to be split, want at most ", kMaxSplit);
  }
  if (path.may_split() && path.allow_ecmp) {
    defects.Add("max_segment_lists: got ", path.max_lists,
                " with allow_ecmp, want one of the two: lists of a split take one way each");
  }
  if (path.include_all.Intersects(path.exclude_any)) {
    defects.Add("include_all and exclude_any: name the same affinity bit, no link can have both");
  }
}

void CheckPath(const PolicyKey& key, const PathIntent& path, Defects& defects) {
  CheckBounds(path, defects);
  CheckCount(path.exclude_nodes.size(), "exclude_nodes", kMaxNames, defects);
  CheckCount(path.exclude_links.size(), "exclude_links", kMaxNames, defects);
  CheckCount(path.exclude_srlgs.size(), "exclude_srlgs", kMaxNames, defects);
  CheckCount(path.waypoints.size(), "waypoints", kMaxDepth, defects);
  for (const std::string& node : path.exclude_nodes) {
    CheckName(node, "exclude_nodes", /*required=*/true, defects);
    if (node == key.headend || node == key.endpoint) {
      defects.Add("exclude_nodes: got '", node, "', which is an end of the policy");
    }
  }
  for (const topology::LinkKey& link : path.exclude_links) {
    CheckName(link.local_node, "exclude_links: local_node", /*required=*/true, defects);
    CheckName(link.remote_node, "exclude_links: remote_node", /*required=*/true, defects);
    CheckName(link.local_interface, "exclude_links: local_interface", /*required=*/false, defects);
  }
  for (const std::string& node : path.waypoints) {
    CheckName(node, "waypoints", /*required=*/true, defects);
  }
}

void CheckLabels(const ExplicitSegmentList& list, Defects& defects) {
  if (list.labels.empty() || !list.sids.empty()) {
    defects.Add("got ", list.labels.size(), " labels and ", list.sids.size(),
                " SIDs, want labels only for SR-MPLS");
  }
  CheckCount(list.labels.size(), "labels", kMaxDepth, defects);
  for (const uint32_t label : list.labels) {
    if (label < kFirstFreeLabel || label > topology::kMaxLabel) {
      defects.Add("label: got ", label, ", want ", kFirstFreeLabel, " to ", topology::kMaxLabel);
    }
  }
}

void CheckSids(const ExplicitSegmentList& list, Defects& defects) {
  if (list.sids.empty() || !list.labels.empty()) {
    defects.Add("got ", list.labels.size(), " labels and ", list.sids.size(),
                " SIDs, want SIDs only for SRv6");
  }
  CheckCount(list.sids.size(), "sids", kMaxDepth, defects);
  for (const Ipv6Address& sid : list.sids) {
    if (sid.is_unspecified()) {
      defects.Add("sid: got ::, want a SID");
    }
  }
}

void CheckLists(const std::vector<ExplicitSegmentList>& lists, Defects& defects) {
  if (lists.empty()) {
    defects.Add("got no segment list, want one or more");
  }
  CheckCount(lists.size(), "lists", kMaxLists, defects);
  for (size_t i = 0; i < lists.size(); ++i) {
    const ExplicitSegmentList& list = lists[i];
    defects.In(absl::StrCat("list ", i), [&] {
      if (list.weight == 0) {
        defects.Add("weight: got 0, want 1 or more");
      }
      if (list.data_plane != lists[0].data_plane) {
        defects.Add("data_plane: differs from list 0, want one data plane per candidate path");
      }
      switch (list.data_plane) {
        case cspf::DataPlane::kEither:
          defects.Add("data_plane: got unspecified, want SR-MPLS or SRv6");
          break;
        case cspf::DataPlane::kSrMpls:
          CheckLabels(list, defects);
          break;
        case cspf::DataPlane::kSrv6:
          CheckSids(list, defects);
          break;
      }
    });
  }
}

void CheckCandidate(const PolicyKey& key, const CandidatePath& candidate, Defects& defects) {
  CheckName(candidate.name, "name", /*required=*/false, defects);
  if (const auto* path = std::get_if<PathIntent>(&candidate.definition)) {
    defects.In("dynamic", [&] { CheckPath(key, *path, defects); });
    if (candidate.promise) {
      defects.Add("promise: is for explicit paths, a dynamic one has its own bounds");
    }
    return;
  }
  defects.In("explicit", [&] {
    CheckLists(std::get<std::vector<ExplicitSegmentList>>(candidate.definition), defects);
  });
  if (candidate.promise) {
    defects.In("promise", [&] {
      CheckPath(key, *candidate.promise, defects);
      if (candidate.promise->may_split()) {
        defects.Add(
            "max_segment_lists: is for dynamic paths, the lists of an explicit one are given");
      }
    });
  }
}

// A backup is disjoint from one path.
void RefuseSplit(const PathIntent& path, Defects& defects) {
  if (path.may_split()) {
    defects.Add("max_segment_lists: got ", path.max_lists,
                " with protection, which is of one path by another");
  }
}

void CheckCandidates(const PolicyIntent& intent, Defects& defects) {
  if (intent.candidate_paths.empty()) {
    defects.Add("candidate_paths: got none, want one or more");
  }
  CheckCount(intent.candidate_paths.size(), "candidate_paths", kMaxCandidates, defects);
  // RFC 9256 s2.6: what identifies a candidate path within its policy.
  std::set<std::tuple<ProtocolOrigin, uint32_t, IpAddress, uint32_t>> identities;
  for (size_t i = 0; i < intent.candidate_paths.size(); ++i) {
    const CandidatePath& candidate = intent.candidate_paths[i];
    defects.In(absl::StrCat("candidate path ", i), [&] {
      CheckCandidate(intent.key, candidate, defects);
      const auto* dynamic = std::get_if<PathIntent>(&candidate.definition);
      if (intent.disjoint && dynamic != nullptr && dynamic->may_split()) {
        defects.Add("max_segment_lists: got ", dynamic->max_lists,
                    " in a disjoint group, whose members take one path each");
      }
      if (intent.protection && dynamic != nullptr) RefuseSplit(*dynamic, defects);
    });
    if (!identities
             .emplace(candidate.origin, candidate.originator_asn, candidate.originator_address,
                      candidate.discriminator)
             .second) {
      defects.Add("candidate path ", i, ": discriminator: got ", candidate.discriminator,
                  " again, want one of its own (RFC 9256 s2.6)");
    }
  }
}

void CheckProtection(const PolicyIntent& intent, Defects& defects) {
  const Protection& protection = *intent.protection;
  if (intent.disjoint) {
    defects.Add("protection: the policy is in disjoint group ", intent.disjoint->group,
                ", want one of the two: the others of the group are what protects it");
  }
  CheckCount(protection.fallbacks.size(), "protection: fallbacks", kMaxFallbacks, defects);
  if (protection.constraints) {
    defects.In("protection: constraints", [&] {
      CheckPath(intent.key, *protection.constraints, defects);
      RefuseSplit(*protection.constraints, defects);
    });
  }
}

}  // namespace

std::string ToString(const PolicyKey& key) {
  return absl::StrCat(key.headend, "/", key.color, "/", key.endpoint);
}

absl::Status Validate(const PolicyIntent& intent) {
  Defects defects(absl::StrCat("policy ", ToString(intent.key)));
  CheckName(intent.key.headend, "headend", /*required=*/true, defects);
  CheckName(intent.key.endpoint, "endpoint", /*required=*/true, defects);
  CheckName(intent.name, "name", /*required=*/false, defects);
  if (intent.key.color == 0) {
    defects.Add("color: got 0, want 1 or more (RFC 9256 s2.1)");
  }
  if (!intent.key.headend.empty() && intent.key.headend == intent.key.endpoint) {
    defects.Add("endpoint: is the headend itself");
  }
  if (intent.binding_label &&
      (*intent.binding_label < kFirstFreeLabel || *intent.binding_label > topology::kMaxLabel)) {
    defects.Add("binding_label: got ", *intent.binding_label, ", want ", kFirstFreeLabel, " to ",
                topology::kMaxLabel);
  }
  if (intent.binding_sid && intent.binding_sid->is_unspecified()) {
    defects.Add("binding_sid: got ::, want a SID");
  }
  CheckCount(intent.steered_prefixes.size(), "steered_prefixes", kMaxNames, defects);
  if (intent.disjoint) {
    CheckName(intent.disjoint->group, "disjoint: group", /*required=*/true, defects);
  }
  if (intent.protection) {
    CheckProtection(intent, defects);
  }
  CheckCandidates(intent, defects);
  return defects.ToStatus();
}

absl::Status Validate(const PathIntent& path) {
  Defects defects("");
  CheckPath(PolicyKey(), path, defects);
  return defects.ToStatus();
}

}  // namespace srpce::policy
