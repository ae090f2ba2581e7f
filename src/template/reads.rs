//! Which static names a template may read: a walk over the syntax, through includes and layouts.

use std::collections::BTreeSet;

use minijinja::machinery::ast::{CallArg, Expr, Stmt};

use super::source::{File, Library};

/// The static names, folded away at compile time.
pub(super) const STATICS: [&str; 5] = ["brand", "journey", "step", "sender", "locale"];

/// Adds the names that a file may read, and those of the files that it names.
pub(super) fn reads(
    library: &Library<'_>,
    file: &File<'_>,
    locale: &str,
    seen: &mut BTreeSet<String>,
    roots: &mut BTreeSet<&'static str>,
) {
    if !seen.insert(file.path.to_owned()) {
        return;
    }
    let mut walk = Walk {
        roots,
        files: Vec::new(),
        unknown_file: false,
    };
    walk.statements(file.statements());
    for prose in [&file.front.subject, &file.front.preheader]
        .into_iter()
        .flatten()
    {
        // Front matter is parsed at compile time; its words are enough here.
        for name in STATICS {
            if prose.text.contains(name) {
                walk.roots.insert(name);
            }
        }
    }
    if walk.unknown_file {
        walk.roots.extend(STATICS);
    }
    let mut files = walk.files;
    files.extend(file.front.layout.as_ref().map(|it| it.value.to_string()));
    for path in files {
        if let Some(other) = library.find(&path, locale) {
            reads(library, other, locale, seen, roots);
        }
    }
}

struct Walk<'w> {
    roots: &'w mut BTreeSet<&'static str>,
    files: Vec<String>,
    unknown_file: bool,
}

impl Walk<'_> {
    fn statements(&mut self, all: &[Stmt<'_>]) {
        for it in all {
            self.statement(it);
        }
    }

    fn file(&mut self, name: &Expr<'_>) {
        self.expr(name);
        match name {
            Expr::Const(it) if it.value.as_str().is_some() => {
                self.files.extend(it.value.as_str().map(str::to_owned));
            }
            _ => self.unknown_file = true,
        }
    }

    fn statement(&mut self, stmt: &Stmt<'_>) {
        match stmt {
            Stmt::Template(it) => self.statements(&it.children),
            Stmt::EmitExpr(it) => self.expr(&it.expr),
            Stmt::EmitRaw(_) | Stmt::Continue(_) | Stmt::Break(_) => {}
            Stmt::ForLoop(it) => {
                self.expr(&it.iter);
                self.optional(it.filter_expr.as_ref());
                self.statements(&it.body);
                self.statements(&it.else_body);
            }
            Stmt::IfCond(it) => {
                self.expr(&it.expr);
                self.statements(&it.true_body);
                self.statements(&it.false_body);
            }
            Stmt::WithBlock(it) => {
                it.assignments.iter().for_each(|pair| self.expr(&pair.1));
                self.statements(&it.body);
            }
            Stmt::Set(it) => self.expr(&it.expr),
            Stmt::SetBlock(it) => {
                self.optional(it.filter.as_ref());
                self.statements(&it.body);
            }
            Stmt::AutoEscape(it) => {
                self.expr(&it.enabled);
                self.statements(&it.body);
            }
            Stmt::FilterBlock(it) => {
                self.expr(&it.filter);
                self.statements(&it.body);
            }
            Stmt::Block(it) => self.statements(&it.body),
            Stmt::Import(it) => self.file(&it.expr),
            Stmt::FromImport(it) => self.file(&it.expr),
            Stmt::Extends(it) => self.file(&it.name),
            Stmt::Include(it) => self.file(&it.name),
            Stmt::Macro(it) => {
                it.defaults.iter().for_each(|it| self.expr(it));
                self.statements(&it.body);
            }
            Stmt::CallBlock(it) => {
                self.expr(&it.call.expr);
                self.args(&it.call.args);
                self.statements(&it.macro_decl.body);
            }
            Stmt::Do(it) => {
                self.expr(&it.call.expr);
                self.args(&it.call.args);
            }
        }
    }

    fn optional(&mut self, expr: Option<&Expr<'_>>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn args(&mut self, args: &[CallArg<'_>]) {
        for arg in args {
            match arg {
                CallArg::Pos(it)
                | CallArg::Kwarg(_, it)
                | CallArg::PosSplat(it)
                | CallArg::KwargSplat(it) => self.expr(it),
            }
        }
    }

    fn expr(&mut self, expr: &Expr<'_>) {
        match expr {
            Expr::Var(it) => {
                if let Some(name) = STATICS.iter().find(|name| **name == it.id) {
                    self.roots.insert(name);
                }
            }
            Expr::Const(_) => {}
            Expr::Slice(it) => {
                self.expr(&it.expr);
                for part in [&it.start, &it.stop, &it.step] {
                    self.optional(part.as_ref());
                }
            }
            Expr::UnaryOp(it) => self.expr(&it.expr),
            Expr::BinOp(it) => {
                self.expr(&it.left);
                self.expr(&it.right);
            }
            Expr::Compare(it) => {
                self.expr(&it.expr);
                it.ops.iter().for_each(|op| self.expr(&op.expr));
            }
            Expr::IfExpr(it) => {
                self.expr(&it.test_expr);
                self.expr(&it.true_expr);
                self.optional(it.false_expr.as_ref());
            }
            Expr::Filter(it) => {
                self.optional(it.expr.as_ref());
                self.args(&it.args);
            }
            Expr::Test(it) => {
                self.expr(&it.expr);
                self.args(&it.args);
            }
            Expr::GetAttr(it) => self.expr(&it.expr),
            Expr::GetItem(it) => {
                self.expr(&it.expr);
                self.expr(&it.subscript_expr);
            }
            Expr::Call(it) => {
                self.expr(&it.expr);
                self.args(&it.args);
            }
            Expr::List(it) => it.items.iter().for_each(|it| self.expr(it)),
            Expr::Tuple(it) => it.items.iter().for_each(|it| self.expr(it)),
            Expr::Map(it) => {
                it.keys.iter().for_each(|it| self.expr(it));
                it.values.iter().for_each(|it| self.expr(it));
            }
        }
    }
}
