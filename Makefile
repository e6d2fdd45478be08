# Shortcuts; everything here is one command that can be typed as well.
PYTHON := .venv/bin/python

.PHONY: run test check format types imports templates translations pins bench ci clean

run:
	python3 run.py

test:
	python3 run.py test

# What CI checks after the tests.
check: .venv
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(MAKE) --no-print-directory types imports templates
	$(PYTHON) tools/shell_check.py
	python3 run.py flask i18n check

format: .venv
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .
	$(PYTHON) -m djlint templates --reformat --quiet

types: .venv
	$(PYTHON) -m mypy

imports: .venv
	$(PYTHON) -c "from importlinter.cli import lint_imports_command as main; main(['--no-logo'])"

templates: .venv
	$(PYTHON) -m djlint templates --check --quiet
	$(PYTHON) -m djlint templates --lint --quiet

# Bring the English catalogue up to date with the texts in code and templates.
translations: .venv
	$(PYTHON) -m tools.translations

# Pin again what pyproject.toml asks for. Needs uv.
pins:
	tools/pin.sh

# How fast the site is beside the limits of this machine, on both databases; under four minutes.
bench: .venv
	$(PYTHON) -m bench
	$(PYTHON) -m bench.broadcast
	$(PYTHON) -m bench.events
	$(PYTHON) -m bench.matching

ci:
	bash .ci/run

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path "./.git/*" -prune -exec rm -rf {} +

.venv:
	python3 run.py setup --dev
