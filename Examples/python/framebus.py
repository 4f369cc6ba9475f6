"""A small Framebus client in plain Python, written from docs/PROTOCOL.md alone.

    from framebus import Client, Fields

    temperature = Fields(27, "TEMPERATURE", "id uint32 - 1\\nambient_temperature int16 degC 0.01\\n"
                                            "object_temperature int16 degC 0.01")
    with Client("thermo") as bus:
        bus.declare(temperature, sends=True)
        bus.send(27, temperature.encode(id=1, ambient_temperature=2150, object_temperature=2080))

A command that is a job is asked for like this, also by a script that draws sixty times a second in between:

        job = bus.job("CANDY_DISPENSE", count=3)
        while job.poll() is None:
            ...
        print(job.outcome["outcome"], job.outcome["text"])

It is driven by its caller, like the Swift SDK: bytes move when one of its methods is called. While a job is polled it
connects again by itself; else the end of a connection is an error, and `reconnect()` makes a new one.
"""
import collections
import fractions
import json
import os
import random
import re
import select
import signal
import socket
import struct
import time
import warnings

VERSION = 1
HELLO, WELCOME, GOODBYE, DECLARE, MISMATCH, LISTEN, MODULE_STATUS, LOST, NO_LISTENER, PING, PONG, BUS_STATUS, SCHEMA = (
    0xFF01, 0xFF02, 0xFF03, 0xFF04, 0xFF05, 0xFF06, 0xFF07, 0xFF08, 0xFF09, 0xFF0A, 0xFF0B, 0xFF0C, 0xFF0D)
REQUEST, RETAINED, RETAIN = 1, 2, 64
HIGH, NORMAL, LOW, DATA_STREAM = 0, 1, 2, 3
ALL = 0

HEADER = struct.Struct("<IHBBIIQ")
INBOX_BYTES_MAX = 256 << 10
PAYLOAD_BYTES_MAX = 64 << 20
KEPT_BYTES_MAX = 16 << 20


class BusError(Exception):
    """Something that went wrong, in words for a person."""


class Goodbye(BusError):
    """The manager ended the connection; `code` is the number of docs/PROTOCOL.md."""

    def __init__(self, code, text):
        super().__init__(f"GOODBYE {code}: {text}")
        self.code, self.text = code, text


class Frame(collections.namedtuple("Frame", "type flags instance source sequence timestamp payload")):
    """A frame as it arrived."""

    is_request = property(lambda self: bool(self.flags & REQUEST))
    is_retained = property(lambda self: bool(self.flags & RETAINED))
    priority = property(lambda self: self.flags >> 2 & 3)


def text(value):
    data = value.encode()
    return struct.pack("<I", len(data)) + data


class Reader:
    """Takes values out of a payload, in order."""

    def __init__(self, data):
        self.data, self.offset = data, 0

    def take(self, form):
        size = struct.calcsize("<" + form)
        if self.offset + size > len(self.data):
            raise BusError(f"payload too short: {form} needs {size} bytes, {len(self.data) - self.offset} are left")
        values = struct.unpack_from("<" + form, self.data, self.offset)
        self.offset += size
        return values if len(values) > 1 else values[0]

    def bytes(self):
        size = self.take("I")
        if self.offset + size > len(self.data):
            raise BusError(f"payload too short: {size} bytes announced, {len(self.data) - self.offset} are left")
        self.offset += size
        return self.data[self.offset - size:self.offset]

    def text(self):
        return self.bytes().decode()


SCALARS = dict(bool="?", int8="b", uint8="B", int16="h", uint16="H", int32="i", uint32="I", int64="q", uint64="Q",
               float32="f", float64="d")


# A field of a field list: `name type unit scale`, ` = default` where there is one. The type may be a structure in `{}`.
FIELD = re.compile(r"(\w+) (\{.*\}|[a-z0-9]+)(?:\[(<=)?(\d*)\])? (\S+) (\S+)(?: = (.*))?")


class Field:
    """One field of a frame, or of a structure in it."""

    def __init__(self, line):
        head, *annotations = line.split("\t")
        match = FIELD.fullmatch(head)
        if not match:
            raise BusError(f"'{head}' is no line of a field list")
        self.name, self.kind, bounded, count, self.unit, scale, default = match.groups()
        # A bound of a string or of bytes is no array.
        is_array = match.group(4) is not None and not (self.kind in ("string", "bytes") and bounded)
        self.count = None if not is_array else int(count) if count and not bounded else -1
        # What one step of the stored number is in the field's unit; None for a field without scale.
        self.scale = None if scale == "1" else fractions.Fraction(scale)
        # How a default is stored.
        self.default = None if default is None else b"" if self.kind == "bytes" else json.loads(default)
        enum = next((a[5:] for a in annotations if a.startswith("enum=")), "")
        self.names = {int(number): name for name, number in (v.split("=") for v in enum.split(" ")[1:])}
        self.numbers = {name: number for number, name in self.names.items()}
        self.parts = None
        if self.kind.startswith("{"):
            self.parts = [Field("\t".join([part] + [inner(annotation) for annotation in annotations
                                                    if annotation.startswith((part.split(" ")[0] + ":",
                                                                              part.split(" ")[0] + "."))]))
                          for part in split_parts(self.kind[1:-1])]

    def encode(self, value, is_raw=False):
        if self.count is None:
            return self.encode_one(value, is_raw)
        start = struct.pack("<I", len(value)) if self.count < 0 else b""
        if self.count not in (-1, len(value)):
            raise BusError(f"field '{self.name}' takes {self.count} elements, not {len(value)}")
        return start + b"".join(self.encode_one(one, is_raw) for one in value)

    def encode_one(self, value, is_raw):
        if self.kind == "string":
            return text(value)
        if self.kind == "bytes":
            return struct.pack("<I", len(value)) + value
        if self.parts:
            return encode(self.parts, dict(value), f"structure '{self.name}'")
        try:
            stored = self.numbers.get(value, value) if is_raw or self.scale is None else self.stored(value)
            return struct.pack("<" + self.scalar, stored)
        except (struct.error, TypeError, ValueError, OverflowError) as error:
            raise BusError(f"field '{self.name}' cannot hold {value!r}: {error}") from None

    def stored(self, value):
        """The number of steps that is nearest to a value in the field's unit."""
        steps = fractions.Fraction(value) / self.scale
        if self.kind.startswith("float"):
            return float(steps)
        return int(abs(steps) + fractions.Fraction(1, 2)) * (1 if steps >= 0 else -1)

    def physical(self, stored):
        """A stored number in the field's unit."""
        if self.scale is None or isinstance(stored, str):
            return stored
        if isinstance(stored, list):
            return [self.physical(one) for one in stored]
        if isinstance(stored, int):
            return stored * self.scale.numerator / self.scale.denominator
        return stored * float(self.scale)

    def decode(self, reader, is_raw=False):
        if self.count is None:
            return self.decode_one(reader, is_raw)
        return [self.decode_one(reader, is_raw) for _ in range(self.count if self.count >= 0 else reader.take("I"))]

    def decode_one(self, reader, is_raw):
        if self.kind == "string":
            return reader.text()
        if self.kind == "bytes":
            return reader.bytes()
        if self.parts:
            return {part.name: part.decode(reader, is_raw) for part in self.parts}
        value = reader.take(self.scalar)
        return self.names.get(value, value) if is_raw or self.scale is None else self.physical(value)

    @property
    def scalar(self):
        if self.kind not in SCALARS:
            raise BusError(f"field '{self.name}' has the type '{self.kind}', which this client does not know")
        return SCALARS[self.kind]


def split_parts(fields):
    """The fields of a structure: `a uint8 - 1; b {c int8 - 1; d int8 - 1} - 1` are two."""
    parts, depth = [""], 0
    for part in fields.split("; "):
        parts[-1] += ("; " if parts[-1] else "") + part
        depth += part.count("{") - part.count("}")
        if depth == 0:
            parts.append("")
    return parts[:-1]


def inner(annotation):
    """What an annotation of a structure says of its field: `pump.x:max=7` as that field sees it."""
    path, _, rest = annotation.partition(":")
    steps = path.split(".")[1:]
    return ".".join(steps) + ":" + rest if steps else rest


def encode(fields, values, what):
    """The bytes of some fields; a value of a scaled field is in its unit, or is given stored as `raw_NAME`."""
    data = b""
    for field in fields:
        raw = values.pop("raw_" + field.name, None) if field.scale is not None else None
        value = values.pop(field.name, None)
        if value is not None:
            data += field.encode(value)
        elif raw is not None or field.default is not None:
            data += field.encode(field.default if raw is None else raw, is_raw=True)
        else:
            raise BusError(f"{what} needs a value for '{field.name}'")
    if values:
        raise BusError(f"{what} has no field '{next(iter(values))}'")
    return data


class Fields:
    """A frame type: its canonical field list, and how it is sent and kept.

    Numbers are in the unit of their field; `raw_NAME` of a field with a scale is the number on the wire. Enums are names, or
    numbers that have none. Structures are dicts. `priority` and `retain`
    (how many of its frames are kept per sender and instance) are what `Client.send` uses unless told otherwise, and `job`
    names the frames that come of a command, as in docs/PROTOCOL.md, "Jobs".
    """

    def __init__(self, id, name, fields, priority=NORMAL, retain=0, job=""):
        self.id, self.name, self.fields = id, name, fields
        self.priority, self.retain, self.job = priority, retain, job
        lines = [line for line in fields.split("\n") if line]
        self.list = [Field(line) for line in lines]
        self.fingerprint = 0xCBF29CE484222325
        for byte in "".join(line.split("\t")[0] + "\n" for line in lines).encode():
            self.fingerprint = (self.fingerprint ^ byte) * 0x100000001B3 % 2**64

    def encode(self, **values):
        return encode(self.list, values, self.name)

    def decode(self, payload, raw=False):
        """The fields by their names; with `raw` the numbers are as they are stored."""
        reader, values = Reader(payload), {}
        for field in self.list:
            if reader.offset < len(payload) or field.default is None:
                values[field.name] = field.decode(reader, raw)
            else:
                values[field.name] = field.default if raw else field.physical(field.default)
        return values


def default_address():
    """Where a manager is, in the order of the Swift SDK."""
    if os.environ.get("FRAMEBUS"):
        return os.environ["FRAMEBUS"]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    for path in ([runtime + "/framebus.sock"] if runtime else []) + ["/run/framebus/bus.sock"]:
        if os.path.exists(path):
            return path
    return "127.0.0.1:5000"


def connect(address, timeout):
    if "/" in address:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(timeout)
        try:
            sock.connect(address)
        except OSError:
            sock.close()
            raise
    else:
        host, port = address.rsplit(":", 1)
        sock = socket.create_connection((host.strip("[]"), int(port)), timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class Client:
    """A connection to a manager."""

    def __init__(self, name, address=None, instance=0, observer=False):
        self.name, self.address, self.instance, self.observer = name, address or default_address(), instance, observer
        self.timestamp = 0
        self.inbox, self.inbox_bytes = collections.deque(), 0
        self.declared, self.uses, self.entries = {}, {}, []
        # What the manager keeps for this client, for the next one: lists of (time stamp, priority, payload).
        self.kept, self.kept_bytes = {}, 0
        self.known, self.learning, self.jobs, self.retry_at = {}, 0, [], 0
        self.token, self.pongs, self.lost, self.mismatches = 0, 0, 0, {}
        self.last_bus_timestamp, self.is_closed = 0, False
        self.open(5)

    def open(self, timeout):
        self.id, self.ended, self.sequence, self.data, self.out = None, None, 0, b"", b""
        try:
            self.sock = connect(self.address, timeout)
        except OSError as error:
            self.ended = BusError(f"no manager is there ({self.address}: {error})")
            raise self.ended from None
        self.sock.setblocking(False)
        hello = struct.pack("<HB?I", VERSION, self.instance, self.observer, os.getpid())
        try:
            self.send_bus(HELLO, hello + text(self.name) + text("framebus-python") + text("0.1"))
            self.wait(lambda: self.id is not None, timeout)
            if self.id is None:
                self.end(BusError("the other end does not answer HELLO; is it a Framebus manager?"))
        except BusError:
            self.sock.close()
            raise

    def reconnect(self, timeout=5):
        """Makes a new connection, and declares and listens as on the one before. Kept frames are sent again, in their order
        and with the time stamps that they had; a manager that has them already knows them by those."""
        self.sock.close()
        self.pongs = self.token
        self.open(timeout)
        for id, (sends, listens) in list(self.uses.items()):
            self.declare(self.declared[id], sends, listens)
        self.send_listen_set()
        kept = [(stamp, key, priority, payload) for key, frames in self.kept.items() for stamp, priority, payload in frames]
        for stamp, (type, instance), priority, payload in sorted(kept):
            self.put(type, payload, priority << 2 | RETAIN | RETAINED, instance, stamp)
            self.sequence += 1
        self.exchange(0)
        for job in self.jobs:
            job.send_at, job.learned = time.monotonic(), {}

    def turn(self, timeout=0):
        """Moves bytes both ways, waiting `timeout` seconds at most; without a manager it tries again once a second."""
        if self.ended is None:
            try:
                return self.exchange(timeout)
            except (BusError, OSError):
                pass
        if self.is_closed:
            raise self.ended
        if time.monotonic() < self.retry_at:
            # The time may have come since it was looked at.
            return time.sleep(max(0, min(timeout, self.retry_at - time.monotonic(), 0.05)))
        self.retry_at = time.monotonic() + 1
        try:
            self.reconnect(0.5)
        except (BusError, OSError):
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Sending

    def put(self, type, payload, flags, instance, timestamp=None):
        # A kept frame is known by its time stamp, so no two may be the same.
        self.timestamp = max(time.time_ns(), self.timestamp + 1)
        self.out += HEADER.pack(len(payload), type, flags, instance, 0, self.sequence,
                                timestamp or self.timestamp) + payload

    def send_bus(self, type, payload=b"", flags=NORMAL << 2):
        self.put(type, payload, flags, 0)
        self.exchange(0)

    def send(self, type, payload=b"", priority=None, retain=None, request=False, instance=None, timeout=1, again=None):
        """Sends a frame, with priority and retain mark as they were declared unless given.

        It goes on reading while the manager takes nothing, for `timeout` seconds. `again` is the time stamp of a kept
        frame that is sent again.
        """
        known = self.declared.get(type)
        if priority is None:
            priority = known.priority if known and not request else NORMAL
        if retain is None:
            retain = bool(again or known and known.retain and not request)
        flags = (priority << 2 | (RETAIN if retain else 0) | (RETAINED if again else 0)
                 | (REQUEST if request else 0))
        instance = self.instance if instance is None else instance
        self.put(type, payload, flags, instance, again)
        self.sequence += 1
        self.exchange(0)
        if retain and not request:
            self.keep(type, instance, again or self.timestamp, priority, payload)
        self.wait(lambda: len(self.out) < INBOX_BYTES_MAX, timeout)
        if len(self.out) >= INBOX_BYTES_MAX:
            raise BusError("the manager takes nothing: a receiver of these frames is full")

    def keep(self, type, instance, stamp, priority, payload):
        """Remembers a frame for the next manager, as many of each type and instance as this one keeps."""
        frames = self.kept.setdefault((type, instance), [])
        if any(stamp == kept[0] for kept in frames):
            return
        frames.append((stamp, priority, payload))
        self.kept_bytes += len(payload) + HEADER.size
        known = self.declared.get(type)
        if len(frames) > max(1, known.retain if known else 1):
            self.forget((type, instance))
        while self.kept_bytes > KEPT_BYTES_MAX:
            self.forget(min((key for key in self.kept if self.kept[key]), key=lambda key: self.kept[key][0][0]))

    def forget(self, key):
        self.kept_bytes -= len(self.kept[key].pop(0)[2]) + HEADER.size

    def request(self, type, instance=None):
        self.send(type, request=True, instance=instance)

    def declare(self, fields, sends=False, listens=False):
        """Says what a type looks like and what it is used for; neither sends nor listens withdraws it."""
        self.declared[fields.id], self.uses[fields.id] = fields, (sends, listens)
        self.send_bus(DECLARE, struct.pack("<H", fields.id) + text(fields.name) + struct.pack("<??", sends, listens)
                      + text(fields.fields) + struct.pack("<QBH", fields.fingerprint, fields.priority, fields.retain)
                      + text(fields.job))

    def listen(self, *types, instance=None, values=True, requests=True):
        """Listens for these types, in place of what it listened for before."""
        self.entries = [(type, instance, values, requests) for type in types]
        self.send_listen_set()

    def send_listen_set(self):
        entries = list(self.entries)
        for job in self.jobs:
            entries += [entry for entry in job.entries + [(MODULE_STATUS, None, True, False)] if entry not in entries]
        self.send_bus(LISTEN, struct.pack("<I", len(entries)) + b"".join(
            struct.pack("<HB???", type, instance or 0, instance is None, values, requests)
            for type, instance, values, requests in entries))

    def listen_again(self):
        """Has the manager send once more what it keeps for this client."""
        self.send_bus(LISTEN, struct.pack("<I", 0))
        self.send_listen_set()

    def schema(self, name, timeout=5):
        """The type of a frame that a module on the bus has declared, by its name."""
        self.learn()
        self.wait(lambda: self.pongs >= self.token, timeout)
        for fields in self.known.values():
            if fields.name.lower() == name.lower():
                return fields
        raise BusError(f"no module on the bus has declared a frame '{name}'; is the one that knows it running?")

    def learn(self):
        """Asks for all declared types; they are in `known` when the PONG to `token` is there."""
        self.token += 1
        self.learning = self.token
        self.send_bus(SCHEMA, flags=REQUEST | NORMAL << 2)
        self.send_bus(PING, struct.pack("<Q", self.token))
        return self.token

    def job(self, command, /, instance=None, resume=None, **values):
        """Asks for a job: a command by its name, with its fields. Returns a `Job` to be polled.

        Its `request` is chosen unless it is among `values`. `resume` waits for one that was asked for before instead, by its
        request, also if its outcome came meanwhile.
        """
        fields = self.schema(command)
        if not fields.job:
            raise BusError(f"{fields.name} is no job by its schema")
        return Job(self, fields, self.instance if instance is None else instance, resume, values)

    def barrier(self, timeout=5):
        """Waits until the manager has handled everything before."""
        self.token += 1
        self.send_bus(PING, struct.pack("<Q", self.token))
        self.wait(lambda: self.pongs >= self.token, timeout)
        if self.pongs < self.token:
            raise BusError("the manager did not answer PING in time")

    def close(self, timeout=2):
        """Says GOODBYE and waits for the manager's, `timeout` seconds at most: it has read everything then.

        Frames that were not taken out are dropped. What nobody knows to have arrived is warned of.
        """
        if not self.is_closed and self.ended is None:
            self.is_closed = True
            deadline = time.monotonic() + timeout
            self.put(GOODBYE, b"\0" + text("stopped"), NORMAL << 2, 0)
            # To close with unread bytes would reset the connection, and what was sent last would be lost.
            self.inbox, self.inbox_bytes = collections.deque(), 0
            try:
                self.wait(lambda: not self.out, timeout)
                if not self.out:
                    self.sock.shutdown(socket.SHUT_WR)
                    self.wait(lambda: False, max(0, deadline - time.monotonic()))
                self.ended = BusError("it does not answer GOODBYE")
            except (BusError, OSError) as error:
                self.ended = self.ended or error
            if not (isinstance(self.ended, Goodbye) and self.ended.code == 0):
                warnings.warn(f"the last frames may not have reached the manager: {self.ended}", RuntimeWarning, 2)
        self.is_closed = True
        self.sock.close()
        self.ended = self.ended or BusError("closed")

    # Receiving

    def receive(self, timeout=0):
        """The next frame, or None if none comes in time."""
        self.wait(lambda: self.inbox, timeout)
        if not self.inbox:
            return None
        frame = self.inbox.popleft()
        self.inbox_bytes -= len(frame.payload) + HEADER.size
        return frame

    def wait(self, condition, timeout):
        deadline = time.monotonic() + timeout
        while not condition():
            self.exchange(max(0, deadline - time.monotonic()))
            if time.monotonic() >= deadline and not condition():
                return

    def exchange(self, timeout):
        """Moves bytes both ways, waiting `timeout` seconds at most."""
        if self.ended:
            raise self.ended
        reads = [self.sock] if self.inbox_bytes < INBOX_BYTES_MAX else []
        readable, writable, _ = select.select(reads, [self.sock] if self.out else [], [], timeout)
        # Ctrl-C between a transfer and what is noted of it would have bytes sent twice, or missing.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        try:
            signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
            self.transfer(readable, writable)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def transfer(self, readable, writable):
        if writable:
            try:
                self.out = self.out[self.sock.send(self.out):]
            except BlockingIOError:
                pass
            except OSError:
                # What the manager said before it closed still waits, and says why.
                self.out, readable = b"", [self.sock]
        if readable:
            self.read()

    def read(self):
        try:
            data = self.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError as error:
            self.end(BusError(f"the connection broke: {error}"))
        if not data:
            self.end(BusError("the manager is gone"))
        self.data += data
        offset = 0
        while len(self.data) - offset >= HEADER.size:
            size, type, flags, instance, source, sequence, stamp = HEADER.unpack_from(self.data, offset)
            if size > PAYLOAD_BYTES_MAX:
                self.end(BusError("the other end does not speak the protocol of Framebus"))
            if len(self.data) - offset < HEADER.size + size:
                break
            payload = self.data[offset + HEADER.size:offset + HEADER.size + size]
            offset += HEADER.size + size
            self.sort(Frame(type, flags, instance, source, sequence, stamp, payload))
        self.data = self.data[offset:]

    def sort(self, frame):
        """Handles the bus's own frames; the others, and those one listens or asks for, go to the inbox."""
        reader = Reader(frame.payload)
        if frame.type >= WELCOME:
            self.last_bus_timestamp = frame.timestamp
        if frame.type == WELCOME:
            _, self.id = reader.take("HI")
        elif frame.type == GOODBYE:
            self.end(Goodbye(reader.take("B"), reader.text()))
        elif self.is_closed:
            pass  # Nothing follows the client's own GOODBYE.
        elif frame.type == PING:
            # What is behind the token is of a newer schema.
            self.put(PONG, frame.payload[:8], NORMAL << 2, 0)
        elif frame.type == PONG:
            self.pongs = max(self.pongs, reader.take("Q"))
        else:
            if frame.type == LOST:
                self.lost += reader.take("HBIQ")[3]
            elif frame.type == MISMATCH:
                type, _, source = reader.take("H"), reader.text(), reader.take("I")
                reader.text(), reader.bytes(), reader.bytes()
                self.mismatches[type, source] = reader.text()
            elif frame.type == SCHEMA:
                self.add_schema(reader)
            for job in self.jobs:
                job.receive(frame)
            if self.is_wanted(frame):
                self.inbox.append(frame)
                self.inbox_bytes += len(frame.payload) + HEADER.size

    def add_schema(self, reader):
        id, name, fields = reader.take("H"), reader.text(), reader.text()
        reader.take("Q")
        for _ in range(reader.take("I")):
            reader.take("I??")
        priority, retain = reader.take("BH")
        self.known[id] = Fields(id, name, fields, priority, retain, reader.text())

    def is_wanted(self, frame):
        """Whether a frame is for the caller, and not for a job alone."""
        if frame.type == SCHEMA and self.pongs < self.learning:
            return False
        if frame.type >= 0xFF00 and frame.type != MODULE_STATUS:
            return True
        return any(type in (frame.type, ALL if frame.type < 0xFF00 else frame.type) and instance in (None, frame.instance)
                   and (requests if frame.is_request else values)
                   for type, instance, values, requests in self.entries)

    def end(self, error):
        self.ended = error
        raise error


class Job:
    """A command and what comes of it, up to its one outcome. It goes on while the manager or the worker is away.

    The worker knows a job by its request and does it once; so the command is sent again after each join of the bus or of a
    module until it was answered. A script that may be killed writes `request` down first, and resumes it.
    """

    OUTCOMES = {0: "DONE", 1: "FAILED", 2: "REFUSED", 3: "CANCELLED"}
    SETTLE_SECONDS = 0.1

    def __init__(self, bus, command, instance, resume, values):
        self.bus, self.command, self.instance = bus, command, instance
        parts = dict(part.split("=") for part in command.job.split(" "))
        self.outcome_type = int(parts["outcome"])
        self.cancel_type = int(parts["cancel"]) if "cancel" in parts else None
        self.types = [self.outcome_type] + [int(id) for part in ("accepted", "progress") if part in parts
                                            for id in parts[part].split(",")]
        self.entries = [(type, instance, True, False) for type in self.types]
        # The id by which all of its frames are matched.
        self.request = resume if resume is not None else values.get("request", random.randrange(1, 2**32))
        # What came before the outcome, in order: (name of the frame, its fields, the frame).
        self.progress = []
        # How it ended: its fields, with at least 'outcome' (DONE, FAILED, REFUSED or CANCELLED) and 'text'.
        self.outcome = None
        # The frame that brought the outcome; its timestamp is when that was sent.
        self.frame = None
        self.wish, self.send_at, self.waiting, self.seen = None, None, [], set()
        # Which schemas were asked for, and by which question: a type is declared when it is first sent.
        self.learned = {}
        if resume is None:
            self.wish = (command, command.encode(**dict(values, request=self.request)))
            self.send_at = time.monotonic()
        bus.jobs.append(self)
        if resume is None:
            bus.send_listen_set()
        else:
            bus.listen_again()
        self.poll()

    def poll(self):
        """Moves bytes without waiting. Returns the outcome's fields, or None while there is none."""
        if self.outcome is None:
            self.bus.turn()
            self.work()
        return self.outcome

    def wait(self, timeout):
        """Waits for the outcome, `timeout` seconds at most; None if it did not come."""
        deadline = time.monotonic() + timeout
        while self.poll() is None and time.monotonic() < deadline:
            self.bus.turn(min(0.05, max(0, deadline - time.monotonic())))
        return self.outcome

    def cancel(self):
        """Asks the worker to end the job early; the outcome says what became of it."""
        if self.cancel_type is None:
            raise BusError(f"{self.command.name} cannot be cancelled")
        if self.outcome is None:
            # Its first field is the request, and all others have defaults.
            self.wish = (Fields(self.cancel_type, "", "request uint32 - 1"), struct.pack("<I", self.request))
            self.send_at = time.monotonic()
            self.poll()

    def receive(self, frame):
        """Keeps a frame of this job for `work`, and notices who joins."""
        if frame.type == MODULE_STATUS:
            _, state, _, observer = Reader(frame.payload).take("IBB?")
            if state == 0 and not observer and self.wish:
                self.send_at = time.monotonic() + self.SETTLE_SECONDS
        elif frame.type == LOST and Reader(frame.payload).take("H") in self.types + [0]:
            self.bus.listen_again()
        elif frame.type in self.types and frame.instance == self.instance and not frame.is_request \
                and frame.payload[:4] == struct.pack("<I", self.request):
            # What was kept comes again with the time stamp that it had.
            if (frame.type, frame.timestamp) not in self.seen:
                self.seen.add((frame.type, frame.timestamp))
                self.waiting.append(frame)
            if self.wish and (self.wish[0] is self.command or frame.type == self.outcome_type):
                self.wish = None

    def work(self):
        try:
            self.advance()
        except (BusError, OSError):
            # A connection that broke meanwhile is made anew by the next turn.
            if self.bus.ended is None:
                raise

    def advance(self):
        bus = self.bus
        if bus.ended is None and self.wish and self.send_at is not None and time.monotonic() >= self.send_at:
            self.send_at = None
            try:
                if self.wish[0].name:
                    bus.declare(self.wish[0], sends=True)
                bus.send(self.wish[0].id, self.wish[1], priority=self.wish[0].priority, instance=self.instance, timeout=0)
            except BusError:
                self.send_at = time.monotonic() + self.SETTLE_SECONDS
        while self.waiting and self.outcome is None and self.is_readable(self.waiting[0]):
            frame = self.waiting.pop(0)
            name, values = self.read(frame)
            if frame.type != self.outcome_type:
                self.progress.append((name, values, frame))
                continue
            values["outcome"] = self.OUTCOMES.get(values.get("outcome"), values.get("outcome"))
            self.outcome, self.frame = values, frame
            bus.jobs.remove(self)
            if bus.ended is None:
                bus.send_listen_set()

    def is_readable(self, frame):
        """Whether the schema of a frame is there, or cannot be had; asks for it if it was not asked for yet."""
        if frame.type in self.bus.known:
            return True
        if self.bus.ended is not None:
            return True
        try:
            if frame.type not in self.learned:
                self.learned[frame.type] = self.bus.learn()
        except (BusError, OSError):
            return self.bus.ended is not None
        return self.bus.pongs >= self.learned[frame.type]

    def read(self, frame):
        fields = self.bus.known.get(frame.type)
        if fields is None:
            # What every outcome begins with; of other frames the request is known.
            is_outcome = frame.type == self.outcome_type
            fields = Fields(frame.type, str(frame.type),
                            "request uint32 - 1" + ("\noutcome uint8 - 1\ntext string - 1" if is_outcome else ""))
        return fields.name, fields.decode(frame.payload)
