"""Votes made up by lot, as documents: some stand within one head and 0.01 m² of every line, some are a muddle."""

from random import Random

OPEN, CLOSE = "2026-06-01T09:00:00+08:00", "2026-06-20T18:00:00+08:00"
INSIDE = (OPEN, "2026-06-10T12:00:00+08:00", "2026-06-20T09:59:59.999999+00:00", CLOSE)
OUTSIDE = ("2026-06-01T08:59:59.999999+08:00", "2026-06-20T18:00:00.000001+08:00", "2026-06-20T10:00:01Z")


def vote(seed):
    """The vote of a number: the same for ever."""
    lot = Random(seed)
    return muddle(lot) if lot.random() < 0.4 else Estate(lot).vote()


def m2(area_c):
    return f"{area_c // 100}.{area_c % 100:02d}"


def split(lot, whole, parts):
    """A whole number in so many parts, each at least 1 where that can be."""
    if parts == 0:
        return []
    if whole < parts:
        return [whole] + [0] * (parts - 1)
    cuts = sorted(lot.sample(range(1, whole), parts - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, whole], strict=True)]


def policy(lot):
    """Declared or not, wholly or in part."""
    words = {
        "nonreturned": ("absent", "absent", "served_participates", "served_follows_majority"),
        "spoiled": ("excluded", "participates"),
        "count_parking": (False, True),
        "revote": ("reject", "last"),
        "coowner_without_rep": ("first_cast",),
    }
    return {name: lot.choice(values) for name, values in words.items() if lot.random() < 0.6}


class Estate:
    """An estate built backwards from its result: agreeing, other and silent heads with areas upon the lines."""

    def __init__(self, lot):
        self.lot = lot
        self.item = lot.randint(1, 9)
        self.policy = policy(lot)
        self.units, self.ballots, self.authorisations, self.served = [], [], [], []
        self.window = lot.random() < 0.5
        self.scoped = lot.random() < 0.3
        self.developer = lot.random() < 0.4
        self.side, self.other_sides = "agree", ("against", "against", "abstain", "spoiled")
        if lot.random() < 0.15:
            self.side, self.other_sides = "against", ("agree", "abstain")

    def vote(self):
        lot = self.lot
        heads, area = self.sizes()
        for part in ("agree", "other", "silent"):
            for size in split(lot, area[part], heads[part]):
                self.settle(part, size)
        if lot.random() < 0.5:
            self.strangers()
        lot.shuffle(self.units)
        found = {"item": self.item, "units": self.units, "ballots": self.ballots, "policy": self.policy}
        if self.authorisations:
            found["authorisations"] = self.authorisations
        if self.served:
            found["served_units"] = self.served
        if self.window:
            found["window"] = {"open": OPEN, "close": CLOSE}
        if self.scoped:
            found["scope_building"] = "1"
        return found

    def sizes(self):
        """Heads and areas that miss, reach or pass each line by the least there is."""
        lot = self.lot

        def around(number):
            return max(0, number + lot.choice((-1, 0, 0, 1)))

        heads, area = {"agree": lot.randint(1, 9)}, {}
        share = 3 if self.item in {6, 7, 8} else 1
        heads["other"] = around(heads["agree"] // share)
        area["agree"] = lot.randint(heads["agree"] * 1_500, heads["agree"] * 20_000)
        if lot.random() < 0.5:
            area["agree"] -= area["agree"] % share
        area["other"] = around(area["agree"] // share) if heads["other"] else 0
        heads["silent"] = around((heads["agree"] + heads["other"]) // 2)
        area["silent"] = around((area["agree"] + area["other"]) // 2) if heads["silent"] else 0
        return heads, area

    def settle(self, part, size):
        """One head: its units, and what it casts."""
        lot, number = self.lot, len(self.units)
        names = [f"owner-{number}-{one}" for one in range(lot.choice((1, 1, 1, 2, 3)))]
        owned_by_developer, self.developer = self.developer, False
        flats = []
        for place, area in enumerate(split(lot, size, lot.choice((1, 1, 2, 3)))):
            unit = {"unit": f"{number}-{place}", "area": m2(area), "owners": lot.sample(names, len(names))}
            if owned_by_developer:
                unit |= {"status": lot.choice(("unsold", "sold_undelivered")), "developer": "developer"}
            if self.scoped or lot.random() < 0.3:
                unit["building"] = "1"
            flats.append(unit)
        voter = None
        if owned_by_developer:
            voter = "developer"
        elif len(names) > 1 and lot.random() < 0.6:
            voter = lot.choice(names)
            lot.choice(flats)["voter"] = voter
        self.units += flats
        self.cast(part, flats, voter, ["developer"] if owned_by_developer else names)

    def cast(self, part, flats, voter, names):
        lot = self.lot
        caster = voter or lot.choice(names)
        if lot.random() < 0.3:
            self.served.append(lot.choice(flats)["unit"])
        if part == "silent":
            if lot.random() < 0.4:
                self.wrongly(flats, voter, names)
            return
        by = caster
        if lot.random() < 0.15:
            by = f"agent-of-{caster}"
            self.authorise(flats, caster, by, written=True)
        choice = self.side if part == "agree" else lot.choice(self.other_sides)
        again = lot.random() < 0.15
        if again and self.policy.get("revote") == "last":
            self.put(flats, by, lot.choice(("agree", "against", "abstain", "spoiled")))
        self.put(flats, by, choice)
        if again and self.policy.get("revote") != "last":
            self.put(flats, lot.choice([by, *names]), lot.choice(("agree", "against")))
        if lot.random() < 0.15:
            self.wrongly(flats, voter, names)

    def wrongly(self, flats, voter, names):
        """A ballot that must not count."""
        lot, by = self.lot, "tenant"
        others = [name for name in names if name != voter]
        if voter and others and lot.random() < 0.5:
            by = lot.choice(others)
        elif lot.random() < 0.5:
            by = "son"
            self.authorise(flats, voter or names[0], by, written=False)
        elif self.window and lot.random() < 0.7:
            self.put(flats, voter or names[0], "agree", at=lot.choice(OUTSIDE))
            return
        self.put(flats, by, lot.choice(("agree", "against", "abstain")))

    def authorise(self, flats, principal, agent, *, written):
        unit = self.lot.choice(flats)["unit"]
        kind = self.lot.choice(("proxy", "guardian"))
        self.authorisations.append(
            {"unit": unit, "principal": principal, "agent": agent, "kind": kind, "written": written}
        )

    def put(self, flats, by, choice, at=None):
        ballot = {"unit": self.lot.choice(flats)["unit"], "by": by, "choice": choice}
        if self.window:
            ballot["at"] = at or self.lot.choice(INSIDE)
        self.ballots.append(ballot)

    def strangers(self):
        """Parking, another building, a unit that is on no roster: with ballots."""
        lot, owners = self.lot, [unit["owners"] for unit in self.units]
        parking = {"unit": "P-1", "area": m2(lot.randint(0, 1_500)), "owners": lot.choice(owners)}
        away = {"unit": "2-1", "area": m2(lot.randint(1, 20_000)), "owners": lot.choice(owners)}
        self.units.append(parking | {"kind": "parking", "building": "1"})
        self.units.append(away | {"building": "2"} if self.scoped else away)
        for unit in (parking, away, {"unit": "nowhere", "owners": ["nobody"]}):
            if lot.random() < 0.5:
                self.put([unit], unit["owners"][0], lot.choice(("agree", "against")))


NAMES = ("a", "b", "c", "d", "e")
AREAS = (1, 33_33, 33_34, 66_66, 100_00, 100_00, 100_00, 200_00)


def muddle(lot):
    """A few names in every combination, so that owner sets meet, papers cross and nothing is as it should be."""
    units = [muddled_unit(lot, number) for number in range(lot.randint(1, 9))]
    numbers = [*(unit["unit"] for unit in units), "nowhere"]
    found = {"item": lot.randint(1, 9), "units": units, "policy": policy(lot)}
    if lot.random() < 0.3:
        found["window"] = {"open": OPEN, "close": CLOSE}
    if lot.random() < 0.3:
        found["scope_building"] = lot.choice("12")
        if lot.random() < 0.4:
            found["scope_stair"] = lot.choice("12")
    found["served_units"] = lot.sample(numbers, lot.randint(0, len(numbers)))
    found["authorisations"] = [
        {
            "unit": lot.choice(numbers),
            "principal": lot.choice((*NAMES, "dev-1", "agent")),
            "agent": lot.choice((*NAMES, "agent", "tenant")),
            "kind": lot.choice(("proxy", "guardian")),
            "written": lot.random() < 0.6,
        }
        for _ in range(lot.choice((0, 0, 2, 6)))
    ]
    found["ballots"] = [muddled_ballot(lot, units, numbers) for _ in range(lot.randint(0, 3 * len(units)))]
    return found


def muddled_unit(lot, number):
    owners = lot.sample(NAMES, lot.choice((1, 1, 1, 2, 2, 3)))
    unit = {"unit": f"u-{number}", "area": m2(lot.choice(AREAS)), "owners": owners}
    unit |= {"building": lot.choice("112"), "stair": lot.choice("12")}
    if len(owners) > 1 and lot.random() < 0.5:
        unit["voter"] = lot.choice(owners)
    rare = lot.random()
    if rare < 0.15:
        unit |= {"status": "sold_undelivered", "developer": lot.choice(("dev-1", "dev-2"))}
    elif rare < 0.25:
        unit |= {"status": "unsold", "developer": "dev-1", "owners": ["dev-1"]}
        unit.pop("voter", None)
    elif rare < 0.30:
        unit["owners"] = ["dev-1"]
        unit.pop("voter", None)
    elif rare < 0.40:
        unit["kind"] = "parking"
    elif rare < 0.42:
        unit["kind"] = "shop"
    elif rare < 0.44:
        unit["area"] = "0.00"
    elif rare < 0.45:
        unit["area"] = None
    elif rare < 0.46:
        unit["owners"] = []
        unit.pop("voter", None)
    elif rare < 0.47:
        unit["unit"] = "u-0"
    elif rare < 0.48:
        unit["voter"] = "stranger"
    return unit


def muddled_ballot(lot, units, numbers):
    unit = lot.choice(units)
    by = [*unit["owners"], unit.get("voter") or "tenant", unit.get("developer") or "agent"]
    return {
        "unit": unit["unit"] if lot.random() < 0.9 else lot.choice(numbers),
        "by": lot.choice(by) if lot.random() < 0.8 else lot.choice((*NAMES, "agent", "tenant")),
        "choice": lot.choice(("agree", "agree", "agree", "against", "abstain", "spoiled")),
        "at": lot.choice(INSIDE) if lot.random() < 0.9 else lot.choice(OUTSIDE),
    }
