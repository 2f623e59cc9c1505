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

projections::StreamRow StreamIn(const projections::RowReader& rows, events::Partition partition,
                                const events::StreamId& stream) {
  auto row = rows.Get(projections::StreamKey(partition, stream));
  return row ? projections::DecodeStream(*row) : projections::StreamRow();
}

Simulation::Simulation(uint64_t seed, Variant variant)
    : variant_(variant),
      random_(seed),
      world_(kPartitions, seed),
      rows_(world_.store, variant),
      clients_(world_, random_,
               {[this](uint64_t attempt, Request request) { Send(attempt, std::move(request)); },
                [this](events::Partition partition, const events::StreamId& stream) {
                  return StreamIn(world_.store, partition, stream);
                }}) {
  fault_percent_ = static_cast<uint32_t>(Pick(12));
  world_.WriteGenesis();
  world_.log.SetScript([this](const events::Append&) {
    if (!faults_ || !Chance(fault_percent_)) return Fate::kAppend;
    const Fate fates[] = {Fate::kLose, Fate::kLate, Fate::kLate, Fate::kLandUnknown};
    return fates[Pick(4)];
  });
  if (variant_ == Variant::kReadWithoutRecord) {
    clients_.on_read = [this](const Request& request) {
      events::Partition p = events::PartitionOf(request.stream, kPartitions);
      Shown shown;
      shown.staff = request.actor.staff;
      shown.stream = request.stream;
      shown.partition = p;
      shown.offset = *world_.log.End(p);
      clients_.history().shown.push_back(std::move(shown));
    };
  }
  StartProcess();
  SetUp();
}

void Simulation::SetUp() {
  for (Request& request : SetUpRequests(world_.clock.Now())) {
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
  ++clients_.history().crashes;
  driver_.reset();
  // What a dead process sent has landed by the time the next one starts, or never does: no group is
  // here to assign a partition again behind a dead owner's late fence (G3).
  world_.log.LandLate(Pick(world_.log.late() + 1));
  world_.log.DropLate();
  if (world_.store.unflushed() > 0) world_.store.CrashTo(Pick(world_.store.unflushed() + 1));
  CheckPositions();
  for (auto& [ticket, attempt] : std::exchange(attempts_, {})) clients_.Gone(attempt);
  StartProcess();
}

void Simulation::CheckPositions() {
  for (events::Partition p = 0; p <= kPartitions; ++p) {
    if (projections::LoadState(world_.store, p).head.next > *world_.log.End(p)) {
      clients_.history().violations.push_back("the store is ahead of the log");
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
    clients_.Retry(false, faults_);
  }
  clients_.CheckEnds();
  CheckPositions();
}

void Simulation::Act() {
  size_t what = Pick(100);
  if (what < 22) {
    clients_.NewRequest();
  } else if (what < 32) {
    clients_.Retry(Chance(10), faults_);
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

void Simulation::Send(uint64_t attempt, Request request) {
  attempts_[driver_->Submit(std::move(request))] = attempt;
  TakeAnswers();
}

void Simulation::TakeAnswers() {
  std::vector<Answer> answers = driver_->TakeAnswers();
  std::sort(answers.begin(), answers.end(),
            [](const Answer& a, const Answer& b) { return a.ticket < b.ticket; });
  for (const Answer& answer : answers) {
    auto it = attempts_.find(answer.ticket);
    if (it == attempts_.end()) continue;
    uint64_t attempt = it->second;
    attempts_.erase(it);
    clients_.OnAnswer(attempt, answer, world_.store, faults_);
  }
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
  clients_.history().unknown += unknown ? 1 : 0;
  bool denies = variant_ == Variant::kSettleByTheTail || variant_ == Variant::kAskTheFold;
  if (unknown && denies) DenyWhatIsNotSeen();
  if (variant_ == Variant::kAcknowledgedByTheRegistryAlone) AcknowledgeEarly();
}

// Broken: what does not stand in the log (or in the fold) now may stand there later.
void Simulation::DenyWhatIsNotSeen() {
  for (Command& command : clients_.history().commands) {
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
  for (Command& command : clients_.history().commands) {
    if (command.over() || !command.request.registry) continue;
    auto row =
        world_.store.Get(projections::ResultKey(kPartitions, command.request.stream, command.id));
    if (auto result = row ? events::DecodeResult(*row) : std::nullopt) {
      clients_.Acknowledge(command, result->offset);
    }
  }
}

}  // namespace guitu::simulation
