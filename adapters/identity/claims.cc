#include "adapters/identity/claims.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"

namespace guitu::identity {
namespace {

namespace json = boost::json;

constexpr std::size_t kDepthMax = 8;

// Watches the names go by; everything else passes.
class UniqueNames {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the names that basic_parser asks for.
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;
  // NOLINTEND(readability-identifier-naming)

  bool on_object_begin(json::error_code&) {
    names_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    names_.pop_back();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    name_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& error) {
    name_.append(part.data(), part.size());
    const bool fresh = names_.back().insert(name_).second;
    name_.clear();
    if (!fresh) error = json::make_error_code(json::error::syntax);
    return fresh;
  }
  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  std::vector<absl::flat_hash_set<std::string>> names_;
  std::string name_;
};

const json::value* Find(const json::object& object, absl::string_view name) {
  return object.if_contains(json::string_view(name.data(), name.size()));
}

}  // namespace

absl::StatusOr<json::object> ParseStrictObject(absl::string_view text) {
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::error_code error;
  json::basic_parser<UniqueNames> names(options);
  const std::size_t used = names.write_some(false, text.data(), text.size(), error);
  if (error || used != text.size()) return absl::InvalidArgumentError("not strict JSON");
  json::value value =
      json::parse(json::string_view(text.data(), text.size()), error, json::storage_ptr(), options);
  if (error || !value.is_object()) return absl::InvalidArgumentError("not a JSON object");
  return std::move(value.get_object());
}

std::optional<std::string> TextMember(const json::object& object, absl::string_view name) {
  const json::value* value = Find(object, name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string().data(), value->get_string().size());
}

std::optional<int64_t> NumberMember(const json::object& object, absl::string_view name) {
  const json::value* value = Find(object, name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

bool HasMember(const json::object& object, absl::string_view name) {
  return Find(object, name) != nullptr;
}

}  // namespace guitu::identity
