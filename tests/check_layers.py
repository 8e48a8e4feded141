#!/usr/bin/env python3
"""The rules of the house, which no compiler knows:

  layers    core <- io <- md and core <- io <- analysis; md and analysis never include each other; study joins
            them, and cli sees all
  story     every file of src/ opens with a comment that gives its name and says what it is
  headers   every header compiles alone, and twice

usage: check_layers.py layers|self-test [SOURCE_DIR]
       check_layers.py headers [SOURCE_DIR] BUILD_DIR        (BUILD_DIR holds compile_commands.json)
"""

import json
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MAY_INCLUDE = {
    "core": {"core"},
    "io": {"core", "io"},
    "md": {"core", "io", "md"},
    "analysis": {"core", "io", "analysis"},
    "study": {"core", "io", "md", "analysis", "study"},
    "potential": {"core", "io", "md", "analysis", "study", "potential"},
    "cli": {"core", "io", "md", "analysis", "study", "potential", "cli"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def sources(src):
    return sorted(p for p in src.rglob("*") if p.suffix in (".c", ".h", ".def", ".inc", ".cc", ".cpp"))


def layer_faults(src):
    """Includes against the direction, and those that name no file of ours."""
    for path in sources(src):
        layer = path.relative_to(src).parts[0]
        if layer not in MAY_INCLUDE:
            yield f"{path}: a folder src/{layer} is not in the plan of the house"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quote, name = match.groups()
            # As the compiler looks: beside the file first (only for quotes), then from src/.
            places = ([path.parent / name] if quote == '"' else []) + [src / name]
            found = next((p.resolve() for p in places if p.is_file()), None)
            if found is None:
                if quote == '"':
                    yield f'{path}:{number}: "{name}" is no file of src/; others stand in <>'
                continue
            if src.resolve() not in found.parents:
                yield f'{path}:{number}: "{name}" is outside src/'
                continue
            target = found.relative_to(src.resolve()).parts[0]
            if target not in MAY_INCLUDE[layer]:
                yield f"{path}:{number}: {layer} must not include {target} ({name})"


def story_faults(src):
    """The first comment is "NAME: what it is"."""
    for path in sources(src):
        opening = re.match(r"\s*/\*+\s*(.*?)\*/", path.read_text(), re.DOTALL)
        if not opening or not re.match(re.escape(path.name) + r":\s+\w.{5,}", opening[1], re.DOTALL):
            yield f'{path}:1: opens without "/* {path.name}: what it is"'


def header_faults(src, build):
    """Compile a file that has nothing but the header, with the flags the project's own files get."""
    commands = json.loads((build / "compile_commands.json").read_text())
    flags = {}
    for entry in commands:
        path = Path(entry["file"])
        if path.suffix == ".c" and src.resolve() in path.resolve().parents:
            words = shlex.split(entry["command"])
            drop = {"-c", "-o", "-MF", "-MT", "-MD", words[words.index("-o") + 1], entry["file"]}
            flags.setdefault(path.resolve().relative_to(src.resolve()).parts[0], [w for w in words if w not in drop])

    def compile_alone(path):
        name = path.relative_to(src)
        command = flags[name.parts[0]] + ["-fsyntax-only", "-x", "c", "-"]
        text = f'#include "{name}"\n#include "{name}"\nextern int vt_header_alone;\n'
        done = subprocess.run(command, input=text, capture_output=True, text=True)
        return None if done.returncode == 0 else f"{path}: does not compile alone:\n{done.stderr}"

    headers = sorted(src.rglob("*.h"))
    with ThreadPoolExecutor(2) as pool:
        return [fault for fault in pool.map(compile_alone, headers) if fault]


def self_test():
    """Each rule, broken in a small tree, is found, and the sound tree passes."""
    sound = {
        "core/a.h": "/* a.h: a thing of the core. */\n#ifndef A\n#define A\n#include <stddef.h>\nstatic size_t const a = 1;\n#endif\n",
        "io/b.c": '/* b.c: reads a thing. */\n#include "core/a.h"\nint b(void);\n',
        "md/c.h": '/* c.h: moves a thing. */\n#ifndef C\n#define C\n#include "core/a.h"\n#endif\n',
        "analysis/d.h": '/* d.h: looks at a thing. */\n#include "core/a.h"\n',
        "study/e.h": '/* e.h: asks things of both. */\n#include "analysis/d.h"\n#include "md/c.h"\n',
        "cli/main.c": '/* main.c: sees all of it. */\n#include "analysis/d.h"\n#include "study/e.h"\n',
    }
    broken = [  # file, new text, what must be said
        ("core/a.h", '/* a.h: a thing. Really. */\n#include "md/c.h"\n', "core must not include md"),
        ("core/a.h", '/* a.h: a thing. Really. */\n#include "../io/b.c"\n', "core must not include io"),
        ("io/b.c", '/* b.c: reads a thing. */\n# include "analysis/d.h"\n', "io must not include analysis"),
        ("md/c.h", "/* c.h: moves a thing. */\n#include <analysis/d.h>\n", "md must not include analysis"),
        ("analysis/d.h", '/* d.h: looks at a thing. */\n#include "md/c.h"\n', "analysis must not include md"),
        ("md/c.h", '/* c.h: moves a thing. */\n#include "study/e.h"\n', "md must not include study"),
        ("study/e.h", '/* e.h: asks a thing. */\n#include "cli/main.c"\n', "study must not include cli"),
        ("md/c.h", '/* c.h: moves a thing. */\n#include "core/missing.h"\n', "is no file of src/"),
        ("extra/e.c", "/* e.c: in a room of its own. */\n", "not in the plan"),
        ("io/b.c", "int b(void);\n", "opens without"),
        ("io/b.c", "/* */\nint b(void);\n", "opens without"),
        ("io/b.c", "/* copied.c: reads a thing. */\nint b(void);\n", "opens without"),
        ("core/a.h", "/* a.h: a thing. Really. */\nstatic size_t const a = 1;\n", "does not compile alone"),
        ("core/a.h", "/* a.h: a thing. Really. */\nstruct a { int x; };\n", "does not compile alone"),  # no guard
    ]
    for path, text, expected in [(None, None, None)] + broken:
        with tempfile.TemporaryDirectory() as top:
            src, build = Path(top) / "src", Path(top) / "build"
            for name, content in {**sound, **({path: text} if path else {})}.items():
                (src / name).parent.mkdir(parents=True, exist_ok=True)
                (src / name).write_text(content)
            build.mkdir()
            (build / "compile_commands.json").write_text(json.dumps([
                {"file": f"{src}/{layer}/x.c", "command": f"cc -I{src} -Wno-unused -o x.o -c {src}/{layer}/x.c"}
                for layer in MAY_INCLUDE]))
            faults = [*layer_faults(src), *story_faults(src), *header_faults(src, build)]
            if expected is None:
                assert not faults, f"the sound tree has faults: {faults}"
            else:
                assert any(expected in f for f in faults), f"{path} with {text!r}: '{expected}' not among {faults}"
    print(f"{len(broken)} broken trees were all found")


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in ("layers", "headers", "self-test"):
        sys.exit(__doc__)
    if sys.argv[1] == "self-test":
        self_test()
        return
    build = Path(sys.argv.pop()) if sys.argv[1] == "headers" else None
    root = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent.parent
    src = root / "src"
    if not sources(src):
        sys.exit(f"{src}: no source files there")
    faults = header_faults(src, build) if build else [*layer_faults(src), *story_faults(src)]
    sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
    main()
