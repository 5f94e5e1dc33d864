//! Tables whose name a function makes that nobody can read: they have a stand-in, so that keys lead to them all the same, or
//! the name by which the foreign keys of others call them.

use std::collections::BTreeSet;

use super::super::program::Program;
use super::super::schema::ModelId;
use super::column::KeyTarget;
use super::discover::Entities;
use super::mapping::Mapping;
use super::table::Tables;
use crate::syntax::Name;

/// No table of a database begins so.
const MARK: char = '?';

/// A name for the table of an entity, which no other table has.
pub(super) fn stand_in(entity: ModelId) -> Name {
    Name::new(&format!("{MARK}{}", entity.0))
}

/// Whether a table's name is a stand-in for one that was not read.
pub(super) fn is_stand_in(table: Name) -> bool {
    table.starts_with(MARK)
}

/// `ForeignKey("book_shelf.id")` names the table of `BookShelf`, where that is the only class that it fits and no table is
/// known by this name.
pub(super) fn name_by_keys(program: &Program, entities: &Entities, tables: &Tables, mappings: &mut [Mapping]) {
    let unread: Vec<usize> =
        (0..mappings.len()).filter(|position| mappings[*position].table.is_some_and(is_stand_in)).collect();
    if unread.is_empty() {
        return;
    }
    let class = |position: &usize| plain(&program.class(entities.all[*position].class).class.name);
    for table in called(tables, mappings) {
        let is_known = tables.get(table).is_some() || mappings.iter().any(|mapping| mapping.table == Some(table));
        let wanted = plain(table.rsplit('.').next().unwrap_or(&table));
        let mut fitting = unread.iter().filter(|position| class(position) == wanted);
        if let (Some(only), None, false) = (fitting.next(), fitting.next(), is_known) {
            mappings[*only].table = Some(table);
        }
    }
}

/// The tables that foreign keys and `secondary=` name, in order.
fn called(tables: &Tables, mappings: &[Mapping]) -> BTreeSet<Name> {
    let own = mappings.iter().flat_map(|mapping| mapping.raw_keys.iter().map(|(_, target)| target));
    let written = tables.all().flat_map(|(_, table)| {
        table.columns.iter().flat_map(|spec| spec.keys.iter()).chain(table.keys.iter().map(|(_, target)| target))
    });
    let named = own.chain(written).filter_map(|target| match target {
        KeyTarget::Column(table, _) => Some(*table),
        KeyTarget::Attribute(..) => None,
    });
    let drafts = mappings.iter().flat_map(|mapping| &mapping.drafts);
    named.chain(drafts.filter_map(|draft| draft.scope.text(draft.secondary()?))).collect()
}

/// A name without what styles differ in: `BookShelf`, `book_shelf` and `book_shelves` are alike.
fn plain(name: &str) -> String {
    let letters: String = name.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let letters = letters.to_lowercase();
    let endings = [("ies", "y"), ("ves", "f"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", "")];
    for (plural, singular) in endings {
        if let Some(stem) = letters.strip_suffix(plural).filter(|stem| stem.len() > 1 && !letters.ends_with("ss")) {
            return format!("{stem}{singular}");
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn styles_of_naming_are_alike() {
        for table in ["book_shelf", "book_shelves", "bookshelf", "BookShelf"] {
            assert_eq!(plain(table), "bookshelf");
        }
        assert_eq!(plain("categories"), plain("Category"));
        assert_eq!(plain("classes"), plain("Class"));
        assert_ne!(plain("book"), plain("BookShelf"));
    }
}
