// plugins/store/sqlite/statement.h -- one prepared SQL statement, finalized with its scope.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

#include "lib/policy/intent.h"

namespace srpce::store {

// Parameters and columns count from 1 and 0, as in SQLite. Errors of binding show up in Step.
class Statement {
 public:
  Statement(sqlite3* db, const char* sql) {
    code_ = sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void Bind(int index, int64_t value) { Note(sqlite3_bind_int64(statement_, index, value)); }
  void BindText(int index, const std::string& value) {
    Note(sqlite3_bind_text64(statement_, index, value.data(), value.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8));
  }
  void BindBlob(int index, const std::string& value) {
    Note(sqlite3_bind_blob64(statement_, index, value.data(), value.size(), SQLITE_TRANSIENT));
  }
  // Headend, color and endpoint from `index` on.
  void BindKey(int index, const policy::PolicyKey& key) {
    BindText(index, key.headend);
    Bind(index + 1, key.color);
    BindText(index + 2, key.endpoint);
  }

  // Returns SQLITE_ROW, SQLITE_DONE or an error.
  int Step() { return code_ != SQLITE_OK ? code_ : sqlite3_step(statement_); }
  // Runs to the end and makes the statement ready for other parameters. Returns SQLITE_OK or an
  // error.
  int Run() {
    if (code_ != SQLITE_OK) {
      return code_;
    }
    int code = sqlite3_step(statement_);
    sqlite3_reset(statement_);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
  }

  int64_t Number(int column) { return sqlite3_column_int64(statement_, column); }
  bool IsNull(int column) { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::string Bytes(int column) {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return data == nullptr ? std::string()
                           : std::string(static_cast<const char*>(data), static_cast<size_t>(size));
  }

 private:
  void Note(int code) {
    if (code_ == SQLITE_OK) {
      code_ = code;
    }
  }

  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_OK;
};

}  // namespace srpce::store
