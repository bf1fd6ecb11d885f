// lib/topology/ted_builder_impl.h -- inside of TedBuilder, shared by ted_builder.cc (statements),
// ted_interfaces.cc (links by interface), ted_publish.cc (merging) and ted_index.cc (look-ups).
//
// A statement only marks its element dirty. Publish() then merges each dirty element once, however
// often it was spoken of, pairs link directions, and writes what differs into the working TED,
// which is copied out as the snapshot.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "lib/topology/interface_table.h"
#include "lib/topology/source_table.h"
#include "lib/topology/srlg_table.h"
#include "lib/topology/statement_table.h"
#include "lib/topology/ted_builder.h"

namespace srpce::topology {

class TedBuilder::Impl {
 public:
  Impl();

  // Statements: ted_builder.cc.
  absl::StatusOr<SourceId> Connect(const SourceOptions& options, MonotonicTime now);
  void Disconnect(SourceId id, MonotonicTime now);
  size_t ExpireStale(MonotonicTime now);
  std::optional<MonotonicTime> next_expiry() const;
  absl::Status BeginSync(SourceId id);
  absl::StatusOr<size_t> EndSync(SourceId id);
  absl::Status SetNode(SourceId id, const std::string& node, NodeAttributes attributes,
                       StatementOptions how, MonotonicTime now);
  absl::Status SetLink(SourceId id, const LinkKey& key, LinkAttributes attributes,
                       StatementOptions how, MonotonicTime now);
  absl::Status SetPrefix(SourceId id, const std::string& node, const IpPrefix& prefix,
                         PrefixAttributes attributes, StatementOptions how, MonotonicTime now);
  absl::Status RemoveNode(SourceId id, const std::string& node, MonotonicTime now);
  absl::Status RemoveLink(SourceId id, const LinkKey& key, MonotonicTime now);
  absl::Status RemovePrefix(SourceId id, const std::string& node, const IpPrefix& prefix,
                            MonotonicTime now);
  std::vector<SourceStatus> sources() const;

  // ted_publish.cc.
  Published Publish();
  size_t half_known_link_count() const { return half_known_links_; }

 private:
  struct NodeRecord {
    std::string id;
    Statements<NodeAttributes> statements;
    std::map<IpPrefix, Statements<PrefixAttributes>> prefixes;
    bool dirty = false;
  };
  struct LinkRecord {
    NodeIndex local;
    NodeIndex remote;
    std::string local_interface;
    Statements<LinkStatement> statements;
    // The local address by `statements` alone: what is said of the interface decides nothing about
    // what it is said of.
    std::optional<IpAddress> own_address;
    std::array<std::optional<InterfaceIndex>, 2> interfaces;  // Joined: kByName, kByAddress.
    Link* own = nullptr;  // The link in the working TED while this Publish() may still write it.
    bool dirty = false;
    bool to_refresh = false;
    bool half_known = false;  // Counted in half_known_links_.
    bool announced = false;   // As of the last merge. Statements::Announced.
  };

  static constexpr size_t kByName = 0;
  static constexpr size_t kByAddress = 1;
  using LinkStatements = absl::InlinedVector<const Statements<LinkStatement>*, 2>;

  // ted_builder.cc.
  NodeIndex InternNode(const std::string& id);
  LinkIndex InternLink(const LinkKey& key);
  std::optional<NodeIndex> FindNodeRecord(const std::string& id) const;
  std::optional<LinkIndex> FindLinkRecord(const LinkKey& key) const;
  // Those on the link, or on the interface if no remote node is named. Null: there are none.
  const Statements<LinkStatement>* FindLinkStatements(const LinkKey& key) const;
  void MarkDirty(NodeIndex index);
  void MarkDirty(LinkIndex index);
  void MarkAllDirty(const Source& source);
  void Withdraw(Source& source, SourceId id, NodeIndex index);
  void Withdraw(Source& source, SourceId id, LinkIndex index);
  void Withdraw(Source& source, SourceId id, const PrefixOfNode& prefix);
  void Withdraw(Source& source, SourceId id, InterfaceIndex index);  // ted_interfaces.cc
  // Withdraws the statements for which `goes(statements of one element)` is true. Returns how many.
  template <typename Goes>
  size_t WithdrawIf(SourceId id, Goes&& goes);

  // ted_interfaces.cc.
  InterfaceIndex InternInterface(const LinkKey& key);
  void Join(LinkIndex link, size_t slot, InterfaceIndex interface);
  void JoinInterfaces(LinkIndex index);
  void LeaveInterfaces(LinkIndex index);
  void FollowOwnAddress(LinkIndex index);
  LinkStatements OfInterfaces(const LinkRecord& record) const;
  void MarkDirty(InterfaceIndex index);

  // ted_publish.cc, in the order they run.
  void RemoveWithdrawnLinks();
  void RefreshNodes();
  void RefreshNode(NodeIndex index);
  bool RemoveNodeUnlessReferred(NodeIndex index);
  std::shared_ptr<const Node> MergeNode(NodeIndex index) const;
  void MergeLinks();
  void MergeLink(LinkIndex index);
  void PairGroups();
  void PairGroup(NodeIndex a, NodeIndex b);
  void SetReverse(LinkIndex index, std::optional<LinkIndex> reverse);
  void RefreshArcs();
  void RefreshArc(LinkIndex index);
  bool IsUsableDirection(LinkIndex index) const;  // Of it alone: announced and up.
  graph::ArcData MakeArc(const Link& link, uint32_t group) const;
  void CountDecreases(const Link* before, const graph::ArcData& old_data,
                      const graph::ArcData& data);
  TedDelta MakeDelta();

  Link& Own(LinkIndex index);
  void MarkToRefresh(LinkIndex index);
  void MarkToPair(const LinkRecord& record);
  const Link* Before(LinkIndex index) const;  // In the last snapshot, or null.

  // ted_index.cc. Null: was not / is not there.
  void IndexNode(NodeIndex index, const Node* before, const Node* after);
  void IndexLink(LinkIndex index, const Link* before, const Link* after);
  void IndexFlexAlgos(NodeIndex index, const Node* before, const Node* after);
  void IndexLocators(NodeIndex index, const Node* before, const Node* after);
  void IndexPrefixes(NodeIndex index, const Node* before, const Node* after);
  void PublishLengths();
  void PublishFlexAlgos();

  SourceTable sources_;
  std::vector<NodeRecord> nodes_;
  std::vector<LinkRecord> links_;
  InterfaceTable interfaces_;
  absl::flat_hash_map<std::string, NodeIndex> ids_;
  std::vector<NodeIndex> free_nodes_;
  std::vector<NodeIndex> dirty_nodes_;
  std::vector<LinkIndex> dirty_links_;

  // Of the running Publish().
  std::vector<LinkIndex> removed_links_;
  std::vector<LinkIndex> owned_links_;
  std::vector<LinkIndex> to_refresh_;
  std::vector<std::pair<NodeIndex, NodeIndex>> to_pair_;
  std::vector<NodeIndex> changed_nodes_;  // For the delta.
  bool changed_ = false;
  bool structure_changed_ = false;

  Edit edit_;
  Ted working_;
  TedPtr last_;
  SrlgTable srlgs_;
  // How many locators, and how many announced IPv6 prefixes, have each length.
  struct LengthCounts {
    std::array<uint32_t, 129> count{};
    bool changed = false;  // Another set of lengths is in use.
  };
  LengthCounts locator_lengths_;
  LengthCounts prefix_lengths_;
  // For each algorithm the definitions by (priority, router id as a number, node id): the last wins
  // (RFC 9350 s5.3). Ids that are no IPv4 address have no number; IS-IS system ids, of one length,
  // compare as text like as numbers.
  using DefinitionRank = std::tuple<uint8_t, std::optional<uint32_t>, std::string, NodeIndex>;
  static DefinitionRank RankOf(const FlexAlgoDefinition& definition, const Node& node,
                               NodeIndex index);
  std::map<uint8_t, std::set<DefinitionRank>> flex_algos_;
  bool flex_algos_changed_ = false;
  size_t half_known_links_ = 0;
};

}  // namespace srpce::topology
