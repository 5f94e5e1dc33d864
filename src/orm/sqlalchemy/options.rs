//! Loader options: `selectinload(Book.tags).joinedload(Tag.owner)` as load plans.

use std::collections::BTreeSet;

use super::table::{OptionAction, option_action};
use crate::domain::{
    Alchemy, Arguments, Columns, Load, LoadPlan, LoaderOption, Machine, Object, ObjectId, Place, Scalar, Value, Why,
};
use crate::project::{ClassRef, ModelId};
use crate::syntax::Name;

const OPTION: u32 = 60;

/// The strategy word of a relation that is left to the lazy loader.
pub(super) const LAZY: &str = "lazy";
/// The strategy word of a relation that stays empty.
pub(super) const NOTHING: &str = "nothing";
/// The strategy word of a relation that is loaded with each row.
pub(super) const IMMEDIATE: &str = "immediate";
/// The strategy word of a relation to the same model that is followed to the end.
pub(super) const RECURSIVE: &str = "recursive";

/// `joinedload(...)` and its like as functions.
pub(super) fn function(machine: &mut dyn Machine, name: &str, arguments: &Arguments, place: Place) -> Option<Value> {
    let made = extended(machine, LoaderOption::default(), name, arguments)?;
    Some(Value::Object(machine.allocate(place, OPTION, Object::Alchemy(Alchemy::Option(made)))))
}

/// `Load(Model)`
pub(super) fn load(machine: &mut dyn Machine, arguments: &Arguments, place: Place) -> Option<Value> {
    let root = arguments.positional.first().and_then(|model| super::statement::model_of(machine, model));
    let option = LoaderOption { root, ..LoaderOption::default() };
    Some(Value::Object(machine.allocate(place, OPTION, Object::Alchemy(Alchemy::Option(option)))))
}

/// A chained call on an option.
pub(super) fn method(
    machine: &mut dyn Machine,
    id: ObjectId,
    option: &LoaderOption,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    let mut made = extended(machine, option.clone(), &name, arguments)?;
    if made.is_in_place {
        made.along.push(id);
        add_to_all(machine, &made);
    }
    Some(Value::Object(machine.allocate(place, OPTION, Object::Alchemy(Alchemy::Option(made)))))
}

/// Before 2.0 the options of a chain share what they load, so that a chained call whose result nobody takes counts:
///
/// ```py
/// folder = joinedload("folder")
/// folder.joinedload("event")
/// ```
fn add_to_all(machine: &mut dyn Machine, made: &LoaderOption) {
    for earlier in &made.along {
        if let Object::Alchemy(Alchemy::Option(option)) = machine.object_mut(*earlier) {
            option.plan.absorb(&made.plan);
        }
    }
}

/// The name of today for an option, and whether it counts for each step of a path. Until 1.3 `joinedload_all("a.b")` did so;
/// `joinedload("a.b")`, which 1.4 still takes, is for the last step alone: the steps before are only the way. Counted on 1.3.
fn of_today(name: &str) -> (&str, bool) {
    let (plain, is_each) = name.strip_suffix("_all").map_or((name, false), |plain| (plain, true));
    match plain {
        "eagerload" => ("joinedload", is_each),
        "contains_eager" => (plain, true),
        _ if is_each && option_action(plain).is_some() => (plain, true),
        _ => (name, false),
    }
}

fn extended(
    machine: &mut dyn Machine,
    mut option: LoaderOption,
    name: &str,
    arguments: &Arguments,
) -> Option<LoaderOption> {
    let (name, is_each) = of_today(name);
    match option_action(name)? {
        OptionAction::Eager
        | OptionAction::Immediate
        | OptionAction::Lazy
        | OptionAction::Nothing
        | OptionAction::Path => relations(machine, &mut option, (name, is_each), arguments),
        OptionAction::Only => columns(machine, &mut option, arguments, |plan, names| {
            plan.undeferred.extend(names.iter().copied());
            plan.columns = Columns::Only(names);
        }),
        OptionAction::Defer => columns(machine, &mut option, arguments, |plan, names| {
            plan.columns = Columns::Except(names);
        }),
        OptionAction::Undefer => {
            let is_group = name == "undefer_group";
            columns(machine, &mut option, arguments, |plan, names| {
                plan.undeferred.extend(names);
                if is_group {
                    plan.undeferred.insert(Name::new("*"));
                }
            });
        }
        OptionAction::Polymorphic => {
            let first = arguments.positional.first().filter(|_| option.root.is_none());
            option.root = option.root.or(first.and_then(|model| super::statement::model_of(machine, model)));
            let position = usize::from(first.is_some());
            let subclasses = arguments.positional.get(position).or(arguments.keyword("classes"));
            let tail = option.tail.clone();
            super::polymorphic::load(machine, option.plan.path_plan(&tail), subclasses);
        }
        OptionAction::Inner => {
            let tail = option.tail.clone();
            for inner in arguments.positional.iter().filter_map(|value| option_of(machine, value)) {
                option.plan.path_plan(&tail).absorb(&inner.plan);
            }
        }
        OptionAction::Column => {}
    }
    Some(option)
}

/// The option behind a value.
pub(super) fn option_of(machine: &dyn Machine, value: &Value) -> Option<LoaderOption> {
    let Value::Object(id) = value else { return None };
    match machine.object(*id) {
        Object::Alchemy(Alchemy::Option(option)) => Some(option.clone()),
        _ => None,
    }
}

/// Adds the relations that an option names, each under the one before; one that is not known may be any.
fn relations(
    machine: &mut dyn Machine,
    option: &mut LoaderOption,
    (name, is_each): (&str, bool),
    arguments: &Arguments,
) {
    for (index, value) in arguments.positional.iter().enumerate() {
        let is_last = index + 1 == arguments.positional.len();
        if value.as_text().is_some_and(|text| text == "*") {
            wildcard(option, name);
            continue;
        }
        option.is_in_place |= names_by_text(value);
        if is_foreign(value) {
            let tail = option.tail.clone();
            option.plan.path_plan(&tail).is_guess = true;
            continue;
        }
        let (root, hops) = path_of(machine, value);
        if hops.is_empty() {
            continue;
        }
        if option.tail.is_empty() {
            option.root = option.root.or(root);
        }
        for (index, hop) in hops.iter().enumerate() {
            let is_end = is_last && (index + 1 == hops.len() || value.as_text().is_none());
            add(option, *hop, if is_each || is_end { name } else { "defaultload" }, arguments);
        }
        if is_polymorphic(machine, value) {
            let tail = option.tail.clone();
            option.plan.path_plan(&tail).loads_subclasses = true;
        }
    }
}

fn wildcard(option: &mut LoaderOption, name: &str) {
    let tail = option.tail.clone();
    let is_bound = option.root.is_some() || !tail.is_empty();
    let plan = option.plan.path_plan(&tail);
    plan.is_everywhere = !is_bound;
    match option_action(name) {
        Some(OptionAction::Eager | OptionAction::Immediate) => {
            plan.loads_all = true;
            plan.joins_all = name == "joinedload";
        }
        Some(OptionAction::Nothing) => (plan.ignores_mapping, plan.loads_nothing) = (true, true),
        _ => plan.ignores_mapping = true,
    }
}

fn add(option: &mut LoaderOption, hop: Name, name: &str, arguments: &Arguments) {
    let before = option.tail.clone();
    option.tail.push(hop);
    let plan = option.plan.path_plan(&before);
    let load = plan.relations.entry(hop).or_insert_with(|| Load { is_only_path: true, ..Load::default() });
    load.is_separate = matches!(name, "selectinload" | "subqueryload");
    load.is_joined = name == "joinedload";
    match option_action(name) {
        Some(OptionAction::Path) => return,
        Some(OptionAction::Lazy) => load.strategy = Some(Name::new(LAZY)),
        Some(OptionAction::Nothing) => load.strategy = Some(Name::new(NOTHING)),
        Some(OptionAction::Immediate) => load.strategy = Some(Name::new(IMMEDIATE)),
        _ => load.strategy = None,
    }
    if matches!(arguments.keyword("recursion_depth"), Some(Value::Scalar(Scalar::Int(_) | Scalar::Any))) {
        load.strategy = Some(Name::new(RECURSIVE));
    }
    load.is_only_path = false;
}

/// `joinedload("author")`, which 2.0 does not take any more: the version is an older one.
/// Source: "ORM Query - Joining / loading on relationships using string names" of the 2.0 migration guide.
fn names_by_text(value: &Value) -> bool {
    value.as_text().is_some()
}

/// The model a path starts at, and its hops: `Book.author`, `"author.publisher"`.
fn path_of(machine: &dyn Machine, value: &Value) -> (Option<ModelId>, Vec<Name>) {
    match value {
        Value::Mapped(mapped) => (Some(mapped.0), mapped.1.clone()),
        Value::Object(id) => match machine.object(*id) {
            Object::Alchemy(Alchemy::Tuple(tuple)) => match tuple.items.first() {
                Some(Value::Mapped(mapped)) => (Some(mapped.0), mapped.1.clone()),
                _ => (None, Vec::new()),
            },
            _ => (None, Vec::new()),
        },
        value => {
            let hops = value.as_text().map(|text| text.split('.').map(Name::new).collect());
            (None, hops.unwrap_or_default())
        }
    }
}

/// `Book.pages.of_type(with_polymorphic(...))`
fn is_polymorphic(machine: &dyn Machine, value: &Value) -> bool {
    let Value::Object(id) = value else { return false };
    matches!(machine.object(*id), Object::Alchemy(Alchemy::Tuple(tuple)) if tuple.items.len() == 2)
}

fn columns(
    machine: &mut dyn Machine,
    option: &mut LoaderOption,
    arguments: &Arguments,
    apply: impl Fn(&mut LoadPlan, BTreeSet<Name>),
) {
    let mut names = BTreeSet::new();
    for value in spread(machine, arguments) {
        option.is_in_place |= names_by_text(&value);
        match &value {
            Value::Mapped(mapped) => {
                if option.tail.is_empty() {
                    option.root = option.root.or(Some(mapped.0));
                }
                names.extend(mapped.1.last());
            }
            value => names.extend(value.as_text()),
        }
    }
    if !names.is_empty() {
        let tail = option.tail.clone();
        apply(option.plan.path_plan(&tail), names);
    }
}

/// Positional arguments, and the items of listed ones.
fn spread(machine: &dyn Machine, arguments: &Arguments) -> Vec<Value> {
    let items = |value: &Value| match value {
        Value::Object(id) => match machine.object(*id) {
            Object::Sequence(sequence) => {
                sequence.items.clone().or(sequence.any().map(|any| vec![any])).unwrap_or_default()
            }
            _ => vec![value.clone()],
        },
        other => vec![other.clone()],
    };
    arguments.positional.iter().flat_map(items).collect()
}

fn unknown_option() -> LoaderOption {
    LoaderOption { plan: LoadPlan { is_guess: true, ..LoadPlan::default() }, ..LoaderOption::default() }
}

/// Whether an option is made by something that is not understood; one of SQLAlchemy's own that has no line in the table
/// loads nothing.
fn is_foreign(value: &Value) -> bool {
    match value {
        Value::Unknown(Why::External(path)) => !path.starts_with("sqlalchemy."),
        // A constant of a module that is not at hand.
        Value::External(path) | Value::Class(ClassRef::External(path)) => {
            !super::external::is_ours(path) && path.contains('.')
        }
        value => value.is_unknown(),
    }
}

/// Adds the options of `.options(...)` to the plans of a statement over `first`. Options that are not understood may load
/// anything.
pub(super) fn apply(
    machine: &dyn Machine,
    plans: &mut Vec<(ModelId, LoadPlan)>,
    first: Option<ModelId>,
    arguments: &Arguments,
) {
    if arguments.star.as_ref().is_some_and(Value::is_unknown) {
        add_plan(plans, first, &unknown_option());
    }
    for value in spread(machine, arguments).into_iter().chain(arguments.star.clone()) {
        for part in value.disjuncts() {
            let unknown = || is_foreign(&part).then(unknown_option);
            if let Some(option) = option_of(machine, &part).or_else(unknown) {
                add_plan(plans, first, &option);
            }
        }
    }
}

fn add_plan(plans: &mut Vec<(ModelId, LoadPlan)>, first: Option<ModelId>, option: &LoaderOption) {
    let Some(root) = option.root.or(first) else { return };
    match plans.iter_mut().find(|(model, _)| *model == root) {
        Some((_, plan)) => plan.absorb(&option.plan),
        None => plans.push((root, option.plan.clone())),
    }
}

/// The plan for the rows of a model: what its own options, its bases' and its subclasses' say.
pub(super) fn plan_for(machine: &dyn Machine, plans: &[(ModelId, LoadPlan)], model: ModelId) -> LoadPlan {
    let program = machine.program();
    let class = |model: ModelId| program.schema.model(model).class;
    let mut result = LoadPlan { is_guess: super::events::adds_options(machine), ..LoadPlan::default() };
    for (root, plan) in plans {
        let related = program.inherits(class(model), class(*root)) || program.inherits(class(*root), class(model));
        if *root == model || related {
            result.absorb(plan);
        }
    }
    result
}

/// The class behind a value that stands for a model.
pub(super) fn class_of(value: &Value) -> Option<crate::project::ClassId> {
    match value {
        Value::Class(ClassRef::Known(id)) => Some(*id),
        _ => None,
    }
}
