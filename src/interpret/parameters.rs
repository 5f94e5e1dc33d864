//! Parameters: what a call passes for each, and what a root's probably hold.

use super::generics::{arguments_of, class_within, is_called};
use super::interpreter::Interpreter;
use crate::domain::{
    Arguments, Closure, Dict, Guard, Machine, Object, ObjectId, Place, Scalar, Scope, Sequence, SequenceKind, Size,
    Value, Why,
};
use crate::project::{Binding, ClassId, ClassRef, ModuleId, Orm, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Constant, Expr, ExprKind, Function, Parameter, ParameterKind, Span};

impl Interpreter<'_> {
    /// Binds arguments to parameters in a new scope.
    pub(super) fn bind_parameters(
        &mut self,
        closure: &Closure,
        receiver: Option<&Value>,
        mut arguments: Arguments,
        place: Place,
    ) -> ObjectId {
        let function = &closure.function;
        if let Some(receiver) = receiver {
            arguments.positional.insert(0, receiver.clone());
        }
        let parent = self.frames.last().map_or(0, |frame| frame.context);
        let context = self.context_of(parent, place);
        let scope_place = Place { file: function.file, span: function.span };
        let scope = Scope { parent: closure.scope, module: Some(closure.module), ..Scope::default() };
        let id = self.allocate_in(context, scope_place, 1, Object::Scope(scope));
        let mut position = 0;
        let mut used = Vec::new();
        for parameter in &function.parameters {
            let value = self.argument_for(parameter, &arguments, &mut position, &mut used, closure, place);
            self.set_in_scope(id, parameter.name, value);
        }
        id
    }

    fn argument_for(
        &mut self,
        parameter: &Parameter,
        arguments: &Arguments,
        position: &mut usize,
        used: &mut Vec<Name>,
        closure: &Closure,
        place: Place,
    ) -> Value {
        match parameter.kind {
            ParameterKind::Star => {
                let rest = arguments.positional.get(*position..).unwrap_or_default().to_vec();
                *position = arguments.positional.len();
                let mut sequence = Sequence::of(SequenceKind::Tuple, rest);
                if let Some(star) = &arguments.star {
                    let element = super::join::join_maybe(&sequence.any(), &Some(star.clone()));
                    let size = Size::Unknown(parameter.name);
                    sequence = Sequence { kind: SequenceKind::Tuple, items: None, element, size };
                }
                Value::Object(self.allocate(place, 4, Object::Sequence(sequence)))
            }
            ParameterKind::DoubleStar => {
                let rest: Vec<_> =
                    arguments.keywords.iter().filter(|(name, _)| !used.contains(name)).cloned().collect();
                let mut dict = Dict { size: Size::Known(rest.len() as u64), known: rest, ..Dict::empty() };
                if arguments.double_star.is_some() {
                    dict.value = Some(Value::unknown(Why::Parameter));
                    dict.size = Size::Unknown(parameter.name);
                }
                Value::Object(self.allocate(place, 5, Object::Dict(dict)))
            }
            ParameterKind::KeywordOnly => {
                used.push(parameter.name);
                let value = self.keyword_or_default(parameter, arguments, closure);
                self.annotated_argument(value, parameter, closure)
            }
            ParameterKind::Normal | ParameterKind::PositionalOnly => {
                used.push(parameter.name);
                // A decorator may add by name what nobody could put at the position.
                let is_filled = |value: &&Value| !value.is_unknown() || arguments.keyword(&parameter.name).is_none();
                let given = arguments.positional.get(*position).filter(is_filled).cloned();
                *position += 1;
                let value = given.unwrap_or_else(|| self.keyword_or_default(parameter, arguments, closure));
                self.annotated_argument(value, parameter, closure)
            }
        }
    }

    fn keyword_or_default(&mut self, parameter: &Parameter, arguments: &Arguments, closure: &Closure) -> Value {
        if let Some(value) = arguments.keyword(&parameter.name) {
            return value.clone();
        }
        if parameter.kind != ParameterKind::KeywordOnly
            && let Some(star) = &arguments.star
        {
            return star.clone();
        }
        let default = match &parameter.default {
            Some(default) => self.in_module(closure.module, |machine| machine.evaluate(default)),
            None => Value::unknown(Why::Parameter),
        };
        if arguments.double_star.is_some() { Value::unknown(Why::Parameter) } else { default }
    }

    /// An unknown argument is what the parameter's annotation says, else what its uses point at.
    fn annotated_argument(&mut self, value: Value, parameter: &Parameter, closure: &Closure) -> Value {
        match &parameter.annotation {
            Some(annotation) if value.is_unknown() => {
                let hinted = self.in_module(closure.module, |machine| machine.hinted_value(annotation));
                if hinted.is_unknown() { value } else { hinted }
            }
            None if value.is_unknown() => self.alike(closure, parameter).unwrap_or(value),
            _ => value,
        }
    }

    /// What a parameter that nobody was seen filling probably is: what its annotation says, else a row of the model that
    /// it is named after.
    fn assumed_argument(&mut self, closure: &Closure, parameter: &Parameter, position: usize) -> Value {
        if let Some(annotation) = &parameter.annotation {
            return self.in_module(closure.module, |machine| {
                let class = class_within(annotation).map(|class| machine.evaluate(class));
                let class = class.filter(|class| matches!(class, Value::Class(ClassRef::Known(_))));
                class.unwrap_or_else(|| machine.annotation_value(annotation))
            });
        }
        let class = self.index.model_named(&parameter.name).or_else(|| self.request_class(parameter));
        match class {
            Some(class) => self.assumed_instance_for(closure, position, class),
            None => Value::unknown(Why::Parameter),
        }
    }

    /// `def view(request):` in a project of Django's.
    fn request_class(&self, parameter: &Parameter) -> Option<ClassId> {
        let module = self.program.find_module(None, "django.http").filter(|_| parameter.name == "request")?;
        self.program
            .schema
            .models
            .iter()
            .find(|model| model.orm == Orm::Django && !self.program.is_of_stub(model.class))?;
        match self.program.module(module).bindings.get(&Name::new("HttpRequest"))? {
            Binding::Class(class) => Some(*class),
            _ => None,
        }
    }

    fn assumed_instance_for(&mut self, closure: &Closure, position: usize, class: ClassId) -> Value {
        // The position keeps the rows of several parameters apart.
        let start = closure.function.span.start + position as u32;
        let span = Span { start, ..closure.function.span };
        let place = Place { file: closure.function.file, span };
        self.in_module(closure.module, |machine| machine.assumed_instance(class, place))
    }

    /// What a framework puts in for a default or a type that has a call in it, where that is known.
    fn supplied(&mut self, closure: &Closure, parameter: &Parameter) -> Option<Value> {
        let (module, supplier) = match supplies(parameter) {
            Some(default) => (closure.module, default),
            None => annotated_supplier(self.program, closure.module, parameter.annotation.as_ref()?)
                .filter(|(module, call)| is_of_framework(self.program, *module, call))?,
        };
        let value = self.in_module(module, |machine| machine.evaluate(supplier));
        matches!(value, Value::Object(_) | Value::Union(_)).then_some(value)
    }

    /// `def stamps(zone, lookup=live_lookup)`: the function or class that is called where nobody passes another, the object, or
    /// `steps=STEPS`, what a module lists of these.
    fn code_by_default(&mut self, closure: &Closure, parameter: &Parameter) -> Option<Value> {
        let default = parameter.default.as_ref()?;
        if !matches!(default.kind, ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Lambda { .. }) {
            return None;
        }
        let value = self.in_module(closure.module, |machine| machine.evaluate(default));
        self.is_made_of_code(&value).then_some(value)
    }

    /// Whether a value is a function, a class, an object of the project's, or a listing of these.
    fn is_made_of_code(&self, value: &Value) -> bool {
        let Value::Object(id) = value else { return value.is_code() && *value != Value::None };
        match self.object(*id) {
            Object::Instance(_) => true,
            Object::Sequence(sequence) => {
                let mut items = sequence.items.iter().flatten().peekable();
                items.peek().is_some() && items.all(|item| self.is_made_of_code(item))
            }
            Object::Dict(dict) => {
                let mut values = dict.listed_values().peekable();
                values.peek().is_some() && dict.value.is_none() && values.all(|value| self.is_made_of_code(value))
            }
            _ => false,
        }
    }

    /// What holds of the parameters of a function when nobody passes anything for those with a default.
    pub(super) fn default_conditions(&mut self, function: &Function, place: Place) -> Vec<Guard> {
        let scope = self.scope_of_call(function, place);
        let mut conditions = Vec::new();
        for parameter in &function.parameters {
            let Some(ExprKind::Constant(default)) = parameter.default.as_ref().map(|default| &default.kind) else {
                continue;
            };
            let truth = match default {
                Constant::None => false,
                Constant::Bool(truth) => *truth,
                _ => continue,
            };
            conditions.push((self.condition_in(scope, parameter.name), truth));
            if *default == Constant::None {
                let is_none = Name::new(&format!("{} is None", parameter.name));
                conditions.push((self.condition_in(scope, is_none), true));
            }
        }
        conditions
    }

    /// What the parameters of a root hold, but for those that are filled already; `classes` says what the first are
    /// instances of.
    pub(super) fn root_arguments(&mut self, closure: &Closure, filled: usize, classes: &[Value]) -> Arguments {
        let mut arguments = Arguments::default();
        for (position, parameter) in closure.function.parameters.iter().enumerate().skip(filled) {
            let value = match classes.get(position - filled) {
                Some(Value::Class(ClassRef::Known(class))) => self.assumed_instance_for(closure, position, *class),
                _ => {
                    let assumed = self.assumed_argument(closure, parameter, position);
                    // `model: type[Tracked] = Policy` names a class that it certainly is for somebody.
                    let is_open =
                        matches!(assumed, Value::Unknown(_) | Value::External(_) | Value::Class(ClassRef::Known(_)));
                    let code = if is_open { self.code_by_default(closure, parameter) } else { None };
                    let given = self.supplied(closure, parameter).or(code);
                    given.unwrap_or_else(|| or_default(assumed, parameter))
                }
            };
            match parameter.kind {
                ParameterKind::Normal | ParameterKind::PositionalOnly => arguments.positional.push(value),
                ParameterKind::KeywordOnly => arguments.keywords.push((parameter.name, value)),
                ParameterKind::Star => arguments.star = Some(Value::unknown(Why::Parameter)),
                ParameterKind::DoubleStar => arguments.double_star = Some(Value::unknown(Why::Parameter)),
            }
        }
        if arguments.star.is_some() {
            arguments.double_star = arguments.double_star.or(Some(Value::unknown(Why::Parameter)));
        }
        arguments
    }
}

/// `template_name="shop/list.html"`, `months=6`: the text or number, or whatever else somebody passes.
fn or_default(assumed: Value, parameter: &Parameter) -> Value {
    if !(assumed.is_unknown() || assumed == Value::ANY) {
        return assumed;
    }
    let default = match parameter.default.as_ref().map(|default| &default.kind) {
        Some(ExprKind::Constant(Constant::Text(text))) if !text.is_empty() => Value::text(text),
        Some(ExprKind::Constant(Constant::Int(number))) if *number > 0 => Value::Scalar(Scalar::Int(*number)),
        _ => return assumed,
    };
    default.join(&Value::unknown(Why::Parameter), None)
}

/// `db=Depends(get_db)`: a default that is a call supplies the argument.
fn supplies(parameter: &Parameter) -> Option<&Expr> {
    parameter.default.as_ref().filter(|default| matches!(default.kind, ExprKind::Call { .. }))
}

/// The call in `Annotated[Book, Depends(get_book)]`, or in what a name at the top of a module stands for, with that module.
fn annotated_supplier<'e>(
    program: &'e Program,
    module: ModuleId,
    annotation: &'e Expr,
) -> Option<(ModuleId, &'e Expr)> {
    if let ExprKind::Name(_) | ExprKind::Attribute { .. } = annotation.kind {
        let Some(Binding::Variable(home, name)) = program.resolve_expr(module, None, annotation) else { return None };
        return Some((home, call_in_type(program.assignment(home, name)?)?));
    }
    Some((module, call_in_type(annotation)?))
}

/// The call that stands behind the type in `Annotated[Book, Depends(get_book)]`.
fn call_in_type(annotation: &Expr) -> Option<&Expr> {
    let parts = arguments_of(annotation, |of| is_called(of, &["Annotated"]))?;
    parts.into_iter().skip(1).find(|part| matches!(part.kind, ExprKind::Call { .. }))
}

/// Whether a call is one of a framework's: other metadata of a type supplies nothing.
fn is_of_framework(program: &Program, module: ModuleId, call: &Expr) -> bool {
    let ExprKind::Call { function, .. } = &call.kind else { return false };
    match program.resolve_expr(module, None, function) {
        Some(Binding::Class(class)) => program.is_of_stub(class),
        Some(Binding::Function(function)) => program.module_of(function.file).is_some_and(|module| module.is_stub),
        _ => false,
    }
}
