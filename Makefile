# What a person does with Dateline. Needs python3 (3.11 or newer), make and git; everything else goes into .venv.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin

.DEFAULT_GOAL := help
# Commands start many processes, the tests hundreds: without bytecode each of them takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install up test lint format lock clean bench bench-extract bench-search bench-reader bench-million prove-export schema extractor prove-kill prove-fuzz prove-suites \
	prove-kinds prove-backfill prove-hostile prove-ssrf prove-render prove-forget prove-revisions prove-reextract prove-clusters prove-captures prove-migrations prove-health \
	prove-clusters-at-scale bench-clusters env compose-test \
	prove-gates prove-thousand prove-existing-airflow prove-once prove-reader prove-faults

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-15s %s\n", $$1, $$2}'

install: .venv/.installed  ## bring .venv up to date with requirements.lock

.venv/.installed: requirements.lock pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dateline needs Python 3.11 or newer, this is %d.%d: make PYTHON=/path/to/a/newer/python3" % sys.version_info[:2])'
	@.venv/uv --version 2>/dev/null | grep -q '^uv $(UV_VERSION)' || { \
	    $(PYTHON) -m venv --clear .venv \
	    && $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) \
	    && cp $(BIN)/uv .venv/uv; }  # a copy beside bin/: the sync below removes what is not locked
	@echo "installing the locked packages into .venv"
	@.venv/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@.venv/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

up: install  ## embedded Postgres, Airflow and a first scheduled crawl, until Ctrl-C
	@$(BIN)/dateline up

test: install lint  ## format, lint, types and every quick test
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: install
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

bench: install  ## pages a second to row, beside trafilatura alone: make bench CORPUS="FOLDER ..."
	@$(BIN)/python -m tests.bench.end_to_end $(CORPUS)

bench-extract: install  ## how good the records are, beside trafilatura's own: make bench-extract CORPUS="FOLDER ..."
	@$(BIN)/python -m tests.bench.extraction $(CORPUS)

bench-search: install  ## how fast the archive is searched, and what its index weighs: make bench-search [ARTICLES=20000]
	@$(BIN)/python -m tests.bench.search --articles $(or $(ARTICLES),20000)

bench-reader: install  ## how fast the pages of the reader are: make bench-reader [ARTICLES=20000]
	@$(BIN)/python -m tests.bench.reader --articles $(or $(ARTICLES),20000)

bench-million: install  ## measure on a million articles, made at first: make bench-million KEEP=FOLDER [ARTICLES=1000000]
	@$(BIN)/python -m tests.bench.million --keep $(KEEP) --articles $(or $(ARTICLES),1000000)
	@$(BIN)/python -m tests.bench.search --keep $(KEEP) --articles $(or $(ARTICLES),1000000)
	@$(BIN)/python -m tests.bench.queries --keep $(KEEP) --articles $(or $(ARTICLES),1000000)
	@$(BIN)/python -m tests.bench.store --keep $(KEEP) --articles $(or $(ARTICLES),1000000)

prove-export: install  ## export articles to Parquet in little memory, missing none: make prove-export [ROWS=20000]
	@$(BIN)/python -m tests.proofs.export --rows $(or $(ROWS),20000)

prove-kill: install  ## kill -9 a crawl again and again, then count: make prove-kill CORPUS="FOLDER ..."
	@$(BIN)/python -m tests.proofs.kill_loop $(CORPUS)

prove-fuzz: install  ## spoil pages and have them read, every one answered for: make prove-fuzz CORPUS="FOLDER ..." [PAGES=20000]
	@$(BIN)/python -m tests.proofs.fuzz $(CORPUS) --pages $(or $(PAGES),20000)

prove-suites: install  ## read public test data, feeds, robots.txt, XML and URLs: make prove-suites SUITES=FOLDER
	@$(BIN)/python -m tests.proofs.suites $(SUITES)
	@$(BIN)/python -m tests.proofs.urls $(SUITES)

prove-kinds: install  ## find stories through each kind of endpoint alone: make prove-kinds OUTLETS="--sources FILE --access-log FILE"
	@$(BIN)/python -m tests.proofs.kinds $(OUTLETS)

prove-backfill: install  ## take an outlet's past of 20,000 articles, killed and resumed
	@$(BIN)/python -m tests.proofs.backfill

prove-hostile: install  ## crawl outlets that misbehave in every way beside healthy ones
	@$(BIN)/python -m tests.proofs.hostile_outlets

prove-clusters: install  ## republish stories as outlets do, count what finds each other: make prove-clusters CORPUS="FOLDER ..."
	@$(BIN)/python -m tests.proofs.clusters $(CORPUS)

prove-captures: install  ## keep captures in an S3 store, killed, verified and pruned; fetches s3fs and moto
	@$(BIN)/python -m tests.proofs.object_store

prove-clusters-at-scale: install  ## assign articles among a million: make prove-clusters-at-scale [ARTICLES=1000000]
	@$(BIN)/python -m tests.proofs.clusters_at_scale --articles $(or $(ARTICLES),1000000)

bench-clusters: install  ## what clusters cost a crawl: pages a second with and without
	@$(BIN)/python -m tests.bench.clusters

prove-render: install  ## show pages in a browser, hostile ones too; needs the extra "render" and a Chromium
	@$(BIN)/python -m tests.proofs.render

prove-revisions: install  ## crawl an outlet that edits its stories: every edit a revision [ARTICLES=20 CRAWLS=6]
	@$(BIN)/python -m tests.proofs.revisions --articles $(or $(ARTICLES),20) --crawls $(or $(CRAWLS),6)

prove-reextract: install  ## read a corpus again by another extractor, killed on the way: make prove-reextract CORPUS="FOLDER ..."
	@$(BIN)/python -m tests.proofs.reextract $(CORPUS) $(and $(PAGES),--pages $(PAGES))

prove-forget: install  ## forget stories, look for them in every byte that is kept, and crawl again: make prove-forget
	@$(BIN)/python -m tests.proofs.forget

prove-ssrf: install  ## lead the crawler to private addresses in every way
	@$(BIN)/python -m tests.proofs.ssrf

prove-health: install  ## judge made-up outlets day by day: false alarms, and how soon each illness is told: make prove-health [COPIES=5]
	@$(BIN)/python -m tests.proofs.health --copies $(or $(COPIES),5)

prove-gates: install  ## run the schedule over ill outlets beside healthy ones: exactly the ill are red, told once, and held back
	@$(BIN)/python -m tests.proofs.gates

prove-thousand: install  ## run the schedule over a thousand outlets: exactly the ill ones red, and what it takes: make prove-thousand [OUTLETS=1000]
	@$(BIN)/python -m tests.proofs.thousand --outlets $(or $(OUTLETS),1000)

prove-existing-airflow: install  ## drop dags/ into an Airflow that has no Dateline in its environment: do rows arrive?
	@$(BIN)/python -m tests.proofs.existing_airflow

prove-once: install  ## ask for a crawl by curl, form and command, and give garbage; needs the extra "render" and a Chromium
	@$(BIN)/python -m tests.proofs.once $(if $(PICTURES),--pictures $(PICTURES))

prove-reader: install  ## look at every page of the reader in a browser; needs the extra "render" and a Chromium
	@$(BIN)/python -m tests.proofs.reader $(if $(PICTURES),--pictures $(PICTURES))

prove-faults: install  ## kill what a crawl under dateline up rests on, one thing after another
	@$(BIN)/python -m tests.proofs.faults

env:  ## secrets for docker-compose.yml, in .env: make env CONTACT=mailto:you@example.org
	@$(PYTHON) -m dateline.dotenv '$(CONTACT)'

compose-test: install  ## start docker-compose.yml, crawl, disturb it; needs a Docker engine: make compose-test CORPUS="FOLDER ..."
	@$(BIN)/python -m tests.proofs.compose $(CORPUS) $(if $(STEPS),--steps $(STEPS))

prove-migrations: install  ## change the schema beside a crawl and readers, killed and from every version: [STORIES=400]
	@$(BIN)/python -m tests.proofs.migrations --stories $(or $(STORIES),400)

schema: install  ## write migrations/schema.sql and docs/dictionary.md anew from the migrations
	@WRITE_SCHEMA=1 $(BIN)/python -m pytest -q tests/pipelines/test_migrating.py tests/test_dictionary.py -k committed

extractor: install  ## note the extractor's version and what it reads with, after either has changed
	@WRITE_EXTRACTOR=1 $(BIN)/python -m pytest -q tests/pipelines/test_extractor.py

format: install  ## put the code in order
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

lock: install  ## resolve the dependencies anew (hashes, no addresses)
	@.venv/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --extra dev \
	    --custom-compile-command "make lock" --upgrade pyproject.toml -o requirements.lock
	@.venv/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --extra celery \
	    --custom-compile-command "make lock" --upgrade --constraint requirements.lock pyproject.toml -o celery.lock

clean:  ## remove .venv and caches; the archive is left alone
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache build dist
