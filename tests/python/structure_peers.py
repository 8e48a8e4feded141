"""g(r) beside other programs on the same frames: counts of MDAnalysis and LAMMPS, and a crystal of nickel beside measured G(r); the published
files are read whole.

structure_peers.py BUILD_DIR. The measured files are those of ../shared/data/measured beside the checkout, which is not part of the
project: that part is skipped where they are not.
"""
import glob
import os
import re
import subprocess
import unittest
import warnings

from run_tool import TINY, Folder, replaced

import h5py
import numpy as np

warnings.simplefilter("ignore")
import MDAnalysis
from MDAnalysis.analysis.rdf import InterRDF

BINS, R_MAX = 140, 7.0
PDF = "pdf: {r_max: 7 A, dr: 0.05 A, every: 0.05 ps}"
MEASURED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared/data/measured")
LAMMPS = f"""units metal
read_data {{data}}
pair_style zero 7.5
pair_coeff * *
compute g all rdf {BINS} 1 1 1 2 2 2 cutoff {R_MAX}
fix g all ave/time 1 1 1 c_g[*] mode vector file rdf.txt format " %.15g"
run 0
"""


def measured(folder, *words):
    """The datasets of pdf, one dictionary a stage."""
    done = folder.vitrum("analyze", "run/trajectory.h5", "--with", PDF, "-o", "out.h5", "--force", *words)
    assert done.returncode == 0, done.stderr
    with h5py.File(folder("out.h5")) as f:
        return [{name: d[()] for name, d in stage["pdf"].items() if isinstance(d, h5py.Dataset)} for stage in f["stages"].values()]


def table(path):
    """The columns behind the header: all lines from the end on that are numbers."""
    rows = []
    with open(path, encoding="latin-1") as f:
        for line in reversed(f.read().splitlines()):
            try:
                rows.append([float(word) for word in line.split()])
            except ValueError:
                break
            if rows and len(rows[-1]) < 2:
                rows.pop()
                break
    return np.array(rows[::-1]).T


class Peers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        protocol = replaced(TINY, "trajectory_every: 0.05 ps", "trajectory_every: 0.05 ps\n  structures: lammps")
        cls.folder = Folder(p_yaml=protocol)
        cls.folder.__enter__()
        done = cls.folder.vitrum("run", "p.yaml", "-o", "run", "--no-report")
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.__exit__(None, None, None)

    def test_counts_are_those_of_mdanalysis(self):
        """Whole numbers of pairs in each bin. MDAnalysis keeps positions in single precision, 1e-6 angstrom off, so that a pair in
        about 2 * 1e-6 / 0.05 falls into the bin beside: of 2e5 pairs fewer than 30."""
        universe = MDAnalysis.Universe(self.folder("run/state-cast.data"), self.folder("run/trajectory.h5"), topology_format="DATA",
                                       format="H5MD", atom_style="id type x y z")
        ours = sum(stage["count"] for stage in measured(self.folder))
        species = {1: universe.select_atoms("type 1"), 2: universe.select_atoms("type 2")}
        for pair, (a, b) in enumerate(((1, 1), (1, 2), (2, 2))):
            theirs = InterRDF(species[a], species[b], nbins=BINS, range=(0, R_MAX), exclusion_block=(1, 1) if a == b else None).run()
            count = theirs.results.count / (2 if a == b else 1)
            np.testing.assert_array_equal(ours[pair], ours[pair].round())
            self.assertGreater(count.sum(), 1e4)
            self.assertLess(np.abs(ours[pair] - count).sum(), 60)

    def test_g_is_that_of_lammps(self):
        """One frame, the state at its end: 1e-9, but for a pair at the edge of a bin."""
        with h5py.File(self.folder("run/trajectory.h5")) as f:
            times = f["particles/trajectory/position/time"][()]
        with open(self.folder("run/state-cast.data")) as f:
            self.assertIn("300 atoms", f.read())
        frame = int(np.argmin(abs(times - 0.2)))  # the quench ends there and saves
        ours, = measured(self.folder, "--frames", f"{frame}:{frame}")
        self.folder.write("in.rdf", LAMMPS.format(data="run/state-cast.data"))
        done = subprocess.run(["lmp", "-in", "in.rdf", "-log", "none"], cwd=self.folder.path, capture_output=True, text=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stdout)
        with open(self.folder("rdf.txt")) as f:
            rows = [line.split() for line in f if not line.startswith("#")]
        table = np.array([row for row in rows if len(row) == 8], dtype=float)
        self.assertEqual(len(table), BINS)
        for pair in range(3):
            off = abs(ours["g_partial"][pair] - table[:, 2 + 2 * pair]) > 1e-9 * (1 + table[:, 2 + 2 * pair])
            self.assertLessEqual(off.sum(), 2)

    def test_partials_add_up_to_the_total(self):
        for stage in measured(self.folder):
            for total in ("number", "xray"):
                added = (stage[f"weight_{total}"][:, None] * stage["g_partial"]).sum(axis=0)
                np.testing.assert_allclose(added, stage[f"g_{total}"], atol=1e-10)

    def nickel(self, a, u2, cells=10):
        """A face-centred cubic crystal whose atoms are displaced by sqrt(u2) along each axis, as extended XYZ."""
        rng = np.random.default_rng(1)
        sites = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])
        corners = np.stack(np.meshgrid(*[np.arange(cells)] * 3), -1).reshape(-1, 1, 3)
        x = ((corners + sites) * a).reshape(-1, 3)
        x = x + rng.normal(0, u2**0.5, x.shape)
        edge = cells * a
        return (f'{len(x)}\nLattice="{edge} 0 0 0 {edge} 0 0 0 {edge}" Properties=species:S:1:pos:R:3 pbc="T T T" Time=0\n'
                + "".join("Ni {:.9f} {:.9f} {:.9f}\n".format(*p) for p in x))

    @unittest.skipUnless(os.path.isdir(MEASURED), "needs the measured files")
    def test_a_crystal_of_nickel_beside_measured_g(self):
        """From the structure alone: a = 3.524 angstrom, u^2 = 0.0060 angstrom^2 (300 K), and the instrument's Q-window and Qdamp; one
        scale is fitted. R_w was 0.11 for X-rays and 0.14 for neutrons; what is left is noise, and that neighbours move together, which
        independent displacements do not."""
        for name, radiation, window, most in (
                ("ni-q27r60-xray.gr", "xray", "q_min: 0.01 /A, q_damp: 0.06 /A", 0.12),
                ("ni-q27r100-neutron.gr", "neutron", "q_min: 0.87 /A, q_damp: 0.01 /A", 0.15)):
            with self.subTest(name):
                self.folder.write("ni.xyz", self.nickel(3.524, 0.0060))
                done = self.folder.vitrum("analyze", "ni.xyz", "-o", "ni.h5", "--force", "--with",
                                          f"pdf: {{r_max: 17.5 A, dr: 0.02 A, every: 0 ps}}, sq: {{q_max: 27 /A, {window}}}")
                self.assertEqual(done.returncode, 0, done.stderr)
                done = self.folder.vitrum("compare", "ni.h5", os.path.abspath(os.path.join(MEASURED, name)), "--radiation", radiation, "--from", "1.8", "--to",
                                          "17", "-o", "ni", "--force")
                self.assertEqual(done.returncode, 0, done.stderr)
                r_w = float(re.search(r"R_w ([\d.]+)", done.stdout)[1])
                print(f"{name}: {done.stdout.strip()}")
                self.assertLess(r_w, most)

    @unittest.skipUnless(os.path.isdir(MEASURED), "needs the measured files")
    def test_published_files_are_read_whole(self):
        """Every number of the files, as NumPy reads what stands behind their headers; patterns come back as .iq without background."""
        for name, words in (("CeO2_mean_q.chi", []), ("CeO2_dspacing.xy", ["--dataformat", "dspacing", "--qmin", "1", "--qmax", "7"])):
            path = os.path.abspath(os.path.join(MEASURED, name))
            done = self.folder.vitrum("reduce", path, "--composition", "CeO2", "--outputtypes", "iq", "-o", "iq", "--force", *words)
            self.assertEqual(done.returncode, 0, done.stderr)
            x, y = table(path)[:2]
            if "dspacing" in name:
                x, y = 2 * np.pi / x, y
            q, i = table(self.folder("iq/" + os.path.splitext(name)[0] + ".iq"))[:2]
            np.testing.assert_allclose(q, x[x > 0], rtol=1e-14)
            np.testing.assert_allclose(i, y[x > 0], rtol=1e-14)
        names = sorted(glob.glob(os.path.join(MEASURED, "*.gr"))) + sorted(glob.glob(os.path.join(MEASURED, "SrFe2As2-cooling", "*.gr")))
        self.assertEqual(len(names), 11)
        self.folder.write("ni.xyz", self.nickel(3.524, 0.0060, 5))
        done = self.folder.vitrum("analyze", "ni.xyz", "-o", "any.h5", "--force", "--with", "pdf: {r_max: 8 A, every: 0 ps}, sq")
        self.assertEqual(done.returncode, 0, done.stderr)
        for path in names:
            done = self.folder.vitrum("compare", "any.h5", path, "--kind", "G", "--from", "2", "--to", "7.5", "-o", "any", "--force")
            self.assertEqual(done.returncode, 0, path + done.stderr)
            with h5py.File(self.folder("any/results.h5")) as f:
                r, g = f["compare/measured"].dims[0][0][()], f["compare/measured"][()]
            x, y = table(path)[:2]
            np.testing.assert_array_equal(r, x[(x >= 2) & (x <= 7.5)])
            np.testing.assert_array_equal(g, y[(x >= 2) & (x <= 7.5)])


if __name__ == "__main__":
    unittest.main()
