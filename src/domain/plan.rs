//! Load plans: which relations and columns the rows of a query hold.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::object::RowOrigin;
use super::value::ObjectId;
use crate::syntax::Name;

/// What the rows of a query hold besides their own columns.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LoadPlan {
    /// Relations that are loaded with the rows.
    pub relations: BTreeMap<Name, Load>,
    /// Django's bare `select_related()`: every non-null foreign key, recursively.
    pub joins_all: bool,
    /// Which columns the rows hold.
    pub columns: Columns,
    /// Django 6.1's `FETCH_PEERS`: a lazy read of a single-valued relation loads it for all rows.
    pub fetches_peers: bool,
    /// SQLAlchemy's wildcard: every relation is loaded by its option (`selectinload("*")`).
    pub loads_all: bool,
    /// SQLAlchemy's `lazyload("*")`: the mapping's own eager loading is off.
    pub ignores_mapping: bool,
    /// SQLAlchemy's `raiseload("*")` and `noload("*")`: what no option loads is not loaded when it is read either.
    pub loads_nothing: bool,
    /// The wildcard is bound to no entity: it holds for the rows of every relation that is loaded with these, too.
    pub is_everywhere: bool,
    /// SQLAlchemy's `undefer`: deferred columns that are loaded after all; `*` for all of them.
    pub undeferred: BTreeSet<Name>,
    /// The columns of subclasses are loaded with the rows (`with_polymorphic`, `selectin_polymorphic`).
    pub loads_subclasses: bool,
    /// Nullable relations that lead somewhere from every row, since the query compares what they lead to.
    pub present: BTreeSet<Name>,
    /// Relations that lead all rows to one and the same row, which is there.
    pub fixed: BTreeMap<Name, ObjectId>,
    /// Relations that the query joins by name, without loading them.
    pub joined: BTreeSet<Name>,
    /// What the query loads on other paths than the one that leads to this plan.
    pub elsewhere: BTreeMap<Name, Load>,
    /// Relations by whose keys the query joins two tables, in whatever words.
    pub followed: BTreeSet<Name>,
    /// Nobody was seen making the query although somebody made it, and may have loaded anything.
    pub is_guess: bool,
}

/// How one relation is loaded.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Load {
    /// What the loaded rows hold.
    pub plan: LoadPlan,
    /// `Prefetch(to_attr=)`: the name in the plan is the attribute that gets the list, and this is the relation, whose manager
    /// is not filled.
    pub list_of: Option<Name>,
    /// Loaded by a statement of its own (prefetch, selectin) instead of a join.
    pub is_separate: bool,
    /// SQLAlchemy's `joinedload`: in the statement of the rows themselves.
    pub is_joined: bool,
    /// Only the target's key is wanted (`defer` paths): nothing is loaded, only the sub-plan counts.
    pub is_only_path: bool,
    /// SQLAlchemy: left to the lazy loader after all (`lazyload`, `raiseload`, `noload`), named.
    pub strategy: Option<Name>,
    /// What the queryset of a `Prefetch` annotates its rows with.
    pub annotations: Rc<Vec<Name>>,
    /// The queryset of a `Prefetch`, whose origin the rows have.
    pub origin: Option<RowOrigin>,
    /// The queryset of a `Prefetch` has an ordering, so that `first()` is answered from its rows.
    pub is_ordered: bool,
}

/// Which columns a row holds.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Columns {
    /// All that are not deferred by the mapping.
    #[default]
    All,
    /// Only these, and the primary key.
    Only(BTreeSet<Name>),
    /// All but these.
    Except(BTreeSet<Name>),
}

impl Columns {
    /// Whether the column is left out.
    pub fn leaves_out(&self, column: Name) -> bool {
        match self {
            Columns::All => false,
            Columns::Only(names) => !names.contains(&column),
            Columns::Except(names) => names.contains(&column),
        }
    }

    /// What is there when a second statement gives more columns of the same rows: it takes none away.
    fn and(&self, other: &Columns) -> Columns {
        match (self, other) {
            (Columns::All, _) | (_, Columns::All) => Columns::All,
            (Columns::Only(a), Columns::Only(b)) => Columns::Only(a | b),
            (Columns::Except(a), Columns::Except(b)) => Columns::Except(a & b),
            (Columns::Only(there), Columns::Except(out)) | (Columns::Except(out), Columns::Only(there)) => {
                Columns::Except(out - there)
            }
        }
    }
}

impl LoadPlan {
    /// The load at the end of a path, made on the way; every hop is loaded by a join or by its own statement.
    pub fn add_path(&mut self, path: &[Name], is_separate: bool) -> &mut Load {
        let (first, rest) = path.split_first().unwrap_or((&path[0], &[]));
        let load = self
            .relations
            .entry(*first)
            .and_modify(|load| load.is_only_path = false)
            .or_insert_with(|| Load { is_separate, ..Load::default() });
        if rest.is_empty() { load } else { load.plan.add_path(rest, is_separate) }
    }

    /// Notes what another plan of the same query loads and this one does not.
    pub fn note_elsewhere(&mut self, other: &LoadPlan) {
        for (name, load) in other.relations.iter().filter(|(name, _)| !self.relations.contains_key(*name)) {
            self.elsewhere.entry(*name).or_insert_with(|| load.clone());
        }
    }

    /// Whether the relation at the end of a path is loaded on other paths.
    pub fn loads_elsewhere(&self, path: &[Name]) -> bool {
        let mut loads = &self.elsewhere;
        for (position, name) in path.iter().enumerate() {
            let Some(load) = loads.get(name) else { return false };
            if position + 1 == path.len() {
                return !load.is_only_path;
            }
            loads = &load.plan.relations;
        }
        false
    }

    /// A later statement reads the rows again that have this plan: it fills what was not loaded, and unloads nothing.
    pub fn fill(&mut self, later: &LoadPlan) {
        let before: Vec<(Name, Columns)> =
            self.relations.iter().map(|(name, load)| (*name, load.plan.columns.clone())).collect();
        let columns = self.columns.and(&later.columns);
        self.absorb(later);
        self.columns = columns;
        for (name, columns) in before {
            let filled = later.relations.get(&name).map_or(columns.clone(), |load| columns.and(&load.plan.columns));
            if let Some(load) = self.relations.get_mut(&name) {
                load.plan.columns = filled;
            }
        }
    }

    /// Adds what another plan loads.
    pub fn absorb(&mut self, other: &LoadPlan) {
        for (name, load) in &other.relations {
            let mine = self.relations.entry(*name).or_insert_with(|| load.clone());
            mine.plan.absorb(&load.plan);
            if !load.is_only_path {
                mine.is_only_path = false;
                mine.strategy = load.strategy;
                mine.is_joined = load.is_joined;
            }
        }
        self.joins_all |= other.joins_all;
        self.loads_all |= other.loads_all;
        self.ignores_mapping |= other.ignores_mapping;
        self.loads_nothing |= other.loads_nothing;
        self.is_everywhere |= other.is_everywhere;
        self.loads_subclasses |= other.loads_subclasses;
        self.is_guess |= other.is_guess;
        self.fixed.extend(&other.fixed);
        self.joined.extend(&other.joined);
        self.followed.extend(&other.followed);
        self.undeferred.extend(other.undeferred.iter().copied());
        if other.columns != Columns::All {
            self.columns = other.columns.clone();
        }
    }

    /// What two plans that load the same have in common; `None` where they don't.
    pub fn common(&self, other: &LoadPlan) -> Option<LoadPlan> {
        let narrowed = |plan: &LoadPlan| {
            let mut plan = plan.clone();
            plan.present = &self.present & &other.present;
            plan.joined = &self.joined & &other.joined;
            plan.followed = &self.followed & &other.followed;
            plan.fixed.retain(|name, row| self.fixed.get(name) == Some(row) && other.fixed.get(name) == Some(row));
            plan
        };
        let common = narrowed(self);
        (common == narrowed(other)).then_some(common)
    }

    /// Whether a relation is loaded with the rows.
    pub fn loads(&self, relation: Name) -> bool {
        self.relations.get(&relation).is_some_and(|load| !load.is_only_path && load.strategy.is_none())
    }

    /// The plan at the end of a path, where there is one.
    pub fn at(&self, path: &[Name]) -> Option<&LoadPlan> {
        match path.split_first() {
            None => Some(self),
            Some((first, rest)) => self.relations.get(first)?.plan.at(rest),
        }
    }

    /// The plan at the end of a path, made on the way without loading anything.
    pub fn path_plan(&mut self, path: &[Name]) -> &mut LoadPlan {
        match path.split_first() {
            None => self,
            Some((first, rest)) => {
                let load =
                    self.relations.entry(*first).or_insert_with(|| Load { is_only_path: true, ..Load::default() });
                load.plan.path_plan(rest)
            }
        }
    }
}
