//! The one formula from cost and evidence to severity and order; `docs/profile.md` has it in words.
//!
//! - *measured*: the finding's part of the load, that is of the time of all statements and a round trip for each call. From
//!   5 % on it is critical, from 1 % high, from 0.1 % medium, else low; below 100 calls at most medium.
//! - *estimated*: the severity that the code alone has, and at most low below 10 queries for each execution, medium below
//!   100, high below 1,000.
//! - In a profile that has statements only a measured finding is critical.
//! - A rule's page and the configuration set limits as they do without a profile.
//!
//! Findings are ordered by severity, then by measured load, then by estimated queries, then as without a profile.
//! 5 % is the part from which postgres-mcp lists a statement, 100 calls are pghero's least (`slow_query_calls`).

use std::cmp::Reverse;

use super::snapshot::Snapshot;
use crate::rules::{Evidence, Finding, Severity};

/// Fewer calls are no habit.
const FEW_CALLS: i64 = 100;

/// Parts of the load, and the severity from there on.
const PARTS: [(f64, Severity); 3] = [(0.05, Severity::Critical), (0.01, Severity::High), (0.001, Severity::Medium)];

/// Queries for each execution, and the most that fewer of them are.
const QUERIES: [(f64, Severity); 3] = [(10.0, Severity::Low), (100.0, Severity::Medium), (1_000.0, Severity::High)];

/// Gives findings the severity of their evidence, and puts them in order.
pub fn rank(findings: &mut [Finding], snapshot: &Snapshot) {
    for finding in findings.iter_mut() {
        let (least, most) = finding.limits;
        finding.severity = severity(finding, snapshot.has_statements()).clamp(least, most);
    }
    findings.sort_by_cached_key(|finding| {
        let load = finding.evidence.as_ref().and_then(|evidence| evidence.load);
        (
            Reverse(finding.severity),
            Reverse(millionths(load)),
            Reverse(queries(finding)),
            finding.spot.clone(),
            finding.rule,
        )
    });
}

fn severity(finding: &Finding, has_statements: bool) -> Severity {
    let evidence = finding.evidence.as_ref();
    if let Some((load, calls)) = evidence.and_then(measured) {
        let of_load = PARTS.iter().find(|(part, _)| load >= *part).map_or(Severity::Low, |(_, severity)| *severity);
        return if calls < FEW_CALLS { of_load.min(Severity::Medium) } else { of_load };
    }
    let most = if has_statements { Severity::High } else { Severity::Critical };
    let estimate = evidence.and_then(|evidence| evidence.estimate.as_ref()).filter(|_| finding.per_row);
    let of_queries = estimate.and_then(|estimate| QUERIES.iter().find(|(queries, _)| estimate.queries < *queries));
    finding.severity.min(most).min(of_queries.map_or(Severity::Critical, |(_, severity)| *severity))
}

fn measured(evidence: &Evidence) -> Option<(f64, i64)> {
    Some((evidence.load?, evidence.calls?))
}

/// A number that can be ordered.
fn millionths(load: Option<f64>) -> Option<u64> {
    load.map(|load| (load * 1e6) as u64)
}

fn queries(finding: &Finding) -> u64 {
    let estimate = finding.evidence.as_ref().and_then(|evidence| evidence.estimate.as_ref());
    estimate.map_or(0, |estimate| estimate.queries as u64)
}
