// A node over the memory store and one of several logs, with a registry that was set up by real
// commands. Four case partitions, so partition 4 is the registry's.
//
// RuntimeTest and TwoNodes (two_nodes.h) run on every log that the program instantiates them with:
// memory, embedded and mock cluster in runtime_test (logs_test.cc), real brokers in
// runtime_broker_test (broker_logs_test.cc). Fixtures of the memory log alone derive from
// RuntimeFixture.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "events/check.h"
#include "events/reason.h"
#include "tests/adapters/runtime/acts.h"
#include "tests/adapters/runtime/driver.h"
#include "tests/adapters/runtime/test_ports.h"

namespace guitu::runtime {

using events::Reason;
using memory_log::Fate;

class RuntimeFixture : public testing::Test {
 protected:
  static constexpr uint32_t kPartitions = 4;

  explicit RuntimeFixture(const LogKind& kind = kMemory) : world(kPartitions, 1, kind) {
    world.WriteGenesis();
    StartProcess();
    auto tickets = driver->SubmitAll(SetUpRequests(Now()));
    Settle();
    for (uint64_t ticket : tickets) GUITU_CHECK(Done(ticket));
  }

  absl::Time Now() const { return world.clock.Now(); }

  void StartProcess() {
    driver.emplace(kPartitions, world.node_log(), world.MakePorts(world.store),
                   absl::StrCat("owner-", ++processes_));
    driver->Start();
    Settle();
  }
  // The process dies; of the rows that were not flushed `kept` batches survive.
  void Crash(size_t kept) {
    driver.reset();
    world.ReopenLog();
    world.store.CrashTo(kept);
    StartProcess();
  }
  // Lets everything under way come to its end.
  void Settle() {
    while (world.log.DeliverAll() > 0 || driver->Step()) {
    }
    Collect();
  }
  // The deliveries of what lies queued, and no more.
  void DeliverOnce() {
    world.log.DeliverAll();
    driver->Step();
    Collect();
  }
  void Collect() {
    for (Answer& answer : driver->TakeAnswers()) answers_[answer.ticket] = std::move(answer);
  }
  void Wait(absl::Duration by) {
    world.clock.Advance(by);
    driver->Tick();
    Settle();
  }
  uint64_t Send(Request request) {
    uint64_t ticket = driver->Submit(std::move(request));
    Collect();
    return ticket;
  }
  const Answer* Find(uint64_t ticket) const {
    auto it = answers_.find(ticket);
    return it == answers_.end() ? nullptr : &it->second;
  }
  bool Answered(uint64_t ticket) const { return Find(ticket) != nullptr; }
  // OK is nothing.
  std::optional<Reason> ReasonFor(uint64_t ticket) const {
    const Answer* answer = Find(ticket);
    GUITU_CHECK(answer != nullptr);
    if (answer->status.ok()) return std::nullopt;
    return events::ReasonOf(answer->status);
  }
  bool Done(uint64_t ticket) const { return Answered(ticket) && Find(ticket)->status.ok(); }
  Answer Ask(Request request) {
    uint64_t ticket = Send(std::move(request));
    Settle();
    GUITU_CHECK(Answered(ticket));
    return *Find(ticket);
  }
  std::vector<std::string> Rows(const Answer& answer) const {
    return ReleasedRows(world.store, answer);
  }

  // A case in partition 0, version 1.
  events::StreamId OpenCase(std::string stem = "case") {
    std::string key = KeyInPartition(kPolice, stem, 0, kPartitions);
    Answer answer = Ask(Opening(kPolice, key, Rescued(Now())));
    GUITU_CHECK(answer.status.ok());
    return answer.stream;
  }
  Request Claim(events::StreamId stream, std::string key, events::Version expected) {
    return Command(kPolice, stream, key, Claimed(Now(), key), expected);
  }
  Request Wish(events::StreamId stream, std::string key, bool acceptable = true) {
    return AnyVersion(Command(kPolice, stream, key, WishHeard(Now(), acceptable), std::nullopt));
  }
  Request Suspend(std::string staff, events::Version expected) {
    return Registry(kAdmin, absl::StrCat("suspend-", staff), SuspendAct(Now(), staff), expected);
  }
  // The fate of the next appends; afterwards all are appended.
  void Next(std::vector<Fate> fates) {
    auto left = std::make_shared<std::vector<Fate>>(fates.rbegin(), fates.rend());
    world.log.SetScript([left](const events::Append&) {
      if (left->empty()) return Fate::kAppend;
      Fate fate = left->back();
      left->pop_back();
      return fate;
    });
  }
  // The frame of a record as the present owner would write it.
  events::Frame OwnFrame(schema::Kind kind, events::Partition p = 0) const {
    const events::EffectHead& head = driver->machine(p).state().head;
    events::Frame frame;
    frame.kind = kind;
    frame.log_id = head.log_id;
    frame.epoch = head.epoch;
    frame.nonce = head.nonce;
    frame.basis_offset = head.next;
    frame.basis_chain = head.chain;
    frame.registry_offset = head.adopted;
    return frame;
  }
  // A commit without events under the standing fence, by somebody who knows its nonce.
  events::Frame TwinCommit(events::StreamId stream, events::Version version) const {
    events::Frame frame = OwnFrame(schema::Kind::COMMIT);
    frame.stream = stream;
    frame.expected_version = version;
    frame.command_id = {0x7713, version};
    return frame;
  }
  events::Frame ForeignFence(events::Partition p = 0) const {
    events::Frame frame = OwnFrame(schema::Kind::FENCE, p);
    frame.epoch += 1;
    frame.nonce = {0xf0, 0x0d};
    frame.fence = events::FenceFields{0, "somebody-else", "other:1"};
    return frame;
  }
  void Land(const events::Frame& frame, std::vector<uint16_t> types = {}, events::Partition p = 0) {
    events::MetaFields meta;
    meta.recorded_at = Now();
    meta.actor = "system";
    meta.event_types = std::move(types);
    capnp::MallocMessageBuilder payload;
    payload.initRoot<schema::Payload>();
    world.Land(p, {events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta),
                                      events::EncodeMessage(payload))});
  }
  // Commits of the command in the log, in effect or not.
  size_t Copies(events::CommandId id) const {
    size_t copies = 0;
    for (events::Partition p = 0; p <= kPartitions; ++p) {
      for (const events::Frame& frame : world.Frames(p)) copies += frame.command_id == id ? 1 : 0;
    }
    return copies;
  }

  World world;
  std::optional<Driver> driver;

 private:
  std::map<uint64_t, Answer> answers_;
  int processes_ = 0;
};

// The letters of protocol.md that one owner has.
class RuntimeTest : public RuntimeFixture, public testing::WithParamInterface<LogKind> {
 protected:
  RuntimeTest() : RuntimeFixture(GetParam()) {}
};

}  // namespace guitu::runtime
