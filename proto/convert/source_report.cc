#include "proto/convert/source_report.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"

namespace srpce::convert {
namespace {

// Checks the elements of one list; keeps the first error, with its place in the report.
class ListCheck {
 public:
  ListCheck(absl::string_view list, int size, size_t max) : list_(list) {
    if (static_cast<size_t>(size) > max) {
      status_ =
          absl::InvalidArgumentError(absl::StrCat(list, ": got ", size, ", want at most ", max));
    }
  }

  void Next() { ++index_; }
  void Size(absl::string_view field, const std::string& value, size_t max) {
    if (value.size() > max) {
      Fail(field, absl::StrCat("got ", value.size(), " octets, want at most ", max));
    }
  }
  void Text(absl::string_view field, const std::string& value) {
    Size(field, value, plugin::kMaxReportText);
    if (!plugin::IsPlainText(value)) {
      Fail(field, absl::StrCat("got '", absl::CHexEscape(value),
                               "', want UTF-8 without control characters"));
    }
  }
  void NotEmpty(absl::string_view field, const std::string& value) {
    if (value.empty()) {
      Fail(field, "got none, want a name");
    }
    Text(field, value);
  }
  // `value` outlives the check. REQUIRES one field of the list is held to this.
  void Unique(absl::string_view field, const std::string& value) {
    if (!seen_.insert(value).second) {
      Fail(field, absl::StrCat("got '", value, "' twice, want it once"));
    }
  }
  void Fail(absl::string_view field, absl::string_view what) {
    if (status_.ok()) {
      status_ =
          absl::InvalidArgumentError(absl::StrCat(list_, "[", index_, "].", field, ": ", what));
    }
  }
  const absl::Status& status() const { return status_; }

 private:
  const absl::string_view list_;
  int index_ = -1;
  absl::flat_hash_set<absl::string_view> seen_;
  absl::Status status_;
};

bool IsCounterName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_';
  });
}

absl::Status CheckPeers(const v1::SourceReport& report) {
  ListCheck check("peers", report.peers_size(), plugin::kMaxReportPeers);
  for (const v1::SourcePeer& peer : report.peers()) {
    check.Next();
    check.NotEmpty("name", peer.name());
    check.Unique("name", peer.name());
    check.Text("address", peer.address());
    check.Text("state", peer.state());
    check.Text("detail", peer.detail());
    if (!std::isfinite(peer.seconds_in_state()) || peer.seconds_in_state() < 0) {
      check.Fail("seconds_in_state",
                 absl::StrCat("got ", peer.seconds_in_state(), ", want 0 or more"));
    }
    SRPCE_RETURN_IF_ERROR(check.status());
  }
  return check.status();
}

absl::Status CheckUnknown(const v1::SourceReport& report) {
  ListCheck check("unknown", report.unknown_size(), plugin::kMaxReportUnknown);
  for (const v1::UnknownElement& element : report.unknown()) {
    check.Next();
    check.NotEmpty("kind", element.kind());
    check.Text("text", element.text());
    check.Text("where", element.where());
    check.Size("octets", element.octets(), plugin::kMaxReportOctets);
    SRPCE_RETURN_IF_ERROR(check.status());
  }
  return check.status();
}

absl::Status CheckCounters(const v1::SourceReport& report) {
  ListCheck check("counters", report.counters_size(), plugin::kMaxReportCounters);
  for (const v1::SourceCounter& counter : report.counters()) {
    check.Next();
    check.Text("name", counter.name());
    check.Unique("name", counter.name());
    if (!IsCounterName(counter.name())) {
      check.Fail("name", absl::StrCat("got '", counter.name(), "', want a-z, 0-9 and _"));
    }
    SRPCE_RETURN_IF_ERROR(check.status());
  }
  return check.status();
}

absl::Status Check(const v1::SourceReport& report) {
  if (const size_t bytes = report.ByteSizeLong(); bytes > plugin::kMaxReportBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("got ", bytes, " octets in all, want at most ", plugin::kMaxReportBytes));
  }
  SRPCE_RETURN_IF_ERROR(CheckPeers(report));
  SRPCE_RETURN_IF_ERROR(CheckUnknown(report));
  return CheckCounters(report);
}

}  // namespace

absl::StatusOr<plugin::SourceReport> FromProto(const v1::SourceReport& proto) {
  SRPCE_RETURN_IF_ERROR(Check(proto));
  plugin::SourceReport to;
  to.peers.reserve(static_cast<size_t>(proto.peers_size()));
  for (const v1::SourcePeer& peer : proto.peers()) {
    to.peers.push_back({.name = peer.name(),
                        .address = peer.address(),
                        .state = peer.state(),
                        .up = peer.up(),
                        .detail = peer.detail(),
                        .sessions = peer.sessions(),
                        .elements = peer.elements(),
                        .stale_elements = peer.stale_elements(),
                        .seconds_in_state = peer.seconds_in_state()});
  }
  to.unknown.reserve(static_cast<size_t>(proto.unknown_size()));
  for (const v1::UnknownElement& element : proto.unknown()) {
    to.unknown.push_back({.kind = element.kind(),
                          .code = element.code(),
                          .text = element.text(),
                          .where = element.where(),
                          .octets = element.octets(),
                          .count = element.count()});
  }
  to.counters.reserve(static_cast<size_t>(proto.counters_size()));
  for (const v1::SourceCounter& counter : proto.counters()) {
    to.counters.push_back({.name = counter.name(), .value = counter.value()});
  }
  return to;
}

void ToProto(const plugin::SourceReport& from, v1::SourceReport* to) {
  for (const plugin::SourcePeer& peer : from.peers) {
    v1::SourcePeer* added = to->add_peers();
    added->set_name(peer.name);
    added->set_address(peer.address);
    added->set_state(peer.state);
    added->set_up(peer.up);
    added->set_detail(peer.detail);
    added->set_sessions(peer.sessions);
    added->set_elements(peer.elements);
    added->set_stale_elements(peer.stale_elements);
    added->set_seconds_in_state(peer.seconds_in_state);
  }
  for (const plugin::UnknownElement& element : from.unknown) {
    v1::UnknownElement* added = to->add_unknown();
    added->set_kind(element.kind);
    added->set_code(element.code);
    added->set_text(element.text);
    added->set_where(element.where);
    added->set_octets(element.octets);
    added->set_count(element.count);
  }
  for (const plugin::SourceCounter& counter : from.counters) {
    v1::SourceCounter* added = to->add_counters();
    added->set_name(counter.name);
    added->set_value(counter.value);
  }
}

}  // namespace srpce::convert
