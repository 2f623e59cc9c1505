#include "tests/journeys/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace guitu::journeys {
namespace {

pid_t Spawn(const std::vector<std::string>& arguments, int in, int out, int err) {
  std::vector<std::string> all{GUITU_PROGRAM};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& argument : all) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  pid_t pid = 0;
  EXPECT_EQ(::posix_spawn(&pid, GUITU_PROGRAM, &actions, nullptr, pointers.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

std::string Contents(FILE* file) {
  std::string text;
  std::rewind(file);
  char buffer[4096];
  for (size_t got = 0; (got = std::fread(buffer, 1, sizeof(buffer), file)) > 0;)
    text.append(buffer, got);
  return text;
}

int WaitFor(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// A file without a name that no other child inherits.
FILE* Scratch() {
  FILE* file = std::tmpfile();
  ::fcntl(::fileno(file), F_SETFD, FD_CLOEXEC);
  return file;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Ran& ran) {
  return out << "exit code " << ran.code << "\n" << ran.out << ran.err;
}

Ran Guitu(const std::vector<std::string>& arguments, const std::string& input) {
  FILE* in = Scratch();
  std::fwrite(input.data(), 1, input.size(), in);
  std::rewind(in);
  FILE* out = Scratch();
  FILE* err = Scratch();
  Ran ran;
  ran.code = WaitFor(Spawn(arguments, ::fileno(in), ::fileno(out), ::fileno(err)));
  ran.out = Contents(out);
  ran.err = Contents(err);
  for (FILE* file : {in, out, err}) std::fclose(file);
  return ran;
}

Server::Server(const std::string& data_dir, const std::vector<std::string>& more)
    : err_(Scratch()) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  out_ = ends[0];
  std::vector<std::string> arguments{"serve", "--data", data_dir, "--listen", "127.0.0.1:0"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  FILE* nothing = Scratch();
  pid_ = Spawn(arguments, ::fileno(nothing), ends[1], ::fileno(err_));
  std::fclose(nothing);
  ::close(ends[1]);
}

Server::~Server() {
  if (pid_ != 0) {
    Signal(SIGKILL);
    Wait();
  }
  ::close(out_);
  std::fclose(err_);
}

bool Server::WaitUntilServing() {
  constexpr absl::string_view kServing = "Serving on http://127.0.0.1:";
  char c = 0;
  while (::read(out_, &c, 1) == 1) {
    ran_.out.push_back(c);
    size_t at = ran_.out.find(std::string(kServing));
    if (c != '\n' || at == std::string::npos) continue;
    uint32_t port = 0;
    EXPECT_TRUE(
        absl::SimpleAtoi(absl::StripAsciiWhitespace(ran_.out.substr(at + kServing.size())), &port));
    port_ = static_cast<uint16_t>(port);
    return true;
  }
  return false;
}

void Server::Signal(int signal) const { ::kill(pid_, signal); }

Ran Server::Wait() {
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(out_, buffer, sizeof(buffer))) > 0;) {
    ran_.out.append(buffer, static_cast<size_t>(got));
  }
  ran_.code = WaitFor(pid_);
  pid_ = 0;
  ran_.err = Contents(err_);
  return ran_;
}

std::string TokenOf(const std::string& data_dir, const app_test::Person& person) {
  Ran ran = Guitu({"token", "--data", data_dir, "--user", person.staff, "--unit", person.unit,
                   "--role", person.role});
  EXPECT_EQ(ran.code, 0) << ran;
  return std::string(absl::StripAsciiWhitespace(ran.out));
}

bool Install(const std::string& data_dir, uint32_t partitions) {
  Ran made =
      Guitu({"init", "--data", data_dir, "--partitions", absl::StrCat(partitions), "--synthetic"});
  EXPECT_EQ(made.code, 0) << made;
  Server server(data_dir);
  if (!server.WaitUntilServing()) {
    ADD_FAILURE() << server.Wait();
    return false;
  }
  app_test::Web admin(server.port(), TokenOf(data_dir, app_test::kAdmin));
  absl::Status people = app_test::SetUpPeople(admin);
  EXPECT_TRUE(people.ok()) << people;
  server.Signal(SIGTERM);
  Ran ended = server.Wait();
  EXPECT_EQ(ended.code, 0) << ended;
  return people.ok() && ended.code == 0;
}

}  // namespace guitu::journeys
