#include "aggregates/registry/state.h"

namespace guitu::aggregates {
namespace {

template <typename T>
const T* Find(const Entries<T>& entries, absl::string_view key) {
  auto it = entries.find(key);
  return it == entries.end() ? nullptr : it->second.get();
}

}  // namespace

const Unit* RegistryState::FindUnit(absl::string_view code) const { return Find(units, code); }
const User* RegistryState::FindUser(absl::string_view staff) const { return Find(users, staff); }
const Role* RegistryState::FindRole(absl::string_view name) const { return Find(roles, name); }

const ItemApprovals& RegistryState::ApprovalsOf(const events::StreamId& item) const {
  static const auto* none = new ItemApprovals;
  auto it = approvals.find(item);
  return it == approvals.end() ? *none : *it->second;
}

std::vector<std::string> BureausOf(const RegistryState& registry, const Unit& unit) {
  std::vector<std::string> bureaus;
  const Unit* at = &unit;
  for (int step = 0; at != nullptr && step < 4; ++step) {
    size_t dash = at->code.rfind('-');
    bureaus.push_back(dash == std::string::npos ? at->code : at->code.substr(dash + 1));
    at = registry.FindUnit(at->parent);
  }
  return bureaus;
}

}  // namespace guitu::aggregates
