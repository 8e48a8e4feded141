"""A run that is stopped, killed and resumed on other numbers of ranks ends with the same bits.

resume.py BUILD_DIR. The protocol has what is hard to resume: a stochastic and a chain thermostat, moving cells with
tilts, shear with its strain, a pressure ramp, a branch, averages and blocks that are half gathered.
"""
import os
import re
import shutil
import signal
import time
import unittest

from run_tool import Folder, replaced

import h5py
import numpy as np

# Checkpoints as often as can be asked for, so that a kill finds one.
PROTOCOL = """\
title: to be stopped
seed: 3
material:
  composition: {Cu: 50, Zr: 30, Al: 20}
  atoms: 300
  potential: builtin:CuZrAlHfCo
protocol:
  - melt: {temperature: 1500 K, time: 0.2 ps, save: melt}
  - compress: {pressure: 5 GPa, temperature: 700 K, time: 0.1 ps, thermostat: nose-hoover}
  - shear: {rate: 3e12 /s, strain: 0.9, save: sheared}
  - unload: {time: 0.2 ps}
  - minimise: {force: 0.5 eV/A}
  - heat: {from: melt, to: 1800 K, time: 0.2 ps, thermostat: langevin, measure: [{thermo: {every: 0.01 ps}}]}
  - hold: {time: 0.1 ps, dt: 1 fs, barostat: tri, save: end}
measure:
  - thermo: {every: 0.02 ps}
  - pdf: {r_max: 7 A, every: 0.05 ps}
  - entropy: {split_at: 5 A}
  - thermo: {every: 0.15 ps, inherent: true}
  - msd: {every: 0.01 ps, t_max: 0.1 ps}
  - viscosity: {every: 0.01 ps, t_max: 0.1 ps}
output:
  trajectory_every: 0.05 ps
  checkpoint_every: 0.001 min
"""
STATES = ["melt", "sheared", "end"]


def atoms(path):
    """Rows of a state by id; the order of the atoms in the file is that of the ranks."""
    with h5py.File(path) as f:
        order = np.argsort(f["atoms/id"][:, 0])
        # a rank may wrap an atom earlier; unwrapped, the bits are the same
        cell = f.attrs["cell"].reshape(3, 3)
        unwrapped = f["atoms/position"][:] + f["atoms/image"][:] @ cell
        return {"id": f["atoms/id"][:][order], "species": f["atoms/species"][:][order], "x": unwrapped[order],
                "v": f["atoms/velocity"][:][order], "cell": cell,
                **{k: f.attrs[k] for k in ("step", "time", "strain", "work", "heat", "barostat_strain")}}


def everything(path, leave_out=()):
    """All datasets and attributes of a file, without those that tell of the machine and the clock."""
    found = {}

    def visit(name, item):
        for key, value in item.attrs.items():
            if key not in ("DIMENSION_LIST", "REFERENCE_LIST"):
                found[f"{name}@{key}"] = value
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]

    with h5py.File(path) as f:
        f.visititems(visit)
        found.update({f"@{k}": v for k, v in f.attrs.items() if k not in leave_out})
    return found


class SameBits:
    """A run that was never stopped, to compare with."""
    @classmethod
    def setUpClass(cls):
        cls.whole = Folder(p_yaml=cls.protocol).__enter__()
        done = cls.whole.vitrum("run", "p.yaml", "-o", "run")
        assert done.returncode == 0, done.stderr
        cls.states = {s: atoms(cls.whole(f"run/state-{s}.h5")) for s in cls.names}

    @classmethod
    def tearDownClass(cls):
        cls.whole.__exit__()

    def same(self, a, b, where):
        self.assertEqual(sorted(a), sorted(b), where)
        different = [k for k in a if not np.array_equal(a[k], b[k], equal_nan=np.asarray(a[k]).dtype.kind == "f")]
        self.assertEqual(different, [], where)

    def check_end(self, folder):
        # (the MPI library has a lock file of its own for each open file, which a kill leaves behind)
        names = [n for n in folder.list("run") if not n.endswith(".lock")]
        self.assertEqual(names, self.whole.list("run"))
        for state in self.names:
            self.same(atoms(folder(f"run/state-{state}.h5")), self.states[state], state)
        machine = ("date", "started", "host", "ranks", "threads", "wall_seconds", "commit", "compiler", "version",
                   "instruction_set")
        a, b = (everything(f("run/results.h5"), machine) for f in (folder, self.whole))
        self.assertGreater(len(a), 100)
        self.same(a, b, "results.h5")
        for name in self.whole.list("run"):
            if re.fullmatch(r"trajectory.*\.h5", name):
                a, b = (everything(f("run", name), machine) for f in (folder, self.whole))
                # rows of a frame are by id, so they compare as they are; notes of ranks and hosts do not
                a, b = ({k: v for k, v in d.items() if "parameters/vitrum@" not in k} for d in (a, b))
                self.same(a, b, name)

    def go_on(self, folder, ranks=1, resume=True):
        return folder.start("run", "p.yaml", "-o", "run", *(["--resume"] if resume else []), ranks=ranks)

    def newer(self, folder, name):
        """A condition: the file was written anew."""
        path = folder("run", name)

        def written():
            try:
                return os.stat(path).st_mtime_ns
            except FileNotFoundError:  # not yet, or for a moment, between two generations
                return 0
        before = written()
        return lambda: written() > before


# Stopped early by the error of tan(delta), with looks at the end of the stage; stopped and killed in mid-cycle.
OSCILLATION = """\
title: to and fro
material:
  composition: {Cu: 50, Zr: 50}
  atoms: 300
  potential: builtin:CuZrAlHfCo
protocol:
  - melt: {temperature: 1500 K, time: 0.1 ps}
  - quench: {temperature: 300 K, time: 2 ps}
  - oscillate: {plane: xz, period: 5 ps, dt: 4 fs, amplitude: 2 %, discard: 1, cycles: 14, error: 0.08, save: swung}
  - hold: {time: 0.1 ps, measure: [], save: end}
measure:
  - moduli
  - thermo: {every: 0 ps, inherent: true}
  - pdf: {r_max: 7 A, every: 1 ps}
output:
  trajectory_every: 1 ps
  checkpoint_every: 0.001 min
"""


class Oscillation(SameBits, unittest.TestCase):
    protocol, names = OSCILLATION, ["swung", "end"]

    def test_it_ended_early_with_datasets_that_say_so(self):
        with h5py.File(self.whole("run/results.h5")) as f:
            stage = f["stages/04-oscillate"]
            cycles = stage["moduli/cycles"][()]
            self.assertTrue(4 <= cycles < 14, cycles)
            period = stage["moduli/period"][()]
            self.assertAlmostEqual(period, 4.96)  # 1240 steps: a multiple of 20
            self.assertAlmostEqual(float(stage.attrs["duration"]), period * (1 + cycles), 9)
            self.assertAlmostEqual(float(f["stages/05-hold"].attrs["start"]), 2.1 + period * (1 + cycles), 9)
            self.assertEqual(stage["moduli/cycle/loss"].shape, (cycles,))
            self.assertIn("inherent", stage)  # what is looked at once, at the end

    def test_stopped_while_it_looks_at_the_end_that_came_early(self):
        """The resumed run must find again that this was the last step, and show it once to whom it was not shown."""
        with Folder(p_yaml=OSCILLATION) as folder:
            run = self.go_on(folder, resume=False)
            for line in run.process.stderr:
                if "enough is known" in line:
                    break
            code, err = run.signal(signal.SIGTERM).end()  # on the way to the energy minimum
            self.assertEqual(code, 75, err)
            self.assertRegex(err, r"stopped by signal 15 at .*04-oscillate")
            code, err = self.go_on(folder, ranks=2).end()
            self.assertEqual(code, 0, err)
            self.assertIn("enough is known", err)
            self.check_end(folder)

    def test_stopped_and_killed_in_mid_cycle_on_other_numbers_of_ranks(self):
        with Folder(p_yaml=OSCILLATION) as folder:
            run, stops = self.go_on(folder, resume=False), 0
            while True:
                for _ in range(16):
                    newer = self.newer(folder, "checkpoint.h5")
                    run.wait_until(lambda: newer() or run.process.poll() is not None)
                if run.process.poll() is not None:
                    code, err = run.end()
                    self.assertEqual(code, 0, err)
                    break
                code, err = run.signal((signal.SIGKILL, signal.SIGTERM)[stops % 2] if run.ranks == 1 else signal.SIGUSR1).end()
                self.assertIn(code, (-signal.SIGKILL, 75), err)
                stops += 1
                self.assertLess(stops, 40)
                run = self.go_on(folder, ranks=1 + stops % 3)
            self.assertGreater(stops, 1)
            self.check_end(folder)


class Resume(SameBits, unittest.TestCase):
    protocol, names = PROTOCOL, STATES

    def test_stopped_and_killed_again_and_again_on_other_numbers_of_ranks(self):
        with Folder(p_yaml=PROTOCOL) as folder:
            run = self.go_on(folder, resume=False)
            run.wait_until(self.newer(folder, "checkpoint.h5"))  # early: in the melt
            code, err = run.signal(signal.SIGKILL).end()
            self.assertEqual(code, -signal.SIGKILL, err)

            run = self.go_on(folder, ranks=2)
            run.wait_until(self.newer(folder, "state-melt.h5"))
            code, err = run.signal(signal.SIGUSR1).end()
            self.assertEqual(code, 75, err)
            self.assertRegex(err, r"resuming at .* ps, 02-melt")

            run = self.go_on(folder, ranks=1)
            run.wait_until(self.newer(folder, "checkpoint.h5"))
            code, err = run.signal(signal.SIGTERM).end()
            self.assertEqual(code, 75, err)

            run = self.go_on(folder, ranks=3)
            run.wait_until(self.newer(folder, "checkpoint.h5"))
            code, err = run.signal_rank(signal.SIGTERM).end()  # one rank is told, all stop
            self.assertEqual(code, 75, err)

            run = self.go_on(folder, ranks=1)
            run.wait_until(self.newer(folder, "state-sheared.h5"))
            run.wait_until(self.newer(folder, "checkpoint.h5"))
            code, err = run.signal(signal.SIGKILL).end()
            self.assertEqual(code, -signal.SIGKILL, err)

            code, err = self.go_on(folder, ranks=2).end()
            self.assertEqual(code, 0, err)
            self.check_end(folder)

    def test_a_damaged_checkpoint_gives_way_to_the_former_one(self):
        with Folder(p_yaml=PROTOCOL) as folder:
            run = self.go_on(folder, resume=False)
            run.wait_until(self.newer(folder, "state-melt.h5"))
            run.wait_until(self.newer(folder, "checkpoint.former.h5"))
            run.wait_until(self.newer(folder, "checkpoint.h5"))
            code, err = run.signal(signal.SIGTERM).end()
            self.assertEqual(code, 75, err)
            before = os.path.join(folder.path, "before")
            shutil.copytree(folder("run"), before, symlinks=True)
            size = os.path.getsize(folder("run/checkpoint.h5"))
            with h5py.File(folder("run/checkpoint.h5")) as f:
                positions = f["atoms/position"].id.get_offset()
            for ranks, damage in ((2, "torn"), (1, "flipped")):
                with self.subTest(damage):
                    shutil.rmtree(folder("run"))
                    shutil.copytree(before, folder("run"), symlinks=True)
                    with open(folder("run/checkpoint.h5"), "r+b") as f:
                        if damage == "torn":
                            f.truncate(size // 2)
                        else:  # one bit of one coordinate: only the checksum knows
                            f.seek(positions + 1000)
                            byte = f.read(1)[0]
                            f.seek(positions + 1000)
                            f.write(bytes([byte ^ 4]))
                    code, err = self.go_on(folder, ranks=ranks).end()
                    self.assertEqual(code, 0, err)
                    self.assertRegex(err, r"warning: .*run/checkpoint\.h5.*; trying the former checkpoint")
                    self.assertRegex(err, "resuming at")
                    self.check_end(folder)

    def test_a_run_killed_before_its_first_checkpoint_begins_again(self):
        with Folder(p_yaml=PROTOCOL) as folder:
            run = self.go_on(folder, resume=False)
            run.wait_until(self.newer(folder, "results.h5"))
            run.signal(signal.SIGKILL).end()
            for name in ("checkpoint.h5", "checkpoint.former.h5"):  # should it have been quick
                if os.path.exists(folder("run", name)):
                    os.unlink(folder("run", name))
            run = self.go_on(folder)
            run.wait_until(self.newer(folder, "checkpoint.h5"))
            code, err = run.signal(signal.SIGUSR1).end()
            self.assertEqual(code, 75, err)
            self.assertRegex(err, "nothing to resume in run: beginning")

    def test_a_changed_protocol_is_refused(self):
        with Folder(p_yaml=PROTOCOL) as folder:
            run = self.go_on(folder, resume=False)
            run.wait_until(self.newer(folder, "checkpoint.h5"))
            self.assertEqual(run.signal(signal.SIGTERM).end()[0], 75)
            before = {n: folder.read("run", n) for n in folder.list("run")}
            for text in (replaced(PROTOCOL, "strain: 0.9", "strain: 0.8"), replaced(PROTOCOL, "300\n", "301\n")):
                folder.write("p.yaml", text)
                for ranks in (1, 2):
                    code, err = self.go_on(folder, ranks=ranks).end()
                    self.assertEqual(code, 2, err)
                    self.assertRegex(err, "error: 'run/checkpoint.h5' belongs to another protocol")
            self.assertEqual({n: folder.read("run", n) for n in folder.list("run")}, before)

    def test_lost_results_do_not_stop_a_run(self):
        with Folder(p_yaml=PROTOCOL) as folder:
            run = self.go_on(folder, resume=False)
            run.wait_until(self.newer(folder, "state-melt.h5"))
            run.wait_until(self.newer(folder, "checkpoint.h5"))
            self.assertEqual(run.signal(signal.SIGTERM).end()[0], 75)
            before = os.path.join(folder.path, "before")
            shutil.copytree(folder("run"), before, symlinks=True)
            for ranks, damaged in ((1, False), (2, True)):
                shutil.rmtree(folder("run"))
                shutil.copytree(before, folder("run"), symlinks=True)
                if damaged:
                    os.truncate(folder("run/results.h5"), 1000)
                else:
                    os.unlink(folder("run/results.h5"))
                code, err = self.go_on(folder, ranks=ranks).end()
                self.assertEqual(code, 0, err)
                self.assertRegex(err, "warning: .*run/results.h5.*going on from the checkpoint.*are lost")
                self.assertEqual("results.h5.damaged" in folder.list("run"), damaged)
                for state in self.names:
                    self.same(atoms(folder(f"run/state-{state}.h5")), self.states[state], state)
                # a complete run has nothing to go on with
                os.unlink(folder("run/results.h5"))
                code, err = self.go_on(folder, ranks=ranks).end()
                self.assertEqual(code, 2, err)
                self.assertRegex(err, "error: the run is complete, but its results are lost: .*--force")


# Minimisations all along: looks at the minimum, and a stage that ends where no force is left.
DOWNHILL = """\
title: to be stopped on the way down
seed: 5
material:
  composition: {Cu: 50, Zr: 50}
  atoms: 1200
  potential: builtin:CuZrAlHfCo
protocol:
  - melt: {temperature: 1500 K, time: 0.02 ps, measure: []}
  - hold: {temperature: 900 K, time: 0.06 ps}
  - minimise: {force: 1e-9 eV/A, steps: 100000}
  - hold: {temperature: 300 K, time: 0.06 ps, measure: [], save: end}
measure:
  - thermo: {every: 0.01 ps}
  - pdf: {r_max: 7 A, every: 0.01 ps, inherent: true}
output:
  trajectory_every: 0.02 ps
"""


class Downhill(SameBits, unittest.TestCase):
    protocol, names = DOWNHILL, ["end"]

    def saved(self, folder):
        for attempt in range(50):  # between two generations neither may be there, or be another when it is read
            name = "run/checkpoint.h5" if attempt % 2 == 0 else "run/checkpoint.former.h5"
            try:
                with h5py.File(folder(name)) as f:
                    return {k: int(f.attrs[k]) for k in ("stage", "stage_step", "look_pending")}
            except OSError:
                time.sleep(0.01)
        self.fail("there is no checkpoint that can be read")

    def stop(self, run, may_be_done=False):
        start = time.monotonic()
        code, err = run.signal(signal.SIGUSR1).end()  # mpirun passes it on
        if may_be_done and code == 0:
            return None
        self.assertEqual(code, 75, err)
        self.assertLess(time.monotonic() - start, 10)  # a second at most, on a machine with nothing else to do
        return err

    def test_a_look_at_the_minimum_is_given_up_and_done_again(self):
        with Folder(p_yaml=DOWNHILL) as folder:
            run = self.go_on(folder, resume=False)
            pending = []
            for ranks in (1, 2, 3):
                run.wait_until(self.newer(folder, "checkpoint.h5"))
                if ranks == 1:  # the hold begins; its first look is 5 steps ahead, and takes thousands
                    run.wait_until(lambda: self.saved(folder)["stage"] == 2)
                time.sleep(0.4)
                if not self.stop(run, may_be_done=ranks > 1):  # all done meanwhile
                    break
                pending.append(self.saved(folder))
                run = self.go_on(folder, ranks=ranks)
            else:
                code, err = run.end()
                self.assertEqual(code, 0, err)
            self.assertIn(1, [p["look_pending"] for p in pending], pending)
            self.check_end(folder)

    def test_a_minimisation_is_given_up_and_begins_again(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with Folder(p_yaml=DOWNHILL) as folder:
                run = self.go_on(folder, resume=False)
                run.wait_until(lambda: os.path.exists(folder("run/checkpoint.h5"))
                               and self.saved(folder)["stage"] == 3)
                time.sleep(0.1)
                if number == signal.SIGTERM:
                    self.assertRegex(self.stop(run), "stopped by a signal in 04-minimise, which begins again")
                else:  # after its frame was written, if that can be had
                    run.signal(number).end()
                self.assertEqual(self.saved(folder)["stage_step"], 0)
                run = self.go_on(folder, ranks=1)
                run.wait_until(lambda: self.saved(folder)["stage"] == 4)
                run.signal(signal.SIGKILL).end()
                code, err = self.go_on(folder, ranks=2).end()
                self.assertEqual(code, 0, err)
                self.check_end(folder)

    def test_after_a_minimisation_the_sample_is_heated_again(self):
        with h5py.File(self.whole("run/results.h5")) as f:
            stage, temperature, heat = (f[f"timeline/{k}"][:] for k in ("stage", "temperature", "heat"))
            energy = f["timeline/unbalanced_energy"][:]
        self.assertEqual(temperature[stage == 4][-1], 0)
        last = temperature[stage == 5]
        self.assertAlmostEqual(last[0], 300, places=6)
        self.assertTrue((last > 100).all(), last)  # half of it goes into the springs, then the thermostat brings more
        self.assertGreater(heat[stage == 5][0], heat[stage == 4][-1] + 0.03)  # 3/2 kT = 0.039 eV
        self.assertLess(abs(energy[stage == 5][0] - energy[stage == 4][-1]), 1e-9)


if __name__ == "__main__":
    unittest.main(verbosity=2)
