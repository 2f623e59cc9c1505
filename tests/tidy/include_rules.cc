#include "tests/tidy/include_rules.h"

#include <algorithm>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace guitu::tidy {
namespace {

// --- The tables ---

struct Folder {
  absl::string_view name;
  std::vector<absl::string_view> may;      // prefixes of headers; "std": <vector>, <cstdint>, ...
  std::vector<absl::string_view> may_not;  // prefixes, where `may` is empty: all but these
};

const std::vector<Folder>& Folders() {
  static const auto* folders = new std::vector<Folder>{
      {"events", {"events/", "absl/", "capnp/", "kj/", "boost/json/", "boost/json.hpp", "std"}, {}},
      {"aggregates", {"aggregates/", "events/", "absl/", "capnp/", "kj/", "std"}, {}},
      {"projections",
       {"projections/", "aggregates/", "events/", "absl/", "capnp/", "kj/", "std"},
       {}},
      {"adapters", {}, {"tools/", "tests/", "gtest/", "gmock/", "benchmark/"}},
      {"tools", {}, {"tests/", "gtest/", "gmock/"}},
      {"tests", {}, {}},
  };
  return *folders;
}

// What a pure folder uses in place of what it may not include; first match wins.
struct Advice {
  absl::string_view header;
  absl::string_view use;
};

constexpr Advice kAdvice[] = {
    {"rocksdb/", "rows of projections/rows.h; the store is adapters/"},
    {"boost/asio", "a value handed in; sockets are adapters/"},
    {"boost/beast", "a value handed in; HTTP is adapters/http/"},
    {"boost/json", "events/json.h"},
    {"openssl/", "events/hash.h, events/sealing.h; the crypto is injected"},
    {"sodium", "events/hash.h, events/sealing.h; the crypto is injected"},
    {"librdkafka/", "events/log.h; Kafka is adapters/"},
    {"chrono", "absl/time/time.h and the time in the context"},
    {"random", "a value handed in"},
    {"iostream", "absl::Status, or a value returned"},
    {"fstream", "bytes handed in; files are adapters/"},
    {"filesystem", "bytes handed in; files are adapters/"},
    {"thread", "nothing: this folder has no threads of its own"},
    {"future", "nothing: this folder has no threads of its own"},
    {"adapters/", "a value or an interface of this folder that an adapter hands in"},
    {"tools/", "a value handed in"},
    {"tests/", "nothing: tests look at the code, not the code at tests"},
    {"gtest/", "nothing: tests look at the code, not the code at tests"},
    {"projections/", "the fold of an aggregate, or move the shared code inward"},
    {"aggregates/", "move the shared code inward, to events/"},
};

// Standard headers that reach outside: no I/O, clock, randomness or threads in a pure folder.
constexpr absl::string_view kImpure[] = {"chrono",     "random", "iostream", "fstream",
                                         "filesystem", "thread", "future"};

struct Sibling {
  absl::string_view from;  // "*": every adapter but runtime/
  absl::string_view to;
  absl::string_view reason;
};

constexpr Sibling kSiblings[] = {
    {"app", "*", "the one composition root wires everything by constructor"},
    {"*", "runtime", "owns the ports that the others implement or call"},
    {"*", "crypto", "hash, signature, randomness, secrets: there is one implementation to audit"},
    {"embedded_log", "rocksdb", "the log lives on RocksDB; its errors are translated in one place"},
};

struct Home {
  absl::string_view header;
  std::vector<absl::string_view> folders;
  absl::string_view use;
};

const std::vector<Home>& Homes() {
  static const auto* homes = new std::vector<Home>{
      {"librdkafka/", {"adapters/kafka_log"}, "events/log.h"},
      {"sodium", {"adapters/crypto"}, "adapters/crypto/"},
  };
  return *homes;
}

// --- The reading ---

struct Include {
  std::string header;
  bool angled = false;
  size_t line = 0;
};

std::vector<Include> IncludesOf(const File& file) {
  std::vector<Include> includes;
  for (size_t i = 0; i < file.code.size(); ++i) {
    absl::string_view code = file.code[i];
    if (!absl::StartsWith(code, "#include ")) continue;
    const absl::string_view line = file.lines[i];
    const size_t open = line.find_first_of("<\"");
    if (open == absl::string_view::npos) continue;
    const bool angled = line[open] == '<';
    const size_t close = line.find(angled ? '>' : '"', open + 1);
    if (close == absl::string_view::npos) continue;
    includes.push_back({std::string(line.substr(open + 1, close - open - 1)), angled, i});
  }
  return includes;
}

bool IsStandard(const Include& include) {
  return include.angled && include.header.find_first_of("/.") == std::string::npos;
}

bool May(const Folder& folder, const Include& include) {
  if (folder.may.empty()) {
    return std::none_of(folder.may_not.begin(), folder.may_not.end(),
                        [&](absl::string_view p) { return absl::StartsWith(include.header, p); });
  }
  if (IsStandard(include)) {
    return std::find(std::begin(kImpure), std::end(kImpure), include.header) == std::end(kImpure);
  }
  return std::any_of(folder.may.begin(), folder.may.end(), [&](absl::string_view p) {
    return p != "std" && absl::StartsWith(include.header, p);
  });
}

absl::string_view UseInstead(absl::string_view header) {
  for (const Advice& advice : kAdvice) {
    if (absl::StartsWith(header, advice.header)) return advice.use;
  }
  return "a value or an interface that an adapter hands in";
}

// "adapters/http/server.h" -> "http"; empty for a file directly in adapters/.
absl::string_view AdapterOf(absl::string_view path) {
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  return parts.size() >= 3 && parts[0] == "adapters" ? parts[1] : absl::string_view();
}

bool MaySee(absl::string_view from, absl::string_view to) {
  return from == to ||
         std::any_of(std::begin(kSiblings), std::end(kSiblings), [&](const Sibling& s) {
           return (s.from == from || (s.from == "*" && from != "runtime")) &&
                  (s.to == to || s.to == "*");
         });
}

// `wrong` says what is wrong with an include of the file, or returns nothing.
Findings EachInclude(const Tree& tree,
                     const std::function<std::string(const File&, const Include&)>& wrong) {
  Findings findings;
  for (const File& file : tree) {
    for (const Include& include : IncludesOf(file)) {
      const std::string what = wrong(file, include);
      if (!what.empty()) findings.push_back(At(file, include.line, what));
    }
  }
  return findings;
}

}  // namespace

Findings IncludeDirection(const Tree& tree) {
  return EachInclude(tree, [](const File& file, const Include& include) -> std::string {
    for (const Folder& folder : Folders()) {
      if (!IsIn(file.path, folder.name) || May(folder, include)) continue;
      return absl::StrCat(folder.name, "/ may not include ", include.header, " (use ",
                          UseInstead(include.header), ")");
    }
    return "";
  });
}

Findings AdapterSiblings(const Tree& tree) {
  return EachInclude(tree, [](const File& file, const Include& include) -> std::string {
    const absl::string_view from = AdapterOf(file.path);
    const absl::string_view to = AdapterOf(include.header);
    if (from.empty() || to.empty() || MaySee(from, to)) return "";
    return absl::StrCat("adapters/", from, "/ may not include ", include.header,
                        " (use a port in adapters/runtime/, wired in adapters/app/)");
  });
}

Findings LibraryHomes(const Tree& tree) {
  return EachInclude(tree, [](const File& file, const Include& include) -> std::string {
    if (!IsIn(file.path, "adapters")) return "";
    for (const Home& home : Homes()) {
      if (!absl::StartsWith(include.header, home.header)) continue;
      if (std::any_of(home.folders.begin(), home.folders.end(),
                      [&](absl::string_view folder) { return IsIn(file.path, folder); })) {
        continue;
      }
      return absl::StrCat(include.header, " belongs to ", home.folders[0], "/ (use ", home.use,
                          ")");
    }
    return "";
  });
}

}  // namespace guitu::tidy
