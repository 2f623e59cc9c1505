#include "tests/aggregates/case/random_case.h"

#include <array>
#include <boost/json/serialize.hpp>

#include "absl/strings/str_cat.h"
#include "aggregates/case/approvals.h"
#include "events/json.h"
#include "events/record.h"
#include "events/schema/control.capnp.h"
#include "events/values.h"
#include "tests/aggregates/case/samples.h"

namespace guitu::aggregates {
namespace {

using capnp::DynamicStruct;
using events::Event;
using events::FieldSpec;
using events::ValueKind;

capnp::Text::Reader Text(const std::string& text) { return {text.c_str(), text.size()}; }

// A command with the event, as JSON.
std::string CommandOf(const Event& event) {
  boost::json::object one;
  one["type"] = event.type->name;
  one["occurredAt"] = events::FormatTime(absl::ToUnixMicros(event.occurred_at));
  one["data"] = events::WriteData(event, kSubject);
  return boost::json::serialize(boost::json::object{{"events", boost::json::array{one}}});
}

}  // namespace

const events::EventType& CommandGenerator::AnyType() {
  const auto& types = events::Catalogue::Get().types();
  return types[Below(types.size())];
}

Event CommandGenerator::Anything() {
  return events_.Make(AnyType(), {.filled_in = true, .circumstances = true});
}

std::vector<Event> CommandGenerator::Make(const CaseState& state, absl::Time now) {
  if (!state.started()) wanted_.clear();
  std::vector<Event> command;
  for (uint64_t left = 1 + (Below(4) == 0 ? Below(3) : 0); left > 0; --left) {
    command.push_back(One(state, now));
  }
  // A stream begins with a rescue more often than chance would have it.
  if (!state.started() && Below(2) == 0) {
    command.insert(command.begin(), {Rescued(Below(2) == 0 ? "under14" : "from18to59"), Opened()});
  }
  return command;
}

Event CommandGenerator::One(const CaseState& state, absl::Time now) {
  // What needs an approval is asked for, approved and tried again more often than chance would.
  if (!wanted_.empty() && Below(12) == 0) return wanted_[Below(wanted_.size())];
  const events::EventType* type = &AnyType();
  if (!wanted_.empty() && Below(6) == 0) {
    const auto& catalogue = events::Catalogue::Get();
    uint64_t which = Below(5);
    type = which < 2   ? &catalogue.Of<schema::ApprovalRequested>()
           : which < 4 ? &catalogue.Of<schema::ApprovalGiven>()
                       : &catalogue.Of<schema::ApprovalRefused>();
  }
  Event event = events_.Make(*type, {});
  event.occurred_at = now - absl::Hours(static_cast<int>(Below(100000))) + absl::Hours(5);
  auto body = std::make_shared<events::Body>(std::as_const(*event.body).content());
  const events::StructSpec& spec = *event.type->spec;
  Tame(state, spec, body->content().getData().getAs<DynamicStruct>(spec.schema));
  event.body = std::move(body);
  bool of_a_case = event.type->stages != schema::Stages::REGISTRY;
  if (event.type->approval && of_a_case && wanted_.size() < 4) wanted_.push_back(event);
  TameApproval(state, event);
  return event;
}

void CommandGenerator::Tame(const CaseState& state, const events::StructSpec& spec,
                            DynamicStruct::Builder out) {
  for (const FieldSpec& field : spec.fields) {
    if (!out.has(field.field)) continue;
    if (field.is_list) {
      auto list = out.get(field.field).as<capnp::DynamicList>();
      for (uint i = 0; i < list.size(); ++i) {
        if (field.kind == ValueKind::kText && field.refers != schema::Refers::NOTHING) {
          std::string name = Name(field);
          list.set(i, aggregates::Text(name));
        } else if (field.nested != nullptr) {
          TameValue(state, field, list[i].as<DynamicStruct>());
        }
      }
    } else if (field.kind == ValueKind::kText && field.refers != schema::Refers::NOTHING) {
      std::string name = Name(field);
      out.set(field.field, aggregates::Text(name));
    } else if (field.name == "cadence" && field.kind == ValueKind::kText) {
      out.set(field.field, Below(4) == 0 ? "Z9" : "A1");
    } else if (field.nested != nullptr) {
      TameValue(state, field, out.get(field.field).as<DynamicStruct>());
    }
  }
}

void CommandGenerator::TameValue(const CaseState& state, const FieldSpec& field,
                                 DynamicStruct::Builder out) {
  switch (field.kind) {
    case ValueKind::kStruct:
      return Tame(state, *field.nested, out);
    case ValueKind::kEventRef:
      return TameReference(state, field, out);
    case ValueKind::kDate: {
      auto days = static_cast<int32_t>(Below(25000));
      return out.set("days", days);
    }
    case ValueKind::kCode: {
      const auto& codes = SampleRules().Codes(field.codes);
      if (codes.empty()) return;
      const std::string& code = codes[Below(codes.size())].code;
      out.clear("text");
      if (code == "other") out.set("text", "words");
      return out.set("code", aggregates::Text(code));
    }
    case ValueKind::kPerson: {
      if (state.persons.empty() || Below(8) == 0) return out.set("self", capnp::VOID);
      auto it =
          std::next(state.persons.begin(), static_cast<ptrdiff_t>(Below(state.persons.size())));
      auto id = out.init("related").as<DynamicStruct>();
      id.set("hi", it->first.hi);
      return id.set("lo", it->first.lo + (Below(10) == 0 ? 1 : 0));
    }
    default:
      return;
  }
}

void CommandGenerator::TameReference(const CaseState& state, const FieldSpec& field,
                                     DynamicStruct::Builder out) {
  if (Below(10) != 0) out.clear("stream");
  bool siblings = !field.rows.empty() && field.rows[0] == "98";
  const auto& stream = siblings ? state.siblings : state.events;
  std::vector<uint32_t> fitting;
  for (uint32_t i = 0; i < stream.size(); ++i) {
    bool fits = field.rows.empty();
    for (const std::string& row : field.rows) fits |= events::TypeOfRow(row) == stream[i];
    if (fits) fitting.push_back(i + 1);
  }
  bool any = fitting.empty() || Below(10) == 0;
  uint64_t number = any ? Below(stream.size() + 2) : fitting[Below(fitting.size())];
  out.set("sequence", static_cast<uint32_t>(number));
}

// With the hash of the request that is answered.
template <typename Answer>
void CommandGenerator::TameAnswer(const CaseState& state, events::Body& body) {
  auto out = body.mutable_data<Answer>();
  for (const Approval& approval : state.approvals) {
    bool meant = approval.request == out.getOf().getSequence() && Below(8) != 0;
    if (meant) events::SetId(out.initContentHash(), approval.content);
  }
}

// Requests for what was wanted, and answers with the hash of the request.
void CommandGenerator::TameApproval(const CaseState& state, Event& event) {
  bool asks = event.Is<schema::ApprovalRequested>();
  bool refuses = event.Is<schema::ApprovalRefused>();
  if (!asks && !refuses && !event.Is<schema::ApprovalGiven>()) return;
  auto body = std::make_shared<events::Body>(std::as_const(*event.body).content());
  if (asks) {
    auto out = body->mutable_data<schema::ApprovalRequested>();
    out.initExpires().setMicros(absl::ToUnixMicros(kNow + absl::Hours(1000)));
    if (Below(8) != 0) out.setAfterTheFact(schema::YesNo::NO);
    if (Below(8) != 0) out.disownRecorded();
    if (Below(8) != 0) out.disownTo();
    if (Below(8) != 0) out.disownToUnit();
    if (!wanted_.empty() && Below(8) != 0) {
      const Event& act = wanted_[Below(wanted_.size())];
      out.setTarget(act.type->number);
      out.setContent(CommandOf(act));
    }
  } else if (refuses) {
    TameAnswer<schema::ApprovalRefused>(state, *body);
  } else {
    TameAnswer<schema::ApprovalGiven>(state, *body);
  }
  event.body = std::move(body);
}

std::string CommandGenerator::Name(const FieldSpec& field) {
  constexpr std::array kUnits = {"MCA", "STA", "PSB", "JUS", "WF", "OLD", "XYZ"};
  constexpr std::array kStaff = {"w1", "w2", "h1", "p1", "s1", "e1", "nobody"};
  switch (field.refers) {
    case schema::Refers::UNIT:
      return kUnits[Below(kUnits.size())];
    case schema::Refers::STAFF:
      return kStaff[Below(kStaff.size())];
    case schema::Refers::EVENT_ROW:
      return AnyType().number;
    case schema::Refers::ADMIN_CODE:
      return "530921";
    default:
      return "caseworker";
  }
}

}  // namespace guitu::aggregates
