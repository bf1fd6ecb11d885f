#include "daemon/srpced/agent_links.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "daemon/log/log.h"

namespace srpce::srpced {
namespace {

// Above any source of a configuration: nobody knows an interface better than the router it is in.
constexpr uint32_t kPrecedence = 1'000'000'000;

bool LeavesFrom(const topology::Link& link, const std::set<std::string>& interfaces) {
  const auto& address = link.attributes.local_address;
  return interfaces.contains(link.key.local_interface) ||
         (address && interfaces.contains(address->ToString()));
}

// Returns the links of `headend` that leave from one of `interfaces`.
std::map<std::string, topology::LinkKey> FindLinks(const topology::Ted& ted,
                                                   const std::string& headend,
                                                   const std::set<std::string>& interfaces) {
  std::map<std::string, topology::LinkKey> found;
  const auto node = ted.FindNode(headend);
  if (!node || interfaces.empty()) {
    return found;
  }
  for (const graph::Arc& arc : ted.graph().out(node->value())) {
    const topology::Link& link = ted.link(topology::LinkIndex(arc.id));
    if (LeavesFrom(link, interfaces)) {
      found.emplace(link.key.ToString(), link.key);
    }
  }
  return found;
}

}  // namespace

void AgentLinks::OnSession(const std::string& headend, bool up) {
  writer_.Submit(
      [this, headend, up](topology::TedBuilder& builder, MonotonicTime now) {
        up ? BeginSession(builder, headend, now) : EndSession(builder, headend, now);
        return absl::OkStatus();
      },
      nullptr);
}

void AgentLinks::OnLinkEvent(const std::string& headend, const std::string& interface, bool up,
                             MonotonicTime received) {
  writer_.Submit(
      [this, headend, interface, up](topology::TedBuilder& builder, MonotonicTime now) {
        Report(builder, headend, interface, up, now);
        return absl::OkStatus();
      },
      nullptr, received);
}

void AgentLinks::OnTedUpdate(const pce::TedUpdate& update) {
  if (!update.delta.structure_changed) {
    return;
  }
  for (const auto& [headend, state] : headends_) {
    if (state.source && !state.down_interfaces.empty()) {
      writer_.Submit(
          [this, name = headend](topology::TedBuilder& builder, MonotonicTime now) {
            Reconcile(builder, name, now);
            return absl::OkStatus();
          },
          nullptr);
    }
  }
}

void AgentLinks::Report(topology::TedBuilder& builder, const std::string& headend,
                        const std::string& interface, bool up, MonotonicTime now) {
  Headend& state = headends_[headend];
  if (!state.session) {
    return;
  }
  if (interface.empty()) {
    DropUnconfirmed(state);
    Reconcile(builder, headend, now);
    return;
  }
  const bool confirmed = state.unconfirmed.erase(interface) > 0;
  const bool changed = up ? state.down_interfaces.erase(interface) > 0
                          : state.down_interfaces.insert(interface).second;
  if (changed) {
    log::Info("agent ", headend, ": interface ", interface, " is ", up ? "up" : "down");
  }
  if (changed || confirmed) {
    Reconcile(builder, headend, now);
  }
}

void AgentLinks::DropUnconfirmed(Headend& state) {
  for (const std::string& interface : state.unconfirmed) {
    state.down_interfaces.erase(interface);
  }
  state.unconfirmed.clear();
}

// The agent reports its interfaces after its hello. Until then its source stays disconnected: what
// it had stated counts, behind what live sources say.
void AgentLinks::BeginSession(topology::TedBuilder& builder, const std::string& headend,
                              MonotonicTime now) {
  Headend& state = headends_[headend];
  if (state.session) {
    EndSession(builder, headend, now);  // Replaced by this one.
  }
  state.session = true;
}

void AgentLinks::EndSession(topology::TedBuilder& builder, const std::string& headend,
                            MonotonicTime now) {
  Headend& state = headends_[headend];
  state.session = false;
  state.unconfirmed = state.down_interfaces;
  if (state.source) {
    builder.Disconnect(*state.source, now);
    state.source.reset();
  }
}

void AgentLinks::Connect(topology::TedBuilder& builder, const std::string& headend,
                         MonotonicTime now) {
  const auto source = builder.Connect(
      {.name = absl::StrCat("agent:", headend),
       .precedence = kPrecedence,
       .hold_time = hold_time_,
       .overlay =
           true},  // A link that the others withdrew must not stay known because it was down.
      now);
  if (source.ok()) {
    Headend& state = headends_[headend];
    state.source = *source;
    if (std::exchange(state.last_source, *source) != *source) {
      // Its hold time was over: what it had stated is gone.
      state.stated.clear();
      DropUnconfirmed(state);
    }
  } else {
    log::Error("agent ", headend, ": ", source.status().message());
  }
}

void AgentLinks::Reconcile(topology::TedBuilder& builder, const std::string& headend,
                           MonotonicTime now) {
  Headend& state = headends_[headend];
  // Most sessions never need a source. One that has reported nothing new speaks up only when it has
  // confirmed all: connected, its word would count more than that of the others.
  const bool news = state.down_interfaces.size() > state.unconfirmed.size();
  const bool confirmed = state.unconfirmed.empty() && !state.stated.empty();
  const bool returned = state.session && !state.source && (news || confirmed);
  if (returned) {
    Connect(builder, headend, now);
  }
  if (!state.source) {
    return;
  }
  std::map<std::string, topology::LinkKey> wanted =
      FindLinks(*writer_.ted(), headend, state.down_interfaces);
  for (const auto& [name, key] : state.stated) {
    if (!wanted.contains(name)) {
      (void)builder.RemoveLink(*state.source, key, now);  // Ours; fails only if it is gone already.
    }
  }
  topology::LinkAttributes down;
  down.up = false;
  for (const auto& [name, key] : wanted) {
    // What a source that returned stated before counts less until it is repeated.
    if (!returned && state.stated.contains(name)) {
      continue;
    }
    if (const absl::Status status = builder.SetLink(*state.source, key, down, {.patch = true}, now);
        !status.ok()) {
      log::Error("agent ", headend, ": ", status.message());
    }
  }
  state.stated = std::move(wanted);
}

}  // namespace srpce::srpced
