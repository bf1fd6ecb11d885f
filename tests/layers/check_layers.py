#!/usr/bin/env python3
"""Holds every #include of lib/, proto/, plugins/ and daemon/ to the layers and to the DEPS its CMakeLists.txt declares.

Fails with FILE:LINE: MESSAGE when
  - an include goes to a higher layer, from one plugin to another, or between programs,
  - it reaches a library that DEPS does not name, directly or through others,
  - generated protobuf code is used in lib/, gRPC headers in lib/ or in a plugin's headers, LEMON or CLP outside lib/graph,
  - DEPS itself points upwards or names a library that does not exist,
  - a source file belongs to no target, or an include of our own is not a path from the root.
"""
import argparse
import pathlib
import re
import sys

# From low to high. A folder belongs to the longest prefix.
LAYERS = ["lib/base", "lib/graph", "lib/wire/bytes", "lib/wire", "lib/topology", "lib/session", "lib/speaker", "lib/cspf", "lib/segments",
          "lib/policy", "lib/plugin", "lib/pce", "proto", "proto/convert", "proto/yaml", "plugins", "daemon"]
ROOTS = ["lib", "proto", "plugins", "daemon"]

# (include pattern, where it may not be, message)
FORBIDDEN = [
    (r".*\.pb\.h$", r"lib/.*", "generated protobuf code stops at the edges: proto/convert, plugins, daemon"),
    (r"google/protobuf/.*", r"lib/.*", "protobuf stops at the edges: proto/convert, plugins, daemon"),
    (r"grpc(pp|\+\+)?/.*", r"lib/.*", "gRPC is for the edges"),
    (r"(grpc(pp|\+\+)?/.*|.*\.grpc\.pb\.h)$", r"plugins/.*\.h", "a plugin's header must not make its users see gRPC"),
    (r"lemon/.*", r"(?!lib/graph/).*", "LEMON is used in lib/graph only"),
    (r"coin/.*", r"(?!lib/graph/).*", "CLP is used in lib/graph only"),
    (r"spdlog/.*", r"(?!daemon/log/).*", "its templates take seconds to compile; use daemon/log/log.h"),
    (r"absl/log/.*", r".*", "Debian 12's absl has no absl/log"),
    (r"absl/synchronization/mutex\.h", r"(?!daemon/(srpced|agent)/main\.cc).*",
     "ThreadSanitizer does not see into absl::Mutex; use std::mutex"),
]
# Generated headers and the library that makes them. First match.
GENERATED = [(r"srpce/config/.*\.pb\.h", "proto_config"), (r"gnmi/.*\.pb\.h", "proto_gnmi"), (r".*\.grpc\.pb\.h", "proto_grpc"),
             (r"(srpce|grpc)/.*\.pb\.h", "proto")]

CALL = re.compile(r"\b(srpce_library|srpce_executable|add_library)\s*\(([^)]*)\)", re.S)
KEYWORDS = {"SOURCES", "HEADERS", "DEPS", "LINK"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Target:
    def __init__(self, name, folder, program):
        self.name, self.folder, self.program = name, folder, program
        self.files, self.deps = set(), []


def layer_of(path):
    """Index into LAYERS of the folder `path` lies in, or None."""
    found = [i for i, layer in enumerate(LAYERS) if path == layer or path.startswith(layer + "/")]
    return max(found, key=lambda i: len(LAYERS[i])) if found else None


def parse_cmake(root):
    """All targets by name."""
    targets = {}
    for cmake in sorted(p for r in ROOTS for p in (root / r).rglob("CMakeLists.txt")):
        folder = cmake.parent.relative_to(root).as_posix()
        text = re.sub(r"#.*", "", cmake.read_text())
        for function, arguments in CALL.findall(text):
            words = arguments.split()
            if function == "add_library":
                # The generated libraries: add_library(srpce::proto ALIAS srpce_proto).
                if len(words) == 3 and words[1] == "ALIAS" and words[0].startswith("srpce::"):
                    name = words[0][len("srpce::"):]
                    targets[name] = Target(name, folder, program=False)
                continue
            target = Target(words[0], folder, program=function == "srpce_executable")
            keyword = None
            for word in words[1:]:
                if word in KEYWORDS:
                    keyword = word
                elif keyword in ("SOURCES", "HEADERS"):
                    target.files.add(f"{folder}/{word}")
                elif keyword == "DEPS":
                    target.deps.append(word)
            targets[target.name] = target
    # proto_grpc is the stubs on top of the messages.
    if "proto_grpc" in targets and "proto" in targets:
        targets["proto_grpc"].deps.append("proto")
    return targets


class Checker:
    def __init__(self, root):
        self.root = root
        self.targets = parse_cmake(root)
        self.owners = {}
        for target in self.targets.values():
            for file in target.files:
                self.owners.setdefault(file, []).append(target)
        self.errors = []
        self.includes = 0

    def error(self, where, message):
        self.errors.append(f"{where}: {message}")

    def closure(self, target):
        """Names of `target` and of all it depends on."""
        seen, todo = set(), [target.name]
        while todo:
            name = todo.pop()
            if name not in seen and name in self.targets:
                seen.add(name)
                todo += self.targets[name].deps
        return seen

    def crosses(self, from_folder, to_folder):
        """Why code in from_folder may not use to_folder, or None."""
        if from_folder == to_folder:
            return None
        low, high = layer_of(from_folder), layer_of(to_folder)
        if low is None or high is None:
            return f"{from_folder if low is None else to_folder} is in no layer"
        if high > low:
            return f"{from_folder} is below {to_folder}: an include may only go down"
        if high == low and LAYERS[low] == "plugins":
            return f"{from_folder} and {to_folder} are plugins: one does not know another"
        if high == low and LAYERS[low] != "daemon":
            return f"{from_folder} and {to_folder} are in one layer"
        return None

    def check_deps(self):
        for target in self.targets.values():
            where = f"{target.folder}/CMakeLists.txt: {target.name}"
            for dep in target.deps:
                other = self.targets.get(dep)
                if other is None:
                    self.error(where, f"DEPS names {dep}, which is no library here")
                elif other.program:
                    self.error(where, f"DEPS names {dep}, which is a program")
                elif (why := self.crosses(target.folder, other.folder)) is not None:
                    self.error(where, f"DEPS {dep}: {why}")

    def check_own_include(self, where, target, folder, path):
        if not (self.root / path).is_file():
            self.error(where, f'"{path}" is no file; want a path from the root')
            return
        other_folder = path.rsplit("/", 1)[0]
        if (why := self.crosses(folder, other_folder)) is not None:
            self.error(where, f'"{path}": {why}')
            return
        owners = self.owners.get(path, [])
        allowed = self.closure(target)
        if owners and not any(owner.name in allowed for owner in owners):
            self.error(where, f'"{path}" is of {owners[0].name}, which DEPS of {target.name} does not reach')

    def check_file(self, file):
        path = file.relative_to(self.root).as_posix()
        folder = path.rsplit("/", 1)[0]
        owners = self.owners.get(path)
        if not owners:
            self.error(path, "in no SOURCES or HEADERS of a CMakeLists.txt")
            return
        own = path[:-3] + ".h" if path.endswith(".cc") and file.with_suffix(".h").is_file() else None
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            self.includes += 1
            if own is not None and match.group(2) != own:
                self.error(f"{path}:{number}", f'want "{own}" first: so the header is known to compile alone')
            own = None
            where, included = f"{path}:{number}", match.group(2)
            for pattern, place, message in FORBIDDEN:
                if re.fullmatch(pattern, included) and re.fullmatch(place, path):
                    self.error(where, f"{included}: {message}")
            for target in owners:
                if included.split("/")[0] in ROOTS:
                    self.check_own_include(where, target, folder, included)
                    continue
                library = next((lib for pattern, lib in GENERATED if re.fullmatch(pattern, included)), None)
                if library is not None:
                    if library not in self.closure(target):
                        self.error(where, f"{included} is of {library}, which DEPS of {target.name} does not reach")
                elif match.group(1) == '"' and (file.parent / included).is_file():
                    self.error(where, f'"{included}": want the path from the root, "{folder}/{included}"')

    def run(self):
        self.check_deps()
        for root in ROOTS:
            for file in sorted((self.root / root).rglob("*")):
                if file.suffix in (".h", ".cc") and file.is_file():
                    self.check_file(file)
        return self.errors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path, nargs="?", default=pathlib.Path(__file__).resolve().parents[2])
    checker = Checker(parser.parse_args().root.resolve())
    errors = checker.run()
    for error in errors:
        print(error)
    print(f"{checker.includes} includes in {len(checker.targets)} targets: {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
