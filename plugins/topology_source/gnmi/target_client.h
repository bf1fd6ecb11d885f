// plugins/topology_source/gnmi/target_client.h -- the subscription to one target, kept up for ever.
//
// No thread of its own: gRPC's bring the answers, the owner's Tick connects, gives up the silent
// and waits between tries. So a hundred targets cost a hundred sockets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gnmi/gnmi.pb.h"
#include "lib/base/clock.h"
#include "plugins/topology_source/gnmi/mapping.h"
#include "srpce/config/v1/gnmi_config.pb.h"

namespace srpce::gnmi_source {

// Called from gRPC's threads and from Tick, one call at a time.
class TargetListener {
 public:
  virtual ~TargetListener() = default;
  virtual void OnConnecting() = 0;
  virtual void OnResponse(const gnmi::SubscribeResponse& response) = 0;
  // After each OnConnecting.
  virtual void OnLost() = 0;
};

struct ClientStatus {
  std::string state = "waiting";  // "connecting", "subscribed".
  bool up = false;
  std::string detail;     // Why the last try ended.
  uint64_t sessions = 0;  // Times it answered.
  MonotonicTime since;
};

class TargetClient {
 public:
  // All outlive the client.
  TargetClient(const config::v1::GnmiTarget& target, const std::vector<Subscription>& subscriptions,
               TargetListener& listener);
  ~TargetClient();  // Stops.
  TargetClient(const TargetClient&) = delete;
  TargetClient& operator=(const TargetClient&) = delete;

  // Call it often: nothing is done but here and when an answer comes.
  void Tick(MonotonicTime now);
  // Cancel makes Stop quick where there are many. After Stop the listener is not called.
  void Cancel();
  void Stop();

  ClientStatus status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// What is sent to the target.
gnmi::SubscribeRequest MakeRequest(const config::v1::GnmiTarget& target,
                                   const std::vector<Subscription>& subscriptions);

// How long to wait after the `failures`th try in a row that failed, from 1: doubled each time, at
// most the target's maximum, and of that a share of one half to one at random, so that the
// targets of a site that went dark do not all come back in step.
Duration BackoffAfter(const config::v1::GnmiTarget& target, uint64_t failures, double random);

}  // namespace srpce::gnmi_source
