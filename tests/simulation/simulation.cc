#include "tests/simulation/simulation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "events/check.h"
#include "events/effect.h"
#include "events/reason.h"
#include "events/values.h"
#include "projections/fold.h"
#include "projections/keys.h"

namespace guitu::simulation {

using events::Reason;
using memory_log::Fate;
using runtime::Answer;
using runtime::Request;

namespace {

const std::vector<aggregates::Actor>& Actors() {
  static const auto* actors = new std::vector<aggregates::Actor>{{"p1", "PSB", "police"},
                                                                 {"p2", "PSB", "police"},
                                                                 {"p3", "PSB", "police"},
                                                                 {"p4", "PSB", "police"},
                                                                 {"p5", "PSB", "police"}};
  return *actors;
}

}  // namespace

std::optional<std::string> VariantRows::Get(absl::string_view key) const {
  if (variant_ == Variant::kResultsInMemory && key[2] == 'R') return std::nullopt;
  return base_.Get(key);
}

void VariantRows::Scan(absl::string_view prefix, absl::string_view from,
                       const Visitor& visit) const {
  bool spoiled =
      variant_ == Variant::kRegistryNotAsStamped && prefix.size() > 2 && prefix[2] == 'G';
  base_.Scan(prefix, from, [&](absl::string_view key, absl::string_view value) {
    if (spoiled) {
      auto row = projections::DecodeEventRow(value);
      auto meta = events::DecodeMeta(row->meta);
      if (meta.ok() && meta->event_types.front() == *events::TypeOfRow("92")) return true;
    }
    return visit(key, value);
  });
}

Simulation::Simulation(uint64_t seed, Variant variant)
    : variant_(variant), random_(seed), world_(kPartitions, seed), rows_(world_.store, variant) {
  fault_percent_ = static_cast<uint32_t>(Pick(12));
  world_.WriteGenesis();
  world_.log.SetScript([this](const events::Append&) {
    if (!faults_ || !Chance(fault_percent_)) return Fate::kAppend;
    const Fate fates[] = {Fate::kLose, Fate::kLate, Fate::kLate, Fate::kLandUnknown};
    return fates[Pick(4)];
  });
  StartProcess();
  SetUp();
}

void Simulation::SetUp() {
  auto acts = runtime::SetUpActs(world_.clock.Now());
  // Set-up ends with the second administrator, so the officers come before both.
  for (const auto& actor : Actors()) {
    acts.insert(acts.end() - 2, runtime::UserAct(world_.clock.Now(), actor));
  }
  std::set<std::pair<uint64_t, uint64_t>> seen;
  for (events::Event& act : acts) {
    Request request = runtime::Registry({"system", "OFF", ""}, absl::StrCat("s", keys_++), act);
    if (!seen.emplace(request.stream.hi, request.stream.lo).second) continue;
    driver_->Submit(std::move(request));
    while (world_.log.DeliverAll() > 0 || driver_->Step()) {
    }
  }
  for (const Answer& answer : driver_->TakeAnswers()) GUITU_CHECK(answer.status.ok());
  faults_ = true;
}

void Simulation::StartProcess() {
  driver_.emplace(kPartitions, world_.log, world_.MakePorts(rows_),
                  absl::StrCat("o", ++processes_));
  driver_->on_deliveries = [this](std::vector<events::Delivery>& batch) { OnDeliveries(batch); };
  driver_->Start();
}

void Simulation::Crash() {
  ++history_.crashes;
  driver_.reset();
  // What a dead process sent has landed by the time the next one starts, or never does: no group is
  // here to assign a partition again behind a dead owner's late fence (G3).
  world_.log.LandLate(Pick(world_.log.late() + 1));
  world_.log.DropLate();
  if (world_.store.unflushed() > 0) world_.store.CrashTo(Pick(world_.store.unflushed() + 1));
  CheckPositions();
  for (auto& [ticket, index] : commands_under_way_) history_.commands[index].under_way.clear();
  commands_under_way_.clear();
  reads_under_way_.clear();
  StartProcess();
}

void Simulation::CheckPositions() {
  for (events::Partition p = 0; p <= kPartitions; ++p) {
    if (projections::LoadState(world_.store, p).head.next > *world_.log.End(p)) {
      history_.violations.push_back("the store is ahead of the log");
    }
  }
}

void Simulation::Run(int steps) {
  for (int i = 0; i < steps; ++i) Act();
  faults_ = false;
  Crash();
  for (int i = 0; i < 200; ++i) {
    world_.log.LandLate(world_.log.late());
    Work();
    Retry(false);
  }
  for (const Command& command : history_.commands) {
    if (command.over()) continue;
    // One for a version that never came waits for ever, and rightly so (C4).
    const auto& expected = std::get<runtime::Record>(command.request.what).expected;
    auto p = events::PartitionOf(command.request.stream, kPartitions);
    auto row = world_.store.Get(projections::StreamKey(p, command.request.stream));
    events::Version version = row ? projections::DecodeStream(*row).version : 0;
    if (expected && *expected > version) continue;
    history_.violations.push_back("a command never comes to an end");
  }
  CheckPositions();
}

void Simulation::Act() {
  size_t what = Pick(100);
  if (what < 22) {
    NewRequest();
  } else if (what < 32) {
    Retry(Chance(10));
  } else if (what < 60) {
    world_.log.Deliver(1 + Pick(3));
  } else if (what < 85) {
    driver_->Step();
  } else if (what < 89) {
    world_.log.LandLate(1);
  } else if (what < 96) {
    world_.clock.Advance(absl::Milliseconds(static_cast<int64_t>(Pick(2000))));
    driver_->Tick();
  } else if (what < 97) {
    world_.clock.Jump(absl::Seconds(static_cast<int64_t>(Pick(7200)) - 3600));
    if (Chance(30)) world_.clock.Jump(absl::Hours(24));
  } else if (what < 99) {
    GUITU_CHECK(world_.store.Flush().ok());
  } else {
    Crash();
  }
  TakeAnswers();
}

// Everything under way comes to its end.
void Simulation::Work() {
  while (world_.log.DeliverAll() > 0 || driver_->Step()) {
  }
  world_.clock.Advance(absl::Seconds(1));
  driver_->Tick();
  TakeAnswers();
}

void Simulation::NewRequest() {
  const auto& actor = Actors()[Pick(Actors().size())];
  std::string key = absl::StrCat("k", keys_++);
  absl::Time now = world_.clock.Now();
  size_t what = Pick(100);
  Request request;
  if (streams_.empty() || what < 10) {
    request = runtime::Opening(actor, key, runtime::Rescued(now));
    streams_.push_back(request.stream);
  } else if (what < 35) {
    return SendRead();
  } else if (what < 38) {
    std::string staff = Actors()[1 + Pick(Actors().size() - 1)].staff;
    request = runtime::Registry(runtime::kAdmin, key, runtime::SuspendAct(now, staff), 1);
    suspending_[events::ToHex(std::get<runtime::Record>(request.what).id)] = staff;
  } else if (what < 46) {
    request = FourEyes(key);
  } else {
    events::StreamId stream = streams_[Pick(streams_.size())];
    auto p = events::PartitionOf(stream, kPartitions);
    auto row = world_.store.Get(projections::StreamKey(p, stream));
    events::Version version = row ? projections::DecodeStream(*row).version : 0;
    if (what < 55) {
      request = Visits(stream, key, version);
    } else if (what < 66) {
      request = runtime::Command(actor, stream, key, runtime::Claimed(now, key),
                                 version + (Chance(10) ? 1 : 0));
    } else if (what < 85) {
      request = runtime::AnyVersion(
          runtime::Command(actor, stream, key, runtime::WishHeard(now, Chance(80)), {}));
    } else {
      request = runtime::Command(actor, stream, key, runtime::ApprovalAsked(now), {});
    }
  }
  Command command;
  command.id = std::get<runtime::Record>(request.what).id;
  command.request = std::move(request);
  history_.commands.push_back(std::move(command));
  SendCommand(history_.commands.size() - 1);
}

// The bureau adopts the case and plans two visits, one of them with its grace over; or says that
// one was made. Refused where the case is adopted already, or the visit is none.
Request Simulation::Visits(events::StreamId stream, const std::string& key,
                           events::Version version) {
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

// Always the same unit: one administrator asks, another approves some request of hers, she acts.
Request Simulation::FourEyes(const std::string& key) {
  absl::Time now = world_.clock.Now();
  auto act = runtime::UnitAct(now, "WF", schema::UnitKind::MEMBER);
  auto row = world_.store.Get(projections::StreamKey(kPartitions, runtime::ItemOf(act)));
  projections::StreamRow stream = row ? projections::DecodeStream(*row) : projections::StreamRow();
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

void Simulation::SendCommand(size_t index) {
  Command& command = history_.commands[index];
  uint64_t ticket = driver_->Submit(command.request);
  command.under_way.insert(ticket);
  commands_under_way_[ticket] = index;
  TakeAnswers();
}

void Simulation::SendRead() {
  Request request =
      runtime::ReadOf(Actors()[Pick(Actors().size())], streams_[Pick(streams_.size())]);
  if (variant_ == Variant::kReadWithoutRecord) {
    events::Partition p = events::PartitionOf(request.stream, kPartitions);
    history_.shown.push_back({request.stream, p, *world_.log.End(p), 0, {}});
  }
  reads_under_way_.insert(driver_->Submit(std::move(request)));
}

// A client sends its command again, or, having lost patience with it, a cancel. Only an impatient
// one does so while an attempt is under way.
void Simulation::Retry(bool impatient) {
  for (size_t i = 0; i < history_.commands.size(); ++i) {
    Command& command = history_.commands[i];
    if (command.over() || (!impatient && !command.under_way.empty())) continue;
    if (faults_ && Chance(50)) continue;
    bool cancels = !command.request.registry && faults_ && Chance(10);
    if (cancels) command.request = runtime::CancelOf(command.request);
    SendCommand(i);
  }
}

void Simulation::TakeAnswers() {
  std::vector<Answer> answers = driver_->TakeAnswers();
  std::sort(answers.begin(), answers.end(),
            [](const Answer& a, const Answer& b) { return a.ticket < b.ticket; });
  for (Answer& answer : answers) {
    if (reads_under_way_.erase(answer.ticket) > 0) {
      if (answer.status.ok()) {
        history_.shown.push_back({answer.stream, answer.partition, answer.offset, answer.version,
                                  runtime::ReleasedRows(world_.store, answer)});
      } else if (answer.released) {
        history_.violations.push_back("a read that was not released shows rows");
      }
      continue;
    }
    auto it = commands_under_way_.find(answer.ticket);
    if (it == commands_under_way_.end()) continue;
    Command& command = history_.commands[it->second];
    command.under_way.erase(answer.ticket);
    commands_under_way_.erase(it);
    OnCommandAnswer(command, answer);
  }
}

void Simulation::OnCommandAnswer(Command& command, const Answer& answer) {
  if (answer.status.ok() && !answer.cancelled) return Acknowledge(command, answer.offset);
  Reason reason = answer.status.ok() ? Reason::CANCELLED : events::ReasonOf(answer.status);
  if (reason == Reason::CANCELLED) {
    command.cancelled = true;
    return;
  }
  if (reason == Reason::IDEMPOTENCY_REUSE)
    history_.violations.push_back("a retry is called a reuse");
  // U4: final only if nothing earlier is under way; NOT_DONE only if the client leaves it at that.
  if (!command.under_way.empty()) return;
  bool gives_up = answer.not_done && faults_ && Chance(40);
  command.denied = gives_up || events::IsRefusal(answer.status);
}

void Simulation::Acknowledge(Command& command, events::Offset offset) {
  if (command.denied || command.cancelled) history_.violations.push_back("no, and then yes");
  if (command.done) return;
  command.done = offset;
  auto it = suspending_.find(events::ToHex(command.id));
  if (it == suspending_.end()) return;
  Revoked revoked{it->second, {}};
  for (events::Partition p = 0; p < kPartitions; ++p) revoked.ends.push_back(*world_.log.End(p));
  history_.revoked.push_back(std::move(revoked));
}

void Simulation::OnDeliveries(std::vector<events::Delivery>& deliveries) {
  bool unknown = false;
  std::map<events::Partition, uint64_t> more;
  for (events::Delivery& delivery : deliveries) {
    if (delivery.outcome == events::Delivery::Outcome::kUnknown) {
      unknown = true;
    } else if (variant_ == Variant::kNoContiguityCheck) {
      delivery.offset = driver_->machine(delivery.partition).next() + more[delivery.partition]++;
    }
  }
  history_.unknown += unknown ? 1 : 0;
  bool denies = variant_ == Variant::kSettleByTheTail || variant_ == Variant::kAskTheFold;
  if (unknown && denies) DenyWhatIsNotSeen();
  if (variant_ == Variant::kAcknowledgedByTheRegistryAlone) AcknowledgeEarly();
}

// Broken: what does not stand in the log (or in the fold) now may stand there later.
void Simulation::DenyWhatIsNotSeen() {
  for (Command& command : history_.commands) {
    if (command.over() || command.request.registry || command.under_way.empty()) continue;
    auto p = events::PartitionOf(command.request.stream, kPartitions);
    bool seen = false;
    if (variant_ == Variant::kAskTheFold) {
      seen = world_.store.Get(projections::ResultKey(p, command.request.stream, command.id))
                 .has_value();
    } else {
      for (const auto& frame : world_.Frames(p)) seen |= frame.command_id == command.id;
    }
    command.denied = !seen;
  }
}

// Broken: the registry has it, the partitions do not yet.
void Simulation::AcknowledgeEarly() {
  for (Command& command : history_.commands) {
    if (command.over() || !command.request.registry) continue;
    auto row =
        world_.store.Get(projections::ResultKey(kPartitions, command.request.stream, command.id));
    if (auto result = row ? events::DecodeResult(*row) : std::nullopt) {
      Acknowledge(command, result->offset);
    }
  }
}

}  // namespace guitu::simulation
