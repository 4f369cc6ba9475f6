"""The client of framebus.py against a real manager: python3 test_framebus.py PATH_OF_BUS_MANAGER"""
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import framebus
from framebus import ALL, Client, Fields, Goodbye, Reader

MANAGER = "bus-manager"
BUTTON = Fields(1, "BUTTON_STATE", "pressed bool - 1")
TEMPERATURE = Fields(27, "TEMPERATURE", "id uint32 - 1\nambient_temperature int16 degC 0.01\n"
                                        "object_temperature int16 degC 0.01")


class Bus(unittest.TestCase):
    """A manager, and clients that are closed at the end."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = self.folder.name + "/bus.sock"
        self.clients = []
        self.start()

    def start(self, *options):
        self.manager = subprocess.Popen(
            [MANAGER, "--listen", self.path, "--listen", "127.0.0.1:0", *options], stderr=subprocess.PIPE, text=True)
        while "event=listening address=127" not in (line := self.manager.stderr.readline()):
            self.assertTrue(line, "the manager ended")
        self.port = int(line.split("address=127.0.0.1:")[1].split()[0])

    def tearDown(self):
        for client in self.clients:
            client.close()
        self.manager.kill()
        self.manager.wait()
        self.manager.stderr.close()
        self.folder.cleanup()

    def client(self, name, **options):
        client = Client(name, options.pop("address", self.path), **options)
        self.clients.append(client)
        return client

    def next(self, client, type=None):
        while True:
            frame = client.receive(60)
            self.assertIsNotNone(frame, "no frame came")
            if type is None or frame.type == type:
                return frame


class Scenario(Bus):
    def test_values_and_fields(self):
        sender, listener = self.client("sender"), self.client("listener", address=f"127.0.0.1:{self.port}")
        listener.listen(27)
        listener.barrier()
        sender.send(27, TEMPERATURE.encode(id=1, ambient_temperature=21.5, raw_object_temperature=-5), instance=3)
        frame = self.next(listener)
        self.assertEqual((frame.type, frame.source, frame.instance, frame.is_request), (27, sender.id, 3, False))
        self.assertEqual(TEMPERATURE.decode(frame.payload),
                         {"id": 1, "ambient_temperature": 21.5, "object_temperature": -0.05})
        self.assertEqual(TEMPERATURE.decode(frame.payload, raw=True),
                         {"id": 1, "ambient_temperature": 2150, "object_temperature": -5})

    def test_request_and_answer(self):
        button, controller = self.client("button"), self.client("controller")
        button.listen(1, values=False)
        controller.listen(1)
        button.barrier()
        controller.request(1)
        self.assertTrue(self.next(button).is_request)
        button.send(1, BUTTON.encode(pressed=True))
        self.assertEqual(BUTTON.decode(self.next(controller).payload), {"pressed": True})

    def test_nobody_listens(self):
        client = self.client("controller")
        client.request(1)
        type, instance, sequence = Reader(self.next(client, framebus.NO_LISTENER).payload).take("HBI")
        self.assertEqual((type, instance, sequence), (1, 0, 0))

    def test_listen_sets(self):
        sender, listener = self.client("sender"), self.client("listener")
        listener.listen(5)
        listener.listen(6, instance=2)
        listener.barrier()
        sender.send(5)
        sender.send(6, instance=1)
        sender.send(6, b"x", instance=2)
        self.assertEqual(self.next(listener).payload, b"x")
        listener.listen(ALL)
        listener.barrier()
        sender.send(0xFEFF)
        self.assertEqual(self.next(listener).type, 0xFEFF)

    def test_close_with_unread_frames(self):
        listener, other = self.client("listener"), self.client("other")
        listener.listen(6)
        listener.barrier()
        for address in (self.path, f"127.0.0.1:{self.port}"):
            sender = self.client("sender", address=address)
            sender.listen(5)
            sender.barrier()
            for _ in range(14):
                other.send(5, bytes(30_000))
            other.barrier()
            for number in range(200):
                sender.send(6, struct.pack("<I", number) + bytes(996))
            sender.close()
            self.assertEqual([self.next(listener).payload[0] for _ in range(200)], list(range(200)))

    def test_close_without_an_answer(self):
        client = self.client("client")
        self.manager.send_signal(signal.SIGSTOP)
        with self.assertWarnsRegex(RuntimeWarning, "may not have reached the manager: it does not answer GOODBYE"):
            client.close(timeout=0.1)
        self.manager.send_signal(signal.SIGCONT)

    def test_not_back_to_the_sender(self):
        sender = self.client("sender")
        sender.listen(ALL)
        sender.send(5)
        sender.barrier()
        self.assertIsNone(sender.receive(0))

    def test_order_and_large_frames(self):
        sender, listener = self.client("sender"), self.client("listener")
        listener.listen(5)
        listener.barrier()
        payloads = [bytes([index]) * size for index, size in enumerate([0, 1, 100, 70_000, 3, 4 << 20, 9])]
        for payload in payloads:
            sender.send(5, payload, timeout=60)
        received = []
        while len(received) < len(payloads):
            sender.exchange(0)
            frame = listener.receive(0.01)
            if frame:
                received.append(frame.payload)
        self.assertEqual(received, payloads)

    def test_history(self):
        sender = self.client("sender")
        dispensed = Fields(5000, "DISPENSED", "n uint32 - 1", retain=3)
        taken = Fields(5001, "TAKEN", "n uint32 - 1", retain=3)
        for fields in dispensed, taken:
            sender.declare(fields, sends=True)
        for n in range(5):
            sender.send(dispensed.id, dispensed.encode(n=n), retain=True)
            sender.send(taken.id, taken.encode(n=n), priority=framebus.HIGH, retain=True)
        sender.barrier()
        listener = self.client("listener")
        listener.listen(dispensed.id, taken.id)
        listener.barrier()
        frames = [listener.receive() for _ in range(6)]
        self.assertEqual([(frame.type, frame.payload[0]) for frame in frames],
                         [(type, n) for n in (2, 3, 4) for type in (5000, 5001)])
        self.assertTrue(all(frame.is_retained and frame.flags & framebus.RETAIN for frame in frames))
        self.assertIsNone(listener.receive())
        # Known by its time stamp: passed on, and not kept twice.
        sender.send(dispensed.id, dispensed.encode(n=4), again=frames[4].timestamp)
        sender.send(dispensed.id, dispensed.encode(n=5), again=frames[4].timestamp + 1)
        self.assertEqual([self.next(listener).payload[0] for _ in range(2)], [4, 5])
        late = self.client("late")
        late.listen(dispensed.id)
        late.barrier()
        self.assertEqual([late.receive().payload[0] for _ in range(3)], [3, 4, 5])
        sender.send_bus(5000, flags=framebus.RETAINED)
        with self.assertRaises(Goodbye) as refused:
            sender.barrier()
        self.assertEqual(refused.exception.code, 3)

    def test_history_for_the_next_manager(self):
        sender = self.client("sender")
        dispensed = Fields(5000, "DISPENSED", "n uint32 - 1", retain=3)
        sender.declare(dispensed, sends=True)
        for n in range(5):
            sender.send(dispensed.id, dispensed.encode(n=n))
            sender.send(5001, bytes([n]), priority=framebus.HIGH, retain=True, instance=2)
            sender.send(5002, b"x")
        sender.barrier()

        def kept(name):
            late = self.client(name)
            late.listen(5000, 5001, 5002)
            late.barrier()
            return [late.receive() for _ in range(len(late.inbox))]

        before = kept("early")
        self.manager.kill()
        self.manager.wait()
        self.manager.stderr.close()
        self.start()
        sender.reconnect()
        sender.barrier()
        after = kept("late")
        self.assertEqual([(frame.type, frame.payload[0]) for frame in after], [(5000, 2), (5000, 3), (5000, 4), (5001, 4)])
        self.assertTrue(all(frame.is_retained for frame in after))
        # By the time stamps they are the same frames, whatever manager they come from.
        self.assertEqual([frame._replace(source=0, sequence=0) for frame in before],
                         [frame._replace(source=0, sequence=0) for frame in after])
        # What is too much altogether is forgotten, the oldest first.
        sender.declare(Fields(5003, "IMAGE", "data bytes - 1", retain=8), sends=True)
        for n in range(6):
            sender.send(5003, bytes(3 << 20), timeout=60)
        self.assertEqual({type: len(frames) for (type, _), frames in sender.kept.items()}, {5000: 0, 5001: 0, 5003: 5})
        self.assertLessEqual(sender.kept_bytes, framebus.KEPT_BYTES_MAX)

    def test_retained(self):
        sender = self.client("sender")
        sender.send(5, b"old", retain=True)
        sender.send(5, b"new", retain=True)
        sender.barrier()
        late = self.client("late")
        late.listen(5)
        frame = self.next(late)
        self.assertEqual((frame.payload, frame.is_retained), (b"new", True))

    def test_properties(self):
        sender, listener = self.client("sender"), self.client("listener")
        listener.listen(5000)
        listener.barrier()
        config = Fields(5000, "CONFIG", "rate uint8 - 1", priority=framebus.HIGH, retain=4, job="outcome=5001")
        sender.declare(config, sends=True)
        sender.send(5000, config.encode(rate=1))
        sender.send(5000, config.encode(rate=2), priority=framebus.LOW, retain=False)
        flags = [self.next(listener).flags for _ in range(2)]
        self.assertEqual(flags, [framebus.RETAIN | framebus.HIGH << 2, framebus.LOW << 2])
        listener.send_bus(framebus.SCHEMA, flags=framebus.REQUEST)
        reader = Reader(self.next(listener, framebus.SCHEMA).payload)
        self.assertEqual((reader.take("H"), reader.text(), reader.text()), (5000, "CONFIG", "rate uint8 - 1"))
        reader.take("Q")
        self.assertEqual([reader.take("I??") for _ in range(reader.take("I"))], [(sender.id, True, False)])
        self.assertEqual((reader.take("BH"), reader.text()), ((0, 4), "outcome=5001"))

    def test_presence(self):
        watcher = self.client("watcher")
        watcher.listen(framebus.MODULE_STATUS)
        watcher.barrier()
        module = self.client("module", instance=7)
        module.close()
        killed = self.client("killed")
        killed.sock.close()
        seen = []
        while len(seen) < 4:
            reader = Reader(self.next(watcher, framebus.MODULE_STATUS).payload)
            _, state, instance, _, _, name = *reader.take("IBB?I"), reader.text()
            seen.append((name, state, instance))
        self.assertEqual(seen, [("module", 0, 7), ("module", 1, 7), ("killed", 0, 0), ("killed", 2, 0)])
        self.clients.remove(killed)

    def test_schema_and_mismatch(self):
        sender, listener = self.client("sender"), self.client("listener")
        sender.declare(Fields(27, "TEMPERATURE", "id uint32 - 1"), sends=True)
        sender.barrier()
        listener.declare(TEMPERATURE, listens=True)
        listener.send_bus(framebus.SCHEMA, flags=framebus.REQUEST)
        listener.barrier()
        schemas = []
        while frame := listener.receive(0):
            if frame.type == framebus.SCHEMA:
                reader = Reader(frame.payload)
                schemas.append((reader.take("H"), reader.text(), reader.text()))
        self.assertEqual(sorted(schemas), sorted([(27, "TEMPERATURE", "id uint32 - 1"),
                                                  (27, "TEMPERATURE", TEMPERATURE.fields)]))
        self.assertEqual(listener.mismatches[27, sender.id],
                         "ambient_temperature is missing in sender and has no default here")

    def test_name_taken(self):
        self.client("led")
        with self.assertRaises(Goodbye) as caught:
            self.client("led")
        self.assertEqual(caught.exception.code, 5)
        self.assertIn(f"process {os.getpid()}", caught.exception.text)
        self.client("led", instance=1)

    def test_bad_input(self):
        bystander, other = self.client("bystander"), self.client("other")
        bystander.listen(5)
        bystander.barrier()
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(self.path)
            raw.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            answer = raw.recv(4096)
            self.assertEqual(struct.unpack_from("<H", answer, 4)[0], framebus.GOODBYE)
        client = self.client("client")
        with self.assertRaises(Goodbye) as caught:
            client.send(0)
            client.barrier()
        self.assertEqual(caught.exception.code, 3)
        other.send(5, b"still here")
        self.assertEqual(self.next(bystander).payload, b"still here")

    def test_slow_reader_is_told_what_it_lost(self):
        sender, reader = self.client("sender"), self.client("reader")
        reader.listen(5)
        reader.barrier()
        count = 40_000
        for index in range(count):
            sender.send(5, struct.pack("<I", index) + bytes(500))
        sender.barrier()
        received = 0
        while received + reader.lost < count:
            if self.next(reader).type == 5:
                received += 1
        self.assertGreater(reader.lost, 0)
        self.assertEqual(received + reader.lost, count)

    def test_shutdown(self):
        client = self.client("client")
        self.manager.send_signal(signal.SIGTERM)
        with self.assertRaises(Goodbye) as caught:
            client.receive(60)
        self.assertEqual(caught.exception.code, 1)
        client.sock.close()
        self.assertEqual(self.manager.wait(60), 0)
        self.assertFalse(os.path.exists(self.path))


class Worker(Client):
    """A worker that knows each job by its request and does it once."""
    JOB = "outcome=5003 accepted=5001 cancel=5004 progress=5002"
    ENUM = "\tenum=JOB_OUTCOME DONE=0 FAILED=1 REFUSED=2 CANCELLED=3"
    GIVE = Fields(5000, "GIVE", "request uint32 - 1\ncount uint8 - 1 = 1", job=JOB)
    ACCEPTED = Fields(5001, "ACCEPTED", "request uint32 - 1")
    STEP = Fields(5002, "STEP", "request uint32 - 1\nnumber uint8 - 1")
    GIVEN = Fields(5003, "GIVEN", "request uint32 - 1\noutcome uint8 - 1" + ENUM + "\ntext string - 1\nfell bool - 1 = false",
                   retain=64)
    STOP = Fields(5004, "STOP", "request uint32 - 1")

    def __init__(self, address, ends="DONE"):
        super().__init__("worker", address)
        self.ends, self.begun, self.asked, self.is_silent = ends, [], 0, False
        for fields in (self.GIVE, self.STOP):
            self.declare(fields, listens=True)
        self.listen(5000, 5004)
        self.barrier()

    def work(self):
        self.turn()
        while self.inbox:
            frame = self.inbox.popleft()
            request = Reader(frame.payload).take("I")
            if frame.type == 5004:
                self.end_job(request, "CANCELLED")
            elif frame.type == 5000:
                self.asked += 1
                if self.is_silent:
                    continue
                self.say(self.ACCEPTED, request=request)
                if request not in self.begun:
                    self.begun.append(request)
                    self.say(self.STEP, request=request, number=1)
                    if self.ends:
                        self.end_job(request, self.ends)

    def end_job(self, request, outcome):
        self.say(self.GIVEN, request=request, outcome=outcome, text="ok", fell=True)

    def say(self, fields, **values):
        """Sends a frame, which is declared before the first one, as the Swift SDK does it."""
        self.declare(fields, sends=True)
        self.send(fields.id, fields.encode(**values))


class Jobs(Bus):
    def worker(self, **options):
        worker = Worker(self.path, **options)
        self.clients.append(worker)
        return worker

    def until(self, condition, *turns):
        deadline = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), deadline, "it did not happen in time")
            for turn in turns:
                turn()
            time.sleep(0.002)

    def test_done(self):
        worker, asker = self.worker(), self.client("asker")
        asker.listen(27)
        job = asker.job("give", count=3)
        self.until(job.poll, worker.work)
        self.assertEqual(worker.begun, [job.request])
        self.assertEqual([(name, values.get("number")) for name, values, _ in job.progress], [("ACCEPTED", None), ("STEP", 1)])
        self.assertEqual(job.outcome, {"request": job.request, "outcome": "DONE", "text": "ok", "fell": True})
        self.assertLess(abs(time.time_ns() - job.frame.timestamp), 20e9)
        self.assertIsNone(asker.receive(0), "frames of the job are not for the caller")

    def test_several_at_once(self):
        worker, asker = self.worker(ends=None), self.client("asker")
        first, second = asker.job("GIVE"), asker.job("GIVE", request=7)
        self.until(lambda: len(worker.begun) == 2, worker.work, first.poll)
        worker.end_job(7, "FAILED")
        self.until(second.poll, worker.work, first.poll)
        self.assertEqual((first.outcome, second.outcome["outcome"], second.request), (None, "FAILED", 7))

    def test_cancel(self):
        worker, asker = self.worker(ends=None), self.client("asker")
        job = asker.job("GIVE")
        self.until(lambda: job.progress, worker.work, job.poll)
        job.cancel()
        self.until(job.poll, worker.work)
        self.assertEqual((job.outcome["outcome"], job.outcome["fell"]), ("CANCELLED", True))

    def test_manager_away(self):
        worker, asker = self.worker(), self.client("asker")
        worker.is_silent = True
        job = asker.job("GIVE")
        self.until(lambda: worker.asked, worker.work, job.poll)
        self.manager.kill()
        self.manager.wait()
        self.manager.stderr.close()
        self.until(lambda: asker.ended and worker.ended, worker.work, job.poll)
        worker.is_silent = False
        self.start()
        self.until(job.poll, worker.work)
        self.assertEqual((job.outcome["outcome"], worker.begun), ("DONE", [job.request]))

    def test_manager_away_when_the_outcome_is_read(self):
        worker, asker = self.worker(ends=None), self.client("asker")
        job = asker.job("GIVE")
        self.until(lambda: job.progress, worker.work, job.poll)
        worker.end_job(job.request, "DONE")
        worker.barrier()
        asker.barrier()
        self.manager.kill()
        self.manager.wait()
        self.manager.stderr.close()
        job.work()
        self.assertEqual(job.outcome["outcome"], "DONE")

    def test_worker_away(self):
        deaf, asker = self.worker(), self.client("asker")
        deaf.is_silent = True
        job = asker.job("GIVE")
        self.until(lambda: deaf.asked, deaf.work, job.poll)
        deaf.close()
        worker = self.worker()
        self.until(job.poll, worker.work)
        self.assertEqual((job.outcome["outcome"], worker.begun), ("DONE", [job.request]))

    def test_resume(self):
        worker = self.worker(ends=None)
        worker.end_job(7, "DONE")
        worker.barrier()
        asker = self.client("asker")
        self.assertEqual(asker.job("GIVE", resume=7).wait(20)["outcome"], "DONE")
        self.assertIsNone(asker.job("GIVE", resume=8).wait(0.05))
        # Once more, by a client that listens for it already.
        self.assertEqual(asker.job("GIVE", resume=7).wait(20)["text"], "ok")
        self.assertEqual(worker.asked, 0)

    def test_mistakes(self):
        self.worker()
        asker = self.client("asker")
        for command, values, problem in [("GIV", {}, "has declared a frame 'GIV'"), ("STOP", {"request": 1}, "is no job"),
                                         ("GIVE", {"cuont": 1}, "has no field 'cuont'"),
                                         ("GIVE", {"count": 300}, "field 'count' cannot hold 300")]:
            with self.assertRaisesRegex(framebus.BusError, problem):
                asker.job(command, **values)
        self.assertEqual(asker.jobs, [])

    def test_fields(self):
        fields = Fields(9, "ALL", "a uint8[2] - 1\nb string[<=9] - 1 = \"x\"\nc uint16[<=3] - 1 = []\nd bytes - 1 = []")
        self.assertEqual(fields.decode(fields.encode(a=[1, 2])), {"a": [1, 2], "b": "x", "c": [], "d": b""})
        self.assertEqual(fields.decode(b"\1\2"), {"a": [1, 2], "b": "x", "c": [], "d": b""})
        with self.assertRaisesRegex(framebus.BusError, "takes 2 elements"):
            fields.encode(a=[1])
        with self.assertRaisesRegex(framebus.BusError, "'c' cannot hold 70000"):
            fields.encode(a=[1, 2], c=[70000])

    def test_structures(self):
        fields = Fields(9, "S", "s {pump uint8 - 1; at {x int16 mm 0.1; y int16 mm 0.1} - 1; mode uint8 - 1}[<=2] - 1"
                                "\tpump:max=7\tmode:enum=MODE OFF=0 ON=1\nt int8 - 1 = 3")
        share = {"pump": 3, "at": {"x": 1.5, "y": -0.2}, "mode": "ON"}
        payload = fields.encode(s=[share])
        self.assertEqual(payload, bytes.fromhex("01000000 03 0f00 feff 01 03"))
        self.assertEqual(fields.decode(payload), {"s": [share], "t": 3})
        with self.assertRaisesRegex(framebus.BusError, "structure 's' needs a value for 'at'"):
            fields.encode(s=[{"pump": 1}])
        with self.assertRaisesRegex(framebus.BusError, "structure 's' has no field 'pmup'"):
            fields.encode(s=[dict(share, pmup=1)])

    def test_units(self):
        fields = Fields(9, "U", "a int16 V 0.001\nb uint8[<=3] s 0.1\nc uint8 s 0.5 = 3")
        self.assertEqual(fields.decode(fields.encode(a=1.2346, b=[0.1, 0.3])), {"a": 1.235, "b": [0.1, 0.3], "c": 1.5})
        self.assertEqual(fields.decode(fields.encode(a=-1.2346, b=[], c=0.7)), {"a": -1.235, "b": [], "c": 0.5})
        self.assertEqual(fields.decode(fields.encode(raw_a=7, b=[]), raw=True), {"a": 7, "b": [], "c": 3})
        for value in (33, -33, float("nan"), float("inf"), "much"):
            with self.assertRaisesRegex(framebus.BusError, "field 'a' cannot hold"):
                fields.encode(a=value, b=[])


if __name__ == "__main__":
    MANAGER = sys.argv.pop(1) if len(sys.argv) > 1 else MANAGER
    unittest.main()
