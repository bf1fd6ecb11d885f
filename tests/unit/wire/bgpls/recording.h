// tests/unit/wire/bgpls/recording.h -- the messages of tests/replay/bgpls/isis-8-routers.bgp, taken
// apart as far as RFC 4271 and RFC 4760 go. Shares no code with the BGP library.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/wire/bgpls/attribute.h"
#include "lib/wire/bgpls/nlri.h"

namespace srpce::wire::bgpls {

// One UPDATE, and the parts of it that are BGP-LS.
struct RecordedUpdate {
  std::string message;    // Whole, header included.
  std::string reached;    // NLRIs of MP_REACH_NLRI.
  std::string withdrawn;  // NLRIs of MP_UNREACH_NLRI.
  std::string attribute;  // Path attribute 29.
  bool end_of_rib = false;
};

std::string RecordingPath();
// In the order they were sent. Fails the test if a message does not add up.
std::vector<RecordedUpdate> ReadRecording();

// What a collector holds after `updates`: NLRIs by their text, with the attribute that came last.
struct Held {
  Nlri nlri;
  Attribute attribute;
};
std::map<std::string, Held> Apply(const std::vector<RecordedUpdate>& updates);
// All updates but those from the link going down on.
std::map<std::string, Held> FullTable();

}  // namespace srpce::wire::bgpls
