#include "tests/unit/topology/ted_text_dump.h"

#include <chrono>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace srpce::topology {
namespace {

std::string Text(bool value) { return value ? "yes" : "no"; }
std::string Text(uint8_t value) { return absl::StrCat(uint32_t{value}); }
std::string Text(uint16_t value) { return absl::StrCat(uint32_t{value}); }
std::string Text(uint32_t value) { return absl::StrCat(value); }
std::string Text(double value) { return absl::StrCat(value); }
std::string Text(const std::string& value) { return value; }
std::string Text(Microseconds value) { return absl::StrCat(value.count(), "us"); }
std::string Text(BytesPerSecond value) { return absl::StrCat(value.value, "B/s"); }
std::string Text(const IpAddress& value) { return value.ToString(); }
std::string Text(const LabelRange& value) { return absl::StrCat(value.first, "+", value.size); }
std::string Text(const AdminGroup& value) { return absl::StrJoin(value.words(), "."); }
std::string Text(const GeoPosition& value) {
  return absl::StrCat(value.latitude, "/", value.longitude);
}
std::string Text(const AdjacencySid& v) {
  return absl::StrCat(v.label, v.is_index, v.is_local ? Text(*v.is_local) : "", v.backup, v.is_set,
                      "w", uint32_t{v.weight});
}
std::string Text(const PrefixSid& v) {
  return absl::StrCat(uint32_t{v.algorithm}, ":", v.value, v.is_label, v.no_php, v.explicit_null);
}
std::string Text(const Srv6Locator& v) {
  return absl::StrCat(v.prefix.ToString(), " algo ", uint32_t{v.algorithm}, " metric ", v.metric,
                      v.anycast);
}
std::string Text(const Srv6Sid& v) {
  const Srv6SidStructure s = v.structure.value_or(Srv6SidStructure());
  return absl::StrCat(v.sid.ToString(), " behavior ", v.behavior, " algo ", uint32_t{v.algorithm},
                      v.backup, v.is_set, " structure ", v.structure.has_value(), uint32_t{s.block},
                      ".", uint32_t{s.node}, ".", uint32_t{s.function}, ".", uint32_t{s.argument});
}
std::string Text(const FlexAlgoDefinition& v) {
  return absl::StrCat(uint32_t{v.algorithm}, " metric ", static_cast<int>(v.metric), " priority ",
                      uint32_t{v.priority}, " ", Text(v.exclude_any), "/", Text(v.include_any), "/",
                      Text(v.include_all), "/", absl::StrJoin(v.exclude_srlgs, "."),
                      v.unsupported ? " unsupported" : "");
}
template <typename T>
std::string Text(const std::optional<T>& value);
template <typename T>
std::string Text(const std::vector<T>& values) {
  std::string text = "[";
  for (const T& value : values) {
    absl::StrAppend(&text, Text(value), ",");
  }
  return text + "]";
}
std::string Text(const Msd& v) {
  return absl::StrCat(Text(v.base_mpls_imposition), Text(v.srh_max_segments_left),
                      Text(v.srh_max_end_pop), Text(v.srh_max_h_encaps), Text(v.srh_max_end_d));
}
template <typename T>
std::string Text(const std::optional<T>& value) {
  return value ? Text(*value) : "-";
}

// "name value" of each field.
template <typename... Fields>
std::string List(const Fields&... fields) {
  std::string text;
  (absl::StrAppend(&text, " ", Text(fields)), ...);
  return text;
}

std::string Text(SidOwner owner) {
  return absl::StrCat(owner.node.value(), "/", owner.link ? owner.link->value() : graph::kNone, "/",
                      uint32_t{owner.algorithm});
}

std::string DumpArcs(std::span<const graph::Arc> arcs) {
  std::string text;
  for (const graph::Arc& arc : arcs) {
    const graph::ArcData& d = arc.data;
    absl::StrAppend(&text, " (", arc.id, " ", arc.other, " ", absl::StrJoin(d.weight, "."), " ",
                    d.flags, " ", d.mask, " ", d.capacity, " ", d.group, " ", d.reverse, ")");
  }
  return text;
}

}  // namespace

std::string DumpNode(const Node& node) {
  const NodeAttributes& a = node.attributes;
  std::string text = absl::StrCat(node.id, " known ", node.known, " stale ", node.stale,
                                  List(a.name, a.asn, a.router_ids, a.srgb, a.srlb, a.algorithms,
                                       a.flex_algo_definitions, a.locators, a.srv6_sids, a.msd,
                                       a.overload, a.pseudonode, a.multi_topology_ids, a.position));
  for (const Prefix& prefix : node.prefixes) {
    const PrefixAttributes& p = prefix.attributes;
    absl::StrAppend(&text, " {", prefix.prefix.ToString(),
                    List(p.metric, p.sids, p.node_sid, p.anycast), "}");
  }
  return text;
}

std::string DumpLink(const Link& link) {
  const LinkAttributes& a = link.attributes;
  return absl::StrCat(
      link.key.ToString(), " to ", link.key.remote_interface, " stale ", link.stale, " usable ",
      link.usable,
      List(a.up, a.igp_metric, a.te_metric, a.delay, a.min_delay, a.max_delay, a.delay_variation,
           a.loss, a.delay_anomalous, a.capacity, a.reservable, a.available, a.admin_group, a.srlgs,
           a.adjacency_sids, a.srv6_sids, a.local_address, a.remote_address,
           a.msd_base_mpls_imposition, a.multi_topology_id));
}

std::string DumpTed(const Ted& ted) {
  std::string text =
      absl::StrCat("generation ", ted.generation(), " known ", ted.known_node_count(), " usable ",
                   ted.usable_link_count(), " stale ", ted.stale_link_count(), "\n");
  for (uint32_t i = 0; i < ted.node_bound(); ++i) {
    absl::StrAppend(
        &text, "node ", i, " ", ted.HasNode(NodeIndex(i)) ? DumpNode(ted.node(NodeIndex(i))) : "-",
        "\n", " out", DumpArcs(ted.graph().out(i)), "\n in", DumpArcs(ted.graph().in(i)), "\n");
    if (ted.HasNode(NodeIndex(i))) {
      for (const Srv6Sid& sid : ted.node(NodeIndex(i)).attributes.srv6_sids) {
        for (const SidOwner& owner : ted.FindSrv6Sid(sid.sid)) {
          absl::StrAppend(&text, " sid ", Text(owner));
        }
      }
    }
  }
  for (uint32_t i = 0; i < ted.link_bound(); ++i) {
    if (ted.HasLink(LinkIndex(i))) {
      const Link& link = ted.link(LinkIndex(i));
      absl::StrAppend(&text, "link ", i, " ", DumpLink(link), " srlgs ",
                      Text(ted.srlgs(ted.graph().data(i).group)), "\n");
    }
  }
  for (uint32_t value = 0; value < 4; ++value) {
    for (const NodeIndex node : ted.FindPrefixSid(value, 0)) {
      absl::StrAppend(&text, "prefix SID ", value, " ", node.value(), "\n");
    }
  }
  return text;
}

}  // namespace srpce::topology
