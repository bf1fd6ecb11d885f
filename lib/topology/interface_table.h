// lib/topology/interface_table.h -- what sources state of whatever link leaves a node by an
// interface.
//
// Telemetry knows a router and an interface, not the neighbour. A record and the links it applies
// to know each other, so that a sample of an interface costs what one of a link does.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/topology/statement_table.h"

namespace srpce::topology {

struct InterfaceRecord {
  std::string node;  // Its id; the node itself need not be there.
  std::string interface;
  Statements<LinkStatement> statements;
  std::vector<LinkIndex> links;  // It applies to these, in no order.
};

class InterfaceTable {
 public:
  bool empty() const { return index_.empty(); }
  std::optional<InterfaceIndex> Find(const std::string& node, const std::string& interface) const;
  // Returns the record, and whether it was made just now. References to records do not outlive it.
  std::pair<InterfaceIndex, bool> Intern(const std::string& node, const std::string& interface);
  void Remove(InterfaceIndex index);
  // REQUIRES that the record is there.
  InterfaceRecord& operator[](InterfaceIndex index) { return records_[index.value()]; }
  const InterfaceRecord& operator[](InterfaceIndex index) const { return records_[index.value()]; }

 private:
  std::vector<InterfaceRecord> records_;
  std::vector<InterfaceIndex> free_;
  absl::flat_hash_map<std::string, absl::flat_hash_map<std::string, InterfaceIndex>>
      index_;  // By node, then interface.
};

}  // namespace srpce::topology
