#include "adapters/runtime/registry_at.h"

#include <utility>

#include "aggregates/registry/decider.h"
#include "events/boxes.h"
#include "events/check.h"
#include "projections/keys.h"
#include "projections/registry_rows.h"

namespace guitu::runtime {

aggregates::RegistryState FoldRegistry(aggregates::RegistryState state, uint64_t offset,
                                       const projections::RowReader& rows,
                                       const events::EffectHead& head, events::Sealer& sealer) {
  std::string prefix = projections::ViewPrefix(head.partitions, 'G');
  rows.Scan(prefix, projections::RegistryKey(head.partitions, state.offset),
            [&](absl::string_view, absl::string_view value) {
              auto row = projections::DecodeRegistryRow(value);
              if (!row || row->record.offset >= offset) return false;
              auto meta = events::DecodeMeta(row->record.meta);
              GUITU_CHECK(meta.ok());  // the fold has read it
              events::SegmentReader payload(row->record.payload);
              uint32_t index = 0;
              for (auto in : payload.Root<schema::Payload>().getEvents()) {
                // Names of users, and what is proposed, stay sealed: no decision needs them.
                events::OpenContext open{
                    head.log_id,
                    {},
                    row->record.command_id,
                    index++,
                    [](const events::SubjectId&, schema::Category) { return false; }};
                auto event = events::OpenEvent(in, open, sealer);
                if (!event.ok()) continue;
                event->recorder = meta->actor;
                event->recorder_unit = meta->unit;
                event->recorded_at = meta->recorded_at;
                state = aggregates::RegistryDecider::Evolve(std::move(state), row->item, *event);
              }
              return true;
            });
  state.offset = offset;
  return state;
}

}  // namespace guitu::runtime
