//! Which keys a mapping may have, in which order people write them.

/// The kinds of mappings that a file may hold.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    shapes: Vec<Shape>,
}

/// One kind of mapping.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Its keys, in their usual order.
    pub(crate) keys: Vec<String>,
    /// Those that must be there.
    pub(crate) required: Vec<String>,
}

impl Outline {
    /// Takes kinds of mappings, the likelier ones first.
    pub(crate) fn new(shapes: Vec<Shape>) -> Self {
        Self { shapes }
    }

    /// The kind of a mapping with these keys: they tell what it is.
    fn of(&self, keys: &[&str]) -> Option<&Shape> {
        let holds = |it: &&Shape| {
            keys.iter()
                .all(|key| it.keys.iter().any(|known| known == key))
        };
        self.shapes.iter().find(holds)
    }

    /// After which of its keys a mapping takes a new one; nothing for the first place.
    pub(super) fn predecessor(&self, present: &[&str], key: &str) -> Option<usize> {
        let mut all = present.to_vec();
        all.push(key);
        let Some(shape) = self.of(&all) else {
            return present.len().checked_sub(1);
        };
        let rank = |key: &str| shape.keys.iter().position(|it| it == key);
        let before = present
            .iter()
            .enumerate()
            .filter(|(_, it)| rank(it) < rank(key));
        before
            .max_by_key(|(at, it)| (rank(it), *at))
            .map(|(at, _)| at)
    }

    /// Whether a mapping with these keys must have this one.
    pub(super) fn requires(&self, present: &[&str], key: &str) -> bool {
        self.of(present)
            .is_none_or(|it| it.required.iter().any(|it| it == key))
    }
}
