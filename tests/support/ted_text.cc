#include "tests/support/ted_text.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace srpce::support {
namespace {

// The words of one line, taken from the left.
class Words {
 public:
  explicit Words(absl::string_view line) : line_(line) {
    for (const absl::string_view word :
         absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty())) {
      if (word[0] == '#') {
        break;
      }
      words_.push_back(word);
    }
  }

  bool done() const { return next_ == words_.size(); }
  absl::string_view Take() {
    if (done()) {
      Die("ends too early");
    }
    return words_[next_++];
  }
  template <typename T>
  T TakeNumber() {
    const absl::string_view word = Take();
    uint64_t value = 0;
    const bool ok = absl::StartsWith(word, "0x") ? absl::SimpleHexAtoi(word, &value)
                                                 : absl::SimpleAtoi(word, &value);
    if (!ok || value > std::numeric_limits<T>::max()) {
      Die(absl::StrCat("got '", word, "', want a number"));
    }
    return static_cast<T>(value);
  }
  double TakeFraction() {
    const absl::string_view word = Take();
    double value = 0;
    if (!absl::SimpleAtod(word, &value)) {
      Die(absl::StrCat("got '", word, "', want a fraction"));
    }
    return value;
  }
  // "1,2,3".
  std::vector<uint32_t> TakeList() {
    std::vector<uint32_t> list;
    for (const absl::string_view item : absl::StrSplit(Take(), ',')) {
      if (!absl::SimpleAtoi(item, &list.emplace_back())) {
        Die(absl::StrCat("got '", item, "', want a number"));
      }
    }
    return list;
  }
  // Bits per second: "400M".
  BytesPerSecond TakeBandwidth() {
    absl::string_view word = Take();
    uint64_t unit = 1;
    switch (word.back()) {
      case 'k':
        unit = 1'000;
        break;
      case 'M':
        unit = 1'000'000;
        break;
      case 'G':
        unit = 1'000'000'000;
        break;
      case 'T':
        unit = 1'000'000'000'000;
        break;
      default:
        break;
    }
    double value = 0;
    if (!absl::SimpleAtod(unit == 1 ? word : word.substr(0, word.size() - 1), &value) ||
        value < 0) {
      Die(absl::StrCat("got '", word, "', want a bandwidth such as 400M"));
    }
    return SupplyFromBits(static_cast<uint64_t>(value * static_cast<double>(unit)));
  }
  topology::AdminGroup TakeAdminGroup() {
    const auto bits = TakeNumber<uint64_t>();
    return topology::AdminGroup({static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32)});
  }

  [[noreturn]] void Die(absl::string_view why) const {
    std::fprintf(stderr, "ted text: line '%s': %s\n", std::string(line_).c_str(),
                 std::string(why).c_str());
    std::abort();
  }

 private:
  absl::string_view line_;
  std::vector<absl::string_view> words_;
  size_t next_ = 0;
};

void AddToAdminGroup(const std::vector<uint32_t>& bits,
                     std::optional<topology::AdminGroup>& group) {
  if (!group) {
    group.emplace();
  }
  for (const uint32_t bit : bits) {
    group->Set(bit);
  }
}

std::vector<uint32_t> BitsOf(const topology::AdminGroup& group) {
  std::vector<uint32_t> bits;
  for (uint32_t bit = 0; bit < group.words().size() * 32; ++bit) {
    if (group.Test(bit)) {
      bits.push_back(bit);
    }
  }
  return bits;
}

using LinkReader = std::function<void(Words&, LinkText&)>;

const std::map<std::string, LinkReader, std::less<>>& LinkReaders() {
  static const std::map<std::string, LinkReader, std::less<>> kReaders = {
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
         AddToAdminGroup(BitsOf(w.TakeAdminGroup()), l.attributes.admin_group);
       }},
      {"admin-bits",
       [](Words& w, LinkText& l) { AddToAdminGroup(w.TakeList(), l.attributes.admin_group); }},
      {"srlg", [](Words& w, LinkText& l) { l.attributes.srlgs = w.TakeList(); }},
      {"down", [](Words&, LinkText& l) { l.attributes.up = false; }},
      {"adj", [](Words& w, LinkText& l) { l.adjacency_sid = w.TakeNumber<uint32_t>(); }},
      {"no-adj", [](Words&, LinkText& l) { l.no_adjacency_sid = true; }},
      {"msd", [](Words& w,
                 LinkText& l) { l.attributes.msd_base_mpls_imposition = w.TakeNumber<uint8_t>(); }},
  };
  return kReaders;
}

using NodeReader = std::function<void(Words&, NodeText&)>;

const std::map<std::string, NodeReader, std::less<>>& NodeReaders() {
  static const std::map<std::string, NodeReader, std::less<>> kReaders = {
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
      {"locator",
       [](Words& w, NodeText& n) {
         const absl::StatusOr<IpPrefix> prefix = IpPrefix::Parse(w.Take());
         if (!prefix.ok()) {
           w.Die(prefix.status().message());
         }
         n.locator = *prefix;
       }},
      {"classic-srv6", [](Words&, NodeText& n) { n.classic_srv6 = true; }},
  };
  return kReaders;
}

template <typename Readers, typename Element>
void ReadAttributes(const Readers& readers, Words& words, Element& element) {
  while (!words.done()) {
    const absl::string_view name = words.Take();
    const auto reader = readers.find(std::string(name));
    if (reader == readers.end()) {
      words.Die(absl::StrCat("got '", name, "', want an attribute"));
    }
    reader->second(words, element);
  }
}

topology::MetricType ParseMetric(const Words& words, absl::string_view text) {
  if (text == "igp") {
    return topology::MetricType::kIgp;
  }
  if (text == "te") {
    return topology::MetricType::kTe;
  }
  if (text != "delay") {
    words.Die(absl::StrCat("got '", text, "', want igp, te or delay"));
  }
  return topology::MetricType::kDelay;
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
    } else if (name == "exclude-srlg") {
      definition.exclude_srlgs = words.TakeList();
    } else {
      words.Die(absl::StrCat("got '", name, "', want an attribute of a definition"));
    }
  }
  ted.Node(words.Take()).definitions.push_back(std::move(definition));
}

// "a<->b#2" or "a->b".
void ReadLink(absl::string_view name, Words& words, TedText& ted) {
  const bool both = absl::StrContains(name, "<->");
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(name, absl::MaxSplits(both ? "<->" : "->", 1));
  const std::pair<absl::string_view, absl::string_view> far =
      absl::StrSplit(ends.second, absl::MaxSplits('#', 1));
  if (ends.first.empty() || far.first.empty()) {
    words.Die("want a link such as a<->b or a->b#2");
  }
  LinkText link;
  link.key = {std::string(ends.first), std::string(far.first), std::string(far.second),
              std::string(far.second)};
  ted.Node(ends.first);
  ted.Node(far.first);
  ReadAttributes(LinkReaders(), words, link);
  ted.links.push_back(link);
  if (both) {
    std::swap(link.key.local_node, link.key.remote_node);
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
      ReadAttributes(NodeReaders(), words, node);
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
