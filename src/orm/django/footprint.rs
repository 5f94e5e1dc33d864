//! The statements that Django sends, as footprints.
//!
//! `tests/footprints.rs` compares them with the statements that the fixtures send.

use crate::domain::{Asked, EffectKind, Footprint, SelectKind, Site};
use crate::orm::draft::{Draft, column, qualified, table, through};
use crate::project::{Model, Relation, RelationKind, Schema};
use crate::syntax::Name;

/// From this version on a many-to-many counts the rows of its join table alone.
const COUNTS_LINKS: (u32, u32) = (5, 1);

/// The shape of a site's statement, where all of it is known.
pub(in crate::orm) fn footprint(schema: &Schema, site: &Site, django: (u32, u32)) -> Option<Footprint> {
    let model = schema.model(site.model?);
    let relation = site.relation.and_then(|name| model.relation(name));
    let maker = Maker { schema, site, model, relation, django };
    match site.kind {
        EffectKind::LazyLoad => maker.lazy(),
        EffectKind::RelatedQuery
        | EffectKind::PrefetchDefeated
        | EffectKind::Evaluate
        | EffectKind::Get
        | EffectKind::GetOrCreate
        | EffectKind::Count => maker.query(),
        EffectKind::DeferredColumn | EffectKind::Refresh => {
            maker.keyed("=").map(|draft| draft.select(SelectKind::All, Vec::new(), true))
        }
        // A row that has its key already is looked for first, unless `create()` made it.
        EffectKind::Create if site.asked.is_some() => maker.keyed("=").map(|draft| draft.write("update")),
        EffectKind::Create => Draft::over(schema, model).map(|draft| draft.write("insert")),
        EffectKind::Save => maker.keyed("=").map(|draft| draft.write("update")),
        EffectKind::Delete => maker.keyed("in").map(|draft| draft.write("delete")),
        EffectKind::Bulk if site.action.contains("update") => maker.keyed("in").map(|draft| draft.write("update")),
        EffectKind::Bulk => Draft::over(schema, maker.rows()).map(|draft| draft.write("insert")),
        EffectKind::Update => maker.change("update"),
        EffectKind::BulkDelete => maker.change("delete"),
        EffectKind::LinkChange => maker.links(),
        EffectKind::EagerLoad => maker.prefetch(),
        _ => None,
    }
}

/// The statement of a prefetch. What is fetched for a single row has another shape.
pub(in crate::orm) fn prefetch<'s>(
    schema: &'s Schema,
    site: &'s Site,
    relation: &'s Relation,
    django: (u32, u32),
) -> Option<Footprint> {
    let fetches = matches!(site.action.as_str(), "all" | "iterator");
    let maker = Maker { schema, site, model: schema.model(relation.owner), relation: Some(relation), django };
    if fetches { maker.prefetch() } else { None }
}

struct Maker<'s> {
    schema: &'s Schema,
    site: &'s Site,
    /// The model of the site: the owner of the relation, where there is one.
    model: &'s Model,
    relation: Option<&'s Relation>,
    django: (u32, u32),
}

impl<'s> Maker<'s> {
    /// The method without the `a` of its asynchronous form.
    fn action(&self) -> &'s str {
        let action = self.site.action.as_str();
        match action.strip_prefix('a') {
            Some(rest)
                if super::is_query_method(rest)
                    && !matches!(action, "aggregate" | "all" | "alias" | "annotate" | "add") =>
            {
                rest
            }
            _ => action,
        }
    }

    /// The model whose rows are queried.
    fn rows(&self) -> &'s Model {
        self.relation.and_then(|relation| relation.target).map_or(self.model, |target| self.schema.model(target))
    }

    /// A statement about rows by their key.
    fn keyed(&self, operator: &str) -> Option<Draft<'s>> {
        let mut draft = Draft::over(self.schema, self.model)?;
        draft.compare(column(self.model, self.model.primary_key)?, operator);
        Some(draft)
    }

    fn lazy(&self) -> Option<Footprint> {
        let (relation, target) = (self.relation?, self.rows());
        let mut draft = Draft::over(self.schema, target)?;
        let key = match relation.kind {
            RelationKind::ManyToOne | RelationKind::OneToOne => {
                column(target, relation.to_field.unwrap_or(target.primary_key))?
            }
            RelationKind::ReverseOneToOne => qualified(table(target)?, *relation.key_columns.first()?),
            _ => return None,
        };
        draft.compare(key, "=");
        Some(draft.select(SelectKind::All, Vec::new(), true))
    }

    /// The rows of the model, or of the relation; the flag says that only the join table is asked.
    fn base(&self, asked: &Asked, operator: &str) -> Option<(Draft<'s>, bool)> {
        let Some(relation) = self.relation else { return Some((Draft::over(self.schema, self.model)?, false)) };
        let target = self.rows();
        match relation.kind {
            RelationKind::OneToMany => {
                let mut draft = Draft::over(self.schema, target)?;
                draft.compare(qualified(table(target)?, *relation.key_columns.first()?), operator);
                Some((draft, false))
            }
            RelationKind::ManyToMany => {
                let (join_table, [own, other]) = through(relation)?;
                let counts = asked.is_direct && matches!(self.action(), "count" | "exists");
                if counts && self.django >= COUNTS_LINKS {
                    let mut draft = Draft::of_table(self.schema, join_table)?;
                    draft.compare(own, operator);
                    return Some((draft, true));
                }
                let mut draft = Draft::over(self.schema, target)?;
                draft.join(join_table, column(target, target.primary_key)?, other);
                draft.compare(own, operator);
                Some((draft, false))
            }
            RelationKind::GenericRelation => {
                let [kind, key] = relation.key_columns.as_slice() else { return None };
                let mut draft = Draft::over(self.schema, target)?;
                draft.compare(qualified(table(target)?, *kind), "=");
                draft.compare(qualified(table(target)?, *key), operator);
                Some((draft, false))
            }
            _ => None,
        }
    }

    fn query(&self) -> Option<Footprint> {
        let asked = self.site.asked.as_deref().filter(|asked| !asked.is_open)?;
        let (mut draft, is_links) = self.base(asked, "=")?;
        if !is_links {
            self.compare(&mut draft, asked)?;
        }
        let is_reading = !matches!(self.action(), "count" | "exists" | "contains" | "aggregate");
        if is_reading {
            draft.join_along(self.rows(), &asked.joins, |_| true)?;
        }
        let key = || column(self.rows(), Name::new("pk"));
        match self.action() {
            "get_or_create" | "update_or_create" => Some(draft.select(SelectKind::All, Vec::new(), true)),
            // `get` puts the order off, unless a slice hangs on it.
            "get" if !asked.is_limited => {
                let select = self.selected(&mut draft, asked)?;
                Some(draft.select(select, Vec::new(), true))
            }
            "count" | "aggregate" if asked.is_limited => None,
            "count" => Some(draft.select(SelectKind::Count, Vec::new(), false)),
            "aggregate" => Some(draft.select(asked.select?, Vec::new(), false)),
            "exists" => Some(draft.select(SelectKind::Exists, Vec::new(), true)),
            "contains" => {
                draft.compare(key()?, "=");
                Some(draft.select(SelectKind::Exists, Vec::new(), true))
            }
            "in_bulk" => {
                draft.compare(key()?, "in");
                let order_by = self.order_by(&mut draft, asked)?;
                Some(draft.select(SelectKind::All, order_by, false))
            }
            action => {
                let mut order_by = self.order_by(&mut draft, asked)?;
                if matches!(action, "first" | "last") && order_by.is_empty() {
                    order_by.push(key()?);
                }
                let is_one = matches!(action, "first" | "last" | "earliest" | "latest" | "[]");
                let select = self.selected(&mut draft, asked)?;
                Some(draft.select(select, order_by, asked.is_limited || is_one))
            }
        }
    }

    fn compare(&self, draft: &mut Draft<'s>, asked: &Asked) -> Option<()> {
        for (path, operator) in &asked.predicates {
            let excluded = operator.strip_prefix("not ");
            // Excluding by another table's columns is a subquery.
            let is_simple =
                !path.contains("__") && self.rows().relation(*path).is_none_or(|found| found.kind.holds_key());
            if excluded.is_some() && !is_simple {
                return None;
            }
            let column = draft.walk(self.rows(), *path)?;
            draft.compare(column, excluded.unwrap_or(operator));
            let compares = excluded.is_some_and(|operator| !operator.starts_with("is "));
            if compares && self.is_nullable(*path) {
                draft.compare(column, "is not null");
            }
        }
        Some(())
    }

    fn is_nullable(&self, name: Name) -> bool {
        let rows = self.rows();
        let column = rows.column(name).is_some_and(|column| column.nullable);
        column || rows.relation(name).is_some_and(|relation| relation.nullable)
    }

    /// The columns of the ordering that is asked for, else of the model's own.
    fn order_by(&self, draft: &mut Draft<'s>, asked: &Asked) -> Option<Vec<Name>> {
        let rows = self.rows();
        let paths = match &asked.order_by {
            Some(paths) => paths,
            None if rows.is_ordered && rows.ordering.is_empty() => return None,
            None => &rows.ordering,
        };
        let mut columns = Vec::new();
        for path in paths.iter().filter(|path| **path != "?") {
            // Ordering by a row follows that model's own ordering.
            let related = rows.relation(*path).and_then(|relation| relation.target);
            if related.is_some_and(|target| self.schema.model(target).is_ordered) {
                return None;
            }
            columns.push(draft.walk(rows, *path)?);
        }
        Some(columns)
    }

    fn selected(&self, draft: &mut Draft<'s>, asked: &Asked) -> Option<SelectKind> {
        let Some(paths) = &asked.columns else { return Some(SelectKind::All) };
        let mut columns = Vec::new();
        for path in paths {
            columns.push(draft.walk(self.rows(), *path)?);
        }
        Some(match columns.as_slice() {
            [one] if one.ends_with(".id") => SelectKind::Key,
            [_] => SelectKind::Column,
            _ => SelectKind::All,
        })
    }

    /// `update()`, `delete()` of a queryset.
    fn change(&self, verb: &'static str) -> Option<Footprint> {
        let asked = self.site.asked.as_deref().filter(|asked| !asked.is_open && !asked.is_limited)?;
        let rows = self.rows();
        // Rows that others point at are fetched first, and deleted by their keys.
        let is_collected = verb == "delete" && rows.relations.iter().any(|relation| !relation.kind.holds_key());
        if is_collected {
            let mut draft = Draft::over(self.schema, rows)?;
            draft.compare(column(rows, rows.primary_key)?, "in");
            return Some(draft.write(verb));
        }
        let (mut draft, _) = self.base(asked, "=")?;
        self.compare(&mut draft, asked)?;
        (!draft.has_joins()).then(|| draft.write(verb))
    }

    /// `add`, `remove`, `set`, `clear`: links of a many-to-many, keys of the rows of a reverse set.
    fn links(&self) -> Option<Footprint> {
        let (relation, target) = (self.relation?, self.rows());
        let action = self.site.action.as_str();
        let action = if matches!(action, "aadd" | "aremove" | "aset" | "aclear") { &action[1..] } else { action };
        if relation.kind == RelationKind::OneToMany {
            let mut draft = Draft::over(self.schema, target)?;
            let key = qualified(table(target)?, *relation.key_columns.first()?);
            if action == "set" {
                draft.compare(key, "=");
                return Some(draft.select(
                    SelectKind::All,
                    self.order_by(&mut Draft::over(self.schema, target)?, &Asked::default())?,
                    false,
                ));
            }
            if action != "add" {
                draft.compare(key, "=");
            }
            if action != "clear" {
                draft.compare(column(target, target.primary_key)?, "in");
            }
            return Some(draft.write("update"));
        }
        let (join_table, [own, other]) = through(relation)?;
        let mut draft = Draft::of_table(self.schema, join_table)?;
        match action {
            "add" => Some(draft.write("insert")),
            "set" => {
                let mut draft = Draft::over(self.schema, target)?;
                draft.join(join_table, column(target, target.primary_key)?, other);
                draft.compare(own, "=");
                let order_by = self.order_by(&mut draft, &Asked::default())?;
                Some(draft.select(SelectKind::Key, order_by, false))
            }
            _ => {
                draft.compare(own, "=");
                if action == "remove" {
                    draft.compare(other, "in");
                }
                Some(draft.write("delete"))
            }
        }
    }

    /// The statement of a prefetch: all rows of the relation for a list of keys.
    fn prefetch(&self) -> Option<Footprint> {
        let relation = self.relation?;
        if !relation.kind.is_single() {
            let (mut draft, _) = self.base(&Asked::default(), "in")?;
            let order_by = self.order_by(&mut draft, &Asked::default())?;
            return Some(draft.select(SelectKind::All, order_by, false));
        }
        let target = self.rows();
        let key = match relation.kind {
            RelationKind::ReverseOneToOne => qualified(table(target)?, *relation.key_columns.first()?),
            RelationKind::GenericForeignKey => return None,
            _ => column(target, relation.to_field.unwrap_or(target.primary_key))?,
        };
        let mut draft = Draft::over(self.schema, target)?;
        draft.compare(key, "in");
        let order_by = self.order_by(&mut draft, &Asked::default())?;
        Some(draft.select(SelectKind::All, order_by, false))
    }
}
