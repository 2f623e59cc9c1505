// What has no case in it: health, metrics, the schema and the OpenAPI document.
#include "absl/strings/str_cat.h"
#include "adapters/app/api.h"

namespace guitu::app {
namespace {

// One counter in the Prometheus text format.
void Counter(std::string& out, absl::string_view name, absl::string_view help, uint64_t value,
             absl::string_view kind = "counter") {
  absl::StrAppend(&out, "# HELP ", name, " ", help, "\n# TYPE ", name, " ", kind, "\n", name, " ",
                  value, "\n");
}

void AddForwarding(std::string& out, const http::ForwarderCounters& counters) {
  absl::StrAppend(&out,
                  "# HELP guitu_forwarded_total Requests sent on to other nodes, by outcome\n"
                  "# TYPE guitu_forwarded_total counter\n");
  for (auto [outcome, count] :
       {std::pair("answered", counters.answered), std::pair("settling", counters.settling),
        std::pair("not-owner", counters.not_owner), std::pair("overloaded", counters.overloaded),
        std::pair("refused", counters.refused)}) {
    absl::StrAppend(&out, "guitu_forwarded_total{outcome=\"", outcome, "\"} ", count, "\n");
  }
}

}  // namespace

http::Response PlainText(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  response.content_type = "text/plain; charset=utf-8";
  return response;
}

void Api::AddMetaRoutes(http::Router& router) {
  router.Add("GET", "/healthz",
             [](Request, Responder respond) { respond(PlainText(200, "ok\n")); });
  router.Add("GET", "/readyz", [this](Request, Responder respond) {
    if (!ports_.engine.ready())
      return respond(PlainText(503, "not ready: partitions are not led yet\n"));
    if (ports_.engine.read_only()) return respond(PlainText(503, "read-only: no space left\n"));
    respond(PlainText(200, "ready\n"));
  });
  router.Add("GET", "/metrics", [this](Request, Responder respond) { respond(Metrics()); });
  auto document = [](std::string body) {
    return [body = std::move(body)](Request, Responder respond) {
      http::Response response;
      response.body = body;
      respond(std::move(response));
    };
  };
  router.Add("GET", "/v1/schema", document(SchemaDocument(ports_.rules)));
  router.Add("GET", "/v1/openapi.json", document(OpenApiDocument()));
}

// Numbers only: no case, no person, no path.
http::Response Api::Metrics() const {
  EngineFigures engine = ports_.engine.figures();
  std::string out;
  Counter(out, "guitu_commands_total", "Commands acknowledged", engine.commands);
  Counter(out, "guitu_reads_total", "Audited reads released", engine.reads);
  Counter(out, "guitu_refusals_total", "Requests refused", engine.refusals);
  Counter(out, "guitu_retries_total", "Requests answered: not now", engine.retries);
  Counter(out, "guitu_log_sessions_total", "Sessions of the log opened", engine.sessions);
  Counter(out, "guitu_ready", "1 when every partition is led", ports_.engine.ready() ? 1 : 0,
          "gauge");
  Counter(out, "guitu_read_only", "1 while the disk is full", ports_.engine.read_only() ? 1 : 0,
          "gauge");
  Counter(out, "guitu_partitions_led", "Partitions that this node leads", engine.led, "gauge");
  Counter(out, "guitu_partitions_halted", "Partitions that need a hand", engine.halted, "gauge");
  absl::StrAppend(&out,
                  "# HELP guitu_records_folded_total Records folded since the start, by effect\n"
                  "# TYPE guitu_records_folded_total counter\n");
  for (size_t i = 0; i < engine.folded.size(); ++i) {
    absl::StrAppend(&out, "guitu_records_folded_total{effect=\"",
                    events::NameOf(static_cast<events::Effect>(i)), "\"} ", engine.folded[i], "\n");
  }
  if (ports_.forwarder != nullptr) AddForwarding(out, ports_.forwarder->counters());
  if (ports_.http_counters) {
    http::Counters web = ports_.http_counters();
    Counter(out, "guitu_http_connections", "Connections open", web.connections_open, "gauge");
    Counter(out, "guitu_http_requests_pending", "Requests with handlers", web.requests_pending,
            "gauge");
    for (size_t kind = 2; kind < web.responses.size(); ++kind) {
      absl::StrAppend(&out, "guitu_http_responses_total{class=\"", kind, "xx\"} ",
                      web.responses[kind], "\n");
    }
  }
  http::Response response = PlainText(200, std::move(out));
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

}  // namespace guitu::app
