# Everything a person does with this project from its root. `make` alone lists it.
.PHONY: help demo test lint fmt bench torture app browser openapi snapshots clean

CARGO ?= cargo
NPM   ?= npm

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## sandbox HubSpot + sandbox NetSuite + Ledgercard + the page, from nothing
	@tests/setup/tools demo
	@$(MAKE) --no-print-directory app
	@echo "building the binary (the first time this takes about two minutes) …"
	@$(CARGO) build --quiet --bin ledgercard
	@$(CARGO) run --quiet --bin ledgercard -- demo $(DEMO)

test: ## all that CI runs: formats, lints, both databases, front end, browser, conformance
	@tests/setup/test

lint: ## formats, clippy, front-end rules
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets --all-features -- -D warnings
	$(CARGO) clippy --lib --bins --no-default-features -- -D warnings
	cd hubspot-app && $(NPM) run --silent check

fmt: ## puts the Rust code into shape
	$(CARGO) fmt

bench: app ## the figures of card and sync, pinned; ends non-zero where a goal is missed (BENCH="sync 5000": a quick look)
	@tests/bench/run $(BENCH)

torture: ## both sides under fire, two databases, compared at the end: an hour (TORTURE="--small": what make test runs)
	@tests/torture/run $(TORTURE)

app: ## the card's bundle and the preview page, when their sources are newer
	@tests/setup/app

browser: app ## the walks in headless Chromium alone
	@tests/setup/browser

openapi: ## writes the API's description anew
	$(CARGO) run --quiet --bin ledgercard -- openapi > src/api/openapi.json

snapshots: ## takes the present shapes as the right ones (look at the difference before you commit it)
	INSTA_UPDATE=always $(CARGO) nextest run --no-fail-fast

clean: ## removes what was built
	$(CARGO) clean
	rm -rf hubspot-app/preview/dist hubspot-app/node_modules hubspot-app/src/app/node_modules hubspot-app/preview/node_modules
