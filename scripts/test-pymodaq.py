#!/usr/bin/env python3
"""What scripts/test-pymodaq runs: real PyMoDAQ without a window at one end, the bridge with its simulated bench at the other.

    test-pymodaq.py FOLDER_OF_THE_PROGRAMS [PART...]

The parts are detectors, actuator, scan, restart, killed, figures, large, remote; all of them unless some are named. It is written for
PyMoDAQ 4.4, and ends with the number of checks that failed.
"""
import math
import os
import socket
import subprocess
import sys
import tempfile
import time

os.environ["QT_QPA_PLATFORM"] = "offscreen"
import numpy as np
from qtpy import QtCore, QtWidgets

programs, wanted = sys.argv[1], sys.argv[2:]
folder = tempfile.mkdtemp(prefix="pymodaq-")
os.environ["FRAMEBUS"] = os.path.join(folder, "bus.sock")
# Its settings and logs are its own.
os.environ["HOME"] = folder
app = QtWidgets.QApplication([])

import pymodaq
from pymodaq.control_modules.daq_move import DAQ_Move
from pymodaq.control_modules.daq_viewer import DAQ_Viewer
from pymodaq.utils.data import DataActuator, DataToExport
from pymodaq.utils.managers.modules_manager import ModulesManager

failed = 0
children = []
# Modules of PyMoDAQ, whose threads must not end before the program does.
modules = []


def check(what, is_right, shown=""):
    global failed
    failed += not is_right
    print(f"  {'ok  ' if is_right else 'FAIL'} {what} {shown}", flush=True)


def run_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents()
        if condition():
            return True
        time.sleep(0.002)
    return False


def start(*command, log=None):
    out = open(os.path.join(folder, log or os.path.basename(command[0]) + ".log"), "ab")
    child = subprocess.Popen([os.path.join(programs, command[0]), *command[1:]], stdout=out, stderr=out)
    children.append(child)
    return child


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def framebus(*arguments, seconds=30):
    """Runs the tool while PyMoDAQ's loop goes on."""
    child = subprocess.Popen([os.path.join(programs, "framebus"), *arguments], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
    run_until(lambda: child.poll() is not None, seconds)
    if child.poll() is None:
        child.kill()
    return child.returncode, child.communicate()[0].strip()


def viewer(title, kind, port):
    module = DAQ_Viewer(None, title=title, daq_type=kind)
    modules.append(module)
    module.detector = "TCPServer"
    settings = module.settings.child("detector_settings")
    settings.child("socket_ip").setValue("127.0.0.1")
    settings.child("port_id").setValue(port)
    module.init_hardware()
    assert run_until(lambda: module.initialized_state), f"{title} was not initialised"
    return module


def clients(module, part):
    return module.settings.child(part, "conn_clients").value() or {}


def grab(module, seconds=15):
    """One grab, as the button 'snap' makes it; nil if none came."""
    got = []
    module.grab_done_signal.connect(got.append)
    module.grab_data(False, snap_state=True)
    run_until(lambda: got, seconds)
    module.grab_done_signal.disconnect(got.append)
    return got[0] if got else None


def move(module, command, seconds=20):
    """A move and its end; nil if none came."""
    got = []
    module.move_done_signal.connect(got.append)
    command()
    run_until(lambda: got, seconds)
    module.move_done_signal.disconnect(got.append)
    return float(got[0].data[0][0]) if got else None


ports = {name: free_port() for name in ("voltage", "spectrum", "camera", "stage", "remote_stage", "remote_detector")}
bench = f"""roles:
  voltage:
    kind: detector
    server: 127.0.0.1:{ports['voltage']}
    channels:
      - {{ label: Voltage, frame: PYMODAQ_SIM_VOLTAGE, field: voltage, request: true }}
  spectrum:
    kind: detector
    server: 127.0.0.1:{ports['spectrum']}
    channels:
      - {{ label: Spectrum, frame: PYMODAQ_SIM_SPECTRUM, field: intensities, axis: wavelengths, request: true }}
  camera:
    kind: detector
    server: 127.0.0.1:{ports['camera']}
    channels:
      - {{ label: Camera, frame: PYMODAQ_SIM_IMAGE, field: pixels, width: width, request: true }}
  stage:
    kind: actuator
    server: 127.0.0.1:{ports['stage']}
    target: {{ frame: PYMODAQ_SIM_MOVE, field: position }}
    position: {{ frame: PYMODAQ_SIM_POSITION, field: position, request: true }}
    home: {{ frame: PYMODAQ_SIM_HOME, at: 0 }}
  far stage:
    kind: remote_actuator
    listen: {ports['remote_stage']}
    units: mm
  far detector:
    kind: remote_detector
    listen: {ports['remote_detector']}
"""
map_path = os.path.join(folder, "map.yaml")
open(map_path, "w").write(bench)


def peak(position):
    return math.exp(-(((position - 10) / 5) ** 2))


def detectors():
    print("detectors: a 0D, a 1D and a 2D TCPServer grab from the bus")
    data = grab(viewers[0])
    value = float(data[0].data[0][0]) if data else math.nan
    check("0D has one channel with the voltage of the bench", abs(value - peak(0)) < 0.01, f"{value:.4f}")
    check("0D has its label and units", data[0].labels == ["Voltage"] and data[0].units == "V",
          f"{data[0].labels} {data[0].units}")
    data = grab(viewers[1])
    array = data[0].data[0] if data else np.zeros(1)
    check("1D has 256 points with a peak at 550 nm", array.shape == (256,) and abs(array.argmax() - 100) < 5,
          f"{array.shape} {array.dtype} peak at index {array.argmax()}")
    axis = data[0].axes[0]
    check("1D has the wavelengths as its axis", axis.units == "nm" and abs(axis.get_data()[0] - 400) < 1e-3,
          f"{axis.label} {axis.units}")
    data = grab(viewers[2])
    array = data[0].data[0] if data else np.zeros((1, 1))
    row, column = np.unravel_index(array.argmax(), array.shape)
    check("2D has 48 x 64 pixels with a spot in the middle", array.shape == (48, 64) and abs(row - 24) < 6,
          f"{array.shape} {array.dtype} spot at {row}, {column}")
    check("the settings of the bridge are shown",
          viewers[0].settings.child("detector_settings", "settings_client", "max_age").value() == 0.2)
    viewers[0].settings.child("detector_settings", "settings_client", "max_age").setValue(0.1)
    time.sleep(0.2)
    log = os.path.join(folder, "pymodaq-bridge.log")
    check("and can be changed", run_until(lambda: "name=max_age value=real(0.1)" in open(log).read(), 5))
    framebus("send", "PYMODAQ_SIMULATE", "event=SILENCE", "value=4000")
    data = grab(viewers[0])
    value = float(data[0].data[0][0]) if data else 0
    check("what cannot be measured is not a number", math.isnan(value), f"{value}")
    infos = viewers[0].settings.child("detector_settings", "infos")
    run_until(lambda: infos.children(), 5)
    check("and a line says why", bool(infos.children()), infos.children()[0].value() if infos.children() else "")
    time.sleep(4)


def actuator():
    print("actuator: a TCPServer move moves the stage of the bench")
    stage = actuators[0]
    check("the server has the units of the stage", stage.units == "mm", stage.units)
    check("move_abs ends where it should", move(stage, lambda: stage.move_abs(5.0)) == 5.0)
    check("move_rel too", move(stage, lambda: stage.move_rel(-2.5)) == 2.5)
    value = move(stage, lambda: stage.move_home())
    check("move_home too", value is not None and abs(value) < 0.011, f"{value}")
    began = time.monotonic()
    got = []
    stage.move_done_signal.connect(got.append)
    stage.move_abs(40.0)
    run_until(lambda: False, 1)
    stage.stop_motion()
    run_until(lambda: got, 10)
    value = float(got[0].data[0][0]) if got else math.nan
    check("a stop in a move ends it where it is", 1 < value < 30, f"{value:.2f} after {time.monotonic() - began:.1f} s")
    framebus("send", "PYMODAQ_SIMULATE", "event=BREAK")
    value = move(stage, lambda: stage.move_abs(0.0))
    check("a move that fails ends with the real position", value is not None and value > 0.5, f"{value}")
    framebus("request", "PYMODAQ_SIM_POSITION")
    check("a target out of range is not moved to", move(stage, lambda: stage.move_abs(99.0)) == value)
    move(stage, lambda: stage.move_abs(1.0))


def scan(count=50, restart_at=None):
    """A scan as DAQ_Scan makes it: by PyMoDAQ's own ModulesManager."""
    manager = ModulesManager(viewers[:1], actuators[:1], viewers[:1], actuators[:1])
    manager.connect_actuators()
    manager.connect_detectors()
    points, times = [], {"moves": 0, "grabs": 0}
    began = time.monotonic()
    for index in range(count):
        target = 0.4 * (index + 1) if restart_at is None else 20 - 0.4 * (index + 1)
        if index == restart_at:
            global bus_manager
            bus_manager.terminate()
            bus_manager.wait()
            bus_manager = start("bus-manager", "--listen", os.environ["FRAMEBUS"])
        start_time = time.monotonic()
        reached = manager.move_actuators(
            DataToExport("move", data=[DataActuator(actuators[0].title, data=[np.array([target])], units="mm")]))
        moved_time = time.monotonic()
        data = manager.grab_datas()
        times["moves"] += moved_time - start_time
        times["grabs"] += time.monotonic() - moved_time
        points.append((target, float(reached[0].data[0][0]), float(data[0].data[0][0])))
    seconds = time.monotonic() - began
    manager.connect_actuators(False)
    manager.connect_detectors(False)
    return points, seconds, times


def scan_part():
    print("scan: 50 points, stage and voltage")
    points, seconds, times = scan()
    worst_position = max(abs(target - reached) for target, reached, _ in points)
    worst_value = max(abs(value - peak(reached)) for _, reached, value in points)
    check("every point was reached", len(points) == 50 and worst_position < 0.011, f"off by {worst_position:.4f} mm at most")
    check("every voltage belongs to its point", worst_value < 0.005, f"off by {worst_value:.4f} V at most")
    best = max(points, key=lambda point: point[2])
    check("the peak is at 10 mm", abs(best[0] - 10) < 0.5, f"{best[0]:.1f} mm, {best[2]:.3f} V")
    print(f"  50 points in {seconds:.1f} s: {times['moves']:.1f} s of moves, {times['grabs']:.1f} s of grabs")


def restart():
    print("restart: a scan of 20 points in which the manager is restarted")
    points, seconds, _ = scan(20, restart_at=8)
    right = [abs(target - reached) < 0.011 and abs(value - peak(reached)) < 0.005 for target, reached, value in points]
    unmeasured = [math.isnan(reached) or math.isnan(value) for _, reached, value in points]
    check("it goes on to its end", len(points) == 20, f"in {seconds:.1f} s")
    check("each point is right or not a number", all(a or b for a, b in zip(right, unmeasured)),
          f"{sum(right)} right, {sum(unmeasured)} not numbers")
    check("at most two are not numbers", sum(unmeasured) <= 2)


def all_are_connected():
    return (all("GRABBER" in clients(each, "detector_settings") for each in viewers)
            and "ACTUATOR" in clients(actuators[0], "move_settings"))


def start_bridge():
    return start("pymodaq-bridge", "--map", map_path, "--sim", "--state", os.path.join(folder, "state"))


def killed():
    print("killed: a scan of 12 points in which the bridge is killed during a move and started again")
    global bridge
    manager = ModulesManager(viewers[:1], actuators[:1], viewers[:1], actuators[:1])
    manager.connect_actuators()
    manager.connect_detectors()
    move(actuators[0], lambda: actuators[0].move_abs(0.0))
    points, began = [], time.monotonic()
    for index in range(12):
        target = 1.0 * (index + 1)
        if index == 4:
            def kill():
                global bridge
                bridge.kill()
                bridge.wait()
                bridge = start_bridge()
            QtCore.QTimer.singleShot(50, kill)
        reached = manager.move_actuators(
            DataToExport("move", data=[DataActuator(actuators[0].title, data=[np.array([target])], units="mm")]))
        if index == 4:
            run_until(lambda: all_are_connected(), 20)
        data = manager.grab_datas()
        points.append((target, *(float(each[0].data[0][0]) if each and len(each) else math.nan for each in (reached, data))))
    manager.connect_actuators(False)
    manager.connect_detectors(False)
    right = [abs(target - reached) < 0.011 and abs(value - peak(reached)) < 0.005 for target, reached, value in points]
    print("  " + ", ".join(f"{target:.0f} mm: {reached:.2f} {value:.3f}" for target, reached, value in points))
    check("it goes on to its end", len(points) == 12, f"in {time.monotonic() - began:.1f} s")
    check("every point after the next is right", all(right[:4]) and all(right[6:]), f"{sum(right)} of 12 right")
    check("no voltage belongs to another place",
          all(math.isnan(reached) or math.isnan(value) or abs(value - peak(reached)) < 0.005
              for _, reached, value in points))


def large():
    print("large: a client made of PyMoDAQ's own classes sends an image of 64 MiB")
    from pymodaq.utils.data import DataFromPlugins
    from pymodaq.utils.tcp_ip.mysocket import Socket
    log = os.path.join(folder, "pymodaq-bridge.log")
    image = DataFromPlugins("image", data=[np.zeros((4096, 2048))], labels=["Image"])
    client = Socket(socket.create_connection(("127.0.0.1", ports["remote_detector"])))
    try:
        client.check_sended_with_serializer("GRABBER")
        client.check_sended_with_serializer("Done")
        client.check_sended_with_serializer(DataToExport("image", data=[image]))
        client.socket.settimeout(10)
        problem = "" if client.socket.recv(1) else "closed"
    except OSError as error:
        problem = str(error)
    check("the connection is reset", "eset" in problem or "roken" in problem, problem)
    found = lambda: [line for line in open(log).read().splitlines() if 'role="far detector"' in line and "limit" in line
                     or "are read here" in line]
    run_until(found, 5)
    check("the log names the limit", bool(found()), "".join(found()[-1:]))
    code, text = framebus("request", "PYMODAQ_STATUS")
    check("and the status", "limit" in text or "are read here" in text, text[-300:].replace("\n", " "))


def remote():
    print("remote: a DAQ_Move and a DAQ_Viewer connect to the bridge")
    stage = DAQ_Move(None, title="far")
    modules.append(stage)
    stage.actuator = "Mock"
    stage.init_hardware()
    assert run_until(lambda: stage.initialized_state)
    tcp = stage.settings.child("main_settings", "tcpip")
    tcp.child("ip_address").setValue("127.0.0.1")
    tcp.child("port").setValue(ports["remote_stage"])
    tcp.child("connect_server").setValue(True)
    log = os.path.join(folder, "pymodaq-bridge.log")
    connected = run_until(lambda: 'event=connected role="far stage"' in open(log).read(), 10)
    check("the actuator is connected", connected)
    code, text = framebus("send", "PYMODAQ_REMOTE_MOVE", "position=3.5", "--await")
    check("a frame moves it", code == 0 and "DONE" in text, text.splitlines()[-1] if text else "")
    run_until(lambda: False, 1)
    there = DataActuator(data=stage._current_value.data, units=stage._current_value.units).value("mm")
    check("where it should", abs(there - 3.5) < 0.1, f"{stage._current_value.data[0][0]:.4f} {stage._current_value.units}")
    code, text = framebus("send", "PYMODAQ_REMOTE_MOVE", "position=3.5", "--await")
    check("a move to where it is ends, too", code == 0, text.splitlines()[-1] if text else "")
    code, text = framebus("request", "PYMODAQ_REMOTE_POSITION")
    check("it says where it is", code == 0, text.splitlines()[-1] if text else "")
    detector = DAQ_Viewer(None, title="far detector", daq_type="DAQ0D")
    modules.append(detector)
    detector.detector = "Mock"
    detector.init_hardware()
    assert run_until(lambda: detector.initialized_state)
    tcp = detector.settings.child("main_settings", "tcpip")
    tcp.child("ip_address").setValue("127.0.0.1")
    tcp.child("port").setValue(ports["remote_detector"])
    tcp.child("connect_server").setValue(True)
    connected = run_until(lambda: 'event=connected role="far detector"' in open(log).read(), 10)
    check("the detector is connected", connected)
    code, text = framebus("request", "PYMODAQ_REMOTE_DATA", "--timeout", "10000")
    check("a request makes it measure", code == 0 and "values" in text, text[-160:].replace("\n", " "))


def figures():
    print("figures: grabs per second of one 0D viewer, with the bridge and with a plain client of PyMoDAQ's own classes")
    for name in ("bridge", "plain client"):
        if name == "bridge":
            module = viewers[0]
        else:
            port = free_port()
            module = viewer("plain", "DAQ0D", port)
            child = subprocess.Popen([sys.executable, __file__, "--plain-client", str(port)])
            children.append(child)
            run_until(lambda: "GRABBER" in clients(module, "detector_settings"), 20)
            run_until(lambda: False, 1)
        count, began = 0, time.monotonic()
        while time.monotonic() - began < 10 and grab(module) is not None:
            count += 1
        print(f"  {name}: {count / (time.monotonic() - began):.2f} grabs/s")


def plain_client(port):
    """A client made of PyMoDAQ's own classes: it answers at once."""
    from pymodaq.utils.data import DataFromPlugins
    from pymodaq.utils.tcp_ip.mysocket import Socket
    from pymodaq.utils.tcp_ip.serializer import DeSerializer
    raw = Socket(socket.create_connection(("127.0.0.1", port)))
    raw.check_sended_with_serializer("GRABBER")
    while True:
        DeSerializer(raw).string_deserialization()
        data = DataToExport("plain", data=[DataFromPlugins("plain", data=[np.array([1.5])], labels=["Voltage"])])
        raw.check_sended_with_serializer("Done")
        raw.check_sended_with_serializer(data)


if wanted[:1] == [] and programs == "--plain-client":
    sys.exit("a port is missing")
if programs == "--plain-client":
    plain_client(int(wanted[0]))

parts = {"detectors": detectors, "actuator": actuator, "scan": scan_part, "restart": restart, "killed": killed, "figures": figures,
         "large": large, "remote": remote}
print(f"PyMoDAQ {pymodaq.__version__}; logs in {folder}")
bus_manager = start("bus-manager", "--listen", os.environ["FRAMEBUS"])
try:
    viewers = [viewer(title, kind, ports[title])
               for title, kind in (("voltage", "DAQ0D"), ("spectrum", "DAQ1D"), ("camera", "DAQ2D"))]
    stage = DAQ_Move(None, title="stage")
    stage.actuator = "TCPServer"
    stage.settings.child("move_settings", "socket_ip").setValue("127.0.0.1")
    stage.settings.child("move_settings", "port_id").setValue(ports["stage"])
    stage.init_hardware()
    assert run_until(lambda: stage.initialized_state), "the stage was not initialised"
    actuators = [stage]
    bridge = start_bridge()
    check("the bridge connects to all four TCPServers", run_until(all_are_connected, 20))
    run_until(lambda: False, 2)
    for name, part in parts.items():
        if not wanted or name in wanted:
            part()
    bridge.terminate()
    run_until(lambda: bridge.poll() is not None, 10)
    check("the bridge ends in order", bridge.poll() == 0, f"{bridge.poll()}")
    run_until(lambda: not any("GRABBER" in clients(each, "detector_settings") for each in viewers), 5)
    check("and PyMoDAQ knows that it is gone",
          not any("GRABBER" in clients(each, "detector_settings") for each in viewers))
finally:
    for child in children:
        if child.poll() is None:
            child.kill()
print(f"{failed} checks failed" if failed else "all checks passed")
sys.stdout.flush()
# Its threads do not always end.
os._exit(min(failed, 100))
