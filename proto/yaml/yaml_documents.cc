#include "proto/yaml/yaml_documents.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <optional>
#include <sstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace srpce::config {
namespace {

// Notes where the last document began and whether it held anything.
class DocumentProbe : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { start = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  YAML::Mark start = YAML::Mark::null_mark();
};

// yaml-cpp 0.7 returns empty documents for ever from a text like ",": its parser does not consume a
// token that cannot start a document. Two documents that begin at the same place are that.
void RequireProgress(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentProbe probe;
  std::optional<int> last;
  while (parser.HandleNextDocument(probe)) {
    if (last == probe.start.pos) {
      throw YAML::ParserException(probe.start, "unexpected character");
    }
    last = probe.start.pos;
  }
}

}  // namespace

absl::StatusOr<std::vector<YAML::Node>> LoadDocuments(absl::string_view text,
                                                      const std::string& file) {
  try {
    const std::string copy(text);
    RequireProgress(copy);
    return YAML::LoadAll(copy);
  } catch (const YAML::Exception& e) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ":", e.mark.line + 1, ": not YAML: ", e.msg));
  }
}

}  // namespace srpce::config
