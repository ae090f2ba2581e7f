//! The languages that rules know words of.

/// A language whose words rules know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    /// English.
    English,
    /// German.
    German,
}

impl Language {
    /// The language of a locale such as `de-AT`; nothing if no rule knows its words.
    pub(crate) fn of(locale: &str) -> Option<Self> {
        let name = locale.split(['-', '_']).next().unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "de" => Some(Self::German),
            _ => None,
        }
    }

    /// One of two things, by the language.
    pub(crate) fn pick<T>(self, english: T, german: T) -> T {
        match self {
            Self::English => english,
            Self::German => german,
        }
    }
}
