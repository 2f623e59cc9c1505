// What the tests of this folder share: a directory of their own, bytes from hex, a file system that
// fails.
#pragma once

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/escaping.h"

namespace guitu::crypto {

// Gone with its scope.
class TempDir {
 public:
  TempDir() {
    std::string pattern = testing::TempDir() + "guitu-crypto-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::string Bytes(absl::string_view hex) { return absl::HexStringToBytes(hex); }

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
inline void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// All files under `dir`, joined.
inline std::string ReadAll(const std::string& dir) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
    if (entry.is_regular_file()) all += ReadFile(entry.path().string());
  }
  return all;
}

// A file system that fails while `failure` is set. Bytes that were appended before a failed sync
// are on the disk all the same: "failed but persisted".
class FailingEnv : public rocksdb::EnvWrapper {
 public:
  enum class Failure { kNone, kNoSpace, kSync, kReadOnly, kRename };

  FailingEnv() : rocksdb::EnvWrapper(rocksdb::Env::Default()) {}

  void Fail(Failure failure) { failure_ = failure; }

  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) override {
    if (failure_ == Failure::kReadOnly) return rocksdb::Status::IOError("read-only file system");
    if (failure_ == Failure::kNoSpace) return rocksdb::Status::NoSpace();
    rocksdb::Status status = rocksdb::EnvWrapper::NewWritableFile(name, file, options);
    if (status.ok()) *file = std::make_unique<File>(std::move(*file), failure_);
    return status;
  }
  rocksdb::Status RenameFile(const std::string& from, const std::string& to) override {
    if (failure_ == Failure::kReadOnly) return rocksdb::Status::IOError("read-only file system");
    if (failure_ == Failure::kRename) return rocksdb::Status::IOError("rename failed");
    return rocksdb::EnvWrapper::RenameFile(from, to);
  }

 private:
  class File : public rocksdb::WritableFileWrapper {
   public:
    File(std::unique_ptr<rocksdb::WritableFile> file, const std::atomic<Failure>& failure)
        : rocksdb::WritableFileWrapper(file.get()), file_(std::move(file)), failure_(failure) {}

    rocksdb::Status Append(const rocksdb::Slice& bytes) override {
      if (failure_ == Failure::kNoSpace) return rocksdb::Status::NoSpace();
      if (failure_ == Failure::kReadOnly) return rocksdb::Status::IOError("read-only");
      return rocksdb::WritableFileWrapper::Append(bytes);
    }
    rocksdb::Status Append(const rocksdb::Slice& bytes,
                           const rocksdb::DataVerificationInfo&) override {
      return Append(bytes);
    }
    rocksdb::Status Sync() override {
      if (failure_ == Failure::kSync) {
        rocksdb::WritableFileWrapper::Flush();
        return rocksdb::Status::IOError("sync failed");
      }
      return rocksdb::WritableFileWrapper::Sync();
    }

   private:
    std::unique_ptr<rocksdb::WritableFile> file_;
    const std::atomic<Failure>& failure_;
  };

  std::atomic<Failure> failure_ = Failure::kNone;
};

}  // namespace guitu::crypto
