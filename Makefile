# Two commands are enough: `make demo` and `make test`. `make help` lists the rest.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test check lock format screenshot clean

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
# The oldest Python we run on comes last: what the system calls python3 is taken first.
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
# The matcher's loops take a compiler some 20 s; done here, the first start need not wait for it.
COMPILE := $(BIN)/python -c "from matcher.warm import warm; warm()"
# Everything is installed into .venv, whatever the environment or pip's settings say.
unexport PYTHONPATH PYTHONHOME
export PIP_USER := no
export PIP_REQUIRE_VIRTUALENV := no

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/demo.stamp ## start everything on this computer with sample data; DATA=dir PORT=n
	@exec $(BIN)/piiri demo $(if $(DATA),--data "$(DATA)") $(if $(PORT),--port "$(PORT)")

test: check ## run every check and every test, on servers of its own; ARGS="-k name" to choose
	@. deploy/dev/programs.sh && exec $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder \
	  $${PIIRI_WITHOUT_BROWSER:+-m "not browser"} $(ARGS)

check: $(VENV)/test.stamp ## lint, types, import rules and drift of generated files; no tests
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m services.contracts --check

format: $(VENV)/test.stamp ## put the code into the one form, and make the generated files anew
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format --quiet
	$(BIN)/python -m services.contracts

lock: $(VENV)/lock.stamp ## resolve the dependencies of pyproject.toml anew, with hashes
	@deploy/dev/lock.sh $(VENV)/lock/bin/uv

screenshot: $(VENV)/test.stamp ## take the README's picture from a fresh demonstration
	$(BIN)/python deploy/dev/screenshot.py

clean: ## remove what the commands above installed and made, but no data of the demo
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist

# A stamp is newer than what it was made from, so that a second run installs nothing.
$(VENV)/demo.stamp: requirements.lock requirements-build.lock pyproject.toml | $(VENV)/made.stamp
	@echo "Installing what the demo needs into $(VENV) (once; some minutes)"
	@$(PIP) --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/test.stamp: requirements-test.lock pyproject.toml | $(VENV)/made.stamp
	@echo "Installing what the tests need into $(VENV) (once; some minutes)"
	@$(PIP) --require-hashes -r requirements-test.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/lock.stamp: | $(VENV)/made.stamp
	@$(BIN)/python -m venv $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@touch $@

$(VENV)/made.stamp:
	@python=$$(sh deploy/dev/python.sh $(PYTHON) $(PYTHONS)) && "$$python" -m venv --clear $(VENV)
	@touch $@
