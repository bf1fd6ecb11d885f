# Compiler settings every target shares: language level, sanitizers, ccache and a fast linker.
option(SRPCE_FUZZ "Build the libFuzzer targets instead of the tests" OFF)
option(SRPCE_WERROR "Treat compiler warnings as errors" OFF)
set(SRPCE_SANITIZE "" CACHE STRING "Value for -fsanitize=, for example address,undefined")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(SRPCE_CCACHE ccache)
if(SRPCE_CCACHE)
  # The base folder makes paths relative, so that two clones share one cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${SRPCE_CCACHE})
endif()
find_program(SRPCE_MOLD mold)
if(SRPCE_MOLD AND NOT SRPCE_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()

if(SRPCE_SANITIZE)
  # -O1 keeps sanitized tests fast enough for CI; -g1 keeps line numbers without the link cost of full DWARF.
  add_compile_options(-fsanitize=${SRPCE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g1)
  add_link_options(-fsanitize=${SRPCE_SANITIZE})
endif()
if(SRPCE_SANITIZE STREQUAL "thread")
  # Protobuf's map fields have other members where this is defined, and Debian's libprotobuf was built without; libstdc++ is to know.
  add_compile_options(-U__SANITIZE_THREAD__ -D_GLIBCXX_TSAN=1)
endif()
if(SRPCE_FUZZ)
  # Coverage for the fuzzer in every library, not only in the target itself.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-g1")
if(NOT SRPCE_SANITIZE)
  # For the target all_verify_interface_header_sets, which tests/layers runs: each header compiles alone.
  set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
endif()
