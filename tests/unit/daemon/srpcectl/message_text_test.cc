// tests/unit/daemon/srpcectl/message_text_test.cc -- what is printed can be read back.
#include "daemon/srpcectl/message_text.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "proto/yaml/yaml_to_proto.h"
#include "srpce/v1/policy.pb.h"
#include "srpce/v1/topology.pb.h"

namespace srpce::ctl {
namespace {

v1::Policy Sample() {
  v1::Policy policy;
  policy.mutable_key()->set_headend("0_NL");
  policy.mutable_key()->set_color(100);
  policy.mutable_key()->set_endpoint("21_PT");
  policy.set_name("a \"quoted\"\nname: with, {all} [kinds] # of");
  policy.set_priority(0);  // Set, though the default of its type.
  policy.add_steered_prefixes("10.1.0.0/16");
  policy.add_steered_prefixes("2001:db8::/32");
  v1::CandidatePath* dynamic = policy.add_candidate_paths();
  dynamic->set_name("true");
  v1::PathConstraints* constraints = dynamic->mutable_dynamic();
  constraints->set_objective(v1::METRIC_TYPE_DELAY);
  constraints->set_max_delay_us(18446744073709551615U);
  constraints->set_max_loss_fraction(0.1);
  constraints->set_data_plane(v1::DATA_PLANE_SRV6);
  constraints->mutable_include_any()->add_words(3);
  constraints->add_exclude_links()->set_local_node("1_BE");
  constraints->set_no_compression(true);
  v1::CandidatePath* given = policy.add_candidate_paths();
  given->mutable_explicit_()->add_lists()->add_labels(16001);
  policy.mutable_disjoint()->set_disjointness(v1::DISJOINTNESS_SRLG_NODE);
  return policy;
}

TEST(MessageTextTest, WritesJsonThatReadsBack) {
  const v1::Policy want = Sample();
  const std::string json = ToJson(want);
  v1::Policy got;
  const absl::Status status = config::YamlToProto(json, "json", {}, &got, nullptr);
  ASSERT_TRUE(status.ok()) << status << "\n" << json;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(got, want)) << json;
}

TEST(MessageTextTest, WritesYamlThatReadsBack) {
  const v1::Policy want = Sample();
  const std::string yaml = ToYaml(want);
  v1::Policy got;
  const absl::Status status = config::YamlToProto(yaml, "yaml", {}, &got, nullptr);
  ASSERT_TRUE(status.ok()) << status << "\n" << yaml;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(got, want)) << yaml;
}

TEST(MessageTextTest, WritesBytesInHexadecimal) {
  v1::UnknownElement element;
  element.set_octets(std::string("\x00\xffz", 3));
  EXPECT_EQ(ToJson(element), "{\n  \"octets\": \"00ff7a\"\n}\n");
  EXPECT_EQ(ToYaml(element), "octets: \"00ff7a\"\n");
}

TEST(MessageTextTest, IsWrittenForPeople) {
  v1::PolicyStatus status;
  status.mutable_policy()->mutable_key()->set_headend("a");
  status.set_oper_state(v1::OPER_STATE_UP);
  status.mutable_last_change()->set_seconds(1704067200);
  v1::SegmentList* list = status.mutable_active()->add_segment_lists();
  list->set_data_plane(v1::DATA_PLANE_SR_MPLS);
  list->add_labels(16001);
  list->add_labels(16002);
  EXPECT_EQ(ToYaml(status),
            "policy:\n"
            "  key:\n"
            "    headend: a\n"
            "oper_state: up\n"
            "active:\n"
            "  segment_lists:\n"
            "    - data_plane: sr_mpls\n"
            "      labels: [16001, 16002]\n"
            "last_change: \"2024-01-01T00:00:00Z\"\n");
  EXPECT_EQ(ToJson(status.policy()),
            "{\n"
            "  \"key\": {\n"
            "    \"headend\": \"a\"\n"
            "  }\n"
            "}\n");
}

TEST(MessageTextTest, AnEmptyMessageIsAnEmptyMapping) {
  EXPECT_EQ(ToJson(v1::Policy()), "{}\n");
  EXPECT_EQ(ToYaml(v1::Policy()), "{}\n");
}

}  // namespace
}  // namespace srpce::ctl
