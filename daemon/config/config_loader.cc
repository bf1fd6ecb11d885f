#include "daemon/config/config_loader.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/ip.h"
#include "lib/base/status_macros.h"

namespace srpce::config {
namespace {

constexpr char kAgentSouthbound[] = "agent";
// Names the daemon gives to sources of its own (what agents report of their interfaces).
constexpr char kReservedSourcePrefix[] = "agent:";

// What a single field cannot tell: how fields go together.
class Checker {
 public:
  Checker(const v1::Config& config, std::string file, const LineMap& lines,
          const PluginNames& plugins)
      : config_(config), file_(std::move(file)), lines_(lines), plugins_(plugins) {}

  absl::Status Check() {
    CheckListenAddress("grpc.listen_address", config_.grpc().listen_address(),
                       /*unix_allowed=*/true);
    if (!config_.metrics().listen_address().empty()) {
      CheckListenAddress("metrics.listen_address", config_.metrics().listen_address(),
                         /*unix_allowed=*/false);
    }
    CheckName("store.plugin", config_.store().plugin(), plugins_.stores);
    if (config_.store().path().empty()) {
      Error("store.path", "got '', want a path");
    }
    if (config_.engine().bad_news_quiet_ms() > config_.engine().bad_news_max_wait_ms()) {
      Error("engine.bad_news_quiet_ms", absl::StrCat("got ", config_.engine().bad_news_quiet_ms(),
                                                     ", want at most bad_news_max_wait_ms, ",
                                                     config_.engine().bad_news_max_wait_ms()));
    }
    CheckHeadends();
    CheckSources();
    return errors_.empty() ? absl::OkStatus()
                           : absl::InvalidArgumentError(absl::StrJoin(errors_, "\n"));
  }

 private:
  void Error(const std::string& path, absl::string_view what) {
    const auto line = lines_.find(path);
    errors_.push_back(absl::StrCat(file_, ":",
                                   line == lines_.end() ? "" : absl::StrCat(line->second, ":"), " ",
                                   path, ": ", what));
  }

  void CheckListenAddress(const std::string& path, const std::string& text, bool unix_allowed) {
    const auto address = ParseListenAddress(text);
    if (!address.ok()) {
      Error(path, address.status().message());
    } else if (!unix_allowed && !address->unix_path.empty()) {
      Error(path, absl::StrCat("got '", text, "', want \"host:port\""));
    }
  }

  void CheckName(const std::string& path, const std::string& name,
                 const std::vector<std::string>& known) {
    for (const std::string& candidate : known) {
      if (candidate == name) {
        return;
      }
    }
    Error(path, absl::StrCat("got '", name, "', want one of ", absl::StrJoin(known, ", ")));
  }

  void CheckHeadends() {
    std::set<std::string> seen;
    for (int i = 0; i < config_.headends_size(); ++i) {
      const v1::Headend& headend = config_.headends(i);
      const std::string path = absl::StrCat("headends[", i, "]");
      if (headend.headend().empty()) {
        Error(path + ".headend", "got '', want a node id or '*'");
      } else if (!seen.insert(headend.headend()).second) {
        Error(path + ".headend", absl::StrCat("'", headend.headend(), "' is configured twice"));
      }
      CheckName(path + ".southbound", headend.southbound(), plugins_.southbounds);
      CheckToken(path, headend);
    }
  }

  void CheckToken(const std::string& path, const v1::Headend& headend) {
    if (headend.southbound() != kAgentSouthbound) {
      if (headend.has_token_file()) {
        Error(path + ".token_file",
              absl::StrCat("only southbound agent has tokens, got ", headend.southbound()));
      }
    } else if (headend.has_token_file() && headend.headend() == "*") {
      Error(path + ".headend", "got '*', want a node id: a token names one headend");
    } else if (!headend.has_token_file() && !config_.agents().allow_anonymous()) {
      Error(path,
            "token_file is missing: southbound agent needs one, unless agents.allow_anonymous");
    }
  }

  void CheckSources() {
    std::set<std::string> seen;
    for (int i = 0; i < config_.sources_size(); ++i) {
      const v1::Source& source = config_.sources(i);
      const std::string path = absl::StrCat("sources[", i, "]");
      CheckName(path + ".plugin", source.plugin(), plugins_.topology_sources);
      if (source.name().empty()) {
        Error(path + ".name", "got '', want a name");
      } else if (absl::StartsWith(source.name(), kReservedSourcePrefix)) {
        Error(path + ".name", absl::StrCat("got '", source.name(), "', names that begin with '",
                                           kReservedSourcePrefix, "' are the daemon's own"));
      } else if (!seen.insert(source.name()).second) {
        Error(path + ".name", absl::StrCat("'", source.name(), "' is configured twice"));
      }
    }
  }

  const v1::Config& config_;
  const std::string file_;
  const LineMap lines_;
  const PluginNames& plugins_;
  std::vector<std::string> errors_;
};

}  // namespace

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text) {
  const auto error = [text] {
    return absl::InvalidArgumentError(
        absl::StrCat("got '", text, "', want \"host:port\", \"[v6]:port\" or \"unix:/path\""));
  };
  ListenAddress address;
  if (absl::StartsWith(text, "unix:")) {
    address.unix_path = std::string(text.substr(5));
    return address.unix_path.empty() ? error() : absl::StatusOr<ListenAddress>(address);
  }
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) {
    return error();
  }
  absl::string_view host = text.substr(0, colon);
  if (host.front() == '[') {
    if (host.back() != ']' || !Ipv6Address::Parse(host.substr(1, host.size() - 2)).ok()) {
      return error();
    }
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != absl::string_view::npos) {
    // An IPv6 address without brackets: which colon begins the port is anyone's guess.
    return error();
  }
  address.host = std::string(host);
  constexpr int kMaxPort = 65535;
  if (!absl::SimpleAtoi(text.substr(colon + 1), &address.port) || address.port < 0 ||
      address.port > kMaxPort) {
    return error();
  }
  return address;
}

absl::Status CheckConfig(const v1::Config& config, const std::string& file,
                         const PluginNames& plugins) {
  return Checker(config, file, /*lines=*/{}, plugins).Check();
}

absl::StatusOr<v1::Config> ParseConfig(absl::string_view yaml, const std::string& file,
                                       const std::string& config_dir, const PluginNames& plugins) {
  v1::Config config;
  LineMap lines;
  SRPCE_RETURN_IF_ERROR(YamlToProto(yaml, file, {{"config_dir", config_dir}}, &config, &lines));
  SRPCE_RETURN_IF_ERROR(Checker(config, file, lines, plugins).Check());
  return config;
}

absl::StatusOr<v1::Config> LoadConfig(const std::string& path, const PluginNames& plugins) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": is a folder, want a YAML file"));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    const int cause = errno;
    return absl::ErrnoToStatus(cause, absl::StrCat(path, ": cannot read"));
  }
  std::stringstream text;
  text << in.rdbuf();
  const std::filesystem::path folder = std::filesystem::absolute(path, error).parent_path();
  return ParseConfig(text.str(), path, folder.string(), plugins);
}

}  // namespace srpce::config
