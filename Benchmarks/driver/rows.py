"""What is measured."""
from .stages import AllocationStage, AloneStage, LoadStage, SDKStage

TCP = ["relay", "framebus", "nats", "mosquitto", "redis"]
UNIX = ["relay-unix", "framebus-unix"]


class Figure:
    """A number that a block yields."""

    def __init__(self, name, unit, of, is_relative=True):
        self.name, self.unit, self.of, self.is_relative = name, unit, of, is_relative


class Row:
    """A workload, the brokers that it is run on, and what is read from it.

    rounds: how often the brokers are started anew; blocks: how often each is measured then, in turns."""

    def __init__(self, key, title, workload, figures, settings=None, peers=None, rounds=3, blocks=4, seconds=0.25,
                 is_latency=False, is_on_one_cpu=False, stage=LoadStage):
        self.key, self.title, self.workload, self.figures = key, title, workload, figures
        self.settings, self.peers = settings or {}, peers or TCP + UNIX
        self.rounds, self.blocks, self.seconds = rounds, blocks, seconds
        self.is_latency, self.is_on_one_cpu, self.stage = is_latency, is_on_one_cpu, stage


def per_second(block):
    return block["delivered"] / block["seconds"]


CPU = Figure("CPU per delivery", "ns", lambda b: b["broker_seconds"] / b["delivered"] * 1e9)
RATE = Figure("frames", "/s", per_second)
SHARE = Figure("CPU", "%", lambda b: b["broker_seconds"] / b["seconds"] * 100)
P50 = Figure("p50", "us", lambda b: b["p50_us"])
P99 = Figure("p99", "us", lambda b: b["p99_us"])


def plain(name, unit, key):
    return Figure(name, unit, lambda block: block[key], is_relative=False)


def per_frame(name, key):
    return Figure(name, "ns", lambda block: block[key] / block["delivered"] * 1e9, is_relative=False)


ROWS = [
    Row("batched-1", "32 B, gathered, 1 to 1", "flow", [CPU, RATE], {"receivers": 1}),
    Row("batched-8", "32 B, gathered, 1 to 8", "flow", [CPU, RATE], {"receivers": 8}),
    Row("batched-64", "32 B, gathered, 1 to 64", "flow", [CPU, RATE], {"receivers": 64}),
    Row("single-32", "32 B, one write per frame, 1 to 1", "flow", [RATE, CPU], {"batched": 0}, blocks=8),
    Row("single-1k", "1 KiB, one write per frame, 1 to 1", "flow", [RATE, CPU],
        {"batched": 0, "size": 1024, "window": 512}, blocks=8),
    Row("roundtrip", "32 B, there and back", "roundtrip", [P50, P99], blocks=6, is_latency=True),
    Row("roundtrip-one", "32 B, there and back, all on one CPU", "roundtrip", [P50, P99], blocks=6, is_latency=True,
        is_on_one_cpu=True),
    Row("paced", "100 senders at 50 Hz, 10 receivers each", "paced", [SHARE, P50, P99], rounds=2, blocks=2, seconds=1,
        is_latency=True),
    Row("stopped", "1 KiB at full load, 1 to 8, one reader stops", "stopped", [
        Figure("speed the others keep", "%", lambda b: 100 * b["after"] / b["before"], is_relative=False),
        plain("longest pause", "ms", "pause_ms"), plain("it misses", "", "missing"), plain("it is told", "", "told"),
        plain("others miss", "", "missing_elsewhere")], {"size": 1024, "window": 512}, blocks=1, seconds=1),
    Row("trickle", "200 Hz of high priority beside a flood of low priority, to one slow reader", "trickle", [
        P50, P99, plain("it misses of these", "", "trickle_missing"), plain("it misses", "", "missing"),
        plain("it is told", "", "told")], blocks=1, seconds=1),
    Row("idle", "1,000 modules that do nothing", "idle", [
        plain("memory each", "B", "resident_bytes"), plain("to connect and listen", "us", "connect_us"),
        plain("broker's CPU for that", "us", "connect_broker_us"), SHARE], {"receivers": 1000}, blocks=1, seconds=0.5,
        is_latency=True),
    Row("alone", "a broker that nobody talks to", None, [
        plain("memory", "B", "resident"), plain("context switches", "/s", "switches")], rounds=1, blocks=1, seconds=2,
        stage=AloneStage),
    Row("allocations", "1 to 8, gathered, and what is allocated meanwhile", "flow", [
        Figure("allocations per million deliveries", "", lambda b: b["allocations"] / b["delivered"] * 1e6,
               is_relative=False)],
        {"receivers": 8}, ["relay", "framebus", "relay-unix", "framebus-unix"], rounds=1, stage=AllocationStage),
    Row("sdk", "32 B typed, SDK at both ends, gathered, 1 to 1", None, [
        RATE, CPU, per_frame("sender's CPU", "sender_seconds"), per_frame("receiver's CPU", "receiver_seconds")],
        peers=["framebus", "framebus-unix"], rounds=1, blocks=3, seconds=1, stage=SDKStage),
]
