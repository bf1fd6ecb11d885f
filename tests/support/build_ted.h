// tests/support/build_ted.h -- a TED from a few lines of text, for tests that draw their map.
//
//   a<->b igp 10 te 20 delay 900     both directions; attributes of both
//   a->b igp 10                      one direction only (fails the two-way check on purpose)
//   a<->b#2 igp 10                   a parallel link: the text after # is the local interface of
//   both directions node a srgb 16000 8000 ...       node attributes; nodes named by links only get
//   the defaults fad 128 metric delay exclude-any 0x1 priority 200 on a     a flex-algo definition
//   announced by node a # comment
// A definition takes metric igp|te|delay, priority N, exclude-any / include-any / include-all 0x..,
// exclude-srlg 1,2.
//
// Link attributes: igp te delay (min and average, us) max-delay var (us) loss (fraction) bw
// (capacity) rsv avail (bits/s: 400M, 10G)
//   admin 0x3 (bit positions beyond 63: admin-bits 70,3) srlg 1,2 down adj LABEL no-adj msd N.
// Node attributes: id-only (named, not announced) srgb FIRST SIZE (several times) no-sr (no SRGB,
// no SIDs, no locator) no-mpls no-srv6
//   index N (prefix SID index) algo 128 (takes part, and announces index N*1000+128 for it and
//   locator of its own) msd N srv6-msd N
//   overload pseudonode anycast INDEX (a shared prefix SID besides its own) locator PREFIX
//   classic-srv6 (End / End.X without NEXT-CSID).
//
// Defaults, with n = 1 for the first node named, 2 for the second ...: SRGB 16000-23999, prefix SID
// index n on 10.0.0.n/32 (n >> 8 in the third octet), router ids 10.0.0.n and fc00:0:n::1, locator
// fcbb:bb00:n::/48 (F3216: block 32, node 16) with a NEXT-CSID End SID fcbb:bb00:n:: and End.DT6
// fcbb:bb00:n:fd00::; each link has an adjacency SID 24000 + its number among the links of the text
// and a NEXT-CSID End.X fcbb:bb00:n:e000+k:: where k counts the links of the node. Both count from
// 1; a<->b is two links, a->b first: SIDs 24001 and 24002. Locator of algorithm 128:
// fcbb:bb80:n::/48, with its own End and End.DT6. Anycast INDEX: 10.1.0.INDEX/32. A pseudonode and
// the links to and from it have no SIDs, no-mpls and no-srv6 go for the links of the node too.
// a<->b#2 names interface 2 at both ends, a<->b#x,y x at a and y at b.
//
// What ToMapText() writes says SIDs and prefixes one by one, on top of the defaults or without:
//   node a bare                      none of the defaults; no SIDs for its links either
//   node a srlb 15000 50 algorithms 0,128 router-id 10.0.0.1 no-overload segments-left-msd 3 ...
//     own-locator fcbb:bb00:1::/48,algo=128,metric=2,anycast
//     sid fcbb:bb00:1::,behavior=43,parts=32.16.0.0   parts: block, node, function, argument
//     prefix 10.0.0.1/32,metric=2,node,sid=5,no-php,sid=30,algo=128
//   a->b up avg-delay 9 min-delay 8 no-srlg adj-sid 24001,index,local,backup,set,weight=1
//     end-x fcbb:bb00:1:e001::,behavior=52,backup,set,parts=32.16.16.0
//   fad 128 metric te exclude-any-bits 70,3 unsupported on a
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/cspf/query.h"
#include "lib/topology/ted.h"
#include "lib/topology/ted_builder.h"

namespace srpce::support {

// Fills `builder` from source `source`. Dies with the line on a mistake in `text`.
void AddToBuilder(absl::string_view text, topology::TedBuilder& builder, topology::SourceId source);

// Dies with the line on a mistake in `text`.
topology::TedPtr BuildTed(absl::string_view text);

// REQUIRES the node / link exists; dies otherwise. Link: "a->b" or "a->b#2".
topology::NodeIndex NodeOf(const topology::Ted& ted, absl::string_view name);
topology::LinkIndex LinkOf(const topology::Ted& ted, absl::string_view name);

// "a b d cost 20", or the ReasonName of a NoPath. Parallel links show as "a b#2 d".
std::string Describe(const topology::Ted& ted, topology::NodeIndex source,
                     const cspf::PathResult& result);
std::string DescribeLinks(const topology::Ted& ted, topology::NodeIndex source,
                          const std::vector<topology::LinkIndex>& links);

}  // namespace srpce::support
