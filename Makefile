# make run     the portal on this machine, with a demo world, nothing else needed
# make test    every test, with coverage
# make check   formatting, types, imports, migrations, settings, templates, sizes
# make mutants a sample of deliberate mistakes that the tests must notice
# make kills   four ticks at once, a month late, and thirty killed drafters: nothing lost or doubled
# make bulk    a file of 100,000 rows with 400,000 changes, while others work: time, memory, waits
# make facts   the facts of 200 engagements of 500 items at once: time, statements
# make forecasts how long a forecast takes, from nothing and with a week more
# make periods what is due, asked of the wall clock in every minute of three years in twelve zones
# make ticks   1 to 3 clocks ticking at random in twelve zones, with outages: nothing lost or doubled
# make drafts 1,000 reports drafted by two processes of a worker: time, memory, statements
# make faults statuses of 500 engagements mailed to 1,000 people while everything is killed
# make benchmark what pages cost with 20, 200 and 2,000 engagements, beside a bare page
# make pictures every page and letter of the demo world, wide and narrow, light and dark
# make chaos   every long harness in turn
# make worktime working time against a count by the minute: 6,000 schedules, and the speed
# make hostile files that would burst, flood or stall the portal: memory, time, what is said of them

BIN := .venv/bin
PORT ?= 8000

.PHONY: run test check mutants kills bulk facts forecasts hostile worktime periods ticks drafts faults chaos benchmark pictures
.NOTPARALLEL:

run: .venv/installed-to-run
	@PORT=$(PORT) BASE_URL=$${BASE_URL:-http://127.0.0.1:$(PORT)} .ci/serve

test: .venv/installed-to-test
	@.ci/chromium
	$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered --cov-report=json
	$(BIN)/python .ci/coverage_gate.py

check: .venv/installed-to-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	find templates -name '*.html' -print0 | xargs -0 --no-run-if-empty $(BIN)/djade --check --target-version 5.2
	env -u DATABASE_URL -u REDIS_URL $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/migrations.py
	@.ci/deploy
	$(BIN)/python .ci/templates.py
	$(BIN)/python .ci/sizes.py

mutants: .venv/installed-to-test
	$(BIN)/python .ci/mutants.py

kills: .venv/installed-to-test
	$(BIN)/python .ci/kills.py

bulk: .venv/installed-to-test
	$(BIN)/python .ci/bulk.py

facts: .venv/installed-to-test
	$(BIN)/python .ci/facts.py

forecasts: .venv/installed-to-test
	$(BIN)/python .ci/forecasts.py

hostile: .venv/installed-to-test
	$(BIN)/python .ci/hostile.py

worktime: .venv/installed-to-test
	$(BIN)/python .ci/working_time.py

periods: .venv/installed-to-test
	$(BIN)/python .ci/periods.py

ticks: .venv/installed-to-test
	$(BIN)/python .ci/ticks.py

drafts: .venv/installed-to-test
	$(BIN)/python .ci/drafts.py

faults: .venv/installed-to-test
	$(BIN)/python .ci/faults.py --mode celery
	$(BIN)/python .ci/faults.py --mode clock --kills 100 --restarts 50

benchmark: .venv/installed-to-run
	$(BIN)/python manage.py benchmark

pictures: .venv/installed-to-test
	$(BIN)/python .ci/pictures.py

chaos: worktime periods ticks kills drafts faults

.venv/installed-to-run: requirements.txt
	@.ci/venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-to-test: requirements.txt requirements-dev.txt
	@.ci/venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ .venv/installed-to-run
