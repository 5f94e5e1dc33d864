//! What stubs may ask of the interpreter, because Python can't say it.
//!
//! `at_declaration(owner, names, function, *arguments)` calls a function for a declaration of the project: what it fires
//! is blamed on the statement of the owner's class that declares the first of the names that is declared there
//! (`"Meta.fields"` looks into the nested class), else on the class. `text_of(value)` makes a text of a value.
//! `attribute_path(value, "a.b")` reads attributes in turn.

use super::effects::TrailStep;
use super::interpreter::Interpreter;
use crate::domain::{Arguments, Place, Value, Why};
use crate::project::{ClassId, ClassRef, Member, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Stmt, StmtKind};

impl Interpreter<'_> {
    /// Calls an intrinsic by name.
    pub(crate) fn call_intrinsic(&mut self, name: &str, arguments: &Arguments, place: Place) -> Option<Value> {
        match name {
            "at_declaration" => Some(self.at_declaration(arguments, place)),
            "attribute_path" => Some(self.attribute_path(arguments, place)),
            "text_of" => {
                let value = arguments.positional.first()?;
                self.stringify(value, place);
                Some(Value::ANY)
            }
            _ => self
                .template_intrinsic(name, arguments, place)
                .or_else(|| self.schema_intrinsic(name, arguments, place)),
        }
    }

    fn attribute_path(&mut self, arguments: &Arguments, place: Place) -> Value {
        let [value, path] = arguments.positional.as_slice() else { return Value::unknown(Why::Call) };
        let Some(path) = path.as_text() else { return Value::unknown(Why::Call) };
        let mut value = value.clone();
        for part in path.split('.') {
            value = self.read_attribute(&value, Name::new(part), place);
        }
        value
    }

    fn at_declaration(&mut self, arguments: &Arguments, place: Place) -> Value {
        let [owner, names, function, rest @ ..] = arguments.positional.as_slice() else {
            return Value::unknown(Why::Call);
        };
        let class = match owner {
            Value::Class(ClassRef::Known(id)) => Some(*id),
            other => self.class_of(other),
        };
        let names = self.listed(names).unwrap_or_else(|| vec![names.clone()]);
        let names: Vec<Name> = names.iter().filter_map(Value::as_text).collect();
        let declared = class.and_then(|class| declaration(self.program, class, &names));
        let rest = Arguments::of(rest.to_vec());
        let Some(declared) = declared else { return self.call_value(function, rest, place) };
        self.trail.push(TrailStep::Call { place: declared, is_stub: false });
        let value = self.call_value(function, rest, place);
        self.trail.pop();
        value
    }
}

/// The place of the statement that declares the first declared name, in the nearest class of the project that has it.
fn declaration(program: &Program, class: ClassId, names: &[Name]) -> Option<Place> {
    let own: Vec<ClassId> = program
        .class(class)
        .mro
        .iter()
        .filter_map(|base| match base {
            ClassRef::Known(id) if !program.module(program.class(*id).module).is_stub => Some(*id),
            _ => None,
        })
        .collect();
    let found = names.iter().find_map(|name| own.iter().find_map(|class| declared_in(program, *class, *name)));
    found.or_else(|| {
        let class = &program.class(*own.first()?).class;
        Some(Place { file: class.file, span: class.span })
    })
}

fn declared_in(program: &Program, class: ClassId, name: Name) -> Option<Place> {
    let about = program.class(class);
    if let Some((outer, inner)) = name.split_once('.') {
        let Some(Member::Class(nested)) = about.members.get(&Name::new(outer)) else { return None };
        return declared_in(program, *nested, Name::new(inner));
    }
    let statement = about.class.body.iter().rev().find(|statement| declares(statement, name))?;
    Some(Place { file: about.class.file, span: statement.span })
}

fn declares(statement: &Stmt, name: Name) -> bool {
    let is_it = |target: &Expr| matches!(target.kind, ExprKind::Name(found) if found == name);
    match &statement.kind {
        StmtKind::Assign { targets, .. } => targets.iter().any(is_it),
        StmtKind::Annotated { target, .. } => is_it(target),
        StmtKind::Function(function) => function.name == name,
        _ => false,
    }
}
