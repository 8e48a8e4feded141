#!/usr/bin/env python3
"""What the pages say must be there:

  links      every relative link, its #anchor, and every `path/of/ours` in the *.md files leads somewhere
  inputs     every protocol in inputs/ and docs/tutorial/ passes `vitrum run --dry-run`, or `vitrum sweep --dry-run`;
             in each of its sizes
  self-test  broken pages are noticed

usage: check_docs.py links|self-test [ROOT]
       check_docs.py inputs VITRUM
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
OUR_PATH = re.compile(r"`((?:src|tests|docs|scripts|inputs|jobs)/[\w./-]+)`")


def prose(page):
    """The text without blocks of code."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"^(?: {4,}|\t).*$", "", text, flags=re.MULTILINE)


def anchors(page):
    """As GitHub makes them from headings."""
    found = set()
    for title in re.findall(r"^#+ +(.*?) *$", prose(page), re.MULTILINE):
        found.add(re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-"))
    return found


def link_faults(root):
    for page in sorted(root.rglob("*.md")):
        if {"build", ".git"} & set(page.relative_to(root).parts):
            continue
        name = page.relative_to(root)
        for target in LINK.findall(prose(page)):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = page.parent / path if path else page
            if not file.exists():
                yield f"{name}: link to {target}: there is no such file"
            elif anchor and anchor not in anchors(file):
                yield f"{name}: link to {target}: {file.name} has no such heading"
        for path in OUR_PATH.findall(prose(page)):
            if "NAME" not in path and not (root / path).exists():
                yield f"{name}: `{path}` is not there"


def input_faults(program):
    protocols = sorted([*ROOT.glob("inputs/*.yaml"), *ROOT.glob("docs/tutorial/*.yaml")])
    if not protocols:
        yield "there are no protocols to try"
    environment = dict(os.environ, OMP_NUM_THREADS="1", OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    for protocol in protocols:
        text = protocol.read_text()
        command = "sweep" if re.search("^sweep:", text, re.MULTILINE) else "run"
        section = re.search(r"^sizes:.*\n((?: +.*\n)+)", text, re.MULTILINE)
        for size in re.findall(r"^  (\w+):", section[1], re.MULTILINE) if section else [""]:
            with tempfile.TemporaryDirectory() as folder:
                done = subprocess.run([program, command, str(protocol), "--dry-run", "-o", f"{folder}/run",
                                       *(["--size", size] if size else [])], cwd=ROOT,
                                      env=environment, capture_output=True, text=True)
            if done.returncode or "atom-steps" not in done.stdout:
                yield f"{protocol.name} {size}: exit code {done.returncode}\n{done.stdout}{done.stderr}"


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "docs").mkdir()
        (root / "docs/there.md").write_text("# A title, with `code`\n")
        page = root / "page.md"
        page.write_text("[a](docs/there.md) [b](docs/there.md#a-title-with-code) [c](https://x.org/y) `docs/there.md`\n"
                        "```\n[in code](nowhere.md)\n```\n")
        yield from (f"wrongly found: {fault}" for fault in link_faults(root))
        for wrong in ("[a](docs/gone.md)", "[a](docs/there.md#other)", "![p](p.svg)", "`docs/gone.md`"):
            page.write_text(wrong + "\n")
            if len(list(link_faults(root))) != 1:
                yield f"not noticed: {wrong}"


def main():
    what, argument = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    if what == "links":
        faults = link_faults(Path(argument) if argument else ROOT)
    elif what == "inputs":
        faults = input_faults(argument)
    elif what == "self-test":
        faults = self_test()
    else:
        sys.exit(__doc__)
    faults = list(faults)
    print("\n".join(faults) or f"{what}: well")
    sys.exit(bool(faults))


main()
