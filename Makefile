# What there is to do with Framebus, from a fresh clone on.
#
#   make run       the manager and the three example modules, with their traffic
#   make test      all tests
#   make check     the gate: formatting, warnings as errors, all tests
#   make sanitize  all tests under the thread and the address sanitizer
#   make soak      a simulated bus with faults for SECONDS=60, or one day of it again with SEED=n
#   make fuzz      libFuzzer on every decoder, SECONDS=60 each, or on TARGET=session alone
#   make test-websocket   the web server against Autobahn and clients of others, as far as they can be installed
#   make test-pymodaq     the PyMoDAQ bridge against real PyMoDAQ from PyPI, as far as it can be installed
#   make device NAME=thermo    a device module from the template: protocol, simulator, module, tests, frames, page
#   make deb           the Debian package, in .build/deb; scripts/deb arm64 makes the one for a Raspberry Pi
#   make test-service  the package in a Debian with systemd, from installation to removal
#   make test-units    what systemd says of the units, and how well they are shut in
#   make docs      the SDK's reference and its articles, for a browser
#   make test-gpio  the blender's pumps on a real GPIO chip, in an emulated machine
#   make days      bad days of a bus, with what everybody sees and who loses what
#   make bench     measures it beside other brokers (docs/PERFORMANCE.md); make bench-quick in two minutes
#   make test-new  a package made by 'framebus new', built, tested and seen on a bus
#   make format    formats all sources
#   make release   the executables, optimised, in .build/release

SOURCES := Benchmarks Examples Fuzz Package.swift Plugins Sources Tests

SECONDS := 60

.PHONY: run build test test-page test-new test-websocket test-pymodaq check lint format sanitize soak fuzz kills days bench bench-quick bench-tools release setup device test-device test-gpio test-units test-service deb docs

run: build
	@scripts/run-example .build/debug

build: setup
	swift build

test: setup
	@scripts/test $(TEST_FLAGS)

test-new: build
	@scripts/test-new .build/debug

test-page: build
	@scripts/test-page .build/debug

test-websocket: setup
	@scripts/test-websocket

test-pymodaq: build
	@scripts/test-pymodaq .build/debug $(PARTS)

check: lint
	$(MAKE) test TEST_FLAGS="-Xswiftc -warnings-as-errors"

lint:
	swift format lint --strict -r $(SOURCES)

format:
	swift format -i -r $(SOURCES)

release: setup
	swift build -c release --static-swift-stdlib

# The generator runs during the build and is instrumented too; lld spares warnings of the default linker.
sanitize: setup
	scripts/test --sanitize=thread --scratch-path .build/thread -Xswiftc -use-ld=lld
	LSAN_OPTIONS=suppressions=$(CURDIR)/scripts/leaks.supp scripts/test --sanitize=address --scratch-path .build/address -Xswiftc -use-ld=lld

# Straight from the test bundle: 'swift test' would keep its lines back until the end.
soak: setup
	swift build --build-tests
	@SOAK_$(if $(SEED),SEED=$(SEED),SECONDS=$(SECONDS)) .build/debug/framebusPackageTests.xctest \
	  --filter SoakTests --testing-library swift-testing

# What it finds becomes a file in a folder Failures, which the tests replay from then on; new inputs stay in .build.
fuzz: setup
	@scripts/fuzz $(SECONDS) $(TARGET)

device:
	@scripts/device $(NAME)

test-device: setup
	@scripts/test-device

# Skipped, with the reason, where there is no qemu.
test-gpio: setup
	@scripts/test-gpio

deb: setup
	@scripts/deb

# As root, or it is skipped with the reason.
test-service: setup
	@scripts/test-service

test-units:
	@scripts/test-units

docs: setup
	@scripts/docs

# Needs about a quarter of an hour: 450 experiments of which one part is killed.
kills: build
	@scripts/kills .build/debug

days: setup
	swift build -c release --product bus-manager
	swift build -c release --product led-module
	@python3 scripts/days.py .build/release

bench: bench-tools
	@Benchmarks/bench --json .build/bench/results.json

bench-quick: bench-tools
	@Benchmarks/bench --quick --json .build/bench/results.json

# Without shared libraries the manager needs a third less memory; with them its allocations can be counted.
bench-tools: setup
	@mkdir -p .build/bench
	gcc -O2 -Wall -Wextra -Werror -o .build/bench/relay Benchmarks/relay.c
	gcc -O2 -Wall -Wextra -Werror -o .build/bench/load Benchmarks/load/*.c
	gcc -O2 -Wall -Wextra -Werror -shared -fPIC -o .build/bench/allocations.so Benchmarks/allocations.c
	swift build -c release -Xswiftc -static-executable --scratch-path .build/static --product bus-manager
	swift build -c release -Xswiftc -static-executable --scratch-path .build/static --product bus-bench
	swift build -c release --static-swift-stdlib --product bus-manager
	cp .build/static/release/bus-manager .build/static/release/bus-bench .build/bench
	cp .build/release/bus-manager .build/bench/bus-manager-shared

setup:
	@scripts/setup
