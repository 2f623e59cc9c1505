#include "adapters/embedded_log/anchor.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "events/bytes.h"
#include "events/check.h"

namespace guitu::embedded_log {
namespace {

constexpr absl::string_view kMagic = "GTANCHR1";
constexpr uint64_t kSlotBytes = 64 << 10;
constexpr size_t kPartitionsMax = 900;
constexpr size_t kHeaderBytes = 8 + 8 + 16 + 4;
constexpr size_t kEntryBytes = 8 + 32 + 32;
// Writes begin this far apart at least, which leaves the disk as long to finish within the 10 ms.
constexpr absl::Duration kPace = absl::Milliseconds(5);
static_assert(kHeaderBytes + kPartitionsMax * kEntryBytes + sizeof(AnchorSignature) <= kSlotBytes);

absl::Duration Monotonic() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

std::string Encode(const AnchorState& state) {
  events::ByteWriter writer;
  writer.Raw(kMagic).U64(state.sequence).Id(state.log_id);
  writer.U32(static_cast<uint32_t>(state.partitions.size()));
  for (const AnchorEntry& entry : state.partitions) {
    writer.U64(entry.count).Hash(entry.chain).Hash(entry.root);
  }
  return writer.Take();
}

std::optional<AnchorState> Decode(absl::string_view slot, const AnchorVerifier& verify) {
  events::ByteReader reader(slot);
  AnchorState state;
  if (reader.Raw(kMagic.size()) != kMagic) return std::nullopt;
  state.sequence = reader.U64();
  state.log_id = reader.ReadId<events::LogId>();
  const uint32_t partitions = reader.U32();
  if (!reader.ok() || partitions == 0 || partitions > kPartitionsMax) return std::nullopt;
  for (uint32_t p = 0; p < partitions; ++p) {
    AnchorEntry entry;
    entry.count = reader.U64();
    entry.chain = reader.Hash();
    entry.root = reader.Hash();
    state.partitions.push_back(entry);
  }
  AnchorSignature signature{};
  const absl::string_view bytes = reader.Raw(signature.size());
  if (!reader.ok()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), signature.begin());
  const size_t signed_bytes = kHeaderBytes + partitions * kEntryBytes;
  if (!verify(slot.substr(0, signed_bytes), signature)) return std::nullopt;
  return state;
}

absl::Status WriteSlot(int file, const AnchorState& state, const AnchorSigner& sign) {
  std::string bytes = Encode(state);
  const AnchorSignature signature = sign(bytes);
  bytes.append(reinterpret_cast<const char*>(signature.data()), signature.size());
  absl::Status written = WriteAllAt(file, bytes, state.sequence % 2 * kSlotBytes);
  if (!written.ok()) return written;
  if (::fdatasync(file) != 0) return ErrnoStatus("anchor: syncing", errno);
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadWhole(int file) {
  std::string bytes(2 * kSlotBytes, '\0');
  size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::pread(file, &bytes[have], bytes.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus("anchor: reading", errno);
    if (got == 0) break;  // cut short: what is missing does not verify
    have += static_cast<size_t>(got);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<AnchorState> Anchor::Load(const std::string& path, const AnchorVerifier& verify) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) {
    if (errno == ENOENT) return absl::NotFoundError("anchor: missing");
    return ErrnoStatus("anchor: opening", errno);
  }
  absl::StatusOr<std::string> bytes = ReadWhole(file.get());
  if (!bytes.ok()) return bytes.status();
  const absl::string_view view = *bytes;
  std::optional<AnchorState> newest;
  for (uint64_t slot = 0; slot < 2; ++slot) {
    std::optional<AnchorState> state = Decode(view.substr(slot * kSlotBytes, kSlotBytes), verify);
    // A slot that stands in the other's place was copied there.
    if (!state || state->sequence % 2 != slot) continue;
    if (!newest || state->sequence > newest->sequence) newest = std::move(state);
  }
  if (!newest) return absl::DataLossError("anchor: neither of its slots is whole and signed");
  return *std::move(newest);
}

absl::StatusOr<std::unique_ptr<Anchor>> Anchor::Create(const std::string& path, AnchorState state,
                                                       AnchorSigner sign) {
  GUITU_CHECK(!state.partitions.empty() && state.partitions.size() <= kPartitionsMax);
  // Complete before it gets its name: an interrupted creation is a missing anchor, not a damaged
  // one.
  const std::string building = path + ".new";
  Descriptor file(::open(building.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.ok()) return ErrnoStatus("anchor: creating", errno);
  // Written out in full, so that a later write needs no new blocks and no change of the file's
  // size.
  absl::Status status = WriteAllAt(file.get(), std::string(2 * kSlotBytes, '\0'), 0);
  state.sequence = 1;
  if (status.ok()) status = WriteSlot(file.get(), state, sign);
  if (status.ok() && ::fsync(file.get()) != 0) status = ErrnoStatus("anchor: syncing", errno);
  // link, unlike rename, does not replace an anchor that is there.
  if (status.ok() && ::link(building.c_str(), path.c_str()) != 0) {
    status = errno == EEXIST ? absl::AlreadyExistsError("anchor: there is one already")
                             : ErrnoStatus("anchor: naming", errno);
  }
  ::unlink(building.c_str());
  if (!status.ok()) return status;
  const size_t slash = path.rfind('/');
  status = SyncDirectory(slash == std::string::npos ? "." : path.substr(0, slash + 1));
  if (!status.ok()) return status;
  return std::unique_ptr<Anchor>(new Anchor(std::move(file), std::move(state), std::move(sign)));
}

absl::StatusOr<std::unique_ptr<Anchor>> Anchor::Open(const std::string& path, AnchorState loaded,
                                                     AnchorSigner sign) {
  GUITU_CHECK(!loaded.partitions.empty() && loaded.sequence > 0);
  Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.ok()) {
    if (errno == ENOENT) return absl::NotFoundError("anchor: missing");
    return ErrnoStatus("anchor: opening", errno);
  }
  return std::unique_ptr<Anchor>(new Anchor(std::move(file), std::move(loaded), std::move(sign)));
}

Anchor::Anchor(Descriptor file, AnchorState state, AnchorSigner sign)
    : file_(std::move(file)),
      sign_(std::move(sign)),
      state_(std::move(state)),
      writer_([this] { Run(); }) {}

Anchor::~Anchor() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  writer_.join();
}

void Anchor::Advance(events::Partition partition, uint64_t count, const events::Hash256& chain,
                     const events::Hash256& root) {
  absl::MutexLock lock(&mutex_);
  GUITU_CHECK(partition < state_.partitions.size());
  AnchorEntry& entry = state_.partitions[partition];
  if (count <= entry.count) return;
  entry = {count, chain, root};
  dirty_ = true;
}

absl::Status Anchor::Flush() {
  absl::MutexLock lock(&mutex_);
  if (!dirty_ && started_ == attempts_) return written_;
  // A write that is under way may have begun before the last Advance; the one after it has all.
  const uint64_t target = dirty_ ? started_ + 1 : started_;
  hurry_ = true;
  const auto done = [this, target]()
                        ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return attempts_ >= target; };
  mutex_.Await(absl::Condition(&done));
  return written_;
}

absl::Status Anchor::status() const {
  absl::MutexLock lock(&mutex_);
  return written_;
}

AnchorState Anchor::state() const {
  absl::MutexLock lock(&mutex_);
  return state_;
}

bool Anchor::Urgent() const { return hurry_ || stopping_; }

void Anchor::Run() {
  pthread_setname_np(pthread_self(), "anchor");
  absl::Duration last = -absl::InfiniteDuration();
  absl::MutexLock lock(&mutex_);
  while (true) {
    mutex_.Await(absl::Condition(this, &Anchor::WorkToDo));
    if (!dirty_) return;  // stopping, and nothing is left to write
    const absl::Duration wait = last + kPace - Monotonic();
    if (wait > absl::ZeroDuration()) {
      mutex_.AwaitWithTimeout(absl::Condition(this, &Anchor::Urgent), wait);
    }
    hurry_ = false;
    dirty_ = false;
    ++started_;
    AnchorState next = state_;
    ++next.sequence;
    mutex_.Unlock();
    last = Monotonic();
    absl::Status written = WriteSlot(file_.get(), next, sign_);
    mutex_.Lock();
    // After a failure the same slot is written again: the other one is the last that is whole.
    if (written.ok()) {
      state_.sequence = next.sequence;
    } else {
      dirty_ = true;
    }
    written_ = std::move(written);
    ++attempts_;
    if (stopping_ && !written_.ok()) return;
  }
}

}  // namespace guitu::embedded_log
