// daemon/services/arena_messages.h -- the request and the response of a unary call in one block of
// memory, gone at once and used again: answers are trees of small messages.
#pragma once

#include <google/protobuf/arena.h>
#include <grpcpp/support/message_allocator.h>

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace srpce::services {

// For SetMessageAllocatorFor_...(); outlives the server.
template <typename Request, typename Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override {
    std::unique_ptr<Holder> holder;
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        holder = std::move(free_.back());
        free_.pop_back();
      }
    }
    if (holder == nullptr) holder = std::make_unique<Holder>(*this);
    holder->Make();
    return holder.release();  // Until gRPC calls Release().
  }

 private:
  // Calls beyond so many at once pay for their memory.
  static constexpr size_t kMaxFree = 256;

  class Holder final : public grpc::MessageHolder<Request, Response> {
   public:
    explicit Holder(ArenaMessages& owner) : owner_(owner), arena_(block_.data(), block_.size()) {}
    void Make() {
      arena_.Reset();  // The block serves the thread that did this last: the one that answers.
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override {
      arena_.Reset();
      owner_.Return(std::unique_ptr<Holder>(this));
    }

   private:
    ArenaMessages& owner_;
    // Holds most answers; larger ones take more blocks.
    alignas(std::max_align_t) std::array<char, 4096> block_;
    google::protobuf::Arena arena_;
  };

  void Return(std::unique_ptr<Holder> holder) {
    const std::lock_guard lock(mutex_);
    if (free_.size() < kMaxFree) free_.push_back(std::move(holder));
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Holder>> free_;  // The last returned goes first: it is warm.
};

}  // namespace srpce::services
