"""One end of an evoMIN UART in Python: on a board with MicroPython, or on a computer with pyserial or any file.

    line = Evomin(UART(1, 115200), received)        # MicroPython: from machine import UART
    line = Evomin(serial.Serial(path, 115200, timeout=0), received)
    while True:
        line.poll()

`poll` must be called every few milliseconds: it is what acknowledges. `received(command, payload)` is called for each
frame, which has been acknowledged by then; the same frame may come twice, as the protocol has no numbers.
"""
import random
import time

START, END, STUFF, ACKNOWLEDGE = 0xAA, 0x55, 0x55, 0xFF
PAYLOAD_MAX = 49  # the longest that every other implementation receives
ATTEMPTS, RETRY_MS, GAP_MS = 3, 1000, 100
# Brings the other end back to where a frame may begin; nobody takes it for a frame.
PREAMBLE = bytes((START, START, START, 0, 1, 0, 0, 0, 0, START, END, END))

if hasattr(time, "ticks_ms"):
    millis, since = time.ticks_ms, time.ticks_diff
else:
    def millis():
        return int(time.monotonic() * 1000)

    def since(now, then):
        return now - then


def checksum(data):
    """CRC-8/MAXIM-DOW over command, length and payload without stuff bytes."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x8C if crc & 1 else crc >> 1
    return crc


def encode(command, payload=b""):
    """The bytes of a frame."""
    if len(payload) > PAYLOAD_MAX:
        raise ValueError("a payload has at most %d bytes" % PAYLOAD_MAX)
    body, run = bytearray(), 0
    for byte in payload:
        if run == 2:
            body.append(STUFF)
            run = 0
        body.append(byte)
        run = run + 1 if byte == START else 0
    head = bytes((command, len(payload)))
    return bytes((START, START, START)) + head + bytes(body) + bytes((checksum(head + bytes(payload)), END))


def parse(data):
    """How many bytes the frame at the start of `data` has, and its payload: 0 if more must come, -1 if there is none."""
    for index in range(3):
        if index == len(data):
            return 0, b""
        if data[index] != START:
            return -1, b""
    if len(data) < 5:
        return 0, b""
    if data[4] > 50:
        return -1, b""
    payload, at, run = bytearray(), 5, 0
    while len(payload) < data[4]:
        if run == 2:
            at, run = at + 1, 0  # a stuff byte, whatever its value
        if at >= len(data):
            return 0, b""
        payload.append(data[at])
        run = run + 1 if data[at] == START else 0
        at += 1
    if at < len(data) and data[at] != checksum(bytes(data[3:5]) + bytes(payload)):
        return -1, b""
    if at + 1 >= len(data):
        return 0, b""
    return (at + 2 if data[at + 1] == END else -1), bytes(payload)


class Evomin:
    """`port` has `read(count)`, which does not wait, and `write(data)`."""

    def __init__(self, port, received):
        self.port, self.received = port, received
        self.incoming, self.heard, self.noise = bytearray(), millis(), 0
        self.outgoing, self.attempts, self.sent, self.wait = None, 0, 0, 0

    def send(self, command, payload=b""):
        """Takes a frame to send; False if one is still under way. `poll` sends it, again if need be."""
        if self.outgoing is not None:
            return False
        self.outgoing, self.attempts = encode(command, payload), 0
        return True

    def poll(self):
        now = millis()
        data = self.port.read(64)
        if data:
            self.heard = now
            self.incoming.extend(data)
            self.rescan()
        elif since(now, self.heard) >= GAP_MS:
            if self.incoming:  # the rest of this frame does not come
                self.incoming, self.heard = self.incoming[1:], now
                self.rescan()
            else:
                self.noise = 0
        if self.outgoing is None or self.incoming or self.attempts and since(now, self.sent) < self.wait:
            return
        if self.attempts == ATTEMPTS:
            self.outgoing = None  # given up
            return
        self.port.write(PREAMBLE + self.outgoing if self.attempts else self.outgoing)
        self.attempts, self.sent = self.attempts + 1, now
        # Not the same time at both ends, or two frames that collided would collide again.
        self.wait = RETRY_MS + random.getrandbits(9)

    def rescan(self):
        """Drops what cannot be the start of a frame byte by byte, so that noise takes no frame with it."""
        while self.incoming:
            length, payload = parse(self.incoming)
            if length == 0:
                return
            first, command = self.incoming[0], self.incoming[3] if length > 0 else 0
            self.incoming = self.incoming[max(length, 1):]
            if length > 0:
                self.noise = 0
                self.port.write(bytes((ACKNOWLEDGE,)))
                self.received(command, payload)
            elif first == ACKNOWLEDGE and self.attempts and self.noise <= 1:
                self.outgoing, self.attempts = None, 0
            else:
                self.noise += 1
