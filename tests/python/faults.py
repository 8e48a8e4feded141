"""Bad input and faults: one clear error that names the thing, the right exit code, nothing lost, no hang.

faults.py BUILD_DIR. Exit codes: 2 bad input, 3 the world failed, 4 the sample became unphysical, 75 stopped with a
checkpoint.
"""
import concurrent.futures
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import unittest

import run_tool
from run_tool import TINY, Folder, line_of, replaced, vitrum

import h5py


def with_line(old, new, text=TINY):
    """A protocol with one piece replaced, and the line that an error must name."""
    return replaced(text, old, new), line_of(text, old)


def setfl(symbol="Cu", scale=1.0, sign=False):
    """A one-element table: F, f linear in rho and r; phi a parabola times scale, of changing sign if asked."""
    n, cutoff = 200, 5.0
    r = [k * cutoff / (n - 1) for k in range(n)]
    rows = [-0.01 * k for k in range(n)] + [(cutoff - x) / cutoff for x in r]
    rows += [scale * (1 - x / cutoff) ** 2 * (-1 if sign and k % 2 else 1) for k, x in enumerate(r)]
    return (f"made up\n\n\n1 {symbol}\n{n} 0.1 {n} {r[1]:.17g} {cutoff}\n29 63.546 3.615 fcc\n"
            + "".join(f"{x:.10g}\n" for x in rows))


def copper(path, start=""):
    text = replaced(TINY, "{Cu: 50, Zr: 50}", "{Cu: 100}")
    text = replaced(text, "builtin:CuZrAlHfCo", path)
    return replaced(text, "protocol:\n", "protocol:\n" + start)


# What is wrong, the protocol, and what the error must say besides file and line.
MELT = "- melt: {temperature: 1500 K, time: 0.1 ps}"
INPUT = {
    "yaml syntax": (replaced(TINY, "Zr: 50}", "Zr: 50"), line_of(TINY, "atoms"), ["line 3", "'}'"]),
    "unknown top key": (*with_line("title: tiny", "titel: tiny"), ["'titel'", "'title'"]),
    "unknown stage": (*with_line(MELT, "- mlt: {time: 0.1 ps}"), ["'mlt'", "'melt'"]),
    "unknown stage key": (*with_line(MELT, "- melt: {tme: 1 ps}"), ["melt", "'tme'", "'time'"]),
    "unknown measurement": (*with_line("- thermo:", "- thermos:"), ["'thermos'", "'thermo'"]),
    "unknown measurement key": (*with_line("{r_max: 7 A, ", "{rmax: 7 A, "), ["pdf", "'rmax'", "'r_max'"]),
    "unknown output key": (*with_line("trajectory_every", "trajektory_every"), ["'trajectory_every'"]),
    "unit of another quantity": (*with_line("1500 K", "1500 GPa"), ["temperature", "1500 GPa", "units that fit: K"]),
    "no unit": (*with_line("1500 K", "1500"), ["temperature", "'1500'", "units that fit: K"]),
    "unknown unit": (*with_line("1500 K", "1500 Kelvins"), ["temperature", "1500 Kelvins", "units that fit: K"]),
    "out of range": (*with_line("1500 K", "-3 K"), ["temperature", "-3 K", "1 to 100000 K"]),
    "not a number of atoms": (*with_line("atoms: 300", "atoms: 300.5"), ["'atoms'", "300.5", "whole number"]),
    "not a choice": (*with_line("time: 0.1 ps}\n  - q", "time: 0.1 ps, barostat: izo}\n  - q"),
                     ["'barostat'", "'izo'", "iso"]),
    "missing key": (*with_line(MELT, "- melt: {temperature: 9 K}"), ["melt", "'time'", "missing"]),
    "missing section": (TINY.replace("material:", "# material:").replace("  composition", "# ").replace(
        "  atoms", "# ").replace("  potential", "# "), 1, ["'material' is missing"]),
    "sum of 99.5": (*with_line("Cu: 50", "Cu: 49.5"), ["composition", "99.5", "renormalise: true"]),
    "sum of 109.5": (*with_line("Cu: 50", "Cu: 59.5"), ["composition", "109.5", "renormalise: true"]),
    "no element": (*with_line("Cu: 50", "Xx: 50"), ["composition", "'Xx'"]),
    "element the potential lacks": (replaced(TINY, "Cu: 50", "Au: 50"), line_of(TINY, "potential"),
                                    ["potential", "Au", "Cu, Zr, Al, Hf, Co"]),
    "no atom of an element": (*with_line("{Cu: 50, Zr: 50}", "{Cu: 99.99, Zr: 0.01}"), ["Zr", "300", "more atoms"]),
    "no potential of this name": (*with_line("builtin:CuZrAlHfCo", "builtin:CuZrAlHfCu"), ["CuZrAlHfC[ou]"]),
    "no element of a bare list": (*with_line("builtin:CuZrAlHfCo", "Cu,Xx"), ["potential", "'Xx'", "Zr, Hf"]),
    "no file of tables": (*with_line("builtin:CuZrAlHfCo", "none.eam"), ["none.eam", "No such file"]),
    "a folder of tables": (*with_line("builtin:CuZrAlHfCo", "."), ["Is a directory"]),
    "truncated tables": (*with_line("builtin:CuZrAlHfCo", "cut.eam"), ["cut.eam, line \\d+", "truncated"]),
    "tables that are no numbers": (*with_line("builtin:CuZrAlHfCo", "word.eam"), ["word.eam, line 17", "eleven"]),
    "unknown state": (*with_line("from: cast", "from: cats"), ["from", "'cats'", "'cast'"]),
    "saved twice": (*with_line("from: cast,", "save: cast,"), ["'cast' is saved twice"]),
    "a name that is no file name": (*with_line("save: cast", "save: ../cast"), ["'../cast'"]),
    "rate and time": (*with_line("900 K, time: 0.1 ps", "900 K, time: 1 ps, rate: 1e14 K/s"), ["'rate' or 'time'"]),
    "split_at past r_max": (*with_line("split_at: 5 A", "split_at: 8 A"), ["'split_at'", "8 angstrom", "r_max", "7 angstrom"]),
    "r_max past half the cell": (*with_line("r_max: 7 A", "r_max: 9 A"),
                                 ["pdf: r_max is 9 angstrom", "8\\.\\d+ angstrom", "images: true"]),
    "r_max past half the cell as it is sheared":
        (replaced(replaced(TINY, "r_max: 7 A", "r_max: 8 A"), MELT, "- shear: {temperature: 1500 K, rate: 1e13 /s, strain: 1}"),
         line_of(TINY, "- pdf"), ["in the cell|the cell", "02-shear", "8 angstrom", "7\\.\\d+ angstrom", "images: true"]),
    "r_max past half the cell as it is compressed":
        (replaced(replaced(TINY, "r_max: 7 A", "r_max: 8.5 A"), MELT,
                  "- compress: {temperature: 1500 K, pressure: 50 GPa, time: 1 ps}"),
         line_of(TINY, "- pdf"), ["02-compress", "8.5 angstrom", "8\\.[0-4]\\d* angstrom|7\\.\\d+ angstrom"]),
    "measurements larger than the memory": (*with_line("r_max: 7 A,", "r_max: 7 A, dr: 1e-4 A, blocks: 10000,"),
                                            ["measure: ", "[1-9]\\d\\d GB", "fewer blocks"]),
    "atoms larger than the memory": (*with_line("atoms: 300", "atoms: 1e9"), ["atoms: ", "[1-9]\\d\\d GB", "fewer atoms"]),
    "atoms larger than the grid": (*with_line("atoms: 300", "atoms: 4e12"), ["atoms: ", "4096 angstrom"]),
    "entropy without pdf": (*with_line("  - pdf: {r_max: 7 A, every: 0.05 ps}\n", ""), ["entropy", "no pdf before it"]),
    "moduli of what does not oscillate": (*with_line("  - entropy: {split_at: 5 A}", "  - moduli"), ["moduli", "no stage with this list"]),
    "an error that nobody knows": (replaced(TINY, MELT, "- oscillate: {temperature: 1500 K, period: 5 ps, error: 0.1}"), line_of(TINY, MELT),
                                   ["oscillate: key 'error'", "`moduli`"]),
    "too few atoms": (*with_line("atoms: 300", "atoms: 100"), ["100 atoms", "12\\.\\d angstrom", "7.15", "1[67]\\d or more"]),
    "too dense": (replaced(TINY, "protocol:\n", "protocol:\n  - create: {density: 0.2 /A^3}\n"), line_of(TINY, "atoms:"),
                  ["300 atoms", "twice the cut-off", "or more"]),
    "a lattice that is not filled": (replaced(TINY, MELT, "- create: {start: fcc, temperature: 1500 K}").replace("atoms: 300", "atoms: 301"),
                                     line_of(TINY, MELT), ["301 atoms", "fcc", "256 do"]),
}
USAGE = {
    "no command": ([], ["command"]),
    "unknown command": (["rum"], ["'rum'"]),
    "no protocol": (["run"], ["protocol"]),
    "two protocols": (["run", "a.yaml", "b.yaml"], ["a.yaml", "b.yaml"]),
    "a value for what takes none": (["run", "p.yaml", "--force=no"], ["--force takes no value: '--force=no'"]),
    "unknown option": (["run", "p.yaml", "--fast"], ["--fast", "--dry-run"]),
    "option without value": (["run", "p.yaml", "-o"], ["-o", "folder"]),
    "force and resume": (["run", "p.yaml", "--force", "--resume"], ["--force", "--resume"]),
    "no such protocol": (["run", "none.yaml"], ["none.yaml", "No such file"]),
    "a folder as protocol": (["run", "."], ["directory"]),
    "no such topic": (["info", "sheer"], ["'sheer'", "'shear'"]),
    "no results to report": (["report", "none.h5"], ["none.h5", "No such file"]),
    "damaged results to report": (["report", "damaged.h5"], ["damaged.h5"]),
    "no results file named": (["report"], ["results"]),
    "a protocol to report": (["report", "p.yaml"], ["p.yaml"]),
    "no potential to make": (["potential", "make", "-o", "t"], ["SOURCE"]),
    "no file to make": (["potential", "make", "Cu"], ["-o FILE"]),
    "tables without a file": (["potential", "make", "Cu", "-o"], ["'-o' needs a value"]),
    "tables for two files": (["potential", "make", "Cu", "-o", "t", "-o", "u"], ["'-o' stands twice"]),
    "a format that is not written": (["potential", "make", "Cu", "-o", "t", "--format", "funcfl"], ["'funcfl'", "setfl or eam.fs"]),
    "an element the tables lack": (["potential", "make", "CuZrAlHfCo", "--elements", "Cu,Be", "-o", "t"],
                                   ["CuZrAlHfCo: .* no Be", "Cu, Zr, Al, Hf, Co"]),
    "an element twice": (["potential", "make", "CuZrAlHfCo", "--elements", "Cu,Zr,Cu", "-o", "t"], ["--elements: Cu stands twice"]),
    "an element without a row": (["potential", "make", "--elements", "Cu,Xx", "-o", "t"], ["'Xx'", "Zr, Hf"]),
    "no such tables": (["potential", "make", "none.eam", "-o", "t"], ["none.eam", "No such file"]),
    "no folder for a fit": (["potential", "fit"], ["-o FOLDER"]),
    "no such targets": (["potential", "fit", "none.yaml", "-o", "t"], ["none.yaml", "No such file"]),
    "a protocol as targets": (["potential", "fit", "p.yaml", "-o", "t"], ["p.yaml:\\d+: .*elements, pairs or alloys"]),
    "no element to fit": (["potential", "fit", "--elements", "Xx", "-o", "t"], ["'Xx'"]),
    "no number of tries": (["potential", "fit", "-o", "t", "--tries", "many"], ["--tries", "'many'"]),
    "no potential to check": (["potential", "check", "--static"], ["which potential"]),
    "two potentials to check": (["potential", "check", "Cu", "Zr"], ["'Zr' was not expected"]),
    "no element of an alloy": (["potential", "check", "Cu,Zr", "--alloy", "Cu50Xx50", "-o", "t"], ["--alloy", "'Xx' is not an element"]),
    "an alloy of 92 %": (["potential", "check", "Cu,Zr", "--alloy", "{Cu: 46, Zr: 46}", "-o", "t"], ["--alloy", "sums to 92"]),
    "an alloy that the tables lack": (["potential", "check", "Cu,Zr", "--alloy", "Cu46Zr46Al8", "-o", "t"],
                                      ["alloy Cu46Zr46Al8: .*no Al.* Cu, Zr"]),
    "no such tables to check": (["potential", "check", "none.eam", "--static"], ["none.eam", "No such file"]),
    "no such targets to check with": (["potential", "check", "Cu", "--static", "--targets", "none.yaml"], ["none.yaml", "No such file"]),
    "a protocol as targets to check with": (["potential", "check", "Cu", "--static", "--targets", "p.yaml"],
                                            ["p.yaml:\\d+: .*elements, pairs or alloys"]),
    "a protocol as a record": (["potential", "check", "Cu", "--static", "--record", "p.yaml"],
                               ["p.yaml:1: this is no record of verdicts", "--record"]),
    "a record in a folder": (["potential", "check", "Cu", "--static", "--record", "."], ["--record", "folder"]),
    "no record named": (["potential", "check", "Cu", "--record"], ["--record needs a value"]),
    "a check into a file": (["potential", "check", "Cu", "--static", "-o", "p.yaml"], ["p.yaml"]),
    "no number of replicas": (["potential", "check", "Cu", "--replicas", "0"], ["--replicas", "1 to 1000"]),
    "melting points without runs": (["potential", "check", "Cu", "--static", "--melting"], ["--melting", "--static"]),
    "plots into a folder of others": (["potential", "show", "Cu", "-o", "."], ["'.' is not empty", "--force"]),
    "plots into a file": (["potential", "show", "Cu", "-o", "p.yaml"], ["'p.yaml' is a file"]),
}


def mount(folder, options):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], stderr=subprocess.PIPE).returncode == 0


class Faults(unittest.TestCase):
    maxDiff = None

    def check_error(self, done, code, *says):
        self.assertEqual(done.returncode, code, done.stderr)
        self.check_said(done.stderr, *says)

    def check_said(self, err, *says):
        errors = re.findall("^vitrum: error: (.*)", err, re.M)
        self.assertEqual(len(errors), 1, err)  # one, and not one a rank
        for what in says:
            self.assertRegex(errors[0], what)

    def check_all(self, cases, check):
        """All cases, three at a time; each in a subtest."""
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            results = {name: pool.submit(check, *case) for name, case in cases.items()}
        for name, result in results.items():
            with self.subTest(name):
                result.result()

    def write_tables(self, folder):
        good = setfl()
        folder.write("cut.eam", good[: len(good) // 2])
        lines = good.split("\n")
        lines[16] = "eleven"
        folder.write("word.eam", "\n".join(lines))

    def check_input(self, ranks, text, line, says, *options):
        with Folder(p_yaml=text) as folder:
            self.write_tables(folder)
            before = folder.list()
            done = folder.vitrum("run", "p.yaml", *options, ranks=ranks)
            self.check_error(done, 2, f"^p.yaml:{line}: ", *says)
            self.assertEqual(folder.list(), before)
            self.assertEqual(done.stdout, "")

    def test_bad_input_is_named_with_its_line_before_anything_is_written(self):
        self.check_all({k: (1, *c) for k, c in INPUT.items()}, self.check_input)

    def test_a_dry_run_finds_the_same_mistakes(self):
        some = dict(list(INPUT.items())[::4])  # it is the same check
        self.check_all({k: (1, *c, "--dry-run") for k, c in some.items()}, self.check_input)

    def test_bad_input_is_one_error_on_several_ranks(self):
        some = ["yaml syntax", "unknown stage key", "sum of 99.5", "element the potential lacks", "no file of tables",
                "truncated tables", "unknown state", "r_max past half the cell", "too few atoms",
                "a lattice that is not filled"]
        self.check_all({k: (2 + n % 3, *INPUT[k]) for n, k in enumerate(some)}, self.check_input)

    def test_compositions_that_may_be_meant_are_taken(self):
        for text in (replaced(TINY, "Cu: 50, ", "Cu: 50.05, "), replaced(TINY, "Cu: 50, ", "Cu: 49.95, "),
                     replaced(TINY, "Zr: 50}", "Zr: 25}\n  renormalise: true")):
            with Folder(p_yaml=text) as folder:
                done = folder.vitrum("run", "p.yaml", "--dry-run")
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_built_in_potential_needs_no_prefix_unless_a_file_is_called_so(self):
        text = replaced(TINY, "builtin:CuZrAlHfCo", "CuZrAlHfCo")
        with Folder(p_yaml=text) as folder:
            done = folder.vitrum("run", "p.yaml", "--dry-run")
            self.assertEqual(done.returncode, 0, done.stderr)
            shown = folder.vitrum("potential", "show", "CuZrAlHfCo").stdout
            self.assertEqual(shown, folder.vitrum("potential", "show", "builtin:CuZrAlHfCo").stdout)
            made = folder.vitrum("potential", "make", "CuZrAlHfCo", "-o", "made")
            self.assertEqual(made.returncode, 0, made.stderr)
            folder.write("CuZrAlHfCo", "no tables")
            self.check_error(folder.vitrum("run", "p.yaml", "--dry-run"), 2, f"p.yaml:{line_of(text, 'potential')}: ",
                             "CuZrAlHfCo, line ")
            self.check_error(folder.vitrum("potential", "show", "CuZrAlHfCo"), 2, "CuZrAlHfCo, line ")

    def test_tables_go_from_format_to_format(self):
        with Folder(one_eam=setfl()) as folder:
            def make(*words):
                """What the file holds behind its comments."""
                done = folder.vitrum("potential", "make", *words)
                self.assertEqual(done.returncode, 0, done.stderr)
                return folder.read(words[words.index("-o") + 1]).split(b"\n", 3)[3]

            alloy = make("Cu,Zr", "-o", "a.setfl")
            self.assertEqual(make("--elements", "Cu,Zr", "-o", "b.setfl"), alloy)
            self.assertEqual(make("CuZrAlHfCo", "--elements", "Cu, Zr", "-o", "c.setfl"), alloy)
            both = make("Cu,Zr", "-o", "d.eam.fs")
            self.assertEqual(len(both.split()), len(alloy.split()) + 2 * 2501)  # two more tables of 2501 densities
            self.assertEqual(make("a.setfl", "--format", "eam.fs", "-o", "e"), both)
            self.assertEqual(make("d.eam.fs", "--format", "setfl", "-o", "f.fs"), alloy)
            turned = make("d.eam.fs", "--elements", "Zr,Cu", "-o", "g.fs")
            self.assertNotEqual(turned, both)
            self.assertEqual(make("g.fs", "--elements", "Cu,Zr", "-o", "h.fs"), both)
            self.assertEqual(make("one.eam", "-o", "i"), make("i", "-o", "j"))
            self.check_error(folder.vitrum("potential", "make", "Cu", "-o", "i"), 2, "i exists; --force")
            make("Cu", "-o", "i", "--force")

    def test_plots_of_a_potential(self):
        with Folder(one_eam=setfl()) as folder:
            for _ in range(2):  # a page of ours is drawn anew
                done = folder.vitrum("potential", "show", "one.eam", "-o", "plots")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn("plots/potential.html", done.stdout)
                self.assertEqual(sorted(folder.list("plots")), ["F-Cu.svg", "phi-Cu-Cu.svg", "potential.html", "rho-Cu.svg"])

    def test_what_is_no_file_is_never_replaced(self):
        with Folder(p_yaml=TINY) as folder:
            os.mkfifo(folder("pipe"))
            os.mkdir(folder("folder"))
            os.symlink("pipe", folder("link"))
            with socket.socket(socket.AF_UNIX) as s:
                s.bind(folder("socket"))
                before = folder.list()
                for name, what in (("pipe", "a pipe"), ("link", "a pipe"), ("socket", "a socket"), ("folder", "a folder"),
                                   ("", "is empty")):
                    for words in (["potential", "make", "Cu"], ["report", "none.h5"]):
                        for force in ([], ["--force"]):
                            with self.subTest((name, words, force)):
                                self.check_error(folder.vitrum(*words, "-o", name, *force), 2, "-o: .*" + what)
                self.assertEqual(folder.list(), before)
                self.assertTrue(stat.S_ISFIFO(os.stat(folder("pipe")).st_mode))
                self.assertTrue(stat.S_ISSOCK(os.stat(folder("socket")).st_mode))

    def test_a_full_disk_behind_standard_output_ends_with_3(self):
        for words in (["--version"], ["info"], ["potential", "show", "builtin:Cu"]):
            with self.subTest(words), open("/dev/full", "w") as full:
                done = subprocess.run(run_tool.command(words), stdout=full, stderr=subprocess.PIPE, text=True,
                                      timeout=run_tool.LIMIT)
                self.check_error(done, 3, "standard output")

    def test_a_run_without_gnuplot_is_told_before_and_is_complete(self):
        with Folder(p_yaml=TINY) as folder:
            def run(*words):
                return subprocess.run(run_tool.command(words), cwd=folder.path, timeout=run_tool.LIMIT, text=True,
                                      env={**os.environ, "PATH": folder.path}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

            done = run("run", "p.yaml", "--dry-run")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stderr, "warning: gnuplot, .* not found on PATH.*--no-report")
            self.assertEqual(run("run", "p.yaml", "--dry-run", "--no-report").stderr, "")
            done = run("run", "p.yaml")
            self.assertEqual(done.returncode, 0, done.stderr)
            said = done.stderr.splitlines()
            self.assertRegex(said[0], "warning: gnuplot, .* not found on PATH")
            self.assertRegex(said[-1], r"warning: results in p-run/results.h5, but no report: gnuplot")
            self.assertEqual(self.check_whole(folder, "p-run"), "yes")
            self.assertNotIn("report.html", folder.list("p-run"))
            self.check_error(run("report", "p-run/results.h5"), 3, "gnuplot")
            self.check_error(run("potential", "show", "Cu", "-o", "plots"), 3, "gnuplot")
            self.assertNotIn("plots", folder.list())
            done = run("potential", "check", "Cu", "--static", "-o", "check", "--md", "check.md")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stderr, "warning: check written to check/check.h5, but no page: gnuplot")
            self.assertRegex(done.stdout, r"(?s)Verdict.*lattice constant a, A +3\.6")
            self.assertEqual(folder.list("check"), ["check.h5"])
            with h5py.File(folder("check/check.h5")) as f:
                self.assertEqual(f["Cu/bulk_modulus"].attrs["verdict"], "meets")
            self.assertIn("check.md", folder.list())

    def test_figures_are_finished_though_all_processes_are_told_to_stop(self):
        # mpirun hands a signal to the process group of a rank, so it reaches the program that draws, too
        with Folder(p_yaml=TINY) as folder:
            folder.write("gnuplot", "#!/bin/sh\nfor s in USR1 TERM INT HUP; do kill -$s $$; done\n"
                                    f'exec {shutil.which("gnuplot")} "$@"\n')
            os.chmod(folder("gnuplot"), 0o755)
            env = {**os.environ, "PATH": folder.path + ":" + os.environ["PATH"]}
            done = subprocess.run(run_tool.command(["potential", "show", "Cu", "-o", "plots"]), cwd=folder.path,
                                  env=env, timeout=run_tool.LIMIT, text=True, capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("plots", folder.list())

    def check_usage(self, ranks, words, says):
        with Folder(p_yaml=TINY, damaged_h5="\x89HDF\r\n\x1a\n of which nothing follows") as folder:
            before = folder.list()
            self.check_error(folder.vitrum(*words, ranks=ranks), 2, *says)
            self.assertEqual(folder.list(), before)

    def test_usage_errors_end_with_2(self):
        self.check_all({k: (1, *c) for k, c in USAGE.items()}, self.check_usage)
        some = ["no command", "unknown option", "no such protocol", "a folder as protocol", "damaged results to report"]
        self.check_all({k: (2, *USAGE[k]) for k in some}, self.check_usage)

    def test_help_and_info_go_to_standard_output(self):
        for words, says in ((["--help"], "vitrum run"), (["run", "--help"], "--resume"), (["report", "-h"], "RESULTS"),
                            (["--version"], r"vitrum \d"), (["info"], "r_max"), (["info", "shear"], "strain"),
                            (["info", "stages"], "unload"), (["info", "pdf"], "r_max"), (["potential", "--help"], "make"),
                            (["info", "--help"], "TOPIC"), (["info", "stages", "-h"], "TOPIC"),
                            (["potential", "make", "--help"], "-o FILE"), (["potential", "show", "-h"], "-o FILE"),
                            (["potential", "check", "--help"], "--static"),
                            (["potential", "show", "CuZrAlHfCo"], "Hf"), (["potential", "show", "builtin:Cu,Zr"], "Zr")):
            with self.subTest(words):
                done = vitrum(*words)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertRegex(done.stdout, says)

    def test_a_dry_run_prints_the_plan_and_leaves_nothing(self):
        for ranks in (1, 2):
            with Folder(p_yaml=TINY) as folder:
                done = folder.vitrum("run", "p.yaml", "--dry-run", "-o", "a/b", ranks=ranks)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                for what in ("tiny", "300 atoms", "01-create", "02-melt", "03-quench .* 1500 -> 900", "04-hold +cast",
                             "150 steps", f"each of {ranks} ranks", "a/b"):
                    self.assertRegex(done.stdout, what)
                self.assertEqual(folder.list(), ["p.yaml"])

    def test_a_dry_run_counts_measurements(self):
        """A state of 3 pairs and 700 bins in 27 groups, 50 blocks: 3 x 700 x 27 x 50 numbers of 8 bytes, 22.7 MB."""
        text = replaced(TINY, "r_max: 7 A,", "r_max: 7 A, dr: 0.01 A, blocks: 50,")
        with Folder(p_yaml=text) as folder:
            for ranks in (1, 2):
                done = folder.vitrum("run", "p.yaml", "--dry-run", ranks=ranks)
                self.assertEqual(done.returncode, 0, done.stderr)
                found = re.search(r"([\d.]+) MB for measurements", done.stdout)
                self.assertAlmostEqual(float(found[1]), 22.7 * (4 if ranks == 1 else 1), delta=1.5, msg=done.stdout)
                found = re.search(r"checkpoints up to ([\d.]+) MB", done.stdout)
                self.assertAlmostEqual(float(found[1]), 3 * 22.7, delta=1.5)

    def test_a_disk_that_is_too_small_is_told_with_the_line_that_fills_it(self):
        for old, new, key in (("trajectory_every: 0.05", "trajectory_every: 0.002", "trajectory_every"),
                              ("r_max: 7 A,", "r_max: 7 A, blocks: 50, dr: 0.01 A,", "- pdf")):
            text = replaced(TINY, old, new)
            with Folder(p_yaml=text) as folder:
                os.mkdir(folder("disk"))
                if not mount(folder("disk"), "size=600k"):
                    self.skipTest("mounting a disk needs root")
                try:
                    done = folder.vitrum("run", "p.yaml", "-o", "disk", "--dry-run")
                    self.check_error(done, 3, f"^p.yaml:{line_of(text, key)}: ", "'disk'", "has room for")
                finally:
                    subprocess.run(["umount", folder("disk")], check=True)

    def test_measurements_that_a_stage_is_too_short_for_are_told(self):
        text = replaced(TINY, "every: 0.05 ps}\n  - e", "every: 0.2 ps}\n  - e")
        with Folder(p_yaml=text) as folder:
            for options in (["--dry-run"], []):
                done = folder.vitrum("run", "p.yaml", "--no-report", *options)
                self.assertEqual(done.returncode, 0, done.stderr)
                told = [line for line in done.stderr.splitlines() if "nothing is measured" in line]
                self.assertEqual(told, [f"vitrum: warning: p.yaml:{line_of(text, '- pdf')}: measure: pdf: every 0.2 ps is longer "
                                        "than 02-melt (0.1 ps), 03-quench (0.1 ps), 04-hold (0.1 ps): nothing is measured there"])

    def test_an_r_max_that_nearly_does_not_fit_is_told(self):
        for r_max, close in ((8.6, True), (7, False)):
            with Folder(p_yaml=replaced(TINY, "r_max: 7 A", f"r_max: {r_max} A")) as folder:
                done = folder.vitrum("run", "p.yaml", "--dry-run")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual("may not fit" in done.stderr, close, done.stderr)

    def test_a_former_run_is_safe(self):
        with Folder(p_yaml=TINY) as folder:
            done = folder.vitrum("run", "p.yaml")
            self.assertEqual(done.returncode, 0, done.stderr)
            names = folder.list("p-run")
            for name in ("results.h5", "trajectory.h5", "checkpoint.h5", "report.html", "state-cast.h5"):
                self.assertIn(name, names)

            def contents():
                return {n: folder.read("p-run", n) for n in folder.list("p-run") if n != "report.html"}

            before = contents()
            for ranks in (1, 3):
                self.check_error(folder.vitrum("run", "p.yaml", ranks=ranks), 2, "'p-run'", "--resume", "--force")
                self.check_error(folder.vitrum("run", "p.yaml", "--dry-run", ranks=ranks), 2, "'p-run'")
                self.assertEqual(contents(), before)
                for options in (["--resume"], ["--force", "--dry-run"], ["--resume", "--dry-run"]):
                    done = folder.vitrum("run", "p.yaml", *options, ranks=ranks)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(contents(), before)
            folder.write("p.yaml", replaced(TINY, "tiny", "another"))
            self.check_error(folder.vitrum("run", "p.yaml", "--resume"), 2, "p-run/checkpoint.h5", "another protocol")
            self.assertEqual(contents(), before)
            os.unlink(folder("p-run", "checkpoint.h5"))
            os.unlink(folder("p-run", "checkpoint.former.h5"))
            self.check_error(folder.vitrum("run", "p.yaml", "--resume"), 2, "p-run/results.h5", "another protocol")
            folder.write("p.yaml", TINY)
            self.check_error(folder.vitrum("run", "p.yaml", "--resume"), 2, "p-run/results.h5", "complete")
            # --force: nothing of the old run stays, and what is not a run's does
            folder.write("p.yaml", replaced(replaced(TINY, "another" if "another" in TINY else "tiny", "forced"),
                                            "  - hold: {from: cast, time: 0.1 ps}\n", "").replace(", save: cast", ""))
            folder.write("p-run/notes.txt", "mine")
            done = folder.vitrum("run", "p.yaml", "--force", "--no-report")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(folder.list("p-run"), ["checkpoint.former.h5", "checkpoint.h5", "notes.txt", "results.h5", "trajectory.h5",
                                                    "trajectory.h5md"])
            with h5py.File(folder("p-run", "results.h5")) as f:
                self.assertEqual(f.attrs["title"], "forced")

    def test_a_place_where_no_folder_can_be_is_a_fault_of_the_world(self):
        for ranks in (1, 2):
            with Folder(p_yaml=TINY) as folder:
                for options in ([], ["--dry-run"], ["--force"], ["--resume"]):
                    self.check_error(folder.vitrum("run", "p.yaml", "-o", "p.yaml/below", *options, ranks=ranks), 3,
                                     "p.yaml", "Not a directory|not a folder")
                self.assertEqual(folder.list(), ["p.yaml"])
                self.assertEqual(folder.read("p.yaml"), TINY.encode())

    def test_a_read_only_disk(self):
        with Folder(p_yaml=TINY) as folder:
            os.mkdir(folder("disk"))
            if not mount(folder("disk"), "ro"):
                self.skipTest("mounting a disk needs root")
            try:
                for where in ("disk", "disk/a"):
                    for ranks, options in ((1, []), (1, ["--dry-run"]), (2, [])):
                        self.check_error(folder.vitrum("run", "p.yaml", "-o", where, *options, ranks=ranks), 3, "'disk",
                                         "Read-only")
            finally:
                subprocess.run(["umount", folder("disk")], check=True)

    def check_whole(self, folder, where):
        """Every file that has a final name is whole; returns how far results.h5 came."""
        complete = None
        for name in folder.list(where):
            if name.endswith(".partial") or not name.endswith(".h5"):
                continue
            with h5py.File(folder(where, name)) as f:
                self.assertTrue(len(f.attrs) + len(f), name)
                f.visititems(lambda _, item: item[()] if isinstance(item, h5py.Dataset) else None)
                if name == "results.h5":
                    complete = f.attrs["complete"]
        return complete

    def test_a_full_disk_ends_with_3_and_leaves_only_whole_files(self):
        with Folder(p_yaml=TINY) as folder:
            os.mkdir(folder("disk"))
            for ranks, size in ((1, 40), (1, 200), (1, 400), (1, 600), (2, 200), (2, 500)):
                if not mount(folder("disk"), f"size={size}k"):
                    self.skipTest("mounting a disk needs root")
                try:
                    with self.subTest(f"{size} kB, {ranks} ranks"):
                        done = folder.vitrum("run", "p.yaml", "-o", "disk", ranks=ranks)
                        self.check_error(done, 3, "disk/", "[Nn]o space")
                        self.assertNotEqual(self.check_whole(folder, "disk"), "yes")
                finally:
                    subprocess.run(["umount", folder("disk")], check=True)

    def test_results_outlive_a_disk_that_fills_up_later(self):
        with Folder(p_yaml=replaced(TINY, MELT, "- melt: {time: 400 ps}")) as folder:
            os.mkdir(folder("disk"))
            if not mount(folder("disk"), "size=2m"):
                self.skipTest("mounting a disk needs root")
            try:
                run = folder.start("run", "p.yaml", "-o", "disk")
                run.wait_until(lambda: os.path.exists(folder("disk/checkpoint.h5")))  # after it no results until the end
                before = folder.read("disk/results.h5")
                try:
                    with open(folder("disk/other"), "wb") as f:
                        f.write(b"x" * (1 << 22))
                except OSError:
                    pass
                run.signal(signal.SIGTERM)  # a checkpoint is asked for and cannot be written
                code, err = run.end()
                self.assertEqual(code, 3, err)
                self.check_said(err, "disk/", "[Nn]o space")
                self.assertEqual(folder.read("disk/results.h5"), before)
                os.unlink(folder("disk/other"))
                self.check_whole(folder, "disk")
            finally:
                subprocess.run(["umount", folder("disk")], check=True)

    def test_atoms_that_fly_away_end_with_4(self):
        hot = replaced(TINY, MELT, "- melt: {temperature: 1e5 K, dt: 20 fs, time: 20 ps, thermostat_time: 0.01 ps}")
        for ranks in (1, 2):
            with Folder(p_yaml=hot) as folder:
                self.check_error(folder.vitrum("run", "p.yaml", ranks=ranks), 4, "02-melt", r"step \d+", "time step")
                self.assertEqual(self.check_whole(folder, "p-run"), "no")

    def test_a_sample_torn_apart_ends_with_4(self):
        torn = replaced(TINY, MELT, "- hold: {temperature: 1500 K, pressure: -100 GPa, barostat_time: 0.01 ps, bulk_modulus: 1 GPa, time: 50 ps}")
        with Folder(p_yaml=torn.replace("pdf: {r_max: 7 A,", "pdf: {r_max: 2 A,").replace("split_at: 5", "split_at: 1")) as folder:
            self.check_error(folder.vitrum("run", "p.yaml"), 4, "02-hold", "4096|flew away")

    def test_forces_that_are_no_numbers_end_with_4(self):
        for ranks, scale, start in ((1, 1e304, ""), (1, 1e100, "  - create: {start: fcc}\n"), (3, 1e304, "")):
            with self.subTest(f"{scale} {start} {ranks}"):
                text = copper("steep.setfl", start).replace("atoms: 300", "atoms: 500")
                with Folder(p_yaml=text, steep_setfl=setfl(scale=scale, sign=True)) as folder:
                    self.check_error(folder.vitrum("run", "p.yaml", ranks=ranks), 4, "0[12]-")

    def test_a_folder_in_use_is_left_alone(self):
        text = replaced(TINY, MELT, "- melt: {time: 400 ps}")
        text = replaced(text, "  trajectory_every", "  checkpoint_every: 0.001 min\n  trajectory_every")
        for holders in (1, 2):
            with Folder(p_yaml=text) as folder:
                run = folder.start("run", "p.yaml", ranks=holders)
                run.wait_until(lambda: os.path.exists(folder("p-run/checkpoint.former.h5")))
                for ranks in (1, 2):
                    for options in ([], ["--resume"], ["--force"], ["--resume", "--dry-run"]):
                        done = folder.vitrum("run", "p.yaml", *options, ranks=ranks)
                        self.check_error(done, 2, "'p-run' is in use", rf"process {run.pids()[0]} on \S+ since 20")
                self.assertIsNone(run.process.poll())
                self.assertTrue({"results.h5", "checkpoint.former.h5"} <= set(folder.list("p-run")))  # --force did nothing
                for pid in run.pids():
                    os.kill(pid, signal.SIGKILL)
                run.end()
                self.assertIn(".vitrum-lock", folder.list("p-run"))  # of which only the name is left
                run = folder.start("run", "p.yaml", "--resume")
                run.wait_until(self.newer(folder, "p-run/checkpoint.h5"))
                code, err = run.signal(signal.SIGTERM).end()
                self.assertEqual(code, 75, err)
                self.assertRegex(err, "resuming at")
                self.assertNotIn(".vitrum-lock", folder.list("p-run"))

    def newer(self, folder, name):
        def written():  # a name is gone for a moment between two generations
            return os.stat(folder(name)).st_mtime_ns if os.path.exists(folder(name)) else 0

        before = written()
        return lambda: written() > before

    def test_a_reader_of_the_log_may_leave(self):
        with Folder(p_yaml=TINY) as folder:
            run = folder.start("run", "p.yaml")
            run.process.stderr.close()
            self.assertEqual(run.process.wait(run_tool.LIMIT), 0)
            self.assertEqual(self.check_whole(folder, "p-run"), "yes")

    def test_a_run_that_cannot_begin_removes_nothing(self):
        with open("/proc/cpuinfo") as f:
            if "avx512dq" in f.read():
                self.skipTest("this machine has all instruction sets")
        with Folder(p_yaml=TINY) as folder:
            self.assertEqual(folder.vitrum("run", "p.yaml").returncode, 0)
            before = {n: folder.read("p-run", n) for n in folder.list("p-run")}
            folder.write("p.yaml", TINY + "engine: {instruction_set: avx512}\n")
            for options in (["--force"], ["--force", "--dry-run"]):
                self.check_error(folder.vitrum("run", "p.yaml", *options), 2, "avx512")
            self.assertEqual({n: folder.read("p-run", n) for n in folder.list("p-run")}, before)

    def test_a_cell_that_becomes_too_narrow_loses_one_stage_at_most(self):
        text = replaced(TINY, "- hold: {from: cast, time: 0.1 ps}",
                        "- hold: {from: cast, pressure: 900 GPa, barostat_time: 0.02 ps, time: 2 ps, measure: []}")
        with Folder(p_yaml=text) as folder:
            self.check_error(folder.vitrum("run", "p.yaml"), 2, "04-hold", "at step \\d+", "twice the cut-off", "more atoms")
            self.assertEqual(self.check_whole(folder, "p-run"), "no")
            with h5py.File(folder("p-run/checkpoint.h5")) as f:
                self.assertEqual((f.attrs["stage"], f.attrs["stage_step"]), (3, 0))

    def test_a_signal_stops_a_run_with_a_checkpoint(self):
        text = replaced(TINY, MELT, "- melt: {time: 400 ps}")
        for ranks, number in ((1, signal.SIGTERM), (1, signal.SIGINT), (1, signal.SIGUSR1), (1, signal.SIGHUP),
                              (2, signal.SIGUSR1)):
            with self.subTest(f"{number!r} on {ranks}"), Folder(p_yaml=text) as folder:
                run = folder.start("run", "p.yaml", ranks=ranks)
                run.wait_until(lambda: os.path.exists(folder("p-run/results.h5")))
                code, err = run.signal(number).end()  # mpirun passes SIGUSR1 on
                self.assertEqual(code, 75, err)
                self.assertRegex(err, rf"stopped by signal {int(number)} at .* ps \(02-melt\); go on with --resume")
                self.assertNotIn("error:", err)
                self.assertEqual(self.check_whole(folder, "p-run"), "no")
                self.assertIn("checkpoint.h5", folder.list("p-run"))

    def test_a_truncated_checkpoint_without_a_former_one_is_called_that(self):
        with Folder(p_yaml=replaced(TINY, MELT, "- melt: {time: 400 ps}")) as folder:
            run = folder.start("run", "p.yaml")
            run.wait_until(lambda: os.path.exists(folder("p-run/checkpoint.h5")))
            run.signal(signal.SIGKILL).end()
            self.assertNotIn("checkpoint.former.h5", folder.list("p-run"))
            os.truncate(folder("p-run/checkpoint.h5"), os.path.getsize(folder("p-run/checkpoint.h5")) // 2)
            for ranks in (1, 2):
                done = folder.vitrum("run", "p.yaml", "--resume", ranks=ranks)
                self.check_error(done, 2, "p-run/checkpoint.h5.*truncated", "no other checkpoint", "--force begins anew")
                self.assertNotIn("former", done.stderr)

    def test_two_damaged_checkpoints_are_not_gone_over(self):
        with Folder(p_yaml=TINY) as folder:
            os.mkdir(folder("p-run"))
            for name in ("checkpoint.h5", "checkpoint.former.h5"):
                folder.write("p-run/" + name, "damaged")
            for ranks in (1, 2):
                done = folder.vitrum("run", "p.yaml", "--resume", ranks=ranks)
                self.check_error(done, 2, "p-run/checkpoint.former.h5")
                self.assertRegex(done.stderr, "warning: .*p-run/checkpoint.h5.*trying the former")
                self.assertEqual(folder.list("p-run"), ["checkpoint.former.h5", "checkpoint.h5"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
