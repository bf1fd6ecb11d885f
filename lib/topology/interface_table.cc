#include "lib/topology/interface_table.h"

namespace srpce::topology {

std::optional<InterfaceIndex> InterfaceTable::Find(const std::string& node,
                                                   const std::string& interface) const {
  const auto of_node = index_.find(node);
  if (of_node == index_.end()) {
    return std::nullopt;
  }
  const auto it = of_node->second.find(interface);
  return it == of_node->second.end() ? std::nullopt : std::optional(it->second);
}

std::pair<InterfaceIndex, bool> InterfaceTable::Intern(const std::string& node,
                                                       const std::string& interface) {
  const auto [it, is_new] = index_[node].try_emplace(interface);
  if (is_new) {
    if (free_.empty()) {
      it->second = InterfaceIndex(static_cast<uint32_t>(records_.size()));
      records_.emplace_back();
    } else {
      it->second = free_.back();
      free_.pop_back();
    }
    records_[it->second.value()].node = node;
    records_[it->second.value()].interface = interface;
  }
  return {it->second, is_new};
}

void InterfaceTable::Remove(InterfaceIndex index) {
  InterfaceRecord& record = records_[index.value()];
  const auto of_node = index_.find(record.node);
  of_node->second.erase(record.interface);
  if (of_node->second.empty()) {
    index_.erase(of_node);
  }
  record = InterfaceRecord();
  free_.push_back(index);
}

}  // namespace srpce::topology
