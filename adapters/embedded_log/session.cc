#include "adapters/embedded_log/session.h"

#include <pthread.h>

#include <iterator>
#include <utility>

namespace guitu::embedded_log {

using events::Append;
using events::Delivery;

EmbeddedSession::EmbeddedSession(EmbeddedLog& log, events::EventLog::DeliverySink sink)
    : log_(log),
      sink_(std::move(sink)),
      // A group has to fit into the memtable it goes to: recovery may have to rewrite it on a full
      // disk.
      group_bytes_max_(log.options_.write_buffer_bytes / 2),
      writer_([this] { Run(); }) {}

EmbeddedSession::~EmbeddedSession() {
  {
    absl::MutexLock lock(&mutex_);
    closing_ = true;
    work_.Signal();
  }
  writer_.join();
  log_.SessionClosed();
}

void EmbeddedSession::Enqueue(std::vector<Append> appends) {
  absl::MutexLock lock(&mutex_);
  if (queue_.empty()) {
    queue_ = std::move(appends);
  } else {
    queue_.insert(queue_.end(), std::make_move_iterator(appends.begin()),
                  std::make_move_iterator(appends.end()));
  }
  // A writer that is busy looks at the queue before it waits.
  if (waiting_) work_.Signal();
}

void EmbeddedSession::EnqueueAlone(Append append) {
  {
    absl::MutexLock lock(&mutex_);
    if (!waiting_ || in_place_ || !queue_.empty() || closing_) {
      queue_.push_back(std::move(append));
      if (waiting_) work_.Signal();
      return;
    }
    in_place_ = true;
  }
  WriteAll(absl::MakeConstSpan(&append, 1));
  absl::MutexLock lock(&mutex_);
  in_place_ = false;
  if (!queue_.empty() || closing_) work_.Signal();
}

bool EmbeddedSession::Take(std::vector<Append>& taken) {
  taken.clear();
  absl::MutexLock lock(&mutex_);
  while (queue_.empty() || in_place_) {
    if (closing_ && !in_place_) return false;
    waiting_ = true;
    work_.Wait(&mutex_);
    waiting_ = false;
  }
  std::swap(taken, queue_);
  return true;
}

bool EmbeddedSession::Closing() const {
  absl::MutexLock lock(&mutex_);
  return closing_;
}

EmbeddedSession::Group EmbeddedSession::NextGroup(Group taken) const {
  const bool access_only = log_.space_low();
  uint64_t bytes = 0;
  size_t count = 0;
  for (const Append& append : taken) {
    if (access_only && !append.access) break;
    bytes += append.record.size();
    if (count > 0 && bytes > group_bytes_max_) break;
    ++count;
  }
  return taken.subspan(0, count);
}

void EmbeddedSession::Run() {
  pthread_setname_np(pthread_self(), "log");
  std::vector<Append> taken;
  while (Take(taken)) WriteAll(taken);
}

void EmbeddedSession::WriteAll(Group taken) {
  for (Group rest = taken; !rest.empty();) {
    if (death_.ok() && Closing()) death_ = absl::CancelledError("log: the session was closed");
    if (!death_.ok()) return GiveUp(rest);
    const Group group = NextGroup(rest);
    if (group.empty()) {
      death_ = absl::ResourceExhaustedError("log: no space left but for access records");
      continue;
    }
    Write(group);
    rest.remove_prefix(group.size());
  }
}

void EmbeddedSession::Write(Group group) {
  death_ = log_.Commit(group, offsets_);
  if (!death_.ok()) return GiveUp(group);
  std::vector<Delivery> deliveries;
  deliveries.reserve(group.size());
  for (size_t i = 0; i < group.size(); ++i) {
    deliveries.push_back({group[i].partition, group[i].ticket, Delivery::Outcome::kAppended,
                          offsets_[i], absl::OkStatus()});
  }
  sink_(std::move(deliveries));
}

void EmbeddedSession::GiveUp(Group rest) {
  std::vector<Delivery> deliveries;
  deliveries.reserve(rest.size());
  for (const Append& append : rest) {
    deliveries.push_back({append.partition, append.ticket, Delivery::Outcome::kUnknown, 0, death_});
  }
  sink_(std::move(deliveries));
}

}  // namespace guitu::embedded_log
