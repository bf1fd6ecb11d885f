#!/usr/bin/env python3
"""Shows that check_layers.py finds each kind of violation, and passes a tree without any."""
import pathlib
import tempfile
import unittest

import check_layers

GOOD = {
    "lib/base/CMakeLists.txt": "srpce_library(base SOURCES a.cc HEADERS a.h LINK absl::status)",
    "lib/base/a.h": "#include <string>\n",
    "lib/base/a.cc": '#include "lib/base/a.h"\n',
    "lib/graph/CMakeLists.txt": "srpce_library(graph\n  HEADERS g.h  # a comment\n  DEPS base)",
    "lib/graph/g.h": '#include <lemon/dijkstra.h>\n#include "lib/base/a.h"\n',
    "lib/topology/CMakeLists.txt": "srpce_library(topology HEADERS t.h DEPS graph)",
    "lib/topology/t.h": '#include "lib/base/a.h"\n#include "lib/graph/g.h"\n',
    "proto/CMakeLists.txt": "add_library(srpce::proto ALIAS srpce_proto)\nadd_library(srpce::proto_grpc ALIAS srpce_proto_grpc)",
    "plugins/store/x/CMakeLists.txt": "srpce_library(x SOURCES x.cc HEADERS x.h DEPS base proto_grpc)",
    "plugins/store/x/x.h": '#include "lib/base/a.h"\n',
    "plugins/store/x/x.cc": '#include "plugins/store/x/x.h"\n#include <grpcpp/grpcpp.h>\n#include "srpce/v1/path.grpc.pb.h"\n#include "srpce/v1/path.pb.h"\n',
    "plugins/store/y/CMakeLists.txt": "srpce_library(y HEADERS y.h DEPS base)",
    "plugins/store/y/y.h": '#include "lib/base/a.h"\n',
    "daemon/d/CMakeLists.txt": "srpce_library(d HEADERS d.h DEPS x)\nsrpce_executable(prog SOURCES main.cc DEPS d)",
    "daemon/d/d.h": '#include "plugins/store/x/x.h"\n#include "lib/base/a.h"\n',
    "daemon/d/main.cc": '#include "daemon/d/d.h"\n',
}


def errors_of(changes):
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        for path, text in {**GOOD, **changes}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return check_layers.Checker(root.resolve()).run()


class CheckLayersTest(unittest.TestCase):
    def expect(self, changes, want):
        errors = errors_of(changes)
        self.assertEqual(len(errors), 1, errors)
        self.assertIn(want, errors[0])

    def test_passes_a_tree_without_violations(self):
        self.assertEqual(errors_of({}), [])

    def test_finds_an_include_upwards(self):
        self.expect({"lib/base/a.cc": '#include "lib/base/a.h"\n#include "lib/topology/t.h"\n'}, "lib/base/a.cc:2: \"lib/topology/t.h\": lib/base is below")

    def test_finds_an_include_of_the_daemon_in_a_plugin(self):
        self.expect({"plugins/store/x/x.cc": '#include "plugins/store/x/x.h"\n#include "daemon/d/d.h"\n'}, "plugins/store/x/x.cc:2")

    def test_finds_a_source_that_does_not_begin_with_its_own_header(self):
        self.expect({"lib/base/a.cc": '#include <string>\n#include "lib/base/a.h"\n'}, 'lib/base/a.cc:1: want "lib/base/a.h" first')

    def test_finds_a_dependency_upwards(self):
        self.expect({"lib/base/CMakeLists.txt": "srpce_library(base SOURCES a.cc HEADERS a.h DEPS topology)"},
                    "DEPS topology: lib/base is below")

    def test_finds_an_undeclared_library(self):
        self.expect({"lib/topology/CMakeLists.txt": "srpce_library(topology HEADERS t.h DEPS base)"},
                    "lib/topology/t.h:2: \"lib/graph/g.h\" is of graph, which DEPS of topology does not reach")

    def test_finds_a_dependency_that_does_not_exist(self):
        self.expect({"lib/graph/CMakeLists.txt": "srpce_library(graph HEADERS g.h DEPS base nothing)"},
                    "DEPS names nothing")

    def test_finds_a_plugin_that_knows_another(self):
        self.expect({"plugins/store/y/CMakeLists.txt": "srpce_library(y HEADERS y.h DEPS base x)"}, "one does not know another")
        self.expect({"plugins/store/y/y.h": '#include "plugins/store/x/x.h"\n'}, "one does not know another")

    def test_finds_generated_code_in_lib(self):
        errors = errors_of({"lib/base/a.h": '#include "srpce/v1/path.pb.h"\n'})
        self.assertTrue(any("stops at the edges" in e for e in errors), errors)
        self.expect({"lib/base/a.h": "#include <google/protobuf/message.h>\n"}, "stops at the edges")

    def test_finds_generated_code_without_its_library(self):
        self.expect({"plugins/store/y/y.h": '#include "srpce/v1/path.pb.h"\n'}, "which DEPS of y does not reach")

    def test_finds_grpc_in_lib_and_in_headers_of_plugins(self):
        self.expect({"lib/base/a.h": "#include <grpcpp/grpcpp.h>\n"}, "gRPC is for the edges")
        self.expect({"plugins/store/x/x.h": "#include <grpcpp/grpcpp.h>\n"}, "must not make its users see gRPC")

    def test_finds_lemon_outside_of_graph(self):
        self.expect({"lib/topology/t.h": "#include <lemon/dijkstra.h>\n"}, "lib/graph only")
        self.expect({"lib/base/a.h": "#include <lemon/dijkstra.h>\n"}, "lib/graph only")

    def test_finds_a_file_no_target_lists(self):
        self.expect({"lib/base/b.cc": ""}, "lib/base/b.cc: in no SOURCES or HEADERS")

    def test_finds_a_path_not_from_the_root(self):
        self.expect({"lib/base/a.cc": '#include "lib/base/a.h"\n#include "a.h"\n'}, 'want the path from the root, "lib/base/a.h"')
        self.expect({"lib/base/a.cc": '#include "lib/base/a.h"\n#include "lib/base/none.h"\n'}, "is no file")


if __name__ == "__main__":
    unittest.main()
