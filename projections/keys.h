// Keys of the rows of the projections. First the partition, then a letter for the view, then what
// it is sorted by. The letters never change their meaning within one generation of a store.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "events/bytes.h"
#include "events/ids.h"

namespace guitu::projections {

inline events::ByteWriter Key(events::Partition partition, char view) {
  events::ByteWriter key;
  key.U16(static_cast<uint16_t>(partition)).U8(static_cast<uint8_t>(view));
  return key;
}

// Position and state of the fold: no part of the compare hash.
inline std::string PositionKey(events::Partition p) { return Key(p, 'P').Take(); }
// Leaf of an offset and the chain after it.
inline std::string LeafKey(events::Partition p, events::Offset offset) {
  return Key(p, 'L').U64(offset).Take();
}
inline std::string StreamKey(events::Partition p, const events::StreamId& stream) {
  return Key(p, 'V').Id(stream).Take();
}
inline std::string ResultKey(events::Partition p, const events::StreamId& stream,
                             const events::CommandId& command) {
  return Key(p, 'R').Id(stream).Id(command).Take();
}
// Data key of a subject.
inline std::string SubjectKeyKey(events::Partition p, const events::SubjectId& subject) {
  return Key(p, 'K').Id(subject).Take();
}
// Records of a case, by the number of their first event: 'E' its own stream, 'S' its sibling
// stream, 'A' its access records.
inline std::string EventPrefix(events::Partition p, char view, const events::StreamId& stream) {
  return Key(p, view).Id(stream).Take();
}
inline std::string EventKey(events::Partition p, char view, const events::StreamId& stream,
                            uint32_t first) {
  return Key(p, view).Id(stream).U32(first).Take();
}
inline std::string CardKey(events::Partition p, const events::StreamId& stream) {
  return Key(p, 'C').Id(stream).Take();
}
// Records of the registry partition in their order.
inline std::string RegistryKey(events::Partition p, events::Offset offset) {
  return Key(p, 'G').U64(offset).Take();
}
inline std::string ViewPrefix(events::Partition p, char view) { return Key(p, view).Take(); }

}  // namespace guitu::projections
