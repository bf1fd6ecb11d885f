// lib/pce/reactor_commands.cc -- what users, headends and the store say to the reactor.
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/pce/reactor.h"

namespace srpce::pce {
namespace {

// Each command is checked against all changes before it in its transaction: not too many of either.
constexpr size_t kCommandsPerTransaction = 256;
constexpr size_t kChangesPerTransaction = 1024;

// When a headend that refused to take a policy away is asked again.
constexpr Duration kRemovalRetry = std::chrono::seconds(10);

// What a user is told when the store does not keep his policies: nothing changed, try again.
absl::Status StoreError(const absl::Status& status) {
  const std::string message =
      absl::StrCat("store: ", status.message(), "; nothing was changed, try again");
  return absl::IsResourceExhausted(status) ? absl::ResourceExhaustedError(message)
         : absl::IsCancelled(status)       ? absl::CancelledError(message)
                                           : absl::UnavailableError(message);
}

}  // namespace

void Reactor::BeginTransaction() {
  if (transaction_ != nullptr || commands_.empty()) {
    return;
  }
  transaction_ = std::make_unique<Transaction>(table_, ted_);
  for (size_t i = 0; i < kCommandsPerTransaction && !commands_.empty() &&
                     transaction_->staging.changes().size() < kChangesPerTransaction;
       ++i) {
    Command command = std::move(commands_.front());
    commands_.pop_front();
    std::visit([this](auto& content) { Stage(std::move(content)); }, command);
  }
  if (transaction_->staging.empty()) {
    Handle(TransactionNote{absl::OkStatus()});
    return;
  }
  store_.Commit(transaction_->staging.ToBatch(),
                [this](const absl::Status& status) { inbox_.Post(TransactionNote{status}); });
}

void Reactor::Stage(ApplyCommand&& command) {
  Staging& staging = transaction_->staging;
  absl::Status status =
      command.validate_only ? staging.Check(command.intents) : staging.Put(command.intents);
  if (!status.ok() || command.validate_only) {
    command.done(status, hub_.revision());
    return;
  }
  if (transaction_->received == MonotonicTime{}) {
    transaction_->received = command.received;
  }
  transaction_->answers.emplace_back(std::move(command.done));
}

void Reactor::Stage(DeleteCommand&& command) {
  size_t deleted = 0;
  for (const policy::PolicyKey& key : command.keys) {
    deleted += transaction_->staging.Remove(key) ? 1 : 0;
  }
  transaction_->answers.emplace_back(
      [done = std::move(command.done), deleted](const absl::Status& status, uint64_t revision) {
        done(status, status.ok() ? deleted : 0, revision);
      });
}

void Reactor::Handle(TransactionNote&& note) {
  if (note.result.ok()) {
    AdoptChanges();
  }
  const absl::Status answer = note.result.ok() ? note.result : StoreError(note.result);
  const std::unique_ptr<Transaction> over = std::move(transaction_);
  for (const auto& done : over->answers) {
    done(answer, hub_.revision());
  }
}

void Reactor::AdoptChanges() {
  const auto regroup = [this](Unit* unit) {
    // The group a policy leaves may have room for better paths.
    if (unit != nullptr && unit->members.size() > 1) {
      Want(unit, {.need = Need::kReoptimize,
                  .urgency = Urgency::kImprove,
                  .trigger = "policy",
                  .cause = "policy: group has a member less"});
    }
  };
  for (const auto& [key, intent] : transaction_->staging.changes()) {
    PolicyRecord* const present = table_.Find(key);
    if (intent == nullptr) {
      if (present != nullptr) {
        installer_.Dismiss(*present);
        regroup(present->unit);
        table_.Remove(key);
      }
      continue;
    }
    if (present != nullptr && *present->intent == *intent) {
      continue;  // Deleted and applied again in one transaction.
    }
    if (present != nullptr) {
      regroup(present->unit);
    }
    PolicyRecord& record = table_.Adopt(intent);
    installer_.Welcome(record);
    Want(record.unit, {.need = Need::kVerify,
                       .urgency = Urgency::kWanted,
                       .trigger = "policy",
                       .cause = "policy: intent applied",
                       .event_time = transaction_->received});
  }
}

void Reactor::CancelCommands() {
  const absl::Status status = absl::CancelledError("policy engine: stopping");
  for (Command& command : commands_) {
    if (auto* apply = std::get_if<ApplyCommand>(&command)) {
      apply->done(status, hub_.revision());
    } else {
      std::get<DeleteCommand>(command).done(status, 0, hub_.revision());
    }
  }
  commands_.clear();
}

void Reactor::Handle(WatchCommand&& command) {
  hub_.Attach(command.id, command.from_revision, std::move(command.watcher));
}

void Reactor::Handle(SessionNote&& note) {
  // Records are ordered by headend first.
  const auto& records = table_.records();
  for (auto it = records.lower_bound({.headend = note.headend, .color = 0, .endpoint = ""});
       it != records.end() && it->first.headend == note.headend; ++it) {
    installer_.OnSession(*it->second, note.up);
  }
}

void Reactor::Handle(ResultNote&& note) {
  if (observer_ != nullptr) {
    const char* result = !note.result.ok() ? "failed" : note.removed ? "removed" : "installed";
    installer_.Observe(note.key, result);
  }
  if (note.removed && !note.result.ok()) {
    failed_removals_.emplace_back(clock_.Now() + kRemovalRetry, note.key);
  }
  if (PolicyRecord* record = table_.Find(note.key)) {
    installer_.OnResult(*record, note);
  }
}

void Reactor::Handle(StoreNote&& note) {
  if (observer_ != nullptr) {
    observer_->OnStoreResult(note.ok);
  }
}

}  // namespace srpce::pce
