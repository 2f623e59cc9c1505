#include "adapters/http/message.h"

#include "absl/strings/match.h"
#include "events/check.h"

namespace guitu::http {

void Headers::Add(absl::string_view name, absl::string_view value) {
  fields_.push_back({static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(name.size()),
                     static_cast<uint32_t>(value.size())});
  bytes_.append(name.data(), name.size());
  bytes_.append(value.data(), value.size());
}

void Headers::Reserve(size_t bytes, size_t fields) {
  bytes_.reserve(bytes);
  fields_.reserve(fields);
}

absl::string_view Headers::Name(const Field& field) const {
  return absl::string_view(bytes_).substr(field.begin, field.name_size);
}

absl::string_view Headers::Value(const Field& field) const {
  return absl::string_view(bytes_).substr(field.begin + field.name_size, field.value_size);
}

std::optional<absl::string_view> Headers::Find(absl::string_view name) const {
  for (const Field& field : fields_) {
    if (absl::EqualsIgnoreCase(Name(field), name)) return Value(field);
  }
  return std::nullopt;
}

size_t Headers::Count(absl::string_view name) const {
  size_t count = 0;
  for (const Field& field : fields_) count += absl::EqualsIgnoreCase(Name(field), name) ? 1 : 0;
  return count;
}

std::pair<absl::string_view, absl::string_view> Headers::At(size_t i) const {
  GUITU_CHECK(i < fields_.size());
  return {Name(fields_[i]), Value(fields_[i])};
}

const std::string& Request::Param(absl::string_view name) const {
  const std::string* found = nullptr;
  for (const auto& [key, value] : params) {
    if (key == name) found = &value;
  }
  GUITU_CHECK(found != nullptr);
  return *found;
}

std::optional<absl::string_view> Request::Query(absl::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return absl::string_view(value);
  }
  return std::nullopt;
}

std::optional<absl::string_view> Request::Header(absl::string_view name) const {
  return headers.Find(name);
}

}  // namespace guitu::http
