//! A query site with the program around it: the names and texts that messages and advice are made of.

use super::finding::Spot;
use super::predicate::relation_of;
use crate::domain::{Place, Role, Site, Size};
use crate::project::{Model, Orm, Program, Relation};
use crate::syntax::Name;

/// Longest source text that a message quotes, in characters.
const LONGEST_QUOTE: usize = 48;

/// A site and the program it was found in.
#[derive(Clone, Copy)]
pub(super) struct Case<'run> {
    pub program: &'run Program,
    pub site: &'run Site,
}

/// One step of a relation path, as its model declares it.
pub(super) struct Hop<'run> {
    pub owner: &'run Model,
    pub relation: &'run Relation,
}

impl<'run> Case<'run> {
    /// The source text of the expression that fires, on one line.
    pub fn expression(&self) -> String {
        shorten(&self.source_text())
    }

    /// The text before `.action(...)`: `book.tags` of `book.tags.add(tag)`.
    pub fn receiver(&self) -> String {
        let text = self.source_text();
        let end = text.rfind(&format!(".{}(", self.site.action)).unwrap_or(text.len());
        shorten(&text[..end])
    }

    /// The same in its whole length.
    pub fn source_text(&self) -> String {
        let Place { file, span } = self.site.place;
        let text = self.program.files.get(file.0 as usize).map_or("", |source| source.slice(span.start, span.end));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The model of the site.
    pub fn model(&self) -> Option<&'run Model> {
        self.site.model.map(|id| self.program.schema.model(id))
    }

    /// The relation of the site.
    pub fn relation(&self) -> Option<&'run Relation> {
        relation_of(self.site, &self.program.schema)
    }

    /// The model whose rows the site's relation leads to.
    pub fn target(&self) -> Option<&'run Model> {
        self.relation()?.target.map(|id| self.program.schema.model(id))
    }

    /// The library of the site's model; Django where there is no model.
    pub fn orm(&self) -> Orm {
        self.model().map_or(Orm::Django, |model| model.orm)
    }

    /// The model of the rows that an eager load would be added to.
    pub fn rows_model(&self) -> Option<&'run Model> {
        match &self.site.origin {
            Some(origin) => Some(self.program.schema.model(origin.model)),
            None => self.model(),
        }
    }

    /// The names from the origin's rows to what is read; the relation alone where there is no origin.
    pub fn path(&self) -> Vec<Name> {
        let walked = self.site.origin.as_ref().map(|origin| origin.relations.clone()).unwrap_or_default();
        if walked.is_empty() { self.site.relation.into_iter().collect() } else { walked }
    }

    /// The same path with what the schema says of each step, as far as the schema knows it.
    pub fn hops(&self) -> Vec<Hop<'run>> {
        let mut hops = Vec::new();
        let mut owner = self.rows_model();
        for name in self.path() {
            let Some(model) = owner else { break };
            let Some(relation) = model.relation(name) else { break };
            hops.push(Hop { owner: model, relation });
            owner = relation.target.map(|id| self.program.schema.model(id));
        }
        hops
    }

    /// `author__publisher` for Django, `author.publisher` for SQLAlchemy.
    pub fn spelled_path(&self) -> Option<String> {
        let between = match self.orm() {
            Orm::Django => "__",
            Orm::SqlAlchemy => ".",
        };
        let path = self.path();
        (!path.is_empty()).then(|| path.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(between))
    }

    /// What is repeated, for "one query per …": the innermost loop that grows.
    pub fn row(&self) -> String {
        match self.site.cost.factors.iter().rev().find(|size| size.grows()) {
            Some(Size::Rows(name)) => name.to_string(),
            Some(Size::Unknown(name)) => format!("element of `{name}`"),
            Some(Size::Bounded(_) | Size::Known(_)) | None => {
                self.rows_model().filter(|_| self.site.origin.is_some()).map_or("row".into(), |m| m.label.to_string())
            }
        }
    }

    /// The count of all: the query that makes the rows, where it is known, and those that follow from it.
    pub fn count(&self) -> String {
        match self.site.origin.is_some() && !self.is_queried_each_turn() {
            true => format!("1 + {}", self.site.cost),
            false => self.site.cost.to_string(),
        }
    }

    /// Whether the query that makes the rows is sent at each turn of all loops too, so that it makes few each time.
    pub fn is_queried_each_turn(&self) -> bool {
        let Some(origin) = &self.site.origin else { return false };
        let Some(looped) = self.site.path.iter().rposition(|step| step.role == Role::Loop) else { return false };
        self.site.path[looped..].iter().any(|step| step.role == Role::Query && step.place == origin.place)
    }

    /// Where the fix belongs, in words: "on line 12 of shop/views.py".
    pub fn origin_in_words(&self) -> Option<String> {
        let origin = self.site.origin.as_ref()?;
        let spot = spot(self.program, origin.place);
        Some(format!("on line {} of {}", spot.line, spot.file))
    }

    /// The query that an eager load would be added to, in words.
    pub fn query_in_words(&self) -> String {
        match (self.origin_in_words(), self.rows_model()) {
            (Some(place), _) => format!("the query {place}"),
            (None, Some(model)) => format!("the query that makes the {} rows", model.label),
            (None, None) => "the query that makes the rows".to_owned(),
        }
    }

    /// A message template with its names filled in.
    pub fn fill(&self, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(&self.value(name));
            rest = after;
        }
        text + rest
    }

    /// What a name in a template stands for; an unknown one stays as it is, and a test of the registry finds it.
    fn value(&self, name: &str) -> String {
        match name {
            "expression" => self.expression(),
            "row" => self.row(),
            "count" => self.count(),
            "model" => self.model().map_or("row".to_owned(), |model| model.label.to_string()),
            "rows" => self.target().or(self.model()).map_or("the".to_owned(), |model| model.label.to_string()),
            "target" => self.target().map_or("related".to_owned(), |model| model.label.to_string()),
            "name" => self.site.relation.unwrap_or(self.site.action).to_string(),
            "action" => self.site.action.to_string(),
            other => {
                let captured = self.site.captured.iter().find(|(name, _)| *name == other);
                captured.map_or_else(|| format!("{{{other}}}"), |(_, text)| shorten(text))
            }
        }
    }
}

/// The name of a model's default manager.
pub(super) fn manager_name(model: &Model) -> &'static str {
    model.managers.first().map_or("objects", |manager| manager.name.as_str())
}

/// `Book` of `shop.Book`.
pub(super) fn class_name(model: &Model) -> &'static str {
    let label = model.label.as_str();
    label.rsplit('.').next().unwrap_or(label)
}

/// A place as people count.
pub(super) fn spot(program: &Program, place: Place) -> Spot {
    let Some(source) = program.files.get(place.file.0 as usize) else {
        return Spot { file: String::new(), line: 1, column: 1, end_line: 1, end_column: 1 };
    };
    let (start, end) = (source.line_column(place.span.start), source.line_column(place.span.end));
    Spot {
        file: source.shown.clone(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= LONGEST_QUOTE {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LONGEST_QUOTE - 1).collect();
    format!("{}…", kept.trim_end())
}
