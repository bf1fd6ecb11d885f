// daemon/srpcectl/main.cc -- the command line client of srpced.
#include "daemon/srpcectl/context.h"

int main(int argc, char** argv) {
  srpce::ctl::Context context;
  CLI::App app("", "srpcectl");
  srpce::ctl::BuildApp(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;  // --help is no failure; 2 and above mean something else.
  }
  return context.run();
}
