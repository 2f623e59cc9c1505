// TLS for real: a certificate made here, the server, and our client as the other end.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <future>

#include "adapters/http/client.h"
#include "adapters/http/forwarder.h"
#include "tests/adapters/http/fixture.h"

namespace guitu::http {
namespace {

template <typename T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, std::integral_constant<decltype(Free), Free>>;

// A key and a self-signed certificate for 127.0.0.1, as PEM files.
struct CertificateFiles {
  std::string certificate;
  std::string key;

  explicit CertificateFiles(const std::string& prefix)
      : certificate(prefix + ".crt"), key(prefix + ".key") {
    Owned<EVP_PKEY, EVP_PKEY_free> pair(EVP_EC_gen("P-256"));
    Owned<X509, X509_free> x509(X509_new());
    X509_set_version(x509.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509.get()), 86400);
    X509_set_pubkey(x509.get(), pair.get());
    X509_NAME* name = X509_get_subject_name(x509.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("guitu test"), -1, -1, 0);
    X509_set_issuer_name(x509.get(), name);
    Owned<X509_EXTENSION, X509_EXTENSION_free> names(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"));
    X509_add_ext(x509.get(), names.get(), -1);
    X509_sign(x509.get(), pair.get(), EVP_sha256());
    Write(certificate, [&](FILE* file) { return PEM_write_X509(file, x509.get()); });
    Write(key, [&](FILE* file) {
      return PEM_write_PrivateKey(file, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

  template <typename WriteTo>
  static void Write(const std::string& path, WriteTo write_to) {
    FILE* file = fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(write_to(file), 1);
    fclose(file);
  }
};

class TlsTest : public ServerTest {
 protected:
  TlsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "guitu_tls_XXXXXX").string();
    dir_ = mkdtemp(pattern.data());
    mine_ = std::make_unique<CertificateFiles>(dir_ + "/mine");
    options_.tls = TlsFiles{mine_->certificate, mine_->key};
  }
  ~TlsTest() override { std::filesystem::remove_all(dir_); }

  ClientOptions ClientOf(const std::string& ca_file) {
    ClientOptions options;
    options.port = server_->port();
    options.is_tls = true;
    options.ca_file = ca_file;
    return options;
  }

  std::string dir_;
  std::unique_ptr<CertificateFiles> mine_;
};

TEST_F(TlsTest, CarriesManyRequestsOnOneConnection) {
  Start();
  Client client(ClientOf(mine_->certificate));
  for (int i = 0; i < 20; ++i) {
    auto response = client.Call("POST", i % 2 == 0 ? "/echo" : "/engine", {}, "[1]");
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->body, "[1]");
  }
  auto who = client.Call("GET", "/who/x");
  ASSERT_TRUE(who.ok());
  EXPECT_EQ(who->body, "GET x 127.0.0.1 - - tls");
  EXPECT_EQ(server_->counters().connections_accepted, 1u);
}

TEST_F(TlsTest, CarriesLargeBodiesBothWays) {
  RouteOptions large;
  large.body = BodyKind::kAny;
  large.body_bytes_max = 4 << 20;
  router_.Add("POST", "/any", large, [](Request request, const Responder& answer) {
    Response response;
    response.body = std::move(request.body);
    answer(std::move(response));
  });
  Start();
  Client client(ClientOf(mine_->certificate));
  const std::string body(3 << 20, 'x');
  auto response = client.Call("POST", "/any", {}, body);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, body);
}

TEST_F(TlsTest, RefusesWhatPlainHttpRefuses) {
  Start();
  Client client(ClientOf(mine_->certificate));
  auto response = client.Call("POST", "/echo", {}, std::string(2 << 20, 'x'));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 413);
}

TEST_F(TlsTest, IsNotTrustedByAClientThatKnowsAnotherCertificate) {
  Start();
  CertificateFiles other(dir_ + "/other");
  Client client(ClientOf(other.certificate));
  EXPECT_EQ(client.Call("GET", "/echo").status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, IsNotTrustedUnderAnotherName) {
  Start();
  ClientOptions options = ClientOf(mine_->certificate);
  options.host = "localhost";
  Client client(options);
  EXPECT_EQ(client.Call("GET", "/echo").status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, RefusesAKeyThatDoesNotFitTheCertificate) {
  CertificateFiles other(dir_ + "/other");
  options_.tls = TlsFiles{mine_->certificate, other.key};
  EXPECT_EQ(Server::Start(options_, Router()).status().code(), absl::StatusCode::kInvalidArgument);
}

class TlsForwarderTest : public TlsTest {
 protected:
  // One request by way of a forwarder that trusts `ca_file`.
  Response Forward(const std::string& ca_file, const std::string& host, int times = 1) {
    ForwarderOptions options;
    options.ca_file = ca_file;
    options.clock = &clock_;
    auto forwarder = Forwarder::Start(options);
    EXPECT_TRUE(forwarder.ok()) << forwarder.status();
    Request request;
    request.method = "GET";
    request.segments = {"who", "x"};
    Response answer;
    for (int i = 0; i < times; ++i) {
      std::promise<Response> promise;
      (*forwarder)
          ->Forward(host + ":" + std::to_string(server_->port()), request,
                    [&](Response response) { promise.set_value(std::move(response)); });
      answer = promise.get_future().get();
    }
    return answer;
  }
};

TEST_F(TlsForwarderTest, KeepsItsConnectionToAPeerItTrusts) {
  Start();
  Response answer = Forward(mine_->certificate, "https://127.0.0.1", 20);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "GET x 127.0.0.1 - - tls");
  EXPECT_EQ(server_->counters().connections_accepted, 1u);
  EXPECT_EQ(server_->counters().responses[2], 20u);
}

TEST_F(TlsForwarderTest, SaysNothingToAPeerItDoesNotTrust) {
  Start();
  CertificateFiles other(dir_ + "/other");
  for (const auto& [ca_file, host] :
       {std::pair<std::string, std::string>{other.certificate, "https://127.0.0.1"},
        {mine_->certificate, "https://localhost"},
        {"", "https://127.0.0.1"}}) {
    Response answer = Forward(ca_file, host);
    EXPECT_EQ(answer.status, 503);
    EXPECT_NE(answer.body.find("not-owner"), std::string::npos);
  }
  EXPECT_EQ(server_->counters().responses[2], 0u);
}

TEST_F(TlsForwarderTest, SaysNothingToAPeerThatSpeaksNoTls) {
  options_.tls.reset();
  Start();
  Response answer = Forward(mine_->certificate, "https://127.0.0.1");
  EXPECT_NE(answer.body.find("not-owner"), std::string::npos);
  EXPECT_EQ(server_->counters().responses[2], 0u);
}

TEST_F(TlsForwarderTest, RefusesAFileThatIsNoAuthority) {
  ForwarderOptions options;
  options.clock = &clock_;
  options.ca_file = dir_ + "/none";
  EXPECT_EQ(Forwarder::Start(options).status().code(), absl::StatusCode::kInvalidArgument);
}

// The handshake of a plain OpenSSL client; the version it got, or 0.
int Handshake(uint16_t port, int max_version, const std::string& alpn, std::string* chosen) {
  Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_max_proto_version(context.get(), max_version);
  Owned<BIO, BIO_free_all> bio(BIO_new_ssl_connect(context.get()));
  BIO_set_conn_hostname(bio.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  SSL* ssl = nullptr;
  BIO_get_ssl(bio.get(), &ssl);
  SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(alpn.data()),
                      static_cast<unsigned>(alpn.size()));
  if (BIO_do_handshake(bio.get()) != 1) return 0;
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  chosen->assign(reinterpret_cast<const char*>(protocol), size);
  return SSL_version(ssl);
}

TEST_F(TlsTest, SpeaksTls12And13ButNothingOlder) {
  Start();
  std::string chosen;
  EXPECT_EQ(Handshake(server_->port(), TLS1_3_VERSION, "\x08http/1.1", &chosen), TLS1_3_VERSION);
  EXPECT_EQ(chosen, "http/1.1");
  EXPECT_EQ(Handshake(server_->port(), TLS1_2_VERSION, "", &chosen), TLS1_2_VERSION);
  EXPECT_EQ(Handshake(server_->port(), TLS1_1_VERSION, "", &chosen), 0);
  EXPECT_EQ(Handshake(server_->port(), TLS1_3_VERSION, "\x02h2", &chosen), 0);
  EXPECT_EQ(Handshake(server_->port(), TLS1_3_VERSION, "\x02h2\x08http/1.1", &chosen),
            TLS1_3_VERSION);
  EXPECT_EQ(chosen, "http/1.1");
}

TEST_F(TlsTest, DropsAClientThatDoesNotSpeakTls) {
  Start();
  RawSocket socket = Connect();
  socket.Send(Get("/echo"));
  EXPECT_EQ(StatusOf(socket.ReadToEnd()), 0);
  AwaitCounters([](const Counters& c) { return c.connections_open == 0; });
}

TEST_F(TlsTest, EndsAHandshakeThatStalls) {
  Start();
  RawSocket socket = Connect();
  AwaitCounters([](const Counters& c) { return c.connections_open == 1; });
  clock_.Advance(absl::Seconds(11));
  EXPECT_EQ(socket.ReadToEnd(), "");
}

TEST_F(TlsTest, StopsWhileAHandshakeIsOpen) {
  Start();
  RawSocket socket = Connect();
  AwaitCounters([](const Counters& c) { return c.connections_open == 1; });
  server_->Stop(absl::Seconds(30));
  EXPECT_EQ(socket.ReadToEnd(), "");
}

}  // namespace
}  // namespace guitu::http
