//! Many letters out of the shop's own, each with other words: in goes how many, out come texts, the
//! same for the same number. Nothing is measured here.

use std::error::Error;
use std::path::Path;

use journeyc::Workspace;
use journeyc::load::Disk;
use journeyc::model::{Program, Property};
use journeyc::source::Sources;
use journeyc::template::{Sample, Shape, Statics};
use serde_json::{Value, json};

/// The day of the bench: nothing in it depends on the day.
const TODAY: &str = "2026-11-22";

/// Words that take the place of others.
const WORDS: [&str; 16] = [
    "window", "garden", "morning", "letter", "copper", "winter", "bright", "patient", "basket",
    "shelf", "corner", "season", "gentle", "harvest", "pebble", "lantern",
];

/// One letter.
pub(crate) struct Letter {
    /// The name that a step would write.
    pub(crate) name: String,
    /// The event of the journey that sends it.
    pub(crate) event: String,
}

/// The shop's layouts, and many letters for them.
pub(crate) struct Letters {
    /// All texts, as a repository holds them.
    pub(crate) sources: Sources,
    /// Which of them are letters.
    pub(crate) all: Vec<Letter>,
    /// How many different letters they were made of.
    pub(crate) kinds: usize,
}

/// The shop: its project file and its letters.
pub(crate) fn shop() -> Result<Workspace, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(Workspace::read(&Disk::open(root, TODAY.parse()?)?))
}

/// As many letters, in turn, of those that the shop writes in MJML in its first language.
pub(crate) fn letters(shop: &Workspace, program: &Program, count: usize) -> Letters {
    let mut kinds = Vec::new();
    let mut shared = Vec::new();
    for (_, file) in shop.sources.iter() {
        let Some(path) = file.path.strip_prefix("templates/") else {
            continue;
        };
        let name = path.strip_suffix(".mjml").unwrap_or("");
        let sent = program.documents.iter().find(|it| {
            let mut sends = it.journey.sends();
            sends.any(|send| *send.template.value == *name)
        });
        match sent {
            Some(document) => {
                let event = document.journey.trigger.event.value.to_string();
                kinds.push((&file.text, event));
            }
            None => shared.push((path, &file.text)),
        }
    }
    let mut files: Vec<(String, String)> = shared
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.to_string()))
        .collect();
    let mut all = Vec::new();
    for n in 0..count {
        let (text, event) = &kinds[n % kinds.len()];
        let name = format!("letters/{n:05}");
        files.push((format!("{name}.mjml"), varied(text, n)));
        let event = event.clone();
        all.push(Letter { name, event });
    }
    files.sort();
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(path, text);
    }
    Letters {
        sources,
        all,
        kinds: kinds.len(),
    }
}

/// The same letter with other words: tags, markup and front matter's keys stay.
fn varied(text: &str, n: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut depth, mut word, mut count) = (0_usize, String::new(), n);
    let body = text.match_indices("\n---\n").next().map_or(0, |it| it.0);
    for (at, c) in text.char_indices() {
        if c.is_ascii_lowercase() && depth == 0 && at > body {
            word.push(c);
            continue;
        }
        // An entity is no word, and neither is what is stuck to anything but a space.
        let is_word = word.len() > 4 && matches!(c, ' ' | '.' | ',') && out.ends_with(' ');
        if is_word {
            count = count.wrapping_mul(31).wrapping_add(17);
        }
        if is_word && count.is_multiple_of(3) {
            out.push_str(WORDS[count / 3 % WORDS.len()]);
        } else {
            out.push_str(&word);
        }
        word.clear();
        match c {
            '<' | '{' => depth += 1,
            '>' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        out.push(c);
    }
    out.push_str(&word);
    out
}

/// What is known of all letters before anything is sent.
pub(crate) fn statics(program: &Program) -> Statics {
    let brand = &program.project.brand;
    let links = brand.links.iter();
    let links: serde_json::Map<String, Value> = links
        .map(|(name, link)| (name.to_string(), Value::from(link.to_string())))
        .collect();
    let address = brand.postal_address.as_ref().map(|it| it.value.to_string());
    Statics::default()
        .with(
            "brand",
            &json!({"name": &*brand.name.value, "url": &*brand.url.value, "postal_address": address, "links": links}),
        )
        .with("journey", &json!({"name": "bench", "title": "Bench"}))
        .with("step", &json!({"id": "letter", "title": "Letter"}))
        .with("sender", &json!({"id": "maya", "name": "Maya", "address": "maya@fernandfinch.example"}))
}

/// What a letter may ask for.
pub(crate) fn shape<'p>(program: &'p Program, letter: &Letter) -> Shape<'p> {
    let event = program.project.events.get_key_value(&*letter.event);
    Shape {
        contact: &program.project.contact,
        event: event.map(|(name, it)| (&*name.value, &it.properties)),
    }
}

/// The usual recipient of a letter.
pub(crate) fn sample(shape: &Shape<'_>) -> Sample {
    let value = |(name, it): (&journeyc::model::Name, &Property)| {
        (name.value.to_string(), it.sample_value(&name.value, 0))
    };
    Sample {
        contact: Value::Object(shape.contact.iter().map(value).collect()),
        event: Value::Object(
            shape
                .event
                .iter()
                .flat_map(|it| it.1.iter())
                .map(value)
                .collect(),
        ),
        links: json!({"unsubscribe": "https://links.example/u", "preferences": "https://links.example/p", "web_view": "https://links.example/w"}),
    }
}
