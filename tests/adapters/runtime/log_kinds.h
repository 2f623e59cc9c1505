// The logs that this test program runs the letters of protocol.md on; each program has its own
// (logs_test.cc, broker_logs_test.cc).
#pragma once

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/adapters/runtime/test_ports.h"

namespace guitu::runtime {

std::vector<LogKind> AllLogs();
// Those that take several sessions at a time.
std::vector<LogKind> SharedLogs();

inline std::string NameOfLog(const testing::TestParamInfo<LogKind>& info) {
  return info.param.name;
}

}  // namespace guitu::runtime
