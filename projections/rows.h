// Rows: what every projection is made of. A key is bytes that begin with the partition; the order
// of keys is the order of bytes. Pure folds read rows through RowReader and answer with a RowBatch;
// where the rows live (RocksDB, memory) is the business of adapters/.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace guitu::projections {

class RowReader {
 public:
  virtual ~RowReader() = default;
  // The value, or nothing. A store that cannot be read ends the process (GUITU_CHECK): a fold has
  // no way to go on without the row.
  virtual std::optional<std::string> Get(absl::string_view key) const = 0;
  // Visits keys that begin with `prefix` and are not before `from`, in order, until `visit` says
  // false. The views are borrowed for the call.
  using Visitor = std::function<bool(absl::string_view key, absl::string_view value)>;
  virtual void Scan(absl::string_view prefix, absl::string_view from,
                    const Visitor& visit) const = 0;
};

// Changes to rows, all or none. A later change of the same key wins.
struct RowBatch {
  std::vector<std::pair<std::string, std::optional<std::string>>> changes;  // no value: delete
  void Put(std::string key, std::string value) {
    changes.emplace_back(std::move(key), std::move(value));
  }
  void Delete(std::string key) { changes.emplace_back(std::move(key), std::nullopt); }
  bool empty() const { return changes.empty(); }
};

// A store of rows that forgets at most its newest batches when the process dies: whole batches,
// from the end. The log is its write-ahead log, each batch carries the position it was folded to.
class RowStore : public RowReader {
 public:
  // Atomic. Visible to every later Get and Scan. Errors: kResourceExhausted (no space), kDataLoss.
  virtual absl::Status Apply(const RowBatch& batch) = 0;
  // Makes everything applied so far durable. May take long; any thread.
  virtual absl::Status Flush() = 0;
};

}  // namespace guitu::projections
