// daemon/services/arena_messages.h -- the request and the response of a unary call in one block of
// memory, gone at once: answers are trees of small messages.
#pragma once

#include <google/protobuf/arena.h>
#include <grpcpp/support/message_allocator.h>

#include <array>
#include <cstddef>

namespace srpce::services {

// For SetMessageAllocatorFor_...(); outlives the server.
template <typename Request, typename Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Holder; }

 private:
  class Holder final : public grpc::MessageHolder<Request, Response> {
   public:
    Holder() : arena_(block_.data(), block_.size()) {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override { delete this; }

   private:
    // Holds most answers; larger ones take more blocks.
    alignas(std::max_align_t) std::array<char, 4096> block_;
    google::protobuf::Arena arena_;
  };
};

}  // namespace srpce::services
