#include "adapters/memory_store/memory_store.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "events/check.h"

namespace guitu::memory_store {
namespace {

std::string_view Std(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::optional<std::string> MemoryStore::Get(absl::string_view key) const {
  const auto row = rows_.find(Std(key));
  if (row == rows_.end()) return std::nullopt;
  return row->second;
}

void MemoryStore::Scan(absl::string_view prefix, absl::string_view from,
                       const Visitor& visit) const {
  for (auto row = rows_.lower_bound(Std(std::max(prefix, from)));
       row != rows_.end() && absl::StartsWith(row->first, prefix); ++row) {
    if (!visit(row->first, row->second)) return;
  }
}

absl::Status MemoryStore::Apply(const projections::RowBatch& batch) {
  if (!apply_failure_.ok()) return apply_failure_;
  Undo undo;
  for (const auto& [key, value] : batch.changes) {
    undo.emplace_back(key, Get(key));
    if (value) {
      rows_[key] = *value;
    } else {
      rows_.erase(key);
    }
  }
  undo_.push_back(std::move(undo));
  return absl::OkStatus();
}

absl::Status MemoryStore::Flush() {
  undo_.clear();
  return absl::OkStatus();
}

void MemoryStore::CrashTo(size_t kept) {
  GUITU_CHECK(kept <= undo_.size());
  for (; undo_.size() > kept; undo_.pop_back()) {
    const Undo& undo = undo_.back();
    for (auto change = undo.rbegin(); change != undo.rend(); ++change) {
      if (change->second) {
        rows_[change->first] = *change->second;
      } else {
        rows_.erase(change->first);
      }
    }
  }
  undo_.clear();  // what survived is on disk
}

}  // namespace guitu::memory_store
