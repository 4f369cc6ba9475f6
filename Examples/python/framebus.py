"""A small Framebus client in plain Python, written from docs/PROTOCOL.md alone.

    from framebus import Client, Fields

    temperature = Fields(27, "TEMPERATURE", "id uint32 - 1\\nambient_temperature int16 degC 0.01\\n"
                                            "object_temperature int16 degC 0.01")
    with Client("thermo") as bus:
        bus.declare(temperature, sends=True)
        bus.send(27, temperature.encode(id=1, ambient_temperature=2150, object_temperature=2080))

It is driven by its caller, like the Swift SDK: bytes move when one of its methods is called. It does not reconnect.
"""
import collections
import os
import select
import socket
import struct
import time

VERSION = 1
HELLO, WELCOME, GOODBYE, DECLARE, MISMATCH, LISTEN, MODULE_STATUS, LOST, NO_LISTENER, PING, PONG, BUS_STATUS, SCHEMA = (
    0xFF01, 0xFF02, 0xFF03, 0xFF04, 0xFF05, 0xFF06, 0xFF07, 0xFF08, 0xFF09, 0xFF0A, 0xFF0B, 0xFF0C, 0xFF0D)
REQUEST, RETAINED, RETAIN = 1, 2, 64
HIGH, NORMAL, LOW, DATA_STREAM = 0, 1, 2, 3
ALL = 0

HEADER = struct.Struct("<IHBBIIQ")
INBOX_BYTES_MAX = 256 << 10
PAYLOAD_BYTES_MAX = 64 << 20


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


class Fields:
    """A frame type by its canonical field list: scalars, strings and bytes are enough for this example."""

    def __init__(self, id, name, fields):
        self.id, self.name, self.fields = id, name, fields
        lines = [line.split("\t")[0] for line in fields.split("\n") if line]
        self.types = [(line.split(" ")[0], line.split(" ")[1].split("[")[0]) for line in lines]
        self.fingerprint = 0xCBF29CE484222325
        for byte in "".join(line + "\n" for line in lines).encode():
            self.fingerprint = (self.fingerprint ^ byte) * 0x100000001B3 % 2**64

    def encode(self, **values):
        data = b""
        for name, kind in self.types:
            value = values[name]
            if kind == "string":
                data += text(value)
            elif kind == "bytes":
                data += struct.pack("<I", len(value)) + value
            else:
                data += struct.pack("<" + SCALARS[kind], value)
        return data

    def decode(self, payload):
        reader, values = Reader(payload), {}
        for name, kind in self.types:
            values[name] = (reader.text() if kind == "string" else reader.bytes() if kind == "bytes"
                            else reader.take(SCALARS[kind]))
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


def connect(address):
    if "/" in address:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.connect(address)
    else:
        host, port = address.rsplit(":", 1)
        sock = socket.create_connection((host.strip("[]"), int(port)))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class Client:
    """A connection to a manager."""

    def __init__(self, name, address=None, instance=0, observer=False):
        self.instance, self.sequence, self.token = instance, 0, 0
        self.inbox, self.inbox_bytes = collections.deque(), 0
        self.data, self.out = b"", b""
        self.pongs, self.lost, self.mismatches = 0, 0, {}
        self.id, self.ended, self.last_bus_timestamp = None, None, 0
        self.sock = connect(address or default_address())
        self.sock.setblocking(False)
        hello = struct.pack("<HB?I", VERSION, instance, observer, os.getpid())
        self.send_bus(HELLO, hello + text(name) + text("framebus-python") + text("0.1"))
        self.wait(lambda: self.id is not None, 5)
        if self.id is None:
            raise BusError("the other end does not answer HELLO; is it a Framebus manager?")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Sending

    def put(self, type, payload, flags, instance):
        self.out += HEADER.pack(len(payload), type, flags, instance, 0, self.sequence, time.time_ns()) + payload

    def send_bus(self, type, payload=b"", flags=NORMAL << 2):
        self.put(type, payload, flags, 0)
        self.exchange(0)

    def send(self, type, payload=b"", priority=NORMAL, retain=False, request=False, instance=None, timeout=1):
        """Sends a frame. It goes on reading while the manager takes nothing, for `timeout` seconds."""
        flags = priority << 2 | (RETAIN if retain else 0) | (REQUEST if request else 0)
        self.put(type, payload, flags, self.instance if instance is None else instance)
        self.sequence += 1
        self.exchange(0)
        self.wait(lambda: len(self.out) < INBOX_BYTES_MAX, timeout)
        if len(self.out) >= INBOX_BYTES_MAX:
            raise BusError("the manager takes nothing: a receiver of these frames is full")

    def request(self, type, instance=None):
        self.send(type, request=True, instance=instance)

    def declare(self, fields, sends=False, listens=False, priority=NORMAL, retain=0, job=""):
        """Says what a type looks like and what it is used for; neither sends nor listens withdraws it."""
        self.send_bus(DECLARE, struct.pack("<H", fields.id) + text(fields.name) + struct.pack("<??", sends, listens)
                      + text(fields.fields) + struct.pack("<QBH", fields.fingerprint, priority, retain) + text(job))

    def listen(self, *types, instance=None, values=True, requests=True):
        """Listens for these types, in place of what it listened for before."""
        entries = b"".join(struct.pack("<HB???", type, instance or 0, instance is None, values, requests)
                           for type in types)
        self.send_bus(LISTEN, struct.pack("<I", len(types)) + entries)

    def barrier(self, timeout=5):
        """Waits until the manager has handled everything before."""
        self.token += 1
        self.send_bus(PING, struct.pack("<Q", self.token))
        self.wait(lambda: self.pongs >= self.token, timeout)
        if self.pongs < self.token:
            raise BusError("the manager did not answer PING in time")

    def close(self):
        """Says GOODBYE."""
        if self.ended is None:
            try:
                self.put(GOODBYE, b"\0" + text("stopped"), NORMAL << 2, 0)
                self.wait(lambda: not self.out, 1)
            except (BusError, OSError):
                pass
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
        elif frame.type == PING:
            self.put(PONG, frame.payload, NORMAL << 2, 0)
        elif frame.type == PONG:
            self.pongs = max(self.pongs, reader.take("Q"))
        elif frame.type == GOODBYE:
            self.end(Goodbye(reader.take("B"), reader.text()))
        else:
            if frame.type == LOST:
                self.lost += reader.take("HBIQ")[3]
            elif frame.type == MISMATCH:
                type, _, source = reader.take("H"), reader.text(), reader.take("I")
                reader.text(), reader.bytes(), reader.bytes()
                self.mismatches[type, source] = reader.text()
            self.inbox.append(frame)
            self.inbox_bytes += len(frame.payload) + HEADER.size

    def end(self, error):
        self.ended = error
        raise error
