#!/usr/bin/env python3
"""vitrum dsc and vitrum eos: planted scans give back their fictive temperatures and activation energies, planted first peaks
their bulk modulus; what is not told or wrong is refused, with what would be right, and nothing is lost."""

import glob
import os
import sys
import unittest
from pathlib import Path

import h5py
import numpy as np

import run_tool

HOME = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.path.insert(0, os.path.join(HOME, "docs/tutorial"))
import make_scans

FLASH = "--glass", "450-600", "--liquid", "750-785"
AGED = "--glass", "500-600", "--liquid", "700-790"


class Calorimetry(unittest.TestCase):
    def setUp(self):
        self.folder = run_tool.Folder().__enter__()
        self.addCleanup(self.folder.__exit__)
        make_scans.make(self.folder("scans"))

    def file(self, name):
        return self.folder("scans", name)

    def done(self, *words):
        told = self.folder.vitrum(*words)
        self.assertEqual(told.returncode, 0, told.stderr)
        return told

    def refused(self, message, *words):
        told = self.folder.vitrum(*words)
        self.assertEqual(told.returncode, 2, told.stdout + told.stderr)
        self.assertIn(message, told.stderr)
        return told

    def number(self, folder, path):
        with h5py.File(self.folder(folder, "results.h5")) as f:
            d = f[path]
            return d[()], d.parent[d.attrs["error"]][()] if "error" in d.attrs else None

    def test_an_overshoot_lowers_the_fictive_temperature(self):
        self.done("dsc", self.file("aged_20Kmin.csv"), *AGED, "--reference", self.file("rescan_20Kmin.csv"), "-o", "out")
        # 640 K - 20 K; its error is some 0.2 K. The rescan's T_f is 640 K, so 0.1 J/(g K) x 20 K are recovered.
        value, error = self.number("out", "dsc/aged_20Kmin/capacity_fictive")
        self.assertLess(abs(value - 620), 3 * error)
        self.assertLess(error, 0.5)
        value, error = self.number("out", "dsc/aged_20Kmin/recovery")
        self.assertLess(abs(value - 2), 3 * error)
        self.assertAlmostEqual(self.number("out", "dsc/aged_20Kmin/rate")[0], 20 / 60)
        rows = Path(self.folder("out", "transitions.csv")).read_text().splitlines()
        self.assertEqual(len(rows), 3)
        self.assertEqual(len(rows[1].split(",")), len(rows[2].split(",")))

    def test_rates_give_the_activation_energy(self):
        told = self.done("dsc", *glob.glob(self.file("fdsc_*")), *FLASH, "--tg", "596 K", "-o", "out")
        value, error = self.number("out", "dsc/rates/kissinger_peak/energy_molar")
        self.assertLess(abs(value - 138.752), 3 * error)
        self.assertLess(error, 1)
        reduced, _ = self.number("out", "dsc/rates/kissinger_peak/energy_reduced")
        self.assertAlmostEqual(reduced / 28, value / 138.752, places=4)
        self.assertIn("kissinger_peak", told.stdout)
        # mW of 2.4 ug at each rate are J/(g K): 0.42 in the glass, whatever the rate.
        with h5py.File(self.folder("out", "results.h5")) as f:
            for rate in make_scans.RATES:
                self.assertAlmostEqual(np.mean(f[f"dsc/fdsc_{rate}K_s/capacity"][:400]), 0.42, places=3)
        svg = Path(self.folder("out", "dsc.svg")).read_text()
        self.assertIn("1.0 decades apart", svg)
        self.assertNotIn("Warning", svg)
        self.assertIn("<svg", Path(self.folder("out", "rates.svg")).read_text())

    def test_kelvin_of_several_rates_is_warned_of_on_the_plot(self):
        self.done("dsc", *glob.glob(self.file("fdsc_*")), *FLASH, "--axis", "kelvin", "-o", "out")
        self.assertIn("Warning: rates are 1.0 decades apart", Path(self.folder("out", "dsc.svg")).read_text())

    def test_what_is_not_told_is_asked_for(self):
        scan = self.file("fdsc_200K_s.txt")
        text = Path(scan).read_text()
        self.refused("--glass is due", "dsc", scan)
        self.refused("one for all or one for each", "dsc", scan, "--glass", "450-600, 450-600", "--liquid", "750-785")
        self.refused("two ascending numbers in K as in 280-390", "dsc", scan, "--glass", "450-600 degC", "--liquid", "750-785")
        self.done("dsc", scan, "--glass", "450-600 K", "--liquid", "750-785", "-o", "unit")
        self.refused("the data are of", "dsc", scan, "--glass", "450-600", "--liquid", "850-900")
        self.refused("points are between them", "dsc", scan, "--glass", "450-700", "--liquid", "700-785")
        with open(self.folder("x_200K_s.txt"), "w") as f:
            f.write(text.replace("endo up", "of it"))
        self.refused("say --up endo or --up exo", "dsc", self.folder("x_200K_s.txt"), *FLASH)
        self.refused("is the sign of the heat flow right", "dsc", self.folder("x_200K_s.txt"), *FLASH, "--up", "exo")
        with open(self.folder("y_200K_s.txt"), "w") as f:
            f.write(text.replace("Sample mass", "Sample"))
        self.refused("say --mass '10 mg'", "dsc", self.folder("y_200K_s.txt"), *FLASH)
        with open(self.folder("z.txt"), "w") as f:
            f.write(text)
        told = self.done("dsc", self.folder("z.txt"), *FLASH, "-o", "z")
        self.assertIn("the heating rate is not told", told.stderr)
        self.done("dsc", self.folder("z.txt"), *FLASH, "-o", "rate", "--rate", "200 K/s")
        # T_f does not hang on the scale of the heat flow: W/g or J/(g K).
        self.assertAlmostEqual(self.number("z", "dsc/z/capacity_fictive")[0], self.number("rate", "dsc/z/capacity_fictive")[0])

    def test_a_cooling_scan(self):
        t, cp = make_scans.aged(0, 0.001, np.random.default_rng(1))
        for rate in 10, 20:  # endothermic up, the heat flow of cooling is negative
            with open(self.folder(f"cool_{rate}Kmin.txt"), "w") as f:
                f.write("Heat flow: endo up\nT (K)\tHeat flow (W/g)\n")
                f.writelines(f"{a}\t{-b * rate / 60:.9f}\n" for a, b in zip(t[::-1], cp[::-1]))
        told = self.done("dsc", self.folder("cool_10Kmin.txt"), self.folder("cool_20Kmin.txt"), *AGED, "-o", "cool")
        for rate in 10, 20:
            value, error = self.number("cool", f"dsc/cool_{rate}Kmin/capacity_fictive")
            self.assertLess(abs(value - 640), 4 * error)
            value, error = self.number("cool", f"dsc/cool_{rate}Kmin/capacity_step")
            self.assertLess(abs(value - 0.1), 4 * error)
        self.assertIn("2 scans whose temperature falls are left out", told.stderr)
        with h5py.File(self.folder("cool", "results.h5")) as f:
            self.assertNotIn("rates", f["dsc"])

    def scan(self, name, area, above="heating rate: 20 K/min", seed=1, way=1):
        t, cp = make_scans.aged(area, 0.001, np.random.default_rng(seed))
        with open(self.folder(name), "w") as f:
            f.write(f"{above}\nT (K)\tCp (J/(g K))\n")
            f.writelines(f"{a}\t{b}\n" for a, b in zip(t[::way], cp[::way]))
        return self.folder(name)

    def test_the_rate_is_that_of_the_scans_direction_and_its_source_is_told(self):
        both = "heating rate: 20 K/min\ncooling rate: 40 K/min"
        told = self.done("dsc", self.scan("up.txt", 0, both), self.scan("down.txt", 0, both, way=-1), *AGED, "-o", "out")
        self.assertAlmostEqual(self.number("out", "dsc/up/rate")[0], 20 / 60)
        self.assertAlmostEqual(self.number("out", "dsc/down/rate")[0], 40 / 60)
        self.assertIn("up: heating rate 20 K/min, by its heading", told.stdout)
        self.assertIn("down: cooling rate 40 K/min, by its heading", told.stdout)
        told = self.done("dsc", self.scan("x_10Kmin.txt", 0, "of a kind"), *AGED, "-o", "name")
        self.assertIn("heating rate 10 K/min, by the name of the file", told.stdout)
        self.refused("say --rate '20 K/min'", "dsc", self.scan("two.txt", 0, both + "\nrate: 10 K/min"), *AGED)
        self.refused("Say --rate '20 K/min'", "dsc", self.scan("Vit4_600K_min.txt", 0, "of a kind"), *AGED)
        told = self.done("dsc", self.folder("Vit4_600K_min.txt"), *AGED, "--rate", "20 K/min", "-o", "option")
        self.assertIn("heating rate 20 K/min, --rate", told.stdout)

    def test_windows_stay_with_their_scans(self):
        # The first scan is left out; its windows would hold no transition of the others, nor of the reference.
        self.done("dsc", self.scan("aged.txt", 20), *AGED, "--reference", self.scan("fresh.txt", 0, seed=2), "-o", "one")
        with open(self.folder("broken.txt"), "w") as f:
            f.write("nothing\n")
        told = self.refused("1 of 2 scans", "dsc", self.folder("broken.txt"), self.folder("aged.txt"), "--glass", "710-730, 500-600",
                            "--liquid", "750-790, 700-790", "--reference", self.folder("fresh.txt"), "-o", "two")
        self.assertNotIn("reference", told.stderr)
        self.assertEqual(self.number("one", "dsc/aged/recovery"), self.number("two", "dsc/aged/recovery"))

    def test_scans_of_one_rate_ask_for_no_activation_energy(self):
        told = self.done("dsc", self.scan("aged.txt", 20), self.scan("fresh.txt", 0), *AGED, "-o", "out")
        self.assertNotIn("warning", told.stderr)
        with h5py.File(self.folder("out", "results.h5")) as f:
            self.assertNotIn("rates", f["dsc"])

    def test_segments_of_one_table(self):
        cycle = self.file("cycle.txt")
        self.refused("3 segments", "dsc", cycle, *AGED)
        self.refused("it has 3", "dsc", cycle, *AGED, "--segment", "4")
        told = self.done("dsc", cycle, *AGED, "--segment", "1", "--reference", cycle, "--reference_segment", "3", "-o", "one")
        self.assertIn("rows of an isotherm at 500 K", told.stderr)
        value, error = self.number("one", "dsc/cycle/recovery")
        self.assertLess(abs(value - 2), 3 * error)
        self.done("dsc", cycle, *AGED, "--segment", "2", "-o", "two")
        value, error = self.number("two", "dsc/cycle/capacity_fictive")
        self.assertLess(abs(value - 640), 4 * error)

    def test_a_rate_against_its_times(self):
        t, cp = make_scans.aged(0, 0.001, np.random.default_rng(1))
        with open(self.folder("x_20Kmin.csv"), "w") as f:
            f.write("t (min),T (K),Cp (J/(g K))\n")
            f.writelines(f"{(a - t[0]) / 10},{a},{b}\n" for a, b in zip(t, cp))
        told = self.done("dsc", self.folder("x_20Kmin.csv"), *AGED, "-o", "out")
        self.assertIn("0.3333 K/s is told, but its column of times says 0.1667 K/s", told.stderr)

    def test_one_bad_scan_of_several_is_left_out_and_told(self):
        with open(self.folder("flat_20Kmin.csv"), "w") as f:
            f.write("T/K,Cp/(J/(g K))\n" + "".join(f"{t},{0.4 + 0.01 * ((7 * t) % 11 - 5)}\n" for t in range(500, 800)))
        told = self.refused("no glass transition", "dsc", self.file("aged_20Kmin.csv"), self.folder("flat_20Kmin.csv"), *AGED, "-o",
                            "out")
        self.assertIn("flat_20Kmin.csv", told.stderr)
        self.number("out", "dsc/aged_20Kmin/capacity_fictive")
        before = Path(self.folder("out", "results.h5")).read_bytes()
        self.refused("--force", "dsc", self.file("aged_20Kmin.csv"), *AGED, "-o", "out")
        self.assertEqual(before, Path(self.folder("out", "results.h5")).read_bytes())

    def test_what_is_read_or_of_others_is_not_replaced(self):
        own = self.folder("eos.csv")
        text = Path(self.file("q1.txt")).read_text()
        Path(own).write_text(text)
        self.refused("eos.csv is read, and would be replaced", "eos", own, "-o", self.folder("."))
        self.refused("eos.csv is read, and would be replaced", "eos", own, "-o", self.folder("."), "--force")
        self.assertEqual(Path(own).read_text(), text)
        os.mkdir(self.folder("mine"))
        Path(self.folder("mine", "dsc.svg")).write_text("mine")
        self.refused("dsc.svg exists", "dsc", self.file("aged_20Kmin.csv"), *AGED, "-o", self.folder("mine"))
        self.assertEqual(os.listdir(self.folder("mine")), ["dsc.svg"])
        self.done("dsc", self.file("aged_20Kmin.csv"), *AGED, "-o", self.folder("mine"), "--force")
        self.done("dsc", *sorted(glob.glob(self.file("fdsc_*"))), *FLASH, "-o", self.folder("mine"), "--force")
        self.assertTrue(os.path.exists(self.folder("mine", "rates.svg")))
        self.done("dsc", self.file("aged_20Kmin.csv"), *AGED, "-o", self.folder("mine"), "--force")
        self.assertFalse(os.path.exists(self.folder("mine", "rates.svg")))  # it is of other scans

    def test_first_peaks_give_the_bulk_modulus(self):
        self.done("eos", self.file("q1.txt"), "--k_prime", "4", "--q1_error", "0.001 /A", "--at", "7 GPa", "-o", "out")
        value, error = self.number("out", "eos/q1/k0")
        self.assertLess(abs(value - 102), 3 * error)
        self.assertLess(error, 3)
        value, error = self.number("out", "eos/q1/q1_0")
        self.assertLess(abs(value - 2.6285), 3 * error)
        value, error = self.number("out", "eos/q1/at")
        self.assertLess(abs(value[0] - 1.062654), 3 * error[0])
        self.assertIn("<svg", Path(self.folder("out", "eos.svg")).read_text())

    def test_densities_and_volumes_are_one_law(self):
        p = np.arange(0, 21.0)
        v = 16.5 / make_scans.compression(p) ** 3
        with open(self.folder("volume.csv"), "w") as f:
            f.write("P/GPa,V/A^3\n" + "".join(f"{a},{b:.10f}\n" for a, b in zip(p, v)))
        with open(self.folder("density.csv"), "w") as f:
            f.write("P/kbar,density (kg/m^3)\n" + "".join(f"{10 * a},{1e5 / b:.8f}\n" for a, b in zip(p, v)))
        self.done("eos", self.folder("volume.csv"), self.folder("density.csv"), "-o", "out")
        for name in "volume", "density":
            self.assertLess(abs(self.number("out", f"eos/{name}/k0")[0] - 102), 0.1)
            self.assertLess(abs(self.number("out", f"eos/{name}/k_prime")[0] - 4), 0.02)
        self.assertLess(abs(self.number("out", "eos/volume/v0")[0] - 16.5), 1e-5)

    def test_errors_of_some_points_only(self):
        p = np.arange(0, 21.0, 2)
        v = 16.5 / make_scans.compression(p) ** 3

        def table(name, v_error, p_error):
            with open(self.folder(name), "w") as f:
                f.write("P (GPa),P error (GPa),V (A^3),V error (A^3)\n")
                f.writelines(f"{a},{b},{c:.9f},{d}\n" for a, b, c, d in zip(p, p_error, v, v_error))
            return self.folder(name)

        some = np.where(p == 0, 0, 1)
        # Ambient pressure is exact: the errors of the others count, so K_0 is known worse than by those of V alone.
        error = {}
        for name, e in ("exact", 0 * p), ("ambient", 0.3 * some):
            self.done("eos", table(name + ".csv", 0 * p + 0.01, e), "-o", name)
            error[name] = self.number(name, f"eos/{name}/k0")[1]
        self.assertGreater(error["ambient"], 1.5 * error["exact"])
        told = self.done("eos", table("part.csv", 0.01 * np.where(p < 3, 0, 1), 0 * p), "-o", "part")
        self.assertIn("2 of 11 points have no error of V", told.stderr)
        # One point without counts as the best of the others.
        told = self.done("eos", table("one.csv", 0.01 * some, 0 * p), "-o", "one")
        self.assertIn("the point at 0 GPa has no error of V: it takes the least of the others", told.stderr)
        self.assertAlmostEqual(self.number("one", "eos/one/k0")[1] / error["exact"], 1, delta=0.02)
        self.refused("line 2: volume_error -0.01", "eos", table("minus.csv", 0 * p - 0.01, 0 * p), "-o", "minus")

    def test_errors_are_those_of_the_column_that_tells_the_volume(self):
        p = np.arange(0, 21.0, 2)
        v = 0.15 / make_scans.compression(p) ** 3
        with open(self.folder("gram.csv"), "w") as f:
            f.write("P (GPa),V (cm3/g),dV\n" + "".join(f"{a},{b:.8f},0.0001\n" for a, b in zip(p, v)))
        with open(self.folder("rho.csv"), "w") as f:
            f.write("P (GPa),rho (g/cm3),V error (A^3)\n" + "".join(f"{a},{1 / b:.7f},0.2\n" for a, b in zip(p, v)))
        gram, rho = self.folder("gram.csv"), self.folder("rho.csv")
        due = "--columns 'specific_volume_error=3 [cm^3/g]'"
        self.refused("column 3 (dV) has no unit of a volume: if it holds errors of specific_volume, say so with its unit, as in " + due, "eos", gram, "-o", "a")
        self.refused(due, "eos", gram, "--columns", "volume_error=3 [A^3]", "-o", "a")
        self.refused("'density_error=3 [g/cm^3]', else take it out", "eos", rho, "-o", "a")
        self.done("eos", gram, "--columns", "specific_volume_error=3 [cm^3/g]", "-o", "a")
        # 1e-4 of 0.15 are 0.07 %, and a bulk modulus is known to some percent by that, not to 1e-4.
        self.assertGreater(self.number("a", "eos/gram/k0")[1], 0.5)

    def test_ratios_and_how_results_are_told(self):
        p = np.arange(0, 21.0, 2)
        v = 1 / make_scans.compression(p) ** 3
        some = np.where(p == 0, 0, 1e-3)
        with open(self.folder("ratio.csv"), "w") as f:
            f.write("P (GPa),V/V0,V/V0 error\n" + "".join(f"{a},{b:.9f},{c}\n" for a, b, c in zip(p, v, some)))
        with open(self.folder("q1.csv"), "w") as f:
            f.write("P (GPa);q1 (\u00c5-1)\n" + "".join(f"{a};{2.6285 / b ** (1 / 3):.9f}\n" for a, b in zip(p, v)))
        with open(self.folder("density.csv"), "w") as f:
            f.write("P (GPa),density (g/cm3)\n" + "".join(f"{a},{6.7 / b:.9f}\n" for a, b in zip(p, v)))
        files = [self.folder(name + ".csv") for name in ("ratio", "q1", "density")]
        told = self.done("eos", *files, "--k_prime", "4", "-o", "out").stdout
        for name in "ratio", "q1", "density":
            self.assertLess(abs(self.number("out", f"eos/{name}/k0")[0] - 102), 0.1)
        self.assertRegex(told, r"ratio: K0 10\d\.\d \+- [\d.]+ GPa, K' 4 \(held\), V/V0 at P = 0 [\d.]+ \+- [\d.]+; 11 points")
        self.assertRegex(told, r"q1: .*, q1 2\.6285\d* \+- [\d.]+ /angstrom at P = 0, 1/q1\^3 0\.0550")
        lines = Path(self.folder("out", "eos.csv")).read_text().splitlines()
        numbers = [line.split(", ") for line in lines if line.startswith("#   ")]
        self.assertEqual([row[0] for row in numbers], ["#   ratio", "#   q1", "#   density"])
        self.assertTrue(all(abs(float(row[1]) - 102) < 0.1 and row[3:5] == ["4", "0"] for row in numbers))
        rows = [line.split(", ") for line in lines if not line.startswith("#")]
        self.assertEqual(len(rows), 33)
        self.assertTrue(all(row[2] == "nan" for row in rows))  # no error of P is known
        self.assertEqual([row[4] for row in rows[:2]], ["0.00102", "0.001"])  # V/V0 = 1 had 0: as 0.001 of 0.981
        self.assertEqual({row[4] for row in rows[11:]}, {"nan"})
        with open(self.folder("three.csv"), "w") as f:
            f.write("P (GPa),V/V0\n" + "".join(f"{a},{b:.6f}\n" for a, b in zip(p[:3], v)))
        self.refused("4 points are due", "eos", self.folder("three.csv"))
        held = self.done("eos", self.folder("three.csv"), "--k_prime", "4", "-o", "three").stdout
        self.assertRegex(held, r"K0 10\d\.\d+ \+- [\d.]+ GPa, K' 4 \(held\)")

    def test_what_is_no_equation_of_state_is_refused(self):
        with open(self.folder("rising.csv"), "w") as f:
            f.write("P/GPa,V/A^3\n" + "".join(f"{p},{16 + p}\n" for p in range(6)))
        self.refused("rising.csv: the volume does not fall with pressure", "eos", self.folder("rising.csv"))
        with open(self.folder("none.csv"), "w") as f:
            f.write("P/GPa,T/K\n1,300\n2,300\n3,300\n")
        self.refused("no column of volumes, densities or q1", "eos", self.folder("none.csv"))
        self.refused("3 does not come after 7", "eos", self.file("q1.txt"), "--at", "7 GPa, 3 GPa")
        # The option is named, not a line of a file; the example is its preset, one that it would take, or none.
        for said, *option in (("eos: --q1_error: value '0.001': a unit is due; units that fit: /A", "--q1_error", "0.001"),
                              ("eos: --temperature_spread: value '3': a unit is due (write 20 K, for example)",
                               "--temperature_spread", "3"),
                              ("eos: --form: value 'vine': do you mean vinet?", "--form", "vine"),
                              ("eos: columns '[a: b': key=column is due", "--columns", "[a: b"),
                              ("--k_prime is given twice", "--k_prime", "4", "--k_prime", "5")):
            self.refused(said, "eos", self.file("q1.txt"), *option)
        self.assertFalse(os.path.exists(self.folder("eos")))


if __name__ == "__main__":
    unittest.main()
