#include "events/boxes.h"

#include <kj/exception.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "events/check.h"
#include "events/record.h"

namespace guitu::events {
namespace {

using capnp::DynamicList;
using capnp::DynamicStruct;

// Which part a field belongs to.
struct Part {
  bool open = true;
  SubjectId subject;
  schema::Category category = schema::Category::UNSPECIFIED;
  friend bool operator==(const Part&, const Part&) = default;
};

// What a field takes over from what encloses it.
struct Inherited {
  SubjectId subject;
  schema::Category category;
};

class Splitter {
 public:
  explicit Splitter(const SealContext& context) : context_(context) {}

  // The sealed parts that `in` has, in order of first appearance.
  void Collect(DynamicStruct::Reader in, const StructSpec& spec, const Inherited& inherited,
               const std::string& path, std::vector<Part>& parts) {
    Visit(in, spec, inherited, path, [&](const FieldSpec&, const Part& part) {
      if (!part.open && std::find(parts.begin(), parts.end(), part) == parts.end())
        parts.push_back(part);
    });
  }

  bool Has(DynamicStruct::Reader in, const StructSpec& spec, const Inherited& inherited,
           const std::string& path, const Part& wanted) {
    bool found = false;
    Visit(in, spec, inherited, path,
          [&](const FieldSpec&, const Part& part) { found |= part == wanted; });
    return found;
  }

  // Copies the fields of `wanted` only.
  void Copy(DynamicStruct::Reader in, const StructSpec& spec, const Inherited& inherited,
            const std::string& path, const Part& wanted, DynamicStruct::Builder out) {
    for (const FieldSpec& field : spec.fields) {
      if (!in.has(field.field, capnp::HasMode::NON_DEFAULT)) continue;
      Inherited own = Own(in, field, inherited, path);
      if (!Nested(field)) {
        if (PartOf(field, own) == wanted) out.set(field.field, in.get(field.field));
        continue;
      }
      std::string at = absl::StrCat(path, "/", field.name);
      if (field.is_list) {
        CopyList(in.get(field.field).as<DynamicList>(), field, own, at, wanted, out);
      } else {
        auto nested = in.get(field.field).as<DynamicStruct>();
        // The open part keeps the struct even if nothing in it is open: it was given.
        if (wanted.open || Has(nested, *field.nested, own, at, wanted)) {
          Copy(nested, *field.nested, own, at, wanted, out.init(field.field).as<DynamicStruct>());
        }
      }
    }
  }

 private:
  // A struct that is open itself and has sealed fields in it; a union is always whole.
  static bool Nested(const FieldSpec& field) {
    return field.mark == Mark::kOpen && field.nested != nullptr && field.nested->any_marked;
  }

  static Part PartOf(const FieldSpec& field, const Inherited& own) {
    if (field.mark == Mark::kOpen) return Part{};
    return Part{false, own.subject, own.category};
  }

  Inherited Own(DynamicStruct::Reader in, const FieldSpec& field, const Inherited& inherited,
                const std::string& path) const {
    Inherited own = inherited;
    if (field.category != schema::Category::UNSPECIFIED) own.category = field.category;
    if (!field.subject.empty()) own.subject = SubjectOf(in, field, path);
    return own;
  }

  SubjectId SubjectOf(DynamicStruct::Reader in, const FieldSpec& field,
                      const std::string& path) const {
    if (field.subject != "other" && in.has(field.subject)) {
      auto person = in.get(field.subject).as<DynamicStruct>();
      if (person.getSchema().getProto().getId() == capnp::typeId<schema::Id>()) return IdOf(person);
      KJ_IF_MAYBE (which, person.which()) {
        auto name = which->getProto().getName();
        if (name == "self") return context_.self;
        if (name == "related") return IdOf(person.get("related").as<DynamicStruct>());
      }
    }
    return context_.other(absl::StrCat(path, "/", field.name));
  }

  static SubjectId IdOf(DynamicStruct::Reader id) {
    return {id.get("hi").as<uint64_t>(), id.get("lo").as<uint64_t>()};
  }

  template <typename Visitor>
  void Visit(DynamicStruct::Reader in, const StructSpec& spec, const Inherited& inherited,
             const std::string& path, const Visitor& visit) {
    for (const FieldSpec& field : spec.fields) {
      if (!in.has(field.field, capnp::HasMode::NON_DEFAULT)) continue;
      Inherited own = Own(in, field, inherited, path);
      if (!Nested(field)) {
        visit(field, PartOf(field, own));
        continue;
      }
      std::string at = absl::StrCat(path, "/", field.name);
      if (!field.is_list) {
        Visit(in.get(field.field).as<DynamicStruct>(), *field.nested, own, at, visit);
        continue;
      }
      auto list = in.get(field.field).as<DynamicList>();
      for (uint i = 0; i < list.size(); ++i) {
        Visit(list[i].as<DynamicStruct>(), *field.nested, own, absl::StrCat(at, "/", i), visit);
      }
    }
  }

  void CopyList(DynamicList::Reader in, const FieldSpec& field, const Inherited& own,
                const std::string& at, const Part& wanted, DynamicStruct::Builder out) {
    bool any = wanted.open;
    for (uint i = 0; i < in.size() && !any; ++i) {
      any = Has(in[i].as<DynamicStruct>(), *field.nested, own, absl::StrCat(at, "/", i), wanted);
    }
    if (!any) return;
    auto list = out.init(field.field, in.size()).as<DynamicList>();
    for (uint i = 0; i < in.size(); ++i) {
      Copy(in[i].as<DynamicStruct>(), *field.nested, own, absl::StrCat(at, "/", i), wanted,
           list[i].as<DynamicStruct>());
    }
  }

  const SealContext& context_;
};

// Adds the fields of `in` to `out`; the two never have the same leaf.
void Join(DynamicStruct::Reader in, const StructSpec& spec, DynamicStruct::Builder out) {
  for (const FieldSpec& field : spec.fields) {
    if (!in.has(field.field, capnp::HasMode::NON_DEFAULT)) continue;
    bool nested = field.mark == Mark::kOpen && field.nested != nullptr && field.nested->any_marked;
    if (!nested || !out.has(field.field, capnp::HasMode::NON_DEFAULT)) {
      out.set(field.field, in.get(field.field));
    } else if (!field.is_list) {
      Join(in.get(field.field).as<DynamicStruct>(), *field.nested,
           out.get(field.field).as<DynamicStruct>());
    } else {
      auto from = in.get(field.field).as<DynamicList>();
      auto to = out.get(field.field).as<DynamicList>();
      for (uint i = 0; i < from.size() && i < to.size(); ++i) {
        Join(from[i].as<DynamicStruct>(), *field.nested, to[i].as<DynamicStruct>());
      }
    }
  }
}

// Reads every field once. Cap'n Proto looks at a pointer only when it is followed: what is no value
// of its field is found here, and not by whoever reads the event later.
void ReadThrough(DynamicStruct::Reader in, const StructSpec& spec) {
  for (const FieldSpec& field : spec.fields) {
    if (!in.has(field.field, capnp::HasMode::NON_DEFAULT)) continue;
    auto value = in.get(field.field);
    if (!field.is_list) {
      if (field.nested != nullptr) ReadThrough(value.as<DynamicStruct>(), *field.nested);
      continue;
    }
    for (auto element : value.as<DynamicList>()) {
      if (field.nested != nullptr) ReadThrough(element.as<DynamicStruct>(), *field.nested);
    }
  }
}

struct Content {
  DynamicStruct::Reader data;
  DynamicStruct::Reader circumstances;
  bool has_circumstances;
};

Content ContentOf(schema::BoxContent::Reader in, const StructSpec& data) {
  const StructSpec& circumstances = Catalogue::Get().circumstances();
  return {in.getData().getAs<DynamicStruct>(data.schema),
          in.getCircumstances().getAs<DynamicStruct>(circumstances.schema), in.hasCircumstances()};
}

absl::Status SealPart(const Event& event, const Content& clear, const Part& part,
                      const Inherited& inherited, Splitter& splitter, const SealContext& context,
                      Sealer& sealer, schema::Box::Builder box) {
  const StructSpec& circumstances = Catalogue::Get().circumstances();
  capnp::MallocMessageBuilder message(64);
  auto content = message.initRoot<schema::BoxContent>();
  splitter.Copy(clear.data, *event.type->spec, inherited, "", part,
                content.getData().initAs<DynamicStruct>(event.type->spec->schema));
  if (clear.has_circumstances &&
      splitter.Has(clear.circumstances, circumstances, inherited, "circumstances", part)) {
    splitter.Copy(clear.circumstances, circumstances, inherited, "circumstances", part,
                  content.getCircumstances().initAs<DynamicStruct>(circumstances.schema));
  }
  auto key = context.key_of(part.subject);
  if (!key.ok()) return key.status();
  BoxBinding binding{context.log_id, context.stream, context.command_id, context.event_index,
                     part.subject,   part.category,  sealer.suite(),     *key};
  auto sealed = sealer.Seal(binding, EncodeMessage(message));
  if (!sealed.ok()) return sealed.status();
  SetId(box.initSubject(), part.subject);
  box.setCategory(part.category);
  box.setSuite(binding.suite);
  SetId(box.initKeyId(), *key);
  box.setSealed({reinterpret_cast<const kj::byte*>(sealed->data()), sealed->size()});
  return absl::OkStatus();
}

// Opens one box into the event. Nothing to do for a box this reader may not see.
absl::Status OpenBox(schema::Box::Reader box, const OpenContext& context, Sealer& sealer,
                     Event& event, Body& body) {
  ClosedPart part{ToSubject(box.getSubject()), box.getCategory(), ClosedPart::Why::kMasked};
  if (!context.may_open(part.subject, part.category)) {
    event.closed.push_back(part);
    return absl::OkStatus();
  }
  BoxBinding binding{context.log_id,     context.stream,
                     context.command_id, context.event_index,
                     part.subject,       part.category,
                     box.getSuite(),     KeyId{box.getKeyId().getHi(), box.getKeyId().getLo()}};
  auto sealed = box.getSealed();
  auto plain = sealer.Open(binding, {reinterpret_cast<const char*>(sealed.begin()), sealed.size()});
  if (plain.status().code() == absl::StatusCode::kDataLoss) {
    part.why = ClosedPart::Why::kErased;
    event.closed.push_back(part);
    return absl::OkStatus();
  }
  if (plain.status().code() == absl::StatusCode::kInvalidArgument) {
    return absl::DataLossError("a sealed box does not open under its key");
  }
  if (!plain.ok()) return plain.status();
  SegmentReader segment(*plain);
  auto content = segment.Root<schema::BoxContent>();
  const StructSpec& circumstances = Catalogue::Get().circumstances();
  Join(content.getData().getAs<DynamicStruct>(event.type->spec->schema), *event.type->spec,
       body.content().getData().getAs<DynamicStruct>(event.type->spec->schema));
  if (content.hasCircumstances()) {
    auto out = body.content().getCircumstances();
    if (out.isNull()) out.initAs<DynamicStruct>(circumstances.schema);
    Join(content.getCircumstances().getAs<DynamicStruct>(circumstances.schema), circumstances,
         out.getAs<DynamicStruct>(circumstances.schema));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SealEvent(const Event& event, const SealContext& context, Sealer& sealer,
                       schema::Event::Builder out) {
  const StructSpec& circumstances = Catalogue::Get().circumstances();
  Splitter splitter(context);
  Inherited inherited{context.self, event.type->category};
  auto body = std::as_const(*event.body).content();
  Content clear = ContentOf(body, *event.type->spec);
  out.setType(event.type->type);
  out.setOccurredAt(absl::ToUnixMicros(event.occurred_at));
  if (!event.type->spec->any_marked) {
    out.getData().setAs<DynamicStruct>(clear.data);
  } else {
    splitter.Copy(clear.data, *event.type->spec, inherited, "", Part{},
                  out.getData().initAs<DynamicStruct>(event.type->spec->schema));
  }
  std::vector<Part> parts;
  splitter.Collect(clear.data, *event.type->spec, inherited, "", parts);
  if (clear.has_circumstances) {
    splitter.Copy(clear.circumstances, circumstances, inherited, "circumstances", Part{},
                  out.getCircumstances().initAs<DynamicStruct>(circumstances.schema));
    splitter.Collect(clear.circumstances, circumstances, inherited, "circumstances", parts);
  }
  auto boxes = out.initBoxes(static_cast<uint>(parts.size()));
  for (uint i = 0; i < parts.size(); ++i) {
    auto status = SealPart(event, clear, parts[i], inherited, splitter, context, sealer, boxes[i]);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<Event> OpenEvent(schema::Event::Reader in, const OpenContext& context,
                                Sealer& sealer) {
  Event event;
  event.type = Catalogue::Get().FindByType(in.getType());
  if (event.type == nullptr) {
    return absl::DataLossError(
        absl::StrCat("event type of row ", RowOfType(in.getType()), " is newer than this program"));
  }
  event.occurred_at = absl::FromUnixMicros(in.getOccurredAt());
  auto body = std::make_shared<Body>();
  absl::Status status;
  auto failure = kj::runCatchingExceptions([&] {
    body->content().getData().set(in.getData());
    if (in.hasCircumstances()) body->content().getCircumstances().set(in.getCircumstances());
    for (auto box : in.getBoxes()) {
      status = OpenBox(box, context, sealer, event, *body);
      if (!status.ok()) return;
    }
    Content content = ContentOf(std::as_const(*body).content(), *event.type->spec);
    ReadThrough(content.data, *event.type->spec);
    if (content.has_circumstances)
      ReadThrough(content.circumstances, Catalogue::Get().circumstances());
  });
  if (failure != nullptr) return absl::DataLossError("an event of the log does not read");
  if (!status.ok()) return status;
  event.body = std::move(body);
  return event;
}

}  // namespace guitu::events
