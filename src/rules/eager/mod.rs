//! Eager loads: what the query of an origin should load besides, said in words and as a change of its text.
//!
//! Both come from one decision (`Load`). All findings of an origin are mended by the same edits, which name the fewest
//! paths that hold all of theirs.

mod declared;
mod splice;
mod written;

use std::collections::BTreeMap;

use super::case::{Case, Hop, class_name};
use super::finding::{Edit, Finding};
use crate::domain::{EffectKind, Fault, Origin, Place, Site};
use crate::project::{Orm, Program, RelationKind};
use crate::syntax::Name;
use crate::syntax::ir::Expr;
use written::{Chain, Written, written};

/// So many sets inside sets are followed.
const MOST_HOPS: usize = 4;

/// One path that a query should load.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Load {
    /// `select_related`, `prefetch_related`, `options`
    method: &'static str,
    /// How the path is spelled as an argument: `"author__publisher"`, `selectinload(Author.books)`.
    argument: String,
    /// The names that the argument needs: of `sqlalchemy.orm`.
    loaders: Vec<&'static str>,
    /// Classes that the argument names besides the one of the query, by position of their hop.
    classes: Vec<Name>,
    /// The path.
    path: Vec<Name>,
}

/// A finding that an eager load mends, by its number, with the site that speaks for it.
pub(super) type Mended<'run> = (usize, &'run Site);

/// The same, with the site's origin where the load belongs.
type Housed = (usize, Site);

/// Says what to load, and where: lower case, without a full stop.
pub(super) fn advise(case: &Case) -> String {
    let written = origin(case);
    advise_with(case, &written, &[])
}

fn origin<'run>(case: &Case<'run>) -> Written<'run> {
    match &case.site.origin {
        Some(origin) => written(case.program, origin.place, case.orm() == Orm::Django),
        None => Written::Other,
    }
}

fn advise_with(case: &Case, written: &Written, missing: &[Vec<Name>]) -> String {
    if let Some(relation) = case.relation().filter(|relation| relation.gives_query()) {
        return format!(
            "`{}` is `lazy=\"{}\"`, which no option loads: select its rows for all with one query before the loop",
            relation.name, relation.lazy
        );
    }
    let load = Load::of(case, written, missing);
    if load.argument.is_empty() {
        return format!("load what is read here together with the rows of {}", case.query_in_words());
    }
    if case.is_queried_each_turn() {
        let query = case.query_in_words();
        return format!(
            "{query} is sent at each turn too: fetch its rows with one before the loop, with {}",
            load.call()
        );
    }
    if let Written::Chain(Chain { is_one: true, .. }) = written
        && load.path.len() == 1
        && load.is_separate()
    {
        return format!("fetch the rows with one query before the loop, with {}", load.call());
    }
    if is_of_any_class(case, written) {
        let (query, rows) = (case.query_in_words(), case.rows_model().map_or("other", class_name));
        return format!(
            "{query} serves other classes too: fetch the `{rows}` rows with one of their own, with {}",
            load.call()
        );
    }
    let declared = match written {
        Written::Declared(class, statement) => declared::advise(case, *class, *statement, &load),
        _ => None,
    };
    match written {
        Written::Get(..) => format!("pass `options=[{}]` to {}", load.argument, case.query_in_words()),
        _ => declared.unwrap_or_else(|| format!("add {} to {}", load.call(), case.query_in_words())),
    }
}

impl Load {
    /// How the site's path is loaded; `missing` are the paths that the origin's query lacks altogether.
    fn of(case: &Case, written: &Written, missing: &[Vec<Name>]) -> Load {
        match case.orm() {
            Orm::Django => Load::of_django(case, written),
            Orm::SqlAlchemy => Load::of_sqlalchemy(case, written, missing),
        }
    }

    /// Only rows that a join can bring along go into `select_related`; sets and generic keys need a query of their own.
    fn of_django(case: &Case, written: &Written) -> Load {
        let hops = case.hops();
        let joins = |hop: &Hop| {
            matches!(
                hop.relation.kind,
                RelationKind::ManyToOne | RelationKind::OneToOne | RelationKind::ReverseOneToOne
            )
        };
        let joined = !hops.is_empty() && hops.iter().all(joins) && !avoids_joins(written, &hops);
        let names: Vec<&str> = match joined {
            // A join is named as in look-ups, a prefetch by the attribute.
            true => hops.iter().map(|hop| looked_up(hop).as_str()).collect(),
            false => case.path().iter().map(|name| name.as_str()).collect(),
        };
        Load {
            method: if joined { "select_related" } else { "prefetch_related" },
            argument: format!("\"{}\"", names.join("__")),
            loaders: Vec::new(),
            classes: Vec::new(),
            path: case.path(),
        }
    }

    /// `selectinload(Author.books).selectinload(Book.publisher)`; what is loaded anyway is only walked through. One row
    /// is better joined: a query for its relation is what a lazy load costs.
    fn of_sqlalchemy(case: &Case, written: &Written, missing: &[Vec<Name>]) -> Load {
        let is_one = matches!(written, Written::Get(..) | Written::Chain(Chain { is_one: true, .. }));
        let hops = case.hops();
        let joins = is_one && hops.iter().all(|hop| hop.relation.kind.is_single());
        let is_joined = case.site.fault == Some(Fault::Joined);
        let path = case.path();
        let mut loaders = Vec::new();
        let mut classes = Vec::new();
        let spelled = hops.iter().enumerate().map(|(at, hop)| {
            let is_last = at + 1 == hops.len();
            let is_missing = is_last || missing.iter().any(|known| known[..] == path[..=at]);
            loaders.push(match (is_missing, joins) {
                (false, _) => "defaultload",
                _ if is_joined && hops.len() == 1 => "contains_eager",
                (true, true) => "joinedload",
                (true, false) => "selectinload",
            });
            let class = Name::new(class_name(hop.owner));
            let entity = (at == 0).then(|| entity(case.program, case, written)).flatten();
            if at > 0 {
                classes.push(class);
            }
            let loader = loaders[at];
            format!("{loader}({}.{})", entity.unwrap_or(class.as_str()), hop.relation.name)
        });
        let argument = spelled.collect::<Vec<_>>().join(".");
        loaders.sort_unstable();
        loaders.dedup();
        Load { method: "options", argument, loaders, classes, path }
    }

    /// Loaded by statements of its own.
    fn is_separate(&self) -> bool {
        self.method == "prefetch_related" || self.argument.starts_with("selectinload")
    }

    /// As it is added to a chain.
    fn call(&self) -> String {
        format!("`.{}({})`", self.method, self.argument)
    }
}

/// The name of a hop in `select_related`.
fn looked_up(hop: &Hop) -> Name {
    if hop.relation.kind == RelationKind::ReverseOneToOne { hop.relation.query_name } else { hop.relation.name }
}

/// The expression for the rows of a class among what a query selects.
fn selected<'p>(class: &str, written: &Written<'p>) -> Option<&'p Expr> {
    match written {
        Written::Chain(chain) => chain.entity(class),
        Written::Get(_, arguments) => written::entity(arguments, class),
        _ => None,
    }
}

/// What a query selects, as its own code spells it.
fn entity<'run>(program: &'run Program, case: &Case, written: &Written) -> Option<&'run str> {
    let class = class_name(case.rows_model()?);
    let expr = selected(class, written)?;
    let place = case.site.origin.as_ref()?.place;
    let file = program.files.get(place.file.0 as usize)?;
    (!written::is_parameter(program, place, expr, class)).then(|| file.slice(expr.span.start, expr.span.end))
}

/// The query selects whatever class a caller passes: not every one of them has the relations of this one.
fn is_of_any_class(case: &Case, written: &Written) -> bool {
    let is_passed = || {
        let (class, place) = (class_name(case.rows_model()?), case.site.origin.as_ref()?.place);
        Some(written::is_parameter(case.program, place, selected(class, written)?, class))
    };
    is_passed().unwrap_or(false)
}

/// Raw SQL takes no joins, a bare `select_related()` none by name, and a lock not the side of a join that may be missing.
fn avoids_joins(written: &Written, hops: &[Hop]) -> bool {
    let Written::Chain(chain) = written else { return false };
    let may_miss = |hop: &Hop| hop.relation.nullable || hop.relation.kind == RelationKind::ReverseOneToOne;
    chain.calls("raw") || chain.joins_all() || (chain.calls("select_for_update") && hops.iter().any(may_miss))
}

/// Gives each finding that an eager load mends the help and the edits of its origin.
pub(super) fn mend(program: &Program, sites: &[Site], findings: &mut [Finding], mended: &[Mended]) {
    let mut by_origin: BTreeMap<Place, Vec<Housed>> = BTreeMap::new();
    for (number, site) in mended {
        let site = housed(site, mended);
        if let Some(origin) = &site.origin {
            by_origin.entry(origin.place).or_default().push((*number, site));
        }
    }
    for (place, mended) in by_origin {
        let cases: Vec<Case> = mended.iter().map(|(_, site)| Case { program, site }).collect();
        let is_django = cases[0].orm() == Orm::Django;
        let written = written(program, place, is_django);
        let missing: Vec<Vec<Name>> = cases.iter().map(Case::path).collect();
        let edits = edits(&cases, &written, &missing, sites).unwrap_or_default();
        let mends_all = advise_all(&cases, &written, &missing);
        for ((number, _), case) in mended.iter().zip(&cases) {
            findings[*number].help = advise_with(case, &written, &missing);
            findings[*number].mends_all.clone_from(&mends_all);
            findings[*number].edits = edits.clone();
        }
    }
}

/// What mends all cases of an origin at once, in words; `None` where one piece of advice is all there is.
fn advise_all(cases: &[Case], written: &Written, missing: &[Vec<Name>]) -> Option<String> {
    let mut advice: Vec<String> = cases.iter().map(|case| advise_with(case, written, missing)).collect();
    advice.sort();
    advice.dedup();
    if advice.len() < 2 {
        return None;
    }
    let loads: Vec<Load> = cases.iter().map(|case| Load::of(case, written, missing)).collect();
    let query = cases[0].query_in_words();
    let is_call = |load: &Load| advice.contains(&format!("add {} to {query}", load.call()));
    if !loads.iter().all(is_call) {
        return Some(advice.join("; "));
    }
    Some(format!("add `{}` to {query}", calls(&fewest(loads))))
}

/// `.select_related("author", "shelf").prefetch_related("tags")`
fn calls(loads: &[Load]) -> String {
    let call = |method: &&str| {
        let arguments: Vec<&str> =
            loads.iter().filter(|load| load.method == *method).map(|load| load.argument.as_str()).collect();
        (!arguments.is_empty()).then(|| format!(".{method}({})", arguments.join(", ")))
    };
    ["select_related", "prefetch_related", "options"].iter().filter_map(call).collect()
}

/// A set of rows that is itself read once per row is loaded by the query of those rows, and what its rows lack too:
/// another call on the set would ask for it anew.
fn housed(site: &Site, mended: &[Mended]) -> Site {
    let mut site = site.clone();
    for _ in 0..MOST_HOPS {
        let Some(origin) = &site.origin else { break };
        let reads = |outer: &&Mended| {
            let elsewhere = outer.1.origin.as_ref().is_some_and(|outer| outer.place != origin.place);
            outer.1.place == origin.place && outer.1.relation.is_some() && elsewhere
        };
        let Some(outer) = mended.iter().find(reads).and_then(|(_, outer)| outer.origin.as_ref()) else { break };
        let mut relations = outer.relations.clone();
        relations.extend(&origin.relations);
        site.origin = Some(Origin { relations, ..outer.clone() });
    }
    site
}

/// The edits that mend all cases of an origin; `None` where that is not sure to work.
fn edits(cases: &[Case], written: &Written, missing: &[Vec<Name>], sites: &[Site]) -> Option<Vec<Edit>> {
    let first = cases[0];
    let is_known = |case: &Case| {
        let alike = case.rows_model().map(|model| model.id) == first.rows_model().map(|model| model.id);
        let hops = case.hops();
        let is_loadable =
            |hop: &Hop| !matches!(hop.relation.lazy.as_str(), "dynamic" | "write_only" | "noload" | "raise");
        alike && hops.len() == case.path().len() && hops.iter().all(is_loadable)
    };
    let is_in_loop = cases.iter().any(Case::is_queried_each_turn);
    if is_in_loop || !cases.iter().all(is_known) || leaves_out_a_key(cases, sites) || is_of_any_class(&first, written) {
        return None;
    }
    let loads = fewest(cases.iter().map(|case| Load::of(case, written, missing)).collect());
    match written {
        Written::Chain(chain) => splice::chain(cases, chain, &loads),
        Written::Get(call, arguments) => splice::get(&first, call, arguments, &loads),
        Written::Declared(class, statement) => declared::edits(cases, *class, *statement, &loads),
        Written::Other => None,
    }
}

/// A relation whose key column is left out by `only` or `defer` can't be joined.
fn leaves_out_a_key(cases: &[Case], sites: &[Site]) -> bool {
    let is_key = |site: &Site| {
        site.kind == EffectKind::DeferredColumn
            && cases.iter().any(|case| {
                let origin = |site: &Site| site.origin.as_ref().map(|origin| origin.place);
                origin(site) == origin(case.site)
                    && case.hops().iter().any(|hop| hop.relation.key_attribute == site.relation)
            })
    };
    sites.iter().any(is_key)
}

/// Leaves out what a longer path of another load brings along.
fn fewest(mut loads: Vec<Load>) -> Vec<Load> {
    loads.sort();
    loads.dedup();
    let is_within =
        |short: &Load, long: &Load| long.path.len() > short.path.len() && long.path.starts_with(&short.path);
    let kept = loads.iter().filter(|load| !loads.iter().any(|other| is_within(load, other)));
    kept.cloned().collect()
}
