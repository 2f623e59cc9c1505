// Ids derived from others: HMAC-SHA-256 (RFC 2104) under the salt of the log, over a purpose and
// parts, each with its length before it. First 128 bits. Nothing can be guessed from an id without
// the salt, and the same input gives the same id on every node: a retried opening finds the same
// case.
#pragma once

#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"
#include "events/hash.h"
#include "events/ids.h"

namespace guitu::events {

Hash256 Hmac(HashFunction hash, absl::string_view key, absl::string_view message);

// `purpose` keeps the kinds of ids apart: "command", "cause", "case", "registry", "subject",
// "person".
std::pair<uint64_t, uint64_t> Derive(HashFunction hash, absl::string_view salt,
                                     absl::string_view purpose,
                                     std::initializer_list<absl::string_view> parts);

template <typename Id>
Id DeriveId(HashFunction hash, absl::string_view salt, absl::string_view purpose,
            std::initializer_list<absl::string_view> parts) {
  auto [hi, lo] = Derive(hash, salt, purpose, parts);
  return Id{hi, lo};
}

// The command id of protocol.md: H(actor, Idempotency-Key).
CommandId CommandIdOf(HashFunction hash, absl::string_view salt, absl::string_view actor,
                      absl::string_view idempotency_key);
// The command id of an act of the software: H(cause). Whoever does it, however often, it is the
// same.
CommandId CommandIdOfCause(HashFunction hash, absl::string_view salt, absl::string_view cause);
// The case that an opening command makes.
StreamId CaseIdOf(HashFunction hash, absl::string_view salt, absl::string_view actor,
                  absl::string_view idempotency_key);
// The stream of an item of the registry: kind "unit", "user", "role", "plan-item", and its key.
StreamId RegistryStreamOf(HashFunction hash, absl::string_view salt, absl::string_view kind,
                          absl::string_view key);
// The person of a case.
SubjectId SubjectOfCase(HashFunction hash, absl::string_view salt, const StreamId& stream);
// A person that a command brings in, by the path of the field that does.
SubjectId SubjectInCommand(HashFunction hash, absl::string_view salt, const CommandId& command,
                           uint32_t event_index, absl::string_view path);

}  // namespace guitu::events
