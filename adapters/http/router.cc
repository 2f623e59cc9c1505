#include "adapters/http/router.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "events/check.h"

namespace guitu::http {

void Router::Add(absl::string_view method, absl::string_view pattern, Handler handler) {
  RouteOptions options;
  options.body = method == "GET" || method == "HEAD" ? BodyKind::kNone : BodyKind::kJson;
  Add(method, pattern, options, std::move(handler));
}

void Router::Add(absl::string_view method, absl::string_view pattern, RouteOptions options,
                 Handler handler) {
  GUITU_CHECK(absl::StartsWith(pattern, "/"));
  GUITU_CHECK(handler != nullptr);
  Node* node = &root_;
  Route route{std::string(pattern), {}, std::move(handler), options};
  absl::string_view rest = pattern.substr(1);
  std::vector<std::string> pieces;
  if (!rest.empty()) pieces = absl::StrSplit(rest, '/');
  for (const std::string& piece : pieces) {
    std::unique_ptr<Node>* next = nullptr;
    if (!absl::StartsWith(piece, "{")) {
      next = &node->literals[piece];
    } else {
      GUITU_CHECK(piece.size() > 2 && piece.back() == '}');
      bool is_tail = piece[piece.size() - 2] == '*';
      GUITU_CHECK(!is_tail || &piece == &pieces.back());
      route.names.push_back(piece.substr(1, piece.size() - (is_tail ? 3 : 2)));
      next = is_tail ? &node->tail : &node->name;
    }
    if (*next == nullptr) *next = std::make_unique<Node>();
    node = next->get();
  }
  bool is_new = node->routes.emplace(std::string(method), std::move(route)).second;
  GUITU_CHECK(is_new);
}

const Router::Node* Router::Walk(const Node& node, const std::vector<std::string>& segments,
                                 size_t depth, std::vector<std::string>* values) {
  if (depth == segments.size()) return node.routes.empty() ? nullptr : &node;
  const std::string& segment = segments[depth];
  if (auto it = node.literals.find(segment); it != node.literals.end()) {
    if (const Node* found = Walk(*it->second, segments, depth + 1, values)) return found;
  }
  if (segment.empty()) return nullptr;  // a trailing slash is never a value
  const size_t kept = values->size();
  if (node.name != nullptr) {
    values->push_back(segment);
    if (const Node* found = Walk(*node.name, segments, depth + 1, values)) return found;
    values->resize(kept);
  }
  if (node.tail == nullptr || segments.back().empty()) return nullptr;
  auto first = segments.begin() + static_cast<std::ptrdiff_t>(depth);
  values->push_back(absl::StrJoin(first, segments.end(), "/"));
  return node.tail.get();
}

Router::Match Router::Find(absl::string_view method,
                           const std::vector<std::string>& segments) const {
  Match match;
  std::vector<std::string> values;
  const Node* node = Walk(root_, segments, 0, &values);
  if (node == nullptr) return match;
  auto it = node->routes.find(method);
  if (it == node->routes.end() && method == "HEAD") it = node->routes.find("GET");
  if (it == node->routes.end()) {
    std::vector<std::string> allowed;
    for (const auto& [name, route] : node->routes) {
      allowed.push_back(name);
      if (name == "GET" && node->routes.count("HEAD") == 0) allowed.emplace_back("HEAD");
    }
    match.allow = absl::StrJoin(allowed, ", ");
    return match;
  }
  match.route = &it->second;
  for (size_t i = 0; i < values.size(); ++i) {
    match.params.emplace_back(it->second.names[i], std::move(values[i]));
  }
  return match;
}

Response NoRoute(const Router::Match& match) {
  if (match.allow.empty()) return ToResponse(NotFound());
  Response response = ToResponse(MethodNotAllowed());
  response.headers.emplace_back("Allow", match.allow);
  return response;
}

}  // namespace guitu::http
