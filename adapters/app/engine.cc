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
      node_(options_.partitions, std::move(ports),
            {options_.owner_id, options_.address, !options_.shared}),
      owners_(options_.partitions + 1),
      last_is_checked_(options_.partitions + 1),
      anchored_(options_.partitions + 1) {
  if (!options_.shared) return;
  feed_ = std::make_unique<Feed>(*options_.shared, [this] {
    {
      std::lock_guard lock(mutex_);
      if (std::exchange(inbox_.fed, true)) return;
    }
    wake_.notify_one();
  });
}

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
      first = inbox_.empty();
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

void Engine::WhenFresh(FreshCallback callback) {
  if (feed_ == nullptr) return callback(absl::OkStatus());
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    if (!stopping_) {
      first = inbox_.empty();
      inbox_.fresh.push_back(std::move(callback));
      callback = nullptr;
    }
  }
  if (callback) {
    callback(events::Refuse(events::Reason::NOT_OWNER));
  } else if (first) {
    wake_.notify_one();
  }
}

void Engine::Leave() {
  if (feed_ != nullptr && thread_.joinable()) feed_->Leave();
}

void Engine::Stop(absl::Duration drain) {
  if (!thread_.joinable()) return;
  Leave();
  {
    std::unique_lock lock(mutex_);
    // Whoever has been promised an answer gets it: the wait ends when nothing is in flight.
    started_.wait_for(lock, absl::ToChronoMilliseconds(drain), [this] { return Drained(); });
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  feed_ = nullptr;
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
  for (events::Partition p = 0; p <= options_.partitions; ++p)
    started_at_.push_back(node_.machine(p).next());
  LookAtDisk();
  runtime::Outbox out;
  node_.Start(out);
  Do(out);
  while (true) {
    Inbox inbox;
    {
      std::unique_lock lock(mutex_);
      absl::Duration rest = AnchorIsBehind() ? kAnchorEvery : kTick;
      wake_.wait_for(lock, absl::ToChronoMilliseconds(rest),
                     [this] { return stopping_ || !inbox_.empty(); });
      if (stopping_) break;
      std::swap(inbox, inbox_);
    }
    runtime::Outbox step;
    Step(std::move(inbox), step);
    Do(step);
  }
  next_anchor_ = -absl::InfiniteDuration();  // an orderly end leaves nothing uncovered
  MoveAnchor();
  sessions_.clear();
  for (auto* fresh : {&fresh_asked_, &fresh_next_})
    TellFresh(std::exchange(*fresh, {}), events::Refuse(events::Reason::SETTLING));
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
  for (const auto& [session, deliveries] : inbox.deliveries)
    node_.OnDeliveries(session, deliveries, out);
  if (inbox.fed) TakeFed(out);
  for (FreshCallback& callback : inbox.fresh)
    fresh_next_.push_back({std::move(callback), ports_.clock.Monotonic()});
  for (auto& [request, callback] : inbox.requests) {
    request.ticket = next_ticket_++;
    callbacks_[request.ticket] = std::move(callback);
    node_.Submit(std::move(request), out);
  }
  if (feed_ != nullptr) LookAtFeed(out);
  AskFresh();
  absl::Duration now = ports_.clock.Monotonic();
  if (now < next_tick_) return;
  next_tick_ = now + kTick;
  LookAtDisk();
  if (options_.clock_suspect) node_.set_clock_suspect(options_.clock_suspect());
  node_.OnTick(out);
  PublishFigures();
  if (feed_ == nullptr) return;
  DiscardSessions();
  ExpireFresh();
}

void Engine::LookAtDisk() {
  if (!options_.space_low) return;
  node_.set_read_only(options_.space_low());
}

// Does what the machine wants until it wants nothing more.
void Engine::Do(runtime::Outbox& out) {
  for (bool again = true; again;) {
    for (const auto& wanted : std::exchange(out.sessions, {})) OpenSession(wanted, out);
    for (const auto& wanted : std::exchange(out.catch_ups, {})) CatchUp(wanted, out);
    for (const auto& wanted : std::exchange(out.reads, {})) ReadBack(wanted, out);
    node_.EndStep(out);
    again = !out.sessions.empty() || !out.catch_ups.empty() || !out.reads.empty();
    if (!again) Append(out);
  }
  for (const std::string& alarm : out.alarms) {
    if (options_.alarm) options_.alarm(alarm);
  }
  out.alarms.clear();
  Publish();
  MoveAnchor();
  TellFresh(std::exchange(fresh_done_, {}), absl::OkStatus());
  Deliver(std::move(out.answers));
  out.answers.clear();
}

void Engine::Append(runtime::Outbox& out) {
  if (out.appends.size() == 1 && out.answers.empty() && feed_ == nullptr && Idle()) {
    auto it = sessions_.find(node_.session_of(out.appends.front().partition));
    if (it != sessions_.end()) it->second->EnqueueAlone(std::move(out.appends.front()));
  } else if (!out.appends.empty()) {
    Enqueue(std::move(out.appends));
  }
  out.appends.clear();
}

// Those of one session together, in their order.
void Engine::Enqueue(std::vector<events::Append> appends) {
  auto session_of = [this](const events::Append& append) {
    return node_.session_of(append.partition);
  };
  if (feed_ != nullptr) {
    std::stable_sort(appends.begin(), appends.end(),
                     [&](const auto& a, const auto& b) { return session_of(a) < session_of(b); });
  }
  for (auto begin = appends.begin(); begin != appends.end();) {
    uint64_t session = session_of(*begin);
    auto end = std::find_if(begin, appends.end(), [&](const events::Append& append) {
      return session_of(append) != session;
    });
    auto it = sessions_.find(session);
    if (it != sessions_.end())
      it->second->Enqueue({std::make_move_iterator(begin), std::make_move_iterator(end)});
    begin = end;
  }
}

// Nobody waits for this thread.
bool Engine::Idle() const {
  std::lock_guard lock(mutex_);
  return inbox_.empty() && callbacks_.size() <= 1;
}

// A shared log brings by itself what stands in a gap.
void Engine::ReadBack(const runtime::Outbox::ReadBack& read, runtime::Outbox& out) {
  if (feed_ == nullptr) Read(read.partition, read.until, out).IgnoreError();
}

absl::Status Engine::Read(events::Partition partition, events::Offset until, runtime::Outbox& out) {
  events::Offset from = node_.machine(partition).next();
  if (from >= until) return absl::OkStatus();
  auto status = log_.Read(partition, from, until - from,
                          [&](events::Offset offset, absl::string_view record) {
                            node_.OnRecord(partition, offset, record, out);
                            return true;
                          });
  if (absl::IsDataLoss(status)) node_.OnReadFailed(partition, status, out);
  return status;
}

void Engine::CatchUp(const runtime::Outbox::CatchUp& wanted, runtime::Outbox& out) {
  if (feed_ != nullptr) {
    if (!gate_passed_) feed_->Follow(FollowFrom());
    feed_->AskEnds(wanted.session, wanted.partitions);
    return;
  }
  absl::Status worst;
  for (events::Partition p : wanted.partitions) {
    auto status = Read(p, std::numeric_limits<events::Offset>::max(), out);
    if (!status.ok()) worst = status;
  }
  std::vector<events::Offset> ends(options_.partitions + 1);
  for (events::Partition p = 0; p <= options_.partitions && worst.ok() && !gate_passed_; ++p) {
    auto end = log_.End(p);
    if (end.ok()) ends[p] = *end;
    worst = end.status();
  }
  if (worst.ok()) worst = Open(ends, out);
  if (!failed_) OnCaughtUp(wanted.session, worst, out);
}

// Once the log is folded for the first time.
absl::Status Engine::Open(const std::vector<events::Offset>& ends, runtime::Outbox& out) {
  if (gate_passed_) return absl::OkStatus();
  node_.EndStep(out);
  if (auto status = Gate(ends); !status.ok()) {
    Fail(status);
    return status;
  }
  gate_passed_ = true;
  absl::Time newest = absl::InfinitePast();
  for (events::Partition p = 0; p <= options_.partitions; ++p) {
    newest = std::max(newest, node_.machine(p).state().last_recorded);
  }
  if (options_.newest_record) options_.newest_record(newest);
  // Before anything leads: an act of the software must not come before the first tick.
  if (options_.clock_suspect) node_.set_clock_suspect(options_.clock_suspect());
  return absl::OkStatus();
}

void Engine::OnCaughtUp(uint64_t session, const absl::Status& status, runtime::Outbox& out) {
  node_.OnCaughtUp(session, status, out);
  if (session != 0 || !status.ok()) return;
  if (feed_ != nullptr) {
    feed_->Join();
  } else {
    node_.AssignAll(out);
  }
}

// Those that no partition is left with. Their deliveries come before the destructor returns; all
// are unknown and settled by the next fence.
void Engine::DiscardSessions() {
  absl::erase_if(sessions_, [&](auto& entry) {
    for (events::Partition p = 0; p <= options_.partitions; ++p) {
      if (node_.session_of(p) == entry.first) return false;
    }
    if (feed_ != nullptr) feed_->Discard(std::move(entry.second));
    return true;
  });
}

void Engine::OpenSession(const runtime::Outbox::NewSession& wanted, runtime::Outbox& out) {
  std::erase_if(out.appends, [&](const events::Append& append) {
    return std::find(wanted.partitions.begin(), wanted.partitions.end(), append.partition) !=
           wanted.partitions.end();
  });
  DiscardSessions();
  {
    std::lock_guard lock(mutex_);
    ++figures_.sessions;
  }
  if (failed_) return;
  if (feed_ != nullptr) return feed_->Open(wanted.session, SinkOf(wanted.session));
  auto session = log_.OpenSession(SinkOf(wanted.session));
  const absl::Status status = session.status();
  if (status.ok()) sessions_[wanted.session] = *std::move(session);
  node_.OnSession(wanted.session, status, out);
}

events::EventLog::DeliverySink Engine::SinkOf(uint64_t session) {
  return [this, session](std::vector<events::Delivery> deliveries) {
    bool first = false;
    {
      std::lock_guard lock(mutex_);
      first = inbox_.empty();
      auto& all = inbox_.deliveries;
      if (all.empty() || all.back().first != session) {
        all.emplace_back(session, std::move(deliveries));
      } else {
        for (auto& delivery : deliveries) all.back().second.push_back(std::move(delivery));
      }
    }
    if (first) wake_.notify_one();
  };
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
absl::Status Engine::Gate(const std::vector<events::Offset>& ends) {
  for (events::Partition p = 0; p <= options_.partitions; ++p) {
    const projections::FoldState& state = node_.machine(p).state();
    events::Offset end = ends[p];
    if (end < started_at_[p]) {
      return absl::DataLossError(absl::StrCat("partition ", p, ": the log ends at offset ", end,
                                              ", but offset ", started_at_[p],
                                              " was folded before: records are missing"));
    }
    if (!state.head.born || state.head.partitions != options_.partitions) {
      return absl::DataLossError(
          absl::StrCat("partition ", p, ": no genesis record of this log is in effect"));
    }
    if (events::HasMoved(state.head)) {
      return absl::FailedPreconditionError(
          absl::StrCat("the log has been moved to ", state.head.address, ": serve it there"));
    }
    if (p >= options_.anchor.size()) continue;
    const AnchorPoint& anchor = options_.anchor[p];
    if (end < anchor.count) {
      return absl::DataLossError(absl::StrCat("partition ", p, ": the log ends at offset ", end,
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
  bool shared = feed_ != nullptr && gate_passed_;
  if ((ready || shared) && registry_published_ != node_.registry_end() + 1) PublishRegistry();
  if (shared) PublishOwners();
  serves_.store(registry_published_ != 0 && (ready || shared), std::memory_order_release);
  bool was = ready_.exchange(ready, std::memory_order_acq_rel);
  if (ready && !was) {
    std::lock_guard lock(mutex_);
    start_known_ = true;
    started_.notify_all();
  }
}

void Engine::PublishFigures() {
  runtime::PartitionMachine::Counts folded{};
  uint32_t led = 0;
  uint32_t halted = 0;
  for (events::Partition p = 0; p <= options_.partitions; ++p) {
    const runtime::PartitionMachine& machine = node_.machine(p);
    const auto& counts = machine.folded_by_effect();
    for (size_t i = 0; i < folded.size(); ++i) folded[i] += counts[i];
    led += machine.leads() ? 1 : 0;
    halted += machine.phase() == runtime::Phase::kHalted ? 1 : 0;
  }
  std::lock_guard lock(mutex_);
  figures_.folded = folded;
  figures_.led = led;
  figures_.halted = halted;
}

void Engine::PublishRegistry() {
  auto state = node_.RegistryAt(node_.registry_end());
  if (state == nullptr) return;  // the store takes no rows just now
  registry_published_ = node_.registry_end() + 1;
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
