#include "adapters/http/outbox.h"

#include <iterator>
#include <utility>

#include "adapters/http/problem.h"

namespace guitu::http {
namespace {

thread_local AnswerBatch* current_batch = nullptr;
thread_local InlineAnswer* current_inline = nullptr;

}  // namespace

void Outbox::WakeLocked() {
  if (awake_) return;
  awake_ = true;
  ++wakes_;
  wake_();
}

void Outbox::Push(Answer answer) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  waiting_.push_back(std::move(answer));
  WakeLocked();
}

void Outbox::PushAll(std::vector<Answer> answers) {
  if (answers.empty()) return;
  std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  if (waiting_.empty()) {
    waiting_ = std::move(answers);
  } else {
    waiting_.insert(waiting_.end(), std::make_move_iterator(answers.begin()),
                    std::make_move_iterator(answers.end()));
  }
  WakeLocked();
}

void Outbox::Take(std::vector<Answer>* answers) {
  answers->clear();
  std::lock_guard<std::mutex> lock(mutex_);
  answers->swap(waiting_);
}

bool Outbox::Rest() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!waiting_.empty()) return true;
  awake_ = false;
  return false;
}

void Outbox::Close() {
  std::vector<Answer> dropped;  // destroyed after the lock
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  wake_ = nullptr;
  dropped.swap(waiting_);
}

uint64_t Outbox::wakes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return wakes_;
}

AnswerBatch::AnswerBatch() : is_outermost_(current_batch == nullptr) {
  if (is_outermost_) current_batch = this;
}

AnswerBatch::~AnswerBatch() {
  if (!is_outermost_) return;
  current_batch = nullptr;
  for (PerOutbox& part : parts_) part.outbox->PushAll(std::move(part.answers));
}

void AnswerBatch::Add(const std::shared_ptr<Outbox>& outbox, Answer answer) {
  for (PerOutbox& part : parts_) {  // as many as there are socket threads: one or two
    if (part.outbox != outbox) continue;
    part.answers.push_back(std::move(answer));
    return;
  }
  parts_.push_back({outbox, {}});
  parts_.back().answers.push_back(std::move(answer));
}

Ticket::Ticket(std::shared_ptr<Outbox> outbox, uint64_t session, uint64_t request)
    : outbox_(std::move(outbox)), session_(session), request_(request) {}

Ticket::~Ticket() {
  if (!given_.load(std::memory_order_relaxed)) Give(ToResponse(Settling()));
}

void Ticket::Give(Response response) {
  if (given_.exchange(true)) return;
  InlineAnswer* here = current_inline;
  if (here != nullptr && here->outbox_ == outbox_.get() && here->session_ == session_ &&
      here->request_ == request_) {
    here->response = std::move(response);
    return;
  }
  Answer answer{session_, request_, std::move(response)};
  if (current_batch != nullptr) {
    current_batch->Add(outbox_, std::move(answer));
  } else {
    outbox_->Push(std::move(answer));
  }
}

InlineAnswer::InlineAnswer(const Outbox* outbox, uint64_t session, uint64_t request)
    : outbox_(outbox), session_(session), request_(request), outer_(current_inline) {
  current_inline = this;
}

InlineAnswer::~InlineAnswer() { current_inline = outer_; }

}  // namespace guitu::http
