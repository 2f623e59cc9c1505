#include "tests/adapters/runtime/driver.h"

#include <algorithm>
#include <limits>

namespace guitu::runtime {

Driver::Driver(uint32_t partitions, events::EventLog& log, Ports ports, std::string owner)
    : log_(log), node_(partitions, std::move(ports), std::move(owner), "test:1") {}

Driver::~Driver() { session_ = nullptr; }

void Driver::Start() {
  Outbox out;
  node_.Start(out);
  Do(out);
}

std::vector<uint64_t> Driver::SubmitAll(std::vector<Request> requests) {
  Outbox out;
  std::vector<uint64_t> tickets;
  for (Request& request : requests) {
    request.ticket = next_ticket_++;
    tickets.push_back(request.ticket);
    node_.Submit(std::move(request), out);
  }
  Do(out);
  return tickets;
}

uint64_t Driver::Submit(Request request) { return SubmitAll({std::move(request)}).front(); }

bool Driver::Step() {
  std::vector<events::Delivery> deliveries = std::exchange(inbox_, {});
  if (deliveries.empty()) return false;
  if (on_deliveries) on_deliveries(deliveries);
  Outbox out;
  node_.OnDeliveries(deliveries, out);
  Do(out);
  return true;
}

void Driver::Tick() {
  Outbox out;
  node_.OnTick(out);
  Do(out);
}

void Driver::Do(Outbox& out) {
  for (bool again = true; again;) {
    again = false;
    if (out.wants_session) {
      out.wants_session = false;
      out.appends.clear();
      OpenSession(out);
      again = true;
    }
    if (!out.reads.empty()) {
      DoReads(out);
      again = true;
    }
    node_.EndStep(out);
    if (!out.appends.empty() && session_ != nullptr) session_->Enqueue(std::move(out.appends));
    out.appends.clear();
    again = again || out.wants_session || !out.reads.empty();
  }
  for (Answer& answer : out.answers) answers_.push_back(std::move(answer));
  for (std::string& alarm : out.alarms) alarms_.push_back(std::move(alarm));
}

void Driver::DoReads(Outbox& out) {
  bool to_the_end = false;
  absl::Status worst;
  for (const auto& read : std::exchange(out.reads, {})) {
    to_the_end |= read.until == std::numeric_limits<events::Offset>::max();
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
  if (to_the_end) node_.OnCaughtUp(worst, out);
}

void Driver::OpenSession(Outbox& out) {
  session_ = nullptr;  // what is under way comes back before this returns
  inbox_.clear();
  ++sessions_;
  auto session = log_.OpenSession([this](std::vector<events::Delivery> deliveries) {
    for (events::Delivery& delivery : deliveries) inbox_.push_back(std::move(delivery));
  });
  const absl::Status status = session.status();
  if (session.ok()) session_ = *std::move(session);
  node_.OnSession(status, out);
}

}  // namespace guitu::runtime
