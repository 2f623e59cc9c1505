// The HTTP interface of contract.md, section 3: from requests to commands of the runtime and back.
// Everything about a case goes through the engine; what has no personal data (lists, schema,
// health) is answered at once.
//
// Threads: handlers run on socket threads, answers of the engine on the engine's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "adapters/app/engine.h"
#include "adapters/http/forwarder.h"
#include "adapters/http/message.h"
#include "adapters/http/problem.h"
#include "adapters/http/router.h"
#include "adapters/http/server.h"
#include "adapters/identity/token_verifier.h"
#include "aggregates/rules/rules.h"
#include "events/hash.h"
#include "events/ids.h"
#include "events/sealing.h"
#include "projections/rows.h"

namespace guitu::app {

// What the handlers use; everything outlives them.
struct ApiPorts {
  Engine& engine;
  const projections::RowReader& rows;
  events::Sealer& sealer;
  identity::TokenVerifier& tokens;
  const runtime::Clock& clock;
  events::HashFunction hash;
  aggregates::RuleData rules;
  events::LogId log_id;
  std::string salt;
  uint32_t partitions = 0;
  std::function<http::Counters()> http_counters;  // for /metrics
  http::Forwarder* forwarder = nullptr;           // to other nodes; null: there are none
};

class Api {
 public:
  explicit Api(ApiPorts ports) : ports_(std::move(ports)) {}
  http::Router MakeRouter();

 private:
  using Request = http::Request;
  using Responder = http::Responder;
  struct Caller {
    aggregates::Actor actor;
    bool english = false;
  };

  // api.cc
  absl::StatusOr<Caller> Identify(const Request& request) const;
  http::Handler WithCaller(std::function<void(const Caller&, Request, Responder)> handler);
  // For what is read from rows here without an access record (lists): no row of yesterday, whoever
  // recorded it. On the socket thread; the handler answers before it returns.
  http::Handler WithFreshCaller(std::function<void(const Caller&, Request, Responder)> handler);
  events::Partition PartitionOf(const runtime::Request& request) const;
  // True: another node leads the partition, and the request is on its way there.
  bool SentOn(events::Partition partition, const Request& request, const Responder& respond) const;
  absl::Status FillCommand(const Caller& caller, const Request& request, runtime::Request& out,
                           runtime::Record& record) const;
  void SubmitRecord(const Caller& caller, const Request& request, runtime::Request command,
                    runtime::Record record, Responder respond);

  // api_cases.cc
  void AddCaseRoutes(http::Router& router);
  void PostCase(const Caller& caller, Request request, Responder respond);
  void PostEvents(const Caller& caller, Request request, Responder respond);
  void PostCancellation(const Caller& caller, Request request, Responder respond);
  void ReadView(const Caller& caller, Request request, Responder respond, const std::string& view);
  // What is read: a case, or what was asked about an item of the registry.
  struct Target {
    events::StreamId stream;
    std::string item;  // "units/MCA"; empty: a case
  };
  void ReadTarget(const Caller& caller, const Request& request, Responder respond,
                  const std::string& view, const Target& target);
  void HeadCase(const Caller& caller, Request request, Responder respond);
  void ListCases(const Caller& caller, Request request, Responder respond);

  // api_followups.cc
  void AddFollowUpRoutes(http::Router& router);
  void ListFollowUps(const Caller& caller, Request request, Responder respond);

  // api_legal_aid.cc
  void AddLegalAidRoutes(http::Router& router);
  void GetLegalAidCase(const Caller& caller, Request request, Responder respond);

  // api_registry.cc
  void AddRegistryRoutes(http::Router& router);
  void PostRegistry(const Caller& caller, Request request, Responder respond);
  void GetRegistry(const Caller& caller, Request request, Responder respond);
  absl::StatusOr<Target> ItemOf(const Request& request) const;
  void PostRegistryApproval(const Caller& caller, Request request, Responder respond);
  void GetRegistryApprovals(const Caller& caller, Request request, Responder respond);
  void GetPlan(const Caller& caller, Request request, Responder respond);

  // api_meta.cc
  void AddMetaRoutes(http::Router& router);
  http::Response Metrics() const;

  ApiPorts ports_;
};

// A refusal as a problem document, in the language asked for.
http::Response ProblemResponse(const absl::Status& status, bool english,
                               std::optional<uint64_t> current_version = std::nullopt,
                               bool not_done = false);
// For probes.
http::Response PlainText(int status, std::string body);
// `If-Match`: "\"12\"" → 12; "*" → any. Errors: INVALID_FIELD.
struct IfMatch {
  bool any = false;
  std::optional<events::Version> version;
};
absl::StatusOr<IfMatch> ParseIfMatch(std::optional<absl::string_view> header);

// The generated documents of GET /v1/schema and GET /v1/openapi.json.
std::string SchemaDocument(const aggregates::RuleData& rules);
std::string OpenApiDocument();

}  // namespace guitu::app
