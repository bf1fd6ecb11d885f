// tests/support/gnmi_target.h -- a router that answers gNMI Subscribe, written from the
// specification; what it says, and how badly it behaves, is up to the test.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "gnmi/gnmi.pb.h"

namespace srpce::support {

struct GnmiTargetOptions {
  std::string listen = "127.0.0.1:0";
  // PEM. Empty = no TLS. With `client_ca` clients need a certificate of it.
  std::string certificate;
  std::string key;
  std::string client_ca;
  // Empty = whoever comes.
  std::string username;
  std::string password;
};

class GnmiTarget {
 public:
  explicit GnmiTarget(const GnmiTargetOptions& options = {});
  ~GnmiTarget();  // Breaks what is open.
  GnmiTarget(const GnmiTarget&) = delete;
  GnmiTarget& operator=(const GnmiTarget&) = delete;

  const std::string& address() const;  // "127.0.0.1:40123"
  // Waits for the next subscription, which is what the calls below are about from then on. None if
  // nobody comes.
  std::optional<gnmi::SubscribeRequest> AwaitSubscription(
      std::chrono::milliseconds patience = std::chrono::seconds(30));
  void Send(const gnmi::Notification& notification);
  void SendSync();
  // Ends the subscription from this side.
  void Close(int status_code, const std::string& message);
  int subscriptions() const;  // So far.
  int refused() const;        // For a wrong name or password.

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Adds "/a/b[k=v]/c" = JSON to `notification`, or a typed value.
void AddJson(gnmi::Notification& notification, const std::string& path, const std::string& json);
gnmi::TypedValue& AddValue(gnmi::Notification& notification, const std::string& path);
gnmi::Path GnmiPath(const std::string& text);

// Certificates for one test, made by the openssl command: PEM texts.
struct TestCertificates {
  std::string ca;
  std::string server;  // For the name router.test.
  std::string server_key;
  std::string client;
  std::string client_key;
};
// Empty if there is no openssl.
TestCertificates MakeCertificates(const std::string& folder);

}  // namespace srpce::support
