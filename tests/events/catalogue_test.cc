// What must hold of every event type and field in events/schema, whoever writes the next one: a
// schema that breaks one of these is wrong, not the test.
#include "events/catalogue.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "events/record.h"
#include "events/schema/registry.capnp.h"
#include "events/schema/rescue.capnp.h"

namespace guitu::events {
namespace {

// Calls `visit` once for each struct with fields of ours: of the events, of what they nest,
// circumstances.
void ForEachStruct(const std::function<void(const StructSpec&)>& visit) {
  std::set<const StructSpec*> seen;
  std::function<void(const StructSpec&)> walk = [&](const StructSpec& spec) {
    if (!seen.insert(&spec).second) return;
    visit(spec);
    for (const FieldSpec& field : spec.fields) {
      if (field.kind == ValueKind::kStruct) walk(*field.nested);
    }
  };
  for (const EventType& type : Catalogue::Get().types()) walk(*type.spec);
  walk(Catalogue::Get().circumstances());
}

void ForEachField(const std::function<void(const StructSpec&, const FieldSpec&)>& visit) {
  ForEachStruct([&](const StructSpec& spec) {
    for (const FieldSpec& field : spec.fields) visit(spec, field);
  });
}

std::string Name(const StructSpec& spec, const FieldSpec& field) {
  return absl::StrCat(spec.name, ".", field.name);
}

// `plan.md`, and the groups that annotations.capnp names.
bool IsRecorder(const std::string& code) {
  if (code.size() < 2 || code.size() > 6) return false;
  for (char c : code) {
    if (c < 'A' || c > 'Z') return false;
  }
  return true;
}

TEST(Catalogue, HasATypeForEachRowOnceAndFindsItByNameTypeAndSchema) {
  const Catalogue& catalogue = Catalogue::Get();
  ASSERT_FALSE(catalogue.types().empty());
  absl::flat_hash_set<std::string> rows;
  uint16_t before = 0;
  for (const EventType& type : catalogue.types()) {
    EXPECT_TRUE(rows.insert(type.number).second) << "row " << type.number << " twice";
    EXPECT_EQ(TypeOfRow(type.number), type.type);
    EXPECT_EQ(RowOfType(type.type), type.number);
    EXPECT_GT(type.type, before) << "the types are in the order of their rows";
    before = type.type;
    EXPECT_EQ(catalogue.FindByName(type.name), &type);
    EXPECT_EQ(catalogue.FindByType(type.type), &type);
    EXPECT_EQ(catalogue.FindBySchema(type.schema_id), &type);
    EXPECT_FALSE(type.chapter.empty());
  }
}

TEST(Catalogue, FindsNothingUnderWhatIsNotThere) {
  const Catalogue& catalogue = Catalogue::Get();
  EXPECT_EQ(catalogue.FindByName("victimRescued"), nullptr);
  EXPECT_EQ(catalogue.FindByName(""), nullptr);
  EXPECT_EQ(catalogue.FindByType(0), nullptr);
  EXPECT_EQ(catalogue.FindBySchema(0), nullptr);
}

TEST(Catalogue, ReadsWhatTheAnnotationsOfRow4Say) {
  const EventType& type = Catalogue::Get().Of<schema::VictimRescued>();
  EXPECT_EQ(type.number, "4");
  EXPECT_EQ(type.name, "VictimRescued");
  EXPECT_EQ(type.chapter, "rescue");
  EXPECT_EQ(type.category, schema::Category::HISTORY);
  EXPECT_EQ(type.stages, schema::Stages::FIRST);
  EXPECT_EQ(type.mode, schema::Mode::EXPECTED);
  EXPECT_TRUE(type.forms);
  EXPECT_EQ(type.recorded_by, (std::vector<std::string>{"PSB", "BOR", "EXI"}));
  EXPECT_EQ(type.spec->label.zh, "解救登记");
  const FieldSpec* lead = type.spec->Find("lead");
  ASSERT_NE(lead, nullptr);
  EXPECT_EQ(lead->mark, Mark::kPersonal);
  EXPECT_EQ(lead->subject, "other");
  EXPECT_EQ(lead->category, schema::Category::CONTACT);
  EXPECT_EQ(lead->limit, 60u);
  EXPECT_TRUE(lead->optional);
  const FieldSpec* place = type.spec->Find("place");
  ASSERT_NE(place, nullptr);
  EXPECT_EQ(place->mark, Mark::kOpen);
  EXPECT_TRUE(place->nested->any_marked);
  EXPECT_EQ(place->nested->Find("address")->category, schema::Category::WHEREABOUTS);
}

TEST(Catalogue, TakesTheCategoryOfAStructForItsFieldsThatNameNone) {
  constexpr uint64_t kCategoryAnnotation = 0xa0c1e6d5f3b70006;
  ForEachStruct([&](const StructSpec& spec) {
    for (auto annotation : spec.schema.getProto().getAnnotations()) {
      if (annotation.getId() != kCategoryAnnotation) continue;
      for (const FieldSpec& field : spec.fields) {
        EXPECT_NE(field.category, schema::Category::UNSPECIFIED) << Name(spec, field);
      }
    }
  });
  const StructSpec& rescued = *Catalogue::Get().Of<schema::VictimRescued>().spec;
  EXPECT_EQ(rescued.Find("belongings")->category, schema::Category::HISTORY);
  EXPECT_EQ(rescued.Find("injured")->category, schema::Category::HEALTH);
}

TEST(Catalogue, HasWholeNumbersOf32Or64BitsOnly) {
  ForEachField([](const StructSpec& spec, const FieldSpec& field) {
    if (field.kind != ValueKind::kInteger && field.kind != ValueKind::kUnsigned) return;
    capnp::Type type = field.field.getType();
    if (type.isList()) type = type.asList().getElementType();
    // What strict JSON knows the range of; no floats, no bytes, no pointers to anything.
    EXPECT_TRUE(type.isInt32() || type.isUInt32() || type.isInt64() || type.isUInt64())
        << Name(spec, field);
  });
}

TEST(Catalogue, HasBothLabelsForEveryEventType) {
  for (const EventType& type : Catalogue::Get().types()) {
    EXPECT_FALSE(type.spec->label.zh.empty()) << type.name;
    EXPECT_FALSE(type.spec->label.en.empty()) << type.name;
  }
}

TEST(Catalogue, SaysWhatEveryEventTypeMeans) {
  for (const EventType& type : Catalogue::Get().types())
    EXPECT_FALSE(type.spec->comment.empty()) << type.name;
}

TEST(Catalogue, NamesWhoMayRecordEveryEventType) {
  for (const EventType& type : Catalogue::Get().types()) {
    EXPECT_FALSE(type.recorded_by.empty()) << type.name;
    for (const std::string& code : type.recorded_by)
      EXPECT_TRUE(IsRecorder(code)) << type.name << ": " << code;
  }
}

TEST(Catalogue, HasBothLabelsForEveryField) {
  ForEachField([](const StructSpec& spec, const FieldSpec& field) {
    EXPECT_FALSE(field.label.zh.empty()) << Name(spec, field);
    EXPECT_FALSE(field.label.en.empty()) << Name(spec, field);
  });
}

TEST(Catalogue, HasBothLabelsForEveryEnumerantButTheAbsentOne) {
  ForEachField([](const StructSpec& spec, const FieldSpec& field) {
    if (field.kind != ValueKind::kEnum && field.kind != ValueKind::kYesNo) return;
    // The classes of data are named by the console, not by a form.
    if (field.enumeration.getProto().getId() == capnp::typeId<schema::Category>()) return;
    for (auto enumerant : field.enumeration.getEnumerants()) {
      std::string name = enumerant.getProto().getName().cStr();
      if (enumerant.getOrdinal() == 0) {
        EXPECT_EQ(name, "unspecified") << Name(spec, field);
      } else {
        EXPECT_NE(LabelOf(enumerant).zh, name) << Name(spec, field);
      }
    }
  });
}

TEST(Catalogue, LetsEverySubjectNameOtherOrASiblingThatIsAPersonOrAnId) {
  ForEachField([](const StructSpec& spec, const FieldSpec& field) {
    if (field.subject.empty() || field.subject == "other") return;
    const FieldSpec* sibling = spec.Find(field.subject);
    ASSERT_NE(sibling, nullptr) << Name(spec, field) << " names " << field.subject;
    EXPECT_TRUE(sibling->kind == ValueKind::kPerson || sibling->kind == ValueKind::kId)
        << Name(spec, field);
    EXPECT_FALSE(sibling->is_list) << Name(spec, field) << ": one person, not a list";
  });
}

TEST(Catalogue, GivesASubjectOnlyToWhatIsSealed) {
  ForEachField([](const StructSpec& spec, const FieldSpec& field) {
    if (field.subject.empty()) return;
    bool sealed =
        field.mark != Mark::kOpen || (field.nested != nullptr && field.nested->any_marked);
    EXPECT_TRUE(sealed) << Name(spec, field) << " has a subject and nothing to seal";
  });
}

TEST(Catalogue, LetsEveryRowsEntryBeARow) {
  ForEachField([](const StructSpec& spec, const FieldSpec& field) {
    if (!field.rows.empty()) {
      EXPECT_EQ(field.kind, ValueKind::kEventRef) << Name(spec, field);
    }
    for (const std::string& row : field.rows)
      EXPECT_TRUE(TypeOfRow(row)) << Name(spec, field) << ": " << row;
  });
}

TEST(Catalogue, NamesTheCodeListOfEveryCode) {
  ForEachField([](const StructSpec& spec, const FieldSpec& field) {
    EXPECT_EQ(field.kind == ValueKind::kCode, !field.codes.empty()) << Name(spec, field);
  });
}

TEST(Catalogue, GivesWholeNumbersThatMayBeNoughtADefaultThatIsNot) {
  ForEachField([](const StructSpec& spec, const FieldSpec& field) {
    if (field.is_list || field.kind != ValueKind::kInteger) return;
    // A number is absent where it has its default (values.capnp), and nought is often an answer.
    auto value = field.field.getProto().getSlot().getDefaultValue();
    int64_t number = value.isInt32() ? value.getInt32() : value.isInt64() ? value.getInt64() : -1;
    EXPECT_EQ(number, -1) << Name(spec, field);
  });
}

TEST(Catalogue, HasNoFormForWhatOnlyTheSoftwareMakes) {
  for (const EventType& type : Catalogue::Get().types()) {
    bool software =
        type.mode == schema::Mode::SOFTWARE || type.recorded_by == std::vector<std::string>{"SYS"};
    if (software) {
      EXPECT_FALSE(type.forms) << type.name;
    }
  }
}

TEST(Catalogue, KnowsTheClassOfEveryMarkedFieldOfAnEvent) {
  for (const EventType& type : Catalogue::Get().types()) {
    std::function<void(const StructSpec&, schema::Category)> walk = [&](const StructSpec& spec,
                                                                        schema::Category category) {
      for (const FieldSpec& field : spec.fields) {
        auto own = field.category == schema::Category::UNSPECIFIED ? category : field.category;
        if (field.mark != Mark::kOpen) {
          EXPECT_NE(own, schema::Category::UNSPECIFIED) << type.name << ": " << Name(spec, field);
        }
        if (field.nested != nullptr && field.mark == Mark::kOpen) walk(*field.nested, own);
      }
    };
    walk(*type.spec, type.category);
    // The papers and names in the circumstances take the class of the event.
    bool by_hand = type.forms && type.stages != schema::Stages::REGISTRY;
    if (by_hand) walk(Catalogue::Get().circumstances(), type.category);
  }
}

TEST(Catalogue, NamesEveryCategory) {
  EXPECT_EQ(NameOf(schema::Category::IDENTITY), "identity");
  EXPECT_EQ(NameOf(schema::Category::WHEREABOUTS), "whereabouts");
  EXPECT_EQ(NameOf(static_cast<schema::Category>(200)), "unspecified");
}

TEST(Label, OfAnEnumerantWithoutOneIsItsName) {
  auto category = capnp::Schema::from<schema::Category>().getEnumerants()[4];
  EXPECT_EQ(LabelOf(category).en, "health");
  auto kind = capnp::Schema::from<schema::UnitKind>().getEnumerants()[1];
  EXPECT_EQ(LabelOf(kind).zh, "成员单位");
}

}  // namespace
}  // namespace guitu::events
