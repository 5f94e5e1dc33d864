//! Raw SQL: a statement that is sent as text, and the remark that values were formatted into it.

use super::sql::footprint;
use crate::domain::{Arguments, Effect, EffectKind, Machine, Object, Place, Scalar, StatementShape, Value, Verb};
use crate::syntax::Name;

/// Sends a statement; its shape is known where its text is.
pub fn execute(machine: &mut dyn Machine, action: Name, sql: Option<&Value>, place: Place) {
    let known = sql.and_then(Value::as_text).and_then(|text| footprint(&text));
    let (verb, footprint) =
        known.map_or((Verb::Select, None), |(verb, footprint)| (verb, Some(StatementShape::Known(footprint))));
    machine.fire(Effect { footprint, ..Effect::of(EffectKind::Raw, verb, action, place) });
    remark(machine, action, sql, place);
}

/// Notes a text into which values were formatted.
pub fn remark(machine: &mut dyn Machine, action: Name, sql: Option<&Value>, place: Place) {
    if sql == Some(&Value::Scalar(Scalar::Built)) {
        machine.fire(Effect::of(EffectKind::BuiltSql, Verb::Select, action, place));
    }
}

/// As `remark`, for the pieces of SQL in `extra(select={…}, where=[…], order_by=[…])`.
pub fn remark_pieces(machine: &mut dyn Machine, action: Name, arguments: &Arguments, place: Place) {
    let places = [(0, "select"), (1, "where"), (3, "tables"), (4, "order_by")];
    let given = places.into_iter().filter_map(|(position, name)| arguments.get(position, name));
    let pieces: Vec<Value> = given.flat_map(|value| pieces(machine, value)).collect();
    if let Some(built) = pieces.iter().find(|piece| **piece == Value::Scalar(Scalar::Built)) {
        remark(machine, action, Some(built), place);
    }
}

fn pieces(machine: &dyn Machine, value: &Value) -> Vec<Value> {
    let Value::Object(id) = value else { return vec![value.clone()] };
    match machine.object(*id) {
        Object::Sequence(sequence) => {
            sequence.items.iter().flatten().cloned().chain(sequence.element.clone()).collect()
        }
        Object::Dict(dict) => dict.listed_values().cloned().chain(dict.value.clone()).collect(),
        _ => Vec::new(),
    }
}

/// `sqlalchemy.text(…)`: nothing is sent yet, but the text is at hand.
pub fn remark_on_call(machine: &mut dyn Machine, path: Name, arguments: &Arguments, place: Place) {
    let makes_sql = matches!(
        path.as_str(),
        "sqlalchemy.text"
            | "sqlalchemy.sql.text"
            | "sqlalchemy.sql.expression.text"
            | "django.db.models.expressions.RawSQL"
    );
    if makes_sql {
        remark(machine, Name::new(path.rsplit('.').next().unwrap_or_default()), arguments.positional.first(), place);
    }
}

/// The columns between SELECT and FROM; `None` where a star or something else than names is selected.
pub fn selected_columns(sql: Name) -> Option<Vec<Name>> {
    let lower = sql.to_ascii_lowercase();
    let from = lower.find(" from ").or_else(|| lower.find("\nfrom "))?;
    let list = lower.get(lower.find("select")? + "select".len()..from)?;
    list.split(',')
        .map(|item| {
            let name = item.trim().rsplit(['.', ' ']).next()?.trim_matches(['"', '`', '[', ']']);
            let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            plain.then(|| Name::new(name))
        })
        .collect()
}
