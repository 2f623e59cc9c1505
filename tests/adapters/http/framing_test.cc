// What a hostile client tries: each byte stream is refused, the connection closed after it, and
// what was smuggled behind it never reaches a handler.
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/adapters/http/fixture.h"

namespace guitu::http {
namespace {

class FramingTest : public ServerTest {
 protected:
  // `bytes`, then a request that must not be carried out.
  void ExpectRefused(const std::string& bytes, int status, const std::string& code) {
    SCOPED_TRACE(bytes.substr(0, 200));
    RawSocket socket = Connect();
    socket.Send(bytes);
    socket.Send(Get("/hold"));
    socket.ShutdownSend();
    std::string response = socket.ReadResponse();
    EXPECT_EQ(StatusOf(response), status);
    EXPECT_EQ(CodeOf(response), code);
    EXPECT_TRUE(absl::StrContains(response, "Connection: close\r\n"));
    EXPECT_EQ(socket.ReadToEnd(), "");
    EXPECT_EQ(held_.count(), 0u);
  }
};

const char kPost[] = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
const char kGet[] = "GET /echo HTTP/1.1\r\nHost: h\r\n";

TEST_F(FramingTest, RefusesAmbiguousHeads) {
  Start();
  const std::string post = kPost;
  const std::string get = kGet;
  for (const std::string& bytes : {
           post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
           post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
           post + "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
           post + "Content-Length: 2,2\r\n\r\n{}",
           post + "Content-Length: +2\r\n\r\n{}",
           post + "Content-Length: 0x2\r\n\r\n{}",
           post + "Content-Length: 2 \t2\r\n\r\n{}",
           post + "Content-Length: 18446744073709551618\r\n\r\n{}",
           post + "Content-Length : 2\r\n\r\n{}",
           post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: identity\r\n\r\n",
           post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding:\x0b"
                  "chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
           post + "X: a\r\n\tTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
           post + "X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           post + "X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           get + std::string("X: a\0b\r\n\r\n", 10),
           get + "X: \x02\r\n\r\n",
           get + "Host: g\r\n\r\n",
           std::string("GET /echo HTTP/1.1\r\n\r\n"),
           std::string("GET /echo HTTP/1.1\r\nHost: a b\r\n\r\n"),
           std::string("GET http://g/echo HTTP/1.1\r\nHost: h\r\n\r\n"),
           std::string("GET /echo\r\n\r\n"),
           std::string("GET /echo HTTP/2.0\r\nHost: h\r\n\r\n"),
           std::string("GET /echo HTTP/1.1\nHost: h\n\n"),
           std::string("\r\nGET /echo HTTP/1.1\r\nHost: h\r\n\r\n"),
           std::string("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
           std::string("\x16\x03\x01\x02\x00\x01\n\r\n", 9),  // TLS on a plain port
           std::string("GE\0T / HTTP/1.1\r\nHost: h\r\n\r\n", 28),
       }) {
    ExpectRefused(bytes, 400, "malformed");
  }
}

TEST_F(FramingTest, RefusesPathsThatHideSomething) {
  Start();
  for (const char* path :
       {"/a/../echo", "/%2e%2e/echo", "//echo", "/echo%00", "/echo%2Fx", "/%zz", "/echo%", "/%FF",
        "/echo#x", "/echo?a=1&a=2", "/echo\\x", "/./echo", "/echo\tx", "/echo\x7f"}) {
    ExpectRefused("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n", 400, "malformed");
  }
}

TEST_F(FramingTest, RefusesBrokenChunks) {
  Start();
  const std::string head = std::string(kPost) + "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::string& body : {
           std::string("2;a=b\r\n{}\r\n0\r\n\r\n"),                    // extension
           "2;" + std::string(40 << 10, 'a') + "\r\n{}\r\n0\r\n\r\n",  // a long one
           "2" + std::string(40 << 10, ' ') + "\r\n{}\r\n0\r\n\r\n",
           std::string(40 << 10, '0') + "2\r\n{}\r\n0\r\n\r\n",
           std::string("0;a=b\r\n\r\n"),                       // on the last chunk
           std::string("2\n{}\r\n0\r\n\r\n"),                  // bare LF
           std::string("2\r\n{}\n0\r\n\r\n"),                  //
           std::string("2 \r\n{}\r\n0\r\n\r\n"),               // space
           std::string(" 2\r\n{}\r\n0\r\n\r\n"),               //
           std::string("+2\r\n{}\r\n0\r\n\r\n"),               //
           std::string("0x2\r\n{}\r\n0\r\n\r\n"),              //
           std::string("-2\r\n{}\r\n0\r\n\r\n"),               //
           std::string("\r\n{}\r\n0\r\n\r\n"),                 // no size
           std::string("2\r\n{}X\r\n0\r\n\r\n"),               // longer than it says
           std::string("2\r\n{}\r\n0\r\nX: trailer\r\n\r\n"),  // trailer
           std::string("2\r\n{}\r\n0\r\n X\r\n\r\n"),          //
       }) {
    ExpectRefused(head + body, 400, "malformed");
  }
  ExpectRefused(head + "FFFFFFFFFFFFFFFF\r\n{}\r\n", 413, "body-too-large");
  ExpectRefused(head + "10000000000000002\r\n{}\r\n0\r\n\r\n", 400, "malformed");
}

TEST_F(FramingTest, RefusesWhatIsTooLong) {
  Start();
  const std::string get = kGet;
  ExpectRefused("GET /" + std::string(9 << 10, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414,
                "uri-too-long");
  ExpectRefused("GET /" + std::string(40 << 10, 'a'), 414, "uri-too-long");
  ExpectRefused(get + "X: " + std::string(40 << 10, 'a') + "\r\n\r\n", 431, "headers-too-large");
  std::string many = get;
  for (int i = 0; i < 70; ++i) many += "X" + std::to_string(i) + ": 1\r\n";
  ExpectRefused(many + "\r\n", 431, "headers-too-large");
}

TEST_F(FramingTest, ClosesOnHalfARequest) {
  Start();
  for (const std::string& half : {std::string("GET /ec"), std::string(kGet),
                                  std::string(kPost) + "Content-Length: 9\r\n\r\n{}"}) {
    RawSocket socket = Connect();
    socket.Send(half);
    socket.ShutdownSend();
    EXPECT_EQ(socket.ReadToEnd(), "");
  }
}

TEST_F(FramingTest, DeliversTheRefusalToAClientThatIsStillSending) {
  Start();
  RawSocket socket = Connect();
  socket.Send(std::string(kPost) + "Content-Length: 900000000\r\n\r\n");
  for (int i = 0; i < 8; ++i) socket.Send(std::string(64 << 10, 'x'));
  EXPECT_EQ(StatusOf(socket.ReadResponse()), 413);
}

}  // namespace
}  // namespace guitu::http
