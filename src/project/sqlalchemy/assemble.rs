//! What every model has in the end: own and inherited columns and relations, and the other sides that `backref` makes.

use super::super::schema::{Column, Model, ModelId, Orm, Relation, RelationKind};
use super::discover::Entity;
use super::draft::{Draft, lazy};
use super::join::{Join, World};
use super::mapping::Key;
use super::settings::options;
use super::unread::is_stand_in;
use crate::syntax::Name;

/// The models of all entities, in their order.
pub(super) fn assemble(world: &World) -> Vec<Model> {
    let mut own: Vec<Vec<Relation>> = world.mappings.iter().map(|_| Vec::new()).collect();
    let mut others: Vec<(ModelId, Relation)> = Vec::new();
    for (position, mapping) in world.mappings.iter().enumerate() {
        let is_abstract = world.entities.all[position].is_abstract;
        for draft in &mapping.drafts {
            let target = world.target(draft);
            let join = world.join(draft, target);
            let relation = relation(world, draft, target, &join);
            if let Some(target) = target.filter(|_| !is_abstract) {
                others.extend(backref(world, draft, target, &join).map(|other| (target, other)));
            }
            own[position].push(relation);
        }
    }
    for (target, other) in others {
        let relations = &mut own[world.entities.position(target)];
        if !relations.iter().any(|relation| relation.name == other.name) {
            relations.push(other);
        }
    }
    world.entities.all.iter().map(|entity| model(world, entity, &own)).collect()
}

fn relation(world: &World, draft: &Draft, target: Option<ModelId>, join: &Join) -> Relation {
    let mut relation = blank(draft, draft.name, draft.owner, target, join);
    relation.reverse = draft.reverse();
    relation.lazy = draft.lazy();
    relation.options = draft.options();
    add_key(world, &mut relation, &join.keys);
    relation
}

fn blank(draft: &Draft, name: Name, owner: ModelId, target: Option<ModelId>, join: &Join) -> Relation {
    Relation {
        name,
        query_name: name,
        owner,
        target,
        kind: join.kind,
        nullable: join.kind.is_single(),
        key_attribute: None,
        key_columns: join.keys.iter().map(|key| key.local).collect(),
        to_field: None,
        reverse: None,
        through: join.through,
        join_table: join.table.filter(|table| !is_stand_in(*table)),
        lazy: Name::new("select"),
        options: Vec::new(),
        declared: draft.declared,
    }
}

/// The attribute that holds the key of a forward relation, and what it points at.
fn add_key(world: &World, relation: &mut Relation, keys: &[Key]) {
    if !relation.kind.holds_key() {
        return;
    }
    let Some(key) = keys.first() else { return };
    let held = world.column(relation.owner, |column| column.column == key.local);
    relation.key_attribute = Some(held.map_or(key.local, |column| column.name));
    relation.nullable = held.is_none_or(|column| column.nullable);
    let pointed = relation.target.and_then(|target| world.column(target, |column| column.column == key.column));
    relation.to_field = pointed.filter(|column| !column.primary_key).map(|column| column.name);
}

/// `backref="books"`: the accessor on the target.
fn backref(world: &World, draft: &Draft, target: ModelId, join: &Join) -> Option<Relation> {
    let (name, arguments) = draft.backref()?;
    let is_scalar = arguments.is_false("uselist");
    let kind = match join.kind {
        // One row that an association leads to: the other side is a list unless it says so too.
        _ if join.is_through && is_scalar => RelationKind::ReverseOneToOne,
        _ if join.is_through => RelationKind::ManyToMany,
        RelationKind::ManyToOne | RelationKind::OneToOne if is_scalar => RelationKind::ReverseOneToOne,
        RelationKind::ManyToOne | RelationKind::OneToOne => RelationKind::OneToMany,
        _ => RelationKind::ManyToOne,
    };
    let mut relation = blank(draft, name, target, Some(draft.owner), join);
    relation.kind = kind;
    relation.nullable = kind.is_single();
    if join.is_through {
        relation.key_columns.reverse();
    }
    relation.reverse = Some(draft.name);
    relation.lazy = arguments.keyword("lazy").and_then(|value| lazy(draft.scope, value)).unwrap_or(relation.lazy);
    let names =
        ["cascade", "passive_deletes", "order_by", "viewonly", "join_depth", "collection_class", "single_parent"];
    relation.options = options(arguments, &names);
    let inherited = ["primaryjoin", "viewonly"];
    let written = draft.options().into_iter().filter(|(name, _)| inherited.contains(&name.as_str()));
    relation.options.extend(written);
    add_key(world, &mut relation, &join.keys);
    Some(relation)
}

fn model(world: &World, entity: &Entity, own: &[Vec<Relation>]) -> Model {
    let mapping = world.mapping(entity.id);
    let lineage = world.entities.lineage(entity.id);
    let mut columns = columns(world, &lineage);
    let mut relations = relations(world, &lineage, own);
    add_synonyms(&mut columns, &mut relations);
    let proxies = lineage.iter().flat_map(|id| world.mapping(*id).proxies.iter().copied());
    let primary_key = columns.iter().find(|column| column.primary_key);
    let rows = lineage.iter().find(|id| !world.mapping(**id).is_single).copied().unwrap_or(entity.id);
    Model {
        id: entity.id,
        class: entity.class,
        orm: Orm::SqlAlchemy,
        label: entity.label,
        table: world.mapping(rows).table.filter(|table| !is_stand_in(*table)),
        is_abstract: entity.is_abstract,
        is_proxy: mapping.is_single,
        parents: parents(world, rows),
        primary_key: primary_key.map_or_else(|| Name::new("id"), |column| column.name),
        columns,
        relations,
        is_ordered: false,
        ordering: Vec::new(),
        managers: Vec::new(),
        base_manager: None,
        indexes: lineage.iter().flat_map(|id| world.mapping(*id).indexes.iter().cloned()).collect(),
        proxies: proxies.collect(),
        options: mapping.options.clone(),
        has_unknown_base: entity.has_unknown_base,
    }
}

/// The nearest parent whose table is joined, with the attribute that links to it; none for a concrete child.
fn parents(world: &World, rows: ModelId) -> Vec<(ModelId, Name)> {
    let is_concrete = world.mapping(rows).options.iter().any(|(name, value)| *name == "concrete" && *value == "True");
    let parent = world.entities.get(rows).parent.filter(|_| !is_concrete);
    let link = world.mapping(rows).columns.iter().find(|column| column.primary_key);
    let link = link.map_or_else(|| Name::new("id"), |column| column.name);
    parent.into_iter().map(|parent| (parent, link)).collect()
}

/// Columns of the parents first; the nearest class wins.
fn columns(world: &World, lineage: &[ModelId]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for id in lineage.iter().rev() {
        for column in &world.mapping(*id).columns {
            columns.retain(|known| known.name != column.name);
            columns.push(column.clone());
        }
    }
    columns
}

fn relations(world: &World, lineage: &[ModelId], own: &[Vec<Relation>]) -> Vec<Relation> {
    let mut relations: Vec<Relation> = Vec::new();
    for id in lineage {
        for relation in &own[world.entities.position(*id)] {
            if !relations.iter().any(|known| known.name == relation.name) {
                relations.push(relation.clone());
            }
        }
    }
    relations
}

/// A synonym of a relationship is read like the relationship.
fn add_synonyms(columns: &mut Vec<Column>, relations: &mut Vec<Relation>) {
    let target = |column: &Column| {
        let written = column.options.iter().find(|(name, _)| *name == "target").map(|(_, target)| *target);
        written.filter(|_| column.kind == "synonym")
    };
    columns.retain(|column| {
        let meant =
            target(column).and_then(|target| relations.iter().find(|relation| relation.name == target).cloned());
        let Some(meant) = meant else { return true };
        let mut options = meant.options.clone();
        options.push((Name::new("synonym"), meant.name));
        let relation =
            Relation { name: column.name, query_name: column.name, options, declared: column.declared, ..meant };
        relations.push(relation);
        false
    });
}
