#include "tests/unit/wire/bgpls/tshark.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/wire/bgpls/code_points.h"
#include "lib/wire/bytes/writer.h"

namespace srpce::wire::bgpls {
namespace {

// One TCP segment a message, from the BGP port, in a libpcap file of raw IPv4 packets.
std::string Pcap(const std::vector<std::string>& messages) {
  Writer out;
  out.U32(0xa1b2c3d4);  // Network byte order, which libpcap takes as well.
  out.U16(2);
  out.U16(4);
  out.Zeros(8);
  out.U32(0xffff);
  out.U32(101);  // LINKTYPE_RAW.
  uint32_t sequence = 1;
  for (const std::string& message : messages) {
    const uint32_t size = static_cast<uint32_t>(message.size()) + 40;
    out.Zeros(8);  // Time.
    out.U32(size);
    out.U32(size);
    out.U16(0x4500);
    out.U16(static_cast<uint16_t>(size));
    out.U32(0);
    out.U32(0x40060000);  // TTL 64, TCP.
    out.U32(0x0a000001);
    out.U32(0x0a000002);
    out.U16(179);
    out.U16(40000);
    out.U32(sequence);
    out.U32(1);
    out.U16(0x5018);  // 5 words of header; PSH, ACK.
    out.U16(0xffff);
    out.U32(0);
    out.PutText(message);
    sequence += static_cast<uint32_t>(message.size());
  }
  return std::move(out).text();
}

std::string OutputOf(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  char buffer[4096];
  for (size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, n);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

}  // namespace

std::optional<FieldTable> TsharkFields(const std::vector<std::string>& messages,
                                       const std::vector<std::string>& fields) {
  if (std::system("command -v tshark >/dev/null 2>&1") != 0) return std::nullopt;
  const std::string path = absl::StrCat(testing::TempDir(), "/bgpls_", getpid(), ".pcap");
  std::ofstream(path, std::ios::binary) << Pcap(messages);
  std::string command = absl::StrCat("tshark -n -r '", path, "' -T fields -E aggregator=,");
  for (const std::string& field : fields) absl::StrAppend(&command, " -e ", field);
  const std::string output = OutputOf(command + " 2>/dev/null");
  std::remove(path.c_str());
  FieldTable table;
  for (const absl::string_view line : absl::StrSplit(output, '\n')) {
    table.push_back(absl::StrSplit(line, '\t'));
  }
  table.pop_back();  // Behind the last line end.
  EXPECT_EQ(table.size(), messages.size());
  return table;
}

std::string UpdateMessage(const std::string& nlris, const std::string& bgpls_attribute) {
  Writer out;
  for (int i = 0; i < 16; ++i) out.U8(0xff);
  const Writer::Place length = out.Begin(2);
  out.U8(2);   // UPDATE.
  out.U16(0);  // No withdrawn routes.
  const Writer::Place attributes = out.Begin(2);
  out.U16(0x900e);  // MP_REACH_NLRI, optional, extended length.
  const Writer::Place reach = out.Begin(2);
  out.U16(kAfi);
  out.U8(kSafi);
  out.U8(4);
  out.U32(0x0a000001);  // Next hop.
  out.U8(0);
  out.PutText(nlris);
  EXPECT_TRUE(out.End(reach));
  out.U32(0x40010100);  // ORIGIN: IGP.
  out.U16(0x4002);      // AS_PATH, empty.
  out.U8(0);
  out.U16(0x901d);
  const Writer::Place bgpls = out.Begin(2);
  out.PutText(bgpls_attribute);
  EXPECT_TRUE(out.End(bgpls));
  EXPECT_TRUE(out.End(attributes));
  EXPECT_TRUE(out.End(length, /*more=*/18));
  return std::move(out).text();
}

}  // namespace srpce::wire::bgpls
