//! What a plug-in is told: JSON on its standard input.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{PROTOCOL, Work};
use crate::dialect::{Form, Variable};
use crate::manifest::Manifest;
use crate::template::written_out;

#[derive(Serialize)]
struct Greeting {
    journeyc: Version,
}

#[derive(Serialize)]
struct Version {
    version: &'static str,
    plugin_protocol: u32,
}

#[derive(Serialize)]
struct Request<'a> {
    journeyc: Version,
    target: &'a str,
    account: Account<'a>,
    manifest: &'a Manifest,
    mails: Vec<Letter<'a>>,
}

#[derive(Serialize)]
struct Account<'a> {
    name: &'a str,
    ids: &'a BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Serialize)]
struct Letter<'a> {
    journey: &'a str,
    step: &'a str,
    locale: &'a str,
    subject: &'a str,
    preheader: Option<&'a str>,
    html: &'a str,
    text: &'a str,
    variables: Vec<Handed<'a>>,
}

/// A value that whoever sends works out before.
#[derive(Serialize)]
struct Handed<'a> {
    name: &'a str,
    value: String,
    #[serde(rename = "as")]
    form: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    each: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Handed<'a>>,
}

const VERSION: Version = Version {
    version: env!("CARGO_PKG_VERSION"),
    plugin_protocol: PROTOCOL,
};

/// What `--describe` is told.
pub(super) fn greeting() -> Vec<u8> {
    serde_json::to_vec(&Greeting { journeyc: VERSION }).unwrap_or_default()
}

/// What an export is told.
pub(super) fn request(work: &Work<'_>) -> Vec<u8> {
    let letters = work
        .mails
        .iter()
        .map(|((journey, step, locale), mail)| Letter {
            journey,
            step,
            locale,
            subject: &mail.subject,
            preheader: mail.preheader.as_deref(),
            html: &mail.html,
            text: &mail.text,
            variables: mail.variables.iter().map(handed).collect(),
        });
    let request = Request {
        journeyc: VERSION,
        target: work.name,
        account: Account {
            name: &work.account.name,
            ids: &work.account.ids,
        },
        manifest: work.manifest,
        mails: letters.collect(),
    };
    serde_json::to_vec(&request).unwrap_or_default()
}

fn handed(it: &Variable) -> Handed<'_> {
    let (form, each, fields) = match &it.form {
        Form::Text => ("text", None, Vec::new()),
        Form::Html => ("html", None, Vec::new()),
        Form::Answer => ("answer", None, Vec::new()),
        Form::Entries(entries) => {
            let fields = entries.fields.iter().map(handed).collect();
            ("entries", Some(&*entries.var), fields)
        }
    };
    Handed {
        name: &it.name,
        value: written_out(&it.value),
        form,
        each,
        fields,
    }
}
