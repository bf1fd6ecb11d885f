#include "proto/convert/explanation.h"

#include "lib/base/units.h"
#include "proto/convert/path.h"
#include "proto/convert/topology.h"

namespace srpce::convert {
namespace {

using cspf::ConstraintKind;

// Inside bandwidth is bytes per second, as routing protocols have it; the API speaks of bits.
double ScaleOf(ConstraintKind kind) {
  return kind == ConstraintKind::kBandwidth ? static_cast<double>(kBitsPerByte) : 1;
}

void WriteBound(const cspf::BoundInsight& from, v1::BoundInsight* to) {
  const double scale = ScaleOf(from.kind);
  to->set_constraint(cspf::ConstraintName(from.kind));
  to->set_wanted(from.wanted * scale);
  if (from.best) to->set_best_achievable(*from.best * scale);
  if (from.used) to->set_used(*from.used * scale);
}

void WriteElements(const topology::Ted& ted, const cspf::Query& query, const cspf::Relaxation& from,
                   v1::Relaxation* to) {
  for (const uint32_t element : from.elements) {
    switch (from.kind) {
      case ConstraintKind::kExcludedNodes:
        to->add_nodes(ted.node(topology::NodeIndex(element)).id);
        break;
      case ConstraintKind::kWaypoints:
        to->add_nodes(ted.node(query.constraints.waypoints[element]).id);
        break;
      case ConstraintKind::kExcludedLinks:
        ToProto(ted.link(topology::LinkIndex(element)).key, to->add_links());
        break;
      case ConstraintKind::kExcludedSrlgs:
        to->add_srlgs(element);
        break;
      default:
        to->add_affinity_bits(element);
    }
  }
}

void WriteRelaxation(const topology::Ted& ted, const cspf::Query& query,
                     const cspf::Relaxation& from, v1::Relaxation* to) {
  const double scale = ScaleOf(from.kind);
  to->set_constraint(cspf::ConstraintName(from.kind));
  if (from.wanted) to->set_wanted(*from.wanted * scale);
  if (from.needed) to->set_needed(*from.needed * scale);
  WriteElements(ted, query, from, to);
  to->set_size(from.size);
  to->set_proved(from.proved);
  ToProto(ted, from.path, to->mutable_path());
  for (const topology::LinkIndex link : from.blocking_links) {
    ToProto(ted.link(link).key, to->add_blocking_links());
  }
  to->set_message(from.message);
}

// The SID limit is a bound like the others; which paths it keeps out is known by the lists alone.
void WriteSidDepth(const segments::SidDepthInsight& from, v1::Explanation* to) {
  v1::Relaxation* relaxation = to->add_relaxations();
  relaxation->set_constraint("SID depth");
  relaxation->set_proved(true);
  if (from.limit) relaxation->set_wanted(*from.limit);
  if (from.needed) relaxation->set_needed(*from.needed);
  if (from.limit && *from.limit > 0 && from.needed) {
    relaxation->set_size(static_cast<double>(*from.needed) / *from.limit - 1);
  }
  relaxation->set_message(from.message);
}

}  // namespace

void ToProto(const topology::Ted& ted, const cspf::Query& query, const segments::RouteInsight& from,
             v1::Explanation* to) {
  for (const cspf::BoundInsight& bound : from.paths.bounds) WriteBound(bound, to->add_bounds());
  // First: it keeps out the very path that the others are compared with.
  if (from.sid_depth) WriteSidDepth(*from.sid_depth, to);
  for (const cspf::Relaxation& relaxation : from.paths.relaxations) {
    WriteRelaxation(ted, query, relaxation, to->add_relaxations());
  }
  if (from.paths.plain_cost) to->set_unconstrained_cost(*from.paths.plain_cost);
  for (const ConstraintKind kind : from.paths.unproved) {
    to->add_unproved(cspf::ConstraintName(kind));
  }
}

}  // namespace srpce::convert
