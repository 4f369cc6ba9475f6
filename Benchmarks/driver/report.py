"""What is printed."""
import os
import platform
import time


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":")[1].strip()
                break
    return {"processor": model, "cpus": os.cpu_count(), "kernel": platform.release(), "load": os.getloadavg(),
            "date": time.strftime("%Y-%m-%d")}


def print_conditions(run):
    machine = run["machine"]
    print(f"{machine['cpus']} x {machine['processor']}, Linux {machine['kernel']}, {machine['date']}, "
          f"load average {machine['load'][0]:.1f}; latencies are measured "
          + ("before" if run["realtime"] else "BESIDE (this user may not use SCHED_RR)") + " all other work")
    for peer, package in run["skipped"].items():
        print(f"skipped: {peer} is not installed" + (f" (apt install {package})" if package else ""))
    print()


def number(value):
    if value is None:
        return "-"
    magnitude = abs(value)
    if magnitude >= 1e7:
        return f"{value / 1e6:.1f} M"
    if magnitude >= 1e4:
        return f"{value / 1e3:.0f} k"
    if magnitude >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if magnitude >= 10 else f"{value:.2f}"


def print_table(head, lines):
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    for line in [head, ["-" * width for width in widths], *lines]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |")
    print()


def print_row(row, peers):
    """One table per row: a line per peer, with the ratio to the relay on the same kind of socket in brackets."""
    head, lines = [row["title"]], [[peer] for peer in peers]
    for name, figure in row["figures"].items():
        head.append(f"{name}{', ' if figure['unit'] else ''}{figure['unit']}")
        for line, peer in zip(lines, peers):
            text = number(figure["median"].get(peer))
            if peer in figure["ratio"]:
                text += f" ({figure['ratio'][peer]:.2f})"
            line.append(text)
    print_table(head, lines)


BROKERS = ["nats", "mosquitto", "redis"]


class Judge:
    """Holds the figures against the goals."""

    def __init__(self, run):
        self.rows, self.lines = run["rows"], []

    def figure(self, row, name):
        return self.rows.get(row, {"figures": {}})["figures"].get(name)

    def median(self, row, name, peer):
        figure = self.figure(row, name)
        return figure["median"].get(peer) if figure else None

    def ratio(self, row, name, peer):
        figure = self.figure(row, name)
        return figure["ratio"].get(peer) if figure else None

    def brokers(self, row, name):
        found = [self.median(row, name, broker) for broker in BROKERS]
        return [value for value in found if value is not None]

    def add(self, goal, value, is_reached, text):
        """A line, unless what it needs was not measured."""
        if value is not None:
            self.lines.append([goal, text(value), "yes" if is_reached(value) else "NO"])

    def judge(self):
        for row, name in ("batched-1", "1 to 1"), ("batched-8", "1 to 8"), ("batched-64", "1 to 64"):
            for peer in "framebus", "framebus-unix":
                self.add(f"CPU per delivery, {name}, {peer}: at most 1.3 of the relay's",
                         self.ratio(row, "CPU per delivery", peer), lambda v: v <= 1.3, lambda v: f"{v:.2f}")
            ours, nats = (self.median(row, "CPU per delivery", peer) for peer in ("framebus", "nats"))
            self.add(f"CPU per delivery, {name}: at most a fifth of NATS's", ours / nats if ours and nats else None,
                     lambda v: v <= 0.2, lambda v: f"{v:.2f}")
        for row, name in ("single-32", "32 B"), ("single-1k", "1 KiB"):
            for peer in "framebus", "framebus-unix":
                self.add(f"one write per frame, {name}, {peer}: at least the relay's frames/s",
                         self.ratio(row, "frames", peer), lambda v: v >= 1, lambda v: f"{v:.2f}")
        for peer in "framebus", "framebus-unix":
            for name in "p50", "p99":
                self.add(f"round trip, {name}, {peer}: at most 1.05 of the relay's",
                         self.ratio("roundtrip", name, peer), lambda v: v <= 1.05, lambda v: f"{v:.2f}")
            for name in "p50", "p99":
                self.add(f"round trip on one CPU, {name}, {peer}: at most 1.05 of the relay's",
                         self.ratio("roundtrip-one", name, peer), lambda v: v <= 1.05, lambda v: f"{v:.2f}")
        best = self.brokers("paced", "CPU")
        ours = self.median("paced", "CPU", "framebus-unix")
        self.add("100 senders, CPU, framebus-unix: at most 0.6 of the best broker's",
                 ours / min(best) if ours and best else None, lambda v: v <= 0.6, lambda v: f"{v:.2f}")
        best = self.brokers("paced", "p99")
        for peer in "framebus", "framebus-unix":
            ours = self.median("paced", "p99", peer)
            self.add(f"100 senders, p99, {peer}: below every broker's", ours / min(best) if ours and best else None,
                     lambda v: v < 1, lambda v: f"{v:.2f} of the best")
        for peer in "framebus", "framebus-unix":
            self.add(f"a reader stops, {peer}: the others keep at least 95 % of their speed",
                     self.median("stopped", "speed the others keep", peer), lambda v: v >= 95, lambda v: f"{v:.0f} %")
            for row, name in ("stopped", "a reader stops"), ("trickle", "a flood of low priority"):
                figures = [self.figure(row, name) for name in ("it misses", "it is told")]
                pairs = list(zip(*(f["values"].get(peer, []) for f in figures))) if all(figures) else None
                self.add(f"{name}, {peer}: it is told what it lost", pairs or None,
                         lambda v: all(missing == told for missing, told in v),
                         lambda v: ", ".join(f"{told or 0:,} of {missing or 0:,}" for missing, told in v))
        for peer in "framebus", "framebus-unix":
            self.add(f"1,000 idle modules, {peer}: below 2 KiB each", self.median("idle", "memory each", peer),
                     lambda v: v < 2048, lambda v: f"{v:.0f} B")
            self.add(f"1,000 idle modules, {peer}: connected within 150 us each",
                     self.median("idle", "to connect and listen", peer), lambda v: v < 150, lambda v: f"{v:.0f} us")
        self.add("a manager that nobody talks to: below 5 MB", self.median("alone", "memory", "framebus"),
                 lambda v: v < 5e6, lambda v: f"{v / 1e6:.1f} MB")
        self.add("a manager that nobody talks to: no wake-ups", self.median("alone", "context switches", "framebus"),
                 lambda v: v == 0, lambda v: f"{v:g} /s")
        for peer in "framebus", "framebus-unix":
            self.add(f"nothing is allocated per frame, {peer}",
                     self.median("allocations", "allocations per million deliveries", peer), lambda v: v < 1,
                     lambda v: f"{v:g} per million")
        best = self.brokers("single-32", "frames")
        for peer in "framebus", "framebus-unix":
            ours = self.median("sdk", "frames", peer)
            self.add(f"the SDK's gathered frames/s, {peer}: a multiple of every broker's single frames/s",
                     ours / max(best) if ours and best else None, lambda v: v >= 2, lambda v: f"{v:.1f}")
        return self.lines


def print_goals(run):
    lines = Judge(run).judge()
    if lines:
        print_table(["goal", "figure", "reached"], lines)
    print(f"It took {run['seconds']} s.")
