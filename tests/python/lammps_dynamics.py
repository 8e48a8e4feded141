"""What comes out of runs is what LAMMPS gets: densities under zero pressure of liquid and glassy Cu50Zr50, pressure and partial
g(r) of the liquid at fixed volume.

lammps_dynamics.py BUILD_DIR [ATOMS [PS]]; PS is the time in the liquid, that in the glass is two thirds of it. Vitrum makes a
liquid (2000 K) and a glass (300 K, quenched at 1e14 K/s) with CuZr_mm.eam.fs and saves both as LAMMPS data files; from each, both
programs go on for the same time with their own thermostats and barostats (stochastic rescaling against Nose-Hoover). The first
fifth of each run is left out. Errors of means are the largest from 8, 16 and 32 blocks of time, of g(r) from 16 blocks (LAMMPS)
and from parts of the sample (docs/theory/errors.md).
"""
import os
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy as np

BUILD = os.path.abspath(sys.argv.pop(1))
ATOMS = int(sys.argv.pop(1)) if len(sys.argv) > 1 else 2000
VITRUM = os.path.join(BUILD, "bin", "vitrum")
POTENTIAL = "/usr/share/lammps/potentials/CuZr_mm.eam.fs"
BAR_TO_GPA = 1e-4
R_MAX, BINS = 7.0, 140
LIQUID_PS = float(sys.argv.pop(1)) if len(sys.argv) > 1 else 30
GLASS_PS, DT = LIQUID_PS * 2 / 3, 0.002
SIGMAS = 4

PROTOCOL = f"""
title: Cu50Zr50 for a comparison
seed: 11
material: {{composition: {{Cu: 50, Zr: 50}}, atoms: {ATOMS}, potential: {POTENTIAL}}}
protocol:
  - create: {{temperature: 2000 K}}
  - melt:   {{temperature: 2000 K, time: 5 ps, pressure: 0 GPa, save: liquid}}
  - hold:   {{time: {LIQUID_PS} ps, barostat: iso}}
  - hold:   {{from: liquid, time: {LIQUID_PS} ps, barostat: none, measure: [{{pdf: {{r_max: {R_MAX} A, dr: {R_MAX / BINS} A, every: 0.1 ps}}}}]}}
  - quench: {{from: liquid, temperature: 300 K, rate: 1e14 K/s, save: glass}}
  - hold:   {{time: {GLASS_PS} ps, barostat: iso}}
output: {{structures: lammps, timeline_every: 0.02 ps}}
"""

LAMMPS = """
units metal
atom_style atomic
box tilt large
read_data {folder}/state-{state}.data
pair_style eam/fs
pair_coeff * * {potential} Cu Zr
neighbor 1.0 bin
neigh_modify every 1 delay 0 check yes
timestep {dt}
fix 1 all {fix}
variable v equal vol/atoms
variable p equal press
variable e equal pe/atoms
thermo 1000
fix 2 all ave/time 1 1 10 v_v v_p v_e file {name}.txt format " %.10g"
{extra}
run {steps}
"""
RDF = f"""
compute g all rdf {BINS} 1 1 1 2 2 2 cutoff {R_MAX}
fix 3 all ave/time 50 {{repeat}} {{every}} c_g[*] mode vector start {{start}} file g.txt format " %.10g"
"""


def mean(v):
    """mean and its error"""
    errors = []
    for blocks in (8, 16, 32):
        parts = v[: len(v) // blocks * blocks].reshape(blocks, -1).mean(axis=1)
        errors.append(parts.std(ddof=1) / np.sqrt(blocks))
    return v.mean(), max(errors)


def lammps(name, state, fix, time, extra=""):
    with open(f"in.{name}", "w") as f:
        f.write(LAMMPS.format(folder="p-run", state=state, potential=POTENTIAL, dt=DT, fix=fix, name=name, extra=extra,
                              steps=round(time / DT)))
    done = subprocess.run(["lmp", "-in", f"in.{name}", "-log", "none"], stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stdout
    rows = np.loadtxt(f"{name}.txt")
    rows = rows[len(rows) // 5:]
    return mean(rows[:, 1]), mean(rows[:, 2] * BAR_TO_GPA), mean(rows[:, 3])


class Dynamics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        os.chdir(cls.folder.name)
        with open("p.yaml", "w") as f:
            f.write(PROTOCOL)
        subprocess.run([VITRUM, "run", "p.yaml"], check=True, stdout=subprocess.DEVNULL)
        cls.results = h5py.File("p-run/results.h5")

    @classmethod
    def tearDownClass(cls):
        cls.results.close()
        os.chdir("/")
        cls.folder.cleanup()

    def timeline(self, stage, column):
        t = self.results["timeline"]
        v = t[column][:][t["stage"][:] == stage]
        return mean(v[len(v) // 5:])

    def agree(self, what, ours, theirs, resolution):
        error = np.hypot(ours[1], theirs[1])
        print(f"{what}: vitrum {ours[0]:.5f} +- {ours[1]:.5f}, LAMMPS {theirs[0]:.5f} +- {theirs[1]:.5f}: "
              f"{(ours[0] - theirs[0]) / error:+.1f} sigma", flush=True)
        self.assertLess(abs(ours[0] - theirs[0]), SIGMAS * error)
        self.assertLess(error, resolution)

    def test_density_of_the_liquid(self):
        volume, pressure, energy = lammps("liquid", "liquid", "npt temp 2000 2000 0.1 iso 0 0 1.0", LIQUID_PS)
        ours = self.timeline(3, "volume")
        self.agree("volume of the liquid at 2000 K, 0 GPa [A^3/atom]", ours, volume, 0.004 * ours[0])
        self.agree("its pressure [GPa]", self.timeline(3, "pressure"), pressure, 0.2)
        self.agree("its potential energy [eV/atom]", self.timeline(3, "potential_energy"), energy, 0.01)

    def test_density_of_the_glass(self):
        volume, pressure, energy = lammps("glass", "glass", "npt temp 300 300 0.1 iso 0 0 1.0", GLASS_PS)
        ours = self.timeline(6, "volume")
        self.agree("volume of the glass at 300 K, 0 GPa [A^3/atom]", ours, volume, 0.001 * ours[0])
        self.agree("its pressure [GPa]", self.timeline(6, "pressure"), pressure, 0.2)
        self.agree("its potential energy [eV/atom]", self.timeline(6, "potential_energy"), energy, 0.002)

    def test_pressure_and_structure_of_the_liquid_at_fixed_volume(self):
        steps = round(LIQUID_PS / DT)
        start, blocks = steps // 5, 16
        every = (steps - start) // blocks // 50 * 50
        _, pressure, energy = lammps("fixed", "liquid", "nvt temp 2000 2000 0.1", LIQUID_PS,
                             RDF.format(repeat=every // 50, every=every, start=start + every))
        self.agree("pressure of the liquid at fixed volume [GPa]", self.timeline(4, "pressure"), pressure, 0.2)
        self.agree("its potential energy [eV/atom]", self.timeline(4, "potential_energy"), energy, 0.01)
        with open("g.txt") as f:
            rows = [line.split() for line in f if not line.startswith("#")]
        table = np.array([list(map(float, r)) for r in rows if len(r) > 2]).reshape(-1, BINS, 8)
        pdf = self.results["stages/04-hold/pdf"]
        np.testing.assert_allclose(table[0, :, 1], pdf["r"][:], atol=1e-9)
        for k, pair in enumerate(("Cu-Cu", "Cu-Zr", "Zr-Zr")):
            self.assertEqual(pdf["pair"].asstr()[k], pair)
            theirs = table[:, :, 2 + 2 * k]
            g, error = theirs.mean(axis=0), theirs.std(axis=0, ddof=1) / np.sqrt(len(theirs))
            seen = (g > 0.05) & (pdf["g_partial_error"][k] > 0)
            z = ((pdf["g_partial"][k] - g) / np.hypot(error, pdf["g_partial_error"][k]))[seen]
            largest = np.max(np.abs(pdf["g_partial"][k] - g))
            print(f"g(r) of {pair}: {seen.sum()} bins, mean z^2 {np.mean(z**2):.2f}, largest |z| {np.max(np.abs(z)):.1f}, "
                  f"largest difference {largest:.3f}, peak {g.max():.3f}", flush=True)
            self.assertLess(np.max(np.abs(z)), 5)
            self.assertLess(np.mean(z**2), 2)
            self.assertLess(largest, 0.1)


if __name__ == "__main__":
    unittest.main()
