# `make ask` and `make test` each set everything up in .venv, then do their work.
# Needs: make and Python >= 3.11 (choose one with `make PYTHON=python3.13 test`; `make JOBS=1 test` runs one test at a time).

PYTHON ?= python3
JOBS   ?= auto
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help ask test test-slow test-all check format generated notebooks spark stores clients workbench editor wheels docs site lock clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

ask: $(VENV)/.base  ## Set up, then print who confirmed which casualty figures of the bombing of Yida
	@$(BIN)/testimonia ask confirmed-figures --incident event:bombing-of-the-yida-refugee-camp

PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --durations 15

test: $(VENV)/.dev  ## Set up, then run the tests, but for the slow ones
	@$(PYTEST) -m "not slow"

test-slow: $(VENV)/.dev  ## Run the slow tests: servers, Spark, reasoners, peers, whole datasets (some skip where those are missing)
	@$(PYTEST) -m slow

test-all: test test-slow  ## Run all tests

check: $(VENV)/.dev  ## Lint, types, import layers, stale generated files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.generate --check

format: $(VENV)/.dev  ## Format the Python code
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

generated: $(VENV)/.dev  ## Regenerate the generated pages
	$(BIN)/python -m tools.generate

notebooks: $(VENV)/.dev  ## Run the notebooks, and save their output
	$(BIN)/python -m tools.notebooks

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Testimonia needs Python 3.11 or newer, and $(PYTHON) is {v[0]}.{v[1]}: call make with PYTHON=python3.11 (or newer)")'
	$(PYTHON) -m venv $(VENV)

# Versions and hashes come from constraints/; the project itself is installed editable, without asking an index.
$(VENV)/.base: constraints/base.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r constraints/base.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: constraints/dev.txt $(VENV)/.base
	$(PIP) install --require-hashes -r constraints/dev.txt
	@touch $@

# Spark is large (about 400 MB), and the mappers need older packages than ours: `make test` installs none of them.
spark: $(VENV)/.spark  ## Add Spark to the environment, for `--engine spark` and its tests

$(VENV)/.spark: constraints/spark.txt $(VENV)/.dev
	$(PIP) install --require-hashes -r constraints/spark.txt
	@touch $@

# What tests and benchmarks compare with: .venv-mappers (Morph-KGC, maplib) and .venv-stores (the Oxigraph server).
# Installed without dependency resolution: the lock files list everything, and with hashes pip does not accept a
# pin for a package that is also required with an extra (pydantic[email]) once there is a newer version.
.venv-%: constraints/%.txt
	$(PYTHON) -m venv $@
	$@/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes -r $<
	@touch $@

# The stores that run in Java: Fuseki and RDF4J. Virtuoso comes from the system's packages (see .ci/run).
.venv-stores/java: tools/stores/pom.xml | .venv-stores
	mvn --quiet --batch-mode --strict-checksums --file $< dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/$@
	@touch $@

wheels: $(VENV)/.dev  ## Test the built wheel on every Python here with the newest dependencies, on the oldest with the lowest too
	$(BIN)/python -m tools.wheels

site: $(VENV)/.dev  ## Write a page for everything in the shipped data, as a website in site-data/
	$(BIN)/testimonia publish --site site-data

# Broken links and malformed docstrings are warnings, and any warning fails the build. Nothing is kept from the last
# build, since unchanged files would not warn again.
docs: .venv-docs  ## Build the documentation, with an API reference, as a website in site/
	rm -rf site
	.venv-docs/bin/sphinx-build --fail-on-warning --keep-going --fresh-env --quiet -c docs -d .venv-docs/doctrees . site

stores: .venv-stores/java $(VENV)/.dev  ## Fetch real triple stores, and run the tests that need them
	$(BIN)/python -m pytest tests/stores

# Clients of the endpoint that run in Node: Comunica. Their install scripts are not run.
.venv-clients/node_modules: tools/clients/package-lock.json
	mkdir -p $(@D)
	cp tools/clients/package.json $< $(@D)
	npm --prefix $(@D) ci --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

clients: .venv-clients/node_modules $(VENV)/.dev  ## Fetch clients that run in Node, and run the tests that need them
	$(BIN)/python -m pytest tests/clients

# The page of `testimonia write` and the editor of the SPARQL pages are committed as bundles; tests compare them with what
# these packages and the sources build. Their install scripts are not run.
tools/%/node_modules: tools/%/package-lock.json
	npm --prefix $(@D) ci --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

# What tests check pages with: axe-core and the Nu checker.
tools/checkers/node_modules: tools/checkers/package-lock.json
	npm --prefix $(@D) ci --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

workbench: tools/workbench/node_modules  ## Build the page of `testimonia write`
	node tools/workbench/build.js

editor: tools/editor/node_modules  ## Build the editor of the SPARQL pages
	node tools/editor/build.js

RESOLVE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-package testimonia --quiet

# lowest.txt has the oldest versions of the direct dependencies that the wheel accepts, and the newest of all others.
LOWEST := --resolution lowest-direct --extra frames --extra sheets --extra publish --extra serve --extra columns

lock:  ## Resolve the dependencies again (needs uv and npm)
	$(RESOLVE) pyproject.toml --extra dev --output-file constraints/dev.txt
	$(RESOLVE) pyproject.toml $(LOWEST) --output-file constraints/lowest.txt
	$(RESOLVE) pyproject.toml --extra build --constraint constraints/dev.txt --output-file constraints/base.txt
	$(RESOLVE) pyproject.toml --extra spark --constraint constraints/dev.txt --output-file constraints/spark.txt
	$(RESOLVE) --group mappers --output-file constraints/mappers.txt
	$(RESOLVE) --group stores --output-file constraints/stores.txt
	$(RESOLVE) --group docs --output-file constraints/docs.txt
	npm --prefix tools/clients install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	npm --prefix tools/editor install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	npm --prefix tools/workbench install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	npm --prefix tools/checkers install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	$(BIN)/python -m tools.npm_locks

clean:  ## Remove the virtual environment and caches
	rm -rf $(VENV) .venv-mappers .venv-stores .venv-clients .venv-docs tools/*/node_modules site site-data .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
