// What happens to one node of the cluster: start, end, pauses, news of the group, what clients
// send.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "events/reason.h"
#include "projections/keys.h"
#include "tests/simulation/cluster.h"

namespace guitu::simulation {

using runtime::Answer;
using runtime::Request;

void Cluster::StartNode(size_t i) {
  Node& node = *nodes_[i];
  ObservedLog::Options options;
  options.on_send = [this](const events::Append& append) { OnSend(append); };
  if (variant_ == ClusterVariant::kOldSession)
    options.on_hidden = [this](const events::Append& append) { DenyHidden(append); };
  node.log = std::make_unique<ObservedLog>(world_.log, std::move(options));
  runtime::Ports ports = world_.MakePorts(node.store);
  if (variant_ == ClusterVariant::kEpochWithoutNonce)
    ports.random = [] { return std::pair<uint64_t, uint64_t>(1, 1); };
  node.driver.emplace(kPartitions, *node.log, std::move(ports), absl::StrCat("o", ++processes_),
                      /*alone=*/false);
  node.driver->catches_up_by_following = by_following_;
  node.driver->on_deliveries = [this, i](std::vector<events::Delivery>& deliveries) {
    for (const events::Delivery& delivery : deliveries) {
      if (delivery.outcome != events::Delivery::Outcome::kUnknown) continue;
      ++clients_.history().unknown;
      break;
    }
    SpoilDeliveries(i, deliveries);
  };
  node.driver->Start();
}

// As kill -9: what is on its way lands, comes late or never does.
void Cluster::Kill(size_t i) {
  Node& node = *nodes_[i];
  if (!node.driver) return;
  OutsideEvent();
  ++clients_.history().crashes;
  dying_ = true;
  node.driver.reset();
  dying_ = false;
  if (node.store.unflushed() > 0) node.store.CrashTo(Pick(node.store.unflushed() + 1));
  CheckPositions(node);
  for (auto& [ticket, attempt] : std::exchange(node.attempts, {})) clients_.Gone(attempt);
  for (auto& [attempt, request] : std::exchange(node.at_door, {})) clients_.Gone(attempt);
  node.paused = false;
  node.mine.clear();
  node.phases = {};
  group_.Died(i);
}

// It neither reads nor acts; what it has sent still lands.
void Cluster::Pause(size_t i) {
  if (!nodes_[i]->runs()) return;
  nodes_[i]->paused = true;
  ++counts_.pauses;
  OutsideEvent();
}

// It goes on as if no time had passed, with what came to its door first.
void Cluster::Wake(size_t i) {
  Node& node = *nodes_[i];
  if (!node.driver || !std::exchange(node.paused, false)) return;
  OutsideEvent();
  for (events::Partition p : node.mine) counts_.zombies += group_.owner(p) != i ? 1 : 0;
  for (auto& [attempt, request] : std::exchange(node.at_door, {}))
    Submit(i, attempt, std::move(request));
}

void Cluster::Tell(size_t i) {
  Node& node = *nodes_[i];
  if (!node.runs()) return;
  auto change = group_.Tell(i);
  if (!change) return;
  OutsideEvent();
  if (change->lost) change->revoked.assign(node.mine.begin(), node.mine.end());
  if (!change->revoked.empty()) node.driver->HandOver(change->revoked);
  for (events::Partition p : change->revoked) node.mine.erase(p);
  if (!change->lost) {
    node.generation = change->generation;
    node.driver->Assign(change->assigned, change->generation);
    node.driver->node().set_generation(change->generation);
    node.mine.insert(change->assigned.begin(), change->assigned.end());
  }
  TakeAnswers(i);
}

void Cluster::LandLate() {
  OutsideEvent();
  std::array<events::Offset, kAll> before;
  for (events::Partition p = 0; p < kAll; ++p) before[p] = *world_.log.End(p);
  world_.log.LandLateAt(Pick(world_.log.late()));
  for (events::Partition p = 0; p < kAll; ++p) {
    if (*world_.log.End(p) == before[p]) continue;
    auto is_fence = [&](events::Offset, absl::string_view record) {
      auto parts = events::SplitRecord(record);
      auto frame = parts ? events::DecodeFrame(parts->frame) : std::nullopt;
      counts_.ghosts += frame && frame->kind == schema::Kind::FENCE ? 1 : 0;
      return true;
    };
    world_.log.Read(p, before[p], 1, is_fence).IgnoreError();
  }
}

// Somebody else writes to the log: rubbish, or a copy of what stands there.
void Cluster::Foreign() {
  auto p = static_cast<events::Partition>(Pick(kAll));
  std::string record = "rubbish";
  if (Chance(50)) {
    auto copy = [&](events::Offset, absl::string_view bytes) {
      record = std::string(bytes);
      return false;
    };
    world_.log.Read(p, Pick(*world_.log.End(p)), 1, copy).IgnoreError();
  }
  auto session = world_.log.OpenSession([](std::vector<events::Delivery>) {});
  (*session)->Enqueue({{p, 0, std::move(record), false}});
  ++counts_.foreign;
}

void Cluster::Follow(size_t i) {
  Node& node = *nodes_[i];
  if (!node.runs()) return;
  for (events::Partition p = 0; p < kAll; ++p) {
    bool lags = lagging_registry_ && p == kPartitions && i != group_.owner(p);
    if (lags ? Chance(3) : Chance(80)) node.driver->Follow(p, 1 + Pick(8));
  }
  TakeAnswers(i);
}

// To the owner, as far as anybody knows, or to any node at all.
void Cluster::Send(uint64_t attempt, Request request) {
  auto p = request.registry ? kPartitions : events::PartitionOf(request.stream, kPartitions);
  size_t i = Pick(nodes_.size());
  if (Chance(60)) i = group_.owner(p).value_or(i);
  bool to_sleeper = Chance(20);  // many a client has not heard that there is another owner
  for (size_t j = 0; to_sleeper && j < nodes_.size(); ++j) {
    if (nodes_[j]->paused) i = j;
  }
  Node& node = *nodes_[i];
  if (!node.driver) return clients_.Gone(attempt);
  if (node.paused) {
    node.at_door.emplace_back(attempt, std::move(request));
  } else {
    Submit(i, attempt, std::move(request));
  }
}

void Cluster::Submit(size_t i, uint64_t attempt, Request request) {
  if (AnswersAtOnce(i, attempt, request)) return;
  refused_at_once_ = false;
  Request sent = request;
  uint64_t ticket = nodes_[i]->driver->Submit(std::move(request));
  if (refused_at_once_ && variant_ == ClusterVariant::kRefusalAtOnce) {
    Answer answer;
    auto p = sent.registry ? kPartitions : events::PartitionOf(sent.stream, kPartitions);
    bool known = nodes_[i]->store.Get(projections::StreamKey(p, sent.stream)).has_value();
    answer.status = events::Refuse(known ? events::Reason::SUSPENDED : events::Reason::NOT_FOUND);
    return clients_.OnAnswer(attempt, answer, nodes_[i]->store, faults_);
  }
  nodes_[i]->attempts[ticket] = attempt;
  TakeAnswers(i);
}

void Cluster::TakeAnswers(size_t i) {
  Node& node = *nodes_[i];
  std::vector<Answer> answers = node.driver->TakeAnswers();
  std::sort(answers.begin(), answers.end(),
            [](const Answer& a, const Answer& b) { return a.ticket < b.ticket; });
  for (const Answer& answer : answers) {
    auto it = node.attempts.find(answer.ticket);
    if (it == node.attempts.end()) continue;
    counts_.not_owner += events::ReasonOf(answer.status) == events::Reason::NOT_OWNER ? 1 : 0;
    uint64_t attempt = it->second;
    node.attempts.erase(it);
    clients_.OnAnswer(attempt, answer, node.store, faults_);
  }
}

void Cluster::OnSend(const events::Append& append) {
  auto parts = events::SplitRecord(append.record);
  auto frame = parts ? events::DecodeFrame(parts->frame) : std::nullopt;
  if (!frame) return;
  if (frame->kind == schema::Kind::FENCE) {
    ++counts_.fences;
    if (++fences_[append.partition] == kFencesMax + 1)
      clients_.history().violations.push_back("they fence against each other");
  } else if (frame->kind == schema::Kind::REGISTRY_ADOPTED) {
    uint64_t& sent = adoption_sent_[append.partition];
    sent = std::max(sent, frame->registry_offset);
  } else if (frame->kind == schema::Kind::ACCESS) {
    auto meta = events::DecodeMeta(parts->meta);
    refused_at_once_ |= meta.ok() && meta->event_types.front() == *events::TypeOfRow("103");
  }
}

}  // namespace guitu::simulation
