# `make help` lists the targets. Everything runs from source in .venv; nothing is installed outside this folder.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
N ?= 1000000
PYTEST = $(BIN)/python -m pytest -n 2 --dist worksteal
export UV_SYSTEM_CERTS := 1
# Tests start the product a hundred times: what one process compiled, the next one need not compile again.
export PYTHONDONTWRITEBYTECODE :=
# What `check --deploy` judges: production settings with every variable they demand, and none of yours.
PRODUCTION = env -i PATH="$$PATH" DJANGO_SETTINGS_MODULE=iamconsole.settings.production IAM_ENV_FILE=/dev/null \
  IAM_MASTER_KEY=$$(printf '5e%.0s' {1..32}) DATABASE_URL=postgres://iam@localhost/iam REDIS_URL=redis://localhost \
  IAM_PUBLIC_URL=https://iam.example.com

.PHONY: help run test test-postgres check format e2e fuzz fault rotate mutate bench screenshots openapi lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## set everything up and start web, worker and scheduler (Ctrl-C stops)
	@exec $(BIN)/python manage.py run

test: $(VENV)/.dev ## the whole test-suite on SQLite
	@exec $(PYTEST) $(ARGS)

test-postgres: $(VENV)/.dev ## the same suite on a PostgreSQL that it starts itself
	@TEST_WITH=postgres exec $(PYTEST) $(ARGS)

check: $(VENV)/.dev ## format, lint, types, import contracts, deployment checks, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@place=$$(mktemp -d) && trap 'rm -rf "$$place"' EXIT && \
	  $(PRODUCTION) IAM_DATA_DIR="$$place" $(BIN)/python manage.py check --deploy --fail-level ERROR
	DJANGO_SETTINGS_MODULE=iamconsole.settings.test $(BIN)/python manage.py makemigrations --check --dry-run

format: $(VENV)/.dev ## put the code in the project's format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

e2e: $(VENV)/.dev ## browser and proxy tests against the running product (Chromium, nginx)
	@exec $(BIN)/python -m pytest -m e2e $(ARGS)

fuzz: $(VENV)/.dev ## engine against reference over N=1000000 pairs of policy set and request (ARGS=-rP: coverage)
	@FUZZ_PAIRS=$(N) exec $(PYTEST) -m fuzz $(ARGS)

fault: $(VENV)/.dev ## 10,000 writes on PostgreSQL while appliers, broker and regions are killed (ARGS=--writes 1000)
	@exec $(BIN)/python -m tests.faults.regions $(ARGS)

rotate: $(VENV)/.dev ## five rotations under boto3 loops, undisturbed, with worker processes killed, with messages sent twice
	@ROTATIONS=5 exec $(BIN)/python -m pytest -m "rotate or not rotate" tests/product/test_rotation_by_credential_process.py $(ARGS)

mutate: $(VENV)/.dev ## mutation testing of the engine, written to docs/mutation.md (ARGS=names of mutants: these again)
	@exec $(BIN)/python -m tests.engine.mutation $(ARGS)

bench: $(VENV)/.dev ## benchmarks beside peers
	@exec $(BIN)/python -m tests.bench $(ARGS)

screenshots: $(VENV)/.dev ## pictures of the console's pages for docs/
	@exec $(BIN)/python -m tests.e2e.screenshots $(ARGS)

openapi: $(VENV)/.dev ## write docs/openapi.json anew from the declarations
	@DJANGO_SETTINGS_MODULE=iamconsole.settings.test $(BIN)/python manage.py spectacular --format openapi-json --file docs/openapi.json

lock: $(VENV)/.uv ## resolve requirements/*.in again (UPGRADE=1 for newer versions)
	@$(call compile,bootstrap,)
	@$(call compile,run,)
	@$(call compile,dev,--constraint requirements/run.txt)
	@$(call compile,otel,--constraint requirements/run.txt)

clean: ## forget the virtual environment and caches (your data in var/ stays)
	rm -rf $(VENV) staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis mutants

# One stamp a lock: whoever changes a lock gets it installed by the next target that needs it.
$(VENV)/.run: requirements/run.txt $(VENV)/.uv
	@$(call install,$<)
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.uv
	@$(call install,$<)
	@touch $@ $(VENV)/.run

$(VENV)/.uv: requirements/bootstrap.txt
	@command -v $(PYTHON) >/dev/null \
	  || { echo "IAM Console needs Python 3.11 or newer: there is no $(PYTHON) on the PATH" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "IAM Console needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Try: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  rm -rf $(VENV); $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 \
	  || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment: install its venv module (Debian, Ubuntu: apt-get install python3-venv)" >&2; exit 1; }; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt \
	  || echo "uv could not be installed: going on with pip, which takes longer" >&2
	@touch $@

define install
echo "installing $(1)"; \
$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) \
  || { echo "going on with pip, which takes longer" >&2; \
       $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); }
endef

define compile
$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
  $(if $(UPGRADE),--upgrade) $(2) --output-file requirements/$(1).txt requirements/$(1).in
endef
