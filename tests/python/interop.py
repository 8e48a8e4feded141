"""The programs that our users have open our files as they are: MDAnalysis, h5py, ASE, LAMMPS.

interop.py BUILD_DIR; runs in a temporary folder. A program that is not installed is an error: install-deps brings all.
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import warnings

import h5py
import numpy as np

warnings.simplefilter("ignore")
import ase.io
import MDAnalysis

N = 257
TOOL = os.path.join(os.path.abspath(sys.argv.pop(1)), "tests", "tool_write_files")


def tool(*args, ranks=0):
    command = [TOOL, *map(str, args)]
    if ranks:
        command = ["mpirun", "--oversubscribe", "--allow-run-as-root", "--bind-to", "none", "-n", str(ranks)] + command
    return subprocess.run(command, timeout=100).returncode


def cell(step):
    """tests/frames.h, made_cell; on the grid of 2^-40"""
    return np.rint(np.array([[21.3 + 0.1 * step, 0, 0], [3.3 * step, 19.7, 0], [-1.7, 0.9, 23.1]]) * 2**40) / 2**40


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        os.chdir(cls.folder)
        assert tool("reference", "reference.txt", 8) == 0
        cls.reference = np.loadtxt("reference.txt").reshape(8, N, 12)

    @classmethod
    def tearDownClass(cls):
        os.chdir("/")
        shutil.rmtree(cls.folder)

    def check_universe(self, universe, frames):
        self.assertEqual(universe.trajectory.n_frames, frames)
        self.assertEqual(len(universe.atoms), N)
        for t, ts in enumerate(universe.trajectory):
            self.assertAlmostEqual(ts.time, 0.002 * t, places=12)
            self.assertEqual(ts.data["step"], t)
            # MDAnalysis keeps single precision: 24 bits of 30 angstrom are 2e-6
            np.testing.assert_allclose(ts.triclinic_dimensions, cell(t), atol=1e-5)
            np.testing.assert_allclose(ts.positions, self.reference[t, :, 3:6], atol=2e-6)
            np.testing.assert_allclose(ts.velocities, self.reference[t, :, 9:12], atol=2e-6)

    def test_mdanalysis_opens_a_trajectory_as_it_is(self):
        for ranks in (1, 2):
            self.assertEqual(tool("h5md", "trajectory.h5md", 5, ranks=ranks), 0)
            self.check_universe(MDAnalysis.Universe("trajectory.h5md"), 5)

    def test_mdanalysis_joins_a_trajectory_to_the_elements_of_an_extxyz_or_data_file(self):
        self.assertEqual(tool("h5md", "trajectory.h5", 3), 0)  # another ending: the format must be said
        self.assertEqual(tool("data", "start.data", 0), 0)
        universe = MDAnalysis.Universe("start.data", "trajectory.h5", topology_format="DATA", format="H5MD",
                                       atom_style="id type x y z")
        self.check_universe(universe, 3)
        np.testing.assert_array_equal(universe.atoms.masses.round(3),
                                      [{29: 63.546, 40: 91.224, 13: 26.982}[z] for z in self.reference[0, :, 2]])

    def test_h5py_finds_everything_in_a_trajectory(self):
        self.assertEqual(tool("h5md", "t.h5md", 4), 0)
        with h5py.File("t.h5md") as f:
            np.testing.assert_array_equal(f["h5md"].attrs["version"], [1, 1])
            p = f["particles/trajectory"]
            self.assertEqual(p["position/value"].attrs["unit"], "Angstrom")
            self.assertEqual(p["position/time"].attrs["unit"], "ps")
            self.assertEqual(list(p["box"].attrs["boundary"]), [b"periodic"] * 3)
            np.testing.assert_array_equal(p["position/value"][:], self.reference[:4, :, 3:6])  # all 64 bits
            np.testing.assert_array_equal(p["image/value"][:], self.reference[:4, :, 6:9])
            np.testing.assert_array_equal(p["species"][:], self.reference[0, :, 2])
            np.testing.assert_array_equal(p["id"][:], np.arange(1, N + 1))
            np.testing.assert_array_equal(p["box/edges/value"][2], cell(2))
            self.assertEqual(p["box/edges/step"], p["position/step"])  # the same object, hard-linked
            self.assertEqual(list(p["species"].attrs["symbols"]), ["Cu", "Zr", "Al"])
            v = f["parameters/vitrum"]
            self.assertEqual(v.attrs["protocol"], "title: made up\n")
            np.testing.assert_array_equal(v["frames/stage"][:], [1, 1, 1, 1])
            self.assertEqual(v["stages/01-hold"].attrs["kind"], "hold")

    def test_a_killed_writer_leaves_all_its_frames_and_can_go_on(self):
        self.assertEqual(tool("h5md", "killed.h5md", 4, "kill"), -signal.SIGKILL)
        looking = MDAnalysis.Universe("killed.h5md")  # stays open: who looks must not stop the run
        self.check_universe(looking, 4)
        self.assertEqual(tool("resume", "killed.h5md", 7), 0)
        looking.trajectory.close()
        self.check_universe(MDAnalysis.Universe("killed.h5md"), 7)
        self.assertFalse(os.path.exists("killed.h5md.damaged"))

    def test_ase_reads_extended_xyz(self):
        self.assertEqual(tool("xyz", "a.xyz", 2, "velocities"), 0)
        atoms = ase.io.read("a.xyz")
        np.testing.assert_array_equal(atoms.cell, cell(2))
        np.testing.assert_array_equal(atoms.positions, self.reference[2, :, 3:6])
        np.testing.assert_array_equal(atoms.numbers, self.reference[2, :, 2])
        np.testing.assert_array_equal(atoms.arrays["id"], np.arange(1, N + 1))
        np.testing.assert_array_equal(atoms.arrays["vel"], self.reference[2, :, 9:12])
        self.assertTrue(atoms.pbc.all())
        self.assertEqual(atoms.info["time"], 0.004)

    def test_lammps_takes_a_data_file(self):
        self.assertEqual(tool("data", "a.data", 1), 0)
        with open("in.lmp", "w") as f:
            f.write("units metal\nboundary p p p\nread_data a.data\npair_style zero 5.0\npair_coeff * *\n"
                    "dump d all custom 1 a.dump id mass x y z ix iy iz vx vy vz\n"
                    "dump_modify d sort id format float %.17g\nrun 0\n")
        subprocess.run(["lmp", "-in", "in.lmp", "-log", "none", "-screen", "none"], check=True, timeout=100)
        dump = np.loadtxt("a.dump", skiprows=9)
        np.testing.assert_array_equal(dump[:, 0], np.arange(1, N + 1))
        # LAMMPS maps positions through fractional coordinates: the last bits of 30 angstrom
        np.testing.assert_allclose(dump[:, 2:5], self.reference[1, :, 3:6], atol=1e-12)
        np.testing.assert_array_equal(dump[:, 5:8], self.reference[1, :, 6:9])
        np.testing.assert_array_equal(dump[:, 8:11], self.reference[1, :, 9:12])

    def test_h5py_finds_axes_units_and_errors_of_results(self):
        self.assertEqual(tool("results", "results.h5"), 0)
        with h5py.File("results.h5") as f:
            g = f["stages/01-melt/pdf/g"]
            self.assertEqual((g.attrs["unit"], g.attrs["help"]), ("1", "partial g(r)"))
            self.assertEqual([d.label for d in g.dims], ["pair", "r"])
            np.testing.assert_array_equal(g.dims[1][0][:], [1, 2, 3])
            self.assertEqual(g.dims[1]["r"].attrs["unit"], "angstrom")
            self.assertEqual(list(g.dims[0][0].asstr()[:]), ["Cu-Cu", "Cu-Zr"])
            np.testing.assert_array_equal(g.parent[g.attrs["error"]][:], [[0, 0.5, 1], [1.5, 2, 2.5]])
            self.assertEqual(f["stages/01-melt/energy"][()], -3.5)
            self.assertEqual(f.attrs["protocol"], "title: \u00c5")
        np.testing.assert_array_equal(np.loadtxt("write_files.csv", delimiter=","),
                                      [[1, 0, 0, 3, 1.5], [2, 1, 0.5, 4, 2], [3, 2, 1, 5, 2.5]])


if __name__ == "__main__":
    unittest.main(verbosity=2)
