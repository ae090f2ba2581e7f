//! `journeyc print` and `journeyc dialects`: what a provider gets, and what it cannot be told.

use journeyc::dialect;

use crate::cli::run;
use crate::snapshot::root;

#[test]
fn every_letter_of_the_shop_can_be_said() {
    for dialect in dialect::ALL {
        let name = dialect.name();
        let told = run(&root("."), &["print", "--dialect", name]);
        // Languages without loops or choices cannot hold the shop's lists of plants; that is counted.
        let says = format!("emails can be said in {name}\n");
        assert!(
            told.out.ends_with(&says),
            "{name}: {}{}",
            told.out,
            told.err
        );
        let (can, of) = told.out.split_once(" of ").unwrap();
        let all = of.split(' ').next().unwrap();
        assert_eq!(told.exit == 0, can == all, "{name}: {}", told.out);
        assert_eq!(told.err.is_empty(), can == all, "{name}: {}", told.err);
    }
}

#[test]
fn one_letter_is_shown_as_the_provider_gets_it() {
    let shop = root(".");
    let email = "post-purchase/confirmation";
    let subject = run(
        &shop,
        &["print", email, "--dialect", "django", "--part", "subject"],
    );
    assert_eq!((subject.exit, subject.err.as_str()), (0, ""));
    assert!(
        subject.out.contains("{{ event.extra.order_id"),
        "{}",
        subject.out
    );
    let german = [
        "print",
        email,
        "--dialect",
        "django",
        "--part",
        "subject",
        "--locale",
        "de",
    ];
    let german = run(&shop, &german);
    assert_ne!(german.out, subject.out);
    let page = run(&shop, &["print", email, "--dialect", "django"]);
    assert!(page.out.starts_with("<!DOCTYPE html>"), "{}", page.out);
}

#[test]
fn slips_of_the_call_are_told_with_the_nearest_name() {
    let shop = root(".");
    for (args, error, help) in [
        (
            &["print", "--dialect", "djang"][..],
            "there is no dialect `djang`",
            "django",
        ),
        (
            &["print", "post-purchase/confirmatio", "--dialect", "django"],
            "there is no email `post-purchase/confirmatio`",
            "post-purchase/confirmation",
        ),
        (
            &[
                "print",
                "post-purchase/confirmation",
                "--dialect",
                "django",
                "--locale",
                "fr",
            ],
            "is not there in `fr`",
            "en",
        ),
        (
            &["dialects", "djang"],
            "there is no dialect `djang`",
            "django",
        ),
    ] {
        let told = run(&shop, args);
        assert_eq!((told.exit, told.out.as_str()), (2, ""), "{args:?}");
        assert!(
            told.err.contains(error) && told.err.contains(help),
            "{}",
            told.err
        );
    }
}

#[test]
fn dialects_are_listed_and_shown() {
    let list = run(&root("."), &["dialects"]);
    assert_eq!((list.exit, list.err.as_str()), (0, ""));
    assert!(
        list.out.lines().all(|it| it.chars().count() <= 100),
        "{}",
        list.out
    );
    for dialect in dialect::ALL {
        assert!(list.out.contains(dialect.name()), "{}", list.out);
        let page = run(&root("."), &["dialects", dialect.name()]);
        assert_eq!((page.exit, page.err.as_str()), (0, ""));
        assert!(
            page.out.lines().all(|it| it.chars().count() <= 100),
            "{}",
            page.out
        );
        assert!(page.out.contains("the link to unsubscribe"), "{}", page.out);
    }
}
