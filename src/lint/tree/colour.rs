//! Colours as style sheets write them, and how well one can be read on another.
//!
//! In: a CSS value or an HTML colour attribute. Out: a [`Colour`]. Invariant: what is not understood
//! is no colour. Not done here: which colour an element has (that is `look`).

use super::names::NAMED;

/// A colour: red, green and blue, and how opaque it is, all from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Colour {
    channels: [f64; 3],
    opacity: f64,
}

impl Colour {
    /// Black.
    pub(crate) const BLACK: Self = Self::grey(0.0);
    /// White.
    pub(crate) const WHITE: Self = Self::grey(1.0);

    /// A grey, from 0 (black) to 1 (white).
    pub(crate) const fn grey(light: f64) -> Self {
        Self {
            channels: [light, light, light],
            opacity: 1.0,
        }
    }

    /// Three bytes, as in `0xff_80_00`.
    pub(crate) fn of(rgb: u32) -> Self {
        let [_, channels @ ..] = rgb.to_be_bytes();
        Self {
            channels: channels.map(|it| f64::from(it) / 255.0),
            opacity: 1.0,
        }
    }

    /// Reads `#rgb`, `#rrggbb`, `rgb(…)`, `hsl(…)`, a name or `transparent`.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let value = value.trim().to_ascii_lowercase();
        if let Some(hex) = value.strip_prefix('#') {
            return hexadecimal(hex);
        }
        if value == "transparent" {
            return Some(Self {
                opacity: 0.0,
                ..Self::BLACK
            });
        }
        if let Some((function, rest)) = value.split_once('(') {
            return functional(function.trim(), rest.strip_suffix(')')?);
        }
        let at = NAMED.binary_search_by_key(&&*value, |it| it.0).ok()?;
        Some(Self::of(NAMED[at].1))
    }

    /// Reads an HTML attribute, where a colour may lack its `#`.
    pub(crate) fn parse_attribute(value: &str) -> Option<Self> {
        Self::parse(value).or_else(|| hexadecimal(value.trim()))
    }

    /// What is seen of it on another one.
    pub(crate) fn over(self, below: Self) -> Self {
        let mut channels = self.channels;
        for (own, below) in channels.iter_mut().zip(below.channels) {
            *own = *own * self.opacity + below * (1.0 - self.opacity);
        }
        let opacity = self.opacity + below.opacity * (1.0 - self.opacity);
        Self { channels, opacity }
    }

    /// Whether nothing is seen of it.
    pub(crate) fn is_clear(self) -> bool {
        self.opacity <= 0.0
    }

    /// Whether nothing is seen through it.
    pub(crate) fn is_opaque(self) -> bool {
        self.opacity >= 1.0
    }

    /// How bright it is to the eye, from 0 to 1 (WCAG 2.2, relative luminance).
    pub(crate) fn luminance(self) -> f64 {
        let [red, green, blue] = self.channels.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// How well it can be read on another one, from 1 (not at all) to 21 (WCAG 2.2, contrast ratio).
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (own, other) = (self.luminance(), other.luminance());
        (own.max(other) + 0.05) / (own.min(other) + 0.05)
    }

    /// What mail programs that turn everything dark make of it: what was light is dark and the other way
    /// round, and hues stay. This is how Microsoft's editor for Outlook on the web does it: CIELAB, with
    /// `#333333` for white.
    pub(crate) fn turned(self) -> Self {
        let [light, a, b] = lab(self.channels);
        let light = (100.0 - light) * (100.0 - DARKEST) / 100.0 + DARKEST;
        Self {
            channels: from_lab([light, a, b]),
            ..self
        }
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("#")?;
        for channel in self.channels {
            write!(f, "{:02x}", byte(channel))?;
        }
        Ok(())
    }
}

/// The lightness of `#333333`.
const DARKEST: f64 = 21.247;

/// The white of a screen, in CIE XYZ.
const WHITE_POINT: [f64; 3] = [0.950_47, 1.0, 1.088_83];

/// The light that a channel stands for.
fn linear(channel: f64) -> f64 {
    if channel <= 0.040_45 {
        channel / 12.92
    } else {
        ((channel + 0.055) / 1.055).powf(2.4)
    }
}

fn lab(channels: [f64; 3]) -> [f64; 3] {
    let [red, green, blue] = channels.map(linear);
    let seen = [
        0.412_456 * red + 0.357_576 * green + 0.180_437 * blue,
        0.212_673 * red + 0.715_152 * green + 0.072_175 * blue,
        0.019_334 * red + 0.119_192 * green + 0.950_304 * blue,
    ];
    let root = |at: usize| {
        let share = seen[at] / WHITE_POINT[at];
        if share > 0.008_856 {
            share.cbrt()
        } else {
            7.787 * share + 16.0 / 116.0
        }
    };
    let [red_green, light, yellow_blue] = [root(0), root(1), root(2)];
    [
        116.0 * light - 16.0,
        500.0 * (red_green - light),
        200.0 * (light - yellow_blue),
    ]
}

fn from_lab([light, red_green, yellow_blue]: [f64; 3]) -> [f64; 3] {
    let middle = (light + 16.0) / 116.0;
    let roots = [
        middle + red_green / 500.0,
        middle,
        middle - yellow_blue / 200.0,
    ];
    let seen = |at: usize| {
        let root: f64 = roots[at];
        let cube = root.powi(3);
        let share = if cube > 0.008_856 {
            cube
        } else {
            (root - 16.0 / 116.0) / 7.787
        };
        share * WHITE_POINT[at]
    };
    let seen = [seen(0), seen(1), seen(2)];
    let lights = [
        3.240_454 * seen[0] - 1.537_139 * seen[1] - 0.498_531 * seen[2],
        -0.969_266 * seen[0] + 1.876_011 * seen[1] + 0.041_556 * seen[2],
        0.055_643 * seen[0] - 0.204_026 * seen[1] + 1.057_225 * seen[2],
    ];
    lights.map(|it| {
        let it: f64 = it.clamp(0.0, 1.0);
        if it <= 0.003_130_8 {
            it * 12.92
        } else {
            1.055 * it.powf(1.0 / 2.4) - 0.055
        }
    })
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is clamped to a byte"
)]
fn byte(channel: f64) -> u8 {
    (channel * 255.0).round().clamp(0.0, 255.0) as u8
}

fn hexadecimal(hex: &str) -> Option<Colour> {
    let digits: Option<Vec<u32>> = hex.chars().map(|it| it.to_digit(16)).collect();
    let digits = digits?;
    let bytes: Vec<u32> = match digits.len() {
        3 | 4 => digits.iter().map(|it| it * 17).collect(),
        6 | 8 => digits.chunks(2).map(|it| it[0] * 16 + it[1]).collect(),
        _ => return None,
    };
    let mut colour = Colour::of(bytes[0] << 16 | bytes[1] << 8 | bytes[2]);
    colour.opacity = bytes.get(3).map_or(1.0, |it| f64::from(*it) / 255.0);
    Some(colour)
}

fn functional(function: &str, arguments: &str) -> Option<Colour> {
    let parts = arguments.split([',', '/', ' ']).map(str::trim);
    let parts: Vec<&str> = parts.filter(|it| !it.is_empty()).collect();
    let share = |at: usize, whole: f64| -> Option<f64> {
        let part: &str = parts.get(at)?;
        let share = match part.strip_suffix('%') {
            Some(it) => it.parse::<f64>().ok()? / 100.0,
            None => part.parse::<f64>().ok()? / whole,
        };
        Some(share.clamp(0.0, 1.0))
    };
    let opacity = if parts.len() > 3 { share(3, 1.0)? } else { 1.0 };
    let channels = match function {
        "rgb" | "rgba" => [share(0, 255.0)?, share(1, 255.0)?, share(2, 255.0)?],
        "hsl" | "hsla" => {
            let hue: f64 = parts.first()?.trim_end_matches("deg").parse().ok()?;
            let (strength, light) = (share(1, 100.0)?, share(2, 100.0)?);
            let most = strength * light.min(1.0 - light);
            [0.0, 8.0, 4.0].map(|turn| {
                let at = (turn + hue.rem_euclid(360.0) / 30.0) % 12.0;
                light - most * (at - 3.0).min(9.0 - at).clamp(-1.0, 1.0)
            })
        }
        _ => return None,
    };
    Some(Colour { channels, opacity })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<String> {
        Colour::parse(value).map(|it| it.to_string())
    }

    #[test]
    fn colours_are_read_in_every_spelling() {
        for (value, hex) in [
            ("#F80", "#ff8800"),
            ("#23302a", "#23302a"),
            ("rgb(1, 2, 3)", "#010203"),
            ("rgb(100% 0% 0% / 50%)", "#ff0000"),
            ("hsl(120, 100%, 25%)", "#008000"),
            ("RebeccaPurple", "#663399"),
            ("transparent", "#000000"),
        ] {
            assert_eq!(read(value).as_deref(), Some(hex), "{value}");
        }
        for value in [
            "",
            "#12345",
            "\u{FFFC}",
            "inherit",
            "rgb(1,2)",
            "notacolour",
        ] {
            assert_eq!(read(value), None, "{value}");
        }
        let bare = Colour::parse_attribute("f4f1ea").map(|it| it.to_string());
        assert_eq!(bare.as_deref(), Some("#f4f1ea"));
        assert!(NAMED.windows(2).all(|it| it[0].0 < it[1].0));
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let of = |rgb| Colour::of(rgb).contrast(Colour::WHITE);
        assert!((of(0) - 21.0).abs() < 0.001);
        assert!((of(0x0076_7676) - 4.54).abs() < 0.01);
        let half = Colour::parse("rgba(0,0,0,.5)").map(|it| it.over(Colour::WHITE).to_string());
        assert_eq!(half.as_deref(), Some("#808080"));
        let turned = |rgb| Colour::of(rgb).turned().to_string();
        assert_eq!(turned(0x00ff_ffff), "#333333");
        assert_eq!(turned(0), "#ffffff");
    }
}
