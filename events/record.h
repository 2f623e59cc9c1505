// The bytes of a record and the hashes over them (protocol.md, section 2; schema/record.capnp).
//
// A record is frame ‖ meta ‖ payload behind a header of lengths. The three are hashed apart, so
// that an outsider can be shown all frames of a partition and the payloads of one case only:
//   leaf(i)    = SHA-256(0x00 ‖ SHA-256(frame) ‖ SHA-256(meta) ‖ SHA-256(payload))
//   chain(i+1) = SHA-256(chain(i) ‖ leaf(i)),  chain(0) = 32 zero bytes
// What is hashed is the bytes as stored; nobody ever encodes a record again.
//
// Threads: pure functions, any thread. The layout never changes: tests/golden holds its bytes.
#pragma once

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "events/hash.h"
#include "events/ids.h"
#include "events/schema/record.capnp.h"

namespace guitu::events {

inline constexpr uint16_t kFormat = 1;

struct GenesisFields {
  uint32_t partition = 0;
  uint32_t partitions = 0;
  std::string salt;
  std::string suite;
  bool synthetic = false;
};

struct FenceFields {
  uint64_t group_generation = 0;
  std::string owner;
  std::string address;
};

// The frame as a value; the schema explains each field.
struct Frame {
  schema::Kind kind = schema::Kind::UNSPECIFIED;
  uint32_t generation = 1;
  LogId log_id;
  Epoch epoch = 0;
  Nonce nonce;
  Offset basis_offset = 0;
  Hash256 basis_chain;
  StreamId stream;
  Version expected_version = 0;
  CommandId command_id;
  RequestHash request_hash;
  uint64_t registry_offset = 0;
  bool cancels = false;
  std::optional<GenesisFields> genesis;
  std::optional<FenceFields> fence;
};

struct MetaFields {
  absl::Time recorded_at;
  std::string actor;
  std::string unit;
  std::string role;
  uint16_t format_level = 1;
  std::vector<uint16_t> event_types;
  std::string correlation;
};

// The three parts, borrowed from the record.
struct RecordView {
  absl::string_view frame;
  absl::string_view meta;
  absl::string_view payload;
};

std::string EncodeFrame(const Frame& frame);
std::string EncodeMeta(const MetaFields& meta);
// The one segment of a message, without a segment table.
std::string EncodeMessage(capnp::MessageBuilder& message);
std::string JoinRecord(absl::string_view frame, absl::string_view meta, absl::string_view payload);

// Nothing if the bytes are no record: another magic, or lengths that do not add up.
std::optional<RecordView> SplitRecord(absl::string_view record);
// Nothing if it does not read or has another format: such a record is void (F5).
std::optional<Frame> DecodeFrame(absl::string_view frame);
absl::StatusOr<MetaFields> DecodeMeta(absl::string_view meta);

// A segment opened for reading. Copies only if the bytes are not aligned to 8. The bytes must live
// as long as this does, unless copied.
class SegmentReader {
 public:
  explicit SegmentReader(absl::string_view bytes);
  template <typename T>
  typename T::Reader Root() {
    return reader_->getRoot<T>();
  }

 private:
  kj::Array<capnp::word> copy_;
  kj::ArrayPtr<const capnp::word> segments_[1];
  std::unique_ptr<capnp::SegmentArrayMessageReader> reader_;
};

Hash256 LeafOf(HashFunction hash, const RecordView& record);
// The leaf of an offset that is never delivered: SHA-256(0x00 ‖ "guitu gap").
Hash256 GapLeaf(HashFunction hash);
Hash256 NextChain(HashFunction hash, const Hash256& chain, const Hash256& leaf);

// "4" → 64, "9b" → 146, "107g" → 1719: row × 16 + letter. The number of a type in a record, for
// ever. Nothing for a text that is no row.
std::optional<uint16_t> TypeOfRow(absl::string_view number);
std::string RowOfType(uint16_t type);

}  // namespace guitu::events
