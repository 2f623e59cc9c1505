// The `guitu` program: reads the flags, calls the command. What the commands do is in commands/.
#include <CLI/CLI.hpp>

#include "adapters/kafka_log/kafka_log.h"
#include "tools/commands.h"

namespace {

using namespace guitu::tools;  // NOLINT(google-build-using-namespace): the commands are all there
                               // is here

void AddData(CLI::App* command, DataOptions& options) {
  command->add_option("--data", options.data_dir, "data directory")
      ->required()
      ->envname("GUITU_DATA");
  command
      ->add_option("--root-key-file", options.root_key_file,
                   "root key; default: DATA.root-key beside it")
      ->envname("GUITU_ROOT_KEY_FILE");
  command->add_flag("--json", options.json, "print JSON");
}

void AddKafka(CLI::App* command, KafkaFlags& options) {
  command->add_option("--kafka", options.bootstrap, "HOST:PORT,... of brokers; the log is there")
      ->envname("GUITU_KAFKA");
  command->add_option("--kafka-topic", options.topic, "name of the log's topic")
      ->envname("GUITU_KAFKA_TOPIC");
  command->add_flag("--allow-single-replica", options.allow_single_replica,
                    "fewer than three brokers, nothing is kept twice");
}

// Of a command that joins the group of nodes.
void AddSessionTimeout(CLI::App* command, KafkaFlags& options) {
  command
      ->add_option("--session-timeout", options.session_timeout,
                   "seconds until a dead node is replaced")
      ->check(CLI::Range(0.1, 600.0))
      ->envname("GUITU_SESSION_TIMEOUT");
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table of flags, in the order of the help.
int main(int argc, char** argv) {
  CLI::App app("Guitu (归途): event-sourced case management for victims of human trafficking");
  app.require_subcommand(1);
  app.set_version_flag("--version",
                       GUITU_VERSION "\nlibrdkafka " + guitu::kafka_log::ClientVersion());
  int exit_code = 0;

  InitOptions init;
  auto* command =
      app.add_subcommand("init", "creates an installation and prints recovery shares once");
  AddData(command, init.data);
  AddKafka(command, init.kafka);
  AddSessionTimeout(command, init.kafka);
  command->add_option("--partitions", init.partitions, "partitions of cases, fixed at birth")
      ->check(CLI::Range(1, 800));
  command->add_flag("--synthetic", init.synthetic, "invented persons only");
  command->callback([&] { exit_code = Init(init); });

  ServeOptions serve;
  command = app.add_subcommand("serve", "serves an installation; with --kafka as one of its nodes");
  AddData(command, serve.data);
  AddKafka(command, serve.kafka);
  AddSessionTimeout(command, serve.kafka);
  command
      ->add_option("--advertise", serve.kafka.advertise,
                   "http://HOST:PORT where other nodes reach this one; default: --listen")
      ->envname("GUITU_ADVERTISE");
  command->add_option("--listen", serve.listen, "ADDRESS:PORT, port 0 for a free one")
      ->envname("GUITU_LISTEN");
  command->callback([&] { exit_code = Serve(serve); });

  TokenOptions token;
  command = app.add_subcommand("token", "prints a bearer token of the built-in issuer");
  AddData(command, token.data);
  command->add_option("--user", token.user, "staff id")->required();
  command->add_option("--unit", token.unit, "code of the unit")->required();
  command->add_option("--role", token.role, "role")->required();
  command->add_option("--ttl", token.ttl, "how long it is valid, for example 8h");
  command->callback([&] { exit_code = Token(token); });

  DemoOptions demo;
  command = app.add_subcommand("demo", "a synthetic city to look at");
  AddData(command, demo.data);
  command->add_option("--listen", demo.listen, "ADDRESS:PORT");
  command->add_flag("--once", demo.once, "walk the journeys, print a report, end");
  command->add_option("--cases", demo.cases, "how many cases")->check(CLI::Range(1, 100000));
  command->add_option("--seed", demo.seed, "what the invented persons are made from");
  command->callback([&] { exit_code = Demo(demo); });

  MoveCommandOptions move;
  command = app.add_subcommand(
      "move",
      "moves an installation to another log: from the embedded one to Kafka, or back\n"
      "--data and --kafka say where it is, as for serve; --to and --to-kafka where it goes.\n"
      "Stop every node first: what they are asked meanwhile is refused. Records keep their\n"
      "offsets. The log there ends for good with a fence that says where to, and goes on here\n"
      "under a new generation, which two administrators approve with a token each. Interrupted,\n"
      "run it again: it goes on. Then serve the new place with the same --root-key-file, and\n"
      "remove the old directory: an erasure does not reach its keys.");
  AddData(command, move.data);
  AddKafka(command, move.kafka);
  command->add_option("--to", move.to, "new directory")->required();
  command->add_option("--to-kafka", move.to_kafka.bootstrap,
                      "HOST:PORT,... of brokers to move to; without it to a log in --to");
  command->add_option("--to-topic", move.to_kafka.topic, "name of the new log's topic");
  command
      ->add_option("--token-file", move.token_files,
                   "file with a bearer token of an administrator, twice: of two persons")
      ->required()
      ->allow_extra_args(false);
  command->callback([&] { exit_code = Move(move); });

  RebuildOptions rebuild;
  command = app.add_subcommand("rebuild", "folds the projections anew from the log and compares");
  AddData(command, rebuild.data);
  AddKafka(command, rebuild.kafka);
  command->add_flag("--compare", rebuild.compare, "only compare")->required();
  command->callback([&] { exit_code = Rebuild(rebuild); });

  RecordOptions record;
  command = app.add_subcommand(
      "record",
      "records commands from standard input, one JSON object a line:\n"
      "{\"events\": [...], \"case\": ID, \"ifMatch\": \"*\" or VERSION, "
      "\"idempotencyKey\": KEY}\n"
      "Without case it opens one; caseOf KEY is the case that an earlier line opened. One result\n"
      "a line; interrupted, run it again with the same input: nothing is recorded twice.");
  command->add_option("--server", record.server, "URL of the server")->envname("GUITU_SERVER");
  command->add_option("--token-file", record.token_file, "file with a bearer token")->required();
  command->add_option("--patience", record.patience, "seconds to repeat a line that is not settled")
      ->check(CLI::Range(0.0, 86400.0));
  command->callback([&] { exit_code = Record(record); });

  ShowOptions show;
  command = app.add_subcommand("show", "prints the archive of a case, audited like every read");
  command->add_option("case", show.case_id, "id of the case")->required();
  command->add_option("--server", show.server, "URL of the server")->envname("GUITU_SERVER");
  command->add_option("--token-file", show.token_file, "file with a bearer token")->required();
  command->add_option("--purpose", show.purpose, "why, for example aftercare")->required();
  command->add_option("--as-of", show.as_of, "what had occurred by then");
  command->add_option("--known-at", show.known_at, "what was recorded by then");
  command->add_flag("--timeline", show.timeline, "the events in their order");
  command->callback([&] { exit_code = Show(show); });

  BenchOptions bench;
  command = app.add_subcommand("bench", "measures this machine, beside its raw limits");
  command->add_option("--seconds", bench.seconds, "of each measurement")
      ->check(CLI::Range(0.1, 600.0));
  command->add_option("--cases", bench.cases, "cases opened before")->check(CLI::Range(2, 1000000));
  command->add_option("--scenario", bench.scenario, "what to measure; default all")
      ->check(CLI::IsMember({"all", "in-process", "commands", "reads", "rebuild", "nodes"}));
  AddKafka(command, bench.kafka);
  AddSessionTimeout(command, bench.kafka);
  command->add_flag("--json", bench.json, "print JSON");
  command->callback([&] { exit_code = Bench(bench); });

  PlanImportOptions plan;
  command = app.add_subcommand("plan", "the plan document as data");
  command->require_subcommand(1);
  auto* import =
      command->add_subcommand("import", "reads the document, reports every defect with its line");
  import->add_option("file", plan.file, "the document")->required()->check(CLI::ExistingFile);
  import->add_option("--server", plan.server,
                     "record units and items there; once a case is open, a changed unit needs a "
                     "second administrator's approval first");
  import->add_option("--token-file", plan.token_file, "file with a bearer token");
  import->add_flag("--json", plan.json, "print JSON");
  import->callback([&] { exit_code = PlanImport(plan);
});

try {
  app.parse(argc, argv);
} catch (const CLI::ParseError& error) {
  int code = app.exit(error);
  return code == 0 ? 0 : 2;
}
return exit_code;
}
