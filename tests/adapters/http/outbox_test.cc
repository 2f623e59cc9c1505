#include "adapters/http/outbox.h"

#include <gtest/gtest.h>

#include <thread>

namespace guitu::http {
namespace {

Response Numbered(int status) {
  Response response;
  response.status = status;
  return response;
}

class OutboxTest : public ::testing::Test {
 protected:
  std::vector<int> Take() {
    std::vector<Answer> answers;
    outbox_->Take(&answers);
    std::vector<int> statuses;
    for (const Answer& answer : answers) statuses.push_back(answer.response.status);
    return statuses;
  }

  int wakes_ = 0;
  std::shared_ptr<Outbox> outbox_ = std::make_shared<Outbox>([this] { ++wakes_; });
};

TEST_F(OutboxTest, WakesOnceUntilItRests) {
  Ticket(outbox_, 1, 1).Give(Numbered(201));
  Ticket(outbox_, 2, 1).Give(Numbered(202));
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(Take(), (std::vector<int>{201, 202}));
  Ticket(outbox_, 3, 1).Give(Numbered(204));
  EXPECT_EQ(wakes_, 1);
  EXPECT_TRUE(outbox_->Rest());
  EXPECT_EQ(Take(), (std::vector<int>{204}));
  EXPECT_FALSE(outbox_->Rest());
  Ticket(outbox_, 4, 1).Give(Numbered(200));
  EXPECT_EQ(wakes_, 2);
}

TEST_F(OutboxTest, GetsABatchAtItsEndWithOneWakeUp) {
  {
    AnswerBatch batch;
    {
      AnswerBatch inner;
      for (uint64_t i = 0; i < 64; ++i) Ticket(outbox_, i, 1).Give(Numbered(200));
    }
    EXPECT_EQ(wakes_, 0);
  }
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(Take().size(), 64u);
}

TEST_F(OutboxTest, IsGivenOneAnswerForEachTicket) {
  Ticket ticket(outbox_, 1, 1);
  ticket.Give(Numbered(200));
  ticket.Give(Numbered(500));
  EXPECT_EQ(Take(), (std::vector<int>{200}));
}

TEST_F(OutboxTest, IsToldSettlingByATicketThatIsDropped) {
  { Ticket ticket(outbox_, 1, 1); }
  EXPECT_EQ(Take(), (std::vector<int>{503}));
}

TEST_F(OutboxTest, KeepsNothingAndWakesNobodyOnceClosed) {
  auto late = std::make_unique<Ticket>(outbox_, 1, 1);
  outbox_->Close();
  late->Give(Numbered(200));
  late.reset();
  {
    AnswerBatch batch;
    Ticket(outbox_, 2, 1).Give(Numbered(200));
  }
  EXPECT_EQ(wakes_, 0);
  EXPECT_TRUE(Take().empty());
}

TEST_F(OutboxTest, StaysOutOfAnAnswerGivenInline) {
  Ticket mine(outbox_, 1, 7);
  Ticket other(outbox_, 2, 7);
  InlineAnswer here(outbox_.get(), 1, 7);
  mine.Give(Numbered(200));
  other.Give(Numbered(202));
  ASSERT_TRUE(here.response.has_value());
  EXPECT_EQ(here.response->status, 200);
  EXPECT_EQ(Take(), (std::vector<int>{202}));
}

TEST(Outbox, LosesNothingBetweenThreads) {
  std::atomic<int> wakes{0};
  auto outbox = std::make_shared<Outbox>([&] { ++wakes; });
  constexpr uint64_t kEach = 5000;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t i = 0; i < kEach; ++i) Ticket(outbox, t, i).Give(Numbered(200));
    });
  }
  std::vector<uint64_t> next(3, 0);
  std::vector<Answer> answers;
  for (uint64_t taken = 0; taken < 3 * kEach; taken += answers.size()) {
    outbox->Take(&answers);
    for (const Answer& answer : answers) EXPECT_EQ(answer.request, next[answer.session]++);
    outbox->Rest();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(next, std::vector<uint64_t>(3, kEach));
  EXPECT_GE(wakes.load(), 1);
}

}  // namespace
}  // namespace guitu::http
