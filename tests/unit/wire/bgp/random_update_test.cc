// Random UPDATEs go to the wire and back.
#include <gtest/gtest.h>

#include <random>

#include "lib/wire/bgp/update.h"
#include "tests/support/seed.h"

namespace srpce::wire::bgp {
namespace {

class Draw {
 public:
  explicit Draw(uint64_t seed) : rng_(seed) {}

  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(rng_() % bound); }
  bool Often() { return Below(4) != 0; }
  uint32_t Word() { return static_cast<uint32_t>(rng_()); }
  std::string Text(uint32_t most) {
    std::string text(Below(most + 1), '\0');
    for (char& c : text) c = static_cast<char>(Below(256));
    return text;
  }
  template <typename Make>
  auto List(uint32_t most, const Make& make) {
    std::vector<decltype(make())> list;
    for (uint32_t i = Below(most + 1); i > 0; --i) list.push_back(make());
    return list;
  }

 private:
  std::mt19937_64 rng_;
};

Attributes RandomAttributes(Draw& draw) {
  const auto word = [&] { return draw.Word(); };
  Attributes a;
  a.origin = static_cast<Origin>(draw.Below(3));
  a.as_path = draw.List(4, [&] {
    AsSegment segment;
    segment.type = static_cast<AsSegment::Type>(1 + draw.Below(4));
    segment.numbers = draw.List(254, [&] { return 1 + draw.Below(~0U - 1); });
    segment.numbers.push_back(1 + draw.Below(~0U - 1));
    return segment;
  });
  a.next_hop = 1 + draw.Below(0xdfffffff);
  if (draw.Often()) a.multi_exit_disc = draw.Word();
  if (draw.Often()) a.local_pref = draw.Word();
  if (draw.Often()) a.originator_id = draw.Word();
  a.cluster_list = draw.List(100, word);
  a.communities = draw.List(100, word);
  a.extended_communities = draw.List(50, [&] { return uint64_t{draw.Word()} << 32 | draw.Word(); });
  a.large_communities = draw.List(50, [&] {
    return LargeCommunity{draw.Word(), draw.Word(), draw.Word()};
  });
  for (const int type : {23, 29, 41, 200, 255}) {
    if (!draw.Often()) continue;
    RawAttribute raw;
    raw.flags = static_cast<uint8_t>(type == 29 ? kOptional : kOptional | kTransitive);
    raw.type = static_cast<AttributeType>(type);
    raw.value = draw.Text(600);
    a.others.push_back(std::move(raw));
  }
  return a;
}

Update RandomUpdate(Draw& draw) {
  const auto prefix = [&] {
    return IpPrefix(IpAddress::V4(draw.Word()), static_cast<uint8_t>(draw.Below(33)));
  };
  Update update;
  update.withdrawn = draw.List(20, prefix);
  update.nlri = draw.List(20, prefix);
  update.attributes = RandomAttributes(draw);
  if (draw.Often()) {
    update.mp_reach.emplace().family = kBgpLs;
    update.mp_reach->next_hop = std::string(draw.Often() ? 4 : 16, 'h');
    update.mp_reach->nlri = draw.Text(2000);
  }
  if (draw.Often()) {
    update.mp_unreach.emplace().family = kIpv6SrPolicy;
    update.mp_unreach->nlri = draw.Text(300);
  }
  return update;
}

TEST(RandomUpdateTest, GoesToTheWireAndBack) {
  Draw draw(support::TestSeed(1));
  support::CaseCount cases;
  UpdateContext context;
  context.max_length = kMaxExtendedLength;
  for (int i = 0; i < support::Cases(4000); ++i) {
    const Update update = RandomUpdate(draw);
    const auto message = Encode(update, context);
    ASSERT_TRUE(message.ok()) << message.status();
    const auto again = DecodeUpdate(AsBytes(*message).subspan(kHeaderLength), context);
    ASSERT_TRUE(again.ok()) << again.error().text;
    ASSERT_TRUE(again->errors.empty()) << again->errors[0].error.text;
    ASSERT_EQ(again->withdrawn, update.withdrawn);
    ASSERT_EQ(again->nlri, update.nlri);
    ASSERT_EQ(again->mp_reach, update.mp_reach);
    ASSERT_EQ(again->mp_unreach, update.mp_unreach);
    ASSERT_TRUE(again->attributes == update.attributes);
    cases.Add();
  }
}

}  // namespace
}  // namespace srpce::wire::bgp
