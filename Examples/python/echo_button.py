#!/usr/bin/env python3
"""A module in ten lines of Python: the LED shows what the button says. echo_button.py [PATH_OF_FRAMEBUS]"""
import json
import subprocess
import sys

tool = sys.argv[1] if len(sys.argv) > 1 else "framebus"
bus = subprocess.Popen([tool, "pipe", "BUTTON_STATE", "--name", "echo-button"], text=True,
                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
for line in bus.stdout:
    frame = json.loads(line)
    if not frame["request"]:
        led = {"frame": "ACTIVITY_LED_STATE", "fields": {"state": frame["fields"]["pressed"]}}
        print(json.dumps(led), file=bus.stdin, flush=True)
