//! Melting: one site for each place, kind, relation and origin, whatever roots and paths led there. What belongs to no rows of
//! another query, such as the query of a helper, is one site for each loop that calls for it.

use rustc_hash::FxHashMap;

use crate::domain::{EffectKind, Fault, Place, Site};
use crate::project::ModelId;
use crate::syntax::Name;

type Key = (Place, EffectKind, Option<ModelId>, Option<Name>, Option<Place>, Option<Place>, Option<Fault>);

/// Melts equal sites: growth before none, then the higher degree, then certainty, then the shorter path.
pub(crate) fn melt(sites: Vec<Site>) -> Vec<Site> {
    let mut best: FxHashMap<Key, Site> = FxHashMap::default();
    for site in sites {
        let origin = site.origin.as_ref().map(|origin| origin.place);
        // Several remarks may be made at one place; what is wrong with a read belongs to the read.
        let fault = site.fault.filter(|_| site.kind.is_remark());
        let from = site.called_from().filter(|_| site.relation.is_none());
        let key = (site.place, site.kind, site.model, site.relation, origin, from, fault);
        match best.get_mut(&key) {
            Some(known) if rank(&site) > rank(known) => *known = site,
            Some(_) => {}
            None => drop(best.insert(key, site)),
        }
    }
    let mut melted: Vec<Site> = best.into_values().collect();
    melted.sort_by_cached_key(|site| {
        let origin = site.origin.as_ref().map(|origin| origin.place);
        (site.place, site.kind, site.relation, origin, site.model, site.fault, site.called_from())
    });
    melted
}

fn rank(site: &Site) -> (bool, crate::domain::Certainty, usize, std::cmp::Reverse<usize>, std::cmp::Reverse<u32>) {
    let first = site.path.first().map_or(0, |step| step.place.span.start);
    (site.per_row, site.certainty, site.cost.degree(), std::cmp::Reverse(site.path.len()), std::cmp::Reverse(first))
}
