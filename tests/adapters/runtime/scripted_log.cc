#include "tests/adapters/runtime/scripted_log.h"

#include <utility>

#include "events/check.h"
#include "gtest/gtest.h"

namespace guitu::runtime {

using events::Append;
using events::Delivery;
using events::Offset;
using events::Partition;

class ScriptedSession final : public events::LogSession {
 public:
  ScriptedSession(ScriptedLog& log, std::unique_ptr<events::LogSession> scripted,
                  std::shared_ptr<ScriptedLog::Behind> behind)
      : log_(log), scripted_(std::move(scripted)) {
    log_.behind_[scripted_.get()] = std::move(behind);
  }
  ~ScriptedSession() override {
    const events::LogSession* key = scripted_.get();
    scripted_.reset();  // what is still queued there may land now
    log_.Await();
    log_.behind_.erase(key);
  }
  void Enqueue(std::vector<Append> appends) override { scripted_->Enqueue(std::move(appends)); }

 private:
  ScriptedLog& log_;
  std::unique_ptr<events::LogSession> scripted_;
};

ScriptedLog::ScriptedLog(memory_log::MemoryLog& script, BackingLog& backing)
    : script_(script), backing_(backing) {
  GUITU_CHECK(script_.partition_count() == backing_.log().partition_count());
  script_.SetLanding([this](const events::LogSession* session, const Append& append,
                            Offset offset) { OnLanding(session, append, offset); });
}

ScriptedLog::~ScriptedLog() {
  GUITU_CHECK(behind_.empty());
  script_.SetLanding(nullptr);
}

absl::StatusOr<std::shared_ptr<ScriptedLog::Behind>> ScriptedLog::OpenBehind() {
  if (auto shared = shared_.lock()) return shared;
  auto behind = std::make_shared<Behind>();
  auto session = backing_.log().OpenSession(behind->collector.Sink());
  if (!session.ok()) return session.status();
  behind->session = *std::move(session);
  if (backing_.one_session()) shared_ = behind;
  return behind;
}

absl::StatusOr<std::unique_ptr<events::LogSession>> ScriptedLog::OpenSession(DeliverySink sink) {
  auto scripted =
      script_.OpenSession([this, sink = std::move(sink)](std::vector<Delivery> deliveries) {
        Await();
        sink(std::move(deliveries));
      });
  if (!scripted.ok()) return scripted.status();
  auto behind = OpenBehind();
  if (!behind.ok()) return behind.status();
  return std::make_unique<ScriptedSession>(*this, *std::move(scripted), *std::move(behind));
}

void ScriptedLog::OnLanding(const events::LogSession* session, const Append& append,
                            Offset offset) {
  auto it = behind_.find(session);
  std::shared_ptr<Behind> behind;
  if (it != behind_.end()) {
    behind = it->second;
  } else {
    auto opened = OpenBehind();
    GUITU_CHECK(opened.ok());
    behind = *std::move(opened);
  }
  // Two sessions side by side would land in any order.
  if (busy_ != behind) Await();
  behind->expected.emplace_back(append.partition, offset);
  ends_.erase(append.partition);
  Append copy = append;
  copy.ticket = behind->expected.size() - 1;
  behind->session->Enqueue({std::move(copy)});
  busy_ = std::move(behind);
}

void ScriptedLog::Await() const {
  const std::shared_ptr<Behind> behind = std::exchange(busy_, nullptr);
  if (behind == nullptr) return;
  const bool all = behind->collector.WaitFor(behind->expected.size());
  EXPECT_TRUE(all) << "the log behind does not answer";
  const std::vector<Delivery> deliveries = behind->collector.all();
  for (; behind->seen < deliveries.size(); ++behind->seen) {
    const Delivery& delivery = deliveries[behind->seen];
    EXPECT_EQ(delivery.outcome, Delivery::Outcome::kAppended) << delivery.reason;
    const auto& [partition, offset] = behind->expected.at(delivery.ticket);
    EXPECT_EQ(delivery.partition, partition);
    EXPECT_EQ(delivery.offset, offset) << "in partition " << partition;
  }
}

absl::StatusOr<Offset> ScriptedLog::End(Partition partition) const {
  Await();
  if (auto known = ends_.find(partition); known != ends_.end()) return known->second;
  auto end = backing_.log().End(partition);
  if (!end.ok()) return end;
  EXPECT_EQ(*end, *script_.End(partition)) << "of partition " << partition;
  ends_[partition] = *end;
  return end;
}

absl::Status ScriptedLog::Read(Partition partition, Offset from, uint64_t max,
                               const Visitor& visit) const {
  Await();
  return backing_.log().Read(partition, from, max, visit);
}

}  // namespace guitu::runtime
