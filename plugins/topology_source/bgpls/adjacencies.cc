// plugins/topology_source/bgpls/adjacencies.cc
#include "plugins/topology_source/bgpls/adjacencies.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace srpce::bgpls_source {
namespace {

// RFC 4291 s2.5.6.
bool IsLinkLocal(const IpAddress& address) {
  return !address.is_v4() && address.v6().Bits(0, 10) == 0x3fa;
}

// NLRIs that are of one interface as far as is known.
struct Group {
  std::vector<size_t> members{};
  std::set<uint32_t> ids{};
  std::set<IpAddress> v4{};
  std::set<IpAddress> v6{};  // Without link-local ones.
  std::set<std::string> attributes{};

  bool only_v4() const { return !v4.empty() && v6.empty(); }
  bool only_v6() const { return !v6.empty() && v4.empty(); }
  bool nameless() const { return v4.empty() && v6.empty() && ids.empty(); }
};

template <typename T>
bool Contradict(const std::set<T>& a, const std::set<T>& b) {
  return !a.empty() && !b.empty() &&
         std::none_of(a.begin(), a.end(), [&](const T& value) { return b.contains(value); });
}

bool Contradict(const Group& a, const Group& b) {
  return Contradict(a.ids, b.ids) || Contradict(a.v4, b.v4) || Contradict(a.v6, b.v6);
}

class Joiner {
 public:
  Joiner(const std::vector<LinkClue>& clues, AddressPairs& before)
      : clues_(clues), before_(before) {
    for (size_t i = 0; i < clues.size(); ++i) {
      groups_.push_back(GroupOf(i));
    }
  }

  std::vector<Adjacency> Join() {
    // Again while it helps: what was joined shows more than each of the two did.
    for (size_t before = 0; groups_.size() > 1 && before != groups_.size();) {
      before = groups_.size();
      JoinBy([](const Group& group) -> const std::set<uint32_t>& { return group.ids; });
      JoinBy([](const Group& group) -> const std::set<IpAddress>& { return group.v4; });
      JoinBy([](const Group& group) -> const std::set<IpAddress>& { return group.v6; });
    }
    if (groups_.size() > 1) {
      JoinNameless();
    }
    JoinFamilies();
    return Name();
  }

 private:
  Group GroupOf(size_t i) const {
    const wire::bgpls::LinkDescriptor& link = *clues_[i].descriptor;
    Group group{.members = {i}, .attributes = {clues_[i].attributes}};
    if (link.ids && link.ids->local != 0) {
      group.ids.insert(link.ids->local);
    }
    for (const IpAddress& address : link.local_addresses) {
      if (!address.is_unspecified() && !IsLinkLocal(address)) {
        (address.is_v4() ? group.v4 : group.v6).insert(address);
      }
    }
    return group;
  }

  // Moves `from` into `into`.
  static void Merge(Group& into, Group& from) {
    into.members.insert(into.members.end(), from.members.begin(), from.members.end());
    into.ids.merge(from.ids);
    into.v4.merge(from.v4);
    into.v6.merge(from.v6);
    into.attributes.merge(from.attributes);
    from = Group();
  }

  void DropEmpty() {
    std::erase_if(groups_, [](const Group& group) { return group.members.empty(); });
  }

  // Joins groups that share one of the values `of` gives.
  template <typename Of>
  void JoinBy(Of of) {
    using Value = typename std::decay_t<decltype(of(groups_.front()))>::value_type;
    // Several groups may have one address: unnumbered links that borrow it, told apart by their
    // ids.
    std::map<Value, std::vector<size_t>> owners;
    for (size_t i = 0; i < groups_.size(); ++i) {
      const auto values = of(groups_[i]);
      std::optional<size_t> joined;
      for (const Value& value : values) {
        for (const size_t owner : owners[value]) {
          if (!joined && owner != i && !Contradict(groups_[owner], groups_[i])) {
            joined = owner;
          }
        }
      }
      if (joined) {
        Merge(groups_[*joined], groups_[i]);
      }
      for (const Value& value : values) {
        std::vector<size_t>& list = owners[value];
        const size_t owner = joined.value_or(i);
        if (std::find(list.begin(), list.end(), owner) == list.end()) {
          list.push_back(owner);
        }
      }
    }
    DropEmpty();
  }

  // NLRIs that name no interface are of the one adjacency there is, or of one of their own.
  void JoinNameless() {
    Group nameless;
    for (Group& group : groups_) {
      if (group.nameless()) {
        Merge(nameless, group);
      }
    }
    DropEmpty();
    if (nameless.members.empty()) {
      return;
    }
    if (groups_.size() == 1) {
      Merge(groups_.front(), nameless);
    } else {
      groups_.push_back(std::move(nameless));
    }
  }

  void JoinFamilies() {
    AddressPairs found;
    if (groups_.size() == 1) {
      before_.clear();
      return;
    }
    const auto join = [&](Group& v4, Group& v6) {
      found.emplace(*v4.v4.begin(), *v6.v6.begin());
      Merge(v4, v6);
    };
    JoinByAttributes(join);
    JoinAsBefore(join);
    JoinByOrder(join);
    DropEmpty();
    before_ = std::move(found);
  }

  template <typename JoinTwo>
  void JoinByAttributes(const JoinTwo& join) {
    struct Pair {
      std::vector<Group*> v4{};
      std::vector<Group*> v6{};
    };
    std::map<std::string, Pair> by_attributes;
    for (Group& group : groups_) {
      if ((group.only_v4() || group.only_v6()) && group.attributes.size() == 1) {
        Pair& pair = by_attributes[*group.attributes.begin()];
        (group.only_v4() ? pair.v4 : pair.v6).push_back(&group);
      }
    }
    for (auto& [attributes, pair] : by_attributes) {
      if (pair.v4.size() == 1 && pair.v6.size() == 1 &&
          !Contradict(*pair.v4.front(), *pair.v6.front())) {
        join(*pair.v4.front(), *pair.v6.front());
      }
    }
  }

  template <typename JoinTwo>
  void JoinAsBefore(const JoinTwo& join) {
    std::map<IpAddress, Group*> of_v6;
    for (Group& group : groups_) {
      if (group.only_v6()) {
        of_v6[*group.v6.begin()] = &group;
      }
    }
    for (Group& group : groups_) {
      if (!group.only_v4()) {
        continue;
      }
      const auto pair = before_.find(*group.v4.begin());
      const auto other = pair == before_.end() ? of_v6.end() : of_v6.find(pair->second);
      if (other != of_v6.end() && other->second->only_v6() && !Contradict(group, *other->second)) {
        join(group, *other->second);
      }
    }
  }

  template <typename JoinTwo>
  void JoinByOrder(const JoinTwo& join) {
    std::vector<Group*> v4;
    std::vector<Group*> v6;
    for (Group& group : groups_) {
      if (group.only_v4() || group.only_v6()) {
        (group.only_v4() ? v4 : v6).push_back(&group);
      }
    }
    if (v4.size() != v6.size()) {
      return;  // Which of them lacks its partner cannot be known.
    }
    std::sort(v4.begin(), v4.end(),
              [](const Group* a, const Group* b) { return *a->v4.begin() < *b->v4.begin(); });
    std::sort(v6.begin(), v6.end(),
              [](const Group* a, const Group* b) { return *a->v6.begin() < *b->v6.begin(); });
    for (size_t i = 0; i < v4.size(); ++i) {
      if (!Contradict(*v4[i], *v6[i])) {
        join(*v4[i], *v6[i]);
      }
    }
  }

  // The addresses and ids of one end of `group`.
  struct End {
    std::optional<IpAddress> address{};
    uint32_t id = 0;
  };
  End EndOf(const Group& group, bool local) const {
    End end;
    // IPv4 first, then what is not link-local.
    const auto better = [](const IpAddress& a, const IpAddress& b) {
      return std::pair(IsLinkLocal(a), a) < std::pair(IsLinkLocal(b), b);
    };
    for (const size_t member : group.members) {
      const wire::bgpls::LinkDescriptor& link = *clues_[member].descriptor;
      for (const IpAddress& address : local ? link.local_addresses : link.remote_addresses) {
        if (!address.is_unspecified() && (!end.address || better(address, *end.address))) {
          end.address = address;
        }
      }
      const uint32_t id = !link.ids ? 0 : local ? link.ids->local : link.ids->remote;
      if (id != 0 && (end.id == 0 || id < end.id)) {
        end.id = id;
      }
    }
    return end;
  }

  static std::string InterfaceOf(const End& end, bool borrowed) {
    if (!end.address) {
      return end.id == 0 ? "" : absl::StrCat(end.id);
    }
    return borrowed && end.id != 0 ? absl::StrCat(end.address->ToString(), "%", end.id)
                                   : end.address->ToString();
  }

  std::vector<Adjacency> Name() {
    std::map<std::optional<IpAddress>, size_t> uses;
    for (const Group& group : groups_) {
      ++uses[EndOf(group, /*local=*/true).address];
    }
    std::vector<Adjacency> adjacencies;
    std::set<std::string> taken;
    for (Group& group : groups_) {
      std::sort(group.members.begin(), group.members.end());
      const End local = EndOf(group, /*local=*/true);
      const End remote = EndOf(group, /*local=*/false);
      const bool borrowed = uses[local.address] > 1;
      const std::string name = InterfaceOf(local, borrowed);
      // A name must be of one link, whatever a sender makes up.
      std::string unique = name;
      for (int number = 2; !taken.insert(unique).second; ++number) {
        unique = absl::StrCat(name, "~", number);
      }
      adjacencies.push_back({.members = group.members,
                             .local_interface = unique,
                             .remote_interface = InterfaceOf(remote, borrowed),
                             .local_address = local.address,
                             .remote_address = remote.address});
    }
    return adjacencies;
  }

  const std::vector<LinkClue>& clues_;
  AddressPairs& before_;
  std::vector<Group> groups_;
};

}  // namespace

std::vector<Adjacency> JoinAdjacencies(const std::vector<LinkClue>& clues, AddressPairs& before) {
  return Joiner(clues, before).Join();
}

}  // namespace srpce::bgpls_source
