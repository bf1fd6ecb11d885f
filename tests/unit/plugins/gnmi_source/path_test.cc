#include "plugins/topology_source/gnmi/path.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"

namespace srpce::gnmi_source {
namespace {

TEST(PathTest, TextIsReadAndWrittenAgain) {
  for (const char* text :
       {"/interfaces/interface[name=Gi0/0/0/0]/state", "/a:b/c[x=1][y=2]", R"(/a[b=x\]y\\z]/c)"}) {
    const auto path = ParsePath(text);
    ASSERT_TRUE(path.ok()) << path.status();
    EXPECT_EQ(ToText(*path), text);
  }
  const auto path = ParsePath(R"(/a[b=x\]y]/c)");
  EXPECT_EQ((*path)[0].keys[0].second, "x]y");
}

TEST(PathTest, MistakesSayWhatWasGot) {
  for (const char* text : {"", "a/b", "/", "/a//b", "/a[b]", "/a[=1]", "/a[b=1", "/a[b=1]c"}) {
    const auto path = ParsePath(text);
    ASSERT_FALSE(path.ok()) << text;
    EXPECT_THAT(std::string(path.status().message()),
                testing::HasSubstr(absl::StrCat("got '", text, "', want")));
  }
}

TEST(PathTest, WildcardsAreLeftOutOnTheWire) {
  const gnmi::Path proto = ToProto(*ParsePath("/a[x=*][y=1]/b[z=0000*]"));
  ASSERT_EQ(proto.elem_size(), 2);
  EXPECT_EQ(proto.elem(0).key_size(), 1);
  EXPECT_EQ(proto.elem(0).key().at("y"), "1");
  EXPECT_EQ(proto.elem(1).key_size(), 0);
}

TEST(PathTest, PrefixAndPathAreOnePath) {
  const gnmi::Path prefix = ToProto(*ParsePath("/m:a[x=1]"));
  const gnmi::Path path = ToProto(*ParsePath("/b/c"));
  const UpdatePath update{prefix, path};
  std::string names;
  AppendNames(prefix, names);
  AppendNames(path, names);
  EXPECT_EQ(names, "/a/b/c");
  EXPECT_EQ(update.ToText(), "/m:a[x=1]/b/c");
  EXPECT_TRUE(update.Begins(*ParsePath("/a/n:b/c")));
  EXPECT_TRUE(update.Begins(*ParsePath("/a/b/c/d")));
  EXPECT_FALSE(update.Begins(*ParsePath("/a/b")));
  EXPECT_FALSE(update.Begins(*ParsePath("/a/b/d")));
}

TEST(PathTest, AStarAtTheEndMatchesAnyRest) {
  EXPECT_TRUE(Matches("*", ""));
  EXPECT_TRUE(Matches("0000.0000.0001*", "0000.0000.0001.00-00"));
  EXPECT_FALSE(Matches("0000.0000.0001*", "0000.0000.0010.00-00"));
  EXPECT_TRUE(Matches("a", "a"));
  EXPECT_FALSE(Matches("a", "ab"));
}

// What is on the wire is fixed by openconfig/gnmi; a collector that differs in one number hears
// nothing.
TEST(PathTest, NumbersOnTheWireAreThoseOfTheStandard) {
  gnmi::SubscribeResponse response;
  gnmi::Notification& n = *response.mutable_update();
  n.set_timestamp(1);
  n.mutable_prefix()->set_target("t");
  gnmi::Update& update = *n.add_update();
  update.mutable_path()->set_origin("o");
  update.mutable_path()->add_elem()->set_name("e");
  update.mutable_val()->set_double_val(1.5);
  n.add_delete_();
  n.set_atomic(true);
  const char want[] =
      "\x0a\x22"           // SubscribeResponse.update = 1
      "\x08\x01"           // Notification.timestamp = 1
      "\x12\x03\x22\x01t"  // prefix = 2, Path.target = 4
      "\x22\x15"           // update = 4
      "\x0a\x08\x12\x01o\x1a\x03\x0a\x01"
      "e"                                 // Update.path = 1, origin 2, elem 3, name 1
      "\x1a\x09\x71\0\0\0\0\0\0\xf8\x3f"  // val = 3, double_val = 14
      "\x2a\x00"                          // delete = 5
      "\x30\x01";                         // atomic = 6
  EXPECT_EQ(response.SerializeAsString(), std::string(want, sizeof(want) - 1));
}

TEST(PathTest, KindsOfValuesHaveTheNumbersOfTheStandard) {
  const auto* value = gnmi::TypedValue::descriptor();
  const std::map<int, std::string> want = {
      {1, "string_val"},   {2, "int_val"},    {3, "uint_val"},       {4, "bool_val"},
      {5, "bytes_val"},    {6, "float_val"},  {7, "decimal_val"},    {8, "leaflist_val"},
      {9, "any_val"},      {10, "json_val"},  {11, "json_ietf_val"}, {12, "ascii_val"},
      {13, "proto_bytes"}, {14, "double_val"}};
  std::map<int, std::string> got;
  for (int i = 0; i < value->field_count(); ++i) {
    got[value->field(i)->number()] = value->field(i)->name();
  }
  EXPECT_EQ(got, want);
}

}  // namespace
}  // namespace srpce::gnmi_source
