//! Rows: attributes, assignment, construction, `save` and `delete`.

use super::options;
use super::relation::{self, read_single};
use super::table::{RowAction, row_action};
use crate::domain::{
    Arguments, Asked, Certainty, Effect, EffectKind, Facts, LoadPlan, Loaded, Machine, ManagerValue, Object, ObjectId,
    Place, Row, Scalar, StatementShape, Value, Verb, Why,
};
use crate::project::{ClassRef, Column, Model, ModelId, Orm, Relation, RelationKind};
use crate::syntax::Name;
use std::rc::Rc;

const ROW: u32 = 31;
const ASSUMED: u32 = 32;

/// What Django keeps of a row's own state.
const STATE: &str = "_state";

/// Where Django keeps the options of a model.
pub(super) const META: &str = "_meta";

/// Where Django keeps the rows of prefetched sets. Source: `django.db.models.query.prefetch_one_level`.
const PREFETCHED: &str = "_prefetched_objects_cache";

/// Reads an attribute of a row.
pub fn row_attribute(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) -> Value {
    let Some(row) = relation::row(machine, id) else { return Value::unknown(Why::Attribute(name)) };
    if let Some(value) = row.attributes.get(&name) {
        return value.clone();
    }
    if let Some(found) = relation::relation_of(machine, id, name) {
        if found.kind.is_single() {
            return read_single(machine, id, &found, place);
        }
        return super::manager::related_manager(machine, id, &found);
    }
    if name == "pk" || name == machine.program().schema.model(row.model).primary_key {
        return key_value(machine, id, &row, name, place);
    }
    if let Some(rows) = relation::to_attribute(machine, id, name) {
        return rows;
    }
    let model = machine.program().schema.model(row.model);
    if model.column(name).is_some() || model.relations.iter().any(|relation| relation.key_attribute == Some(name)) {
        let class = model.class;
        relation::read_column(machine, id, &row, name, place);
        if row.is_saved && !row.columns.contains_key(&name) && machine.is_filled_by_save(class, name) {
            return Value::Scalar(Scalar::Filled);
        }
        if let Some(truth) = row.truths.get(&name) {
            return Value::Scalar(Scalar::Bool(*truth));
        }
        if let Some(value) = row.facts.value(name) {
            return value.clone();
        }
        if let Some(key) = known_key(machine, &row, name) {
            return key;
        }
        let is_read = row.is_saved && row.origin.is_some();
        if is_file(machine, row.model, name) {
            return Value::Method(Rc::new((Value::Object(id), name)));
        }
        return match super::elements::column_value(machine, row.model, name) {
            Value::ANY if is_read && holds_no_null(machine, row.model, name) => Value::Scalar(Scalar::Present),
            Value::Scalar(Scalar::Key) => key_of(machine, id, row.model, name),
            value => value,
        };
    }
    let class = model.class;
    if let Some(value) = machine.project_attribute(&Value::Object(id), name, place) {
        return value;
    }
    match name.as_str() {
        "__class__" => Value::Class(ClassRef::Known(class)),
        "__dict__" => relation::own_values(machine, id).unwrap_or(Value::ANY),
        PREFETCHED => relation::prefetch_cache(machine, id).unwrap_or(Value::unknown(Why::Attribute(name))),
        _ if name == STATE || name == META || row_action(&name).is_some() => {
            Value::Method(Rc::new((Value::Object(id), name)))
        }
        _ if row.is_saved && row.origin.is_some() && machine.is_taken_from_keywords(class, name) => Value::None,
        _ => Value::unknown(Why::Attribute(name)),
    }
}

/// A key whose row is at hand, or is known not to be there.
fn known_key(machine: &dyn Machine, row: &Row, name: Name) -> Option<Value> {
    let model = machine.program().schema.model(row.model);
    let relation = model.relations.iter().find(|relation| relation.key_attribute == Some(name))?;
    let loaded = row.loaded.get(&relation.name).filter(|loaded| loaded.is_sure);
    match loaded.map(|loaded| &loaded.value) {
        Some(Value::None) => Some(Value::None),
        Some(Value::Object(_)) => Some(Value::Scalar(Scalar::Key)),
        _ => row.plan.present.contains(&relation.name).then_some(Value::Scalar(Scalar::Key)),
    }
}

/// The key by which a row refers to the row of a relation.
fn key_of(machine: &dyn Machine, id: ObjectId, model: ModelId, name: Name) -> Value {
    let relations = &machine.program().schema.model(model).relations;
    let relation = relations.iter().find(|relation| relation.goes_by(name)).map(|relation| relation.name);
    Value::Scalar(Scalar::KeyOf(id, relation))
}

fn holds_no_null(machine: &dyn Machine, model: ModelId, name: Name) -> bool {
    machine.program().schema.model(model).column(name).is_some_and(|column| !column.nullable)
}

/// A key that the database counts up is `None` until the row is stored.
fn key_value(machine: &mut dyn Machine, id: ObjectId, row: &Row, name: Name, place: Place) -> Value {
    let model = machine.program().schema.model(row.model);
    let is_given = row.columns.contains_key(&name) || row.columns.contains_key(&model.primary_key);
    if !row.is_saved && !is_given && !row.loaded.contains_key(&model.primary_key) {
        return if counts_keys(model) { Value::None } else { Value::ANY };
    }
    relation::read_column(machine, id, row, name, place);
    Value::Scalar(Scalar::KeyOf(id, None))
}

/// `row._state.adding`: whether the row was not stored yet. `row._state.fields_cache`: what it holds. `Model._meta.ordering`: what `Meta` says.
pub fn state_attribute(
    machine: &mut dyn Machine,
    owner: &Value,
    state: Name,
    name: Name,
    place: Place,
) -> Option<Value> {
    match (owner, state.as_str()) {
        (Value::Object(id), STATE) => {
            let row = relation::row(machine, *id)?;
            match name.as_str() {
                "adding" => Some(Value::Scalar(Scalar::Bool(!row.is_saved))),
                "fields_cache" => relation::fields_cache(machine, *id),
                _ => None,
            }
        }
        (Value::Object(id), META) => {
            let model = relation::row(machine, *id)?.model;
            let class = machine.program().schema.model(model).class;
            Some(options::option(machine, class, name, place))
        }
        (Value::Class(ClassRef::Known(class)), META) => Some(options::option(machine, *class, name, place)),
        (Value::Class(ClassRef::Known(class)), _) => options::field_attribute(machine, *class, state, name),
        (Value::Object(id), _) if is_file(machine, relation::row(machine, *id)?.model, state) => match name.as_str() {
            "save" | "delete" => {
                let file = Value::Method(Rc::new((owner.clone(), state)));
                Some(Value::Method(Rc::new((file, name))))
            }
            _ => Some(Value::ANY),
        },
        _ => None,
    }
}

fn is_file(machine: &dyn Machine, model: ModelId, name: Name) -> bool {
    let column = machine.program().schema.model(model).column(name);
    column.is_some_and(|column| column.kind == "FileField" || column.kind == "ImageField")
}

/// `row.photo.save(name, content)`, `row.photo.delete()`: the row is stored too, unless `save=False`. Source:
/// `django.db.models.fields.files.FieldFile`.
pub fn file_method(
    machine: &mut dyn Machine,
    file: &Value,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    let Value::Method(parts) = file else { return None };
    let Value::Object(id) = &parts.0 else { return None };
    let model = relation::row(machine, *id)?.model;
    let position = match name.as_str() {
        "save" => 2,
        "delete" => 0,
        _ => return None,
    };
    if !is_file(machine, model, parts.1) {
        return None;
    }
    if arguments.get(position, "save") != Some(&Value::Scalar(Scalar::Bool(false))) {
        let save = machine.attribute(&parts.0, Name::new("save"), place);
        machine.call(&save, Arguments::default(), place);
    }
    Some(Value::None)
}

/// Something is put into what a row keeps by name: `row._prefetched_objects_cache[name] = rows`.
pub fn put_among_own(machine: &mut dyn Machine, kept: ObjectId, key: &Value) {
    let Some(id) = machine.owner_of(kept) else { return };
    let Some(row) = relation::row(machine, id) else { return };
    let model = machine.program().schema.model(row.model);
    let is_of_relations = match key.as_text() {
        Some(name) => name == PREFETCHED || model.relation(name).is_some(),
        None => true,
    };
    if model.orm == Orm::Django && is_of_relations {
        hold_anything(machine, &Value::Object(id));
    }
}

/// What the program itself puts where Django keeps the rows of relations may be any of them.
pub(super) fn hold_anything(machine: &mut dyn Machine, row: &Value) {
    if let Value::Object(id) = row
        && let Object::Row(row) = machine.object_mut(*id)
    {
        Rc::make_mut(&mut row.plan).loads_all = true;
    }
}

/// `row.name = value`: no read. Assigning a key forgets the row it pointed at.
pub fn set_attribute(machine: &mut dyn Machine, id: ObjectId, name: Name, value: Value) {
    let found = relation::relation_of(machine, id, name);
    let Some(row) = relation::row(machine, id) else { return };
    let model = machine.program().schema.model(row.model);
    let keyed = model.relations.iter().find(|relation| relation.key_attribute == Some(name)).map(|r| r.name);
    let is_column = model.column(name).is_some();
    let is_key = name == "pk" || name == model.primary_key;
    let Object::Row(row) = machine.object_mut(id) else { return };
    row.is_changed = true;
    row.truths.remove(&name);
    row.facts = match is_column {
        // By another key it is another row.
        _ if is_key => Rc::default(),
        true => Facts::with(&row.facts, name, &value),
        false => Facts::without(&row.facts, name),
    };
    // A row without its key is stored as a new one.
    row.is_saved &= !(is_key && value == Value::None);
    if let Some(relation) = found.filter(|relation| relation.kind.is_single()) {
        row.loaded.insert(name, Loaded::surely(value.clone()));
        hold_other_side(machine, id, &relation, &value);
    } else if is_column || keyed.is_some() {
        row.columns.insert(name, true);
        if let Some(relation) = keyed {
            row.loaded.remove(&relation);
            row.truths.remove(&relation);
            let mut plan = (*row.plan).clone();
            plan.relations.remove(&relation);
            row.plan = Rc::new(plan);
        }
    } else {
        row.attributes.insert(name, value);
    }
}

/// Whoever is given to a one-to-one holds the row from then on. Source: `ForwardOneToOneDescriptor.__set__`.
fn hold_other_side(machine: &mut dyn Machine, id: ObjectId, relation: &Relation, value: &Value) {
    let (Some(reverse), Value::Object(holder)) = (relation.reverse, value) else { return };
    if relation.kind == RelationKind::OneToOne
        && let Object::Row(holder) = machine.object_mut(*holder)
    {
        holder.loaded.insert(reverse, Loaded::surely(Value::Object(id)));
    }
}

/// `Model(...)`: a row that is not in the database and holds what it was given.
pub fn construct(machine: &mut dyn Machine, model: ModelId, arguments: &Arguments, place: Place) -> Value {
    let schema = &machine.program().schema;
    let mut row = blank(model);
    row.is_saved = false;
    for (name, value) in &arguments.keywords {
        let about = schema.model(model);
        match about.relation(*name) {
            Some(relation) if relation.kind.is_single() => {
                row.loaded.insert(*name, Loaded::surely(value.clone()));
                row.columns.extend(relation.key_attribute.map(|key| (key, true)));
            }
            _ => {
                row.columns.insert(*name, true);
                row.facts = Facts::with(&row.facts, *name, value);
            }
        }
    }
    if arguments.double_star.is_some() {
        // Any relation may be among what is passed, as the row that validated data has.
        row.plan = Rc::new(LoadPlan { is_guess: true, ..LoadPlan::default() });
        let keys = schema.model(model).relations.iter().filter_map(|relation| relation.key_attribute);
        row.columns.extend(keys.map(|key| (key, true)));
    }
    let given = arguments.keywords.iter().filter_map(|(name, value)| {
        let relation = schema.model(model).relation(*name)?;
        Some((relation.clone(), value.clone()))
    });
    let given: Vec<(Relation, Value)> = given.collect();
    let id = machine.allocate(place, ROW, Object::Row(row));
    given.iter().for_each(|(relation, value)| hold_other_side(machine, id, relation, value));
    let value = Value::Object(id);
    machine.call_project_method(&value, Name::new("__init__"), arguments, place);
    value
}

fn blank(model: ModelId) -> Row {
    Row {
        model,
        plan: Rc::new(LoadPlan::default()),
        loaded: Default::default(),
        columns: Default::default(),
        attributes: Default::default(),
        truths: Default::default(),
        facts: Default::default(),
        origin: None,
        is_saved: true,
        is_changed: false,
        is_expired: false,
        deleted: None,
        is_absent: false,
        certainty: Certainty::High,
        session: None,
    }
}

/// A row that nobody was seen querying: `self` of a root, an annotated parameter. Its caller may have loaded anything.
pub fn assumed_row(machine: &mut dyn Machine, model: ModelId, place: Place) -> Value {
    let plan = LoadPlan { is_guess: machine.guesses_plan(), ..LoadPlan::default() };
    let row = Row { certainty: machine.assumed_certainty(), plan: Rc::new(plan), ..blank(model) };
    Value::Object(machine.allocate(place, ASSUMED, Object::Row(row)))
}

/// Calls a method of a row that the model class does not define.
pub(super) fn method(
    machine: &mut dyn Machine,
    id: ObjectId,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    let row = relation::row(machine, id)?;
    match row_action(&name)? {
        RowAction::Save => {
            if let Object::Row(row) = machine.object_mut(id) {
                row.is_saved &= !forces_insert(arguments);
            }
            store(machine, id, arguments, place, name);
            Some(Value::None)
        }
        RowAction::Delete => {
            super::signals::send(machine, id, "pre_delete", place);
            fire(machine, id, &row, EffectKind::Delete, Verb::Delete, name, place);
            super::signals::send(machine, id, "post_delete", place);
            Some(Value::ANY)
        }
        RowAction::Refresh => {
            refresh(machine, id, &row, arguments, name, place);
            Some(Value::None)
        }
        RowAction::Neighbour => {
            fire(machine, id, &row, EffectKind::Get, Verb::Select, name, place);
            let origin = row.origin.clone();
            let neighbour = Row { origin, certainty: row.certainty, ..blank(row.model) };
            Some(Value::Object(machine.allocate(place, ROW, Object::Row(neighbour))))
        }
        RowAction::Validate => {
            if asks_to_validate(machine, &row, name, arguments) {
                fire(machine, id, &row, EffectKind::Count, Verb::Select, name, place);
            }
            Some(Value::None)
        }
        RowAction::Value => Some(Value::ANY),
    }
}

/// Whether a check of a row asks the database: foreign keys for the rows they lead to, unique columns for others of their value. Left
/// out is what `exclude` names, and what `full_clean` is told not to check.
/// Source: `Model.full_clean`, `Model.clean_fields`, `ForeignKey.validate`, `Model._get_unique_checks`.
fn asks_to_validate(machine: &dyn Machine, row: &Row, name: Name, arguments: &Arguments) -> bool {
    let excluded = match arguments.get(0, "exclude") {
        None | Some(Value::None) => Vec::new(),
        Some(names) => match texts_in(machine, names) {
            Some(names) => names,
            None => return false,
        },
    };
    let is_off = |keyword| arguments.keyword(keyword) == Some(&Value::Scalar(Scalar::Bool(false)));
    let model = machine.program().schema.model(row.model);
    let is_checked = |name: &Name| !excluded.contains(name);
    // The key of a stored row is its own, and one that the database makes is not there yet.
    let is_key_of_its_own = |one: &Column| one.primary_key && (row.is_saved || one.kind.ends_with("AutoField"));
    let has_unique = model.columns.iter().any(|one| one.unique && !is_key_of_its_own(one) && is_checked(&one.name));
    let has_constraint = model.indexes.iter().any(|index| index.unique && index.columns.iter().all(is_checked));
    let is_filled = |relation: &Relation| {
        row.is_saved || !relation.nullable || row.loaded.get(&relation.name).is_some_and(|one| one.value != Value::None)
    };
    let mut keys = model.relations.iter().filter(|relation| relation.kind.holds_key() && is_checked(&relation.name));
    let has_key = keys.any(is_filled);
    match name.as_str() {
        "full_clean" => {
            let asks_for_others = has_unique && !is_off("validate_unique");
            has_key
                || asks_for_others
                || has_constraint && !(is_off("validate_unique") && is_off("validate_constraints"))
        }
        "clean_fields" => has_key,
        _ => has_unique || has_constraint,
    }
}

/// The texts of a list that is spelled out.
fn texts_in(machine: &dyn Machine, list: &Value) -> Option<Vec<Name>> {
    let Value::Object(id) = list else { return None };
    let Object::Sequence(list) = machine.object(*id) else { return None };
    list.items.as_ref()?.iter().map(Value::as_text).collect()
}

/// `row.save()` through the model's own override, where it has one.
pub(super) fn save(machine: &mut dyn Machine, id: ObjectId, arguments: &Arguments, place: Place, action: Name) {
    let overridden = machine.call_project_method(&Value::Object(id), Name::new("save"), arguments, place);
    if overridden.is_none() {
        store(machine, id, arguments, place, action);
    }
}

/// The INSERT or UPDATE of a row, with the signals around it.
fn store(machine: &mut dyn Machine, id: ObjectId, arguments: &Arguments, place: Place, action: Name) {
    let Some(row) = relation::row(machine, id) else { return };
    super::signals::send(machine, id, "pre_save", place);
    let (kind, verb) = if row.is_saved { (EffectKind::Save, Verb::Update) } else { (EffectKind::Create, Verb::Insert) };
    match kind {
        EffectKind::Create if action != "create" && !forces_insert(arguments) && is_looked_for(machine, &row) => {
            let asked = Box::new(Asked::default());
            let footprint = Some(StatementShape::Asked(asked));
            machine.fire(Effect { footprint, ..effect(id, &row, kind, verb, action, place) });
        }
        _ => fire(machine, id, &row, kind, verb, action, place),
    }
    let changes = machine.changes();
    // With a key that the program gave, `save` first looks whether the row is there.
    let is_sure = action == "create" || forces_insert(arguments) || !has_key(machine, &row);
    let is_new = kind == EffectKind::Create && is_sure;
    if let Object::Row(row) = machine.object_mut(id) {
        row.is_saved = true;
        row.is_changed = false;
        if is_new {
            row.facts = Facts::made(&row.facts, changes);
        }
    }
    let created = Value::Scalar(Scalar::Bool(!row.is_saved));
    let unknown = if arguments.star.is_some() || arguments.double_star.is_some() { Value::ANY } else { Value::None };
    let fields = arguments.get(3, "update_fields").cloned().unwrap_or(unknown);
    super::signals::send_saved(machine, id, [created, fields], place);
}

/// `refresh_from_db()`: the columns are read again and every joined row is dropped.
fn refresh(machine: &mut dyn Machine, id: ObjectId, row: &Row, arguments: &Arguments, name: Name, place: Place) {
    fire(machine, id, row, EffectKind::Refresh, Verb::Select, name, place);
    let is_partial = arguments.get(1, "fields").is_some();
    let Object::Row(row) = machine.object_mut(id) else { return };
    row.truths.clear();
    row.facts = Rc::default();
    if !is_partial {
        row.loaded.clear();
        row.plan = Rc::new(LoadPlan::default());
    }
}

/// `save(force_insert=True)`
fn forces_insert(arguments: &Arguments) -> bool {
    arguments.keyword("force_insert") == Some(&Value::Scalar(Scalar::Bool(true)))
}

/// A new row that has its key already is updated first, and inserted where there is none: `Tag(pk=1).save()`.
fn is_looked_for(machine: &dyn Machine, row: &Row) -> bool {
    counts_keys(machine.program().schema.model(row.model)) && has_key(machine, row)
}

/// Whether the program gave a row its key.
fn has_key(machine: &dyn Machine, row: &Row) -> bool {
    let key = machine.program().schema.model(row.model).primary_key;
    [key, Name::new("pk")].iter().any(|name| row.columns.contains_key(name))
}

/// Whether the database counts up the keys of a model.
fn counts_keys(model: &Model) -> bool {
    model.column(model.primary_key).is_none_or(|column| column.kind.ends_with("AutoField"))
}

fn fire(machine: &mut dyn Machine, id: ObjectId, row: &Row, kind: EffectKind, verb: Verb, action: Name, place: Place) {
    machine.fire(effect(id, row, kind, verb, action, place));
}

fn effect(id: ObjectId, row: &Row, kind: EffectKind, verb: Verb, action: Name, place: Place) -> Effect {
    Effect {
        model: Some(row.model),
        receiver: Some(id),
        certainty: row.certainty,
        ..Effect::of(kind, verb, action, place)
    }
}

/// A related manager as a value.
pub(super) fn related_value(manager: ManagerValue) -> Value {
    Value::Manager(Rc::new(manager))
}
