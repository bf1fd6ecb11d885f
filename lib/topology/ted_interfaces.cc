// Links by interface: which statements apply to which links.
//
// A link is joined with the record of its local interface and with that of its own address, at any
// time; its address is as of its last merge.
#include <algorithm>

#include "lib/topology/ted_builder_impl.h"

namespace srpce::topology {

InterfaceIndex TedBuilder::Impl::InternInterface(const LinkKey& key) {
  const auto [index, is_new] = interfaces_.Intern(key.local_node, key.local_interface);
  const std::optional<NodeIndex> node = FindNodeRecord(key.local_node);
  if (!is_new || !node) {
    return index;
  }
  for (const graph::Arc& arc : working_.graph_.out(node->value())) {
    const LinkRecord& link = links_[arc.id];
    if (link.local_interface == key.local_interface) {
      Join(LinkIndex(arc.id), kByName, index);
    } else if (link.own_address && link.own_address->ToString() == key.local_interface) {
      Join(LinkIndex(arc.id), kByAddress, index);
    }
  }
  return index;
}

void TedBuilder::Impl::Join(LinkIndex link, size_t slot, InterfaceIndex interface) {
  links_[link.value()].interfaces[slot] = interface;
  interfaces_[interface].links.push_back(link);
}

void TedBuilder::Impl::JoinInterfaces(LinkIndex index) {
  LeaveInterfaces(index);
  if (interfaces_.empty()) {
    return;
  }
  const LinkRecord& record = links_[index.value()];
  const std::string& node = nodes_[record.local.value()].id;
  if (const auto by_name = interfaces_.Find(node, record.local_interface)) {
    Join(index, kByName, *by_name);
  }
  const std::string address = record.own_address ? record.own_address->ToString() : "";
  if (const auto by_address = interfaces_.Find(node, address);
      by_address && address != record.local_interface) {
    Join(index, kByAddress, *by_address);
  }
}

void TedBuilder::Impl::LeaveInterfaces(LinkIndex index) {
  for (std::optional<InterfaceIndex>& interface : links_[index.value()].interfaces) {
    if (interface) {
      std::erase(interfaces_[*interface].links, index);
      interface.reset();
    }
  }
}

void TedBuilder::Impl::FollowOwnAddress(LinkIndex index) {
  LinkRecord& record = links_[index.value()];
  const LinkStatement* statement = record.statements.Highest(
      sources_, [](const LinkStatement& s) { return s.attributes.local_address.has_value(); });
  const std::optional<IpAddress> address =
      statement == nullptr ? std::nullopt : statement->attributes.local_address;
  if (address != record.own_address) {
    record.own_address = address;
    JoinInterfaces(index);
  }
}

TedBuilder::Impl::LinkStatements TedBuilder::Impl::OfInterfaces(const LinkRecord& record) const {
  LinkStatements statements;
  for (const std::optional<InterfaceIndex>& interface : record.interfaces) {
    if (interface) {
      statements.push_back(&interfaces_[*interface].statements);
    }
  }
  return statements;
}

void TedBuilder::Impl::MarkDirty(InterfaceIndex index) {
  for (const LinkIndex link : interfaces_[index].links) {
    MarkDirty(link);
  }
}

void TedBuilder::Impl::Withdraw(Source& source, SourceId id, InterfaceIndex index) {
  source.interfaces.erase(index);
  MarkDirty(index);
  InterfaceRecord& record = interfaces_[index];
  record.statements.Erase(id);
  if (!record.statements.empty()) {
    return;
  }
  for (const LinkIndex link : record.links) {
    for (std::optional<InterfaceIndex>& interface : links_[link.value()].interfaces) {
      if (interface == index) {
        interface.reset();
      }
    }
  }
  interfaces_.Remove(index);
}

}  // namespace srpce::topology
