# The docket's desk: motions, count, rules

docket-title = Owners' votes
docket-other-language = 中文
docket-comma = {", "}
docket-reconnecting = The line is down; connecting again. Figures on this page may be old.
docket-tab-motions = Motions
docket-tab-count = Count
docket-tab-roster = Roster
docket-tab-proxies = Authority to vote
docket-tab-service = Service
docket-tab-paper = Paper ballots
docket-tab-questionnaires = Questionnaires
docket-tab-rules = Rules
