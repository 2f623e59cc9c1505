// A city in a directory of the test's own, served in this process on a free port, with the people
// of web.h and a clock that the test moves.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "adapters/app/installation.h"
#include "adapters/clock/clock.h"
#include "gtest/gtest.h"
#include "tests/adapters/app/web.h"
#include "tests/conformance/temp_dir.h"

namespace guitu::app_test {

class City : public testing::Test {
 protected:
  static constexpr uint32_t kPartitions = 4;

  void SetUp() override;
  void TearDown() override { installation_.reset(); }

  app::OpenOptions Options() const;
  // Ends the installation and opens it again, on another port.
  void Restart();
  std::string Token(const Person& person, absl::Duration ttl = absl::Hours(8)) const;
  // The log-in of a person; made when first asked for.
  Web& As(const Person& person);
  // A log-in with a token of the test's choice.
  Web With(const std::string& token) const { return Web(installation_->port(), token); }

  // A case at version 2: rescued, opened. Gives "/v1/cases/ID".
  std::string OpenCase(const std::string& key = "case", const std::string& county = "530902");
  // Who looked and who was refused, as the auditor sees it: the "accesses" of the case. The look
  // itself is part of it.
  json::array Accesses(const std::string& path);
  json::array Timeline(const std::string& path);

  conformance::TempDir dir_;
  clock::SystemClock system_;
  clock::SettableClock clock_{system_};
  std::unique_ptr<app::Installation> installation_;
  std::map<std::string, std::unique_ptr<Web>> log_ins_;  // of As
};

}  // namespace guitu::app_test
