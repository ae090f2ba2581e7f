//! Values in Iterable's words: paths, filters, counters and fixed ones.

use std::sync::Arc;

use super::Iterable;
use crate::dialect::handlebars::text::{quoted, step};
use crate::dialect::refusal::{Refusal, Said};
use crate::template::Ty;
use crate::template::ir::{Expr, Filter, Filtered, Literal, LoopField, Path, Root, Step};

/// Names that Iterable puts in by itself or takes for helpers; a property of that name is reached
/// through `this`.
const TAKEN: &str = "\
    profile unsubscribeUrl hostedUnsubscribeUrl unsubscribeMessageTypeUrl unsubscribeByPhoneUrl \
    viewInBrowserUrl campaignName campaignId recurringCampaignId templateName templateId \
    clientTemplateId channelId messageTypeId workflowId sendListIds brandName companyName \
    physicalAddress messagingInitiative smsDisclaimerLink now sentAt timestamp liveData sendSkip \
    if unless each with lookup log and or not eq neq gt gte lt lte ifEq ifGt ifGte ifLt ifLte \
    ifModEq ifContains ifContainsStr ifMatchesRegexStr defaultIfEmpty capitalize capitalizeFirst \
    upper lower cut replace abbreviate center slugify substring join breaklines math \
    numberFormat dateFormat dateMath sortBy groupBy minInList maxInList urlEncode toJson \
    toUrlEncodedJson base64 hexEncode md5 sha1 sha256 hmacSHA1 hmacSHA256 assign catalog \
    catalogKeys catalogCollection snippet block partial embedded include precompile i18n i18nJs \
    stringFormat stripTags wordWrap yesno";

impl Iterable<'_, '_> {
    /// An expression as an operand of a helper, or to print.
    pub(super) fn operand(&self, expr: &Expr) -> Said<String> {
        match expr {
            Expr::Literal(it) => self.literal(it),
            Expr::Path(path) => self.path(path),
            Expr::Loop { var, field } => {
                let value = self.counter(var, *field)?;
                Ok(if value.contains(' ') {
                    format!("({value})")
                } else {
                    value
                })
            }
            Expr::Filter(it) => match it.filter {
                Filter::Length if self.shape.type_of(&it.of, &self.scope).is_list() => Err(self
                    .refuse(
                        "a missing list has no length to Iterable",
                        "ask whether there is a list: `{% if … %}`",
                    )),
                _ => Ok(format!("({})", self.filtered(it)?)),
            },
            Expr::Choice(_) | Expr::Concat(_) | Expr::Truth(_) => Err(self.refuse_operand()),
        }
    }

    pub(super) fn filtered(&self, it: &Filtered) -> Said<String> {
        let ty = self.shape.type_of(&it.of, &self.scope);
        let word = match &it.filter {
            Filter::Upper => "upper",
            Filter::Lower => "lower",
            Filter::Capitalize => "capitalizeFirst",
            Filter::Title => {
                return Err(self.refuse(
                    "Iterable's `capitalize` leaves what follows an apostrophe small",
                    "use `capitalize`, or send the words as they are to be read",
                ));
            }
            Filter::Date(_) => {
                return Err(self.refuse(
                    "Iterable shows dates in a time zone of its own",
                    "send the date as a text that is ready to be read",
                ));
            }
            Filter::UrlEncode => {
                return Err(self.refuse(
                    "Iterable's `urlEncode` writes a space as `+`",
                    "send the value as it is to stand in the link",
                ));
            }
            Filter::Length => {
                return Err(self.refuse(
                    "Iterable counts a text's signs in a way of its own",
                    "ask whether there is a text: `{% if … %}`",
                ));
            }
            Filter::Default(_) => return Err(self.refuse_operand()),
        };
        if !ty.is_text() && !ty.is_date() {
            return Err(self.refuse(
                "Iterable's helpers for texts take texts only",
                "use the filter on a text",
            ));
        }
        let of = self.operand(&it.of)?;
        Ok(match it.filter {
            // It leaves the rest as it is.
            Filter::Capitalize => format!("{word} (lower {of})"),
            _ => format!("{word} {of}"),
        })
    }

    /// A counter of the innermost loop.
    pub(super) fn counter(&self, var: &Arc<str>, field: LoopField) -> Said<String> {
        let Some(turn) = self.loops.last().filter(|it| it.var == *var) else {
            return Err(self.refuse(
                "Iterable counts the turns of the innermost loop only",
                "count in the loop itself",
            ));
        };
        Ok(match field {
            LoopField::Index0 => "@index".to_owned(),
            LoopField::Index => "math @index '+' 1".to_owned(),
            LoopField::RevIndex => format!("math {}.size '-' @index", turn.list),
            LoopField::RevIndex0 => format!("math (math {}.size '-' @index) '-' 1", turn.list),
            LoopField::First => "@first".to_owned(),
            LoopField::Last => "@last".to_owned(),
        })
    }

    fn literal(&self, it: &Literal) -> Said<String> {
        match it {
            Literal::Int(it) => Ok(it.to_string()),
            Literal::Float(it) => Ok(it.to_string()),
            Literal::Text(text) => quoted(text, '\'', '"').ok_or_else(|| {
                self.refuse(
                    "Iterable cannot compare with a text that holds braces, backslashes, line ends or both quotes",
                    "compare with a shorter text",
                )
            }),
            Literal::None | Literal::Bool(_) => Err(self.refuse_operand()),
        }
    }

    fn path(&self, path: &Path) -> Said<String> {
        let mut steps = path.steps.as_slice();
        let mut out = match &path.root {
            Root::Contact => {
                if self.hidden("profile") || self.event_has("profile") {
                    return Err(self.hides("profile"));
                }
                "profile".to_owned()
            }
            Root::Event => {
                let Some((Step::Key(key), rest)) = steps.split_first() else {
                    return Err(self.refuse_operand());
                };
                if self.shape.contact.contains_key(&**key) {
                    return Err(self.refuse(
                        &format!("people have `{key}` too, and Iterable shows theirs where the event has none"),
                        "give the property another name",
                    ));
                }
                if self.hidden(key) {
                    return Err(self.hides(key));
                }
                steps = rest;
                let name = self.step(key)?;
                if TAKEN.split_whitespace().any(|it| it == &**key) {
                    if !self.loops.is_empty() {
                        return Err(self.refuse(
                            &format!(
                                "inside of a loop, Iterable takes `{key}` for something of its own"
                            ),
                            "give the property another name, or use it outside of the loop",
                        ));
                    }
                    format!("this.{name}")
                } else {
                    name
                }
            }
            Root::Local(var) => match self.loops.iter().rev().find(|it| it.var == *var) {
                Some(it) => it.name.clone(),
                None => return Err(self.refuse_operand()),
            },
            Root::Link | Root::Body => {
                return Err(Refusal {
                    span: Some(path.span),
                    reason: "Iterable makes this link when sending; it can only be printed"
                        .to_owned(),
                    help: "print the link by itself",
                });
            }
        };
        for it in steps {
            out.push('.');
            match it {
                Step::Key(key) => out.push_str(&self.step(key)?),
                Step::Index(at) => {
                    out.push('[');
                    out.push_str(&at.to_string());
                    out.push(']');
                }
            }
        }
        Ok(out)
    }

    fn step(&self, key: &str) -> Said<String> {
        step(key).ok_or_else(|| {
            self.refuse(
                &format!("Iterable cannot reach what is called `{key}`"),
                "give it a name without brackets, braces and backslashes",
            )
        })
    }

    /// Whether an entry of a loop around has this field: Iterable looks there first.
    pub(super) fn hidden(&self, key: &str) -> bool {
        let has = |it: Ty<'_>| matches!(it, Ty::Object(fields) if fields.contains_key(key));
        self.loops.iter().any(|it| it.name == key || has(it.item))
    }

    fn event_has(&self, key: &str) -> bool {
        self.shape.event.is_some_and(|it| it.1.contains_key(key))
    }

    fn hides(&self, key: &str) -> Refusal {
        self.refuse(
            &format!("inside of this loop, Iterable takes `{key}` for the entry's own"),
            "give one of the two another name, or use it outside of the loop",
        )
    }
}

/// What filters are applied to in the end.
pub(super) fn root_of(expr: &Expr) -> &Expr {
    match expr {
        Expr::Filter(it) => root_of(&it.of),
        expr => expr,
    }
}
