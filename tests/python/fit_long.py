"""The built-in rows come out of the committed targets by the one command that docs/theory/potentials.md names.

fit_long.py BUILD_DIR. On the machine where the rows were made the files are the same, byte for byte. Another compiler
or processor rounds otherwise; liquids then take other paths, and enthalpies of mixing scatter by 0.3 kJ/mol, which is
1 % of a depth (the slope is some 40 to 100 kJ/mol). First peaks scatter by 0.01 A, 0.4 % of a distance. So numbers of
elements are compared to 1e-3; of pairs depths to 3 %, distances to 1 %, stretches, which follow from both, to 5 %.
"""
import os
import re
import subprocess
import unittest

import run_tool
from run_tool import Folder

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "md")


def rows(text):
    """Names and numbers of each row, without what comments say of the enthalpies reached."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    found = {}
    for row in re.findall(r"\{(.*?)\}", text, flags=re.S):
        words = [w.strip() for w in row.split(",")]
        names = tuple(w for w in words if w.startswith('"'))
        found[names] = [float(w) for w in words if re.fullmatch(r"-?[\d.]+", w)]
    return found


class Fit(unittest.TestCase):
    def test_the_rows_are_made_by_one_command(self):
        with Folder() as folder:
            args = run_tool.command(["potential", "fit", "-o", folder("fit")], ranks=2)
            subprocess.run(args, check=True)
            for name, allowed in (("zhou_elements.def", [1e-3] * 30), ("zhou_pairs.def", [0.03, 0.01, 0.05, 1e-3, 1e-3])):
                made = folder.read("fit", name).decode()
                with open(os.path.join(SOURCE, name)) as f:
                    built_in = f.read()
                print(name, "is the same" if made == built_in else "differs")
                a, b = rows(made), rows(built_in)
                self.assertEqual(a.keys(), b.keys())
                self.assertIn(len(a), (8, 19))
                for names, numbers in a.items():
                    self.assertEqual(len(numbers), len(b[names]))
                    for x, y, share in zip(numbers, b[names], allowed):
                        self.assertAlmostEqual(x, y, delta=share * max(abs(y), 1), msg=f"{names}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
