// The SQLite store: what goes in comes out, all of a batch or nothing, and what damage and full
// disks say.
#include "plugins/store/sqlite/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/support/temporary_folder.h"

namespace srpce::store {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

policy::PolicyIntent Intent(uint32_t color) {
  policy::PolicyIntent intent;
  intent.key = {.headend = "r1", .color = color, .endpoint = "r4"};
  intent.name = "gold";
  intent.priority = 7;
  intent.binding_label = 1000 + color;
  intent.steered_prefixes = {*IpPrefix::Parse("2001:db8::/32")};
  intent.disjoint = {.group = "g", .disjointness = cspf::Disjointness::kSrlgNode};
  policy::CandidatePath dynamic;
  policy::PathIntent bounds;
  bounds.objective = topology::MetricType::kDelay;
  bounds.max_delay = Microseconds(5000);
  bounds.max_loss = 0.001;
  bounds.min_bandwidth = {1'250'000};
  bounds.waypoints = {"r2"};
  dynamic.definition = bounds;
  policy::CandidatePath fixed;
  fixed.discriminator = 1;
  fixed.preference = 50;
  fixed.definition =
      std::vector<policy::ExplicitSegmentList>{{.labels = {16002, 16004}, .sids = {}}};
  intent.candidate_paths = {dynamic, fixed};
  return intent;
}

plugin::StoreBatch Put(std::vector<policy::PolicyIntent> intents,
                       std::vector<plugin::PolicyConfig> installed = {}) {
  plugin::StoreBatch batch;
  batch.put_intents = std::move(intents);
  batch.put_installed = std::move(installed);
  return batch;
}

plugin::StoreBatch At(uint64_t revision) {
  plugin::StoreBatch batch;
  batch.revision = revision;
  return batch;
}

plugin::PolicyConfig Config(uint32_t color) {
  plugin::PolicyConfig config;
  config.key = Intent(color).key;
  config.preference = 100;
  config.endpoint_address = *IpAddress::Parse("10.0.0.4");
  policy::WeightedList list;
  list.list.labels = {16002, 16004};
  config.lists = {list};
  return config;
}

class SqliteStoreTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteStore> Open() {
    auto store = SqliteStore::Open(path_);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }
  void Sql(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
    sqlite3_close(db);
  }

  const support::TemporaryFolder folder_;
  const std::string path_ = folder_.path() + "/policies.db";
};

TEST_F(SqliteStoreTest, NewFileIsEmpty) {
  const auto state = Open()->Load();
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_THAT(state->policies, IsEmpty());
  EXPECT_EQ(state->revision, 0U);
}

TEST_F(SqliteStoreTest, WhatIsCommittedIsThereAfterReopening) {
  plugin::StoreBatch batch = Put({Intent(2), Intent(1)}, {Config(1), Config(9)});
  batch.revision = 77;
  ASSERT_TRUE(Open()->Commit(batch).ok());
  const auto state = Open()->Load();
  ASSERT_TRUE(state.ok()) << state.status();
  ASSERT_EQ(state->policies.size(), 2U);
  EXPECT_TRUE(state->policies[0].intent == Intent(1));
  EXPECT_TRUE(state->policies[1].intent == Intent(2));
  EXPECT_EQ(state->policies[0].installed->Fingerprint(), Config(1).Fingerprint());
  EXPECT_FALSE(state->policies[1].installed.has_value());
  EXPECT_EQ(state->revision, 77U);
}

TEST_F(SqliteStoreTest, ChangedIntentKeepsWhatIsInstalledAndRemovalTakesBoth) {
  const auto store = Open();
  ASSERT_TRUE(store->Commit(Put({Intent(1), Intent(2)}, {Config(1)})).ok());
  policy::PolicyIntent changed = Intent(1);
  changed.name = "silver";
  ASSERT_TRUE(store->Commit(Put({changed})).ok());
  EXPECT_EQ(store->Load()->policies[0].intent.name, "silver");
  EXPECT_TRUE(store->Load()->policies[0].installed.has_value());
  plugin::StoreBatch clear;
  clear.clear_installed = {changed.key};
  ASSERT_TRUE(store->Commit(clear).ok());
  EXPECT_FALSE(store->Load()->policies[0].installed.has_value());
  plugin::StoreBatch remove;
  remove.remove = {changed.key};
  ASSERT_TRUE(store->Commit(remove).ok());
  EXPECT_EQ(store->Load()->policies.size(), 1U);
}

TEST_F(SqliteStoreTest, RevisionNeverFalls) {
  const auto store = Open();
  ASSERT_TRUE(store->Commit(At(10)).ok());
  ASSERT_TRUE(store->Commit(At(5)).ok());
  EXPECT_EQ(store->Load()->revision, 10U);
}

TEST_F(SqliteStoreTest, FullDiskKeepsNothingOfTheBatchAndTheStoreGoesOn) {
  const auto store = Open();
  ASSERT_TRUE(store->Commit(Put({Intent(1)})).ok());
  store->LimitPages(1);  // SQLite takes this as: no larger than now.
  plugin::StoreBatch large;
  for (uint32_t color = 2; color < 500; ++color) {
    large.put_intents.push_back(Intent(color));
  }
  const absl::Status status = store->Commit(large);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_EQ(store->Load()->policies.size(), 1U);
  store->LimitPages(100'000);
  EXPECT_TRUE(store->Commit(large).ok());
  EXPECT_EQ(store->Load()->policies.size(), 499U);
}

TEST_F(SqliteStoreTest, FileThatIsNoDatabaseIsDataLossWithAdvice) {
  std::ofstream(path_) << std::string(8192, 'x');
  const absl::Status status = SqliteStore::Open(path_).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("restore a backup"));
}

TEST_F(SqliteStoreTest, DamagedPagesAreFoundAtOpen) {
  plugin::StoreBatch batch;
  for (uint32_t color = 1; color < 300; ++color) {
    batch.put_intents.push_back(Intent(color));
  }
  ASSERT_TRUE(Open()->Commit(batch).ok());
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  for (int page = 3; page < 12; ++page) {
    file.seekp(page * 4096);
    file << std::string(512, '\xff');
  }
  file.close();
  EXPECT_TRUE(absl::IsDataLoss(SqliteStore::Open(path_).status()));
}

TEST_F(SqliteStoreTest, RowThatDoesNotParseNamesItsPolicy) {
  ASSERT_TRUE(Open()->Commit(Put({Intent(1)})).ok());
  Sql("UPDATE policy SET intent = x'ffffff'");
  const auto state = Open()->Load();
  EXPECT_TRUE(absl::IsDataLoss(state.status())) << state.status();
  EXPECT_THAT(std::string(state.status().message()), HasSubstr("r1/1/r4"));
}

TEST_F(SqliteStoreTest, NewerSchemaIsRefusedAndLeftAlone) {
  Open();
  Sql("PRAGMA user_version = 99");
  const absl::Status status = SqliteStore::Open(path_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("got 99"));
}

TEST_F(SqliteStoreTest, SecondProcessIsKeptOut) {
  const auto store = Open();
  EXPECT_TRUE(absl::IsUnavailable(SqliteStore::Open(path_).status()));
}

TEST_F(SqliteStoreTest, FolderThatIsNotThereIsAnError) {
  const absl::Status status = SqliteStore::Open(folder_.path() + "/no/such.db").status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("/no/such.db"));
}

TEST_F(SqliteStoreTest, RegistersUnderItsNameAndWantsAPath) {
  plugin::Registry registry;
  ASSERT_TRUE(RegisterSqliteStore(registry).ok());
  EXPECT_TRUE(registry.stores.Make("sqlite", {{"path", path_}}).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(registry.stores.Make("sqlite", {}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      registry.stores.Make("sqlite", {{"path", path_}, {"x", "y"}}).status()));
}

}  // namespace
}  // namespace srpce::store
