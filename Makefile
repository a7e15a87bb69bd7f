# Each target is one line that a person could type.  Nothing is installed outside .venv.
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 2525
KILLS ?= 300
BIN := .venv/bin
READY := .venv/ready

.PHONY: help run test again fast kill powercut bench interop fuzz lint format types check clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) ## gateway and console with one picture alarm, until Ctrl-C (PORT=2525 and the next four)
	@exec $(BIN)/alarmgw demo --home var --base-port $(PORT)

test: $(READY) ## everything that must pass
	@if [ "$${CI:-}" = true ]; then tests/interop/install.sh; fi
	$(BIN)/pytest -n 2

again: $(READY) ## what failed last, alone and one after the other
	$(BIN)/pytest --last-failed --last-failed-no-failures none

fast: $(READY) ## the tests to run while thinking: no real sockets, under ten seconds
	HYPOTHESIS_PROFILE=fast $(BIN)/pytest -n 2 -q -m "not sockets and not slow"

kill: $(READY) ## kills of gateway and workstations: all is there, shown once (KILLS=300; the long form: 1000)
	$(BIN)/python -m tests.kill --kills $(KILLS)
	ALARMGW_ENTRIES=1000000 $(BIN)/pytest -q -s tests/e2e/test_start.py

powercut: $(READY) ## 600 power cuts, at every step and under load; then a disk that lies
	@if [ "$${CI:-}" = true ]; then tests/interop/install.sh; fi
	$(BIN)/python -m tests.powercut --cuts 600
	$(BIN)/python -m tests.powercut --lies

bench: $(READY) ## final dot to 250 and to the screen, imports, thousands of sources: figures and bounds
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench_text
	$(BIN)/python -m tests.browser

interop: $(READY) ## real clients: smtplib, swaks, curl, Postfix, msmtp, nodemailer
	@if [ "$${CI:-}" = true ]; then tests/interop/install.sh all; fi
	$(BIN)/pytest -v tests/interop

fuzz: $(READY) ## the properties again, with many more examples
	HYPOTHESIS_PROFILE=fuzz $(BIN)/pytest -n 2 -q -m "not sockets and not slow"

lint: $(READY) ## ruff: rules and form
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY) ## ruff: put into form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY) ## mypy, strict
	$(BIN)/mypy

check: lint types ## lint, types, floors and shape
	$(BIN)/pytest -q tests/test_floors.py tests/test_shape.py

clean: ## remove only what git ignores (keeps .venv and var)
	git clean -fdXq -e '!.venv' -e '!var' .

# `pip install -e` does not show twistd the plugins of a checkout; the .pth line does.
$(READY): setup.cfg pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo 'python3 -m venv failed; on Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@echo 'setting up .venv (once, and after a change of setup.cfg) ...'
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[test,dev]'
	@echo '$(CURDIR)/twisted_plugins' > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/alarmgw-twisted-plugins.pth"
	@touch $(READY)
