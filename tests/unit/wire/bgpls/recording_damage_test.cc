// Every truncation and every change of one octet of what real routers sent: no crash, and no NLRI
// lost but the one that was damaged.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/support/seed.h"
#include "tests/unit/wire/bgpls/recording.h"

namespace srpce::wire::bgpls {
namespace {

struct Span {
  size_t begin = 0;
  size_t end = 0;
};

// Where the NLRIs or TLVs are, headers included. Told from the lengths alone.
std::vector<Span> Spans(absl::string_view bytes) {
  std::vector<Span> spans;
  for (size_t at = 0; at + 4 <= bytes.size();) {
    const size_t size =
        4 + 256 * static_cast<uint8_t>(bytes[at + 2]) + static_cast<uint8_t>(bytes[at + 3]);
    spans.push_back({at, at + size});
    at += size;
  }
  return spans;
}

size_t Total(const NlriList& list) {
  return list.known.size() + list.unknown.size() + list.bad.size();
}

TEST(RecordingDamageTest, EveryTruncationOfTheNlrisLosesWhatIsCutOff) {
  for (const RecordedUpdate& update : ReadRecording()) {
    const std::vector<Span> spans = Spans(update.reached);
    for (size_t size = 0; size < update.reached.size(); ++size) {
      const NlriList list = DecodeNlris(AsBytes(update.reached).first(size));
      const auto whole = std::ranges::count_if(spans, [&](Span s) { return s.end <= size; });
      ASSERT_EQ(list.known.size(), static_cast<size_t>(whole)) << size;
      const bool at_border =
          size == 0 || std::ranges::any_of(spans, [&](Span s) { return s.end == size; });
      ASSERT_EQ(list.overrun.ok(), at_border) << size;
    }
  }
}

// Sanitizers are slow: there every 16th value, else all 255.
constexpr int kStep = support::kAllCases ? 1 : 16;

// All NLRIs of the recording, announced and withdrawn, one after the other.
std::string AllNlris() {
  std::string all;
  for (const RecordedUpdate& update : ReadRecording()) all += update.reached + update.withdrawn;
  return all;
}

// Calls `damaged` with each NLRI between its neighbours, each of the octets [from, to) of its span
// changed to each other value.
template <typename Damaged>
void ChangeEachOctet(const std::string& all, size_t from, size_t to, Damaged damaged) {
  const std::vector<Span> spans = Spans(all);
  for (size_t n = 1; n + 1 < spans.size(); ++n) {
    const size_t begin = spans[n - 1].begin;
    std::string three = all.substr(begin, spans[n + 1].end - begin);
    const size_t start = spans[n].begin - begin;
    const size_t end = std::min(start + to, spans[n].end - begin);
    for (size_t at = start + from; at < end; ++at) {
      const char was = three[at];
      for (int change = 1; change < 256; change += kStep) {
        three[at] = static_cast<char>(was ^ change);
        damaged(three, three.substr(0, start), three.substr(spans[n].end - begin));
      }
      three[at] = was;
    }
  }
}

TEST(RecordingDamageTest, AChangeInsideAnNlriCostsAtMostThatOne) {
  int changes = 0;
  ChangeEachOctet(AllNlris(), 4, SIZE_MAX / 2,
                  [&](const std::string& three, const std::string& first, const std::string& last) {
                    const NlriList list = DecodeNlris(AsBytes(three));
                    ASSERT_TRUE(list.overrun.ok());
                    ASSERT_EQ(Total(list), 3U);
                    ASSERT_GE(list.known.size(), 2U);
                    ASSERT_EQ(list.known.front().key, first);
                    ASSERT_EQ(list.known.back().key, last);
                    ++changes;
                  });
  std::printf("changes: %d\n", changes);
  EXPECT_GT(changes, support::Cases(1000000));
}

TEST(RecordingDamageTest, AChangedHeaderLosesNothingBeforeIt) {
  ChangeEachOctet(AllNlris(), 0, 4,
                  [&](const std::string& three, const std::string& first, const std::string&) {
                    const NlriList list = DecodeNlris(AsBytes(three));
                    ASSERT_GE(list.known.size(), 1U);
                    ASSERT_EQ(list.known.front().key, first);
                  });
}

// Each attribute once.
std::set<std::string> Attributes() {
  std::set<std::string> all;
  for (const RecordedUpdate& update : ReadRecording()) all.insert(update.attribute);
  return all;
}

TEST(RecordingDamageTest, EveryTruncationOfAnAttributeKeepsWhatIsWhole) {
  for (const std::string& bytes : Attributes()) {
    const std::vector<Span> spans = Spans(bytes);
    for (size_t size = 0; size < bytes.size(); ++size) {
      const DecodedAttribute decoded = DecodeAttribute(AsBytes(bytes).first(size));
      const bool at_border =
          size == 0 || std::ranges::any_of(spans, [&](Span s) { return s.end == size; });
      ASSERT_EQ(decoded.overrun, !at_border) << size;
      ASSERT_EQ(decoded.defects.size(), at_border ? 0U : 1U) << size;
    }
  }
}

TEST(RecordingDamageTest, AChangeInsideATlvCostsAtMostThatOne) {
  for (std::string bytes : Attributes()) {
    for (const Span& span : Spans(bytes)) {
      std::string others = bytes;
      others.erase(span.begin, span.end - span.begin);
      const auto without = EncodeAttribute(DecodeAttribute(AsBytes(others)).attribute);
      ASSERT_TRUE(without.ok());
      for (size_t at = span.begin + 4; at < span.end; ++at) {
        const char was = bytes[at];
        for (int change = 1; change < 256; change += kStep) {
          bytes[at] = static_cast<char>(was ^ change);
          const DecodedAttribute decoded = DecodeAttribute(AsBytes(bytes));
          ASSERT_FALSE(decoded.overrun);
          ASSERT_LE(decoded.defects.size(), 1U);
          if (decoded.defects.size() == 1) {
            ASSERT_EQ(*EncodeAttribute(decoded.attribute), *without) << "octet " << at;
          }
        }
        bytes[at] = was;
      }
    }
  }
}

TEST(RecordingDamageTest, AChangedTlvHeaderNeverCrashes) {
  for (std::string bytes : Attributes()) {
    for (const Span& span : Spans(bytes)) {
      for (size_t at = span.begin; at < span.begin + 4; ++at) {
        const char was = bytes[at];
        for (int change = 1; change < 256; ++change) {
          bytes[at] = static_cast<char>(was ^ change);
          ASSERT_TRUE(EncodeAttribute(DecodeAttribute(AsBytes(bytes)).attribute).ok());
        }
        bytes[at] = was;
      }
    }
  }
}

}  // namespace
}  // namespace srpce::wire::bgpls
