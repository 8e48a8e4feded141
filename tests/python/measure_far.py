#!/usr/bin/env python3
"""g(r) beyond the cut-off of the forces, as a run measures it: 500 atoms, r_max 9.5 A (cut-off 7.15 A), on 1, 2 and
4 ranks the same bits, and the counts are those of all pairs in the frames of the trajectory."""

import os
import unittest

import h5py
import numpy as np

import run_tool

PROTOCOL = """\
title: far
material:
  composition: {Cu: 50, Zr: 30, Al: 20}
  atoms: 500
  potential: builtin:CuZrAlHfCo
protocol:
  - create: {temperature: 1500 K}
  - melt: {temperature: 1500 K, time: 0.1 ps}
  - shear: {plane: xy, rate: 1e12 /s, strain: 0.1}
measure:
  - pdf: {r_max: 9.5 A, dr: 0.05 A, every: 0.05 ps}
  - entropy: {split_at: 5 A}
output:
  trajectory_every: 0.05 ps
"""
BINS, DR = 190, 0.05


def counts(x, edges, kind, pairs):
    """Unordered pairs of each kind in each bin: every image within one cell of every pair."""
    total = np.zeros((len(pairs), BINS))
    i, j = np.triu_indices(len(x), 1)
    d = x[j] - x[i]
    label = np.array([[pairs.index((min(a, b), max(a, b))) for b in range(3)] for a in range(3)])[kind[i], kind[j]]
    for shift in np.ndindex(3, 3, 3):
        s = d + (np.array(shift) - 1) @ edges
        k = np.sqrt(s[:, 0] * s[:, 0] + s[:, 1] * s[:, 1] + s[:, 2] * s[:, 2]) * (1 / DR)
        inside = k < BINS
        np.add.at(total, (label[inside], k[inside].astype(int)), 1)
    return total


class Far(unittest.TestCase):
    def test_same_bits_on_any_ranks_and_equal_to_all_pairs(self):
        first = None
        with run_tool.tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "far.yaml"), "w") as f:
                f.write(PROTOCOL)
            for ranks in (1, 2, 4):
                told = run_tool.vitrum("run", "far.yaml", "-o", f"run{ranks}", "--no-report", ranks=ranks, cwd=folder)
                self.assertEqual(told.returncode, 0, told.stderr)
                with h5py.File(os.path.join(folder, f"run{ranks}", "results.h5")) as r:
                    found = {}
                    r["stages"].visititems(
                        lambda name, d: found.update({name: d[()]}) if isinstance(d, h5py.Dataset)
                        and ("pdf/" in name or "entropy/" in name) else None)
                if first is None:
                    first = found
                self.assertEqual(found.keys(), first.keys())
                self.assertGreater(len(found), 60)
                for name, value in found.items():
                    np.testing.assert_array_equal(value, first[name], f"{name} on {ranks} ranks")
            with h5py.File(os.path.join(folder, "run1", "trajectory.h5")) as t:
                p = t["particles/trajectory"]
                numbers = p["species"][()]
                kind = np.array([{29: 0, 40: 1, 13: 2}[z] for z in numbers])
                stage = t["parameters/vitrum/frames/stage"][()]
                for index, name in ((2, "02-melt"), (3, "03-shear")):
                    frames = np.flatnonzero(stage == index)
                    self.assertEqual(len(frames), 2)
                    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
                    expect = sum(counts(p["position/value"][f], p["box/edges/value"][f], kind, pairs) for f in frames)
                    self.assertGreater(expect[:, 150:].sum(), 10000)  # beyond the cut-off
                    np.testing.assert_array_equal(first[name + "/pdf/count"], expect)


if __name__ == "__main__":
    unittest.main()
