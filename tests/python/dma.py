#!/usr/bin/env python3
"""vitrum dma: two states of a glass, wings, sweeps: the files it leaves hold what it says; broken tables and options end with
one message and code 2, and nothing is overwritten."""

import csv
import os
import unittest

import h5py
import numpy as np

import run_tool

K_B = 8.617333262145179e-5


def cole_cole(t, height, place, energy, alpha):
    a = 1 - alpha
    x = energy / K_B * (1 / t - 1 / place)
    return height * np.sin(a * np.pi / 2) / (2 * (np.cosh(a * x) + np.cos(a * np.pi / 2))) / (0.5 * np.tan(a * np.pi / 4))


class Dma(unittest.TestCase):
    def setUp(self):
        self.folder = run_tool.Folder().__enter__()
        self.addCleanup(self.folder.__exit__)
        self.noise = np.random.default_rng(5)

    def state(self, name, height, place, wing=0.0):
        t = np.arange(230, 431, 1.0)
        y = cole_cole(t, height, place, 0.95, 0.3) + self.noise.normal(0, 5e-5, t.size)
        y += wing * np.exp(-0.1 * 0.95 / K_B * (1 / t - 1 / place)) * (t < place - 45)
        self.folder.write(name, "Temperature (\u00b0C);Tan(delta)\n" + "".join(
            f"{a - 273.15:.2f};{b:.6f}\n".replace(".", ",") for a, b in zip(t, y)))

    def dma(self, *words, code=0, says=()):
        told = self.folder.vitrum("dma", *words)
        self.assertEqual(told.returncode, code, told.stderr)
        for piece in (says,) if isinstance(says, str) else says:
            self.assertIn(piece, told.stderr + told.stdout)
        return told

    def test_two_states(self):
        self.state("cast.csv", 0.041, 331)
        self.state("annealed.csv", 0.013, 370)
        self.dma("cast.csv", "annealed.csv", "--frequency", "1 Hz", "--tg", "432 K, 485 K", "--base", "none", "-o", "out",
                 says=("annealed, 1 Hz against cast, 1 Hz", "T_g +53 K"))
        self.assertEqual(self.folder.list("out"), ["peaks.csv", "results.h5", "scans.svg"])
        with h5py.File(self.folder("out", "results.h5")) as file:
            peaks = file["dma/peaks"]
            self.assertAlmostEqual(peaks["place"][1], 370, delta=0.5)
            self.assertAlmostEqual(peaks["ratio"][1], 0.013 / 0.041, delta=0.005)
            self.assertIn("model: cole-cole", str(file["dma"].attrs["options"]))
        with open(self.folder("out", "peaks.csv"), encoding="utf-8") as file:
            rows = [row for row in csv.reader(file, skipinitialspace=True) if not row[0].startswith("#")]
        self.assertEqual([row[0] for row in rows], ["cast", "annealed"])
        self.assertAlmostEqual(float(rows[0][3]), 331, delta=0.5)
        before = os.stat(self.folder("out", "results.h5")).st_mtime_ns
        self.dma("cast.csv", "-o", "out", code=2, says="--force")
        self.assertEqual(os.stat(self.folder("out", "results.h5")).st_mtime_ns, before)
        self.dma("cast.csv", "-o", "out", "--force")

    def test_a_wing(self):
        self.state("cast.csv", 0.041, 331, wing=0.002)
        self.dma("cast.csv", "--base", "none", "--peak", "290-400", "--wing", "235-282", "--energy", "0.95 eV", "-o", "out",
                 says="wing: exponent")
        with h5py.File(self.folder("out", "results.h5")) as file:
            b = file["dma/peaks/wing_exponent"]
            self.assertAlmostEqual(b[0], 0.1, delta=0.05)

    def test_refusals(self):
        self.state("cast.csv", 0.041, 331)
        self.folder.write("broken.csv", "T (K),tan delta\n300,0.01\n301,x\n302,0.01\n")
        for words, says in ((("broken.csv",), "broken.csv:3: column 2, tan_delta: 'x' is no number"),
                            (("missing.csv",), "cannot open missing.csv"),
                            (("cast.csv", "--peek", "1-2"), "--peek"),
                            (("cast.csv", "--model", "lorentz"), "lorentz"),
                            (("cast.csv", "--peak", "390-429"), "no scan has a peak"),
                            (("cast.csv", "--master", "300 K"), "master"),
                            (("cast.csv", "--cole_cole", "yes"), "cole_cole"),
                            ((), "tables are due")):
            told = self.dma(*words, "-o", "bad", code=2, says=says)
            self.assertEqual(told.stderr.count("error:"), 1, told.stderr)
            self.assertFalse(os.path.exists(self.folder("bad")))


if __name__ == "__main__":
    unittest.main()
