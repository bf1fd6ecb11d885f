// lib/topology/merge_attributes.h -- joining what two sources state of one element, attribute by
// attribute.
#pragma once

#include "lib/topology/elements.h"

namespace srpce::topology {

// What one source states of a link. The far interface is not part of a link's identity (LinkKey),
// so that it is merged like an attribute.
struct LinkStatement {
  LinkAttributes attributes;
  std::string remote_interface;  // Empty = not stated.

  bool operator==(const LinkStatement&) const = default;
};

// Each takes from `fallback` the attributes that `to` does not state. An empty list is not stated.
void FillFrom(const NodeAttributes& fallback, NodeAttributes& to);
void FillFrom(const LinkStatement& fallback, LinkStatement& to);
void FillFrom(const PrefixAttributes& fallback, PrefixAttributes& to);

}  // namespace srpce::topology
