# The ways into the project. Needs python3 (3.11 or newer) with its venv module, make and ca-certificates; no root, no Docker.
#
#   make run      install, then bring everything up on http://127.0.0.1:8000/ until Ctrl-C (ARGS="--port 8100 --pbx asterisk" …)
#   make demo     play recordings through every part and compare the numbers
#   make test     lint, then every test on the real parts; test-unit: only those that need no server
#   make bench    measure, an hour (PART=ami, reducer, streams, rebuild, ingest, path, latency, import, sockets, phone, marts, past or pages alone)
#   make faults   kill and stop every part while calls come, and print what was lost (ARGS="--seeds 1 --large 0" for less)
#   make year     every page in a browser over a year of calls, two minutes (the year is made once and kept: ten)
#   make fuzz     look for what breaks codec, decoder and reducer, ten minutes each (PART=codec, decoder or reducer alone)
#   make lint     what may not be merged otherwise; fmt: mend what can be mended by itself
#   make clean    remove what was installed and made here; the data folder stays

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
PART ?=
# The unit tests are milliseconds each: three processes that share them out beforehand need two thirds of what processes need
# that are handed one after the other. What starts servers waits for half of its time: three processes keep two cores busy, each
# with servers of its own, and each file in one process. So do pages in browsers, which load the machine themselves: two
# processes. What listens to sound, and these kills, go by the clock and leave half of the cores' time: that goes to what needs
# no server, which has no clock.
UNIT_API := tests/unit/api/
UNIT_PAGES := $(addprefix tests/unit/,dashboard/ infra/ warehouse/)
UNIT_CALLS := $(filter-out $(UNIT_API) $(UNIT_PAGES) %__pycache__/,$(wildcard tests/unit/*/))
PURE := $(addprefix tests/,architecture scenarios properties fuzz)
ALONE := tests/e2e/test_real_calls.py $(filter-out %/test_states.py,$(wildcard tests/e2e/phone/test_*.py)) \
  $(addprefix tests/faults/,test_tailer_kills.py test_warehouse_kills.py)
PAGES := $(filter-out $(ALONE),$(wildcard tests/e2e/test_*.py tests/e2e/*/test_*.py))
SERVED := tests/integration $(filter-out $(ALONE),$(wildcard tests/faults/test_*.py))
# Runs a command on what others leave of the cores. Linux shares them among sessions before it looks at priorities in one; where
# it may not be told so, politeness has to do.
IDLE := setsid --wait sh -c 'echo 19 >/proc/self/autogroup; chrt --idle 0 true && exec chrt --idle 0 "$$@"; exec nice -n 19 "$$@"' idle
# Targets at the same time, what each prints in one piece.
TOGETHER := $(MAKE) --no-print-directory --output-sync --jobs
# With options such as `-k queue` a part may have no such test.
NONE := $(if $(ARGS),|| [ $$? = 5 ])

.PHONY: run demo test test-unit test-unit-api test-unit-pages test-unit-calls test-alone test-pure bench faults year fuzz \
  lint lint-types lint-rest fmt clean
.DELETE_ON_ERROR:

run: $(VENV)/runtime.stamp
	$(BIN)/trunkline up $(ARGS)

demo: $(VENV)/runtime.stamp
	$(BIN)/trunkline demo $(ARGS)

test: lint test-unit
	$(BIN)/pytest $(SERVED) --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS) $(NONE)
	$(BIN)/pytest $(PAGES) --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS) $(NONE)
	+$(TOGETHER) 2 test-alone test-pure

test-alone: $(VENV)/dev.stamp
	$(BIN)/pytest $(ALONE) $(ARGS) $(NONE)

test-pure: $(VENV)/dev.stamp
	$(IDLE) $(BIN)/pytest $(PURE) --numprocesses auto --dist worksteal $(ARGS) $(NONE)

test-unit: $(VENV)/dev.stamp
	+$(TOGETHER) 3 test-unit-api test-unit-pages test-unit-calls

test-unit-api: $(VENV)/dev.stamp
	$(BIN)/pytest --quiet $(UNIT_API) $(ARGS) $(NONE)

test-unit-pages: $(VENV)/dev.stamp
	$(BIN)/pytest --quiet $(UNIT_PAGES) $(ARGS) $(NONE)

test-unit-calls: $(VENV)/dev.stamp
	$(BIN)/pytest --quiet $(UNIT_CALLS) $(ARGS) $(NONE)

bench: $(VENV)/dev.stamp
	PYTHONPATH=tests $(BIN)/python -m tests.bench $(PART) $(ARGS)

faults: $(VENV)/dev.stamp
	PYTHONPATH=tests $(BIN)/python -m faults $(ARGS)

year: $(VENV)/dev.stamp
	$(BIN)/pytest tests/e2e/test_year.py --year --durations 5 $(ARGS)

fuzz: $(VENV)/dev.stamp
	for part in $(or $(PART),codec decoder reducer); do PYTHONPATH=tests $(BIN)/python -m fuzz $$part $(ARGS) || exit 1; done

lint: $(VENV)/dev.stamp
	+$(TOGETHER) 2 lint-types lint-rest

lint-types: $(VENV)/dev.stamp
	$(BIN)/mypy

lint-rest: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

fmt: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv installs the hundred packages in seconds; pip alone would take a minute or two. It trusts whom the machine trusts, as pip
# does: a company's own certificates are there.
export UV_SYSTEM_CERTS := 1
$(VENV)/runtime.stamp: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/runtime.stamp
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable . --group dev
	@touch $@
