// Rows of other nodes, and rows for them.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/crypto/vault.h"
#include "events/bytes.h"

namespace guitu::crypto {
namespace {

using events::ByteReader;
using events::ByteWriter;
using events::KeyId;

absl::Status Refused(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("vault: a row was not taken: ", why));
}

bool IsAnotherVault(const absl::Status& status) {
  return absl::IsPermissionDenied(status) || absl::IsFailedPrecondition(status);
}

}  // namespace

// One call of Import, or what Join does before there is a vault. Rows are judged against what the
// store has and what was taken before them; nothing is written.
class Vault::Intake {
 public:
  // The value that the store has for a row key; borrowed.
  using Own = absl::FunctionRef<absl::StatusOr<std::optional<std::string>>(absl::string_view)>;

  Intake(const KeyRing& ring, Own own) : ring_(ring), own_(own) {}

  // Errors: those of Own alone. What is wrong with the row goes to the report.
  absl::Status Take(const VaultRow& row) {
    if (!IsRowKey(row.key) || row.key[0] == kEpochRow) {
      Refuse(Refused("it is of no kind that this program knows"));
      return absl::OkStatus();
    }
    absl::StatusOr<std::optional<std::string>> own = Newest(row.key);
    if (!own.ok()) return own.status();
    if (row.value.substr(0, 1) == kTombstone) {
      TakeTombstone(row, *own);
    } else {
      TakeWrapped(row, *own);
    }
    return absl::OkStatus();
  }

  void Refuse(absl::Status why) {
    if (report_.refused.ok() || IsAnotherVault(why)) report_.refused = std::move(why);
  }

  // The row of the vault in the place of one that was refused. Errors: those of Own.
  absl::Status AnswerFor(const VaultRow& row) {
    absl::StatusOr<std::optional<std::string>> own = own_(row.key);
    if (!own.ok()) return own.status();
    Answer(row, *own);
    return absl::OkStatus();
  }

  // Rows to put, without those of living keys that were destroyed: these are `buried`.
  std::vector<VaultChange> Changes() const {
    std::vector<VaultChange> changes;
    for (const auto& [key, value] : taken_) {
      if (!std::count(buried_.begin(), buried_.end(), key)) changes.push_back({key, value});
    }
    return changes;
  }
  const std::vector<std::string>& buried() const { return buried_; }
  ImportReport TakeReport() { return std::move(report_); }

 private:
  absl::StatusOr<std::optional<std::string>> Newest(absl::string_view row_key) {
    const auto taken = taken_.find(row_key);
    if (taken != taken_.end()) return std::optional(taken->second);
    return own_(row_key);
  }

  void Put(const VaultRow& row, absl::string_view value) {
    taken_.insert_or_assign(row.key, std::string(value));
  }

  void Answer(const VaultRow& row, const std::optional<std::string>& own) {
    if (own) report_.answers.push_back(SharedForm(ring_, row.key, *own));
  }

  void TakeTombstone(const VaultRow& row, const std::optional<std::string>& own) {
    if (row.key[0] != kDataRow || !ring_.IsSharedTombstone(row.key, row.value)) {
      Refuse(Refused("it says destroyed and does not prove it"));
      return Answer(row, own);
    }
    if (own == kTombstone) return;
    // Cache and files know it only if the store has it.
    if (own && !taken_.contains(row.key)) buried_.push_back(row.key);
    Put(row, kTombstone);
    ++report_.destroyed;
  }

  void TakeWrapped(const VaultRow& row, const std::optional<std::string>& own) {
    if (own == row.value) return;
    // For ever: whoever wrote it had not heard of it yet.
    if (own == kTombstone) return Answer(row, own);
    Transient theirs;
    if (!ring_.Unwrap(row.key, row.value, theirs.bytes)) {
      Refuse(Refused("another root key, another log, or damaged"));
      return Answer(row, own);
    }
    if (!own) {
      Put(row, row.value);
      ++report_.added;
      return;
    }
    Transient ours;
    const bool readable = ring_.Unwrap(row.key, *own, ours.bytes);
    if (!readable || sodium_memcmp(ours.bytes.data(), theirs.bytes.data(), kSecretBytes) != 0) {
      // No answer: two that contradict each other would answer each other for ever.
      return Refuse(Refused("the vault has another key in its place"));
    }
    // The same key, wrapped again.
    if (EpochOfValue(row.value) > EpochOfValue(*own)) Put(row, row.value);
    if (EpochOfValue(row.value) < EpochOfValue(*own)) Answer(row, own);
  }

  const KeyRing& ring_;
  const Own own_;
  std::map<std::string, std::string, std::less<>> taken_;
  std::vector<std::string> buried_;
  ImportReport report_;
};

VaultRow Vault::SharedForm(const KeyRing& ring, absl::string_view key, absl::string_view value) {
  return {std::string(key), value == kTombstone ? ring.SharedTombstone(key) : std::string(value)};
}

absl::StatusOr<std::unique_ptr<Vault>> Vault::Join(const std::string& dir, const Secret& root_key,
                                                   events::LogId log_id,
                                                   absl::Span<const VaultRow> rows,
                                                   const VaultOptions& options) {
  KeyRing ring(root_key, log_id);
  // The newest row of each epoch, in order of the numbers.
  std::map<std::string, std::string> epochs;
  for (const VaultRow& row : rows) {
    if (IsRowKey(row.key) && row.key[0] == kEpochRow) epochs[row.key] = row.value;
  }
  if (epochs.empty()) return absl::NotFoundError("vault: there is none to join");
  std::vector<VaultChange> all;
  for (const auto& [row_key, value] : epochs) {
    absl::StatusOr<Secret> key = ring.OpenEpoch(row_key, value);
    if (!key.ok()) return key.status();
    const uint64_t number = ByteReader(absl::string_view(row_key).substr(1)).U64();
    if (absl::Status fits = ring.Fits(number, *key); !fits.ok()) return fits;
    ring.Add(number, *std::move(key));
    all.push_back({row_key, value});
  }
  const auto nothing = [](absl::string_view) -> absl::StatusOr<std::optional<std::string>> {
    return std::optional<std::string>();
  };
  Intake intake(ring, nothing);
  for (const VaultRow& row : rows) {
    if (epochs.contains(row.key)) continue;
    if (absl::Status taken = intake.Take(row); !taken.ok()) return taken;
  }
  if (absl::Status refused = intake.TakeReport().refused; !refused.ok()) return refused;
  for (VaultChange& change : intake.Changes()) all.push_back(std::move(change));
  absl::Status created = VaultStore::Create(dir, StoreKey(root_key), log_id, all, options.env);
  if (!created.ok()) return created;
  return Open(dir, root_key, log_id, options);
}

absl::StatusOr<ImportReport> Vault::Import(absl::Span<const VaultRow> rows) {
  absl::MutexLock lock(&rows_mutex_);
  // A row that is here already is taken for durable below.
  if (absl::Status sure = store_->Recover(); !sure.ok()) return sure;
  if (absl::Status scrubbed = FinishScrubs(); !scrubbed.ok()) return scrubbed;
  const auto own = [this](absl::string_view row_key) -> absl::StatusOr<std::optional<std::string>> {
    absl::StatusOr<std::string> value = store_->Get(row_key);
    if (value.ok()) return std::optional(*std::move(value));
    if (absl::IsNotFound(value.status())) return std::optional<std::string>();
    return value.status();
  };
  Intake intake(*ring_, own);
  // Epochs first: what comes with them may be wrapped under them.
  for (const VaultRow& row : rows) {
    if (!IsRowKey(row.key) || row.key[0] != kEpochRow) continue;
    if (absl::Status taken = TakeEpoch(row, intake); !taken.ok()) return taken;
  }
  for (const VaultRow& row : rows) {
    if (IsRowKey(row.key) && row.key[0] == kEpochRow) continue;
    if (absl::Status taken = intake.Take(row); !taken.ok()) return taken;
  }
  const std::vector<VaultChange> changes = intake.Changes();
  if (!changes.empty()) {
    if (absl::Status written = store_->Commit(changes); !written.ok()) return written;
  }
  if (absl::Status buried = Bury(intake.buried()); !buried.ok()) return buried;
  return intake.TakeReport();
}

// The key counts only when its row is durable: others are wrapped under it at once. Errors: those
// of the store alone.
absl::Status Vault::TakeEpoch(const VaultRow& row, Intake& intake) {
  absl::StatusOr<Secret> key = ring_->OpenEpoch(row.key, row.value);
  if (!key.ok()) {
    intake.Refuse(key.status());
    return intake.AnswerFor(row);
  }
  const uint64_t number = ByteReader(absl::string_view(row.key).substr(1)).U64();
  if (absl::Status fits = ring_->Fits(number, *key); !fits.ok()) {
    intake.Refuse(std::move(fits));
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> own = store_->Get(row.key);
  if (absl::IsNotFound(own.status())) {
    if (absl::Status written = store_->Commit({row}); !written.ok()) return written;
  } else if (!own.ok()) {
    return own.status();
  }
  ring_->Add(number, *std::move(key));
  return absl::OkStatus();
}

// Which rows are to be scrubbed is written down first: a crash between their deletion and the
// rewriting of the files would else leave the old rows there, and nobody would know.
absl::Status Vault::Bury(const std::vector<std::string>& row_keys) {
  if (row_keys.empty()) return absl::OkStatus();
  ByteWriter ids;
  for (const std::string& row_key : row_keys) ids.Id(IdOfRow(row_key));
  if (absl::Status noted = store_->Commit({{std::string(kToScrub), ids.Take()}}); !noted.ok()) {
    return noted;
  }
  for (const std::string& row_key : row_keys) {
    absl::Status gone = cache_.Forget(IdOfRow(row_key), [&] {
      return store_->Commit({{row_key, std::string(kTombstone)}});
    });
    if (!gone.ok()) return gone;
  }
  return FinishScrubs();
}

absl::Status Vault::FinishScrubs() {
  absl::StatusOr<std::string> ids = store_->Get(kToScrub);
  if (absl::IsNotFound(ids.status())) return absl::OkStatus();
  if (!ids.ok()) return ids.status();
  for (ByteReader reader(*ids); !reader.rest().empty() && reader.ok();) {
    const std::string row_key = DataRowKey(reader.ReadId<KeyId>());
    if (absl::Status scrubbed = store_->Scrub(row_key); !scrubbed.ok()) return scrubbed;
  }
  return store_->Commit({{std::string(kToScrub), ""}});
}

absl::Status Vault::Export(absl::FunctionRef<absl::Status(const VaultRow&)> visit) const {
  return store_->Check([&](absl::string_view row_key, absl::string_view value) {
    if (!IsRowKey(row_key)) return absl::OkStatus();
    return visit(SharedForm(*ring_, row_key, value));
  });
}

}  // namespace guitu::crypto
