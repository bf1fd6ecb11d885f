// The writer of the map language: each node is `bare`, and all that it announces is said.
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tests/support/draft.h"
#include "tests/support/words.h"

namespace srpce::support {
namespace {

using topology::AdminGroup;
using topology::LinkAttributes;
using topology::NodeAttributes;

void Say(std::string& line, const absl::AlphaNum& word) { absl::StrAppend(&line, " ", word); }

template <typename T>
void SayNumber(absl::string_view word, const std::optional<T>& value, std::string& line) {
  if (value) absl::StrAppend(&line, " ", word, " ", static_cast<uint64_t>(*value));
}

void SayTime(absl::string_view word, const std::optional<Microseconds>& value, std::string& line) {
  if (value) absl::StrAppend(&line, " ", word, " ", value->count());
}

void SayBandwidth(absl::string_view word, const std::optional<BytesPerSecond>& value,
                  std::string& line) {
  if (value) absl::StrAppend(&line, " ", word, " ", value->value * kBitsPerByte);
}

// The shortest text that is read back as the same number.
std::string Fraction(double value) {
  const std::string text = absl::StrCat(value);
  double back = 0;
  return absl::SimpleAtod(text, &back) && back == value ? text : absl::StrFormat("%.17g", value);
}

void SayBits(absl::string_view word, const AdminGroup& group, std::string& line) {
  if (!group.empty()) absl::StrAppend(&line, " ", word, " ", absl::StrJoin(BitsOf(group), ","));
}

void SayAlgorithm(uint8_t algorithm, std::string& line) {
  if (algorithm != topology::kAlgorithmSpf) absl::StrAppend(&line, ",algo=", int{algorithm});
}

void SaySid(absl::string_view word, const topology::Srv6Sid& sid, std::string& line) {
  absl::StrAppend(&line, " ", word, " ", sid.sid.ToString(), ",behavior=", int{sid.behavior});
  SayAlgorithm(sid.algorithm, line);
  absl::StrAppend(&line, sid.backup ? ",backup" : "", sid.is_set ? ",set" : "");
  if (const auto& parts = sid.structure) {
    absl::StrAppend(&line, ",parts=", int{parts->block}, ".", int{parts->node}, ".",
                    int{parts->function}, ".", int{parts->argument});
  }
}

void SayLocator(const topology::Srv6Locator& locator, std::string& line) {
  absl::StrAppend(&line, " own-locator ", locator.prefix.ToString());
  SayAlgorithm(locator.algorithm, line);
  if (locator.metric != 0) absl::StrAppend(&line, ",metric=", locator.metric);
  if (locator.anycast) absl::StrAppend(&line, ",anycast");
}

void SayPrefix(const topology::Prefix& prefix, std::string& line) {
  const topology::PrefixAttributes& a = prefix.attributes;
  absl::StrAppend(&line, " prefix ", prefix.prefix.ToString());
  if (a.metric) absl::StrAppend(&line, ",metric=", *a.metric);
  if (a.node_sid) absl::StrAppend(&line, *a.node_sid ? ",node" : ",no-node");
  if (a.anycast) absl::StrAppend(&line, *a.anycast ? ",anycast" : ",no-anycast");
  for (const topology::PrefixSid& sid : a.sids) {
    absl::StrAppend(&line, ",sid=", sid.value);
    SayAlgorithm(sid.algorithm, line);
    absl::StrAppend(&line, sid.is_label ? ",label" : "", sid.no_php ? ",no-php" : "",
                    sid.explicit_null ? ",explicit-null" : "");
  }
}

void SayMsd(const topology::Msd& msd, std::string& line) {
  SayNumber("msd", msd.base_mpls_imposition, line);
  SayNumber("srv6-msd", msd.srh_max_h_encaps, line);
  SayNumber("segments-left-msd", msd.srh_max_segments_left, line);
  SayNumber("end-pop-msd", msd.srh_max_end_pop, line);
  SayNumber("end-d-msd", msd.srh_max_end_d, line);
}

[[noreturn]] void Die(const std::string& element) {
  std::fprintf(stderr, "map text: %s: the language has no word for some attribute\n",
               element.c_str());
  std::abort();
}

std::string NodeLine(const DraftNode& node) {
  const NodeAttributes& a = node.attributes;
  if (a.name || a.asn || a.position || !a.multi_topology_ids.empty()) Die(node.id);
  std::string line = absl::StrCat("node ", node.id, " bare");
  if (a.overload) Say(line, *a.overload ? "overload" : "no-overload");
  if (a.pseudonode) Say(line, *a.pseudonode ? "pseudonode" : "no-pseudonode");
  for (const IpAddress& id : a.router_ids) absl::StrAppend(&line, " router-id ", id.ToString());
  for (const auto& range : a.srgb) absl::StrAppend(&line, " srgb ", range.first, " ", range.size);
  for (const auto& range : a.srlb) absl::StrAppend(&line, " srlb ", range.first, " ", range.size);
  if (!a.algorithms.empty())
    Say(line, absl::StrCat("algorithms ", absl::StrJoin(a.algorithms, ",")));
  if (a.msd) SayMsd(*a.msd, line);
  for (const topology::Srv6Locator& locator : a.locators) SayLocator(locator, line);
  for (const topology::Srv6Sid& sid : a.srv6_sids) SaySid("sid", sid, line);
  for (const topology::Prefix& prefix : node.prefixes) SayPrefix(prefix, line);
  return line + "\n";
}

std::string DefinitionLine(const DraftNode& node, const topology::FlexAlgoDefinition& fad) {
  std::string line = absl::StrCat("fad ", int{fad.algorithm}, " metric ", MetricName(fad.metric));
  if (fad.priority != 0) absl::StrAppend(&line, " priority ", int{fad.priority});
  SayBits("exclude-any-bits", fad.exclude_any, line);
  SayBits("include-any-bits", fad.include_any, line);
  SayBits("include-all-bits", fad.include_all, line);
  if (!fad.exclude_srlgs.empty()) {
    absl::StrAppend(&line, " exclude-srlg ", absl::StrJoin(fad.exclude_srlgs, ","));
  }
  if (fad.unsupported) Say(line, "unsupported");
  return absl::StrCat(line, " on ", node.id, "\n");
}

void SayDelays(const LinkAttributes& a, std::string& line) {
  if (a.delay && a.delay == a.min_delay) {
    SayTime("delay", a.delay, line);
  } else {
    SayTime("avg-delay", a.delay, line);
    SayTime("min-delay", a.min_delay, line);
  }
  SayTime("max-delay", a.max_delay, line);
  SayTime("var", a.delay_variation, line);
  if (a.loss) Say(line, absl::StrCat("loss ", Fraction(*a.loss)));
}

void SayAdjacencySid(const topology::AdjacencySid& sid, std::string& line) {
  absl::StrAppend(&line, " adj-sid ", sid.label, sid.is_index ? ",index" : "",
                  !sid.is_local   ? ""
                  : *sid.is_local ? ",local"
                                  : ",global",
                  sid.backup ? ",backup" : "", sid.is_set ? ",set" : "");
  if (sid.weight != 0) absl::StrAppend(&line, ",weight=", int{sid.weight});
}

std::string AttributeWords(const DraftLink& link) {
  const LinkAttributes& a = link.attributes;
  if (a.local_address || a.remote_address || a.multi_topology_id ||
      a.delay_anomalous == std::optional(false)) {
    Die(link.key.ToString());
  }
  std::string line;
  if (a.up) Say(line, *a.up ? "up" : "down");
  SayNumber("igp", a.igp_metric, line);
  SayNumber("te", a.te_metric, line);
  SayDelays(a, line);
  if (a.delay_anomalous) Say(line, "anomalous");
  SayBandwidth("bw", a.capacity, line);
  SayBandwidth("rsv", a.reservable, line);
  SayBandwidth("avail", a.available, line);
  if (a.admin_group && a.admin_group->empty()) Say(line, "admin 0");
  if (a.admin_group) SayBits("admin-bits", *a.admin_group, line);
  if (a.srlgs) {
    Say(line, a.srlgs->empty() ? "no-srlg" : absl::StrCat("srlg ", absl::StrJoin(*a.srlgs, ",")));
  }
  SayNumber("msd", a.msd_base_mpls_imposition, line);
  for (const topology::AdjacencySid& sid : a.adjacency_sids) SayAdjacencySid(sid, line);
  for (const topology::Srv6Sid& sid : a.srv6_sids) SaySid("end-x", sid, line);
  return line;
}

std::string LinkLine(const DraftLink& link, bool both) {
  const topology::LinkKey& key = link.key;
  std::string line = absl::StrCat(key.local_node, both ? "<->" : "->", key.remote_node);
  if (key.local_interface != key.remote_interface) {
    absl::StrAppend(&line, "#", key.local_interface, ",", key.remote_interface);
  } else if (!key.local_interface.empty()) {
    absl::StrAppend(&line, "#", key.local_interface);
  }
  return absl::StrCat(line, AttributeWords(link), "\n");
}

bool IsOtherDirection(const DraftLink& link, const DraftLink& other) {
  const topology::LinkKey back{link.key.remote_node, link.key.local_node, link.key.remote_interface,
                               link.key.local_interface};
  return other.key == back && other.attributes == link.attributes;
}

}  // namespace

std::string ToMapText(const Draft& draft) {
  std::string text;
  for (const DraftNode& node : draft.nodes) text += NodeLine(node);
  for (const DraftNode& node : draft.nodes) {
    for (const auto& fad : node.attributes.flex_algo_definitions) text += DefinitionLine(node, fad);
  }
  for (size_t i = 0; i < draft.links.size(); ++i) {
    const bool both =
        i + 1 < draft.links.size() && IsOtherDirection(draft.links[i], draft.links[i + 1]);
    text += LinkLine(draft.links[i], both);
    i += both ? 1 : 0;
  }
  return text;
}

std::string ToMapText(const topology::Ted& ted) { return ToMapText(DraftOf(ted)); }

}  // namespace srpce::support
