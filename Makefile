SHELL := bash
bin := .venv/bin
compile := $(bin)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --custom-compile-command "make lock" --group build

.PHONY: help run test check bench messages migrate vendor screenshots lock clean

help: ## what there is
	@sed -n 's/^\([a-z]*\):.* ## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: ## set up and serve on this machine (PORT=8000)
	@.ci/setup
	@exec $(bin)/psfs serve --demo-if-empty

test: ## all tests, a real browser and PostgreSQL included (ARGS for pytest)
	@.ci/setup tests
ifdef ARGS
	@$(bin)/pytest $(ARGS)
else
	@$(bin)/pytest --numprocesses auto --dist loadfile --ignore=tests/browser
	@$(bin)/pytest tests/browser
endif

check: ## linters, types, templates, and that vendored files are the pinned ones
	@.ci/setup tests
	@$(bin)/ruff check .
	@$(bin)/ruff format --check .
	@$(bin)/mypy
	@$(bin)/djlint --lint --quiet psfs/templates
	@$(bin)/python .ci/vendor.py --check

bench: ## measure speed at 200 and at 20,000 people
	@.ci/setup tests
	@$(bin)/python -m tests.bench $(ARGS)

migrate: ## create or upgrade the database (DATABASE_URL; instance/ without it)
	@.ci/setup
	@$(bin)/psfs migrate

vendor: ## fetch the pinned styles, scripts and fonts again
	@.ci/setup
	@$(bin)/python .ci/vendor.py

screenshots: ## take the pictures of the README anew (pdftoppm for the printed page)
	@.ci/setup tests
	@PSFS_SCREENSHOTS=docs/images $(bin)/pytest -q tests/browser/test_story.py -k tablet

lock: ## pin the dependencies anew, with hashes (ARGS=--upgrade for newer ones)
	@.ci/setup tests
	@$(compile) $(ARGS) -o requirements.txt pyproject.toml
	@$(compile) $(ARGS) --group dev -c requirements.txt -o requirements-dev.txt pyproject.toml

messages: ## take new and changed texts up in the catalogues; what is new stands untranslated
	@.ci/setup
	@mkdir -p build
	@$(bin)/pybabel --quiet extract -F psfs/translations/babel.cfg -k _l -k lazy_gettext \
		--no-location --sort-output --project psfs --version 1 -o build/messages.pot .
	@for language in nb en; do $(bin)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date -D messages -i build/messages.pot -d psfs/translations -l $$language; done

clean: ## remove what can be made again; instance/ stays
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} + -o -name '*.mo' -delete
