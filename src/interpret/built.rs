//! Texts that are built by formatting values into them, as far as it matters for SQL: a value put where a parameter belongs.
//!
//! A name of a table or column can't be a parameter, so only a value in the place of a value counts: after a comparison,
//! after `LIKE`, inside quotes. In doubt it does not count.

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Place, Scalar, Value, Why};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind};

/// What ends the text before a value.
const BEFORE_VALUE: [&str; 3] = ["=", "<", ">"];

/// Words after which a value comes.
const WORDS_BEFORE_VALUE: [&str; 5] = ["like", "ilike", "limit", "offset", "between"];

/// Words in the path of a function that makes a name or literal safe.
const QUOTING: [&str; 8] = ["quote", "identifier", "escape", "literal", "settings", "sql", "placeholder", "param"];

/// The text of an f-string whose values are known texts: `f"emails/{name}.html"`. Formats, conversions and escapes are left
/// alone.
fn folded(literal: &str, parts: &[(Expr, Option<char>)], values: &[Value], place: Place) -> Option<String> {
    let inner = literal.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let quote = inner.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let mut at = literal.len() - inner.len() + 1;
    let mut text = String::new();
    for ((part, conversion), value) in parts.iter().zip(values) {
        let (from, to) = ((part.span.start - place.span.start) as usize, (part.span.end - place.span.start) as usize);
        let before = literal.get(at..from)?.strip_suffix('{').filter(|_| conversion.is_none())?;
        literal.get(to..)?.strip_prefix('}')?;
        text.push_str(before);
        text.push_str(&value.as_text()?);
        at = to + 1;
    }
    text.push_str(literal.get(at..)?.strip_suffix(quote)?);
    (!text.contains(['\\', '{', '}', quote])).then_some(text)
}

impl Interpreter<'_> {
    /// `f"… WHERE name = '{name}'"`
    pub(crate) fn formatted(&self, parts: &[(Expr, Option<char>)], values: &[Value], place: Place) -> Value {
        let text = self.program.files.get(place.file.0 as usize).map_or("", |source| source.text.as_str());
        let mut start = place.span.start as usize;
        for ((part, _), value) in parts.iter().zip(values) {
            let (from, to) = (part.span.start as usize, part.span.end as usize);
            let before = text.get(start..from).unwrap_or_default().trim_end_matches([' ', '{']);
            let after = text.get(to..place.span.end as usize).unwrap_or_default();
            let is_first = start == place.span.start as usize;
            start = to;
            // The text before the first value of an f-string begins with the quotes that open it.
            let opening = before.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let delimiter = opening.chars().next().unwrap_or('"');
            let before = if is_first { opening.trim_start_matches(delimiter) } else { before };
            let after = after.split_once('}').map_or("", |(_, rest)| rest);
            if is_value_place(before, after, text.get(place.span.start as usize..).unwrap_or_default())
                && is_foreign(value)
                && !is_number_or_list(part)
            {
                return Value::Scalar(Scalar::Built);
            }
        }
        match folded(
            text.get(place.span.start as usize..place.span.end as usize).unwrap_or_default(),
            parts,
            values,
            place,
        ) {
            Some(text) => Value::text(&text),
            None if values.iter().any(is_built) => Value::Scalar(Scalar::Built),
            None => self.beginning(parts, place).map_or(Value::ANY, |start| Value::Scalar(Scalar::Begins(start))),
        }
    }

    /// The part of a name with which an f-string begins.
    fn beginning(&self, parts: &[(Expr, Option<char>)], place: Place) -> Option<Name> {
        let text = self.program.files.get(place.file.0 as usize)?.text.as_str();
        let start = text.get(place.span.start as usize..parts.first()?.0.span.start as usize)?;
        let start = start.strip_prefix(['f', 'F'])?.strip_prefix(['"', '\''])?.strip_suffix('{')?;
        let is_name = start.chars().all(|char| char.is_alphanumeric() || char == '_');
        (is_name && start.ends_with('_')).then(|| Name::new(start))
    }

    /// `"… = '%s'" % name`
    pub(crate) fn percent_formatted(&self, text: Name, right: &Value) -> Value {
        let values = self.listed(right).unwrap_or_else(|| vec![right.clone()]);
        let mut values = values.iter();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('%') {
            rest = after.strip_prefix('%').unwrap_or(after);
            if after.starts_with('%') {
                continue;
            }
            let Some(value) = values.next() else { break };
            let Some(after) = after.strip_prefix('s') else { continue };
            if is_value_place(before, after, "\"") && is_foreign(value) {
                return Value::Scalar(Scalar::Built);
            }
        }
        if text.matches('%').count() == 1
            && let Some((before, after)) = text.split_once("%s")
            && let Some(value) = right.as_text()
        {
            return Value::text(&format!("{before}{value}{after}"));
        }
        Value::ANY
    }

    /// `"… = '{}'".format(name)`
    pub(crate) fn method_formatted(&self, text: Name, arguments: &Arguments) -> Value {
        let is_built = fields_of(&text, arguments).into_iter().any(|field| {
            is_value_place(field.before, field.after, "\"")
                && field.path.is_empty()
                && field.value.is_some_and(is_foreign)
        });
        if is_built { Value::Scalar(Scalar::Built) } else { Value::ANY }
    }

    /// `"{0.author.name}, {title}".format(book, title=book.title)`: what the text asks of what it is given.
    pub(crate) fn read_fields_of(&mut self, text: Name, arguments: &Arguments, place: Place) {
        for field in fields_of(&text, arguments) {
            let Some(mut value) = field.value.cloned() else { continue };
            for attribute in field.path.split('.').filter(|part| !part.is_empty()) {
                value = self.read_attribute(&value, Name::new(attribute), place);
            }
            self.stringify(&value, place);
        }
    }

    /// `"… = '" + name`
    pub(crate) fn added(&self, left: &Value, right: &Value) -> Option<Value> {
        let is_building = is_built(left)
            || is_built(right)
            || left.as_text().is_some_and(|text| is_value_place(&text, "", "\"") && is_foreign(right));
        is_building.then_some(Value::Scalar(Scalar::Built))
    }
}

/// A replacement field of a text.
struct Field<'text> {
    before: &'text str,
    after: &'text str,
    value: Option<&'text Value>,
    /// `author.name` in `{0.author.name}`.
    path: &'text str,
}

/// The fields of a text with what `format` puts there.
fn fields_of<'text>(text: &'text str, arguments: &'text Arguments) -> Vec<Field<'text>> {
    let mut fields = Vec::new();
    let (mut position, mut rest) = (0, text);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((field, after)) = after.split_once('}') else { break };
        rest = after;
        let whole = field.split([':', '!', '[']).next().unwrap_or_default();
        let (name, path) = whole.split_once('.').unwrap_or((whole, ""));
        let value = match name.parse::<usize>() {
            Ok(index) => arguments.positional.get(index),
            Err(_) if name.is_empty() => {
                position += 1;
                arguments.positional.get(position - 1)
            }
            Err(_) => arguments.keyword(name),
        };
        fields.push(Field { before, after, value, path });
    }
    fields
}

/// Whether a value stands where a parameter could.
fn is_value_place(before: &str, after: &str, literal: &str) -> bool {
    let is_quoted_by_single = literal.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('\'');
    if before.trim_end_matches('%').ends_with('\'') {
        return !is_quoted_by_single;
    }
    let last = before.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    let is_after = BEFORE_VALUE.iter().any(|end| last.ends_with(end)) || WORDS_BEFORE_VALUE.contains(&last.as_str());
    is_after && !after.starts_with('.')
}

fn is_built(value: &Value) -> bool {
    matches!(value, Value::Scalar(Scalar::Built))
}

/// Whether a value surely comes from elsewhere: it is neither a constant nor made safe.
fn is_foreign(value: &Value) -> bool {
    match value {
        Value::Scalar(
            Scalar::Any
            | Scalar::Turn
            | Scalar::OneTurn(_)
            | Scalar::Begins(_)
            | Scalar::Key
            | Scalar::KeyOf(..)
            | Scalar::KeyText(_)
            | Scalar::Filled
            | Scalar::Present,
        ) => true,
        Value::Unknown(Why::Parameter | Why::Element | Why::Field) => true,
        Value::Unknown(Why::Attribute(name) | Why::External(name)) => {
            let name = name.to_lowercase();
            !QUOTING.iter().any(|word| name.contains(word))
        }
        _ => false,
    }
}

/// `int(x)`, `len(x)` are harmless; `", ".join(...)` makes a list of placeholders more often than not.
fn is_number_or_list(part: &Expr) -> bool {
    let ExprKind::Call { function, .. } = &part.kind else { return false };
    match &function.kind {
        ExprKind::Name(name) => matches!(name.as_str(), "int" | "float" | "len" | "bool" | "round" | "abs"),
        ExprKind::Attribute { name, .. } => name == "join" || QUOTING.iter().any(|word| name.contains(word)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_place_of_a_value_counts() {
        let counts = |before: &str, after: &str| is_value_place(before, after, "\"");
        assert!(counts("SELECT 1 FROM a WHERE b = ", ""));
        assert!(counts("WHERE b = '", "'"));
        assert!(counts("WHERE b LIKE '%", "%'"));
        assert!(counts("LIMIT ", ""));
        assert!(!counts("SELECT * FROM ", " WHERE"));
        assert!(!counts("WHERE a.id = ", ".id"));
        assert!(!counts("WHERE a IN (", ")"));
        assert!(!counts("ORDER BY ", ""));
        assert!(!is_value_place("", "'", "f'{x}'"));
    }

    #[test]
    fn constants_and_quoted_names_are_harmless() {
        assert!(!is_foreign(&Value::text("shop_book")));
        assert!(!is_foreign(&Value::Unknown(Why::External(Name::new("django.db.connection.ops.quote_name")))));
        assert!(is_foreign(&Value::Unknown(Why::Parameter)));
    }
}
