//! Partial evaluation: filters, macros, includes, imports, blocks and layouts.

use std::rc::Rc;
use std::sync::Arc;

use minijinja::Value;
use minijinja::machinery::ast::{self, CallArg, Spanned, Stmt};
use minijinja::value::Kwargs;

use super::dated::presence;
use super::evaluate::{
    BlockBody, Evaluator, Here, MacroDef, Outcome, Told, Val, as_expr, describe, markup,
};
use super::express::{choice, literal_text, literal_value, printed};
use super::ir::{Choice, Expr, Filter, Filtered, Literal, Node, Out, Path, Root, Step, Test};
use super::source::{File, Kind};
use super::translate::{self, Borrowed};
use super::{TEMPLATE_VARIABLE, UNKNOWN_TEMPLATE, environment, words};
use crate::diagnostic::did_you_mean;
use crate::source::Span;

/// The filters that every provider can apply to what is known per recipient only.
const DEFERRABLE: &str =
    "`default`, `upper`, `lower`, `title`, `capitalize`, `length`, `date`, `urlencode`, `safe`";

/// The functions that may be target on static values.
const FUNCTIONS: [&str; 2] = ["range", "dict"];

/// Plain values, and values by name.
type Args<'l> = (Vec<Val<'l>>, Vec<(&'l str, Val<'l>)>);

impl<'l> Evaluator<'l> {
    pub(super) fn filter(&mut self, it: &'l Spanned<ast::Filter<'l>>) -> Outcome<Val<'l>> {
        let Some(operand) = &it.expr else {
            return Err(Told);
        };
        let lenient = matches!(it.name, "default" | "d");
        let value = self.value(operand, lenient)?;
        self.apply(it, value)
    }

    /// The filters of a block, the innermost first; the block itself is the value.
    pub(super) fn filter_chain(
        &mut self,
        chain: &'l ast::Expr<'l>,
        value: Val<'l>,
    ) -> Outcome<Val<'l>> {
        let ast::Expr::Filter(it) = chain else {
            return Ok(value);
        };
        let value = match &it.expr {
            Some(inner) => self.filter_chain(inner, value)?,
            None => value,
        };
        self.apply(it, value)
    }

    fn apply(&mut self, it: &'l Spanned<ast::Filter<'l>>, value: Val<'l>) -> Outcome<Val<'l>> {
        let span = self.here.span(it.span());
        if !environment::FILTERS.contains(&it.name) {
            let known = environment::FILTERS.iter().copied();
            let help = did_you_mean(it.name, known, "filters");
            return self.syntax(span, format!("there is no filter `{}`", it.name), help);
        }
        let (args, named) = self.args(&it.args)?;
        let all_static = args
            .iter()
            .chain(named.iter().map(|it| &it.1))
            .all(|it| matches!(it, Val::Static(_)));
        match value {
            Val::Static(value) if all_static => {
                self.apply_static(it.name, value, args, named, span)
            }
            Val::Static(value) if matches!(it.name, "default" | "d") && args.len() == 1 => {
                let other = args.into_iter().next().unwrap_or(Val::Sometimes);
                Ok(if environment::is_blank(&value) {
                    other
                } else {
                    Val::Static(value)
                })
            }
            Val::Deferred(expr) if named.is_empty() => {
                self.apply_deferred(it.name, expr, args, span)
            }
            Val::Markup(nodes) if matches!(it.name, "safe" | "e" | "escape") => {
                Ok(Val::Markup(nodes))
            }
            Val::Sometimes => Err(self.fail(
                TEMPLATE_VARIABLE,
                span,
                "this variable is set for some recipients only",
                "set it once before the `{% if %}`",
            )),
            other => {
                let message = format!("`{}` cannot be applied to {}", it.name, describe(&other));
                self.syntax(span, message, "apply it to the parts instead")
            }
        }
    }

    fn apply_static(
        &mut self,
        name: &str,
        value: Value,
        args: Vec<Val<'l>>,
        named: Vec<(&'l str, Val<'l>)>,
        span: Span,
    ) -> Outcome<Val<'l>> {
        let mut values = vec![value];
        values.extend(args.into_iter().filter_map(as_static));
        let counts = matches!(name, "batch" | "slice" | "indent" | "round");
        if counts
            && values
                .iter()
                .skip(1)
                .any(|it| it.as_i64().is_some_and(|n| n.abs() > 1_000))
        {
            return self.syntax(span, "this number is too large", "use a number below 1000");
        }
        if !named.is_empty() {
            let named = named
                .into_iter()
                .filter_map(|(key, it)| Some((key, as_static(it)?)));
            values.push(named.collect::<Kwargs>().into());
        }
        if let ("date", [date, pattern]) = (name, values.as_slice()) {
            let pattern = pattern.as_str().unwrap_or("");
            // A pattern that cannot be read is refused below.
            let is_pattern = words::date_pattern(pattern).is_ok();
            if is_pattern && let Some(names) = self.names_for(pattern, span)? {
                let date = environment::written(date).unwrap_or_default();
                let text = words::date_in(&date, pattern, &names);
                return Ok(Val::Static(text.into()));
            }
        }
        let outcome = self.library.env.empty_state().apply_filter(name, &values);
        outcome
            .map(Val::Static)
            .map_err(|error| self.refused(&error, span))
    }

    fn apply_deferred(
        &mut self,
        name: &str,
        expr: Expr,
        mut args: Vec<Val<'l>>,
        span: Span,
    ) -> Outcome<Val<'l>> {
        let first = if args.is_empty() {
            None
        } else {
            Some(args.remove(0))
        };
        let filter = match name {
            "default" | "d" => {
                let other = first.unwrap_or(Val::Static(Value::from("")));
                return self.default(expr, other, span);
            }
            "safe" => return Ok(markup(printed(expr, false, span, self)?)),
            "e" | "escape" => return Ok(markup(printed(expr, true, span, self)?)),
            "first" => return self.step_into(expr, &Step::Index(0), span),
            "upper" => Filter::Upper,
            "lower" => Filter::Lower,
            "title" => Filter::Title,
            "capitalize" => Filter::Capitalize,
            "length" | "count" => Filter::Length,
            "urlencode" => Filter::UrlEncode,
            "date" => {
                let pattern = self.pattern(first.as_ref(), span)?;
                if let Some(names) = self.names_for(&pattern, span)? {
                    return self.dated(&pattern, &names, expr, span);
                }
                Filter::Date(pattern)
            }
            _ => {
                let message =
                    format!("`{name}` cannot be applied to what is known per recipient only");
                let help = format!("use {DEFERRABLE}, or let the event carry the finished text");
                return self.syntax(span, message, help);
            }
        };
        if !matches!(filter, Filter::Date(_)) && first.is_some() {
            return self.syntax(
                span,
                format!("`{name}` takes no values"),
                "remove the parentheses",
            );
        }
        self.filtered(filter, expr, span)
    }

    fn pattern(&mut self, pattern: Option<&Val<'l>>, span: Span) -> Outcome<Arc<str>> {
        let Some(Val::Static(pattern)) = pattern else {
            return self.syntax(span, "`date` needs a pattern", "write `date(\"%d %B %Y\")`");
        };
        let text: Arc<str> = pattern.as_str().unwrap_or("").into();
        match words::date_pattern(&text) {
            Ok(_) => Ok(text),
            Err(part) => {
                let message =
                    format!("`{part}` is not a part of dates that every provider can write");
                self.syntax(span, message, format!("use {}", words::DIRECTIVES))
            }
        }
    }

    /// A filter over a deferred value; it is pushed into choices, and done at once on literals.
    pub(super) fn filtered(&mut self, filter: Filter, expr: Expr, span: Span) -> Outcome<Val<'l>> {
        match expr {
            Expr::Choice(it) => {
                let Choice { test, yes, no } = *it;
                let yes = self.filtered(filter.clone(), yes, span)?;
                let no = self.filtered(filter, no, span)?;
                self.merge(test, yes, no, span)
            }
            Expr::Literal(it) => Ok(Val::Static(on_literal(&filter, &it))),
            Expr::Path(Path {
                root: Root::Link, ..
            }) => self.syntax(
                span,
                "the provider makes this link when sending, so no filter can reach it",
                "print the link as it is",
            ),
            Expr::Concat(_) | Expr::Truth(_) => {
                let message = format!(
                    "`{}` cannot be applied to a joined or tested value",
                    filter.name()
                );
                self.syntax(span, message, "apply it to the parts instead")
            }
            of => self.deferred(Expr::Filter(Box::new(Filtered { filter, of, span })), span),
        }
    }

    fn default(&mut self, expr: Expr, other: Val<'l>, span: Span) -> Outcome<Val<'l>> {
        match expr {
            Expr::Choice(it) => {
                let Choice { test, yes, no } = *it;
                let yes = self.default(yes, other.clone(), span)?;
                let no = self.default(no, other, span)?;
                self.merge(test, yes, no, span)
            }
            Expr::Literal(it) => {
                let value = literal_value(&it);
                Ok(if environment::is_blank(&value) {
                    other
                } else {
                    Val::Static(value)
                })
            }
            Expr::Path(Path {
                root: Root::Link, ..
            })
            | Expr::Loop { .. } => Ok(Val::Deferred(expr)),
            Expr::Concat(parts) if presence(&parts).is_some() => {
                let test = presence(&parts).unwrap_or(Test::Constant(true));
                self.merge(test, Val::Deferred(Expr::Concat(parts)), other, span)
            }
            Expr::Concat(_) | Expr::Truth(_) => self.syntax(
                span,
                "`default` cannot be applied to a joined or tested value",
                "apply it to the parts instead",
            ),
            of => match as_expr(&other) {
                // What every dialect can write after `default`.
                Some(other @ (Expr::Literal(_) | Expr::Path(_))) if !is_link(&other) => {
                    let filter = Filter::Default(other);
                    self.deferred(Expr::Filter(Box::new(Filtered { filter, of, span })), span)
                }
                Some(other) => self.deferred(choice(Test::Filled(of.clone()), of, other), span),
                None => {
                    // An empty list as default says nothing new: a loop takes a missing list as one.
                    if matches!(&other, Val::Static(it) if !it.is_true() && it.len().is_some()) {
                        return Ok(Val::Deferred(of));
                    }
                    self.merge(Test::Filled(of.clone()), Val::Deferred(of), other, span)
                }
            },
        }
    }

    fn args(&mut self, args: &'l [CallArg<'l>]) -> Outcome<Args<'l>> {
        let (mut plain, mut named) = (Vec::new(), Vec::new());
        for arg in args {
            match arg {
                CallArg::Pos(it) => plain.push(self.expr(it)?),
                CallArg::Kwarg(name, it) => named.push((*name, self.expr(it)?)),
                CallArg::PosSplat(it) | CallArg::KwargSplat(it) => {
                    let span = self.span_of(it);
                    return self.syntax(
                        span,
                        "`*` cannot spread values here",
                        "write the values one by one",
                    );
                }
            }
        }
        Ok((plain, named))
    }

    pub(super) fn call(
        &mut self,
        it: &'l Spanned<ast::Call<'l>>,
        expr: &'l ast::Expr<'l>,
    ) -> Outcome<Val<'l>> {
        self.call_with(it, expr, None)
    }

    fn call_with(
        &mut self,
        it: &'l Spanned<ast::Call<'l>>,
        expr: &'l ast::Expr<'l>,
        caller: Option<Rc<MacroDef<'l>>>,
    ) -> Outcome<Val<'l>> {
        let span = self.span_of(expr);
        match &it.expr {
            ast::Expr::Var(var) if var.id == "super" => self.super_block(span),
            ast::Expr::Var(var) if self.lookup(var.id).is_none() => {
                self.function(var.id, &it.args, self.here.span(var.span()), span)
            }
            ast::Expr::GetAttr(attr) if matches!(&attr.expr, ast::Expr::Var(var) if var.id == "self") => {
                self.self_block(attr.name, span)
            }
            ast::Expr::GetAttr(attr) => {
                let base = self.expr(&attr.expr)?;
                if let Val::Module(_) = base {
                    let target = self.expr(&it.expr)?;
                    return self.call_value(target, it, span, caller);
                }
                let message = format!("{} has no method `{}`", describe(&base), attr.name);
                self.syntax(span, message, format!("use a filter: `| {}`", attr.name))
            }
            other => {
                let target = self.expr(other)?;
                self.call_value(target, it, span, caller)
            }
        }
    }

    fn call_value(
        &mut self,
        target: Val<'l>,
        it: &'l Spanned<ast::Call<'l>>,
        span: Span,
        caller: Option<Rc<MacroDef<'l>>>,
    ) -> Outcome<Val<'l>> {
        let Val::Macro(def) = target else {
            let message = format!("{} cannot be target", describe(&target));
            return self.syntax(span, message, "remove the parentheses");
        };
        let (args, named) = self.args(&it.args)?;
        self.call_macro(&def, args, named, span, caller)
    }

    fn function(
        &mut self,
        name: &'l str,
        args: &'l [CallArg<'l>],
        name_span: Span,
        span: Span,
    ) -> Outcome<Val<'l>> {
        if name == "namespace" {
            let help = "use plain variables; after an `{% if %}` they keep what was set in it";
            return self.syntax(
                name_span,
                "`namespace` does not work with any provider",
                help,
            );
        }
        if name == translate::NAME {
            return self.translated(args, span);
        }
        if !FUNCTIONS.contains(&name) {
            let mut known = FUNCTIONS.to_vec();
            known.push(translate::NAME);
            for frame in &self.frames {
                let macros = frame.vars.iter().filter(|it| matches!(it.1, Val::Macro(_)));
                known.extend(macros.map(|it| *it.0));
            }
            known.sort_unstable();
            known.dedup();
            let help = did_you_mean(name, known, "macros and functions");
            let message = format!("there is no macro or function `{name}`");
            return Err(self.fail(TEMPLATE_VARIABLE, name_span, message, help));
        }
        let (args, named) = self.args(args)?;
        let mut values = Vec::new();
        for arg in args {
            if let Some(it) = as_static(arg) {
                values.push(it);
            } else {
                let message = format!("`{name}` cannot count what is known per recipient only");
                return self.syntax(span, message, "loop over the list itself");
            }
        }
        if !named.is_empty() {
            let named = named
                .into_iter()
                .filter_map(|(key, it)| Some((key, as_static(it)?)));
            values.push(named.collect::<Kwargs>().into());
        }
        let mut state = self.library.env.empty_state();
        let Some(function) = state.lookup(name) else {
            return Err(Told);
        };
        let outcome = function.call(&mut state, &values);
        outcome
            .map(Val::Static)
            .map_err(|error| self.refused(&error, span))
    }

    fn call_macro(
        &mut self,
        def: &Rc<MacroDef<'l>>,
        args: Vec<Val<'l>>,
        mut named: Vec<(&'l str, Val<'l>)>,
        span: Span,
        caller: Option<Rc<MacroDef<'l>>>,
    ) -> Outcome<Val<'l>> {
        let node = def.node;
        self.step(span)?;
        if args.len() > node.args.len() {
            let message = format!(
                "the macro `{}` takes {} values, not {}",
                node.name,
                node.args.len(),
                args.len()
            );
            return self.syntax(span, message, "remove what is too much");
        }
        let before = std::mem::replace(&mut self.here, def.at.clone());
        let outcome = self.deeper(span, |this| {
            let (outcome, _) = this.in_frame(def.frame, |this| {
                let first_default = node.args.len() - node.defaults.len();
                let mut args = args.into_iter();
                for (at, param) in node.args.iter().enumerate() {
                    let ast::Expr::Var(param) = param else {
                        continue;
                    };
                    let by_name = named.iter().position(|it| it.0 == param.id);
                    let value = match (args.next(), by_name) {
                        (Some(it), _) => it,
                        (None, Some(found)) => named.swap_remove(found).1,
                        (None, None) => match at.checked_sub(first_default) {
                            Some(default) => this.expr(&node.defaults[default])?,
                            None => Val::Static(Value::UNDEFINED),
                        },
                    };
                    this.assign(param.id, value);
                }
                if let Some((name, _)) = named.first() {
                    let known = node.args.iter().filter_map(|it| match it {
                        ast::Expr::Var(it) => Some(it.id),
                        _ => None,
                    });
                    let help = did_you_mean(name, known, "values of this macro");
                    let message = format!("the macro `{}` takes no value `{name}`", node.name);
                    return this.syntax(span, message, help);
                }
                if let Some(caller) = caller {
                    this.assign("caller", Val::Macro(caller));
                }
                let mut nodes = Vec::new();
                this.run_plain(&node.body, span, &mut nodes)?;
                Ok(markup(nodes))
            });
            outcome
        });
        self.here = before;
        outcome
    }

    /// `call`, `do`, `include`, `import`, `block`, `extends`.
    pub(super) fn inclusion(&mut self, stmt: &'l Stmt<'l>, out: &mut Vec<Node>) -> Outcome<()> {
        match stmt {
            Stmt::CallBlock(it) => {
                let span = self.here.span(it.span());
                self.step(span)?;
                let caller = Rc::new(MacroDef {
                    node: &it.macro_decl,
                    frame: self.frame,
                    at: self.here.clone(),
                });
                let target = self.expr(&it.call.expr)?;
                let value = self.call_value(target, &it.call, span, Some(caller))?;
                self.emit(value, span, out)
            }
            Stmt::Do(it) => {
                let span = self.here.span(it.span());
                self.syntax(
                    span,
                    "`do` changes things, and nothing can change here",
                    "use `{% set %}`",
                )
            }
            Stmt::Include(it) => {
                let span = self.here.span(it.span());
                self.step(span)?;
                let name_span = self.span_of(&it.name);
                let names = self.fixed(&it.name, "an included file's name")?;
                let Some(file) = self.named_file(&names, name_span, it.ignore_missing)? else {
                    return Ok(());
                };
                self.within(file, name_span, |this| {
                    this.scoped(|this| this.page(file, out))
                })
            }
            Stmt::Import(it) => {
                let ast::Expr::Var(name) = &it.name else {
                    return Err(Told);
                };
                let frame = self.import(&it.expr)?;
                self.assign(name.id, Val::Module(frame));
                Ok(())
            }
            Stmt::FromImport(it) => {
                let frame = self.import(&it.expr)?;
                for (name, alias) in &it.names {
                    let (ast::Expr::Var(name), alias) = (name, alias.as_ref().unwrap_or(name))
                    else {
                        continue;
                    };
                    let ast::Expr::Var(alias) = alias else {
                        continue;
                    };
                    let span = self.here.span(name.span());
                    let vars = self.frames.get(frame).map(|it| &it.vars);
                    let Some(value) = vars.and_then(|it| it.get(name.id)).cloned() else {
                        let known: Vec<&str> = vars
                            .map(|it| it.keys().copied().collect())
                            .unwrap_or_default();
                        let help = did_you_mean(name.id, known, "names of that file");
                        let message = format!("the imported file has no `{}`", name.id);
                        let _ = self.fail(TEMPLATE_VARIABLE, span, message, help);
                        continue;
                    };
                    self.assign(alias.id, value);
                }
                Ok(())
            }
            Stmt::Block(it) => {
                let span = self.here.span(it.span());
                self.step(span)?;
                self.block(it, span, out)
            }
            Stmt::Extends(it) => {
                let span = self.here.span(it.span());
                let help = "write it at the very top, or use `layout:` in the front matter";
                self.syntax(span, "`extends` cannot stand here", help)
            }
            _ => Ok(()),
        }
    }

    fn import(&mut self, name: &'l ast::Expr<'l>) -> Outcome<usize> {
        let span = self.span_of(name);
        self.step(span)?;
        let names = self.fixed(name, "an imported file's name")?;
        let Some(file) = self.named_file(&names, span, false)? else {
            return Err(Told);
        };
        self.within(file, span, |this| {
            let (outcome, frame) = this.in_frame(0, |this| {
                let mut ignored = Vec::new();
                this.run_plain(file.statements(), span, &mut ignored)
            });
            outcome.map(|()| frame)
        })
    }

    /// The file that a name, or the first of several names that exists, means.
    fn named_file(
        &mut self,
        names: &Value,
        span: Span,
        may_miss: bool,
    ) -> Outcome<Option<&'l File<'l>>> {
        let library = self.library;
        let candidates: Vec<Value> = match names.as_str() {
            Some(_) => vec![names.clone()],
            None => names.try_iter().map(Iterator::collect).unwrap_or_default(),
        };
        for name in candidates.iter().filter_map(|it| it.as_str()) {
            if let Some(file) = library.find(name, self.locale) {
                if library.is_foreign(file, self.locale) {
                    self.borrowed.insert(Borrowed {
                        span,
                        name: file.path.to_owned(),
                        is_text: false,
                    });
                }
                return Ok(Some(file));
            }
        }
        if may_miss {
            return Ok(None);
        }
        let wanted = candidates.first().and_then(|it| it.as_str()).unwrap_or("");
        let help = did_you_mean(wanted, library.files.keys().copied(), "template files");
        let message = format!("there is no template file `{wanted}`");
        Err(self.fail(UNKNOWN_TEMPLATE, span, message, help))
    }

    /// Runs in another file.
    pub(super) fn within<T>(
        &mut self,
        file: &'l File<'l>,
        span: Span,
        run: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        if self.including.contains(&file.path) {
            let message = format!("`{}` leads back to itself", file.path);
            let help = "name another file here, or remove this include or layout";
            return self.syntax(span, message, help);
        }
        // What is broken in there has been told when it was read.
        if file.body.is_none() {
            return Err(Told);
        }
        self.including.push(file.path);
        self.read.insert(file.id);
        let here = Here { place: &file.place };
        let before = std::mem::replace(&mut self.here, here);
        let outcome = self.deeper(span, run);
        self.here = before;
        self.including.pop();
        outcome
    }

    /// Writes a whole file, with the layouts that it stands in.
    pub(super) fn page(&mut self, file: &'l File<'l>, out: &mut Vec<Node>) -> Outcome<()> {
        let outer_blocks = std::mem::take(&mut self.blocks);
        let outcome = self.page_in(file, out);
        self.blocks = outer_blocks;
        outcome
    }

    fn page_in(&mut self, file: &'l File<'l>, out: &mut Vec<Node>) -> Outcome<()> {
        let Some((parent, span, by_layout)) = self.parent_of(file)? else {
            self.collect_blocks(file.statements());
            return self.run_plain(file.statements(), Span::start_of(file.id), out);
        };
        self.collect_blocks(file.statements());
        if by_layout {
            let statements = file.statements();
            let content = statements.iter().filter(|it| !matches!(it, Stmt::Block(_)));
            let body = BlockBody {
                statements: content.collect(),
                at: self.here.clone(),
                apart: Kind::of(file.path) == Some(Kind::Markdown)
                    && Kind::of(parent.path) != Some(Kind::Markdown),
            };
            if !has_block(parent.statements(), "content") && parent.front.layout.is_none() {
                let message = format!("the layout `{}` has no block `content`", parent.path);
                let help = "write `{% block content %}{% endblock %}` where the body belongs";
                return self.syntax(span, message, help);
            }
            self.blocks.entry("content").or_default().push(body);
        }
        // Blocks may use what the file sets at its top, although the layout is written first.
        let prelude = file.statements().iter().filter(|it| {
            matches!(
                it,
                Stmt::Set(_)
                    | Stmt::SetBlock(_)
                    | Stmt::Macro(_)
                    | Stmt::Import(_)
                    | Stmt::FromImport(_)
            )
        });
        let mut ignored = Vec::new();
        self.run(prelude, &mut ignored);
        self.within(parent, span, |this| this.page_in(parent, out))
    }

    fn parent_of(&mut self, file: &'l File<'l>) -> Outcome<Option<(&'l File<'l>, Span, bool)>> {
        for stmt in file.statements() {
            if let Stmt::Extends(it) = stmt {
                let span = self.span_of(&it.name);
                let names = self.fixed(&it.name, "a layout's name")?;
                let parent = self.named_file(&names, span, false)?;
                return Ok(parent.map(|it| (it, span, false)));
            }
        }
        let Some(layout) = &file.front.layout else {
            return Ok(None);
        };
        let names = Value::from(&*layout.value);
        let parent = self.named_file(&names, layout.span, false)?;
        Ok(parent.map(|it| (it, layout.span, true)))
    }

    fn collect_blocks(&mut self, statements: &'l [Stmt<'l>]) {
        for stmt in statements {
            match stmt {
                Stmt::Block(it) => {
                    let body = BlockBody {
                        statements: it.body.iter().collect(),
                        at: self.here.clone(),
                        apart: false,
                    };
                    self.blocks.entry(it.name).or_default().push(body);
                    self.collect_blocks(&it.body);
                }
                Stmt::IfCond(it) => {
                    self.collect_blocks(&it.true_body);
                    self.collect_blocks(&it.false_body);
                }
                Stmt::ForLoop(it) => self.collect_blocks(&it.body),
                Stmt::WithBlock(it) => self.collect_blocks(&it.body),
                Stmt::AutoEscape(it) => self.collect_blocks(&it.body),
                _ => {}
            }
        }
    }

    fn block(&mut self, it: &'l ast::Block<'l>, span: Span, out: &mut Vec<Node>) -> Outcome<()> {
        let levels = self.blocks.get(it.name).map_or(0, Vec::len);
        if levels == 0 {
            // A block of an included file stands for itself.
            return self.deeper(span, |this| {
                this.scoped(|this| this.run_plain(&it.body, span, out))
            });
        }
        if it.required && levels == 1 {
            let message = format!("nothing fills the block `{}`", it.name);
            return self.syntax(
                span,
                message,
                format!("write `{{% block {} %}}…{{% endblock %}}`", it.name),
            );
        }
        self.write_block(it.name, 0, span, out)
    }

    fn write_block(
        &mut self,
        name: &'l str,
        level: usize,
        span: Span,
        out: &mut Vec<Node>,
    ) -> Outcome<()> {
        let Some(body) = self.blocks.get(name).and_then(|it| it.get(level)) else {
            let message = format!("no layout has a block `{name}`");
            return self.syntax(span, message, "remove the call");
        };
        let (statements, at, apart) = (body.statements.clone(), body.at.clone(), body.apart);
        let here = std::mem::replace(&mut self.here, at);
        let block = self.current_block.replace((name, level));
        let mut own = Vec::new();
        let outcome = self.deeper(span, |this| {
            this.scoped(|this| {
                this.run(statements, &mut own);
                Ok(())
            })
        });
        self.here = here;
        self.current_block = block;
        outcome?;
        if !apart {
            return self.nodes(own, span, out);
        }
        self.body_apart = Some(own);
        let expr = Expr::Path(Path {
            root: Root::Body,
            steps: Vec::new(),
            span,
        });
        let escape = false;
        self.nodes(vec![Node::Out(Out { expr, escape, span })], span, out)
    }

    fn super_block(&mut self, span: Span) -> Outcome<Val<'l>> {
        let Some((name, level)) = self.current_block else {
            return self.syntax(
                span,
                "`super()` stands outside a block",
                "call it inside a `{% block %}`",
            );
        };
        let mut nodes = Vec::new();
        self.write_block(name, level + 1, span, &mut nodes)?;
        Ok(markup(nodes))
    }

    fn self_block(&mut self, name: &'l str, span: Span) -> Outcome<Val<'l>> {
        let mut nodes = Vec::new();
        self.write_block(name, 0, span, &mut nodes)?;
        Ok(markup(nodes))
    }
}

fn has_block(statements: &[Stmt<'_>], name: &str) -> bool {
    statements.iter().any(|stmt| match stmt {
        Stmt::Block(it) => it.name == name || has_block(&it.body, name),
        Stmt::IfCond(it) => has_block(&it.true_body, name) || has_block(&it.false_body, name),
        Stmt::ForLoop(it) => has_block(&it.body, name),
        Stmt::WithBlock(it) => has_block(&it.body, name),
        Stmt::AutoEscape(it) => has_block(&it.body, name),
        Stmt::Extends(_) => true,
        _ => false,
    })
}

fn as_static(value: Val<'_>) -> Option<Value> {
    match value {
        Val::Static(it) => Some(it),
        _ => None,
    }
}

fn is_link(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Path(Path {
            root: Root::Link,
            ..
        })
    )
}

/// A text as a literal.
pub(super) fn literal_of(text: &str) -> Literal {
    Literal::Text(text.into())
}

/// A filter on a literal, as a literal.
pub(crate) fn filter_literal(filter: &Filter, it: &Literal) -> Expr {
    let value = on_literal(filter, it);
    Expr::Literal(super::express::literal(&value).unwrap_or(Literal::None))
}

fn on_literal(filter: &Filter, it: &Literal) -> Value {
    let text = literal_text(it);
    match filter {
        Filter::Default(_) => literal_value(it),
        Filter::Upper => Value::from(text.to_uppercase()),
        Filter::Lower => Value::from(text.to_lowercase()),
        Filter::Title => Value::from(words::title(&text)),
        Filter::Capitalize => Value::from(words::capitalize(&text)),
        Filter::Length => Value::from(text.chars().count()),
        Filter::Date(pattern) => Value::from(words::date(&text, pattern)),
        Filter::UrlEncode => Value::from(words::url_encode(&text)),
    }
}
