// Copying records from one log to another, byte for byte, each at the same offset. Inner header of
// adapters/app; move.h is the contract.
//
// Threads: one; the deliveries of a LogWriter come on the log's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "events/ids.h"
#include "events/log.h"

namespace guitu::app {

// Written also from the space that a log on a full disk holds back (Append::access).
enum class Urgent { kNo, kYes };

// A session of a log, for who waits for each batch.
class LogWriter {
 public:
  // Errors: as EventLog::OpenSession.
  static absl::StatusOr<std::unique_ptr<LogWriter>> Open(events::EventLog& log);
  ~LogWriter();

  // Appends to one partition and waits. The offset of the first; the others follow it. Errors:
  // kFailedPrecondition: somebody else writes there, too; the reason of an unknown delivery: some
  // may stand in the log, and this session takes no more.
  absl::StatusOr<events::Offset> Append(events::Partition partition,
                                        std::vector<std::string> records,
                                        Urgent urgent = Urgent::kNo);

 private:
  LogWriter() = default;
  void OnDeliveries(const std::vector<events::Delivery>& deliveries);

  absl::Mutex mutex_;
  std::vector<events::Offset> offsets_ ABSL_GUARDED_BY(mutex_);  // by ticket, of this batch
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<events::LogSession> session_;  // last: it calls back
};

struct Copied {
  uint64_t records = 0;
  uint64_t bytes = 0;
};

// What `target` has at offsets [from, until) of the partition is compared with `source`, the rest
// appended, in batches. `go_on` is asked before each with what was done since the one before;
// anything but OK ends the copying. Errors: kFailedPrecondition: the copy differs, or the source
// has an offset that holds nothing (events/log.h): it could not stay empty in a copy; the logs'.
// REQUIRES: `until` is not behind the source's end. Holds about 4 MiB.
absl::Status CopyPartition(const events::EventLog& source, const events::EventLog& target,
                           LogWriter& writer, events::Partition partition, events::Offset from,
                           events::Offset until,
                           absl::FunctionRef<absl::Status(const Copied&)> go_on);

}  // namespace guitu::app
