#!/usr/bin/env python3
"""Bad days of a bus, one after the other, with what everybody sees: scripts/days.py FOLDER_OF_THE_EXECUTABLES

One process plays all modules through the client of Examples/python; the manager is a process of its own. The rates are
modest, so that this script is never what is slow; the figures are of one run and are not asserted.
"""
import os
import re
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "Examples", "python"))
import framebus  # noqa: E402
from framebus import HIGH, LOW, NORMAL, Client, Reader  # noqa: E402

BIN = sys.argv[1] if len(sys.argv) > 1 else ".build/release"
STATES = ["joined", "left", "lost", "hung", "slow"]
STAMP = struct.Struct("<Q")


class Bus:
    """A manager, and the clients of one day."""

    def __init__(self, *options, environment=None):
        self.folder = tempfile.TemporaryDirectory()
        self.path = self.folder.name + "/bus.sock"
        self.log = open(self.folder.name + "/log", "w+")
        self.process = subprocess.Popen([BIN + "/bus-manager", "--listen", self.path, *options], stderr=self.log,
                                        env={**os.environ, **(environment or {})})
        deadline = time.monotonic() + 10
        while not os.path.exists(self.path):
            time.sleep(0.01)
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                sys.exit(f"{BIN}/bus-manager does not start: {open(self.log.name).read()}")
        self.clients = []
        self.watcher = self.client("watcher", observer=True)
        self.watcher.listen(framebus.MODULE_STATUS)
        self.states = []

    def client(self, name, types=(), **options):
        client = Client(name, self.path, **options)
        client.name, client.received, client.latencies, client.by_source = name, 0, [], {}
        self.clients.append(client)
        if types:
            client.listen(*types)
            client.barrier()
        return client

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        for client in self.clients:
            client.sock.close()
        self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def look(self):
        """Notes which states of modules were announced."""
        self.watcher.exchange(0)
        while frame := self.watcher.receive(0):
            if frame.type == framebus.MODULE_STATUS:
                reader = Reader(frame.payload)
                _, state, _, _, _, name = *reader.take("IBB?I"), reader.text()
                self.states.append((name, STATES[state]))

    def counters(self):
        """BUS_STATUS by module id, and the manager's memory in KiB."""
        self.watcher.send_bus(framebus.BUS_STATUS, flags=framebus.REQUEST)
        self.watcher.barrier()
        modules = {}
        for frame in [frame for frame in self.watcher.inbox if frame.type == framebus.BUS_STATUS]:
            reader = Reader(frame.payload)
            reader.take("QQQQ")
            for _ in range(reader.take("I")):
                row = reader.take("IBQQQQQQQQ")
                modules[row[0]] = dict(zip(["state", "in", "bytes_in", "out", "bytes_out", "waiting", "mark", "held",
                                            "lost"], row[1:]))
            self.watcher.inbox.remove(frame)
        with open(f"/proc/{self.process.pid}/status") as status:
            return modules, int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])

    def logged_losses(self, name):
        self.log.flush()
        with open(self.log.name) as log:
            totals = re.findall(rf"event=lost_frames module={name} frames=\d+ total=(\d+)", log.read())
        return int(totals[-1]) if totals else 0

    def agree(self, client):
        """What is lost according to the receiver, to BUS_STATUS and to the log."""
        says = (client.lost, self.counters()[0][client.id]["lost"], self.logged_losses(client.name))
        return f"{says[0]:,} of LOST, BUS_STATUS and log" if len(set(says)) == 1 else f"THEY DIFFER: {says}"


class Flow:
    """A sender with a rate."""

    def __init__(self, client, type, rate, size=1000, priority=NORMAL, payload=None):
        """Frames carry the time they were sent at, unless `payload` is what they carry."""
        self.client, self.type, self.rate, self.priority = client, type, rate, priority
        self.size, self.payload = size, payload
        self.sent, self.began = 0, None

    def due(self, now):
        self.began = self.began or now
        return int((now - self.began) * self.rate) - self.sent

    def step(self, now):
        # A sender that is held back makes up for it, but not for more than a tenth of a second at once.
        due = min(self.due(now), max(1, int(self.rate / 10)))
        if due > 0 and len(self.client.out) < framebus.INBOX_BYTES_MAX:
            for _ in range(due):
                stamp = STAMP.pack(time.monotonic_ns()) + bytes(self.size - STAMP.size)
                self.client.put(self.type, self.payload or stamp, self.priority << 2, 0)
            self.sent += due
        self.client.exchange(0)


def take(client, limit=None):
    """Reads what is there, at most `limit` frames, and notes how long each was under way."""
    client.exchange(0)
    count = 0
    while client.inbox and (limit is None or count < limit):
        frame = client.receive(0)
        if frame.type < 0xFF00:
            client.received += 1
            client.by_source[frame.source] = client.by_source.get(frame.source, 0) + 1
            if len(frame.payload) >= STAMP.size:
                client.latencies.append(time.monotonic_ns() - STAMP.unpack_from(frame.payload)[0])
            count += 1
    return count


def run(bus, seconds, flows, readers, slow=None):
    """Lets time pass; `slow` maps a reader to its frames per second.

    Returns the frames per second of each reader."""
    began = time.monotonic()
    before = {reader: reader.received for reader in readers}
    slow_before = {reader: 0 for reader in slow or {}}
    while (now := time.monotonic()) < began + seconds:
        for flow in flows:
            flow.step(now)
        for reader in readers:
            take(reader)
        for reader, rate in (slow or {}).items():
            due = int((now - began) * rate) - slow_before[reader]
            if due > 0:
                slow_before[reader] += take(reader, due)
        bus.look()
        time.sleep(0.0005)
    return {reader: (reader.received - before[reader]) / seconds for reader in readers}


def drain(bus, *readers, quiet=0.5):
    """Reads until nothing comes any more."""
    last = time.monotonic()
    while time.monotonic() < last + quiet:
        bus.look()
        if sum(take(reader) for reader in readers):
            last = time.monotonic()


def milliseconds(latencies, share):
    ordered = sorted(latencies) or [0]
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] / 1e6


def row(day, others, lost, states=""):
    print(f"| {day} | {others} | {lost} | {states} |", flush=True)


def states(bus, name):
    return ", ".join(state for module, state in bus.states if module == name) or "-"


def stopping(day, priority, slow_rate=None):
    """One of eight readers stops, or reads at half speed, for three seconds."""
    with Bus() as bus:
        readers = [bus.client(f"reader-{index}", [5]) for index in range(8)]
        flow = Flow(bus.client("sender"), 5, 2000, priority=priority)
        before = run(bus, 1.5, [flow], readers)
        bad, others = readers[0], readers[1:]
        after = run(bus, 3, [flow], others, {bad: slow_rate} if slow_rate else None)
        held = bus.counters()[0][bad.id]["held"]
        drain(bus, *readers)
        kept = statistics.mean(after[reader] for reader in others) / statistics.mean(before[r] for r in others)
        row(day, f"the other seven keep {kept:.1%} of their speed; held back {held} ms in all; each got "
            f"{min(r.received for r in others):,} of {flow.sent:,}, lost {max(r.lost for r in others)}",
            f"{bad.name}: {bad.received:,} received + {bad.lost:,} lost = {bad.received + bad.lost:,} of "
            f"{flow.sent:,}; {bus.agree(bad)}", states(bus, bad.name))


def flood_and_trickle():
    with Bus() as bus:
        reader = bus.client("reader", [5, 6])
        flood = Flow(bus.client("flooder"), 5, 6000, priority=LOW)
        trickle = Flow(bus.client("urgent"), 6, 50, size=32, priority=HIGH)
        alone = bus.client("alone", [6])
        run(bus, 3, [flood, trickle], [alone], {reader: 2000})
        urgent = [reader.by_source.get(trickle.client.id, 0), trickle.sent]
        drain(bus, reader, alone)
        row("a flood of low frames beside a trickle of high ones, reader at a third of the speed",
            f"high frames: {reader.by_source.get(trickle.client.id, 0)} of {trickle.sent} arrived "
            f"({urgent[0]} during the flood), p99 at a reader without the flood "
            f"{milliseconds(alone.latencies, 0.99):.2f} ms; the flooder was never held back: sent {flood.sent:,}",
            f"reader: {reader.by_source.get(flood.client.id, 0):,} low received + {reader.lost:,} lost = "
            f"{reader.by_source.get(flood.client.id, 0) + reader.lost:,} of {flood.sent:,}; {bus.agree(reader)}",
            states(bus, "reader"))


def many_senders():
    with Bus() as bus:
        reader = bus.client("reader", [5])
        flows = [Flow(bus.client(f"sender-{index}"), 5, 10, size=100) for index in range(500)]
        run(bus, 4, flows, [reader])
        drain(bus, reader)
        sent = sum(flow.sent for flow in flows)
        shares = [reader.by_source.get(flow.client.id, 0) / flow.sent for flow in flows]
        row("500 senders to one receiver", f"{reader.received:,} of {sent:,} arrived; of each sender between "
            f"{min(shares):.1%} and {max(shares):.1%}", f"reader: {bus.agree(reader)}", states(bus, "reader"))


def large_among_small():
    with Bus() as bus:
        reader = bus.client("reader", [5, 6])
        small = Flow(bus.client("small"), 5, 500, size=32)
        run(bus, 2, [small], [reader])
        quiet, reader.latencies = reader.latencies, []
        large = Flow(bus.client("large"), 6, 5, size=4 << 20)
        run(bus, 3, [small, large], [reader])
        drain(bus, reader)
        latencies = reader.latencies
        row("a 4 MiB frame five times per second among small ones",
            f"small frames p50/p99: {milliseconds(quiet, .5):.1f}/{milliseconds(quiet, .99):.1f} ms alone, "
            f"{milliseconds(latencies, .5):.1f}/{milliseconds(latencies, .99):.1f} ms beside; "
            f"{reader.by_source[large.client.id]} of {large.sent} large ones arrived",
            f"reader: {bus.agree(reader)}", states(bus, "reader"))


def stopped_process():
    with Bus() as bus:
        child = subprocess.Popen([BIN + "/led-module", "--bus", bus.path, "--log-level", "error"],
                                 stdout=subprocess.DEVNULL)
        other = bus.client("other", [2])
        flow = Flow(bus.client("sender"), 2, 8000, payload=b"\1")
        run(bus, 1, [flow], [other])
        child.send_signal(signal.SIGSTOP)
        during = run(bus, 10, [flow], [other])
        child.send_signal(signal.SIGCONT)
        after = run(bus, 2, [flow], [other])
        led = next(id for id, row in bus.counters()[0].items() if id not in
                   [client.id for client in bus.clients])
        counters = bus.counters()[0][led]
        child.terminate()
        child.wait()
        row("led-module stopped by SIGSTOP for 10 s and continued",
            f"the other reader gets {during[other]:,.0f} frames/s meanwhile, {after[other]:,.0f} after",
            f"led: BUS_STATUS {counters['lost']:,}, log {bus.logged_losses('led'):,}; "
            f"at most {counters['mark']:,} B waited", states(bus, "led"))


# Stands in for the clock of the manager alone: an hour back as soon as the file exists.
CLOCK = r"""
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (clock == CLOCK_REALTIME && access(getenv("HOUR_BACK"), F_OK) == 0) time->tv_sec -= 3600;
    return result;
}
"""


def clock_set_back():
    day = "the system clock of the manager set back by an hour"
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        return row(day, "skipped: needs a C compiler (cc or clang)", "-")
    with tempfile.TemporaryDirectory() as folder:
        library, switch = folder + "/clock.so", folder + "/back"
        subprocess.run([compiler, "-shared", "-fPIC", "-xc", "-", "-o", library], input=CLOCK, text=True, check=True)
        with Bus(environment={"LD_PRELOAD": library, "HOUR_BACK": switch}) as bus:
            reader = bus.client("reader", [5])
            flow = Flow(bus.client("sender"), 5, 1000)
            before = run(bus, 2, [flow], [reader])
            open(switch, "w").close()
            after = run(bus, 9, [flow], [reader])
            late = bus.client("late")
            late.send_bus(framebus.PING, STAMP.pack(1))
            late.wait(lambda: late.pongs, 5)
            jump = (late.last_bus_timestamp - time.time_ns()) / 1e9
            unwell = [state for state in bus.states if state[1] in ("hung", "slow")]
            row(day, f"time stamps of the bus's own frames jump by {jump:,.0f} s; the reader gets "
                f"{before[reader]:,.0f} frames/s before and {after[reader]:,.0f} after",
                f"reader: {bus.agree(reader)}", str(unwell) if unwell else "nobody hung or slow")


def memory_limit():
    with Bus("--max-memory", str(8 << 20)) as bus:
        stuck = [bus.client(f"stuck-{index}", [5]) for index in range(16)]
        flood = Flow(bus.client("flooder"), 5, 3000)
        reader = bus.client("reader", [6])
        calm = Flow(bus.client("calm"), 6, 200, size=32)
        before = run(bus, 1, [calm], [reader])
        during = run(bus, 4, [flood, calm], [reader])
        memory = bus.counters()[1]
        drain(bus, *stuck, reader)
        agreed = {bus.agree(client).split("of")[-1] for client in stuck}
        received, lost = sum(client.received for client in stuck), sum(client.lost for client in stuck)
        row("16 readers that stop, a manager with 8 MiB for all queues",
            f"a calm pair keeps {during[reader] / before[reader]:.1%} of its speed; the manager has {memory:,} KiB",
            f"the 16: {received:,} received + {lost:,} lost = {received + lost:,} of {flood.sent * 16:,}; "
            f"{'all places agree for each' if agreed == {' LOST, BUS_STATUS and log'} else agreed}",
            f"{len({name for name, state in bus.states if state == 'slow'})} slow")


def main():
    print("| day | what the others see | what is lost, and by whom | states announced |\n| --- | --- | --- | --- |")
    stopping("a reader that stops for 3 s", NORMAL)
    stopping("a reader at half speed for 3 s", NORMAL, slow_rate=1000)
    stopping("a reader that stops while it holds high-priority frames", HIGH)
    flood_and_trickle()
    many_senders()
    large_among_small()
    stopped_process()
    clock_set_back()
    memory_limit()


if __name__ == "__main__":
    main()
