//! Colours as style sheets write them, and how well one can be read on another.
//!
//! In: a CSS value or an HTML colour attribute. Out: a [`Colour`]. Invariant: what is not understood
//! is no colour. Not done here: which colour an element has (that is `look`).

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
        let [red, green, blue] = self.channels.map(|it| {
            if it <= 0.040_45 {
                it / 12.92
            } else {
                ((it + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// How well it can be read on another one, from 1 (not at all) to 21 (WCAG 2.2, contrast ratio).
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (own, other) = (self.luminance(), other.luminance());
        (own.max(other) + 0.05) / (own.min(other) + 0.05)
    }

    /// The same hue as light as this was dark.
    pub(crate) fn inverted(self) -> Self {
        let [red, green, blue] = self.channels;
        let sum = red.max(green).max(blue) + red.min(green).min(blue);
        Self {
            channels: self.channels.map(|it| (it + 1.0 - sum).clamp(0.0, 1.0)),
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

/// The colours with names, by name.
const NAMED: [(&str, u32); 148] = [
    ("aliceblue", 0x00f0_f8ff),
    ("antiquewhite", 0x00fa_ebd7),
    ("aqua", 0x0000_ffff),
    ("aquamarine", 0x007f_ffd4),
    ("azure", 0x00f0_ffff),
    ("beige", 0x00f5_f5dc),
    ("bisque", 0x00ff_e4c4),
    ("black", 0x0000_0000),
    ("blanchedalmond", 0x00ff_ebcd),
    ("blue", 0x0000_00ff),
    ("blueviolet", 0x008a_2be2),
    ("brown", 0x00a5_2a2a),
    ("burlywood", 0x00de_b887),
    ("cadetblue", 0x005f_9ea0),
    ("chartreuse", 0x007f_ff00),
    ("chocolate", 0x00d2_691e),
    ("coral", 0x00ff_7f50),
    ("cornflowerblue", 0x0064_95ed),
    ("cornsilk", 0x00ff_f8dc),
    ("crimson", 0x00dc_143c),
    ("cyan", 0x0000_ffff),
    ("darkblue", 0x0000_008b),
    ("darkcyan", 0x0000_8b8b),
    ("darkgoldenrod", 0x00b8_860b),
    ("darkgray", 0x00a9_a9a9),
    ("darkgreen", 0x0000_6400),
    ("darkgrey", 0x00a9_a9a9),
    ("darkkhaki", 0x00bd_b76b),
    ("darkmagenta", 0x008b_008b),
    ("darkolivegreen", 0x0055_6b2f),
    ("darkorange", 0x00ff_8c00),
    ("darkorchid", 0x0099_32cc),
    ("darkred", 0x008b_0000),
    ("darksalmon", 0x00e9_967a),
    ("darkseagreen", 0x008f_bc8f),
    ("darkslateblue", 0x0048_3d8b),
    ("darkslategray", 0x002f_4f4f),
    ("darkslategrey", 0x002f_4f4f),
    ("darkturquoise", 0x0000_ced1),
    ("darkviolet", 0x0094_00d3),
    ("deeppink", 0x00ff_1493),
    ("deepskyblue", 0x0000_bfff),
    ("dimgray", 0x0069_6969),
    ("dimgrey", 0x0069_6969),
    ("dodgerblue", 0x001e_90ff),
    ("firebrick", 0x00b2_2222),
    ("floralwhite", 0x00ff_faf0),
    ("forestgreen", 0x0022_8b22),
    ("fuchsia", 0x00ff_00ff),
    ("gainsboro", 0x00dc_dcdc),
    ("ghostwhite", 0x00f8_f8ff),
    ("gold", 0x00ff_d700),
    ("goldenrod", 0x00da_a520),
    ("gray", 0x0080_8080),
    ("green", 0x0000_8000),
    ("greenyellow", 0x00ad_ff2f),
    ("grey", 0x0080_8080),
    ("honeydew", 0x00f0_fff0),
    ("hotpink", 0x00ff_69b4),
    ("indianred", 0x00cd_5c5c),
    ("indigo", 0x004b_0082),
    ("ivory", 0x00ff_fff0),
    ("khaki", 0x00f0_e68c),
    ("lavender", 0x00e6_e6fa),
    ("lavenderblush", 0x00ff_f0f5),
    ("lawngreen", 0x007c_fc00),
    ("lemonchiffon", 0x00ff_facd),
    ("lightblue", 0x00ad_d8e6),
    ("lightcoral", 0x00f0_8080),
    ("lightcyan", 0x00e0_ffff),
    ("lightgoldenrodyellow", 0x00fa_fad2),
    ("lightgray", 0x00d3_d3d3),
    ("lightgreen", 0x0090_ee90),
    ("lightgrey", 0x00d3_d3d3),
    ("lightpink", 0x00ff_b6c1),
    ("lightsalmon", 0x00ff_a07a),
    ("lightseagreen", 0x0020_b2aa),
    ("lightskyblue", 0x0087_cefa),
    ("lightslategray", 0x0077_8899),
    ("lightslategrey", 0x0077_8899),
    ("lightsteelblue", 0x00b0_c4de),
    ("lightyellow", 0x00ff_ffe0),
    ("lime", 0x0000_ff00),
    ("limegreen", 0x0032_cd32),
    ("linen", 0x00fa_f0e6),
    ("magenta", 0x00ff_00ff),
    ("maroon", 0x0080_0000),
    ("mediumaquamarine", 0x0066_cdaa),
    ("mediumblue", 0x0000_00cd),
    ("mediumorchid", 0x00ba_55d3),
    ("mediumpurple", 0x0093_70db),
    ("mediumseagreen", 0x003c_b371),
    ("mediumslateblue", 0x007b_68ee),
    ("mediumspringgreen", 0x0000_fa9a),
    ("mediumturquoise", 0x0048_d1cc),
    ("mediumvioletred", 0x00c7_1585),
    ("midnightblue", 0x0019_1970),
    ("mintcream", 0x00f5_fffa),
    ("mistyrose", 0x00ff_e4e1),
    ("moccasin", 0x00ff_e4b5),
    ("navajowhite", 0x00ff_dead),
    ("navy", 0x0000_0080),
    ("oldlace", 0x00fd_f5e6),
    ("olive", 0x0080_8000),
    ("olivedrab", 0x006b_8e23),
    ("orange", 0x00ff_a500),
    ("orangered", 0x00ff_4500),
    ("orchid", 0x00da_70d6),
    ("palegoldenrod", 0x00ee_e8aa),
    ("palegreen", 0x0098_fb98),
    ("paleturquoise", 0x00af_eeee),
    ("palevioletred", 0x00db_7093),
    ("papayawhip", 0x00ff_efd5),
    ("peachpuff", 0x00ff_dab9),
    ("peru", 0x00cd_853f),
    ("pink", 0x00ff_c0cb),
    ("plum", 0x00dd_a0dd),
    ("powderblue", 0x00b0_e0e6),
    ("purple", 0x0080_0080),
    ("rebeccapurple", 0x0066_3399),
    ("red", 0x00ff_0000),
    ("rosybrown", 0x00bc_8f8f),
    ("royalblue", 0x0041_69e1),
    ("saddlebrown", 0x008b_4513),
    ("salmon", 0x00fa_8072),
    ("sandybrown", 0x00f4_a460),
    ("seagreen", 0x002e_8b57),
    ("seashell", 0x00ff_f5ee),
    ("sienna", 0x00a0_522d),
    ("silver", 0x00c0_c0c0),
    ("skyblue", 0x0087_ceeb),
    ("slateblue", 0x006a_5acd),
    ("slategray", 0x0070_8090),
    ("slategrey", 0x0070_8090),
    ("snow", 0x00ff_fafa),
    ("springgreen", 0x0000_ff7f),
    ("steelblue", 0x0046_82b4),
    ("tan", 0x00d2_b48c),
    ("teal", 0x0000_8080),
    ("thistle", 0x00d8_bfd8),
    ("tomato", 0x00ff_6347),
    ("turquoise", 0x0040_e0d0),
    ("violet", 0x00ee_82ee),
    ("wheat", 0x00f5_deb3),
    ("white", 0x00ff_ffff),
    ("whitesmoke", 0x00f5_f5f5),
    ("yellow", 0x00ff_ff00),
    ("yellowgreen", 0x009a_cd32),
];

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
        assert_eq!(Colour::of(0x00f4_f1ea).inverted().to_string(), "#15120b");
    }
}
