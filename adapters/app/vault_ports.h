// The vault as the runtime's ports: sealer and source of data keys. The log's own key, for request
// hashes of commands about nobody, is a named key of the vault and goes by the empty key id.
#pragma once

#include <memory>
#include <string>

#include "adapters/crypto/vault.h"
#include "adapters/runtime/ports.h"

namespace guitu::app {

class VaultPorts final : public events::Sealer, public runtime::KeySource {
 public:
  static absl::StatusOr<std::unique_ptr<VaultPorts>> Make(crypto::Vault& vault);

  uint8_t suite() const override { return vault_.suite(); }
  absl::StatusOr<std::string> Seal(const events::BoxBinding& binding,
                                   absl::string_view plain) override {
    return vault_.Seal(binding, plain);
  }
  absl::StatusOr<std::string> Open(const events::BoxBinding& binding,
                                   absl::string_view sealed) override {
    return vault_.Open(binding, sealed);
  }
  absl::StatusOr<events::RequestHash> Mac(events::KeyId key, absl::string_view message) override;
  absl::StatusOr<events::KeyId> TakeFreshKey() override { return vault_.TakeFreshKey(); }
  events::KeyId LogKey() const override { return {}; }

 private:
  VaultPorts(crypto::Vault& vault, crypto::Secret log_key)
      : vault_(vault), log_key_(std::move(log_key)) {}
  crypto::Vault& vault_;
  crypto::Secret log_key_;
};

}  // namespace guitu::app
