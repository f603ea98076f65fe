# Aliases only: everything is `python3 -m server`, which also works where make is missing.
.PHONY: run demo check test quick words
run: ; python3 -m server
demo: ; python3 -m server demo
check: ; python3 -m server check
test: ; python3 -m server test
quick: ; python3 -m server test -- -m "not browser and not postgres"
words: ; python3 -m server words
