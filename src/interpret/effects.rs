//! Recording effects: how often one fires, along which path, and how sure that is.

use super::interpreter::{Frame, Interpreter};
use super::memo::{MADE_BY_KEY, REMEMBERED};
use crate::domain::{
    Certainty, Cost, Effect, EffectKind, Machine, Object, ObjectId, Origin, Place, Role, RootKind, Row, RowOrigin,
    Site, Size, StatementShape, Step, Value, Verb,
};
use crate::project::Orm;
use crate::syntax::Name;

/// A call or a loop on the way from the root.
#[derive(Clone, Debug)]
pub(crate) enum TrailStep {
    /// A call, with whether the caller is a stub.
    Call { place: Place, is_stub: bool },
    /// A loop, with whether it stands in a stub.
    Loop { place: Place, size: Size, is_stub: bool },
    /// A declaration by which a framework got further; nothing is blamed on it.
    Declaration { place: Place },
}

/// A site as recorded, before equal ones are melted.
pub(crate) type RawSite = Site;

impl Interpreter<'_> {
    /// Records an effect unless the walk is silent.
    pub(crate) fn record(&mut self, mut effect: Effect) {
        self.effect_count += 1;
        self.stirred += 1;
        self.writes += u64::from(effect.verb != crate::domain::Verb::Select);
        self.note_renewed(&effect);
        if self.silence > 0 {
            return;
        }
        let Some((place, enclosing)) = self.blamed(effect.place) else { return };
        effect.place = place;
        let factors = self.factors(&effect);
        let per_row = factors.iter().any(Size::grows);
        let (certainty, doubts) = self.certainty(&effect, per_row);
        let origin = self.origin_of(&effect);
        let (asked, footprint) = match effect.footprint.take() {
            Some(StatementShape::Known(footprint)) => (None, Some(footprint)),
            Some(StatementShape::Asked(asked)) => (Some(asked), None),
            None => (None, None),
        };
        let site = Site {
            kind: effect.kind,
            verb: effect.verb,
            model: effect.model,
            relation: effect.relation,
            action: effect.action,
            place,
            path: self.path(&effect, origin.as_ref()),
            origin,
            cost: Cost { factors },
            per_row,
            varies: effect.receiver.is_some(),
            certainty,
            doubts,
            root: self.root_kind(place),
            enclosing,
            asked,
            footprint,
            read_next: None,
            fault: effect.fault,
            captured: Vec::new(),
        };
        self.sites.push(site);
    }

    /// The steady pass of a loop reads again what expired within: so does every further pass.
    fn note_renewed(&mut self, effect: &Effect) {
        let Some(row) = effect.receiver.filter(|_| effect.kind == EffectKind::Refresh) else { return };
        let steady = self.loops.iter_mut().filter(|frame| frame.is_steady);
        steady.filter(|frame| !frame.renewed.contains(&row)).for_each(|frame| frame.renewed.push(row));
    }

    /// The place in the project that is to blame: a place inside a stub stands for the call that led there.
    pub(super) fn blamed(&self, place: Place) -> Option<(Place, Name)> {
        let is_stub = |place: Place| self.program.module_of(place.file).is_none_or(|module| module.is_stub);
        if !is_stub(place) {
            return Some((place, self.enclosing()));
        }
        let caller = self.trail.iter().rev().find_map(|step| match step {
            TrailStep::Call { place, .. } if !is_stub(*place) => Some(*place),
            _ => None,
        })?;
        Some((caller, self.enclosing()))
    }

    /// The sizes of the loops in which the effect is repeated, outermost first.
    fn factors(&self, effect: &Effect) -> Vec<Size> {
        if effect.kind.is_remark() {
            return Vec::new();
        }
        self.loops
            .iter()
            .enumerate()
            .filter(|(depth, frame)| frame.is_steady && self.repeats(*depth, effect))
            .map(|(_, frame)| frame.size.clone())
            .collect()
    }

    /// Whether the loop at `depth` repeats the effect. What a row remembers once read is repeated only for other rows. A
    /// `while` loop says little about how often it runs: it counts when it takes elements off a collection, or when what is
    /// read differs from pass to pass.
    fn repeats(&self, depth: usize, effect: &Effect) -> bool {
        let frame = &self.loops[depth];
        if self.left.iter().any(|loops| loops.contains(&depth)) {
            return false;
        }
        if frame.is_implied {
            return true;
        }
        if effect.is_batched && matches!(frame.size, Size::Unknown(_)) && !frame.walks_groups {
            return false;
        }
        // One that was made in a loop around here is one of many: each row may have its own.
        let is_one = |rows: ObjectId| !self.varies_in(rows, frame) && self.depth_of(rows) <= depth;
        if effect.kept_by.is_some_and(is_one) {
            return false;
        }
        let varies = || effect.receiver.is_some_and(|row| self.varies_in(row, frame));
        // What the pass before left on a row is gone, where each pass lets the row expire.
        let is_renewed = || effect.is_renewed && effect.receiver.is_some_and(|row| frame.renewed.contains(&row));
        match effect.kind {
            EffectKind::LazyLoad | EffectKind::DeferredColumn => varies() || is_renewed(),
            // A collection that an attribute reads stays on its row, unlike what a method asks the database for.
            EffectKind::RelatedQuery if effect.receiver.is_some() && effect.relation == Some(effect.action) => {
                varies() || is_renewed()
            }
            EffectKind::Flush if effect.receiver.is_some() => varies(),
            _ if !frame.is_while || frame.consumes => true,
            EffectKind::RelatedQuery | EffectKind::Refresh => varies(),
            _ => false,
        }
    }

    fn certainty(&self, effect: &Effect, per_row: bool) -> (Certainty, Vec<Name>) {
        let mut certainty = effect.certainty;
        let mut doubts = Vec::new();
        let mut doubt = |level: Certainty, why: &str| {
            if certainty > level {
                certainty = level;
            }
            doubts.push(Name::new(why));
        };
        if per_row {
            let innermost = self.loops.iter().rposition(|frame| frame.is_steady && frame.size.grows());
            if let Some(why) =
                innermost.and_then(|depth| self.seldom_inside(depth).or_else(|| self.is_of_memo(effect, depth)))
            {
                // What is read for a memo is read for each key; what is written for it could be written at once.
                let is_write = why == MADE_BY_KEY && effect.verb == Verb::Insert;
                doubt(if is_write { Certainty::Medium } else { Certainty::Low }, why);
            }
            let rows = self.loops.iter().any(|frame| frame.is_steady && matches!(frame.size, Size::Rows(_)));
            if !rows {
                doubt(Certainty::Medium, "the size of what the loop walks is not known");
            }
            if self.is_read_where_loaded(effect) {
                doubt(Certainty::Low, "on other paths the query loads it, and this is read on some only");
            }
            if self.repeats_by_chain_only(effect) {
                doubt(Certainty::Low, "a chain is as long as it is deep, however many rows there are");
            }
        }
        if self.doubt > 0 {
            doubt(Certainty::Medium, "it rests on a likely link");
        }
        (certainty, doubts)
    }

    /// Whether the query loads a relation on other paths than those that were assumed, and the relation is read on a condition:
    /// programs load what they will read.
    fn is_read_where_loaded(&self, effect: &Effect) -> bool {
        let (Some(receiver), Some(relation)) = (effect.receiver, effect.relation) else { return false };
        let Object::Row(Row { origin: Some(read), .. }) = self.object(receiver) else { return false };
        let loads_elsewhere = |root: &ObjectId| match self.object(*root) {
            Object::Row(Row { origin: Some(origin), plan, .. }) => {
                let way = read.relations.iter().skip(origin.relations.len()).copied();
                plan.loads_elsewhere(&way.chain([relation]).collect::<Vec<_>>())
            }
            _ => false,
        };
        let Some(root) = self.lineage(receiver).find(loads_elsewhere) else { return false };
        let Some(walked) = self.loops.iter().position(|frame| self.varies_in(root, frame)) else { return false };
        self.undecided.iter().any(|around| *around > walked)
    }

    /// Whether only `while` loops repeat the effect that go from row to row: `while node: node = node.parent`. By what a relation is
    /// called, one to the next of a list goes through all of it.
    fn repeats_by_chain_only(&self, effect: &Effect) -> bool {
        let is_free = self.loops.iter().all(|frame| !frame.is_counted);
        if is_free && effect.relation.is_some_and(is_to_the_next) && !self.is_among_listed(effect) {
            return false;
        }
        let repeating = |depth: &usize| {
            let frame = &self.loops[*depth];
            frame.is_steady && frame.size.grows() && self.repeats(*depth, effect)
        };
        (0..self.loops.len()).filter(repeating).all(|depth| self.loops[depth].is_while && !self.loops[depth].consumes)
    }

    /// Whether a growing collection under a name holds the row that this one hangs on: it may be that of all the others, whom a session
    /// finds.
    fn is_among_listed(&self, effect: &Effect) -> bool {
        let Some(row) = effect.receiver else { return false };
        if effect.model.is_some_and(|model| self.program.schema.model(model).orm != Orm::SqlAlchemy) {
            return false;
        }
        let Object::Scope(scope) = self.object(self.frame().scope) else { return false };
        let grows = |value: &&Value| self.size_of(value).is_some_and(|size| size.grows());
        scope.names.values().filter(grows).any(|value| self.lineage(row).any(|above| self.holds(value, above)))
    }

    /// Why what runs in the loop at `depth` does not run in every turn.
    fn seldom_inside(&self, depth: usize) -> Option<&'static str> {
        let remembers = |frame: &&Frame| frame.is_memoised && frame.loop_base > depth;
        let guarded = self.seldom.iter().find(|(around, _)| *around > depth).map(|(_, why)| *why);
        guarded.or_else(|| self.frames.iter().find(remembers).map(|_| REMEMBERED))
    }

    /// Why a queryset that a memo was given is fetched once, though by all who read the memo.
    fn is_of_memo(&self, effect: &Effect, depth: usize) -> Option<&'static str> {
        let around = self.remembered.get(&effect.kept_by?)?;
        (*around > depth).then_some(REMEMBERED)
    }

    /// A template that no task renders serves a request.
    fn root_kind(&self, place: Place) -> RootKind {
        let is_template = || self.program.module_of(place.file).is_some_and(|module| module.is_template);
        if self.root == RootKind::Unknown && is_template() { RootKind::Request } else { self.root }
    }

    fn row_origin(&self, receiver: Option<ObjectId>) -> Option<RowOrigin> {
        match self.object(receiver?) {
            Object::Row(row) => row.origin.as_deref().cloned(),
            Object::QuerySet(query) => Some(query.origin.clone()),
            _ => None,
        }
    }

    fn origin_of(&self, effect: &Effect) -> Option<Origin> {
        let found = self.row_origin(effect.receiver)?;
        let mut relations = found.relations.clone();
        relations.extend(effect.relation);
        let (place, _) = self.blamed(found.place)?;
        let enclosing = found.enclosing;
        Some(Origin { place, model: found.model, relations, enclosing })
    }

    fn path(&self, effect: &Effect, origin: Option<&Origin>) -> Vec<Step> {
        let mut path = Vec::new();
        let root = self.frames.iter().find_map(|frame| frame.function.as_ref());
        let is_root = |place: &Place| root.is_some_and(|root| (root.file, root.span) == (place.file, place.span));
        for step in &self.trail {
            match step {
                TrailStep::Call { place, .. } if is_root(place) => {}
                TrailStep::Loop { place, size, is_stub: false } => {
                    let cost = Cost { factors: vec![size.clone()] };
                    path.push(Step { role: Role::Loop, place: *place, message: format!("loops over {cost}") });
                }
                TrailStep::Call { place, is_stub: false } => {
                    let message = format!("calls `{}`", self.text(*place, 40));
                    // A root that a decorator calls is on its way by itself, and by the line that is blamed.
                    if path.last().is_none_or(|last| last.message != message || !encloses(&last.place, place)) {
                        path.push(Step { role: Role::Call, place: *place, message });
                    }
                }
                TrailStep::Declaration { place } => {
                    let text = self.text(*place, 40);
                    path.push(Step { role: Role::Call, place: *place, message: format!("by way of `{text}`") });
                }
                _ => {}
            }
        }
        if let Some(origin) = origin {
            let label = self.program.schema.model(origin.model).label;
            let query = Step { role: Role::Query, place: origin.place, message: format!("queries {label}") };
            let around = effect.receiver.and_then(|row| self.loop_around_query(row));
            let is_around = |step: &Step| step.role == Role::Loop && Some(step.place) == around;
            path.insert(path.iter().rposition(is_around).map_or(0, |at| at + 1), query);
        }
        path.extend(self.built_elsewhere(effect).map(|place| Step {
            role: Role::Query,
            place,
            message: "builds the query".to_string(),
        }));
        let text = self.text(effect.place, 40);
        let does = if effect.kind == EffectKind::Misuse { "" } else { " queries" };
        path.push(Step { role: Role::Read, place: effect.place, message: format!("`{text}`{does}") });
        path
    }

    /// The innermost loop, where it sends the query of a row anew at each turn: the row is made inside, and is none of what
    /// the loop goes over.
    fn loop_around_query(&self, row: ObjectId) -> Option<Place> {
        let frame = self.loops.last().filter(|frame| !frame.is_implied)?;
        let is_made_inside = self.state.get(self.root_of(row)).is_some_and(|slot| slot.born > frame.start);
        (is_made_inside && !self.belongs(row, &frame.varying)).then_some(frame.place)
    }

    /// The expression of the project that built the statement, where that is not the one that sends it.
    fn built_elsewhere(&self, effect: &Effect) -> Option<Place> {
        let built = effect.built.filter(|built| !encloses(&effect.place, built) && !encloses(built, &effect.place))?;
        let module = self.program.module_of(built.file)?;
        (!module.is_stub).then_some(built)
    }

    /// Notes that a row was read for its key right after its lazy load.
    pub(crate) fn note_next_read(&mut self, receiver: Place, name: Name) {
        let recent = self.sites.iter_mut().rev().take(4).find(|site| site.place == receiver);
        if let Some(site) = recent
            && site.kind == EffectKind::LazyLoad
            && site.read_next.is_none()
        {
            site.read_next = Some(name);
        }
    }
}

fn encloses(outer: &Place, inner: &Place) -> bool {
    outer.file == inner.file && outer.span.start <= inner.span.start && inner.span.end <= outer.span.end
}

fn is_to_the_next(relation: Name) -> bool {
    const NEXT: &[&str] = &["following", "next", "preceding", "predecessor", "prev", "previous", "successor"];
    relation.split('_').any(|word| NEXT.contains(&word))
}
