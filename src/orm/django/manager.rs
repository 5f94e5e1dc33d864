//! Managers: of a model, of a relation, and the querysets they make.

use std::rc::Rc;

use super::queryset::fresh;
use super::table::{Action, queryset_action, related_action};
use crate::domain::{
    Arguments, Certainty, Effect, EffectKind, LoadPlan, Machine, ManagerValue, Object, ObjectId, Place, QuerySet,
    Scalar, Size, Value, Verb,
};
use crate::project::{ClassId, ClassRef, ManagerClass, Member, ModelId, Relation, RelationKind};
use crate::syntax::Name;

const QUERY: u32 = 40;

/// The project class that a manager is an instance of.
pub fn manager_class(class: &ManagerClass) -> Option<ClassId> {
    match class {
        ManagerClass::Manager(id, _) | ManagerClass::QuerySet(id) => Some(*id),
        ManagerClass::Builtin | ManagerClass::Unknown => None,
    }
}

fn queryset_class(class: &ManagerClass) -> Option<ClassId> {
    match class {
        ManagerClass::Manager(_, queryset) => *queryset,
        ManagerClass::QuerySet(id) => Some(*id),
        ManagerClass::Builtin | ManagerClass::Unknown => None,
    }
}

/// A manager of a model by its attribute.
pub(super) fn manager_value(
    machine: &dyn Machine,
    model: ModelId,
    name: Name,
    related: Option<(ObjectId, Name)>,
) -> Option<ManagerValue> {
    let found = machine.program().schema.model(model).manager(name)?;
    Some(ManagerValue { model, class: found.class.clone(), related })
}

/// The default manager of a model.
pub(super) fn default_manager(machine: &dyn Machine, model: ModelId) -> Option<ManagerValue> {
    let first = machine.program().schema.model(model).managers.first()?;
    Some(ManagerValue { model, class: first.class.clone(), related: None })
}

/// What `row.relation` gives for a set relation.
pub(super) fn related_manager(machine: &mut dyn Machine, row: ObjectId, relation: &Relation) -> Value {
    let Some(target) = relation.target else {
        return Value::unknown(crate::domain::Why::Attribute(relation.name));
    };
    let default = default_manager(machine, target);
    let class = default.map_or(ManagerClass::Builtin, |manager| manager.class);
    let related = Some((row, relation.name));
    super::instance::related_value(ManagerValue { model: target, class, related })
}

/// `Model.name`: managers and relation descriptors.
pub fn class_attribute(machine: &mut dyn Machine, model: ModelId, name: Name) -> Option<Value> {
    let about = machine.program().schema.model(model);
    if let Some(found) = about.manager(name) {
        let manager = ManagerValue { model, class: found.class.clone(), related: None };
        return Some(Value::Manager(Rc::new(manager)));
    }
    if about.relation(name).is_some() {
        return Some(Value::Mapped(Rc::new((model, vec![name]))));
    }
    match name.as_str() {
        "_default_manager" | "objects" => {
            default_manager(machine, model).map(|manager| Value::Manager(Rc::new(manager)))
        }
        "_base_manager" => {
            let manager = ManagerValue { model, class: ManagerClass::Builtin, related: None };
            Some(Value::Manager(Rc::new(manager)))
        }
        super::instance::META => {
            let class = Value::Class(ClassRef::Known(about.class));
            Some(Value::Method(Rc::new((class, name))))
        }
        "DoesNotExist" | "MultipleObjectsReturned" => Some(Value::External(Name::new("django.core.exceptions"))),
        _ => None,
    }
}

/// Calls a method of a manager that its class does not define.
pub(super) fn method(
    machine: &mut dyn Machine,
    manager: &Rc<ManagerValue>,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    if manager.related.is_some()
        && let Some(Action::Link) = related_action(&name)
    {
        return Some(link(machine, manager, name, arguments, place));
    }
    match queryset_action(&name)? {
        Action::QuerySet => Some(base_query(machine, manager, place)),
        Action::All => Some(query_of(machine, manager, place)),
        Action::Delete => None,
        _ => {
            let Value::Object(query) = query_of(machine, manager, place) else { return None };
            if let Object::QuerySet(query) = machine.object_mut(query) {
                Rc::make_mut(&mut query.asked).is_direct = true;
            }
            super::queryset::method(machine, query, name, arguments, place)
        }
    }
}

/// The queryset that a manager's methods begin with: through the project's `get_queryset`, where it has one.
pub(super) fn query_of(machine: &mut dyn Machine, manager: &Rc<ManagerValue>, place: Place) -> Value {
    if let Some(rows) = prefetched_query(machine, manager, place) {
        return rows;
    }
    let receiver = Value::Manager(Rc::clone(manager));
    let own = machine.call_project_method(&receiver, Name::new("get_queryset"), &Arguments::default(), place);
    let found = own.and_then(|value| value.disjuncts().into_iter().find(|part| is_query(machine, part)));
    match found {
        Some(value) => rebased(machine, value, place),
        None => base_query(machine, manager, place),
    }
}

fn is_query(machine: &dyn Machine, value: &Value) -> bool {
    matches!(value, Value::Object(id) if matches!(machine.object(*id), Object::QuerySet(_)))
}

/// The query begins where the manager is used, not inside the manager's class.
fn rebased(machine: &mut dyn Machine, value: Value, place: Place) -> Value {
    let Value::Object(id) = value else { return value };
    let Object::QuerySet(query) = machine.object(id) else { return value };
    let mut query = query.clone();
    query.origin.place = machine.place_in_project(place);
    query.origin.enclosing = machine.enclosing();
    Value::Object(machine.allocate(place, QUERY + 1, Object::QuerySet(query)))
}

/// All rows of the manager's model, or of the relation it hangs on.
fn base_query(machine: &mut dyn Machine, manager: &Rc<ManagerValue>, place: Place) -> Value {
    let mut query = fresh(machine, manager.model, place);
    query.class = queryset_class(&manager.class);
    query.related = manager.related;
    if let Some((row, _)) = manager.related
        && let Object::Row(row) = machine.object(row)
    {
        query.certainty = row.certainty;
        query.plan = Rc::new(LoadPlan { is_guess: row.plan.is_guess, ..LoadPlan::default() });
        if row.facts.is_new(machine.changes()) {
            query.limit = Some(Size::Known(0));
        }
    }
    Value::Object(machine.allocate(place, QUERY, Object::QuerySet(query)))
}

/// The queryset of a related manager whose rows were prefetched: they are in its cache.
fn prefetched_query(machine: &mut dyn Machine, manager: &Rc<ManagerValue>, place: Place) -> Option<Value> {
    let (row, name) = manager.related?;
    let relation = super::relation::relation_of(machine, row, name)?;
    let rows = super::relation::prefetched(machine, row, &relation)?;
    let load = match machine.object(row) {
        Object::Row(row) => row.plan.relations.get(&name).cloned(),
        _ => None,
    };
    let Value::Object(id) = base_query(machine, manager, place) else { return None };
    if let Object::QuerySet(query) = machine.object_mut(id) {
        query.result = Some(rows);
        query.is_ordered |= load.as_ref().is_some_and(|load| load.is_ordered);
        // What is asked of it anew is asked with what the queryset of a `Prefetch` loads.
        if let Some(load) = load.filter(|load| load.origin.is_some()) {
            query.plan = Rc::new(load.plan);
        }
    }
    Some(Value::Object(id))
}

/// What the rows of a manager hold by its `get_queryset` alone.
pub(super) fn plan_of(machine: &mut dyn Machine, manager: &ManagerValue) -> LoadPlan {
    let Some(class) = manager_class(&manager.class) else { return LoadPlan::default() };
    let program = machine.program();
    if !matches!(program.member(class, Name::new("get_queryset"), None), Some((_, Member::Function(_), _))) {
        return LoadPlan::default();
    }
    let place = Place { file: crate::source::FileId(0), span: program.class(class).class.span };
    let place = Place { file: program.class(class).class.file, ..place };
    let manager = Rc::new(manager.clone());
    let mut plan = LoadPlan::default();
    machine.silently(&mut |machine| {
        if let Value::Object(id) = query_of(machine, &manager, place)
            && let Object::QuerySet(query) = machine.object(id)
        {
            plan = (*query.plan).clone();
        }
    });
    plan
}

/// `add`, `remove`, `set`, `clear`: one or two statements each; a prefetched list is dropped.
fn link(
    machine: &mut dyn Machine,
    manager: &Rc<ManagerValue>,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Value {
    let Some((row, relation)) = manager.related else { return Value::None };
    for argument in &arguments.positional {
        if matches!(argument, Value::Object(id) if matches!(machine.object(*id), Object::QuerySet(_))) {
            machine.iterate(argument, place);
        }
    }
    if saves_each(machine, row, relation, arguments) {
        for argument in arguments.positional.iter().chain(&arguments.star) {
            save_each(machine, argument, place);
        }
        forget(machine, row, relation);
        return Value::None;
    }
    let (model, certainty) = match machine.object(row) {
        Object::Row(row) => (Some(row.model), row.certainty),
        _ => (None, Certainty::Medium),
    };
    let verb = if matches!(name.as_str(), "add" | "aadd" | "set" | "aset") { Verb::Insert } else { Verb::Delete };
    machine.fire(Effect {
        model,
        relation: Some(relation),
        receiver: Some(row),
        certainty,
        ..Effect::of(EffectKind::LinkChange, verb, name, place)
    });
    forget(machine, row, relation);
    if let Some(relation) = super::relation::relation_of(machine, row, relation) {
        super::signals::send_links_changed(machine, row, &relation, &name, place);
    }
    Value::None
}

/// `parent.children.add(*rows, bulk=False)`
fn saves_each(machine: &dyn Machine, row: ObjectId, relation: Name, arguments: &Arguments) -> bool {
    let is_off = arguments.keyword("bulk") == Some(&Value::Scalar(Scalar::Bool(false)));
    let found = super::relation::relation_of(machine, row, relation);
    is_off && found.is_some_and(|relation| relation.kind == RelationKind::OneToMany)
}

/// Saves a row, or each of several.
fn save_each(machine: &mut dyn Machine, rows: &Value, place: Place) {
    let save = |machine: &mut dyn Machine, row: &Value| {
        let save = machine.attribute(row, Name::new("save"), place);
        machine.call(&save, Arguments::default(), place);
    };
    if matches!(rows, Value::Object(id) if matches!(machine.object(*id), Object::Row(_))) {
        return save(machine, rows);
    }
    let iteration = machine.iterate(rows, place);
    if let Some(element) = iteration.any() {
        machine.for_each(iteration.size.clone(), place, &mut |machine| save(machine, &element));
    }
}

/// What was prefetched of a set is dropped: it is read anew.
pub(super) fn forget(machine: &mut dyn Machine, row: ObjectId, relation: Name) {
    if let Object::Row(row) = machine.object_mut(row) {
        row.loaded.remove(&relation);
        Rc::make_mut(&mut row.plan).relations.remove(&relation);
    }
}

/// `manager.through`, `Model.tags.through`: the join model.
pub fn through_model(machine: &mut dyn Machine, manager: &ManagerValue) -> Option<Value> {
    let (row, name) = manager.related?;
    let relation = super::relation::relation_of(machine, row, name)?;
    let class = machine.program().schema.model(relation.through?).class;
    Some(Value::Class(ClassRef::Known(class)))
}

/// A method that a queryset class lends to its manager, by `as_manager` or `Manager.from_queryset`. It runs on what the
/// manager's `get_queryset` gives, so that its `self.all()` is another queryset than the one that a prefetch has filled
/// (`_get_queryset_methods` in `django/db/models/manager.py`).
pub fn manager_query_method(
    machine: &mut dyn Machine,
    manager: &Rc<ManagerValue>,
    name: Name,
    place: Place,
) -> Option<Value> {
    let (ManagerClass::Manager(_, Some(class)) | ManagerClass::QuerySet(class)) = &manager.class else { return None };
    machine.program().member(*class, name, None)?;
    let query = query_of(machine, manager, place);
    machine.project_attribute(&query, name, place)
}

/// `BookQuerySet(self.model, using=self._db)`: an instance of a project's queryset or manager class. One that nobody was
/// seen giving a model stands in an annotation, and its maker may have loaded anything.
pub fn construct_query_class(
    machine: &mut dyn Machine,
    class: ClassId,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    let program = machine.program();
    let is_queryset = inherits(program, class, "QuerySet");
    if !is_queryset && !inherits(program, class, "Manager") {
        return None;
    }
    let given = match arguments.get(0, "model") {
        Some(Value::Class(ClassRef::Known(id))) => program.schema.of_class(*id).map(|model| model.id),
        _ => None,
    };
    let used =
        || program.schema.models.iter().find(|model| !model.is_abstract && uses(&model.managers, class)).map(|m| m.id);
    let is_given = given.is_some();
    let Some(model) = given.or_else(used) else { return Some(Value::unknown(crate::domain::Why::Call)) };
    if !is_queryset {
        let queryset = program.schema.model(model).managers.iter().find_map(|manager| match &manager.class {
            ManagerClass::Manager(id, queryset) if *id == class => *queryset,
            _ => None,
        });
        let manager = ManagerValue { model, class: ManagerClass::Manager(class, queryset), related: None };
        return Some(Value::Manager(Rc::new(manager)));
    }
    let certainty = if is_given { Certainty::High } else { machine.assumed_certainty().min(Certainty::Medium) };
    let plan = Rc::new(LoadPlan { is_guess: !is_given && machine.guesses_plan(), ..LoadPlan::default() });
    let query = QuerySet { class: Some(class), certainty, plan, ..fresh(machine, model, place) };
    Some(Value::Object(machine.allocate(place, QUERY, Object::QuerySet(query))))
}

fn uses(managers: &[crate::project::Manager], class: ClassId) -> bool {
    managers.iter().any(|manager| match &manager.class {
        ManagerClass::Manager(id, queryset) => *id == class || *queryset == Some(class),
        ManagerClass::QuerySet(id) => *id == class,
        _ => false,
    })
}

fn inherits(program: &crate::project::Program, class: ClassId, name: &str) -> bool {
    program.class(class).mro.iter().any(|base| match base {
        ClassRef::External(path) => path.rsplit('.').next() == Some(name) && path.starts_with("django"),
        ClassRef::Known(_) => false,
    })
}
