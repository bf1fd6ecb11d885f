#include "tests/unit/cspf/churn.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <queue>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/topology/element_validation.h"

namespace srpce::cspf {
namespace {

using topology::NodeIndex;

// Fibres that fail together.
constexpr uint32_t kRisks = 40;

constexpr std::array<uint32_t, 3> kMost = {topology::kMaxIgpMetric, UINT32_MAX,
                                           static_cast<uint32_t>(topology::kMaxDelay.count())};

void MustHold(const absl::Status& status) { ASSERT_TRUE(status.ok()) << status; }

std::string IdOf(uint32_t node) { return absl::StrCat("n", node); }

}  // namespace

Drawing DrawingOf(const support::GeneratedNetwork& network) {
  Drawing drawing{.node_count = network.node_count, .links = {}};
  for (const support::GeneratedLink& link : network.links) {
    const auto edge = static_cast<uint32_t>(drawing.links.size() / 2);
    drawing.links.push_back({.from = link.local,
                             .to = link.remote,
                             .metrics = {link.igp, std::nullopt, link.delay_us},
                             .risk = edge * 7919 % kRisks});
  }
  return drawing;
}

Drawing ReadMap(const std::string& name) {
  std::ifstream file(absl::StrCat(SRPCE_SOURCE_DIR, "/tests/topologies/", name, ".graph"));
  EXPECT_TRUE(file.good()) << name;
  Drawing drawing;
  std::string word;
  file >> word >> drawing.node_count;
  while (file >> word && word != "EDGES") {
  }
  std::string line;
  std::getline(file, line);
  std::map<std::pair<uint32_t, uint32_t>, std::vector<DrawnLink>> waiting;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    DrawnLink link;
    uint32_t igp = 0;
    uint32_t delay = 0;
    if (!(fields >> word >> link.from >> link.to >> igp >> word >> delay)) continue;
    link.metrics = {igp, std::nullopt, delay};
    auto& partners = waiting[{link.to, link.from}];
    if (partners.empty()) {
      waiting[{link.from, link.to}].push_back(link);
      continue;
    }
    link.risk = partners.back().risk = static_cast<uint32_t>(drawing.links.size() / 2) % kRisks;
    drawing.links.push_back(partners.back());
    drawing.links.push_back(link);
    partners.pop_back();
  }
  return drawing;
}

Drawing SmallDrawing(std::mt19937_64& random) {
  const auto below = [&](uint32_t bound) { return static_cast<uint32_t>(random() % bound); };
  Drawing drawing{.node_count = 4 + below(12), .links = {}};
  for (uint32_t edge = drawing.node_count + below(2 * drawing.node_count); edge > 0; --edge) {
    const uint32_t from = below(drawing.node_count);
    const uint32_t to = (from + 1 + below(drawing.node_count - 1)) % drawing.node_count;
    for (const auto& [tail, head] : {std::pair(from, to), std::pair(to, from)}) {
      drawing.links.push_back({.from = tail,
                               .to = head,
                               .metrics = {below(4), below(4), below(4)},
                               .risk = edge % kRisks});
    }
  }
  return drawing;
}

Churn::Churn(Drawing drawing, uint64_t seed)
    : drawing_(std::move(drawing)),
      node_stated_(drawing_.node_count, true),
      overloaded_(drawing_.node_count),
      random_(seed) {
  source_ = builder_.Connect({.name = "churn", .hold_time = std::nullopt}, {}).value();
  for (uint32_t node = 0; node < drawing_.node_count; ++node) SayNode(node);
  for (size_t link = 0; link < drawing_.links.size(); ++link) SayLink(link);
  Publish();
}

topology::LinkKey Churn::KeyOf(size_t link) const {
  const DrawnLink& drawn = drawing_.links[link];
  return {IdOf(drawn.from), IdOf(drawn.to), absl::StrCat("if", link), absl::StrCat("if", link ^ 1)};
}

void Churn::SayNode(uint32_t node) {
  topology::NodeAttributes attributes;
  attributes.overload = overloaded_[node];
  MustHold(builder_.SetNode(source_, IdOf(node), attributes, {}, {}));
}

void Churn::SayLink(size_t link) {
  const DrawnLink& drawn = drawing_.links[link];
  topology::LinkAttributes attributes;
  attributes.up = drawn.up;
  attributes.igp_metric = drawn.metrics[0];
  attributes.te_metric = drawn.metrics[1];
  if (drawn.metrics[2]) attributes.delay = attributes.min_delay = Microseconds(*drawn.metrics[2]);
  attributes.capacity = BytesPerSecond{drawn.bandwidth};
  attributes.srlgs = {drawn.risk};
  MustHold(builder_.SetLink(source_, KeyOf(link), attributes, {}, {}));
}

void Churn::Publish() {
  ted_ = builder_.Publish().ted;
  index_.clear();
  for (uint32_t node = 0; node < drawing_.node_count; ++node) {
    index_.push_back(ted_->FindNode(IdOf(node)));
  }
}

const char* Churn::Step() {
  const char* what = Change();
  Publish();
  return what;
}

const char* Churn::Change() {
  const size_t edges = drawing_.links.size() / 2;
  const auto down = std::count_if(drawing_.links.begin(), drawing_.links.end(),
                                  [](const DrawnLink& link) { return !link.up || !link.stated; });
  if (static_cast<size_t>(down) * 4 > drawing_.links.size()) {
    for (size_t edge = 0; edge < edges; ++edge) TurnEdge(edge, true);
    return "everything comes back";
  }
  const uint64_t kind = Below(100);
  if (kind < 25) {
    const size_t edge = Below(edges);
    TurnEdge(edge, !drawing_.links[2 * edge].up);
    return "a link turns";
  }
  if (kind < 30) {
    const size_t link = Below(2 * edges);
    drawing_.links[link].up = !drawing_.links[link].up;
    if (drawing_.links[link].stated) SayLink(link);
    return "a direction turns";
  }
  if (kind < 60) {
    ChangeMetric(Below(2 * edges));
    return "a metric";
  }
  if (kind < 72) {
    for (uint64_t left = 2 + Below(20); left > 0; --left) ChangeMetric(Below(2 * edges));
    return "many metrics";
  }
  if (kind < 80) {
    TurnRisk(static_cast<uint32_t>(Below(kRisks)), OneIn(2));
    return "a risk group turns";
  }
  if (kind < 84) {
    AddEdge(static_cast<uint32_t>(Below(drawing_.node_count)),
            static_cast<uint32_t>(Below(drawing_.node_count)));
    return "a new link";
  }
  if (kind < 88) {
    DropEdge(Below(edges));
    return "a link is withdrawn";
  }
  if (kind < 92) {
    TurnNode(static_cast<uint32_t>(Below(drawing_.node_count)));
    return "a node goes or returns";
  }
  if (kind < 93) {
    AddNode();
    return "a new node";
  }
  if (kind < 97) {
    const size_t link = Below(2 * edges);
    ++drawing_.links[link].bandwidth;
    if (drawing_.links[link].stated) SayLink(link);
    return "a bandwidth";
  }
  const auto node = static_cast<uint32_t>(Below(drawing_.node_count));
  overloaded_[node] = !overloaded_[node];
  if (node_stated_[node]) SayNode(node);
  return "an overload";
}

void Churn::TurnEdge(size_t edge, bool up) {
  for (const size_t link : {2 * edge, 2 * edge + 1}) {
    if (drawing_.links[link].up == up && drawing_.links[link].stated) continue;
    drawing_.links[link].up = up;
    drawing_.links[link].stated = true;
    SayLink(link);
  }
}

void Churn::ChangeMetric(size_t link) {
  const size_t slot = Below(3);
  std::optional<uint32_t>& metric = drawing_.links[link].metrics[slot];
  const uint64_t now = metric.value_or(10);
  switch (Below(13)) {
    case 0:
      metric = 0;
      break;
    case 1:
      metric = kMost[slot] - static_cast<uint32_t>(Below(2));
      break;
    case 2:
      metric.reset();
      break;
    case 3:
      metric = static_cast<uint32_t>(std::min<uint64_t>(now + 1, kMost[slot]));
      break;
    case 4:
      metric = static_cast<uint32_t>(now - std::min<uint64_t>(now, 1));
      break;
    case 5:  // A sample of what wanders.
    case 6:
    case 7:
      metric = static_cast<uint32_t>(std::min<uint64_t>(now * (96 + Below(9)) / 100, kMost[slot]));
      break;
    default: {  // Of the size that metrics have there.
      const DrawnLink& other = drawing_.links[Below(drawing_.links.size())];
      const uint64_t size = other.metrics[slot].value_or(10) * (50 + Below(100)) / 100;
      metric = static_cast<uint32_t>(std::min<uint64_t>(size, kMost[slot]));
    }
  }
  if (drawing_.links[link].stated) SayLink(link);
}

void Churn::TurnRisk(uint32_t risk, bool up) {
  for (size_t edge = 0; edge < drawing_.links.size() / 2; ++edge) {
    if (drawing_.links[2 * edge].risk == risk) TurnEdge(edge, up);
  }
}

void Churn::AddEdge(uint32_t from, uint32_t to) {
  if (from == to) return;
  const auto metric = [&] { return static_cast<uint32_t>(Below(50)); };
  for (const auto& [tail, head] : {std::pair(from, to), std::pair(to, from)}) {
    drawing_.links.push_back({.from = tail,
                              .to = head,
                              .metrics = {metric(), std::nullopt, metric()},
                              .risk = static_cast<uint32_t>(drawing_.links.size() / 2) % kRisks});
    SayLink(drawing_.links.size() - 1);
  }
}

void Churn::DropEdge(size_t edge) {
  for (const size_t link : {2 * edge, 2 * edge + 1}) {
    if (!std::exchange(drawing_.links[link].stated, false)) continue;
    MustHold(builder_.RemoveLink(source_, KeyOf(link), {}));
  }
}

// Half of the time its links stay announced by the others, and are of no use.
void Churn::TurnNode(uint32_t node) {
  if (!node_stated_[node]) {
    node_stated_[node] = true;
    SayNode(node);
    return;
  }
  node_stated_[node] = false;
  MustHold(builder_.RemoveNode(source_, IdOf(node), {}));
  if (OneIn(2)) return;
  for (size_t edge = 0; edge < drawing_.links.size() / 2; ++edge) {
    const DrawnLink& link = drawing_.links[2 * edge];
    if (link.from == node || link.to == node) DropEdge(edge);
  }
}

void Churn::AddNode() {
  const uint32_t node = drawing_.node_count++;
  node_stated_.push_back(true);
  overloaded_.push_back(false);
  SayNode(node);
  for (uint64_t left = Below(4); left > 0; --left) {
    AddEdge(node, static_cast<uint32_t>(Below(drawing_.node_count)));
  }
}

bool Churn::IsUsable(size_t link) const {
  const DrawnLink& there = drawing_.links[link];
  const DrawnLink& back = drawing_.links[link ^ 1];
  return there.stated && there.up && back.stated && back.up && node_stated_[there.from] &&
         node_stated_[there.to];
}

// The IGP metric stands in for TE; what is not announced weighs nothing.
uint64_t Churn::WeightOf(const DrawnLink& link, size_t slot) const {
  if (slot == 1 && !link.metrics[1]) return link.metrics[0].value_or(0);
  return link.metrics[slot].value_or(0);
}

void Churn::ForEachUsable(size_t slot,
                          const std::function<void(uint32_t, uint32_t, uint64_t)>& visit) const {
  for (size_t link = 0; link < drawing_.links.size(); ++link) {
    const DrawnLink& drawn = drawing_.links[link];
    if (!IsUsable(link)) continue;
    visit(index_[drawn.from]->value(), index_[drawn.to]->value(), WeightOf(drawn, slot));
  }
}

std::vector<uint64_t> Churn::DistancesTo(NodeIndex target, size_t slot) const {
  std::vector<std::vector<std::pair<uint32_t, uint64_t>>> in(ted_->node_bound());
  ForEachUsable(slot, [&](uint32_t tail, uint32_t head, uint64_t weight) {
    in[head].emplace_back(tail, weight);
  });
  std::vector<uint64_t> distances(ted_->node_bound(), kNoWay);
  using Entry = std::pair<uint64_t, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  distances[target.value()] = 0;
  queue.emplace(0, target.value());
  while (!queue.empty()) {
    const auto [distance, node] = queue.top();
    queue.pop();
    if (distance > distances[node]) continue;
    for (const auto& [tail, weight] : in[node]) {
      if (distance + weight >= distances[tail]) continue;
      distances[tail] = distance + weight;
      queue.emplace(distances[tail], tail);
    }
  }
  return distances;
}

}  // namespace srpce::cspf
