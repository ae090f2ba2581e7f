"""What a manifest says that one person gets: the steps of a journey, read by hand and in order.

This knows nothing of any provider. It is written from the documentation of the journey format.
"""

import datetime
from zoneinfo import ZoneInfo

MINUTE, DAY = 60_000, 86_400_000
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


PAID_BEFORE = {"delivered", "service_started", "first_use", "refunded", "return_requested", "feedback_given"}


class Left(Exception):
    """The person has left."""


class Person:
    """One person's way through one journey."""

    def __init__(self, manifest, journey, start, contact, event, events, chance, alerts):
        self.manifest, self.journey, self.now, self.start = manifest, journey, start, start
        self.contact, self.event, self.events = dict(contact), event, sorted(events, key=lambda it: it["at"])
        self.chance, self.alerts, self.got, self.entered = chance, alerts, [], []

    def run(self):
        """The mails, with their times, and the journeys entered."""
        try:
            self.refresh()
            where = self.journey["trigger"].get("where")
            if where and not self.holds(where["tree"]):
                raise Left
            if self.chance * 100 < (self.journey.get("holdout") or 0):
                raise Left
            self.steps(self.journey["steps"])
        except Left:
            pass
        return self.got

    # --- what is known

    def key(self, name):
        return (self.manifest["events"].get(name) or {}).get("key")

    def refresh(self):
        for it in self.events:
            if self.start < it["at"] <= self.now and it.get("tells"):
                self.contact = {**it["contact"]}

    def milestone(self, name):
        return (self.manifest["events"].get(name) or {}).get("milestone")

    def came(self, name, since, where=None, case=False):
        key = self.key(name)
        trigger = self.journey["trigger"]["event"]
        # The trigger's own event is about another case, and so is a payment after what comes after it.
        over = self.milestone(name) == "payment" and self.milestone(trigger) in PAID_BEFORE
        same = case and key and name != trigger and not over and key == self.key(trigger)
        found = [
            it for it in self.events
            if it["name"] == name and since <= it["at"] <= self.now
            and (not same or it["event"].get(key) == self.event.get(key))
            and (not where or self.holds(where["tree"], it["event"]))
        ]
        return found

    def value(self, node, event):
        kind = node["op"]
        if kind == "literal":
            return node["value"]
        if kind == "list":
            return [self.value(it, event) for it in node["items"]]
        if kind == "contact":
            return self.contact.get(node["name"])
        if kind == "event":
            return event.get(node["name"])
        if kind == "count":
            return len(self.came(node["event"], self.since(node["since"])))
        return self.holds(node, event)

    def since(self, since):
        if since == "always":
            return 0
        if since == "entry":
            return self.start + 1
        it = since["within"]
        return self.now - it.get("days", 0) * DAY - it.get("minutes", 0) * MINUTE

    def holds(self, node, event=None):
        event = self.event if event is None else event
        kind = node["op"]
        if kind == "and":
            return all(self.holds(it, event) for it in node["of"])
        if kind == "or":
            return any(self.holds(it, event) for it in node["of"])
        if kind == "not":
            return not self.holds(node["of"], event)
        if kind == "did":
            return bool(self.came(node["event"], self.since(node["since"])))
        if kind == "in":
            needle, hay = self.value(node["needle"], event), self.value(node["haystack"], event) or []
            return (needle not in (None, "") and needle in hay) != node.get("negated", False)
        if kind == "compare":
            left, right, sign = self.value(node["left"], event), self.value(node["right"], event), node["sign"]
            if left is None or right is None:
                return {"==": left in (None, "") and right in (None, ""), "!=": not (left in (None, "") and right in (None, ""))}.get(sign, False)
            if sign in ("==", "!="):
                return (left == right) == (sign == "==")
            if isinstance(left, str) != isinstance(right, str):
                return False
            return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]
        return bool(self.value(node, event))

    # --- time

    def zone(self, name):
        if name != "contact":
            return ZoneInfo(name)
        if isinstance(self.contact.get("utc_offset"), (int, float)):
            return datetime.timezone(datetime.timedelta(minutes=self.contact["utc_offset"]))
        return ZoneInfo(self.manifest["timezone"])

    def local(self, zone):
        return datetime.datetime.fromtimestamp(self.now / 1000, self.zone(zone))

    def until(self, at, days, zone):
        local = self.local(zone)
        clock = local.time() if at is None else datetime.time.fromisoformat(at)
        for more in range(9):
            day = local.date() + datetime.timedelta(days=more)
            moment = datetime.datetime.combine(day, clock, self.zone(zone))
            if (not days or WEEK[day.weekday()] in days) and moment >= local:
                self.now = round(moment.timestamp() * 1000)
                return

    def passes(self, span, zone):
        for _ in range(span.get("business_days", 0)):
            self.now += DAY
            self.until(None, WEEK[:5], zone)
        self.now += span.get("days", 0) * DAY + span.get("minutes", 0) * MINUTE

    def leave(self):
        """Exits, asked before anything that the person notices."""
        self.refresh()
        for it in self.journey.get("exits", []):
            milestone = (self.manifest["events"].get(it["on"]) or {}).get("milestone")
            if it.get("only") or (milestone in ("unsubscribed", "bounced") and self.is_commercial()):
                continue
            if self.came(it["on"], self.start + 1, it.get("where"), True):
                raise Left

    def is_commercial(self):
        return '"class": "transactional"' not in __import__("json").dumps(self.journey["steps"])

    def window(self):
        policy = self.manifest.get("policy") or {}
        send, quiet = policy.get("send_window"), policy.get("quiet_hours")
        if not send and not quiet:
            return None
        awake = quiet and {"days": [], "from": quiet["to"], "to": quiet["from"], "zone": quiet["zone"]}
        if not (send and awake):
            return send or awake
        return {"days": send["days"], "from": max(send["from"], awake["from"]), "to": min(send["to"], awake["to"]), "zone": send["zone"]}

    def hold(self):
        it = self.window()
        if not it:
            return
        local = self.local(it["zone"])
        clock = local.strftime("%H:%M")
        open_ = (not it["days"] or WEEK[local.weekday()] in it["days"]) and it["from"] <= clock < it["to"]
        if not open_:
            self.until(it["from"], it["days"], it["zone"])

    # --- steps

    def steps(self, steps):
        for step in steps:
            self.step(step)

    def gate(self, it):
        return (not it.get("if") or self.holds(it["if"]["tree"])) and not (it.get("unless") and self.holds(it["unless"]["tree"]))

    def step(self, step):
        kind = step["kind"]
        getattr(self, kind)(step, step)

    def send(self, step, it):
        if it["class"] == "commercial" and not it.get("bypass_window"):
            self.hold()
            self.leave()
        for exit_ in self.journey.get("exits", []):
            milestone = (self.manifest["events"].get(exit_["on"]) or {}).get("milestone")
            if exit_.get("only") == it["class"] and milestone not in ("unsubscribed", "bounced") and self.came(exit_["on"], self.start + 1, exit_.get("where"), True):
                return
        if self.gate(it):
            own = (self.contact.get("locale") or "").lower()
            locales = list(it.get("mails") or {}) or self.manifest["locales"][:1]
            fits = [name for name in locales[1:] if own == name.lower() or own.startswith(name.lower() + "-")]
            locale = max(fits, key=len) if fits else locales[0]
            self.got.append((self.now, step["node"], locale, it["template"]))

    def task(self, step, it):
        if it.get("owner") in self.alerts and self.gate(it):
            self.got.append((self.now, step["node"], None, None))

    def touch(self, step, it):
        pass

    def wait(self, step, it):
        if it.get("for"):
            self.passes(it["for"], it["zone"])
        if it.get("at") or it.get("on"):
            self.until(it.get("at"), it.get("on") or [], it["zone"])
        self.leave()

    def wait_for(self, step, it):
        span = it["timeout"]
        deadline = self.now + (span.get("days", 0) + span.get("business_days", 0)) * DAY + span.get("minutes", 0) * MINUTE
        if not self.came(it["event"], self.start + 1, it.get("where"), True):
            now, self.now = self.now, deadline
            found = self.came(it["event"], self.start + 1, it.get("where"), True)
            late = not found or found[0]["at"] >= deadline
            self.now = deadline if late else max(now, found[0]["at"])
            if late:
                self.leave()
                self.steps(it.get("on_timeout") or [])
        self.leave()

    def wait_until(self, step, it):
        tree = it["date"]["tree"]
        date = self.value(tree, self.event)
        moment = 0
        if date:
            day = datetime.date.fromisoformat(date[:10])
            offset = (it.get("offset") or {}).get("days", 0)
            day += datetime.timedelta(days=-offset if it.get("before") else offset)
            clock = datetime.time.fromisoformat(it.get("at") or "09:00")
            moment = round(datetime.datetime.combine(day, clock, self.zone("contact")).timestamp() * 1000)
        if moment <= self.now:
            if it.get("if_past") == "exit":
                raise Left
        else:
            self.now = moment
        self.leave()

    def branch(self, step, it):
        for way in it["when"]:
            if self.holds(way["condition"]["tree"] if "condition" in way else way["if"]["tree"]):
                return self.steps(way["steps"])
        return self.steps(it.get("otherwise") or it.get("else") or [])

    def split(self, step, it):
        below, total = 0, sum(arm["weight"] for arm in it["arms"].values())
        for arm in it["arms"].values():
            below += arm["weight"]
            if int(self.chance * 100) < round(below * 100 / total):
                return self.steps(arm["steps"])

    def repeat(self, step, it):
        for number in range(it["times"]):
            self.steps(it["steps"])
            if number + 1 == it["times"]:
                return
            self.passes(it["every"], "contact")
            self.leave()
            if it.get("until") and self.holds(it["until"]["tree"]):
                return

    def set(self, step, it):
        self.contact[it["attribute"]] = it["value"]

    def enter(self, step, it):
        self.entered.append(it["journey"])

    def exit(self, step, it):
        raise Left
