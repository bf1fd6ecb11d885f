// plugins/store/sqlite/sqlite_store.cc -- schema, load and commit.
#include "plugins/store/sqlite/sqlite_store.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "plugins/store/sqlite/statement.h"
#include "proto/convert/policy.h"

namespace srpce::store {
namespace {

constexpr int kBusyTimeoutMs = 2000;

// Each entry leads from the schema version of its index to the next. Append only.
constexpr const char* kMigrations[] = {
    R"(CREATE TABLE policy (
         headend TEXT NOT NULL,
         color INTEGER NOT NULL,
         endpoint TEXT NOT NULL,
         intent BLOB NOT NULL,       -- srpce.v1.Policy
         installed BLOB,             -- srpce.v1.InstallPolicy
         PRIMARY KEY (headend, color, endpoint)) WITHOUT ROWID;
       CREATE TABLE state (
         name TEXT PRIMARY KEY,
         value INTEGER NOT NULL) WITHOUT ROWID;
       INSERT INTO state VALUES ('revision', 0);)",
};
constexpr int64_t kSchemaVersion = std::size(kMigrations);

absl::StatusOr<plugin::StoredPolicy> ReadRow(Statement& row) {
  v1::Policy intent;
  if (!intent.ParseFromString(row.Bytes(0))) {
    return absl::DataLossError("intent does not parse");
  }
  plugin::StoredPolicy stored;
  SRPCE_ASSIGN_OR_RETURN(stored.intent, convert::FromProto(intent));
  if (!row.IsNull(1)) {
    v1::InstallPolicy installed;
    if (!installed.ParseFromString(row.Bytes(1))) {
      return absl::DataLossError("installed state does not parse");
    }
    SRPCE_ASSIGN_OR_RETURN(stored.installed, convert::FromProto(installed));
  }
  return stored;
}

template <typename Message, typename From>
std::string Serialize(const From& from) {
  Message message;
  convert::ToProto(from, &message);
  return message.SerializeAsString();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path) {
  std::unique_ptr<SqliteStore> store(new SqliteStore(path));
  SRPCE_RETURN_IF_ERROR(store->OpenDatabase());
  SRPCE_RETURN_IF_ERROR(store->CheckIntegrity());
  SRPCE_RETURN_IF_ERROR(store->Migrate());
  return store;
}

SqliteStore::~SqliteStore() { sqlite3_close(db_); }

absl::Status SqliteStore::Error(const std::string& what, int code) const {
  const std::string message =
      absl::StrCat("store ", path_, ": ", what, ": ",
                   db_ != nullptr ? sqlite3_errmsg(db_) : sqlite3_errstr(code));
  switch (code & 0xff) {  // Without the extended part.
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(message);
    case SQLITE_IOERR:
      // A full disk shows up as a failed write, too.
      return db_ != nullptr && sqlite3_system_errno(db_) == ENOSPC
                 ? absl::ResourceExhaustedError(message)
                 : absl::UnavailableError(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(absl::StrCat(
          message, "; stop srpced, keep a copy of the file, and restore a backup or run: sqlite3 '",
          path_, "' .recover | sqlite3 recovered.db"));
    default:
      return absl::UnavailableError(message);
  }
}

absl::Status SqliteStore::Execute(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error("execute", code);
}

absl::StatusOr<int64_t> SqliteStore::QueryNumber(const char* sql) {
  Statement query(db_, sql);
  const int code = query.Step();
  if (code != SQLITE_ROW) {
    return Error(sql, code);
  }
  return query.Number(0);
}

absl::Status SqliteStore::OpenDatabase() {
  const int code =
      sqlite3_open_v2(path_.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  if (code != SQLITE_OK) {
    return Error("open", code);
  }
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
  // One writer: a second daemon on the same file is a mistake, and must learn so at once.
  SRPCE_RETURN_IF_ERROR(Execute("PRAGMA locking_mode = EXCLUSIVE"));
  SRPCE_RETURN_IF_ERROR(Execute("PRAGMA journal_mode = WAL"));
  return Execute("PRAGMA synchronous = FULL");
}

absl::Status SqliteStore::CheckIntegrity() {
  Statement check(db_, "PRAGMA quick_check(1)");
  const int code = check.Step();
  if (code != SQLITE_ROW) {
    return Error("integrity check", code);
  }
  const std::string answer = check.Bytes(0);
  if (answer != "ok") {
    return absl::DataLossError(absl::StrCat(
        "store ", path_, ": integrity check: ", answer,
        "; stop srpced, keep a copy of the file, and restore a backup or run: sqlite3 '", path_,
        "' .recover | sqlite3 recovered.db"));
  }
  return absl::OkStatus();
}

absl::Status SqliteStore::Migrate() {
  SRPCE_ASSIGN_OR_RETURN(const int64_t version, QueryNumber("PRAGMA user_version"));
  if (version > kSchemaVersion || version < 0) {
    return absl::FailedPreconditionError(absl::StrCat("store ", path_, ": schema version: got ",
                                                      version, ", want at most ", kSchemaVersion,
                                                      ": a newer srpced wrote it"));
  }
  for (int64_t from = version; from < kSchemaVersion; ++from) {
    const std::string sql = absl::StrCat("BEGIN IMMEDIATE;", kMigrations[from],
                                         "PRAGMA user_version = ", from + 1, "; COMMIT;");
    if (absl::Status status = Execute(sql.c_str()); !status.ok()) {
      sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
      return status;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<plugin::StoreState> SqliteStore::Load() {
  plugin::StoreState state;
  SRPCE_ASSIGN_OR_RETURN(const int64_t revision,
                         QueryNumber("SELECT value FROM state WHERE name = 'revision'"));
  state.revision = static_cast<uint64_t>(revision);
  Statement rows(db_,
                 "SELECT intent, installed, headend, color, endpoint FROM policy "
                 "ORDER BY headend, color, endpoint");
  int code = rows.Step();
  for (; code == SQLITE_ROW; code = rows.Step()) {
    auto stored = ReadRow(rows);
    if (!stored.ok()) {
      return absl::DataLossError(absl::StrCat(
          "store ", path_, ": policy ", rows.Bytes(2), "/", rows.Number(3), "/", rows.Bytes(4),
          ": ", stored.status().message(), "; delete this row or restore a backup"));
    }
    state.policies.push_back(*std::move(stored));
  }
  if (code != SQLITE_DONE) {
    return Error("load", code);
  }
  return state;
}

absl::Status SqliteStore::Write(const plugin::StoreBatch& batch) {
  const auto run = [this](Statement& statement) {
    const int code = statement.Run();
    return code == SQLITE_OK ? absl::OkStatus() : Error("write", code);
  };
  Statement put(db_,
                "INSERT INTO policy (headend, color, endpoint, intent) VALUES (?1, ?2, ?3, ?4) "
                "ON CONFLICT DO UPDATE SET intent = ?4");
  for (const policy::PolicyIntent& intent : batch.put_intents) {
    put.BindKey(1, intent.key);
    put.BindBlob(4, Serialize<v1::Policy>(intent));
    SRPCE_RETURN_IF_ERROR(run(put));
  }
  Statement install(
      db_, "UPDATE policy SET installed = ?4 WHERE headend = ?1 AND color = ?2 AND endpoint = ?3");
  for (const plugin::PolicyConfig& config : batch.put_installed) {
    install.BindKey(1, config.key);
    install.BindBlob(4, Serialize<v1::InstallPolicy>(config));
    SRPCE_RETURN_IF_ERROR(run(install));
  }
  Statement clear(
      db_,
      "UPDATE policy SET installed = NULL WHERE headend = ?1 AND color = ?2 AND endpoint = ?3");
  for (const policy::PolicyKey& key : batch.clear_installed) {
    clear.BindKey(1, key);
    SRPCE_RETURN_IF_ERROR(run(clear));
  }
  Statement remove(db_, "DELETE FROM policy WHERE headend = ?1 AND color = ?2 AND endpoint = ?3");
  for (const policy::PolicyKey& key : batch.remove) {
    remove.BindKey(1, key);
    SRPCE_RETURN_IF_ERROR(run(remove));
  }
  Statement revision(db_, "UPDATE state SET value = max(value, ?1) WHERE name = 'revision'");
  revision.Bind(1, static_cast<int64_t>(batch.revision));
  SRPCE_RETURN_IF_ERROR(run(revision));
  // SQLite writes no page whose bytes stay the same; with this a transaction always tries the disk,
  // and its success says something.
  Statement commits(db_,
                    "INSERT INTO state VALUES ('commits', 1) "
                    "ON CONFLICT DO UPDATE SET value = value + 1");
  return run(commits);
}

absl::Status SqliteStore::Commit(const plugin::StoreBatch& batch) {
  SRPCE_RETURN_IF_ERROR(Execute("BEGIN IMMEDIATE"));
  absl::Status status = Write(batch);
  if (status.ok()) {
    status = Execute("COMMIT");
  }
  if (!status.ok() && sqlite3_get_autocommit(db_) == 0) {
    // Some errors (full disk) have rolled back already; then there is nothing to end.
    sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  return status;
}

void SqliteStore::LimitPages(int pages) {
  // Best effort: a test sees by its effect whether it took.
  sqlite3_exec(db_, absl::StrCat("PRAGMA max_page_count = ", pages).c_str(), nullptr, nullptr,
               nullptr);
}

absl::Status RegisterSqliteStore(plugin::Registry& registry) {
  return registry.stores.Add(
      "sqlite",
      [](const plugin::Settings& settings) -> absl::StatusOr<std::unique_ptr<plugin::Store>> {
        const auto path = settings.find("path");
        if (path == settings.end() || path->second.empty()) {
          return absl::InvalidArgumentError("sqlite: path: got nothing, want a file name");
        }
        for (const auto& [name, value] : settings) {
          if (name != "path") {
            return absl::InvalidArgumentError(
                absl::StrCat("sqlite: setting: got '", name, "', want path"));
          }
        }
        return SqliteStore::Open(path->second);
      });
}

}  // namespace srpce::store
