// RocksDB's Status as ours, for the embedded log and the row store. Inner header.
#pragma once

#include <rocksdb/slice.h>
#include <rocksdb/status.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace guitu::rocks {

inline rocksdb::Slice ToSlice(absl::string_view text) { return {text.data(), text.size()}; }
inline absl::string_view ToView(rocksdb::Slice slice) { return {slice.data(), slice.size()}; }

// kResourceExhausted = no space; kDataLoss = what was written is missing or damaged; else
// kUnavailable: the disk may come back. `doing` names what failed: "log: opening".
inline absl::Status FromRocks(absl::string_view doing, const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat(doing, ": ", status.ToString());
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit) {
    return absl::ResourceExhaustedError(message);
  }
  // RocksDB reports a missing CURRENT as InvalidArgument and a missing table as PathNotFound.
  if (status.IsCorruption() || status.IsPathNotFound() || status.IsInvalidArgument() ||
      status.IsNotFound()) {
    return absl::DataLossError(message);
  }
  return absl::UnavailableError(message);
}

}  // namespace guitu::rocks
