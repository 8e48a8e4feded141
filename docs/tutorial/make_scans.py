#!/usr/bin/env python3
"""Tables to try `vitrum dsc` and `vitrum eos` on, with answers that are known.

    python3 make_scans.py FOLDER

writes flash-calorimetry scans fdsc_100K_s.txt .. fdsc_1000K_s.txt (heat flow in mW of 2.4 ug, endothermic up), whose overshoots
lie where an activation energy of 28 R T_g, T_g = 596 K, puts them (138.752 kJ/mol, 680 K at 200 K/s); two scans at 20 K/min, one
of an aged glass whose overshoot lowers T_f by 20 K from 640 K; and q1.txt, places of the first peak of a glass of K_0 = 102 GPa,
K' = 4 to 14 GPa, with an error of 0.001 /A; and cycle.txt, one table of a sample that is held, heated as aged, cooled, held and
heated again, exothermic up."""

import math
import os
import sys

import numpy as np

GAS = 8.31446261815324
ENERGY = 28 * GAS * 596  # J/mol
RATES = 100, 200, 300, 500, 700, 1000  # K/s


def peak(rate):
    """Kissinger: ln(q / T^2) = a - E / (R T), through 680 K at 200 K/s."""
    level, t = math.log(200 / 680**2) + ENERGY / (GAS * 680), 650.0
    for _ in range(100):
        t += (math.log(rate / t**2) - level + ENERGY / (GAS * t)) / (2 / t + ENERGY / (GAS * t * t))
    return t


def flash(rate, noise, rng):
    """T [K], Cp [J/(g K)]: a Gaussian above the step's upper level, which is flat by then, so its top is the peak."""
    t = np.arange(420, 790, 0.25)
    p = peak(rate)
    cp = 0.42 + 0.11 / (1 + np.exp(-(t - (p - 25)) / 2)) + 0.09 * np.exp(-(((t - p) / 7) ** 2) / 2)
    return t, cp + noise * rng.normal(size=t.size)


def aged(area, noise, rng):
    """T [K], Cp [J/(g K)]: a step of 0.1 at 640 K and an overshoot of area x step."""
    t = np.arange(500, 800, 0.5)
    cp = 0.4 + 1e-4 * (t - 600) + 0.1 * (t > 640) + 0.05 * (t == 640)
    cp += 0.1 * area / (6 * math.sqrt(2 * math.pi)) * np.exp(-(((t - 655) / 6) ** 2) / 2)
    return t, cp + noise * rng.normal(size=t.size)


def compression(pressure, k0=102.0):
    """(V_0/V)^(1/3) of the Birch-Murnaghan equation with K' = 4."""
    x = np.linspace(0.99, 1.2, 200001)
    return np.interp(pressure, 1.5 * k0 * (x**7 - x**5), x)


def make(folder, noise=1.0, seed=1):
    rng = np.random.default_rng(seed)
    os.makedirs(folder, exist_ok=True)
    mass = 2.4e-3  # mg
    for rate in RATES:
        t, cp = flash(rate, 0.002 * noise, rng)
        with open(os.path.join(folder, f"fdsc_{rate}K_s.txt"), "w") as f:
            f.write(f"Sample mass:\t{mass} mg\nHeat flow:\tendo up\n\nT (degC)\tHeat flow (mW)\n")
            f.writelines(f"{a - 273.15:.3f}\t{b * rate * mass:.8g}\n" for a, b in zip(t, cp))
    for name, area in (("aged", 20), ("rescan", 0)):
        t, cp = aged(area, 0.001 * noise, rng)
        with open(os.path.join(folder, f"{name}_20Kmin.csv"), "w") as f:
            f.write("T/K,Cp/(J/(g K))\n")
            f.writelines(f"{a:.2f},{b:.7f}\n" for a, b in zip(t, cp))
    with open(os.path.join(folder, "q1.txt"), "w") as f:
        f.write("P (GPa)\tq1 (1/A)\n")
        for p in range(15):
            f.write(f"{p}\t{2.6285 * compression(p) + 0.001 * noise * rng.normal():.6f}\n")
    cycle(os.path.join(folder, "cycle.txt"), 0.001 * noise, rng)


def cycle(path, noise, rng):
    """Heat flow [W/g], exothermic up; +-20 K/min, a row every 1.5 s; isotherms of two minutes flicker by 0.01 K."""
    hold = np.array([500 + 0.01 * (k % 3) for k in range(80)])
    (t, first), (_, down), (_, second) = (aged(area, noise, rng) for area in (20, 0, 0))
    parts = (hold, 0 * hold), (t, first), (t[::-1], -down[::-1]), (hold, 0 * hold), (t, second)
    with open(path, "w") as f:
        f.write("heating rate:\t20 K/min\ncooling rate:\t20 K/min\nT (K)\tHeat flow ^exo (W/g)\n")
        for temperature, cp in parts:
            f.writelines(f"{a:.2f}\t{-b * 20 / 60:.8f}\n" for a, b in zip(temperature, cp))


if __name__ == "__main__":
    make(sys.argv[1] if len(sys.argv) > 1 else "scans")
