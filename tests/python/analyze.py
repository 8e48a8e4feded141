#!/usr/bin/env python3
"""vitrum analyze: what is measured on the trajectory of a run has the bits of what was measured in the run, on any number of
ranks; frames can be chosen; what cannot be measured is refused, and results that are there are not lost."""

import unittest

import h5py
import numpy as np

import run_tool

MEASURE = """\
  - pdf: {r_max: 8 A, dr: 0.05 A, every: 0.05 ps, blocks: 2}
  - entropy
  - sq: {q_max: 15 /A}
  - sq_direct: {q_max: 6 /A, every: 0.1 ps}
"""
PROTOCOL = """\
title: a trajectory
material:
  composition: {Cu: 50, Zr: 50}
  atoms: 500
  potential: builtin:CuZrAlHfCo
protocol:
  - melt: {temperature: 2000 K, time: 0.2 ps, pressure: 0 GPa}
  - hold: {time: 0.4 ps}
output: {trajectory_every: 0.05 ps, trajectory_velocities: true}
measure:
""" + MEASURE
LIST = "pdf: {r_max: 8 A, dr: 0.05 A, every: 0.05 ps, blocks: 2}, entropy, sq: {q_max: 15 /A}, sq_direct: {q_max: 6 /A, every: 0.1 ps}"


def datasets(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return {name: value for name, value in found.items() if name.startswith("stages/") and "/thermo/" not in name}


class Analyze(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = run_tool.Folder(a_yaml=PROTOCOL, list_yaml=MEASURE).__enter__()
        told = cls.folder.vitrum("run", "a.yaml", "-o", "run", "--no-report")
        assert told.returncode == 0, told.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.__exit__()

    def analyze(self, *words, ranks=1):
        return self.folder.vitrum("analyze", "run/trajectory.h5md", *words, ranks=ranks)

    def refused(self, text, *words):
        told = self.analyze(*words)
        self.assertEqual(told.returncode, 2, told.stderr)
        self.assertIn(text, told.stderr)

    def test_the_bits_are_those_of_the_run(self):
        truth = datasets(self.folder("run", "results.h5"))
        for name, ranks, what in (("one.h5", 1, LIST), ("two.h5", 2, "list.yaml"), ("four.h5", 4, "a.yaml")):
            told = self.analyze("--with", what, "-o", name, ranks=ranks)
            self.assertEqual(told.returncode, 0, told.stderr)
            ours = datasets(self.folder(name))
            self.assertGreater(len(ours), 60)
            for path, value in ours.items():
                np.testing.assert_array_equal(value, truth[path], f"{path} on {ranks} ranks")
            for stage in ("02-melt", "03-hold"):
                for kernel in ("pdf/g_xray", "sq/s_xray", "sq_direct/s_xray", "entropy/s_xray"):
                    self.assertIn(f"stages/{stage}/{kernel}", ours)

    def test_the_report_draws_what_was_found(self):
        self.assertEqual(self.analyze("--with", LIST, "-o", "drawn.h5").returncode, 0)
        told = self.folder.vitrum("report", "drawn.h5", "-o", "page.html")
        self.assertEqual(told.returncode, 0, told.stderr)

    def test_frames_can_be_chosen(self):
        told = self.analyze("--with", "pdf: {r_max: 8 A, every: 0.05 ps}", "-o", "some.h5", "--frames", "5:10:2")
        self.assertEqual(told.returncode, 0, told.stderr)
        ours = datasets(self.folder("some.h5"))
        with h5py.File(self.folder("run", "trajectory.h5md")) as file:
            stage = file["particles/trajectory/position"].parent
            frames = stage["position/value"].shape[0]
        self.assertGreater(frames, 10)
        self.assertEqual({path.split("/")[1] for path in ours}, {"03-hold"})
        all_of_it = datasets(self.folder("run", "results.h5"))["stages/03-hold/pdf/count"].sum()
        self.assertLess(ours["stages/03-hold/pdf/count"].sum(), all_of_it)

    def test_bad_input_is_refused(self):
        self.refused("what shall be measured?")
        self.refused("there is no measurement 'pfd'; did you mean 'pdf'?", "--with", "pfd")
        self.refused("thermo needs energies and stresses", "--with", "thermo")
        self.refused("energy minima need a potential", "--with", "pdf: {inherent: true}")
        self.refused("FIRST:LAST:STEP is due", "--with", "pdf", "--frames", "5:2")
        self.refused("FIRST:LAST:STEP is due", "--with", "pdf", "--frames", "1:9:0")
        self.refused("there is none from 999 on", "--with", "pdf: {r_max: 8 A}", "--frames", "999:")
        self.refused("missing.yaml: the file cannot be opened", "--with", "missing.yaml")
        told = self.folder.vitrum("analyze", "missing.h5md", "--with", "pdf")
        self.assertEqual(told.returncode, 2, told.stderr)
        self.assertIn("cannot open missing.h5md: No such file", told.stderr)

    def test_results_are_not_replaced_unasked(self):
        self.assertEqual(self.analyze("--with", "sq_direct").returncode, 0)
        self.refused("run/trajectory-analysis.h5 exists", "--with", "sq_direct")
        self.assertEqual(self.analyze("--with", "sq_direct", "--force").returncode, 0)


if __name__ == "__main__":
    unittest.main()
