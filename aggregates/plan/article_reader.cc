#include "aggregates/plan/article_reader.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "aggregates/plan/defect_catalogue.h"

namespace guitu::aggregates::plan {
namespace {

constexpr char kGoal[] = "工作目标";

// Takes "第N" and `suffix` (章 or 条) off the front of `text`.
std::optional<int> ConsumeOrdinal(absl::string_view* text, absl::string_view suffix) {
  absl::string_view rest = *text;
  if (!absl::ConsumePrefix(&rest, "第")) return std::nullopt;
  const std::optional<int> number = ConsumeNumeral(&rest);
  if (!number.has_value() || !absl::ConsumePrefix(&rest, suffix)) return std::nullopt;
  *text = absl::StripLeadingAsciiWhitespace(rest);
  return number;
}

LinedText Slice(const LinedText& text, size_t begin, size_t end) {
  LinedText out;
  out.text = text.text.substr(begin, end - begin);
  out.lines.assign(text.lines.begin() + static_cast<std::ptrdiff_t>(begin),
                   text.lines.begin() + static_cast<std::ptrdiff_t>(end));
  return out;
}

class Reader {
 public:
  absl::Status Read(const std::vector<Line>& lines);
  ArticlePart part;

 private:
  absl::Status BeginArticle(int number, absl::string_view rest, int line);
  absl::Status BeginSub(int number, absl::string_view rest, int line);
  void FinishLeaf();
  void TakeTitle(ArticleLeaf* leaf);
  void TakeUnits(ArticleLeaf* leaf);

  int ordinal_ = 0;      // in the chapter.
  bool counted_ = true;  // no article of the chapter is missing so far.
  bool open_ = false;
};

absl::Status Reader::Read(const std::vector<Line>& lines) {
  for (size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    if (absl::StrContains(line.text, '\t')) {
      FinishLeaf();
      part.end = i;
      if (part.articles.empty()) break;
      return absl::OkStatus();
    }
    const std::string clean = absl::StrReplaceAll(line.text, {{"**", ""}});
    absl::string_view rest = absl::StripAsciiWhitespace(clean);
    const bool heading = absl::StartsWith(rest, "#");
    while (absl::ConsumePrefix(&rest, "#")) {
    }
    rest = absl::StripLeadingAsciiWhitespace(rest);
    if (rest.empty() || absl::StartsWith(rest, "---")) continue;
    absl::Status status;
    if (const auto chapter = ConsumeOrdinal(&rest, "章")) {
      FinishLeaf();
      part.chapters.push_back({*chapter, Normalize(rest), line.number});
      ordinal_ = 0;
      counted_ = true;
    } else if (const auto article = ConsumeOrdinal(&rest, "条")) {
      status = BeginArticle(*article, rest, line.number);
    } else if (heading) {
      FinishLeaf();
    } else if (open_) {
      const auto sub = ConsumeMarker(&rest);
      if (sub.has_value()) status = BeginSub(*sub, rest, line.number);
      if (!sub.has_value()) part.leaves.back().body.Append(rest, line.number);
    }
    if (!status.ok()) return status;
  }
  if (part.articles.empty()) {
    return absl::InvalidArgumentError("line 1: no article (第一条) found: not the plan document");
  }
  return absl::DataLossError(absl::StrCat("line ", lines.back().number,
                                          ": the document ends in article ",
                                          part.articles.back().number, ", before its table"));
}

absl::Status Reader::BeginArticle(int number, absl::string_view rest, int line) {
  FinishLeaf();
  const int before = part.articles.empty() ? 0 : part.articles.back().number;
  if (number <= before) {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", line, ": article ", number, " stands after article ", before));
  }
  for (int missing = before + 1; missing < number; ++missing) {
    part.defects.push_back(MakeDefect({.kind = "article_missing",
                                       .item = absl::StrCat(missing),
                                       .detail = absl::StrCat(missing),
                                       .line = line}));
  }
  ArticleLeaf leaf;
  leaf.article = number;
  leaf.chapter = part.chapters.empty() ? 0 : part.chapters.back().number;
  leaf.line = line;
  leaf.body.Append(rest, line);
  TakeTitle(&leaf);
  leaf.heading = leaf.title;
  if (number != before + 1) counted_ = false;
  leaf.is_goal = leaf.title == kGoal;
  if (!leaf.is_goal) ++ordinal_;
  leaf.ordinal = counted_ ? ordinal_ : 0;
  part.articles.push_back({number, leaf.title, line});
  part.leaves.push_back(std::move(leaf));
  open_ = true;
  return absl::OkStatus();
}

absl::Status Reader::BeginSub(int number, absl::string_view rest, int line) {
  FinishLeaf();
  ArticleLeaf leaf = part.leaves.back();
  const int before = leaf.sub;
  if (number <= before) {
    return absl::InvalidArgumentError(absl::StrCat("line ", line, ": item ", number, " of article ",
                                                   leaf.article, " stands after item ", before));
  }
  for (int missing = before + 1; missing < number; ++missing) {
    const std::string item = absl::StrCat(leaf.article, "(", missing, ")");
    part.defects.push_back(
        MakeDefect({.kind = "article_missing", .item = item, .detail = item, .line = line}));
  }
  // The first item takes the place of the article, which so far was one leaf with an empty body.
  if (before == 0) part.leaves.back().is_intro = true;
  if (before == 0 && leaf.body.text.empty()) part.leaves.pop_back();
  leaf.sub = number;
  leaf.line = line;
  leaf.body = {};
  leaf.body.Append(rest, line);
  leaf.has_units = false;
  leaf.lead = {};
  leaf.support = {};
  TakeTitle(&leaf);
  part.leaves.push_back(std::move(leaf));
  open_ = true;
  return absl::OkStatus();
}

// The title is the first sentence.
void Reader::TakeTitle(ArticleLeaf* leaf) {
  const size_t stop = leaf->body.text.find(U'。');
  const size_t end = stop == std::u32string::npos ? leaf->body.text.size() : stop;
  leaf->title = Normalize(ToUtf8(leaf->body.text.substr(0, end)));
  const size_t after = stop == std::u32string::npos ? end : end + 1;
  leaf->body = Slice(leaf->body, after, leaf->body.text.size());
}

void Reader::FinishLeaf() {
  if (!open_) return;
  open_ = false;
  TakeUnits(&part.leaves.back());
}

// "…（A、B负责，C、D配合）" at the very end. Brackets come in both widths, also mixed.
void Reader::TakeUnits(ArticleLeaf* leaf) {
  const std::u32string& text = leaf->body.text;
  size_t end = text.size();
  while (end > 0 && (text[end - 1] == U' ' || text[end - 1] == U'。')) --end;
  if (end == 0 || (text[end - 1] != U')' && text[end - 1] != U'）')) return;
  const size_t open = text.find_last_of(U"(（", end - 1);
  if (open == std::u32string::npos) return;
  const int line = leaf->body.lines[open];
  const LinedText list = Normalize(Slice(leaf->body, open + 1, end - 1));
  const std::u32string lead_word = U"负责";
  const std::u32string support_word = U"配合";
  const size_t size = list.text.size();
  const size_t lead_end = list.text.find(lead_word);
  const bool has_lead = lead_end != std::u32string::npos;
  const bool has_support = size >= support_word.size() &&
                           list.text.compare(size - support_word.size(), size, support_word) == 0;
  if (!has_lead && !has_support) return;
  size_t from = has_lead ? lead_end + lead_word.size() : 0;
  if (from < size && list.text[from] == U'，') ++from;
  if (!has_lead || (from < size && !has_support)) {
    const std::string read = Shorten(ToUtf8(list.text), 80);
    part.defects.push_back(MakeDefect({.kind = "unit_list_unread",
                                       .item = leaf->Item(),
                                       .line = line,
                                       .readings = {{"article", "units", read, line}}}));
  }
  leaf->has_units = true;
  leaf->units_line = line;
  if (has_lead) leaf->lead = Slice(list, 0, lead_end);
  leaf->support = Slice(list, from, has_support ? size - support_word.size() : size);
  leaf->body = Slice(leaf->body, 0, open);
}

}  // namespace

std::string ArticleLeaf::Item() const {
  return sub == 0 ? absl::StrCat(article) : absl::StrCat(article, "(", sub, ")");
}

std::string ArticleLeaf::Label() const {
  const std::string label = absl::StrCat("第", ChineseNumeral(article), "条");
  return sub == 0 ? label : absl::StrCat(label, "（", ChineseNumeral(sub), "）");
}

absl::StatusOr<ArticlePart> ReadArticles(const std::vector<Line>& lines) {
  Reader reader;
  if (absl::Status status = reader.Read(lines); !status.ok()) return status;
  return std::move(reader.part);
}

}  // namespace guitu::aggregates::plan
