# Two commands do everything on a fresh Debian 12 with Python 3.11: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard contest/web/translations/*/LC_MESSAGES/messages.po))
STAGE ?= open

.PHONY: demo test lint bench fuzz model races slow faults screens messages clean

$(VENV)/.runtime: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@$(PIP) --editable '.[fast]' 2>/dev/null || \
		echo "gunicorn_h1c could not be built (gcc, python3-dev; then rm $@): requests are read in Python, a quarter slower."
	touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(PIP) --editable '.[dev]'
	touch $@

%.mo: %.po $(VENV)/.runtime
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

demo: $(VENV)/.runtime $(CATALOGUES)
	$(BIN)/contest migrate
	$(BIN)/contest demo --stage $(STAGE)
	$(BIN)/contest serve

test: $(VENV)/.dev $(CATALOGUES)
	./tests/run

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/djlint --quiet --lint contest/web/templates

bench: $(VENV)/.dev $(CATALOGUES)
	$(BIN)/python -m benchmarks.save
	$(BIN)/python -m benchmarks.herd
	$(BIN)/python -m benchmarks.herd --people 4000 --database postgresql
	$(BIN)/python -m benchmarks.costs
	$(BIN)/python -m benchmarks.secrecy
	$(BIN)/python -m benchmarks.soak --minutes 10
	$(BIN)/python -m benchmarks.import
	$(BIN)/python -m benchmarks.bank
	$(BIN)/python -m benchmarks.regrade
	$(BIN)/python -m benchmarks.analyse
	$(BIN)/python -m benchmarks.boards
	$(BIN)/python -m benchmarks.certificates

# 100,000 damaged files in all, each format its equal share, through the readers (20 minutes); --seed tries others.
fuzz: $(VENV)/.dev
	$(BIN)/python -m tests.fuzz --count 100000

# 10,000 sittings as Hypothesis makes them up against a plain model, on each database (some ten minutes).
model: $(VENV)/.dev
	for engine in sqlite postgresql; do \
		$(BIN)/python -m pytest tests/delivery/test_model.py --sequences 10000 --database $$engine || exit 1; done

# Every race of a sitting and of its result 200 times with 50 threads, on each database (half an hour).
races: $(VENV)/.dev
	for engine in sqlite postgresql; do \
		$(BIN)/python -m pytest tests/*/test_race_*.py --race-rounds 200 --database $$engine || exit 1; done

# The browser journeys over a slow line: no page is there at once, and no test may count on it (ten minutes).
slow: $(VENV)/.dev $(CATALOGUES)
	$(BIN)/python -m pytest -m browser -n 2 --page-delay 400 tests/browser

# Kills, full disks, cut networks, power cuts under load (an hour; volumes need root, e2fsprogs and xfsprogs).
faults: $(VENV)/.dev $(CATALOGUES)
	$(BIN)/python -m faults

screens: $(VENV)/.dev $(CATALOGUES)
	SCREENS=docs/screens $(BIN)/python -m pytest -s tests/browser/test_contest.py tests/browser/test_weight.py

# Collect the sentences for the English catalogue.
messages: $(VENV)/.dev
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --no-location --sort-output --project contest --output-file /tmp/contest.pot .
	$(BIN)/pybabel --quiet update --ignore-obsolete --no-fuzzy-matching --omit-header --width 120 --input-file /tmp/contest.pot --locale en --output-dir contest/web/translations

clean:
	rm -rf $(VENV) instance build dist
