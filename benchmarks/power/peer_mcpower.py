"""Time mcpower on `y ~ x + (1|group)`: run by a Python that has it; a line of JSON, seconds a data set.

Run:  python benchmarks/power/peer_mcpower.py GROUPS ROWS SIMULATIONS
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"

import mcpower

groups, rows, number = map(int, sys.argv[1:])
model = mcpower.MCPower("y ~ x + (1|group)", family="lme")
model.set_cluster("group", ICC=0.3, n_clusters=groups)
model.set_effects("x=0.1")
model.set_simulations(number)
model.set_seed(1)
wall, cpu = time.perf_counter(), time.process_time()
found = model.find_power(rows, progress_callback=False, verbose=False)
spent = {"wall": (time.perf_counter() - wall) / number, "cpu": (time.process_time() - cpu) / number}
print(json.dumps({**spent, "version": mcpower.__version__, "power": float(found["power_uncorrected"][0][0])}))
