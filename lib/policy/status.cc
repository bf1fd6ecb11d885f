// lib/policy/status.cc -- names of states, and the choice of the active candidate path (RFC 9256
// s2.9).
#include "lib/policy/status.h"

#include <tuple>

namespace srpce::policy {
namespace {

// Compares as "a is to be used rather than b", in the order of RFC 9256 s2.9.
bool Better(const std::vector<CandidatePath>& candidates, size_t a, size_t b,
            std::optional<size_t> installed) {
  const CandidatePath& x = candidates[a];
  const CandidatePath& y = candidates[b];
  if (x.preference != y.preference) {
    return x.preference > y.preference;
  }
  if (x.origin != y.origin) {
    return x.origin > y.origin;
  }
  if (installed == a || installed == b) {
    return installed == a;
  }
  const auto originator = [](const CandidatePath& path) {
    return std::tie(path.originator_asn, path.originator_address);
  };
  if (originator(x) != originator(y)) {
    return originator(x) < originator(y);
  }
  return x.discriminator > y.discriminator;
}

}  // namespace

const char* OperStateName(OperState state) {
  switch (state) {
    case OperState::kPending:
      return "pending";
    case OperState::kDown:
      return "down";
    case OperState::kUp:
      return "up";
  }
  return "unknown";
}

const char* PushStateName(PushState state) {
  switch (state) {
    case PushState::kNone:
      return "none";
    case PushState::kWaiting:
      return "waiting";
    case PushState::kSent:
      return "sent";
    case PushState::kInstalled:
      return "installed";
    case PushState::kFailed:
      return "failed";
  }
  return "unknown";
}

const char* ProtectionStateName(ProtectionState state) {
  switch (state) {
    case ProtectionState::kPending:
      return "pending";
    case ProtectionState::kUnprotected:
      return "unprotected";
    case ProtectionState::kProtected:
      return "protected";
  }
  return "unknown";
}

std::optional<size_t> SelectCandidate(const std::vector<CandidatePath>& candidates,
                                      const std::vector<bool>& valid,
                                      std::optional<size_t> installed) {
  std::optional<size_t> best;
  for (size_t i = 0; i < candidates.size() && i < valid.size(); ++i) {
    if (valid[i] && (!best || Better(candidates, i, *best, installed))) {
      best = i;
    }
  }
  return best;
}

}  // namespace srpce::policy
