# Shortcuts. Everything here is an npm script or a compose command; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help build test lint check clean run generate docker-build docker-up docker-down docker-logs

APPS := gateway workflow worker cli

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  %-14s %s\n", $$1, $$2 }'

node_modules: package.json package-lock.json
	npm ci
	@touch node_modules

build: node_modules ## Compile all apps and libs into dist/
	npm run build

test: node_modules ## Run everything that CI runs
	npm test

lint: node_modules ## Lint, import rules, dead code
	npm run lint
	npm run lint:boundaries
	npm run lint:dead

check: node_modules ## Everything that needs no server, in under a minute
	npm run check

run: ## Start the whole platform on this machine
	npm start

generate: node_modules ## Write the generated files anew: documents, examples of variables, OpenAPI
	npm run generate

clean: ## Remove what was built (the data folder .data stays)
	rm -rf dist coverage

docker-build: ## Build one image per app
	for app in $(APPS); do docker build --target $$app --tag biometrics-$$app . || exit 1; done

docker-up: ## Start the platform in containers: API on port 53080
	docker compose up --detach --build --wait

docker-down: ## Stop the containers; their data stays
	docker compose down

docker-logs: ## Follow the logs of the containers
	docker compose logs --follow
