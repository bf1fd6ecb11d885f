// daemon/services/rpc_status.h -- absl::Status to what a gRPC client gets: code, "REASON: message",
// and google.rpc details.
#pragma once

#include <grpcpp/support/status.h>

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace srpce::services {

// The reasons of failed calls, machine-readable and part of the API. "There is no path" is not
// among them: that is an answer.
inline constexpr char kReasonInvalidArgument[] = "INVALID_ARGUMENT";
inline constexpr char kReasonUnknownNode[] = "UNKNOWN_NODE";
inline constexpr char kReasonUnknownSource[] = "UNKNOWN_SOURCE";
inline constexpr char kReasonUnknownPolicy[] = "UNKNOWN_POLICY";
inline constexpr char kReasonComputeQueueFull[] = "COMPUTE_QUEUE_FULL";
inline constexpr char kReasonTooManyChanges[] = "TOO_MANY_CHANGES";
inline constexpr char kReasonStoreFailed[] = "STORE_FAILED";
inline constexpr char kReasonSlowReader[] = "SLOW_READER";
inline constexpr char kReasonTooManyStreams[] = "TOO_MANY_STREAMS";
inline constexpr char kReasonSourceConnected[] = "SOURCE_CONNECTED";
inline constexpr char kReasonHelloMissing[] = "HELLO_MISSING";
inline constexpr char kReasonBadSequence[] = "BAD_SEQUENCE";
inline constexpr char kReasonInternal[] = "INTERNAL";  // A defect of the daemon.
inline constexpr char kReasonShuttingDown[] = "SHUTTING_DOWN";

// Returns `status` for the wire. The message is cut to some 2 KB, as it travels in a header. An OK
// status stays OK.
grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view reason,
                          const std::map<std::string, std::string>& metadata = {});

}  // namespace srpce::services
