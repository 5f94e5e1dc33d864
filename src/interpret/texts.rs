//! Known texts: what their methods make of them.

use crate::domain::{Arguments, DECLARED, Scalar, Value};
use crate::syntax::Name;

/// `"a b".split()`, `"a, b".split(", ", 1)`: the parts of a text.
pub(super) fn split(text: &Value, method: &str, arguments: &Arguments) -> Option<Vec<Value>> {
    let is_from_the_front = method == "split" || (method == "rsplit" && arguments.positional.len() < 2);
    let text = text.as_text().filter(|_| is_from_the_front && arguments.keywords.is_empty())?;
    let (separator, limit) = match arguments.positional.as_slice() {
        [] => (&Value::None, usize::MAX),
        [separator] => (separator, usize::MAX),
        [separator, Value::Scalar(Scalar::Int(limit))] => (separator, usize::try_from(*limit).ok()?.saturating_add(1)),
        _ => return None,
    };
    let parts: Vec<&str> = match separator {
        Value::None => words(&text, limit),
        separator => text.splitn(limit, separator.as_text().filter(|text| !text.is_empty())?.as_str()).collect(),
    };
    (parts.len() as u64 <= 2 * DECLARED).then(|| parts.into_iter().map(Value::text).collect())
}

/// `"author.name".partition(".")`: what is before the separator, the separator, what is after it.
pub(super) fn partition(text: &Value, method: &str, arguments: &Arguments) -> Option<[Value; 3]> {
    let text = text.as_text()?;
    let separator = arguments.positional.first()?.as_text().filter(|text| !text.is_empty())?;
    let separator = separator.as_str();
    let is_from_the_end = method == "rpartition";
    let found = if is_from_the_end { text.rsplit_once(separator) } else { text.split_once(separator) };
    let parts = match found {
        Some((before, after)) => [before, separator, after],
        None if is_from_the_end => ["", "", text.as_str()],
        None => [text.as_str(), "", ""],
    };
    Some(parts.map(Value::text))
}

/// `"a, b".replace(",", " ")`
pub(super) fn replace(text: &Value, arguments: &Arguments) -> Option<Value> {
    let [from, to] = arguments.positional.as_slice() else { return None };
    let from = from.as_text().filter(|text| !text.is_empty())?;
    Some(Value::text(&text.as_text()?.replace(from.as_str(), &to.as_text()?)))
}

/// `"__".join(["author", "publisher"])`
pub(super) fn join(separator: &Value, parts: &[Value]) -> Option<Value> {
    let parts: Vec<Name> = parts.iter().map(Value::as_text).collect::<Option<_>>()?;
    let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
    Some(Value::text(&parts.join(&separator.as_text()?)))
}

/// At most so many words; the last is all that is left.
fn words(text: &str, limit: usize) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = if found.len() + 1 == limit { None } else { rest.find(char::is_whitespace) };
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        found.push(word);
        rest = after.trim_start();
    }
    found
}

/// `text.startswith(part)`, `text.endswith(part)` of texts that are known.
pub(super) fn begins_or_ends(receiver: &Value, name: &str, arguments: &Arguments) -> Option<bool> {
    let text = receiver.as_text()?;
    let [part] = arguments.positional.as_slice() else { return None };
    let part = part.as_text()?;
    Some(if name == "startswith" { text.starts_with(part.as_str()) } else { text.ends_with(part.as_str()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, arguments: Vec<Value>) -> Vec<String> {
        let parts = split(&Value::text(text), "split", &Arguments::of(arguments)).unwrap_or_default();
        parts.iter().filter_map(Value::as_text).map(|part| part.to_string()).collect()
    }

    #[test]
    fn texts_are_parted() {
        let parts = |text: &str, method| {
            let parts = partition(&Value::text(text), method, &Arguments::of(vec![Value::text(".")]));
            parts.map(|parts| parts.map(|part| part.as_text().map_or(String::new(), |part| part.to_string())))
        };
        assert_eq!(parts("a.b.c", "partition"), Some(["a", ".", "b.c"].map(str::to_owned)));
        assert_eq!(parts("a.b.c", "rpartition"), Some(["a.b", ".", "c"].map(str::to_owned)));
        assert_eq!(parts("a", "partition"), Some(["a", "", ""].map(str::to_owned)));
        assert_eq!(parts("a", "rpartition"), Some(["", "", "a"].map(str::to_owned)));
    }

    #[test]
    fn texts_are_split() {
        let two = Value::Scalar(Scalar::Int(1));
        assert_eq!(parts(" a  b c", vec![]), ["a", "b", "c"]);
        assert_eq!(parts("a  b c", vec![Value::None, two.clone()]), ["a", "b c"]);
        assert_eq!(parts("a=b=c", vec![Value::text("="), two]), ["a", "b=c"]);
        assert_eq!(parts("a,b", vec![Value::text(",")]), ["a", "b"]);
    }
}
