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

}  // namespace guitu::app
