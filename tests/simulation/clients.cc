#include "tests/simulation/clients.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "events/check.h"
#include "events/reason.h"
#include "events/values.h"

namespace guitu::simulation {

using events::Reason;
using runtime::Answer;
using runtime::Request;

const std::vector<aggregates::Actor>& Actors() {
  static const auto* actors = [] {
    auto* police = new std::vector<aggregates::Actor>;
    for (int i = 1; i <= 8; ++i) police->push_back({absl::StrCat("p", i), "PSB", "police"});
    return police;
  }();
  return *actors;
}

std::vector<Request> SetUpRequests(absl::Time now) {
  auto acts = runtime::SetUpActs(now);
  // Set-up ends with the second administrator, so the officers come before both.
  for (const auto& actor : Actors()) acts.insert(acts.end() - 2, runtime::UserAct(now, actor));
  std::set<std::pair<uint64_t, uint64_t>> seen;
  std::vector<Request> requests;
  for (events::Event& act : acts) {
    std::string key = absl::StrCat("s", requests.size());
    Request request = runtime::Registry({"system", "OFF", ""}, key, act);
    if (seen.emplace(request.stream.hi, request.stream.lo).second)
      requests.push_back(std::move(request));
  }
  return requests;
}

void Clients::NewRequest() {
  std::string key = absl::StrCat("k", keys_++);
  absl::Time now = world_.clock.Now();
  size_t what = Pick(100);
  Request request;
  if (streams_.empty() || what < 10) {
    request = runtime::Opening(Actors()[Pick(Actors().size())], key, runtime::Rescued(now));
    streams_.push_back(request.stream);
  } else if (what < 35) {
    return SendRead();
  } else if (what < 35 + suspend_percent) {
    std::string staff = Actors()[1 + Pick(Actors().size() - 1)].staff;
    request = runtime::Registry(runtime::kAdmin, key, runtime::SuspendAct(now, staff), 1);
    suspending_[events::ToHex(std::get<runtime::Record>(request.what).id)] = staff;
  } else if (what < 46) {
    request = FourEyes(key);
  } else {
    request = InCase(what, key);
  }
  Command command;
  command.id = std::get<runtime::Record>(request.what).id;
  command.request = std::move(request);
  history_.commands.push_back(std::move(command));
  SendCommand(history_.commands.size() - 1);
}

events::Version Clients::VersionOf(const events::StreamId& stream) const {
  return network_.stream(events::PartitionOf(stream, kPartitions), stream).version;
}

// Always the same unit: one administrator asks, another approves some request of hers, she acts.
Request Clients::FourEyes(const std::string& key) {
  absl::Time now = world_.clock.Now();
  auto act = runtime::UnitAct(now, "WF", schema::UnitKind::MEMBER);
  projections::StreamRow stream = network_.stream(kPartitions, runtime::ItemOf(act));
  switch (Pick(3)) {
    case 0:
      return runtime::AskFor(runtime::kAdmin, key, act);
    case 1: {
      // Mostly the newest row beside the unit: the request, unless it is answered already.
      uint32_t of = stream.siblings - std::min(stream.siblings, static_cast<uint32_t>(Pick(2)));
      return runtime::ApproveOf(runtime::kAdmin2, key, act, of);
    }
    default:
      return runtime::Registry(runtime::kAdmin, key, act, stream.version);
  }
}

Request Clients::InCase(size_t what, const std::string& key) {
  absl::Time now = world_.clock.Now();
  const auto& actor = Actors()[Pick(Actors().size())];
  events::StreamId stream = streams_[Pick(streams_.size())];
  events::Version version = VersionOf(stream);
  if (what < 55) return Visits(stream, key, version);
  if (what < 66) {
    return runtime::Command(actor, stream, key, runtime::Claimed(now, key),
                            version + (Chance(10) ? 1 : 0));
  }
  if (what < 85) {
    return runtime::AnyVersion(
        runtime::Command(actor, stream, key, runtime::WishHeard(now, Chance(80)), {}));
  }
  return runtime::Command(actor, stream, key, runtime::ApprovalAsked(now), {});
}

// The bureau adopts the case and plans two visits, one of them with its grace over; or says that
// one was made. Refused where the case is adopted already, or the visit is none.
Request Clients::Visits(events::StreamId stream, const std::string& key, events::Version version) {
  absl::Time now = world_.clock.Now();
  const aggregates::Actor& worker = runtime::kWorker;
  if (Chance(40)) {
    auto made = runtime::VisitMade(now, 1 + static_cast<uint32_t>(Pick(8)));
    return runtime::AnyVersion(runtime::Command(worker, stream, key, made, {}));
  }
  Request request = runtime::Command(worker, stream, key, runtime::Opened(now), version);
  absl::CivilDay today = absl::ToCivilDay(now, events::ChinaTime());
  auto& events = std::get<runtime::Record>(request.what).events;
  events.push_back(runtime::FileOpened(now));
  events.push_back(runtime::VisitPlanned(now, today - 1));
  events.push_back(runtime::VisitPlanned(now, today));
  return request;
}

void Clients::SendCommand(size_t index) {
  Command& command = history_.commands[index];
  uint64_t attempt = ++attempts_;
  command.alone = command.under_way.empty();
  command.newest = attempt;
  command.under_way.insert(attempt);
  commands_under_way_[attempt] = index;
  if (receipts_.contains(command.request.stream)) knows_case_.insert(attempt);
  Request request = command.request;
  network_.send(attempt, std::move(request));
}

void Clients::SendRead() {
  const auto& actor = Actors()[Pick(Actors().size())];
  Request request = runtime::ReadOf(actor, streams_[Pick(streams_.size())]);
  uint64_t attempt = ++attempts_;
  ReadUnderWay& read = reads_under_way_[attempt];
  read.staff = actor.staff;
  if (auto it = receipts_.find(request.stream); it != receipts_.end()) read.after = it->second;
  read.revoked = std::any_of(history_.revoked.begin(), history_.revoked.end(),
                             [&](const Revoked& revoked) { return revoked.staff == actor.staff; });
  if (on_read) on_read(request);
  network_.send(attempt, std::move(request));
}

void Clients::Retry(bool impatient, bool faults) {
  for (size_t i = 0; i < history_.commands.size(); ++i) {
    Command& command = history_.commands[i];
    if (command.over() || (!impatient && !command.under_way.empty())) continue;
    if (faults && Chance(50)) continue;
    bool cancels = !command.request.registry && faults && Chance(cancel_percent);
    if (cancels) command.request = runtime::CancelOf(command.request);
    SendCommand(i);
  }
}

Command* Clients::Of(uint64_t attempt) {
  auto it = commands_under_way_.find(attempt);
  return it == commands_under_way_.end() ? nullptr : &history_.commands[it->second];
}

void Clients::Gone(uint64_t attempt) {
  if (Command* command = Of(attempt)) command->under_way.erase(attempt);
  commands_under_way_.erase(attempt);
  reads_under_way_.erase(attempt);
}

void Clients::OnAnswer(uint64_t attempt, const Answer& answer, const projections::RowReader& rows,
                       bool faults) {
  if (auto read = reads_under_way_.find(attempt); read != reads_under_way_.end()) {
    if (answer.status.ok()) {
      history_.shown.push_back({read->second.staff, answer.stream, answer.partition, answer.offset,
                                answer.version, runtime::ReleasedRows(rows, answer),
                                read->second.after, read->second.revoked});
      NoteReceipt(answer.stream, answer.offset);
    } else if (answer.released) {
      history_.violations.push_back("a read that was not released shows rows");
    }
    return Gone(attempt);
  }
  Command* command = Of(attempt);
  if (command == nullptr) return;
  Gone(attempt);
  OnCommandAnswer(*command, attempt, answer, faults);
}

void Clients::OnCommandAnswer(Command& command, uint64_t attempt, const Answer& answer,
                              bool faults) {
  if (answer.status.ok() && !answer.cancelled) return Acknowledge(command, answer.offset);
  Reason reason = answer.status.ok() ? Reason::CANCELLED : events::ReasonOf(answer.status);
  if (reason == Reason::CANCELLED) {
    command.cancelled = true;
    return;
  }
  if (reason == Reason::IDEMPOTENCY_REUSE)
    history_.violations.push_back("a retry is called a reuse");
  CheckRefusal(attempt, command, reason);
  bool conflict = reason == Reason::VERSION_MISMATCH;
  if (conflict || (takes_any_no && reason == Reason::SETTLING)) {
    command.denied = true;
    return;
  }
  // U4: final only for the newest, if nothing earlier was under way; NOT_DONE only if the client
  // leaves it at that.
  if (attempt != command.newest || !command.alone) return;
  bool gives_up = answer.not_done && faults && Chance(40);
  command.denied = gives_up || events::IsRefusal(answer.status);
}

// A refusal is as true as a read: it was decided on a state between request and answer.
void Clients::CheckRefusal(uint64_t attempt, const Command& command, Reason reason) {
  if (knows_case_.erase(attempt) > 0 && reason == Reason::NOT_FOUND && !command.request.registry)
    history_.violations.push_back("a case that was acknowledged is not found");
}

void Clients::CheckEnds() {
  for (const Command& command : history_.commands) {
    if (command.over()) continue;
    // One for a version that never came waits for ever, and rightly so (C4).
    const auto& expected = std::get<runtime::Record>(command.request.what).expected;
    if (expected && *expected > VersionOf(command.request.stream)) continue;
    history_.violations.push_back("a command never comes to an end");
  }
}

void Clients::NoteReceipt(const events::StreamId& stream, events::Offset offset) {
  auto [it, first] = receipts_.emplace(stream, offset);
  it->second = std::max(it->second, offset);
}

void Clients::Acknowledge(Command& command, events::Offset offset) {
  if (command.denied || command.cancelled) history_.violations.push_back("no, and then yes");
  if (command.done) return;
  command.done = offset;
  if (!command.request.registry) NoteReceipt(command.request.stream, offset);
  auto it = suspending_.find(events::ToHex(command.id));
  if (it == suspending_.end()) return;
  Revoked revoked{it->second, {}};
  for (events::Partition p = 0; p < kPartitions; ++p) revoked.ends.push_back(*world_.log.End(p));
  history_.revoked.push_back(std::move(revoked));
}

}  // namespace guitu::simulation
