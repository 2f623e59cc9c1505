// What events/ needs from a key vault: to seal the fields of one (subject, category) into a box and
// to open it again. adapters/crypto implements it; tests use it with real keys too.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "events/ids.h"
#include "events/schema/annotations.capnp.h"

namespace guitu::events {

// What a box is bound to, so that it cannot be moved, swapped or downgraded. Offset and topic are
// not in it: unknown when sealing, different after a migration.
struct BoxBinding {
  LogId log_id;
  StreamId stream;
  CommandId command_id;
  uint32_t event_index = 0;
  SubjectId subject;
  schema::Category category = schema::Category::UNSPECIFIED;
  uint8_t suite = 0;
  KeyId key_id;
};

// The associated data of a box: the fields above, fixed width, big endian, behind "guitu box v1".
std::string AssociatedData(const BoxBinding& binding);

class Sealer {
 public:
  virtual ~Sealer() = default;
  // The suite that new boxes are sealed with; see Box.suite in record.capnp.
  virtual uint8_t suite() const = 0;
  // Seals under the data key `binding.key_id`. Errors: kNotFound = no such key, kDataLoss =
  // destroyed.
  virtual absl::StatusOr<std::string> Seal(const BoxBinding& binding, absl::string_view plain) = 0;
  // Errors: kNotFound = this node has not got the key; kDataLoss = the key was destroyed (erased);
  // kInvalidArgument = does not open: another box, another key, or changed bytes.
  virtual absl::StatusOr<std::string> Open(const BoxBinding& binding, absl::string_view sealed) = 0;
  // HMAC-SHA-256 under a key derived from the data key `key`, first 128 bits: the request hash of
  // protocol.md, gone with the key. Errors as Seal.
  virtual absl::StatusOr<RequestHash> Mac(KeyId key, absl::string_view message) = 0;
};

}  // namespace guitu::events
