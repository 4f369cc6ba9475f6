#!/usr/bin/env python3
"""Rewards with candies from an experiment in Python, such as one for PsychoPy: reward.py [PATH_OF_FRAMEBUS [HOW_MANY]]"""
import json
import subprocess
import sys

OUTCOMES = "CANDY_TAKEN,CANDY_NOT_TAKEN,CANDY_FAILED,CANDY_REFUSED"


def start_reward(request, tool="framebus", timeout=120):
    """Asks for a candy and does not wait. `poll()` of what it returns is None until the outcome is there."""
    return subprocess.Popen(
        [tool, "send", "CANDY_DISPENSE", f"request={request}", "--await", OUTCOMES, "--timeout", str(timeout), "--json"],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def outcome(reward):
    """Waits for the outcome: the name of the frame that tells it, and its fields."""
    output, errors = reward.communicate()
    if reward.returncode != 0:
        raise RuntimeError(errors.strip())
    frame = json.loads(output)
    return frame["frame"], frame["fields"]


if __name__ == "__main__":
    tool = sys.argv[1] if len(sys.argv) > 1 else "framebus"
    for request in range(1, 1 + int(sys.argv[2] if len(sys.argv) > 2 else 1)):
        print(*outcome(start_reward(request, tool)), flush=True)
