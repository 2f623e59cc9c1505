#include "absl/strings/str_cat.h"
#include "tools/console.h"

namespace guitu::tools {

int Init(const InitOptions& options) {
  app::OpenOptions open = ToOpen(options.data);
  app::CreateOptions create;
  create.data_dir = open.data_dir;
  create.root_key_file = open.root_key_file;
  create.partitions = options.partitions;
  create.synthetic = options.synthetic;
  create.clock = open.clock;
  create.kafka = ToKafka(options.kafka);
  auto created = app::Installation::Create(create);
  if (!created.ok()) return Fail(created.status());
  Say(absl::StrCat("The installation stands in ", create.data_dir, "."));
  Say(absl::StrCat("Administrators: ", created->administrators[0], ", ", created->administrators[1],
                   " (unit OFF)."));
  Say("Recovery shares of the root key, any three bring it back. Shown once; give them to five "
      "people:");
  for (const std::string& share : created->recovery_shares) Say(absl::StrCat("  ", share));
  return kDone;
}

int Token(const TokenOptions& options) {
  absl::Duration ttl;
  if (!absl::ParseDuration(options.ttl, &ttl))
    return Fail(absl::InvalidArgumentError("--ttl takes 8h, 30m, 90s"));
  auto token =
      app::IssueToken(ToOpen(options.data), {options.user, options.unit, options.role}, ttl);
  if (!token.ok()) return Fail(token.status());
  Say(*token);
  return kDone;
}

int Rebuild(const RebuildOptions& options) {
  app::OpenOptions open = ToOpen(options.data);
  open.kafka = ToKafka(options.kafka);
  auto report = app::RebuildAndCompare(open);
  if (!report.ok()) return Fail(report.status());
  double seconds = absl::ToDoubleSeconds(report->took);
  Say(absl::StrCat(
      "Folded ", report->records, " records in ", absl::FormatDuration(report->took), " (",
      static_cast<uint64_t>(static_cast<double>(report->records) / std::max(seconds, 1e-6)),
      " a second)."));
  if (report->differing.empty()) {
    Say("The rebuilt projections equal the live ones.");
    return kDone;
  }
  for (events::Partition partition : report->differing) {
    Complain(absl::StrCat("partition ", partition,
                          ": the rebuilt projections differ from the live ones"));
  }
  return kRefused;
}

}  // namespace guitu::tools
