//! Rows of a polymorphic base: methods that a subclass overrides, columns that only a subclass has.

use super::result::column_value;
use super::row;
use crate::domain::{Effect, EffectKind, LoadPlan, MAX_DISJUNCTS, Machine, Object, ObjectId, Place, Value};
use crate::project::{ClassId, ClassRef, Member, Model, ModelId, Program};
use crate::syntax::Name;

/// The mark of a row that has the columns of this subclass.
fn mark(below: ModelId) -> Name {
    Name::new(&format!("#subclass {}", below.0))
}

/// A row of a polymorphic base may be one of a subclass that defines the method, over that of the base if there is one.
pub(super) fn overridden(
    machine: &mut dyn Machine,
    id: ObjectId,
    model: ModelId,
    name: Name,
    own: Option<Value>,
    place: Place,
) -> Option<Value> {
    let receiver = Value::Object(id);
    let found = subclasses_with(machine, model, name).into_iter().filter_map(|class| {
        let value = machine.attribute_of_subclass(class, &receiver, name, place)?;
        Some(row::computed(machine, id, value, place))
    });
    own.into_iter().chain(found).reduce(|all, one| all.join(&one, None))
}

/// The mapped subclasses that define a method of this name; none where they are many.
fn subclasses_with(machine: &dyn Machine, model: ModelId, name: Name) -> Vec<ClassId> {
    let program = machine.program();
    let own = program.schema.model(model);
    let is_polymorphic = |model: &Model| model.options.iter().any(|(option, _)| *option == "polymorphic_identity");
    let overrides = |class: ClassId| matches!(program.class(class).members.get(&name), Some(Member::Function(_)));
    let below = program.schema.models.iter().filter(|model| {
        model.id != own.id && is_polymorphic(model) && program.extends(model, own.class) && overrides(model.class)
    });
    let found: Vec<ClassId> = below.map(|model| model.class).collect();
    if found.len() < MAX_DISJUNCTS { found } else { Vec::new() }
}

/// `selectin_polymorphic(Entry, [Arrival])`, `with_polymorphic(Entry, [Arrival])`: the columns of these subclasses are loaded with
/// the rows; of all where they are not spelled out.
pub(super) fn load(machine: &dyn Machine, plan: &mut LoadPlan, subclasses: Option<&Value>) {
    let listed = match subclasses {
        Some(Value::Object(id)) => match machine.object(*id) {
            Object::Sequence(list) => list.items.clone(),
            _ => None,
        },
        _ => None,
    };
    let models = listed.map(|items| items.iter().map(|item| super::statement::model_of(machine, item)).collect());
    match models {
        Some(Some(models)) => plan.undeferred.extend(Vec::<ModelId>::into_iter(models).map(mark)),
        _ => plan.loads_subclasses = true,
    }
}

/// `AbstractConcreteBase`, `ConcreteBase`: its query is a union of the tables of all subclasses, with all their columns.
fn is_union(program: &Program, class: ClassId) -> bool {
    let bases = &program.class(class).mro;
    bases.iter().any(|base| matches!(base, ClassRef::External(path) if path.ends_with("ConcreteBase")))
}

/// A column that only a subclass has: read once a row, unless the query loads subclasses. Or a relation that only one has.
pub(super) fn subclass_attribute(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) -> Option<Value> {
    let found = row::row(machine, id)?;
    let program = machine.program();
    let own = program.schema.model(found.model);
    let mut subclasses =
        program.schema.models.iter().filter(|model| model.id != own.id && program.extends(model, own.class));
    if let Some(relation) = subclasses.clone().find_map(|model| model.relation(name)).cloned() {
        return Some(row::read_relation(machine, id, &relation, place));
    }
    let below = subclasses.find(|model| model.column(name).is_some())?;
    let inline = below.options.iter().any(|(option, value)| *option == "polymorphic_load" && *value != "None");
    let all = own.options.iter().any(|(option, _)| *option == "with_polymorphic") || is_union(program, own.class);
    let (mark, value) = (mark(below.id), column_value(machine, below.id, Some(name)));
    row::touch(machine, id, name, place);
    let is_named = found.plan.undeferred.contains(&mark);
    let is_there = is_named || found.columns.contains_key(&mark) || found.plan.loads_subclasses || inline || all;
    if !is_there && !row::is_pending(machine, &found) {
        machine.fire(Effect::of_row(&found, id, EffectKind::DeferredColumn, name, place, found.certainty));
        if let Object::Row(row) = machine.object_mut(id) {
            row.columns.insert(mark, true);
        }
    }
    Some(value)
}
