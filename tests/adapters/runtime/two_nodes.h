// Two owners over one log that several sessions may write to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "projections/keys.h"
#include "tests/adapters/runtime/log_kinds.h"
#include "tests/adapters/runtime/runtime_fixture.h"

namespace guitu::runtime {

// Two nodes, `a` and `b`, with stores of their own. Partition 0 to 3 of the cases, 4 the registry.
// Instantiated like RuntimeTest, on logs that take several sessions.
class TwoNodes : public testing::TestWithParam<LogKind> {
 protected:
  static constexpr uint32_t kPartitions = 4;
  struct Node {
    memory_store::MemoryStore store;
    std::optional<Driver> driver;
    std::map<uint64_t, Answer> answers;
  };

  TwoNodes() {
    world.WriteGenesis();
    Start(a, "owner-a");
    Start(b, "owner-b");
    a.driver->Assign({4, 0, 1, 2, 3}, 1);
    Settle();
    auto tickets = a.driver->SubmitAll(SetUpRequests(Now()));
    Settle();
    for (uint64_t ticket : tickets) GUITU_CHECK(a.answers.at(ticket).status.ok());
  }

  void Start(Node& node, std::string owner) {
    node.driver.emplace(kPartitions, world.node_log(), world.MakePorts(node.store),
                        std::move(owner), false);
    node.driver->Start();
  }
  absl::Time Now() const { return world.clock.Now(); }
  // One round of everything that moves by itself. False: nothing moved.
  bool Move(Node& node) {
    bool moved = node.driver->Step();
    node.driver->Follow();
    for (Answer& answer : node.driver->TakeAnswers())
      node.answers[answer.ticket] = std::move(answer);
    return moved;
  }
  void Settle() {
    while (true) {
      bool moved = world.log.DeliverAll() > 0;
      moved = Move(a) || moved;
      moved = Move(b) || moved;
      if (!moved && world.log.pending() == 0) break;
    }
    Move(a);
    Move(b);
  }
  void Wait(absl::Duration by) {
    world.clock.Advance(by);
    a.driver->Tick();
    b.driver->Tick();
    Settle();
  }
  void WaitOutTheJitter() {
    for (int i = 0; i < 4; ++i) Wait(absl::Milliseconds(30));
  }
  Answer Ask(Node& node, Request request) {
    uint64_t ticket = node.driver->Submit(std::move(request));
    Settle();
    Wait(absl::Milliseconds(20));
    GUITU_CHECK(node.answers.contains(ticket));
    return node.answers[ticket];
  }
  std::optional<Reason> ReasonFor(Node& node, uint64_t ticket) {
    if (!node.answers.contains(ticket)) return std::nullopt;
    return events::ReasonOf(node.answers[ticket].status);
  }
  events::StreamId OpenCase(Node& node, uint32_t partition = 0, std::string stem = "case") {
    std::string key = KeyInPartition(kPolice, stem, partition, kPartitions);
    Answer answer = Ask(node, Opening(kPolice, key, Rescued(Now())));
    GUITU_CHECK(answer.status.ok());
    return answer.stream;
  }
  Request Claim(events::StreamId stream, std::string key, events::Version expected) {
    return Command(kPolice, stream, key, Claimed(Now(), key), expected);
  }
  std::vector<events::Frame> Fences(events::Partition p) const {
    std::vector<events::Frame> fences;
    for (const events::Frame& frame : world.Frames(p)) {
      if (frame.kind == schema::Kind::FENCE) fences.push_back(frame);
    }
    return fences;
  }
  // A fence of somebody else, as of a generation of the group.
  void LandFence(events::Partition p, uint64_t generation,
                 const std::string& owner = "somebody-else") {
    Land(p, schema::Kind::FENCE, events::FenceFields{generation, owner, "other:1"});
  }
  // A fence, or what is written under the one before.
  void Land(events::Partition p, schema::Kind kind, std::optional<events::FenceFields> fence) {
    const events::EffectHead& head = a.driver->machine(p).state().head;
    events::Frame frame;
    frame.kind = kind;
    frame.log_id = head.log_id;
    frame.generation = head.generation + (kind == schema::Kind::LOG_RESTORED ? 1 : 0);
    frame.epoch = head.epoch + (fence ? 1 : 0);
    frame.nonce = {0xf0, 0x0d};
    frame.basis_offset = head.next;
    frame.basis_chain = head.chain;
    frame.registry_offset = head.adopted;
    frame.fence = std::move(fence);
    events::MetaFields meta;
    meta.recorded_at = Now();
    meta.actor = "system";
    world.Land(p, {events::JoinRecord(events::EncodeFrame(frame), events::EncodeMeta(meta), "")});
  }
  static std::string RowsOf(Node& node, events::Partition p) {
    std::string all;
    std::string prefix = projections::StreamKey(p, {}).substr(0, 2);
    node.store.Scan(prefix, prefix, [&](absl::string_view key, absl::string_view value) {
      absl::StrAppend(&all, key, "=", value, ";");
      return true;
    });
    return all;
  }

  World world{kPartitions, 1, GetParam()};
  Node a, b;
};

}  // namespace guitu::runtime
