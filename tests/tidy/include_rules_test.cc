// Each rule about includes, shown to fail on a small sample and to let the right thing pass.
#include "tests/tidy/include_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace guitu::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Tree Including(absl::string_view path, absl::string_view header) {
  return {MakeFile(path, absl::StrCat("#include ", header, "\n"))};
}

TEST(IncludeDirection, RefusesAnAggregateThatIncludesAStore) {
  EXPECT_THAT(
      IncludeDirection(Including("aggregates/leak.h", "\"rocksdb/db.h\"")),
      ElementsAre("aggregates/leak.h:1: aggregates/ may not include rocksdb/db.h (use rows of "
                  "projections/rows.h; the store is adapters/)"));
}

TEST(IncludeDirection, RefusesEveryIncludeThatPointsOutward) {
  EXPECT_THAT(IncludeDirection(Including("events/x.h", "\"aggregates/case/state.h\"")), SizeIs(1));
  EXPECT_THAT(IncludeDirection(Including("events/x.h", "\"projections/rows.h\"")), SizeIs(1));
  EXPECT_THAT(IncludeDirection(Including("aggregates/x.h", "\"projections/rows.h\"")), SizeIs(1));
  EXPECT_THAT(IncludeDirection(Including("aggregates/x.h", "<boost/json/value.hpp>")), SizeIs(1));
  EXPECT_THAT(IncludeDirection(Including("projections/x.cc", "\"adapters/runtime/clock.h\"")),
              SizeIs(1));
  EXPECT_THAT(IncludeDirection(Including("projections/x.cc", "<sodium.h>")), SizeIs(1));
  EXPECT_THAT(IncludeDirection(Including("adapters/http/x.cc", "\"tools/flags.h\"")), SizeIs(1));
  EXPECT_THAT(IncludeDirection(Including("adapters/http/x.cc", "<gtest/gtest.h>")), SizeIs(1));
  EXPECT_THAT(IncludeDirection(Including("tools/x.cc", "\"tests/events/golden.h\"")), SizeIs(1));
}

TEST(IncludeDirection, RefusesClockRandomnessThreadsAndFilesInThePureFolders) {
  for (const char* folder : {"events", "aggregates", "projections"}) {
    for (const char* header : {"<chrono>", "<random>", "<thread>", "<fstream>", "<iostream>"}) {
      EXPECT_THAT(IncludeDirection(Including(absl::StrCat(folder, "/x.h"), header)), SizeIs(1))
          << folder << " " << header;
    }
    EXPECT_THAT(IncludeDirection(Including(absl::StrCat(folder, "/x.h"), "<unistd.h>")), SizeIs(1));
  }
  EXPECT_THAT(IncludeDirection(Including("events/x.h", "<chrono>"))[0],
              HasSubstr("absl/time/time.h"));
}

TEST(IncludeDirection, LetsIncludesPointInward) {
  for (const char* header : {"<vector>", "<cstdint>", "\"absl/time/time.h\"", "\"events/ids.h\"",
                             "<capnp/message.h>", "<kj/string.h>"}) {
    EXPECT_THAT(IncludeDirection(Including("events/x.h", header)), IsEmpty()) << header;
    EXPECT_THAT(IncludeDirection(Including("aggregates/x.h", header)), IsEmpty()) << header;
    EXPECT_THAT(IncludeDirection(Including("projections/x.h", header)), IsEmpty()) << header;
  }
  EXPECT_THAT(IncludeDirection(Including("events/x.h", "<boost/json/value.hpp>")), IsEmpty());
  EXPECT_THAT(IncludeDirection(Including("projections/x.h", "\"aggregates/case/state.h\"")),
              IsEmpty());
  EXPECT_THAT(IncludeDirection(Including("adapters/http/x.cc", "<boost/beast.hpp>")), IsEmpty());
  EXPECT_THAT(IncludeDirection(Including("tests/x.cc", "\"adapters/http/server.h\"")), IsEmpty());
}

TEST(IncludeDirection, ReadsNoCommentsAndNoLiterals) {
  EXPECT_THAT(IncludeDirection({MakeFile("events/x.h",
                                         "// #include \"rocksdb/db.h\"\n"
                                         "const char* s = R\"(\n"
                                         "#include \"rocksdb/db.h\"\n"
                                         ")\";\n")}),
              IsEmpty());
}

TEST(AdapterSiblings, RefusesASiblingThatIsNoPort) {
  EXPECT_THAT(AdapterSiblings(Including("adapters/http/server.cc", "\"adapters/kafka/log.h\"")),
              ElementsAre("adapters/http/server.cc:1: adapters/http/ may not include "
                          "adapters/kafka/log.h (use a port in adapters/runtime/, wired in "
                          "adapters/app/)"));
}

TEST(AdapterSiblings, RefusesARuntimeThatKnowsItsAdapters) {
  EXPECT_THAT(AdapterSiblings(Including("adapters/runtime/x.cc", "\"adapters/crypto/box.h\"")),
              SizeIs(1));
}

TEST(AdapterSiblings, LetsPortsTheCryptoAndTheCompositionRootPass) {
  EXPECT_THAT(AdapterSiblings(Including("adapters/http/x.cc", "\"adapters/runtime/clock.h\"")),
              IsEmpty());
  EXPECT_THAT(AdapterSiblings(Including("adapters/http/x.cc", "\"adapters/http/server.h\"")),
              IsEmpty());
  EXPECT_THAT(AdapterSiblings(Including("adapters/http/x.cc", "\"adapters/crypto/sha256.h\"")),
              IsEmpty());
  EXPECT_THAT(AdapterSiblings(Including("adapters/app/app.cc", "\"adapters/kafka/log.h\"")),
              IsEmpty());
}

TEST(LibraryHomes, KeepsALibraryInTheFolderThatAdaptsIt) {
  EXPECT_THAT(
      LibraryHomes(Including("adapters/http/x.cc", "<librdkafka/rdkafka.h>")),
      ElementsAre("adapters/http/x.cc:1: librdkafka/rdkafka.h belongs to adapters/kafka_log/ "
                  "(use events/log.h)"));
  EXPECT_THAT(LibraryHomes(Including("adapters/kafka_log/x.cc", "<librdkafka/rdkafka.h>")),
              IsEmpty());
}

}  // namespace
}  // namespace guitu::tidy
