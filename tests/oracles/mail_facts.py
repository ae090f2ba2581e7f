"""The tables of facts below src/lint/facts, against the data that they were made from.

Usage: mail_facts.py DATA [--write]. DATA holds caniemail/caniemail.compiled.json and
url-shorteners/shorteners.txt with their licences. Without --write the committed tables are compared
with what this script makes of the data, and every word of the matchers is looked at; the last line
counts.
"""

import json
import pathlib
import re
import sys

FACTS = pathlib.Path(__file__).parents[2] / "src" / "lint" / "facts"

# Fewer features than these were tested with some mail programs: nothing can be said of those.
TESTED = 270
# Mail for Windows ended on 31 December 2024.
ENDED = {"outlook.windows-mail"}

# What to look for, and what it means if a mail program does not know it:
#   breaks    people see something broken, or miss something
#   fades     the mail is plainer, and all right
# `breaks+` and `fades+` say that partial support is told as well; elsewhere the half that is missing
# is not what mails use.
FEATURES = {
    # Arrangement.
    "css-display-flex": ("breaks", "value display flex inline-flex"),
    "css-display-grid": ("breaks", "value display grid inline-grid"),
    "css-flex-direction": ("breaks", "property flex-direction flex-flow"),
    "css-flex-wrap": ("breaks", "property flex-wrap"),
    "css-justify-content": ("breaks", "property justify-content"),
    "css-align-items": ("breaks", "property align-items"),
    "css-grid-template": ("breaks", "property grid-template grid-template-columns grid-template-rows grid-template-areas"),
    "css-gap": ("fades", "property gap column-gap row-gap"),
    "css-float": ("breaks", "value float left right inline-start inline-end"),
    "css-position": ("breaks", "value position absolute fixed sticky"),
    "css-margin": ("breaks+", "negative margin margin-top margin-right margin-bottom margin-left"),
    "css-margin-inline-block": ("breaks", "property margin-inline margin-block"),
    "css-margin-inline-start-end": ("breaks", "property margin-inline-start margin-inline-end"),
    "css-margin-block-start-end": ("breaks", "property margin-block-start margin-block-end"),
    "css-padding-inline-block": ("breaks", "property padding-inline padding-block"),
    "css-padding-inline-start-end": ("breaks", "property padding-inline-start padding-inline-end"),
    "css-padding-block-start-end": ("breaks", "property padding-block-start padding-block-end"),
    "css-block-inline-size": ("breaks", "property block-size inline-size"),
    "css-border-inline-block": ("fades", "property border-inline border-block"),
    "css-inset": ("fades", "property inset"),
    "css-visibility": ("breaks", "value visibility hidden collapse"),
    "css-display-none": ("fades", "value display none"),
    "css-writing-mode": ("breaks", "property writing-mode"),
    "css-column-count": ("fades", "property column-count columns"),
    "css-object-fit": ("breaks", "property object-fit"),
    "css-object-position": ("fades", "property object-position"),
    "css-aspect-ratio": ("fades", "property aspect-ratio"),
    "css-min-width": ("fades", "property min-width"),
    "css-min-height": ("fades", "property min-height"),
    "css-max-height": ("fades", "property max-height"),
    "css-box-sizing": ("fades", "property box-sizing"),
    # Values.
    "css-variables": ("breaks", "function var"),
    "css-unit-calc": ("breaks", "function calc"),
    "css-function-clamp": ("breaks", "function clamp"),
    "css-function-max": ("breaks", "function max"),
    "css-function-min": ("breaks", "function min"),
    "css-function-light-dark": ("breaks", "function light-dark"),
    "css-modern-color": ("breaks", "function lch oklch lab oklab"),
    "css-rgba": ("breaks", "function rgba"),
    "css-linear-gradient": ("fades", "function linear-gradient repeating-linear-gradient"),
    "css-radial-gradient": ("fades", "function radial-gradient repeating-radial-gradient"),
    "css-conic-gradient": ("fades", "function conic-gradient repeating-conic-gradient"),
    "css-unit-rem": ("breaks", "unit rem"),
    "css-unit-vh": ("breaks", "unit vh"),
    "css-unit-vw": ("breaks", "unit vw"),
    "css-unit-vmin": ("breaks", "unit vmin"),
    "css-unit-vmax": ("breaks", "unit vmax"),
    "css-unit-ch": ("fades", "unit ch"),
    # Looks.
    "css-background-image": ("breaks", "image background background-image"),
    "css-background-size": ("fades", "property background-size"),
    "css-background-clip": ("fades", "property background-clip"),
    "css-background-blend-mode": ("fades", "property background-blend-mode"),
    "css-mix-blend-mode": ("fades", "property mix-blend-mode"),
    "css-border-radius": ("fades", "property border-radius border-top-left-radius border-top-right-radius border-bottom-left-radius border-bottom-right-radius"),
    "css-border-image": ("fades", "property border-image"),
    "css-box-shadow": ("fades", "property box-shadow"),
    "css-text-shadow": ("fades", "property text-shadow"),
    "css-outline": ("fades", "property outline"),
    "css-opacity": ("fades", "property opacity"),
    "css-filter": ("fades", "property filter"),
    "css-backdrop-filter": ("fades", "property backdrop-filter"),
    "css-clip-path": ("fades", "property clip-path"),
    "css-mask-image": ("fades", "property mask mask-image"),
    "css-shape-outside": ("fades", "property shape-outside"),
    "css-transform": ("fades", "property transform rotate scale translate"),
    "css-animation": ("fades", "property animation animation-name"),
    "css-transition": ("fades", "property transition"),
    "css-scroll-snap": ("fades", "property scroll-snap-type"),
    "css-list-style-image": ("fades", "property list-style-image"),
    "css-text-overflow": ("fades", "property text-overflow"),
    "css-text-wrap": ("fades", "property text-wrap"),
    "css-text-emphasis": ("fades", "property text-emphasis"),
    "css-word-spacing": ("fades", "property word-spacing"),
    "css-white-space": ("fades", "property white-space"),
    # What stands around rules.
    "css-nesting": ("breaks", "nested"),
    "css-at-font-face": ("fades", "at font-face"),
    "css-at-supports": ("fades", "at supports"),
    "css-at-media": ("fades", "at media"),
    "css-at-media-prefers-color-scheme": ("fades", "media prefers-color-scheme"),
    "css-at-media-prefers-reduced-motion": ("fades", "media prefers-reduced-motion"),
    "css-at-media-orientation": ("fades", "media orientation"),
    "css-at-media-hover": ("fades", "media hover any-hover"),
    "css-at-media-device-pixel-ratio": ("fades", "media -webkit-device-pixel-ratio -webkit-min-device-pixel-ratio"),
    "css-pseudo-class-hover": ("fades", "pseudo hover"),
    "css-pseudo-class-active": ("fades", "pseudo active"),
    "css-pseudo-class-focus": ("fades", "pseudo focus"),
    "css-pseudo-class-checked": ("breaks", "pseudo checked"),
    "css-pseudo-class-target": ("breaks", "pseudo target"),
    "css-pseudo-class-has": ("breaks", "pseudo has"),
    "css-pseudo-element-before": ("fades", "pseudo before"),
    "css-pseudo-element-after": ("fades", "pseudo after"),
    "css-pseudo-element-first-letter": ("fades", "pseudo first-letter"),
    "css-pseudo-element-first-line": ("fades", "pseudo first-line"),
    "css-pseudo-element-marker": ("fades", "pseudo marker"),
    # Elements and attributes.
    "html-video": ("breaks", "element video"),
    "html-audio": ("breaks", "element audio"),
    "html-dialog": ("breaks", "element dialog"),
    "html-meter": ("breaks", "element meter"),
    "html-progress": ("breaks", "element progress"),
    "html-ruby": ("breaks", "element ruby"),
    "html-picture": ("fades", "element picture"),
    "html-marquee": ("fades", "element marquee"),
    "html-semantics": ("fades", "element article aside details figcaption figure footer header main mark nav section summary"),
    "html-base": ("breaks+", "element base"),
    "html-image-maps": ("breaks", "element map"),
    "html-select": ("breaks", "field select"),
    "html-textarea": ("breaks", "field textarea"),
    "html-input-checkbox": ("breaks", "input checkbox"),
    "html-input-radio": ("breaks", "input radio"),
    "html-input-text": ("breaks", "input text email tel number search url date"),
    "html-input-submit": ("breaks", "input submit"),
    "html-hidden": ("breaks", "attribute hidden"),
    "html-popover": ("breaks", "attribute popover"),
    "html-srcset": ("fades", "attribute srcset"),
    "html-loading-attribute": ("fades", "attribute loading"),
    "html-anchor-links": ("fades", "anchor"),
    # Pictures.
    "html-svg": ("breaks", "element svg"),
    "image-svg": ("breaks", "file svg"),
    "image-webp": ("breaks", "file webp"),
    "image-avif": ("breaks", "file avif"),
    "image-heif": ("breaks+", "file heif heic"),
    "image-hdr": ("breaks", "file hdr"),
    "image-tiff": ("breaks+", "file tif tiff"),
    "image-bmp": ("breaks+", "file bmp"),
    "image-ico": ("breaks", "file ico"),
    "image-mp4": ("breaks", "file mp4"),
    "image-apng": ("fades", "file apng"),
    "image-base64": ("breaks", "inline"),
}
MATCHERS = "value property negative function unit image nested at media pseudo element field input attribute anchor file inline"

# Hosts that forward, but say whose page they lead to: nobody hides behind them.
KNOWN_HOSTS = {
    ".app.link", ".page.link", "amzn.com", "amzn.to", "doi.org", "fb.me", "flic.kr", "lnkd.in", "s.apache.org", "wp.me",
    "yhoo.it", "youtu.be",
}

passed = failed = 0


def check(what, holds):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {what}")


def comment(text):
    return "".join(f"# {line}".rstrip() + "\n" for line in text.strip().splitlines())


def caniemail(folder):
    """The table of what mail programs know."""
    compiled = json.loads((folder / "caniemail.compiled.json").read_text())
    source = (folder / "SOURCE.txt").read_text()
    dated = re.search(r"dated (\d{4}-\d\d-\d\d)", source)[1]
    features = {it["slug"]: it for it in compiled["data"]}
    tested = {}
    for it in features.values():
        for client in it["latest"]:
            tested[client] = tested.get(client, 0) + 1
    clients = sorted(it for it, count in tested.items() if count >= TESTED and it not in ENDED)
    names = compiled["nicenames"]

    def title(client):
        family, platform = client.split(".")
        family, platform = names["family"][family], names["platform"][platform]
        family = {"Mozilla Thunderbird": "Thunderbird", "Yahoo! Mail": "Yahoo Mail"}.get(family, family)
        platform = {"Desktop Webmail": "web", "Mobile Webmail": "web on phones"}.get(platform, platform)
        return platform if platform == "Outlook.com" else f"{family} ({platform})"

    out = comment(f"""
What mail programs know, feature by feature: y supported, a in part, n not, u nobody knows.
The facts are those of {compiled["source"].split("@")[0]} (https://www.caniemail.com), commit
{compiled["source"].split("@")[1]} of {dated}, the newest version of each program; what is
looked for, and what its lack means, is from here. Made by tests/oracles/mail_facts.py; do not edit.

The data has this licence:

{(folder / "LICENSE").read_text()}
""")
    for client in clients:
        out += f"client\t{client}\t{title(client)}\n"
    for slug, (weight, matcher) in FEATURES.items():
        feature = features.get(slug)
        check(f"{slug} is a feature", feature is not None)
        check(f"`{matcher}` begins with a matcher", matcher.split()[0] in MATCHERS.split())
        latest = feature["latest"]
        support = "".join(latest[it]["support"] if it in latest else "u" for it in clients)
        check(f"{slug} is not known everywhere", "n" in support or "a" in support)
        name = re.sub(r"\s+", " ", feature["title"].replace("<", "`<").replace(">", ">`")).strip()
        name = name.removesuffix(" element").replace("flex-direction:column", "flex-direction")
        if "`" not in name:
            name = f"`{name}`"
        name = NAMES.get(slug, name)
        out += f"feature\t{slug}\t{name}\t{weight}\t{matcher}\t{support}\n"
    return out


# Where caniemail's own title would not do in a sentence.
NAMES = {
    "css-margin": "a negative margin",
    "css-variables": "CSS variables",
    "css-unit-calc": "`calc()`",
    "css-modern-color": "the colours of `oklch()` and its like",
    "css-gap": "`gap`",
    "css-float": "`float`",
    "css-position": "`position`",
    "css-visibility": "`visibility: hidden`",
    "css-display-flex": "`display: flex`",
    "css-display-grid": "`display: grid`",
    "css-display-none": "`display: none`",
    "css-grid-template": "`grid-template`",
    "css-column-count": "columns of text",
    "css-min-width": "`min-width`",
    "css-min-height": "`min-height`",
    "css-max-height": "`max-height`",
    "css-margin-inline-block": "`margin-inline` and `margin-block`",
    "css-margin-inline-start-end": "`margin-inline-start` and its like",
    "css-margin-block-start-end": "`margin-block-start` and its like",
    "css-padding-inline-block": "`padding-inline` and `padding-block`",
    "css-padding-inline-start-end": "`padding-inline-start` and its like",
    "css-padding-block-start-end": "`padding-block-start` and its like",
    "css-block-inline-size": "`block-size` and `inline-size`",
    "css-border-inline-block": "`border-inline` and `border-block`",
    "css-flex-wrap": "`flex-wrap`",
    "css-nesting": "a rule within a rule",
    "css-background-image": "a background image",
    "css-unit-rem": "the unit `rem`",
    "css-unit-vh": "the unit `vh`",
    "css-unit-vw": "the unit `vw`",
    "css-unit-vmin": "the unit `vmin`",
    "css-unit-vmax": "the unit `vmax`",
    "css-unit-ch": "the unit `ch`",
    "css-at-media-hover": "`@media (hover)`",
    "html-semantics": "the elements of HTML 5 for parts of a page",
    "html-image-maps": "an image map",
    "html-select": "`<select>`",
    "html-textarea": "`<textarea>`",
    "html-input-checkbox": "a check box",
    "html-input-radio": "a radio button",
    "html-input-text": "a field to write in",
    "html-input-submit": "a button that sends a form",
    "html-hidden": "the attribute `hidden`",
    "html-popover": "the attribute `popover`",
    "html-srcset": "the attribute `srcset`",
    "html-loading-attribute": "the attribute `loading`",
    "html-anchor-links": "a link within the mail",
    "html-svg": "`<svg>`",
    "image-svg": "SVG",
    "image-webp": "WebP",
    "image-avif": "AVIF",
    "image-heif": "HEIF",
    "image-hdr": "HDR",
    "image-tiff": "TIFF",
    "image-bmp": "BMP",
    "image-ico": "ICO",
    "image-mp4": "MP4",
    "image-apng": "APNG",
    "image-base64": "a picture inside the address",
}


def redirectors(folder):
    """The hosts that hide where a link leads."""
    source = (folder / "SOURCE.txt").read_text()
    commit = re.search(r"commit (\w{40}) \((\d{4}-\d\d-\d\d)\)", source)
    hosts = (folder / "shorteners.txt").read_text().split()
    check("known hosts are in the list", KNOWN_HOSTS <= set(hosts))
    kept = sorted(set(hosts) - KNOWN_HOSTS)
    out = comment(f"""
Hosts that forward links, one a line; a dot before a host stands for every host below it.
From rules/25_url_shortener.cf of https://github.com/apache/spamassassin, commit
{commit[1]} of {commit[2]}. Changed: only the hosts are kept, and those that
belong to one well known site are left out. Made by tests/oracles/mail_facts.py; do not edit.

Licensed to the Apache Software Foundation (ASF) under one or more contributor license agreements. The
ASF licenses the list to you under the Apache License, Version 2.0; LICENSE-APACHE at the root of this
repository is a copy of it. Its notice says:

This product includes software developed by the Apache Software Foundation (http://www.apache.org/).
SpamAssassin is a trademark of the Apache Software Foundation.
""")
    return out + "\n".join(kept) + "\n"


def main():
    data = pathlib.Path(sys.argv[1])
    write = "--write" in sys.argv[2:]
    for name, make, folder in [
        ("caniemail.tsv", caniemail, "caniemail"),
        ("redirectors.txt", redirectors, "url-shorteners"),
    ]:
        made = make(data / folder)
        if write:
            (FACTS / name).write_text(made)
        check(f"{name} is what the data says", (FACTS / name).read_text() == made)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
