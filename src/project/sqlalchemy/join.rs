//! The direction of a relationship: which foreign keys tie the two sides, as SQLAlchemy's `JoinCondition` decides it.

use rustc_hash::FxHashMap;

use super::super::program::{ClassRef, ModuleId, Program};
use super::super::schema::{Column, ModelId, RelationKind};
use super::discover::Entities;
use super::draft::Draft;
use super::imperative::mapped_class;
use super::mapping::{Key, Mapping, table_of, table_reference};
use super::reference::{Reference, references};
use super::scope::{Meaning, Scope, path, path_of_text};
use super::table::Tables;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind};

/// All that is known when relations are joined.
pub(super) struct World<'a> {
    /// The program.
    pub program: &'a Program,
    /// The mapped classes.
    pub entities: &'a Entities,
    /// The tables.
    pub tables: &'a Tables,
    /// What each entity brings.
    pub mappings: &'a [Mapping<'a>],
    by_name: FxHashMap<Name, Vec<ModelId>>,
}

/// How the two sides of a relationship are tied.
#[derive(Debug)]
pub(super) struct Join {
    /// The direction.
    pub kind: RelationKind,
    /// The foreign keys, in the table that has them.
    pub keys: Vec<Key>,
    /// The join table of a many-to-many.
    pub table: Option<Name>,
    /// The model mapped to the join table.
    pub through: Option<ModelId>,
    /// It goes by way of another table (`secondary=`).
    pub is_through: bool,
}

/// A column that a condition names.
struct Named {
    model: Option<ModelId>,
    table: Option<Name>,
    column: Name,
    is_foreign: bool,
    is_remote: bool,
}

impl<'a> World<'a> {
    /// Indexes the entities by class name.
    pub fn of(
        program: &'a Program,
        entities: &'a Entities,
        tables: &'a Tables,
        mappings: &'a [Mapping<'a>],
    ) -> World<'a> {
        let mut by_name: FxHashMap<Name, Vec<ModelId>> = FxHashMap::default();
        for entity in &entities.all {
            by_name.entry(program.class(entity.class).class.name).or_default().push(entity.id);
        }
        World { program, entities, tables, mappings, by_name }
    }

    /// What an entity itself brings.
    pub fn mapping(&self, id: ModelId) -> &'a Mapping<'a> {
        &self.mappings[self.entities.position(id)]
    }

    /// The model that a relationship leads to.
    pub fn target(&self, draft: &Draft) -> Option<ModelId> {
        if let Some(argument) = draft.argument() {
            return self.model(draft.scope, argument);
        }
        self.model_of_path(draft.scope, &path_of_text(&draft.shape.element?)?, true)
    }

    fn model(&self, scope: Scope, argument: &Expr) -> Option<ModelId> {
        if let ExprKind::Call { .. } = &argument.kind {
            return mapped_class(scope, argument).and_then(|class| Some(self.entities.of_class(class)?.id));
        }
        let is_text = matches!(argument.kind, ExprKind::Constant(_));
        self.model_of_path(scope, &path(argument)?, is_text)
    }

    /// A text is looked up among the mapped classes, a name among what the module binds.
    fn model_of_path(&self, scope: Scope, path: &[Name], is_text: bool) -> Option<ModelId> {
        let bound = match scope.meaning_of(path) {
            Some(Meaning::Class(class)) => self.entities.of_class(class).map(|entity| entity.id),
            Some(Meaning::Value(value, home)) => self.model_of_value(home, value),
            _ => None,
        };
        let candidates = path.last().and_then(|name| self.by_name.get(name)).map_or(&[][..], |ids| ids);
        let qualified: Vec<ModelId> = candidates.iter().copied().filter(|id| self.is_spelled(*id, path)).collect();
        match bound {
            Some(bound) if !is_text || qualified.contains(&bound) || qualified.is_empty() => Some(bound),
            _ => self.nearest(scope.module, &qualified),
        }
    }

    /// `line_mapper = mapper(OrderLine, lines)`, `Target = "Book"`
    fn model_of_value(&self, scope: Scope, value: &Expr) -> Option<ModelId> {
        match &value.kind {
            ExprKind::Call { .. } => self.entities.of_class(mapped_class(scope, value)?).map(|entity| entity.id),
            ExprKind::Constant(_) => self.nearest(scope.module, self.by_name.get(&scope.text(value)?)?),
            _ => None,
        }
    }

    fn is_spelled(&self, id: ModelId, path: &[Name]) -> bool {
        let parts: Vec<&str> = path.iter().map(|part| part.as_str()).collect();
        let full = self.program.class_path(ClassRef::Known(self.entities.get(id).class));
        path.len() == 1 || full == parts.join(".").as_str() || full.ends_with(&format!(".{}", parts.join(".")))
    }

    /// Of classes of one name: mapped before abstract, then the one whose module shares most with the asking one.
    fn nearest(&self, module: ModuleId, candidates: &[ModelId]) -> Option<ModelId> {
        let here = self.program.module(module);
        let closeness = |id: &ModelId| {
            let entity = self.entities.get(*id);
            let there = self.program.module(self.program.class(entity.class).module);
            let shared = here.name.split('.').zip(there.name.split('.')).take_while(|(a, b)| a == b).count();
            (!entity.is_abstract, here.id == there.id, here.import_root == there.import_root, shared)
        };
        candidates.iter().copied().max_by_key(|id| (closeness(id), std::cmp::Reverse(*id)))
    }

    /// The column of a model, own or inherited.
    pub fn column(&self, model: ModelId, is_it: impl Fn(&Column) -> bool) -> Option<&'a Column> {
        let lineage = self.entities.lineage(model).into_iter();
        lineage.map(|id| self.mapping(id)).find_map(|mapping| mapping.columns.iter().find(|column| is_it(column)))
    }

    /// The tables of a model, its own first.
    fn tables_of(&self, model: ModelId) -> Vec<Name> {
        self.entities.lineage(model).into_iter().filter_map(|id| self.mapping(id).table).collect()
    }

    fn keys_of(&self, model: ModelId) -> Vec<Key> {
        let lineage = self.entities.lineage(model).into_iter();
        lineage.flat_map(|id| self.mapping(id).keys.iter().cloned()).collect()
    }

    /// Joins a relationship to its target.
    pub fn join(&self, draft: &Draft, target: Option<ModelId>) -> Join {
        if let Some(secondary) = draft.secondary() {
            return self.join_through(draft, target, secondary);
        }
        let direct = |kind, keys| Join { kind, keys, table: None, through: None, is_through: false };
        let foreign = self.named(draft, "foreign_keys");
        let condition = self.named(draft, "primaryjoin");
        let Some(target) = target else {
            let own = marked(&foreign, &condition).filter(|named| self.is_of(named, draft.owner));
            let Some(own) = own else { return direct(guess(draft), Vec::new()) };
            let mut keys = self.keys_of(draft.owner);
            keys.retain(|key| self.is_local(own, draft.owner, key));
            return direct(RelationKind::ManyToOne, keys);
        };
        let (forward, backward) = self.candidates(draft.owner, target, &foreign, &condition);
        if self.is_self_referential(draft.owner, target) {
            let keys = if forward.is_empty() { backward } else { forward };
            let kind = self.direction_to_self(draft, &keys, &foreign, &condition);
            return direct(kind.unwrap_or_else(|| guess(draft)), keys);
        }
        match (forward.is_empty(), backward.is_empty()) {
            (false, _) => direct(RelationKind::ManyToOne, forward),
            (true, false) => direct(many_or_one(draft), backward),
            (true, true) => self.join_without_key(draft, target, &foreign, &condition),
        }
    }

    /// The foreign keys from the owner to the target, and the other way round, as far as the condition allows.
    fn candidates(
        &self,
        owner: ModelId,
        target: ModelId,
        foreign: &[Named],
        condition: &[Named],
    ) -> (Vec<Key>, Vec<Key>) {
        let chosen = |from: ModelId, to: ModelId| {
            let tables = self.tables_of(to);
            let mut keys = self.keys_of(from);
            keys.retain(|key| tables.iter().any(|table| is_same_table(*table, key.target)));
            keys.retain(|key| foreign.is_empty() || foreign.iter().any(|named| self.is_local(named, from, key)));
            let marked: Vec<&Named> = condition.iter().filter(|named| named.is_foreign).collect();
            keys.retain(|key| marked.is_empty() || marked.iter().any(|named| self.is_local(named, from, key)));
            keys.retain(|key| condition.is_empty() || condition.iter().any(|named| self.is_local(named, from, key)));
            self.without_inheritance(from, keys)
        };
        (chosen(owner, target), chosen(target, owner))
    }

    /// The key that ties a joined-table child to its parent is not what a relationship means, if there is another.
    fn without_inheritance(&self, model: ModelId, keys: Vec<Key>) -> Vec<Key> {
        let is_link = |key: &Key| {
            self.entities.get(model).parent.is_some()
                && self.column(model, |column| column.column == key.local).is_some_and(|column| column.primary_key)
        };
        let others: Vec<Key> = keys.iter().filter(|key| !is_link(key)).cloned().collect();
        if others.is_empty() { keys } else { others }
    }

    fn is_local(&self, named: &Named, owner: ModelId, key: &Key) -> bool {
        let is_here = match (named.model, named.table) {
            (Some(model), _) => {
                self.entities.lineage(owner).contains(&model) || self.entities.lineage(model).contains(&owner)
            }
            (None, Some(table)) => key.table.is_some_and(|own| is_same_table(own, table)),
            (None, None) => true,
        };
        is_here && named.column == key.local
    }

    fn is_self_referential(&self, owner: ModelId, target: ModelId) -> bool {
        let (own, other) = (self.entities.lineage(owner), self.entities.lineage(target));
        let same_rows = self.table_of(owner).is_some() && self.table_of(owner) == self.table_of(target);
        owner == target || (same_rows && own.last() == other.last())
    }

    fn table_of(&self, model: ModelId) -> Option<Name> {
        table_of(self.entities, self.mappings, model)
    }

    /// `remote_side=[id]` says that the other row has the key's target: many-to-one.
    fn direction_to_self(
        &self,
        draft: &Draft,
        keys: &[Key],
        foreign: &[Named],
        condition: &[Named],
    ) -> Option<RelationKind> {
        let remote = self.named(draft, "remote_side");
        let marked = remote.iter().chain(condition.iter().filter(|named| named.is_remote));
        let remote: Vec<Name> = marked.map(|named| named.column).collect();
        let locals: Vec<Name> = match keys {
            [] => foreign
                .iter()
                .chain(condition.iter().filter(|named| named.is_foreign))
                .map(|named| named.column)
                .collect(),
            _ => keys.iter().map(|key| key.local).collect(),
        };
        if keys.is_empty() && locals.is_empty() {
            return None;
        }
        let is_many_to_one = !remote.is_empty() && !remote.iter().any(|column| locals.contains(column));
        Some(if is_many_to_one { RelationKind::ManyToOne } else { many_or_one(draft) })
    }

    /// A condition without a foreign key in the tables: `foreign_keys=` or `foreign()` says which side has it.
    fn join_without_key(&self, draft: &Draft, target: ModelId, foreign: &[Named], condition: &[Named]) -> Join {
        if let Some(key) = self.key_by_name(draft, target).filter(|_| foreign.is_empty() && condition.is_empty()) {
            let keys = vec![key];
            return Join { kind: RelationKind::ManyToOne, keys, table: None, through: None, is_through: false };
        }
        let Some(named) = marked(foreign, condition) else {
            return Join { kind: guess(draft), keys: Vec::new(), table: None, through: None, is_through: false };
        };
        let is_own = self.is_of(named, draft.owner);
        let (holder, other) = if is_own { (draft.owner, target) } else { (target, draft.owner) };
        let remote = condition.iter().find(|other| !std::ptr::eq(*other, named) && other.model != named.model);
        let key = self.table_of(other).map(|table| Key {
            table: self.table_of(holder),
            local: named.column,
            target: table,
            column: remote.map_or_else(|| self.primary_key(other), |named| named.column),
        });
        let kind = if is_own { RelationKind::ManyToOne } else { many_or_one(draft) };
        Join { kind, keys: key.into_iter().collect(), table: None, through: None, is_through: false }
    }

    /// The column that is named like the key of a relation, where no foreign key could be read: `author_id` beside `author`.
    fn key_by_name(&self, draft: &Draft, target: ModelId) -> Option<Key> {
        let name = Name::new(&format!("{}_id", draft.name));
        let held = self.column(draft.owner, |column| column.name == name)?;
        let table = self.table_of(target).filter(|_| draft.uselist() != Some(true))?;
        Some(Key {
            table: self.table_of(draft.owner),
            local: held.column,
            target: table,
            column: self.primary_key(target),
        })
    }

    /// Whether a named column is one of the model's own.
    fn is_of(&self, named: &Named, owner: ModelId) -> bool {
        match named.model {
            Some(model) => self.entities.lineage(owner).contains(&model),
            None => named.table.is_some() && named.table == self.table_of(owner),
        }
    }

    fn primary_key(&self, model: ModelId) -> Name {
        self.column(model, |column| column.primary_key).map_or_else(|| Name::new("id"), |column| column.column)
    }

    fn join_through(&self, draft: &Draft, target: Option<ModelId>, secondary: &Expr) -> Join {
        let table = self.secondary_table(draft.scope, secondary);
        let is_mapped = |id: &ModelId| self.mapping(*id).table.is_some_and(|own| Some(own) == table);
        let through = self.entities.all.iter().map(|entity| entity.id).find(is_mapped);
        let keys = table.map_or_else(Vec::new, |table| self.join_keys(table, through));
        let to = |model: ModelId, keys: &[Key]| -> Vec<Key> {
            let tables = self.tables_of(model);
            keys.iter().filter(|key| tables.iter().any(|table| is_same_table(*table, key.target))).cloned().collect()
        };
        let own = to(draft.owner, &keys);
        let other = target.map_or_else(Vec::new, |target| to(target, &keys));
        let keys = if target == Some(draft.owner) { self.self_join(draft, own) } else { [own, other].concat() };
        let kind =
            if draft.uselist() == Some(false) { RelationKind::ReverseOneToOne } else { RelationKind::ManyToMany };
        Join { kind, keys, table, through, is_through: true }
    }

    /// Of two keys to the same table, `primaryjoin` names the one of this side.
    fn self_join(&self, draft: &Draft, mut keys: Vec<Key>) -> Vec<Key> {
        let own = self.named(draft, "primaryjoin");
        keys.sort_by_key(|key| !own.iter().any(|named| named.column == key.local));
        keys
    }

    fn join_keys(&self, table: Name, through: Option<ModelId>) -> Vec<Key> {
        if let Some(through) = through {
            return self.mapping(through).keys.clone();
        }
        let Some(written) = self.tables.get(table) else { return Vec::new() };
        let columns = written.columns.iter();
        let columns = columns.flat_map(|spec| spec.keys.iter().map(|target| (spec.column.column, target.clone())));
        let all = columns.chain(written.keys.iter().cloned());
        all.filter_map(|(local, target)| {
            let (target, column) = self.key_target(target)?;
            Some(Key { table: Some(table), local, target, column })
        })
        .collect()
    }

    fn key_target(&self, target: super::column::KeyTarget) -> Option<(Name, Name)> {
        match target {
            super::column::KeyTarget::Column(table, column) => Some((table, column)),
            super::column::KeyTarget::Attribute(class, attribute) => {
                let model = self.entities.of_class(class)?.id;
                let column = self.column(model, |column| column.name == attribute);
                Some((self.table_of(model)?, column.map_or(attribute, |column| column.column)))
            }
        }
    }

    /// A table by variable, by name, by `Class.__table__`, or by class.
    fn secondary_table(&self, scope: Scope, secondary: &Expr) -> Option<Name> {
        if let Some(name) = table_reference(scope, secondary) {
            return Some(name);
        }
        let mut parts = path(secondary)?;
        let spelled: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
        let spelled = Name::new(&spelled.join("."));
        if matches!(secondary.kind, ExprKind::Constant(_)) && !parts.contains(&Name::new("__table__")) {
            return Some(spelled);
        }
        if parts.last().is_some_and(|last| *last == "__table__" || *last == "__tablename__") {
            parts.pop();
        }
        self.table_of(self.model_of_path(scope, &parts, true)?)
    }

    /// The columns that an argument of the relationship names.
    fn named(&self, draft: &Draft, argument: &str) -> Vec<Named> {
        let Some(value) = draft.keyword(argument) else { return Vec::new() };
        let found = references(draft.scope.source(value));
        found.iter().filter_map(|reference| self.named_column(draft, reference)).collect()
    }

    fn named_column(&self, draft: &Draft, reference: &Reference) -> Option<Named> {
        let (name, holder) = reference.path.split_last()?;
        let (model, table) = match holder {
            [] => (Some(draft.owner), None),
            [own] if *own == "cls" || *own == "self" => (Some(draft.owner), None),
            [table @ .., accessor] if *accessor == "c" || *accessor == "columns" => self.holder(draft, table)?,
            [table @ .., accessor] if *accessor == "__table__" => self.holder(draft, table)?,
            _ => (Some(self.model_of_path(draft.scope, holder, true)?), None),
        };
        let written = model.and_then(|model| self.column(model, |column| column.name == *name));
        let column = written.map_or(*name, |column| column.column);
        Some(Named { model, table, column, is_foreign: reference.is_foreign, is_remote: reference.is_remote })
    }

    fn holder(&self, draft: &Draft, table: &[Name]) -> Option<(Option<ModelId>, Option<Name>)> {
        let table = table.strip_suffix(&[Name::new("__table__")]).unwrap_or(table);
        if let Some(Meaning::Value(value, home)) = draft.scope.meaning_of(table)
            && let Some((name, _)) = super::table::table_call(home, value)
        {
            return Some((None, Some(name)));
        }
        match self.model_of_path(draft.scope, table, true) {
            Some(model) => Some((Some(model), None)),
            None => Some((None, Some(*table.last()?))),
        }
    }
}

/// The first column that `foreign_keys=` or `foreign()` says to be a foreign key.
fn marked<'n>(foreign: &'n [Named], condition: &'n [Named]) -> Option<&'n Named> {
    foreign.iter().chain(condition.iter().filter(|named| named.is_foreign)).next()
}

/// One-to-many, or the far side of a one-to-one.
fn many_or_one(draft: &Draft) -> RelationKind {
    if draft.uselist() == Some(false) { RelationKind::ReverseOneToOne } else { RelationKind::OneToMany }
}

/// The direction where no key is known: what the annotation says, else many.
fn guess(draft: &Draft) -> RelationKind {
    match draft.shape.element {
        Some(_) if draft.uselist() == Some(false) => RelationKind::ManyToOne,
        _ => many_or_one(draft),
    }
}

/// Tables of one name; a schema that only one side writes is the default one.
fn is_same_table(one: Name, other: Name) -> bool {
    let bare = |name: Name| name.as_str().rsplit('.').next().unwrap_or_default();
    one == other || ((!one.contains('.') || !other.contains('.')) && bare(one) == bare(other))
}
