"""A sweep: the same bits however it is carried out, nothing done twice, nothing lost by a kill, clear refusals.

sweep.py BUILD_DIR.
"""
import csv
import os
import re
import signal
import unittest

from resume import atoms, everything
from run_tool import Folder, line_of, replaced

import h5py
import numpy as np

SWEEP = """\
title: holds over a plane
seed: $seed
size: demo
sizes:
  demo: {atoms: 300, time: 0.1 ps}
  hour: {atoms: 4000, time: 10 ps}
sweep:
  variables:
    T: [600 K, 700 K, 800 K, 900 K]
    time: [0.06 ps, 0.1 ps, 0.16 ps]
    seed: [4]
material:
  composition: {Cu: 50, Zr: 50}
  atoms: $atoms
  potential: builtin:CuZrAlHfCo
prepare:
  - melt: {temperature: 1500 K, time: $melt}
  - compress: {pressure: 2 GPa, temperature: 1000 K, time: 0.04 ps, save: glass}
protocol:
  - hold: {temperature: $T, time: $time, save: end, thermostat: langevin}
measure:
  - thermo: {every: 0.02 ps}
output: {checkpoint_every: 0.001 min, structures: none}
""".replace("time: 0.1 ps}", "melt: 0.1 ps}").replace("time: 10 ps}", "melt: 10 ps}")
MEMBERS = [f"T-{T}K_time-{t}ps_seed-4" for T in (600, 700, 800, 900) for t in ("0.06", "0.1", "0.16")]
MACHINE = ("date", "started", "host", "ranks", "threads", "wall_seconds", "commit", "compiler", "version", "instruction_set")

# The same path by hand, as one protocol.
ALONE = """\
title: holds over a plane
seed: 4
material:
  composition: {Cu: 50, Zr: 50}
  atoms: 300
  potential: builtin:CuZrAlHfCo
protocol:
  - melt: {temperature: 1500 K, time: 0.1 ps}
  - compress: {pressure: 2 GPa, temperature: 1000 K, time: 0.04 ps, save: glass}
  - hold: {temperature: 800 K, time: 0.16 ps, save: end, thermostat: langevin}
measure:
  - thermo: {every: 0.02 ps}
"""


def alike(a, b):
    return [k for k in sorted(set(a) | set(b)) if k not in a or k not in b
            or not np.array_equal(a[k], b[k], equal_nan=np.asarray(a[k]).dtype.kind == "f")]


class Bits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = Folder(s_yaml=SWEEP).__enter__()
        done = cls.whole.vitrum("sweep", "s.yaml", "-o", "sweep", ranks=2)
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.whole.__exit__()

    def member(self, folder, name):
        return (everything(folder("sweep/members", name, "results.h5"), MACHINE),
                atoms(folder("sweep/members", name, "state-end.h5")))

    def check_same(self, folder):
        for name in MEMBERS:
            for a, b in zip(self.member(folder, name), self.member(self.whole, name)):
                self.assertGreater(len(a), 9)
                self.assertEqual(alike(a, b), [], name)
        a, b = (everything(f("sweep/results.h5"), MACHINE) for f in (folder, self.whole))
        self.assertEqual(alike(a, b), [])
        self.assertEqual(folder.read("sweep/table.csv"), self.whole.read("sweep/table.csv"))

    def test_killed_half_way_and_resumed(self):
        with Folder(s_yaml=SWEEP) as folder:
            run = folder.start("sweep", "s.yaml", "-o", "sweep", ranks=2)
            complete = [folder("sweep/members", m, "state-end.h5") for m in MEMBERS]
            run.wait_until(lambda: sum(map(os.path.exists, complete)) >= 4)
            for pid in run.pids():
                os.kill(pid, signal.SIGKILL)
            self.assertNotEqual(run.end()[0], 0)
            there = {p: os.stat(p).st_mtime_ns for p in complete if os.path.exists(p)}
            self.assertLess(len(there), len(MEMBERS))
            # those that were complete when it was killed are not done again
            done = {}
            for m in MEMBERS:
                path = folder("sweep/members", m, "results.h5")
                if os.path.exists(path):
                    with h5py.File(path) as f:
                        if f.attrs["complete"] == "yes":
                            done[path] = os.stat(path).st_mtime_ns
            self.assertGreater(len(done), 1)  # of four that had saved their end two may still have been at work
            code, err = folder.start("sweep", "s.yaml", "-o", "sweep", "--resume", ranks=1).end()
            self.assertEqual(code, 0, err)
            self.assertIn(f"12 members: {len(done)} were complete, {12 - len(done)} have been run, 0 failed", err)
            self.assertEqual({p: os.stat(p).st_mtime_ns for p in done}, done)
            self.check_same(folder)

    def test_stopped_in_the_prepared_run_and_among_members_on_other_groups(self):
        wide = replaced(SWEEP, "sweep:\n", "sweep:\n  ranks_per_member: 2\n")
        with Folder(s_yaml=wide) as folder:
            run = folder.start("sweep", "s.yaml", "-o", "sweep", ranks=3)
            prepare = folder("sweep/prepare/seed-4/checkpoint.h5")
            run.wait_until(lambda: os.path.exists(prepare))
            code, err = run.signal(signal.SIGUSR1).end()
            self.assertEqual(code, 75, err)
            self.assertIn("stopped by a signal with 12 of 12 members to be done; --resume goes on", err)
            self.assertFalse(os.path.exists(folder("sweep/results.h5")))
            run = folder.start("sweep", "s.yaml", "-o", "sweep", "--resume", ranks=4)
            run.wait_until(lambda: os.path.exists(folder("sweep/members", MEMBERS[2], "checkpoint.h5")))
            code, err = run.signal(signal.SIGUSR1).end()
            self.assertEqual(code, 75, err)
            code, err = folder.start("sweep", "s.yaml", "-o", "sweep", "--resume", ranks=2).end()
            self.assertEqual(code, 0, err)
            for name in MEMBERS:
                for a, b in zip(self.member(folder, name), self.member(self.whole, name)):
                    self.assertEqual(alike(a, b), [], name)

    def test_a_member_alone_and_as_one_protocol(self):
        name = MEMBERS[8]
        with Folder(alone_yaml=ALONE) as folder:
            os.symlink(self.whole("sweep"), folder("sweep"))
            done = folder.vitrum("run", f"sweep/members/{name}/protocol.yaml", "-o", "again", "--no-report", ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            results, end = self.member(self.whole, name)
            self.assertEqual(alike(everything(folder("again/results.h5"), MACHINE), results), [])
            self.assertEqual(alike(atoms(folder("again/state-end.h5")), end), [])
            # the prepared state is taken over as it is: nothing tells that there were two runs
            done = folder.vitrum("run", "alone.yaml", "-o", "one", "--no-report")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(alike(atoms(folder("one/state-end.h5")), end), [])
            with h5py.File(folder("one/results.h5")) as f, h5py.File(folder("again/results.h5")) as g:
                for key in ("temperature", "pressure", "volume"):
                    self.assertEqual(f[f"stages/04-hold/thermo/{key}"][()], g[f"stages/02-hold/thermo/{key}"][()])

    def test_jobs_that_share_a_sweep(self):
        with Folder(s_yaml=SWEEP) as folder:
            # both want the prepared run: one makes it, the other waits
            runs = [folder.start("sweep", "s.yaml", "-o", "sweep", "--members", f"{a}-{b}") for a, b in ((1, 6), (7, 12))]
            for run in runs:
                code, err = run.end()
                self.assertEqual(code, 0, err)
            if not os.path.exists(folder("sweep/results.h5")):
                self.fail("the last job gathers")
            self.check_same(folder)
            os.unlink(folder("sweep/results.h5"))
            os.rename(folder("sweep"), folder("moved"))
            done = folder.vitrum("sweep", "s.yaml", "-o", "moved", "--gather")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(folder.read("moved/table.csv"), self.whole.read("sweep/table.csv"))
            # one member again, in the folder that was moved; what the others begin at stays
            os.rename(folder("moved"), folder("sweep"))
            before = {n: os.stat(folder("sweep", n)).st_mtime_ns for n in folder.list("sweep") if n.endswith("results.h5")}
            done = folder.vitrum("sweep", "s.yaml", "-o", "./sweep/", "--member", "2", "--force", ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            after = {n: os.stat(folder("sweep", n)).st_mtime_ns for n in before}
            self.assertEqual({n for n in before if before[n] != after[n]},
                             {f"members/{MEMBERS[1]}/results.h5"} | ({"results.h5"} & set(before)))
            self.check_same(folder)

    def test_what_is_gathered(self):
        with h5py.File(self.whole("sweep/results.h5")) as f:
            t = f["stages/02-hold/thermo/temperature"]
            self.assertEqual(t.shape, (4, 3, 1))
            self.assertEqual([t.dims[k].label for k in range(3)], ["T", "time", "seed"])
            np.testing.assert_array_equal(t.dims[0][0][()], [600, 700, 800, 900])
            self.assertTrue(np.all(f["sweep/complete"][()] == 1))
            values = t[()]
        with open(self.whole("sweep/table.csv")) as f:
            rows = list(csv.DictReader(line for line in f if line[0] != "#"))
        self.assertEqual([r["member"] for r in rows], MEMBERS)
        for k, row in enumerate(rows):
            self.assertEqual(float(row["stages/02-hold/thermo/temperature [K]"]), values[k // 3, k % 3, 0])
            with h5py.File(self.whole("sweep/members", row["member"], "results.h5")) as f:
                self.assertEqual(f["stages/02-hold/thermo/temperature"][()], values[k // 3, k % 3, 0])


REPLICAS = """\
seed: $s
sweep:
  variables:
    s: {replicas: 3}
    start: [fcc, hcp]
material: {composition: {Cu: 50, Zr: 50}, atoms: 500, potential: builtin:CuZrAlHfCo}
protocol:
  - create: {start: $start}
  - hold: {temperature: 500 K, time: 0.04 ps, measure: [{thermo: {every: 0.01 ps}}]}
  - hold: {temperature: 500 K, time: 0.02 ps, measure: []}
output: {structures: none}
""".replace("atoms: 500", "atoms: 864").replace("[fcc, hcp]", "[fcc, random]")


class Replicas(unittest.TestCase):
    def test_mean_and_standard_error_and_a_member_that_fails(self):
        with Folder(r_yaml=REPLICAS) as folder:
            os.makedirs(folder("sweep/members"))
            folder.write("sweep/members/s-2_start-random", "a file where a folder is due\n")
            done = folder.vitrum("sweep", "r.yaml", "-o", "sweep", ranks=2)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertRegex(done.stderr, r"warning: s-2_start-random failed: .*s-2_start-random")
            self.assertRegex(done.stderr, r"error: 1 of 6 members failed; the first: s-2_start-random: ")
            with h5py.File(folder("sweep/results.h5")) as f:
                e = f["stages/02-hold/thermo/potential_energy"]
                self.assertEqual(e.shape, (2,))
                self.assertEqual(list(f["sweep/complete"]), [3, 2])
                values, errors = e[()], f[e.attrs["error"]][()] if isinstance(e.attrs["error"], h5py.Reference) else None
                if errors is None:
                    errors = f["stages/02-hold/thermo/" + e.attrs["error"].split("/")[-1]][()]
            for k, (start, seeds) in enumerate((("fcc", (1, 2, 3)), ("random", (1, 3)))):
                one = []
                for s in seeds:
                    with h5py.File(folder(f"sweep/members/s-{s}_start-{start}/results.h5")) as f:
                        one.append(f["stages/02-hold/thermo/potential_energy"][()])
                self.assertGreater(np.std(one), 0)
                np.testing.assert_allclose(values[k], np.mean(one), rtol=1e-14)
                np.testing.assert_allclose(errors[k], np.std(one, ddof=1) / np.sqrt(len(one)), rtol=1e-9)
            # the fault is mended, and only that member is left to do
            os.unlink(folder("sweep/members/s-2_start-random"))
            done = folder.vitrum("sweep", "r.yaml", "-o", "sweep", "--resume")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("6 members: 5 were complete, 1 have been run, 0 failed", done.stderr)
            # a value more: what is there stays
            folder.write("r.yaml", replaced(REPLICAS, "[fcc, random]", "[fcc, random, hcp]"))
            done = folder.vitrum("sweep", "r.yaml", "-o", "sweep", "--resume")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("9 members: 6 were complete, 3 have been run, 0 failed", done.stderr)
            # another protocol: nothing is touched
            before = folder.list("sweep")
            folder.write("r.yaml", replaced(REPLICAS, "0.04 ps", "0.06 ps"))
            done = folder.vitrum("sweep", "r.yaml", "-o", "sweep", "--resume")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertRegex(done.stderr, "error: 'sweep/members/.*' holds a run of another protocol")
            done = folder.vitrum("sweep", "r.yaml", "-o", "sweep")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertEqual(folder.list("sweep"), before)


# Species and q are not those of the first member; two stages measure, the last one is a ramp.
ROWS = """\
title: two alloys at $q
seed: $s
sweep:
  variables:
    alloy: [{Cu: 50, Zr: 50}, {Al: 50, Zr: 50}]
    q: [6 /A, 4 /A]
    s: {replicas: 2}
  gather: [kept, heat]
material: {composition: $alloy, atoms: 256, potential: builtin:CuZrAlHfCo}
protocol:
  - create: {temperature: 2000 K, measure: []}
  - hold: {temperature: 2000 K, time: 0.5 ps, save: kept}
  - heat: {to: 2100 K, time: 0.05 ps, measure: [{thermo: {every: 0.01 ps}}]}
  - hold: {time: 0.02 ps, measure: [{thermo: {every: 0.01 ps}}]}
measure:
  - thermo: {every: 0.02 ps}
  - isf_self: {every: 0.01 ps, t_max: 0.4 ps, q: $q}
output: {structures: none}
"""


class Rows(unittest.TestCase):
    """Values stand under their own species and q, with the number of replicas behind them."""

    def test_rows_are_matched(self):
        with Folder(r_yaml=ROWS) as folder:
            # the last replica of the last cell is not there
            done = folder.vitrum("sweep", "r.yaml", "-o", "sweep", "--members", "1-7", ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            done = folder.vitrum("sweep", "r.yaml", "-o", "sweep", "--gather")
            self.assertEqual(done.returncode, 0, done.stderr)
            with h5py.File(folder("sweep/results.h5")) as f:
                self.assertEqual(sorted(f["stages"]), ["02-hold", "03-heat"])
                self.assertEqual(f["stages/02-hold"].attrs["save"], "kept")
                self.assertEqual(f.attrs["title"], "two alloys at 4 and 6 /A")
                self.assertEqual((f.attrs["ranks"], f.attrs["threads"]), ("1 for each member", "1"))
                self.assertNotIn("composition", f.attrs)
                self.assertEqual(f.attrs["atoms"], "256")
                group = f["stages/02-hold/isf_self"]
                tau = group["tau"]
                self.assertEqual([tau.dims[k].label for k in range(3)], ["alloy", "q", "species"])
                self.assertEqual([x.decode() if isinstance(x, bytes) else x for x in tau.dims[0][0][()]],
                                 ["Cu50Zr50", "Al50Zr50"])
                self.assertEqual([x.decode() if isinstance(x, bytes) else x for x in tau.dims[2][0][()]],
                                 ["Al", "Cu", "Zr", "all"])
                np.testing.assert_array_equal(group["tau_q"][()], [[6, 4], [6, 4]])
                curve = group["f_s"]
                self.assertEqual([curve.dims[k].label for k in range(4)], ["alloy", "q", "species", "time"])
                with h5py.File(folder("sweep/members/alloy-Al50Zr50_q-4A_s-1/results.h5")) as own:
                    one = own["stages/02-hold/isf_self/f_s"][()]
                    # the only replica that is there; rows Al, Zr, all
                    np.testing.assert_array_equal(curve[1, 1][[0, 2, 3]], one[:, 0])
                    self.assertTrue(np.all(np.isnan(curve[1, 1][1])))
                self.assertEqual(f.attrs["replicas"], "2")
                np.testing.assert_array_equal(f["stages/02-hold/thermo/density_n"][()], [[2, 2], [2, 1]])
                error = f["stages/02-hold/thermo/density_error"][()]
                self.assertTrue(np.all(error[[0, 0, 1], [0, 1, 0]] > 0))
                self.assertTrue(np.isnan(error[1, 1]), "one replica alone does not tell how they differ")
            with open(folder("sweep/table.csv")) as f:
                rows = list(csv.DictReader(line for line in f if line[0] != "#"))
            told = 0
            for row in rows[:7]:
                with h5py.File(folder("sweep/members", row["member"], "results.h5")) as f:
                    own = f["stages/02-hold/isf_self/tau"]
                    labels = [x.decode() if isinstance(x, bytes) else x for x in own.dims[0][0][()]]
                    for label in ("Al", "Cu", "Zr", "all"):
                        value = float(row[f"stages/02-hold/isf_self/tau:{label} [ps]"])
                        expected = own[labels.index(label), 0] if label in labels else np.nan
                        np.testing.assert_equal(value, expected)
                        told += np.isfinite(value)
            self.assertGreater(told, 9)
            done = folder.vitrum("report", "sweep/results.h5", "-o", "r.html")
            self.assertEqual(done.returncode, 0, done.stderr)
            page = folder.read("r.html").decode()
            self.assertIn("02 hold: kept", page)
            self.assertNotIn("03 heat", page)
            self.assertIn("1 of 2", page)
            # other stages, of the same members
            for words, stages in (("last", ["04-hold"]), ("[hold]", ["02-hold", "04-hold"]),
                                  ("all", ["02-hold", "03-heat", "04-hold"]), ("03-heat", ["03-heat"])):
                folder.write("r.yaml", replaced(ROWS, "[kept, heat]", words))
                done = folder.vitrum("sweep", "r.yaml", "-o", "sweep", "--gather")
                self.assertEqual(done.returncode, 0, done.stderr)
                with h5py.File(folder("sweep/results.h5")) as f:
                    self.assertEqual(sorted(f["stages"]), stages)
            folder.write("r.yaml", replaced(ROWS, "[kept, heat]", "[kept, cold]"))
            for how in ("--gather", "--dry-run"):
                done = folder.vitrum("sweep", "r.yaml", "-o", "sweep", how)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("r.yaml:8: sweep: gather: 'cold': no stage", done.stderr)


OSCILLATE = """\
title: swings
sweep:
  variables:
    T: [300 K, 900 K]
    swing: [{period: 5 ps, cycles: 2, discard: 1, dt: 4 fs}, {period: 5.5 ps, cycles: 2, discard: 1, dt: 4 fs}]
material: {composition: {Cu: 50, Zr: 50}, atoms: 180, potential: builtin:CuZrAlHfCo}
prepare:
  - melt: {temperature: 1500 K, time: 0.04 ps, save: glass}
protocol:
  - hold: {temperature: $T, time: 0.02 ps, measure: []}
  - oscillate: $swing
measure:
  - moduli
  - thermo: {every: 0.1 ps}
output: {checkpoint_every: 0.01 min, structures: none}
"""


class Oscillate(unittest.TestCase):
    def test_killed_and_resumed(self):
        with Folder(o_yaml=OSCILLATE) as folder:
            done = folder.vitrum("sweep", "o.yaml", "-o", "whole", ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            run = folder.start("sweep", "o.yaml", "-o", "again", ranks=2)
            members = folder("again/members")

            def complete():
                n = 0
                for name in os.listdir(members) if os.path.isdir(members) else []:
                    try:
                        with h5py.File(os.path.join(members, name, "results.h5")) as f:
                            n += f.attrs["complete"] == "yes"
                    except (OSError, KeyError):
                        pass
                return n

            run.wait_until(lambda: complete() >= 1)
            for pid in run.pids():
                os.kill(pid, signal.SIGKILL)
            self.assertNotEqual(run.end()[0], 0)
            there = complete()
            self.assertLess(there, 4)
            code, err = folder.start("sweep", "o.yaml", "-o", "again", "--resume", ranks=2).end()
            self.assertEqual(code, 0, err)
            self.assertIn(f"4 members: {there} were complete, {4 - there} have been run, 0 failed", err)
            a, b = (everything(folder(f"{n}/results.h5"), MACHINE) for n in ("whole", "again"))
            self.assertIn("stages/03-oscillate/moduli/storage", "\n".join(a))
            self.assertEqual(alike(a, b), [])
            self.assertEqual(folder.read("whole/table.csv"), folder.read("again/table.csv"))


class States(unittest.TestCase):
    STATES = """\
title: two states
sweep:
  variables:
    state: [hot, pressed]
  begin: $state
material: {composition: {Cu: 50, Zr: 50}, atoms: 300, potential: builtin:CuZrAlHfCo}
prepare:
  - melt: {temperature: 1500 K, time: 0.04 ps, save: hot}
  - compress: {pressure: 2 GPa, temperature: 1000 K, time: 0.04 ps, save: pressed}
protocol:
  - hold: {time: 0.04 ps, save: end}
measure:
  - thermo: {every: 0.02 ps}
output: {structures: none}
"""
    BY_HAND = """\
title: two states
material: {composition: {Cu: 50, Zr: 50}, atoms: 300, potential: builtin:CuZrAlHfCo}
protocol:
  - melt: {temperature: 1500 K, time: 0.04 ps, save: hot}
  - compress: {pressure: 2 GPa, temperature: 1000 K, time: 0.04 ps, save: pressed}
  - hold: {time: 0.04 ps, save: end-pressed}
  - hold: {from: hot, time: 0.04 ps, save: end-hot}
measure: []
output: {structures: none}
"""

    def test_members_begin_at_any_state_that_prepare_saves(self):
        """The bits of each are those of a branch, with its temperature and pressure."""
        with Folder(s_yaml=self.STATES, hand_yaml=self.BY_HAND) as folder:
            for words in (("sweep", "s.yaml", "-o", "sweep"), ("run", "hand.yaml", "-o", "hand", "--no-report")):
                done = folder.vitrum(*words)
                self.assertEqual(done.returncode, 0, done.stderr)
            for state in ("hot", "pressed"):
                self.assertEqual(alike(atoms(folder(f"sweep/members/state-{state}/state-end.h5")),
                                       atoms(folder(f"hand/state-end-{state}.h5"))), [], state)
            # a state that is gone is made again, if a member is to begin there
            before = folder.read("sweep/table.csv")
            for name in ("members/state-hot/results.h5", "members/state-hot/checkpoint.h5", "members/state-hot/checkpoint.former.h5",
                         "prepare/all/state-hot.h5"):
                if os.path.exists(folder("sweep", name)):
                    os.unlink(folder("sweep", name))
            done = folder.vitrum("sweep", "s.yaml", "-o", "sweep", "--resume", ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("'sweep/prepare/all/state-hot.h5' is gone: the prepared run all is run again", done.stderr)
            self.assertIn("2 members: 1 were complete, 1 have been run, 0 failed", done.stderr)
            self.assertEqual(folder.read("sweep/table.csv"), before)
            os.unlink(folder("sweep/prepare/all/state-hot.h5"))
            done = folder.vitrum("sweep", "s.yaml", "-o", "sweep", "--resume")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("is gone", done.stderr)
            folder.write("bad.yaml", replaced(self.STATES, "[hot, pressed]", "[hot, cold]"))
            done = folder.vitrum("sweep", "bad.yaml", "-o", "bad")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("bad.yaml:5: sweep: begin: 'cold': no stage of `prepare` saves a state of this name", done.stderr)


class Refusals(unittest.TestCase):
    # what is wrong, what stands there instead, the line that is named (a piece of it), what is said
    CASES = [
        ("temperature: $T,", "temperature: $TT,", "$TT", r"\$TT is not known here; did you mean \$T\?"),
        ("temperature: $T,", "temperature: 500 K,", "T: [600", "variables: 'T' is used nowhere: write \\$T"),
        ("seed: $seed", "seed: 1", "seed: [4]", "variables: 'seed' is used nowhere"),
        ("700 K,", "600 K,", "T: [600", "variables: T: '600 K' is there twice"),
        ("time: [0.06 ps,", "time: [100 fs,", "time: [100", "variables: time: '0.1 ps' is there twice, also as 100 fs"),
        ("  variables:", "  gather: cold\n  variables:", "gather:", "gather: 'cold': no stage"),
        ("  variables:", "  gather: {a: b}\n  variables:", "gather:", "last, all, the name of a stage, or a list"),
        ("700 K,", "-700 K,", "- hold:", r"hold: key .temperature.: value .-700 K.: out of range.*\(member T--700K_time-0.06ps_seed-4\)"),
        ("0.1 ps, 0.16", "0.1 GPa, 0.16", "- hold:", r"time.*0.1 GPa.*\(member T-600K_time-0.1GPa_seed-4\)"),
        ("time: $melt", "time: $melt K", "- melt:", r"time.*0.1 ps K.*\(prepare seed-4\)"),
        ("    seed: [4]", "    seed: {replica: 3}", "{replica:", "key 'replica': do you mean 'replicas'"),
        ("    seed: [4]", "    seed: 4", "    seed: 4", "variables: seed: a list of values is due"),
        ("save: glass}", "dt: 1 fs}", "- compress:", "prepare: its last stage must save its end"),
        ("demo: {atoms: 300, ", "demo: {", "hour:", "sizes: hour: 'atoms' is in this set and not in 'demo'"),
        ("size: demo", "size: dem", "size: dem", "size: there is no 'dem' in `sizes`: demo, hour"),
        ("  - hold: {", "  - create: {start: fcc}\n  - hold: {", "- create", "protocol: 'create': members begin at the end"),
        ("  variables:", "  ranks_per_member: 0\n  variables:", "ranks_per_member", "ranks_per_member"),
        ("thermo: {every: 0.02 ps}", "thermo: {evry: 0.02 ps}", "evry", "do you mean 'every'"),
    ]

    def test_each_with_its_line_and_nothing_is_made(self):
        for old, new, piece, message in self.CASES:
            with self.subTest(new), Folder() as folder:
                text = replaced(SWEEP, old, new)
                folder.write("s.yaml", text)
                done = folder.vitrum("sweep", "s.yaml", "-o", "sweep")
                self.assertEqual(done.returncode, 2, done.stderr)
                first = done.stderr.splitlines()[0]
                self.assertTrue(first.startswith(f"vitrum: error: s.yaml:{line_of(text, piece)}: "), first)
                self.assertRegex(first, message)
                self.assertEqual(folder.list(), ["s.yaml"])

    def test_sizes(self):
        with Folder(s_yaml=SWEEP) as folder:
            done = folder.vitrum("sweep", "s.yaml", "--dry-run", "--size", "hour", ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(re.findall(r"^\d+ +T-\d+K_time-[\d.]+ps_seed-4 +4000 ", done.stdout, re.MULTILINE)), 12)
            self.assertIn("prepare  seed-4", done.stdout)
            self.assertEqual(folder.list(), ["s.yaml"])
            done = folder.vitrum("run", "s.yaml")
            self.assertEqual(done.returncode, 2)
            self.assertIn("this is a sweep of many runs: `vitrum sweep s.yaml`", done.stderr)
            for words, message in ((["--member", "13"], "there is no member 13"), (["--members", "3"], "a range of members"),
                                   (["--resume", "--force"], "give one of"), (["--what"], "option '--what'")):
                done = folder.vitrum("sweep", "s.yaml", *words)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(message, done.stderr)


SAVED = """\
seed: 2
material: {composition: {Cu: 50, Zr: 50}, atoms: 300, potential: builtin:CuZrAlHfCo}
protocol:
  - create: {start: random}
  - hold: {temperature: 900 K, time: 0.02 ps, save: a}
output: {structures: none}
"""
NEXT = replaced(replaced(SAVED, "start: random", "state: p-run/state-a.h5"), "temperature: 900 K, ", "")


class Taken(unittest.TestCase):
    CASES = [
        ("p-run/state-a.h5", "p-run/state-b.h5", "cannot read 'p-run/state-b.h5'"),
        ("p-run/state-a.h5", "p-run/results.h5", "'p-run/results.h5'"),
        ("p-run/state-a.h5", "p.yaml", "'p.yaml' is truncated, damaged or no saved state"),
        ("p-run/state-a.h5}", "p-run/state-a.h5, temperature: 300 K}", "create: key 'temperature': the sample comes from a state"),
        ("p-run/state-a.h5}", "p-run/state-a.h5, file: x.xyz}", "give either 'file' or 'state'"),
        ("atoms: 300", "atoms: 302", "holds 300 atoms, 'atoms' says 302"),
        ("Zr: 50", "Al: 50", "was made with other tables, or with another composition"),
    ]

    def test_what_does_not_fit_is_refused(self):
        with Folder(p_yaml=SAVED, n_yaml=NEXT) as folder:
            self.assertEqual(folder.vitrum("run", "p.yaml", "--no-report").returncode, 0)
            for old, new, message in self.CASES:
                with self.subTest(new):
                    folder.write("w.yaml", replaced(NEXT, old, new))
                    done = folder.vitrum("run", "w.yaml", "--no-report")
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(message, done.stderr)
                    self.assertNotIn("w-run", folder.list())
            # the same tables, other numbers of atoms of each: told as soon as the atoms are read
            folder.write("w.yaml", replaced(NEXT, "{Cu: 50, Zr: 50}", "{Cu: 40, Zr: 60}"))
            done = folder.vitrum("run", "w.yaml", "--no-report", ranks=2)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("holds 150 atoms of Cu, 'composition' makes 120", done.stderr)
            # temperature and pressure are those of the state
            done = folder.vitrum("run", "n.yaml", "--no-report")
            self.assertEqual(done.returncode, 0, done.stderr)
            with h5py.File(folder("n-run/state-a.h5")) as f:
                self.assertEqual(f.attrs["target_temperature"], 900)
            # a sweep does not take the folder of a run
            folder.write("s.yaml", SWEEP)
            done = folder.vitrum("sweep", "s.yaml", "-o", "p-run")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("'p-run/results.h5' is not of a sweep", done.stderr)
            self.assertNotIn("members", os.listdir(folder("p-run")))
            # nor somebody's table
            os.mkdir(folder("own"))
            folder.write("own/table.csv", "mine")
            done = folder.vitrum("sweep", "s.yaml", "-o", "own")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("'own/table.csv' is not of a sweep", done.stderr)
            self.assertEqual(os.listdir(folder("own")), ["table.csv"])


if __name__ == "__main__":
    unittest.main()
