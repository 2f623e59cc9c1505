// Keys made ahead, so that no sync of the disk stands in the way of a command: a thread fills the
// pool again when half of it is gone, and Take waits only when it is empty. Threads: any.
#pragma once

#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "events/ids.h"

namespace guitu::crypto {

class KeyPool {
 public:
  // Makes that many keys durable and names them; called from the pool's own thread, one call at a
  // time.
  using Make = std::function<absl::StatusOr<std::vector<events::KeyId>>(size_t count)>;

  // REQUIRES: size >= 1. Nothing is made before the first Take or Fill. `wait_max`: how long one
  // Take waits for a Make; while the same one goes on the others do not.
  KeyPool(size_t size, Make make, absl::Duration wait_max = absl::InfiniteDuration());
  ~KeyPool();  // waits for a Make that is running
  KeyPool(const KeyPool&) = delete;
  KeyPool& operator=(const KeyPool&) = delete;

  // Each key once. Fails with the error of Make, where that failed while the pool was empty, or
  // with kUnavailable, where it took longer than `wait_max`; the next call tries again.
  absl::StatusOr<events::KeyId> Take();

  void Fill();  // asks for a full pool, does not wait

  // Stops for good and gives what was never taken. Take fails with kUnavailable from now on.
  std::vector<events::KeyId> Drain();

 private:
  void Run();

  const size_t size_;
  const Make make_;
  const absl::Duration wait_max_;
  absl::Mutex mutex_;
  std::vector<events::KeyId> keys_ ABSL_GUARDED_BY(mutex_);
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool slow_ ABSL_GUARDED_BY(mutex_) = false;  // somebody waited `wait_max_` for this Make
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t failures_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status last_failure_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace guitu::crypto
