// The anchor: a small signed file that says how far each partition of a log has been synced, kept
// by its own thread. Neither RocksDB nor Kafka tells that an acknowledged tail is gone; the
// start-up gate does, by comparing the anchor with the log (design.md, section 3).
//
// File: two slots of 64 KiB, written in turn, so that one whole slot always stands. A slot, all
// numbers big endian:
//   magic "GTANCHR1" ‖ sequence u64 ‖ log id 16 ‖ partitions u32 ‖
//   per partition (count u64 ‖ chain 32 ‖ root 32) ‖ signature 64 over all before it
// Example: an anchor with count 100 for partition 3 and a log that ends at 99 there: one
// acknowledged record is lost, halt. A log that ends at 104: normal, the last moments before a
// crash.
//
// Invariants (tests/adapters/embedded_log/anchor_test.cc):
//   1. What it says was synced before: Advance is called after the log has acknowledged, never
//      earlier.
//   2. A write, torn at any byte, or failed, leaves the slot before it whole.
//   3. A change is on disk 10 ms later, as long as the disk takes less than 5 ms for one write.
//
// Threads: Advance, Flush and state() from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "adapters/embedded_log/posix_file.h"
#include "events/hash.h"
#include "events/ids.h"

namespace guitu::embedded_log {

struct AnchorEntry {
  uint64_t count = 0;     // records of the partition, so the offset after the last
  events::Hash256 chain;  // events/effect.h
  events::Hash256 root;   // of the Merkle tree over them
  friend bool operator==(const AnchorEntry&, const AnchorEntry&) = default;
};

struct AnchorState {
  uint64_t sequence = 0;  // of the write, from 1
  events::LogId log_id;
  std::vector<AnchorEntry> partitions;  // at most 900
  friend bool operator==(const AnchorState&, const AnchorState&) = default;
};

using AnchorSignature = std::array<uint8_t, 64>;
// Called on the anchor's thread (and on Create's).
using AnchorSigner = std::function<AnchorSignature(absl::string_view message)>;
using AnchorVerifier =
    std::function<bool(absl::string_view message, const AnchorSignature& signature)>;

class Anchor {
 public:
  // The newest slot that reads and verifies. Errors: kNotFound = no file; kDataLoss = no slot does;
  // kUnavailable = the disk.
  static absl::StatusOr<AnchorState> Load(const std::string& path, const AnchorVerifier& verify);

  // A new file that says `state` (whose sequence does not matter), on disk when this returns.
  // Errors: kAlreadyExists, kResourceExhausted, kUnavailable. REQUIRES: 0 < partitions <= 900.
  static absl::StatusOr<std::unique_ptr<Anchor>> Create(const std::string& path, AnchorState state,
                                                        AnchorSigner sign);
  // Goes on with a file whose Load gave `loaded`. Errors: kNotFound, kUnavailable.
  static absl::StatusOr<std::unique_ptr<Anchor>> Open(const std::string& path, AnchorState loaded,
                                                      AnchorSigner sign);
  // Writes what has not been written.
  ~Anchor();

  // Partition `partition` is synced up to `count`. Cheap: a lock and a copy. An older count than
  // the one known is passed over, so callers need not order themselves.
  void Advance(events::Partition partition, uint64_t count, const events::Hash256& chain,
               const events::Hash256& root);
  // Returns when all that Advance was told before is on disk, or with the error of the write. After
  // an error the thread goes on trying; it is never fatal here.
  absl::Status Flush();
  // The error of the last write, if it failed.
  absl::Status status() const;
  AnchorState state() const;

 private:
  Anchor(Descriptor file, AnchorState state, AnchorSigner sign);
  void Run();
  bool WorkToDo() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return dirty_ || stopping_; }
  bool Urgent() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Descriptor file_;
  const AnchorSigner sign_;

  mutable absl::Mutex mutex_;
  AnchorState state_ ABSL_GUARDED_BY(mutex_);
  bool dirty_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool hurry_ ABSL_GUARDED_BY(mutex_) = false;     // someone flushes: do not pace
  uint64_t attempts_ ABSL_GUARDED_BY(mutex_) = 0;  // writes that have ended, well or not
  uint64_t started_ ABSL_GUARDED_BY(mutex_) = 0;   // writes that have begun
  absl::Status written_ ABSL_GUARDED_BY(mutex_);   // how the last one ended
  std::thread writer_;
};

}  // namespace guitu::embedded_log
