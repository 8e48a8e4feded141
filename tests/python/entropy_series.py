#!/usr/bin/env python3
"""vitrum entropy: a planted series of G(r) gives back its S_eq(T), its breaks of slope and its heat flow; files that are no curves
are left out with line and reason while the others go on; published files are read."""

import glob
import os
import sys
import unittest

import h5py
import numpy as np

import run_tool

HOME = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
MEASURED = os.path.join(HOME, "../shared/data/measured")
sys.path.insert(0, os.path.join(HOME, "docs/tutorial"))
import make_series

RHO = make_series.RHO


class EntropySeries(unittest.TestCase):
    def setUp(self):
        self.folder = run_tool.Folder().__enter__()
        self.addCleanup(self.folder.__exit__)

    def write_series(self, n, noise):
        return make_series.make(self.folder("series"), n, noise)

    def entropy(self, *words):
        return self.folder.vitrum("entropy", *words)

    def files(self):
        return sorted(glob.glob(self.folder("series", "*.gr")))

    def test_a_planted_series_comes_back(self):
        t, s = self.write_series(390, 0.005)
        told = self.entropy(*self.files(), "--density", f"{RHO} /A^3", "--breaks=3", "--rate", "10 K/min", "--composition",
                            "Cu44Zr44Al8Hf2Co2", "-o", "out")
        self.assertEqual(told.returncode, 0, told.stderr)
        with h5py.File(self.folder("out", "results.h5")) as f:
            series = {name: f["series"][name][()] for name in f["series"] if isinstance(f["series"][name], h5py.Dataset)}
        np.testing.assert_allclose(series["s_eq"], s, atol=2e-3)  # the table of heights is interpolated
        np.testing.assert_allclose(series["s_below"] + series["s_above"], series["s_eq"], atol=1e-10)
        self.assertLess(abs(series["break_temperature"][2] - 709), 5)
        # The scatter is what was planted: 390 points know it to 4 %, and the breaks add a little.
        with h5py.File(self.folder("out", "results.h5")) as f:
            error = f["series"][f["series/s_eq"].attrs["error"]][()]
        self.assertLess(abs(np.mean(error) / 0.005 - 1), 0.15)
        # 1 k_B an atom at 10 K/min is 0.01848 W/g for 75.006 g/mol, 1.3857 W/mol.
        np.testing.assert_allclose(series["heat_flow_gram"], 0.018475 * series["c_eq"], rtol=2e-4)
        np.testing.assert_allclose(series["heat_flow_mol"], 1.385744 * series["c_eq"], rtol=1e-5)
        inside = (t > 300) & (t < 400)
        self.assertLess(abs(np.mean(series["slope"][inside]) - 1.9e-3), 3e-4)
        self.assertTrue(os.path.getsize(self.folder("out", "series.csv")) > 10000)
        with open(self.folder("out", "series.svg")) as file:
            self.assertIn("<svg", file.read(2000))

    def test_what_is_no_curve_is_left_out_and_told(self):
        self.write_series(30, 0.0)
        for name, text in (("broken_500K.gr", "1 2\n2 3\n2 4\n"), ("junk_510K.gr", "\x01\x02"), ("fq_520K.gr", "# Q F(Q)\n1 2\n2 3\n"),
                           ("short_530K.gr", "# r G(r)\n1 2\n2 3\n"), ("cold.gr", "# r G(r)\n1 2\n13 3\n"), ("x.1.300K.gr", "# r G(r)\n1 2\n13 3\n"),
                           ("late_540K.gr", "# r G(r)\n5 2\n13 3\n")):
            with open(self.folder("series", name), "w") as file:
                file.write(text)
        os.rename(self.folder("series", "a_95.15K.gr"), self.folder("series", "run.999K.gr"))
        told = self.entropy(*self.files(), "missing.gr", "--density", f"{RHO} /A^3", "--smooth", "5", "-o", "out")
        self.assertEqual(told.returncode, 2, told.stderr)
        for words in ("broken_500K.gr:3: 2 does not come after 2", "junk_510K.gr:1: this is no text", "it is a function of q",
                      "it ends at 2 angstrom, r_max is 12", "cold.gr: no temperature", "cannot open missing.gr",
                      "x.1.300K.gr: no temperature", "it begins at 5 angstrom, beyond r_core", "8 of 38 files were left out"):
            self.assertIn(words, told.stderr)
        with h5py.File(self.folder("out", "results.h5")) as f:
            self.assertEqual(len(f["series/s_eq"]), 30)

    def refused(self, text, *words):
        told = self.entropy(*words)
        self.assertEqual(told.returncode, 2, told.stderr)
        self.assertIn(text, told.stderr)

    def test_bad_input_is_refused(self):
        self.write_series(30, 0.0)
        density = ("--density", f"{RHO} /A^3")
        self.refused("curves are due", *density)
        self.refused("the density is due", *self.files())
        self.refused("did you mean --density?", *self.files(), "--densty", "1 /A^3")
        self.refused("unit", *self.files(), "--density", "0.05")
        self.refused("30 curves, and smooth asks for 99", *self.files(), *density, "--smooth", "99")
        self.refused("two curves have the temperature", *self.files(), self.files()[0], *density)
        self.refused("is not an element", *self.files(), *density, "--composition", "Qq50Zr50")
        self.assertEqual(self.entropy(*self.files(), *density, "-o", "out").returncode, 0)
        self.refused("out/results.h5 exists", *self.files(), *density, "-o", "out")
        self.assertEqual(self.entropy(*self.files(), *density, "-o", "out", "--force").returncode, 0)

    @unittest.skipUnless(os.path.isdir(MEASURED), "needs the published files")
    def test_published_files_are_read(self):
        files = sorted(glob.glob(os.path.join(MEASURED, "SrFe2As2-cooling", "*.gr")))
        told = self.entropy(*files, "--slope_to", "1 A", "--smooth", "5", "-o", "out")
        self.assertEqual(told.returncode, 0, told.stderr)
        with h5py.File(self.folder("out", "results.h5")) as f:
            np.testing.assert_array_equal(f["series/s_eq"].dims[0][0], [174, 180, 186, 192, 198, 204, 210])


if __name__ == "__main__":
    unittest.main()
