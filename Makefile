# make demo   sets everything up and runs the main job on a made-up county
# make test   sets everything up and passes the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
DEMO := demo
# What is compiled is kept: each of the many processes that the tests start would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-office test-spark test-heavy lint docs lock clean setup sample-data bundle audit sbom

setup: $(STAMP)

$(STAMP): pyproject.toml requirements/lock.txt
	@$(PYTHON) -c 'import sys; sys.exit("需要 Python 3.11 或更高版本 / Python 3.11 or later is needed") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP)
	@rm -rf $(DEMO)
	@$(BIN)/kcbx sample $(DEMO)/名单
	@$(BIN)/kcbx reconcile --registry $(DEMO)/名单/学籍 --households $(DEMO)/名单/低收入 \
		--special $(DEMO)/名单/特殊学生台账.xlsx --config $(DEMO)/名单/kcbx.toml --as-of 2021-10-31 --out $(DEMO)/结果
	@echo "工作簿在这里:$(CURDIR)/$(DEMO)/结果"

test: $(STAMP)
	@$(BIN)/python -m pytest -n 2 --dist worksteal

# Opens what kcbx writes in a real spreadsheet program and a real browser; installs them where that is possible.
test-office: $(STAMP)
	@{ command -v soffice && { command -v chromium || command -v google-chrome; }; } >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends \
		libreoffice-calc libreoffice-writer python3-uno poppler-utils fonts-noto-cjk chromium >/dev/null) || true
	@$(BIN)/python -m pytest -m office

# Runs the same work on Spark; installs it and Java where that is possible, else says that it is skipped.
test-spark: $(STAMP)
	@command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null; } || true
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[spark]' || echo '没有装上 Spark,下面的测试会跳过 / Spark could not be installed, its tests are skipped'
	@$(BIN)/python -m pytest -m 'spark and not heavy' -rs

test-heavy: $(STAMP)
	@$(BIN)/python -m pytest -m heavy

lint: $(STAMP)
	@$(BIN)/ruff format --check src tests benchmarks scripts
	@$(BIN)/ruff check src tests benchmarks scripts
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python scripts/build_cli_docs.py --check
	@$(BIN)/bandit -q -r src -c pyproject.toml
	@echo "pip-audit: not part of lint, it asks a service in the network: make audit"

# Known weaknesses of the packages in the lock file; says so where the service cannot be reached.
audit: $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	@$(BIN)/python scripts/audit.py

# A software bill of materials (CycloneDX) of what is installed with kcbx, in dist/.
sbom: $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv cyclonedx-bom
	@$(BIN)/python scripts/build_sbom.py

docs: $(STAMP)
	@$(BIN)/python scripts/build_cli_docs.py

sample-data: $(STAMP)
	@$(BIN)/python scripts/build_data_samples.py

# The lock file: every package with its digests, for every platform and Python from 3.11 on.
lock:
	@$(BIN)/python -m pip install --quiet uv && $(BIN)/uv pip compile --universal --python-version 3.11 --no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --no-annotate --upgrade --extra dev --output-file requirements/lock.txt pyproject.toml requirements/build.in

# The offline installer folder, for Windows and Linux, in dist/.
bundle: $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv cyclonedx-bom && $(BIN)/python scripts/build_bundle.py

clean:
	@rm -rf $(VENV) $(DEMO) build dist
