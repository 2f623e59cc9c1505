// The identifiers of the log, each a type of its own, so that an offset cannot pass as a version.
// All are values: copyable, comparable, hashable. Nothing personal and no time is ever in an id.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace guitu::events {

// 128 opaque bits. `Tag` only tells the kinds apart.
template <typename Tag>
struct Id128 {
  uint64_t hi = 0;
  uint64_t lo = 0;

  friend auto operator<=>(const Id128&, const Id128&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Id128& id) {
    return H::combine(std::move(h), id.hi, id.lo);
  }
  bool empty() const { return hi == 0 && lo == 0; }
};

using LogId = Id128<struct LogIdTag>;
using Nonce = Id128<struct NonceTag>;          // of one fence attempt
using StreamId = Id128<struct StreamIdTag>;    // a case, or an item of the registry
using CommandId = Id128<struct CommandIdTag>;  // H(actor, Idempotency-Key); protocol.md, section 2
using SubjectId = Id128<struct SubjectIdTag>;  // a person whose key seals fields
using KeyId = Id128<struct KeyIdTag>;          // a data key in the vault
using RequestHash = Id128<struct RequestHashTag>;

// 32 hexadecimal digits, lower case.
std::string ToHex(uint64_t hi, uint64_t lo);
// Exactly 32 hexadecimal digits of either case; else nothing.
std::optional<std::pair<uint64_t, uint64_t>> ParseHex(absl::string_view text);

template <typename Tag>
std::string ToHex(const Id128<Tag>& id) {
  return ToHex(id.hi, id.lo);
}
template <typename Id>
std::optional<Id> ParseId(absl::string_view text) {
  auto parts = ParseHex(text);
  if (!parts) return std::nullopt;
  return Id{parts->first, parts->second};
}

// 16 bytes, big endian: the order of bytes is the order of ids.
std::string ToBytes(uint64_t hi, uint64_t lo);
template <typename Tag>
std::string ToBytes(const Id128<Tag>& id) {
  return ToBytes(id.hi, id.lo);
}
// REQUIRES: bytes.size() >= 16; the first 16 are read.
template <typename Id>
Id IdFromBytes(absl::string_view bytes) {
  Id id;
  for (int i = 0; i < 8; ++i)
    id.hi = id.hi << 8 | static_cast<uint8_t>(bytes[static_cast<size_t>(i)]);
  for (int i = 8; i < 16; ++i)
    id.lo = id.lo << 8 | static_cast<uint8_t>(bytes[static_cast<size_t>(i)]);
  return id;
}

using Partition = uint32_t;  // 0 .. N-1 for cases, N for the registry
using Offset = uint64_t;     // of a record in its partition, from 0; gaps: events/log.h
using Version = uint64_t;    // of a stream; 0 before its first record
using Epoch = uint64_t;      // of a fence; 0 at birth

// The partition of a case: never changes once the log is born with N partitions.
Partition PartitionOf(const StreamId& stream, uint32_t partitions);

// The case number that people say and write: "GT-" and 12 characters of base 32 in three groups, 55
// bits of the id and a check character that shows one wrong or two swapped characters. No time, no
// place, no person in it.
std::string CaseNumber(const StreamId& stream);

}  // namespace guitu::events
