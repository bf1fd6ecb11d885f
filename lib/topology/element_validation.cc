#include "lib/topology/element_validation.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace srpce::topology {
namespace {

// "SRLGs: got 2000, want at most 1024". The callers put the element before it.
template <typename Got, typename Want>
absl::Status Refuse(absl::string_view field, const Got& got, const Want& want) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": got ", got, ", want ", want));
}

// True for well-formed UTF-8 (RFC 3629 s4); one bad name would make a whole gRPC answer unreadable.
bool IsUtf8(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || i + length > text.size()) {
      return false;
    }
    uint32_t code = length == 1 ? lead : lead & (0x7fU >> length);
    for (size_t j = 1; j < length; ++j) {
      const auto next = static_cast<unsigned char>(text[i + j]);
      if ((next & 0xc0) != 0x80) {
        return false;
      }
      code = code << 6 | (next & 0x3fU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      return false;
    }
    i += length;
  }
  return true;
}

absl::Status CheckText(absl::string_view field, const std::string& text, bool may_be_empty) {
  if (text.empty() && !may_be_empty) {
    return Refuse(field, "''", absl::StrCat("1 to ", kMaxNameLength, " octets"));
  }
  if (text.size() > kMaxNameLength) {
    return Refuse(field, absl::StrCat(text.size(), " octets"),
                  absl::StrCat("at most ", kMaxNameLength));
  }
  if (!IsUtf8(text)) {
    return Refuse(field, absl::StrCat("'", absl::CHexEscape(text), "'"), "UTF-8");
  }
  const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), control)) {
    return Refuse(field, absl::StrCat("'", absl::CHexEscape(text), "'"), "no control characters");
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status CheckLength(absl::string_view field, const std::vector<T>& list) {
  return list.size() <= kMaxListLength ? absl::OkStatus()
                                       : Refuse(absl::StrCat("number of ", field), list.size(),
                                                absl::StrCat("at most ", kMaxListLength));
}

absl::Status CheckAdminGroup(absl::string_view field, const AdminGroup& group) {
  return group.words().size() <= kMaxAdminGroupWords
             ? absl::OkStatus()
             : Refuse(absl::StrCat(field, " words"), group.words().size(),
                      absl::StrCat("at most ", kMaxAdminGroupWords));
}

absl::Status CheckLabel(absl::string_view field, uint32_t label) {
  return label >= kFirstUsableLabel && label <= kMaxLabel
             ? absl::OkStatus()
             : Refuse(field, label, absl::StrCat(kFirstUsableLabel, " to ", kMaxLabel));
}

absl::Status CheckIndex(absl::string_view field, uint32_t index) {
  return index <= kMaxLabel ? absl::OkStatus()
                            : Refuse(field, index, absl::StrCat("at most ", kMaxLabel));
}

std::string ToText(const LabelRange& range) {
  return absl::StrCat(range.first, "-", uint64_t{range.first} + range.size - 1);
}

// Ranges of SRGB and SRLB share one label space and may not overlap (RFC 8667 s3.1, s3.3).
absl::Status CheckLabelRanges(const NodeAttributes& node) {
  std::vector<LabelRange> ranges;
  for (const auto& [field, list] : {std::pair("SRGB", &node.srgb), std::pair("SRLB", &node.srlb)}) {
    SRPCE_RETURN_IF_ERROR(CheckLength(absl::StrCat(field, " ranges"), *list));
    for (const LabelRange& range : *list) {
      if (range.size == 0) {
        return Refuse(field, absl::StrCat("0 labels from ", range.first), "at least 1");
      }
      if (range.first < kFirstUsableLabel || uint64_t{range.first} + range.size - 1 > kMaxLabel) {
        return Refuse(field, ToText(range),
                      absl::StrCat("labels ", kFirstUsableLabel, " to ", kMaxLabel));
      }
      ranges.push_back(range);
    }
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const LabelRange& a, const LabelRange& b) { return a.first < b.first; });
  for (size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].first < ranges[i - 1].first + ranges[i - 1].size) {
      return Refuse("SRGB and SRLB",
                    absl::StrCat(ToText(ranges[i - 1]), " and ", ToText(ranges[i])),
                    "ranges that do not overlap");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckFlexAlgos(const std::vector<FlexAlgoDefinition>& definitions) {
  SRPCE_RETURN_IF_ERROR(CheckLength("flex-algo definitions", definitions));
  std::set<uint8_t> seen;
  for (const FlexAlgoDefinition& definition : definitions) {
    const int algorithm = definition.algorithm;
    if (definition.algorithm < kFirstFlexAlgorithm) {
      return Refuse("flex-algo definition", algorithm, "an algorithm of 128 to 255");
    }
    if (!seen.insert(definition.algorithm).second) {
      return Refuse("flex-algo definition", absl::StrCat(algorithm, " twice"),
                    "each algorithm once");
    }
    const std::string field = absl::StrCat("flex-algo definition ", algorithm);
    constexpr MetricType kCalculated[] = {MetricType::kIgp, MetricType::kTe, MetricType::kDelay};
    if (std::find(std::begin(kCalculated), std::end(kCalculated), definition.metric) ==
        std::end(kCalculated)) {
      return Refuse(absl::StrCat(field, ": metric"), MetricTypeName(definition.metric),
                    "IGP, TE or delay (RFC 9350 s5.1)");
    }
    for (const AdminGroup* group :
         {&definition.exclude_any, &definition.include_any, &definition.include_all}) {
      SRPCE_RETURN_IF_ERROR(CheckAdminGroup(absl::StrCat(field, ": admin group"), *group));
    }
    SRPCE_RETURN_IF_ERROR(CheckLength(absl::StrCat(field, ": SRLGs"), definition.exclude_srlgs));
  }
  return absl::OkStatus();
}

absl::Status CheckLocators(const std::vector<Srv6Locator>& locators) {
  SRPCE_RETURN_IF_ERROR(CheckLength("locators", locators));
  std::set<IpPrefix> seen;
  for (const Srv6Locator& locator : locators) {
    const IpPrefix& prefix = locator.prefix;
    if (prefix.address().is_v4() || prefix.length() == 0 || prefix.address().is_unspecified()) {
      return Refuse("locator", prefix.ToString(), "an IPv6 prefix such as fcbb:bb00:1::/48");
    }
    if (!seen.insert(prefix).second) {
      return Refuse("locator", absl::StrCat(prefix.ToString(), " twice"),
                    "one algorithm per prefix (RFC 9352 s7.1)");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSrv6Sids(const std::vector<Srv6Sid>& sids) {
  SRPCE_RETURN_IF_ERROR(CheckLength("SRv6 SIDs", sids));
  std::set<Ipv6Address> seen;
  for (const Srv6Sid& sid : sids) {
    if (sid.sid.is_unspecified() || sid.sid.bytes()[0] == 0xff) {
      return Refuse("SRv6 SID", sid.sid.ToString(), "a unicast IPv6 address");
    }
    if (!seen.insert(sid.sid).second) {
      return Refuse("SRv6 SID", absl::StrCat(sid.sid.ToString(), " twice"), "each SID once");
    }
    if (!sid.structure) {
      continue;
    }
    const Srv6SidStructure& s = *sid.structure;
    if (s.block + s.node + s.function + s.argument > 128 || s.block + s.node < 1) {
      return Refuse(absl::StrCat("SRv6 SID ", sid.sid.ToString(), ": structure"),
                    absl::StrCat(int{s.block}, "+", int{s.node}, "+", int{s.function}, "+",
                                 int{s.argument}, " bits"),
                    "block + node of at least 1 and at most 128 in all (RFC 9352 s9)");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckTopologyId(uint16_t id) {
  return id <= kMaxTopologyId
             ? absl::OkStatus()
             : Refuse("multi-topology id", id, absl::StrCat("at most ", kMaxTopologyId));
}

absl::Status CheckNode(const std::string& id, const NodeAttributes& node) {
  SRPCE_RETURN_IF_ERROR(CheckText("id", id, /*may_be_empty=*/false));
  if (node.name) {
    SRPCE_RETURN_IF_ERROR(CheckText("name", *node.name, /*may_be_empty=*/false));
  }
  SRPCE_RETURN_IF_ERROR(CheckLength("router ids", node.router_ids));
  for (const IpAddress& router_id : node.router_ids) {
    if (router_id.is_unspecified()) {
      return Refuse("router id", router_id.ToString(), "an address of the node");
    }
  }
  SRPCE_RETURN_IF_ERROR(CheckLabelRanges(node));
  SRPCE_RETURN_IF_ERROR(CheckLength("algorithms", node.algorithms));
  SRPCE_RETURN_IF_ERROR(CheckFlexAlgos(node.flex_algo_definitions));
  SRPCE_RETURN_IF_ERROR(CheckLocators(node.locators));
  SRPCE_RETURN_IF_ERROR(CheckSrv6Sids(node.srv6_sids));
  SRPCE_RETURN_IF_ERROR(CheckLength("multi-topology ids", node.multi_topology_ids));
  for (const uint16_t topology : node.multi_topology_ids) {
    SRPCE_RETURN_IF_ERROR(CheckTopologyId(topology));
  }
  if (node.position) {
    // Written so that NaN is refused.
    if (!(std::abs(node.position->latitude) <= 90)) {
      return Refuse("latitude", node.position->latitude, "-90 to 90 degrees");
    }
    if (!(std::abs(node.position->longitude) <= 180)) {
      return Refuse("longitude", node.position->longitude, "-180 to 180 degrees");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKey(const LinkKey& key) {
  SRPCE_RETURN_IF_ERROR(CheckText("local node", key.local_node, /*may_be_empty=*/false));
  if (key.remote_node.empty() && key.local_interface.empty()) {
    return Refuse("remote node", "''",
                  absl::StrCat("1 to ", kMaxNameLength, " octets, or a local interface instead"));
  }
  SRPCE_RETURN_IF_ERROR(CheckText("remote node", key.remote_node, /*may_be_empty=*/true));
  SRPCE_RETURN_IF_ERROR(CheckText("local interface", key.local_interface, /*may_be_empty=*/true));
  SRPCE_RETURN_IF_ERROR(CheckText("remote interface", key.remote_interface, /*may_be_empty=*/true));
  if (key.local_node == key.remote_node) {
    return Refuse("remote node", absl::StrCat("'", key.remote_node, "'"),
                  "another node than the local one");
  }
  return absl::OkStatus();
}

absl::Status CheckDelays(const LinkAttributes& link) {
  for (const auto& [field, delay] :
       {std::pair("delay", &link.delay), std::pair("min delay", &link.min_delay),
        std::pair("max delay", &link.max_delay),
        std::pair("delay variation", &link.delay_variation)}) {
    if (*delay && (**delay < Microseconds(0) || **delay > kMaxDelay)) {
      return Refuse(field, absl::StrCat((*delay)->count(), " us"),
                    absl::StrCat("0 to ", kMaxDelay.count(), " us"));
    }
  }
  if (link.min_delay && link.max_delay && *link.min_delay > *link.max_delay) {
    return Refuse("min delay", absl::StrCat(link.min_delay->count(), " us"),
                  absl::StrCat("at most the max delay ", link.max_delay->count(), " us"));
  }
  return absl::OkStatus();
}

absl::Status CheckBandwidths(const LinkAttributes& link) {
  for (const auto& [field, bandwidth] :
       {std::pair("capacity", &link.capacity), std::pair("reservable bandwidth", &link.reservable),
        std::pair("available bandwidth", &link.available)}) {
    if (*bandwidth && **bandwidth > kMaxBandwidth) {
      return Refuse(field, absl::StrCat((*bandwidth)->value, " bytes/s"),
                    absl::StrCat("at most ", kMaxBandwidth.value));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLink(const LinkKey& key, const LinkAttributes& link) {
  SRPCE_RETURN_IF_ERROR(CheckKey(key));
  if (link.igp_metric && *link.igp_metric > kMaxIgpMetric) {
    return Refuse("IGP metric", *link.igp_metric, absl::StrCat("at most ", kMaxIgpMetric));
  }
  SRPCE_RETURN_IF_ERROR(CheckDelays(link));
  if (link.loss && !(*link.loss >= 0 && *link.loss <= 1)) {
    return Refuse("loss", *link.loss, "0 to 1");
  }
  SRPCE_RETURN_IF_ERROR(CheckBandwidths(link));
  if (link.admin_group) {
    SRPCE_RETURN_IF_ERROR(CheckAdminGroup("admin group", *link.admin_group));
  }
  if (link.srlgs) {
    SRPCE_RETURN_IF_ERROR(CheckLength("SRLGs", *link.srlgs));
  }
  SRPCE_RETURN_IF_ERROR(CheckLength("adjacency SIDs", link.adjacency_sids));
  for (const AdjacencySid& sid : link.adjacency_sids) {
    SRPCE_RETURN_IF_ERROR(sid.is_index ? CheckIndex("adjacency SID index", sid.label)
                                       : CheckLabel("adjacency SID", sid.label));
  }
  SRPCE_RETURN_IF_ERROR(CheckSrv6Sids(link.srv6_sids));
  return CheckTopologyId(link.multi_topology_id.value_or(0));
}

absl::Status CheckPrefix(const std::string& node_id, const PrefixAttributes& attributes) {
  SRPCE_RETURN_IF_ERROR(CheckText("node", node_id, /*may_be_empty=*/false));
  std::set<uint8_t> seen;
  for (const PrefixSid& sid : attributes.sids) {
    if (!seen.insert(sid.algorithm).second) {
      return Refuse("prefix SID", absl::StrCat("two of algorithm ", int{sid.algorithm}),
                    "one per algorithm");
    }
    SRPCE_RETURN_IF_ERROR(sid.is_label ? CheckLabel("prefix SID label", sid.value)
                                       : CheckIndex("prefix SID index", sid.value));
  }
  return absl::OkStatus();
}

// Long names are cut and unprintable ones escaped, so that a log line stays a line.
std::string Shown(const std::string& text) {
  return text.size() <= 2 * kMaxNameLength && IsUtf8(text)
             ? absl::Utf8SafeCHexEscape(text)
             : absl::CHexEscape(text.substr(0, kMaxNameLength));
}

absl::Status Locate(const absl::Status& status, absl::string_view kind,
                    const std::string& element) {
  return status.ok() ? status
                     : absl::InvalidArgumentError(
                           absl::StrCat(kind, " ", Shown(element), ": ", status.message()));
}

}  // namespace

absl::Status ValidateNode(const std::string& id, const NodeAttributes& attributes) {
  const absl::Status status = CheckNode(id, attributes);
  return status.ok() ? status : Locate(status, "node", id);
}

absl::Status ValidateLink(const LinkKey& key, const LinkAttributes& attributes) {
  const absl::Status status = CheckLink(key, attributes);
  return status.ok() ? status : Locate(status, "link", key.ToString());
}

absl::Status ValidatePrefix(const std::string& node_id, const IpPrefix& prefix,
                            const PrefixAttributes& attributes) {
  const absl::Status status = CheckPrefix(node_id, attributes);
  return status.ok() ? status
                     : Locate(status, "prefix", absl::StrCat(prefix.ToString(), " of ", node_id));
}

}  // namespace srpce::topology
