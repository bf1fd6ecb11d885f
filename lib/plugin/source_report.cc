#include "lib/plugin/source_report.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace srpce::plugin {
namespace {

// Of the whole, so that the three lists fit together; counters cannot need more than their part.
constexpr size_t kPeersBytes = kMaxReportBytes / 4;
constexpr size_t kUnknownBytes = kMaxReportBytes / 2;
static_assert(kMaxReportCounters * (kMaxReportText + 32) <= kMaxReportBytes / 4);
// Of an element beside its texts: tags, lengths and numbers as long as they get.
constexpr size_t kPeerOverhead = 80;
constexpr size_t kUnknownOverhead = 48;

constexpr char kCut[] = "...";

// Octets of the character at the front of `text`; 0 if that is none, or a control character.
size_t PlainLength(absl::string_view text) {
  const auto octet = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = octet(0);
  if (first < 0x80) {
    return first < 0x20 || first == 0x7f ? 0 : 1;
  }
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) {
    return 0;
  }
  for (size_t i = 1; i < length; ++i) {
    if ((octet(i) & 0xc0) != 0x80) {
      return 0;
    }
  }
  // Overlong forms, surrogates and what is beyond U+10FFFF show in the second octet. So does C1.
  const uint8_t second = octet(1);
  const bool refused = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                       (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f) ||
                       (first == 0xc2 && second < 0xa0);
  return refused ? 0 : length;
}

// Makes `text` plain and at most kMaxReportText octets.
void FitText(std::string& text) {
  if (text.size() <= kMaxReportText && IsPlainText(text)) {
    return;
  }
  constexpr std::array<char, 17> kDigits{"0123456789abcdef"};
  constexpr size_t kRoom = kMaxReportText - (sizeof(kCut) - 1);
  std::string fit;
  for (absl::string_view rest = text; !rest.empty();) {
    const size_t length = PlainLength(rest);
    std::string next(rest.substr(0, length));
    if (length == 0) {
      const auto octet = static_cast<uint8_t>(rest[0]);
      next = {'\\', 'x', kDigits[octet >> 4], kDigits[octet & 0xf]};
    }
    if (fit.size() + next.size() > kRoom) {
      fit += kCut;
      break;
    }
    fit += next;
    rest.remove_prefix(std::max<size_t>(length, 1));
  }
  text = std::move(fit);
}

size_t Bytes(const SourcePeer& peer) {
  return peer.name.size() + peer.address.size() + peer.state.size() + peer.detail.size() +
         kPeerOverhead;
}
size_t Bytes(const UnknownElement& element) {
  return element.kind.size() + element.text.size() + element.where.size() + element.octets.size() +
         kUnknownOverhead;
}

// Returns how many of the first elements of `list` can stay: all, or so many that there is room for
// one more, the sum of the others.
template <typename Element>
size_t RoomFor(const std::vector<Element>& list, size_t max_elements, size_t max_bytes) {
  constexpr size_t kSumBytes = 256;
  size_t bytes = 0;
  size_t with_sum = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    bytes += Bytes(list[i]);
    if (i < max_elements - 1 && bytes + kSumBytes <= max_bytes) {
      with_sum = i + 1;
    }
  }
  return list.size() <= max_elements && bytes <= max_bytes ? list.size() : with_sum;
}

void FitPeers(std::vector<SourcePeer>& peers) {
  if (RoomFor(peers, kMaxReportPeers, kPeersBytes) == peers.size()) {
    return;
  }
  std::stable_partition(peers.begin(), peers.end(),
                        [](const SourcePeer& peer) { return !peer.up; });
  const size_t stay = RoomFor(peers, kMaxReportPeers, kPeersBytes);
  SourcePeer others;
  others.name = absl::StrCat(peers.size() - stay, " other peers");
  others.up = true;
  for (size_t i = stay; i < peers.size(); ++i) {
    others.up = others.up && peers[i].up;
    others.sessions += peers[i].sessions;
    others.elements += peers[i].elements;
    others.stale_elements += peers[i].stale_elements;
  }
  others.state = others.up ? "all up" : "not all up";
  peers.resize(stay);
  peers.push_back(std::move(others));
}

void FitUnknown(std::vector<UnknownElement>& unknown) {
  if (RoomFor(unknown, kMaxReportUnknown, kUnknownBytes) == unknown.size()) {
    return;
  }
  std::stable_sort(
      unknown.begin(), unknown.end(),
      [](const UnknownElement& a, const UnknownElement& b) { return a.count > b.count; });
  const size_t stay = RoomFor(unknown, kMaxReportUnknown, kUnknownBytes);
  UnknownElement others;
  others.kind = "others";
  others.text = absl::StrCat(unknown.size() - stay, " elements that were seen less");
  for (size_t i = stay; i < unknown.size(); ++i) {
    others.count += unknown[i].count;
  }
  unknown.resize(stay);
  unknown.push_back(std::move(others));
}

}  // namespace

bool IsPlainText(absl::string_view text) {
  while (!text.empty()) {
    const size_t length = PlainLength(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

SourceReport FitReport(SourceReport report) {
  for (SourcePeer& peer : report.peers) {
    FitText(peer.name);
    FitText(peer.address);
    FitText(peer.state);
    FitText(peer.detail);
  }
  for (UnknownElement& element : report.unknown) {
    FitText(element.kind);
    FitText(element.text);
    FitText(element.where);
    element.octets.resize(std::min(element.octets.size(), kMaxReportOctets));
  }
  FitPeers(report.peers);
  FitUnknown(report.unknown);
  return report;
}

}  // namespace srpce::plugin
