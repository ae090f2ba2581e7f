use crate::lint::addresses::addresses;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::hosts::private;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};

rule! {
    InsecureLink, id: "insecure-link", group: Delivery, level: Error, docs: "insecure_link.md"
}

impl Rule for InsecureLink {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        for it in addresses(letter) {
            let Some(scheme) = it.scheme() else { continue };
            // What nobody can reach is told by the rule on that.
            let host = it.host();
            if host.is_some_and(|host| private(cx.project(), &host).is_some()) {
                continue;
            }
            let (what, help) = match &*scheme {
                "http" => ("is not encrypted", "write `https://`"),
                "ftp" | "ftps" => (
                    "leads to a file server",
                    "offer the file on a page, with `https://`",
                ),
                "file" => (
                    "leads to a file on your own machine",
                    "put the file on your site, and link to it there",
                ),
                "javascript" | "vbscript" => {
                    ("runs a script", "link to a page: no mail program runs it")
                }
                "data" | "blob" if it.is_link => {
                    ("holds a page instead of its address", "link to a page")
                }
                _ => continue,
            };
            let noun = if it.is_link { "link" } else { "picture" };
            out.fail(it.place(cx, letter), format!("the {noun} `{}` {what}", it.shown()))
                .label(if it.is_link { "people click here" } else { "loaded with the mail" })
                .subject(it.shown())
                .why("mail programs warn of it or take it out, and anybody on the way can read it or change it")
                .help(help);
        }
    }
}
