#!/usr/bin/env python3
"""strings: a liquid's mobile atoms, strings and clusters are those that a plain second computation finds, pair of frames by pair of
frames, in a cell at rest and in one that is sheared; a run measures what its trajectory gives, on any number of ranks."""

import importlib.util
import os
import unittest

import h5py
import numpy as np

import run_tool

spec = importlib.util.spec_from_file_location(
    "bench_strings", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench", "strings.py"))
bench = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench)
bench.cKDTree = None  # all distances, whether there is SciPy or not

LIST = "strings: {every: 0.05 ps, t_max: 0.8 ps, fraction: 0.15}"
PROTOCOL = f"""\
title: a liquid
material: {{composition: {{Cu: 50, Zr: 50}}, atoms: 500, potential: builtin:CuZrAlHfCo}}
protocol:
  - melt: {{temperature: 3000 K, time: 0.2 ps, pressure: 0 GPa, measure: []}}
  - hold: {{time: 1 ps}}
  - shear: {{rate: 2e11 /s, strain: 0.2}}
measure:
  - {LIST}
output: {{trajectory_every: 0.05 ps}}
"""


class Strings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = run_tool.Folder(a_yaml=PROTOCOL).__enter__()
        told = cls.folder.vitrum("run", "a.yaml", "-o", "run", "--no-report")
        assert told.returncode == 0, told.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.__exit__()

    def group(self, stage, *path):
        with h5py.File(self.folder(*path)) as f:
            return {name: item[()] for name, item in f[f"stages/{stage}/strings"].items()}

    def test_a_second_computation_finds_the_same(self):
        t = bench.Trajectory(self.folder("run", "trajectory.h5md"))
        longest = 0
        for stage, first in (("03-hold", 0.2), ("04-shear", 1.2)):
            ours = self.group(stage, "run", "results.h5")
            frames = [k for k in range(len(t.time)) if first - 1e-6 < t.time[k] < first + 1 + 1e-6]
            frames = frames[-int(ours["pairs"][0]) - 1:]
            for k, lag in enumerate((1, 2, 4, 8, 16)):
                pairs = [(a, b) for n, (a, b) in enumerate(zip(frames, frames[lag:])) if n % lag == 0]
                self.assertEqual(ours["pairs"][k], len(pairs))
                expected = bench.summed(t, pairs, 0.15)
                self.assertIsNone(bench.differs(ours, k, expected), f"{stage}, {lag} frames")
                longest = max(longest, np.flatnonzero(expected["probability"])[-1] + 1)
        self.assertGreater(longest, 3)  # there was something to find

    def test_the_trajectory_gives_the_bits_of_the_run(self):
        for ranks in (1, 3):
            told = self.folder.vitrum("analyze", "run/trajectory.h5md", "--with", LIST, "-o", f"{ranks}.h5", ranks=ranks)
            self.assertEqual(told.returncode, 0, told.stderr)
            for stage in ("03-hold", "04-shear"):
                truth, ours = self.group(stage, "run", "results.h5"), self.group(stage, f"{ranks}.h5")
                for name, value in truth.items():
                    np.testing.assert_array_equal(ours[name], value, f"{stage} {name}")


if __name__ == "__main__":
    unittest.main()
