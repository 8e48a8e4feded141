#!/usr/bin/env python3
"""vitrum export: curves of a run as text with the bits of its results, which vitrum compare finds to be themselves; tables."""

import os
import unittest

import h5py
import numpy as np

import run_tool

PROTOCOL = """\
title: a liquid, x = 3
material:
  composition: {Cu: 50, Zr: 50}
  atoms: 500
  potential: builtin:CuZrAlHfCo
protocol:
  - melt: {temperature: 2000 K, time: 0.1 ps, pressure: 0 GPa, measure: []}
  - hold: {time: 0.2 ps}
measure:
  - thermo: {every: 0.02 ps}
  - pdf: {r_max: 9 A, dr: 0.05 A, every: 0.05 ps}
  - entropy: {split_at: 5 A}
  - sq: {q_max: 15 /A, q_min: 0.7 /A, q_damp: 0.03 /A, energy: 60 keV}
  - sq_direct: {every: 0 ps, q_max: 5 /A, dq: 0.05 /A}
"""
CURVES = {f"03-hold-{name}" for name in (
    *(f"{radiation}.{kind}" for radiation in ("xray", "neutron") for kind in ("gr", "g", "fq", "sq")),
    *(f"sq_direct-{radiation}.{kind}" for radiation in ("xray", "neutron") for kind in ("fq", "sq")))}


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = run_tool.Folder(a_yaml=PROTOCOL).__enter__()
        told = cls.folder.vitrum("run", "a.yaml", "-o", "run", "--no-report")
        assert told.returncode == 0, told.stderr
        told = cls.folder.vitrum("export", "run/results.h5")
        assert told.returncode == 0, told.stderr
        cls.said = told.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.__exit__()

    def header(self, name):
        lines = self.folder.read("export", name).decode().split("#### start data")[0].splitlines()
        return dict(line.split(" = ") for line in lines if " = " in line), [line for line in lines if line.startswith("# ")]

    def test_curves_have_the_bits_of_the_results(self):
        self.assertEqual(set(self.folder.list("export")), CURVES)
        self.assertIn("in export: 12 curves", self.said)
        with h5py.File(self.folder("run", "results.h5")) as f:
            for name, path in (("xray.gr", "sq/reduced_xray"), ("neutron.g", "sq/g_neutron"), ("xray.fq", "sq/f_measured_xray"),
                               ("neutron.sq", "sq/s_neutron"), ("sq_direct-xray.sq", "sq_direct/s_xray"),
                               ("sq_direct-neutron.fq", "sq_direct/f_neutron")):
                d = f["stages/03-hold/" + path]
                table = np.array([d.dims[0][0][()], d[()], 0 * d[()], d.parent[d.attrs["error"]][()]]).T
                kept = table[np.isfinite(table[:, 1])]
                written = np.loadtxt(self.folder.read("export", "03-hold-" + name).decode().split("#### start data")[1].splitlines())
                np.testing.assert_array_equal(written, np.nan_to_num(kept))
                left_out = len(table) - len(kept)
                self.assertEqual(any(f"{left_out} points without a value" in line for line in self.header("03-hold-" + name)[1]),
                                 left_out > 0)
            self.assertTrue(np.isnan(f["stages/03-hold/sq_direct/s_xray"][()]).any())

    def test_the_header_is_true(self):
        keys, comments = self.header("03-hold-xray.gr")
        with h5py.File(self.folder("run", "results.h5")) as f:
            stage = f["stages/03-hold"]
            q, r = (stage["sq"][name].dims[0][0][()] for name in ("s_xray", "reduced_xray"))
            f_of_q, g_of_r = (stage["sq"][name][()] for name in ("f_measured_xray", "reduced_xray"))
            temperature = stage["thermo/temperature"][()]
        self.assertEqual((keys["mode"], keys["composition"], float(keys["qdamp"])), ("xray", "Cu50Zr50", 0.03))
        for key, value in (("qmax", q[-1]), ("qmin", q[q >= 0.7][0]), ("rmin", r[0]), ("rmax", r[-1]), ("rstep", r[1] - r[0]),
                           ("wavelength", 12.39841984 / 60), ("temperature", temperature)):
            self.assertAlmostEqual(float(keys[key]), value, delta=1e-8 * value)
        self.assertNotIn("wavelength", self.header("03-hold-neutron.gr")[0])
        # What PDF programs would do with the .fq and its qmin, qmax gives the .gr.
        chosen = (q >= float(keys["qmin"]) - 1e-9) & (q <= float(keys["qmax"]) + 1e-9)
        integral = np.trapezoid if hasattr(np, "trapezoid") else np.trapz
        made = np.array([2 / np.pi * integral(f_of_q[chosen] * np.sin(q[chosen] * x), q[chosen]) for x in r]) * np.exp(-(0.03 * r)**2 / 2)
        np.testing.assert_allclose(made, g_of_r, atol=1e-9)
        text = "\n".join(comments)
        for piece in ("simulated", "title: a liquid, x is 3", "stage 03-hold, measurement sq", "Re(f_a f_b*)", "Waasmaier"):
            self.assertIn(piece, text)
        self.assertNotRegex("\n".join(self.header("03-hold-neutron.gr")[1]).lower(), "x-?ray")  # readers would take it for X-rays

    def test_compare_finds_itself(self):
        for name in CURVES - {n for n in CURVES if "sq_direct" in n}:
            told = self.folder.vitrum("compare", "run/results.h5", f"export/{name}", "-o", f"itself-{name}", "--radiation",
                                      "neutron" if "neutron" in name else "xray")
            self.assertEqual(told.returncode, 0, told.stderr)
            self.assertNotIn("warning", told.stderr)
            with h5py.File(self.folder(f"itself-{name}", "results.h5")) as f:
                self.assertLess(f["compare/r_w"][()], 1e-12, name)
                self.assertLess(abs(f["compare/scale"][()] - 1), 1e-12, name)

    def test_tables(self):
        told = self.folder.vitrum("export", "run/results.h5", "--csv", "--stage", "03-hold", "-o", "tables/of/it")
        self.assertEqual(told.returncode, 0, told.stderr)
        numbers = self.folder.read("tables/of/it/numbers.csv").decode().splitlines()
        found = {line.split(",")[0]: line.split(",")[1:] for line in numbers if not line.startswith("#")}
        with h5py.File(self.folder("run", "results.h5")) as f:
            s = f["stages/03-hold/entropy/s_xray"]
            value, error, unit = found["stages/03-hold/entropy/s_xray"]
            self.assertEqual((float(value), float(error), unit), (s[()], s.parent[s.attrs["error"]][()], "k_B/atom"))
            g = f["stages/03-hold/pdf/g_partial"]
            path = "tables/of/it/stages/03-hold/pdf/g_partial.csv"
            table = np.loadtxt(self.folder(path), delimiter=",")
            np.testing.assert_array_equal(table[:, 1], g[0])
            self.assertIn("# r [angstrom],Cu-Cu [1],Cu-Cu error [1]", self.folder.read(path).decode())
        self.assertFalse(any("timeline" in name or "02-melt" in name for name in self.folder.list("tables")))

    def test_what_cannot_be_is_refused(self):
        before = self.folder.list()
        for text, words in (("results are due", ()), ("cannot open", ("missing.h5",)), ("one too many", ("run/results.h5", "b.h5")),
                            ("no stage '09-x', but 01-create, 02-melt, 03-hold", ("run/results.h5", "--stage", "09-x", "-o", "new")),
                            ("no structure factors of stage 02-melt", ("run/results.h5", "--stage", "02-melt", "-o", "new")),
                            ("exists; give another folder", ("run/results.h5",)), ("a folder is due", ("run/results.h5", "-o")),
                            ("option '--forse' is not known", ("run/results.h5", "--forse"))):
            told = self.folder.vitrum("export", *words)
            self.assertEqual(told.returncode, 2, told.stderr)
            self.assertIn(text, told.stderr)
        self.assertEqual(self.folder.list(), before)
        self.assertEqual(self.folder.vitrum("export", "run/results.h5", "--force").returncode, 0)


if __name__ == "__main__":
    unittest.main()
