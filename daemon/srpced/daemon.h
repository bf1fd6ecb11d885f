// daemon/srpced/daemon.h -- the parts of srpced put together: store, southbounds, TED writer,
// engine, gRPC, metrics.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "daemon/config/config_loader.h"
#include "daemon/srpced/ready.h"
#include "lib/plugin/registry.h"

namespace srpce::srpced {

class Daemon {
 public:
  // Returns a daemon that listens and works. Errors: of the part that could not start, named by the
  // setting that asks for it.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(const config::v1::Config& config,
                                                       const plugin::Registry& registry);
  // Makes what `config` asks for and starts none of it. Errors: of the plugin settings and token
  // files that Start would refuse.
  static absl::Status Check(const config::v1::Config& config, const plugin::Registry& registry);
  ~Daemon();  // Stops.
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Where it listens.
  const ReadyReport& addresses() const;
  // Says NOT_SERVING, ends streams, lets running calls finish (grpc.drain_ms at most), writes what
  // the store has not yet, stops. Routers keep what they have.
  void Stop();

 private:
  class Impl;
  explicit Daemon(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace srpce::srpced
