#include "events/sealing.h"

#include "events/bytes.h"

namespace guitu::events {

std::string AssociatedData(const BoxBinding& binding) {
  return ByteWriter()
      .Raw("guitu box v1")
      .Id(binding.log_id)
      .Id(binding.stream)
      .Id(binding.command_id)
      .U32(binding.event_index)
      .Id(binding.subject)
      .U16(static_cast<uint16_t>(binding.category))
      .U8(binding.suite)
      .Id(binding.key_id)
      .Take();
}

}  // namespace guitu::events
