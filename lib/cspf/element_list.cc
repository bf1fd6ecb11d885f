// lib/cspf/element_list.cc -- the tests of LinkFilter, told apart by element.
#include "lib/cspf/element_list.h"

#include "lib/base/sort_unique.h"
#include "lib/cspf/additive.h"

namespace srpce::cspf {
namespace {

std::vector<uint32_t> ElementsOf(const Constraints& constraints, ConstraintKind kind) {
  const auto values = [](const auto& indexes) {
    std::vector<uint32_t> list;
    for (const auto index : indexes) list.push_back(index.value());
    return list;
  };
  switch (kind) {
    case ConstraintKind::kExcludeAny:
      return BitsOf(constraints.exclude_any);
    case ConstraintKind::kIncludeAll:
      return BitsOf(constraints.include_all);
    case ConstraintKind::kExcludedNodes:
      return values(constraints.exclude_nodes);
    case ConstraintKind::kExcludedLinks:
      return values(constraints.exclude_links);
    default:
      return constraints.exclude_srlgs;
  }
}

}  // namespace

std::vector<uint32_t> BitsOf(const topology::AdminGroup& group) {
  constexpr uint32_t kWordBits = 32;
  std::vector<uint32_t> bits;
  for (uint32_t bit = 0; bit < group.words().size() * kWordBits; ++bit) {
    if (group.Test(bit)) bits.push_back(bit);
  }
  return bits;
}

ElementList::ElementList(const topology::Ted& ted, const Query& query, ConstraintKind kind)
    : ted_(ted), kind_(kind), elements_(ElementsOf(query.constraints, kind)) {
  SortUnique(elements_);
  for (uint32_t place = 0; place < elements_.size(); ++place) place_of_[elements_[place]] = place;
}

void ElementList::AppendPlace(uint32_t element, std::vector<uint32_t>& places) const {
  const auto found = place_of_.find(element);
  if (found != place_of_.end()) places.push_back(found->second);
}

void ElementList::AppendAt(graph::Node node, std::vector<uint32_t>& places) const {
  if (kind_ == ConstraintKind::kExcludedNodes) AppendPlace(node, places);
}

void ElementList::AppendOn(const graph::Arc& arc, std::vector<uint32_t>& places) const {
  switch (kind_) {
    case ConstraintKind::kExcludedNodes:
      return AppendPlace(arc.other, places);
    case ConstraintKind::kExcludedLinks:
      return AppendPlace(arc.id, places);
    case ConstraintKind::kExcludedSrlgs:
      for (const uint32_t srlg : ted_.srlgs(arc.data.group)) AppendPlace(srlg, places);
      return;
    default:
      break;
  }
  if (LeavesLan(arc)) return;
  const auto& group = ted_.link(LinkIndex(arc.id)).attributes.admin_group;
  const bool refuses_if_set = kind_ == ConstraintKind::kExcludeAny;
  for (uint32_t place = 0; place < elements_.size(); ++place) {
    const bool is_set = group && group->Test(elements_[place]);
    if (is_set == refuses_if_set) places.push_back(place);
  }
}

std::vector<uint32_t> ElementList::On(NodeIndex source, const std::vector<LinkIndex>& links) const {
  std::vector<uint32_t> places;
  AppendAt(source.value(), places);
  const graph::Digraph& graph = ted_.graph();
  for (const LinkIndex link : links) {
    AppendOn({graph.ends(link.value()).head, link.value(), graph.data(link.value())}, places);
  }
  SortUnique(places);
  for (uint32_t& place : places) place = elements_[place];
  return places;
}

}  // namespace srpce::cspf
