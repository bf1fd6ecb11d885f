// daemon/srpcectl/main.cc -- the command line client of srpced.
#include "daemon/srpcectl/context.h"

int main(int argc, char** argv) {
  srpce::ctl::Context context;
  CLI::App app("", "srpcectl");
  srpce::ctl::BuildApp(app, context);
  CLI11_PARSE(app, argc, argv);
  return context.run();
}
