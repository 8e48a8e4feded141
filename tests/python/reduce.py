#!/usr/bin/env python3
"""vitrum reduce: patterns of a cluster with known distances come back as its G(r), whatever the unit of the first column, the number of
ranks and threads, and by the header of a result as configuration; broken files are left out with line and reason; nothing is
overwritten."""

import os
import unittest

import numpy as np

import run_tool

HOME = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
MEASURED = os.path.join(HOME, "../shared/data/measured")
WAVELENGTH = 0.1867
DISTANCE, WIDTH = 2.49, 0.12
# f0 of nickel, Waasmaier & Kirfel, Acta Cryst. A 51, 416 (1995).
A, C, B = (13.521865, 6.947285, 3.866028, 2.135900, 4.284731), -2.762697, (4.077277, 0.286763, 14.622634, 71.966080, 0.004437)


def tetrahedron(q):
    """I(q) of Ni atoms, each with 3 neighbours at DISTANCE, by Debye's formula; peaks are WIDTH wide."""
    f = C + sum(a * np.exp(-b * (q / (4 * np.pi)) ** 2) for a, b in zip(A, B))
    return f ** 2 * (1 + 3 * np.sin(q * DISTANCE) / (q * DISTANCE) * np.exp(-(q * WIDTH) ** 2 / 2))


def curve(path):
    with open(path, encoding="utf-8") as file:
        header, data = file.read().split("#L", 1)
    return header, np.array([[float(word) for word in row.split()] for row in data.split("\n")[1:] if row]).T


class Reduce(unittest.TestCase):
    def setUp(self):
        self.folder = run_tool.Folder().__enter__()
        self.addCleanup(self.folder.__exit__)
        self.q = np.arange(1, 1301) * 0.02

    def pattern(self, name, label="# Q I", x=None, extra=0.0):
        x = self.q if x is None else x
        rows = "".join(f"{a:.17g} {b:.17g}\n" for a, b in zip(x, 7.5 * tetrahedron(self.q) + extra))
        self.folder.write(name, (label + "\n" if label else "") + rows)

    def reduce(self, *words, ranks=1, code=0, says=()):
        told = self.folder.vitrum("reduce", *words, ranks=ranks)
        self.assertEqual(told.returncode, code, told.stderr)
        for piece in (says,) if isinstance(says, str) else says:
            self.assertIn(piece, told.stderr)
        return told

    def gr(self, *names):
        return curve(self.folder(*names))[1]

    def test_a_cluster_comes_back(self):
        self.pattern("a.xy")
        self.reduce("a.xy", "--composition", "Ni", "--qmax", "24", "-o", "out")
        self.assertEqual(self.folder.list("out"), ["a.fq", "a.gr", "a.sq"])
        header, (r, g) = curve(self.folder("out", "a.gr"))
        for words in ("[DEFAULT]", "version = vitrum-", "inputfile = a.xy", "composition = Ni", "qmax = 24", "# commit", "f_a(q) f_b(q) / <f(q)>^2",
                      "#### start data", "#S 1"):
            self.assertIn(words, header)
        self.assertEqual((r[0], r[1], r[-1], len(r)), (0, 0.01, 30, 3001))
        self.assertLess(abs(r[np.argmax(g)] - DISTANCE), 0.011)
        near = (r > 1.8) & (r < 3.2)
        self.assertLess(abs(np.sum(r[near] * g[near]) * 0.01 - 3), 0.06)  # neighbours: int r G dr; the polynomial takes 0.04
        q, s = self.gr("out", "a.sq")[:2]
        due = 1 + 3 * np.sin(q * DISTANCE) / (q * DISTANCE) * np.exp(-(q * WIDTH) ** 2 / 2)
        self.assertLess(np.abs(s - due)[q > 2].max(), 0.04)
        self.reduce("a.xy", "--composition", "Ni", "--qmax", "24", "--rpoly=0", "-o", "exact")  # nothing smooth: nothing to take
        r, g = self.gr("exact", "a.gr")
        self.assertLess(abs(np.sum(r[near] * g[near]) * 0.01 - 3), 0.002)
        r, g = self.gr("out", "a.gr")
        q, f = self.gr("out", "a.fq")
        np.testing.assert_allclose(f, q * (s - 1), atol=1e-12)
        # G once more, from the written F, the slow way.
        weight = np.gradient(q)
        weight[[0, -1]] /= 2
        slow = [2 / np.pi * np.sum(weight * f * np.sin(q * x)) for x in r[::100]]
        np.testing.assert_allclose(g[::100], slow, atol=1e-10)

    def test_units_background_and_route(self):
        """2theta, 1/nm, a measured background and the absolute route give the same peak."""
        self.pattern("q.xy")
        self.pattern("nm.xy", "# q_nm^-1 I", self.q * 10)
        self.pattern("angle.xy", "# 2th_deg I", 2 * np.degrees(np.arcsin(self.q * WAVELENGTH / 4 / np.pi)))
        self.pattern("radians.xy", "# 2th_rad I", 2 * np.arcsin(self.q * WAVELENGTH / 4 / np.pi))
        self.pattern("named.xy", "# s_nm^-1 I", self.q * 10)
        self.pattern("bare.xy", "", self.q * 10, 50 + 3 * self.q)
        self.folder.write("back.xy", "".join(f"{10 * q} {100 + 6 * q}\n" for q in np.arange(0.01, 26.1, 0.5)))
        common = ("--composition", "Ni", "--qmax", "24", "--qmin", "0.5")
        self.reduce("q.xy", "nm.xy", "angle.xy", "radians.xy", *common, "--wavelength", f"{WAVELENGTH} A", "-o", "out")
        self.reduce("bare.xy", *common, "--dataformat", "Qnm", "--backgroundfile", "back.xy", "--bgscale", "0.5", "-o", "out")
        self.reduce("named.xy", *common, "--dataformat", "Qnm", "-o", "out")
        g = {name: self.gr("out", f"{name}.gr")[1] for name in ("q", "nm", "angle", "radians", "named", "bare")}
        for name in ("nm", "angle", "radians", "named", "bare"):
            np.testing.assert_allclose(g[name], g["q"], atol=2e-9 * np.abs(g["q"]).max(), err_msg=name)
        self.reduce("q.xy", *common, "--route", "absolute", "--compton", "no", "--density", "1e-4", "-o", "absolute")
        r, absolute = self.gr("absolute", "q.gr")
        self.assertLess(np.abs(absolute - g["q"])[r > 2].max() / absolute.max(), 0.05)

    def test_headers_and_files_are_configurations(self):
        self.pattern("a.xy")
        self.folder.write("back.xy", "# Q I\n" + "".join(f"{q} {10 + q}\n" for q in np.arange(0.01, 26.1, 0.5)))
        self.reduce("a.xy", "--composition", "Ni Cu0.1", "--qmax", "23.123456789", "--route=absolute", "--density", "0.09", "--energy", "66.4 keV",
                    "--polarisation", "1", "--mut", "0.3", "--bgscale=1.1", "--backgroundfile", "back.xy", "--outputtypes", "all", "-o", "one")
        for kind in ("gr", "sq", "fq", "iq"):
            self.reduce("--config", f"one/a.{kind}", "-o", f"two-{kind}")
            for other in ("gr", "sq", "fq", "iq"):
                self.assertEqual(self.folder.read("one", f"a.{other}"), self.folder.read(f"two-{kind}", f"a.{other}"))
        # Options on the command line go before it.
        self.reduce("--config", "one/a.gr", "--qmax", "20", "--outputtypes", "gr", "-o", "three")
        self.assertEqual(self.folder.list("three"), ["a.gr"])
        self.assertIn("qmax = 20\n", curve(self.folder("three", "a.gr"))[0])
        self.folder.write("old.cfg", "[DEFAULT]\nversion = pdfgetx3-1.1.post2\ninputfiles = a.*\nbackgroundfiles = back.xy\nbgscales = 1.1\n"
                          "outputtypes = gr\nmode = xray\ncomposition = Ni\n")
        self.reduce("--config=old.cfg", "-o", "old")
        self.reduce("--createconfig", "new.cfg")
        text = self.folder.read("new.cfg").decode()
        self.reduce("--createconfig", "new.cfg", code=2, says="new.cfg exists")
        self.folder.write("new.cfg", text.replace("#composition = ", "composition = Ni").replace("#inputfile = ", "inputfile = a.xy"))
        self.reduce("--config", "new.cfg", "-o", "new")
        self.reduce("a.xy", "--composition=Ni", "-o", "plain")
        self.assertEqual(self.folder.read("new", "a.gr"), self.folder.read("plain", "a.gr"))
        # A temperature goes on from header to header, for `vitrum entropy` and `vitrum peaks`.
        self.pattern("warm.xy", "# temperature = 210 K  beam = 7\n# Q_A^-1 I")
        self.reduce("warm.xy", "--composition=Ni", "--outputtypes", "gr", "-o", "warm")
        self.assertIn("\ntemperature = 210 K\n", curve(self.folder("warm", "warm.gr"))[0])
        self.reduce("a.xy", "--config", "warm/warm.gr", "-o", "cold")
        self.assertNotIn("temperature", curve(self.folder("cold", "a.gr"))[0])
        # Limits that were not given are told as they were.
        header = curve(self.folder("plain", "a.gr"))[0]
        for words in ("qmin = 0.02\n", "qmax = 26\n", "qmaxinst = 26\n", "rpoly = 0.9\n"):
            self.assertIn(words, header)
        self.reduce("--config", "plain/a.gr", "-o", "again")
        self.assertEqual(self.folder.read("again", "a.gr"), self.folder.read("plain", "a.gr"))

    def test_any_ranks_and_threads_with_broken_files(self):
        for k in range(7):
            self.pattern(f"good{k}.xy", extra=k * 5.0)
        self.folder.write("nan.xy", "# Q I\n" + "".join(f"{q:.3f} 5\n" for q in self.q[:20]) + "0.5 nan\n")
        self.folder.write("empty.xy", "")
        self.folder.write("short.xy", "# Q I\n" + "".join(f"{q:.3f} 5\n" for q in self.q[:200]))
        self.folder.write("f.fq", "# Q F(Q)\n1 2\n2 3\n")
        self.folder.write("angle.xy", "# 2th_deg I\n1 2\n2 3\n")
        files = ["good0.xy", "nan.xy", "good1.xy", "empty.xy", "good2.xy", "short.xy", "good3.xy", "good4.xy", "f.fq", "angle.xy", "missing.xy",
                 "good5.xy", "good6.xy"]
        says = ("nan.xy:22: column 2 is no finite number", "empty.xy is empty", "short.xy: qmax is 24 /A, and the data end at 4 /A",
                "f.fq: it holds F(q)", "angle.xy: it holds angles, which need the wavelength", "cannot open missing.xy", "6 of 13 files were left out")
        warned = None
        for ranks, threads in ((1, 1), (1, 2), (2, 1), (4, 1)):
            os.environ["OMP_NUM_THREADS"] = str(threads)
            out = f"out-{ranks}-{threads}"
            told = self.reduce(*files, "--composition", "Ni", "--qmax", "24", "-o", out, ranks=ranks, code=2, says=says)
            warnings = [line for line in told.stderr.split("\n") if "left out:" in line]
            self.assertEqual(warnings, warned or warnings)
            warned = warnings
            self.assertEqual(len(self.folder.list(out)), 21)
            self.reduce("good*.xy", "--composition", "Ni", "--qmax", "24", "-o", out, "--force", ranks=ranks)  # not expanded by a shell
            for name in self.folder.list(out):
                self.assertEqual(self.folder.read(out, name), self.folder.read("out-1-1", name))
        os.environ["OMP_NUM_THREADS"] = "1"

    def test_nothing_is_overwritten(self):
        self.pattern("a.xy")
        os.mkdir(self.folder("other"))
        self.pattern("other/a.chi")
        self.reduce("a.xy", "--composition", "Ni", "-o", "out")
        self.reduce("a.xy", "--composition", "Ni", "-o", "out", code=2, says="out/a.gr exists")
        self.reduce("a.xy", "--composition", "Ni", "-o", "out", "--force")
        self.reduce("a.xy", "other/a.chi", "--composition", "Ni", "-o", "both", code=2, says="two inputs would both write both/a.gr")
        self.reduce("out/a.gr", "--composition", "Ni", "-o", "out", "--force", code=2, says="out/a.gr is an input")
        self.assertFalse(os.path.exists(self.folder("both")))
        self.reduce("a.xy", "--composition", "Ni", "-o", "a.xy", code=2, says="is not a folder")

    def test_bad_input_is_told(self):
        self.pattern("a.xy")
        self.pattern("bare.xy", "")
        ni = ("--composition", "Ni", "-o", "out")

        def refused(says, *words):
            self.reduce(*words, code=2, says=says)

        refused("patterns are due", *ni)
        refused("no file has a name like 'x*.xy'", "x*.xy", *ni)
        refused("the composition is missing", "a.xy")
        refused("is not an element", "a.xy", "--composition", "NiQq")
        refused("did you mean --qmax?", "a.xy", *ni, "--qmx", "4")
        refused("qmax", "a.xy", *ni, "--qmax", "4 K")
        refused("it does not tell what its first column is", "bare.xy", *ni)
        refused("dataformat twotheta needs the wavelength", "bare.xy", *ni, "--dataformat", "twotheta")
        refused("dataformat is twotheta, and the file says that its first column is q", "a.xy", *ni, "--dataformat", "twotheta", "--wavelength", "0.2 A")
        refused("cannot open nothing.cfg", "a.xy", *ni, "--config", "nothing.cfg")
        refused("background: cannot open nothing.xy", "a.xy", *ni, "--backgroundfile", "nothing.xy")
        self.folder.write("empty.xy", "")
        refused("background: empty.xy is empty", "a.xy", *ni, "--backgroundfile", "empty.xy")
        refused("outputtypes: 'gq' is not one of", "a.xy", *ni, "--outputtypes", "gq")
        refused("route absolute needs the density", "a.xy", *ni, "--route", "absolute")
        for text, says in (("[DEFAULT]\nqmaxx = 3\n", "c.cfg:2: reduce: unknown key 'qmaxx': do you mean 'qmax'?"),
                           ("[DEFAULT]\ncomposition = Ni\nqmax = ten\n", "c.cfg:3: reduce: key 'qmax'"),
                           ("[DEFAULT]\ncomposition = Ni\n\nmode = sas\n", "c.cfg:4: reduce: key 'mode'"),
                           ("[DEFAULT]\nqmax = 3\nqmax = 4\n", "c.cfg:3"), ("qmax = 3\n", "c.cfg:1"), ("", "this is no configuration"),
                           ("[DEFAULT]\n1 2\n", "c.cfg:2: '1 2' is no `key = value`"), ("[nacl]\nqmax = 3\n", "c.cfg:1: section")):
            self.folder.write("c.cfg", text)
            refused(says, "a.xy", *ni, "--config", "c.cfg")
        self.assertFalse(os.path.exists(self.folder("out", "a.gr")))

    @unittest.skipUnless(os.path.isdir(MEASURED), "needs the published files")
    def test_distances_in_ceria(self):
        """A calibrant as measured, its background with it: Ce-O 2.343 A, Ce-Ce 3.826 A and the edge 5.411 A of the cell."""
        self.reduce(os.path.join(MEASURED, "CeO2_mean_q.chi"), "--composition", "CeO2", "--qmin", "1.2", "--qmax", "20", "--qmaxinst", "20", "-o", "out")
        r, g = self.gr("out", "CeO2_mean_q.gr")
        for due, within in ((2.343, 0.05), (3.826, 0.015), (5.411, 0.02)):
            near = np.abs(r - due) < 0.25
            self.assertLess(abs(r[near][np.argmax(g[near])] - due), within)
        self.assertLess(abs(r[np.argmax(np.where(r < 6, g, 0))] - 3.826), 0.015)


if __name__ == "__main__":
    unittest.main()
