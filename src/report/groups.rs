//! Findings that tell of the same read: one line that fires for the rows of many queries is shown once.

use rustc_hash::FxHashMap;

use crate::rules::{Finding, Spot};

/// The dearest of several findings of one place, and the others: the same rule says the same of the same relation there, but the
/// rows come from other queries.
pub(super) struct Group<'f> {
    /// The one to be shown.
    pub first: &'f Finding,
    /// Those that differ in where the fix belongs.
    pub others: Vec<&'f Finding>,
}

impl Group<'_> {
    /// Where the fixes of the others belong, each once.
    pub fn origins(&self) -> Vec<&Spot> {
        let mut found: Vec<&Spot> = Vec::new();
        for spot in self.others.iter().filter_map(|finding| finding.origin.as_ref()) {
            if !found.iter().any(|known| (&known.file, known.line) == (&spot.file, spot.line)) {
                found.push(spot);
            }
        }
        found
    }
}

/// Groups findings by place, in the order of their first.
pub(super) fn groups(findings: &[Finding]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known = FxHashMap::default();
    for finding in findings {
        let relation = finding.relation.as_deref().map(last);
        let key = (finding.rule, &finding.spot, &finding.model, relation);
        match known.get(&key) {
            Some(at) => {
                let group: &mut Group<'_> = &mut groups[*at];
                group.others.push(finding);
            }
            None => {
                known.insert(key, groups.len());
                groups.push(Group { first: finding, others: Vec::new() });
            }
        }
    }
    groups
}

/// The `publisher` of `author__publisher` and `author.publisher`.
fn last(relation: &str) -> &str {
    let behind = relation.rsplit('.').next().unwrap_or(relation);
    behind.rsplit("__").next().unwrap_or(behind)
}

#[cfg(test)]
mod tests {
    use super::groups;
    use crate::rules::shop::{options, shop};
    use crate::rules::{Registry, judge};

    #[test]
    fn what_differs_in_its_query_alone_is_one_group() {
        let shop = shop();
        let sites = [shop.author_of_book(), shop.publisher_of_author()];
        let judgement = judge(&shop.program, &sites, &[], &Registry::builtin().unwrap(), &options()).ranked();
        let mut findings = judgement.findings;
        assert_eq!(groups(&findings).len(), findings.len());
        let mut other = findings[0].clone();
        other.relation = other.relation.map(|relation| format!("lender__{relation}"));
        if let Some(origin) = &mut other.origin {
            origin.line += 7;
        }
        findings.push(other);
        let groups = groups(&findings);
        assert_eq!(groups.len(), findings.len() - 1);
        assert_eq!(groups[0].origins().len(), 1);
    }
}
