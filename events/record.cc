#include "events/record.h"

#include <kj/exception.h>

#include <cstring>

#include "absl/strings/str_cat.h"

namespace guitu::events {
namespace {

constexpr absl::string_view kMagic = "GTU1";
constexpr size_t kHeader = 16;

void PutU32(std::string& out, size_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(value >> shift));
}

uint32_t GetU32(absl::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value |= uint32_t{static_cast<uint8_t>(bytes[at + i])} << (8 * i);
  return value;
}

uint64_t Word(const Hash256& hash, size_t index) {
  uint64_t word = 0;
  for (size_t i = 0; i < 8; ++i) word = word << 8 | hash.bytes[8 * index + i];
  return word;
}

void SetWord(Hash256& hash, size_t index, uint64_t word) {
  for (size_t i = 0; i < 8; ++i)
    hash.bytes[8 * index + i] = static_cast<uint8_t>(word >> (56 - 8 * i));
}

std::string Text(capnp::Text::Reader text) { return {text.begin(), text.size()}; }
capnp::Text::Reader Text(const std::string& text) { return {text.c_str(), text.size()}; }

void FillExtras(schema::Frame::Builder out, const Frame& frame) {
  if (frame.genesis) {
    auto genesis = out.initGenesis();
    genesis.setPartition(frame.genesis->partition);
    genesis.setPartitions(frame.genesis->partitions);
    const std::string& salt = frame.genesis->salt;
    genesis.setSalt({reinterpret_cast<const kj::byte*>(salt.data()), salt.size()});
    genesis.setSuite(Text(frame.genesis->suite));
    genesis.setSynthetic(frame.genesis->synthetic);
  }
  if (frame.fence) {
    auto fence = out.initFence();
    fence.setGroupGeneration(frame.fence->group_generation);
    fence.setOwner(Text(frame.fence->owner));
    fence.setAddress(Text(frame.fence->address));
  }
}

Frame ReadFrame(schema::Frame::Reader in) {
  Frame frame;
  frame.kind = in.getKind();
  frame.generation = in.getGeneration();
  frame.log_id = {in.getLogId().getHi(), in.getLogId().getLo()};
  frame.epoch = in.getEpoch();
  frame.nonce = {in.getNonce().getHi(), in.getNonce().getLo()};
  frame.basis_offset = in.getBasisOffset();
  auto chain = in.getBasisChain();
  SetWord(frame.basis_chain, 0, chain.getA());
  SetWord(frame.basis_chain, 1, chain.getB());
  SetWord(frame.basis_chain, 2, chain.getC());
  SetWord(frame.basis_chain, 3, chain.getD());
  frame.stream = {in.getStream().getHi(), in.getStream().getLo()};
  frame.expected_version = in.getExpectedVersion();
  frame.command_id = {in.getCommandId().getHi(), in.getCommandId().getLo()};
  frame.request_hash = {in.getRequestHash().getA(), in.getRequestHash().getB()};
  frame.registry_offset = in.getRegistryOffset();
  frame.cancels = in.getCancels();
  if (in.hasGenesis()) {
    auto genesis = in.getGenesis();
    auto salt = genesis.getSalt();
    frame.genesis = {genesis.getPartition(), genesis.getPartitions(),
                     std::string(reinterpret_cast<const char*>(salt.begin()), salt.size()),
                     Text(genesis.getSuite()), genesis.getSynthetic()};
  }
  if (in.hasFence()) {
    auto fence = in.getFence();
    frame.fence = {fence.getGroupGeneration(), Text(fence.getOwner()), Text(fence.getAddress())};
  }
  return frame;
}

}  // namespace

std::string EncodeMessage(capnp::MessageBuilder& message) {
  auto segments = message.getSegmentsForOutput();
  if (segments.size() == 1) {
    auto bytes = segments[0].asBytes();
    return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
  }
  auto root = message.getRoot<capnp::AnyPointer>().asReader();
  capnp::MallocMessageBuilder whole(static_cast<uint>(root.targetSize().wordCount + 1));
  whole.setRoot(root);
  auto bytes = whole.getSegmentsForOutput()[0].asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

std::string EncodeFrame(const Frame& frame) {
  capnp::word scratch[64];
  std::memset(scratch, 0, sizeof scratch);
  capnp::MallocMessageBuilder message(kj::arrayPtr(scratch, 64));
  auto out = message.initRoot<schema::Frame>();
  out.setFormat(kFormat);
  out.setKind(frame.kind);
  out.setGeneration(frame.generation);
  out.setEpoch(frame.epoch);
  out.getLogId().setHi(frame.log_id.hi);
  out.getLogId().setLo(frame.log_id.lo);
  out.getNonce().setHi(frame.nonce.hi);
  out.getNonce().setLo(frame.nonce.lo);
  out.setBasisOffset(frame.basis_offset);
  auto chain = out.getBasisChain();
  chain.setA(Word(frame.basis_chain, 0));
  chain.setB(Word(frame.basis_chain, 1));
  chain.setC(Word(frame.basis_chain, 2));
  chain.setD(Word(frame.basis_chain, 3));
  out.getStream().setHi(frame.stream.hi);
  out.getStream().setLo(frame.stream.lo);
  out.setExpectedVersion(frame.expected_version);
  out.getCommandId().setHi(frame.command_id.hi);
  out.getCommandId().setLo(frame.command_id.lo);
  out.getRequestHash().setA(frame.request_hash.hi);
  out.getRequestHash().setB(frame.request_hash.lo);
  out.setRegistryOffset(frame.registry_offset);
  out.setCancels(frame.cancels);
  FillExtras(out, frame);
  return EncodeMessage(message);
}

std::string EncodeMeta(const MetaFields& meta) {
  capnp::word scratch[64];
  std::memset(scratch, 0, sizeof scratch);
  capnp::MallocMessageBuilder message(kj::arrayPtr(scratch, 64));
  auto out = message.initRoot<schema::Meta>();
  out.setRecordedAt(absl::ToUnixMicros(meta.recorded_at));
  out.setActor(Text(meta.actor));
  out.setUnit(Text(meta.unit));
  out.setRole(Text(meta.role));
  out.setFormatLevel(meta.format_level);
  auto types = out.initEventTypes(static_cast<uint>(meta.event_types.size()));
  for (uint i = 0; i < types.size(); ++i) types.set(i, meta.event_types[i]);
  if (!meta.correlation.empty()) out.setCorrelation(Text(meta.correlation));
  return EncodeMessage(message);
}

std::string JoinRecord(absl::string_view frame, absl::string_view meta, absl::string_view payload) {
  std::string out;
  out.reserve(kHeader + frame.size() + meta.size() + payload.size());
  absl::StrAppend(&out, kMagic);
  PutU32(out, frame.size());
  PutU32(out, meta.size());
  PutU32(out, payload.size());
  absl::StrAppend(&out, frame, meta, payload);
  return out;
}

std::optional<RecordView> SplitRecord(absl::string_view record) {
  if (record.size() < kHeader || record.substr(0, kMagic.size()) != kMagic) return std::nullopt;
  uint64_t frame = GetU32(record, 4);
  uint64_t meta = GetU32(record, 8);
  uint64_t payload = GetU32(record, 12);
  if (kHeader + frame + meta + payload != record.size()) return std::nullopt;
  return RecordView{record.substr(kHeader, frame), record.substr(kHeader + frame, meta),
                    record.substr(kHeader + frame + meta, payload)};
}

SegmentReader::SegmentReader(absl::string_view bytes) {
  size_t words = bytes.size() / sizeof(capnp::word);
  if (reinterpret_cast<uintptr_t>(bytes.data()) % alignof(capnp::word) == 0 && !bytes.empty()) {
    segments_[0] = kj::arrayPtr(reinterpret_cast<const capnp::word*>(bytes.data()), words);
  } else {
    copy_ = kj::heapArray<capnp::word>(words);
    if (words > 0) std::memcpy(copy_.begin(), bytes.data(), words * sizeof(capnp::word));
    segments_[0] = copy_;
  }
  reader_ = std::make_unique<capnp::SegmentArrayMessageReader>(kj::arrayPtr(segments_, 1));
}

std::optional<Frame> DecodeFrame(absl::string_view bytes) {
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0) return std::nullopt;
  std::optional<Frame> frame;
  SegmentReader segment(bytes);
  // Bytes of strangers may lie in a topic: what does not read is void, never the end of the
  // process.
  kj::runCatchingExceptions([&] {
    auto in = segment.Root<schema::Frame>();
    if (in.getFormat() == kFormat) frame = ReadFrame(in);
  });
  return frame;
}

absl::StatusOr<MetaFields> DecodeMeta(absl::string_view bytes) {
  MetaFields meta;
  SegmentReader segment(bytes);
  auto failure = kj::runCatchingExceptions([&] {
    auto in = segment.Root<schema::Meta>();
    meta.recorded_at = absl::FromUnixMicros(in.getRecordedAt());
    meta.actor = Text(in.getActor());
    meta.unit = Text(in.getUnit());
    meta.role = Text(in.getRole());
    meta.format_level = in.getFormatLevel();
    for (uint16_t type : in.getEventTypes()) meta.event_types.push_back(type);
    meta.correlation = Text(in.getCorrelation());
  });
  if (failure != nullptr) return absl::DataLossError("the meta part of a record does not read");
  return meta;
}

Hash256 LeafOf(HashFunction hash, const RecordView& record) {
  Hash256 frame = hash({record.frame});
  Hash256 meta = hash({record.meta});
  Hash256 payload = hash({record.payload});
  return hash({absl::string_view("\0", 1), frame.view(), meta.view(), payload.view()});
}

Hash256 GapLeaf(HashFunction hash) { return hash({absl::string_view("\0guitu gap", 10)}); }

Hash256 NextChain(HashFunction hash, const Hash256& chain, const Hash256& leaf) {
  return hash({chain.view(), leaf.view()});
}

std::optional<uint16_t> TypeOfRow(absl::string_view number) {
  size_t digits = 0;
  uint32_t row = 0;
  while (digits < number.size() && number[digits] >= '0' && number[digits] <= '9' && digits < 4) {
    row = row * 10 + static_cast<uint32_t>(number[digits] - '0');
    ++digits;
  }
  absl::string_view letter = number.substr(digits);
  if (digits == 0 || letter.size() > 1 || row > 4000) return std::nullopt;
  if (digits > 1 && number[0] == '0') return std::nullopt;  // "04": one row has one spelling
  if (letter.empty()) return static_cast<uint16_t>(row * 16);
  if (letter[0] < 'a' || letter[0] > 'o') return std::nullopt;
  return static_cast<uint16_t>(row * 16 + static_cast<uint32_t>(letter[0] - 'a') + 1);
}

std::string RowOfType(uint16_t type) {
  std::string row = absl::StrCat(type / 16);
  if (type % 16 != 0) row.push_back(static_cast<char>('a' + type % 16 - 1));
  return row;
}

}  // namespace guitu::events
