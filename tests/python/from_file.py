#!/usr/bin/env python3
"""A sample from a file: a saved state, written as LAMMPS data and extended XYZ, is taken up by another protocol, on any number
of ranks, and moves as it would have moved in the run that saved it; what does not go with a file is refused at its line."""

import unittest

import h5py
import numpy as np

import run_tool

# Sheared, so that the cell leans.
FIRST = """\
title: first
material:
  composition: {Cu: 50, Zr: 30, Al: 20}
  atoms: 500
  potential: builtin:CuZrAlHfCo
protocol:
  - create: {temperature: 1500 K}
  - shear: {plane: xy, rate: 1e12 /s, strain: 0.1, save: leaning}
  - hold: {from: leaning, time: 0.1 ps, thermostat: none, barostat: none}
"""
SECOND = """\
title: second
material: {potential: "builtin:CuZrAlHfCo"}
protocol:
  - create: {file: first/state-leaning.data}
  - hold: {time: 0.1 ps, thermostat: none, barostat: none}
"""


def timeline(folder, run, stage):
    with h5py.File(folder(run, "results.h5")) as r:
        rows = r["timeline/stage"][()] == stage
        return {name: r["timeline/" + name][()][rows] for name in ("potential_energy", "kinetic_energy", "temperature", "volume")}


class FromFile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = run_tool.Folder(first_yaml=FIRST, second_yaml=SECOND).__enter__()
        told = cls.folder.vitrum("run", "first.yaml", "-o", "first", "--no-report")
        assert told.returncode == 0, told.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.__exit__()

    def run_second(self, name, text, ranks=1):
        self.folder.write(name + ".yaml", text)
        return self.folder.vitrum("run", name + ".yaml", "-o", name, "--no-report", ranks=ranks)

    def test_it_moves_as_in_the_run_that_saved_it(self):
        truth = timeline(self.folder, "first", 3)
        self.assertGreater(len(truth["potential_energy"]), 5)
        for name, file, ranks in (("data1", "state-leaning.data", 1), ("data4", "state-leaning.data", 4),
                                  ("xyz2", "state-leaning.xyz", 2)):
            told = self.run_second(name, run_tool.replaced(SECOND, "state-leaning.data", file), ranks)
            self.assertEqual(told.returncode, 0, told.stderr)
            found = timeline(self.folder, name, 2)
            # Positions keep their bits; of velocities, a momentum of some 1e-16 is taken out anew.
            self.assertEqual(found["potential_energy"][0], truth["potential_energy"][0])
            self.assertEqual(found["volume"][0], truth["volume"][0])
            for key, values in truth.items():
                np.testing.assert_allclose(found[key], values, rtol=1e-9, err_msg=f"{name} {key}")

    def test_velocities_are_drawn_if_asked_for(self):
        told = self.run_second("warm", run_tool.replaced(SECOND, "leaning.data}", "leaning.data, temperature: 700 K}"))
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertAlmostEqual(timeline(self.folder, "warm", 2)["temperature"][0], 700, places=9)

    def test_the_next_stage_keeps_the_temperature_of_the_file(self):
        text = run_tool.replaced(SECOND, ", thermostat: none, barostat: none", "")
        self.assertEqual(self.run_second("kept", text).returncode, 0)
        with h5py.File(self.folder("kept", "results.h5")) as r:
            stage, target = r["timeline/stage"][()], r["timeline/target_temperature"][()]
        truth = timeline(self.folder, "first", 3)["temperature"][0]
        np.testing.assert_allclose(target[stage == 2], truth, rtol=1e-3)  # masses of the table, of the element

    def test_a_file_that_has_changed_is_another_run(self):
        self.folder.write("mine.data", self.folder.read("first", "state-leaning.data").decode())
        text = run_tool.replaced(SECOND, "first/state-leaning.data", "mine.data")
        self.assertEqual(self.run_second("own", text).returncode, 0)
        x = self.folder.read("mine.data").decode()
        first = next(line for line in x.split("Atoms")[1].split("\n")[2:] if line)
        moved = first.split()
        moved[2] = repr(float(moved[2]) + 0.01)
        self.folder.write("mine.data", run_tool.replaced(x, first, " ".join(moved)))
        told = self.folder.vitrum("run", "own.yaml", "-o", "own", "--no-report", "--resume")
        self.assertEqual(told.returncode, 2, told.stderr)

    def test_what_does_not_go_with_a_file_is_refused(self):
        thin = self.folder.read("first", "state-leaning.data").decode().replace("0.0 ", "10.0 ", 1)
        self.folder.write("broken.data", thin[: len(thin) // 2])
        for old, new, piece, words in (
                ("potential:", "atoms: 500, potential:", "material", ["atoms", "state-leaning.data", "says it"]),
                ("potential:", "composition: {Cu: 100}, potential:", "material", ["composition", "says it"]),
                ("leaning.data}", "leaning.data, start: fcc}", "create", ["start", "file"]),
                ("first/state-leaning.data", "nowhere.data", "create", ["nowhere.data", "No such file"]),
                ("first/state-leaning.data", "broken.data", "create", ["broken.data"]),
                ("builtin:CuZrAlHfCo", "builtin:Cu,Zr", "material", ["Al"])):
            text = run_tool.replaced(SECOND, old, new)
            told = self.run_second("bad", text)
            self.assertEqual(told.returncode, 2, told.stderr)
            for word in [f"bad.yaml:{run_tool.line_of(text, piece)}", *words]:
                self.assertIn(word, told.stderr)

    def test_without_a_file_composition_and_atoms_are_due(self):
        for line, key in (("  composition: {Cu: 50, Zr: 30, Al: 20}\n", "composition"), ("  atoms: 500\n", "atoms")):
            told = self.run_second("due", run_tool.replaced(FIRST, line, ""))
            self.assertEqual(told.returncode, 2, told.stderr)
            self.assertIn(f"key '{key}' is missing", told.stderr)


if __name__ == "__main__":
    unittest.main()
