# Third-party packages, all from Debian 12. Found once, here.
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(Protobuf CONFIG QUIET)
find_package(Protobuf REQUIRED)
find_package(gRPC REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(MNL REQUIRED IMPORTED_TARGET libmnl)
pkg_check_modules(CLP REQUIRED IMPORTED_TARGET clp)
find_package(CLI11 REQUIRED)
if(NOT SRPCE_FUZZ)
  find_package(GTest)  # The programs build without it, as deploy/quickstart does.
endif()

# LEMON's own CMake config defines no target.
find_library(SRPCE_LEMON_LIBRARY NAMES lemon REQUIRED)
add_library(srpce_lemon INTERFACE)
add_library(srpce::lemon ALIAS srpce_lemon)
target_link_libraries(srpce_lemon INTERFACE ${SRPCE_LEMON_LIBRARY})
