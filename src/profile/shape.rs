//! The text of a statement to what quell keeps of it: a text without literals, a fingerprint, a footprint, tags.
//!
//! The rules of sameness are those that PostgreSQL's `queryid` and `pg_query` agree on, and three more that both ORMs need:
//! lists of any length are one (`IN (?)`, `VALUES (?)`), casts of parameters don't count (psycopg 3 and asyncpg write them,
//! psycopg2 does not), and names that a driver makes up for a cursor or a savepoint don't either.

use std::collections::BTreeMap;

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace, Word};

use super::tags::tags;
use crate::domain::Footprint;
use crate::orm::sql::footprint;

/// Characters of a text that a snapshot keeps.
const LONGEST: usize = 2_000;

/// Words that go on naming a type: `double precision`, `timestamp with time zone`.
const OF_TYPE: [&str; 6] = ["precision", "varying", "with", "without", "time", "zone"];

/// What is kept of a statement's text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// The fingerprint: sixteen hexadecimal digits.
    pub id: String,
    /// The text without literals and comments, cut.
    pub text: String,
    /// What lines of code are joined by.
    pub footprint: Option<Footprint>,
    /// A parameter stands on the left of `=`.
    pub reversed: bool,
    /// What the comments say about where it came from.
    pub tags: BTreeMap<String, String>,
}

/// The shape of a text as the database has it; none for what no line of code sends: checks of foreign keys.
pub fn shape(text: &str) -> Option<Shape> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize().unwrap_or_default();
    let mut words = Words::default();
    let mut found = BTreeMap::new();
    for token in &tokens {
        match token {
            Token::Whitespace(Whitespace::MultiLineComment(comment)) => found.extend(tags(comment)),
            Token::Whitespace(Whitespace::SingleLineComment { comment, .. }) => found.extend(tags(comment)),
            Token::Whitespace(_) | Token::SemiColon => {}
            other => words.push(other),
        }
    }
    let whole = words.text();
    if is_integrity_check(&whole) {
        return None;
    }
    Some(Shape {
        id: format!("{:016x}", fnv(whole.as_bytes())),
        footprint: footprint(&parseable(&whole)).map(|(_, footprint)| footprint),
        reversed: whole.contains(" ? = ") || whole.contains("(? = "),
        text: whole.chars().take(LONGEST).collect(),
        tags: found,
    })
}

/// A text as it stands, with `?` for each literal.
pub fn without_literals(text: &str) -> String {
    let Ok(tokens) = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize() else { return String::new() };
    tokens.iter().map(|token| if is_value(token) { "?".to_owned() } else { token.to_string() }).collect()
}

/// The checks that foreign keys make when deferred constraints fire at COMMIT.
fn is_integrity_check(text: &str) -> bool {
    text.contains("FROM ONLY ") && text.contains("pg_catalog")
}

/// The same for a parser that knows neither cursors, nor all row locks, nor a parameter as the field of `EXTRACT` or as the
/// size of a type.
fn parseable(text: &str) -> String {
    let inner = match text.split_once(" CURSOR ") {
        Some((declare, rest)) if declare.starts_with("DECLARE ") => {
            rest.split_once("FOR ").map_or(rest, |(_, sql)| sql)
        }
        _ => text,
    };
    let end = [" FOR UPDATE", " FOR NO KEY UPDATE", " FOR SHARE", " FOR KEY SHARE"];
    let end = end.iter().filter_map(|lock| inner.rfind(lock)).min().unwrap_or(inner.len());
    let known =
        inner[..end].replace("EXTRACT(? FROM", "EXTRACT(year FROM").replace("extract(? FROM", "EXTRACT(year FROM");
    without_sizes(&known)
}

/// `::varchar(?)` as `::varchar`.
fn without_sizes(text: &str) -> String {
    let mut parts = text.split("::");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(part.len());
        let (kind, rest) = part.split_at(end);
        kept.push_str("::");
        kept.push_str(kind);
        kept.push_str(rest.strip_prefix("(?)").unwrap_or(rest));
    }
    kept
}

/// The words of a statement as they are kept.
#[derive(Default)]
struct Words {
    kept: Vec<String>,
    /// How many parentheses are open.
    depth: usize,
    /// The depth of the list between SELECT and FROM, where labels don't matter.
    list: Option<usize>,
    /// `::` was read behind a parameter: what follows names a type.
    cast: Cast,
}

#[derive(Default, PartialEq)]
enum Cast {
    #[default]
    None,
    Type,
    More,
    Size,
}

impl Words {
    fn push(&mut self, token: &Token) {
        if self.skips(token) {
            return;
        }
        match token {
            Token::Word(word) => self.word(word),
            Token::DoubleColon if self.ends_with(&["?"]) => self.cast = Cast::Type,
            Token::LParen => {
                self.depth += 1;
                self.kept.push("(".to_owned());
            }
            Token::RParen => {
                self.depth = self.depth.saturating_sub(1);
                self.kept.push(")".to_owned());
                self.join_rows();
            }
            Token::Comma => {
                self.drop_label();
                self.kept.push(",".to_owned());
            }
            other if is_value(other) => self.value(),
            other => self.kept.push(other.to_string()),
        }
    }

    /// Whether the token belongs to the type of a cast that is left out: `::varchar(100)[]`.
    fn skips(&mut self, token: &Token) -> bool {
        let (skips, next) = match (&self.cast, token) {
            (Cast::None, _) => return false,
            (Cast::Type, Token::Word(_)) => (true, Cast::More),
            (Cast::More, Token::Word(word)) => (OF_TYPE.contains(&word.value.to_lowercase().as_str()), Cast::More),
            (Cast::More, Token::LParen) => (true, Cast::Size),
            (Cast::More, Token::LBracket | Token::RBracket) => (true, Cast::More),
            (Cast::Size, Token::RParen) => (true, Cast::More),
            (Cast::Size, _) => (true, Cast::Size),
            (Cast::Type | Cast::More, _) => (false, Cast::None),
        };
        self.cast = if skips { next } else { Cast::None };
        skips
    }

    fn word(&mut self, word: &Word) {
        let text = match word.quote_style {
            Some(_) if is_made_up(&word.value) => "\"?\"".to_owned(),
            Some(_) => word.to_string(),
            None if is_spelled_large(&word.value) => word.value.to_uppercase(),
            None => word.value.to_lowercase(),
        };
        match text.as_str() {
            "SELECT" => self.list = Some(self.depth),
            "FROM" if self.list == Some(self.depth) => {
                self.drop_label();
                self.list = None;
            }
            _ => {}
        }
        self.kept.push(text);
    }

    /// One `?` stands for a list of values.
    fn value(&mut self) {
        if self.ends_with(&["?", ","]) {
            self.kept.pop();
        } else {
            self.kept.push("?".to_owned());
        }
    }

    /// `(?), (?)` is `(?)`.
    fn join_rows(&mut self) {
        if self.ends_with(&["(", "?", ")", ",", "(", "?", ")"]) {
            self.kept.truncate(self.kept.len() - 4);
        }
    }

    /// `AS label` of what is selected.
    fn drop_label(&mut self) {
        let at = self.kept.len().saturating_sub(2);
        if self.list == Some(self.depth) && self.kept.get(at).is_some_and(|word| word == "AS") {
            self.kept.truncate(at);
        }
    }

    fn ends_with(&self, words: &[&str]) -> bool {
        self.kept.len() >= words.len()
            && self.kept[self.kept.len() - words.len()..].iter().zip(words).all(|(a, b)| a == b)
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut last = "";
        for word in &self.kept {
            let is_tight =
                matches!(word.as_str(), "," | ")" | "." | "::" | "]") || matches!(last, "(" | "." | "::" | "" | "[");
            let is_call = word == "(" && last.chars().all(|c| c.is_lowercase() || c == '_') && !last.is_empty();
            let is_extract = word == "(" && last == "EXTRACT";
            if !(is_tight || is_call || is_extract) {
                text.push(' ');
            }
            text.push_str(word);
            last = word;
        }
        text
    }
}

/// Whether a word is written in capitals, so that a text reads as SQL.
fn is_spelled_large(word: &str) -> bool {
    const LARGE: &str = "select from where and or not in is null insert into values update set delete join inner left outer \
        right full cross on using group by order having limit offset distinct as asc desc union all except intersect case \
        when then else end exists between like ilike returning with for share key no conflict do nothing declare cursor hold \
        without scroll fetch forward savepoint release rollback to begin commit extract only any true false";
    LARGE.split_whitespace().any(|large| large.eq_ignore_ascii_case(word))
}

fn is_value(token: &Token) -> bool {
    matches!(
        token,
        Token::Number(..)
            | Token::Placeholder(_)
            | Token::SingleQuotedString(_)
            | Token::EscapedStringLiteral(_)
            | Token::NationalStringLiteral(_)
            | Token::UnicodeStringLiteral(_)
            | Token::DollarQuotedString(_)
            | Token::HexStringLiteral(_)
            | Token::SingleQuotedByteStringLiteral(_)
            | Token::TripleSingleQuotedString(_)
    )
}

/// Names of cursors and savepoints: `_django_curs_140_sync_1`, `s140_x1`, `c_7f3c2a10_1`.
fn is_made_up(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let is_address = |text: &str| text.len() >= 6 && text.chars().all(|c| c.is_ascii_hexdigit());
    let is_savepoint = || {
        name.strip_prefix('s').and_then(|rest| rest.split_once("_x")).is_some_and(|(a, b)| is_number(a) && is_number(b))
    };
    let is_cursor = || {
        name.strip_prefix("c_")
            .and_then(|rest| rest.split_once('_'))
            .is_some_and(|(a, b)| is_address(a) && is_number(b))
    };
    name.starts_with("_django_curs_") || is_savepoint() || is_cursor()
}

/// FNV-1a of 64 bits: the same on every machine and in every version.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(sql: &str) -> String {
        shape(sql).unwrap().text
    }

    #[test]
    fn literals_comments_labels_and_lengths_of_lists_do_not_count() {
        let one = "SELECT books.id AS books_id, books.title FROM books WHERE books.id IN ($1, $2, $3) /*route='/a'*/ LIMIT 21";
        let other = "select books.id, books.title\nfrom books where books.id in (1 /*, ... */) limit $2";
        assert_eq!(text(one), "SELECT books.id, books.title FROM books WHERE books.id IN (?) LIMIT ?");
        assert_eq!(shape(one).unwrap().id, shape(other).unwrap().id);
    }

    #[test]
    fn casts_of_parameters_do_not_count() {
        let cast =
            "SELECT a.id FROM a WHERE a.id = $1::INTEGER AND a.at < $2::TIMESTAMP WITHOUT TIME ZONE LIMIT $3::INTEGER";
        assert_eq!(text(cast), text("SELECT a.id FROM a WHERE a.id = $1 AND a.at < $2 LIMIT $3"));
    }

    #[test]
    fn rows_of_an_insert_are_one() {
        let many = "INSERT INTO tag (name, kind) VALUES ($1, $2), ($3, $4), ($5, $6) RETURNING tag.id";
        assert_eq!(text(many), "INSERT INTO tag(name, kind) VALUES (?) RETURNING tag.id");
        assert_eq!(shape(many).unwrap().footprint.unwrap().verb, "insert");
    }

    #[test]
    fn no_literal_is_left() {
        for value in
            ["'it''s'", "E'a\\'b'", "42", "1.5e3", "$$text$$", "$t$text$t$", "X'1F'", "N'x'", "U&'x'", "B'101'"]
        {
            let kept = text(&format!("SELECT a FROM t WHERE b = {value}"));
            assert_eq!(kept, "SELECT a FROM t WHERE b = ?", "{value}");
        }
    }

    #[test]
    fn cursors_have_the_footprint_of_their_query_and_no_name() {
        let declare = "DECLARE \"_django_curs_140_sync_1\" NO SCROLL CURSOR WITH HOLD FOR SELECT \"b\".\"id\", \"b\".\"t\" FROM \"b\"";
        let found = shape(declare).unwrap();
        assert_eq!(found.footprint.unwrap().tables[0].as_str(), "b");
        assert_eq!(found.id, shape(&declare.replace("140_sync_1", "99_sync_7")).unwrap().id);
        assert_eq!(text("SAVEPOINT \"s140_x1\""), "SAVEPOINT \"?\"");
    }

    #[test]
    fn names_that_look_made_up_stay() {
        let kept = text("SELECT \"a\".\"base_64\" AS \"x\", CAST(\"a\".\"c_1\" AS integer) FROM \"a\"");
        assert_eq!(kept, "SELECT \"a\".\"base_64\", cast(\"a\".\"c_1\" AS integer) FROM \"a\"");
        assert!(shape(&kept).unwrap().footprint.is_some());
    }

    #[test]
    fn a_parameter_on_the_left_is_told() {
        assert!(shape("SELECT b.id FROM b WHERE $1 = b.author_id").unwrap().reversed);
        assert!(!shape("SELECT b.id FROM b WHERE b.author_id = $1").unwrap().reversed);
    }

    #[test]
    fn the_size_of_a_type_is_no_hindrance() {
        let update = "UPDATE a SET n = (CASE WHEN (a.id = $1) THEN $2 ELSE $3 END)::varchar(40) WHERE a.id IN ($4)";
        assert_eq!(shape(update).unwrap().footprint.unwrap().predicates.len(), 1);
    }

    #[test]
    fn checks_of_foreign_keys_are_nobodys() {
        let check =
            "SELECT $2 FROM ONLY \"public\".\"tag\" x WHERE \"id\" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x";
        assert_eq!(shape(check), None);
    }

    #[test]
    fn row_locks_and_extract_are_understood() {
        assert!(shape("SELECT a.id, a.n FROM a WHERE a.id = $1 FOR NO KEY UPDATE").unwrap().footprint.is_some());
        assert!(shape("SELECT a.id, a.n FROM a WHERE EXTRACT($1 FROM a.at) = $2").unwrap().footprint.is_some());
    }
}
