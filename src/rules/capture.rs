//! Predicates about a capture other than `@site`: what each asks of the captured code.
//!
//! This is their one list. `#not-…?` negates any of them.

use super::predicate::{each, is_named, some, stands_in};
use crate::domain::Place;
use crate::domain::Site;
use crate::interpret::{Noted, ValueKind, Values};
use crate::project::{Binding, ClassRef, Member, Model, ModelId, Program, Schema};
use crate::source::FileId;
use crate::syntax::ir::{ExprKind, Span};
use crate::syntax::{Match, Name, Pattern, PatternError, Piece, PredicateArgument, PredicateCall};

/// One predicate about a capture.
#[derive(Clone, Debug)]
pub struct CaptureTest {
    capture: Name,
    question: Question,
    expected: bool,
}

/// What is asked about a capture.
#[derive(Clone, Debug)]
enum Question {
    /// It names a column of the rows that are fetched, or of the row that another capture is.
    Column(Option<Name>),
    /// It is a look-up path that leads from the rows of the other capture to many rows.
    Set(Name),
    /// It names a property that Python works out, of the model that another capture is.
    Property(Name),
    /// The function says the name nowhere but where it is assigned and here.
    ReadOnce,
    /// The function says it nowhere but here.
    SaidOnce,
    /// Besides here, the function asks the name for these attributes and does nothing else with it.
    AsksOnly(Vec<Name>),
    /// The function passes the name to these functions and does nothing else with it.
    PassedOnly(Vec<Name>),
    /// The function asks for attributes of the name and does nothing else with it.
    Stays,
    /// The function asks the name for one of these attributes.
    Asks(Vec<Name>),
    /// It means one of these dotted names, `*` at the end standing for what follows.
    Names(Vec<Name>),
    /// What it may be is one of these.
    Value(Vec<ValueKind>),
    /// Its rows are of one of these models.
    Model(Vec<Name>),
    /// It stands in one of these modules.
    Module(Vec<Name>),
    /// It stands in the body of a function.
    InFunction,
}

/// What follows the capture in a predicate.
struct Given {
    words: Vec<Name>,
    others: Vec<Name>,
}

/// A predicate: its name, what it asks in words, and how what it is given is read.
struct Entry {
    name: &'static str,
    asks: &'static str,
    read: fn(Given) -> Result<Question, String>,
}

const ENTRIES: [Entry; 14] = [
    Entry {
        name: "column",
        asks: "the captured name is a column of the rows that the site fetches, or of the row that a second capture is",
        read: |given| Ok(Question::Column(given.others.first().copied())),
    },
    Entry {
        name: "set",
        asks: "the captured text is a look-up path that leads from the rows of a second capture to many rows",
        read: |given| {
            given.others.first().map(|of| Question::Set(*of)).ok_or_else(|| "it needs a second capture".to_owned())
        },
    },
    Entry {
        name: "property",
        asks: "the captured name is a `property` of Python on the model of a second capture, and nothing that a database knows",
        read: |given| {
            given.others.first().map(|of| Question::Property(*of)).ok_or_else(|| "it needs a second capture".to_owned())
        },
    },
    Entry {
        name: "read-once",
        asks: "the captured name is assigned once in the function and read nowhere but here",
        read: |given| given.nothing(Question::ReadOnce),
    },
    Entry {
        name: "said-once",
        asks: "the captured code stands nowhere else in the function",
        read: |given| given.nothing(Question::SaidOnce),
    },
    Entry {
        name: "asks-only",
        asks: "besides here, the function assigns the captured name once and asks it for nothing but these attributes; to be the `queryset` of something, which copies it, counts for nothing",
        read: |given| some(given.words).map(Question::AsksOnly),
    },
    Entry {
        name: "passed-only",
        asks: "the function assigns the captured name once, passes it to these functions, and does no more with it than to ask whether it is empty",
        read: |given| some(given.words).map(Question::PassedOnly),
    },
    Entry {
        name: "stays",
        asks: "the function assigns the captured name once, asks for its attributes, and hands it to nobody",
        read: |given| given.nothing(Question::Stays),
    },
    Entry {
        name: "asks",
        asks: "the function asks the captured name for one of these attributes: `session.close`",
        read: |given| some(given.words).map(Question::Asks),
    },
    Entry {
        name: "names",
        asks: "the captured name means one of these, by dotted names from where it is imported; `requests.*` means all in it",
        read: |given| some(given.words).map(Question::Names),
    },
    Entry {
        name: "value",
        asks: "the captured expression is one of these: `manager`, `queryset`, `row`, `rows`, `session`, `async-session`, `session-factory`, `statement`, `class`",
        read: |given| each(given.words, ValueKind::from_word, "kind of value").map(Question::Value),
    },
    Entry {
        name: "model",
        asks: "the rows of the captured expression are of one of these models: `Book`, `shop.Book`",
        read: |given| some(given.words).map(Question::Model),
    },
    Entry {
        name: "module",
        asks: "it stands in one of these modules or packages, by their dotted names",
        read: |given| some(given.words).map(Question::Module),
    },
    Entry {
        name: "inside",
        asks: "it stands in the body of a `function`",
        read: |given| match given.words.as_slice() {
            [word] if *word == "function" => Ok(Question::InFunction),
            _ => Err("code stands in a `function`, or not".to_owned()),
        },
    },
];

impl Given {
    fn nothing(self, question: Question) -> Result<Question, String> {
        if self.words.is_empty() && self.others.is_empty() {
            Ok(question)
        } else {
            Err("it takes one capture and nothing else".to_owned())
        }
    }
}

/// Names of the predicates with what they ask.
pub(super) fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    ENTRIES.iter().map(|entry| (entry.name, entry.asks))
}

/// Where a match of a pattern is.
pub(super) struct Found<'f> {
    pub program: &'f Program,
    pub file: FileId,
    pub piece: &'f Piece<'f>,
    pub found: &'f Match,
}

impl CaptureTest {
    /// Reads a predicate; `None` when it is one about `@site`.
    pub(super) fn read(call: &PredicateCall, pattern: &Pattern) -> Result<Option<CaptureTest>, PatternError> {
        let (name, expected) = match call.name.strip_prefix("not-") {
            Some(rest) => (rest, false),
            None => (call.name.as_str(), true),
        };
        let captures: Vec<Name> = call
            .arguments
            .iter()
            .filter_map(|argument| match argument {
                PredicateArgument::Capture(index) => Some(pattern.captures[*index]),
                PredicateArgument::Word(_) => None,
            })
            .collect();
        let Some((capture, others)) = captures.split_first().filter(|(first, _)| **first != "site") else {
            return Ok(None);
        };
        let fail = |why: String| PatternError::new(format!("`#{}?`: {why}", call.name), call.span);
        let Some(entry) = ENTRIES.iter().find(|entry| entry.name == name) else {
            let is_known = super::predicate::known_predicates().any(|(known, _)| known == name);
            if is_known {
                return Err(fail("it is asked of `@site` only".to_owned()));
            }
            return Ok(None);
        };
        let given = Given { words: call.words().collect(), others: others.to_vec() };
        let question = (entry.read)(given).map_err(fail)?;
        Ok(Some(CaptureTest { capture: *capture, question, expected }))
    }

    /// The capture whose value has to be seen before this can be answered.
    pub(super) fn asks_value_of(&self) -> Option<Name> {
        match &self.question {
            Question::Value(_) | Question::Model(_) => Some(self.capture),
            Question::Column(of) => *of,
            Question::Set(of) | Question::Property(of) => Some(*of),
            _ => None,
        }
    }

    /// Whether it holds of code as it is written; what asks about values does so later.
    pub(super) fn may_hold(&self, at: &Found) -> bool {
        self.asks_value_of().is_some() || self.answer(at).is_some_and(|answer| answer == self.expected)
    }

    /// Whether it holds of what was seen of its value.
    pub(super) fn holds_of(&self, at: &Captured, values: &Values, program: &Program) -> bool {
        let Some(capture) = self.asks_value_of() else { return true };
        let Some(seen) = at.place(capture).and_then(|place| values.get(&place)) else { return false };
        let schema = &program.schema;
        let about = seen.model().map(|model| schema.model(model));
        let answer = match &self.question {
            Question::Value(kinds) => seen.is_known().then(|| seen.is_one_of(kinds)),
            Question::Model(names) => about.map(|model| is_named(model, names)),
            Question::Column(_) => {
                let name = at.text(self.capture);
                about.zip(name).map(|(model, name)| model.column(name).is_some())
            }
            Question::Set(_) => {
                let path = at.text(self.capture);
                about.zip(path).and_then(|(model, path)| leads_to_set(schema, model, &path))
            }
            Question::Property(_) => {
                let name = at.text(self.capture);
                about.zip(name).map(|(model, name)| is_property(program, model, name))
            }
            _ => return true,
        };
        answer == Some(self.expected)
    }

    fn answer(&self, at: &Found) -> Option<bool> {
        let span = at.found.capture(&self.capture)?;
        let text = at.piece.text(span);
        Some(match &self.question {
            Question::ReadOnce => at.piece.mentions(text) == 2,
            Question::SaidOnce => at.piece.mentions(text) == 1,
            Question::AsksOnly(names) => at.piece.asks_only(text, span, names),
            Question::PassedOnly(names) => at.piece.passes_only(text, names),
            Question::Stays => at.piece.only_asks(text),
            Question::Asks(names) => names.iter().any(|name| at.piece.mentions(&format!("{text}.{name}")) > 0),
            Question::Names(names) => {
                let meant = dotted(at.program, at.file, text);
                meant.is_some_and(|meant| names.iter().any(|name| is_meant(name, &meant)))
            }
            Question::Module(names) => stands_in(names, at.file, at.program),
            Question::InFunction => at.piece.is_in_function(span),
            Question::Column(_)
            | Question::Set(_)
            | Question::Property(_)
            | Question::Value(_)
            | Question::Model(_) => return None,
        })
    }
}

/// What the captures of a match took, as far as it is needed once the syntax is gone.
#[derive(Clone, Debug)]
pub(super) struct Captured {
    pub file: FileId,
    pub spans: Vec<(Name, Span)>,
    pub texts: Vec<(Name, Name)>,
}

impl Captured {
    pub fn place(&self, capture: Name) -> Option<Place> {
        let (_, span) = self.spans.iter().find(|(name, _)| *name == capture)?;
        Some(Place { file: self.file, span: *span })
    }

    fn text(&self, capture: Name) -> Option<Name> {
        self.texts.iter().find(|(name, _)| *name == capture).map(|(_, text)| *text)
    }
}

/// Whether what was captured beside a query site passes.
pub(super) fn holds(test: &CaptureTest, at: &Found, site: &Site) -> bool {
    let schema = &at.program.schema;
    let Some(span) = at.found.capture(&test.capture) else { return false };
    let answer = match &test.question {
        Question::Column(_) => Some(is_column(at.piece.text(span), site, schema)),
        _ => test.answer(at),
    };
    answer == Some(test.expected)
}

fn is_column(name: &str, site: &Site, schema: &Schema) -> bool {
    let Some(owner) = site.model else { return false };
    let model = match site.relation {
        Some(relation) => schema.model(owner).relation(relation).and_then(|relation| relation.target),
        None => Some(owner),
    };
    model.is_some_and(|model| schema.model(model).columns.iter().any(|column| column.name == name))
}

/// Whether a model's own code makes a name a plain `property`.
fn is_property(program: &Program, model: &Model, name: Name) -> bool {
    let Some((_, Member::Function(function), true)) = program.member(model.class, name, None) else { return false };
    let [decorator] = function.decorators.as_slice() else { return false };
    let is_plain = matches!(&decorator.kind, ExprKind::Name(name) if *name == "property");
    is_plain && model.column(name).is_none() && model.relation(name).is_none()
}

/// Whether a look-up path leads to many rows; `None` where it leads out of what is known.
fn leads_to_set(schema: &Schema, model: &Model, path: &str) -> Option<bool> {
    let mut at = model;
    for hop in path.split("__").map(Name::new) {
        let relation = at.relation_by_query_name(hop).or_else(|| at.relation(hop))?;
        if !relation.kind.is_single() {
            return Some(true);
        }
        at = schema.model(relation.target?);
    }
    Some(false)
}

/// `requests.*` means everything in `requests`.
fn is_meant(name: &Name, meant: &str) -> bool {
    match name.strip_suffix('*') {
        Some(prefix) => meant.starts_with(prefix),
        None => *name == meant,
    }
}

/// The dotted name that `sa.create_engine` means at the top level of its module.
fn dotted(program: &Program, file: FileId, text: &str) -> Option<String> {
    let module = program.module_of(file)?.id;
    let mut parts = text.split('.');
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    let mut binding = program.lookup(module, Name::new(parts.next().filter(|part| is_name(part))?))?;
    for part in parts {
        binding = program.attribute(&binding, Name::new(part))?;
    }
    Some(match binding {
        Binding::External(path) => path.to_string(),
        Binding::Module(id) => program.module(id).name.to_string(),
        Binding::Class(class) => program.class_path(ClassRef::Known(class)).to_string(),
        Binding::Function(function) => {
            format!("{}.{}", program.module_of(function.file)?.name, function.qualified)
        }
        Binding::Variable(id, name) => format!("{}.{name}", program.module(id).name),
    })
}

/// The model that the values of a match are about, where they are about one.
pub(super) fn model_of(tests: &[CaptureTest], at: &Captured, values: &Values) -> Option<ModelId> {
    let seen = tests.iter().filter_map(|test| values.get(&at.place(test.asks_value_of()?)?));
    seen.filter_map(Noted::model).next()
}

/// Whether a value that was asked for was unknown on some way that leads there.
pub(super) fn is_doubtful(tests: &[CaptureTest], at: &Captured, values: &Values) -> bool {
    let mut seen = tests.iter().filter_map(|test| values.get(&at.place(test.asks_value_of()?)?));
    seen.any(|seen| seen.is_unknown)
}
