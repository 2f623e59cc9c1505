#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aggregates/plan/plan_document.h"

namespace guitu::aggregates {
namespace {

// Writes one value after another; commas, line feeds and indentation come of themselves.
class Writer {
 public:
  void Open(char bracket) {
    Start();
    out_.push_back(bracket);
    ++depth_;
    first_ = true;
  }
  void Close(char bracket) {
    --depth_;
    if (!first_) NewLine();
    out_.push_back(bracket);
    first_ = false;
  }
  void Key(absl::string_view key) {
    Start();
    Quote(key);
    out_ += ": ";
    after_key_ = true;
  }
  void String(absl::string_view value) {
    Start();
    Quote(value);
  }
  void Raw(absl::string_view value) {
    Start();
    absl::StrAppend(&out_, value);
  }
  void Field(absl::string_view key, absl::string_view value) {
    Key(key);
    String(value);
  }
  void Field(absl::string_view key, const std::string& value) {
    Field(key, absl::string_view(value));
  }
  void Field(absl::string_view key, int value) {
    Key(key);
    Raw(absl::StrCat(value));
  }
  void Field(absl::string_view key, const std::vector<std::string>& values) {
    Key(key);
    Open('[');
    for (const std::string& value : values) String(value);
    Close(']');
  }
  std::string Take() { return std::move(out_) + "\n"; }

 private:
  void NewLine() { absl::StrAppend(&out_, "\n", std::string(2 * depth_, ' ')); }
  void Start() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (!first_) out_.push_back(',');
    if (depth_ > 0) NewLine();
    first_ = false;
  }
  void Quote(absl::string_view text) {
    out_.push_back('"');
    for (const char c : text) {
      constexpr char kHex[] = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out_.push_back('\\');
        out_.push_back(c);
      } else if (byte < 0x20) {
        out_ += "\\u00";
        out_.push_back(kHex[byte >> 4U]);
        out_.push_back(kHex[byte & 0xFU]);
      } else {
        out_.push_back(c);
      }
    }
    out_.push_back('"');
  }

  std::string out_;
  size_t depth_ = 0;
  bool first_ = true;
  bool after_key_ = false;
};

template <typename T, typename F>
void List(Writer* writer, absl::string_view key, const std::vector<T>& values, const F& fields) {
  writer->Key(key);
  writer->Open('[');
  for (const T& value : values) {
    writer->Open('{');
    fields(value);
    writer->Close('}');
  }
  writer->Close(']');
}

void WriteReadings(Writer* w, const std::vector<PlanReading>& readings) {
  List(w, "readings", readings, [&](const PlanReading& reading) {
    w->Field("source", reading.source);
    w->Field("field", reading.field);
    w->Field("text", reading.text);
    w->Field("line", reading.line);
  });
}

void WriteItem(Writer* w, const PlanItem& item) {
  w->Field("item", item.item);
  w->Field("article", item.article);
  w->Field("title", item.title);
  w->Field("lead", item.lead);
  w->Field("support", item.support);
  w->Field("line", item.line);
  if (item.table_line.has_value()) w->Field("tableLine", *item.table_line);
  if (item.year.has_value()) w->Field("year", *item.year);
  w->Key("conflict");
  w->Raw(item.conflict ? "true" : "false");
  List(w, "milestones", item.milestones, [&](const PlanMilestone& milestone) {
    if (milestone.year.has_value()) w->Field("year", *milestone.year);
    w->Field("text", milestone.text);
    w->Field("line", milestone.line);
  });
  WriteReadings(w, item.readings);
}

}  // namespace

std::string ToJson(const PlanDocument& document) {
  Writer w;
  w.Open('{');
  List(&w, "units", document.units, [&](const PlanUnit& unit) {
    w.Field("code", unit.code);
    w.Field("name", unit.name_zh);
    w.Field("kind", unit.kind);
    if (!unit.acts_for.empty()) w.Field("actsFor", unit.acts_for);
    w.Field("variants", unit.variants);
  });
  List(&w, "articles", document.articles, [&](const PlanArticle& article) {
    w.Field("number", article.number);
    w.Field("title", article.title);
    w.Field("line", article.line);
  });
  List(&w, "items", document.items, [&](const PlanItem& item) { WriteItem(&w, item); });
  List(&w, "defects", document.defects, [&](const PlanDefect& defect) {
    w.Field("number", defect.number);
    w.Field("kind", defect.kind);
    w.Field("item", defect.item);
    w.Field("line", defect.line);
    w.Field("zh", defect.zh);
    w.Field("en", defect.en);
    WriteReadings(&w, defect.readings);
  });
  w.Close('}');
  return w.Take();
}

}  // namespace guitu::aggregates
