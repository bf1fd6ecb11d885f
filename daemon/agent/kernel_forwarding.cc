#include "daemon/agent/kernel_forwarding.h"

#include <net/if.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "daemon/agent/local_sids.h"
#include "daemon/log/log.h"
#include "lib/base/status_macros.h"

namespace srpce::agent {
namespace {

constexpr uint32_t kMainTable = 254;  // RT_TABLE_MAIN: where the kernel looks SIDs up.

bool IsIntoPolicy(const Route& route) {
  return std::any_of(route.next_hops.begin(), route.next_hops.end(), [](const NextHop& hop) {
    return std::holds_alternative<Seg6Encap>(hop.encapsulation);
  });
}

bool IsLocalSid(const Route& route) {
  return std::any_of(route.next_hops.begin(), route.next_hops.end(), [](const NextHop& hop) {
    const auto* local = std::get_if<Seg6Local>(&hop.encapsulation);
    return local != nullptr && local->action != static_cast<uint32_t>(Seg6Action::kEndB6Encaps);
  });
}

const Ipv6Address& FirstSid(const NextHop& hop) {
  if (const auto* encap = std::get_if<Seg6Encap>(&hop.encapsulation)) return encap->sids.front();
  return std::get<Seg6Local>(hop.encapsulation).sids.front();
}

std::string InterfaceName(uint32_t index) {
  std::array<char, IF_NAMESIZE> name{};
  return if_indextoname(index, name.data()) == nullptr ? absl::StrCat(index) : name.data();
}

std::string WayText(const Route& route) {
  const NextHop& hop = route.next_hops.front();
  return absl::StrCat(hop.gateway ? absl::StrCat("via ", hop.gateway->ToString(), " ") : "", "dev ",
                      InterfaceName(hop.interface));
}

bool HasRoutes(const std::map<RouteId, Route>& in_kernel, const std::vector<Route>& routes) {
  return std::all_of(routes.begin(), routes.end(), [&](const Route& route) {
    const auto found = in_kernel.find(route.id);
    return found != in_kernel.end() && SameForwarding(found->second, route);
  });
}

bool Contains(const std::vector<Route>& routes, const RouteId& id) {
  return std::any_of(routes.begin(), routes.end(), [&](const Route& r) { return r.id == id; });
}

}  // namespace

absl::StatusOr<std::unique_ptr<KernelForwarding>> KernelForwarding::Open(
    const config::v1::AgentConfig& config, const std::string& state_file,
    std::function<void()> save_soon) {
  SRPCE_ASSIGN_OR_RETURN(Kernel kernel, Kernel::Open());
  auto forwarding = std::unique_ptr<KernelForwarding>(
      new KernelForwarding(std::move(kernel), config, state_file, std::move(save_soon)));
  SRPCE_RETURN_IF_ERROR(forwarding->Start());
  return forwarding;
}

absl::Status KernelForwarding::Start() {
  settings_.table = config_.route_table();
  settings_.metric = config_.route_metric();
  settings_.protocol = static_cast<uint8_t>(config_.route_protocol());
  SRPCE_ASSIGN_OR_RETURN(settings_.encap_interface,
                         kernel_.EnsureEncapInterface(config_.encap_interface()));
  if (config_.has_encap_source()) {
    SRPCE_ASSIGN_OR_RETURN(const Ipv6Address source, Ipv6Address::Parse(config_.encap_source()));
    SRPCE_RETURN_IF_ERROR(kernel_.SetTunnelSource(source));
  }
  SRPCE_RETURN_IF_ERROR(LoadRoutes());
  SRPCE_RETURN_IF_ERROR(ProgramLocalSids());
  Recall();
  return absl::OkStatus();
}

absl::Status KernelForwarding::LoadRoutes() {
  SRPCE_ASSIGN_OR_RETURN(std::vector<Route> routes, kernel_.Routes(settings_.protocol));
  in_kernel_.clear();
  for (Route& route : routes) {
    const RouteId id = route.id;
    in_kernel_[id] = std::move(route);
  }
  return absl::OkStatus();
}

// A remembered policy counts only if the kernel forwards as it says: the file may be older than the
// last change.
void KernelForwarding::Recall() {
  if (state_file_.empty()) return;
  std::vector<RememberedPolicy> remembered;
  const absl::Status status = ReadPolicyFile(state_file_, &remembered);
  if (!status.ok()) log::Warning(status.message());
  for (RememberedPolicy& policy : remembered) {
    auto routes = PlanRoutes(policy.config, settings_);
    if (!routes.ok() || !HasRoutes(in_kernel_, *routes)) {
      log::Info("policy ", policy::ToString(policy.config.key),
                ": not in the kernel as remembered");
      continue;
    }
    for (const Route& route : *routes) owner_[route.id] = policy.config.key;
    const policy::PolicyKey key = policy.config.key;
    entries_[key] = {std::move(policy.config), policy.fingerprint, *std::move(routes)};
  }
}

absl::Status KernelForwarding::ProgramLocalSids() {
  SRPCE_ASSIGN_OR_RETURN(const auto interfaces, kernel_.Interfaces());
  Route base;
  base.id = {.destination = {}, .table = kMainTable, .metric = settings_.metric};
  base.protocol = settings_.protocol;
  base.next_hops.resize(1);
  base.next_hops.front().interface = settings_.encap_interface;
  std::map<RouteId, Route> local_sids;
  std::set<std::string> missing;
  for (const config::v1::LocalSid& sid : config_.local_sids()) {
    const auto route = LocalSidRoute(sid, base, interfaces);
    if (absl::IsNotFound(route.status())) {
      missing.insert(sid.sid());
      if (!missing_local_sids_.contains(sid.sid())) {
        log::Warning(route.status().message());
      }
      continue;
    }
    SRPCE_RETURN_IF_ERROR(route.status());
    if (const absl::Status status = Program(*route); !status.ok()) {
      return absl::Status(status.code(),
                          absl::StrCat("local SID ", sid.sid(), ": ", status.message()));
    }
    local_sids[route->id] = *route;
  }
  local_sids_ = std::move(local_sids);
  missing_local_sids_ = std::move(missing);
  std::vector<RouteId> stale;
  for (const auto& [id, route] : in_kernel_) {
    if (IsLocalSid(route) && !local_sids_.contains(id)) stale.push_back(id);
  }
  for (const RouteId& id : stale) Forget(id);
  return absl::OkStatus();
}

std::vector<plugin::InstalledPolicy> KernelForwarding::Installed(const std::string& headend) const {
  std::vector<plugin::InstalledPolicy> installed;
  for (const auto& [key, entry] : entries_) {
    if (key.headend == headend) installed.push_back({key, entry.fingerprint});
  }
  return installed;
}

absl::StatusOr<std::string> KernelForwarding::Install(const plugin::PolicyConfig& config,
                                                      uint64_t fingerprint) {
  // What cannot be planned will not be better later; what the network lacks now may come.
  absl::Status planned = PlanRoutes(config, settings_).status();
  if (!planned.ok()) {
    DropRefused(config.key);
    return planned;
  }
  absl::StatusOr<std::string> result = TryInstall(config, fingerprint);
  if (!result.ok()) {
    Refused& refused = refused_[config.key];
    refused = {config, fingerprint, std::move(refused.routes), /*stale=*/false};
  }
  return result;
}

absl::StatusOr<std::string> KernelForwarding::TryInstall(const plugin::PolicyConfig& config,
                                                         uint64_t fingerprint) {
  SRPCE_ASSIGN_OR_RETURN(std::vector<Route> routes, PlanRoutes(config, settings_));
  SRPCE_RETURN_IF_ERROR(CheckOwners(config.key, routes));
  std::string ways;
  for (const Route& route : routes) {
    SRPCE_ASSIGN_OR_RETURN(ways, CheckFirstSids(route));
  }
  const std::vector<Route> old = RoutesOf(config.key);
  std::vector<Route> programmed;
  for (const Route& route : routes) {
    if (const absl::Status status = Program(route); !status.ok()) {
      Undo(programmed, old);
      return status;
    }
    programmed.push_back(route);
  }
  // Only now: traffic of a prefix that moved to another route of this policy always had one.
  for (const Route& route : old) {
    if (!Contains(routes, route.id)) Forget(route.id);
  }
  for (const Route& route : routes) owner_[route.id] = config.key;
  refused_.erase(config.key);
  std::string detail =
      absl::StrCat(ToString(routes.front()),
                   routes.size() > 1 ? absl::StrCat(" and ", routes.size() - 1, " more") : "",
                   "; first SID ", ways);
  entries_[config.key] = {config, fingerprint, std::move(routes)};
  save_soon_();
  return detail;
}

absl::Status KernelForwarding::CheckOwners(const policy::PolicyKey& key,
                                           const std::vector<Route>& routes) const {
  for (const Route& route : routes) {
    const auto owner = owner_.find(route.id);
    if (owner != owner_.end() && owner->second != key) {
      return absl::FailedPreconditionError(
          absl::StrCat("steered_prefixes: ", route.id.destination.ToString(),
                       " is steered by policy ", policy::ToString(owner->second)));
    }
    if (local_sids_.contains(route.id)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "steered_prefixes: ", route.id.destination.ToString(), " is a local SID of this router"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> KernelForwarding::CheckFirstSids(const Route& route) {
  std::vector<std::string> ways;
  for (const NextHop& hop : route.next_hops) {
    const Ipv6Address& sid = FirstSid(hop);
    const absl::StatusOr<Route> way = kernel_.Lookup(sid);
    if (!way.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("first SID ", sid.ToString(), ": ", way.status().message()));
    }
    const bool captured = route.id.destination.Contains(IpAddress::V6(sid)) &&
                          route.id.destination.length() > way->id.destination.length();
    if (captured || (way->protocol == settings_.protocol && IsIntoPolicy(*way))) {
      return absl::FailedPreconditionError(absl::StrCat(
          "first SID ", sid.ToString(), ": lies in a steered prefix, its packets would loop"));
    }
    ways.push_back(way->next_hops.empty() ? "local" : WayText(*way));
  }
  std::string text = ways.front();
  for (size_t i = 1; i < ways.size(); ++i) absl::StrAppend(&text, ", ", ways[i]);
  return text;
}

absl::Status KernelForwarding::Program(const Route& route) {
  const auto present = in_kernel_.find(route.id);
  if (present != in_kernel_.end() && SameForwarding(present->second, route)) {
    return absl::OkStatus();
  }
  // Replacing is for our own routes: what an operator or a routing protocol put there is not ours
  // to take.
  const absl::Status status =
      present == in_kernel_.end() ? kernel_.AddRoute(route) : kernel_.ReplaceRoute(route);
  if (absl::IsAlreadyExists(status)) {
    return absl::AlreadyExistsError(
        absl::StrCat("route ", route.id.destination.ToString(), " metric ", route.id.metric,
                     ": there is one that is not the agent's; remove it or set route_metric"));
  }
  if (!status.ok()) {
    return absl::Status(status.code(),
                        absl::StrCat("route ", ToString(route), ": ", status.message()));
  }
  in_kernel_[route.id] = route;
  return absl::OkStatus();
}

void KernelForwarding::Undo(const std::vector<Route>& programmed,
                            const std::vector<Route>& before) {
  for (const Route& route : programmed) {
    const auto old = std::find_if(before.begin(), before.end(),
                                  [&](const Route& r) { return r.id == route.id; });
    if (old == before.end()) {
      Forget(route.id);
    } else if (const absl::Status status = Program(*old); !status.ok()) {
      log::Error("cannot put back: ", status.message());
    }
  }
}

void KernelForwarding::Forget(const RouteId& id) {
  const absl::Status status = kernel_.DeleteRoute(id, settings_.protocol);
  if (!status.ok() && !absl::IsNotFound(status)) {
    log::Error("route ", id.destination.ToString(), ": cannot remove: ", status.message());
    return;
  }
  in_kernel_.erase(id);
  owner_.erase(id);
}

absl::StatusOr<std::string> KernelForwarding::Remove(const policy::PolicyKey& key) {
  const bool refused = refused_.contains(key);
  if (!refused && !entries_.contains(key)) return "was not there";
  const std::vector<Route> routes = RoutesOf(key);
  for (const Route& route : routes) {
    Forget(route.id);
    if (in_kernel_.contains(route.id)) {
      return absl::InternalError(
          absl::StrCat("route ", route.id.destination.ToString(), ": the kernel kept it"));
    }
  }
  entries_.erase(key);
  refused_.erase(key);
  save_soon_();
  return absl::StrCat("removed ", routes.size(), " routes", refused ? " of what was refused" : "");
}

std::vector<Route> KernelForwarding::RoutesOf(const policy::PolicyKey& key) const {
  std::vector<Route> routes;
  if (const auto entry = entries_.find(key); entry != entries_.end()) routes = entry->second.routes;
  const auto refused = refused_.find(key);
  if (refused == refused_.end()) return routes;
  std::vector<Route> left = refused->second.routes;
  if (const auto planned = PlanRoutes(refused->second.config, settings_); planned.ok()) {
    // An earlier run of the agent may have made them.
    for (const Route& route : *planned) {
      const auto present = in_kernel_.find(route.id);
      if (present != in_kernel_.end() && !owner_.contains(route.id) &&
          !local_sids_.contains(route.id)) {
        left.push_back(present->second);
      }
    }
  }
  for (Route& route : left) {
    if (!Contains(routes, route.id)) routes.push_back(std::move(route));
  }
  return routes;
}

void KernelForwarding::DropRefused(const policy::PolicyKey& key) {
  const std::vector<Route> before = RoutesOf(key);
  if (refused_.erase(key) == 0) return;
  const std::vector<Route> in_force = RoutesOf(key);
  for (const Route& route : before) {
    if (!Contains(in_force, route.id)) Forget(route.id);
  }
}

void KernelForwarding::SyncBegins(const std::string& headend) {
  for (auto& [key, refused] : refused_) {
    if (key.headend == headend) refused.stale = true;
  }
}

void KernelForwarding::SyncDone(const std::string& headend) {
  std::vector<policy::PolicyKey> unwanted;
  for (const auto& [key, refused] : refused_) {
    if (key.headend == headend && refused.stale) unwanted.push_back(key);
  }
  for (const policy::PolicyKey& key : unwanted) DropRefused(key);
  std::vector<RouteId> wanted;
  for (const auto& [key, refused] : refused_) {
    // A refused policy keeps what an earlier run of the agent did for it.
    if (const auto routes = PlanRoutes(refused.config, settings_); routes.ok()) {
      for (const Route& route : *routes) wanted.push_back(route.id);
    }
  }
  std::vector<RouteId> stale;
  for (const auto& [id, route] : in_kernel_) {
    if (!owner_.contains(id) && !local_sids_.contains(id) &&
        std::find(wanted.begin(), wanted.end(), id) == wanted.end()) {
      stale.push_back(id);
    }
  }
  for (const RouteId& id : stale) {
    log::Info("route ", id.destination.ToString(), ": left over, removed");
    Forget(id);
  }
  save_soon_();
}

std::vector<LateResult> KernelForwarding::Reconcile() {
  std::vector<LateResult> results;
  const auto encap = kernel_.EnsureEncapInterface(config_.encap_interface());
  if (encap.ok()) settings_.encap_interface = *encap;
  absl::Status status = encap.status();
  status.Update(LoadRoutes());
  if (status.ok()) status = ProgramLocalSids();
  if (!status.ok()) log::Error("reconcile: ", status.message());
  std::vector<policy::PolicyKey> lost;
  for (auto& [key, entry] : entries_) {
    // Planned again: the index of the encapsulation interface may have changed.
    if (auto routes = PlanRoutes(entry.config, settings_); routes.ok()) {
      entry.routes = *std::move(routes);
    }
    for (const Route& route : entry.routes) {
      const absl::Status programmed = Program(route);
      if (programmed.ok()) continue;
      results.push_back({key, entry.fingerprint, programmed});
      lost.push_back(key);
      break;
    }
  }
  for (const policy::PolicyKey& key : lost) Demote(key);
  const auto refused = refused_;
  for (const auto& [key, policy] : refused) {
    auto result = TryInstall(policy.config, policy.fingerprint);
    if (!result.ok()) continue;
    results.push_back({key, policy.fingerprint, std::move(result)});
  }
  return results;
}

// What the kernel still has of it stays, in force and owned: traffic of one prefix need not suffer
// for another's.
void KernelForwarding::Demote(const policy::PolicyKey& key) {
  Entry entry = std::move(entries_.at(key));
  entries_.erase(key);
  // What it was to be replaced by, if that is why it is there, is the later wish.
  Refused& refused =
      refused_.try_emplace(key, Refused{std::move(entry.config), entry.fingerprint, {}, false})
          .first->second;
  for (Route& route : entry.routes) {
    if (in_kernel_.contains(route.id)) {
      refused.routes.push_back(std::move(route));
    } else {
      owner_.erase(route.id);
    }
  }
}

absl::Status KernelForwarding::Save() {
  if (state_file_.empty()) return absl::OkStatus();
  std::vector<RememberedPolicy> policies;
  policies.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) policies.push_back({entry.config, entry.fingerprint});
  return WritePolicyFile(state_file_, policies);
}

}  // namespace srpce::agent
