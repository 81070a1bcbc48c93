.PHONY: install demo test test-all check bench container docs lock
PY := .venv/bin/python

# Compiled files are kept, whatever the shell says: the tests start the program and its modules many times.
export PYTHONDONTWRITEBYTECODE :=

install: .venv/installed

PIP := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt

# What the help desk runs with: enough for the demo.
.venv/runs: pyproject.toml constraints.txt
	@echo "Installing into .venv (about a minute the first time) ..."
	@test -x $(PY) || python3 -m venv .venv
	@$(PIP) -e .
	@touch $@

# And what its tests need: a browser's driver, PDF, the libraries that check our statistics.
.venv/installed: .venv/runs
	@echo "Installing what the tests need ..."
	@$(PIP) -e '.[dev,browser,pdf,smpp,postgres,keyring,oidc,browser-desk]'
	@touch $@

demo: .venv/runs
	@.venv/bin/helpdesk demo $(if $(HEADLESS),--headless --json) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))

# As many tests at a time as there are cores, and one more; a file's tests stay together.
test: install
	$(PY) -m pytest -n auto --dist loadfile

# And those that need services or long breath, one after the other: they load the machine themselves.
test-all: test
	$(PY) -m pytest -m full --timeout=600

check: install
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: install
	$(PY) -m pytest -m bench -s --timeout=900

# The image, where there is an engine to build it with.
container:
	@engine=$$(command -v podman || command -v docker) || { echo "Install podman or docker: one of them builds the image."; exit 1; }; \
	$$engine build --file Containerfile --tag helpdesk .

# Pages and pictures that are made from the program.
docs: install
	$(PY) -m tests.reference
	$(PY) -m tests.pictures

# constraints.txt: names and versions of what was tested, nothing else.
lock: install
	$(PY) -m pip freeze --exclude-editable --exclude library-helpdesk | sed 's/ @ .*//' | sort -f > constraints.txt
