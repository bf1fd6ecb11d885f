#include "tests/support/exact_words.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace srpce::support {
namespace {

// "24001,index,weight=3": what is said first, then options by name.
class Options {
 public:
  explicit Options(Words& words) : words_(words), items_(absl::StrSplit(words.Take(), ',')) {}

  absl::string_view first() const { return items_.front(); }
  // read(name, value) returns whether there is such an option. Without '=' the value is empty.
  template <typename Read>
  void ForEach(const Read& read) const {
    for (size_t i = 1; i < items_.size(); ++i) {
      const std::pair<absl::string_view, absl::string_view> item =
          absl::StrSplit(items_[i], absl::MaxSplits('=', 1));
      if (!read(item.first, item.second)) {
        words_.Die(absl::StrCat("got '", items_[i], "', want an option"));
      }
    }
  }
  template <typename T>
  T Number(absl::string_view text) const {
    return words_.ToNumber<T>(text);
  }
  const Words& words() const { return words_; }

 private:
  Words& words_;
  std::vector<absl::string_view> items_;
};

// "24001,backup".
topology::AdjacencySid ReadAdjacencySid(Words& words) {
  const Options options(words);
  topology::AdjacencySid sid{.label = options.Number<uint32_t>(options.first())};
  options.ForEach([&](absl::string_view name, absl::string_view value) {
    if (name == "index") return sid.is_index = true;
    if (name == "local") return (sid.is_local = true).has_value();
    if (name == "global") return (sid.is_local = false).has_value();
    if (name == "backup") return sid.backup = true;
    if (name == "set") return sid.is_set = true;
    if (name != "weight") return false;
    sid.weight = options.Number<uint8_t>(value);
    return true;
  });
  return sid;
}

// "32.16.16.64": block, node, function, argument.
topology::Srv6SidStructure ReadStructure(const Options& options, absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  if (parts.size() != 4) {
    options.words().Die(absl::StrCat("got '", text, "', want four lengths"));
  }
  return {options.Number<uint8_t>(parts[0]), options.Number<uint8_t>(parts[1]),
          options.Number<uint8_t>(parts[2]), options.Number<uint8_t>(parts[3])};
}

// "fcbb:bb00:1::,behavior=43,parts=32.16.0.0".
topology::Srv6Sid ReadSrv6Sid(Words& words) {
  const Options options(words);
  topology::Srv6Sid sid;
  sid.sid = words.ToAddress(options.first()).v6();
  options.ForEach([&](absl::string_view name, absl::string_view value) {
    if (name == "backup") return sid.backup = true;
    if (name == "set") return sid.is_set = true;
    if (name == "behavior") {
      sid.behavior = options.Number<uint16_t>(value);
    } else if (name == "algo") {
      sid.algorithm = options.Number<uint8_t>(value);
    } else if (name == "parts") {
      sid.structure = ReadStructure(options, value);
    } else {
      return false;
    }
    return true;
  });
  return sid;
}

topology::Srv6Locator ReadLocator(Words& words) {
  const Options options(words);
  topology::Srv6Locator locator{.prefix = words.ToPrefix(options.first())};
  options.ForEach([&](absl::string_view name, absl::string_view value) {
    if (name == "anycast") return locator.anycast = true;
    if (name == "algo") {
      locator.algorithm = options.Number<uint8_t>(value);
    } else if (name == "metric") {
      locator.metric = options.Number<uint32_t>(value);
    } else {
      return false;
    }
    return true;
  });
  return locator;
}

// "10.0.0.1/32,metric=2,sid=5,no-php,sid=30,algo=128": options after a SID are the SID's.
topology::Prefix ReadPrefix(Words& words) {
  const Options options(words);
  topology::Prefix prefix;
  prefix.prefix = words.ToPrefix(options.first());
  topology::PrefixAttributes& attributes = prefix.attributes;
  options.ForEach([&](absl::string_view name, absl::string_view value) {
    topology::PrefixSid* sid = attributes.sids.empty() ? nullptr : &attributes.sids.back();
    if (name == "node") return (attributes.node_sid = true).has_value();
    if (name == "no-node") return (attributes.node_sid = false).has_value();
    if (name == "anycast") return (attributes.anycast = true).has_value();
    if (name == "no-anycast") return (attributes.anycast = false).has_value();
    if (name == "metric") {
      attributes.metric = options.Number<uint32_t>(value);
    } else if (name == "sid") {
      attributes.sids.push_back({.value = options.Number<uint32_t>(value)});
    } else if (sid != nullptr && name == "algo") {
      sid->algorithm = options.Number<uint8_t>(value);
    } else if (sid != nullptr && name == "label") {
      sid->is_label = true;
    } else if (sid != nullptr && name == "no-php") {
      sid->no_php = true;
    } else if (sid != nullptr && name == "explicit-null") {
      sid->explicit_null = true;
    } else {
      return false;
    }
    return true;
  });
  return prefix;
}

topology::Msd& MsdOf(NodeText& node) {
  return node.exact.msd ? *node.exact.msd : node.exact.msd.emplace();
}

}  // namespace

const Readers<NodeText>& ExactNodeWords() {
  static const Readers<NodeText> kReaders = {
      {"bare", [](Words&, NodeText& n) { n.bare = true; }},
      {"no-overload", [](Words&, NodeText& n) { n.overload = false; }},
      {"no-pseudonode", [](Words&, NodeText& n) { n.pseudonode = false; }},
      {"router-id",
       [](Words& w, NodeText& n) { n.exact.router_ids.push_back(w.ToAddress(w.Take())); }},
      {"srlb",
       [](Words& w, NodeText& n) {
         const auto first = w.TakeNumber<uint32_t>();
         n.exact.srlb.push_back({first, w.TakeNumber<uint32_t>()});
       }},
      {"algorithms",
       [](Words& w, NodeText& n) {
         for (const uint32_t algorithm : w.TakeList()) {
           n.exact.algorithms.push_back(static_cast<uint8_t>(algorithm));
         }
       }},
      {"own-locator", [](Words& w, NodeText& n) { n.exact.locators.push_back(ReadLocator(w)); }},
      {"sid", [](Words& w, NodeText& n) { n.exact.srv6_sids.push_back(ReadSrv6Sid(w)); }},
      {"prefix", [](Words& w, NodeText& n) { n.prefixes.push_back(ReadPrefix(w)); }},
      {"segments-left-msd",
       [](Words& w, NodeText& n) { MsdOf(n).srh_max_segments_left = w.TakeNumber<uint8_t>(); }},
      {"end-pop-msd",
       [](Words& w, NodeText& n) { MsdOf(n).srh_max_end_pop = w.TakeNumber<uint8_t>(); }},
      {"end-d-msd",
       [](Words& w, NodeText& n) { MsdOf(n).srh_max_end_d = w.TakeNumber<uint8_t>(); }},
  };
  return kReaders;
}

const Readers<LinkText>& ExactLinkWords() {
  static const Readers<LinkText> kReaders = {
      {"up", [](Words&, LinkText& l) { l.attributes.up = true; }},
      {"avg-delay",
       [](Words& w, LinkText& l) { l.attributes.delay = Microseconds(w.TakeNumber<uint32_t>()); }},
      {"min-delay",
       [](Words& w, LinkText& l) {
         l.attributes.min_delay = Microseconds(w.TakeNumber<uint32_t>());
       }},
      {"anomalous", [](Words&, LinkText& l) { l.attributes.delay_anomalous = true; }},
      {"no-srlg", [](Words&, LinkText& l) { l.attributes.srlgs.emplace(); }},
      {"adj-sid",
       [](Words& w, LinkText& l) { l.attributes.adjacency_sids.push_back(ReadAdjacencySid(w)); }},
      {"end-x", [](Words& w, LinkText& l) { l.attributes.srv6_sids.push_back(ReadSrv6Sid(w)); }},
  };
  return kReaders;
}

}  // namespace srpce::support
