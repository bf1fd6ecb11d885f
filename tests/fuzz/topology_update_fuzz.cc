// tests/fuzz/topology_update_fuzz.cc -- whatever a source sends, the TED takes it or refuses it,
// and stays sound.
//
// Input: serialized srpce.v1.TopologyUpdate messages, each behind one byte of length.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <type_traits>

#include "lib/topology/ted_builder.h"
#include "proto/convert/topology.h"

namespace {

using srpce::topology::TedBuilder;

// What must hold of any TED: counts agree with the elements, usable links have both ends and a
// usable reverse.
void CheckSound(const srpce::topology::Ted& ted) {
  uint32_t usable = 0;
  for (uint32_t i = 0; i < ted.link_bound(); ++i) {
    const srpce::topology::LinkIndex index(i);
    if (!ted.HasLink(index)) continue;
    const srpce::topology::Link& link = ted.link(index);
    if (!ted.HasNode(link.local) || !ted.HasNode(link.remote)) abort();
    if (!link.usable) continue;
    ++usable;
    if (!ted.node(link.local).known || !ted.node(link.remote).known || !link.reverse) abort();
    if (ted.link(*link.reverse).local != link.remote) abort();
  }
  if (usable != ted.usable_link_count()) abort();
}

struct Applier {
  TedBuilder& builder;
  srpce::topology::SourceId source;
  srpce::MonotonicTime now{};

  template <typename Statement>
  void operator()(const Statement& s) const {
    using namespace srpce::plugin;  // NOLINT: nine statement types, named below.
    if constexpr (std::is_same_v<Statement, SyncBegin>) {
      (void)builder.BeginSync(source);
    } else if constexpr (std::is_same_v<Statement, SyncEnd>) {
      (void)builder.EndSync(source);
      CheckSound(*builder.Publish().ted);  // What follows meets a snapshot.
    } else if constexpr (std::is_same_v<Statement, NodeStatement>) {
      (void)builder.SetNode(source, s.id, s.attributes, {.patch = s.patch, .stale = s.stale}, now);
    } else if constexpr (std::is_same_v<Statement, LinkStatement>) {
      (void)builder.SetLink(source, s.key, s.attributes, {.patch = s.patch, .stale = s.stale}, now);
    } else if constexpr (std::is_same_v<Statement, PrefixStatement>) {
      (void)builder.SetPrefix(source, s.node_id, s.prefix, s.attributes,
                              {.patch = s.patch, .stale = s.stale}, now);
    } else if constexpr (std::is_same_v<Statement, NodeRemoval>) {
      (void)builder.RemoveNode(source, s.id, now);
    } else if constexpr (std::is_same_v<Statement, LinkRemoval>) {
      (void)builder.RemoveLink(source, s.key, now);
    } else if constexpr (std::is_same_v<Statement, PrefixRemoval>) {
      (void)builder.RemovePrefix(source, s.node_id, s.prefix, now);
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::span<const uint8_t> input(data, size);
  TedBuilder builder;
  const auto source = builder.Connect({.name = "fuzz"}, {});
  if (!source.ok()) abort();
  while (!input.empty()) {
    const size_t length = std::min<size_t>(input[0], input.size() - 1);
    srpce::v1::TopologyUpdate update;
    if (update.ParseFromArray(input.data() + 1, static_cast<int>(length)) && !update.has_hello()) {
      const auto statement = srpce::convert::FromProto(update);
      if (statement.ok()) std::visit(Applier{builder, *source}, *statement);
    }
    input = input.subspan(1 + length);
  }
  CheckSound(*builder.Publish().ted);
  return 0;
}
