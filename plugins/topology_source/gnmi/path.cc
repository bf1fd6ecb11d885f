#include "plugins/topology_source/gnmi/path.h"

#include <map>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace srpce::gnmi_source {
namespace {

absl::Status Mistake(absl::string_view text, absl::string_view want) {
  return absl::InvalidArgumentError(absl::StrCat("got '", text, "', want ", want));
}

// Reads the text of one elem from `at` to the "/" that ends it.
class Reader {
 public:
  explicit Reader(absl::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }

  absl::Status ReadElem(PathElem& elem) {
    if (text_[at_] != '/') {
      return Mistake(text_, "a path that begins with /");
    }
    const size_t begin = ++at_;
    while (!done() && text_[at_] != '/' && text_[at_] != '[') {
      ++at_;
    }
    elem.name = std::string(text_.substr(begin, at_ - begin));
    if (elem.name.empty()) {
      return Mistake(text_, "a name after each /");
    }
    while (!done() && text_[at_] == '[') {
      if (absl::Status status = ReadKey(elem); !status.ok()) {
        return status;
      }
    }
    return done() || text_[at_] == '/' ? absl::OkStatus() : Mistake(text_, "/ or [ after ]");
  }

 private:
  absl::Status ReadKey(PathElem& elem) {
    const size_t equals = text_.find('=', at_);
    if (equals == absl::string_view::npos || equals == at_ + 1) {
      return Mistake(text_, "[key=value]");
    }
    std::string name(text_.substr(at_ + 1, equals - at_ - 1));
    std::string value;
    for (at_ = equals + 1; !done() && text_[at_] != ']'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
      }
      value += text_[at_];
    }
    if (done()) {
      return Mistake(text_, "a ] after each [");
    }
    ++at_;
    elem.keys.emplace_back(std::move(name), std::move(value));
    return absl::OkStatus();
  }

  const absl::string_view text_;
  size_t at_ = 0;
};

void AppendKey(absl::string_view name, absl::string_view value, std::string& text) {
  absl::StrAppend(&text, "[", name, "=");
  for (const char c : value) {
    if (c == ']' || c == '\\') {
      text += '\\';
    }
    text += c;
  }
  text += ']';
}

void AppendText(const gnmi::Path& path, std::string& text) {
  for (const gnmi::PathElem& elem : path.elem()) {
    absl::StrAppend(&text, "/", elem.name());
    const std::map<std::string, std::string> sorted(elem.key().begin(), elem.key().end());
    for (const auto& [name, value] : sorted) {
      AppendKey(name, value, text);
    }
  }
}

}  // namespace

absl::StatusOr<Path> ParsePath(absl::string_view text) {
  if (text.empty()) {
    return Mistake(text, "a path that begins with /");
  }
  Path path;
  Reader reader(text);
  while (!reader.done()) {
    if (absl::Status status = reader.ReadElem(path.emplace_back()); !status.ok()) {
      return status;
    }
  }
  return path;
}

std::string ToText(const Path& path) {
  std::string text;
  for (const PathElem& elem : path) {
    absl::StrAppend(&text, "/", elem.name);
    for (const auto& [name, value] : elem.keys) {
      AppendKey(name, value, text);
    }
  }
  return text;
}

std::string NamesOf(const Path& path) {
  std::string names;
  for (const PathElem& elem : path) {
    absl::StrAppend(&names, "/", WithoutModule(elem.name));
  }
  return names;
}

const gnmi::PathElem& UpdatePath::elem(size_t i) const {
  const int index = static_cast<int>(i);
  return index < prefix.elem_size() ? prefix.elem(index) : path.elem(index - prefix.elem_size());
}

bool UpdatePath::Begins(const Path& other) const {
  if (size() > other.size()) {
    return false;
  }
  for (size_t i = 0; i < size(); ++i) {
    if (WithoutModule(elem(i).name()) != WithoutModule(other[i].name)) {
      return false;
    }
  }
  return true;
}

void AppendNames(const gnmi::Path& path, std::string& names) {
  constexpr size_t kMaxNames = 512;
  for (int i = 0; i < path.elem_size() && names.size() < kMaxNames; ++i) {
    absl::StrAppend(&names, "/", WithoutModule(path.elem(i).name()).substr(0, kMaxNames));
  }
}

std::string UpdatePath::ToText() const {
  std::string text;
  AppendText(prefix, text);
  AppendText(path, text);
  return text;
}

gnmi::Path ToProto(const Path& path) {
  gnmi::Path result;
  for (const PathElem& elem : path) {
    gnmi::PathElem& to = *result.add_elem();
    to.set_name(elem.name);
    for (const auto& [name, value] : elem.keys) {
      if (!absl::EndsWith(value, "*")) {
        (*to.mutable_key())[name] = value;
      }
    }
  }
  return result;
}

absl::string_view WithoutModule(absl::string_view name) {
  const size_t colon = name.find(':');
  return colon == absl::string_view::npos ? name : name.substr(colon + 1);
}

bool Matches(absl::string_view pattern, absl::string_view text) {
  return absl::ConsumeSuffix(&pattern, "*") ? absl::StartsWith(text, pattern) : text == pattern;
}

}  // namespace srpce::gnmi_source
