#include "adapters/app/vault_ports.h"

#include "adapters/crypto/sha256.h"
#include "events/derive.h"

namespace guitu::app {

absl::StatusOr<std::unique_ptr<VaultPorts>> VaultPorts::Make(crypto::Vault& vault) {
  auto log_key = vault.NamedKey(crypto::kLogMacKey);
  if (!log_key.ok()) return log_key.status();
  return std::unique_ptr<VaultPorts>(new VaultPorts(vault, *std::move(log_key)));
}

absl::StatusOr<events::RequestHash> VaultPorts::Mac(events::KeyId key, absl::string_view message) {
  if (!key.empty()) return vault_.Mac(key, message);
  events::Hash256 mac = events::Hmac(crypto::Sha256, log_key_.view(), message);
  return events::IdFromBytes<events::RequestHash>(mac.view());
}

}  // namespace guitu::app
