#include "tests/tidy/ban_rules.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace guitu::tidy {
namespace {

bool IsWordByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Where `word` begins in `line` as a word of its own on the left; npos if nowhere.
size_t FindWord(absl::string_view line, absl::string_view word, size_t from = 0) {
  for (size_t at = line.find(word, from); at != absl::string_view::npos;
       at = line.find(word, at + 1)) {
    if (at == 0 || !IsWordByte(line[at - 1])) return at;
  }
  return absl::string_view::npos;
}

struct Ban {
  std::vector<absl::string_view> words;
  absl::string_view use;
  std::vector<absl::string_view> only_in;  // folders the rule is for; none: all
  std::vector<Exception> except;
};

Findings Search(const Tree& tree, const Ban& ban) {
  Findings findings;
  for (const File& file : tree) {
    bool concerned = ban.only_in.empty();
    for (absl::string_view folder : ban.only_in) concerned |= IsIn(file.path, folder);
    if (!concerned || IsExcepted(file.path, ban.except)) continue;
    for (size_t i = 0; i < file.code.size(); ++i) {
      for (absl::string_view word : ban.words) {
        if (FindWord(file.code[i], word) == absl::string_view::npos) continue;
        findings.push_back(At(file, i, absl::StrCat(word, " is banned here (use ", ban.use, ")")));
      }
    }
  }
  return findings;
}

// The text of line `i` in which a remark about unfinished work would stand.
absl::string_view Remarks(const File& file, size_t i) {
  return file.kind == Kind::kCpp ? file.comment[i] : file.lines[i];
}

bool NamesAnIssue(absl::string_view after) {
  return after.size() > 2 && after[0] == '(' && after[1] == '#' &&
         absl::ascii_isdigit(static_cast<unsigned char>(after[2])) != 0;
}

}  // namespace

Findings WallClock(const Tree& tree) {
  static const auto* ban =
      new Ban{{"system_clock::now", "absl::Now(", "absl::GetCurrentTimeNanos(", "gettimeofday(",
               "clock_gettime(", "time(nullptr)", "time(NULL)"},
              "the Clock port, adapters/runtime/clock.h",
              {},
              {{"adapters/clock", "this is the port's implementation"},
               {"tests/adapters/rocksdb/rocksdb_store_test.cc",
                "RocksDB recovers on a thread of its own, by the time of the system"},
               {"tests/tsan", "stands in for Abseil, whose waits end by the time of the system"}}};
  return Search(tree, *ban);
}

Findings Randomness(const Tree& tree) {
  static const auto* ban =
      new Ban{{"random_device", "rand(", "srand(", "drand48(", "getrandom(", "getentropy(",
               "randombytes_buf(", "RAND_bytes(", "absl::BitGen", "absl::InsecureBitGen"},
              "a source handed in, from adapters/crypto/random.h; in tests a printed seed",
              {},
              {{"adapters/crypto", "this is the source"}}};
  return Search(tree, *ban);
}

Findings StandardOut(const Tree& tree) {
  static const auto* ban = new Ban{{"std::cout", "printf(", "puts(", "putchar("},
                                   "the log, or a stream handed in by the program",
                                   {},
                                   {{"tools", "programs print for people"},
                                    {"tests/kill", "prints its seed and what it counted"},
                                    {"tests/cluster", "prints its seed and what it measured"},
                                    {"tests/adapters/http/http_floor.cc", "a program of its own"}}};
  return Search(tree, *ban);
}

Findings SkippedTests(const Tree& tree) {
  static const auto* ban = new Ban{
      {"GTEST_SKIP", "DISABLED_"}, "a test that runs on every machine, or none", {"tests"}, {}};
  return Search(tree, *ban);
}

Findings SleepingTests(const Tree& tree) {
  static const auto* ban =
      new Ban{{"sleep_for(", "sleep_until(", "absl::SleepFor(", "sleep(", "usleep(", "nanosleep("},
              "absl::Notification, a future, or a clock that the test sets",
              {"tests"},
              {{"tests/kill", "the kill has to come at a random moment"},
               {"tests/cluster", "faults last for a while; other processes are asked again"},
               {"tests/adapters/rocksdb/rocksdb_store_test.cc",
                "RocksDB recovers on a thread of its own; nothing tells when"}}};
  return Search(tree, *ban);
}

Findings BareTodo(const Tree& tree) {
  Findings findings;
  for (const File& file : tree) {
    if (file.kind == Kind::kDoc || file.kind == Kind::kData) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const absl::string_view line = Remarks(file, i);
      for (absl::string_view word : {"TODO", "FIXME", "XXX", "HACK"}) {
        const size_t at = FindWord(line, word);
        if (at == absl::string_view::npos) continue;
        const absl::string_view after = line.substr(at + word.size());
        if (!after.empty() && IsWordByte(after[0])) continue;
        if (word == "TODO" && NamesAnIssue(after)) continue;
        findings.push_back(At(file, i, absl::StrCat("bare ", word, " (use TODO(#issue))")));
      }
    }
  }
  return findings;
}

}  // namespace guitu::tidy
