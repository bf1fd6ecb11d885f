// Routers in memory: sessions, answers, refusals.
#include "plugins/southbound/simulated/simulated_southbound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "absl/strings/str_cat.h"

namespace srpce::southbound {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Listener final : public plugin::SouthboundListener {
 public:
  void OnSession(const std::string& headend, bool up) override {
    Add(absl::StrCat("session ", headend, up ? " up" : " down"));
  }
  void OnResult(const policy::PolicyKey& key, uint64_t fingerprint, bool removed,
                const absl::Status& result) override {
    last_fingerprint = fingerprint;
    Add(absl::StrCat(removed ? "removed " : "installed ", ToString(key), " ",
                     result.ok() ? "ok" : "refused"));
  }
  void OnLinkEvent(const std::string&, const std::string&, bool, MonotonicTime) override {}

  // Waits for the next `count` reports.
  std::vector<std::string> Take(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return log_.size() >= count; });
    return std::exchange(log_, {});
  }
  uint64_t last_fingerprint = 0;

 private:
  void Add(std::string entry) {
    const std::lock_guard<std::mutex> lock(mutex_);
    log_.push_back(std::move(entry));
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> log_;
};

plugin::PolicyConfig Config(const std::string& headend, uint32_t color) {
  plugin::PolicyConfig config;
  config.key = {.headend = headend, .color = color, .endpoint = "z"};
  config.lists.emplace_back();
  return config;
}

TEST(SimulatedSouthboundTest, TakesEverythingInOrderAndSaysSo) {
  Listener listener;
  SimulatedSouthbound southbound;
  southbound.Start(&listener, {{Config("a", 1).key, Config("a", 1)}});
  EXPECT_THAT(listener.Take(2), ElementsAre("session a up", "installed a/1/z ok"));
  EXPECT_TRUE(southbound.Install(Config("a", 2)));
  EXPECT_TRUE(southbound.Install(Config("b", 1)));
  EXPECT_TRUE(southbound.Remove(Config("a", 1).key));
  EXPECT_THAT(listener.Take(4), ElementsAre("installed a/2/z ok", "session b up",
                                            "installed b/1/z ok", "removed a/1/z ok"));
  EXPECT_EQ(listener.last_fingerprint, Config("a", 1).Fingerprint());
  EXPECT_EQ(southbound.installed().size(), 2U);
  southbound.Stop();
  EXPECT_FALSE(southbound.Install(Config("c", 1)));
}

TEST(SimulatedSouthboundTest, RefusesWhereToldTo) {
  plugin::Registry registry;
  ASSERT_TRUE(RegisterSimulatedSouthbound(registry).ok());
  const auto southbound = registry.southbounds.Make("simulated", {{"refuse", "b, c"}});
  ASSERT_TRUE(southbound.ok()) << southbound.status();
  Listener listener;
  (*southbound)->Start(&listener, {});
  (*southbound)->Install(Config("c", 1));
  EXPECT_THAT(listener.Take(2), ElementsAre("session c up", "installed c/1/z refused"));
  (*southbound)->Stop();
}

TEST(SimulatedSouthboundTest, UnknownSettingIsAnError) {
  plugin::Registry registry;
  ASSERT_TRUE(RegisterSimulatedSouthbound(registry).ok());
  EXPECT_THAT(
      std::string(registry.southbounds.Make("simulated", {{"colour", "x"}}).status().message()),
      HasSubstr("got 'colour'"));
  EXPECT_TRUE(absl::IsAlreadyExists(RegisterSimulatedSouthbound(registry)));
}

}  // namespace
}  // namespace srpce::southbound
