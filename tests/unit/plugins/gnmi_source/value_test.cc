#include "plugins/topology_source/gnmi/value.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace srpce::gnmi_source {
namespace {

namespace v1 = config::v1;
using testing::ElementsAre;
using testing::HasSubstr;

ValueRule Rule(Attribute attribute, const std::string& path = "/a/list[k=*]/v") {
  ValueRule rule;
  rule.path = *ParsePath(path);
  rule.keys = {{.elem = 1, .key = "k"}};
  rule.interface_keys = 1;
  rule.attribute = attribute;
  return rule;
}

// "12.5", "true", or the error.
std::string Read(const ValueRule& rule, const Scalar& scalar) {
  const auto quantity = ToQuantity(rule, {scalar});
  if (!quantity.ok()) {
    return std::string(quantity.status().message());
  }
  if (const bool* truth = std::get_if<bool>(&*quantity)) {
    return *truth ? "true" : "false";
  }
  if (const uint64_t* count = std::get_if<uint64_t>(&*quantity)) {
    return std::to_string(*count);
  }
  if (const double* number = std::get_if<double>(&*quantity)) {
    return testing::PrintToString(*number);
  }
  return std::get<std::vector<IpAddress>>(*quantity).front().ToString();
}

TEST(ValueTest, NumbersComeInManyShapes) {
  ValueRule delay = Rule(v1::GNMI_ATTRIBUTE_DELAY);
  EXPECT_EQ(Read(delay, uint64_t{250}), "250");
  EXPECT_EQ(Read(delay, int64_t{250}), "250");
  EXPECT_EQ(Read(delay, 250.5), "250.5");
  EXPECT_EQ(Read(delay, std::string("250")), "250") << "RFC 7951: 64 bits as text";
  delay.scale = 1000;
  EXPECT_EQ(Read(delay, 2.5), "2500");
}

TEST(ValueTest, LiesAreRefused) {
  const ValueRule delay = Rule(v1::GNMI_ATTRIBUTE_DELAY);
  for (const Scalar& lie : std::initializer_list<Scalar>{
           std::nan(""), -1.0, int64_t{-1}, uint64_t{1} << 24, UINT64_MAX,
           std::numeric_limits<double>::infinity(), true, std::string("nan"), std::string("fast"),
           std::string(), std::string(1 << 20, '9')}) {
    EXPECT_THAT(Read(delay, lie), HasSubstr(", want "));
    EXPECT_LT(Read(delay, lie).size(), 300U);
  }
  const ValueRule loss = Rule(v1::GNMI_ATTRIBUTE_LOSS);
  EXPECT_EQ(Read(loss, 1.0), "1");
  EXPECT_THAT(Read(loss, 1.01), HasSubstr("want 0 to 1"));
}

TEST(ValueTest, CountersAreExact) {
  ValueRule counter = Rule(v1::GNMI_ATTRIBUTE_OCTETS);
  EXPECT_EQ(Read(counter, UINT64_MAX), "18446744073709551615");
  EXPECT_EQ(Read(counter, std::string("18446744073709551615")), "18446744073709551615");
  EXPECT_EQ(Read(counter, 4096.0), "4096");
  for (const Scalar& lie :
       std::initializer_list<Scalar>{-1.0, 0.5, 0x1p64, std::nan(""), int64_t{-1}, false,
                                     std::string("-1"), std::string("18446744073709551616")}) {
    EXPECT_THAT(Read(counter, lie), HasSubstr("want a whole number"));
  }
  counter.bits = 32;
  EXPECT_THAT(Read(counter, uint64_t{1} << 32), HasSubstr("want a counter of 32 bits"));
}

TEST(ValueTest, TextsStandForValues) {
  ValueRule up = Rule(v1::GNMI_ATTRIBUTE_UP);
  up.texts = {{"UP", "true"}, {"DOWN", "false"}};
  EXPECT_EQ(Read(up, std::string("UP")), "true");
  EXPECT_EQ(Read(up, std::string("openconfig-interfaces:DOWN")), "false");
  EXPECT_EQ(Read(up, true), "true");
  EXPECT_THAT(Read(up, std::string("SIDEWAYS")), HasSubstr("one of DOWN UP"));
  ValueRule speed = Rule(v1::GNMI_ATTRIBUTE_CAPACITY);
  speed.texts = {{"SPEED_10GB", "10e9"}};
  EXPECT_EQ(Read(speed, std::string("openconfig-if-ethernet:SPEED_10GB")), "1e+10");
}

TEST(ValueTest, IeeeFloatsAreOctetsOrBase64) {
  ValueRule rule = Rule(v1::GNMI_ATTRIBUTE_AVAILABLE);
  rule.ieeefloat32 = true;
  rule.scale = 8;
  EXPECT_EQ(Read(rule, std::string("\x4c\xee\x6b\x28", 4)), "1e+09");  // 125e6 octets per second.
  EXPECT_EQ(Read(rule, std::string("TO5rKA==")), "1e+09");
  EXPECT_THAT(Read(rule, std::string("\x7f\xc0\x00\x00", 4)), HasSubstr("want 0 to"));  // NaN.
  EXPECT_THAT(Read(rule, std::string("\x4c", 1)), HasSubstr("want 4"));
}

TEST(ValueTest, AddressesWithAndWithoutLength) {
  const ValueRule rule = Rule(v1::GNMI_ATTRIBUTE_ADDRESS);
  EXPECT_EQ(Read(rule, std::string("10.0.0.1")), "10.0.0.1");
  EXPECT_EQ(Read(rule, std::string("2001:db8::1/64")), "2001:db8::1");
  EXPECT_THAT(Read(rule, std::string("0.0.0.0")), HasSubstr("want an IP address"));
  EXPECT_THAT(Read(rule, uint64_t{1}), HasSubstr("want an IP address"));
}

TEST(ValueTest, EveryKindOfTypedValueIsReadOrRefused) {
  gnmi::TypedValue value;
  value.mutable_decimal_val()->set_digits(-1234);
  value.mutable_decimal_val()->set_precision(2);
  EXPECT_THAT(*ToScalars(value), ElementsAre(Scalar(-12.34)));
  value.mutable_leaflist_val()->add_element()->set_int_val(1);
  value.mutable_leaflist_val()->add_element()->set_string_val("x");
  EXPECT_THAT(*ToScalars(value), ElementsAre(Scalar(int64_t{1}), Scalar(std::string("x"))));
  value.set_float_val(0.5);
  EXPECT_THAT(*ToScalars(value), ElementsAre(Scalar(0.5)));
  value.set_proto_bytes("x");
  EXPECT_FALSE(ToScalars(value).ok());
  EXPECT_FALSE(ToScalars(gnmi::TypedValue()).ok());
  value.mutable_decimal_val()->set_precision(UINT32_MAX);
  EXPECT_TRUE(ToScalars(value).ok());
}

// "k=v" of each leaf, "!what" of each that was skipped.
std::vector<std::string> Walk(const ValueRule& rule, size_t depth, const std::string& json,
                              std::vector<std::string> keys = {""}) {
  std::vector<std::string> got;
  const auto parsed = ParseJson(json);
  if (!parsed.ok()) {
    return {"!" + std::string(parsed.status().message())};
  }
  VisitJson(
      rule, depth, keys, *parsed,
      [&](const std::vector<std::string>& k, const Scalars& scalars) {
        got.push_back(k[0] + "=" + Read(rule, scalars.at(0)));
      },
      [&](absl::string_view what) { got.push_back("!" + std::string(what)); });
  return got;
}

TEST(JsonTest, LeavesAreFoundBelowAnyPlace) {
  const ValueRule rule = Rule(v1::GNMI_ATTRIBUTE_DELAY);
  EXPECT_THAT(Walk(rule, 3, "\"7\"", {"x"}), ElementsAre("x=7"));
  EXPECT_THAT(Walk(rule, 2, R"({"m:v": 7, "w": []})", {"x"}), ElementsAre("x=7"));
  EXPECT_THAT(Walk(rule, 1, R"({"list": [{"k": "x", "v": 1}, {"m:k": 2, "v": "2"}]})"),
              ElementsAre("x=1", "2=2"));
  EXPECT_THAT(Walk(rule, 1, R"({"m:a": {"list": [{"k": "x", "v": 1}]}})"), ElementsAre("x=1"))
      << "wrapped in the name of the place";
}

TEST(JsonTest, OneBadEntryCostsItself) {
  const ValueRule rule = Rule(v1::GNMI_ATTRIBUTE_DELAY);
  EXPECT_THAT(Walk(rule, 1,
                   R"({"list": [{"v": 1}, 5, {"k": "x", "v": {}}, {"k": "y", "v": null},
                       {"k": "z", "v": 3}]})"),
              ElementsAre(HasSubstr("without key k"), HasSubstr("without key k"),
                          HasSubstr("got an object"), HasSubstr("got an object"), "z=3"));
  EXPECT_THAT(Walk(rule, 2, "5", {"x"}), ElementsAre(HasSubstr("got no object")));
  EXPECT_THAT(Walk(rule, 0, "5"), ElementsAre("!got no object at /, want one"));
  EXPECT_THAT(Walk(rule, 0, R"({"a": {"list": [{"k": "x", "v": 1}]}})"), ElementsAre("x=1"));
  EXPECT_THAT(Walk(rule, 2, "{}", {"x"}), ElementsAre());
}

TEST(JsonTest, WhatIsNoJsonIsRefused) {
  const ValueRule rule = Rule(v1::GNMI_ATTRIBUTE_DELAY);
  for (const std::string& text :
       {std::string(""), std::string("{"), std::string("{\"v\": 1e}"), std::string(1 << 20, '['),
        std::string("\xff\xfe"), std::string(1 << 20, 'x')}) {
    const auto got = Walk(rule, 2, text, {"x"});
    ASSERT_EQ(got.size(), 1U) << text.substr(0, 10);
    EXPECT_EQ(got[0].substr(0, 1), "!");
    EXPECT_LT(got[0].size(), 300U);
  }
}

TEST(JsonTest, KeysMustMatchTheirPattern) {
  ValueRule rule = Rule(v1::GNMI_ATTRIBUTE_DELAY);
  rule.keys[0].pattern = "x*";
  EXPECT_THAT(Walk(rule, 1, R"({"list": [{"k": "x1", "v": 1}, {"k": "y", "v": 2}]})"),
              ElementsAre("x1=1"));
}

}  // namespace
}  // namespace srpce::gnmi_source
