#include "tests/simulation/observed_log.h"

#include <map>
#include <utility>
#include <vector>

namespace guitu::simulation {

class ObservedSession final : public events::LogSession {
 public:
  ObservedSession(ObservedLog& log, events::EventLog::DeliverySink sink)
      : log_(log), sink_(std::move(sink)) {}
  ~ObservedSession() override { inner_.reset(); }

  absl::Status Open() {
    auto opened = log_.log_.OpenSession(
        [this](std::vector<events::Delivery> deliveries) { Take(std::move(deliveries)); });
    if (!opened.ok()) return opened.status();
    inner_ = *std::move(opened);
    lost_ = false;
    return absl::OkStatus();
  }

  void Enqueue(std::vector<events::Append> appends) override {
    if (lost_) Open().IgnoreError();
    for (const events::Append& append : appends) {
      if (log_.options_.on_send) log_.options_.on_send(append);
      if (log_.options_.on_hidden) sent_[{append.partition, append.ticket}] = append;
    }
    inner_->Enqueue(std::move(appends));
  }

 private:
  void Take(std::vector<events::Delivery> deliveries) {
    if (!log_.options_.on_hidden) return sink_(std::move(deliveries));
    std::vector<events::Delivery> known;
    for (events::Delivery& delivery : deliveries) {
      auto sent = sent_.extract({delivery.partition, delivery.ticket});
      if (delivery.outcome == events::Delivery::Outcome::kAppended) {
        known.push_back(std::move(delivery));
      } else {
        lost_ = true;
        if (!sent.empty()) log_.options_.on_hidden(sent.mapped());
      }
    }
    if (!known.empty()) sink_(std::move(known));
  }

  ObservedLog& log_;
  events::EventLog::DeliverySink sink_;
  bool lost_ = false;
  std::map<std::pair<events::Partition, uint64_t>, events::Append> sent_;
  std::unique_ptr<events::LogSession> inner_;  // last: what it says at its end is still taken
};

absl::StatusOr<std::unique_ptr<events::LogSession>> ObservedLog::OpenSession(DeliverySink sink) {
  auto session = std::make_unique<ObservedSession>(*this, std::move(sink));
  if (auto status = session->Open(); !status.ok()) return status;
  return session;
}

}  // namespace guitu::simulation
