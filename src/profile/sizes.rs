//! `N(shop.Book)` to a number: rows of tables, rows per parent, bounds of pages.

use std::collections::BTreeMap;

use super::snapshot::Snapshot;
use crate::domain::Size;
use crate::project::{Model, RelationKind, Schema};

/// What the tables of a snapshot say about the sizes of a project.
#[derive(Clone, Copy)]
pub struct Sizes<'run> {
    schema: &'run Schema,
    snapshot: &'run Snapshot,
}

/// How often something runs, with the numbers that went in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Count {
    /// The product of the factors.
    pub number: f64,
    /// `shop.Book` → 1200, `shop.Author.books` → 3.5
    pub rows: BTreeMap<String, f64>,
}

impl<'run> Sizes<'run> {
    /// The sizes of a project, by its database.
    pub fn new(schema: &'run Schema, snapshot: &'run Snapshot) -> Self {
        Sizes { schema, snapshot }
    }

    /// The product of all factors; none where one is not known.
    pub fn count(&self, factors: &[Size]) -> Option<Count> {
        let mut count = Count { number: 1.0, rows: BTreeMap::new() };
        for factor in factors {
            let number = self.of(factor)?;
            count.number *= number;
            if let Size::Rows(name) = factor {
                count.rows.insert(name.to_string(), number);
            }
        }
        Some(count)
    }

    /// One factor. A set of a row has as many rows as its table has for each row of the other.
    fn of(&self, size: &Size) -> Option<f64> {
        match size {
            Size::Known(number) | Size::Bounded(Some(number)) => Some(*number as f64),
            Size::Bounded(None) | Size::Unknown(_) => None,
            Size::Rows(name) => match self.schema.by_label(name) {
                Some(model) => self.rows(model),
                None => {
                    let (owner, relation) = name.rsplit_once('.')?;
                    self.per_row(self.schema.by_label(owner)?, relation)
                }
            },
        }
    }

    fn rows(&self, model: &Model) -> Option<f64> {
        self.rows_of(model.table?.as_str())
    }

    fn rows_of(&self, table: &str) -> Option<f64> {
        self.snapshot.table(table)?.rows.map(|rows| rows as f64)
    }

    fn per_row(&self, owner: &Model, name: &str) -> Option<f64> {
        let relation = owner.relations.iter().find(|relation| relation.name == name)?;
        let children = match (relation.kind, relation.join_table) {
            (RelationKind::ManyToMany, Some(table)) => self.rows_of(table.as_str())?,
            _ => self.rows(self.schema.model(relation.target?))?,
        };
        let parents = self.rows(owner).filter(|rows| *rows > 0.0)?;
        Some(children / parents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::snapshot::Table;
    use crate::rules::shop::shop;
    use crate::syntax::Name;

    #[test]
    fn rows_pages_and_what_nobody_knows() {
        let mut shop = shop();
        let models = &shop.program.schema.models;
        let labels = models.iter().map(|model| (Name::new(&model.label.to_lowercase()), vec![model.id])).collect();
        shop.program.schema.labels = labels;
        let table = Table { name: "shop_book".to_owned(), rows: Some(1_200), ..Table::default() };
        let snapshot = Snapshot { tables: vec![table], ..Snapshot::default() };
        let sizes = Sizes::new(&shop.program.schema, &snapshot);
        let rows = Size::Rows(Name::new("shop.Book"));
        assert_eq!(sizes.count(&[rows.clone(), Size::Bounded(Some(25))]).unwrap().number, 30_000.0);
        assert_eq!(sizes.count(std::slice::from_ref(&rows)).unwrap().rows["shop.Book"], 1_200.0);
        assert_eq!(sizes.count(&[rows, Size::Unknown(Name::new("lines"))]), None);
        assert_eq!(sizes.count(&[Size::Rows(Name::new("shop.Author"))]), None);
    }
}
