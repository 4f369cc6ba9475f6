"""A stage: a broker and what is played on it. `measure` yields one block of figures."""
import json
import os
import struct
import subprocess
import time

from .processes import BROKER_CPU, BUILD, CLIENT_CPU, CPUS, Broker, Failure, Load, Peer, placed

# The same manager, linked so that its allocations can be counted.
SHARED = {peer: [BUILD + "/bus-manager-shared", "--log-level", "error", "--listen", address]
          for peer, address in (("framebus", "127.0.0.1:{port}"), ("framebus-unix", "{path}"))}


class LoadStage:
    """The load client plays a workload."""

    def __init__(self, row, peer, realtime, environment=None):
        self.broker = Broker(peer, realtime, environment)
        try:
            self.load = Load(peer, self.broker, row.workload, {**row.settings, "seconds": row.seconds},
                             BROKER_CPU if row.is_on_one_cpu else CLIENT_CPU, realtime)
        except Failure:
            self.broker.stop()
            raise

    def measure(self):
        return self.load.measure()

    def stop(self):
        self.load.stop()
        self.broker.stop()


class AllocationStage(LoadStage):
    """The same, with a broker whose allocations are counted."""

    def __init__(self, row, peer, realtime):
        counted = Peer(peer.name, peer.wire, SHARED.get(peer.name, peer.command), local=peer.local)
        super().__init__(row, counted, realtime, {"LD_PRELOAD": BUILD + "/allocations.so",
                                                  "ALLOCATIONS_FILE": "{folder}/allocations"})

    def count(self):
        with open(self.broker.folder + "/allocations", "rb") as file:
            return struct.unpack("<Q", file.read(8))[0]

    def measure(self):
        before = self.count()
        block = super().measure()
        return {**block, "allocations": self.count() - before}


class AloneStage:
    """A broker that nobody talks to."""

    def __init__(self, row, peer, realtime):
        self.seconds = row.seconds
        self.broker = Broker(peer)
        time.sleep(1)

    def switches(self):
        """Of all threads; each wake-up ends with one."""
        total = 0
        for thread in os.listdir(f"/proc/{self.broker.pid}/task"):
            with open(f"/proc/{self.broker.pid}/task/{thread}/status") as status:
                total += sum(int(line.split()[1]) for line in status if "voluntary_ctxt_switches" in line)
        return total

    def resident(self):
        with open(f"/proc/{self.broker.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) * 1024

    def measure(self):
        before = self.switches()
        time.sleep(self.seconds)
        return {"switches": (self.switches() - before) / self.seconds, "resident": self.resident()}

    def stop(self):
        self.broker.stop()


class SDKStage:
    """A sender and a receiver built on the SDK, each a process of its own."""

    def __init__(self, row, peer, realtime):
        self.seconds = row.seconds
        self.broker = Broker(peer)
        self.address = self.broker.address if peer.local else "127.0.0.1:" + self.broker.address

    def start(self, verb, seconds, cpu):
        return subprocess.Popen([BUILD + "/bus-bench", verb, self.address, str(seconds)], stdout=subprocess.PIPE,
                                text=True, preexec_fn=placed(cpu))

    def finish(self, process):
        """What it printed last, and its processor time in seconds."""
        try:
            printed = process.stdout.read().strip()
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            process.stdout.close()
        process.returncode = status
        if status or not printed:
            raise Failure("bus-bench failed")
        return json.loads(printed), usage.ru_utime + usage.ru_stime

    def measure(self):
        receiver = self.start("receive", 0.3, CPUS[2] if len(CPUS) > 2 else CLIENT_CPU)
        receiver.stdout.readline()
        before = self.processor()
        sender = self.start("send", self.seconds, CLIENT_CPU)
        sent, sender_seconds = self.finish(sender)
        got, receiver_seconds = self.finish(receiver)
        if got["received"] != sent["sent"]:
            raise Failure(f"{sent['sent']} frames sent, {got['received']} received, {got['lost']} said to be lost")
        return {"seconds": got["seconds"], "delivered": got["received"],
                "broker_seconds": self.processor() - before, "sender_seconds": sender_seconds,
                "receiver_seconds": receiver_seconds}

    def processor(self):
        with open(f"/proc/{self.broker.pid}/schedstat") as file:
            return int(file.read().split()[0]) * 1e-9

    def stop(self):
        self.broker.stop()
