// plugins/topology_source/bgpls/routes_of_element.h -- the routes that speak of one element of the
// TED, decoded, and how their values become attributes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lib/wire/bgpls/attribute.h"
#include "lib/wire/bgpls/nlri.h"
#include "plugins/topology_source/bgpls/oddities.h"

namespace srpce::bgpls_source {

struct Member {
  const wire::bgpls::Nlri* nlri = nullptr;
  wire::bgpls::Attribute attribute{};
  size_t nlris = 1;  // That came in its UPDATE.
  bool stale = false;
};

// Whose word counts before whose: IS-IS level 2 before 1, then OSPFv2, OSPFv3, direct and static,
// BGP; among those the lower topology id. 0 is the standard topology (RFC 5120 s2).
std::pair<int, uint16_t> Rank(const Member& member);

// True where no member is live.
bool AllStale(const std::vector<Member>& members);

// Sets the attributes of one element step by step. Where lib/topology refuses the whole, each step
// is tried by itself and those it refuses are left out, and counted: a wrong value costs itself.
template <typename Attributes, typename Validate>
class Offer {
 public:
  Offer(Validate validate, std::string where, Oddities& oddities)
      : validate_(std::move(validate)), where_(std::move(where)), oddities_(oddities) {}

  // `steps(offer)` calls offer([](Attributes&) {...}) for each value, the same ones each time.
  template <typename Steps>
  Attributes Run(const Steps& steps) {
    Attributes whole;
    steps([&](const auto& step) { step(whole); });
    if (validate_(whole).ok()) {
      return whole;
    }
    Attributes valid;
    steps([&](const auto& step) {
      Attributes next = valid;
      step(next);
      const absl::Status status = validate_(next);
      if (status.ok()) {
        valid = std::move(next);
      } else {
        oddities_.Count("value", 0, Reason(status), where_);
      }
    });
    return valid;
  }

 private:
  // Without the element, which is told beside it: "link a->b: loss: got ..." -> "loss: got ...".
  static std::string Reason(const absl::Status& status) {
    const absl::string_view text = status.message();
    const size_t colon = text.find(": ");
    return std::string(colon == absl::string_view::npos ? text : text.substr(colon + 2));
  }

  Validate validate_;
  std::string where_;
  Oddities& oddities_;
};

}  // namespace srpce::bgpls_source
