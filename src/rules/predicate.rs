//! The semantic predicates that rules may use: what each asks of a query site.
//!
//! This is their one list. `#not-…?` negates any of them.

use std::collections::BTreeSet;

use crate::domain::{EffectKind, Fault, RootKind, Site};
use crate::project::{Orm, Relation, RelationKind, Schema};
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
    Relation(Vec<RelationKind>),
    Orm(Vec<Orm>),
    Action(Vec<Name>),
    ReadsNext(Vec<Name>),
    Inside(Vec<RootKind>),
    Fault(Vec<Fault>),
    Unindexed,
}

type Words = Vec<Name>;

/// A predicate: its name, what it asks in words, and how its words are read.
struct Entry {
    name: &'static str,
    asks: &'static str,
    read: fn(Words) -> Result<Question, String>,
}

const ENTRIES: [Entry; 9] = [
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
        asks: "the walk began in a request, in the background, or in an unknown place",
        read: |words| each(words, root_kind, "place").map(Question::Inside),
    },
    Entry {
        name: "fault",
        asks: "the relation is `joined` by the query without being loaded, or the load is `unawaited` in an asynchronous session",
        read: |words| each(words, fault, "fault").map(Question::Fault),
    },
    Entry {
        name: "unindexed",
        asks: "a profile of the database knows of an index that the statement lacks",
        read: |words| if words.is_empty() { Ok(Question::Unindexed) } else { Err("it takes no words".to_owned()) },
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
        let problem = |why| PatternError::new(format!("`#{}?`: {why}", call.name), call.span);
        Ok(Test { question: (entry.read)(call.words().collect()).map_err(problem)?, expected })
    }

    /// Whether the site passes.
    pub fn passes(&self, site: &Site, schema: &Schema) -> bool {
        self.question.holds(site, schema) == self.expected
    }

    /// The kinds of effect this test lets through, where it is about kinds.
    pub fn kinds(&self) -> Option<BTreeSet<EffectKind>> {
        let Question::Fires(kinds) = &self.question else { return None };
        Some(EffectKind::ALL.into_iter().filter(|kind| kinds.contains(kind) == self.expected).collect())
    }
}

impl Question {
    fn holds(&self, site: &Site, schema: &Schema) -> bool {
        match self {
            Question::Fires(kinds) => kinds.contains(&site.kind),
            Question::PerRow => site.per_row,
            Question::Relation(kinds) => relation_of(site, schema).is_some_and(|found| kinds.contains(&found.kind)),
            Question::Orm(orms) => site.model.is_some_and(|model| orms.contains(&schema.model(model).orm)),
            Question::Action(names) => names.contains(&site.action),
            Question::ReadsNext(names) => reads_next(names, site, schema),
            Question::Inside(roots) => roots.contains(&site.root),
            // The profile is asked when sites are grouped to findings (`judge`), because another rule may speak there too.
            Question::Unindexed => false,
            Question::Fault(faults) => site.fault.is_some_and(|fault| faults.contains(&fault)),
        }
    }
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

fn some(words: Words) -> Result<Words, String> {
    if words.is_empty() { Err("it needs at least one word".to_owned()) } else { Ok(words) }
}

fn each<T>(words: Words, read: fn(&str) -> Option<T>, what: &str) -> Result<Vec<T>, String> {
    some(words)?.iter().map(|word| read(word).ok_or_else(|| format!("`{word}` is no {what}"))).collect()
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

fn root_kind(word: &str) -> Option<RootKind> {
    RootKind::from_word(word)
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
    }
}
