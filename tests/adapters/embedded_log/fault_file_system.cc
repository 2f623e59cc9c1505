#include "tests/adapters/embedded_log/fault_file_system.h"

#include <filesystem>

namespace guitu::embedded_log {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

IOStatus ErrorOf(FileFault fault) {
  if (fault == FileFault::kNone) return IOStatus::OK();
  return fault == FileFault::kNoSpace ? IOStatus::NoSpace("injected")
                                      : IOStatus::IOError("injected");
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): inside RocksDB's own IOStatus
}

class FaultFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(FaultFileSystem& fs, std::string name, std::unique_ptr<rocksdb::FSWritableFile>&& file)
      : FSWritableFileOwnerWrapper(std::move(file)), fs_(fs), name_(std::move(name)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    const FileFault fault = fs_.Ask(FileOperation::kAppend, name_);
    if (fault == FileFault::kTorn) {
      const rocksdb::Slice half(data.data(), data.size() / 2);
      target()->Append(half, options, debug).PermitUncheckedError();
    }
    if (fault != FileFault::kNone) return ErrorOf(fault);
    written_ += data.size();
    return target()->Append(data, options, debug);
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return Synced(target()->Sync(options, debug));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Synced(target()->Fsync(options, debug));
  }

 private:
  IOStatus Synced(IOStatus status) {
    const FileFault fault = fs_.Ask(FileOperation::kSync, name_);
    if (fault != FileFault::kNone) return ErrorOf(fault);
    if (status.ok()) fs_.NoteSynced(name_, written_);
    return status;
  }

  FaultFileSystem& fs_;
  const std::string name_;
  uint64_t written_ = 0;
};

}  // namespace

FaultFileSystem::FaultFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

std::unique_ptr<rocksdb::Env> FaultFileSystem::MakeEnv(const std::shared_ptr<FaultFileSystem>& fs) {
  return rocksdb::NewCompositeEnv(fs);
}

void FaultFileSystem::SetScript(Script script) {
  absl::MutexLock lock(&mutex_);
  script_ = std::move(script);
}

FileFault FaultFileSystem::Ask(FileOperation operation, const std::string& file) {
  absl::MutexLock lock(&mutex_);
  return script_ ? script_(operation, file) : FileFault::kNone;
}

void FaultFileSystem::NoteSynced(const std::string& file, uint64_t bytes) {
  absl::MutexLock lock(&mutex_);
  synced_[file] = bytes;
}

void FaultFileSystem::CutPower() {
  absl::MutexLock lock(&mutex_);
  for (const auto& [file, bytes] : synced_) {
    std::error_code error;
    if (std::filesystem::file_size(file, error) > bytes && !error) {
      std::filesystem::resize_file(file, bytes);
    }
  }
}

IOStatus FaultFileSystem::NewWritableFile(const std::string& name,
                                          const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSWritableFile>* result,
                                          IODebugContext* debug) {
  const FileFault fault = Ask(FileOperation::kCreate, name);
  if (fault != FileFault::kNone) return ErrorOf(fault);
  std::unique_ptr<rocksdb::FSWritableFile> file;
  IOStatus status = target()->NewWritableFile(name, options, &file, debug);
  if (!status.ok()) return status;
  NoteSynced(name, 0);
  *result = std::make_unique<FaultFile>(*this, name, std::move(file));
  return status;
}

IOStatus FaultFileSystem::RenameFile(const std::string& from, const std::string& to,
                                     const IOOptions& options, IODebugContext* debug) {
  {
    absl::MutexLock lock(&mutex_);
    if (auto file = synced_.extract(from); !file.empty()) synced_[to] = file.mapped();
  }
  return target()->RenameFile(from, to, options, debug);
}

IOStatus FaultFileSystem::DeleteFile(const std::string& name, const IOOptions& options,
                                     IODebugContext* debug) {
  {
    absl::MutexLock lock(&mutex_);
    synced_.erase(name);
  }
  return target()->DeleteFile(name, options, debug);
}

}  // namespace guitu::embedded_log
