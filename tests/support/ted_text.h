// tests/support/ted_text.h -- parses the map language of build_ted.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/topology/elements.h"

namespace srpce::support {

struct NodeText {
  std::string id;
  uint32_t number = 0;  // 1 for the first node named in the text.
  bool announced = true;
  bool mpls = true;
  bool srv6 = true;
  bool classic_srv6 = false;
  std::optional<uint32_t> index;
  std::vector<topology::LabelRange> srgb;
  std::vector<uint8_t> algorithms;  // Flexible ones.
  std::vector<topology::FlexAlgoDefinition> definitions;
  std::vector<uint32_t> anycast_indexes;
  std::optional<IpPrefix> locator;
  std::optional<uint8_t> msd;
  std::optional<uint8_t> srv6_msd;
  std::optional<bool> overload;
  std::optional<bool> pseudonode;
  bool bare = false;  // Nothing is announced but what is said.
  // Said with the words of exact_words.h: added to what the other words make.
  topology::NodeAttributes exact;
  std::vector<topology::Prefix> prefixes;
};

struct LinkText {
  topology::LinkKey key;
  topology::LinkAttributes attributes;
  std::optional<uint32_t> adjacency_sid;
  bool no_adjacency_sid = false;
};

struct TedText {
  std::vector<NodeText> nodes;  // In the order they are named.
  std::vector<LinkText> links;  // One per direction, in the order of the text.
  std::map<std::string, size_t, std::less<>> node_by_id;

  NodeText& Node(absl::string_view id);
};

// Dies with the line on a mistake in `text`.
TedText ParseTedText(absl::string_view text);

}  // namespace srpce::support
