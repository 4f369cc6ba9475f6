"""Holds a manager or a client to docs/PROTOCOL.md. It shares no code with either.

    python3 conformance.py manager 127.0.0.1:5000       a manager with its usual limits that nobody else uses
    python3 conformance.py client COMMAND [ARGUMENT]... a program that finds its manager at $FRAMEBUS and listens for
                                                        something; it is asked to end

Each line of the output is one promise, as the Test Anything Protocol wants it: `ok 3 - type 0 is refused`.
"""
import contextlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

HELLO, WELCOME, GOODBYE, DECLARE, MISMATCH, LISTEN, MODULE_STATUS, LOST, NO_LISTENER, PING, PONG, BUS_STATUS, SCHEMA = (
    range(0xFF01, 0xFF0E))
LEAVING, SHUTDOWN, VERSION, MALFORMED, TOO_LARGE, NAME_TAKEN, NOT_ALLOWED, NO_HELLO, FULL = range(9)
JOINED, LEFT, GONE, HUNG, SLOW = range(5)
REQUEST, RETAINED, REPLAYED, FOREIGN, RETAIN, RESERVED = 1, 2, 16, 32, 64, 128
HIGH, NORMAL, LOW, STREAM = 0, 4, 8, 12
HEADER = struct.Struct("<IHBBIIQ")
MODULE_COUNTERS = struct.Struct("<IBQQQQQQQQ")
# How long anything may take: far longer than it does.
PATIENCE = 60


class Broken(Exception):
    """A promise that was not kept."""


def expect(is_true, what):
    if not is_true:
        raise Broken(what)


def text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<I", len(data)) + data


def fingerprint(fields):
    value = 0xCBF29CE484222325
    for line in fields.split("\n") if fields else []:
        for byte in (line.split("\t")[0] + "\n").encode():
            value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


class Frame:
    def __init__(self, type, payload=b"", flags=NORMAL, instance=0, source=0, sequence=0, timestamp=1, size=None):
        self.type, self.payload, self.flags, self.instance = type, payload, flags, instance
        self.source, self.sequence, self.timestamp = source, sequence, timestamp
        self.size = len(payload) if size is None else size

    def bytes(self):
        return HEADER.pack(self.size, self.type, self.flags, self.instance, self.source, self.sequence,
                           self.timestamp) + self.payload

    def take(self, form, offset=0):
        return struct.unpack_from("<" + form, self.payload, offset)

    def texts(self, offset, count):
        """That many strings from an offset on, and where they end."""
        result = []
        for _ in range(count):
            size, = self.take("I", offset)
            result.append(self.payload[offset + 4:offset + 4 + size].decode())
            offset += 4 + size
        return result, offset

    def __repr__(self):
        return f"type {self.type:#06x} flags {self.flags:#x} instance {self.instance} payload {self.payload[:60]!r}"


class End(Broken):
    """The other end closed the connection."""


class Wire:
    """Frames over a socket."""

    def __init__(self, sock):
        self.sock, self.data = sock, b""
        sock.settimeout(PATIENCE)

    def send(self, *frames):
        self.sock.sendall(b"".join(frame.bytes() for frame in frames))

    def next(self, timeout=PATIENCE):
        deadline = time.monotonic() + timeout
        while (frame := self.take()) is None:
            if not select.select([self.sock], [], [], max(0, deadline - time.monotonic()))[0]:
                raise Broken("nothing came in time")
            try:
                data = self.sock.recv(1 << 16)
            except ConnectionError:
                data = b""
            if not data:
                raise End("the other end closed the connection")
            self.data += data
        return frame

    def take(self):
        if len(self.data) < HEADER.size:
            return None
        size, type, flags, instance, source, sequence, timestamp = HEADER.unpack_from(self.data)
        if len(self.data) < HEADER.size + size:
            return None
        payload, self.data = self.data[HEADER.size:HEADER.size + size], self.data[HEADER.size + size:]
        return Frame(type, payload, flags, instance, source, sequence, timestamp)

    def close(self):
        self.sock.close()


# The manager


class Client(Wire):
    """A client that says what it is told to."""

    def __init__(self, address, name=None, instance=0, observer=False, listen=()):
        if "/" in address:
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(address)
        else:
            host, port = address.rsplit(":", 1)
            sock = socket.create_connection((host.strip("[]"), int(port)))
        super().__init__(sock)
        self.token = 0
        if name:
            self.send(hello(name, instance=instance, observer=observer))
            self.welcome = self.expect(WELCOME)
            self.id, = self.welcome.take("I", 2)
        if listen:
            self.listen(*listen)

    def expect(self, type):
        frame = self.next()
        while frame.type in (MODULE_STATUS, PING) and type != frame.type:
            frame = self.next()
        expect(frame.type == type, f"{type:#06x} instead of {frame}")
        return frame

    def ping(self):
        self.token += 1
        return Frame(PING, struct.pack("<Q", self.token))

    def barrier(self):
        """Everything that comes before the PONG."""
        self.send(self.ping())
        frames = []
        while (frame := self.next()).type != PONG:
            if frame.type != PING:
                frames.append(frame)
        expect(frame.take("Q") == (self.token,), "the PONG has another token")
        return frames

    def listen(self, *entries):
        self.send(listen(*entries))
        return self.barrier()

    def nothing(self):
        frames = [frame for frame in self.barrier() if frame.type != MODULE_STATUS]
        expect(not frames, f"nobody asked for {frames}")

    def goodbye(self):
        """The code of the GOODBYE that ends the connection."""
        while (frame := self.next()).type != GOODBYE:
            pass
        (reason,), _ = frame.texts(1, 1)
        expect(reason, "GOODBYE has no text")
        try:
            self.next()
        except End:
            return frame.payload[0]
        raise Broken("something follows GOODBYE")

    def is_refused(self, code, *frames):
        self.send(*frames)
        got = self.goodbye()
        expect(got == code, f"GOODBYE {got} instead of {code}")


def hello(name, version=1, instance=0, observer=False, pid=7, client="conformance", client_version="1"):
    return Frame(HELLO, struct.pack("<HB?I", version, instance, observer, pid) + text(name) + text(client)
                 + text(client_version))


def entry(type, instance=None, values=True, requests=True):
    return struct.pack("<HB???", type, instance or 0, instance is None, values, requests)


def listen(*entries):
    entries = [one if isinstance(one, bytes) else entry(one) for one in entries]
    return Frame(LISTEN, struct.pack("<I", len(entries)) + b"".join(entries))


def declare(type, fields, name="T", sends=True, listens=False, hash=None, tail=b""):
    hash = fingerprint(fields) if hash is None else hash
    return Frame(DECLARE, struct.pack("<H", type) + text(name) + struct.pack("<??", sends, listens) + text(fields)
                 + struct.pack("<Q", hash) + tail)


def properties(priority=1, retain=0, job=""):
    return struct.pack("<BH", priority, retain) + text(job)


PROMISES = []


def promise(what):
    def add(check):
        PROMISES.append((what, check))
        return check
    return add


@promise("HELLO is answered with WELCOME: version 1, an id, the limits; its header says source 0, sequence 0")
def _(bus):
    client = bus.client("a")
    version, module = client.welcome.take("HI")
    (name, manager), offset = client.welcome.texts(6, 2)
    payload, queue = client.welcome.take("II", offset)
    expect(version == 1 and module > 0 and name and manager and payload == 4 << 20 and queue == 1 << 20, "WELCOME")
    expect((client.welcome.source, client.welcome.sequence) == (0, 0), "header")


@promise("DECLARE and LISTEN need not wait for WELCOME")
def _(bus):
    client = bus.client()
    client.send(hello("a"), declare(5000, "a int8 - 1"), listen(5000))
    client.expect(WELCOME)
    client.barrier()
    bus.client("b").send(Frame(5000, b"x"))
    expect(client.expect(5000).payload == b"x", "payload")


@promise("HELLO of another version: GOODBYE 2")
def _(bus):
    bus.client().is_refused(VERSION, hello("a", version=2))
    bus.client().is_refused(VERSION, Frame(HELLO, struct.pack("<H", 9)))


@promise("a first message that is not HELLO, or a second HELLO: GOODBYE 3")
def _(bus):
    for frame in (Frame(5000), Frame(PING, bytes(8)), Frame(0)):
        bus.client().is_refused(MALFORMED, frame)
    bus.client("a").is_refused(MALFORMED, hello("b"))


@promise("a name is 1 to 64 letters, digits and ._-; client has 64 bytes and client_version 32: GOODBYE 3")
def _(bus):
    for name in ("", "x" * 65, "a b", "ä"):
        bus.client().is_refused(MALFORMED, hello(name))
    bus.client("x" * 64).barrier()
    bus.client().is_refused(MALFORMED, hello("a", client="x" * 65))
    bus.client().is_refused(MALFORMED, hello("a", client_version="x" * 33))


@promise("name and instance together are unique: GOODBYE 5")
def _(bus):
    first = bus.client("a")
    bus.client().is_refused(NAME_TAKEN, hello("a"))
    bus.client("a", instance=1).barrier()
    first.barrier()


@promise("type 0, flag bit 7, and bit 1 without bit 6: GOODBYE 3")
def _(bus):
    for frame in (Frame(0), Frame(5000, flags=RESERVED), Frame(5000, flags=RETAINED)):
        bus.client("a").is_refused(MALFORMED, frame)


@promise("ids of the bus that clients may not send: GOODBYE 6")
def _(bus):
    for type in (WELCOME, MISMATCH, MODULE_STATUS, LOST, NO_LISTENER, BUS_STATUS, SCHEMA, 0xFF00, 0xFF0E, 0xFFFF):
        bus.client("a").is_refused(NOT_ALLOWED, Frame(type))


@promise("a payload of the bus that does not decode: GOODBYE 3")
def _(bus):
    for frame in (Frame(PING, bytes(7)), Frame(LISTEN, b"\1\0\0\0"), Frame(LISTEN, b"\1\0\0\0\1\0\0\2\0\0"),
                  Frame(GOODBYE), Frame(GOODBYE, b"\0" + text("x" * 1025)), Frame(GOODBYE, b"\0" + text(b"\xff")),
                  Frame(LISTEN, struct.pack("<I", 4097) + entry(5) * 4097)):
        bus.client("a").is_refused(MALFORMED, frame)
    client = bus.client("a")
    client.listen(*[entry(1 + index) for index in range(4096)])
    client.send(Frame(PING, bytes(8) + b"newer"))
    client.expect(PONG)


@promise("sizes over their limits, before they have come: GOODBYE 4")
def _(bus):
    for frame in (Frame(5000, size=(4 << 20) + 1), Frame(DECLARE, size=131_073), Frame(LISTEN, size=32_745),
                  Frame(PING, size=32_745)):
        bus.client("a").is_refused(TOO_LARGE, frame)


@promise("a payload of the limit goes through")
def _(bus):
    listener, sender = bus.client("a", listen=[5000]), bus.client("b")
    payload = bytes(range(256)) * (4 << 12)
    sender.send(Frame(5000, payload))
    expect(listener.expect(5000).payload == payload, "payload")


@promise("a frame arrives as it was sent, but for the source, which is the sender's id")
def _(bus):
    listener, sender = bus.client("a", listen=[5000]), bus.client("b")
    for flags in (HIGH, NORMAL, LOW, STREAM, NORMAL | REPLAYED | FOREIGN, NORMAL | RETAIN):
        sender.send(Frame(5000, b"abc", flags, 9, source=77, sequence=2**32 - 1, timestamp=2**64 - 2))
        frame = listener.expect(5000)
        expect((frame.payload, frame.flags, frame.instance, frame.source, frame.sequence, frame.timestamp)
               == (b"abc", flags, 9, sender.id, 2**32 - 1, 2**64 - 2), f"{frame}")


@promise("never back to the sender, and types that nobody has declared are routed, too")
def _(bus):
    client = bus.client("a", listen=[0])
    client.send(Frame(5001))
    client.nothing()
    bus.client("b").send(Frame(0xFEFF))
    client.expect(0xFEFF)


@promise("frames of one sender and one priority arrive in order")
def _(bus):
    listener, sender = bus.client("a", listen=[0]), bus.client("b")
    sender.send(*[Frame(5000 + index % 7, struct.pack("<I", index)) for index in range(2000)])
    expect([listener.next().take("I")[0] for _ in range(2000)] == list(range(2000)), "order")


@promise("GOODBYE of a client is answered with GOODBYE 0 after everything before it; others hear that it left, and why")
def _(bus):
    watcher, listener, client = bus.client("w", listen=[MODULE_STATUS]), bus.client("l", listen=[5000]), bus.client("a")
    client.send(*[Frame(5000, bytes(1000))] * 200, Frame(GOODBYE, b"\0" + text("done")))
    expect(client.goodbye() == LEAVING, "code")
    for _ in range(200):
        listener.expect(5000)
    status = watcher.status(client.id, LEFT)
    expect(status.texts(11, 2)[0] == ["a", "done"], f"{status}")


@promise("an end without GOODBYE is lost; so is half of one, and answers still come")
def _(bus):
    watcher, client, other = bus.client("w", listen=[MODULE_STATUS]), bus.client("a"), bus.client("b")
    client.close()
    watcher.status(client.id, GONE)
    other.send(other.ping())
    other.sock.shutdown(socket.SHUT_WR)
    other.expect(PONG)
    watcher.status(other.id, GONE)


@promise("a new listener for MODULE_STATUS gets one per connected module")
def _(bus):
    names = [bus.client(name, observer=name == "b") and name for name in ("a", "b", "c")]
    frames = bus.client("w").listen(MODULE_STATUS)
    states = [frame for frame in frames if frame.type == MODULE_STATUS]
    seen = {frame.texts(11, 1)[0][0]: frame.take("IBB?I") for frame in states}
    expect(all(seen[name][1] == JOINED and seen[name][3] == (name == "b") for name in names), f"{seen}")


@promise("MODULE_STATUS says pid and user as the kernel knows them over a Unix socket, else the pid of HELLO and no user")
def _(bus):
    watcher, client = bus.client("w", listen=[MODULE_STATUS]), bus.client("a")
    status = watcher.status(client.id, JOINED)
    pid, (user,) = status.take("I", 7)[0], status.take("I", status.texts(11, 2)[1])
    expect((pid, user) == ((os.getpid(), os.getuid()) if "/" in bus.address else (7, 2**32 - 1)), f"{pid} {user}")


@promise("LISTEN replaces the one before; an empty one ends listening")
def _(bus):
    listener, sender = bus.client("a", listen=[5000]), bus.client("b")
    listener.listen(5001)
    sender.send(Frame(5000), Frame(5001))
    listener.expect(5001)
    listener.listen()
    sender.send(Frame(5000), Frame(5001))
    sender.barrier()
    listener.nothing()


@promise("an entry wants one instance or any, values, requests or both")
def _(bus):
    sender = bus.client("s")
    wishes = [(entry(5000, 2), [2, 12]), (entry(5000, requests=False), [1, 2]), (entry(5000, values=False), [11, 12]),
              (entry(5000, 1, values=False), [11]), (entry(0), [1, 2, 11, 12])]
    clients = [bus.client(f"l{index}", listen=[wish]) for index, (wish, _) in enumerate(wishes)]
    sender.send(*[Frame(5000, bytes([mark]), flags, mark % 10) for mark, flags in
                  ((1, NORMAL), (2, NORMAL), (11, NORMAL | REQUEST), (12, NORMAL | REQUEST))])
    sender.barrier()
    for client, (_, marks) in zip(clients, wishes):
        got = [frame.payload[0] for frame in client.barrier() if frame.type == 5000]
        expect(got == marks, f"{got} instead of {marks}")


@promise("NO_LISTENER for a request that nobody but observers and its sender listens for; observers get it whatever they ask")
def _(bus):
    observer, sender = bus.client("o", observer=True, listen=[entry(5000, requests=False)]), bus.client("s", listen=[5000])
    sender.send(Frame(5000, flags=NORMAL | REQUEST, instance=3, sequence=41))
    expect(sender.expect(NO_LISTENER).take("HBI") == (5000, 3, 41), "fields")
    expect(observer.expect(5000).flags & REQUEST, "the observer")
    bus.client("l", listen=[entry(5000, values=False)])
    sender.send(Frame(5000, flags=NORMAL | REQUEST, instance=3, sequence=42))
    sender.nothing()


@promise("DECLARE with a wrong fingerprint, id, name or property: GOODBYE 3")
def _(bus):
    fields = "a int8 - 1"
    for frame in (declare(5000, fields, hash=1), declare(0, fields), declare(0xFF07, fields), declare(5000, fields, "a b"),
                  declare(5000, fields, "x" * 65), declare(5000, fields, tail=properties(priority=4)),
                  declare(5000, fields, tail=properties(retain=1025)), declare(5000, fields, tail=properties(job="x")),
                  declare(5000, "a" * 65_537)):
        bus.client("a").is_refused(MALFORMED, frame)


@promise("SCHEMA: one per field list with its users, before the PONG; annotations are kept and not hashed; withdrawn, it is gone")
def _(bus):
    fields = "a int8 - 1\tdoc=x\nb {c uint8 - 1; d bool - 1}[<=2] mm 0.1 = []"
    sender, asker = bus.client("s"), bus.client("a")
    for list, tail in ((fields, properties(0, 3)), ("", b"")):
        sender.send(declare(5000, list, sends=True, tail=tail))
        sender.barrier()
        asker.send(Frame(SCHEMA, flags=NORMAL | REQUEST))
        schemas = [frame for frame in asker.barrier() if frame.type == SCHEMA and frame.take("H") == (5000,)]
        expect(len(schemas) == 1, "one")
        (name, got), offset = schemas[0].texts(2, 2)
        hash, count, module, sends, listens, priority, retain = schemas[0].take("QII??BH", offset)
        expect((name, got, hash) == ("T", list, fingerprint(list)), f"{got}")
        expect((count, module, sends, listens) == (1, sender.id, True, False), "users")
        expect((priority, retain) == ((0, 3) if tail else (1, 0)), "properties")
    sender.send(declare(5000, fields, sends=False))
    sender.barrier()
    asker.send(Frame(SCHEMA, flags=NORMAL | REQUEST))
    expect(not [frame for frame in asker.barrier() if frame.type == SCHEMA], "withdrawn")


@promise("MISMATCH goes to both sides once; the frames still flow")
def _(bus):
    sender, listener = bus.client("s"), bus.client("l", listen=[5000])
    listener.send(declare(5000, "a int8 - 1", sends=False, listens=True))
    sender.send(declare(5000, "a int16 - 1"))
    there, here = sender.expect(MISMATCH), listener.expect(MISMATCH)
    for frame, other, mine, theirs in ((here, sender, "a int8 - 1", "a int16 - 1"), (there, listener, "a int16 - 1", "a int8 - 1")):
        (name,), offset = frame.texts(2, 1)
        expect(frame.take("H") == (5000,) and frame.take("I", offset) == (other.id,), "who")
        (_, here, there, difference), _ = frame.texts(offset + 4, 4)
        expect((name, here, there) == ("T", mine, theirs) and difference, "lists")
    sender.send(declare(5000, "a int16 - 1"), Frame(5000, b"xy"))
    sender.nothing()
    listener.expect(5000)


@promise("no MISMATCH where one list begins the other and the rest has defaults, or only annotations differ")
def _(bus):
    sender, listener = bus.client("s"), bus.client("l", listen=[5000, 5001])
    listener.send(declare(5000, "a int8 - 1", sends=False, listens=True), declare(5001, "a int8 - 1", sends=False, listens=True))
    sender.send(declare(5000, "a int8 - 1\nb int8 - 1 = 3"), declare(5001, "a int8 - 1\tdoc=other", tail=properties(2, 9)))
    sender.nothing()
    listener.nothing()


@promise("kept frames come to a late listener before the PONG, with bit 1, else as they were, in order across types and priorities")
def _(bus):
    sender = bus.client("s")
    sender.send(declare(5000, "a int8 - 1", tail=properties(retain=2)))
    marks = [(5000, LOW, 1), (5001, HIGH, 2), (5000, NORMAL, 3), (5001, LOW, 4), (5000, STREAM, 5)]
    sender.send(*[Frame(type, b"%d" % mark, flags | RETAIN, sequence=mark, timestamp=100 + mark) for type, flags, mark in marks])
    sender.send(Frame(5002, flags=NORMAL | RETAIN | REQUEST, timestamp=200))
    sender.barrier()
    frames = bus.client("l").listen(0)
    got = [(frame.type, frame.flags, frame.source, frame.sequence, frame.timestamp, frame.payload) for frame in frames]
    due = [(type, flags | RETAIN | RETAINED, sender.id, mark, 100 + mark, b"%d" % mark) for type, flags, mark in marks[2:]]
    expect(got == due, f"{got}")


@promise("what is kept is sent for entries that are new in a LISTEN only, and ends with its sender")
def _(bus):
    sender, listener, watcher = bus.client("s"), bus.client("l"), bus.client("w", listen=[MODULE_STATUS])
    sender.send(Frame(5000, flags=NORMAL | RETAIN, timestamp=5), Frame(5001, flags=NORMAL | RETAIN, timestamp=6))
    sender.barrier()
    types = [[frame.type for frame in listener.listen(*entries)] for entries in ([5000], [5000, 5001], [5000], [0])]
    expect(types == [[5000], [5001], [], [5001]], f"{types}")
    sender.close()
    watcher.status(sender.id, GONE)
    expect(listener.listen() == [] and listener.listen(0) == [], "it outlives its sender")


@promise("a kept frame that is sent again (bits 1 and 6) is passed on; with a timestamp that is kept it is not kept twice")
def _(bus):
    sender, early = bus.client("s"), bus.client("e", listen=[5000])
    sender.send(declare(5000, "a int8 - 1", tail=properties(retain=5)))
    for stamp in (1, 2, 1, 3):
        sender.send(Frame(5000, b"x", NORMAL | RETAIN | RETAINED, timestamp=stamp))
        frame = early.expect(5000)
        expect(frame.flags == NORMAL | RETAIN | RETAINED and frame.timestamp == stamp, f"{frame}")
    late = [frame.timestamp for frame in bus.client("l").listen(5000)]
    expect(sorted(late) == [1, 2, 3], f"{late}")


def read_behind(bus, flags, count, kinds=1):
    """Floods a receiver that reads nothing meanwhile, and adds up what it gets."""
    receiver, sender = bus.client("r", listen=[5000]), bus.client("s")
    for index in range(count):
        sender.send(Frame(5000, struct.pack("<I", index) + bytes(1020), flags, index % kinds))
    sender.barrier()
    got, lost = [], {}
    while len(got) + sum(lost.values()) < count:
        frame = receiver.next()
        if frame.type == 5000:
            got.append(frame.take("I")[0])
        elif frame.type == LOST:
            type, instance, source, number, reason = frame.take("HBIQB")
            expect(type in (0, 5000) and source in (0, sender.id), "LOST of something else")
            lost[reason] = lost.get(reason, 0) + number
    receiver.nothing()
    expect(got == sorted(set(got)), "twice or out of order")
    return got, lost


@promise("low frames are never waited for: the oldest are dropped, and LOST says exactly how many")
def _(bus):
    got, lost = read_behind(bus, LOW, 12_000)
    expect(set(lost) == {0} and got[-1] == 11_999, f"{len(got)} came, lost {lost}")


@promise("of a data stream the newest per instance comes, and LOST says exactly how many it replaced")
def _(bus):
    got, lost = read_behind(bus, STREAM, 12_000, kinds=3)
    expect(set(lost) == {1} and got[-3:] == [11_997, 11_998, 11_999], f"{got[-3:]}, lost {lost}")


@promise("a receiver that does not read is slow after 100 ms: it is announced, loses its oldest normal frames, and is told")
def _(bus):
    watcher = bus.client("w", listen=[MODULE_STATUS])
    got, lost = read_behind(bus, NORMAL, 12_000)
    expect(set(lost) == {0} and got[-1] == 11_999, f"{len(got)} came, lost {lost}")
    watcher.status(None, SLOW)


@promise("a module that is silent for 2 s gets PING, and is no longer hung, if it was, once it has answered")
def _(bus):
    ping = bus.silent.expect(PING)
    bus.silent.send(Frame(PONG, ping.payload), Frame(BUS_STATUS, flags=NORMAL | REQUEST))
    status = bus.silent.expect(BUS_STATUS)
    rows = [status.take("IB", 36 + index * MODULE_COUNTERS.size) for index in range(status.take("I", 32)[0])]
    expect((bus.silent.id, JOINED) in rows, f"{rows}")


@promise("BUS_STATUS counts frames and bytes with headers of each module and type, and what is kept")
def _(bus):
    listener, sender = bus.client("l", listen=[5000]), bus.client("s")
    sender.send(Frame(5000, bytes(76)), Frame(5000, bytes(76), NORMAL | RETAIN, timestamp=9))
    listener.expect(5000), listener.expect(5000)
    sender.send(Frame(BUS_STATUS, flags=NORMAL | REQUEST))
    status = sender.expect(BUS_STATUS)
    _, queued, queued_max, kept, count = status.take("QQQQI")
    expect(queued_max == 64 << 20 and kept == 100 + 256, f"{queued_max} {kept}")
    size = MODULE_COUNTERS.size
    modules = {row[0]: row[1:] for row in (MODULE_COUNTERS.unpack_from(status.payload, 36 + index * size)
                                           for index in range(count))}
    expect(modules[sender.id][:5] == (JOINED, 2, 200, 0, 0), f"{modules[sender.id]}")
    expect(modules[listener.id][:5] == (JOINED, 0, 0, 2, 200), f"{modules[listener.id]}")
    offset = 36 + count * size
    rows = [status.take("HQQ", offset + 4 + index * 18) for index in range(status.take("I", offset)[0])]
    expect(any(row[0] == 5000 and row[1] >= 2 for row in rows), f"{rows}")


class Bus:
    """The manager under test, and the clients of one promise."""

    def __init__(self, address, number):
        self.address, self.clients = address, []
        # It takes a while until the manager asks, so its silence begins first.
        self.silent = Client(address, "silent", instance=number)

    def client(self, name=None, **options):
        client = Client(self.address, name, **options)
        client.status = lambda id, state: self.status(client, id, state)
        self.clients.append(client)
        return client

    def status(self, watcher, id, state):
        """The next MODULE_STATUS of a module with a state."""
        while True:
            frame = watcher.next()
            if frame.type == MODULE_STATUS and frame.take("IB")[0] in (id, frame.take("I")[0] if id is None else id) \
                    and frame.take("IB")[1] == state:
                return frame

    def run(self, check):
        try:
            check(self)
        finally:
            self.leave()

    def leave(self):
        """Ends all clients, and waits until the manager knows."""
        for client in self.clients:
            with contextlib.suppress(OSError, Broken):
                client.send(Frame(GOODBYE, b"\0" + text("end")))
                client.goodbye()
            client.close()
        self.clients = []


def check_manager(addresses):
    buses = [Bus(address, number) for number, address in enumerate(addresses)]
    mute = [(Client(address), time.monotonic()) for address in addresses]
    checks = [(what, lambda check=check, bus=bus: bus.run(check)) for bus in buses for what, check in PROMISES]

    def no_hello():
        for client, start in mute:
            expect(client.goodbye() == NO_HELLO and time.monotonic() - start > 4.9, "too early")
    return run(checks + [("without HELLO in 5 s: GOODBYE 7", no_hello)])


# A client


class Watched(Wire):
    """The manager's side of a connection: every frame that comes is held to the page."""

    def __init__(self, sock):
        super().__init__(sock)
        self.hello, self.entries, self.declared, self.used = None, [], {}, set()
        self.sequence, self.timestamp, self.has_left = -1, 0, False

    def next(self, timeout=PATIENCE):
        frame = super().next(timeout)
        expect(not self.has_left, f"after GOODBYE: {frame}")
        expect((frame.type == HELLO) == (self.hello is None), f"HELLO is not the first, or comes twice: {frame}")
        expect(not frame.flags & RESERVED, f"bit 7: {frame}")
        expect(not frame.flags & RETAINED or frame.flags & RETAIN, f"bit 1 without bit 6: {frame}")
        if frame.type >= 0xFF00:
            self.hold(frame)
        else:
            expect(frame.type > 0 and frame.size <= 4 << 20, f"{frame}")
            expect(frame.sequence > self.sequence, f"the sequence does not count: {frame}")
            self.sequence = frame.sequence
            if not frame.flags & RETAINED:
                expect(frame.timestamp > self.timestamp, f"not later than the frame before: {frame}")
                self.timestamp = frame.timestamp
            self.used.add(frame.type)
        return frame

    def hold(self, frame):
        is_request = bool(frame.flags & REQUEST)
        expect(frame.type in (HELLO, DECLARE, LISTEN, PING, PONG, GOODBYE)
               or frame.type in (SCHEMA, BUS_STATUS) and is_request and not frame.payload, f"not allowed: {frame}")
        expect(frame.size <= {HELLO: 4096, DECLARE: 131_072}.get(frame.type, 32_744), f"too large: {frame}")
        if frame.type == HELLO:
            version, instance, observer, pid = frame.take("HB?I")
            (name, client, client_version), end = frame.texts(8, 3)
            expect(version == 1 and end == len(frame.payload), f"{frame}")
            expect(0 < len(name) <= 64 and all(one.isascii() and (one.isalnum() or one in "._-") for one in name), name)
            expect(len(client) <= 64 and len(client_version) <= 32, f"{frame}")
            self.hello = name
        elif frame.type == DECLARE:
            id, = frame.take("H")
            (name,), offset = frame.texts(2, 1)
            sends, listens = frame.take("??", offset)
            (fields,), offset = frame.texts(offset + 2, 1)
            hash, priority, retain = frame.take("QBH", offset)
            (job,), end = frame.texts(offset + 11, 1)
            expect(0 < id < 0xFF00 and 0 < len(name) <= 64 and len(fields) <= 65_536, f"{frame}")
            expect(hash == fingerprint(fields), f"the fingerprint of {name} is not that of its fields")
            expect(priority <= 3 and retain <= 1024 and len(job) <= 256 and end == len(frame.payload), f"{frame}")
            expect(id in self.declared or id not in self.used, f"{name} is declared after it was used")
            self.declared[id] = (sends, listens)
        elif frame.type == LISTEN:
            count, = frame.take("I")
            expect(count <= 4096 and len(frame.payload) == 4 + 6 * count, f"{frame}")
            self.entries = [frame.take("HB???", 4 + 6 * index) for index in range(count)]
            self.used.update(entry[0] for entry in self.entries)
        elif frame.type == PING:
            self.send(Frame(PONG, frame.payload))
        elif frame.type == GOODBYE:
            _, end = frame.texts(1, 1)
            expect(frame.payload[0] == LEAVING and end == len(frame.payload) <= 1029, f"{frame}")
            self.has_left = True

    def until(self, type):
        while (frame := self.next()).type != type:
            pass
        return frame

    def barrier(self):
        """The frames that come before the answer to a PING."""
        token = time.monotonic_ns()
        self.send(Frame(PING, struct.pack("<Q", token) + b"a newer field"))
        frames = []
        while (frame := self.next()).type != PONG:
            frames.append(frame)
        expect(frame.take("Q") == (token,) and frame.size == 8, "the PONG has another token")
        return frames


def check_client(command):
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(folder + "/bus.sock")
        listener.listen()
        listener.settimeout(PATIENCE)
        # Whoever has started this may ignore SIGINT, and a child would inherit that.
        child = subprocess.Popen(command, env=dict(os.environ, FRAMEBUS=folder + "/bus.sock", STATE_DIRECTORY=folder),
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        stack.callback(child.wait)
        stack.callback(child.kill)
        wire = Watched(listener.accept()[0])

        def begins():
            wire.until(HELLO)
            wire.send(Frame(WELCOME, struct.pack("<HI", 1, 9) + text("bus") + text("1") + struct.pack("<II", 4 << 20, 1 << 20)
                            + b"a newer field"))

        def answers():
            wire.barrier()
            wire.barrier()

        def takes_frames():
            # What it listens for shows that it is at work: before that, a signal may simply end it.
            while not any(type < 0xFF00 for type, *_ in wire.entries):
                wire.next()
            for type, instance, any_instance, values, requests in wire.entries:
                if 0 < type < 0xFF00 and requests:
                    wire.send(Frame(type, flags=NORMAL | REQUEST, instance=0 if any_instance else instance, source=7))
            wire.barrier()

        def ends():
            child.send_signal(signal.SIGINT)
            wire.until(GOODBYE)
            # A frame that it does not read any more must not become a reset; the other end still may send.
            for _ in range(64):
                with contextlib.suppress(TimeoutError):
                    wire.sock.settimeout(0)
                    with contextlib.suppress(BlockingIOError):
                        wire.sock.send(Frame(PING, bytes(8)).bytes())
            wire.sock.settimeout(PATIENCE)
            with contextlib.suppress(End):
                wire.send(Frame(GOODBYE, b"\0" + text("goodbye")))
                wire.next()
                raise Broken("it says something after GOODBYE")

        return run([("HELLO is its first frame, and well formed", begins),
                    ("PING is answered with PONG and its token, and bytes behind the last known field are ignored", answers),
                    ("what it declares, listens for and sends keeps to the page", takes_frames),
                    ("its last frame is GOODBYE; it reads on until the manager's", ends)])


def run(checks):
    print(f"TAP version 13\n1..{len(checks)}", flush=True)
    broken = 0
    for number, (what, check) in enumerate(checks, 1):
        try:
            check()
            print(f"ok {number} - {what}", flush=True)
        except (Broken, OSError, struct.error, UnicodeDecodeError) as error:
            broken += 1
            print(f"not ok {number} - {what}\n  ---\n  message: {error}\n  ---", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("manager", "client"):
        sys.exit(__doc__)
    sys.exit(check_manager(sys.argv[2:]) if sys.argv[1] == "manager" else check_client(sys.argv[2:]))
