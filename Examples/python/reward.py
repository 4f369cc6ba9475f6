#!/usr/bin/env python3
"""Rewards with candies from an experiment in Python, such as one for PsychoPy. Needs framebus.py beside it, nothing else.

    dispenser = Dispenser(journal="rewards.jsonl")
    ...
    reward = dispenser.give()                # does not wait
    while not reward.is_over:                # once per frame of the display
        dispenser.update()
        if reward.interrupted:               # the module or the manager is gone, known at once
            break
        win.flip()
    print(reward.outcome, reward.text, reward.fell, reward.taken)

By itself it gives candies and prints what becomes of them; reward.py --help.
"""
import argparse
import json
import os
import random
import struct
import sys
import time

import framebus

DISPENSE, DISPENSED, TAKEN, STATUS, ACCEPTED, OUTCOME = 64, 69, 71, 75, 77, 78
OUTCOMES = ("DONE", "FAILED", "REFUSED", "CANCELLED")
LINKS = ("the port is closed", "it is being looked for", "it was found just now", None, "it is disconnecting",
         "it was disconnected")
LEFT, LOST, HUNG = 1, 2, 3


class Reward:
    """Candies that were asked for. `fell` and `taken` have for each candy, by its number from 1 on, when that was in
    seconds since 1970, by the clock of the dispenser's computer, also for what happened while no manager was there."""

    def __init__(self, request, count):
        self.request, self.count = request, count
        self.fell, self.taken = {}, {}
        self.is_accepted, self.ask_at = False, 0
        self.outcome, self.text, self.interrupted = None, "", None

    @property
    def is_over(self):
        """Whether `outcome` is there: DONE (all fell, `taken` says which were taken), FAILED, CANCELLED, or REFUSED
        (nothing of it was done). `text` says more."""
        return self.outcome is not None


class Dispenser:
    """The dispenser on the bus, as an experiment sees it. It connects again by itself."""

    def __init__(self, address=None, instance=0, name=None, journal=None):
        """`journal` is a file in which each request is written before it is sent: an experiment that was started again
        finds what is open in `rewards`, and is told what became of it."""
        self.address, self.instance, self.name = address, instance, name or "experiment-%d" % os.getpid()
        self.bus, self.next_try, self.trouble = None, 0, "not connected yet"
        self.module, self.status = None, None
        self.rewards, self.journal = {}, None
        if journal:
            self.read(journal)
            self.journal = open(journal, "a")

    # What an experiment uses

    @property
    def problem(self):
        """Why no candy can be given now, in words; None if the dispenser is ready."""
        if self.bus is None:
            return self.trouble
        if self.status is None:
            return "no dispenser with instance %d is on the bus: is candy-dispenser running?" % self.instance
        return LINKS[self.status["link"]] and "%s: %s" % (LINKS[self.status["link"]], self.status["reason"])

    def wait_until_ready(self, timeout=10):
        """Waits for the dispenser; an error that says why if it does not become ready."""
        deadline = time.monotonic() + timeout
        while self.update() or self.problem:
            if time.monotonic() >= deadline:
                raise framebus.BusError(self.problem)
            time.sleep(0.02)

    def give(self, count=1):
        """Asks for candies and does not wait."""
        reward = Reward(random.randrange(1, 1 << 32), count)
        if self.problem:
            reward.outcome, reward.text = "REFUSED", self.problem
            return reward
        self.write({"request": reward.request, "count": count})
        self.rewards[reward.request] = reward
        self.update()
        return reward

    def update(self):
        """Handles what has arrived, and connects again if need be. Call it once per frame of the display."""
        try:
            if self.bus is None:
                self.connect()
            while self.bus is not None:
                frame = self.bus.receive()
                if frame is None:
                    break
                self.handle(frame)
            if self.bus is not None:
                self.ask()
        except (framebus.BusError, OSError) as error:
            self.disconnected(error)

    def ask(self):
        """Sends what nobody has answered, again each second: the dispenser does each request once, however often it is
        asked for."""
        for reward in self.rewards.values():
            if not reward.is_accepted and time.monotonic() >= reward.ask_at:
                self.bus.send(DISPENSE, struct.pack("<IH", reward.request, reward.count), instance=self.instance)
                reward.ask_at = time.monotonic() + 1

    def close(self):
        if self.bus is not None:
            self.bus.close()

    # The connection

    def connect(self):
        if time.monotonic() < self.next_try:
            return
        self.next_try = time.monotonic() + 0.5
        self.bus = framebus.Client(self.name, self.address)
        self.bus.listen(DISPENSED, TAKEN, STATUS, ACCEPTED, OUTCOME, framebus.MODULE_STATUS, requests=False)

    def disconnected(self, error):
        if self.bus is not None:
            self.bus.close()
        self.bus, self.module, self.status = None, None, None
        self.trouble = "no manager: %s" % error
        self.interrupt(self.trouble)

    def interrupt(self, why):
        for reward in self.rewards.values():
            reward.interrupted = why

    # Frames

    def handle(self, frame):
        reader = framebus.Reader(frame.payload)
        if frame.type == framebus.MODULE_STATUS:
            module, state = reader.take("IB")
            if module == self.module and state in (LEFT, LOST, HUNG):
                self.interrupt("the dispenser's module is %s" % ("hung" if state == HUNG else "gone"))
                if state != HUNG:
                    self.module, self.status = None, None
        elif frame.instance != self.instance:
            return
        elif frame.type == STATUS:
            self.handle_status(frame.source, reader)
        else:
            request = reader.take("I")
            if request in self.rewards:
                self.handle_reward(frame, self.rewards[request], reader)

    def handle_reward(self, frame, reward, reader):
        """What is said of a reward, live or kept for those who were away."""
        reward.interrupted, reward.is_accepted = None, True
        if frame.type == OUTCOME:
            outcome = reader.take("B")
            self.end(reward, OUTCOMES[outcome] if outcome < len(OUTCOMES) else str(outcome), reader.text())
        elif frame.type != ACCEPTED:
            times = reward.fell if frame.type == DISPENSED else reward.taken
            times.setdefault(reader.take("H"), frame.timestamp / 1e9)

    def handle_status(self, source, reader):
        link = reader.take("BB?HHIHHHHIIIIIQ")[0]
        self.status, self.module = {"link": link, "reason": reader.text()}, source

    def end(self, reward, outcome, text):
        reward.outcome, reward.text, reward.interrupted = outcome, text, None
        del self.rewards[reward.request]
        self.write({"request": reward.request, "outcome": outcome, "text": text})

    # The journal

    def write(self, line):
        if self.journal:
            self.journal.write(json.dumps(dict(line, time=time.time())) + "\n")
            self.journal.flush()
            os.fsync(self.journal.fileno())

    def read(self, path):
        if not os.path.exists(path):
            return
        with open(path) as lines:
            for line in lines:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue  # its writer was killed in the middle of it, so it was not sent
                if "outcome" in entry:
                    self.rewards.pop(entry["request"], None)
                else:
                    reward = self.rewards[entry["request"]] = Reward(entry["request"], entry["count"])
                    reward.interrupted = "the experiment was started again"


def main():
    parser = argparse.ArgumentParser(description="Gives candies and prints what becomes of them.")
    parser.add_argument("--rewards", type=int, default=1, help="how many, one after the other (1)")
    parser.add_argument("--count", type=int, default=1, help="candies of each (1)")
    parser.add_argument("--instance", type=int, default=0, help="which dispenser (0)")
    parser.add_argument("--bus", help="address of the manager ($FRAMEBUS, else the usual places)")
    parser.add_argument("--journal", help="file for what is asked for; with it, a second start resumes")
    parser.add_argument("--timeout", type=float, default=120, help="seconds to wait for each (120)")
    options = parser.parse_args()
    dispenser = Dispenser(options.bus, options.instance, journal=options.journal)
    is_good = True
    try:
        resumed = list(dispenser.rewards.values())
        dispenser.wait_until_ready()
        for reward in resumed + [None] * options.rewards:
            reward = reward or dispenser.give(options.count)
            deadline, interrupted = time.monotonic() + options.timeout, None
            while not reward.is_over and time.monotonic() < deadline:
                dispenser.update()
                if reward.interrupted and reward.interrupted != interrupted:
                    print("interrupted:", reward.interrupted, flush=True)
                interrupted = reward.interrupted
                time.sleep(0.01)
            seconds = ["%.2f" % (reward.taken[number] - reward.fell[number]) for number in reward.taken
                       if number in reward.fell]
            times = " (after %s s)" % ", ".join(seconds) if seconds else ""
            print(reward.outcome or "no outcome", reward.text + times, flush=True)
            is_good = is_good and reward.outcome == "DONE"
    except framebus.BusError as error:
        sys.exit("reward.py: %s" % error)
    finally:
        dispenser.close()
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
