//! What a parameter that nothing names probably is: the only class of the project that has all that is asked of it.
//!
//! ```py
//! def allocate(uow, reference):
//!     with uow:
//!         batch = uow.batches.get(reference)
//!         uow.commit()
//! ```

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::index::{Index, Remembered, remembered};
use super::interpreter::Interpreter;
use crate::domain::{Closure, Place, Value};
use crate::project::{ClassId, ClassRef, Member, ModuleId, Program};
use crate::source::FileId;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Function, Parameter, Span, StmtKind};

/// One attribute alone says little: many classes have a `name`.
const FEWEST: usize = 2;

/// A class without a body of its own may stand for so many that have one.
const MOST_CONCRETE: usize = 3;

/// The space of objects that stand for classes.
const INSTANCE: u32 = 420;

type Key = (FileId, u32, Name);

/// Answers that were worked out before, shared by all roots.
#[derive(Default)]
pub(crate) struct Likenesses {
    found: Remembered<Key, Option<ClassId>>,
    globals: Remembered<(ModuleId, Name), Option<ClassId>>,
    holders: OnceLock<FxHashMap<Name, Vec<ClassId>>>,
}

impl Likenesses {
    /// The classes of the project that have all these members or attributes.
    pub(super) fn holders_of_all(&self, program: &Program, asked: &[Name]) -> Vec<ClassId> {
        let holders = self.holders.get_or_init(|| holders(program));
        let lists: Option<Vec<&Vec<ClassId>>> = asked.iter().map(|name| holders.get(name)).collect();
        let Some((first, rest)) = lists.as_deref().and_then(<[_]>::split_first) else { return Vec::new() };
        if asked.len() < FEWEST {
            return Vec::new();
        }
        first.iter().copied().filter(|class| rest.iter().all(|list| list.contains(class))).collect()
    }
}

impl Interpreter<'_> {
    /// An instance of the class that a parameter's uses point at.
    pub(crate) fn alike(&mut self, closure: &Closure, parameter: &Parameter) -> Option<Value> {
        let function = &closure.function;
        if self.program.module(closure.module).is_stub || is_session_like(&parameter.name) {
            return None;
        }
        let class = self.index.class_like(self.program, closure, parameter.name)?;
        // The position keeps the objects of several parameters apart.
        let position = function.parameters.iter().position(|other| other.name == parameter.name)?;
        let start = function.span.start + 1 + position as u32;
        let place = Place { file: function.file, span: Span { start, ..function.span } };
        Some(self.in_module(closure.module, |machine| machine.assumed_instance(class, place)))
    }

    /// What a module variable is that is `None` until some code calls a function of the module with it:
    ///
    /// ```py
    /// def init(db):
    ///     global library
    ///     library = db
    /// ```
    pub(super) fn given_later(&mut self, module: ModuleId, name: Name) -> Option<Value> {
        let about = self.program.module(module);
        let class = self.index.class_of_global(self.program, module, name).filter(|_| !about.is_stub)?;
        let place = Place { file: about.file, span: Span::default() };
        Some(self.in_module(module, |machine| machine.assumed_instance(class, place)))
    }

    /// Instances of the classes that an abstract class or protocol stands for, where they are few.
    pub(super) fn concrete_instances(&mut self, class: ClassId, place: Place) -> Option<Value> {
        let found = self.index.concrete(self.program, class);
        let made = found
            .iter()
            .enumerate()
            .map(|(number, class)| self.plain_instance(*class, place, INSTANCE + number as u32));
        made.collect::<Vec<_>>().into_iter().reduce(|a, b| a.join(&b, None))
    }
}

impl Index {
    /// The only class of the project that has every attribute which the function asks of a parameter.
    fn class_like(&self, program: &Program, closure: &Closure, parameter: Name) -> Option<ClassId> {
        let function = &closure.function;
        let key = (function.file, function.span.start, parameter);
        let find = || {
            let mut asked = asked_of(program.text_of(function), &parameter);
            asked.extend(asked_of_attribute(program, closure, &parameter));
            asked.sort();
            asked.dedup();
            self.find_like(program, &asked)
        };
        remembered(&self.likenesses.found, key, find)
    }

    /// The only class of the project that has every attribute which the functions of a module ask of its variable, where one
    /// of them is given what it is.
    fn class_of_global(&self, program: &Program, module: ModuleId, name: Name) -> Option<ClassId> {
        let find = || {
            let functions = program.module(module).outline.body.iter().filter_map(|statement| match &statement.kind {
                StmtKind::Function(function) => Some((function, program.text_of(function))),
                _ => None,
            });
            let functions: Vec<_> = functions.filter(|(_, text)| text.contains(name.as_str())).collect();
            functions.iter().find(|(function, text)| is_given(function, text, &name))?;
            let mut asked: Vec<Name> = functions.iter().flat_map(|(_, text)| asked_of(text, &name)).collect();
            asked.sort();
            asked.dedup();
            self.find_like(program, &asked)
        };
        remembered(&self.likenesses.globals, (module, name), find)
    }

    fn find_like(&self, program: &Program, asked: &[Name]) -> Option<ClassId> {
        let found = self.holders(program, asked);
        // Of a family the oldest stands for all.
        let oldest = *found.iter().find(|class| found.iter().all(|other| program.inherits(*other, **class)))?;
        program.schema.of_class(oldest).is_none().then_some(oldest)
    }

    /// The classes that an abstract class stands for: those of its subclasses that leave nothing open, or for a protocol
    /// without any, those that have all its members. None where there are many.
    fn concrete(&self, program: &Program, class: ClassId) -> Vec<ClassId> {
        if !is_abstract(program, class) {
            return Vec::new();
        }
        let is_own = |class: &ClassId| {
            let about = program.class(*class);
            !program.module(about.module).is_stub && !is_abstract(program, *class)
        };
        let mut found = program.below(class);
        found.retain(is_own);
        if found.is_empty() && is_protocol(program, class) {
            let asked: Vec<Name> = program.class(class).members.keys().copied().collect();
            found = self.holders(program, &asked);
            found.retain(|other| *other != class && is_own(other));
        }
        if found.len() > MOST_CONCRETE { Vec::new() } else { found }
    }
}

/// The classes of the project by the names of their members and of the attributes that their methods set.
fn holders(program: &Program) -> FxHashMap<Name, Vec<ClassId>> {
    let mut holders: FxHashMap<Name, Vec<ClassId>> = FxHashMap::default();
    for class in program.classes.iter().filter(|class| !program.module(class.module).is_stub && class.outer.is_none()) {
        let mut names = FxHashSet::default();
        for base in &class.mro {
            let ClassRef::Known(base) = base else { continue };
            for (name, member) in &program.class(*base).members {
                names.insert(*name);
                if let Member::Function(function) = member {
                    names.extend(attributes_set(program, function));
                }
            }
        }
        names.into_iter().for_each(|name| holders.entry(name).or_default().push(class.id));
    }
    holders
}

/// The attributes that the text of a method sets on its first parameter.
fn attributes_set(program: &Program, function: &Function) -> Vec<Name> {
    let Some(first) = function.parameters.first() else { return Vec::new() };
    let is_set = |rest: &str| {
        let rest = rest.trim_start_matches(is_word).trim_start();
        rest.starts_with(':') || (rest.starts_with('=') && !rest.starts_with("==")) || rest.starts_with(',')
    };
    let reads = occurrences(program.text_of(function), &first.name);
    reads
        .filter_map(|(_, after)| after.strip_prefix('.'))
        .filter(|rest| is_set(rest))
        .filter_map(leading_name)
        .collect()
}

/// Whether methods of the class are still open: nobody makes an instance of it.
fn is_abstract(program: &Program, class: ClassId) -> bool {
    let is_open = |name: &Name| match program.member(class, *name, None) {
        Some((_, Member::Function(function), _)) => function.decorators.iter().any(is_abstract_mark),
        _ => false,
    };
    let own = program.class(class).mro.iter().filter_map(|base| match base {
        ClassRef::Known(base) => Some(program.class(*base)),
        ClassRef::External(_) => None,
    });
    is_protocol(program, class) || own.flat_map(|base| base.members.keys()).any(is_open)
}

fn is_abstract_mark(decorator: &Expr) -> bool {
    matches!(decorator.kind, ExprKind::Name(name) | ExprKind::Attribute { name, .. } if name.starts_with("abstract"))
}

/// Whether the class itself says that it is a protocol.
fn is_protocol(program: &Program, class: ClassId) -> bool {
    program.class(class).class.bases.iter().any(|base| {
        let base = match &base.value.kind {
            ExprKind::Subscript { value, .. } => value,
            _ => &base.value,
        };
        matches!(base.kind, ExprKind::Name(name) | ExprKind::Attribute { name, .. } if name == "Protocol")
    })
}

/// Whether a function sets a variable of its module to one of its parameters.
fn is_given(function: &Function, text: &str, variable: &str) -> bool {
    let is_parameter = |after: &str| {
        let value = after.trim_start().strip_prefix('=').and_then(|value| leading_name(value.trim_start()));
        value.is_some_and(|value| function.parameters.iter().any(|parameter| parameter.name == value))
    };
    text.contains(&format!("global {variable}")) && occurrences(text, variable).any(|(_, after)| is_parameter(after))
}

fn is_session_like(name: &str) -> bool {
    matches!(name, "self" | "cls" | "request" | "db" | "conn" | "connection") || name.ends_with("session")
}

/// What the methods of a class ask of the attribute in which its constructor keeps a parameter: `self.uow = uow`.
fn asked_of_attribute(program: &Program, closure: &Closure, parameter: &str) -> Vec<Name> {
    let (function, Some(class)) = (&closure.function, closure.class) else { return Vec::new() };
    let Some(owner) = function.parameters.first().filter(|_| function.name == "__init__") else { return Vec::new() };
    let is_kept = |after: &str| {
        let (name, value) = after.strip_prefix('.')?.split_once('=')?;
        let value = value.trim_start().strip_prefix(parameter)?;
        (!value.starts_with(|letter| is_word(letter) || "([. ".contains(letter))).then(|| name.trim().to_owned())
    };
    let text = program.text_of(function);
    let Some(name) = occurrences(text, &owner.name).find_map(|(_, after)| is_kept(after)) else { return Vec::new() };
    let kept = format!("{}.{name}", owner.name);
    let members = program.class(class).members.values();
    let methods = members.filter_map(|member| match member {
        Member::Function(function) => Some(program.text_of(function)),
        _ => None,
    });
    methods.flat_map(|text| asked_of(text, &kept)).collect()
}

/// The attributes that a text reads of a name, with what `with` calls.
pub(super) fn asked_of(text: &str, parameter: &str) -> Vec<Name> {
    let mut asked = Vec::new();
    for (before, after) in occurrences(text, parameter) {
        let before = before.trim_end_matches(' ');
        if let Some(name) = after.strip_prefix('.').and_then(leading_name) {
            asked.push(name);
        } else if before.ends_with("async with") {
            asked.extend([Name::new("__aenter__"), Name::new("__aexit__")]);
        } else if before.ends_with("with") {
            asked.extend([Name::new("__enter__"), Name::new("__exit__")]);
        }
    }
    asked
}

/// The text before and after each time that a name stands in a text by itself.
pub(super) fn occurrences<'t>(text: &'t str, name: &str) -> impl Iterator<Item = (&'t str, &'t str)> {
    let found: Vec<usize> = text.match_indices(name).map(|(start, _)| start).collect();
    let length = name.len();
    found.into_iter().map(move |start| (&text[..start], &text[start + length..])).filter(|(before, after)| {
        !before.ends_with(|letter| is_word(letter) || letter == '.') && !after.starts_with(is_word)
    })
}

fn leading_name(text: &str) -> Option<Name> {
    let end = text.find(|letter| !is_word(letter)).unwrap_or(text.len());
    (end > 0).then(|| Name::new(&text[..end]))
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
