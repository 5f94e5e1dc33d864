//! The semantic predicates that rules may use: what each asks of a query site.
//!
//! This is their one list; `capture` has that of the predicates about other captures. `#not-…?` negates any of them.

use std::collections::BTreeSet;

use super::database::{Database, Lack, Measure, figures};
use crate::domain::{Certainty, EffectKind, Fault, Footprint, RootKind, Site};
use crate::project::{Model, Orm, Program, Relation, RelationKind, Schema};
use crate::source::FileId;
use crate::syntax::{Name, PatternError, PredicateCall};

/// One predicate of a rule, ready to be asked.
#[derive(Clone, Debug)]
pub struct Test {
    question: Question,
    expected: bool,
}

/// What is asked about a site.
#[derive(Clone, Debug)]
enum Question {
    Fires(Vec<EffectKind>),
    PerRow,
    Sure,
    Relation(Vec<RelationKind>),
    Orm(Vec<Orm>),
    Action(Vec<Name>),
    ReadsNext(Vec<Name>),
    Inside(Vec<Room>),
    Fault(Vec<Fault>),
    Unindexed(Vec<Lack>),
    AtLeast(Measure, f64),
    Fewer(Measure, f64),
    Clause(Vec<Clause>),
    Model(Vec<Name>),
    Module(Vec<Name>),
}

/// Where a site may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    /// The walk that led there began in this kind of program part.
    Root(RootKind),
    /// A template.
    Template,
}

/// A part of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clause {
    Where,
    OrderBy,
    Limit,
    Offset,
    Streamed,
    Not,
}

type Words = Vec<Name>;

/// A predicate: its name, what it asks in words, and how its words are read.
struct Entry {
    name: &'static str,
    asks: &'static str,
    read: fn(Words) -> Result<Question, String>,
}

const ENTRIES: [Entry; 15] = [
    Entry {
        name: "fires",
        asks: "the site sends a statement of one of these kinds",
        read: |words| each(words, effect_kind, "kind of effect").map(Question::Fires),
    },
    Entry {
        name: "per-row",
        asks: "it sends one again for each element of a loop that grows",
        read: |words| if words.is_empty() { Ok(Question::PerRow) } else { Err("it takes no words".to_owned()) },
    },
    Entry {
        name: "sure",
        asks: "nothing is guessed: it is of high confidence",
        read: |words| if words.is_empty() { Ok(Question::Sure) } else { Err("it takes no words".to_owned()) },
    },
    Entry {
        name: "relation",
        asks: "the relation that is read ties rows in one of these ways",
        read: |words| each(words, relation_kinds, "kind of relation").map(|kinds| Question::Relation(kinds.concat())),
    },
    Entry {
        name: "orm",
        asks: "the model belongs to this library",
        read: |words| each(words, Orm::from_word, "ORM").map(Question::Orm),
    },
    Entry {
        name: "action",
        asks: "the method or attribute that fires has one of these names",
        read: |words| some(words).map(Question::Action),
    },
    Entry {
        name: "reads-next",
        asks: "the row it loads is asked for this attribute and nothing else; `pk` stands for the key by any name",
        read: |words| some(words).map(Question::ReadsNext),
    },
    Entry {
        name: "inside",
        asks: "it stands in a `template`, or runs in a `request`, in the `background` or in an `unknown` place",
        read: |words| each(words, room, "place").map(Question::Inside),
    },
    Entry {
        name: "fault",
        asks: "this is wrong with it besides its cost",
        read: |words| each(words, fault, "fault").map(Question::Fault),
    },
    Entry {
        name: "unindexed",
        asks: "by a profile of the database, no index serves the statement's `filter`, `pattern` or `order`",
        read: |words| each(words, Lack::from_word, "part that an index serves").map(Question::Unindexed),
    },
    Entry {
        name: "at-least",
        asks: "by a profile of the database, `rows` of the main table, `fetched` rows or `row-bytes` are so many",
        read: |words| measured(words).map(|(measure, number)| Question::AtLeast(measure, number)),
    },
    Entry {
        name: "fewer",
        asks: "a profile of the database says that there are fewer `rows`, `fetched` rows or `row-bytes`; without one there are not",
        read: |words| measured(words).map(|(measure, number)| Question::Fewer(measure, number)),
    },
    Entry {
        name: "clause",
        asks: "the statement is known and has one of these: `where`, `order-by`, `limit`, `offset` by a number that varies, a `not`, or its rows are `streamed`",
        read: |words| each(words, Clause::from_word, "clause").map(Question::Clause),
    },
    Entry {
        name: "model",
        asks: "the model has one of these names: `Book`, `shop.Book`",
        read: |words| some(words).map(Question::Model),
    },
    Entry {
        name: "module",
        asks: "it stands in one of these modules or packages, by their dotted names",
        read: |words| some(words).map(Question::Module),
    },
];

/// Names of the predicates with what they ask, for documentation and error messages.
pub fn known_predicates() -> impl Iterator<Item = (&'static str, &'static str)> {
    ENTRIES.iter().map(|entry| (entry.name, entry.asks)).chain(super::capture::known())
}

impl Test {
    /// Reads a predicate of a pattern.
    pub fn read(call: &PredicateCall) -> Result<Test, PatternError> {
        let (name, expected) = match call.name.strip_prefix("not-") {
            Some(rest) => (rest, false),
            None => (call.name.as_str(), true),
        };
        let Some(entry) = ENTRIES.iter().find(|entry| entry.name == name) else {
            let known = known_predicates().map(|(name, _)| format!("#{name}?")).collect::<Vec<_>>().join(", ");
            return Err(PatternError::new(format!("`#{}?` is no predicate: there are {known}", call.name), call.span));
        };
        if call.words().count() == call.arguments.len() {
            return Err(PatternError::new(format!("`#{}?` asks about a capture: name one", call.name), call.span));
        }
        if call.arguments.first().is_some_and(|first| matches!(first, crate::syntax::PredicateArgument::Word(_))) {
            return Err(PatternError::new(format!("`#{}?` names its capture first", call.name), call.span));
        }
        let problem = |why| PatternError::new(format!("`#{}?`: {why}", call.name), call.span);
        Ok(Test { question: (entry.read)(call.words().collect()).map_err(problem)?, expected })
    }

    /// Whether the site passes.
    pub fn passes(&self, site: &Site, program: &Program, database: &Database) -> bool {
        self.question.answer(site, program, database) == Some(self.expected)
    }

    /// The kinds of effect this test lets through, where it is about kinds.
    pub fn kinds(&self) -> Option<BTreeSet<EffectKind>> {
        let Question::Fires(kinds) = &self.question else { return None };
        Some(EffectKind::ALL.into_iter().filter(|kind| kinds.contains(kind) == self.expected).collect())
    }
}

impl Question {
    /// `None` where nobody knows.
    fn answer(&self, site: &Site, program: &Program, database: &Database) -> Option<bool> {
        let figures = || figures(database, site);
        match self {
            Question::Unindexed(lacks) => {
                figures().map(|figures| lacks.iter().any(|lack| figures.lacks.contains(lack)))
            }
            Question::AtLeast(measure, least) => figures()?.number(*measure).map(|number| number >= *least),
            Question::Fewer(measure, most) => {
                Some(figures().and_then(|figures| figures.number(*measure)).is_some_and(|number| number < *most))
            }
            Question::Clause(clauses) => {
                site.footprint.as_ref().map(|_| clauses.iter().any(|clause| clause.is_in(site)))
            }
            _ => Some(self.holds(site, program)),
        }
    }

    fn holds(&self, site: &Site, program: &Program) -> bool {
        let schema = &program.schema;
        match self {
            Question::Fires(kinds) => kinds.contains(&site.kind),
            Question::PerRow => site.per_row,
            Question::Sure => site.certainty == Certainty::High,
            Question::Relation(kinds) => relation_of(site, schema).is_some_and(|found| kinds.contains(&found.kind)),
            Question::Orm(orms) => site.model.is_some_and(|model| orms.contains(&schema.model(model).orm)),
            Question::Action(names) => names.contains(&site.action),
            Question::ReadsNext(names) => reads_next(names, site, schema),
            Question::Inside(rooms) => rooms.iter().any(|room| room.holds(site, program)),
            Question::Fault(faults) => site.fault.is_some_and(|fault| faults.contains(&fault)),
            Question::Model(names) => site.model.is_some_and(|model| is_named(schema.model(model), names)),
            Question::Module(names) => stands_in(names, site.place.file, program),
            Question::Unindexed(_) | Question::AtLeast(..) | Question::Fewer(..) | Question::Clause(_) => false,
        }
    }
}

impl Clause {
    fn from_word(word: &str) -> Option<Clause> {
        Some(match word {
            "where" => Clause::Where,
            "order-by" => Clause::OrderBy,
            "limit" => Clause::Limit,
            "offset" => Clause::Offset,
            "streamed" => Clause::Streamed,
            "not" => Clause::Not,
            _ => return None,
        })
    }

    fn is_in(self, site: &Site) -> bool {
        let is_shaped = |has: fn(&Footprint) -> bool| site.footprint.as_ref().is_some_and(has);
        match self {
            Clause::Where => is_shaped(|shape| !shape.predicates.is_empty()),
            Clause::OrderBy => is_shaped(|shape| !shape.order_by.is_empty()),
            Clause::Limit => is_shaped(|shape| shape.limit),
            Clause::Offset => site.asked.as_ref().is_some_and(|asked| asked.is_offset),
            Clause::Not => site
                .asked
                .as_ref()
                .is_some_and(|asked| asked.predicates.iter().any(|(_, operator)| operator.starts_with("not "))),
            Clause::Streamed => {
                site.action.ends_with("iterator") || site.asked.as_ref().is_some_and(|asked| asked.is_streamed)
            }
        }
    }
}

impl Room {
    fn holds(self, site: &Site, program: &Program) -> bool {
        match self {
            Room::Root(kind) => site.root == kind,
            Room::Template => program.module_of(site.place.file).is_some_and(|module| module.is_template),
        }
    }
}

/// Whether a model has one of these names: that of its class, or its label.
pub(super) fn is_named(model: &Model, names: &[Name]) -> bool {
    let label = model.label.as_str();
    let class = label.rsplit('.').next().unwrap_or(label);
    names.iter().any(|name| *name == label || *name == class)
}

/// Whether a file is one of these modules, or lies in one of these packages.
pub(super) fn stands_in(names: &[Name], file: FileId, program: &Program) -> bool {
    let Some(module) = program.module_of(file) else { return false };
    let below =
        |name: &Name| module.name.strip_prefix(name.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('.'));
    names.iter().any(below)
}

/// The relation a site reads, as its model declares it.
pub fn relation_of<'schema>(site: &Site, schema: &'schema Schema) -> Option<&'schema Relation> {
    schema.model(site.model?).relation(site.relation?)
}

/// `book.author.id` is `book.author_id` only when the foreign key points at the attribute that is read.
fn reads_next(names: &[Name], site: &Site, schema: &Schema) -> bool {
    let Some(read) = site.read_next else { return false };
    let relation = relation_of(site, schema);
    let key = relation.and_then(|found| found.target).map(|target| schema.model(target).primary_key);
    let pointed_at = relation.and_then(|found| found.to_field).or(key);
    let is_key = read == "pk" || Some(read) == key;
    names.iter().any(|name| match name.as_str() {
        "pk" => is_key && (pointed_at == key || pointed_at.is_none()),
        _ => *name == read && (!is_key || pointed_at == key || pointed_at.is_none()),
    })
}

impl Orm {
    /// The word in rules and their pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Orm::Django => "django",
            Orm::SqlAlchemy => "sqlalchemy",
        }
    }

    /// The library that a word of a rule names.
    pub fn from_word(word: &str) -> Option<Orm> {
        [Orm::Django, Orm::SqlAlchemy].into_iter().find(|orm| orm.as_str() == word)
    }
}

pub(super) fn some(words: Words) -> Result<Words, String> {
    if words.is_empty() { Err("it needs at least one word".to_owned()) } else { Ok(words) }
}

pub(super) fn each<T>(words: Words, read: fn(&str) -> Option<T>, what: &str) -> Result<Vec<T>, String> {
    some(words)?.iter().map(|word| read(word).ok_or_else(|| format!("`{word}` is no {what}"))).collect()
}

/// `rows 10000`
fn measured(words: Words) -> Result<(Measure, f64), String> {
    let [measure, number] = words.as_slice() else { return Err("it takes a measure and a number".to_owned()) };
    let measure = Measure::from_word(measure).ok_or_else(|| format!("`{measure}` is no measure"))?;
    let number = number.parse().map_err(|_| format!("`{number}` is no number"))?;
    Ok((measure, number))
}

fn effect_kind(word: &str) -> Option<EffectKind> {
    EffectKind::ALL.into_iter().find(|kind| kind.as_str() == word)
}

fn relation_kinds(word: &str) -> Option<Vec<RelationKind>> {
    Some(match word {
        "many-to-one" => vec![RelationKind::ManyToOne],
        "one-to-one" => vec![RelationKind::OneToOne],
        "reverse-one-to-one" => vec![RelationKind::ReverseOneToOne],
        "one-to-many" => vec![RelationKind::OneToMany],
        "many-to-many" => vec![RelationKind::ManyToMany],
        "generic" => vec![RelationKind::GenericForeignKey, RelationKind::GenericRelation],
        _ => return None,
    })
}

fn fault(word: &str) -> Option<Fault> {
    Fault::ALL.into_iter().find(|fault| fault.as_str() == word)
}

fn room(word: &str) -> Option<Room> {
    if word == "template" { Some(Room::Template) } else { RootKind::from_word(word).map(Room::Root) }
}

impl RootKind {
    /// The kind that a word names.
    pub fn from_word(word: &str) -> Option<RootKind> {
        [RootKind::Request, RootKind::Background, RootKind::Unknown].into_iter().find(|root| root.as_str() == word)
    }

    /// The word in rules and in the JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            RootKind::Request => "request",
            RootKind::Background => "background",
            RootKind::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::registry::rule_error_for_test as error;

    #[test]
    fn unknown_predicates_and_words_are_errors() {
        assert!(error("((_) @site (#fire? @site get))").contains("`#fire?` is no predicate"));
        assert!(error("((_) @site (#fires? @site gett))").contains("`gett` is no kind of effect"));
        assert!(error("((_) @site (#fires? get))").contains("asks about a capture"));
        assert!(error("((_) @site (#relation? @site))").contains("at least one word"));
        assert!(error("((_) @site (#per-row? @site yes))").contains("takes no words"));
        assert!(error("((call function: (_) @name) (#names? @name a.b))").contains("one of the two"));
        assert!(error("((call function: (_) @name) @place (#value? @name car))").contains("`car` is no kind of value"));
        assert!(error("((call) @place (#fires? @place get))").contains("is asked of `@site` only"));
    }
}
