// Which addresses to listen on deserve a warning.
#include "daemon/srpced/listen.h"

#include <gtest/gtest.h>

namespace srpce::srpced {
namespace {

TEST(ListenTest, KnowsWhatOtherMachinesReach) {
  for (const char* address :
       {"127.0.0.1:1", "127.8.9.10:0", "[::1]:1", "localhost:1", "unix:/run/srpce.sock"}) {
    EXPECT_TRUE(IsLocalOnly(address)) << address;
  }
  for (const char* address : {"[::]:1", "0.0.0.0:1", "192.0.2.1:1", "[2001:db8::1]:1",
                              "pce.example.net:1", "128.0.0.1:1", "localhost.example.net:1"}) {
    EXPECT_FALSE(IsLocalOnly(address)) << address;
  }
}

}  // namespace
}  // namespace srpce::srpced
