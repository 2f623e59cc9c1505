// Which handler answers which call, decided before the body is read.
//
// Patterns: "/v1/cases/{id}/events"; "{path*}" as the last segment takes one or more segments,
// joined by '/'. Literal segments win over {names}, those over {names*}. A HEAD route of its own
// wins over the GET route of the same path, which otherwise answers HEAD too (the server leaves the
// body out). OPTIONS is never allowed. Built once, then const: any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/http/message.h"
#include "adapters/http/problem.h"

namespace guitu::http {

enum class BodyKind {
  kNone,  // a body is refused as malformed
  kJson,  // a body must be application/json (charset utf-8), else 415; it may be missing
  kAny,
};

struct RouteOptions {
  BodyKind body = BodyKind::kNone;
  size_t body_bytes_max = 1 << 20;                   // beyond: 413
  absl::Duration body_time_max = absl::Seconds(30);  // for the whole body to arrive
};

struct Route {
  std::string pattern;
  std::vector<std::string> names;  // of the pattern's {names}, in order
  Handler handler;
  RouteOptions options;
};

class Router {
 public:
  // REQUIRES: `pattern` is well formed and this method has no such route yet.
  // GET and HEAD: no body. Others: JSON.
  void Add(absl::string_view method, absl::string_view pattern, Handler handler);
  void Add(absl::string_view method, absl::string_view pattern, RouteOptions options,
           Handler handler);

  struct Match {
    const Route* route = nullptr;  // null: see `allow`
    std::vector<NameValue> params;
    std::string allow;  // "GET, HEAD, POST" if the path exists but not with this method
  };
  // O(segments).
  Match Find(absl::string_view method, const std::vector<std::string>& segments) const;

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> name;  // {name}
    std::unique_ptr<Node> tail;  // {name*}
    std::map<std::string, Route, std::less<>> routes;
  };
  // Where in the tree `segments` end, with what the {names} took; null if nowhere.
  static const Node* Walk(const Node& node, const std::vector<std::string>& segments, size_t depth,
                          std::vector<std::string>* values);

  Node root_;
};

// 404, or 405 with Allow, for a match without a route.
Response NoRoute(const Router::Match& match);

}  // namespace guitu::http
