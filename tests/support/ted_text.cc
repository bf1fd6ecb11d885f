#include "tests/support/ted_text.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/exact_words.h"
#include "tests/support/words.h"

namespace srpce::support {
namespace {

// Of an attribute that is stated from now on.
topology::AdminGroup& Stated(std::optional<topology::AdminGroup>& group) {
  return group ? *group : group.emplace();
}

const Readers<LinkText>& LinkReaders() {
  static const Readers<LinkText> kReaders = {
      {"igp", [](Words& w, LinkText& l) { l.attributes.igp_metric = w.TakeNumber<uint32_t>(); }},
      {"te", [](Words& w, LinkText& l) { l.attributes.te_metric = w.TakeNumber<uint32_t>(); }},
      {"delay",
       [](Words& w, LinkText& l) {
         l.attributes.delay = l.attributes.min_delay = Microseconds(w.TakeNumber<uint32_t>());
       }},
      {"max-delay",
       [](Words& w, LinkText& l) {
         l.attributes.max_delay = Microseconds(w.TakeNumber<uint32_t>());
       }},
      {"var",
       [](Words& w, LinkText& l) {
         l.attributes.delay_variation = Microseconds(w.TakeNumber<uint32_t>());
       }},
      {"loss", [](Words& w, LinkText& l) { l.attributes.loss = w.TakeFraction(); }},
      {"bw", [](Words& w, LinkText& l) { l.attributes.capacity = w.TakeBandwidth(); }},
      {"rsv", [](Words& w, LinkText& l) { l.attributes.reservable = w.TakeBandwidth(); }},
      {"avail", [](Words& w, LinkText& l) { l.attributes.available = w.TakeBandwidth(); }},
      {"admin",
       [](Words& w, LinkText& l) {
         AddToAdminGroup(BitsOf(w.TakeAdminGroup()), Stated(l.attributes.admin_group));
       }},
      {"admin-bits",
       [](Words& w, LinkText& l) {
         AddToAdminGroup(w.TakeList(), Stated(l.attributes.admin_group));
       }},
      {"srlg", [](Words& w, LinkText& l) { l.attributes.srlgs = w.TakeList(); }},
      {"down", [](Words&, LinkText& l) { l.attributes.up = false; }},
      {"adj", [](Words& w, LinkText& l) { l.adjacency_sid = w.TakeNumber<uint32_t>(); }},
      {"no-adj", [](Words&, LinkText& l) { l.no_adjacency_sid = true; }},
      {"msd", [](Words& w,
                 LinkText& l) { l.attributes.msd_base_mpls_imposition = w.TakeNumber<uint8_t>(); }},
  };
  return kReaders;
}

const Readers<NodeText>& NodeReaders() {
  static const Readers<NodeText> kReaders = {
      {"id-only", [](Words&, NodeText& n) { n.announced = false; }},
      {"srgb",
       [](Words& w, NodeText& n) {
         const auto first = w.TakeNumber<uint32_t>();
         n.srgb.push_back({first, w.TakeNumber<uint32_t>()});
       }},
      {"no-sr", [](Words&, NodeText& n) { n.mpls = n.srv6 = false; }},
      {"no-mpls", [](Words&, NodeText& n) { n.mpls = false; }},
      {"no-srv6", [](Words&, NodeText& n) { n.srv6 = false; }},
      {"index", [](Words& w, NodeText& n) { n.index = w.TakeNumber<uint32_t>(); }},
      {"algo", [](Words& w, NodeText& n) { n.algorithms.push_back(w.TakeNumber<uint8_t>()); }},
      {"msd", [](Words& w, NodeText& n) { n.msd = w.TakeNumber<uint8_t>(); }},
      {"srv6-msd", [](Words& w, NodeText& n) { n.srv6_msd = w.TakeNumber<uint8_t>(); }},
      {"overload", [](Words&, NodeText& n) { n.overload = true; }},
      {"pseudonode", [](Words&, NodeText& n) { n.pseudonode = true; }},
      {"anycast",
       [](Words& w, NodeText& n) { n.anycast_indexes.push_back(w.TakeNumber<uint32_t>()); }},
      {"locator", [](Words& w, NodeText& n) { n.locator = w.ToPrefix(w.Take()); }},
      {"classic-srv6", [](Words&, NodeText& n) { n.classic_srv6 = true; }},
  };
  return kReaders;
}

// By words of `readers`, else of `exact`.
template <typename Element>
void ReadAttributes(const Readers<Element>& readers, const Readers<Element>& exact, Words& words,
                    Element& element) {
  while (!words.done()) {
    const absl::string_view name = words.Take();
    auto reader = readers.find(name);
    if (reader == readers.end()) {
      reader = exact.find(name);
      if (reader == exact.end()) {
        words.Die(absl::StrCat("got '", name, "', want an attribute"));
      }
    }
    reader->second(words, element);
  }
}

void ReadDefinition(Words& words, TedText& ted) {
  topology::FlexAlgoDefinition definition;
  definition.algorithm = words.TakeNumber<uint8_t>();
  while (true) {
    const absl::string_view name = words.Take();
    if (name == "on") {
      break;
    }
    if (name == "metric") {
      definition.metric = ParseMetric(words, words.Take());
    } else if (name == "priority") {
      definition.priority = words.TakeNumber<uint8_t>();
    } else if (name == "exclude-any") {
      definition.exclude_any = words.TakeAdminGroup();
    } else if (name == "include-any") {
      definition.include_any = words.TakeAdminGroup();
    } else if (name == "include-all") {
      definition.include_all = words.TakeAdminGroup();
    } else if (name == "exclude-any-bits") {
      AddToAdminGroup(words.TakeList(), definition.exclude_any);
    } else if (name == "include-any-bits") {
      AddToAdminGroup(words.TakeList(), definition.include_any);
    } else if (name == "include-all-bits") {
      AddToAdminGroup(words.TakeList(), definition.include_all);
    } else if (name == "exclude-srlg") {
      definition.exclude_srlgs = words.TakeList();
    } else if (name == "unsupported") {
      definition.unsupported = true;
    } else {
      words.Die(absl::StrCat("got '", name, "', want an attribute of a definition"));
    }
  }
  ted.Node(words.Take()).definitions.push_back(std::move(definition));
}

// "a<->b#2", "a->b" or "a<->b#x,y".
void ReadLink(absl::string_view name, Words& words, TedText& ted) {
  const bool both = absl::StrContains(name, "<->");
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(name, absl::MaxSplits(both ? "<->" : "->", 1));
  const std::pair<absl::string_view, absl::string_view> far =
      absl::StrSplit(ends.second, absl::MaxSplits('#', 1));
  if (ends.first.empty() || far.first.empty()) {
    words.Die("want a link such as a<->b or a->b#2");
  }
  const bool two = absl::StrContains(far.second, ",");
  const std::pair<absl::string_view, absl::string_view> interfaces =
      two ? absl::StrSplit(far.second, absl::MaxSplits(',', 1)) : std::pair(far.second, far.second);
  LinkText link;
  link.key = {std::string(ends.first), std::string(far.first), std::string(interfaces.first),
              std::string(interfaces.second)};
  ted.Node(ends.first);
  ted.Node(far.first);
  ReadAttributes(LinkReaders(), ExactLinkWords(), words, link);
  ted.links.push_back(link);
  if (both) {
    std::swap(link.key.local_node, link.key.remote_node);
    std::swap(link.key.local_interface, link.key.remote_interface);
    ted.links.push_back(link);
  }
}

}  // namespace

NodeText& TedText::Node(absl::string_view id) {
  const auto [it, is_new] = node_by_id.try_emplace(std::string(id), nodes.size());
  if (is_new) {
    nodes.emplace_back();
    nodes.back().id = std::string(id);
    nodes.back().number = static_cast<uint32_t>(nodes.size());
  }
  return nodes[it->second];
}

TedText ParseTedText(absl::string_view text) {
  TedText ted;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    Words words(line);
    if (words.done()) {
      continue;
    }
    const absl::string_view first = words.Take();
    if (first == "node") {
      NodeText& node = ted.Node(words.Take());
      ReadAttributes(NodeReaders(), ExactNodeWords(), words, node);
    } else if (first == "fad") {
      ReadDefinition(words, ted);
      if (!words.done()) {
        words.Die("has words after the node");
      }
    } else if (absl::StrContains(first, "->")) {
      ReadLink(first, words, ted);
    } else {
      words.Die("want a link, 'node' or 'fad'");
    }
  }
  return ted;
}

}  // namespace srpce::support
