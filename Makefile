# `make demo` and `make test` need Python 3.11 or newer, make and a shell: no server, no Docker, no root.
# A running service never needs make: what it does is the `descentd` command in .venv/bin.
BIN := .venv/bin
BENCH := .bench-venv/bin
LOCKED = env -u PIP_FIND_LINKS $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --quiet $(LOCK_OPTIONS)
# How many are `auto`, and which files begin first, tests/conftest.py tells. No more at once than
# Redis has databases for; a file's tests share what they set up.
PARALLEL := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# Of each fault on each stack; those done before, on the same code, are not done again.
ROUNDS := 3
LOAD_SECONDS := 600

.DEFAULT_GOAL := help
.PHONY: help install demo test check audit format chaos verify bench lock

help: ## these lines
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile

install: .venv/.installed ## builds .venv from the locked requirements, with the descentd command in .venv/bin

demo: install ## starts the service, trains on iris over HTTP, shows the cost curve, stops it
	@$(BIN)/python examples/demo.py

test: install ## the whole test suite; PYTEST_OPTIONS are handed on
	$(BIN)/python -m pytest $(PARALLEL) $(PYTEST_OPTIONS)

check: install audit ## what CI runs: formatter, linter, type checker, audit of the packages, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) --no-print-directory test

audit: install ## whether something is known against the locked packages, as far as a network is there
	requirements/audit.sh $(BIN) requirements/runtime.lock requirements/development.lock

format: install ## writes the code as the formatter wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

chaos: install ## every fault on both stacks, ROUNDS=3 times; writes the figures into docs/reliability.md
	$(BIN)/python -m chaos --rounds $(ROUNDS)

verify: install ## the long proofs: every fault, tests marked so, uploads of 300 MiB, ten minutes of load
	$(MAKE) --no-print-directory chaos
	UPLOAD_MEBIBYTES=300 $(BIN)/python -m pytest tests/system/test_uploads.py
	$(BIN)/python -m pytest $(PARALLEL) -m verify
	$(BIN)/python -m benchmarks.endurance --seconds $(LOAD_SECONDS)

bench: .bench-venv/.installed ## measures against peers side by side; writes benchmarks/results.md
	$(BENCH)/python -m benchmarks

# LOCK_OPTIONS=--upgrade takes newer versions; without it the locks only follow a changed .in file.
lock: install ## resolves requirements/*.in anew
	for name in install runtime development benchmarks mlflow; do \
		$(LOCKED) requirements/$$name.in -o requirements/$$name.lock || exit 1; done
	$(LOCKED) --find-links "$(PIP_FIND_LINKS)" requirements/torch.in -o requirements/torch.lock
	if command -v npm >/dev/null; then npm --prefix examples/integrations/clients run --silent lock; fi

.venv/.installed: requirements/development.lock requirements/install.lock requirements/install.sh pyproject.toml client/pyproject.toml
	requirements/install.sh .venv requirements/development.lock
	@touch $@

.bench-venv/.installed: requirements/benchmarks.lock requirements/torch.lock requirements/install.lock requirements/install.sh pyproject.toml client/pyproject.toml
	requirements/install.sh .bench-venv requirements/benchmarks.lock
	$(BENCH)/python -m pip install --quiet --require-hashes -r requirements/torch.lock || \
		echo "bench: goes on without torch, whose CPU build pip was not shown (PIP_FIND_LINKS)"
	@touch $@
