// Internal to forwarder.cc: one other node, its connections, and the requests that wait for one.
// Lives on one thread.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "adapters/http/forward_link.h"
#include "adapters/http/problem.h"

namespace guitu::http::internal {

inline void AnswerNo(const Job& job, const Refusal& refusal, std::atomic<uint64_t>& counter) {
  Add(counter);
  job.answer(ToResponse(refusal));
}

class Peer final : public Link::Owner {
 public:
  Peer(Destination to, asio::io_context& context, asio::ssl::context* tls,
       const ForwarderOptions& options, AtomicForwarderCounters& counters)
      : to_(std::move(to)), context_(context), tls_(tls), options_(options), counters_(counters) {}

  void Submit(Job job, absl::Duration now) {
    now_ = now;
    job.since = now;
    job.deadline = now + options_.answer_time_max;
    while (!idle_.empty()) {
      std::shared_ptr<Link> link = std::move(idle_.back());  // the one used last
      idle_.pop_back();
      if (link->IsFit()) return link->Ask(std::move(job));
      Drop(link.get());
    }
    // Those for whom a connection is being opened do not count as waiting beyond the pool.
    if (waiting_.size() >= options_.waiting_max + opening_ + Openable()) {
      return AnswerNo(job, Overloaded(), counters_.overloaded);
    }
    waiting_.push_back(std::move(job));
    Add(counters_.waiting);
    OpenMore();
  }

  void OnTick(absl::Duration now) {
    now_ = now;
    for (const std::shared_ptr<Link>& link : std::vector(links_)) link->OnTick(now);
    for (const std::shared_ptr<Link>& link : std::vector(idle_)) {
      if (now < link->idle_until() && link->IsFit()) continue;
      idle_.erase(std::find(idle_.begin(), idle_.end(), link));
      Drop(link.get());
    }
    while (!waiting_.empty() && now >= waiting_.front().deadline) {
      AnswerNo(TakeWaiting(), Overloaded(), counters_.overloaded);
    }
    // A name that the system's resolver is still looking for cannot be interrupted.
    while (!waiting_.empty() && !HasConnection() &&
           now >= waiting_.front().since + options_.connect_time_max) {
      AnswerNo(TakeWaiting(), NotOwner(), counters_.not_owner);
    }
  }

  void Abort() {
    idle_.clear();
    for (const std::shared_ptr<Link>& link : std::exchange(links_, {})) {
      if (std::optional<Job> job = link->Close()) AnswerNo(*job, Settling(), counters_.settling);
    }
    opening_ = 0;
    while (!waiting_.empty()) AnswerNo(TakeWaiting(), Settling(), counters_.settling);
  }

  // Nothing left that knows it.
  bool IsUnused() const { return links_.empty() && waiting_.empty(); }

  void OnOpened(Link* link, bool ok) override {
    --opening_;
    if (ok && link->IsFit()) return Serve(link);
    Drop(link);
    if (HasConnection()) return;  // the others serve those that wait
    // One for this failure; all if no other attempt is left to decide about them.
    do {
      if (waiting_.empty()) return;
      AnswerNo(TakeWaiting(), NotOwner(), counters_.not_owner);
    } while (opening_ == 0);
  }

  void OnDone(Link* link, Job job, std::optional<Response> response) override {
    if (link->IsReusable()) {
      Serve(link);
    } else {
      Drop(link);
      OpenMore();
    }
    if (!response) return AnswerNo(job, Settling(), counters_.settling);
    Add(counters_.answered);
    job.answer(*std::move(response));
  }

 private:
  bool HasConnection() const { return links_.size() > opening_; }

  size_t Openable() const { return options_.connections_per_peer_max - links_.size(); }

  Job TakeWaiting() {
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    Subtract(counters_.waiting);
    return job;
  }

  // Gives an open link its next request, or rest.
  void Serve(Link* link) {
    std::shared_ptr<Link> held = link->shared_from_this();
    if (waiting_.empty()) {
      link->Rest(now_ + options_.idle_time_max);
      idle_.push_back(std::move(held));
    } else if (link->IsFit()) {
      link->Ask(TakeWaiting());
    } else {
      Drop(link);
      OpenMore();
    }
  }

  // One attempt for each that waits, as far as the pool goes.
  void OpenMore() {
    while (opening_ < waiting_.size() && Openable() > 0) {
      auto link = std::make_shared<Link>(context_, tls_, options_, counters_, *this);
      links_.push_back(link);
      ++opening_;
      link->Open(to_, now_ + options_.connect_time_max);
    }
  }

  void Drop(Link* link) {
    link->Close();
    auto it = std::find_if(links_.begin(), links_.end(),
                           [link](const auto& other) { return other.get() == link; });
    if (it != links_.end()) links_.erase(it);
  }

  const Destination to_;
  asio::io_context& context_;
  asio::ssl::context* const tls_;
  const ForwarderOptions& options_;
  AtomicForwarderCounters& counters_;
  absl::Duration now_;
  std::vector<std::shared_ptr<Link>> links_;  // all; `opening_` of them not open yet
  std::vector<std::shared_ptr<Link>> idle_;
  size_t opening_ = 0;
  std::deque<Job> waiting_;  // the longest first
};

}  // namespace guitu::http::internal
