//! The files of a commit, with the links among them.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::load::{is_hidden, refuse_name};
use crate::source::ReadError;

/// How many files one listing holds.
const MAX_FILES: usize = 200_000;
/// How many links are followed to find one file.
const MAX_HOPS: usize = 32;
/// How many links to folders one listing follows, as on disk.
const MAX_FOLDER_LINKS: usize = 256;

/// The files of a commit by their paths from the repository's root.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Each file's blob; links are among them.
    blobs: BTreeMap<String, String>,
    /// What cannot be read because of its name.
    odd: BTreeMap<String, ReadError>,
    /// Folders whose files belong to another repository.
    submodules: Vec<String>,
    /// Where each link leads, as a path from the root.
    links: BTreeMap<String, Result<String, ReadError>>,
}

impl Tree {
    /// Adds what `git ls-tree -r -z` lists, and gives the paths and blobs of links among it.
    pub(super) fn add(&mut self, listing: &[u8]) -> Vec<(String, String)> {
        let mut links = Vec::new();
        for entry in listing.split(|it| *it == 0) {
            let Some(tab) = entry.iter().position(|it| *it == b'\t') else {
                continue;
            };
            let (head, path) = (&entry[..tab], &entry[tab + 1..]);
            let head = String::from_utf8_lossy(head);
            let name = String::from_utf8_lossy(path).into_owned();
            let (mode, blob) = match head.split(' ').collect::<Vec<_>>()[..] {
                [mode, "blob", blob] => (mode, blob),
                [_, "commit", _] => {
                    self.submodules.push(name);
                    continue;
                }
                _ => continue,
            };
            if let Some(error) = refuse_name(&name, std::str::from_utf8(path).is_ok()) {
                self.odd.insert(name, error);
                continue;
            }
            if mode == "120000" && !self.blobs.contains_key(&name) {
                links.push((name.clone(), blob.to_owned()));
            }
            self.blobs.insert(name, blob.to_owned());
        }
        links
    }

    /// The folders among what was added whose files belong to another repository.
    pub(super) fn submodules(&self) -> &[String] {
        &self.submodules
    }

    /// Whether there are more files than anybody would check.
    pub(super) fn is_full(&self) -> bool {
        self.blobs.len() + self.odd.len() > MAX_FILES
    }

    /// Notes where a link leads; gives the path if nothing is known of it yet.
    pub(super) fn link(&mut self, path: &str, text: &str) -> Option<String> {
        let target = join(path, text.trim_end_matches('/'));
        self.links.insert(path.to_owned(), target.clone());
        target.ok().filter(|it| !self.has(it))
    }

    /// The files below a root that are not hidden, by the names they are known by from there.
    pub(super) fn list(&self, root: &str, out: &mut BTreeMap<String, Option<ReadError>>) {
        let mut followed = 0;
        self.walk(root, root, &mut followed, out);
    }

    /// The blob of a file, through all links.
    pub(super) fn blob(&self, path: &str) -> Result<&str, ReadError> {
        let resolved = self.resolve(path)?;
        self.blobs
            .get(&resolved)
            .map(String::as_str)
            .ok_or(ReadError::NotFound)
    }

    fn walk(
        &self,
        shown: &str,
        path: &str,
        followed: &mut usize,
        out: &mut BTreeMap<String, Option<ReadError>>,
    ) {
        let odd = self.odd.iter().filter(|(it, _)| is_below(it, path));
        for (name, error) in odd {
            let rest = &name[path.len()..];
            if !is_hidden(rest) {
                out.insert(format!("{shown}{rest}"), Some(error.clone()));
            }
        }
        for name in self.below(path) {
            let rest = &name[path.len()..];
            if is_hidden(rest) || out.len() > MAX_FILES {
                continue;
            }
            let shown = format!("{shown}{rest}");
            if !self.links.contains_key(name) {
                out.insert(shown, None);
                continue;
            }
            match self.resolve(name) {
                Ok(to) if self.blobs.contains_key(&to) => {
                    out.insert(shown, None);
                }
                Ok(to) if !self.has(&to) => {
                    out.insert(shown, Some(ReadError::NotFound));
                }
                Ok(to) if is_below(name, &to) || *followed >= MAX_FOLDER_LINKS => {
                    out.insert(shown, Some(ReadError::LinkLoop));
                }
                Ok(to) => {
                    *followed += 1;
                    self.walk(&shown, &to, followed, out);
                }
                Err(error) => {
                    out.insert(shown, Some(error));
                }
            }
        }
    }

    /// The path without links.
    fn resolve(&self, path: &str) -> Result<String, ReadError> {
        let mut path = path.to_owned();
        for _ in 0..MAX_HOPS {
            let ends = path.match_indices('/').map(|(at, _)| at);
            let found = ends
                .chain([path.len()])
                .find_map(|end| Some((end, self.links.get(&path[..end])?)));
            let Some((end, target)) = found else {
                return Ok(path);
            };
            path = format!("{}{}", target.clone()?, &path[end..]);
        }
        Err(ReadError::LinkLoop)
    }

    /// Whether there is a file or a folder here.
    fn has(&self, path: &str) -> bool {
        self.below(path).next().is_some() || self.resolve(path).is_ok_and(|it| it != path)
    }

    /// The file of this path, or the files of this folder.
    fn below<'t>(&'t self, path: &str) -> impl Iterator<Item = &'t str> + use<'t> {
        let folder = format!("{path}/");
        let own = self.blobs.get_key_value(path).map(|(it, _)| it.as_str());
        let from = (Bound::Included(folder.clone()), Bound::Unbounded);
        let files = self.blobs.range(from).map(|(it, _)| it.as_str());
        own.into_iter()
            .chain(files.take_while(move |it| it.starts_with(&folder)))
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

/// Where a link leads, as a path from the root.
fn join(link: &str, target: &str) -> Result<String, ReadError> {
    if target.starts_with('/') {
        return Err(ReadError::Outside);
    }
    let mut parts: Vec<&str> = link.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or(ReadError::Outside)?;
            }
            _ => parts.push(part),
        }
    }
    // A link to the root itself holds the link, and would go round and round.
    if parts.is_empty() {
        return Err(ReadError::LinkLoop);
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str], links: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::default();
        for path in files {
            tree.add(format!("100644 blob {path}-1\t{path}\0").as_bytes());
        }
        for (path, target) in links {
            assert_eq!(
                tree.add(format!("120000 blob 0\t{path}\0").as_bytes()),
                [((*path).to_owned(), "0".to_owned())]
            );
            tree.link(path, target);
        }
        tree
    }

    fn list(tree: &Tree) -> Vec<(String, Option<ReadError>)> {
        let mut out = BTreeMap::new();
        tree.list("journeys", &mut out);
        out.into_iter().collect()
    }

    #[test]
    fn lists_what_disk_lists() {
        let tree = tree(
            &[
                "journeys/a.yaml",
                "journeys/.b.yaml",
                "journeys-old/c.yaml",
                "shared/d/e.yaml",
            ],
            &[
                ("journeys/link.yaml", "../shared/d/e.yaml"),
                ("journeys/folder", "../shared/"),
                ("journeys/gone", "../absent"),
                ("journeys/outside", "../../x"),
                ("journeys/self", "."),
                ("journeys/one", "two"),
                ("journeys/two", "one"),
            ],
        );
        let names = |(path, error): &(String, Option<ReadError>)| (path.clone(), error.clone());
        let found: Vec<_> = list(&tree).iter().map(names).collect();
        let expected = [
            ("journeys/a.yaml", None),
            ("journeys/folder/d/e.yaml", None),
            ("journeys/gone", Some(ReadError::NotFound)),
            ("journeys/link.yaml", None),
            ("journeys/one", Some(ReadError::LinkLoop)),
            ("journeys/outside", Some(ReadError::Outside)),
            ("journeys/self", Some(ReadError::LinkLoop)),
            ("journeys/two", Some(ReadError::LinkLoop)),
        ];
        assert_eq!(found, expected.map(|(path, it)| (path.to_owned(), it)));
        for path in ["journeys/link.yaml", "journeys/folder/d/e.yaml"] {
            assert_eq!(tree.blob(path), Ok("shared/d/e.yaml-1"), "{path}");
        }
        assert_eq!(tree.blob("journeys/b.yaml"), Err(ReadError::NotFound));
    }

    #[test]
    fn strange_names_are_listed_and_never_asked_for() {
        let mut tree = Tree::default();
        tree.add(b"100644 blob 1\tjourneys/\xff.yaml\x00100644 blob 1\tjourneys/a:b.yaml\x00160000 commit 1\tjourneys/module\x00");
        let found = list(&tree);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|(_, error)| error.is_some()));
        assert_eq!(tree.submodules(), ["journeys/module"]);
    }
}
