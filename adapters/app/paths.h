// Where things lie in a data directory. Inner header of adapters/app.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"

namespace guitu::app {

inline std::string LogDir(const std::string& data) { return absl::StrCat(data, "/log"); }
inline std::string StoreDir(const std::string& data) { return absl::StrCat(data, "/store"); }
inline std::string VaultDir(const std::string& data) { return absl::StrCat(data, "/vault"); }
inline std::string AnchorFile(const std::string& data) { return absl::StrCat(data, "/anchor"); }
inline std::string IssuerFile(const std::string& data) { return absl::StrCat(data, "/issuer"); }

// The data directory is that of a copy that is not finished (move.h).
inline std::string MovingMark(const std::string& data) { return absl::StrCat(data, "/moving"); }

// The data directory is that of a node on Kafka: holds the topic's name.
inline std::string SharedMark(const std::string& data) { return absl::StrCat(data, "/kafka"); }

}  // namespace guitu::app
