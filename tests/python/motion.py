"""How atoms move, beside other programs on the same frames: mean square displacements of NumPy, MDAnalysis and LAMMPS; the same bits in
the run and from its trajectory, on any number of ranks.

motion.py BUILD_DIR.
"""
import re
import subprocess
import unittest
import warnings

from run_tool import Folder

import h5py
import numpy as np

warnings.simplefilter("ignore")
import MDAnalysis
from MDAnalysis.analysis.msd import EinsteinMSD

EVERY, FRAMES = 0.02, 60
MEASURE = """\
  - msd: {every: 0.02 ps, t_max: 1 ps, lags: linear}
  - isf_self: {every: 0.02 ps, t_max: 1 ps, q: [2.7 /A], blocks: 2}
  - van_hove: {every: 0.04 ps, t_max: 1 ps}
  - van_hove_distinct: {every: 0.2 ps, t_max: 1 ps, r_max: 6 A}
  - overlap: {every: 0.02 ps, t_max: 1 ps}
  - vacf: {every: 0.02 ps, t_max: 0.4 ps}
"""
PROTOCOL = f"""\
title: a hot liquid that moves
material:
  composition: {{Cu: 50, Zr: 50}}
  atoms: 400
  potential: builtin:CuZrAlHfCo
protocol:
  - melt: {{temperature: 2500 K, time: 1 ps}}
  - hold: {{time: {EVERY * FRAMES:g} ps, barostat: none}}
output: {{trajectory_every: {EVERY} ps, trajectory_velocities: true}}
measure:
{MEASURE}"""
LAMMPS = """units metal
box tilt large
read_data first.data
mass * 1.0
pair_style zero 7.0
pair_coeff * *
compute m all msd com no
thermo 1
thermo_style custom step c_m[4]
thermo_modify format float %.12g
rerun frames.dump first 0 last {last} every 1 dump x y z ix iy iz box yes
"""


def datasets(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return {name: value for name, value in found.items() if name.startswith("stages/03-hold/")}


class Motion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder(p_yaml=PROTOCOL, list_yaml=MEASURE)
        cls.folder.__enter__()
        done = cls.folder.vitrum("run", "p.yaml", "-o", "run", "--no-report")
        assert done.returncode == 0, done.stderr
        cls.ours = datasets(cls.folder("run/results.h5"))
        with h5py.File(cls.folder("run/trajectory.h5")) as f:
            t = f["particles/trajectory"]
            keep = t["position/time"][()] > 1 + 1e-6
            x, image = t["position/value"][keep], t["image/value"][keep]
            cls.cell = t["box/edges/value"][keep][0]
            z = t["species"][()]
            cls.z = z if z.ndim == 1 else z[-1]
        cls.wrapped, cls.image = x, image
        cls.x = x + image @ cls.cell
        assert len(cls.x) == FRAMES

    @classmethod
    def tearDownClass(cls):
        cls.folder.__exit__(None, None, None)

    def test_the_bits_are_those_of_the_run(self):
        for ranks in (1, 2, 4):
            done = self.folder.vitrum("analyze", "run/trajectory.h5", "--with", "list.yaml", "-o", "out.h5", "--force", ranks=ranks)
            self.assertEqual(done.returncode, 0, done.stderr)
            theirs = datasets(self.folder("out.h5"))
            self.assertGreater(len(theirs), 40)
            for name, value in theirs.items():
                np.testing.assert_array_equal(value, self.ours[name], f"{name} on {ranks} ranks")

    def test_msd_and_alpha_2_are_those_of_numpy(self):
        """All origins, all lags; to rounding. The run keeps the centre of mass at rest."""
        for row, chosen in ((0, self.z == 29), (1, self.z == 40), (2, self.z > 0)):
            x = self.x[:, chosen]
            for k in range(50):
                u2 = ((x[k + 1:] - x[:-k - 1]) ** 2).sum(axis=2)
                np.testing.assert_allclose(self.ours["stages/03-hold/msd/msd"][row, k], u2.mean(), rtol=1e-6)
                np.testing.assert_allclose(self.ours["stages/03-hold/msd/alpha_2"][row, k], 3 * (u2**2).mean() / (5 * u2.mean() ** 2) - 1,
                                           atol=1e-6)

    def test_msd_is_that_of_mdanalysis(self):
        """Its windowed MSD of unwrapped positions, which it keeps in single precision: 1e-6 of 20 angstrom, to 5 digits."""
        universe = MDAnalysis.Universe.empty(len(self.z), trajectory=True)
        universe.load_new(self.x.astype(np.float32))
        theirs = EinsteinMSD(universe, select="all", msd_type="xyz", fft=False).run().results.timeseries
        np.testing.assert_allclose(self.ours["stages/03-hold/msd/msd"][2, 5:50], theirs[6:51], rtol=1e-5)

    def test_msd_is_that_of_lammps(self):
        """compute msd against the first frame, beside our only origin; LAMMPS prints 12 digits: agreement to 6, as the centre of mass
        of the grid of positions moves by some 1e-9 angstrom."""
        tilt = f"{self.cell[1, 0]!r} {self.cell[2, 0]!r} {self.cell[2, 1]!r}"
        edges = [float(self.cell[d, d]) for d in range(3)]
        types = np.where(self.z == 29, 1, 2)
        with open(self.folder("first.data"), "w") as f:
            f.write(f"first\n\n{len(types)} atoms\n2 atom types\n\n" + "".join(f"0 {edges[d]!r} {'xyz'[d]}lo {'xyz'[d]}hi\n" for d in range(3)) +
                    f"{tilt} xy xz yz\n\nAtoms # atomic\n\n" +
                    "".join(f"{i + 1} {types[i]} {' '.join(repr(float(c)) for c in self.wrapped[0, i])} {' '.join(map(str, self.image[0, i]))}\n"
                            for i in range(len(types))))
        low = [min(0, *c) for c in ((float(self.cell[1, 0]), float(self.cell[2, 0]), float(self.cell[1, 0] + self.cell[2, 0])), (float(self.cell[2, 1]), 0), (0, 0))]
        high = [max(0, *c) for c in ((float(self.cell[1, 0]), float(self.cell[2, 0]), float(self.cell[1, 0] + self.cell[2, 0])), (float(self.cell[2, 1]), 0), (0, 0))]
        tilts = [float(self.cell[1, 0]), float(self.cell[2, 0]), float(self.cell[2, 1])]
        with open(self.folder("frames.dump"), "w") as f:
            for k in range(FRAMES):
                f.write(f"ITEM: TIMESTEP\n{k}\nITEM: NUMBER OF ATOMS\n{len(types)}\nITEM: BOX BOUNDS xy xz yz pp pp pp\n" +
                        "".join(f"{low[d]!r} {edges[d] + high[d]!r} {tilts[d]!r}\n" for d in range(3)) + "ITEM: ATOMS id type x y z ix iy iz\n" +
                        "".join(f"{i + 1} {types[i]} {' '.join(repr(float(c)) for c in self.wrapped[k, i])} {' '.join(map(str, self.image[k, i]))}\n"
                                for i in range(len(types))))
        self.folder.write("in.msd", LAMMPS.format(last=FRAMES - 1))
        done = subprocess.run(["lmp", "-in", "in.msd", "-log", "none"], cwd=self.folder.path, text=True, capture_output=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        theirs = {int(a): float(b) for a, b in re.findall(r"^\s*(\d+)\s+([\d.e+-]+)\s*$", done.stdout, re.M)}
        self.assertEqual(len(theirs), FRAMES)
        done = self.folder.vitrum("analyze", "run/trajectory.h5", "--with", "msd: {every: 0.02 ps, t_max: 1.1 ps, lags: linear, origins: 100 ps}",
                                  "-o", "first.h5", "--force")
        self.assertEqual(done.returncode, 0, done.stderr)
        ours = datasets(self.folder("first.h5"))
        self.assertTrue((ours["stages/03-hold/msd/pairs"] == 1).all())
        msd = ours["stages/03-hold/msd/msd"][2]
        np.testing.assert_allclose(msd, [theirs[k + 1] for k in range(len(msd))], rtol=1e-6)

    def test_text_without_images_is_followed(self):
        """Extended XYZ and a dump of wrapped positions do not tell how often atoms have left the cell: each is followed from frame to
        frame. Positions are written with all their digits: to rounding."""
        tilts = [float(self.cell[1, 0]), float(self.cell[2, 0]), float(self.cell[2, 1])]
        self.assertEqual(tilts, [0, 0, 0])  # a melt stays rectangular: so are the bounds of the dump
        edges = " ".join(repr(float(v)) for v in self.cell.ravel())
        with open(self.folder("a.xyz"), "w") as xyz, open(self.folder("a.dump"), "w") as dump:
            for k in range(FRAMES):
                xyz.write(f'{len(self.z)}\nLattice="{edges}" Properties=species:S:1:pos:R:3 time={EVERY * (k + 1)!r}\n')
                dump.write(f"ITEM: TIME\n{EVERY * (k + 1)!r}\nITEM: TIMESTEP\n{k}\nITEM: NUMBER OF ATOMS\n{len(self.z)}\nITEM: BOX BOUNDS pp pp pp\n" +
                           "".join(f"0 {float(self.cell[d, d])!r}\n" for d in range(3)) + "ITEM: ATOMS id element x y z\n")
                for i in range(len(self.z)):
                    symbol, place = "Cu" if self.z[i] == 29 else "Zr", " ".join(repr(float(c)) for c in self.wrapped[k, i])
                    xyz.write(f"{symbol} {place}\n")
                    dump.write(f"{i + 1} {symbol} {place}\n")
        self.assertTrue((np.abs(self.image[-1] - self.image[0]) > 0).any())  # atoms have left the cell
        for name in ("a.xyz", "a.dump"):
            done = self.folder.vitrum("analyze", name, "--with", "msd: {every: 0.02 ps, t_max: 1 ps, lags: linear}", "-o", "text.h5", "--force", ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            with h5py.File(self.folder("text.h5")) as f:
                theirs = f["stages/01-frames/msd/msd"][()]
                rows = [label.decode() for label in f["stages/01-frames/msd/msd"].dims[0][0]]
            np.testing.assert_allclose(theirs[rows.index("all")], self.ours["stages/03-hold/msd/msd"][2], rtol=1e-9)

    def measure(self, what, *more):
        done = self.folder.vitrum("analyze", "run/trajectory.h5", "--with", what, "-o", "pace.h5", "--force", *more)
        return done, datasets(self.folder("pace.h5")) if done.returncode == 0 else None

    def test_the_pace_of_the_file_counts(self):
        """Lags are numbers of frames, and times are ps: whatever `every` says, the MSD of a time is that of its frames, and t_max is in ps."""
        full = self.ours["stages/03-hold/msd/msd"][2]  # of lag (k + 1) EVERY
        with h5py.File(self.folder("run/trajectory.h5")) as f:
            self.assertAlmostEqual(np.diff(f["particles/trajectory/position/time"][-3:])[0], EVERY, 9)
        for what, more, step, lags in (
            ("msd: {every: 0.002 ps, t_max: 0.5 ps, lags: linear}", (), 1, 25),
            ("msd: {t_max: 0.5 ps, lags: linear}", (), 2, 12),  # the preset, 0.05 ps, is no multiple
            ("msd: {every: 0.02 ps, t_max: 0.5 ps, lags: linear}", ("--frames", "0::2"), 2, 12),
        ):
            done, found = self.measure(what, *more)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stderr.count("there is a frame each"), 1, done.stderr)
            msd = found["stages/03-hold/msd/msd"][2]
            self.assertEqual(len(msd), lags)
            np.testing.assert_allclose(msd, full[step - 1 : step * lags : step], rtol=0.15)  # other origins
            with h5py.File(self.folder("pace.h5")) as f:
                np.testing.assert_allclose(f["stages/03-hold/msd/msd"].dims[1][0][()], EVERY * step * np.arange(1, lags + 1), rtol=1e-9)
        done, _ = self.measure("msd: {every: 0.07 ps, t_max: 0.5 ps}")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--with:1: measure: msd: `every: 0.07 ps` is no multiple of the 0.02 ps from one frame to the next: take 0.06 ps or 0.08 ps",
                      done.stderr)
        done, _ = self.measure("msd: {every: 0.04 ps, t_max: 0.5 ps}")
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("there is a frame each", done.stderr)

    def test_times_that_were_rounded_are_even(self):
        """Times of %.6g, as text has them, are 1/3 or 200 ps apart: all frames count, and the preset of t_max follows where it is too short."""
        for pace, lags in ((2 / 3, 11), (200, 11)):
            frames = "".join(
                f'2\nLattice="13 0 0 0 13 0 0 0 13" Properties=species:S:1:pos:R:3 Time={k * pace:.6g}\nCu {5 + 0.1 * k:.6f} 5 5\nCu 1 1 1\n'
                for k in range(12))
            self.folder.write("rounded.xyz", frames)
            done = self.folder.vitrum("analyze", "rounded.xyz", "--with", "msd: {lags: linear}", "-o", "rounded.h5", "--force")
            self.assertEqual(done.returncode, 0, done.stderr)
            with h5py.File(self.folder("rounded.h5")) as f:
                msd = f["stages/01-frames/msd/msd"]
                self.assertEqual(msd.shape[1], lags)
                np.testing.assert_allclose(msd.dims[1][0][()], pace * np.arange(1, lags + 1), rtol=1e-4)
                # one of two goes, and the centre of mass with half of it
                np.testing.assert_allclose(msd[-1], (0.05 * np.arange(1, lags + 1)) ** 2, rtol=1e-5)

    def test_results_are_no_saved_state(self):
        self.folder.write("on.yaml", PROTOCOL.replace("protocol:\n", "protocol:\n  - create: {state: run/results.h5}\n"))
        done = self.folder.vitrum("run", "on.yaml", "--dry-run")
        self.assertEqual(done.returncode, 2)
        self.assertIn("create: state: 'run/results.h5': no saved state of a run", done.stderr)

    def test_nothing_measured_is_told(self):
        done, found = self.measure("msd, isf_self, pdf: {r_max: 5 A}", "--frames=30:30")  # as --frames 30:30
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("nothing is measured"), 3, done.stderr)
        done, _ = self.measure("msd: {every: 5 ps}, pdf: {r_max: 5 A, every: 0.1 ps}")
        self.assertIn("msd: nothing is measured: none of the frames comes at its `every: 5 ps`", done.stderr)
        self.assertNotIn("pdf: nothing", done.stderr)

    def test_velocities_are_needed_for_their_spectrum(self):
        self.folder.write("still.yaml", PROTOCOL.replace(", trajectory_velocities: true", "").replace(MEASURE, "  []\n"))
        done = self.folder.vitrum("run", "still.yaml", "-o", "still", "--no-report")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.folder.vitrum("analyze", "still/trajectory.h5", "--with", "vacf: {every: 0.02 ps, t_max: 0.4 ps}", "-o", "no.h5")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("trajectory_velocities", done.stderr)
        done = self.folder.vitrum("analyze", "still/trajectory.h5", "--with", "viscosity", "-o", "no.h5")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("stresses", done.stderr)


if __name__ == "__main__":
    unittest.main()
