#!/usr/bin/env python3
"""Prints what a release of PyMoDAQ from 4.1.0 to 4.4 sends, as vectors for the tests.

It runs with the release on its path, and its answers are joined to releases.json:

    python3 -m venv v && v/bin/pip install pymodaq==4.4.11 pyqtgraph==0.13.7 PyQt5
    v/bin/pip install --no-deps --target 4.1.0 pymodaq==4.1.0            # and 4.1.4, 4.2.3, 4.3.7
    for release in 4.1.0 4.1.4 4.2.3 4.3.7; do
      QT_QPA_PLATFORM=offscreen PYTHONPATH=$release v/bin/python make-vectors.py > $release.json
    done
    QT_QPA_PLATFORM=offscreen v/bin/python make-vectors.py > 4.4.11.json
    v/bin/python make-vectors.py --join 4*.json > releases.json
"""
import json
import sys

if "--join" in sys.argv:
    vectors = [vector for path in sys.argv[2:] for vector in json.load(open(path))]
    print('{"note": "Made by make-vectors.py.", "vectors": [')
    print(",\n".join(json.dumps(vector) for vector in vectors))
    print("]}")
    sys.exit()

import numpy as np
import pymodaq
from pymodaq.utils.data import Axis, DataActuator, DataFromPlugins, DataToExport
from pymodaq.utils.tcp_ip.mysocket import Socket

release = tuple(int(part) for part in pymodaq.__version__.split(".")[:3])
generation = ("4.1.0" if release < (4, 1, 2) else "4.1" if release < (4, 2) else "4.2" if release < (4, 4) else "4.4")
# A bool in a list has a tag of its own from 4.4.7 on.
vectors = []


class Wire:
    """What Socket sends into."""

    def __init__(self):
        self.bytes = b""

    def send(self, data):
        self.bytes += bytes(data)
        return len(data)

    def sendall(self, data):
        self.bytes += bytes(data)


def sent(*values):
    wire = Wire()
    socket = Socket(wire)
    for value in values:
        socket.check_sended_with_serializer(value)
    return wire.bytes


def number(value):
    value = float(value)
    return value if np.isfinite(value) else str(value)


def array(values):
    kind = values.dtype.kind
    flat = values.ravel().tolist()
    if kind == "c":
        flat = [[number(value.real), number(value.imag)] for value in values.ravel()]
    elif kind == "f":
        flat = [number(value) for value in values.ravel()]
    elif kind in "iu":
        flat = [value if abs(value) < 2**53 else str(value) for value in flat]
    elif kind == "b":
        flat = [int(value) for value in flat]
    elif kind == "S":
        flat = [value.hex() for value in flat]
    return {"kind": "ndarray", "dtype": values.dtype.descr[0][1], "shape": list(values.shape), "values": flat}


def axis(value):
    return {"kind": "Axis", "label": value.label, "units": value.units, "index": value.index,
            "spread_order": value.spread_order, "data": array(value.get_data())}


def plain(value):
    if isinstance(value, bool):
        return {"kind": "bool", "value": value}
    return {"kind": "str", "value": value}


def data(value):
    result = {"kind": "Dwa", "cls": type(value).__name__, "timestamp": value.timestamp, "name": value.name,
              "source": value.source.name, "dim": value.dim.name, "distribution": value.distribution.name,
              "data": [array(each) for each in value.data], "labels": value.labels, "origin": value.origin,
              "nav_indexes": list(value.nav_indexes), "axes": [axis(each) for each in value.axes], "extra": []}
    if generation >= "4.2":
        result["errors"] = [array(each) for each in (value.errors or [])]
    if generation >= "4.4":
        result["units"] = value.units
    if generation != "4.1.0":
        result["extra"] = [[name, plain(getattr(value, name))] for name in value.extra_attributes]
    return result


def export(value):
    return {"kind": "Dte", "cls": "DataToExport", "timestamp": value.timestamp, "name": value.name,
            "data": [data(each) for each in value.data]}


def described(value):
    if isinstance(value, str):
        return {"kind": "str", "value": value}
    if isinstance(value, bool):
        return {"kind": "bool", "value": value}
    if isinstance(value, int):
        return {"kind": "int", "value": value if abs(value) < 2**53 else str(value)}
    if isinstance(value, float):
        return {"kind": "float", "value": number(value)}
    if isinstance(value, np.ndarray):
        return array(value)
    if isinstance(value, list):
        return {"kind": "list", "items": [described(each) for each in value]}
    if isinstance(value, Axis):
        return axis(value)
    return export(value) if isinstance(value, DataToExport) else data(value)


def vector(name, *values):
    parts = [described(value) for value in values]
    vectors.append({"id": f"{pymodaq.__version__}/{name}", "generation": generation, "pymodaq": pymodaq.__version__,
                    "value": parts[0] if len(parts) == 1 else {"kind": "message", "parts": parts},
                    "hex": sent(*values).hex()})


def stamped(value, units="mm"):
    value.timestamp = 1700000000.25
    if generation >= "4.4" and value.units != units:
        value._units = units
    return value


vector("text", "GRABBER")
vector("text-unicode", "µm °C 毫")
vector("text-empty", "")
for index, value in enumerate([1.5, float("nan"), float("-inf"), -7, 2**62, 0]):
    vector(f"number-{index}", value)
types = "<f8 <f4 <f2 <i8 <i4 <i2 |i1 <u8 <u4 <u2 |u1 |b1 <c16 <c8 >f8 >i4 >u2".split()
for kind in types:
    vector(f"array-{kind}", np.array([[0, 1, 1], [1, 0, 1]]).astype(kind))
vector("array-text", np.array(["a", "µ", "xyz"]))
vector("array-bytes", np.array([b"a", b"xyz"]))
vector("array-empty", np.zeros((0, 3)))
vector("array-3d", np.arange(24, dtype="<u2").reshape(2, 3, 4))
vector("array-extremes", np.array([2**63 - 1, -(2**63)], dtype="<i8"))
vector("list", ["settings_client", "box", "gain"])
vector("list-mixed", ["a", 1.5, -3, np.array([1.0, 2.0])])
vector("list-empty", [])
vector("axis", Axis("wavelength", "nm", np.linspace(400, 600, 5), 0))
for index, position in enumerate([5.0, -0.0, 1e-300, float("nan")]):
    vector(f"position-{index}", stamped(DataActuator("stage", data=[np.array([position])])))
steps = Axis("t", "s", np.array([0.0, 0.1, 0.2]), 0)
one = stamped(DataFromPlugins("spectrum", data=[np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])], axes=[steps],
                              labels=["up", "down"]), "V")
vector("data-1d", one)
two = stamped(DataFromPlugins("image", data=[np.arange(6, dtype="<u2").reshape(2, 3)],
                              axes=[Axis("y", "mm", np.array([0.0, 1.0]), 0), Axis("x", "mm", np.array([0.0, 1.0, 2.0]), 1)]), "")
vector("data-2d", two)
zero = stamped(DataFromPlugins("point", data=[np.array([12.5]), np.array([-3.0])], labels=["I", "Q"]), "")
vector("data-0d", zero)
if generation >= "4.2":
    vector("data-errors", stamped(DataFromPlugins("with-errors", data=[np.array([1.0, 2.0])],
                                                  errors=[np.array([0.1, 0.2])], axes=[Axis("t", "s", np.array([0.0, 1.0]), 0)]), "V"))
everything = DataToExport("detector", data=[zero, one, two])
everything.timestamp = 1700000001.5
vector("export", everything)
vector("export-empty", stamped(DataToExport("nothing", data=[])) if generation < "4.4" else everything)
vector("done", "Done", everything)
vector("move-done", "move_done", stamped(DataActuator("stage", data=[np.array([3.5])])))
vector("position-is", "position_is", stamped(DataActuator("stage", data=[np.array([-3.5])])))
vector("move-abs", "move_abs", stamped(DataActuator("real_move", data=[np.array([0.125])])))
vector("info", "Info", "temp", "12")
vector("info-xml", "Info_xml", ["move_settings", "epsilon"], '<epsilon type="float">0.1</epsilon>')
json.dump(vectors, sys.stdout)
