// Calls of the HTTP interface as the tests make them: every header can be said or left out, and the
// whole answer is looked at. Blocks; one thread at a time.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/http/client.h"

namespace guitu::app_test {

namespace json = boost::json;

// What came back. `status` 0: nothing did, and whether the request was carried out is not known.
struct Answer {
  int status = 0;
  std::vector<http::NameValue> headers;
  std::string text;
  json::value body;     // null if `text` is not JSON
  std::string trouble;  // why nothing came back

  // "" where there is none.
  std::string Header(const std::string& name) const;
  // The member of the body as text: strings without quotation marks, "" where there is none.
  std::string Field(const std::string& name) const;
  uint64_t version() const;
};
// So that a failed expectation prints what the server said.
std::ostream& operator<<(std::ostream& out, const Answer& answer);

using Headers = std::vector<http::NameValue>;

// One log-in.
class Web {
 public:
  Web(uint16_t port, std::string token, absl::Duration time_max = absl::Seconds(30));

  Answer Call(const std::string& method, const std::string& target, Headers headers = {},
              const std::string& body = "");
  Answer Get(const std::string& target, const std::string& purpose = "", Headers headers = {});
  // `if_match` as it stands in the header, or empty for none; the same for `key`.
  Answer Post(const std::string& target, const std::string& key, const std::string& if_match,
              const std::string& body, Headers headers = {});

 private:
  std::unique_ptr<http::Client> client_;
  std::string token_;
};

// "\"3\"".
std::string Quoted(uint64_t version);

// Bodies of one command. `at` stands for occurredAt; all persons are invented.
std::string Command(const std::string& type, const json::object& data,
                    const std::string& at = "2026-03-01T09:00:00+08:00");
std::string Rescue(const std::string& address = "合成路1号",
                   const std::string& lead = "合成民警甲");
std::string Opening(const std::string& county = "530902");
std::string Wish(const std::string& words = "想回家");
std::string Risk(const std::string& reasons = "合成评估");

// The people of the tests. Caseworker, police, legal aid, head in county 530902; a caseworker in
// 530921; an auditor and the office in the city.
struct Person {
  std::string staff, unit, role;
};
// NOLINTBEGIN(readability-identifier-naming): constants, of which the check sees a declaration.
extern const Person kAdmin, kOtherAdmin, kWorker, kPolice, kAid, kHead, kStranger, kAuditor,
    kOffice;
// NOLINTEND(readability-identifier-naming)
// Records units and users as the administrator. The error names what was refused.
absl::Status SetUpPeople(Web& admin);

}  // namespace guitu::app_test
