# Two commands matter: `make report` and `make test`. Both set everything up.
# On Windows use conda and the lines beside each command in README.md.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
RUN := $(VENV)/bin/python -m
READY := $(VENV)/.ready
LANGUAGE ?= en
# A file of tests, or a notebook, stays whole on one of as many processes as there are processors.
SHARED := --numprocesses logical --dist loadfile
# Each process computes on one thread, as reports do: more would wait for each other.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export VECLIB_MAXIMUM_THREADS := 1

.DEFAULT_GOAL := report
.PHONY: report test check simulate lab record lock benchmarks clean

report: $(READY)  ## all notebooks on demo and published data -> report/index.html
	$(RUN) clientlab report --lang $(LANGUAGE)

test: $(READY)  ## everything but the simulations; notebooks by full nbval
	$(RUN) pytest tests clientlab $(SHARED)
	$(RUN) pytest --nbval --nbval-current-env --nbval-cell-timeout=300 -p no:cacheprovider notebooks $(SHARED)

check: $(READY)  ## style, types, fast tests
	$(RUN) ruff format --check conftest.py clientlab tests benchmarks
	$(RUN) ruff check conftest.py clientlab tests benchmarks notebooks
	$(RUN) pyright
	$(RUN) pytest tests clientlab --ignore tests/notebooks $(SHARED)

simulate: $(READY)  ## coverage of every interval, level of every test
	$(RUN) pytest tests -m simulation

benchmarks: $(READY)  ## speed beside peers, as ratios
	$(RUN) benchmarks

lab: $(READY)  ## open the notebooks
	$(RUN) clientlab lab

record: $(READY)  ## store the outputs of the notebooks again, on the locked versions
	$(RUN) clientlab record

lock: $(READY)  ## resolve requirements.lock again from pyproject.toml
	$(RUN) uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-annotate \
	    --no-header --upgrade --all-extras --group dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) report

# The stamp is renewed whenever what is installed would change.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Set PYTHON=/path/to/python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check -r requirements.lock
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)
