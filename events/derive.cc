#include "events/derive.h"

#include "events/bytes.h"

namespace guitu::events {
namespace {
constexpr size_t kBlock = 64;  // of SHA-256
}

Hash256 Hmac(HashFunction hash, absl::string_view key, absl::string_view message) {
  std::string padded(kBlock, '\0');
  if (key.size() > kBlock) {
    Hash256 short_key = hash({key});
    padded.replace(0, 32, std::string(short_key.view()));
  } else {
    padded.replace(0, key.size(), std::string(key));
  }
  std::string inner = padded;
  std::string outer = padded;
  for (size_t i = 0; i < kBlock; ++i) {
    inner[i] = static_cast<char>(inner[i] ^ 0x36);
    outer[i] = static_cast<char>(outer[i] ^ 0x5c);
  }
  Hash256 digest = hash({inner, message});
  return hash({outer, digest.view()});
}

std::pair<uint64_t, uint64_t> Derive(HashFunction hash, absl::string_view salt,
                                     absl::string_view purpose,
                                     std::initializer_list<absl::string_view> parts) {
  ByteWriter message;
  message.String(purpose);
  for (absl::string_view part : parts) message.String(part);
  Hash256 whole = Hmac(hash, salt, message.Take());
  ByteReader in(whole.view());
  uint64_t hi = in.U64();
  return {hi, in.U64()};
}

CommandId CommandIdOf(HashFunction hash, absl::string_view salt, absl::string_view actor,
                      absl::string_view idempotency_key) {
  return DeriveId<CommandId>(hash, salt, "command", {actor, idempotency_key});
}

CommandId CommandIdOfCause(HashFunction hash, absl::string_view salt, absl::string_view cause) {
  return DeriveId<CommandId>(hash, salt, "cause", {cause});
}

StreamId CaseIdOf(HashFunction hash, absl::string_view salt, absl::string_view actor,
                  absl::string_view idempotency_key) {
  return DeriveId<StreamId>(hash, salt, "case", {actor, idempotency_key});
}

StreamId RegistryStreamOf(HashFunction hash, absl::string_view salt, absl::string_view kind,
                          absl::string_view key) {
  return DeriveId<StreamId>(hash, salt, "registry", {kind, key});
}

SubjectId SubjectOfCase(HashFunction hash, absl::string_view salt, const StreamId& stream) {
  return DeriveId<SubjectId>(hash, salt, "subject", {ToBytes(stream)});
}

SubjectId SubjectInCommand(HashFunction hash, absl::string_view salt, const CommandId& command,
                           uint32_t event_index, absl::string_view path) {
  return DeriveId<SubjectId>(hash, salt, "person",
                             {ToBytes(command), ByteWriter().U32(event_index).Take(), path});
}

}  // namespace guitu::events
