// projections::RowStore in memory, for the simulation and for tests: an ordered map that remembers
// how to undo its unflushed batches, so that a crash can be played.
//
// Example: Apply(a), Flush, Apply(b), Apply(c): unflushed() is 2; CrashTo(1) leaves a and b.
// Threads: any one at a time. Errors: none of its own; FailApplies scripts them.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "projections/rows.h"

namespace guitu::memory_store {

class MemoryStore final : public projections::RowStore {
 public:
  std::optional<std::string> Get(absl::string_view key) const override;
  void Scan(absl::string_view prefix, absl::string_view from, const Visitor& visit) const override;
  absl::Status Apply(const projections::RowBatch& batch) override;
  absl::Status Flush() override;

  // Batches applied since the last Flush, or the last crash.
  size_t unflushed() const { return undo_.size(); }
  // The process dies and comes back: of the unflushed batches the oldest `kept` survive.
  // REQUIRES: kept <= unflushed().
  void CrashTo(size_t kept);
  // Apply answers this, changing nothing, until it is set to OkStatus again.
  void FailApplies(absl::Status status) { apply_failure_ = std::move(status); }

  size_t size() const { return rows_.size(); }

 private:
  // What a batch replaced, in the order in which it did.
  using Undo = std::vector<std::pair<std::string, std::optional<std::string>>>;

  std::map<std::string, std::string, std::less<>> rows_;
  std::deque<Undo> undo_;
  absl::Status apply_failure_;
};

}  // namespace guitu::memory_store
