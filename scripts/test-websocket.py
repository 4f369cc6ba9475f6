"""Talks to the echo server by the packages 'websockets' and 'websocket-client': test-websocket.py HOST:PORT"""

import asyncio
import sys
import time
import urllib.error
import urllib.request

import websocket
import websockets

address = sys.argv[1]
url = f"ws://{address}/"
sizes = [0, 1, 125, 126, 127, 4096, 65535, 65536, 200_000, 1 << 20]
checks = 0


def check(what, is_right):
    global checks
    checks += 1
    if not is_right:
        sys.exit(f"FAILED: {what}")


async def with_websockets():
    async with websockets.connect(url, max_size=None, compression=None) as socket:
        for size in sizes:
            for message in ("ü" * (size // 2), bytes(range(256)) * (size // 256)):
                await socket.send(message)
                check(f"websockets: echo of {size} bytes", await socket.recv() == message)
        await socket.send(["frag", "ments ", "é"])
        check("websockets: fragments", await socket.recv() == "fragments é")
        check("websockets: ping", await asyncio.wait_for(await socket.ping(b"x" * 125), 5) >= 0)
        await socket.close(4321, "done")
        check("websockets: close", socket.close_code == 4321)
    # With what the package offers by itself, compression too.
    async with websockets.connect(url) as socket:
        await socket.send("plain")
        check("websockets: defaults", await socket.recv() == "plain")
    for origin, is_allowed in [("http://localhost:4200", True), (f"http://{address}", True), ("http://evil.example", False)]:
        try:
            async with websockets.connect(url, origin=origin):
                check(f"websockets: origin {origin}", is_allowed)
        except websockets.InvalidStatus as error:
            check(f"websockets: origin {origin}", not is_allowed and error.response.status_code == 403)


async def crowd():
    """One hundred clients that echo while one sends all the time and never reads."""
    stubborn_reader, stubborn = await asyncio.open_connection(*address.split(":"))
    stubborn.write(
        f"GET / HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    await stubborn_reader.readuntil(b"\r\n\r\n")
    stubborn_reader._transport.pause_reading()
    frame = bytes([0x82, 0xFE, 0xFF, 0xFF, 0, 0, 0, 0]) + bytes(65535)
    flooded = 0

    async def flood():
        nonlocal flooded
        try:
            while True:
                stubborn.write(frame)
                flooded += len(frame)
                await stubborn.drain()
        except OSError:
            pass

    flooding = asyncio.create_task(flood())
    times = []

    async def one(number):
        async with websockets.connect(url, compression=None) as socket:
            for turn in range(100):
                begin = time.perf_counter()
                await socket.send(f"{number} {turn}")
                check("crowd: echo", await socket.recv() == f"{number} {turn}")
                times.append(time.perf_counter() - begin)

    begin = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(100)))
    seconds = time.perf_counter() - begin
    await asyncio.wait_for(flooding, 10)
    times.sort()
    print(f"100 clients, {len(times)} echoes in {seconds:.2f} s, slowest {times[-1] * 1000:.0f} ms; "
          f"one that never reads was cut off after {flooded >> 10} KiB")


def with_websocket_client():
    socket = websocket.create_connection(url, timeout=10)
    for size in sizes:
        socket.send("ü" * (size // 2))
        check(f"websocket-client: echo of {size} bytes", socket.recv() == "ü" * (size // 2))
        socket.send_binary(b"\xff" * size)
        check(f"websocket-client: echo of {size} bytes", socket.recv() == b"\xff" * size)
    socket.send_frame(websocket.ABNF.create_frame("frag", websocket.ABNF.OPCODE_TEXT, 0))
    socket.ping("between")
    socket.send_frame(websocket.ABNF.create_frame("ments", websocket.ABNF.OPCODE_CONT, 1))
    opcode, frame = socket.recv_data_frame(control_frame=True)
    check("websocket-client: pong", opcode == websocket.ABNF.OPCODE_PONG and frame.data == b"between")
    check("websocket-client: fragments", socket.recv() == "fragments")
    socket.send_close(1000, b"bye")
    opcode, frame = socket.recv_data_frame(control_frame=True)
    check("websocket-client: close", opcode == websocket.ABNF.OPCODE_CLOSE and frame.data == b"\x03\xe8")
    socket.shutdown()


def with_urllib():
    with urllib.request.urlopen(f"http://{address}/") as page:
        check("urllib: page", page.read() == b"echo\n" and page.headers["Cache-Control"] == "no-store")
    for request, status in [
        (f"http://{address}/none", 404),
        (urllib.request.Request(f"http://{address}/", data=b"x"), 405),
        (urllib.request.Request(f"http://{address}/", headers={"Host": "evil.example"}), 421),
    ]:
        try:
            urllib.request.urlopen(request)
            check("urllib: refusal", False)
        except urllib.error.HTTPError as error:
            check(f"urllib: status {status}", error.code == status and len(error.read()) > 10)


with_urllib()
asyncio.run(with_websockets())
with_websocket_client()
asyncio.run(crowd())
print(f"websockets {websockets.__version__}, websocket-client {websocket.__version__}, urllib: {checks} checks passed")
