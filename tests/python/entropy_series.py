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

    def series(self, folder="out", group="series"):
        """Datasets of a series and, as NAME_error, their errors."""
        with h5py.File(self.folder(folder, "results.h5")) as f:
            return {name: f[group][name][()] for name in f[group] if isinstance(f[group][name], h5py.Dataset)}

    def done(self, *words):
        told = self.entropy(*words, "--force", "-o", "out")
        self.assertEqual(told.returncode, 0, told.stderr)
        return told

    def test_density_follows_temperature(self):
        t, _ = self.write_series(30, 0.0)
        given = ("--smooth", "5")
        self.done(*self.files(), *given, "--density", f"{RHO} /A^3", "--expansion", "1.5e-5 /K", "--expansion_at", "300 K")
        expected = RHO / (1 + 1.5e-5 * (t - 300)) ** 3
        np.testing.assert_allclose(self.series()["density"], expected, rtol=1e-12)
        by_expansion = self.series()["s_eq"]
        # The same densities as a table, on other points: a straight line between them is good to 1e-7 here.
        at = np.arange(90, 160, 7.0)
        self.folder.write("rho.txt", "# T rho\n" + "".join(f"{k} {RHO / (1 + 1.5e-5 * (k - 300)) ** 3:.12g}\n" for k in at))
        for between in ("linear", "spline"):
            self.done(*self.files(), *given, "--density_table", "rho.txt", "--density_between", between)
            np.testing.assert_allclose(self.series()["density"], expected, rtol=1e-6)
            np.testing.assert_allclose(self.series()["s_eq"], by_expansion, atol=1e-5)
        # rho dS/drho at fixed G(r), by differences; from 2.2 angstrom on, as below it the planted g(r) is 0 and S_eq has a kink there.
        s = {}
        for scale in (0.999, 1, 1.001):
            self.done(*self.files(), *given, "--density", f"{RHO * scale} /A^3", "--r_core", "2.205 A")
            s[scale] = self.series()
        np.testing.assert_allclose((s[1.001]["s_eq"] - s[0.999]["s_eq"]) / 0.002, s[1]["s_per_density"], rtol=2e-3)
        self.folder.write("rho.txt", "100 0.05\n120 0.05\n")
        told = self.entropy(*self.files(), *given, "--density_table", "rho.txt", "-o", "out", "--force")
        self.assertEqual(told.returncode, 2)
        self.assertIn("rho.txt goes from 100 to 120 K; there is no density at 93.15 K", told.stderr)
        self.folder.write("rho.txt", "100 5.4\n120 5.3\n")
        self.refused("rho.txt: a density of 5.4 at 100 K", *self.files(), "--density_table", "rho.txt")
        self.refused("expansion, expansion_at and density go together", *self.files(), "--density", "0.05 /A^3", "--expansion", "1e-5 /K")
        self.refused("one of them", *self.files(), "--density", "0.05 /A^3", "--slope_to", "2 A")

    def test_density_of_the_slope(self):
        self.write_series(30, 0.0)
        told = self.done(*self.files(), "--smooth", "5", "--slope_to", "1.9 A")
        self.assertIn("30 of 30 files had a polynomial taken out of F(q), as PDFgetX3 does", told.stderr)
        s = self.series()
        self.assertLess(np.mean(np.abs(s["density"] - RHO) < s["density_error"]), 0.95)
        self.assertGreater(np.mean(np.abs(s["density"] - RHO) < s["density_error"]), 0.40)
        np.testing.assert_allclose(s["s_error_density"], np.abs(s["s_per_density"]) * s["density_error"] / s["density"], rtol=1e-12)
        self.done(*self.files(), "--smooth", "5", "--slope_to", "1.9 A", "--slope_of", "series")
        one = self.series()
        np.testing.assert_allclose(one["density"], np.mean(s["density"]), rtol=1e-12)
        np.testing.assert_allclose(one["density_error"], np.std(s["density"], ddof=1) / np.sqrt(30), rtol=1e-9)

    def test_errors_of_files_and_noise(self):
        self.write_series(30, 0.0)
        random = np.random.default_rng(1)
        r = np.arange(0.01, 40.005, 0.01)
        for k, path in enumerate(self.files()):
            curve = np.loadtxt(path, skiprows=6 - k % 2, comments="#")
            reduced = np.interp(r, *curve.T, right=0) + 0.01 * random.standard_normal(len(r)) * (r > 2.2)
            os.remove(path)
            np.savetxt(self.folder("series", f"a_{100 + 2 * k}K.gr"), np.column_stack([r, reduced, 0 * r, np.full(len(r), 0.01)]), fmt="%.10g",
                       header="r(A) G(r) d_r d_Gr")
        density = ("--density", f"{RHO} /A^3", "--smooth", "5")
        self.done(*self.files(), *density, "--noise_from", "16 A", "--errors", "noise")
        s = self.series()
        # The formula once more: dS = -2 pi rho ln g r^2 dr / (4 pi rho r) dG, trapezoid rule, r_core 2 and r_max 12, ln g not below that of 0.01.
        curve = np.loadtxt(self.files()[0])
        r, g = curve[:, 0], 1 + curve[:, 1] / (4 * np.pi * RHO * curve[:, 0])
        inside = (r >= 2) & (r <= 12 + 1e-9) & (g > 0)
        c = -0.5 * np.log(np.maximum(g[inside], 0.01)) * r[inside] * 0.01
        c[-1] /= 2
        self.assertAlmostEqual(s["s_error_counted"][0] / (0.01 * np.sqrt(np.sum(c**2))), 1, places=6)
        np.testing.assert_array_equal(s["s_eq_error"], s["s_error_noise"])
        # The noise is white: both ways tell the same.
        self.assertLess(abs(np.mean(s["s_error_noise"]) / np.mean(s["s_error_counted"]) - 1), 0.1)
        self.done(*self.files(), *density, "--errors", "files")
        np.testing.assert_array_equal(self.series()["s_eq_error"], s["s_error_counted"])
        self.refused("errors: noise; it needs --noise_from", *self.files(), *density, "--errors", "noise")
        self.refused("noise_from needs 40 points beyond 39.9 angstrom", *self.files(), *density, "--noise_from", "39.9 A")

    def test_temperatures_of_a_table(self):
        t, s = self.write_series(30, 0.0)
        rows = []
        for k, name in enumerate(self.files()):
            os.rename(name, self.folder("series", f"scan {k:03d}.gr"))
            rows.append(f"scan {k:03d}.gr {500 + k}{('', ' K', 'K')[k % 3]}")
        density = ("--density", f"{RHO} /A^3", "--smooth", "5", "--temperatures", "table.txt")
        self.folder.write("table.txt", "# name, temperature\n" + "\n".join(rows) + "\n")
        self.done(*self.files(), *density)
        with h5py.File(self.folder("out", "results.h5")) as f:
            np.testing.assert_array_equal(f["series/s_eq"].dims[0][0], np.arange(500, 530))
        for text, message in (("\n".join(rows[1:]), "scan 000.gr: table.txt has no temperature for it"),
                              ("\n".join(rows + rows[:1]), "table.txt: 'scan 000.gr' is there twice"), ("scan 300", "no file could be used"),
                              ("scan", "table.txt:1: the name of a file and its temperature are due"), ("scan -3 K", "table.txt:1: the name"),
                              ("# none", "table.txt: no line")):
            self.folder.write("table.txt", text + "\n")
            told = self.entropy(*self.files(), *density, "-o", "out", "--force")
            self.assertEqual(told.returncode, 2, told.stderr)
            self.assertIn(message, told.stderr)
        self.refused("cannot open nowhere.txt", *self.files(), "--density", f"{RHO} /A^3", "--temperatures", "nowhere.txt")

    def test_series_beside_each_other(self):
        make_series.make(self.folder("a"), 60, 0.005)
        make_series.make(self.folder("b"), 60, 0.005, shift=-0.2, seed=6)
        a, b = (sorted(glob.glob(self.folder(name, "*.gr"))) for name in "ab")
        density = ("--density", f"{RHO} /A^3", "--shells", "5 A", "--resamples", "20")
        told = self.done("--series", "cast", *a, "--series", "hpt", *b, *density, "--align_from", "150 K")
        self.assertIn("shift onto the first series: 0.", told.stdout)
        cast, hpt = self.series(group="series/cast"), self.series(group="series/hpt")
        self.assertLess(abs(hpt["shift"] - 0.2), 4 * hpt["shift_error"])
        self.assertLess(hpt["shift_error"], 0.005)
        np.testing.assert_allclose(hpt["s_aligned"], hpt["s_eq"] + hpt["shift"], atol=1e-12)
        np.testing.assert_allclose(cast["s_aligned"], cast["s_eq"], atol=1e-12)
        np.testing.assert_allclose(hpt["difference"], hpt["s_smooth"] + hpt["shift"] - cast["s_smooth"], atol=1e-12)
        np.testing.assert_allclose(hpt["difference_raw"], hpt["s_smooth"] - cast["s_smooth"], atol=1e-12)
        np.testing.assert_allclose(hpt["shell_s_eq"].sum(axis=1), hpt["s_eq"], atol=1e-10)
        for name in ("cast.csv", "hpt.csv", "cast-shells.csv", "hpt-shells.csv", "cast-shells.svg", "series.svg"):
            self.assertTrue(os.path.getsize(self.folder("out", name)) > 1000, name)
        # Off unless asked; and the same bits with more threads.
        self.done("--series", "cast", *a, "--series", "hpt", *b, *density)
        self.assertNotIn("shift", self.series(group="series/hpt"))
        once = self.series(group="series/hpt")
        os.environ["OMP_NUM_THREADS"] = "3"
        self.addCleanup(os.environ.update, OMP_NUM_THREADS="1")
        self.done("--series", "cast", *a, "--series", "hpt", *b, *density)
        for name, values in self.series(group="series/hpt").items():
            np.testing.assert_array_equal(values, once[name], name)
        for text, words in (("comes before the first --series", (*a, "--series", "hpt", *b)), ("has no curves", ("--series", "x", "--series", "hpt", *b)),
                            ("two series 'x'", ("--series", "x", *a, "--series", "x", *b)), ("what fits: a name", ("--series", "a/b", *a)),
                            ("that --align_from begins", (*a, "--align_to", "150 K")),
                            ("150 K is not above align_from", ("--series", "x", *a, "--series", "y", *b, "--align_from", "160 K", "--align_to", "150 K")),
                            ("there is one series only", (*a, "--align_from", "150 K")),
                            ("common curve of degree 2 needs 4", ("--series", "x", *a, "--series", "y", *b, "--align_from", "209 K"))):
            self.refused(text, *words, "--density", f"{RHO} /A^3", "--force")

    def test_lists_that_are_wrong_are_refused(self):
        self.write_series(30, 0.0)
        for shells, text in (("5", "unit"), ("5, 3 A", "3 does not come after 5"), ("13 A", "from 0 to r_max"), ("0.1 A", "at most 40 shells"),
                             ("-1, 5 A", "from 0 to r_max"), ("5, x A", "shells")):
            self.refused(text, *self.files(), "--density", f"{RHO} /A^3", "--shells", shells)

    def test_a_spline_instead(self):
        t, s = self.write_series(120, 0.005)
        told = self.done(*self.files(), "--density", f"{RHO} /A^3", "--smoothing", "spline")
        self.assertIn("by cross-validation", told.stdout)
        out = self.series()
        self.assertLess(abs(out["scatter"] / 0.005 - 1), 0.25)
        self.assertLess(np.std(out["s_smooth"] - make_series.planted(t)), 0.0025)

    def test_a_simulated_ramp_is_a_series(self):
        self.folder.write("heat.yaml", """\
title: ramp
material: {composition: {Cu: 50, Zr: 50}, atoms: 300, potential: "builtin:CuZrAlHfCo"}
protocol:
  - melt: {temperature: 1500 K, time: 0.05 ps, save: liquid}
  - heat: {from: liquid, to: 2000 K, rate: 4e15 K/s}
measure:
  - pdf: {r_max: 7 A, every: 0.01 ps, blocks: 10}
  - entropy: {split_at: 5 A}
""")
        told = self.folder.vitrum("run", "heat.yaml", "-o", "run")
        self.assertEqual(told.returncode, 0, told.stderr)
        with h5py.File(self.folder("run", "results.h5")) as f:
            (label,) = (name for name in f["stages"] if name.endswith("-heat"))
            block = f["stages"][label]["blocks/entropy"]
            t, s = block["temperature"][()], block["s_xray"][()]
        results = "run/results.h5"
        self.done("--series", "a", results, "--series", "b", f"{results}:{label}", "--smooth", "5", "--align_from", "300 K")
        np.testing.assert_array_equal(self.series(group="series/a")["s_eq"], s[np.argsort(t)])
        b = self.series(group="series/b")
        self.assertLess(abs(b["shift"]), 1e-9)
        self.assertGreater(b["shift_error"], 0)
        make_series.make(self.folder("measured"), 30, 0.0)
        self.done("--series", "m", *sorted(glob.glob(self.folder("measured", "*.gr"))), "--series", "s", results, "--smooth", "5", "--density",
                  f"{RHO} /A^3", "--shells", "5 A")
        self.assertTrue(np.all(np.isnan(self.series(group="series/s")["difference_raw"])))  # no temperature in common
        self.refused("stage 09-x has no S_eq", f"{results}:09-x", "--smooth", "5", "--force")
        self.refused("cannot", "missing.h5", "--force")

    def peaks(self, *words):
        told = self.folder.vitrum("peaks", *words, "--force", "-o", "pk")
        return told

    def test_peaks_are_followed(self):
        random = np.random.default_rng(2)
        q = np.arange(0.5, 6, 0.01)
        t = np.arange(300, 340, 2)
        os.makedirs(self.folder("q"))
        place, width = 2.66 - 1e-4 * (t - 300), 0.37 + 2e-4 * (t - 300)
        for k in range(len(t)):
            s = 0.4 + 2.5 * np.exp(-4 * np.log(2) * ((q - place[k]) / width[k]) ** 2) + 0.3 * np.exp(-(((q - 4.6) / 0.3) ** 2))
            np.savetxt(self.folder("q", f"a_{t[k]}K.sq"), np.column_stack([q, s + 0.005 * random.standard_normal(len(q))]), header="Q S(Q)")
        files = sorted(glob.glob(self.folder("q", "*.sq")))
        told = self.peaks(*files)
        self.assertEqual(told.returncode, 0, told.stderr)
        p = self.series("pk", "peaks")
        for value, error, exact in ((p["position_1"], p["position_1_error"], place), (p["width_1"], p["width_1_error"], width)):
            pull = (value - exact) / error
            self.assertLess(np.max(np.abs(pull)), 4.5)
            self.assertLess(abs(np.mean(pull)), 4 / np.sqrt(len(t)))
        self.assertEqual(self.peaks(*files, "--peaks", "2-4, 4-5.5", "--form", "pseudo-voigt", "--part", "0.2").returncode, 0)
        self.assertLess(np.max(np.abs(self.series("pk", "peaks")["position_2"] - 4.6)), 0.02)
        self.assertIn("mixing_1", self.series("pk", "peaks"))
        self.assertIn("position_2 [1/angstrom]", self.folder.read("pk", "peaks.csv").decode())
        for words, text in ((("--peaks", "3-2"), "is no range"), (("--peaks", "2.2"), "is no range"), (("--peaks", "5-6"), "no curve has a peak there"),
                            (("--form", "lorentz"), "gaussian, pseudo-voigt"), (("--peeks", "1-2"), "did you mean --peaks?")):
            told = self.peaks(*files, *words)
            self.assertEqual(told.returncode, 2, told.stderr)
            self.assertIn(text, told.stderr)
        self.write_series(30, 0.0)
        self.assertIn("--peaks '2.2-3.4, 3.8-5.6'", self.peaks(*self.files()).stderr)
        self.assertIn("do not hold the same kind", self.peaks(*files, *self.files()).stderr)
        self.assertEqual(self.peaks(*self.files(), "--peaks", "2.3-3.6, 3.8-5.8").returncode, 0)
        self.assertIn("curves are due", self.peaks().stderr)

    @unittest.skipUnless(os.path.isdir(MEASURED), "needs the published files")
    def test_published_files_are_read(self):
        files = sorted(glob.glob(os.path.join(MEASURED, "SrFe2As2-cooling", "*.gr")))
        told = self.entropy(*files, "--slope_to", "1 A", "--smooth", "5", "-o", "out")
        self.assertEqual(told.returncode, 0, told.stderr)
        with h5py.File(self.folder("out", "results.h5")) as f:
            np.testing.assert_array_equal(f["series/s_eq"].dims[0][0], [174, 180, 186, 192, 198, 204, 210])


if __name__ == "__main__":
    unittest.main()
