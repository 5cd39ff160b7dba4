# `make help` lists what can be run. `make setup` needs python3 (3.11 or newer), make and a
# package index; every other target but `lock` sets up first, and only when something changed.

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed
COMPILED := $(VENV)/.compiled
LOCKS := requirements/build.txt requirements/dev.txt

# Name another interpreter with `make setup PYTHON=/path/to/python3.12`.
PYTHON ?= python3 python3.13 python3.12 python3.11 python3.14
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Keeps of what pip says one line per package, its warnings, and everything from an error on.
PROGRESS := sed -n -E -e '/^ *(ERROR|error)/,$$ { p; d; }' \
	-e 's/^Collecting ([^ ;]*).*/  fetching \1/p' -e 's/^Installing collected.*/  installing/p' \
	-e '/^WARNING: Location/d' -e '/^WARNING/p'

# Set up again when the environment does not run, or the folder was moved since.
STALE := $(shell test "`cat $(LOCKED) 2>/dev/null`" = "$(CURDIR)" && $(BIN)/python -c pass 2>/dev/null || echo again)
# What the compiled content is made from. Folders are listed too: a removed file changes its folder.
CONTENT := $(shell find content/ src/dutybound/packs src/dutybound/terms -not -path '*__pycache__*' 2>/dev/null)
UNCOMPILED := $(if $(wildcard src/dutybound/_compiled/content.json),,again)

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types imports content check coverage spark bench torture docs lock again

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F '|' '{printf "%-16s %s\n", $$1, $$2}'

setup: $(INSTALLED) $(COMPILED) ## create .venv with everything in it
	@$(if $(filter setup,$(MAKECMDGOALS)),echo 'ready: $(BIN)/dutybound',:)

$(LOCKED): $(LOCKS) $(STALE)
	@echo "step 1/4: create $(VENV)"
	@found=; seen=; \
	for python in $(PYTHON); do \
	  if "$$python" -c '$(USABLE)' 2>/dev/null; then found=$$python; break; fi; \
	  version=`"$$python" --version 2>&1` && seen="$$seen  $$python is $$version\n"; \
	done; \
	if [ -z "$$found" ]; then \
	  { echo "make: dutybound needs Python 3.11 or newer, with its modules venv and ensurepip."; \
	    if [ -n "$$seen" ]; then echo "Found, but not usable:"; printf "$$seen"; else echo "Found no Python under these names: $(PYTHON)"; fi; \
	    echo "On Debian and Ubuntu the modules are in the package python3-venv."; \
	    echo "Name an interpreter yourself: make setup PYTHON=/path/to/python3.12"; } >&2; \
	  exit 1; \
	fi; \
	echo "  with `"$$found" --version`"; \
	"$$found" -m venv --clear $(VENV)
	@echo "step 2/4: install the locked requirements"
	@{ $(PIP) install --progress-bar off --require-hashes $(LOCKS:%=-r %) 2>&1 || : > $(VENV)/.failed; } | $(PROGRESS)
	@if [ -e $(VENV)/.failed ]; then rm $(VENV)/.failed; echo "make: the locked requirements could not be installed; pip says why above." >&2; exit 1; fi
	@printf '%s\n' '$(CURDIR)' > $(LOCKED)

$(INSTALLED): $(LOCKED) pyproject.toml hatch_build.py
	@echo "step 3/4: install dutybound"
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $(INSTALLED)

$(COMPILED): $(INSTALLED) $(CONTENT) $(UNCOMPILED)
	@echo "step 4/4: compile the content"
	@$(BIN)/dutybound law compile
	@touch $(COMPILED)

demo: setup ## show the credit-scoring example, and write its dossier into build/demo
	@$(BIN)/dutybound demo --dossier build/demo

test: setup ## run all tests
	@$(BIN)/pytest -n auto

lint: setup ## check style and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: setup ## check types
	@$(BIN)/mypy

imports: setup ## check that imports point one way
	@$(BIN)/lint-imports

content: setup ## check the content: schemas, sources, cases
	@$(BIN)/dutybound law lint

check: test lint types imports content ## run all of these checks

coverage: setup ## run all tests and show what they do not reach
	@$(BIN)/pytest -n auto --cov

# Spark is large, and not in `make setup`.
spark: setup ## install Spark and run its tests on a local cluster
	@$(PIP) install --quiet --require-hashes -r requirements/spark.txt
	@DUTYBOUND_SPARK=required $(BIN)/pytest tests/warehouse/test_spark.py

bench: setup ## measure speed and memory
	@$(BIN)/python benchmarks/run.py

# Whole they take hours. Name campaigns with TORTURE: make torture TORTURE=hostile SEED=7 SHARE=0.2
torture: setup ## long campaigns against the verifier and the log
	@$(BIN)/python -m tests.torture $(TORTURE) $(SEED:%=--seed %) $(SHARE:%=--share %)

docs: setup ## build the pages that come from content/, and the output in README.md
	@$(BIN)/python docs/build.py

# What is wanted stands in pyproject.toml; the locks say what exactly is installed. They hold for
# every supported Python and system, with the hash of each file of a release.
# `make lock FLAGS=--upgrade` moves to newer releases; without it only what must change changes.
UV ?= uv
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(FLAGS)

lock: ## write requirements/*.txt again (needs uv)
	@command -v $(UV) >/dev/null || { echo "make: lock needs uv: pip install uv" >&2; exit 1; }
	@$(LOCK) pyproject.toml --extra dev -o requirements/dev.txt
	@$(LOCK) pyproject.toml -c requirements/dev.txt -o requirements/core.txt
	@$(LOCK) pyproject.toml --extra spark -c requirements/dev.txt -o requirements/spark.txt
	@python3 -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' \
	  | $(LOCK) - -c requirements/dev.txt -o requirements/build.txt
	@! grep -nE '^ *(-[if]|--(index|extra-index|find-links))|://|file:| @ ' requirements/*.txt
