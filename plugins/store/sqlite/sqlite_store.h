// plugins/store/sqlite/sqlite_store.h -- policies in one SQLite file: write-ahead log, one fsync a
// batch, nothing half written.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/plugin/registry.h"
#include "lib/plugin/store.h"

struct sqlite3;

namespace srpce::store {

class SqliteStore final : public plugin::Store {
 public:
  // Opens `path`, or makes it; brings an older schema up to date.
  // Errors: DATA_LOSS            the file is damaged; the message says what to do.
  //         FAILED_PRECONDITION  a newer program wrote it.
  //         UNAVAILABLE          another process has it, or it cannot be opened.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(const std::string& path);
  ~SqliteStore() override;

  std::string name() const override { return "sqlite"; }
  absl::StatusOr<plugin::StoreState> Load() override;
  absl::Status Commit(const plugin::StoreBatch& batch) override;

  // For tests: the file may grow to `pages` pages, then the disk counts as full.
  void LimitPages(int pages);

 private:
  explicit SqliteStore(std::string path) : path_(std::move(path)) {}

  absl::Status OpenDatabase();
  absl::Status CheckIntegrity();
  absl::Status Migrate();
  absl::Status Execute(const char* sql);
  absl::StatusOr<int64_t> QueryNumber(const char* sql);
  absl::Status Write(const plugin::StoreBatch& batch);
  // The status of result `code`, with SQLite's words for it.
  absl::Status Error(const std::string& what, int code) const;

  const std::string path_;
  sqlite3* db_ = nullptr;
};

// Registers "sqlite". Setting: path, required. Errors: ALREADY_EXISTS.
absl::Status RegisterSqliteStore(plugin::Registry& registry);

}  // namespace srpce::store
