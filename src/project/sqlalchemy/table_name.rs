//! The name of a mapped class's own table: written, made by a function, or given by the library.

use super::super::program::{ClassId, Member, Program};
use super::super::resolve::text;
use super::bases::Base;
use super::discover::Entity;
use super::scope::{Scope, returned};
use crate::syntax::Name;
use crate::syntax::ir::{Constant, Expr, ExprKind, Function};

/// What is known about a class's own table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableName {
    /// It has this name.
    Known(Name),
    /// It has a name that the source does not spell out.
    Unread,
    /// Nobody knows whether it has one.
    Unknown,
    /// It has none: it lives in its parent's table.
    None,
}

/// The table that `__tablename__` (or the library) gives to an entity. `is_mapped` says which of its bases have tables
/// of their own, whose `__tablename__` is theirs alone; `has_key` whether the class itself declares a primary key.
pub(super) fn table_name(
    program: &Program,
    entity: &Entity,
    is_mapped: &dyn Fn(ClassId) -> bool,
    has_key: bool,
) -> TableName {
    for class in &entity.classes {
        let own = *class == entity.class || !is_mapped(*class);
        match program.class(*class).members.get(&Name::new("__tablename__")) {
            Some(Member::Function(function)) => return made(program, entity, *class, function),
            Some(Member::Variable(_)) if own => return written(program, *class),
            Some(Member::Variable(_)) => break,
            _ => {}
        }
    }
    by_library(program, entity, has_key)
}

fn written(program: &Program, class: ClassId) -> TableName {
    let value = program.class_assignment(class, Name::new("__tablename__"));
    match value.map(|value| (&value.kind, value)) {
        Some((ExprKind::Constant(Constant::None), _)) => TableName::None,
        Some((_, value)) => {
            let known = text(value).or_else(|| Scope::of_class(program, class).text(value));
            known.map_or(TableName::Unread, TableName::Known)
        }
        None => TableName::Unread,
    }
}

/// `@declared_attr def __tablename__(cls): return cls.__name__.lower()`
fn made(program: &Program, entity: &Entity, class: ClassId, function: &Function) -> TableName {
    let scope = Scope::of_class(program, class);
    if entity.parent.is_some() && scope.source_at(function.body.span()).contains("has_inherited_table") {
        return TableName::None;
    }
    let name = program.class(entity.class).class.name;
    match returned(function) {
        Some(value) => computed(scope, value, name).map_or(TableName::Unread, TableName::Known),
        None => TableName::Unread,
    }
}

/// What the expression makes of the class's name.
fn computed(scope: Scope, value: &Expr, class: Name) -> Option<Name> {
    match &value.kind {
        ExprKind::Attribute { name, .. } if *name == "__name__" => Some(class),
        ExprKind::Call { function, .. } => match &function.kind {
            ExprKind::Attribute { value, name, .. } if *name == "lower" => {
                Some(Name::new(&computed(scope, value, class)?.to_lowercase()))
            }
            _ => None,
        },
        ExprKind::Format(parts) => {
            let source = scope.source(value).trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let mut text = source.trim_matches(['"', '\'']).to_owned();
            for (part, _) in parts {
                let known = computed(scope, part, class)?;
                text = text.replacen(&format!("{{{}}}", scope.source(part)), &known, 1);
            }
            (!text.contains('{')).then(|| Name::new(&text))
        }
        ExprKind::Binary { left, right, .. } => {
            let (left, right) = (computed(scope, left, class)?, computed(scope, right, class)?);
            Some(Name::new(&format!("{left}{right}")))
        }
        _ => text(value),
    }
}

/// Flask-SQLAlchemy names tables `like_this` where the class declares a key; SQLModel `likethis`.
fn by_library(program: &Program, entity: &Entity, has_key: bool) -> TableName {
    let name = program.class(entity.class).class.name;
    match entity.base {
        Base::SqlModel => TableName::Known(Name::new(&name.to_lowercase())),
        Base::Flask if has_key || entity.parent.is_none() => TableName::Known(Name::new(&snake_case(&name))),
        _ if entity.parent.is_some() => TableName::None,
        _ => TableName::Unknown,
    }
}

/// `camel_to_snake_case` of Flask-SQLAlchemy 3.1: `HTTPRequest` is `http_request`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut text = String::new();
    for (position, letter) in letters.iter().enumerate() {
        let before = position.checked_sub(1).map(|before| letters[before]);
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || letters.get(position + 1).is_some_and(|next| next.is_lowercase())
            });
        if starts_word && before != Some('_') {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn words_are_cut_as_flask_does() {
        assert_eq!(snake_case("BlogPost"), "blog_post");
        assert_eq!(snake_case("HTTPRequest"), "http_request");
        assert_eq!(snake_case("User"), "user");
    }
}
