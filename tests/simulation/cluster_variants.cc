// The broken variants: what stands between a node and its clients or ports and spoils it.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "aggregates/authorize.h"
#include "events/derive.h"
#include "events/effect.h"
#include "events/reason.h"
#include "events/values.h"
#include "projections/keys.h"
#include "projections/registry_rows.h"
#include "tests/simulation/cluster.h"

namespace guitu::simulation {

using runtime::Phase;
using runtime::Request;

// Answers for the node, from what it has folded; true: it is answered.
bool Cluster::AnswersAtOnce(size_t i, uint64_t attempt, const Request& request) {
  const auto* record = std::get_if<runtime::Record>(&request.what);
  if (record == nullptr)
    return variant_ == ClusterVariant::kReadWithoutRecord && ShowsAtOnce(i, attempt, request);
  if (variant_ != ClusterVariant::kConflictWhenAhead || request.registry) return false;
  auto p = events::PartitionOf(request.stream, kPartitions);
  auto row = nodes_[i]->store.Get(projections::StreamKey(p, request.stream));
  events::Version folded = row ? projections::DecodeStream(*row).version : 0;
  if (!record->expected || *record->expected <= folded) return false;
  runtime::Answer answer;
  answer.status = events::Refuse(events::Reason::VERSION_MISMATCH);
  clients_.OnAnswer(attempt, answer, nodes_[i]->store, faults_);
  return true;
}

// Broken: a node that believes it leads shows what its reader may see as far as it knows.
bool Cluster::ShowsAtOnce(size_t i, uint64_t attempt, const Request& request) {
  auto p = events::PartitionOf(request.stream, kPartitions);
  runtime::Node& node = nodes_[i]->driver->node();
  const runtime::PartitionMachine& machine = node.machine(p);
  auto registry = machine.leads() ? node.RegistryAt(machine.adopted()) : nullptr;
  if (registry == nullptr) return false;
  auto row = nodes_[i]->store.Get(projections::CardKey(p, request.stream));
  auto card = row ? projections::DecodeCard(*row) : std::nullopt;
  const auto& read = std::get<runtime::Read>(request.what);
  auto today = absl::ToCivilDay(world_.clock.Now(), events::ChinaTime());
  auto grant = aggregates::Authorize(request.actor, aggregates::ReadCase{read.view, read.purpose},
                                     card ? projections::FactsOf(*card) : aggregates::CaseFacts{},
                                     *registry, today, aggregates::RuleData::Shipped());
  if (!grant.status.ok()) return false;
  runtime::Answer answer;
  answer.stream = request.stream;
  answer.partition = p;
  answer.offset = machine.next();
  clients_.OnAnswer(attempt, answer, nodes_[i]->store, faults_);
  return true;
}

void Cluster::Spoil(size_t i) {
  if (!nodes_[i]->driver) return;
  TakeAnswers(i);
  if (variant_ == ClusterVariant::kFenceAlways || variant_ == ClusterVariant::kStandDownForGood)
    SpoilLeading(i);
  bool early = variant_ == ClusterVariant::kAcknowledgedAtTheFence ||
               variant_ == ClusterVariant::kAcknowledgedInFlight;
  if (early) AcknowledgeEarly();
}

void Cluster::SpoilLeading(size_t i) {
  Node& node = *nodes_[i];
  if (!node.runs()) return;
  for (events::Partition p : node.mine) {
    const runtime::PartitionMachine& machine = node.driver->machine(p);
    bool stands = machine.phase() == Phase::kFollowing;
    if (variant_ == ClusterVariant::kFenceAlways) {
      if (stands && !machine.assigned()) node.driver->Assign({p}, node.generation);
    } else if (stands && node.phases[p] != Phase::kFollowing) {
      node.driver->HandOver({p});
    }
    node.phases[p] = machine.phase();
  }
}

void Cluster::SpoilDeliveries(size_t i, std::vector<events::Delivery>& deliveries) {
  if (variant_ != ClusterVariant::kNoContiguityCheck) return;
  std::array<uint64_t, kAll> more = {};
  for (events::Delivery& delivery : deliveries) {
    if (delivery.outcome == events::Delivery::Outcome::kUnknown) continue;
    delivery.offset =
        nodes_[i]->driver->machine(delivery.partition).next() + more[delivery.partition]++;
  }
}

// Broken: no fence, and "not done" to the client.
void Cluster::DenyHidden(const events::Append& append) {
  auto parts = events::SplitRecord(append.record);
  auto frame = events::DecodeFrame(parts->frame);
  for (Command& command : clients_.history().commands) {
    if (command.id == frame->command_id && !command.over() && command.alone) command.denied = true;
  }
}

// Broken: the registry has it, and of each partition something that looks like enough.
void Cluster::AcknowledgeEarly() {
  for (Command& command : clients_.history().commands) {
    if (command.over() || !command.request.registry) continue;
    auto key = projections::ResultKey(kPartitions, command.request.stream, command.id);
    std::optional<events::StoredResult> result;
    for (const auto& node : nodes_) {
      auto row = node->store.Get(key);
      if (row && !result) result = events::DecodeResult(*row);
    }
    if (!result) continue;
    bool everywhere = true;
    for (events::Partition p = 0; p < kPartitions; ++p)
      everywhere &= LooksAdopted(command, p, result->offset);
    if (everywhere) clients_.Acknowledge(command, result->offset);
  }
}

bool Cluster::LooksAdopted(const Command& command, events::Partition p, events::Offset offset) {
  if (variant_ == ClusterVariant::kAcknowledgedInFlight) return adoption_sent_[p] > offset;
  uint64_t adopted = 0;
  std::array<events::Epoch, kAll> epochs = {};
  for (const auto& node : nodes_) {
    if (!node->driver) continue;
    adopted = std::max(adopted, node->driver->machine(p).adopted());
    for (events::Partition q = 0; q < kAll; ++q)
      epochs[q] = std::max(epochs[q], node->driver->machine(q).state().head.epoch);
  }
  auto [seen, first] = epochs_seen_.emplace(events::ToHex(command.id), epochs);
  return adopted > offset || epochs[p] > seen->second[p];
}

}  // namespace guitu::simulation
