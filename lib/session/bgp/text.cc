#include "lib/session/bgp/text.h"

#include "absl/strings/str_cat.h"

namespace srpce::session::bgp {
namespace {

std::string Names(const std::vector<wire::bgp::Family>& families) {
  std::string text;
  for (const auto family : families) absl::StrAppend(&text, " ", Name(family));
  return text;
}

struct Describer {
  std::string operator()(const Connect&) const { return "connect"; }
  std::string operator()(const Close&) const { return "close"; }
  std::string operator()(const Send& send) const {
    const auto* notification = std::get_if<wire::bgp::Notification>(&send.message);
    return absl::StrCat("send ", Name(TypeOf(send.message)), notification != nullptr ? " " : "",
                        notification != nullptr ? wire::bgp::Describe(*notification) : "");
  }
  std::string operator()(const StartTimer& start) const {
    return absl::StrCat("start ", Name(start.timer), " ", start.duration.count(), " ms");
  }
  std::string operator()(const StopTimer& stop) const {
    return absl::StrCat("stop ", Name(stop.timer));
  }
  std::string operator()(const Up& up) const {
    return absl::StrCat("up: AS ", up.negotiated.peer_as, Names(up.negotiated.families));
  }
  std::string operator()(const Down& down) const {
    const std::string retained =
        down.retain.empty()
            ? ""
            : absl::StrCat(", retain for ", down.retain_for.count(), " s", Names(down.retain));
    return absl::StrCat(down.was_up ? "down: " : "failed: ", down.reason, retained);
  }
  std::string operator()(const DeliverUpdate&) const { return "deliver UPDATE"; }
  std::string operator()(const DeliverRefresh& deliver) const {
    return absl::StrCat("deliver ROUTE-REFRESH ", Name(deliver.refresh.family), " ",
                        static_cast<int>(deliver.refresh.subtype));
  }
  std::string operator()(const DisableFamily& disable) const {
    return absl::StrCat("disable ", Name(disable.family), ": ", disable.reason);
  }
};

}  // namespace

const char* Name(State state) {
  constexpr const char* kNames[] = {"Idle",     "Connect",     "Active",
                                    "OpenSent", "OpenConfirm", "Established"};
  return kNames[static_cast<size_t>(state)];
}

const char* Name(Timer timer) {
  constexpr const char* kNames[] = {"ConnectRetry", "Hold",     "Keepalive",
                                    "DelayOpen",    "IdleHold", "Stable"};
  return kNames[static_cast<size_t>(timer)];
}

std::string Describe(const Action& action) { return std::visit(Describer{}, action); }

}  // namespace srpce::session::bgp
