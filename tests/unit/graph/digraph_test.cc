// Digraph against a naive model under random edits, and the promise that copies never change.
#include "lib/graph/digraph.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/graph/random_graph.h"

namespace srpce::graph {
namespace {

struct ModelArc {
  Node tail;
  Node head;
  ArcData data;

  bool operator==(const ModelArc&) const = default;
};

struct Model {
  uint32_t nodes = 0;
  std::map<ArcId, ModelArc> arcs;
};

void ExpectEqual(const Digraph& graph, const Model& model) {
  ASSERT_EQ(graph.node_count(), model.nodes);
  ASSERT_EQ(graph.arc_count(), model.arcs.size());
  std::vector<std::vector<ArcId>> out(model.nodes);
  std::vector<std::vector<ArcId>> in(model.nodes);
  for (const auto& [id, arc] : model.arcs) {  // Ascending ids, as out() and in() promise.
    ASSERT_TRUE(graph.contains(id));
    ASSERT_EQ(graph.ends(id).tail, arc.tail);
    ASSERT_EQ(graph.ends(id).head, arc.head);
    ASSERT_EQ(graph.data(id), arc.data);
    out[arc.tail].push_back(id);
    in[arc.head].push_back(id);
  }
  for (Node node = 0; node < model.nodes; ++node) {
    ASSERT_EQ(graph.out(node).size(), out[node].size());
    ASSERT_EQ(graph.in(node).size(), in[node].size());
    for (size_t i = 0; i < out[node].size(); ++i) {
      const Arc& arc = graph.out(node)[i];
      ASSERT_EQ(arc.id, out[node][i]);
      ASSERT_EQ(arc.other, model.arcs.at(arc.id).head);
      ASSERT_EQ(arc.data, model.arcs.at(arc.id).data);
    }
    for (size_t i = 0; i < in[node].size(); ++i) {
      const Arc& arc = graph.in(node)[i];
      ASSERT_EQ(arc.id, in[node][i]);
      ASSERT_EQ(arc.other, model.arcs.at(arc.id).tail);
      ASSERT_EQ(arc.data, model.arcs.at(arc.id).data);
    }
  }
}

class Editor {
 public:
  explicit Editor(uint64_t seed) : random_(seed) {}

  void Step() {
    const uint32_t choice = random_.Between(1, 100);
    if (model.nodes < 2 || choice <= 10) {
      ASSERT_EQ(graph.AddNode(edit_), model.nodes);
      ++model.nodes;
    } else if (choice <= 50 || model.arcs.empty()) {
      const Node tail = random_.Between(0, model.nodes - 1);
      const Node head = random_.Between(0, model.nodes - 1);
      const ArcData data = RandomArc(random_, {});
      const ArcId id = graph.AddArc(tail, head, data, edit_);
      ASSERT_TRUE(model.arcs.emplace(id, ModelArc{tail, head, data}).second)
          << "id " << id << " was in use";
    } else {
      const auto at = std::next(model.arcs.begin(),
                                random_.Between(0, static_cast<uint32_t>(model.arcs.size()) - 1));
      if (choice <= 80) {
        at->second.data = RandomArc(random_, {});
        at->second.data.capacity = random_.Between(0, 9);
        graph.SetArc(at->first, at->second.data, edit_);
      } else {
        graph.RemoveArc(at->first, edit_);
        ASSERT_FALSE(graph.contains(at->first));
        model.arcs.erase(at);
      }
    }
  }
  void Seal() { edit_.Seal(); }

  Digraph graph;
  Model model;

 private:
  Random random_;
  Edit edit_;
};

TEST(DigraphTest, DoesWhatTheModelDoes) {
  const uint64_t seed = TestSeed(41);
  for (uint64_t run = 0; run < 20; ++run) {
    Editor editor(seed + run);
    for (int step = 0; step < 1000; ++step) {
      editor.Step();
      if (step % 100 == 0) {
        ExpectEqual(editor.graph, editor.model);
      }
      ASSERT_FALSE(HasFatalFailure()) << "run " << run << " step " << step;
    }
    ExpectEqual(editor.graph, editor.model);
  }
}

TEST(DigraphTest, CopiesNeverChange) {
  Editor editor(TestSeed(42));
  std::vector<std::pair<Digraph, Model>> copies;
  for (int step = 0; step < 4000; ++step) {
    editor.Step();
    ASSERT_FALSE(HasFatalFailure()) << "step " << step;
    if (step % 150 == 0) {
      editor.Seal();
      copies.emplace_back(editor.graph, editor.model);
    }
  }
  for (const auto& [graph, model] : copies) {
    ExpectEqual(graph, model);
  }
}

// By node: its outgoing arcs.
std::map<Node, std::map<ArcId, ModelArc>> OutArcs(const Model& model) {
  std::map<Node, std::map<ArcId, ModelArc>> out;
  for (Node node = 0; node < model.nodes; ++node) {
    out[node];
  }
  for (const auto& [id, arc] : model.arcs) {
    out[arc.tail].emplace(id, arc);
  }
  return out;
}

TEST(DigraphTest, ChangedTailsAreTheNodesWhoseOutgoingArcsDiffer) {
  Editor editor(TestSeed(43));
  std::vector<std::pair<Digraph::Version, std::map<Node, std::map<ArcId, ModelArc>>>> versions;
  versions.emplace_back(Digraph::Version(), OutArcs(Model()));
  for (int step = 0; step < 3000; ++step) {
    editor.Step();
    ASSERT_FALSE(HasFatalFailure()) << "step " << step;
    if (step % 40 != 0) continue;
    const auto now = OutArcs(editor.model);
    for (const auto& [version, then] : versions) {
      std::vector<Node> want;
      for (const auto& [node, arcs] : now) {
        const auto old = then.find(node);
        if (old == then.end() || old->second != arcs) want.push_back(node);
      }
      ASSERT_EQ(editor.graph.ChangedTails(version), want) << "step " << step;
    }
    editor.Seal();
    if (step % 400 == 0 || versions.size() < 4) versions.emplace_back(editor.graph.version(), now);
  }
}

// The newest removed id comes back first, so ids stay dense.
TEST(DigraphTest, UsesReleasedIdsAgain) {
  const Edit edit;
  Digraph graph;
  graph.AddNode(edit);
  graph.AddNode(edit);
  for (int i = 0; i < 5; ++i) {
    graph.AddArc(0, 1, {}, edit);
  }
  graph.RemoveArc(1, edit);
  graph.RemoveArc(3, edit);
  EXPECT_EQ(graph.AddArc(1, 0, {}, edit), 3U);
  EXPECT_EQ(graph.AddArc(1, 0, {}, edit), 1U);
  EXPECT_EQ(graph.AddArc(1, 0, {}, edit), 5U);
}

}  // namespace
}  // namespace srpce::graph
