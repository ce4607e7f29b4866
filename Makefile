# Every command of the project. Needs make and Python 3.11 or newer, nothing else; `make` alone lists the targets.
PYTHON ?= python3
ARGS ?=

demo := $(PYTHON) deploy/bootstrap.py demo
dev := $(PYTHON) deploy/bootstrap.py dev

.DEFAULT_GOAL := help
.PHONY: help up smoke test dashboards-check chaos chaos-ingest bench-dispatch bench-ingest bench-home bench-live bench-takeover bench-console bench-person-export lifeline score surge lint format web web-check docs requirements clean

help: ## list every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

up: ## start everything: database, broker, services, console, simulated homes (ARGS="--homes 20 --console-port 8500")
	@$(demo) carecircle up $(ARGS)

smoke: ## start everything in a throw-away folder, press a call button, print milliseconds for each stage
	@$(demo) carecircle smoke $(ARGS)

test: ## run the tests against a real TimescaleDB and a real Mosquitto (ARGS="tests/unit -k ranking")
	@$(dev) python -m pytest --numprocesses auto --dist worksteal $(ARGS)

chaos: ## kill -9 over every process, broker and database under 10,000 presses, count (ARGS="--presses 1000 --kills 30")
	@$(dev) python -m tests.chaos.presses $(ARGS)

chaos-ingest: ## kill ingest, broker and database 50 times under 100,000 messages, count (ARGS="--messages 5000 --seed 7")
	@$(dev) python -m tests.chaos.ingest $(ARGS)

bench-dispatch: ## measure a decision, offers, timers, roads, coverage, acceptance (ARGS="--parts roads --extract x.osm.pbf")
	@$(dev) python -m bench.dispatch $(ARGS)

bench-ingest: ## measure the history path beside the bare broker, a plain plan and others (ARGS="--parts speed,latency")
	@$(dev) python -m bench.ingest $(ARGS)

bench-home: ## measure the home side: a week of faults, the box, drivers, simulator (ARGS="--parts box,drivers")
	@$(dev) python -m bench.home $(ARGS)

lifeline: ## stop what stands above the lifeline, press, count who is told, when and how often (ARGS="--rounds 3")
	@$(dev) python -m tests.chaos.lifeline $(ARGS)

score: ## hold the rules against a simulated fortnight of 200 residents: precision, recall, delay (ARGS="--homes 20 --examples 5")
	@$(dev) python -m bench.score $(ARGS)

surge: ## measure 2 to 50 calls at once on a real road network, jointly and one by one (ARGS="--extract x.osm.pbf")
	@$(dev) python -m bench.surge $(ARGS)

bench-live: ## measure the live path: messages a second with all rules on, memory of a bed, restart (ARGS="--beds 2000")
	@$(dev) python -m bench.live $(ARGS)

bench-takeover: ## measure how long calls wait when the leading alert engine dies or freezes (ARGS="--kills 10")
	@$(dev) python -m bench.takeover $(ARGS)

bench-console: ## measure the console in headless Chromium on the real stack (ARGS="--parts paint,frames --beds 1000")
	@$(dev) python -m bench.console $(ARGS)

bench-person-export: ## measure the export of a person with a million readings: memory, and what others wait
	@$(dev) python -m bench.person_export

dashboards-check: ## hold every panel as every role against a simulated month of 2,000 beds (ARGS="--beds 300 --quick")
	@$(dev) python -m tests.dashboards.check $(ARGS)

lint: ## check style, types and the import rule
	@$(dev) ruff check .
	@$(dev) ruff format --check .
	@$(dev) mypy carecircle gateway ingest alerts console/carecircle_console dashboards firmware-sim deploy tests bench
	@$(dev) lint-imports

format: ## put the code into the project's format
	@$(dev) ruff check --fix .
	@$(dev) ruff format .

web: ## build the console's pages into console/carecircle_console/pages (needs Node)
	cd console/web && npm ci && npm run build

web-check: ## check, test and rebuild the pages; fails when client or pages are not what description and sources make
	cd console/web && npm ci --no-audit --no-fund && npm run api && npm run check && npm test && npm run build
	git diff --exit-code --stat -- console/carecircle_console/pages console/web/src/api/schema.d.ts
	@test -z "$$(git status --porcelain -- console/carecircle_console/pages console/web/src/api/schema.d.ts)"

docs: ## write what is generated: payload schemas, settings, rules, plans and privacy pages, OpenAPI description, dashboards
	@$(dev) python -m carecircle.contract
	@$(dev) python -m carecircle.settings_reference
	@$(dev) python -m carecircle_console.openapi docs/api/openapi.json
	@$(dev) python -m carecircle_alerts.rules.reference
	@$(dev) python -m carecircle_alerts.plans.reference
	@$(dev) python -m carecircle.persons.reference
	@$(dev) carecircle dashboards build --figures docs/figures.md \
		--alerts dashboards/grafana/provisioning/alerting/carecircle.yaml

# One resolver for all platforms; hashes only, no addresses, so that any mirror serves them.
compile = pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml
requirements: ## compile requirements/*.txt anew from pyproject.toml (UPGRADE=1 for newer versions)
	@set -e; tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	$(PYTHON) -m venv "$$tools"; "$$tools/bin/pip" install --quiet --disable-pip-version-check uv; \
	export UV_NO_CONFIG=1; upgrade="$(if $(UPGRADE),--upgrade,)"; \
	"$$tools/bin/uv" $(compile) $$upgrade --extra gateway --group build -o requirements/gateway.txt >/dev/null; \
	"$$tools/bin/uv" $(compile) $$upgrade --extra demo --group build -o requirements/server.txt >/dev/null; \
	"$$tools/bin/uv" $(compile) $$upgrade --extra demo --group dev -o requirements/dev.txt >/dev/null; \
	"$$tools/bin/uv" $(compile:pyproject.toml=requirements/bench-peers.in) $$upgrade -o requirements/bench-peers.txt >/dev/null; \
	wc -l requirements/*.txt

clean: ## remove what can be made again: environment, caches, builds; keeps .state, the demo's data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	find . -name __pycache__ -type d -not -path './console/web/*' -prune -exec rm -rf {} +
