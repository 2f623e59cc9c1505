// How answers come back to a socket thread from other threads: one queue for each socket thread and
// one wake-up for many answers, because waking a sleeping thread costs more than the answer itself.
//
// Invariants (tests/adapters/http/outbox_test.cc):
//   1. Every answer pushed before Close is taken once, in the order of its pushing thread.
//   2. While a wake-up is under way no second one is sent.
//   3. After Close nothing is kept and `wake` is never called: tickets may outlive the server.
// Threads: Push, PushAll, Close from any; Take and Rest from the socket thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "adapters/http/message.h"

namespace guitu::http {

struct Answer {
  uint64_t session = 0;  // which connection of the thread
  uint64_t request = 0;  // which request on it, from 1
  Response response;
};

class Outbox {
 public:
  // `wake` must make the socket thread call Take soon. Called with the lock held; must not block.
  explicit Outbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void Push(Answer answer);
  void PushAll(std::vector<Answer> answers);
  // Swaps everything waiting into `answers` (cleared before).
  void Take(std::vector<Answer>* answers);
  // After handling what Take gave: true if more came meanwhile, so Take is to be called again
  // without a wake-up; false if the next push will wake.
  bool Rest();
  void Close();
  uint64_t wakes() const;

 private:
  void WakeLocked();  // REQUIRES: mutex_ held

  mutable std::mutex mutex_;  // guards all below; std, because TSan sees through it
  std::function<void()> wake_;
  std::vector<Answer> waiting_;
  bool awake_ = false;
  bool closed_ = false;
  uint64_t wakes_ = 0;
};

// While one lives, answers given on this thread are collected; its end publishes them with one lock
// and one wake-up per socket thread. For the engine's answers after a group commit:
//   { AnswerBatch batch; for (auto& done : committed) done.responder(...); }
// Nested ones join the outermost. REQUIRES: destroyed on the thread that made it.
class AnswerBatch {
 public:
  AnswerBatch();
  ~AnswerBatch();
  AnswerBatch(const AnswerBatch&) = delete;
  AnswerBatch& operator=(const AnswerBatch&) = delete;

 private:
  friend class Ticket;
  struct PerOutbox {
    std::shared_ptr<Outbox> outbox;
    std::vector<Answer> answers;
  };
  void Add(const std::shared_ptr<Outbox>& outbox, Answer answer);

  std::vector<PerOutbox> parts_;
  bool is_outermost_;
};

// The right to answer one request, once. Destroyed without having answered it answers `settling`.
class Ticket {
 public:
  Ticket(std::shared_ptr<Outbox> outbox, uint64_t session, uint64_t request);
  ~Ticket();
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  void Give(Response response);

 private:
  const std::shared_ptr<Outbox> outbox_;
  const uint64_t session_;
  const uint64_t request_;
  std::atomic<bool> given_{false};
};

// While one lives on the socket thread, the answer to this very request stays in `response` instead
// of going through the queue: a handler that answers at once pays no wake-up. Nested: the
// innermost.
class InlineAnswer {
 public:
  InlineAnswer(const Outbox* outbox, uint64_t session, uint64_t request);
  ~InlineAnswer();
  InlineAnswer(const InlineAnswer&) = delete;
  InlineAnswer& operator=(const InlineAnswer&) = delete;

  std::optional<Response> response;

 private:
  friend class Ticket;
  const Outbox* const outbox_;
  const uint64_t session_;
  const uint64_t request_;
  InlineAnswer* const outer_;
};

}  // namespace guitu::http
