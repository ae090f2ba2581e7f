"""Proves that Mautic's import would take the campaigns that we write, and lose nothing of them.

Mautic cannot run here, so this is its import read anew: `ImportHelper` opens the archive (what it refuses is
refused here), `CampaignImportExportSubscriber` and its like give every number of the file a new one,
along the rows of `dependencies`. What comes out is then looked at as Mautic would use it: each event must
belong to the campaign, hang below its parent, and send an email that exists; the campaign must begin with
a segment of the account and be switched off. At the end good files are spoilt on purpose: each must be
refused, or this check is blind.

    mautic_import.py EXPORTS
"""

import copy
import io
import json
import re
import sys
import zipfile
from pathlib import Path

from tally import Tally

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
# The events that Mautic 7 has, as far as they are written, with what each must say.
ACTIONS = {
    "email.send": {"email", "email_type", "priority", "attempts"},
    "lead.changelist": {"addToLists", "removeFromLists"},
    "lead.changetags": {"add_tags", "remove_tags"},
    "lead.updatelead": None,
}
CONDITIONS = {"lead.field_value": {"field", "operator", "value"}, "lead.tags": {"tags"}}
OPERATORS = {"=", "!=", "gt", "gte", "lt", "lte", "empty", "!empty", "like", "!like", "in", "!in", "regexp", "startsWith", "endsWith", "contains"}
EVENT_KEYS = {
    "id", "campaign_id", "name", "description", "type", "event_type", "event_order", "properties",
    "trigger_interval", "trigger_interval_unit", "trigger_mode", "trigger_date", "trigger_hour",
    "triggerRestrictedStartHour", "triggerRestrictedStopHour", "triggerRestrictedDaysOfWeek", "triggerWindow",
    "decisionPath", "channel", "channel_id", "parent_id", "uuid",
}
CAMPAIGN_KEYS = {"id", "name", "description", "is_published", "canvas_settings", "uuid"}
EMAIL_KEYS = {
    "id", "translation_parent_id", "variant_parent_id", "unsubscribeform_id", "preference_center_id", "is_published",
    "name", "description", "subject", "preheader_text", "from_name", "use_owner_as_mailer", "template", "content",
    "utm_tags", "plain_text", "custom_html", "email_type", "publish_up", "publish_down", "revision", "lang",
    "variant_settings", "variant_start_date", "dynamic_content", "headers", "public_preview", "uuid",
}
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d")


def unpack(data):
    """The document of an archive, or what Mautic says against it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if archive.testzip():
            raise ValueError("a checksum is wrong")
        found = None
        for entry in archive.infolist():
            if ".." in entry.filename or entry.filename.startswith("/"):
                raise ValueError("an unsafe path")
            if entry.compress_type != zipfile.ZIP_STORED:
                raise ValueError("a file is not stored as it is")
            if entry.compress_size and entry.file_size / entry.compress_size > 10:
                raise ValueError("a suspicious compression ratio")
            if entry.filename.endswith(".json"):
                found = json.loads(archive.read(entry))
        if found is None:
            raise ValueError("no JSON file in the archive")
        return found


def renumbered(rows, key, numbers):
    """`updateDependencies`: the new numbers of one kind of thing, in place."""
    for group in rows:
        for items in group.values():
            for item in items:
                if key not in item:
                    continue
                if isinstance(item[key], list):
                    item[key] = [numbers.get(it, it) for it in item[key]]
                else:
                    item[key] = numbers.get(item[key], item[key])


def imported(document):
    """What the import makes of a document: the campaign, its segments, its events and its emails."""
    document = copy.deepcopy(document)
    if len(document) != 1:
        raise ValueError(f"{len(document)} documents in one file")
    whole = document[0]
    rows = whole["dependencies"]
    [campaign] = whole["campaign"]
    for it in [campaign, *whole["campaign_event"], *whole["email"]]:
        if not UUID.fullmatch(it["uuid"]):
            raise ValueError(f"{it['uuid']!r} is no UUID")
    fresh = iter(range(1000, 9999))
    campaign["id"], old = next(fresh), campaign["id"]
    renumbered(rows, "campaign", {old: campaign["id"]})
    numbers = {it["id"]: next(fresh) for it in whole["email"]}
    if len(numbers) < len(whole["email"]):
        raise ValueError("two emails have one number")
    emails = {numbers[it["id"]]: it for it in whole["email"]}
    renumbered(rows, "email", numbers)
    segments = [it["lists"] for group in rows for it in group.get("lists", []) if it.get("campaign") == campaign["id"]]
    links = next((it["campaign_event"] for it in rows if "campaign_event" in it), [])
    events = {}
    for event in whole["campaign_event"]:
        event.pop("campaign_id")
        for link in links:
            if link["campaign_event"] == event["id"]:
                event["campaign_id"] = link["campaign"]
                if event["channel"] and event["channel"] in link:
                    event["channel_id"] = link[event["channel"]]
                    if event["channel"] in event["properties"]:
                        event["properties"][event["channel"]] = link[event["channel"]]
        if event["id"] in events:
            raise ValueError("two events have one number")
        events[event["id"]] = event
    moved = {it: next(fresh) for it in events}
    for event in events.values():
        parent = event["parent_id"]
        # A parent that is not among the events is forgotten: the event would begin the campaign.
        event["parent"] = moved.get(parent) if parent is not None else None
        event["lost"] = parent is not None and event["parent"] is None
    return campaign, segments, {moved[key]: it for key, it in events.items()}, emails


def problems_of(document):
    """What would go wrong with a document."""
    try:
        campaign, segments, events, emails = imported(document)
    except (KeyError, ValueError, TypeError) as error:
        return [f"{type(error).__name__}: {error}"]
    problems = []
    say = lambda it, what: problems.append(f"{it.get('name')!r} {what}")
    if campaign["is_published"] is not False:
        say(campaign, "would be switched on")
    if not campaign["name"].strip():
        say(campaign, "has no name")
    if unknown := set(campaign) ^ CAMPAIGN_KEYS:
        say(campaign, f"has other keys than an export: {unknown}")
    if not segments or any(not isinstance(it, int) or it < 1 for it in segments):
        say(campaign, f"begins with no segment: {segments}")
    if [it["parent"] for it in events.values()].count(None) != 1:
        say(campaign, "does not begin with one event")
    uuids = [it["uuid"] for it in [campaign, *events.values(), *emails.values()]]
    if len(set(uuids)) < len(uuids):
        say(campaign, "has two things of one UUID")
    for event in events.values():
        check_event(event, campaign, events, emails, say)
    for email in emails.values():
        if unknown := set(email) ^ EMAIL_KEYS:
            say(email, f"has other keys than an export: {unknown}")
        if not 0 < len(email["subject"]) <= 190:
            say(email, "has a subject that is too short or too long")
        if email["preheader_text"] is not None and len(email["preheader_text"]) > 130:
            say(email, "has a preheader that is too long")
        if email["is_published"] is not True or email["email_type"] != "template":
            say(email, "cannot be sent by a campaign")
        if not email["custom_html"].strip().startswith("<"):
            say(email, "has no page")
    check_canvas(document[0], say)
    return problems


def check_event(event, campaign, events, emails, say):
    """One event, after the import."""
    if unknown := (set(event) - {"parent", "lost"}) ^ EVENT_KEYS:
        say(event, f"has other keys than an export: {unknown}")
        return
    if event["campaign_id"] != campaign["id"]:
        say(event, "has lost its campaign")
    if event["lost"]:
        say(event, "has lost its parent")
    kinds = ACTIONS if event["event_type"] == "action" else CONDITIONS if event["event_type"] == "condition" else {}
    if event["type"] not in kinds:
        say(event, f"is no {event['event_type']} that Mautic knows: {event['type']!r}")
    elif kinds[event["type"]] is not None and set(event["properties"]) != kinds[event["type"]]:
        say(event, f"asks for {set(event['properties'])}")
    parent = events.get(event["parent"])
    ways = {"": True} if parent is None or parent["event_type"] == "action" else {"yes": True, "no": True}
    if event["decisionPath"] not in ways:
        say(event, f"hangs on the way {event['decisionPath']!r}, which is not there")
    above, steps = event["parent"], 0
    while above is not None and steps <= len(events):
        above, steps = events[above]["parent"], steps + 1
    if above is not None:
        say(event, "comes back to itself")
    if event["trigger_mode"] not in ("immediate", "interval") or event["trigger_date"] is not None:
        say(event, "waits in a way that the import cannot read")
    if event["trigger_interval_unit"] not in ("i", "h", "d", "m", "y") or event["trigger_interval"] < 0:
        say(event, "waits in a unit that Mautic does not know")
    hours = [event["trigger_hour"], event["triggerRestrictedStartHour"], event["triggerRestrictedStopHour"]]
    if any(it is not None and not TIME.fullmatch(it) for it in hours) or (hours[1] is None) != (hours[2] is None):
        say(event, f"waits for hours that are none: {hours}")
    if event["trigger_mode"] == "immediate" and (any(hours) or event["triggerRestrictedDaysOfWeek"]):
        say(event, "waits for an hour at once: Mautic looks at hours in intervals only")
    if any(it not in range(7) for it in event["triggerRestrictedDaysOfWeek"]):
        say(event, "waits for a day that is none")
    if event["type"] == "email.send":
        sent = event["properties"].get("email")
        if sent not in emails or event["channel_id"] != sent:
            say(event, "sends an email that is not there")
        if event["properties"].get("email_type") not in ("marketing", "transactional"):
            say(event, "sends an email of no kind")
    if event["type"] == "lead.field_value" and event["properties"].get("operator") not in OPERATORS:
        say(event, "compares in a way that Mautic does not know")


def check_canvas(whole, say):
    """The picture: every event once, and the line that leads to it is the one that the tree says."""
    canvas = whole["campaign"][0]["canvas_settings"]
    shown = [it["id"] for it in canvas["nodes"]]
    lines = {it["targetId"]: it for it in canvas["connections"]}
    for event in whole["campaign_event"]:
        line = lines.get(event["id"])
        anchor = "leadsource" if event["parent_id"] is None else event["decisionPath"] or "bottom"
        source = "lists" if event["parent_id"] is None else event["parent_id"]
        if shown.count(event["id"]) != 1 or not line:
            say(event, "is not in the picture")
        elif line["sourceId"] != source or line["anchors"] != {"source": anchor, "target": "top"}:
            say(event, "hangs elsewhere in the picture than in the tree")


def spoilt(document):
    """Documents that must be refused, each with what is wrong with it."""

    def change(name, edit):
        body = copy.deepcopy(document)
        edit(body[0])
        return name, body

    first = lambda it, kind: next(event for event in it["campaign_event"] if event["type"] == kind)
    child = lambda it: next(event for event in it["campaign_event"] if event["parent_id"] is not None)
    mail = lambda it: first(it, "email.send")
    yield change("a campaign that is switched on", lambda it: it["campaign"][0].update(is_published=True))
    yield change("no dependencies", lambda it: it.pop("dependencies"))
    yield change("no segment", lambda it: it["dependencies"][0].update(lists=[]))
    yield change("an event without its row", lambda it: it["dependencies"][0]["campaign_event"].pop())
    yield change("a mail whose row does not name it", lambda it: [row.pop("email", None) for row in it["dependencies"][0]["campaign_event"]])
    yield change("a parent that is not there", lambda it: child(it).update(parent_id=999))
    yield change("an event that is its own parent", lambda it: child(it).update(parent_id=child(it)["id"]))
    yield change("two roots", lambda it: child(it).update(parent_id=None))
    yield change("two events of one number", lambda it: it["campaign_event"].append(it["campaign_event"][0]))
    yield change("two things of one UUID", lambda it: mail(it).update(uuid=it["campaign"][0]["uuid"]))
    yield change("no UUID", lambda it: mail(it).update(uuid="1"))
    yield change("an unknown event", lambda it: mail(it).update(type="email.fling"))
    yield change("an unknown unit", lambda it: mail(it).update(trigger_interval_unit="w"))
    yield change("a date, which the import reads under another name", lambda it: mail(it).update(trigger_mode="date"))
    yield change("an email that is not there", lambda it: it.update(email=[]))
    yield change("a subject of 191 characters", lambda it: it["email"][0].update(subject="x" * 191))
    yield change("an email that is switched off", lambda it: it["email"][0].update(is_published=False))
    yield change("a misspelt key in an event", lambda it: mail(it).update(triggerMode="interval"))
    yield change("a way that is not there", lambda it: child(it).update(decisionPath="maybe"))


def packed(method):
    """An archive of a campaign that shrinks well."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("campaign.json", json.dumps([{"campaign": [" " * 100_000]}]))
    return buffer.getvalue()


def main(exports):
    tally = Tally()
    rich = None
    for environment in sorted(exports.glob("*/mautic/*")):
        project = environment.parts[-3]
        requests = [json.loads(it.read_text()) for it in sorted((environment / "requests").glob("*.json"))]
        archives = {it.stem: it.read_bytes() for it in sorted((environment / "campaigns").glob("*.zip"))}
        bodies = {it["body"][0]["campaign"][0]["name"]: it["body"] for it in requests}
        wrong = sorted(set(archives) ^ set(bodies))
        tally.check(f"{project} has an archive for each request", [f"{it!r} is there once only" for it in wrong])
        for name, data in archives.items():
            try:
                document = unpack(data)
                problems = problems_of(document)
                if document != bodies.get(name):
                    problems.append("the archive holds something else than the request")
            except (ValueError, zipfile.BadZipFile, json.JSONDecodeError) as error:
                document, problems = None, [str(error)]
            tally.check(f"{project}: {name}.zip is a campaign that Mautic imports whole", problems)
            if document and any(it["decisionPath"] for it in document[0]["campaign_event"]):
                rich = rich or document
    tally.check("there is a campaign to spoil", [] if rich else ["no campaign has a condition"])
    if rich:
        for name, body in spoilt(rich):
            tally.check(f"refused: {name}", [] if problems_of(body) else ["it was let pass"])
    for name, data in (("an archive that is deflated", packed(zipfile.ZIP_DEFLATED)), ("no archive", b"{}")):
        try:
            unpack(data)
            tally.check(f"refused: {name}", ["it was let pass"])
        except (ValueError, zipfile.BadZipFile):
            tally.check(f"refused: {name}", [])
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
