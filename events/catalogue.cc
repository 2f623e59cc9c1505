#include "events/catalogue.h"

#include <capnp/schema-loader.h>
#include <capnp/serialize.h>

#include <algorithm>

#include "absl/container/node_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "events/check.h"
#include "events/record.h"
#include "events/schema/values.capnp.h"

extern "C" const char guitu_schema_begin[];
extern "C" const char guitu_schema_end[];

namespace guitu::events {
namespace {

// Ids of annotations.capnp.
enum AnnotationId : uint64_t {
  kEvent = 0xa0c1e6d5f3b70001,
  kLabel,
  kPersonal,
  kSensitive,
  kSubject,
  kCategory,
  kArticle,
  kRecordedBy,
  kAdditive,
  kCodes,
  kOptional,
  kFilledIn,
  kRefers,
  kRows,
  kLimit,
  kUnit,
};
constexpr uint32_t kTextLimit = 4000;
constexpr uint32_t kListLimit = 100;

std::string Str(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

Label ReadLabel(capnp::schema::Value::Reader value) {
  auto label = value.getStruct().getAs<schema::Label>();
  return {Str(label.getZh()), Str(label.getEn())};
}

std::vector<std::string> ReadTexts(capnp::schema::Value::Reader value) {
  std::vector<std::string> texts;
  for (auto text : value.getList().getAs<capnp::List<capnp::Text>>()) texts.push_back(Str(text));
  return texts;
}

std::string ShortName(capnp::Schema schema) {
  return Str(schema.getProto().getDisplayName())
      .substr(schema.getProto().getDisplayNamePrefixLength());
}

// "events/schema/rescue.capnp:VictimRescued" → "rescue".
std::string Chapter(capnp::Schema schema) {
  std::string name = Str(schema.getProto().getDisplayName());
  size_t end = name.find(".capnp");
  size_t begin = name.rfind('/', end);
  begin = begin == std::string::npos ? 0 : begin + 1;
  return name.substr(begin, end - begin);
}

ValueKind KindOfStruct(uint64_t id) {
  if (id == capnp::typeId<schema::Date>()) return ValueKind::kDate;
  if (id == capnp::typeId<schema::Time>()) return ValueKind::kTime;
  if (id == capnp::typeId<schema::PartialDate>()) return ValueKind::kPartialDate;
  if (id == capnp::typeId<schema::Code>()) return ValueKind::kCode;
  if (id == capnp::typeId<schema::Id>()) return ValueKind::kId;
  if (id == capnp::typeId<schema::Person>()) return ValueKind::kPerson;
  if (id == capnp::typeId<schema::EventRef>()) return ValueKind::kEventRef;
  if (id == capnp::typeId<schema::Attachment>()) return ValueKind::kAttachment;
  return ValueKind::kStruct;
}

}  // namespace

class Catalogue::Builder {
 public:
  Builder() {
    absl::string_view bytes(guitu_schema_begin,
                            static_cast<size_t>(guitu_schema_end - guitu_schema_begin));
    auto words = kj::arrayPtr(reinterpret_cast<const capnp::word*>(bytes.data()),
                              bytes.size() / sizeof(capnp::word));
    capnp::ReaderOptions options;
    options.traversalLimitInWords = words.size() * 64;
    reader_ = std::make_unique<capnp::FlatArrayMessageReader>(words, options);
    auto request = reader_->getRoot<capnp::schema::CodeGeneratorRequest>();
    for (auto node : request.getNodes()) loader_.load(node);
    for (auto info : request.getSourceInfo()) ReadComments(info);
    for (auto node : request.getNodes()) {
      if (node.isStruct()) nodes_.push_back(node.getId());
    }
  }

  const std::vector<uint64_t>& structs() const { return nodes_; }
  capnp::StructSchema Schema(uint64_t id) { return loader_.get(id).asStruct(); }

  const StructSpec* SpecOf(capnp::StructSchema schema) {
    uint64_t id = schema.getProto().getId();
    auto [it, fresh] = specs_.try_emplace(id);
    StructSpec& spec = it->second;  // a node map: stays where it is while others come
    if (!fresh) return &spec;
    spec.schema = schema;
    spec.name = ShortName(schema);
    spec.comment = comments_[id];
    auto category = schema::Category::UNSPECIFIED;  // of the fields that name none
    for (auto annotation : schema.getProto().getAnnotations()) {
      if (annotation.getId() == kLabel) spec.label = ReadLabel(annotation.getValue());
      if (annotation.getId() == kCategory) {
        category = static_cast<schema::Category>(annotation.getValue().getEnum());
      }
    }
    std::vector<FieldSpec> fields;
    for (auto field : schema.getFields()) {
      fields.push_back(Field(id, field));
      if (fields.back().category == schema::Category::UNSPECIFIED)
        fields.back().category = category;
    }
    spec.fields = std::move(fields);
    for (const FieldSpec& field : spec.fields) {
      spec.any_marked |=
          field.mark != Mark::kOpen || (field.nested != nullptr && field.nested->any_marked);
    }
    return &spec;
  }

 private:
  void ReadComments(capnp::schema::Node::SourceInfo::Reader info) {
    comments_[info.getId()] = Str(info.getDocComment());
    uint index = 0;
    for (auto member : info.getMembers()) {
      comments_[info.getId() ^ ((index + 1ull) << 40)] = Str(member.getDocComment());
      ++index;
    }
  }

  FieldSpec Field(uint64_t owner, capnp::StructSchema::Field field) {
    FieldSpec spec;
    spec.field = field;
    spec.name = Str(field.getProto().getName());
    spec.comment = comments_[owner ^ ((field.getIndex() + 1ull) << 40)];
    Type(field.getType(), spec);
    spec.limit = spec.is_list ? kListLimit : kTextLimit;
    for (auto annotation : field.getProto().getAnnotations()) Annotate(annotation, spec);
    return spec;
  }

  void Type(capnp::Type type, FieldSpec& spec) {
    if (type.isList()) {
      GUITU_CHECK(!spec.is_list);
      spec.is_list = true;
      type = type.asList().getElementType();
    }
    if (type.isStruct()) {
      spec.kind = KindOfStruct(type.asStruct().getProto().getId());
      spec.nested = SpecOf(type.asStruct());
    } else if (type.isEnum()) {
      spec.enumeration = type.asEnum();
      bool yes_no = spec.enumeration.getProto().getId() == capnp::typeId<schema::YesNo>();
      spec.kind = yes_no ? ValueKind::kYesNo : ValueKind::kEnum;
    } else if (type.isText()) {
      spec.kind = ValueKind::kText;
    } else if (type.isBool()) {
      spec.kind = ValueKind::kBool;
    } else {
      bool is_signed = type.isInt8() || type.isInt16() || type.isInt32() || type.isInt64();
      spec.kind = is_signed ? ValueKind::kInteger : ValueKind::kUnsigned;
    }
  }

  static void Annotate(capnp::schema::Annotation::Reader annotation, FieldSpec& spec) {
    auto value = annotation.getValue();
    switch (annotation.getId()) {
      case kLabel:
        spec.label = ReadLabel(value);
        break;
      case kPersonal:
        spec.mark = std::max(spec.mark, Mark::kPersonal);
        break;
      case kSensitive:
        spec.mark = Mark::kSensitive;
        break;
      case kSubject:
        spec.subject = Str(value.getText());
        break;
      case kCategory:
        spec.category = static_cast<schema::Category>(value.getEnum());
        break;
      case kArticle:
        spec.article = Str(value.getText());
        break;
      case kCodes:
        spec.codes = Str(value.getText());
        break;
      case kOptional:
        spec.optional = true;
        break;
      case kFilledIn:
        spec.filled_in = true;
        break;
      case kRefers:
        spec.refers = static_cast<schema::Refers>(value.getEnum());
        break;
      case kRows:
        spec.rows = ReadTexts(value);
        break;
      case kLimit:
        spec.limit = value.getUint32();
        break;
      case kUnit:
        spec.unit = Str(value.getText());
        break;
      default:
        break;
    }
  }

  std::unique_ptr<capnp::FlatArrayMessageReader> reader_;
  capnp::SchemaLoader loader_;
  std::vector<uint64_t> nodes_;
  absl::node_hash_map<uint64_t, StructSpec> specs_;
  absl::flat_hash_map<uint64_t, std::string> comments_;
};

namespace {

// Whether the struct is an event type; fills what its annotations say.
bool ReadEventType(capnp::StructSchema schema, EventType& type) {
  bool is_event = false;
  for (auto annotation : schema.getProto().getAnnotations()) {
    auto value = annotation.getValue();
    switch (annotation.getId()) {
      case kEvent: {
        auto info = value.getStruct().getAs<schema::EventInfo>();
        is_event = true;
        type.number = Str(info.getNumber());
        type.mode = info.getMode();
        type.stages = info.getStages();
        type.when_closed = info.getWhenClosed();
        type.approval = info.getApproval();
        type.forms = info.getForms();
        break;
      }
      case kRecordedBy:
        type.recorded_by = ReadTexts(value);
        break;
      case kArticle:
        type.article = Str(value.getText());
        break;
      case kAdditive:
        type.additive = true;
        break;
      case kCategory:
        type.category = static_cast<schema::Category>(value.getEnum());
        break;
      default:
        break;
    }
  }
  return is_event;
}

}  // namespace

Catalogue::Catalogue() : builder_(std::make_unique<Builder>()) {
  for (uint64_t id : builder_->structs()) {
    capnp::StructSchema schema = builder_->Schema(id);
    if (id == capnp::typeId<schema::Circumstances>()) circumstances_ = builder_->SpecOf(schema);
    EventType type;
    if (!ReadEventType(schema, type)) continue;
    auto number = TypeOfRow(type.number);
    GUITU_CHECK(number.has_value());
    type.type = *number;
    type.name = ShortName(schema);
    type.chapter = Chapter(schema);
    type.schema_id = id;
    type.spec = builder_->SpecOf(schema);
    types_.push_back(std::move(type));
  }
  GUITU_CHECK(circumstances_ != nullptr);
  std::sort(types_.begin(), types_.end(),
            [](const EventType& a, const EventType& b) { return a.type < b.type; });
  for (size_t i = 0; i < types_.size(); ++i) {
    GUITU_CHECK(by_name_.emplace(types_[i].name, i).second);
    GUITU_CHECK(by_type_.emplace(types_[i].type, i).second);
    by_schema_.emplace(types_[i].schema_id, i);
  }
}

Catalogue::~Catalogue() = default;

const Catalogue& Catalogue::Get() {
  static const Catalogue& catalogue = *new Catalogue();
  return catalogue;
}

const EventType* Catalogue::FindByName(absl::string_view name) const {
  auto it = by_name_.find(std::string(name));
  return it == by_name_.end() ? nullptr : &types_[it->second];
}

const EventType* Catalogue::FindByType(uint16_t type) const {
  auto it = by_type_.find(type);
  return it == by_type_.end() ? nullptr : &types_[it->second];
}

const EventType* Catalogue::FindBySchema(uint64_t schema_id) const {
  auto it = by_schema_.find(schema_id);
  return it == by_schema_.end() ? nullptr : &types_[it->second];
}

const FieldSpec* StructSpec::Find(absl::string_view field) const {
  for (const FieldSpec& spec : fields) {
    if (spec.name == field) return &spec;
  }
  return nullptr;
}

Label LabelOf(const capnp::EnumSchema::Enumerant& enumerant) {
  for (auto annotation : enumerant.getProto().getAnnotations()) {
    if (annotation.getId() == kLabel) return ReadLabel(annotation.getValue());
  }
  std::string name = Str(enumerant.getProto().getName());
  return {name, name};
}

std::string NameOf(schema::Category category) {
  auto enumerants = capnp::Schema::from<schema::Category>().getEnumerants();
  auto index = static_cast<uint>(category);
  return index < enumerants.size() ? Str(enumerants[index].getProto().getName()) : "unspecified";
}

}  // namespace guitu::events
