//! The statements that SQLAlchemy sends, as footprints.
//!
//! `tests/footprints.rs` compares them with the statements that the fixtures send.

use crate::domain::{Asked, EffectKind, Footprint, SelectKind, Site, Verb};
use crate::orm::draft::{Draft, column, qualified, table, through};
use crate::project::{Model, Relation, RelationKind, Schema};
use crate::syntax::Name;

/// The shape of a site's statement, where all of it is known.
pub(in crate::orm) fn footprint(schema: &Schema, site: &Site) -> Option<Footprint> {
    let model = schema.model(site.model?);
    let relation = site.relation.and_then(|name| model.relation(name));
    match site.kind {
        EffectKind::LazyLoad => related(schema, model, relation?),
        EffectKind::RelatedQuery if site.asked.is_none() => related(schema, model, relation?),
        EffectKind::Get | EffectKind::Merge | EffectKind::Refresh if site.asked.is_none() => {
            keyed(schema, model).map(|draft| draft.select(SelectKind::All, Vec::new(), false))
        }
        EffectKind::DeferredColumn => deferred(schema, model, site.relation?),
        EffectKind::RelatedQuery | EffectKind::Evaluate | EffectKind::Get | EffectKind::Count => {
            query(schema, site, model, relation)
        }
        EffectKind::Create | EffectKind::Add => Draft::over(schema, model).map(|draft| draft.write("insert")),
        EffectKind::Save => keyed(schema, model).map(|draft| draft.write("update")),
        // `account.postings.insert()` writes the rows of the relation.
        EffectKind::Bulk => {
            let rows = relation.and_then(|relation| relation.target).map_or(model, |target| schema.model(target));
            written(schema, rows, site.verb)
        }
        EffectKind::Update => changed(schema, site, model, "update"),
        EffectKind::BulkDelete => changed(schema, site, model, "delete"),
        _ => None,
    }
}

/// What the session writes of a model by itself: rows by their keys.
pub(super) fn written(schema: &Schema, model: &Model, verb: Verb) -> Option<Footprint> {
    match verb {
        Verb::Insert => Draft::over(schema, model).map(|draft| draft.write("insert")),
        Verb::Update | Verb::Delete => keyed(schema, model).map(|draft| draft.write(verb.as_str())),
        _ => None,
    }
}

/// From this version on `selectinload` of a many-to-many leaves the parents' table out.
const LEAVES_PARENTS_OUT: (u32, u32) = (2, 1);

/// What `selectinload` sends, where it is known: the rows of a relation for a list of keys, from the far table or over the join
/// table.
pub(in crate::orm) fn selectin(schema: &Schema, relation: &Relation, version: (u32, u32)) -> Option<Footprint> {
    let (owner, target) = (schema.model(relation.owner), schema.model(relation.target?));
    let draft = match relation.kind {
        RelationKind::ManyToOne | RelationKind::OneToOne => {
            let mut draft = Draft::over(schema, target)?;
            draft.compare(column(target, relation.to_field.unwrap_or(target.primary_key))?, "in");
            draft
        }
        RelationKind::OneToMany | RelationKind::ReverseOneToOne if relation.join_table.is_none() => {
            let mut draft = Draft::over(schema, target)?;
            draft.compare(qualified(table(target)?, *relation.key_columns.first()?), "in");
            draft
        }
        RelationKind::ManyToMany | RelationKind::ReverseOneToOne if version >= LEAVES_PARENTS_OUT => {
            let (join_table, [own, other]) = through(relation)?;
            let mut draft = Draft::of_table(schema, join_table)?;
            draft.join(table(target)?, other, column(target, target.primary_key)?);
            draft.compare(own, "in");
            draft
        }
        RelationKind::ManyToMany | RelationKind::ReverseOneToOne => {
            let mut draft = Draft::over(schema, owner)?;
            draft.step(owner, relation)?;
            draft.compare(column(owner, owner.primary_key)?, "in");
            draft
        }
        _ => return None,
    };
    (!is_special(relation)).then(|| draft.select(SelectKind::All, Vec::new(), false))
}

/// Whether the mapping says more of the relation than its key.
fn is_special(relation: &Relation) -> bool {
    let says = |option: &Name| matches!(option.as_str(), "order_by" | "primaryjoin" | "secondaryjoin");
    relation.options.iter().any(|(option, _)| says(option))
}

fn keyed<'s>(schema: &'s Schema, model: &Model) -> Option<Draft<'s>> {
    let mut draft = Draft::over(schema, model)?;
    draft.compare(column(model, model.primary_key)?, "=");
    Some(draft)
}

fn deferred(schema: &Schema, model: &Model, name: Name) -> Option<Footprint> {
    let select = if column(model, name)?.ends_with(".id") { SelectKind::Key } else { SelectKind::Column };
    Some(keyed(schema, model)?.select(select, Vec::new(), false))
}

/// The rows of a relation of one row, as the lazy loader asks for them.
fn related(schema: &Schema, model: &Model, relation: &Relation) -> Option<Footprint> {
    if is_special(relation) {
        return None;
    }
    Some(hanging(schema, model, relation)?.select(SelectKind::All, Vec::new(), false))
}

fn hanging<'s>(schema: &'s Schema, _: &Model, relation: &Relation) -> Option<Draft<'s>> {
    let target = schema.model(relation.target?);
    let mut draft = Draft::over(schema, target)?;
    match relation.kind {
        RelationKind::ManyToOne | RelationKind::OneToOne => {
            draft.compare(column(target, relation.to_field.unwrap_or(target.primary_key))?, "=");
        }
        RelationKind::OneToMany | RelationKind::ReverseOneToOne if relation.join_table.is_none() => {
            draft.compare(qualified(table(target)?, *relation.key_columns.first()?), "=");
        }
        RelationKind::ManyToMany | RelationKind::ReverseOneToOne => {
            let (join_table, [own, other]) = through(relation)?;
            draft.join(join_table, column(target, target.primary_key)?, other);
            draft.compare(own, "=");
        }
        _ => return None,
    }
    Some(draft)
}

/// A statement built by the program.
fn query(schema: &Schema, site: &Site, model: &Model, relation: Option<&Relation>) -> Option<Footprint> {
    let asked = site.asked.as_deref().filter(|asked| !asked.is_open)?;
    let rows = relation.and_then(|relation| relation.target).map_or(model, |target| schema.model(target));
    let mut draft = match relation {
        Some(relation) => hanging(schema, model, relation)?,
        None => Draft::over(schema, model)?,
    };
    draft.join_along(rows, &asked.joins, |relation| !is_special(relation))?;
    compare(&mut draft, rows, asked)?;
    let select = match (&asked.columns, site.action.as_str()) {
        // What options join is not counted, what the program joins is: which of them it is does not show here.
        (_, "count") => {
            return (!asked.is_limited && asked.joins.is_empty())
                .then(|| draft.select(SelectKind::Count, Vec::new(), false));
        }
        (Some(columns), _) => selected(rows, columns)?,
        (None, _) => asked.select.unwrap_or(SelectKind::All),
    };
    let order_by = asked.order_by.iter().flatten().map(|name| located(rows, *name)).collect::<Option<Vec<Name>>>()?;
    // Only `first()` of a query asks for one row; a result fetches what it gets.
    let is_one = site.action == "first" && site.kind != EffectKind::Evaluate;
    Some(draft.select(select, order_by, asked.is_limited || is_one))
}

fn selected(rows: &Model, columns: &[Name]) -> Option<SelectKind> {
    let columns: Vec<Name> = columns.iter().map(|name| located(rows, *name)).collect::<Option<_>>()?;
    Some(match columns.as_slice() {
        [one] if one.ends_with(".id") => SelectKind::Key,
        [_] => SelectKind::Column,
        _ => SelectKind::All,
    })
}

/// `update(Book).where(...)`, `query.delete()`
fn changed(schema: &Schema, site: &Site, model: &Model, verb: &'static str) -> Option<Footprint> {
    let asked = site.asked.as_deref().filter(|asked| !asked.is_open && site.relation.is_none())?;
    let mut draft = Draft::over(schema, model)?;
    compare(&mut draft, model, asked)?;
    Some(draft.write(verb))
}

fn compare(draft: &mut Draft, rows: &Model, asked: &Asked) -> Option<()> {
    for (path, operator) in &asked.predicates {
        let column = located(rows, *path)?;
        // A column of a table that is not joined would be a product that nobody asked for here.
        if !column.split('.').next().is_some_and(|table| draft.has_table(table)) {
            return None;
        }
        draft.compare(column, operator);
    }
    Some(())
}

/// A column by its attribute, or already with its table.
fn located(rows: &Model, name: Name) -> Option<Name> {
    if name.contains('.') { Some(name) } else { column(rows, name) }
}
