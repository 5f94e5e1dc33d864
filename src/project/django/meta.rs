//! `class Meta` of a model: its own, or the one Django makes it inherit.

use super::super::arguments::{Arguments, is_constant};
use super::super::flow::elements;
use super::super::program::{Binding, ClassId, ClassRef, Member, Program};
use super::super::resolve::text;
use crate::project::Index;
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, BinaryOperator, Constant, Expr, ExprKind};

/// The `Meta` class that holds for a model.
#[derive(Clone, Copy)]
pub(super) struct Meta<'a> {
    program: &'a Program,
    /// The `Meta` class, own or inherited.
    class: Option<ClassId>,
    /// Whether it stands in the model's own body.
    is_own: bool,
}

impl<'a> Meta<'a> {
    /// The model's own `Meta`, else the nearest one of a base that is not a concrete model.
    pub fn of(program: &'a Program, model: ClassId) -> Meta<'a> {
        let own = own_meta(program, model);
        let inherited = || {
            let bases = program.class(model).mro.iter().skip(1);
            bases.filter_map(|base| visible_meta(program, *base)).next()
        };
        Meta { program, class: own.or_else(inherited), is_own: own.is_some() }
    }

    /// The value of an option, through the bases of the `Meta` class.
    pub fn value(self, option: &str) -> Option<&'a Expr> {
        let (owner, _, _) = self.program.member(self.class?, Name::new(option), None)?;
        self.program.class_assignment(owner, Name::new(option))
    }

    /// A text option.
    pub fn text(self, option: &str) -> Option<Name> {
        self.value(option).and_then(text)
    }

    /// Whether an option is `True`.
    pub fn is_true(self, option: &str) -> bool {
        self.value(option).is_some_and(|value| is_constant(value, true))
    }

    /// `abstract = True` in the own body: Django takes the option away from children.
    pub fn is_abstract(self) -> bool {
        self.is_own && self.class.is_some_and(|class| says_abstract(self.program, class))
    }

    /// `order_with_respect_to`: an `_order` column keeps the rows in order.
    pub fn is_positioned(self) -> bool {
        let value = self.value("order_with_respect_to");
        value.is_some_and(|value| !matches!(value.kind, ExprKind::Constant(Constant::None)))
    }

    /// Whether rows come in an order, and by which paths where those are written as texts; `None` when nothing is said.
    pub fn ordering(self) -> Option<(bool, Vec<Name>)> {
        if self.is_positioned() {
            return Some((true, vec![Name::new("_order")]));
        }
        let value = self.value("ordering")?;
        let is_ordered = elements(value).is_none_or(|items| !items.is_empty());
        let written = names(value);
        let is_plain = elements(value).is_some_and(|items| items.len() == written.len());
        Some((is_ordered, if is_plain { written } else { Vec::new() }))
    }

    /// Indexes and unique constraints.
    pub fn indexes(self) -> Vec<Index> {
        let mut indexes = Vec::new();
        for (option, unique) in [("unique_together", true), ("index_together", false)] {
            if let Some(value) = self.value(option) {
                indexes.extend(together(value, unique));
            }
        }
        for option in ["indexes", "constraints"] {
            let items = self.value(option).and_then(elements).unwrap_or_default();
            indexes.extend(items.iter().filter_map(index));
        }
        indexes
    }

    /// Pairs of names, a space between, of which a `CheckConstraint` lets but one be set.
    pub fn excluding(self) -> Vec<Name> {
        let constraints = self.value("constraints").and_then(elements).unwrap_or_default();
        constraints.iter().filter_map(check).flat_map(exclusions).collect()
    }
}

/// What `models.CheckConstraint(condition=...)` asks of every row; `check=` until Django 5.1.
fn check(constraint: &Expr) -> Option<&Expr> {
    let ExprKind::Call { function, arguments } = &constraint.kind else { return None };
    let arguments = Arguments(arguments);
    let is_check = super::super::resolve::last_name(function)?.ends_with("CheckConstraint");
    arguments.keyword("condition").or_else(|| arguments.keyword("check")).filter(|_| is_check)
}

/// The pairs of names that a condition never finds set together.
fn exclusions(condition: &Expr) -> Vec<Name> {
    let mut names = Vec::new();
    null_tests(condition, &mut names);
    let pairs = names.iter().enumerate().flat_map(|(at, one)| names[at + 1..].iter().map(move |other| [*one, *other]));
    let excluded = pairs.filter(|pair| !may_hold(condition, pair));
    excluded.map(|[one, other]| Name::new(&format!("{one} {other}"))).collect()
}

/// The names that a condition over `Q` objects asks whether they are NULL.
fn null_tests(condition: &Expr, found: &mut Vec<Name>) {
    match &condition.kind {
        ExprKind::Binary { left, right, .. } => {
            null_tests(left, found);
            null_tests(right, found);
        }
        ExprKind::Call { arguments, .. } => {
            let tested = arguments.iter().filter_map(is_null_test).map(|(name, _)| name);
            let new: Vec<Name> = tested.filter(|name| !found.contains(name)).collect();
            found.extend(new);
        }
        _ => {}
    }
}

/// Whether a condition may be true of a row in which these names are set; whatever is no question for NULL may be.
fn may_hold(condition: &Expr, set: &[Name]) -> bool {
    match &condition.kind {
        ExprKind::Binary { left, operator: BinaryOperator::And, right } => may_hold(left, set) && may_hold(right, set),
        ExprKind::Binary { left, operator: BinaryOperator::Or, right } => may_hold(left, set) || may_hold(right, set),
        ExprKind::Call { arguments, .. } => {
            arguments.iter().filter_map(is_null_test).all(|(name, is_null)| !is_null || !set.contains(&name))
        }
        _ => true,
    }
}

/// `author__isnull=True`, `author=None`
fn is_null_test(argument: &Argument) -> Option<(Name, bool)> {
    let ArgumentKind::Keyword(keyword) = argument.kind else { return None };
    match keyword.strip_suffix("__isnull") {
        Some(name) if is_constant(&argument.value, true) => Some((Name::new(name), true)),
        Some(name) if is_constant(&argument.value, false) => Some((Name::new(name), false)),
        Some(_) => None,
        None => argument.value.is_none().then_some((keyword, true)),
    }
}

fn says_abstract(program: &Program, meta: ClassId) -> bool {
    program.class_assignment(meta, Name::new("abstract")).is_some_and(|value| is_constant(value, true))
}

fn own_meta(program: &Program, class: ClassId) -> Option<ClassId> {
    let name = Name::new("Meta");
    match program.class(class).members.get(&name)? {
        Member::Class(id) => Some(*id),
        Member::Variable(_) => {
            let value = program.class_assignment(class, name)?;
            match program.resolve_expr(program.class(class).module, None, value)? {
                Binding::Class(id) => Some(id),
                _ => None,
            }
        }
        Member::Function(_) | Member::Property(_) => None,
    }
}

/// Django pops `Meta` off concrete models, so only that of abstract models and plain mixins is inherited.
fn visible_meta(program: &Program, base: ClassRef) -> Option<ClassId> {
    let ClassRef::Known(id) = base else { return None };
    let meta = own_meta(program, id)?;
    let is_mixin = || !program.class(id).mro.iter().any(|entry| matches!(entry, ClassRef::External(_)));
    (says_abstract(program, meta) || is_mixin()).then_some(meta)
}

/// `("a", "b")` or `[("a", "b"), ("c", "d")]`
fn together(value: &Expr, unique: bool) -> Vec<Index> {
    let items = elements(value).unwrap_or_default();
    let is_flat = items.first().is_some_and(|item| text(item).is_some());
    let groups: Vec<Vec<Name>> = if is_flat { vec![names(value)] } else { items.iter().map(names).collect() };
    groups.into_iter().filter(|columns| !columns.is_empty()).map(|columns| Index::of(columns, unique)).collect()
}

/// `models.Index(fields=["a", "-b"])`, `models.UniqueConstraint(fields=["a"])`; a conditional unique constraint makes
/// the columns unique among some rows only.
fn index(value: &Expr) -> Option<Index> {
    let ExprKind::Call { function, arguments } = &value.kind else { return None };
    let arguments = Arguments(arguments);
    let columns = names(arguments.keyword("fields")?);
    let is_unique = super::super::resolve::last_name(function)?.ends_with("UniqueConstraint");
    let condition = arguments.keyword("condition");
    let unique_where = condition.filter(|_| is_unique).and_then(truths).unwrap_or_default();
    let unique = is_unique && condition.is_none();
    (!columns.is_empty()).then_some(Index { columns, unique, unique_where })
}

/// `Q(is_default=True)`, where nothing else is asked.
fn truths(condition: &Expr) -> Option<Vec<(Name, bool)>> {
    let ExprKind::Call { arguments, .. } = &condition.kind else { return None };
    let truth = |argument: &Argument| {
        let ArgumentKind::Keyword(keyword) = argument.kind else { return None };
        let is = |truth| is_constant(&argument.value, truth);
        (is(true) || is(false)).then(|| (keyword, is(true)))
    };
    arguments.iter().map(truth).collect()
}

fn names(value: &Expr) -> Vec<Name> {
    let items = elements(value).unwrap_or_default().iter();
    items.filter_map(text).map(|name| Name::new(name.trim_start_matches('-'))).collect()
}
