#include "events/reason.h"

#include <capnp/schema.h>

#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace guitu::events {
namespace {

constexpr absl::string_view kReasonUrl = "urn:guitu:reason";
constexpr absl::string_view kPointerUrl = "urn:guitu:pointer";
constexpr absl::string_view kDetailUrl = "urn:guitu:detail";
constexpr uint64_t kProblemAnnotation = 0xa0c1e6d5f3b70020;

Problem ReadProblem(const capnp::EnumSchema::Enumerant& enumerant) {
  Problem problem;
  for (auto annotation : enumerant.getProto().getAnnotations()) {
    if (annotation.getId() != kProblemAnnotation) continue;
    auto info = annotation.getValue().getStruct().getAs<schema::ProblemInfo>();
    problem = {info.getHttp(),           info.getCode().cStr(), info.getRule().cStr(),
               info.getArticle().cStr(), info.getZh().cStr(),   info.getEn().cStr()};
  }
  return problem;
}

std::vector<Problem> ReadTable() {
  std::vector<Problem> table;
  for (auto enumerant : capnp::Schema::from<Reason>().getEnumerants()) {
    table.push_back(ReadProblem(enumerant));
  }
  return table;
}

absl::StatusCode CodeFor(uint16_t http) {
  switch (http) {
    case 400:
      return absl::StatusCode::kInvalidArgument;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 412:
      return absl::StatusCode::kAborted;
    case 503:
      return absl::StatusCode::kUnavailable;
    case 500:
      return absl::StatusCode::kInternal;
    default:
      return absl::StatusCode::kFailedPrecondition;
  }
}

}  // namespace

const Problem& ProblemOf(Reason reason) {
  static const auto& table = *new std::vector<Problem>(ReadTable());
  auto index = static_cast<size_t>(reason);
  return index < table.size() ? table[index] : table[0];
}

absl::Status Refuse(Reason reason, absl::string_view detail) {
  const Problem& problem = ProblemOf(reason);
  absl::Status status(CodeFor(problem.http),
                      detail.empty() ? problem.en : absl::StrCat(problem.en, ": ", detail));
  status.SetPayload(kReasonUrl, absl::Cord(absl::StrCat(static_cast<int>(reason))));
  if (!detail.empty()) status.SetPayload(kDetailUrl, absl::Cord(detail));
  return status;
}

absl::Status RefuseAt(Reason reason, absl::string_view pointer, absl::string_view detail) {
  absl::Status status = Refuse(reason, detail);
  status.SetPayload(kPointerUrl, absl::Cord(pointer));
  return status;
}

Reason ReasonOf(const absl::Status& status) {
  auto payload = status.GetPayload(kReasonUrl);
  int number = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &number)) return Reason::UNSPECIFIED;
  return static_cast<Reason>(number);
}

std::string PointerOf(const absl::Status& status) {
  auto payload = status.GetPayload(kPointerUrl);
  return payload ? std::string(*payload) : "";
}

std::string DetailOf(const absl::Status& status) {
  auto payload = status.GetPayload(kDetailUrl);
  return payload ? std::string(*payload) : "";
}

bool IsRefusal(const absl::Status& status) {
  uint16_t http = ProblemOf(ReasonOf(status)).http;
  return !status.ok() && http >= 400 && http < 500;
}

}  // namespace guitu::events
