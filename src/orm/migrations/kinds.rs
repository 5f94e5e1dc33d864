//! Types of columns, as PostgreSQL calls them, and which changes of a type write the table anew.
//!
//! Tried on PostgreSQL 16 by `pg_relation_filenode` before and after.

use crate::project::{Arguments, last_name};
use crate::syntax::Name;
use crate::syntax::ir::{Argument, Constant, Expr, ExprKind};

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `varchar(n)`, or text of any length.
    Text(Option<i64>),
    /// `numeric(precision, scale)`, or any number.
    Numeric(Option<(i64, i64)>),
    /// Another one, by its name.
    Plain(&'static str),
}

/// Django's fields without parameters that matter, and SQLAlchemy's types.
const PLAIN: [(&[&str], &str); 13] = [
    (&["SmallIntegerField", "PositiveSmallIntegerField", "SmallAutoField", "SmallInteger", "SMALLINT"], "smallint"),
    (&["IntegerField", "PositiveIntegerField", "AutoField", "Integer", "INTEGER", "INT"], "integer"),
    (&["BigIntegerField", "PositiveBigIntegerField", "BigAutoField", "BigInteger", "BIGINT"], "bigint"),
    (&["BooleanField", "NullBooleanField", "Boolean", "BOOLEAN"], "boolean"),
    (&["FloatField", "Float", "FLOAT", "DOUBLE_PRECISION", "Double", "DOUBLE"], "double precision"),
    (&["DateField", "Date", "DATE"], "date"),
    (&["DateTimeField", "DateTime", "TIMESTAMP"], "timestamp"),
    (&["UUIDField", "UUID", "Uuid"], "uuid"),
    (&["JSONField", "JSONB"], "jsonb"),
    (&["JSON"], "json"),
    (&["GenericIPAddressField", "INET"], "inet"),
    (&["DurationField", "Interval", "INTERVAL"], "interval"),
    (&["BinaryField", "LargeBinary", "BYTEA"], "bytea"),
];

/// Django's fields that are `varchar`, with the length that they have by themselves.
const SHORT: [(&str, Option<i64>); 6] = [
    ("CharField", None),
    ("SlugField", Some(50)),
    ("EmailField", Some(254)),
    ("URLField", Some(200)),
    ("FileField", Some(100)),
    ("ImageField", Some(100)),
];

impl Kind {
    /// The type of a field or a column's type as written: `models.CharField(max_length=20)`, `sa.String(20)`, `sa.Text`.
    pub fn of(written: &Expr) -> Option<Kind> {
        let (class, arguments): (&Expr, &[Argument]) = match &written.kind {
            ExprKind::Call { function, arguments } => (function, arguments),
            _ => (written, &[]),
        };
        let (class, arguments) = (last_name(class)?, Arguments(arguments));
        let number = |name, position| arguments.either(name, position).map(number);
        match class.as_str() {
            "String" | "VARCHAR" | "Unicode" => {
                Some(Kind::Text(number("length", 0).map_or(Some(None), |n| n.map(Some))?))
            }
            "Text" | "TEXT" | "UnicodeText" | "TextField" => Some(Kind::Text(None)),
            "Numeric" | "NUMERIC" | "DECIMAL" => Kind::numeric(number("precision", 0), number("scale", 1)),
            "DecimalField" => Kind::numeric(number("max_digits", 2), number("decimal_places", 3)),
            word => Kind::short(word, arguments).or_else(|| Kind::plain(word)),
        }
    }

    fn numeric(precision: Option<Option<i64>>, scale: Option<Option<i64>>) -> Option<Kind> {
        match (precision, scale) {
            (None, None) => Some(Kind::Numeric(None)),
            (Some(precision), scale) => Some(Kind::Numeric(Some((precision?, scale.unwrap_or(Some(0))?)))),
            (None, Some(_)) => None,
        }
    }

    fn short(word: &str, arguments: Arguments) -> Option<Kind> {
        let (_, usual) = SHORT.iter().find(|(name, _)| *name == word)?;
        match arguments.keyword("max_length") {
            Some(written) => number(written).map(|length| Kind::Text(Some(length))),
            None => Some(Kind::Text(*usual)),
        }
    }

    fn plain(word: &str) -> Option<Kind> {
        PLAIN.iter().find(|(names, _)| names.contains(&word)).map(|(_, name)| Kind::Plain(name))
    }

    /// Whether a column that becomes another type is written anew, with all its table and the indexes.
    pub fn rewrites(self, to: Kind) -> bool {
        match (self, to) {
            (Kind::Text(from), Kind::Text(to)) => to.is_some_and(|to| from.is_none_or(|from| to < from)),
            (Kind::Numeric(_), Kind::Numeric(None)) => false,
            (Kind::Numeric(Some((precision, scale))), Kind::Numeric(Some((wider, same)))) => {
                scale != same || wider < precision
            }
            _ => self != to,
        }
    }

    /// As SQL has it.
    pub fn name(self) -> Name {
        Name::new(&match self {
            Kind::Text(Some(length)) => format!("varchar({length})"),
            Kind::Text(None) => "text".to_owned(),
            Kind::Numeric(Some((precision, scale))) => format!("numeric({precision}, {scale})"),
            Kind::Numeric(None) => "numeric".to_owned(),
            Kind::Plain(name) => name.to_owned(),
        })
    }
}

fn number(expr: &Expr) -> Option<i64> {
    match expr.kind {
        ExprKind::Constant(Constant::Int(number)) => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_text_and_a_wider_number_stay_as_they_are() {
        let text = |length| Kind::Text(length);
        assert!(!text(Some(10)).rewrites(text(Some(20))));
        assert!(!text(Some(10)).rewrites(text(None)));
        assert!(text(Some(20)).rewrites(text(Some(10))));
        assert!(text(None).rewrites(text(Some(10))));
        let number = |precision, scale| Kind::Numeric(Some((precision, scale)));
        assert!(!number(10, 2).rewrites(number(12, 2)));
        assert!(number(10, 2).rewrites(number(12, 3)));
        assert!(Kind::Plain("integer").rewrites(Kind::Plain("bigint")));
        assert!(!Kind::Plain("integer").rewrites(Kind::Plain("integer")));
    }
}
