// tests/unit/cspf/changing_network.h -- a ring network under a writer of its own, for what is kept
// about a network while it changes.
#pragma once

#include <gtest/gtest.h>

#include "lib/topology/ted_builder.h"
#include "tests/support/generators.h"
#include "tests/support/seed.h"

namespace srpce::cspf {

using support::TestSeed;

// A small network under a writer of its own.
class ChangingNetwork {
 public:
  explicit ChangingNetwork(uint64_t seed, uint32_t nodes = 200, uint32_t links = 480)
      : network_(support::RingNetwork(nodes, links, seed)) {
    topology::SourceOptions options;
    options.name = "test";
    source_ = builder_.Connect(options, MonotonicTime{}).value();
    support::AddToBuilder(network_, /*sids=*/false, builder_, source_);
    Publish();
  }

  const topology::Ted& ted() const { return *ted_; }
  const topology::TedPtr& ptr() const { return ted_; }
  size_t link_count() const { return network_.links.size(); }
  const support::GeneratedLink& link(size_t link) const { return network_.links[link]; }
  topology::LinkIndex index(size_t link) const {
    return *ted_->FindLink(support::KeyOf(network_, link));
  }
  uint32_t delay_us(size_t link) const { return network_.links[link].delay_us; }
  uint32_t igp(size_t link) const { return network_.links[link].igp; }

  void SetDelay(size_t link, uint32_t microseconds) {
    network_.links[link].delay_us = microseconds;
    topology::LinkAttributes sample;
    sample.delay = sample.min_delay = Microseconds(microseconds);
    Patch(link, sample);
  }
  void SetIgp(size_t link, uint32_t metric) {
    network_.links[link].igp = metric;
    topology::LinkAttributes change;
    change.igp_metric = metric;
    Patch(link, change);
  }
  void SetUp(size_t link, bool up) {
    topology::LinkAttributes change;
    change.up = up;
    Patch(link, change);
  }

 private:
  void Patch(size_t link, const topology::LinkAttributes& change) {
    ASSERT_TRUE(builder_
                    .SetLink(source_, support::KeyOf(network_, link), change, {.patch = true},
                             MonotonicTime{})
                    .ok());
    Publish();
  }
  void Publish() { ted_ = builder_.Publish().ted; }

  support::GeneratedNetwork network_;
  topology::TedBuilder builder_;
  topology::SourceId source_;
  topology::TedPtr ted_;
};

}  // namespace srpce::cspf
