#include "tests/support/shrink.h"

#include <algorithm>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>

#include "tests/support/case_edits.h"

namespace srpce::support {
namespace {

using topology::LinkAttributes;
using topology::LinkIndex;
using topology::NodeAttributes;
using topology::NodeIndex;

// Numbers that are simpler than `value`.
template <typename T>
std::vector<T> Lower(T value) {
  std::vector<T> lower;
  for (const T candidate : {T{0}, T{1}, static_cast<T>(value / 2), static_cast<T>(value - 1)}) {
    if (candidate >= T{0} && candidate < value) lower.push_back(candidate);
  }
  return lower;
}

class Shrinker {
 public:
  Shrinker(Case failing, const Fails& fails, size_t min_members)
      : case_(std::move(failing)), fails_(fails), min_members_(min_members) {}

  Case Run() {
    for (smaller_ = true; smaller_;) {
      // What is large first, as long as the rest gives it something to live on.
      while (std::exchange(smaller_, false)) {
        DropMembers();
        DropConstraints();
        DropNodes();
        DropLinks();
        ShortenLists();
      }
      SimplifyNodes();
      SimplifyLinks();
    }
    return case_;
  }

 private:
  bool Try(Case candidate) {
    if (!fails_(BuildTed(candidate.network), candidate)) return false;
    case_ = std::move(candidate);
    smaller_ = true;
    return true;
  }

  // Tries the case with `edit` made to a copy of it.
  template <typename Edit>
  bool Change(const Edit& edit) {
    Case candidate = case_;
    edit(candidate);
    return Try(std::move(candidate));
  }

  // reach(case) is a list of the case: each of its elements is taken away in turn.
  template <typename Reach>
  void EraseEach(const Reach& reach) {
    for (size_t i = reach(case_).size(); i-- > 0;) {
      Change([&](Case& c) { reach(c).erase(reach(c).begin() + static_cast<std::ptrdiff_t>(i)); });
    }
  }
  // The same for an optional: it goes; else, if it is a number, it gets lower.
  template <typename Reach>
  void Clear(const Reach& reach) {
    if (!reach(case_) || Change([&](Case& c) { reach(c).reset(); })) return;
    using Value = std::decay_t<decltype(*reach(case_))>;
    if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
      LowerTo([&](Case& c) -> Value& { return *reach(c); });
    } else if constexpr (std::is_same_v<Value, Microseconds>) {
      for (const int64_t count : Lower(reach(case_)->count())) {
        if (Change([&](Case& c) { reach(c) = Microseconds(count); })) return;
      }
    }
  }
  template <typename Reach>
  void LowerTo(const Reach& reach) {
    for (const auto value : Lower(reach(case_))) {
      if (Change([&](Case& c) { reach(c) = value; })) return;
    }
  }
  // The same for a value that may be as if it had never been said.
  template <typename Reach>
  void Default(const Reach& reach) {
    using Value = std::decay_t<decltype(reach(case_))>;
    if (!(reach(case_) == Value{})) Change([&](Case& c) { reach(c) = Value{}; });
  }

  void DropMembers() {
    for (size_t i = case_.members.size(); i-- > 0 && case_.members.size() > min_members_;) {
      Change([&](Case& c) { c.members.erase(c.members.begin() + static_cast<std::ptrdiff_t>(i)); });
    }
  }

  void DropConstraints() {
    for (size_t m = 0; m < case_.members.size(); ++m) {
      const auto of = [m](auto field) {
        return [ m, field ](Case & c) -> auto& { return c.members[m].path.constraints.*field; };
      };
      using cspf::Constraints;
      Clear(of(&Constraints::max_delay));
      Clear(of(&Constraints::max_igp_cost));
      Clear(of(&Constraints::max_te_cost));
      Clear(of(&Constraints::max_hops));
      Clear(of(&Constraints::max_loss));
      Clear(of(&Constraints::max_variation));
      Default(of(&Constraints::min_bandwidth));
      Default(of(&Constraints::include_any));
      Default(of(&Constraints::include_all));
      Default(of(&Constraints::exclude_any));
      EraseEach(of(&Constraints::exclude_nodes));
      EraseEach(of(&Constraints::exclude_links));
      EraseEach(of(&Constraints::exclude_srlgs));
      EraseEach(of(&Constraints::waypoints));
      EndAtWaypoint(m);
      Default(of(&Constraints::data_plane));
      Default(of(&Constraints::flex_algorithm));
      Default([m](Case & c) -> auto& { return c.members[m].path.objective; });
      Clear([m](Case & c) -> auto& { return c.members[m].max_sids; });
    }
  }

  // One leg less: to the last waypoint, or from the first.
  void EndAtWaypoint(size_t member) {
    if (case_.members[member].path.constraints.waypoints.empty()) return;
    Change([&](Case& c) {
      cspf::Query& query = c.members[member].path;
      query.target = query.constraints.waypoints.back();
      query.constraints.waypoints.pop_back();
    }) ||
        Change([&](Case& c) {
          cspf::Query& query = c.members[member].path;
          query.source = query.constraints.waypoints.front();
          query.constraints.waypoints.erase(query.constraints.waypoints.begin());
        });
  }

  // With its links. What asks for it asks for a neighbour instead.
  void DropNodes() {
    for (size_t i = case_.network.nodes.size(); i-- > 0;) {
      const NodeIndex node(static_cast<uint32_t>(i));
      const std::set<size_t> links = LinksOf(case_.network, node);
      if (!IsAskedFor(case_, node)) {
        Drop(case_, {i}, links);
        continue;
      }
      for (const NodeIndex neighbour : NeighboursOf(case_.network, node)) {
        if (Drop(WithEndsMoved(case_, node, neighbour), {i}, links)) break;
      }
    }
  }

  // Both directions at once.
  void DropLinks() {
    for (size_t link = case_.network.links.size(); link-- > 0;) {
      if (link < case_.network.links.size()) {
        Drop(case_, {}, {link, OtherDirection(case_.network, link)});
      }
    }
  }

  bool Drop(const Case& smaller, const std::set<size_t>& nodes, const std::set<size_t>& links) {
    const bool walked = std::any_of(smaller.walk.begin(), smaller.walk.end(),
                                    [&](LinkIndex link) { return links.contains(link.value()); });
    return !walked && Try(Without(smaller, nodes, links));
  }

  void ShortenLists() {
    EraseEach([](Case & c) -> auto& { return c.labels; });
    EraseEach([](Case & c) -> auto& { return c.sids; });
    while (!case_.walk.empty() && Change([](Case& c) { c.walk.pop_back(); })) {
    }
  }

  void SimplifyNodes() {
    for (size_t n = 0; n < case_.network.nodes.size(); ++n) {
      const auto of = [n](auto field) {
        return [ n, field ](Case & c) -> auto& { return c.network.nodes[n].attributes.*field; };
      };
      Clear(of(&NodeAttributes::overload));
      Clear(of(&NodeAttributes::pseudonode));
      Clear(of(&NodeAttributes::msd));
      EraseEach(of(&NodeAttributes::router_ids));
      EraseEach(of(&NodeAttributes::srlb));
      EraseEach(of(&NodeAttributes::srgb));
      EraseEach(of(&NodeAttributes::algorithms));
      EraseEach(of(&NodeAttributes::flex_algo_definitions));
      SimplifyDefinitions(n);
      EraseEach(of(&NodeAttributes::locators));
      EraseEach(of(&NodeAttributes::srv6_sids));
      EraseEach([n](Case & c) -> auto& { return c.network.nodes[n].prefixes; });
      SimplifyPrefixes(n);
    }
  }

  void SimplifyDefinitions(size_t n) {
    for (size_t d = 0; d < case_.network.nodes[n].attributes.flex_algo_definitions.size(); ++d) {
      const auto of = [n, d](auto field) {
        return [ n, d, field ](Case & c) -> auto& {
          return c.network.nodes[n].attributes.flex_algo_definitions[d].*field;
        };
      };
      using topology::FlexAlgoDefinition;
      Default(of(&FlexAlgoDefinition::exclude_any));
      Default(of(&FlexAlgoDefinition::include_any));
      Default(of(&FlexAlgoDefinition::include_all));
      Default(of(&FlexAlgoDefinition::exclude_srlgs));
      Default(of(&FlexAlgoDefinition::metric));
      Default(of(&FlexAlgoDefinition::unsupported));
    }
  }

  void SimplifyPrefixes(size_t n) {
    for (size_t p = 0; p < case_.network.nodes[n].prefixes.size(); ++p) {
      const auto of = [n, p](auto field) {
        return [ n, p, field ](Case & c) -> auto& {
          return c.network.nodes[n].prefixes[p].attributes.*field;
        };
      };
      using topology::PrefixAttributes;
      Clear(of(&PrefixAttributes::metric));
      Clear(of(&PrefixAttributes::node_sid));
      Clear(of(&PrefixAttributes::anycast));
      EraseEach(of(&PrefixAttributes::sids));
      for (size_t s = 0; s < case_.network.nodes[n].prefixes[p].attributes.sids.size(); ++s) {
        Default([&](Case & c) -> auto& {
          return c.network.nodes[n].prefixes[p].attributes.sids[s].no_php;
        });
      }
    }
  }

  void SimplifyLinks() {
    for (size_t l = 0; l < case_.network.links.size(); ++l) {
      const auto of = [l](auto field) {
        return [ l, field ](Case & c) -> auto& { return c.network.links[l].attributes.*field; };
      };
      EraseEach(of(&LinkAttributes::adjacency_sids));
      EraseEach(of(&LinkAttributes::srv6_sids));
      Clear(of(&LinkAttributes::up));
      Clear(of(&LinkAttributes::admin_group));
      if (case_.network.links[l].attributes.srlgs) {
        EraseEach([l](Case & c) -> auto& { return *c.network.links[l].attributes.srlgs; });
      }
      Clear(of(&LinkAttributes::srlgs));
      Clear(of(&LinkAttributes::msd_base_mpls_imposition));
      Clear(of(&LinkAttributes::te_metric));
      Clear(of(&LinkAttributes::delay));
      Clear(of(&LinkAttributes::min_delay));
      Clear(of(&LinkAttributes::max_delay));
      Clear(of(&LinkAttributes::delay_variation));
      Clear(of(&LinkAttributes::loss));
      Clear(of(&LinkAttributes::capacity));
      Clear(of(&LinkAttributes::reservable));
      Clear(of(&LinkAttributes::available));
      Clear(of(&LinkAttributes::igp_metric));
      ForgetInterfaces(l);
    }
  }

  // Of a link without parallel ones.
  void ForgetInterfaces(size_t link) {
    const topology::LinkKey& key = case_.network.links[link].key;
    const auto parallel = std::count_if(
        case_.network.links.begin(), case_.network.links.end(), [&](const DraftLink& other) {
          return other.key.local_node == key.local_node && other.key.remote_node == key.remote_node;
        });
    if (parallel > 1 || (key.local_interface.empty() && key.remote_interface.empty())) return;
    const size_t back = OtherDirection(case_.network, link);
    Change([&](Case& c) {
      for (const size_t i : {link, back}) {
        c.network.links[i].key.local_interface.clear();
        c.network.links[i].key.remote_interface.clear();
      }
    });
  }

  Case case_;
  const Fails& fails_;
  const size_t min_members_;
  bool smaller_ = false;
};

}  // namespace

Case Shrink(Case failing, const Fails& fails, size_t min_members) {
  return Shrinker(std::move(failing), fails, min_members).Run();
}

}  // namespace srpce::support
