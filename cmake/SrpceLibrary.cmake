# srpce_library(<name> [SOURCES a.cc ...] [HEADERS a.h ...] [DEPS base graph ...] [LINK absl::status ...])
#
# Declares the library of the folder it is called in as srpce::<name>. DEPS names other srpce libraries
# and is the only way to reach their headers' code; tests/layers/check_layers.py holds each #include in the folder
# to this list. LINK names third-party targets.
#
# srpce_executable(<name> SOURCES ... DEPS ... LINK ...) is the same for programs.
# srpce_test(<name> SOURCES ... DEPS ... [LABELS ...]) is the same for one GoogleTest binary. Its folder under tests/ is its first label.
set(SRPCE_WARNINGS -Wall -Wextra -Wpedantic -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # gcc 12 warns of overlaps inside std::string concatenation that cannot be (gcc bug 105651).
  list(APPEND SRPCE_WARNINGS -Wno-restrict)
endif()
if(SRPCE_WERROR)
  list(APPEND SRPCE_WARNINGS -Werror)
endif()
# What gcc 12 concludes from data flow after inlining is often wrong, more so with sanitizers: shown, not fatal there.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(SRPCE_FLOW_WARNINGS -Wno-error=array-bounds -Wno-error=maybe-uninitialized -Wno-error=stringop-overflow
      -Wno-error=use-after-free -Wno-error=restrict)
endif()
if(SRPCE_SANITIZE)
  list(APPEND SRPCE_WARNINGS ${SRPCE_FLOW_WARNINGS})
endif()
if(SRPCE_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND SRPCE_WARNINGS -Wno-tsan)  # Fences, which ThreadSanitizer does not see, are Asio's; its queues are locked as well.
endif()

function(_srpce_settings target scope)
  target_include_directories(${target} ${scope} ${PROJECT_SOURCE_DIR})
  if(NOT scope STREQUAL "INTERFACE")
    target_compile_options(${target} PRIVATE ${SRPCE_WARNINGS})
  endif()
endfunction()

# A header whose .cc includes it first is known to compile alone; tests/layers holds each .cc to that. The others are
# what the target all_verify_interface_header_sets compiles.
function(_srpce_headers_to_verify target scope headers sources)
  set(alone)
  foreach(header ${headers})
    string(REGEX REPLACE "\\.h$" ".cc" source ${header})
    if(NOT source IN_LIST sources)
      list(APPEND alone ${header})
    endif()
  endforeach()
  if(alone)
    target_sources(${target} ${scope} FILE_SET alone TYPE HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${alone})
    set_target_properties(${target} PROPERTIES INTERFACE_HEADER_SETS_TO_VERIFY alone)
  else()
    set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS OFF)
  endif()
endfunction()

function(srpce_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;DEPS;LINK" ${ARGN})
  set(target srpce_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(srpce::${name} ALIAS ${target})
  if(ARG_HEADERS)
    target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ARG_HEADERS})
    _srpce_headers_to_verify(${target} ${scope} "${ARG_HEADERS}" "${ARG_SOURCES}")
  endif()
  _srpce_settings(${target} ${scope})
  list(TRANSFORM ARG_DEPS PREPEND srpce::)
  target_link_libraries(${target} ${scope} ${ARG_DEPS} ${ARG_LINK})
  set_property(GLOBAL APPEND PROPERTY SRPCE_LIBRARIES ${target})
endfunction()

function(srpce_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LINK" ${ARGN})
  string(REPLACE "-" "_" target ${name})
  add_executable(${target} ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  _srpce_settings(${target} PRIVATE)
  list(TRANSFORM ARG_DEPS PREPEND srpce::)
  target_link_libraries(${target} PRIVATE ${ARG_DEPS} ${ARG_LINK})
endfunction()

# srpce_command_line(<target> ...): nothing but reading options and printing. CLI11's templates take minutes under
# UndefinedBehaviorSanitizer; AddressSanitizer stays.
function(srpce_command_line)
  if(SRPCE_SANITIZE)
    foreach(target ${ARGN})
      target_compile_options(${target} PRIVATE -O0 -fno-sanitize=undefined)
    endforeach()
  endif()
endfunction()

function(_srpce_test_settings name)
  _srpce_settings(${name} PRIVATE)
  # A test names the fields it is about; gcc 12 would have all of them.
  target_compile_options(${name} PRIVATE -Wno-missing-field-initializers -pthread)
  if(SRPCE_SANITIZE MATCHES "undefined")
    # The checks are for the code under test; in the tests themselves they would double the compile time.
    target_compile_options(${name} PRIVATE -fno-sanitize=undefined -O0)
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    # The code under test is optimised; the tests themselves are compiled quickly.
    target_compile_options(${name} PRIVATE -O1 ${SRPCE_FLOW_WARNINGS})
  endif()
  target_link_libraries(${name} PRIVATE GTest::gmock_main)
endfunction()

# Compiled once for all tests: a third of what most of them cost.
function(_srpce_test_pch)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/test_pch.cc CONTENT "")
  add_executable(srpce_test_pch EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/test_pch.cc)
  _srpce_test_settings(srpce_test_pch)
  target_precompile_headers(srpce_test_pch PRIVATE <gmock/gmock.h> <map> <optional> <set> <string> <vector>)
endfunction()

function(srpce_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LINK;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  _srpce_test_settings(${name})
  if(NOT TARGET srpce_test_pch)
    _srpce_test_pch()
  endif()
  target_precompile_headers(${name} REUSE_FROM srpce_test_pch)
  list(TRANSFORM ARG_DEPS PREPEND srpce::)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} ${ARG_LINK})
  target_compile_definitions(${name} PRIVATE SRPCE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SRPCE_BIN_DIR="${PROJECT_BINARY_DIR}/bin")
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  string(REGEX REPLACE "/.*" "" kind "${folder}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${kind};${ARG_LABELS}"
    ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/tsan.supp;UBSAN_OPTIONS=print_stacktrace=1")
endfunction()
