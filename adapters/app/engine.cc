#include "adapters/app/engine.h"

#include <pthread.h>

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "adapters/http/outbox.h"
#include "events/reason.h"
#include "projections/fold.h"

namespace guitu::app {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(20);
constexpr absl::Duration kAnchorEvery = absl::Milliseconds(5);

}  // namespace

Engine::Engine(events::EventLog& log, runtime::Ports ports, EngineOptions options)
    : log_(log),
      ports_(ports),
      options_(std::move(options)),
      node_(options_.partitions, std::move(ports), options_.owner_id, options_.address),
      anchored_(options_.partitions + 1) {}

Engine::~Engine() { Stop(absl::ZeroDuration()); }

absl::Status Engine::Start(absl::Duration patience) {
  thread_ = std::thread([this] { Run(); });
  std::unique_lock lock(mutex_);
  started_.wait_for(lock, absl::ToChronoMilliseconds(patience), [this] { return start_known_; });
  if (start_known_) return start_status_;
  return absl::UnavailableError("the partitions are not led yet");
}

void Engine::Submit(runtime::Request request, Callback callback) {
  bool first = false;
  const auto stream = request.stream;
  {
    std::lock_guard lock(mutex_);
    if (!stopping_) {
      first = inbox_.requests.empty() && inbox_.deliveries.empty();
      inbox_.requests.emplace_back(std::move(request), std::move(callback));
      callback = nullptr;
      ++unanswered_;
    }
  }
  if (callback) {
    runtime::Answer answer;
    answer.stream = stream;
    answer.status = events::Refuse(events::Reason::NOT_OWNER);
    callback(std::move(answer));
  } else if (first) {
    wake_.notify_one();
  }
}

void Engine::Stop(absl::Duration drain) {
  if (!thread_.joinable()) return;
  {
    std::unique_lock lock(mutex_);
    // Whoever has been promised an answer gets it: the wait ends when nothing is in flight.
    started_.wait_for(lock, absl::ToChronoMilliseconds(drain), [this] { return Drained(); });
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

// REQUIRES: mutex_ held.
bool Engine::Drained() const { return unanswered_ == 0; }

std::shared_ptr<const aggregates::RegistryState> Engine::registry() const {
  std::lock_guard lock(mutex_);
  return registry_;
}

EngineFigures Engine::figures() const {
  std::lock_guard lock(mutex_);
  return figures_;
}

void Engine::Run() {
  pthread_setname_np(pthread_self(), "engine");
  next_tick_ = ports_.clock.Monotonic();
  LookAtDisk();
  runtime::Outbox out;
  node_.Start(out);
  Do(out);
  while (true) {
    Inbox inbox;
    {
      std::unique_lock lock(mutex_);
      absl::Duration rest = AnchorIsBehind() ? kAnchorEvery : kTick;
      wake_.wait_for(lock, absl::ToChronoMilliseconds(rest), [this] {
        return stopping_ || !inbox_.requests.empty() || !inbox_.deliveries.empty();
      });
      if (stopping_) break;
      std::swap(inbox, inbox_);
    }
    runtime::Outbox step;
    Step(std::move(inbox), step);
    Do(step);
  }
  next_anchor_ = -absl::InfiniteDuration();  // an orderly end leaves nothing uncovered
  MoveAnchor();
  session_ = nullptr;
  std::vector<runtime::Answer> left;
  for (auto& [ticket, callback] : callbacks_) {
    runtime::Answer answer;
    answer.ticket = ticket;
    answer.status = events::Refuse(events::Reason::SETTLING);
    left.push_back(std::move(answer));
  }
  Deliver(std::move(left));
}

void Engine::Step(Inbox inbox, runtime::Outbox& out) {
  node_.OnDeliveries(inbox.deliveries, out);
  for (auto& [request, callback] : inbox.requests) {
    request.ticket = next_ticket_++;
    callbacks_[request.ticket] = std::move(callback);
    node_.Submit(std::move(request), out);
  }
  absl::Duration now = ports_.clock.Monotonic();
  if (now < next_tick_) return;
  next_tick_ = now + kTick;
  LookAtDisk();
  if (options_.clock_suspect) node_.set_clock_suspect(options_.clock_suspect());
  node_.OnTick(out);
}

void Engine::LookAtDisk() {
  if (!options_.space_low) return;
  node_.set_read_only(options_.space_low());
}

// Does what the machine wants until it wants nothing more.
void Engine::Do(runtime::Outbox& out) {
  for (bool again = true; again;) {
    again = false;
    if (out.wants_session) {
      out.wants_session = false;
      out.appends.clear();  // of the session that is lost: never sent, settled by the next fence
      OpenSession(out);
      again = true;
    }
    if (!out.reads.empty()) {
      DoReads(out);
      again = true;
    }
    node_.EndStep(out);
    Append(out);
    again = again || out.wants_session || !out.reads.empty();
  }
  for (const std::string& alarm : out.alarms) {
    if (options_.alarm) options_.alarm(alarm);
  }
  out.alarms.clear();
  Publish();
  MoveAnchor();
  Deliver(std::move(out.answers));
  out.answers.clear();
}

void Engine::Append(runtime::Outbox& out) {
  if (!out.appends.empty() && session_ != nullptr) {
    if (out.appends.size() == 1 && out.answers.empty() && Idle()) {
      session_->EnqueueAlone(std::move(out.appends.front()));
    } else {
      session_->Enqueue(std::move(out.appends));
    }
  }
  out.appends.clear();
}

// Nobody waits for this thread.
bool Engine::Idle() const {
  std::lock_guard lock(mutex_);
  return inbox_.requests.empty() && inbox_.deliveries.empty() && callbacks_.size() <= 1;
}

void Engine::DoReads(runtime::Outbox& out) {
  std::vector<runtime::Outbox::ReadBack> reads;
  reads.swap(out.reads);
  bool to_the_end = false;
  absl::Status worst;
  for (const auto& read : reads) {
    bool whole = read.until == std::numeric_limits<events::Offset>::max();
    to_the_end |= whole;
    events::Offset from = std::max(read.from, node_.machine(read.partition).next());
    if (from >= read.until) continue;
    auto status = log_.Read(read.partition, from, read.until - from,
                            [&](events::Offset offset, absl::string_view record) {
                              node_.OnRecord(read.partition, offset, record, out);
                              return true;
                            });
    if (!status.ok()) worst = status;
    if (absl::IsDataLoss(status)) node_.OnReadFailed(read.partition, status, out);
  }
  if (!to_the_end) return;
  if (worst.ok() && !gate_passed_) {
    node_.EndStep(out);
    worst = Gate();
    if (!worst.ok()) return Fail(std::move(worst));
    gate_passed_ = true;
    absl::Time newest = absl::InfinitePast();
    for (events::Partition p = 0; p <= options_.partitions; ++p) {
      newest = std::max(newest, node_.machine(p).state().last_recorded);
    }
    if (options_.newest_record) options_.newest_record(newest);
    // Before anything leads: an act of the software must not come before the first tick.
    if (options_.clock_suspect) node_.set_clock_suspect(options_.clock_suspect());
  }
  node_.OnCaughtUp(worst, out);
}

void Engine::OpenSession(runtime::Outbox& out) {
  // Its deliveries come before the destructor returns; all are unknown and settled by the next
  // fence.
  session_ = nullptr;
  {
    std::lock_guard lock(mutex_);
    inbox_.deliveries.clear();
    ++figures_.sessions;
  }
  if (failed_) return;
  auto session = log_.OpenSession([this](std::vector<events::Delivery> deliveries) {
    bool first = false;
    {
      std::lock_guard lock(mutex_);
      first = inbox_.requests.empty() && inbox_.deliveries.empty();
      for (auto& delivery : deliveries) inbox_.deliveries.push_back(std::move(delivery));
    }
    if (first) wake_.notify_one();
  });
  const absl::Status status = session.status();
  if (status.ok()) session_ = *std::move(session);
  node_.OnSession(status, out);
}

void Engine::Deliver(std::vector<runtime::Answer> answers) {
  if (answers.empty()) return;
  EngineFigures more;
  uint64_t answered = 0;
  {
    http::AnswerBatch batch;
    for (runtime::Answer& answer : answers) {
      uint16_t status =
          answer.status.ok() ? 200 : events::ProblemOf(events::ReasonOf(answer.status)).http;
      if (status == 200) {
        ++(answer.released ? more.reads : more.commands);
      } else {
        ++(status < 500 ? more.refusals : more.retries);
      }
      auto it = callbacks_.find(answer.ticket);
      if (it == callbacks_.end()) continue;
      Callback callback = std::move(it->second);
      callbacks_.erase(it);
      ++answered;
      callback(std::move(answer));
    }
  }
  std::lock_guard lock(mutex_);
  figures_.commands += more.commands;
  figures_.reads += more.reads;
  figures_.refusals += more.refusals;
  figures_.retries += more.retries;
  unanswered_ -= answered;
  if (unanswered_ == 0) started_.notify_all();  // Stop may be waiting for it
}

// Compares what was folded with what the anchor says was once synced. Older blocks are for fsck.
absl::Status Engine::Gate() {
  for (events::Partition p = 0; p <= options_.partitions; ++p) {
    const projections::FoldState& state = node_.machine(p).state();
    auto end = log_.End(p);
    if (!end.ok()) return end.status();
    if (*end < state.head.next) {
      return absl::DataLossError(absl::StrCat("partition ", p, ": the log ends at offset ", *end,
                                              ", but offset ", state.head.next,
                                              " was folded before: records are missing"));
    }
    if (!state.head.born || state.head.partitions != options_.partitions) {
      return absl::DataLossError(
          absl::StrCat("partition ", p, ": no genesis record of this log is in effect"));
    }
    if (p >= options_.anchor.size()) continue;
    const AnchorPoint& anchor = options_.anchor[p];
    if (*end < anchor.count) {
      return absl::DataLossError(absl::StrCat("partition ", p, ": the log ends at offset ", *end,
                                              ", the anchor stands at ", anchor.count,
                                              ": acknowledged records are missing"));
    }
    auto chain = projections::ChainAt(ports_.rows, p, anchor.count);
    if (!chain || *chain != anchor.chain) {
      return absl::DataLossError(absl::StrCat("partition ", p, ": the records up to offset ",
                                              anchor.count,
                                              " are not those that the anchor was made over"));
    }
    bool same_size = state.edge.size() == anchor.count;
    if (same_size && anchor.count > 0 && state.edge.Root(ports_.hash) != anchor.root) {
      return absl::DataLossError(
          absl::StrCat("partition ", p, ": the Merkle root differs from the anchor's"));
    }
  }
  return absl::OkStatus();
}

// Records were folded that the anchor does not cover: the next look at it must not wait for a tick.
bool Engine::AnchorIsBehind() const {
  if (!options_.advance_anchor || !gate_passed_) return false;
  for (events::Partition p = 0; p <= options_.partitions; ++p) {
    if (node_.machine(p).next() != anchored_[p]) return true;
  }
  return false;
}

void Engine::MoveAnchor() {
  if (!options_.advance_anchor || !gate_passed_) return;
  absl::Duration now = ports_.clock.Monotonic();
  if (now < next_anchor_) return;
  next_anchor_ = now + kAnchorEvery;
  for (events::Partition p = 0; p <= options_.partitions; ++p) {
    const projections::FoldState& state = node_.machine(p).state();
    if (state.head.next == anchored_[p]) continue;
    anchored_[p] = state.head.next;
    options_.advance_anchor(p, {state.head.next, state.head.chain, state.edge.Root(ports_.hash)});
  }
}

// Lets other threads see how things stand.
void Engine::Publish() {
  bool ready = gate_passed_ && node_.ready();
  read_only_.store(node_.read_only(), std::memory_order_relaxed);
  if (ready && registry_published_ != node_.registry_end() + 1) PublishRegistry();
  bool was = ready_.exchange(ready, std::memory_order_acq_rel);
  if (ready && !was) {
    std::lock_guard lock(mutex_);
    start_known_ = true;
    started_.notify_all();
  }
}

void Engine::PublishRegistry() {
  registry_published_ = node_.registry_end() + 1;
  auto state = node_.RegistryAt(node_.registry_end());
  // What was confirmed before this start was another jump.
  bool confirmed = clock_confirmations_known_ && state->clock_confirmations > clock_confirmations_;
  clock_confirmations_ = state->clock_confirmations;
  clock_confirmations_known_ = true;
  if (confirmed && options_.clock_confirmed) options_.clock_confirmed();
  std::lock_guard lock(mutex_);
  registry_ = std::move(state);
}

void Engine::Fail(absl::Status status) {
  failed_ = true;
  if (options_.alarm) options_.alarm(status.message());
  std::lock_guard lock(mutex_);
  start_status_ = std::move(status);
  start_known_ = true;
  started_.notify_all();
}

}  // namespace guitu::app
