#include "daemon/agent/policy_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace srpce::agent {
namespace {

class PolicyFileTest : public testing::Test {
 protected:
  PolicyFileTest() {
    std::string folder = testing::TempDir() + "policy_file_XXXXXX";
    folder_ = mkdtemp(folder.data());
    path_ = folder_ + "/state.json";
  }
  ~PolicyFileTest() override { std::filesystem::remove_all(folder_); }

  static RememberedPolicy Policy(uint32_t color) {
    RememberedPolicy policy;
    policy.config.key = {"r1", color, "r8"};
    policy.config.name = "gold \"quoted\"\n";
    policy.config.steered_prefixes = {*IpPrefix::Parse("2001:db8::/64")};
    policy.config.decapsulation_sid = *Ipv6Address::Parse("fc00:8:d6::");
    policy::WeightedList list;
    list.list.data_plane = cspf::DataPlane::kSrv6;
    list.list.sids = {*Ipv6Address::Parse("fc00:4::")};
    policy.config.lists = {list};
    policy.fingerprint =
        0xfedcba9876543210;  // The daemon's word, whatever its configuration hashes to here.
    return policy;
  }

  std::string folder_;
  std::string path_;
  std::vector<RememberedPolicy> read_;
};

TEST_F(PolicyFileTest, ReadsWhatWasWritten) {
  ASSERT_TRUE(WritePolicyFile(path_, {Policy(1), Policy(2)}).ok());
  ASSERT_TRUE(ReadPolicyFile(path_, &read_).ok());
  ASSERT_EQ(read_.size(), 2u);
  EXPECT_EQ(read_[1].config.key.color, 2u);
  EXPECT_EQ(read_[0].fingerprint, 0xfedcba9876543210u);
  EXPECT_EQ(read_[0].config.Fingerprint(), Policy(1).config.Fingerprint());
}

TEST_F(PolicyFileTest, NoFileIsNoPolicies) {
  EXPECT_TRUE(ReadPolicyFile(path_, &read_).ok());
  EXPECT_TRUE(read_.empty());
}

TEST_F(PolicyFileTest, OneDamagedLineCostsOnePolicy) {
  ASSERT_TRUE(WritePolicyFile(path_, {Policy(1), Policy(2)}).ok());
  std::ifstream in(path_);
  std::string first, second;
  std::getline(in, first);
  std::getline(in, second);
  std::ofstream(path_) << first.substr(0, first.size() / 2) << "\n" << second << "\n";
  const absl::Status status = ReadPolicyFile(path_, &read_);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(status.message().find(":1:"), absl::string_view::npos) << status;
  ASSERT_EQ(read_.size(), 1u);
  EXPECT_EQ(read_[0].config.key.color, 2u);
}

TEST_F(PolicyFileTest, FailedWriteLeavesTheOldFile) {
  ASSERT_TRUE(WritePolicyFile(path_, {Policy(1)}).ok());
  std::filesystem::create_directory(path_ + ".new");  // In the way of the new file.
  EXPECT_FALSE(WritePolicyFile(path_, {Policy(2)}).ok());
  ASSERT_TRUE(ReadPolicyFile(path_, &read_).ok());
  ASSERT_EQ(read_.size(), 1u);
  EXPECT_EQ(read_[0].config.key.color, 1u);
}

TEST_F(PolicyFileTest, FullDiskIsSaidSo) {
  const absl::Status status = WritePolicyFile("/dev/full/x", {Policy(1)});
  EXPECT_FALSE(status.ok());
  std::filesystem::create_symlink("/dev/full", path_ + ".new");
  EXPECT_TRUE(absl::IsResourceExhausted(WritePolicyFile(path_, {Policy(1)})));
}

}  // namespace
}  // namespace srpce::agent
