// Internal to server.cc, the only file that includes it: Beast's framing of one request.
#pragma once

#include <algorithm>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <string>
#include <utility>

namespace guitu::http::internal {

namespace beast = boost::beast;
using boost::system::error_code;

// Beast's framing without Beast's field container: the fields were taken by ParseHead.
class BodyParser final : public beast::http::basic_parser<true> {
 public:
  std::string TakeBody() { return std::move(body_); }
  void Discard() { discard_ = true; }
  // Whether `consumed` bytes after the head are more than the chunks seen explain: Beast puts no
  // end to leading zeros of a chunk's size.
  bool IsPadded(size_t consumed) const {
    return chunked() && consumed - body_bytes_ > kChunkLineBytesMax * (chunks_ + 1);
  }
  static constexpr size_t kChunkLineBytesMax = 32;

 private:
  using Verb = beast::http::verb;
  using Field = beast::http::field;
  using View = beast::string_view;

  void on_request_impl(Verb, View, View, int, error_code&) override {}
  void on_response_impl(int, View, int, error_code&) override {}
  void on_field_impl(Field, View, View, error_code& ec) override {
    if (header_done_) ec = beast::http::error::bad_field;  // trailers: nobody here reads them
  }
  void on_header_impl(error_code&) override { header_done_ = true; }
  void on_body_init_impl(const boost::optional<uint64_t>& size, error_code&) override {
    if (size && !discard_) body_.reserve(static_cast<size_t>(std::min<uint64_t>(*size, 1 << 20)));
  }
  size_t on_body_impl(View data, error_code&) override {
    body_bytes_ += data.size();
    if (!discard_) body_.append(data.data(), data.size());
    return data.size();
  }
  void on_chunk_header_impl(uint64_t, View extensions, error_code& ec) override {
    ++chunks_;
    if (!extensions.empty()) ec = beast::http::error::bad_chunk_extension;
  }
  size_t on_chunk_body_impl(uint64_t, View data, error_code& ec) override {
    return on_body_impl(data, ec);
  }
  void on_finish_impl(error_code&) override {}

  std::string body_;
  size_t body_bytes_ = 0;
  size_t chunks_ = 0;
  bool header_done_ = false;
  bool discard_ = false;
};

}  // namespace guitu::http::internal
