"""A board with an LED, a button and a thermometer, for the map in ../evomin.yaml: thermometer.py PORT

Without a port it makes a pseudo-terminal and prints its path. On MicroPython, replace `port()` by a UART and the three
functions below it by the board's pins.
"""
import struct
import sys

from evomin import Evomin

LED, BUTTON, TEMPERATURE = 0x10, 0x11, 0x12


def port():
    """A serial port on a computer, opened so that reading does not wait."""
    import os
    import select
    import tty

    class File:
        def __init__(self, number):
            self.number = number

        def read(self, count):
            # Waits a little, or the loop would keep the processor busy.
            return os.read(self.number, count) if select.select([self.number], [], [], 0.005)[0] else b""

        def write(self, data):
            os.write(self.number, data)

    if len(sys.argv) > 1:
        number = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
        tty.setraw(number)
    else:
        number, device = os.openpty()
        tty.setraw(device)
        print(os.ttyname(device), flush=True)
    return File(number)


def set_led(is_on):
    print("LED", "on" if is_on else "off", flush=True)


def is_pressed():
    return False


def centidegrees():
    return 2150


wanted = set()


def received(command, payload):
    """Only notes what to do: a frame that is to be sent may have to wait for the one before it."""
    if command == LED and len(payload) == 1:
        set_led(payload[0] != 0)
    elif command in (BUTTON, TEMPERATURE) and not payload:
        wanted.add(command)


line, button = Evomin(port(), received), False
while True:
    if is_pressed() != button:
        button = not button
        wanted.add(BUTTON)
    if BUTTON in wanted and line.send(BUTTON, bytes((button,))):
        wanted.discard(BUTTON)
    # The payload of the frame TEMPERATURE: uint32, int16 and int16, little-endian.
    if TEMPERATURE in wanted and line.send(TEMPERATURE, struct.pack("<Ihh", 1, centidegrees(), centidegrees())):
        wanted.discard(TEMPERATURE)
    line.poll()
