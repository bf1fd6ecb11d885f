// daemon/services/workspace_pool.h -- search workspaces lent to whichever thread computes.
//
// gRPC decides how many threads it has and when they end, so workspaces belong to the service and
// not to threads. The last returned is the first lent: its memory is warm.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "lib/cspf/compute_path.h"

namespace srpce::services {

class WorkspacePool {
 public:
  // `potentials` may be null; it outlives the pool.
  explicit WorkspacePool(const cspf::PotentialCache* potentials) : potentials_(potentials) {}

  // Gives the workspace back when it goes.
  class Lease {
   public:
    Lease(WorkspacePool& pool, std::unique_ptr<cspf::Workspace> workspace)
        : pool_(pool), workspace_(std::move(workspace)) {}
    ~Lease() { pool_.Return(std::move(workspace_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    cspf::Workspace& operator*() { return *workspace_; }

   private:
    WorkspacePool& pool_;
    std::unique_ptr<cspf::Workspace> workspace_;
  };

  Lease Take() {
    std::unique_ptr<cspf::Workspace> workspace;
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        workspace = std::move(free_.back());
        free_.pop_back();
      }
    }
    if (workspace == nullptr) {
      workspace = std::make_unique<cspf::Workspace>(potentials_);
    }
    return Lease(*this, std::move(workspace));
  }

 private:
  void Return(std::unique_ptr<cspf::Workspace> workspace) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(workspace));
  }

  const cspf::PotentialCache* const potentials_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<cspf::Workspace>> free_;
};

}  // namespace srpce::services
