//! A footprint in the making: tables and joins by walking relations, columns by their attributes.

use crate::domain::{Footprint, SelectKind};
use crate::project::{Model, Relation, RelationKind, Schema};
use crate::syntax::Name;

/// A statement over the table of a model.
pub(super) struct Draft<'s> {
    schema: &'s Schema,
    tables: Vec<Name>,
    joins: Vec<[Name; 2]>,
    predicates: Vec<(Name, Name)>,
}

/// `table.column`
pub(super) fn qualified(table: Name, column: Name) -> Name {
    Name::new(&format!("{table}.{column}"))
}

/// The table of a model; one whose rows lie in several tables has none here.
pub(super) fn table(model: &Model) -> Option<Name> {
    model.table.filter(|_| model.parents.is_empty())
}

/// The column of an attribute, `pk` included.
pub(super) fn column(model: &Model, attribute: Name) -> Option<Name> {
    let attribute = if attribute == "pk" { model.primary_key } else { attribute };
    let found = model.column(attribute).map(|column| column.column);
    let key = || {
        let relation = model.relation(attribute).filter(|relation| relation.kind.holds_key())?;
        relation.key_columns.first().copied()
    };
    Some(qualified(table(model)?, found.or_else(key)?))
}

impl<'s> Draft<'s> {
    /// Over the rows of a model.
    pub fn over(schema: &'s Schema, model: &Model) -> Option<Draft<'s>> {
        Draft::of_table(schema, table(model)?)
    }

    /// Over a table.
    pub fn of_table(schema: &'s Schema, table: Name) -> Option<Draft<'s>> {
        Some(Draft { schema, tables: vec![table], joins: Vec::new(), predicates: Vec::new() })
    }

    /// Compares a column.
    pub fn compare(&mut self, column: Name, operator: &str) {
        self.predicates.push((column, Name::new(operator)));
    }

    /// Joins a table once.
    pub fn join(&mut self, table: Name, left: Name, right: Name) {
        let join = [left, right];
        if !self.joins.contains(&join) {
            self.tables.push(table);
            self.joins.push(join);
        }
    }

    /// Whether a table takes part.
    pub fn has_table(&self, table: &str) -> bool {
        self.tables.iter().any(|one| *one == table)
    }

    /// Whether other tables take part.
    pub fn has_joins(&self) -> bool {
        !self.joins.is_empty()
    }

    /// Goes over a relation to the model that it leads to.
    pub fn step(&mut self, from: &Model, relation: &Relation) -> Option<&'s Model> {
        let target = self.schema.model(relation.target?);
        let key = *relation.key_columns.first()?;
        let target_key = |name: Option<Name>| column(target, name.unwrap_or(target.primary_key));
        match relation.kind {
            RelationKind::ManyToOne | RelationKind::OneToOne => {
                self.join(table(target)?, qualified(table(from)?, key), target_key(relation.to_field)?);
            }
            RelationKind::OneToMany | RelationKind::ReverseOneToOne if relation.join_table.is_none() => {
                let own = relation.to_field.unwrap_or(from.primary_key);
                self.join(table(target)?, column(from, own)?, qualified(table(target)?, key));
            }
            RelationKind::ManyToMany | RelationKind::ReverseOneToOne => {
                let (through, [own, other]) = through(relation)?;
                self.join(through, column(from, from.primary_key)?, own);
                self.join(table(target)?, other, target_key(None)?);
            }
            _ => return None,
        }
        Some(target)
    }

    /// Goes over the relations of each path, as far as they suit.
    pub fn join_along(&mut self, from: &'s Model, paths: &[Name], suits: impl Fn(&Relation) -> bool) -> Option<()> {
        for path in paths {
            let mut at = from;
            for hop in path.split("__") {
                at = self.step(at, at.relation(Name::new(hop)).filter(|relation| suits(relation))?)?;
            }
        }
        Some(())
    }

    /// The column at the end of a look-up path; keys are taken from the row that holds them.
    pub fn walk(&mut self, model: &'s Model, path: Name) -> Option<Name> {
        let mut hops = path.split("__").map(Name::new).peekable();
        let mut at = model;
        while let Some(hop) = hops.next() {
            let Some(relation) = at.relation_by_query_name(hop).or_else(|| at.relation(hop)) else {
                return hops.peek().is_none().then(|| column(at, hop)).flatten();
            };
            let rest = hops.clone().count();
            let target = self.schema.model(relation.target?);
            let is_key = |name: &Name| *name == "pk" || *name == relation.to_field.unwrap_or(target.primary_key);
            if rest == 0 || (rest == 1 && hops.peek().is_some_and(is_key)) {
                return self.key(at, relation);
            }
            at = self.step(at, relation)?;
        }
        None
    }

    /// The column that stands for a related row.
    fn key(&mut self, from: &Model, relation: &Relation) -> Option<Name> {
        match relation.kind {
            RelationKind::ManyToOne | RelationKind::OneToOne => {
                Some(qualified(table(from)?, *relation.key_columns.first()?))
            }
            RelationKind::ManyToMany => {
                let (through, [own, other]) = through(relation)?;
                self.join(through, column(from, from.primary_key)?, own);
                Some(other)
            }
            _ => {
                let target = self.step(from, relation)?;
                column(target, target.primary_key)
            }
        }
    }

    /// The finished footprint of a query.
    pub fn select(self, select: SelectKind, order_by: Vec<Name>, limit: bool) -> Footprint {
        self.finish("select", Some(select), order_by, limit)
    }

    /// The finished footprint of a write.
    pub fn write(self, verb: &'static str) -> Footprint {
        self.finish(verb, None, Vec::new(), false)
    }

    fn finish(self, verb: &'static str, select: Option<SelectKind>, order_by: Vec<Name>, limit: bool) -> Footprint {
        let Draft { tables, joins, predicates, .. } = self;
        Footprint { verb, tables, joins, predicates, select, order_by, limit }.sorted()
    }
}

/// The join table of a many-to-many, with its columns: the one for this side and the one for the other.
pub(super) fn through(relation: &Relation) -> Option<(Name, [Name; 2])> {
    let table = relation.join_table?;
    match relation.key_columns.as_slice() {
        [own, other] => Some((table, [qualified(table, *own), qualified(table, *other)])),
        _ => None,
    }
}
