//! String literals: prefixes, escapes, implicit concatenation, and what f-strings interpolate.

use tree_sitter::Node;

use super::grammar::{Field, Kind, child_of_kind, field, kind, named_children};
use super::ir::{Constant, Expr, ExprKind};
use super::lower::Lowerer;
use super::name::Name;

/// What the parts of one literal add up to.
#[derive(Default)]
struct Parts {
    text: String,
    is_bytes: bool,
    is_format: bool,
    interpolated: Vec<(Expr, Option<char>)>,
}

impl Lowerer<'_> {
    /// A string literal or several side by side.
    pub(super) fn string(&mut self, node: Node) -> ExprKind {
        let mut parts = Parts::default();
        if kind(node) == Kind::Concatenated {
            named_children(node).into_iter().for_each(|child| self.string_part(child, &mut parts));
        } else {
            self.string_part(node, &mut parts);
        }
        match parts {
            Parts { is_format: true, interpolated, .. } => ExprKind::Format(interpolated),
            Parts { is_bytes: true, .. } => ExprKind::Constant(Constant::Bytes),
            Parts { text, .. } => ExprKind::Constant(Constant::Text(Name::new(&text))),
        }
    }

    fn string_part(&mut self, node: Node, parts: &mut Parts) {
        let start = child_of_kind(node, Kind::StringStart);
        let prefix = start.map_or("", |start| self.text(start)).trim_end_matches(['"', '\'']).to_ascii_lowercase();
        parts.is_bytes |= prefix.contains('b');
        parts.is_format |= prefix.contains(['f', 't']);
        for child in named_children(node) {
            match kind(child) {
                Kind::StringContent => decode(self.text(child), prefix.contains('r'), &mut parts.text),
                Kind::Interpolation => self.interpolation(child, &mut parts.interpolated),
                _ => {}
            }
        }
    }

    /// `{value!r:{width}}`: the value, then what its format specifier interpolates.
    fn interpolation(&mut self, node: Node, interpolated: &mut Vec<(Expr, Option<char>)>) {
        let conversion = field(node, Field::TypeConversion).and_then(|conversion| self.text(conversion).chars().nth(1));
        if let Some(expression) = field(node, Field::Expression) {
            interpolated.push((self.expression(expression), conversion));
        }
        let specifier = field(node, Field::FormatSpecifier).map(named_children).unwrap_or_default();
        for nested in specifier.into_iter().filter(|child| kind(*child) == Kind::FormatExpression) {
            self.deeper(1, |this| this.interpolation(nested, interpolated));
        }
    }
}

/// Appends the meaning of a literal's content: the simple escapes are decoded, `\N{…}` stays as it is.
fn decode(content: &str, is_raw: bool, text: &mut String) {
    if is_raw || !content.contains('\\') {
        text.push_str(content);
        return;
    }
    let mut rest = content;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        rest = escape(&rest[at..], text);
    }
    text.push_str(rest);
}

/// Decodes the escape that `rest` starts with; gives what follows it.
fn escape<'t>(rest: &'t str, text: &mut String) -> &'t str {
    let Some(letter) = rest[1..].chars().next() else {
        text.push('\\');
        return "";
    };
    let after = &rest[1 + letter.len_utf8()..];
    let simple = match letter {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'v' => '\x0b',
        '\\' | '\'' | '"' => letter,
        '\n' => return after,
        '\r' => return after.strip_prefix('\n').unwrap_or(after),
        'x' => return code_point(after, 2, 16, letter, text),
        'u' => return code_point(after, 4, 16, letter, text),
        'U' => return code_point(after, 8, 16, letter, text),
        '0'..='7' => {
            let digits = rest[1..].bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
            return code_point(&rest[1..], digits, 8, letter, text);
        }
        _ => {
            text.push('\\');
            letter
        }
    };
    text.push(simple);
    after
}

/// Appends the character with the number that `rest` starts with; a surrogate becomes the replacement character.
fn code_point<'t>(rest: &'t str, digits: usize, radix: u32, letter: char, text: &mut String) -> &'t str {
    let number = rest.get(..digits).and_then(|number| u32::from_str_radix(number, radix).ok());
    let Some(number) = number else {
        text.push('\\');
        text.push(letter);
        return rest;
    };
    text.push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
    &rest[digits..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(content: &str) -> String {
        let mut text = String::new();
        decode(content, false, &mut text);
        text
    }

    #[test]
    fn escapes() {
        assert_eq!(decoded(r"a\n\t\\\'\x41\u00e9\U0001F600\101\0"), "a\n\t\\'Aé\u{1F600}A\0");
        assert_eq!(decoded("a\\\nb\\\r\nc"), "abc");
        assert_eq!(decoded(r"\d\N{DASH}\ud800\xZ\"), "\\d\\N{DASH}\u{FFFD}\\xZ\\");
    }
}
