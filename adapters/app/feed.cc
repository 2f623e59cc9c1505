#include "adapters/app/feed.h"

#include <pthread.h>

#include <chrono>

#include "absl/strings/str_cat.h"

namespace guitu::app {
namespace {

constexpr size_t kBytesMax = 64 << 20;
constexpr auto kJoinAgain = std::chrono::milliseconds(500);
// A hand-over that takes longer is none: the next owner's fence ends it.
constexpr auto kHandOverMax = std::chrono::seconds(3);

}  // namespace

Feed::Feed(SharedLog shared, std::function<void()> wake)
    : shared_(std::move(shared)),
      wake_(std::move(wake)),
      folded_(std::make_unique<std::atomic<events::Offset>[]>(shared_.log->partition_count())),
      worker_([this] { Run(); }) {}

Feed::~Feed() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  worker_.join();
  group_ = nullptr;
  follower_ = nullptr;
  spare_ = {};
}

Fed Feed::Take() {
  Fed fed;
  {
    std::lock_guard lock(mutex_);
    std::swap(fed, fed_);
    bytes_ = 0;
  }
  changed_.notify_all();
  return fed;
}

template <typename Change>
void Feed::Give(Change change) {
  {
    std::lock_guard lock(mutex_);
    change(fed_);
  }
  wake_();
}

void Feed::Post(std::function<void()> job) {
  {
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_all();
}

void Feed::Run() {
  pthread_setname_np(pthread_self(), "feed");
  while (true) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
      if (closing_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

void Feed::Follow(std::vector<events::Offset> from) {
  Post([this, from = std::move(from)] {
    if (from_.empty()) from_ = from;
  });
}

absl::Status Feed::FollowNow() {
  if (follower_ != nullptr) return absl::OkStatus();
  auto follower = shared_.log->Follow(
      from_, {[this](absl::Span<const kafka_log::Followed> records) { GiveRecords(records); },
              [this](events::Partition partition, const absl::Status& why) {
                Give([&](Fed& fed) { fed.stopped.emplace_back(partition, why); });
              }});
  if (!follower.ok()) return follower.status();
  follower_ = *std::move(follower);
  return absl::OkStatus();
}

void Feed::GiveRecords(absl::Span<const kafka_log::Followed> records) {
  Fed::Records block;
  for (const kafka_log::Followed& record : records) {
    if (record.offset < folded_[record.partition]) continue;
    block.at.push_back({record.partition, record.offset, block.bytes.size(), record.record.size()});
    block.bytes.append(record.record.data(), record.record.size());
  }
  if (block.at.empty()) return;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closing_ || bytes_ < kBytesMax; });
    bytes_ += block.bytes.size();
    fed_.records.push_back(std::move(block));
  }
  wake_();
}

void Feed::AskEnds(uint64_t session, std::vector<events::Partition> partitions) {
  Post([this, session, partitions = std::move(partitions)] {
    Fed::Ends ends{session, FollowNow(), {}};
    if (ends.status.ok()) {
      auto asked = shared_.log->EndsOf(partitions);
      ends.status = asked.status();
      for (size_t i = 0; asked.ok() && i < partitions.size(); ++i)
        ends.ends.emplace_back(partitions[i], (*asked)[i]);
    }
    Give([&](Fed& fed) { fed.ends.push_back(std::move(ends)); });
  });
}

void Feed::Open(uint64_t session, events::EventLog::DeliverySink sink) {
  Post([this, session, sink = std::move(sink)] { OpenNow(session, sink); });
}

void Feed::OpenNow(uint64_t session, events::EventLog::DeliverySink sink) {
  absl::Status status;
  if (spare_.session == nullptr) status = MakeSpare();
  Fed::Opened result{session, status, nullptr};
  if (status.ok()) {
    *spare_.sink = std::move(sink);
    result.log_session = std::move(spare_.session);
    Post([this] { MakeSpare().IgnoreError(); });  // none: the next one makes it
  }
  Give([&](Fed& fed) { fed.opened.push_back(std::move(result)); });
}

absl::Status Feed::MakeSpare() {
  if (spare_.session != nullptr) return absl::OkStatus();
  auto sink = std::make_shared<events::EventLog::DeliverySink>();
  auto opened = shared_.log->OpenSession(
      [sink](std::vector<events::Delivery> deliveries) { (*sink)(std::move(deliveries)); });
  if (!opened.ok()) return opened.status();
  spare_ = {*std::move(opened), std::move(sink)};
  return absl::OkStatus();
}

void Feed::Discard(std::unique_ptr<events::LogSession> session) {
  Post([session = std::shared_ptr<events::LogSession>(std::move(session))] {});
}

void Feed::Join() {
  Post([this] { JoinNow(); });
}

void Feed::JoinNow() {
  {
    std::unique_lock lock(mutex_);
    if (group_ != nullptr || leaving_) return;
  }
  kafka_log::GroupSink sink;
  sink.assigned = [this](std::vector<events::Partition> partitions, uint32_t generation) {
    Give([&](Fed& fed) { fed.changes.push_back({false, generation, std::move(partitions)}); });
  };
  sink.revoked = [this](std::vector<events::Partition> partitions, bool lost) {
    Revoke(std::move(partitions), lost);
  };
  sink.moved = [this](uint32_t generation) {
    Give([&](Fed& fed) { fed.generation = generation; });
  };
  sink.alarm = [this](absl::string_view alarm) {
    Give([&](Fed& fed) { fed.alarms.emplace_back(alarm); });
  };
  auto group = kafka_log::Group::Join(shared_.bootstrap, shared_.topic,
                                      shared_.log->partition_count(), shared_.group, sink);
  std::unique_lock lock(mutex_);
  if (group.ok()) {
    group_ = *std::move(group);
    return;
  }
  fed_.alarms.push_back(
      absl::StrCat("the group of nodes cannot be joined yet: ", group.status().message()));
  changed_.wait_for(lock, kJoinAgain, [this] { return closing_; });
  jobs_.push_back([this] { JoinNow(); });
}

// On the group's thread, which waits until the engine has handed the partitions over.
void Feed::Revoke(std::vector<events::Partition> partitions, bool lost) {
  {
    std::lock_guard lock(mutex_);
    fed_.changes.push_back({true, 0, std::move(partitions)});
    handing_over_ = true;
  }
  wake_();
  if (lost) return;
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kHandOverMax, [this] { return closing_ || !handing_over_; });
}

void Feed::HandedOver() {
  {
    std::lock_guard lock(mutex_);
    handing_over_ = false;
  }
  changed_.notify_all();
}

void Feed::Leave() {
  std::shared_ptr<kafka_log::Group> group;
  {
    std::lock_guard lock(mutex_);
    leaving_ = true;
    group = group_;
  }
  if (group != nullptr) group->Leave();
}

}  // namespace guitu::app
