"""Proves that a spreadsheet and a calendar read the schedule as we mean it.

Python's own CSV reader in strict mode takes schedule.csv, the package `icalendar` takes
schedule.ics, and both hold the same touchpoints as the manifest, at the same times.

    schedule.py DIST
"""

import csv
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from icalendar import Calendar

from tally import Tally

# The moment at which the calendar lets every journey begin.
DAY_ZERO = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)
DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def duration(text):
    """An ISO 8601 duration in days and smaller units."""
    days, hours, minutes, seconds = (int(it or 0) for it in DURATION.fullmatch(text).groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def check_sheet(tally, path, touchpoints):
    """Gives the rows."""
    marked = path.read_bytes().startswith(b"\xef\xbb\xbf")
    tally.check("schedule.csv begins with the mark by which Excel knows UTF-8", [] if marked else ["no mark"])
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = list(csv.reader(file, strict=True))
    heading, rows = lines[0], lines[1:]
    tally.check("schedule.csv has a heading of unique names", [] if len(set(heading)) == len(heading) else [str(heading)])
    ragged = [f"line {at}: {len(row)} cells" for at, row in enumerate(rows, 2) if len(row) != len(heading)]
    tally.check(f"schedule.csv has {len(heading)} cells in every row", ragged)
    formulas = [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r") and cell]
    tally.check("no cell of schedule.csv is a formula", formulas)
    rows = [dict(zip(heading, row)) for row in rows]
    wanted = [(it["journey"], it["step"]) for it in touchpoints]
    found = [(it["journey"], it["step"]) for it in rows]
    tally.check(f"schedule.csv holds the manifest's {len(wanted)} touchpoints", [] if found == wanted else [f"found {len(found)}"])
    return rows


def check_calendar(tally, path, rows):
    data = path.read_bytes()
    long = [f"line {at}" for at, line in enumerate(data.split(b"\r\n"), 1) if len(line) > 75 or b"\n" in line]
    tally.check("schedule.ics has lines of at most 75 octets, each ended as the standard says", long)
    calendar = Calendar.from_ical(data)
    missing = [key for key in ("VERSION", "PRODID") if key not in calendar]
    tally.check("schedule.ics says its version and its maker", missing)
    events = [it for it in calendar.walk("VEVENT")]
    broken = [f"{event.get('UID')}: {event.errors}" for event in events if event.errors]
    broken += [f"{event.get('UID')}: no {key}" for event in events for key in ("UID", "DTSTAMP", "DTSTART", "SUMMARY") if key not in event]
    tally.check("every entry of schedule.ics is complete", broken)
    uids = [str(event["UID"]) for event in events]
    tally.check("every entry of schedule.ics has an id of its own", sorted({it for it in uids if uids.count(it) > 1}))

    wanted = {f"{row['journey']}.{row['step']}@journeyc": DAY_ZERO + duration(row["earliest"]) for row in rows if row["earliest"]}
    found = {str(event["UID"]): event["DTSTART"].dt for event in events}
    problems = [f"{uid}: {found.get(uid)} instead of {wanted.get(uid)}" for uid in wanted.keys() | found.keys() if wanted.get(uid) != found.get(uid)]
    tally.check(f"schedule.ics puts {len(wanted)} touchpoints at the times of schedule.csv", problems)


def main(dist):
    tally = Tally()
    manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    rows = check_sheet(tally, dist / "schedule.csv", manifest["schedule"])
    check_calendar(tally, dist / "schedule.ics", rows)
    tally.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
