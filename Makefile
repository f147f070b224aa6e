# Needs python3 and make. Where uv is absent it goes into .uv; where no Python 3.12 or newer is found, uv fetches one.

PYTHON := .venv/bin/python
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo .uv/bin/uv)
SWEEP := adherence-vetting-budget
SUDO := $(shell test "$$(id -u)" = 0 || echo sudo)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run watch test slow notebooks notebooks-anew summaries bench bench-scaling browser-deps pictures lint format baseline odd lock clean

help:  ## print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

setup: .venv/.installed  ## make .venv, or renew it where the pinned versions changed

run: setup  ## run the sweep over adherence, vetting and budget; resumes where it stopped
	.venv/bin/sitesec sweep scenarios/sweeps/$(SWEEP).yaml --out results/$(SWEEP)

watch: setup  ## show today's policy in the browser
	.venv/bin/sitesec watch baseline

test: setup  ## run the tests, without the slow ones, a process a core
	$(PYTHON) -m pytest -m "not slow" -n logical --dist worksteal

slow: setup  ## run the slow tests, those in a browser among them, and all notebooks at a reduced size
	$(PYTHON) -m pytest -m slow
	rm -rf results/notebooks/small
	SITESEC_REPLICATES=6 SITESEC_OUT=$(CURDIR)/results/notebooks/small \
		$(PYTHON) -m pytest --nbmake --nbmake-timeout=86400 experiments

notebooks: setup  ## run the notebooks of experiments/ and compare with their results; idle cores, about 40 minutes
	$(PYTHON) -m experiments.reproduce

notebooks-anew: setup  ## write what the notebooks give in place of what is there; say why in CHANGELOG.md
	$(PYTHON) -m experiments.reproduce --keep

summaries: setup  ## run the long sweeps that notebooks rest on, and write their summaries
	$(PYTHON) -m experiments.summaries

bench: setup  ## engine, plain-Mesa twin and C floor side by side, replicates needed; idle cores, under 10 minutes
	$(PYTHON) -m experiments.benchmarks.bench

bench-scaling: setup  ## how the engine's cost grows, with plots
	$(PYTHON) -m experiments.benchmarks.scaling

browser-deps:  ## install Debian's Chromium, which the tests of the page need
	@command -v chromium >/dev/null || { $(SUDO) apt-get update -qq && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium >/dev/null; }

pictures: setup  ## take the README's pictures of the page anew
	$(PYTHON) -m pytest tests/browser -k a_picture_of --screenshots experiments/figures

lint: setup  ## check style, format and types
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy

format: setup  ## mend style and format where that can be done mechanically
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

baseline: setup  ## renew the files of baseline numbers and of defaults; say why in CHANGELOG.md
	$(PYTHON) -m tests.update_baseline

odd: setup  ## renew the generated tables of sim/ODD.md
	$(PYTHON) -m sim.describe.odd

lock: | $(UV)  ## pin all versions anew within the bounds of pyproject.toml
	$(UV) pip compile --quiet --universal --python-version 3.12 --all-extras --group dev --generate-hashes \
		--no-header pyproject.toml -o requirements.lock

clean:  ## remove what these commands made, except results/
	rm -rf .venv .uv .pytest_cache .ruff_cache .mypy_cache .hypothesis dist build
	find sim tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Byte-compiled, so that commands start quickly where PYTHONDONTWRITEBYTECODE is set too; our own files go by content,
# so that no edit of them goes unseen.
.venv/.installed: .venv/pyvenv.cfg requirements.lock pyproject.toml
	@echo "installing the pinned packages into .venv, byte-compiled"
	@$(UV) pip sync --quiet --compile-bytecode --python $(PYTHON) requirements.lock
	@$(UV) pip install --quiet --python $(PYTHON) --no-deps --editable .
	@$(PYTHON) -m compileall -q --invalidation-mode checked-hash sim
	@touch $@

# Where the Python of .python-version is neither found nor to be downloaded, another one will do.
.venv/pyvenv.cfg: .python-version | $(UV)
	@$(UV) venv --quiet --clear .venv || $(UV) venv --quiet --clear --no-python-downloads --python '>=3.12,<3.14' .venv

# The first python3 that works: under pyenv it may be a stub that asks for the version of .python-version.
.uv/bin/uv:
	@echo "installing uv into .uv"
	@python=$$(for p in python3 /usr/bin/python3; do $$p -c 'import ensurepip' 2>/dev/null && echo $$p && break; done); \
		$${python:-python3} -m venv .uv && .uv/bin/pip install --quiet uv
