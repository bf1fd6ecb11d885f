#include "proto/yaml/yaml_to_proto.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "proto/yaml/yaml_documents.h"
#include "srpce/config/v1/config.pb.h"

namespace srpce::config {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// yaml-cpp tags a plain scalar "?" and a quoted one "!".
bool IsPlain(const YAML::Node& node) { return node.Tag() != "!"; }

int LineOf(const YAML::Node& node) { return node.Mark().line + 1; }

const char* KindName(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map:
      return "a mapping";
    case YAML::NodeType::Sequence:
      return "a sequence";
    case YAML::NodeType::Scalar:
      return "a value";
    default:
      return "nothing";
  }
}

std::string Child(const std::string& path, const std::string& name) {
  return path.empty() ? name : absl::StrCat(path, ".", name);
}

// LOG_FORMAT_JSON of enum LogFormat -> "json".
std::string EnumText(const EnumValueDescriptor& value) {
  std::string prefix;
  for (const char c : value.type()->name()) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !prefix.empty()) {
      prefix += '_';
    }
    prefix += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return absl::AsciiStrToLower(absl::StripPrefix(value.name(), absl::StrCat(prefix, "_")));
}

// Sets a single field, appends to a repeated one.
void Store(Message* message, const FieldDescriptor& field, const std::string& value) {
  const Reflection* r = message->GetReflection();
  field.is_repeated() ? r->AddString(message, &field, value) : r->SetString(message, &field, value);
}
void Store(Message* message, const FieldDescriptor& field, bool value) {
  const Reflection* r = message->GetReflection();
  field.is_repeated() ? r->AddBool(message, &field, value) : r->SetBool(message, &field, value);
}
void Store(Message* message, const FieldDescriptor& field, uint32_t value) {
  const Reflection* r = message->GetReflection();
  field.is_repeated() ? r->AddUInt32(message, &field, value) : r->SetUInt32(message, &field, value);
}
void Store(Message* message, const FieldDescriptor& field, uint64_t value) {
  const Reflection* r = message->GetReflection();
  field.is_repeated() ? r->AddUInt64(message, &field, value) : r->SetUInt64(message, &field, value);
}
void Store(Message* message, const FieldDescriptor& field, double value) {
  const Reflection* r = message->GetReflection();
  field.is_repeated() ? r->AddDouble(message, &field, value) : r->SetDouble(message, &field, value);
}
void Store(Message* message, const FieldDescriptor& field, const EnumValueDescriptor* value) {
  const Reflection* r = message->GetReflection();
  field.is_repeated() ? r->AddEnum(message, &field, value) : r->SetEnum(message, &field, value);
}

class Walker {
 public:
  Walker(std::string file, const Variables& variables, LineMap* lines)
      : file_(std::move(file)), variables_(variables), lines_(lines) {}

  void FillMessage(const YAML::Node& node, const std::string& path, Message* message);
  absl::Status Result() const {
    return errors_.empty() ? absl::OkStatus()
                           : absl::InvalidArgumentError(absl::StrJoin(errors_, "\n"));
  }

 private:
  void Error(int line, const std::string& path, absl::string_view what) {
    errors_.push_back(absl::StrCat(file_, ":", line, ": ", path.empty() ? "" : path + ": ", what));
  }
  void Mismatch(const YAML::Node& node, const std::string& path, absl::string_view want) {
    Error(LineOf(node), path,
          node.IsScalar() ? absl::StrCat("got '", node.Scalar(), "', want ", want)
                          : absl::StrCat("got ", KindName(node), ", want ", want));
  }

  // Calls visit(name, key node, value) for each entry of a mapping whose keys are texts, each once.
  template <typename Visitor>
  void ForEachEntry(const YAML::Node& node, const std::string& path, Visitor&& visit);
  void CheckRequired(int line, const std::string& path, const Message& message);
  void FillField(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                 Message* message);
  void FillMap(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
               Message* message);
  void FillList(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                Message* message);
  void FillScalar(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                  Message* message);
  template <typename Number, typename Parse, typename Store>
  void FillNumber(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                  const char* kind, Parse&& parse, Store&& store);
  void FillEnum(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                Message* message);
  // Replaces each "${name}".
  std::string Expand(const YAML::Node& node, const std::string& path);

  const std::string file_;
  const Variables& variables_;
  LineMap* const lines_;
  std::vector<std::string> errors_;
};

template <typename Visitor>
void Walker::ForEachEntry(const YAML::Node& node, const std::string& path, Visitor&& visit) {
  std::map<std::string, int> seen;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) {
      Error(LineOf(entry.first), path,
            absl::StrCat("got ", KindName(entry.first), " as a key, want a name"));
      continue;
    }
    const std::string& name = entry.first.Scalar();
    const auto [first, inserted] = seen.emplace(name, LineOf(entry.first));
    if (!inserted) {
      Error(LineOf(entry.first), Child(path, name),
            absl::StrCat("duplicate key, first on line ", first->second));
      continue;
    }
    visit(name, entry.first, entry.second);
  }
}

void Walker::FillMessage(const YAML::Node& node, const std::string& path, Message* message) {
  if (!node.IsMap()) {
    Mismatch(node, path, "a mapping");
    return;
  }
  const auto* descriptor = message->GetDescriptor();
  ForEachEntry(
      node, path, [&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
        const FieldDescriptor* field = descriptor->FindFieldByName(name);
        if (field == nullptr) {
          std::vector<std::string> known;
          for (int i = 0; i < descriptor->field_count(); ++i) {
            known.push_back(descriptor->field(i)->name());
          }
          Error(LineOf(key), path,
                absl::StrCat("unknown field '", name, "', known: ", absl::StrJoin(known, ", ")));
          return;
        }
        const std::string field_path = Child(path, name);
        if (lines_ != nullptr) {
          (*lines_)[field_path] = LineOf(key);
        }
        if (value.IsNull()) {
          Error(LineOf(key), field_path, "has no value");
          return;
        }
        const auto* oneof = field->real_containing_oneof();
        if (oneof != nullptr && message->GetReflection()->HasOneof(*message, oneof)) {
          const FieldDescriptor* other =
              message->GetReflection()->GetOneofFieldDescriptor(*message, oneof);
          Error(LineOf(key), field_path,
                absl::StrCat("got it beside '", other->name(), "', want one of the two"));
          return;
        }
        FillField(value, field_path, *field, message);
      });
  CheckRequired(LineOf(node), path, *message);
}

void Walker::CheckRequired(int line, const std::string& path, const Message& message) {
  const auto* descriptor = message.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (field->is_required() && !message.GetReflection()->HasField(message, field)) {
      Error(line, path, absl::StrCat("field '", field->name(), "' is missing"));
    }
  }
}

void Walker::FillField(const YAML::Node& node, const std::string& path,
                       const FieldDescriptor& field, Message* message) {
  if (field.is_map()) {
    FillMap(node, path, field, message);
  } else if (field.is_repeated()) {
    FillList(node, path, field, message);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    FillMessage(node, path, message->GetReflection()->MutableMessage(message, &field));
  } else {
    FillScalar(node, path, field, message);
  }
}

void Walker::FillMap(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                     Message* message) {
  if (!node.IsMap()) {
    Mismatch(node, path, "a mapping of texts");
    return;
  }
  ForEachEntry(
      node, path, [&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
        const std::string value_path = Child(path, name);
        if (lines_ != nullptr) {
          (*lines_)[value_path] = LineOf(key);
        }
        if (!value.IsScalar()) {
          Mismatch(value, value_path, "a text");
          return;
        }
        Message* entry = message->GetReflection()->AddMessage(message, &field);
        const auto* type = entry->GetDescriptor();
        entry->GetReflection()->SetString(entry, type->map_key(), name);
        entry->GetReflection()->SetString(entry, type->map_value(), Expand(value, value_path));
      });
}

void Walker::FillList(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                      Message* message) {
  if (!node.IsSequence()) {
    Mismatch(node, path, "a sequence");
    return;
  }
  for (size_t i = 0; i < node.size(); ++i) {
    const std::string item_path = absl::StrCat(path, "[", i, "]");
    if (lines_ != nullptr) {
      (*lines_)[item_path] = LineOf(node[i]);
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      FillMessage(node[i], item_path, message->GetReflection()->AddMessage(message, &field));
    } else {
      FillScalar(node[i], item_path, field, message);
    }
  }
}

template <typename Number, typename Parse, typename Store>
void Walker::FillNumber(const YAML::Node& node, const std::string& path,
                        const FieldDescriptor& field, const char* kind, Parse&& parse,
                        Store&& store) {
  const auto& range = field.options().GetExtension(v1::range);
  std::string want = kind;
  if (range.has_min() || std::is_unsigned_v<Number>) {
    absl::StrAppend(&want, " from ", range.min());
  }
  if (range.has_max()) {
    absl::StrAppendFormat(&want, " to %.15g", range.max());
  }
  Number value{};
  const bool parsed = IsPlain(node) && parse(node.Scalar(), &value);
  const auto as_double = static_cast<double>(value);
  if (!parsed || !std::isfinite(as_double) || (range.has_min() && as_double < range.min()) ||
      (range.has_max() && as_double > range.max())) {
    Mismatch(node, path, want);
    return;
  }
  store(value);
}

void Walker::FillScalar(const YAML::Node& node, const std::string& path,
                        const FieldDescriptor& field, Message* message) {
  if (!node.IsScalar()) {
    Mismatch(node, path, "a single value");
    return;
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      Store(message, field, Expand(node, path));
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      // YAML 1.2: yes, on and their like are texts.
      if (!IsPlain(node) || (node.Scalar() != "true" && node.Scalar() != "false")) {
        Mismatch(node, path, "true or false");
        return;
      }
      Store(message, field, node.Scalar() == "true");
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
      FillNumber<uint32_t>(
          node, path, field, "an integer",
          [](const std::string& text, uint32_t* v) { return absl::SimpleAtoi(text, v); },
          [&](uint32_t v) { Store(message, field, v); });
      return;
    case FieldDescriptor::CPPTYPE_UINT64:
      FillNumber<uint64_t>(
          node, path, field, "an integer",
          [](const std::string& text, uint64_t* v) { return absl::SimpleAtoi(text, v); },
          [&](uint64_t v) { Store(message, field, v); });
      return;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      FillNumber<double>(
          node, path, field, "a number",
          [](const std::string& text, double* v) { return absl::SimpleAtod(text, v); },
          [&](double v) { Store(message, field, v); });
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      FillEnum(node, path, field, message);
      return;
    default:
      Mismatch(node, path,
               absl::StrCat("no value: the type ", field.cpp_type_name(), " cannot be configured"));
  }
}

void Walker::FillEnum(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                      Message* message) {
  const EnumDescriptor* type = field.enum_type();
  std::vector<std::string> known;
  for (int i = 0; i < type->value_count(); ++i) {
    known.push_back(EnumText(*type->value(i)));
    if (node.Scalar() == known.back()) {
      Store(message, field, type->value(i));
      return;
    }
  }
  Mismatch(node, path, absl::StrCat("one of ", absl::StrJoin(known, ", ")));
}

std::string Walker::Expand(const YAML::Node& node, const std::string& path) {
  const std::string& text = node.Scalar();
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const size_t open = text.find("${", at);
    const size_t close = open == std::string::npos ? open : text.find('}', open);
    if (close == std::string::npos) {
      return result + text.substr(at);
    }
    const std::string name = text.substr(open + 2, close - open - 2);
    const auto variable = variables_.find(name);
    if (variable == variables_.end()) {
      std::vector<std::string> known;
      for (const auto& [known_name, value] : variables_) {
        known.push_back(known_name);
      }
      Error(LineOf(node), path,
            absl::StrCat("unknown variable '", name, "', known: ", absl::StrJoin(known, ", ")));
      return text;
    }
    result += text.substr(at, open - at) + variable->second;
    at = close + 1;
  }
  return result;
}

// ---- Printing ----

void Print(const Message& message, YAML::Emitter& out);

void PrintScalar(const Message& message, const FieldDescriptor& field, YAML::Emitter& out) {
  const Reflection* reflection = message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      out << YAML::DoubleQuoted << reflection->GetString(message, &field);
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      out << reflection->GetBool(message, &field);
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
      out << reflection->GetUInt32(message, &field);
      return;
    case FieldDescriptor::CPPTYPE_UINT64:
      out << reflection->GetUInt64(message, &field);
      return;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      out << reflection->GetDouble(message, &field);
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      out << EnumText(*reflection->GetEnum(message, &field));
      return;
    default:
      out << YAML::Null;
  }
}

void PrintMap(const Message& message, const FieldDescriptor& field, YAML::Emitter& out) {
  std::map<std::string, std::string> entries;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    const Message& entry = message.GetReflection()->GetRepeatedMessage(message, &field, i);
    const auto* type = entry.GetDescriptor();
    entries[entry.GetReflection()->GetString(entry, type->map_key())] =
        entry.GetReflection()->GetString(entry, type->map_value());
  }
  out << YAML::BeginMap;
  for (const auto& [key, value] : entries) {
    out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
  }
  out << YAML::EndMap;
}

void PrintField(const Message& message, const FieldDescriptor& field, YAML::Emitter& out) {
  const Reflection* reflection = message.GetReflection();
  if (field.is_map()) {
    PrintMap(message, field, out);
  } else if (field.is_repeated()) {
    out << YAML::BeginSeq;
    for (int i = 0; i < reflection->FieldSize(message, &field); ++i) {
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        out << YAML::DoubleQuoted << reflection->GetRepeatedString(message, &field, i);
      } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Print(reflection->GetRepeatedMessage(message, &field, i), out);
      }
    }
    out << YAML::EndSeq;
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    Print(reflection->GetMessage(message, &field), out);
  } else {
    PrintScalar(message, field, out);
  }
}

void Print(const Message& message, YAML::Emitter& out) {
  out << YAML::BeginMap;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    const bool plain = !field.is_repeated() && field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
    const bool shown =
        !plain || field.has_default_value() || message.GetReflection()->HasField(message, &field);
    if (shown) {
      out << YAML::Key << field.name() << YAML::Value;
      PrintField(message, field, out);
    }
  }
  out << YAML::EndMap;
}

}  // namespace

absl::Status YamlToProto(absl::string_view yaml, const std::string& file,
                         const Variables& variables, Message* message, LineMap* lines) {
  auto loaded = LoadDocuments(yaml, file);
  if (!loaded.ok()) {
    return loaded.status();
  }
  const std::vector<YAML::Node>& documents = *loaded;
  if (documents.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(file, ":", LineOf(documents[1]), ": got ",
                                                   documents.size(), " documents, want one"));
  }
  if (documents.empty() || documents[0].IsNull()) {
    return absl::OkStatus();  // An empty file asks for the defaults.
  }
  Walker walker(file, variables, lines);
  walker.FillMessage(documents[0], "", message);
  return walker.Result();
}

std::string AtField(const LineMap& lines, const std::string& file, const std::string& field,
                    absl::string_view what) {
  auto line = lines.find(field);
  for (std::string at = field; line == lines.end() && at.find('.') != std::string::npos;) {
    at.resize(at.rfind('.'));
    line = lines.find(at);
  }
  return absl::StrCat(file, ":", line == lines.end() ? 1 : line->second, ": ", field, ": ", what);
}

std::string ProtoToYaml(const Message& message) {
  YAML::Emitter out;
  Print(message, out);
  return absl::StrCat(out.c_str(), "\n");
}

}  // namespace srpce::config
