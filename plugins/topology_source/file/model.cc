// plugins/topology_source/file/model.cc
#include "plugins/topology_source/file/model.h"

#include <utility>

namespace srpce::file_source {
namespace {

using plugin::Statement;

template <typename T>
void TakeIfStated(const std::optional<T>& from, std::optional<T>& to) {
  if (from.has_value()) {
    to = from;
  }
}

// The attributes that a script can change.
void Merge(const topology::LinkAttributes& patch, topology::LinkAttributes& to) {
  TakeIfStated(patch.up, to.up);
  TakeIfStated(patch.igp_metric, to.igp_metric);
  TakeIfStated(patch.te_metric, to.te_metric);
  TakeIfStated(patch.delay, to.delay);
  TakeIfStated(patch.min_delay, to.min_delay);
  TakeIfStated(patch.max_delay, to.max_delay);
  TakeIfStated(patch.delay_variation, to.delay_variation);
  TakeIfStated(patch.loss, to.loss);
  TakeIfStated(patch.delay_anomalous, to.delay_anomalous);
  TakeIfStated(patch.capacity, to.capacity);
  TakeIfStated(patch.reservable, to.reservable);
  TakeIfStated(patch.available, to.available);
  TakeIfStated(patch.admin_group, to.admin_group);
  TakeIfStated(patch.srlgs, to.srlgs);
}

}  // namespace

Model::Model(std::vector<ModelNode> nodes, std::vector<ModelLink> links)
    : nodes_(std::move(nodes)), links_(std::move(links)) {
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    node_by_id_.emplace(nodes_[i].node.id, i);
  }
}

std::optional<uint32_t> Model::FindNode(absl::string_view id) const {
  const auto it = node_by_id_.find(id);
  return it == node_by_id_.end() ? std::nullopt : std::make_optional(it->second);
}

std::vector<uint32_t> Model::FindLinks(uint32_t local, uint32_t remote,
                                       absl::string_view interface) const {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < links_.size(); ++i) {
    const ModelLink& link = links_[i];
    if (link.local == local && link.remote == remote &&
        (interface.empty() || link.link.key.local_interface == interface)) {
      found.push_back(i);
    }
  }
  return found;
}

bool Model::IsAnnounced(const ModelLink& link) const {
  return link.present && nodes_[link.local].present && nodes_[link.remote].present;
}

std::vector<Statement> Model::Announced() const {
  std::vector<Statement> statements;
  for (const ModelNode& node : nodes_) {
    if (node.present) {
      statements.emplace_back(node.node);
      statements.insert(statements.end(), node.prefixes.begin(), node.prefixes.end());
    }
  }
  for (const ModelLink& link : links_) {
    if (IsAnnounced(link)) {
      statements.emplace_back(link.link);
    }
  }
  return statements;
}

std::vector<Statement> Model::Apply(const Action& action) {
  return std::visit([this](const auto& change) { return Do(change); }, action);
}

std::vector<Statement> Model::Do(const ChangeLinks& action) {
  std::vector<Statement> statements;
  for (const uint32_t index : action.links) {
    ModelLink& link = links_[index];
    Merge(action.patch, link.link.attributes);
    if (IsAnnounced(link)) {
      statements.emplace_back(
          plugin::LinkStatement{.key = link.link.key, .attributes = action.patch, .patch = true});
    }
  }
  return statements;
}

std::vector<Statement> Model::Do(const ShowLinks& action) {
  std::vector<Statement> statements;
  for (const uint32_t index : action.links) {
    ModelLink& link = links_[index];
    const bool before = IsAnnounced(link);
    link.present = action.present;
    if (IsAnnounced(link) && !before) {
      statements.emplace_back(link.link);
    } else if (before && !IsAnnounced(link)) {
      statements.emplace_back(plugin::LinkRemoval{link.link.key});
    }
  }
  return statements;
}

std::vector<Statement> Model::Do(const ChangeNode& action) {
  ModelNode& node = nodes_[action.node];
  if (action.patch.overload.has_value()) {
    node.node.attributes.overload = action.patch.overload;
  }
  if (!node.present) {
    return {};
  }
  return {plugin::NodeStatement{.id = node.node.id, .attributes = action.patch, .patch = true}};
}

std::vector<Statement> Model::Do(const ShowNode& action) {
  ModelNode& node = nodes_[action.node];
  if (node.present == action.present) {
    return {};
  }
  // Links touch the node only while it is there: they go before it and come after it.
  std::vector<Statement> statements;
  const auto for_each_link = [&](auto make) {
    for (const ModelLink& link : links_) {
      if ((link.local == action.node || link.remote == action.node) && IsAnnounced(link)) {
        statements.push_back(make(link));
      }
    }
  };
  if (action.present) {
    node.present = true;
    statements.emplace_back(node.node);
    statements.insert(statements.end(), node.prefixes.begin(), node.prefixes.end());
    for_each_link([](const ModelLink& link) -> Statement { return link.link; });
  } else {
    for_each_link(
        [](const ModelLink& link) -> Statement { return plugin::LinkRemoval{link.link.key}; });
    for (const plugin::PrefixStatement& prefix : node.prefixes) {
      statements.emplace_back(plugin::PrefixRemoval{prefix.node_id, prefix.prefix});
    }
    statements.emplace_back(plugin::NodeRemoval{node.node.id});
    node.present = false;
  }
  return statements;
}

}  // namespace srpce::file_source
