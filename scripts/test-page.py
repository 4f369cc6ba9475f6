"""What a person does with the page of the blender, in a headless Chromium: an order, its progress, a refusal on another screen, a
stop, the loss and the return of the module, and a calibration. See scripts/test-page.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from playwright.sync_api import expect, sync_playwright

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLE = os.path.join(HERE, "..", "Examples", "blender.yaml")


class Blender:
    """The module with simulated pumps. It has no manager: screens do not need one."""

    def __init__(self, programs, folder, address="127.0.0.1:0"):
        self.log = open(os.path.join(folder, "log"), "w+")
        self.process = subprocess.Popen(
            [os.path.join(programs, "blender"), "--sim", "--config", EXAMPLE, "--state", folder, "--bus", folder + "/none",
             "--websocket", address], stdout=subprocess.DEVNULL, stderr=self.log)
        self.page = self.wait_for(r"page=(http://\S+)")
        self.wait_for("event=(pumps_ready)")

    def wait_for(self, pattern):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            found = re.search(pattern, open(self.log.name).read())
            if found:
                return found[1]
            time.sleep(0.05)
        sys.exit("test-page: the blender does not start:\n" + open(self.log.name).read())

    def kill(self):
        self.process.kill()
        self.process.wait()


def main():
    programs = sys.argv[1]
    pictures = sys.argv[2] if len(sys.argv) > 2 else None
    folder = tempfile.mkdtemp()
    blender = Blender(programs, folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        phone = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
        wide = browser.new_context(viewport={"width": 1100, "height": 800}, color_scheme="dark").new_page()
        errors = []
        for page in (phone, wide):
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
            page.goto(blender.page)
            page.wait_for_selector("#link[data-state=on]")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen"

        def picture(page, name):
            if pictures:
                page.screenshot(path=os.path.join(pictures, name + ".png"))

        def toast(page):
            return page.locator(".toast").last.inner_text()

        phone.click(".drink button >> nth=1")
        wide.wait_for_selector("#progress[data-busy=true]")
        expect(wide.locator("#progress-text")).to_have_text(re.compile(r"Mixing: \d+ s \(Rum, Cola, Lime juice\)"))
        picture(phone, "order")
        wide.click(".drink button >> nth=0")
        wide.wait_for_selector(".toast.bad")
        assert re.fullmatch(r"Already blending ! Retry in \d+ sec", toast(wide)), toast(wide)
        picture(wide, "refusal")
        assert phone.locator(".toast").count() == 0, "another screen's refusal is shown"
        phone.click("#stop")
        phone.wait_for_selector("#progress[data-busy=false]")
        phone.wait_for_selector(".toast")
        assert toast(phone).startswith("stopped: pump 1 ran "), toast(phone)

        blender.kill()
        phone.wait_for_selector("#link[data-state=off]")
        picture(phone, "loss")
        blender = Blender(programs, folder, re.sub("^http://|/$", "", blender.page))
        phone.wait_for_selector("#link[data-state=on]")

        phone.click("nav >> text=Mix")
        phone.evaluate("() => { const s = document.getElementById('slider-3'); s.value = 5; s.oninput(); }")
        phone.click("#mix [data-cups] button >> nth=0")
        picture(phone, "mix")
        phone.click("#mix-order")
        phone.wait_for_selector("text=the drink is ready")
        phone.click("text=Setup")
        phone.click("#pumps li:nth-child(4) >> text=Measure")
        phone.wait_for_selector("dialog[open]", timeout=20000)
        phone.fill("#measure-value", "37.56")
        picture(phone, "measure")
        phone.click("text=Save")
        expect(phone.locator("#speed_ratio-3")).to_have_value("1.25")
        picture(phone, "setup")
        assert not errors, errors
        browser.close()
    blender.kill()
    shutil.rmtree(folder)
    print("test-page: an order, its progress, a refusal, a stop, loss and return, a mix and a calibration: passed")


main()
