//! How the elements of a page look: colours, letters, whether they are seen at all.
//!
//! In: a [`Tree`] and a screen. Out: a [`Look`] for each element, with all that it inherits.
//! Invariant: what is written but cannot be known here (a value, a picture behind the words) is
//! unknown, never guessed. Not done here: what a mail program changes by itself in the dark.

use super::colour::Colour;
use super::css::{Declaration, length};
use super::{Element, Tree, VALUE};

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// A light one.
    Light,
    /// A dark one, where the mail program asks the mail for its own dark colours.
    Dark,
}

impl View {
    /// Whether rules in a media query count here. Those that ask for a width do on neither.
    pub(super) fn sees(self, media: Option<&str>) -> bool {
        let Some(media) = media else { return true };
        let media = media.replace(' ', "");
        match media.strip_prefix("screenand").unwrap_or(&media) {
            "all" | "screen" => true,
            "(prefers-color-scheme:dark)" => self == Self::Dark,
            "(prefers-color-scheme:light)" => self == Self::Light,
            _ => false,
        }
    }
}

/// A colour that the mail declares, or does not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Paint {
    /// Nothing is declared: the mail program's own.
    Default,
    /// This one.
    Known(Colour),
    /// One that cannot be known here: it depends on a value, or there is a picture.
    Unknown,
}

/// How the lines of a text stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// At the side where reading begins, or not declared.
    Start,
    /// At the other side.
    End,
    /// In the middle.
    Center,
    /// At both sides.
    Justify,
}

/// How an element looks, with all that it inherits.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a property of its own"
)]
pub(crate) struct Look {
    /// The colour of its words.
    pub(crate) colour: Paint,
    /// What is behind its words: its own background or that of the nearest element around that has one.
    pub(crate) background: Paint,
    /// The size of its letters in pixels; nothing if it cannot be known.
    pub(crate) size: Option<f64>,
    /// From 100 to 900.
    pub(crate) weight: u16,
    /// How its lines stand.
    pub(crate) align: Align,
    /// Whether a style makes it all capitals.
    pub(crate) is_upper: bool,
    /// Whether it is italic.
    pub(crate) is_italic: bool,
    /// Whether nobody sees it.
    pub(crate) hidden: bool,
    line: Line,
}

/// How far it is from line to line.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Line {
    Normal,
    Times(f64),
    Pixels(f64),
    Unknown,
}

impl Look {
    /// From line to line in pixels; nothing where the mail leaves it to the program or it cannot be known.
    pub(crate) fn line_height(&self) -> Option<f64> {
        match self.line {
            Line::Times(times) => self.size.map(|it| it * times),
            Line::Pixels(it) => Some(it),
            Line::Normal | Line::Unknown => None,
        }
    }

    /// Whether the letters are large in the sense of WCAG 2.2: 24 pixels, or bold and 18.66.
    pub(crate) fn is_large(&self) -> bool {
        let least = if self.weight >= 700 { 18.66 } else { 24.0 };
        self.size.is_some_and(|it| it >= least)
    }

    const fn at_the_root() -> Self {
        Self {
            colour: Paint::Default,
            background: Paint::Default,
            size: Some(MEDIUM),
            weight: 400,
            align: Align::Start,
            is_upper: false,
            is_italic: false,
            hidden: false,
            line: Line::Normal,
        }
    }

    /// What the name of an element and its attributes make of it, before any style.
    fn begin(&mut self, element: Element<'_>, view: View) {
        let name = element.name();
        if matches!(
            name,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "b" | "strong" | "th"
        ) {
            self.weight = 700;
        }
        self.is_italic |= matches!(name, "i" | "em" | "cite" | "address");
        self.hidden |= UNSEEN.contains(&name) || element.attribute("hidden").is_some();
        let times = HEADINGS.iter().find(|it| it.0 == name).map(|it| it.1);
        self.size = self.size.map(|it| it * times.unwrap_or(1.0));
        if name == "a" && element.attribute("href").is_some() {
            let light = view == View::Light;
            self.colour = Paint::Known(Colour::of(if light { LINK } else { DARK_LINK }));
        }
        match name {
            "th" | "center" => self.align = Align::Center,
            _ => {}
        }
        if let Some(align) = element.attribute("align") {
            self.align = alignment(align).unwrap_or(self.align);
        }
        let colour = if name == "body" { "text" } else { "color" };
        if let Some(value) = element
            .attribute(colour)
            .filter(|_| matches!(name, "body" | "font"))
        {
            self.colour = paint(value, Colour::parse_attribute(value), self.colour);
        }
        if let Some(value) = element.attribute("bgcolor") {
            self.background = paint(value, Colour::parse_attribute(value), self.background);
        }
        if element
            .attribute("background")
            .is_some_and(|it| !it.is_empty())
        {
            self.show_picture(element.attribute("bgcolor").is_some());
        }
    }

    /// A picture behind the words; a colour that is declared with it shows where it is blocked.
    fn show_picture(&mut self, has_colour: bool) {
        if !has_colour {
            self.background = Paint::Unknown;
        }
    }

    fn apply(&mut self, declaration: &Declaration, around: &Self) {
        let value = &*declaration.value;
        let small = value.to_ascii_lowercase();
        match &*declaration.name {
            "color" if small == "inherit" => self.colour = around.colour,
            "color" => self.colour = paint(value, Colour::parse(value), self.colour),
            "background-color" if !matches!(&*small, "inherit" | "initial" | "none") => {
                let colour = Colour::parse(value);
                self.background = behind(paint(value, colour, self.background), around);
            }
            "background" => self.apply_background(value, around),
            "background-image" if small.contains("url(") || small.contains("gradient(") => {
                self.show_picture(self.background != around.background);
            }
            "font-size" => self.size = size(&small, around.size, self.size),
            "line-height" => self.line = line(&small, self.size),
            "font-weight" => {
                self.weight = match &*small {
                    "bold" | "bolder" => 700,
                    "normal" | "lighter" => 400,
                    other => other.parse().unwrap_or(self.weight),
                }
            }
            "font" => self.apply_font(&small, around),
            "text-align" => self.align = alignment(&small).unwrap_or(self.align),
            "text-transform" => self.is_upper = small == "uppercase",
            "font-style" => self.is_italic = matches!(&*small, "italic" | "oblique"),
            "display" => self.hidden = around.hidden || small == "none",
            "visibility" => self.hidden |= small == "hidden",
            "opacity" => self.hidden |= small.parse() == Ok(0.0_f64),
            "max-height" => self.hidden |= length(&small, 0.0) == Some(0.0),
            _ => {}
        }
    }

    fn apply_background(&mut self, value: &str, around: &Self) {
        let parts: Vec<&str> = super::css::split(value, ' ').collect();
        let colour = parts.iter().find_map(|it| Colour::parse(it));
        self.background = match colour {
            Some(it) => behind(Paint::Known(it), around),
            None if value.contains(VALUE) => Paint::Unknown,
            None => around.background,
        };
        if value.contains("url(") || value.contains("gradient(") {
            self.show_picture(colour.is_some_and(|it| !it.is_clear()));
        }
    }

    fn apply_font(&mut self, value: &str, around: &Self) {
        for part in value.split_whitespace() {
            let (letters, height) = part.split_once('/').unwrap_or((part, ""));
            match part {
                "bold" => self.weight = 700,
                "italic" | "oblique" => self.is_italic = true,
                _ if length(letters, 1.0).is_some() && letters.ends_with(['x', 't', 'm', '%']) => {
                    self.size = size(letters, around.size, self.size);
                    self.line = if height.is_empty() {
                        Line::Normal
                    } else {
                        line(height, self.size)
                    };
                }
                _ => {}
            }
        }
    }
}

/// The looks of a tree's elements, in their order.
pub(super) fn looks(tree: &Tree, view: View) -> Vec<Look> {
    let mut looks: Vec<Look> = Vec::new();
    for element in tree.all() {
        let up = element.parent().map(Element::at);
        let around = up.map_or(Look::at_the_root(), |at| looks[at]);
        let mut look = around;
        look.begin(element, view);
        for declaration in element.declared(view) {
            look.apply(declaration, &around);
        }
        looks.push(look);
    }
    looks
}

/// What programs take for the size of letters where nothing is declared.
const MEDIUM: f64 = 16.0;

/// The blue of links.
const LINK: u32 = 0x0000_00ee;
/// The same on a dark screen.
const DARK_LINK: u32 = 0x009e_9eff;

/// Elements that are not shown.
const UNSEEN: [&str; 7] = [
    "head", "style", "script", "title", "template", "meta", "link",
];

/// The sizes of elements that have their own, in those of the text around.
const HEADINGS: [(&str, f64); 9] = [
    ("h1", 2.0),
    ("h2", 1.5),
    ("h3", 1.17),
    ("h4", 1.0),
    ("h5", 0.83),
    ("h6", 0.67),
    ("small", 0.83),
    ("sub", 0.83),
    ("sup", 0.83),
];

fn paint(value: &str, colour: Option<Colour>, otherwise: Paint) -> Paint {
    match colour {
        Some(it) => Paint::Known(it),
        None if value.contains(VALUE) => Paint::Unknown,
        None => otherwise,
    }
}

/// What is seen of a background on that of the element around.
fn behind(own: Paint, around: &Look) -> Paint {
    let Paint::Known(colour) = own else {
        return own;
    };
    match around.background {
        _ if colour.is_clear() => around.background,
        Paint::Known(below) => Paint::Known(colour.over(below)),
        Paint::Default => Paint::Known(colour.over(Colour::WHITE)),
        Paint::Unknown if colour.is_opaque() => own,
        Paint::Unknown => Paint::Unknown,
    }
}

fn size(value: &str, around: Option<f64>, own: Option<f64>) -> Option<f64> {
    let fixed = match value {
        "xx-small" => Some(9.0),
        "x-small" => Some(10.0),
        "small" => Some(13.0),
        "medium" => Some(MEDIUM),
        "large" => Some(18.0),
        "x-large" => Some(24.0),
        "xx-large" => Some(32.0),
        "smaller" => around.map(|it| it / 1.2),
        "larger" => around.map(|it| it * 1.2),
        "inherit" => around,
        _ => length(value, around.unwrap_or(f64::NAN)).filter(|it| !it.is_nan()),
    };
    match fixed {
        Some(it) => Some(it),
        None if value.contains(VALUE) || around.is_none() => None,
        None => own,
    }
}

fn line(value: &str, size: Option<f64>) -> Line {
    if let Ok(times) = value.parse() {
        return Line::Times(times);
    }
    match (value, size) {
        ("normal" | "inherit", _) => Line::Normal,
        (_, Some(size)) => length(value, size).map_or(Line::Unknown, Line::Pixels),
        (_, None) => Line::Unknown,
    }
}

fn alignment(value: &str) -> Option<Align> {
    Some(match &*value.to_ascii_lowercase() {
        "left" | "start" => Align::Start,
        "right" | "end" => Align::End,
        "center" => Align::Center,
        "justify" => Align::Justify,
        _ => return None,
    })
}
