#include "plugins/topology_source/gnmi/value.h"

#include <google/protobuf/util/json_util.h>

#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/topology/element_validation.h"

namespace srpce::gnmi_source {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr size_t kMaxShown = 40;

std::string ShownText(absl::string_view text) {
  return text.size() <= kMaxShown ? absl::StrCat("'", absl::Utf8SafeCHexEscape(text), "'")
                                  : absl::StrCat("'", absl::CHexEscape(text.substr(0, kMaxShown)),
                                                 "...' of ", text.size(), " octets");
}

std::string Shown(const Scalar& scalar) {
  if (const auto* text = std::get_if<std::string>(&scalar)) {
    return ShownText(*text);
  }
  return std::visit(
      [](const auto& value) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, bool>) {
          return value ? "true" : "false";
        } else {
          return absl::StrCat(value);
        }
      },
      scalar);
}

absl::Status Mistake(const std::string& got, absl::string_view want) {
  return absl::InvalidArgumentError(absl::StrCat("got ", got, ", want ", want));
}

double Power10(uint32_t exponent) { return std::pow(10.0, exponent); }

absl::StatusOr<double> FromIeeeFloat32(absl::string_view octets) {
  if (octets.size() != 4) {
    return Mistake(absl::StrCat(octets.size(), " octets"), "4, an IEEE float");
  }
  uint32_t word = 0;
  for (const char octet : octets) {
    word = word << 8 | static_cast<unsigned char>(octet);
  }
  return double{std::bit_cast<float>(word)};
}

// The text after the module's name, which JSON puts before identities (RFC 7951 s6.8).
std::string Mapped(const ValueRule& rule, const std::string& text) {
  for (const absl::string_view candidate : {absl::string_view(text), WithoutModule(text)}) {
    if (const auto it = rule.texts.find(std::string(candidate)); it != rule.texts.end()) {
      return it->second;
    }
  }
  return text;
}

std::string WantedTexts(const ValueRule& rule, absl::string_view plain) {
  if (rule.texts.empty()) {
    return std::string(plain);
  }
  std::string want = absl::StrCat(plain, " or one of ");
  for (const auto& [text, value] : rule.texts) {
    absl::StrAppend(&want, text, " ");
  }
  return want;
}

absl::StatusOr<bool> ToTruth(const ValueRule& rule, const Scalar& scalar) {
  if (const bool* truth = std::get_if<bool>(&scalar)) {
    return *truth;
  }
  if (const auto* text = std::get_if<std::string>(&scalar)) {
    const std::string mapped = Mapped(rule, *text);
    if (mapped == "true" || mapped == "false") {
      return mapped == "true";
    }
  }
  return Mistake(Shown(scalar), WantedTexts(rule, "true, false"));
}

absl::StatusOr<double> ToNumber(const ValueRule& rule, const Scalar& scalar) {
  const auto* text = std::get_if<std::string>(&scalar);
  if (text == nullptr) {
    if (std::holds_alternative<bool>(scalar)) {
      return Mistake(Shown(scalar), "a number");
    }
    return std::visit(
        [](const auto& value) -> double {
          if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>) {
            return static_cast<double>(value);
          } else {
            return 0;
          }
        },
        scalar);
  }
  if (rule.ieeefloat32) {
    std::string octets;
    // PROTO brings the octets, JSON base64 of them: eight characters.
    return FromIeeeFloat32(text->size() != 4 && absl::Base64Unescape(*text, &octets) ? octets
                                                                                     : *text);
  }
  double number = 0;
  if (text->size() > kMaxShown || !absl::SimpleAtod(Mapped(rule, *text), &number)) {
    return Mistake(Shown(scalar), WantedTexts(rule, "a number"));
  }
  return number;
}

absl::StatusOr<uint64_t> ToCount(const Scalar& scalar) {
  constexpr absl::string_view kWant = "a whole number from 0 to 18446744073709551615";
  if (const uint64_t* count = std::get_if<uint64_t>(&scalar)) {
    return *count;
  }
  if (const int64_t* count = std::get_if<int64_t>(&scalar); count != nullptr && *count >= 0) {
    return static_cast<uint64_t>(*count);
  }
  if (const double* count = std::get_if<double>(&scalar);
      count != nullptr && *count >= 0 && *count < 0x1p64 && std::floor(*count) == *count) {
    return static_cast<uint64_t>(*count);
  }
  uint64_t count = 0;
  const auto* text = std::get_if<std::string>(&scalar);
  if (text != nullptr && text->size() <= kMaxShown && absl::SimpleAtoi(*text, &count)) {
    return count;
  }
  return Mistake(Shown(scalar), kWant);
}

// Inclusive limits of what the TED takes, in the attribute's unit.
std::pair<double, const char*> Limit(Attribute attribute) {
  if (IsDelay(attribute)) {
    return {static_cast<double>(topology::kMaxDelay.count()), " us"};
  }
  if (attribute == config::v1::GNMI_ATTRIBUTE_LOSS) {
    return {1, ""};
  }
  return {static_cast<double>(topology::kMaxBandwidth.value) * kBitsPerByte, " bits/s"};
}

absl::StatusOr<Quantity> ToAddresses(const Scalars& scalars) {
  std::vector<IpAddress> addresses;
  for (const Scalar& scalar : scalars) {
    const auto* text = std::get_if<std::string>(&scalar);
    // Some give the length as well: "10.0.0.1/31".
    const auto address = text == nullptr || text->size() > 2 * kMaxShown
                             ? absl::InvalidArgumentError("")
                             : IpAddress::Parse(text->substr(0, text->find('/')));
    if (!address.ok() || address->is_unspecified()) {
      return Mistake(Shown(scalar), "an IP address");
    }
    addresses.push_back(*address);
  }
  return addresses;
}

std::optional<Scalar> ToScalar(const Value& json) {
  switch (json.kind_case()) {
    case Value::kBoolValue:
      return json.bool_value();
    case Value::kNumberValue:
      return json.number_value();
    case Value::kStringValue:
      return json.string_value();
    default:
      return std::nullopt;
  }
}

const Value* Member(const Struct& object, absl::string_view name) {
  for (const auto& [member, value] : object.fields()) {
    if (WithoutModule(member) == WithoutModule(name)) {
      return &value;
    }
  }
  return nullptr;
}

// Deeper than any data model. Protobuf's parser takes seconds for a megabyte of brackets.
constexpr int kMaxDepth = 64;

bool IsShallow(absl::string_view json) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < json.size() && depth <= kMaxDepth; ++i) {
    const char c = json[i];
    if (quoted) {
      i += c == '\\' ? 1 : 0;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return depth <= kMaxDepth;
}

class JsonWalk {
 public:
  JsonWalk(const ValueRule& rule, std::vector<std::string> keys, const LeafVisitor& leaf,
           const ErrorVisitor& error)
      : rule_(rule), keys_(std::move(keys)), leaf_(leaf), error_(error) {}

  // `json` is what stands at the first `depth` elems.
  void Visit(const Value& json, size_t depth) {
    if (depth == rule_.path.size()) {
      VisitLeaf(json);
      return;
    }
    if (!json.has_struct_value()) {
      error_(absl::StrCat("got no object at ", depth == 0 ? "/" : rule_.path[depth - 1].name,
                          ", want one"));
      return;
    }
    const Value* next = Member(json.struct_value(), rule_.path[depth].name);
    if (next == nullptr) {
      // Some put the name of the place itself around what is there.
      const Value* self = json.struct_value().fields_size() == 1 && depth > 0
                              ? Member(json.struct_value(), rule_.path[depth - 1].name)
                              : nullptr;
      if (self != nullptr && self->has_struct_value()) {
        Visit(*self, depth);
      }
      return;  // Not there: a target need not have everything.
    }
    if (next->has_list_value() && depth + 1 < rule_.path.size()) {
      for (const Value& entry : next->list_value().values()) {
        VisitEntry(entry, depth + 1);
      }
      return;
    }
    VisitEntry(*next, depth + 1);
  }

 private:
  void VisitEntry(const Value& entry, size_t depth) {
    const std::vector<std::string> before = keys_;
    if (TakeKeys(entry, depth - 1)) {
      Visit(entry, depth);
    }
    keys_ = before;
  }

  // Reads the keys of elem `elem` from the entry. False if one does not match.
  bool TakeKeys(const Value& entry, size_t elem) {
    for (size_t i = 0; i < rule_.keys.size(); ++i) {
      if (rule_.keys[i].elem != elem) {
        continue;
      }
      const Value* member =
          entry.has_struct_value() ? Member(entry.struct_value(), rule_.keys[i].key) : nullptr;
      const auto scalar = member == nullptr ? std::nullopt : ToScalar(*member);
      if (!scalar) {
        error_(absl::StrCat("got a ", rule_.path[elem].name, " without key ", rule_.keys[i].key));
        return false;
      }
      const auto* text = std::get_if<std::string>(&*scalar);
      keys_[i] = text != nullptr ? *text : Shown(*scalar);
      if (!Matches(rule_.keys[i].pattern, keys_[i]) &&
          !Matches(rule_.keys[i].pattern, WithoutModule(keys_[i]))) {
        return false;
      }
    }
    return true;
  }

  void VisitLeaf(const Value& json) {
    Scalars scalars;
    const auto add = [&](const Value& value) {
      std::optional<Scalar> scalar = ToScalar(value);
      if (scalar) {
        scalars.push_back(*std::move(scalar));
      }
      return scalar.has_value();
    };
    bool good = true;
    if (json.has_list_value()) {
      for (const Value& item : json.list_value().values()) {
        good = good && add(item);
      }
    } else {
      good = add(json);
    }
    if (good) {
      leaf_(keys_, scalars);
    } else {
      error_("got an object or null, want a value");
    }
  }

  const ValueRule& rule_;
  std::vector<std::string> keys_;
  const LeafVisitor& leaf_;
  const ErrorVisitor& error_;
};

absl::StatusOr<Scalar> ToScalar(const gnmi::TypedValue& value) {
  switch (value.value_case()) {
    case gnmi::TypedValue::kStringVal:
      return value.string_val();
    case gnmi::TypedValue::kAsciiVal:
      return value.ascii_val();
    case gnmi::TypedValue::kIntVal:
      return value.int_val();
    case gnmi::TypedValue::kUintVal:
      return value.uint_val();
    case gnmi::TypedValue::kBoolVal:
      return value.bool_val();
    case gnmi::TypedValue::kBytesVal:
      return value.bytes_val();
    case gnmi::TypedValue::kFloatVal:
      return double{value.float_val()};
    case gnmi::TypedValue::kDoubleVal:
      return value.double_val();
    case gnmi::TypedValue::kDecimalVal:
      return static_cast<double>(value.decimal_val().digits()) /
             Power10(value.decimal_val().precision());
    case gnmi::TypedValue::VALUE_NOT_SET:
      return Mistake("no value", "one");
    default:
      return Mistake(absl::StrCat("a value of kind ", value.value_case()), "a scalar or JSON");
  }
}

}  // namespace

absl::StatusOr<Scalars> ToScalars(const gnmi::TypedValue& value) {
  Scalars scalars;
  if (value.has_leaflist_val()) {
    for (const gnmi::TypedValue& element : value.leaflist_val().element()) {
      SRPCE_ASSIGN_OR_RETURN(scalars.emplace_back(), ToScalar(element));
    }
    return scalars;
  }
  SRPCE_ASSIGN_OR_RETURN(scalars.emplace_back(), ToScalar(value));
  return scalars;
}

absl::StatusOr<Quantity> ToQuantity(const ValueRule& rule, const Scalars& scalars) {
  if (rule.attribute == config::v1::GNMI_ATTRIBUTE_ADDRESS) {
    return ToAddresses(scalars);
  }
  if (scalars.size() != 1) {
    return Mistake(absl::StrCat(scalars.size(), " values"), "one");
  }
  if (IsTruth(rule.attribute)) {
    return ToTruth(rule, scalars[0]);
  }
  if (IsCounter(rule.attribute)) {
    SRPCE_ASSIGN_OR_RETURN(const uint64_t count, ToCount(scalars[0]));
    if (rule.bits < 64 && count >> rule.bits != 0) {
      return Mistake(absl::StrCat(count), absl::StrCat("a counter of ", rule.bits, " bits"));
    }
    return count;
  }
  SRPCE_ASSIGN_OR_RETURN(double number, ToNumber(rule, scalars[0]));
  number *= rule.scale;
  const auto [limit, unit] = Limit(rule.attribute);
  if (!(number >= 0 && number <= limit)) {  // Written so that NaN is refused.
    return Mistake(absl::StrCat(Shown(scalars[0]), " times ", rule.scale),
                   absl::StrCat("0 to ", limit, unit));
  }
  return number;
}

absl::StatusOr<Value> ParseJson(const std::string& text) {
  if (!IsShallow(text)) {
    return Mistake(ShownText(text), absl::StrCat("JSON of at most ", kMaxDepth, " levels"));
  }
  Value value;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &value);
  if (!status.ok()) {
    return Mistake(ShownText(text), "JSON");
  }
  return value;
}

void VisitJson(const ValueRule& rule, size_t depth, const std::vector<std::string>& keys,
               const Value& json, const LeafVisitor& leaf, const ErrorVisitor& error) {
  JsonWalk(rule, keys, leaf, error).Visit(json, depth);
}

}  // namespace srpce::gnmi_source
