// Reads the articles: 第N章, 第N条, （N）, each with its title, body and 负责/配合 list.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "aggregates/plan/plan_document.h"
#include "aggregates/plan/plan_text.h"

namespace guitu::aggregates::plan {

struct Chapter {
  int number = 0;
  std::string title;  // without spaces.
  int line = 0;
};

// The smallest piece of an article that is a task of its own: （一） of article 8, or all of
// article 16.
struct ArticleLeaf {
  int article = 0;
  int sub = 0;  // 0: the article has no （N）.
  int chapter = 0;
  int ordinal = 0;  // of the article in its chapter, 工作目标 not counted: the （N） of the
                    // table. 0 after a missing article: its number is not known.
  std::string heading;  // title of the article.
  std::string title;    // own title; that of the article if sub is 0.
  LinedText body;       // without title and unit list.
  int line = 0;
  bool is_goal = false;     // 工作目标: the aim of a chapter, no task.
  bool is_intro = false;    // words before the （N） of an article.
  bool has_units = false;   // ended in a list （…负责…）.
  LinedText lead, support;  // names joined by "、".
  int units_line = 0;

  std::string Item() const;   // "8(1)", "16"
  std::string Label() const;  // "第八条（一）"
};

struct ArticlePart {
  std::vector<Chapter> chapters;
  std::vector<PlanArticle> articles;
  std::vector<ArticleLeaf> leaves;  // in the order of the document.
  std::vector<PlanDefect> defects;  // articles that are missing, lists that cannot be read.
  size_t end = 0;                   // index of the first line of the table.
};

// Errors: InvalidArgument if there is no article or they do not count upwards, DataLoss if the
// document ends before its table.
absl::StatusOr<ArticlePart> ReadArticles(const std::vector<Line>& lines);

}  // namespace guitu::aggregates::plan
