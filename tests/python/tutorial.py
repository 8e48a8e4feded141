"""The programs that docs/tutorial shows do what it says, on the protocol it shows.

tutorial.py BUILD_DIR; runs in a temporary folder.
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
import h5py
import MDAnalysis

BUILD = os.path.abspath(sys.argv.pop(1))
TUTORIAL = Path(__file__).resolve().parents[2] / "docs/tutorial"
ENVIRONMENT = dict(os.environ, OMP_NUM_THREADS="1", OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")


class Tutorial(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        os.chdir(cls.folder.name)
        protocol = (TUTORIAL / "first.yaml").read_text()
        # The same stages, a quarter of the time.
        protocol = protocol.replace("time: 1 ps", "time: 0.25 ps").replace("time: 2 ps", "time: 0.5 ps")
        protocol = protocol.replace("5e14 K/s", "2e15 K/s")
        Path("first.yaml").write_text(protocol)
        subprocess.run([f"{BUILD}/bin/vitrum", "run", "first.yaml"], check=True, env=ENVIRONMENT, timeout=200,
                       stderr=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        os.chdir("/")
        cls.folder.cleanup()

    def test_results_are_read_by_the_example(self):
        told = subprocess.run([sys.executable, TUTORIAL / "read_results.py", "first-run/results.h5"],
                              check=True, capture_output=True, text=True).stdout.splitlines()
        self.assertEqual(told[0], "Cu50Zr50, a first protocol of one's own")
        self.assertEqual([line.split()[0] for line in told[1:]],
                         ["02-melt", "03-quench", "04-hold", "05-heat"])
        for line in told[1:]:
            self.assertRegex(line, r"S_eq = +-\d\.\d{3} \+- \d\.\d{3} k_B$")

    def test_a_branch_has_a_trajectory_of_its_own_and_both_open_in_mdanalysis(self):
        for name, stages in (("trajectory.h5md", {"02-melt", "03-quench", "04-hold"}),
                             ("trajectory-glass.h5md", {"05-heat"})):
            universe = MDAnalysis.Universe(f"first-run/{name}")
            self.assertEqual(len(universe.atoms), 500)
            with h5py.File(f"first-run/{name}") as file:
                self.assertLessEqual(stages, set(file["parameters/vitrum/stages"]))

    def test_files_named_in_the_tutorial_are_there(self):
        named = re.findall(r"^\| `([^`*]+)` \|", (TUTORIAL / "README.md").read_text(), re.MULTILINE)
        self.assertGreater(len(named), 5)
        there = set(os.listdir("first-run"))
        for name in named:
            self.assertIn(name.replace("as-cast", "glass").replace("hpt", "glass"), there)


if __name__ == "__main__":
    unittest.main()
