// plugins/topology_source/file/model.h -- the network a file source speaks of, as it is now.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "lib/plugin/topology_source.h"

namespace srpce::file_source {

struct ModelNode {
  plugin::NodeStatement node;
  std::vector<plugin::PrefixStatement> prefixes;
  bool present = true;
};

struct ModelLink {
  plugin::LinkStatement link;
  uint32_t local = 0;  // Indexes into the nodes.
  uint32_t remote = 0;
  std::optional<uint32_t>
      reverse;  // The other direction of this adjacency; an index into the links.
  bool present = true;
};

// Changes a script can make. Indexes are those of the model.
struct ChangeLinks {
  std::vector<uint32_t> links;
  topology::LinkAttributes patch;
};
struct ShowLinks {
  std::vector<uint32_t> links;
  bool present = true;
};
struct ChangeNode {
  uint32_t node = 0;
  topology::NodeAttributes patch;
};
struct ShowNode {
  uint32_t node = 0;
  bool present = true;
};
using Action = std::variant<ChangeLinks, ShowLinks, ChangeNode, ShowNode>;

class Model {
 public:
  Model(std::vector<ModelNode> nodes, std::vector<ModelLink> links);

  const std::vector<ModelNode>& nodes() const { return nodes_; }
  const std::vector<ModelLink>& links() const { return links_; }
  std::optional<uint32_t> FindNode(absl::string_view id) const;
  // The links from `local` to `remote`; with an interface only the one that has it as local
  // interface.
  std::vector<uint32_t> FindLinks(uint32_t local, uint32_t remote,
                                  absl::string_view interface) const;

  // Everything announced now: nodes with their prefixes, then links. Complete: no patches.
  std::vector<plugin::Statement> Announced() const;

  // Makes the change and returns the statements that tell of it. A change of something not
  // announced is remembered and told with it later. A node takes the links to and from it along, as
  // routers that lose a neighbour do.
  std::vector<plugin::Statement> Apply(const Action& action);

 private:
  bool IsAnnounced(const ModelLink& link) const;
  std::vector<plugin::Statement> Do(const ChangeLinks& action);
  std::vector<plugin::Statement> Do(const ShowLinks& action);
  std::vector<plugin::Statement> Do(const ChangeNode& action);
  std::vector<plugin::Statement> Do(const ShowNode& action);

  std::vector<ModelNode> nodes_;
  std::vector<ModelLink> links_;
  absl::flat_hash_map<std::string, uint32_t> node_by_id_;
};

}  // namespace srpce::file_source
