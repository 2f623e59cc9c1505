#include "tests/tidy/code_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace guitu::tidy {
namespace {

class Splitter {
 public:
  explicit Splitter(absl::string_view text) : text_(text) {}

  CodeText Run() {
    NewLine();
    while (at_ < text_.size()) {
      if (text_[at_] == '\n') {
        ++at_;
        if (at_ < text_.size()) NewLine();
      } else if (Ahead("//")) {
        at_ += 2;
        while (at_ < text_.size() && text_[at_] != '\n') out_.comment.back() += text_[at_++];
      } else if (Ahead("/*")) {
        at_ += 2;
        Comment();
      } else if (Ahead("R\"") && !InWord()) {
        RawString();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !InNumber())) {
        Literal(text_[at_]);
      } else {
        out_.code.back() += text_[at_++];
      }
    }
    return std::move(out_);
  }

 private:
  bool Ahead(absl::string_view mark) const { return text_.substr(at_, mark.size()) == mark; }

  bool InWord() const {
    return at_ > 0 && (absl::ascii_isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0 ||
                       text_[at_ - 1] == '_');
  }

  // A ' between hexadecimal digits separates digits.
  bool InNumber() const {
    return at_ > 0 && at_ + 1 < text_.size() &&
           absl::ascii_isxdigit(static_cast<unsigned char>(text_[at_ - 1])) != 0 &&
           absl::ascii_isxdigit(static_cast<unsigned char>(text_[at_ + 1])) != 0;
  }

  void NewLine() {
    out_.code.emplace_back();
    out_.comment.emplace_back();
  }

  void Comment() {
    while (at_ < text_.size() && !Ahead("*/")) {
      if (text_[at_] == '\n') {
        NewLine();
      } else {
        out_.comment.back() += text_[at_];
      }
      ++at_;
    }
    at_ += 2;
  }

  void Literal(char quote) {
    out_.code.back() += {quote, quote};
    for (++at_; at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ < text_.size() && text_[at_] == quote) ++at_;
  }

  void RawString() {
    out_.code.back() += "\"\"";
    const size_t open = text_.find('(', at_);
    if (open == absl::string_view::npos) {
      at_ = text_.size();
      return;
    }
    const std::string close = absl::StrCat(")", text_.substr(at_ + 2, open - at_ - 2), "\"");
    const size_t end = text_.find(close, open);
    const size_t stop = end == absl::string_view::npos ? text_.size() : end + close.size();
    for (; at_ < stop; ++at_) {
      if (text_[at_] == '\n') NewLine();
    }
  }

  absl::string_view text_;
  size_t at_ = 0;
  CodeText out_;
};

}  // namespace

CodeText SplitCode(absl::string_view text) { return Splitter(text).Run(); }

}  // namespace guitu::tidy
