// Statements: what sources say, kept per source and element.
#include "lib/topology/ted_builder.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/sort_unique.h"
#include "lib/base/status_macros.h"
#include "lib/topology/element_validation.h"
#include "lib/topology/ted_builder_impl.h"

namespace srpce::topology {
namespace {

absl::Status NothingSaid(const Source& source, absl::string_view kind, const std::string& element) {
  return absl::NotFoundError(absl::StrCat(kind, " ", element, ": got a removal by ",
                                          source.options.name, ", which has not announced it"));
}

}  // namespace

TedBuilder::Impl::Impl() {
  static std::atomic<uint64_t> next_lineage{1};
  working_.lineage_ = next_lineage.fetch_add(1, std::memory_order_relaxed);
  srlgs_.Init(working_.srlg_sets_, edit_);
  last_ = TedPtr(new Ted(working_));
  edit_.Seal();
}

absl::StatusOr<SourceId> TedBuilder::Impl::Connect(const SourceOptions& options,
                                                   MonotonicTime now) {
  SRPCE_ASSIGN_OR_RETURN(const SourceId id, sources_.Connect(options));
  sources_[id].last_update = now;
  MarkAllDirty(sources_[id]);
  return id;
}

void TedBuilder::Impl::Disconnect(SourceId id, MonotonicTime now) {
  Source* source = sources_.Find(id);
  if (source == nullptr || !source->connected) {
    return;
  }
  source->connected = false;
  source->in_sync = false;
  source->stale_since = now;
  MarkAllDirty(*source);
}

size_t TedBuilder::Impl::ExpireStale(MonotonicTime now) {
  size_t withdrawn = 0;
  for (const SourceId id : sources_.ids()) {
    const std::optional<MonotonicTime> expiry = sources_[id].Expiry();
    if (expiry && *expiry <= now) {
      withdrawn += WithdrawIf(id, [](const auto&) { return true; });
      sources_.Forget(id);
    }
  }
  return withdrawn;
}

std::optional<MonotonicTime> TedBuilder::Impl::next_expiry() const {
  std::optional<MonotonicTime> next;
  for (const SourceId id : sources_.ids()) {
    const std::optional<MonotonicTime> expiry = sources_[id].Expiry();
    if (expiry && (!next || *expiry < *next)) {
      next = expiry;
    }
  }
  return next;
}

absl::Status TedBuilder::Impl::BeginSync(SourceId id) {
  SRPCE_ASSIGN_OR_RETURN(Source* const source, sources_.FindConnected(id));
  if (source->in_sync) {
    return absl::FailedPreconditionError(absl::StrCat(
        "source ", source->options.name, ": got a sync begin inside a sync, want its end first"));
  }
  source->in_sync = true;
  ++source->sync;
  return absl::OkStatus();
}

absl::StatusOr<size_t> TedBuilder::Impl::EndSync(SourceId id) {
  SRPCE_ASSIGN_OR_RETURN(Source* const source, sources_.FindConnected(id));
  if (!source->in_sync) {
    return absl::FailedPreconditionError(
        absl::StrCat("source ", source->options.name, ": got a sync end outside of a sync"));
  }
  source->in_sync = false;
  source->ever_synced = true;
  const uint64_t sync = source->sync;
  return WithdrawIf(id, [&](const auto& statements) { return statements.OlderThan(id, sync); });
}

absl::Status TedBuilder::Impl::SetNode(SourceId id, const std::string& node,
                                       NodeAttributes attributes, StatementOptions how,
                                       MonotonicTime now) {
  SRPCE_ASSIGN_OR_RETURN(Source* const source, sources_.FindConnected(id));
  if (how.patch) {
    const std::optional<NodeIndex> known = FindNodeRecord(node);
    const NodeAttributes* old = known ? nodes_[known->value()].statements.Find(id) : nullptr;
    if (old != nullptr) {
      FillFrom(*old, attributes);
    }
  }
  SRPCE_RETURN_IF_ERROR(ValidateNode(node, attributes));
  SortUnique(attributes.algorithms);
  source->last_update = now;
  const NodeIndex index = InternNode(node);
  source->nodes.insert(index);
  if (nodes_[index.value()].statements.Set(id, *source, std::move(attributes), how.stale)) {
    MarkDirty(index);
  }
  return absl::OkStatus();
}

absl::Status TedBuilder::Impl::SetLink(SourceId id, const LinkKey& key, LinkAttributes attributes,
                                       StatementOptions how, MonotonicTime now) {
  SRPCE_ASSIGN_OR_RETURN(Source* const source, sources_.FindConnected(id));
  LinkStatement statement{std::move(attributes), key.remote_interface};
  if (how.patch) {
    const Statements<LinkStatement>* statements = FindLinkStatements(key);
    const LinkStatement* old = statements == nullptr ? nullptr : statements->Find(id);
    if (old != nullptr) {
      FillFrom(*old, statement);
    }
  }
  SRPCE_RETURN_IF_ERROR(ValidateLink(key, statement.attributes));
  if (statement.attributes.srlgs) {
    SortUnique(*statement.attributes.srlgs);
  }
  source->last_update = now;
  if (key.remote_node.empty()) {
    const InterfaceIndex index = InternInterface(key);
    source->interfaces.insert(index);
    if (interfaces_[index].statements.Set(id, *source, std::move(statement), how.stale)) {
      MarkDirty(index);
    }
    return absl::OkStatus();
  }
  const LinkIndex index = InternLink(key);
  source->links.insert(index);
  if (links_[index.value()].statements.Set(id, *source, std::move(statement), how.stale)) {
    MarkDirty(index);
  }
  return absl::OkStatus();
}

absl::Status TedBuilder::Impl::SetPrefix(SourceId id, const std::string& node,
                                         const IpPrefix& prefix, PrefixAttributes attributes,
                                         StatementOptions how, MonotonicTime now) {
  SRPCE_ASSIGN_OR_RETURN(Source* const source, sources_.FindConnected(id));
  if (how.patch) {
    const std::optional<NodeIndex> known = FindNodeRecord(node);
    if (known) {
      const auto& prefixes = nodes_[known->value()].prefixes;
      const auto it = prefixes.find(prefix);
      const PrefixAttributes* old = it == prefixes.end() ? nullptr : it->second.Find(id);
      if (old != nullptr) {
        FillFrom(*old, attributes);
      }
    }
  }
  SRPCE_RETURN_IF_ERROR(ValidatePrefix(node, prefix, attributes));
  source->last_update = now;
  const NodeIndex index = InternNode(node);
  source->prefixes.insert({index, prefix});
  if (nodes_[index.value()].prefixes[prefix].Set(id, *source, std::move(attributes), how.stale)) {
    MarkDirty(index);
  }
  return absl::OkStatus();
}

absl::Status TedBuilder::Impl::RemoveNode(SourceId id, const std::string& node, MonotonicTime now) {
  SRPCE_ASSIGN_OR_RETURN(Source* const source, sources_.FindConnected(id));
  const std::optional<NodeIndex> index = FindNodeRecord(node);
  if (!index || !source->nodes.contains(*index)) {
    return NothingSaid(*source, "node", node);
  }
  source->last_update = now;
  Withdraw(*source, id, *index);
  return absl::OkStatus();
}

absl::Status TedBuilder::Impl::RemoveLink(SourceId id, const LinkKey& key, MonotonicTime now) {
  SRPCE_ASSIGN_OR_RETURN(Source* const source, sources_.FindConnected(id));
  const auto withdraw = [&](const auto& index, const auto& said) {
    if (!index || !said.contains(*index)) {
      return NothingSaid(*source, "link", key.ToString());
    }
    source->last_update = now;
    Withdraw(*source, id, *index);
    return absl::OkStatus();
  };
  return key.remote_node.empty()
             ? withdraw(interfaces_.Find(key.local_node, key.local_interface), source->interfaces)
             : withdraw(FindLinkRecord(key), source->links);
}

absl::Status TedBuilder::Impl::RemovePrefix(SourceId id, const std::string& node,
                                            const IpPrefix& prefix, MonotonicTime now) {
  SRPCE_ASSIGN_OR_RETURN(Source* const source, sources_.FindConnected(id));
  const std::optional<NodeIndex> index = FindNodeRecord(node);
  if (!index || !source->prefixes.contains(PrefixOfNode(*index, prefix))) {
    return NothingSaid(*source, "prefix", absl::StrCat(prefix.ToString(), " of ", node));
  }
  source->last_update = now;
  Withdraw(*source, id, PrefixOfNode(*index, prefix));
  return absl::OkStatus();
}

std::vector<SourceStatus> TedBuilder::Impl::sources() const {
  std::vector<SourceStatus> all;
  for (const SourceId id : sources_.ids()) {
    const Source& source = sources_[id];
    all.push_back({.options = source.options,
                   .connected = source.connected,
                   .in_sync = source.in_sync,
                   .ever_synced = source.ever_synced,
                   .in_first_sync = source.sync > 0 && !source.ever_synced,
                   .nodes = source.nodes.size(),
                   .links = source.links.size() + source.interfaces.size(),
                   .prefixes = source.prefixes.size(),
                   .stale_since = source.stale_since,
                   .last_update = source.last_update});
  }
  return all;
}

NodeIndex TedBuilder::Impl::InternNode(const std::string& id) {
  const auto [it, is_new] = ids_.try_emplace(id);
  if (!is_new) {
    return it->second;
  }
  if (free_nodes_.empty()) {
    it->second = NodeIndex(working_.graph_.AddNode(edit_));
    working_.nodes_.PushBack(nullptr, edit_);
    nodes_.emplace_back();
  } else {
    it->second = free_nodes_.back();
    free_nodes_.pop_back();
  }
  nodes_[it->second.value()].id = id;
  return it->second;
}

LinkIndex TedBuilder::Impl::InternLink(const LinkKey& key) {
  if (const std::optional<LinkIndex> known = FindLinkRecord(key)) {
    return *known;
  }
  const NodeIndex local = InternNode(key.local_node);
  const NodeIndex remote = InternNode(key.remote_node);
  const LinkIndex index(working_.graph_.AddArc(local.value(), remote.value(), {}, edit_));
  if (index.value() == links_.size()) {
    links_.emplace_back();
    working_.links_.PushBack(nullptr, edit_);
  }
  LinkRecord& record = links_[index.value()];
  record.local = local;
  record.remote = remote;
  record.local_interface = key.local_interface;
  JoinInterfaces(index);
  MarkDirty(local);
  MarkDirty(remote);
  return index;
}

std::optional<NodeIndex> TedBuilder::Impl::FindNodeRecord(const std::string& id) const {
  const auto it = ids_.find(id);
  return it == ids_.end() ? std::nullopt : std::optional(it->second);
}

std::optional<LinkIndex> TedBuilder::Impl::FindLinkRecord(const LinkKey& key) const {
  const std::optional<NodeIndex> local = FindNodeRecord(key.local_node);
  const std::optional<NodeIndex> remote = FindNodeRecord(key.remote_node);
  if (!local || !remote) {
    return std::nullopt;
  }
  for (const graph::Arc& arc : working_.graph_.out(local->value())) {
    if (arc.other == remote->value() && links_[arc.id].local_interface == key.local_interface) {
      return LinkIndex(arc.id);
    }
  }
  return std::nullopt;
}

const Statements<LinkStatement>* TedBuilder::Impl::FindLinkStatements(const LinkKey& key) const {
  if (key.remote_node.empty()) {
    const std::optional<InterfaceIndex> index =
        interfaces_.Find(key.local_node, key.local_interface);
    return index ? &interfaces_[*index].statements : nullptr;
  }
  const std::optional<LinkIndex> index = FindLinkRecord(key);
  return index ? &links_[index->value()].statements : nullptr;
}

void TedBuilder::Impl::MarkDirty(NodeIndex index) {
  NodeRecord& record = nodes_[index.value()];
  if (!record.dirty) {
    record.dirty = true;
    dirty_nodes_.push_back(index);
  }
}

void TedBuilder::Impl::MarkDirty(LinkIndex index) {
  LinkRecord& record = links_[index.value()];
  if (!record.dirty) {
    record.dirty = true;
    dirty_links_.push_back(index);
  }
}

void TedBuilder::Impl::MarkAllDirty(const Source& source) {
  for (const NodeIndex node : source.nodes) {
    MarkDirty(node);
  }
  for (const LinkIndex link : source.links) {
    MarkDirty(link);
  }
  for (const InterfaceIndex interface : source.interfaces) {
    MarkDirty(interface);
  }
  for (const auto& [node, prefix] : source.prefixes) {
    MarkDirty(node);
  }
}

void TedBuilder::Impl::Withdraw(Source& source, SourceId id, NodeIndex index) {
  source.nodes.erase(index);
  nodes_[index.value()].statements.Erase(id);
  MarkDirty(index);
}

void TedBuilder::Impl::Withdraw(Source& source, SourceId id, LinkIndex index) {
  source.links.erase(index);
  links_[index.value()].statements.Erase(id);
  MarkDirty(index);
}

void TedBuilder::Impl::Withdraw(Source& source, SourceId id, const PrefixOfNode& prefix) {
  source.prefixes.erase(prefix);
  auto& prefixes = nodes_[prefix.first.value()].prefixes;
  const auto it = prefixes.find(prefix.second);
  it->second.Erase(id);
  if (it->second.empty()) {
    prefixes.erase(it);
  }
  MarkDirty(prefix.first);
}

template <typename Goes>
size_t TedBuilder::Impl::WithdrawIf(SourceId id, Goes&& goes) {
  Source& source = sources_[id];
  // Collected first: Withdraw writes the sets that are read here.
  std::vector<NodeIndex> nodes;
  std::vector<LinkIndex> links;
  std::vector<InterfaceIndex> interfaces;
  std::vector<PrefixOfNode> prefixes;
  std::copy_if(source.nodes.begin(), source.nodes.end(), std::back_inserter(nodes),
               [&](NodeIndex i) { return goes(nodes_[i.value()].statements); });
  std::copy_if(source.links.begin(), source.links.end(), std::back_inserter(links),
               [&](LinkIndex i) { return goes(links_[i.value()].statements); });
  std::copy_if(source.interfaces.begin(), source.interfaces.end(), std::back_inserter(interfaces),
               [&](InterfaceIndex i) { return goes(interfaces_[i].statements); });
  std::copy_if(source.prefixes.begin(), source.prefixes.end(), std::back_inserter(prefixes),
               [&](const PrefixOfNode& p) {
                 return goes(nodes_[p.first.value()].prefixes.find(p.second)->second);
               });
  for (const auto& item : nodes) {
    Withdraw(source, id, item);
  }
  for (const auto& item : links) {
    Withdraw(source, id, item);
  }
  for (const auto& item : interfaces) {
    Withdraw(source, id, item);
  }
  for (const auto& item : prefixes) {
    Withdraw(source, id, item);
  }
  return nodes.size() + links.size() + interfaces.size() + prefixes.size();
}

TedBuilder::TedBuilder() : impl_(std::make_unique<Impl>()) {}
TedBuilder::~TedBuilder() = default;

absl::StatusOr<SourceId> TedBuilder::Connect(const SourceOptions& options, MonotonicTime now) {
  return impl_->Connect(options, now);
}
void TedBuilder::Disconnect(SourceId source, MonotonicTime now) { impl_->Disconnect(source, now); }
size_t TedBuilder::ExpireStale(MonotonicTime now) { return impl_->ExpireStale(now); }
std::optional<MonotonicTime> TedBuilder::next_expiry() const { return impl_->next_expiry(); }
absl::Status TedBuilder::BeginSync(SourceId source) { return impl_->BeginSync(source); }
absl::StatusOr<size_t> TedBuilder::EndSync(SourceId source) { return impl_->EndSync(source); }
absl::Status TedBuilder::SetNode(SourceId source, const std::string& id,
                                 const NodeAttributes& attributes, StatementOptions how,
                                 MonotonicTime now) {
  return impl_->SetNode(source, id, attributes, how, now);
}
absl::Status TedBuilder::SetLink(SourceId source, const LinkKey& key,
                                 const LinkAttributes& attributes, StatementOptions how,
                                 MonotonicTime now) {
  return impl_->SetLink(source, key, attributes, how, now);
}
absl::Status TedBuilder::SetPrefix(SourceId source, const std::string& node_id,
                                   const IpPrefix& prefix, const PrefixAttributes& attributes,
                                   StatementOptions how, MonotonicTime now) {
  return impl_->SetPrefix(source, node_id, prefix, attributes, how, now);
}
absl::Status TedBuilder::RemoveNode(SourceId source, const std::string& id, MonotonicTime now) {
  return impl_->RemoveNode(source, id, now);
}
absl::Status TedBuilder::RemoveLink(SourceId source, const LinkKey& key, MonotonicTime now) {
  return impl_->RemoveLink(source, key, now);
}
absl::Status TedBuilder::RemovePrefix(SourceId source, const std::string& node_id,
                                      const IpPrefix& prefix, MonotonicTime now) {
  return impl_->RemovePrefix(source, node_id, prefix, now);
}
TedBuilder::Published TedBuilder::Publish() { return impl_->Publish(); }
std::vector<SourceStatus> TedBuilder::sources() const { return impl_->sources(); }
size_t TedBuilder::half_known_link_count() const { return impl_->half_known_link_count(); }

}  // namespace srpce::topology
