"""The processes of a measurement: brokers on one CPU, the load client on another."""
import ctypes
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(os.path.dirname(HERE), ".build", "bench")
ANSWER_SECONDS = 30

CPUS = sorted(os.sched_getaffinity(0))
BROKER_CPU, CLIENT_CPU = CPUS[0], CPUS[1 % len(CPUS)]
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Failure(Exception):
    """A measurement that could not be made, with the reason."""


def may_be_realtime():
    """Whether this user may let a process go before all others."""
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        os.sched_setscheduler(0, *before)
        return True
    except OSError:
        return False


def placed(cpu, realtime=False):
    """What a new process does first: it stays on one CPU, and ends with this one."""
    def place():
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.sched_setaffinity(0, {cpu})
        if realtime:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    return place


class Peer:
    """A broker that can be measured."""

    def __init__(self, name, wire, command, base="relay", local=False, files=None, package=None):
        self.name, self.wire, self.command, self.base = name, wire, command, base
        self.local, self.files, self.package = local, files or {}, package

    @property
    def is_installed(self):
        return shutil.which(self.command[0]) is not None


def manager(*addresses):
    return [BUILD + "/bus-manager", "--log-level", "error"] + [word for a in addresses for word in ("--listen", a)]


RELAY = BUILD + "/relay"
PEERS = [
    Peer("relay", "relay", [RELAY, "{port}"]),
    Peer("framebus", "framebus", manager("127.0.0.1:{port}")),
    Peer("relay-unix", "relay", [RELAY, "{path}"], base="relay-unix", local=True),
    Peer("framebus-unix", "framebus", manager("{path}"), base="relay-unix", local=True),
    Peer("nats", "nats", ["nats-server", "-a", "127.0.0.1", "-p", "{port}"], package="nats-server"),
    # Without the limits, so that it drops nothing; they would make it look better than it is at full load.
    Peer("mosquitto", "mqtt", ["mosquitto", "-c", "{folder}/conf"], package="mosquitto", files={
        "conf": "listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\npersistence false\n"
                "log_type error\nmax_queued_messages 0\nmax_queued_bytes 0\n"}),
    Peer("redis", "redis", ["redis-server", "--bind", "127.0.0.1", "--port", "{port}", "--save", "", "--appendonly",
                            "no", "--dir", "{folder}"], package="redis-server"),
]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Broker:
    """A broker that runs."""

    def __init__(self, peer, realtime=False, environment=None):
        self.folder = tempfile.mkdtemp(prefix="bench-")
        values = {"port": free_port(), "path": self.folder + "/socket", "folder": self.folder}
        self.address = values["path"] if peer.local else str(values["port"])
        for name, text in peer.files.items():
            with open(f"{self.folder}/{name}", "w") as file:
                file.write(text.format(**values))
        self.log = open(self.folder + "/log", "w+")
        self.process = subprocess.Popen(
            [word.format(**values) for word in peer.command], stdout=self.log, stderr=self.log, cwd=self.folder,
            env={**os.environ, **{name: text.format(**values) for name, text in (environment or {}).items()}},
            preexec_fn=placed(BROKER_CPU, realtime))
        self.wait_until_ready(peer)

    @property
    def pid(self):
        return self.process.pid

    def wait_until_ready(self, peer):
        deadline = time.monotonic() + 8
        while True:
            with socket.socket(socket.AF_UNIX if peer.local else socket.AF_INET) as s:
                if not s.connect_ex(self.address if peer.local else ("127.0.0.1", int(self.address))):
                    return
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Failure(f"{peer.name} does not start: {self.said[-200:]}")
            time.sleep(0.01)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.seek(0)
        self.said = self.log.read().strip()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Load:
    """A load client at one broker."""

    def __init__(self, peer, broker, workload, settings, cpu, realtime=False):
        self.process = subprocess.Popen(
            [BUILD + "/load", peer.wire, broker.address, str(broker.pid), workload]
            + [f"{name}={value}" for name, value in settings.items()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=placed(cpu, realtime))
        try:
            self.answer()
        except Failure:
            self.stop()
            raise

    def answer(self):
        text = b""
        deadline = time.monotonic() + ANSWER_SECONDS
        while not text.endswith(b"\n"):
            if not select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
                raise Failure(f"no result within {ANSWER_SECONDS} s")
            part = os.read(self.process.stdout.fileno(), 1 << 16)
            if not part:
                raise Failure("the load client ended")
            text += part
        # A failure in the middle of a block follows what was printed of it already.
        result = json.loads(text[text.rfind(b"{"):])
        if "error" in result:
            raise Failure(result["error"])
        return result

    def measure(self):
        """One block."""
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        return self.answer()

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Awake:
    """Keeps CPUs from halting while latencies are measured, at the lowest priority there is.

    A virtual CPU that halts takes longer to wake than a frame takes through any broker."""

    def __init__(self, wanted):
        self.processes = []
        for cpu in {BROKER_CPU, CLIENT_CPU} if wanted else ():
            pid = os.fork()
            if pid == 0:
                placed(cpu)()
                os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
                while True:
                    pass
            self.processes.append(pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self.processes:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
