#!/usr/bin/env python3
"""vitrum compare: a curve made of a simulated one by a known scale, shift and noise comes back with them; curves and results that do
not go together are refused."""

import os
import unittest

import h5py
import numpy as np

import run_tool

PROTOCOL = """\
title: a liquid
material:
  composition: {Cu: 50, Zr: 50}
  atoms: 500
  potential: builtin:CuZrAlHfCo
protocol:
  - melt: {temperature: 2000 K, time: 0.1 ps, pressure: 0 GPa}
  - hold: {time: 0.2 ps}
measure:
  - pdf: {r_max: 9 A, dr: 0.05 A, every: 0.05 ps}
  - sq: {q_max: 15 /A}
"""
HEAD = "# xPDFsuite Configuration #\n[PDF]\nqmax = {qmax}\n\n#### start data\n#S 1\n{label}\n"
OF_R, OF_Q = "#L r(A) G(A^-2) d_r dG", "#L Q(A^-1) F(A^-1)"


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = run_tool.Folder(a_yaml=PROTOCOL).__enter__()
        told = cls.folder.vitrum("run", "a.yaml", "-o", "run", "--no-report")
        assert told.returncode == 0, told.stderr
        cls.curve = {}
        with h5py.File(cls.folder("run", "results.h5")) as f:
            for name in ("reduced_xray", "f_xray", "f_neutron"):
                d = f["stages/03-hold/sq"][name]
                cls.curve[name] = np.array([d.dims[0][0][()], d[()]])

    @classmethod
    def tearDownClass(cls):
        cls.folder.__exit__()

    def compare(self, *words):
        return self.folder.vitrum("compare", "run/results.h5", *words)

    def numbers(self, folder):
        with h5py.File(self.folder(folder, "results.h5")) as f:
            return {name: f["compare"][name][()] for name in ("scale", "shift", "r_w", "chi2", "difference") if name in f["compare"]}

    def write(self, name, label, columns, qmax=15):
        with open(self.folder(name), "w") as file:
            file.write(HEAD.format(label=label, qmax=qmax))
            np.savetxt(file, np.column_stack(columns), fmt="%.12g")

    def test_scale_noise_and_chi2_come_back(self):
        r, g = self.curve["reduced_xray"]
        at = np.arange(1, 8.9, 0.013)
        noise = 0.02 * np.random.default_rng(1).standard_normal(len(at))
        measured = 2.5 * np.interp(at, r, g) + noise
        self.write("glass.gr", OF_R, [at, measured, 0 * at, 0 * at + 0.02])
        told = self.compare("glass.gr", "-o", "one")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertNotIn("warning", told.stderr)
        ours = self.numbers("one")
        self.assertLess(abs(ours["scale"] / 2.5 - 1), 0.005)
        self.assertEqual(ours["shift"], 0)
        self.assertLess(abs(ours["chi2"] - 1), 0.25)  # 600 points; between the bins one interpolates by lines, the other by cubics
        self.assertLess(abs(ours["r_w"] / np.sqrt(np.sum(noise**2) / np.sum(measured**2)) - 1), 0.15)
        with open(self.folder("one", "compare.svg")) as file:
            self.assertIn("<svg", file.read(2000))

    def test_a_shift_and_another_radiation(self):
        q, f = self.curve["f_neutron"]
        self.write("glass.fq", OF_Q, [q[20:-5], 0.5 * f[20:-5] + 0.3])
        told = self.compare("glass.fq", "--radiation", "neutron", "--shift=true", "--from", "2", "-o", "two")
        self.assertEqual(told.returncode, 0, told.stderr)
        ours = self.numbers("two")
        self.assertLess(abs(ours["scale"] - 0.5), 1e-9)
        self.assertLess(abs(ours["shift"] - 0.3), 1e-9)
        self.assertLess(ours["r_w"], 1e-9)
        self.assertNotIn("chi2", ours)

    def test_another_window_is_warned_of(self):
        r, g = self.curve["reduced_xray"]
        self.write("other.gr", OF_R, [r, g, 0 * r, 0 * r], qmax=25)
        told = self.compare("other.gr", "-o", "three")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("the curve was made with qmax = 25, the simulated one ends at 15", told.stderr)

    def test_several_curves(self):
        """Each with its own scale, noise and reason; two of one kind and one of another; files of one name in two folders."""
        r, g = self.curve["reduced_xray"]
        q, f = self.curve["f_xray"]
        at = np.arange(1, 8.9, 0.013)
        noise = 0.02 * np.random.default_rng(2).standard_normal(len(at))
        os.mkdir(self.folder("other"))
        self.write("a.gr", OF_R, [at, 2.5 * np.interp(at, r, g) + noise, 0 * at, 0 * at + 0.02])
        self.write("other/a.gr", OF_R, [r, 0.7 * g])
        self.write("c.fq", OF_Q, [q[20:], 1.5 * f[20:]])
        self.write("bad.xy", "#L 2th_deg I", [r, g])
        told = self.compare("a.gr", "bad.xy", "other/a.gr", "gone.gr", "c.fq", "-o", "many")
        self.assertEqual(told.returncode, 2, told.stderr)
        for text in ("warning: bad.xy: G(r), g(r), F(q) or S(q) is due", "warning: cannot open gone.gr", "2 of 5 curves were left out"):
            self.assertIn(text, told.stderr)
        self.assertEqual(told.stdout.count("R_w"), 3)
        self.assertEqual(self.folder.list("many"), ["compare-a.gr.csv", "compare-a.gr_2.csv", "compare-c.fq.csv", "compare.csv", "compare.svg",
                                                    "results.h5"])
        with h5py.File(self.folder("many", "results.h5")) as results:
            self.assertEqual(set(results["compare"]), {"a.gr", "a.gr_2", "c.fq"})
            found = {name: {key: d[()] for key, d in group.items() if d.ndim == 0} for name, group in results["compare"].items()}
        self.assertLess(abs(found["a.gr"]["scale"] / 2.5 - 1), 0.005)
        self.assertLess(abs(found["a.gr"]["chi2"] - 1), 0.25)
        self.assertLess(abs(found["a.gr_2"]["scale"] - 0.7), 1e-9)
        self.assertLess(abs(found["c.fq"]["scale"] - 1.5), 1e-9)
        table = np.loadtxt(self.folder("many", "compare.csv"), delimiter=",", usecols=range(5))
        np.testing.assert_allclose(table[:, 2], [found[name]["scale"] for name in ("a.gr", "a.gr_2", "c.fq")], rtol=1e-9)
        self.assertTrue(np.isnan(table[1, 1]) and table[0, 4] == len(at[at >= r[0]]))
        picture = self.folder.read("many", "compare.svg").decode()
        for text in ("a.gr_2", "c.fq", "simulated", "F(q)", "G(r)"):
            self.assertIn(text, picture)
        told = self.compare("bad.xy", "gone.gr", "-o", "none")
        self.assertEqual(told.returncode, 2)
        self.assertIn("none of the 2 curves", told.stderr)
        self.assertFalse(os.path.exists(self.folder("none")))

    def test_what_does_not_go_together_is_refused(self):
        r, g = self.curve["reduced_xray"]
        self.write("good.gr", OF_R, [r, g, 0 * r, 0 * r])
        self.write("far.gr", OF_R, [r + 100, g, 0 * r, 0 * r])
        self.write("angle.xy", "#L 2th_deg I", [r, g])
        self.folder.write("plain.txt", "1 2\n2 3\n3 4\n")
        for text, words in (("results and a curve are due", ()), ("cannot open missing.gr", ("missing.gr",)),
                            ("0 of its points lie between", ("far.gr",)), ("it tells that it holds something else", ("angle.xy",)),
                            ("say --kind", ("plain.txt",)), ("no sq/reduced_xray of stage 09-x", ("good.gr", "--stage", "09-x")),
                            ("did you mean --radiation", ("good.gr", "--radation", "xray"))):
            told = self.compare(*words)
            self.assertEqual(told.returncode, 2, told.stderr)
            self.assertIn(text, told.stderr)
        self.assertFalse(os.path.exists(self.folder("compare")))
        self.assertEqual(self.compare("good.gr").returncode, 0)
        told = self.compare("good.gr")
        self.assertEqual(told.returncode, 2)
        self.assertIn("compare/results.h5 exists", told.stderr)
        os.mkdir(self.folder("own"))
        self.write("own/compare.csv", OF_R, [r, g, 0 * r, 0 * r])
        before = self.folder.read("own/compare.csv")
        told = self.compare("own/compare.csv", "-o", "own", "--force")
        self.assertEqual(told.returncode, 2)
        self.assertIn("own/compare.csv is read, and would be replaced", told.stderr)
        self.assertEqual(self.folder.read("own/compare.csv"), before)


if __name__ == "__main__":
    unittest.main()
