// A rocksdb::FileSystem over the real one that fails on purpose, and can lose what was never synced
// as a power cut does. Thread-safe.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace guitu::embedded_log {

enum class FileOperation { kCreate, kAppend, kSync };
enum class FileFault {
  kNone,
  kNoSpace,  // nothing is written
  kTorn,     // half of it is written, then the error
  kIoError,  // nothing is written; of a sync: the bytes stay in the page cache only
};

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  // Asked on every operation of a file that is written. `file` is its path.
  using Script = std::function<FileFault(FileOperation operation, const std::string& file)>;

  FaultFileSystem();
  static const char* kClassName() { return "FaultFileSystem"; }
  const char* Name() const override { return kClassName(); }

  // An Env over `fs`, which it keeps alive.
  static std::unique_ptr<rocksdb::Env> MakeEnv(const std::shared_ptr<FaultFileSystem>& fs);

  void SetScript(Script script);
  // Cuts every file that was written through this object to the length it had when it was last
  // synced. REQUIRES: nothing has them open any more.
  void CutPower();

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

  FileFault Ask(FileOperation operation, const std::string& file);
  void NoteSynced(const std::string& file, uint64_t bytes);

 private:
  absl::Mutex mutex_;
  Script script_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint64_t> synced_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace guitu::embedded_log
