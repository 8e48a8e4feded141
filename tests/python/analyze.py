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
  - sq_fft: {q_max: 3 /A, every: 0.1 ps}
  - voronoi: {every: 0.05 ps, blocks: 2, radii: {Cu: 1.28 A, Zr: 1.6 A}}
  - angles: {every: 0.1 ps, cutoffs: {Zr-Cu: 3.7 A}}
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
LIST = "pdf: {r_max: 8 A, dr: 0.05 A, every: 0.05 ps, blocks: 2}, entropy, sq: {q_max: 15 /A}, sq_direct: {q_max: 6 /A, every: 0.1 ps}, sq_fft: {q_max: 3 /A, every: 0.1 ps}, " \
    "voronoi: {every: 0.05 ps, blocks: 2, radii: {Cu: 1.28 A, Zr: 1.6 A}}, angles: {every: 0.1 ps, cutoffs: {Zr-Cu: 3.7 A}}"


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
                for kernel in ("pdf/g_xray", "sq/s_xray", "sq_direct/s_xray", "sq_fft/s_xray", "entropy/s_xray"):
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

    def write_text(self):
        """The frames of the last stage as a LAMMPS dump, with columns in another order and types, and as extended XYZ."""
        with h5py.File(self.folder("run", "trajectory.h5md")) as f:
            t = f["particles/trajectory"]
            x, image, edges = t["position/value"][()], t["image/value"][()], t["box/edges/value"][()]
            step, time = t["position/step"][()], t["position/time"][()]
            z = t["species"][()]
        z = z[0] if z.ndim == 2 else z
        order = np.random.default_rng(2).permutation(len(z))
        frames = [k for k in range(len(x)) if time[k] > 0.2 + 1e-6]
        with open(self.folder("a.dump"), "w") as dump, open(self.folder("a.xyz"), "w") as xyz:
            for k in frames:
                h = edges[k]
                low = np.array([-3.25, 1.5, 0.0])  # on the grid: the sample is only shifted
                tilt = (h[1, 0], h[2, 0], h[2, 1])
                bounds = "".join(f"{low[d]!r} {low[d] + h[d, d]!r} {tilt[d]!r}\n" for d in range(3))
                dump.write(f"ITEM: TIME\n{time[k]!r}\nITEM: TIMESTEP\n{step[k]}\nITEM: NUMBER OF ATOMS\n{len(z)}\n"
                           f"ITEM: BOX BOUNDS xy xz yz pp pp pp\n{bounds}ITEM: ATOMS type id x y z ix iy iz\n")
                xyz.write(f'{len(z)}\nLattice="{" ".join(repr(float(v)) for v in h.ravel())}" Properties=species:S:1:pos:R:3:id:I:1 '
                          f"time={float(time[k])!r}\n")
                for i in order:
                    p = x[k, i] + low
                    dump.write(f"{1 if z[i] == 40 else 2} {i + 1} {p[0]!r} {p[1]!r} {p[2]!r} {' '.join(map(str, image[k, i]))}\n")
                    xyz.write(f"{'Zr' if z[i] == 40 else 'Cu'} {' '.join(repr(float(v)) for v in x[k, i])} {i + 1}\n")
        return frames

    def test_text_trajectories_give_the_same(self):
        frames = self.write_text()
        what = "pdf: {r_max: 8 A, dr: 0.05 A, every: 0.05 ps}"
        words = ("--with", what, "-o", "truth.h5", "--frames", f"{frames[0]}:{frames[-1]}")
        self.assertEqual(self.analyze(*words).returncode, 0)
        with h5py.File(self.folder("truth.h5")) as f:
            truth = f["stages/03-hold/pdf/g_number"][()]
            pairs = {label.decode(): g for label, g in zip(f["stages/03-hold/pdf/g_partial"].dims[0][0], f["stages/03-hold/pdf/g_partial"])}
        for name, more, ranks in (("a.dump", ("--elements", "Zr,Cu"), 1), ("a.dump", ("--elements", "Zr,Cu,Al"), 2), ("a.xyz", (), 2)):
            told = self.folder.vitrum("analyze", name, "--with", what, "-o", f"text{ranks}{name}.h5", *more, ranks=ranks)
            self.assertEqual(told.returncode, 0, told.stderr)
            with h5py.File(self.folder(f"text{ranks}{name}.h5")) as f:
                d = f["stages/01-frames/pdf/g_partial"]
                np.testing.assert_allclose(f["stages/01-frames/pdf/g_number"][()], truth, rtol=1e-14)  # summed in another order
                for label, g in zip(d.dims[0][0], d):
                    name_of = label.decode()
                    other = "-".join(reversed(name_of.split("-")))
                    np.testing.assert_array_equal(g, pairs.get(name_of, pairs.get(other)))
        for text, words in (("which elements?", ("a.dump",)), ("and 1 elements were given", ("a.dump", "--elements", "Zr")),
                            ("'Qq' is not an element", ("a.dump", "--elements", "Qq,Cu")), ("dt", ("a.dump", "--dt", "2"))):
            told = self.folder.vitrum("analyze", words[0], "--with", what, "-o", "no.h5", *words[1:])
            self.assertEqual(told.returncode, 2, told.stderr)
            self.assertIn(text, told.stderr)
        with open(self.folder("a.dump")) as file:
            lines = file.read().split("\n")
        self.folder.write("short.dump", "\n".join(lines[:-5]))
        self.folder.write("open.dump", "\n".join(lines).replace("pp pp pp", "pp pp fs"))
        told = self.folder.vitrum("analyze", "open.dump", "--with", what, "--elements", "Zr,Cu")
        self.assertIn("only boxes periodic in all directions can be read", told.stderr)
        told = self.folder.vitrum("analyze", "short.dump", "--with", what, "--elements", "Zr,Cu")
        self.assertEqual(told.returncode, 2, told.stderr)
        self.assertIn("the file ends after", told.stderr)

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
