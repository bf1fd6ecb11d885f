#include "lib/topology/merge_attributes.h"

namespace srpce::topology {
namespace {

template <typename T>
bool Stated(const std::optional<T>& field) {
  return field.has_value();
}
template <typename T>
bool Stated(const std::vector<T>& field) {
  return !field.empty();
}
bool Stated(const std::string& field) { return !field.empty(); }

template <typename T>
void Fill(const T& fallback, T& to) {
  if (!Stated(to) && Stated(fallback)) {
    to = fallback;
  }
}

}  // namespace

void FillFrom(const NodeAttributes& fallback, NodeAttributes& to) {
  Fill(fallback.name, to.name);
  Fill(fallback.asn, to.asn);
  Fill(fallback.router_ids, to.router_ids);
  Fill(fallback.srgb, to.srgb);
  Fill(fallback.srlb, to.srlb);
  Fill(fallback.algorithms, to.algorithms);
  Fill(fallback.flex_algo_definitions, to.flex_algo_definitions);
  Fill(fallback.locators, to.locators);
  Fill(fallback.srv6_sids, to.srv6_sids);
  Fill(fallback.msd, to.msd);
  Fill(fallback.overload, to.overload);
  Fill(fallback.pseudonode, to.pseudonode);
  Fill(fallback.multi_topology_ids, to.multi_topology_ids);
  Fill(fallback.position, to.position);
}

void FillFrom(const LinkStatement& fallback, LinkStatement& to) {
  Fill(fallback.remote_interface, to.remote_interface);
  const LinkAttributes& from = fallback.attributes;
  LinkAttributes& link = to.attributes;
  Fill(from.up, link.up);
  Fill(from.igp_metric, link.igp_metric);
  Fill(from.te_metric, link.te_metric);
  Fill(from.delay, link.delay);
  Fill(from.min_delay, link.min_delay);
  Fill(from.max_delay, link.max_delay);
  Fill(from.delay_variation, link.delay_variation);
  Fill(from.loss, link.loss);
  Fill(from.delay_anomalous, link.delay_anomalous);
  Fill(from.capacity, link.capacity);
  Fill(from.reservable, link.reservable);
  Fill(from.available, link.available);
  Fill(from.admin_group, link.admin_group);
  Fill(from.srlgs, link.srlgs);
  Fill(from.adjacency_sids, link.adjacency_sids);
  Fill(from.srv6_sids, link.srv6_sids);
  Fill(from.local_address, link.local_address);
  Fill(from.remote_address, link.remote_address);
  Fill(from.msd_base_mpls_imposition, link.msd_base_mpls_imposition);
  Fill(from.multi_topology_id, link.multi_topology_id);
}

void FillFrom(const PrefixAttributes& fallback, PrefixAttributes& to) {
  Fill(fallback.metric, to.metric);
  Fill(fallback.sids, to.sids);
  Fill(fallback.node_sid, to.node_sid);
  Fill(fallback.anycast, to.anycast);
}

}  // namespace srpce::topology
