// RocksDB's Status as ours. Inner header.
#pragma once

#include <rocksdb/status.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace guitu::crypto {

// kResourceExhausted, kDataLoss, kNotFound or kUnavailable.
inline absl::Status FromRocks(absl::string_view doing, const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat("vault: ", doing, ": ", status.ToString());
  if (status.IsNotFound()) return absl::NotFoundError(message);
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit) {
    return absl::ResourceExhaustedError(message);
  }
  if (status.IsCorruption() || status.IsPathNotFound()) return absl::DataLossError(message);
  return absl::UnavailableError(message);
}

}  // namespace guitu::crypto
