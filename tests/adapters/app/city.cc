#include "tests/adapters/app/city.h"

#include "absl/strings/str_cat.h"

namespace guitu::app_test {

void City::SetUp() {
  app::CreateOptions create;
  create.data_dir = dir_ / "data";
  create.root_key_file = dir_ / "data.root-key";
  create.partitions = kPartitions;
  create.synthetic = true;
  create.clock = &clock_;
  auto created = app::Installation::Create(create);
  ASSERT_TRUE(created.ok()) << created.status();
  Restart();
  auto people = SetUpPeople(As(kAdmin));
  ASSERT_TRUE(people.ok()) << people;
}

app::OpenOptions City::Options() const {
  app::OpenOptions options;
  options.data_dir = dir_ / "data";
  options.root_key_file = dir_ / "data.root-key";
  options.port = 0;
  options.clock = &clock_;
  return options;
}

void City::Restart() {
  log_ins_.clear();
  installation_.reset();
  auto opened = app::Installation::Open(Options());
  ASSERT_TRUE(opened.ok()) << opened.status();
  installation_ = *std::move(opened);
  auto served = installation_->Serve();
  ASSERT_TRUE(served.ok()) << served;
}

std::string City::Token(const Person& person, absl::Duration ttl) const {
  auto token = installation_->Token({person.staff, person.unit, person.role}, ttl);
  EXPECT_TRUE(token.ok()) << token.status();
  return token.value_or("");
}

Web& City::As(const Person& person) {
  auto& log_in = log_ins_[person.staff];
  if (log_in == nullptr) log_in = std::make_unique<Web>(installation_->port(), Token(person));
  return *log_in;
}

std::string City::OpenCase(const std::string& key, const std::string& county) {
  Answer rescued = As(kPolice).Post("/v1/cases", key, "", Rescue());
  EXPECT_EQ(rescued.status, 201) << rescued;
  std::string path = rescued.Header("Location");
  const Person& worker = county == "530902" ? kWorker : kStranger;
  Answer opened = As(worker).Post(path + "/events", key + "-open", Quoted(1), Opening(county));
  EXPECT_EQ(opened.status, 200) << opened;
  return path;
}

json::array City::Accesses(const std::string& path) {
  Answer answer = As(kAuditor).Get(path + "/access", "audit");
  EXPECT_EQ(answer.status, 200) << answer;
  return answer.status == 200 ? answer.body.at("accesses").as_array() : json::array();
}

json::array City::Timeline(const std::string& path) {
  Answer answer = As(kWorker).Get(path + "/timeline", "aftercare");
  EXPECT_EQ(answer.status, 200) << answer;
  return answer.status == 200 ? answer.body.at("events").as_array() : json::array();
}

}  // namespace guitu::app_test
