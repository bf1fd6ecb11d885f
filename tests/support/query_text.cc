#include "tests/support/query_text.h"

#include <functional>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/support/build_ted.h"
#include "tests/support/words.h"

namespace srpce::support {
namespace {

using cspf::DataPlane;
using segments::SegmentQuery;
using topology::Ted;

DataPlane ReadPlane(Words& words) {
  const absl::string_view name = words.Take();
  if (name != "mpls" && name != "srv6") {
    words.Die(absl::StrCat("got '", name, "', want mpls or srv6"));
  }
  return name == "mpls" ? DataPlane::kSrMpls : DataPlane::kSrv6;
}

using Reader = std::function<void(const Ted&, Words&, SegmentQuery&)>;

// Of `field`, a time of the constraints.
template <typename Field>
Reader Time(Field field) {
  return [field](const Ted&, Words& w, SegmentQuery& q) {
    int64_t count = 0;  // A bound below zero is one that nothing keeps.
    if (!absl::SimpleAtoi(w.Take(), &count)) w.Die("want a time");
    q.path.constraints.*field = Microseconds(count);
  };
}
template <typename T>
Reader Number(std::optional<T> cspf::Constraints::*field) {
  return [field](const Ted&, Words& w, SegmentQuery& q) {
    q.path.constraints.*field = w.TakeNumber<T>();
  };
}
Reader Bits(topology::AdminGroup cspf::Constraints::*field) {
  return [field](const Ted&, Words& w, SegmentQuery& q) {
    AddToAdminGroup(w.TakeList(), q.path.constraints.*field);
  };
}
Reader Nodes(std::vector<topology::NodeIndex> cspf::Constraints::*field) {
  return [field](const Ted& ted, Words& w, SegmentQuery& q) {
    for (const absl::string_view name : absl::StrSplit(w.Take(), ',')) {
      (q.path.constraints.*field).push_back(NodeOf(ted, name));
    }
  };
}

const std::map<std::string, Reader, std::less<>>& Readers() {
  using cspf::Constraints;
  static const std::map<std::string, Reader, std::less<>> kReaders = {
      {"max-delay", Time(&Constraints::max_delay)},
      {"max-var", Time(&Constraints::max_variation)},
      {"max-igp", Number(&Constraints::max_igp_cost)},
      {"max-te", Number(&Constraints::max_te_cost)},
      {"max-hops", Number(&Constraints::max_hops)},
      {"max-loss", [](const Ted&, Words& w,
                      SegmentQuery& q) { q.path.constraints.max_loss = w.TakeFraction(); }},
      {"min-bw",
       [](const Ted&, Words& w, SegmentQuery& q) {
         q.path.constraints.min_bandwidth = {w.TakeNumber<uint64_t>()};
       }},
      {"include-any", Bits(&Constraints::include_any)},
      {"include-all", Bits(&Constraints::include_all)},
      {"exclude-any", Bits(&Constraints::exclude_any)},
      {"exclude-node", Nodes(&Constraints::exclude_nodes)},
      {"via", Nodes(&Constraints::waypoints)},
      {"exclude-link",
       [](const Ted& ted, Words& w, SegmentQuery& q) {
         q.path.constraints.exclude_links.push_back(LinkOf(ted, w.Take()));
       }},
      {"exclude-srlg",
       [](const Ted&, Words& w, SegmentQuery& q) {
         for (const uint32_t srlg : w.TakeList()) {
           q.path.constraints.exclude_srlgs.push_back(srlg);
         }
       }},
      {"plane",
       [](const Ted&, Words& w, SegmentQuery& q) { q.path.constraints.data_plane = ReadPlane(w); }},
      {"algo",
       [](const Ted&, Words& w, SegmentQuery& q) {
         q.path.constraints.flex_algorithm = w.TakeNumber<uint8_t>();
       }},
      {"max-sids",
       [](const Ted&, Words& w, SegmentQuery& q) { q.max_sids = w.TakeNumber<uint32_t>(); }},
      {"no-compress", [](const Ted&, Words&, SegmentQuery& q) { q.compress = false; }},
  };
  return kReaders;
}

template <typename T>
void Say(absl::string_view word, const std::optional<T>& value, std::string& text) {
  if (value) absl::StrAppend(&text, " ", word, " ", *value);
}
void Say(absl::string_view word, const std::optional<Microseconds>& value, std::string& text) {
  if (value) absl::StrAppend(&text, " ", word, " ", value->count());
}
void Say(absl::string_view word, const topology::AdminGroup& group, std::string& text) {
  if (!group.empty()) absl::StrAppend(&text, " ", word, " ", absl::StrJoin(BitsOf(group), ","));
}
void Say(const Ted& ted, absl::string_view word, const std::vector<topology::NodeIndex>& nodes,
         std::string& text) {
  for (const topology::NodeIndex node : nodes) {
    absl::StrAppend(&text, " ", word, " ", ted.node(node).id);
  }
}

}  // namespace

SegmentQuery QueryOf(const Ted& ted, absl::string_view text) {
  Words words(text);
  SegmentQuery query;
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(words.Take(), absl::MaxSplits("->", 1));
  query.path.source = NodeOf(ted, ends.first);
  query.path.target = NodeOf(ted, ends.second);
  query.path.objective = ParseMetric(words, words.Take());
  while (!words.done()) {
    const absl::string_view name = words.Take();
    const auto reader = Readers().find(name);
    if (reader == Readers().end()) {
      words.Die(absl::StrCat("got '", name, "', want a constraint"));
    }
    reader->second(ted, words, query);
  }
  return query;
}

std::string ToText(const Ted& ted, const SegmentQuery& query) {
  const cspf::Constraints& c = query.path.constraints;
  std::string text =
      absl::StrCat(ted.node(query.path.source).id, "->", ted.node(query.path.target).id, " ",
                   MetricName(query.path.objective));
  Say("max-delay", c.max_delay, text);
  Say("max-igp", c.max_igp_cost, text);
  Say("max-te", c.max_te_cost, text);
  Say("max-hops", c.max_hops, text);
  if (c.max_loss) absl::StrAppend(&text, absl::StrFormat(" max-loss %.17g", *c.max_loss));
  Say("max-var", c.max_variation, text);
  if (c.min_bandwidth.value > 0) absl::StrAppend(&text, " min-bw ", c.min_bandwidth.value);
  Say("include-any", c.include_any, text);
  Say("include-all", c.include_all, text);
  Say("exclude-any", c.exclude_any, text);
  Say(ted, "exclude-node", c.exclude_nodes, text);
  for (const topology::LinkIndex index : c.exclude_links) {
    const topology::LinkKey& key = ted.link(index).key;
    absl::StrAppend(&text, " exclude-link ", key.local_node, "->", key.remote_node,
                    key.local_interface.empty() ? "" : "#", key.local_interface);
  }
  for (const uint32_t srlg : c.exclude_srlgs) absl::StrAppend(&text, " exclude-srlg ", srlg);
  Say(ted, "via", c.waypoints, text);
  if (c.data_plane != DataPlane::kEither) {
    absl::StrAppend(&text, " plane ", c.data_plane == DataPlane::kSrMpls ? "mpls" : "srv6");
  }
  if (c.flex_algorithm != 0) absl::StrAppend(&text, " algo ", int{c.flex_algorithm});
  Say("max-sids", query.max_sids, text);
  return text + (query.compress ? "" : " no-compress");
}

}  // namespace srpce::support
