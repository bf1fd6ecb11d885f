// daemon/srpcectl/message_text.cc
#include "daemon/srpcectl/message_text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <array>
#include <charconv>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace srpce::ctl {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// A document, before it is written as JSON or YAML.
struct Value {
  enum class Kind { kPlain, kText, kList, kMapping };
  Kind kind = Kind::kPlain;
  std::string scalar;  // kPlain: a number, true or false. kText: unquoted.
  std::vector<std::pair<std::string, Value>> items;  // kList: without names.
};

Value Plain(std::string text) {
  return {.kind = Value::Kind::kPlain, .scalar = std::move(text), .items = {}};
}
Value Text(std::string text) {
  return {.kind = Value::Kind::kText, .scalar = std::move(text), .items = {}};
}

// DATA_PLANE_SRV6 of enum DataPlane -> "srv6".
std::string EnumText(const EnumValueDescriptor& value) {
  std::string prefix;
  for (const char c : value.type()->name()) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !prefix.empty()) {
      prefix += '_';
    }
    prefix += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return absl::AsciiStrToLower(absl::StripPrefix(value.name(), prefix + "_"));
}

// The shortest text that reads back as the same number.
std::string DoubleText(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return std::string(buffer.data(), end);
}

Value FromMessage(const Message& message);

// `index` < 0: not repeated.
Value FromField(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Plain(absl::StrCat(one ? r.GetInt32(message, &field)
                                    : r.GetRepeatedInt32(message, &field, index)));
    case FieldDescriptor::CPPTYPE_INT64:
      return Plain(absl::StrCat(one ? r.GetInt64(message, &field)
                                    : r.GetRepeatedInt64(message, &field, index)));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Plain(absl::StrCat(one ? r.GetUInt32(message, &field)
                                    : r.GetRepeatedUInt32(message, &field, index)));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Plain(absl::StrCat(one ? r.GetUInt64(message, &field)
                                    : r.GetRepeatedUInt64(message, &field, index)));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Plain(DoubleText(one ? r.GetDouble(message, &field)
                                  : r.GetRepeatedDouble(message, &field, index)));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Plain(DoubleText(static_cast<double>(
          one ? r.GetFloat(message, &field) : r.GetRepeatedFloat(message, &field, index))));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Plain((one ? r.GetBool(message, &field) : r.GetRepeatedBool(message, &field, index))
                       ? "true"
                       : "false");
    case FieldDescriptor::CPPTYPE_ENUM:
      return Text(EnumText(
          *(one ? r.GetEnum(message, &field) : r.GetRepeatedEnum(message, &field, index))));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text =
          one ? r.GetString(message, &field) : r.GetRepeatedString(message, &field, index);
      return Text(field.type() == FieldDescriptor::TYPE_BYTES ? absl::BytesToHexString(text)
                                                              : text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FromMessage(one ? r.GetMessage(message, &field)
                             : r.GetRepeatedMessage(message, &field, index));
  }
  return Plain("null");
}

Value FromMessage(const Message& message) {
  if (message.GetDescriptor()->full_name() == "google.protobuf.Timestamp") {
    google::protobuf::Timestamp time;
    time.CopyFrom(message);
    return Text(google::protobuf::util::TimeUtil::ToString(time));
  }
  Value value{.kind = Value::Kind::kMapping, .scalar = {}, .items = {}};
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) {
      value.items.emplace_back(field->name(), FromField(message, *field, -1));
      continue;
    }
    Value list{.kind = Value::Kind::kList, .scalar = {}, .items = {}};
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      list.items.emplace_back("", FromField(message, *field, i));
    }
    value.items.emplace_back(field->name(), std::move(list));
  }
  return value;
}

// A JSON string, which is also a YAML one.
std::string Quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          absl::StrAppendFormat(&result, "\\u%04x", static_cast<unsigned char>(c));
        } else {
          result += c;
        }
    }
  }
  return result + "\"";
}

bool IsShortList(const Value& value) {
  for (const auto& [name, item] : value.items) {
    if (!item.items.empty() || item.kind == Value::Kind::kMapping ||
        item.kind == Value::Kind::kList) {
      return false;
    }
  }
  return value.kind == Value::Kind::kList;
}

void PrintJson(const Value& value, const std::string& indent, std::string& out) {
  if (value.kind == Value::Kind::kPlain) {
    out += value.scalar;
    return;
  }
  if (value.kind == Value::Kind::kText) {
    out += Quoted(value.scalar);
    return;
  }
  const bool is_list = value.kind == Value::Kind::kList;
  const bool on_one_line = IsShortList(value) || value.items.empty();
  const std::string inner = on_one_line ? "" : "\n" + indent + "  ";
  out += is_list ? "[" : "{";
  const char* separator = "";
  for (const auto& [name, item] : value.items) {
    out += separator + inner;
    separator = on_one_line ? ", " : ",";
    if (!is_list) {
      out += Quoted(name) + ": ";
    }
    PrintJson(item, indent + "  ", out);
  }
  out += (on_one_line ? "" : "\n" + indent) + (is_list ? "]" : "}");
}

// Texts that YAML would take for nothing else stay without quotes.
std::string YamlText(const std::string& text) {
  if (text.empty() || !absl::ascii_isalpha(static_cast<unsigned char>(text[0]))) {
    return Quoted(text);
  }
  for (const char c : text) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-' && c != '.' &&
        c != '>') {
      return Quoted(text);
    }
  }
  static constexpr const char* kReserved[] = {"true", "false", "null", "yes", "no",
                                              "on",   "off",   "y",    "n"};
  for (const char* word : kReserved) {
    if (absl::AsciiStrToLower(text) == word) {
      return Quoted(text);
    }
  }
  return text;
}

// Writes what comes after "name:" or "-".
void PrintYaml(const Value& value, const std::string& indent, bool in_list, std::string& out) {
  if (value.kind == Value::Kind::kPlain || value.kind == Value::Kind::kText) {
    out += " " + (value.kind == Value::Kind::kPlain ? value.scalar : YamlText(value.scalar)) + "\n";
    return;
  }
  if (value.items.empty()) {
    out += value.kind == Value::Kind::kList ? " []\n" : " {}\n";
    return;
  }
  if (IsShortList(value)) {
    out += " [";
    const char* separator = "";
    for (const auto& [name, item] : value.items) {
      out += separator + (item.kind == Value::Kind::kPlain ? item.scalar : Quoted(item.scalar));
      separator = ", ";
    }
    out += "]\n";
    return;
  }
  bool first = true;
  if (!in_list) {
    out += "\n";
  }
  for (const auto& [name, item] : value.items) {
    // The first entry of a mapping in a list stands beside the "-".
    out += first && in_list ? " " : indent;
    first = false;
    const bool is_list = value.kind == Value::Kind::kList;
    out += is_list ? "-" : name + ":";
    PrintYaml(item, indent + "  ", is_list, out);
  }
}

}  // namespace

std::string ToJson(const Message& message) {
  std::string out;
  PrintJson(FromMessage(message), "", out);
  return out + "\n";
}

std::string ToYaml(const Message& message) {
  const Value value = FromMessage(message);
  if (value.items.empty()) {
    return "{}\n";
  }
  std::string out;
  for (const auto& [name, item] : value.items) {
    out += name + ":";
    PrintYaml(item, "  ", false, out);
  }
  return out;
}

}  // namespace srpce::ctl
