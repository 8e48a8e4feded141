"""What is on record of a potential is told by `potential show`, the results and the report of a run.

verdict.py BUILD_DIR.
"""
import os
import signal
import unittest

from run_tool import TINY, Folder, line_of, replaced

import h5py

USES = ["structure", "thermodynamics", "mechanics", "running"]
POTENTIAL = "  potential: builtin:CuZrAlHfCo\n"


def verdict(path):
    """The attributes of the group, and of each use."""
    with h5py.File(path) as f:
        group = f["potential_verdict"]
        return dict(group.attrs), {name: dict(group[name].attrs) for name in group}


class Verdict(unittest.TestCase):
    def done(self, done, code=0):
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def test_a_run_tells_the_verdict_on_a_built_in_potential(self):
        with Folder(p_yaml=TINY) as folder:
            self.done(folder.vitrum("run", "p.yaml", "-o", "r", ranks=2))
            about, uses = verdict(folder("r", "results.h5"))
            self.assertEqual(about["judged"], "yes")
            self.assertEqual((about["elements"], about["used_elements"]), ("Cu, Zr, Al, Hf, Co", "Cu, Zr"))
            self.assertEqual(sorted(uses), sorted(USES))
            page = folder.read("r", "report.html").decode()
            shown = self.done(folder.vitrum("potential", "show", "CuZrAlHfCo"))
            self.assertIn(f"checksum     {about['used_checksum']}\n", shown)
            line = next(row for row in shown.split("\n") if row.startswith("verdict "))
            for use in USES:
                self.assertIn(f"{use} <b class", page)
                self.assertIn(f"{use} {uses[use]['verdict']}", line)
                self.assertIn(f"<td>{uses[use]['met']} of {uses[use]['of']}</td>", page)
            self.assertIn(about["date"], page)
            self.done(folder.vitrum("report", "r/results.h5", "-o", "again.html"))
            self.assertEqual(folder.read("again.html").decode(), page)

    def test_a_resumed_run_tells_it_too(self):
        text = replaced(TINY, "- hold: {from: cast, time: 0.1 ps}", "- hold: {from: cast, time: 500 ps}")
        with Folder(p_yaml=text + "  checkpoint_every: 0.001 min\n") as folder:
            for _ in range(2):
                run = folder.start("run", "p.yaml", "-o", "r", "--resume")
                before = os.path.exists(folder("r", "results.h5")) and os.stat(folder("r", "results.h5")).st_mtime_ns
                run.wait_until(lambda: os.path.exists(folder("r", "checkpoint.h5")) and
                               os.stat(folder("r", "results.h5")).st_mtime_ns != before)
                code, err = run.signal(signal.SIGUSR1).end()
                self.assertEqual(code, 75, err)
                about, uses = verdict(folder("r", "results.h5"))
                self.assertEqual((about["judged"], len(uses)), ("yes", 4))

    def test_ones_own_potential_is_judged_once_a_check_is_on_record(self):
        text = replaced(TINY, POTENTIAL, "  potential: mine.eam.alloy\n")
        recorded = replaced(text, "  potential: mine.eam.alloy\n",
                            "  potential: mine.eam.alloy\n  potential_record: record.yaml\n")
        with Folder(p_yaml=text, q_yaml=recorded) as folder:
            self.done(folder.vitrum("potential", "make", "Cu,Zr", "-o", "mine.eam.alloy"))
            self.done(folder.vitrum("run", "p.yaml", "-o", "p"))
            about, uses = verdict(folder("p", "results.h5"))
            self.assertEqual((about["judged"], uses), ("no", {}))
            page = folder.read("p", "report.html").decode()
            self.assertIn("not judged:</span> <code>vitrum potential check mine.eam.alloy</code> does", page)
            self.assertIn("not judged: `vitrum potential check mine.eam.alloy` does",
                          self.done(folder.vitrum("potential", "show", "mine.eam.alloy")))

            check = ["potential", "check", "--static", "--record", "record.yaml", "-o", "c"]
            self.done(folder.vitrum(*check, "CuZrAlHfCo"))  # another potential
            before = folder.list()
            for options in [], ["--dry-run"]:
                refused = folder.vitrum("run", "q.yaml", "-o", "q", *options, ranks=2)
                self.done(refused, 2)
                self.assertEqual(refused.stderr.count("vitrum: error: "), 1)
                self.assertIn(f"q.yaml:{line_of(recorded, 'potential_record')}: potential_record: record.yaml has no verdict on "
                              "mine.eam.alloy", refused.stderr)
            self.assertEqual(folder.list(), before)

            told = self.done(folder.vitrum(*check, "mine.eam.alloy"))
            self.done(folder.vitrum("run", "q.yaml", "-o", "q"))
            about, uses = verdict(folder("q", "results.h5"))
            self.assertEqual((about["judged"], about["potential"]), ("yes", "mine.eam.alloy"))
            for use in USES:
                self.assertRegex(told, f"(?m)^  {use} +{uses[use]['verdict']} ")
            self.assertEqual(about["command"], "vitrum potential check mine.eam.alloy --static")

            record = folder.read("record.yaml").decode()
            self.assertEqual(record.count("- checksum: "), 2)
            self.done(folder.vitrum(*check, "mine.eam.alloy"))
            self.assertEqual(folder.read("record.yaml").decode(), record)

    def test_a_record_with_a_fault_is_named_with_its_line(self):
        text = replaced(TINY, POTENTIAL, POTENTIAL + "  potential_record: record.yaml\n")
        with Folder(p_yaml=text) as folder:
            at = f"p.yaml:{line_of(text, 'potential_record')}: potential_record: "
            self.assertIn(at + "record.yaml: ", folder.vitrum("run", "p.yaml", "--dry-run").stderr)
            self.done(folder.vitrum("potential", "check", "CuZrAlHfCo", "--static", "--record", "record.yaml", "-o", "c"))
            self.done(folder.vitrum("run", "p.yaml", "--dry-run"))
            record = folder.read("record.yaml").decode()
            folder.write("record.yaml", record.replace("    of: ", "    of: 9", 1))
            refused = folder.vitrum("run", "p.yaml", "--dry-run")
            self.done(refused, 2)
            self.assertIn(f"{at}record.yaml:{line_of(record, '    verdict:')}: structure: met (", refused.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
