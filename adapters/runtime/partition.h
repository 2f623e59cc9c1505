// One partition as an owner sees it: a step machine without I/O. Inputs are requests, deliveries,
// log records and ticks; outputs go into an Outbox; rows are read and written through the store
// port.
//
// protocol.md, letter by letter: lead.cc (O1–O5, G3), submit.cc (C1–C4), decide.cc, append.cc,
// settle.cc (C5, C6, U1–U3), read.cc (R1, R2). What the software does of itself: software.cc.
//
// One simplification, stricter than the protocol: while a commit or sibling record of a stream is
// in flight, the stream waits. So no decision ever rests on speculative state; streams of one
// partition still go side by side. In the registry partition everything is one stream in this sense
// (F2).
//
// Threads: one thread at a time. Cost of a command: about 20 µs of CPU, without I/O.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "adapters/runtime/messages.h"
#include "adapters/runtime/ports.h"
#include "aggregates/case/decider.h"
#include "aggregates/registry/decider.h"
#include "projections/fold.h"
#include "projections/follow_ups.h"

namespace guitu::runtime {

// How long a request may wait for its turn before it is answered RETRY (C4), and how long data read
// for a release stays good (R4).
inline constexpr absl::Duration kPatience = absl::Seconds(5);

enum class Phase {
  kFollowing,  // folds, leads nothing
  kFencing,    // a fence of ours is on its way
  kLeading,
  kHalted,  // L2 or unreadable data: no self-repair
};

// What machines share within a node.
struct NodeView {
  // The registry as of an offset that a record in effect names. Nothing: ask again when the store
  // takes rows.
  std::function<std::shared_ptr<const aggregates::RegistryState>(uint64_t offset)> registry_at;
  // An event of any case, as far as this node has folded and stored it.
  std::function<std::optional<aggregates::ForeignEvent>(const events::StreamId&, uint32_t)> look_up;
  // The newest registry offset folded here.
  std::function<uint64_t()> registry_end;
  // True while the disk holds only access records.
  std::function<bool()> read_only;
  // True while the wall clock is suspect: no acts of the software, no writes.
  std::function<bool()> clock_suspect;
  // Stores the batch, with the state of every machine that folded into it. False while the store
  // takes no rows; then the batch is kept.
  std::function<bool()> store_rows;
  // Rows of all that was folded since the last store: one atomic write for all machines.
  projections::RowBatch batch;
  std::string owner_id;
  std::string address;
  uint32_t generation = 0;  // of the group, as far as known (G1)
  // Others may lead here (Kafka): what gives or takes rights, and accesses, are read back (C6).
  bool shared = false;
};

// What a failure of a port is to who asked, without a reason of its own. kUnavailable: a key that
// has not come from another node yet.
absl::Status NotNow(const absl::Status& status);

class PartitionMachine {
 public:
  PartitionMachine(events::Partition partition, uint32_t partitions, Ports& ports, NodeView& node);

  // --- inputs
  // The partition is to be led here, until it is handed over or a newer owner's fence stands (O3).
  void Assign() { assigned_ = true; }
  // Takes nothing new; stands down as soon as nothing is in flight.
  void HandOver(Outbox& out);
  // O1: a fence attempt in a fresh session. REQUIRES: folded to the end of the log.
  void BeginFence(Outbox& out);
  void Submit(Request request, Outbox& out);
  void OnDelivery(const events::Delivery& delivery, Outbox& out);
  // A record read back from the log. REQUIRES: offset == next().
  void OnRecord(events::Offset offset, absl::string_view record, Outbox& out);
  // F5: the offsets from next() to `until` hold nothing and never will.
  void OnGap(events::Offset until, Outbox& out);
  // L2: what stands in the log where this node folded last, after a start; nothing: a gap. Halts
  // where it is not what was folded.
  void CheckLast(std::optional<absl::string_view> record, Outbox& out);
  // U1: everything in flight is of unknown outcome; accept nothing until a fence is read in effect.
  void OnSessionLost(Outbox& out);
  // The registry has grown: adopt it before deciding anything more.
  void Adopt(Outbox& out);
  void OnTick(Outbox& out);
  // An act of the software (Record::software): takes the way of any command and answers nobody.
  void Act(Request request, Outbox& out);
  void Halt(absl::string_view why, Outbox& out);

  // Ends a step: lets go of the answers that rest on what was folded in it. While the store takes
  // no rows the answers wait.
  void EndStep(Outbox& out);
  // For NodeView::store_rows: puts the state beside the rows folded; and: they are stored.
  void SaveState();
  void RowsStored();
  bool stored() const { return !folded_; }
  events::Offset stored_next() const { return stored_next_; }

  events::Offset next() const { return state_.head.next; }
  uint64_t adopted() const { return state_.head.adopted; }
  Phase phase() const { return phase_; }
  bool assigned() const { return assigned_; }
  bool leads() const { return phase_ == Phase::kLeading && !unsettled_; }
  // G3: an abandoned fence of ours stands, or one of an older generation; only another attempt
  // helps. Said once.
  bool TakeWantsFence() { return std::exchange(wants_fence_, false); }
  const projections::FoldState& state() const { return state_; }
  bool registry() const { return partition_ == partitions_; }
  size_t waiting() const { return waiting_; }
  size_t in_flight() const { return in_flight_.size(); }
  // Records folded in this life, by what they came to.
  using Counts = std::array<uint64_t, static_cast<size_t>(events::Effect::kVoidRegistry) + 1>;
  const Counts& folded_by_effect() const { return folded_by_effect_; }
  // Registry partition only: called for each command in effect, with its offset.
  std::function<void(events::Offset)> on_registry_record;
  // Case partitions: a case was opened (5).
  std::function<void()> on_case_opened;

 private:
  struct Waiting {
    Request request;
    absl::Duration since;  // monotonic
  };
  // A stream with something in flight or waiting, or a state worth keeping.
  struct Slot {
    std::deque<Waiting> queue;
    bool busy = false;                                   // a commit or sibling is in flight
    std::shared_ptr<const aggregates::CaseState> state;  // at `version`, if loaded
    events::Version version = 0;
  };
  enum class Flight { kCommit, kAccess, kDenial, kFence, kAdoption };
  struct InFlight {
    Flight flight = Flight::kCommit;
    uint64_t ticket = 0;  // of the append
    events::Hash256 leaf;
    std::string record;  // kept for the fast path (C6)
    events::StreamId slot;
    std::optional<Waiting> waiting;                      // whom it answers
    absl::Status refusal;                                // of kDenial
    aggregates::Grant grant;                             // of kAccess
    events::Version version = 0;                         // decided on
    std::shared_ptr<const aggregates::CaseState> after;  // of kCommit: the state it leads to
    bool unknown = false;                                // outcome to be settled by the next fence
    bool read_back = false;  // folded only when read from the log, not at its acknowledgement (C6)
  };

  // submit.cc
  void Process(const events::StreamId& slot_id, Waiting waiting, Outbox& out);
  void ProcessRecord(const events::StreamId& slot_id, Waiting waiting, Outbox& out);
  Answer AnswerFromResult(const Waiting& waiting, const events::StoredResult& result) const;
  bool CheckVersion(Waiting& waiting, events::Version current, bool exists, Outbox& out);
  void Park(const events::StreamId& slot_id, Waiting waiting);
  void Drain(const events::StreamId& slot_id, Outbox& out);
  void DrainAll(Outbox& out);
  bool MayDecide() const { return assigned_ && leads() && !adopting_ && registry_ != nullptr; }
  void ExpireWaiting(Outbox& out);
  void ExpireFolded(Outbox& out);
  events::StreamId SlotOf(const Request& request) const;

  // decide.cc
  absl::Status LoadCase(const events::StreamId& stream, events::Version version, Slot& slot);
  absl::StatusOr<std::vector<events::Event>> Decide(const Request& request, const Record& record,
                                                    Slot& slot, InFlight& flight);
  aggregates::Context ContextFor(const Request& request, const events::CommandId& id) const;
  aggregates::Grant Authorize(const Request& request) const;
  aggregates::CaseFacts FactsOf(const events::StreamId& stream) const;
  std::shared_ptr<const aggregates::RegistryState> Registry() const;

  // append.cc
  absl::StatusOr<std::string> BuildCommand(schema::Kind kind, const Request& request,
                                           const events::CommandId& id, events::Version version,
                                           const std::vector<events::Event>& decided);
  absl::StatusOr<std::string> SealPayload(events::Frame& frame,
                                          const std::vector<events::Event>& decided);
  events::Frame NewFrame(schema::Kind kind) const;
  absl::StatusOr<events::KeyId> KeyOf(const events::SubjectId& subject);
  std::optional<events::KeyId> KnownKeyOf(const events::SubjectId& subject) const;
  // Errors: kUnavailable.
  absl::StatusOr<bool> SameContent(const Request& request, const Record& record,
                                   const events::RequestHash& hash) const;
  void Send(InFlight flight, std::string record, bool access, Outbox& out);
  void Deny(const events::StreamId& slot_id, Waiting waiting, absl::Status refusal, Outbox& out);
  void Reject(const Waiting& waiting, absl::Status status, Outbox& out);
  absl::Time Stamp();

  // A read whose access record is in effect; its rows are fetched at the end of the step.
  struct Release {
    Answer answer;
    std::string view;
    absl::Duration since;  // monotonic
  };

  // software.cc
  // The one way out for answers: those of acts of the software stay here.
  void Tell(Answer answer, Outbox& out);
  void OnActSettled(const Answer& answer);
  void NoticeRows(const projections::RowBatch& batch, size_t before);
  void WatchTheDay();
  void LookForMissedVisits() { look_from_ = std::string(); }
  void RecordMissedVisits(Outbox& out);
  std::vector<projections::Visit> NextMissedVisits();
  Request MissedVisit(const projections::Visit& visit) const;
  absl::CivilDay LastDayOf(const projections::Visit& visit) const;
  absl::CivilDay Today() const;
  bool HeldBack() const { return node_.read_only() || node_.clock_suspect(); }

  // read.cc
  void Free(Release release, Outbox& out) const;
  void ProcessRead(const events::StreamId& slot_id, Waiting waiting, Outbox& out);

  // decide.cc
  events::SubjectId SubjectOf(const events::StreamId& stream) const;
  absl::Status Replay(char view, const events::StreamId& stream,
                      aggregates::CaseState& state) const;
  Answer NewAnswer(const Waiting& waiting) const;

  // settle.cc
  void FoldOne(absl::string_view record, Outbox& out);
  void Settle(InFlight flight, const projections::Folded& folded, Outbox& out);
  void SettleCommit(InFlight flight, const projections::Folded& folded, Outbox& out);
  void SettleVoid(InFlight flight, const projections::Folded& folded, Outbox& out);
  void Finish(const InFlight& flight, const projections::Folded& folded);
  void OnFenceInEffect(const projections::Folded& folded, Outbox& out);

  // lead.cc
  void StartLeading(Outbox& out);
  void LoadRegistry(Outbox& out);
  void RenewRegistry();
  void StandDown(Outbox& out);
  void RejectWaiting(Outbox& out);
  void SendAdoption(Outbox& out);

  const events::Partition partition_;
  const uint32_t partitions_;
  Ports& ports_;
  NodeView& node_;
  projections::FoldState state_;
  projections::RecentRows recent_;
  bool folded_ = false;       // something that is not stored yet
  absl::Duration folded_at_;  // monotonic, when that began
  events::Offset stored_next_ = 0;
  std::vector<Answer> done_;  // rest on rows of the batch
  std::vector<Release> releases_;

  Counts folded_by_effect_{};
  bool assigned_ = false;
  Phase phase_ = Phase::kFollowing;
  bool unsettled_ = false;  // U1: a fence of ours has to be read in effect first
  events::Nonce nonce_;     // of the newest fence attempt of ours
  bool wants_fence_ = false;
  bool adopting_ = false;  // an adoption is in flight; nothing is decided until it is folded
  absl::Time last_stamp_ = absl::InfinitePast();
  uint64_t next_ticket_ = 1;
  std::deque<InFlight> in_flight_;  // in order of appending
  absl::flat_hash_map<events::StreamId, std::unique_ptr<Slot>> slots_;
  size_t waiting_ = 0;
  absl::flat_hash_map<events::SubjectId, events::KeyId>
      fresh_keys_;                                             // taken for the record being built
  std::shared_ptr<const aggregates::RegistryState> registry_;  // as of adopted
  mutable std::pair<events::StreamId, events::SubjectId> newest_subject_;  // one derivation

  // software.cc
  std::optional<std::string>
      look_from_;         // row of the schedule to go on from; none: seen to the end
  absl::CivilDay today_;  // at the last tick
  size_t acts_under_way_ = 0;
  uint64_t acts_ = 0;  // so far: tickets
  absl::Duration look_again_at_ =
      absl::InfiniteDuration();  // monotonic: an act did not get through
};

}  // namespace guitu::runtime
