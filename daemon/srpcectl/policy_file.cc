// daemon/srpcectl/policy_file.cc
#include "daemon/srpcectl/policy_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "proto/yaml/yaml_to_proto.h"

namespace srpce::ctl {
namespace {

// The documents, each behind as many empty lines as stand before it in the file: so lines in errors
// are those of the file.
std::vector<std::string> SplitDocuments(absl::string_view text) {
  std::vector<std::string> documents(1);
  size_t line_number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    if (line == "---" || absl::StartsWith(line, "--- ") || line == "---\r") {
      documents.emplace_back(line_number, '\n');
      if (line.size() > 3) {
        documents.back().pop_back();
        absl::StrAppend(&documents.back(), "   ", line.substr(3), "\n");
      }
    } else if (line == "...") {
      documents.back() += '\n';
    } else {
      absl::StrAppend(&documents.back(), line, "\n");
    }
  }
  return documents;
}

enum class Shape { kEmpty, kOnePolicy, kSeveral };

// What a document is, without judging it: mistakes are the walker's to word.
Shape ShapeOf(const std::string& document) {
  try {
    const YAML::Node node = YAML::Load(document);
    if (!node.IsDefined() || node.IsNull()) {
      return Shape::kEmpty;
    }
    return node.IsMap() && node["policies"].IsDefined() ? Shape::kSeveral : Shape::kOnePolicy;
  } catch (const YAML::Exception&) {
    return Shape::kOnePolicy;
  }
}

// Candidate paths need discriminators that differ (RFC 9256 s2.5); who writes none means their
// order in the file.
void AddDiscriminators(v1::Policy& policy) {
  if (policy.candidate_paths_size() < 2) {
    return;
  }
  for (int i = 0; i < policy.candidate_paths_size(); ++i) {
    if (policy.candidate_paths(i).discriminator() == 0) {
      policy.mutable_candidate_paths(i)->set_discriminator(static_cast<uint32_t>(i) + 1);
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<v1::Policy>> ParsePolicies(absl::string_view text,
                                                      const std::string& file) {
  std::vector<v1::Policy> policies;
  std::vector<std::string> errors;
  for (const std::string& document : SplitDocuments(text)) {
    v1::ApplyPoliciesRequest request;
    absl::Status status;
    switch (ShapeOf(document)) {
      case Shape::kEmpty:
        continue;
      case Shape::kOnePolicy:
        status = config::YamlToProto(document, file, {}, request.add_policies(), nullptr);
        break;
      case Shape::kSeveral:
        status = config::YamlToProto(document, file, {}, &request, nullptr);
        break;
    }
    if (!status.ok()) {
      errors.push_back(std::string(status.message()));
    }
    policies.insert(policies.end(), request.policies().begin(), request.policies().end());
  }
  if (!errors.empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
  }
  if (policies.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": got no policy, want at least one"));
  }
  std::for_each(policies.begin(), policies.end(), AddDiscriminators);
  return policies;
}

absl::StatusOr<std::vector<v1::Policy>> ReadPolicies(const std::string& path) {
  if (path == "-") {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    return ParsePolicies(text, "stdin");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::ErrnoToStatus(errno, absl::StrCat(path, ": cannot be opened"));
  }
  std::ostringstream text;
  text << file.rdbuf();
  return ParsePolicies(text.str(), path);
}

}  // namespace srpce::ctl
