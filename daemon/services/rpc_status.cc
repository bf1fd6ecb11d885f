#include "daemon/services/rpc_status.h"

#include "absl/strings/str_cat.h"
#include "srpce/v1/error.pb.h"

namespace srpce::services {
namespace {

// Status and details together must stay below the 8 KB of metadata that peers accept by default.
constexpr size_t kMaxMessage = 2048;

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view reason,
                          const std::map<std::string, std::string>& metadata) {
  if (status.ok()) {
    return grpc::Status::OK;
  }
  std::string message = absl::StrCat(reason, ": ", status.message());
  if (message.size() > kMaxMessage) {
    constexpr char kCut[] = " ... (cut)";
    message.resize(kMaxMessage - sizeof(kCut));
    message += kCut;
  }
  v1::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain("srpce");
  info.mutable_metadata()->insert(metadata.begin(), metadata.end());
  v1::StatusDetails details;
  details.set_code(status.raw_code());
  details.set_message(message);
  auto* any = details.add_details();
  any->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  any->set_value(info.SerializeAsString());
  // absl and gRPC number the canonical codes alike.
  return {static_cast<grpc::StatusCode>(status.raw_code()), message, details.SerializeAsString()};
}

}  // namespace srpce::services
