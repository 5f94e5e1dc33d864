//! Django's functions: shortcuts, prefetching by hand, raw cursors.

use crate::domain::{
    Arguments, DECLARED, Effect, EffectKind, Machine, Object, ObjectId, Place, Prefetch, Sequence, SequenceKind, Size,
    Value, Verb, Why,
};
use crate::project::ClassRef;
use crate::syntax::Name;
use crate::syntax::ir::Span;

const PREFETCH: u32 = 50;
const COMMON: u32 = 51;

/// Calls a function of Django by its dotted path.
pub fn external(machine: &mut dyn Machine, path: Name, arguments: &Arguments, place: Place) -> Option<Value> {
    let last = path.rsplit('.').next()?;
    if !path.starts_with("django") {
        return None;
    }
    if let Some(options) = super::options::call_option(machine, path, arguments) {
        return Some(options);
    }
    match last {
        "get_object_or_404" | "aget_object_or_404" => {
            let rest = Arguments {
                positional: arguments.positional.get(1..).unwrap_or_default().to_vec(),
                ..arguments.clone()
            };
            on_rows(machine, arguments, "get", &rest, place)
        }
        "get_list_or_404" | "aget_list_or_404" => {
            let rows = on_rows(machine, arguments, "filter", &Arguments::default(), place)?;
            let iteration = machine.iterate(&rows, place);
            let list = Sequence {
                kind: SequenceKind::List,
                items: iteration.items,
                element: iteration.element,
                size: iteration.size,
            };
            Some(Value::Object(machine.allocate(place, PREFETCH, Object::Sequence(list))))
        }
        // It runs when the transaction ends, as often as it was asked for.
        "on_commit" if path.contains("transaction") => {
            let function = arguments.positional.first()?;
            machine.after_transactions(&mut |machine| drop(machine.call(function, Arguments::default(), place)));
            Some(Value::None)
        }
        "Prefetch" => Some(prefetch(machine, arguments, place)),
        "prefetch_related_objects" | "aprefetch_related_objects" => Some(prefetch_objects(machine, arguments, place)),
        "get_user_model" => {
            let schema = &machine.program().schema;
            let class = schema.user_model.map(|model| schema.model(model).class)?;
            Some(Value::Class(ClassRef::Known(class)))
        }
        "get_model" | "get_registered_model" if path.contains("apps") => model_by_name(machine, arguments),
        "get_models" | "get_app_configs" if path.contains("apps") => {
            // As many as the code declares, however many rows there are.
            let classes = Sequence::many(SequenceKind::List, Value::unknown(Why::Element), Size::Known(DECLARED));
            Some(Value::Object(machine.allocate(place, PREFETCH, Object::Sequence(classes))))
        }
        // As many as somebody wrote into the settings.
        "keys" | "values" | "items" if path.starts_with("django.conf.settings.") => Some(Value::External(path)),
        "cursor" if path.contains("connection") => Some(Value::External(Name::new("django.cursor"))),
        "execute" | "executemany" | "callproc" if path.contains("cursor") => {
            crate::orm::raw::execute(machine, Name::new(last), arguments.get(0, "sql"), place);
            Some(Value::unknown(Why::External(path)))
        }
        "fetchall" | "fetchmany" | "fetchone" if path.contains("cursor") => Some(Value::unknown(Why::External(path))),
        _ => None,
    }
}

/// Calls a queryset method on what a shortcut was given: a model, manager or queryset.
fn on_rows(
    machine: &mut dyn Machine,
    arguments: &Arguments,
    method: &str,
    rest: &Arguments,
    place: Place,
) -> Option<Value> {
    let found = arguments.positional.first()?.disjuncts().into_iter().zip(0..).filter_map(|(rows, number)| {
        // What comes of one alternative is not what comes of another.
        let place = Place { span: Span { start: place.span.start + number, ..place.span }, ..place };
        let rows = match rows {
            Value::Class(ClassRef::Known(class)) => {
                let model = machine.program().schema.of_class(class)?.id;
                super::class_attribute(machine, model, Name::new("_default_manager"))?
            }
            other => other,
        };
        super::method(machine, &rows, Name::new(method), rest, place)
    });
    found.reduce(|one, other| one.join(&other, None))
}

fn prefetch(machine: &mut dyn Machine, arguments: &Arguments, place: Place) -> Value {
    let Some(path) = arguments.get(0, "lookup").and_then(Value::as_text) else {
        return Value::unknown(Why::Call);
    };
    let given = arguments.get(1, "queryset").filter(|value| **value != Value::None);
    let queryset = given.and_then(|value| one_query(machine, value, place));
    let is_open = given.is_some() && queryset.is_none();
    let to_attribute = arguments.get(2, "to_attr").and_then(Value::as_text);
    Value::Object(machine.allocate(
        place,
        PREFETCH,
        Object::Prefetch(Prefetch { path, queryset, is_open, to_attribute }),
    ))
}

/// The query that a value is; of several whose rows hold the same, one that stands for all.
fn one_query(machine: &mut dyn Machine, value: &Value, place: Place) -> Option<ObjectId> {
    let mut queries = Vec::new();
    for part in value.disjuncts() {
        match part {
            Value::Manager(manager) => match super::manager::query_of(machine, &manager, place) {
                Value::Object(id) => queries.push(id),
                _ => return None,
            },
            Value::Object(id) => queries.push(id),
            _ => return None,
        }
    }
    let (first, rest) = queries.split_first()?;
    let Object::QuerySet(mut common) = machine.object(*first).clone() else { return None };
    for other in rest {
        let Object::QuerySet(other) = machine.object(*other) else { return None };
        common = super::alike(&common, other)?;
    }
    if rest.is_empty() { Some(*first) } else { Some(machine.allocate(place, COMMON, Object::QuerySet(common))) }
}

/// `prefetch_related_objects(rows, *paths)`: the rows hold the relations from now on.
fn prefetch_objects(machine: &mut dyn Machine, arguments: &Arguments, place: Place) -> Value {
    let Some(rows) = arguments.positional.first() else { return Value::None };
    let paths = Arguments {
        positional: arguments.positional.get(1..).unwrap_or_default().to_vec(),
        star: arguments.star.clone(),
        ..Arguments::default()
    };
    let iteration = machine.iterate(rows, place);
    let listed: Vec<Value> = iteration.items.into_iter().flatten().chain(iteration.element).collect();
    let found: Vec<ObjectId> = listed.iter().flat_map(Value::disjuncts).filter_map(as_object).collect();
    for id in found {
        let Object::Row(row) = machine.object(id) else { continue };
        let (mut plan, model, certainty) = ((*row.plan).clone(), row.model, row.certainty);
        let before = std::rc::Rc::clone(&row.plan);
        super::plan::prefetch(machine, &mut plan, &paths);
        // What a row has already is not fetched again.
        if plan == *before && !paths.texts().is_empty() {
            continue;
        }
        machine.fire(Effect {
            model: Some(model),
            relation: paths.texts().first().copied(),
            certainty,
            kept_by: Some(id),
            ..Effect::of(EffectKind::EagerLoad, Verb::Select, Name::new("prefetch_related_objects"), place)
        });
        if let Object::Row(row) = machine.object_mut(id) {
            row.plan = std::rc::Rc::new(plan);
        }
        super::relation::read_keys(machine, &Value::Object(id), &iteration.size, place);
    }
    Value::None
}

fn as_object(value: Value) -> Option<ObjectId> {
    match value {
        Value::Object(id) => Some(id),
        _ => None,
    }
}

/// `apps.get_model("shop.Book")`, `apps.get_model("shop", "Book")`
fn model_by_name(machine: &mut dyn Machine, arguments: &Arguments) -> Option<Value> {
    let label = arguments.texts().iter().map(|part| part.as_str()).collect::<Vec<_>>().join(".");
    let model = machine.program().schema.by_label(&label)?;
    Some(Value::Class(ClassRef::Known(model.class)))
}

/// Whether a setting of Django is on or off where programs are deployed: what runs while developing only is not paid for there.
/// Source: <https://docs.djangoproject.com/en/5.2/howto/deployment/checklist/#debug>
pub fn truth_outside(path: Name) -> Option<bool> {
    (path == "django.conf.settings.DEBUG").then_some(false)
}
