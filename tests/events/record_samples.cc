#include "tests/events/record_samples.h"

#include <gtest/gtest.h>

#include "events/event_body.h"
#include "events/schema/rescue.capnp.h"
#include "events/values.h"

namespace guitu::events {
namespace {

using schema::Kind;

Hash256 CountingHash(uint8_t from) {
  Hash256 hash;
  for (uint8_t& byte : hash.bytes) byte = from++;
  return hash;
}

Frame Base(Kind kind) {
  Frame frame;
  frame.kind = kind;
  frame.generation = 3;
  frame.log_id = {0x0102030405060708, 0x090a0b0c0d0e0f10};
  frame.epoch = 0x1112131415161718;
  frame.nonce = {0x2122232425262728, 0x292a2b2c2d2e2f30};
  frame.basis_offset = 0x3132333435363738;
  frame.basis_chain = CountingHash(0x40);
  frame.stream = {0x6162636465666768, 0x696a6b6c6d6e6f70};
  frame.expected_version = 0x7172737475767778;
  frame.command_id = {0x8182838485868788, 0x898a8b8c8d8e8f90};
  frame.request_hash = {0x9192939495969798, 0x999a9b9c9d9e9fa0};
  frame.registry_offset = 0xa1a2a3a4a5a6a7a8;
  return frame;
}

std::vector<Sample> MakeSamples() {
  Frame genesis;
  genesis.kind = Kind::GENESIS;
  genesis.log_id = {0x0102030405060708, 0x090a0b0c0d0e0f10};
  genesis.genesis = {7, 32, std::string(CountingHash(0xc0).view()), "intl", true};
  Frame fence = Base(Kind::FENCE);
  fence.fence = {5, "node-a", "https://node-a.example:8470"};
  Frame cancel = Base(Kind::COMMIT);
  cancel.cancels = true;
  return {{"genesis", genesis},
          {"fence", fence},
          {"commit", Base(Kind::COMMIT)},
          {"cancel", cancel},
          {"access", Base(Kind::ACCESS)},
          {"sibling", Base(Kind::SIBLING)},
          {"registry_adopted", Base(Kind::REGISTRY_ADOPTED)},
          {"log_restored", Base(Kind::LOG_RESTORED)}};
}

void FillBox(schema::Box::Builder box, schema::Category category, uint8_t from) {
  box.initSubject().setHi(from);
  box.getSubject().setLo(2);
  box.setCategory(category);
  box.setSuite(1);
  box.initKeyId().setHi(3);
  box.getKeyId().setLo(from);
  Hash256 bytes = CountingHash(from);
  box.setSealed({bytes.bytes.data(), bytes.bytes.size()});
}

}  // namespace

const std::vector<Sample>& RecordSamples() {
  static const auto& samples = *new std::vector<Sample>(MakeSamples());
  return samples;
}

MetaFields SampleMeta() {
  return {absl::FromUnixMicros(1771115400123456),
          "staff-17",
          "MCA-530102",
          "caseworker",
          2,
          {64, 1719},
          "corr-0001"};
}

std::string SamplePayload() {
  capnp::MallocMessageBuilder message;
  auto event = message.initRoot<schema::Payload>().initEvents(1)[0];
  event.setType(64);
  event.setOccurredAt(1771000000000000);
  auto circumstances = event.getCircumstances().initAs<schema::Circumstances>();
  circumstances.setOccurredPrecision(schema::Precision::EXACT);
  circumstances.setLegacy(schema::YesNo::NO);
  auto data = event.getData().initAs<schema::VictimRescued>();
  data.initAt().setMicros(1771000000000000);
  data.initPlace().setAdmin("530926");
  data.setPoliceUnit("耿马县公安局");
  data.initAgeBand().setCode("16-17");
  data.setInterpreter(schema::YesNo::YES);
  auto boxes = event.initBoxes(2);
  FillBox(boxes[0], schema::Category::WHEREABOUTS, 0x10);
  FillBox(boxes[1], schema::Category::HEALTH, 0x80);
  return EncodeMessage(message);
}

std::string SampleRecord(const Sample& sample) {
  bool with_events = sample.frame.kind == Kind::COMMIT && !sample.frame.cancels;
  return JoinRecord(EncodeFrame(sample.frame), EncodeMeta(SampleMeta()),
                    with_events ? SamplePayload() : "");
}

void ExpectSameFrame(const Frame& a, const Frame& b) {
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.generation, b.generation);
  EXPECT_EQ(a.log_id, b.log_id);
  EXPECT_EQ(a.epoch, b.epoch);
  EXPECT_EQ(a.nonce, b.nonce);
  EXPECT_EQ(a.basis_offset, b.basis_offset);
  EXPECT_EQ(a.basis_chain, b.basis_chain);
  EXPECT_EQ(a.stream, b.stream);
  EXPECT_EQ(a.expected_version, b.expected_version);
  EXPECT_EQ(a.command_id, b.command_id);
  EXPECT_EQ(a.request_hash, b.request_hash);
  EXPECT_EQ(a.registry_offset, b.registry_offset);
  EXPECT_EQ(a.cancels, b.cancels);
  ASSERT_EQ(a.genesis.has_value(), b.genesis.has_value());
  if (a.genesis) {
    EXPECT_EQ(a.genesis->partition, b.genesis->partition);
    EXPECT_EQ(a.genesis->partitions, b.genesis->partitions);
    EXPECT_EQ(a.genesis->salt, b.genesis->salt);
    EXPECT_EQ(a.genesis->suite, b.genesis->suite);
    EXPECT_EQ(a.genesis->synthetic, b.genesis->synthetic);
  }
  ASSERT_EQ(a.fence.has_value(), b.fence.has_value());
  if (a.fence) {
    EXPECT_EQ(a.fence->group_generation, b.fence->group_generation);
    EXPECT_EQ(a.fence->owner, b.fence->owner);
    EXPECT_EQ(a.fence->address, b.fence->address);
  }
}

}  // namespace guitu::events
