// daemon/srpcectl/policy_text.cc
#include "daemon/srpcectl/policy_text.h"

#include <google/protobuf/util/time_util.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "daemon/srpcectl/names.h"
#include "daemon/srpcectl/path_text.h"
#include "daemon/srpcectl/quantity.h"
#include "daemon/srpcectl/table.h"

namespace srpce::ctl {
namespace {

std::string SegmentListsLine(const v1::ActivePath& active) {
  const bool several = active.segment_lists_size() > 1;
  return absl::StrJoin(active.segment_lists(), " | ",
                       [several](std::string* out, const v1::SegmentList& list) {
                         absl::StrAppend(out, SegmentListLine(list));
                         if (several) absl::StrAppend(out, " weight ", list.weight());
                       });
}

// The constraints the active candidate path is held to, where it has any.
const v1::PathConstraints* BoundsOf(const v1::PolicyStatus& status) {
  const auto index = static_cast<int>(status.active().candidate_index());
  if (index >= status.policy().candidate_paths_size()) {
    return nullptr;
  }
  const v1::CandidatePath& candidate = status.policy().candidate_paths(index);
  return candidate.has_dynamic()     ? &candidate.dynamic()
         : candidate.has_explicit_() ? &candidate.explicit_().promise()
                                     : nullptr;
}

std::string MarginText(const v1::SlaMargin& margin) {
  std::vector<std::string> parts;
  const auto time = [](int64_t us) {
    return us < 0 ? absl::StrCat("-", FormatMicroseconds(static_cast<uint64_t>(-us)))
                  : FormatMicroseconds(static_cast<uint64_t>(us));
  };
  if (margin.has_delay_us()) parts.push_back(absl::StrCat("delay ", time(margin.delay_us())));
  if (margin.has_igp_cost()) parts.push_back(absl::StrCat("igp ", margin.igp_cost()));
  if (margin.has_te_cost()) parts.push_back(absl::StrCat("te ", margin.te_cost()));
  if (margin.has_hops()) parts.push_back(absl::StrCat("hops ", margin.hops()));
  if (margin.has_loss_fraction())
    parts.push_back(absl::StrCat("loss ", FormatFraction(margin.loss_fraction())));
  if (margin.has_delay_variation_us())
    parts.push_back(absl::StrCat("variation ", time(margin.delay_variation_us())));
  if (margin.has_bandwidth_bps()) {
    parts.push_back(
        absl::StrCat("bandwidth ", margin.bandwidth_bps() < 0 ? "-" : "",
                     FormatBitsPerSecond(static_cast<uint64_t>(std::abs(margin.bandwidth_bps())))));
  }
  return absl::StrJoin(parts, ", ");
}

std::string CandidateText(const v1::PolicyStatus& status, int index) {
  const v1::CandidatePath& candidate = status.policy().candidate_paths(index);
  const bool is_active =
      status.has_active() && static_cast<int>(status.active().candidate_index()) == index;
  std::string text = absl::StrCat(
      "  candidate ", index + 1,
      candidate.name().empty() ? "" : absl::StrCat(" '", candidate.name(), "'"), ", preference ",
      candidate.preference() == 0 ? 100 : candidate.preference(), ", ",
      candidate.has_explicit_() ? "explicit" : "dynamic", is_active ? ", active" : "");
  if (index >= status.candidates_size()) {
    return absl::StrCat(text, "\n");
  }
  const v1::CandidateStatus& state = status.candidates(index);
  absl::StrAppend(&text, state.valid() ? ", valid\n" : ", not valid\n");
  if (!state.error().empty()) {
    absl::StrAppend(&text, "    ", state.error(), "\n");
  }
  if (state.has_no_path()) {
    absl::StrAppend(&text, "    ", NoPathText(state.no_path()));
  }
  return text;
}

std::string WayText(const v1::ActivePath& active) {
  if (!active.nodes().empty()) return absl::StrJoin(active.nodes(), " ");
  return active.uses_size() > 0
             ? absl::StrCat(active.links_size(), " links, ", active.uses_size(), " segment lists")
             : absl::StrCat(active.links_size(), " links over several branches");
}

std::string ActiveText(const v1::PolicyStatus& status) {
  const v1::ActivePath& active = status.active();
  std::string text = absl::StrCat("  path     ", WayText(active), "\n");
  v1::PathConstraints bounds;
  if (const v1::PathConstraints* all = BoundsOf(status)) bounds = *all;
  if (bounds.max_segment_lists() > 1) bounds.clear_bandwidth_bps();  // No bound of the bottleneck.
  absl::StrAppend(&text, "  metrics  ", MetricsText(active.metrics(), &bounds), "\n");
  if (const std::string margin = MarginText(active.margin()); !margin.empty()) {
    absl::StrAppend(&text, "  margin   ", margin, status.sla_violated() ? " -- SLA VIOLATED" : "",
                    "\n");
  }
  for (int i = 0; i < active.segment_lists_size(); ++i) {
    const v1::SegmentList& list = active.segment_lists(i);
    if (i >= active.uses_size()) {
      absl::StrAppend(&text, SegmentListText(list, "  "));
      continue;
    }
    const v1::ListUse& use = active.uses(i);
    absl::StrAppend(
        &text,
        SegmentListText(list, "  ",
                        absl::StrCat(", ", ShareText(list.weight(), use.share(), use.rate_bps()))),
        "    ", use.nodes().empty() ? "several branches" : absl::StrJoin(use.nodes(), " "), " (",
        MetricsText(use.metrics(), nullptr), ")\n");
  }
  return text;
}

const char* ProtectionWord(const v1::ProtectionStatus& protection) {
  switch (protection.state()) {
    case v1::PROTECTION_STATE_PROTECTED:
      return "protected";
    case v1::PROTECTION_STATE_UNPROTECTED:
      return "UNPROTECTED";
    default:
      return "backup pending";
  }
}

// Of the backup: what there is, or why there is none.
std::string BackupText(const v1::PolicyStatus& status) {
  const v1::ProtectionStatus& protection = status.protection();
  const v1::Protection& wanted = status.policy().protection();
  std::string text = absl::StrCat("  ", ProtectionWord(protection));
  if (protection.has_backup()) {
    absl::StrAppend(&text, ", ",
                    protection.achieved() == v1::DISJOINTNESS_UNSPECIFIED
                        ? "as little is shared as can be"
                        : absl::StrCat(LevelText(protection.achieved()), "-disjoint"));
  }
  if (protection.has_since()) {
    absl::StrAppend(&text, ", since ",
                    google::protobuf::util::TimeUtil::ToString(protection.since()));
  }
  if (protection.switches() > 0) absl::StrAppend(&text, ", switches ", protection.switches());
  absl::StrAppend(&text, protection.reason().empty() ? "" : absl::StrCat(": ", protection.reason()),
                  "\n");
  for (const v1::LevelFailure& failure : protection.failed()) {
    absl::StrAppend(&text, "    not ", LevelText(failure.level()),
                    "-disjoint: ", failure.why().message(), " [", failure.why().reason(), "]\n");
  }
  if (protection.has_shared()) {
    absl::StrAppend(&text, "    shared   ", RisksText(protection.shared()), "\n");
  }
  if (protection.joint()) {
    absl::StrAppend(&text, "    the cheapest path has no ", LevelText(protection.achieved()),
                    "-disjoint backup: both are a pair of least cost\n");
  }
  if (!protection.has_backup()) return text;
  const v1::ActivePath& backup = protection.backup();
  absl::StrAppend(&text, "    path     ",
                  backup.nodes().empty()
                      ? absl::StrCat(backup.links_size(), " links over several branches")
                      : absl::StrJoin(backup.nodes(), " "),
                  "\n    metrics  ",
                  MetricsText(backup.metrics(),
                              wanted.has_constraints() ? &wanted.constraints() : BoundsOf(status)),
                  "\n");
  for (const v1::SegmentList& list : backup.segment_lists()) {
    absl::StrAppend(&text, SegmentListText(list, "    "));
  }
  return text;
}

}  // namespace

std::string OperText(const v1::PolicyStatus& status) {
  switch (status.oper_state()) {
    case v1::OPER_STATE_PENDING:
      return "pending";
    case v1::OPER_STATE_DOWN:
      return "down";
    case v1::OPER_STATE_UP:
      return "up";
    default:
      return "unknown";
  }
}

std::string PushText(const v1::PolicyStatus& status) {
  switch (status.push_state()) {
    case v1::PUSH_STATE_NONE:
      return "none";
    case v1::PUSH_STATE_WAITING:
      return "waiting for the headend";
    case v1::PUSH_STATE_SENT:
      return "sent";
    case v1::PUSH_STATE_INSTALLED:
      return "installed";
    case v1::PUSH_STATE_FAILED:
      return "refused by the headend";
    default:
      return "unknown";
  }
}

bool IsSettled(const v1::PolicyStatus& status) {
  return status.oper_state() == v1::OPER_STATE_DOWN ||
         (status.oper_state() == v1::OPER_STATE_UP && status.push_state() != v1::PUSH_STATE_SENT &&
          status.push_state() != v1::PUSH_STATE_NONE);
}

std::string PoliciesTable(const std::vector<v1::PolicyStatus>& policies) {
  Table table({"POLICY", "NAME", "STATE", "PUSH", "COST", "DELAY", "SEGMENT LIST", "CHANGES"});
  for (const v1::PolicyStatus& status : policies) {
    const v1::ActivePath& active = status.active();
    table.Add(
        {ToText(status.policy().key()), status.policy().name(),
         OperText(status) + (status.sla_violated() ? ", SLA VIOLATED" : "") +
             (status.protection().state() == v1::PROTECTION_STATE_UNPROTECTED ? ", UNPROTECTED"
                                                                              : ""),
         PushText(status), status.has_active() ? absl::StrCat(active.cost()) : "",
         active.metrics().has_delay_us() ? FormatMicroseconds(active.metrics().delay_us()) : "",
         SegmentListsLine(active), absl::StrCat(status.changes())});
  }
  return table.ToString();
}

std::string PolicyText(const v1::PolicyStatus& status) {
  const v1::Policy& policy = status.policy();
  std::string text =
      absl::StrCat("policy ", ToText(policy.key()),
                   policy.name().empty() ? "" : absl::StrCat(" '", policy.name(), "'"), ": ",
                   OperText(status), ", ", PushText(status), "\n");
  if (!status.push_error().empty()) {
    absl::StrAppend(&text, "  refused  ", status.push_error(), "\n");
  }
  if (status.has_active()) {
    absl::StrAppend(&text, ActiveText(status));
  }
  if (policy.has_disjoint()) {
    absl::StrAppend(&text, "  disjoint from the others of group '", policy.disjoint().group(),
                    "'\n");
  }
  if (status.has_protection()) {
    absl::StrAppend(&text, BackupText(status));
  }
  for (int i = 0; i < policy.candidate_paths_size(); ++i) {
    absl::StrAppend(&text, CandidateText(status, i));
  }
  absl::StrAppend(&text, "  changes  ", status.changes());
  if (status.has_last_change()) {
    absl::StrAppend(&text, ", last ",
                    google::protobuf::util::TimeUtil::ToString(status.last_change()));
  }
  absl::StrAppend(
      &text,
      status.last_change_reason().empty() ? "" : absl::StrCat(": ", status.last_change_reason()),
      "\n");
  if (status.has_last_event_to_push_us()) {
    absl::StrAppend(&text, "  event to push  ", FormatNumber(status.last_event_to_push_us(), 1),
                    " us\n");
  }
  return text;
}

std::string EventLine(const v1::PolicyEvent& event) {
  const v1::PolicyStatus& status = event.status();
  std::string line = absl::StrCat(event.revision(), "  ", ToText(status.policy().key()), "  ");
  if (event.removed()) {
    return absl::StrCat(line, "removed");
  }
  absl::StrAppend(&line, OperText(status), ", ", PushText(status));
  if (status.has_protection()) {
    absl::StrAppend(&line, ", ", ProtectionWord(status.protection()));
  }
  if (status.has_active()) {
    absl::StrAppend(&line, "  ", SegmentListsLine(status.active()));
  }
  if (!status.last_change_reason().empty()) {
    absl::StrAppend(&line, "  (", status.last_change_reason(), ")");
  }
  return line;
}

}  // namespace srpce::ctl
