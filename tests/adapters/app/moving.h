// A city that is moved: the fixture of move_test.cc and broker_move_test.cc.
#pragma once

#include <string>
#include <vector>

#include "adapters/app/move.h"
#include "tests/adapters/app/city.h"

namespace guitu::app_test {

class Moving : public City {
 protected:
  std::string Dir(const std::string& name) const { return dir_ / name; }
  app::OpenOptions At(const app::Place& place) const {
    app::OpenOptions options = Options();
    options.data_dir = place.data_dir;
    options.kafka = place.kafka;
    return options;
  }
  // From the city's directory to another; nothing may be served meanwhile, so this ends it.
  app::MoveOptions MoveTo(const app::Place& to) {
    app::MoveOptions options;
    options.from.data_dir = Dir("data");
    options.to = to;
    options.root_key_file = Dir("data.root-key");
    options.clock = &clock_;
    options.tokens = {TokenOf(kAdmin), TokenOf(kOtherAdmin)};
    installation_.reset();
    return options;
  }
  // Of the city's issuer, also while nothing is served.
  std::string TokenOf(const Person& person, absl::Duration ttl = absl::Hours(8)) const {
    auto token = app::IssueToken(Options(), {person.staff, person.unit, person.role}, ttl);
    EXPECT_TRUE(token.ok()) << token.status();
    return token.value_or("");
  }
  absl::Status TryOpen(const app::Place& place) const {
    return app::Installation::Open(At(place)).status();
  }
  // Serves another place from now on.
  void Serve(const app::Place& place) {
    log_ins_.clear();
    installation_.reset();
    auto opened = app::Installation::Open(At(place));
    ASSERT_TRUE(opened.ok()) << opened.status();
    installation_ = *std::move(opened);
    auto served = installation_->Serve();
    ASSERT_TRUE(served.ok()) << served;
  }
  Web Of(const Person& person) const { return With(Token(person)); }
  // That the projections of a place are those of its log. Nobody serves it.
  void ExpectRebuildsEqual(const app::Place& place) const {
    auto rebuilt = app::RebuildAndCompare(At(place));
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
    EXPECT_TRUE(rebuilt->differing.empty());
  }
  // A case with a wish in it, as the worker reads it.
  std::string ArchiveOf(const std::string& path) const {
    Answer answer = Of(kWorker).Get(path, "aftercare");
    EXPECT_EQ(answer.status, 200) << answer;
    return answer.text;
  }
};

}  // namespace guitu::app_test
