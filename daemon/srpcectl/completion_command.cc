// daemon/srpcectl/completion_command.cc -- srpcectl completion bash|zsh|fish.
#include <memory>
#include <string>

#include "daemon/srpcectl/completion.h"
#include "daemon/srpcectl/context.h"

namespace srpce::ctl {

void AddCompletionCommand(CLI::App& app, Context& context) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("completion", "Print a script that completes command lines");
  command->add_option("shell", *shell, "The shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""))
      ->type_name("bash|zsh|fish");
  command->footer(
      "Examples:\n"
      "  source <(srpcectl completion bash)\n"
      "  srpcectl completion zsh > ~/.zfunc/_srpcectl\n"
      "  srpcectl completion fish | source");
  command->callback([shell, &app, &context] {
    context.run = [shell, &app] {
      std::cout << (*shell == "bash"  ? BashCompletion(app)
                    : *shell == "zsh" ? ZshCompletion(app)
                                      : FishCompletion(app));
      return kOk;
    };
  });
}

}  // namespace srpce::ctl
