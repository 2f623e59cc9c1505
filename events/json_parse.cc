// The parser: Boost.JSON's, driven by a handler of our own, since its ready-made one lets the last
// of two equal keys win.
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "events/json.h"
#include "events/reason.h"

namespace guitu::events {
namespace {

namespace json = boost::json;

// Where the parser stands: one per open object or array.
struct Level {
  bool is_object = false;
  bool has_key = false;
  std::string key;
  size_t index = 0;
  absl::flat_hash_set<std::string> keys;
};

struct Handler {
  // Boost.JSON prescribes the names.
  // NOLINTBEGIN(readability-identifier-naming)
  static constexpr size_t max_object_size = 1000;
  static constexpr size_t max_array_size = 10000;
  static constexpr size_t max_key_size = 200;
  static constexpr size_t max_string_size = 1 << 20;
  // NOLINTEND(readability-identifier-naming)
  using View = json::string_view;
  using Error = json::error_code;

  json::value_stack stack;
  std::vector<Level> levels;
  std::string text;  // of the key or string so far
  bool duplicate = false;

  bool on_document_begin(Error&) { return stack.reset(), true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return Open(true); }
  bool on_array_begin(Error&) { return Open(false); }
  bool on_object_end(size_t n, Error&) { return stack.push_object(n), Close(); }
  bool on_array_end(size_t n, Error&) { return stack.push_array(n), Close(); }
  bool on_key_part(View part, size_t, Error&) {
    return text.append(part.data(), part.size()), true;
  }
  bool on_key(View part, size_t, Error& error) {
    text.append(part.data(), part.size());
    Level& level = levels.back();
    level.key = text;
    level.has_key = true;
    stack.push_key(text);
    text.clear();
    if (level.keys.insert(level.key).second) return true;
    duplicate = true;
    error = json::error::extra_data;
    return false;
  }
  bool on_string_part(View part, size_t, Error&) {
    return text.append(part.data(), part.size()), true;
  }
  bool on_string(View part, size_t, Error&) {
    text.append(part.data(), part.size());
    stack.push_string(text);
    text.clear();
    return Value();
  }
  bool on_number_part(View, Error&) { return true; }
  bool on_int64(int64_t value, View, Error&) { return stack.push_int64(value), Value(); }
  bool on_uint64(uint64_t value, View, Error&) { return stack.push_uint64(value), Value(); }
  bool on_double(double value, View, Error&) { return stack.push_double(value), Value(); }
  bool on_bool(bool value, Error&) { return stack.push_bool(value), Value(); }
  bool on_null(Error&) { return stack.push_null(), Value(); }
  bool on_comment_part(View, Error&) { return true; }
  bool on_comment(View, Error&) { return true; }

  bool Open(bool is_object) {
    levels.push_back({is_object, false, "", 0, {}});
    return true;
  }
  bool Close() {
    levels.pop_back();
    return Value();
  }
  bool Value() {
    if (!levels.empty() && !levels.back().is_object) ++levels.back().index;
    return true;
  }
  std::string Pointer() const {
    std::string pointer;
    for (const Level& level : levels) {
      if (level.is_object && !level.has_key) break;
      absl::StrAppend(&pointer, "/",
                      level.is_object ? absl::StrReplaceAll(level.key, {{"~", "~0"}, {"/", "~1"}})
                                      : absl::StrCat(level.index));
    }
    return pointer;
  }
};

}  // namespace

absl::StatusOr<json::value> ParseJson(absl::string_view text) {
  json::parse_options options;
  options.max_depth = kJsonDepth;
  json::basic_parser<Handler> parser(options);
  json::error_code error;
  size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) error = json::error::extra_data;
  if (!error && !parser.done()) error = json::error::incomplete;
  if (!error) return parser.handler().stack.release();
  const Handler& handler = parser.handler();
  std::string detail = handler.duplicate ? "a key stands twice in the same object"
                                         : absl::StrCat(error.message(), ", at byte ", read);
  return RefuseAt(Reason::MALFORMED, handler.Pointer(), detail);
}

}  // namespace guitu::events
