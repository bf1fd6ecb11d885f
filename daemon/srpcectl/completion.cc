// daemon/srpcectl/completion.cc
#include "daemon/srpcectl/completion.h"

#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace srpce::ctl {
namespace {

struct Option {
  std::vector<std::string> names;  // "-o", "--output".
  std::string help;
  std::vector<std::string> values;  // Where they are a known set.
  bool takes_value = false;
  bool takes_file = false;
};

// One command of the tree.
struct Command {
  std::vector<std::string> path;  // Empty: the program itself.
  std::string help;
  std::vector<const CLI::App*> children;
  std::vector<Option> options;
  std::vector<std::string> words;  // Values of positional arguments, where they are a known set.
};

// "table|json|yaml" -> its words; "FILE" -> none.
std::vector<std::string> WordsOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  if (!absl::StrContains(type, '|')) {
    return {};
  }
  return absl::StrSplit(type, '|');
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

Command Describe(const CLI::App& app, const std::vector<std::string>& path) {
  Command command{.path = path,
                  .help = FirstLine(app.get_description()),
                  .children = app.get_subcommands({}),
                  .options = {},
                  .words = {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->nonpositional()) {
      Option described;
      for (const std::string& name : option->get_snames()) {
        described.names.push_back("-" + name);
      }
      for (const std::string& name : option->get_lnames()) {
        described.names.push_back("--" + name);
      }
      described.help = FirstLine(option->get_description());
      described.values = WordsOf(*option);
      described.takes_value = option->get_items_expected_max() > 0;
      described.takes_file = absl::StartsWith(option->get_type_name(), "FILE");
      command.options.push_back(std::move(described));
    } else {
      const std::vector<std::string> words = WordsOf(*option);
      command.words.insert(command.words.end(), words.begin(), words.end());
    }
  }
  return command;
}

void Collect(const CLI::App& app, const std::vector<std::string>& path,
             std::vector<Command>& commands) {
  commands.push_back(Describe(app, path));
  for (const CLI::App* child : app.get_subcommands({})) {
    std::vector<std::string> child_path = path;
    child_path.push_back(child->get_name());
    Collect(*child, child_path, commands);
  }
}

std::vector<Command> Commands(const CLI::App& app) {
  std::vector<Command> commands;
  Collect(app, {}, commands);
  return commands;
}

std::string PathText(const std::vector<std::string>& path) {
  return absl::StrJoin(
      path, "", [](std::string* out, const std::string& word) { absl::StrAppend(out, "/", word); });
}

// Inside single quotes of any of the shells.
std::string Escaped(const std::string& text) { return absl::StrReplaceAll(text, {{"'", "'\\''"}}); }

std::vector<std::string> AllWords(const Command& command) {
  std::vector<std::string> words = command.words;
  for (const CLI::App* child : command.children) {
    words.push_back(child->get_name());
  }
  for (const Option& option : command.options) {
    words.insert(words.end(), option.names.begin(), option.names.end());
  }
  return words;
}

// The lines of a case statement that walk from a command to its subcommand.
std::string WalkCases(const std::vector<Command>& commands, const std::string& indent) {
  std::string text;
  for (const Command& command : commands) {
    if (!command.path.empty()) {
      const std::string path = PathText(command.path);
      absl::StrAppend(&text, indent, path, ") at=", path, ";;\n");
    }
  }
  return text;
}

// "-o|--output" -> what completes its value. Options of one name mean the same in all commands, but
// for their values' kind.
template <typename Write>
std::string ValueCases(const std::vector<Command>& commands, Write write) {
  std::string text;
  std::set<std::string> seen;
  for (const Command& command : commands) {
    for (const Option& option : command.options) {
      const std::string names = absl::StrJoin(option.names, "|");
      if (option.takes_value && seen.insert(names).second) {
        absl::StrAppend(&text, "    ", names, ") ", write(option), " return;;\n");
      }
    }
  }
  return text;
}

}  // namespace

std::string BashCompletion(const CLI::App& app) {
  const std::vector<Command> commands = Commands(app);
  std::string text = absl::StrCat(
      "# bash completion of srpcectl. Use: source <(srpcectl completion bash)\n"
      "_srpcectl() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} at= i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$at/${COMP_WORDS[i]}\" in\n",
      WalkCases(commands, "      "),
      "    esac\n"
      "  done\n"
      "  case \"${COMP_WORDS[COMP_CWORD-1]}\" in\n",
      ValueCases(commands,
                 [](const Option& option) -> std::string {
                   if (option.takes_file) {
                     return "COMPREPLY=($(compgen -f -- \"$cur\"));";
                   }
                   return option.values.empty()
                              ? "COMPREPLY=();"
                              : absl::StrCat("COMPREPLY=($(compgen -W '",
                                             absl::StrJoin(option.values, " "), "' -- \"$cur\"));");
                 }),
      "  esac\n"
      "  case \"$at\" in\n");
  for (const Command& command : commands) {
    absl::StrAppend(&text, "    '", PathText(command.path), "') COMPREPLY=($(compgen -W '",
                    absl::StrJoin(AllWords(command), " "), "' -- \"$cur\"));;\n");
  }
  return absl::StrCat(text, "  esac\n}\ncomplete -F _srpcectl srpcectl\n");
}

std::string ZshCompletion(const CLI::App& app) {
  const std::vector<Command> commands = Commands(app);
  // In _describe's items a colon separates the word from its help.
  const auto item = [](const std::string& word, const std::string& help) {
    return absl::StrCat(" '", absl::StrReplaceAll(Escaped(word), {{":", "\\:"}}), ":",
                        Escaped(help), "'");
  };
  std::string text = absl::StrCat(
      "#compdef srpcectl\n"
      "# zsh completion of srpcectl. Use: source <(srpcectl completion zsh)\n"
      "_srpcectl() {\n"
      "  local at= i\n"
      "  local -a items\n"
      "  for ((i = 2; i < CURRENT; i++)); do\n"
      "    case \"$at/${words[i]}\" in\n",
      WalkCases(commands, "      "),
      "    esac\n"
      "  done\n"
      "  case \"${words[CURRENT-1]}\" in\n",
      ValueCases(commands,
                 [](const Option& option) -> std::string {
                   if (option.takes_file) {
                     return "_files;";
                   }
                   return option.values.empty()
                              ? "_message value;"
                              : absl::StrCat("compadd -- ", absl::StrJoin(option.values, " "), ";");
                 }),
      "  esac\n"
      "  case \"$at\" in\n");
  for (const Command& command : commands) {
    absl::StrAppend(&text, "    '", PathText(command.path), "') items=(");
    for (const std::string& word : command.words) {
      absl::StrAppend(&text, item(word, ""));
    }
    for (const CLI::App* child : command.children) {
      absl::StrAppend(&text, item(child->get_name(), FirstLine(child->get_description())));
    }
    for (const Option& option : command.options) {
      for (const std::string& name : option.names) {
        absl::StrAppend(&text, item(name, option.help));
      }
    }
    absl::StrAppend(&text, ");;\n");
  }
  return absl::StrCat(text, "  esac\n  _describe srpcectl items\n}\ncompdef _srpcectl srpcectl\n");
}

std::string FishCompletion(const CLI::App& app) {
  std::string text =
      "# fish completion of srpcectl. Use: srpcectl completion fish | source\n"
      "complete -c srpcectl -f\n";
  for (const Command& command : Commands(app)) {
    // The words so far name this command and none of its children.
    std::vector<std::string> conditions;
    for (const std::string& word : command.path) {
      conditions.push_back("__fish_seen_subcommand_from " + word);
    }
    std::vector<std::string> names;
    for (const CLI::App* child : command.children) {
      names.push_back(child->get_name());
    }
    std::vector<std::string> here = conditions;
    if (!names.empty()) {
      here.push_back("not __fish_seen_subcommand_from " + absl::StrJoin(names, " "));
    }
    const auto line = [&](const std::vector<std::string>& when, const std::string& rest,
                          const std::string& help) {
      absl::StrAppend(&text, "complete -c srpcectl",
                      when.empty() ? "" : absl::StrCat(" -n '", absl::StrJoin(when, "; and "), "'"),
                      rest, help.empty() ? "" : absl::StrCat(" -d '", Escaped(help), "'"), "\n");
    };
    for (const CLI::App* child : command.children) {
      line(here, " -a " + child->get_name(), FirstLine(child->get_description()));
    }
    for (const std::string& word : command.words) {
      line(here, " -a " + word, "");
    }
    for (const Option& option : command.options) {
      std::string rest;
      for (const std::string& name : option.names) {
        absl::StrAppend(&rest, absl::StartsWith(name, "--") ? " -l " + name.substr(2)
                                                            : " -s " + name.substr(1));
      }
      if (option.takes_value) {
        absl::StrAppend(&rest, option.takes_file ? " -r -F" : " -x",
                        option.values.empty()
                            ? ""
                            : absl::StrCat(" -a '", absl::StrJoin(option.values, " "), "'"));
      }
      line(conditions, rest, option.help);
    }
  }
  return text;
}

}  // namespace srpce::ctl
