#!/usr/bin/env python3
"""Compares what the chip of the emulated machine did with what test-gpio had the pumps do: check-gpio-log.py CONSOLE LINES."""
import re
import sys

console = open(sys.argv[1], errors="replace").read()
changes = []
for line in open(sys.argv[2], errors="replace"):
    match = re.search(r"(\d+\.\d+):pl061_set_output .* setting output (\d) to ([01])", line)
    if match:
        changes.append((float(match[1]), int(match[2]), match[3] == "1"))

# Pump, and how long it may have been on, in seconds: from its order to what happens is one second, and an emulated
# machine takes its time for both.
expected = [
    ("each off at its own time", 0, 0.9, 1.2),
    ("each off at its own time", 5, 1.9, 2.2),
    ("guard killed", 1, 0.9, 3.0),
    ("module stopped", 2, 0.9, 3.0),
    ("guard stopped", 3, 0.9, 3.0),
    ("module killed", 4, 0.9, 3.0),
    ("both killed, then --pumps-off", 6, 2.9, 6.0),
    ("SIGTERM", 7, 0.9, 3.0),
]
failures = []


def check(holds, what):
    print(("ok      " if holds else "FAILED  ") + what)
    if not holds:
        failures.append(what)


check("RESULT ok" in console, "everything ran to its end" + "".join(re.findall(r"RESULT (?!ok).*", console)[:1]))
busy = re.findall(r"BUSY .*", console)
check(any("'framebus-blender' has it" in line for line in busy), f"the holder of a line is named: {' '.join(busy)}")
for what, pump, low, high in expected:
    on = [time for time, line, level in changes if line == pump and level]
    off = [time for time, line, level in changes if line == pump and not level and on and time >= on[0]]
    time = off[0] - on[0] if len(on) == 1 and off else -1
    check(low <= time <= high, f"pump {pump}, {what}: on once, for {time:.3f} s ({low} to {high})")
check(len({line for _, line, _ in changes}) == 8, "all eight lines are there")
print(f"{len(changes)} changes of lines")
sys.exit(1 if failures else 0)
