#!/usr/bin/env python3
"""Sends a value once a second, and at once when it is asked for one: my_sensor.py [ADDRESS_OF_THE_MANAGER]"""
import random
import sys
import time

import framebus

# Packages have ids from 4096 to 65279. The field list is written as in docs/PROTOCOL.md: name, type, unit, scale.
VALUE = framebus.Fields(4096, "MY_SENSOR_VALUE", "temperature float32 degC 1", retain=1)


def run(bus):
    bus.declare(VALUE, sends=True)
    bus.listen(VALUE.id, instance=bus.instance, values=False)
    due = time.monotonic()
    while True:
        frame = bus.receive(max(0, due - time.monotonic()))
        if frame and frame.is_request or time.monotonic() >= due:
            # Chance stands in for the sensor.
            bus.send(VALUE.id, VALUE.encode(temperature=random.uniform(20, 22)))
        due = due if time.monotonic() < due else due + 1


def main():
    address = sys.argv[1] if len(sys.argv) > 1 else None
    while True:
        try:
            with framebus.Client("my-sensor", address) as bus:
                print("connected", flush=True)
                run(bus)
        except (framebus.BusError, OSError) as error:
            print(f"{error}; trying again", file=sys.stderr, flush=True)
            time.sleep(1)
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
