// tests/unit/topology/naive_ted.h -- an oracle for TedBuilder: keeps every statement and merges all
// of them from scratch each time.
//
// Shares no code with lib/topology beyond the types. Links are of a fixed set of cables whose two
// ends are known, so that the pairing of directions needs no inference here.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/topology/ted_builder.h"

namespace srpce::topology {

// Identity of a link direction: local, remote, local interface. Without remote: whatever leaves by
// the interface.
using NaiveKey = std::tuple<std::string, std::string, std::string>;
NaiveKey KeyOf(const LinkKey& key);

struct NaiveLink {
  Link link;               // Without indexes.
  bool announced = false;  // By a source that is no overlay.
  std::optional<NaiveKey> reverse;
  graph::ArcData data;  // Without group and reverse.
  std::vector<uint32_t> srlgs;
};

// The expected snapshot.
struct NaiveSnapshot {
  std::map<std::string, Node> nodes;
  std::map<NaiveKey, NaiveLink> links;
  std::map<uint8_t, FlexAlgoDefinition> flex_algos;
  size_t half_known_links = 0;
};

class NaiveTed {
 public:
  // `other_end` gives for each possible link its other direction.
  explicit NaiveTed(std::map<NaiveKey, NaiveKey> other_end) : other_end_(std::move(other_end)) {}

  void Connect(const SourceOptions& options) {
    Source& source = sources_[options.name];
    source.options = options;
    source.connected = true;
    source.confirmed_nodes.clear();
    source.confirmed_links.clear();
    source.confirmed_prefixes.clear();
  }
  void Disconnect(const std::string& name, MonotonicTime now);
  size_t ExpireStale(MonotonicTime now);
  void BeginSync(const std::string& name);
  size_t EndSync(const std::string& name);
  void SetNode(const std::string& name, const std::string& id, const NodeAttributes& attributes,
               bool patch, bool stale);
  void SetLink(const std::string& name, const LinkKey& key, const LinkAttributes& attributes,
               bool patch, bool stale);
  void SetPrefix(const std::string& name, const std::string& id, const IpPrefix& prefix,
                 const PrefixAttributes& attributes, bool patch, bool stale);
  bool RemoveNode(const std::string& name, const std::string& id);
  bool RemoveLink(const std::string& name, const LinkKey& key);
  bool RemovePrefix(const std::string& name, const std::string& id, const IpPrefix& prefix);

  bool connected(const std::string& name) const;
  bool in_sync(const std::string& name) const;
  // How many nodes, links and prefixes each source speaks of.
  std::map<std::string, std::array<size_t, 3>> Counts() const;
  NaiveSnapshot Snapshot() const;

 private:
  using PrefixKey = std::pair<std::string, IpPrefix>;
  struct Stated {
    LinkAttributes attributes;
    std::string remote_interface;
  };
  struct Source {
    SourceOptions options;
    bool connected = false;
    bool in_sync = false;
    std::optional<MonotonicTime> stale_since;
    std::map<std::string, NodeAttributes> nodes;
    std::map<NaiveKey, Stated> links;
    std::map<PrefixKey, PrefixAttributes> prefixes;
    // Not repeated since BeginSync.
    std::set<std::string> old_nodes;
    std::set<NaiveKey> old_links;
    std::set<PrefixKey> old_prefixes;
    // Said since Connect.
    std::set<std::string> confirmed_nodes;
    std::set<NaiveKey> confirmed_links;
    std::set<PrefixKey> confirmed_prefixes;
    // Said to be stale when last said.
    std::set<std::string> stale_nodes;
    std::set<NaiveKey> stale_links;
    std::set<PrefixKey> stale_prefixes;

    bool Live(const auto& confirmed, const auto& stale, const auto& key) const {
      return !stale.contains(key) && (!options.hold_time || (connected && confirmed.contains(key)));
    }
    bool LiveNode(const std::string& id) const { return Live(confirmed_nodes, stale_nodes, id); }
    bool LiveLink(const NaiveKey& key) const { return Live(confirmed_links, stale_links, key); }
    bool LivePrefix(const PrefixKey& key) const {
      return Live(confirmed_prefixes, stale_prefixes, key);
    }
  };

  struct Said {
    const Source* source;
    const Stated* stated;
    bool live;
  };
  // What is said under any of `keys`, the best first; of one source, as live, in their order.
  std::vector<Said> SaidOfLink(const std::vector<NaiveKey>& keys) const;
  // All sources, those whose statement is `live` first.
  template <typename Live>
  std::vector<const Source*> Ranked(const Live& live) const;
  void AddNodes(NaiveSnapshot& snapshot) const;
  void AddLinks(NaiveSnapshot& snapshot) const;
  void FinishLinks(NaiveSnapshot& snapshot) const;
  static void ElectFlexAlgos(NaiveSnapshot& snapshot);

  std::map<NaiveKey, NaiveKey> other_end_;
  std::map<std::string, Source> sources_;
};

}  // namespace srpce::topology
