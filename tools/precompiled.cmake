# Precompiled headers: of the 2 to 3 s that a file takes, more than one goes into reading headers of
# libraries. Two sets, each made once: what our libraries share, and that with GoogleTest for the
# tests. Only headers from outside the tree, so editing one of ours makes no set anew.
#
# Every file includes what it uses all the same: presets tsan and fuzz build without these
# (GUITU_PCH=OFF), clang-tidy reads without these, and a set that does not fit is an error.
set(GUITU_PCH_HEADERS
  <algorithm> <array> <chrono> <condition_variable> <cstdint> <functional> <map> <memory> <mutex>
  <optional> <set> <span> <sstream> <string> <string_view> <thread> <tuple> <utility> <variant>
  <vector>
  <absl/container/flat_hash_map.h> <absl/container/flat_hash_set.h>
  <absl/status/status.h> <absl/status/statusor.h>
  <absl/strings/str_cat.h> <absl/strings/str_format.h> <absl/strings/str_join.h>
  <absl/strings/str_split.h> <absl/synchronization/mutex.h> <absl/time/clock.h> <absl/time/time.h>
  <capnp/dynamic.h> <capnp/generated-header-support.h> <capnp/message.h> <capnp/schema.h>
  <capnp/serialize.h>)

# Makes one set, as target NAME; further arguments are the headers.
function(guitu_add_precompiled name)
  set(source ${PROJECT_BINARY_DIR}/generated/${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Compiled for the precompiled header alone.\n")
  add_library(${name} OBJECT ${source})
  target_precompile_headers(${name} PRIVATE ${ARGN})
  target_link_libraries(${name} PRIVATE absl::flat_hash_map absl::flat_hash_set absl::status
    absl::statusor absl::strings absl::str_format absl::synchronization absl::time CapnProto::capnp)
endfunction()

# Every target of `folder` and below that is held to guitu_options takes the set `name`.
function(guitu_use_precompiled folder name)
  guitu_targets_below(${folder} targets)
  foreach(target IN LISTS targets)
    get_target_property(libraries ${target} LINK_LIBRARIES)
    if("guitu_options" IN_LIST libraries)
      target_precompile_headers(${target} REUSE_FROM ${name})
    endif()
  endforeach()
endfunction()

# g++ 12 inlines a little differently with a precompiled header, and then takes moves of std::string
# for out of bounds. The builds without keep these warnings.
target_compile_options(guitu_options
  INTERFACE -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow)

guitu_add_precompiled(guitu_precompiled ${GUITU_PCH_HEADERS})
foreach(folder IN ITEMS events aggregates projections adapters tools)
  guitu_use_precompiled(${PROJECT_SOURCE_DIR}/${folder} guitu_precompiled)
endforeach()
if(GUITU_TESTS)
  guitu_add_precompiled(guitu_test_precompiled ${GUITU_PCH_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
  target_link_libraries(guitu_test_precompiled PRIVATE GTest::gmock GTest::gtest)
  get_property(options DIRECTORY ${PROJECT_SOURCE_DIR}/tests PROPERTY COMPILE_OPTIONS)
  set_property(TARGET guitu_test_precompiled PROPERTY COMPILE_OPTIONS ${options})
  guitu_use_precompiled(${PROJECT_SOURCE_DIR}/tests guitu_test_precompiled)
endif()
