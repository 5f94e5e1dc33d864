//! Whether the planner would use an index that does not exist: asked with `hypopg`, which makes it for this session only.

use postgres::Client;
use serde_json::Value;

use super::connect::connect;
use super::session::{Session, identifier};
use crate::profile::ProfileError;
use crate::profile::indexes::{Proposal, Verdict};

const PART: &str = "plans";

/// A connection on which proposals are tried.
pub struct Verifier {
    client: Client,
}

impl Verifier {
    /// Connects.
    pub fn connect(address: &str) -> Result<Verifier, ProfileError> {
        Ok(Verifier { client: connect(address)? })
    }

    /// Tries each proposal by itself.
    pub fn verify(&mut self, proposals: &[&Proposal]) -> Result<Vec<Verdict>, ProfileError> {
        let mut session = Session::begin(&mut self.client)?;
        session.limit()?;
        let version: i32 = session.one(PART, "SELECT current_setting('server_version_num')::int4")?.get(0);
        session.version = version;
        let find = "SELECT n.nspname::text FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n \
                    ON n.oid = e.extnamespace WHERE e.extname = 'hypopg'";
        let rows = session.rows(PART, find)?.unwrap_or_default();
        let Some(schema) = rows.first().map(|row| identifier(row.get(0))) else {
            return Ok(proposals.iter().map(|_| Verdict::untried("the extension hypopg is not installed")).collect());
        };
        proposals
            .iter()
            .enumerate()
            .map(|(number, proposal)| attempt(&mut session, &schema, number, proposal))
            .collect()
    }
}

fn attempt(session: &mut Session, schema: &str, number: usize, proposal: &Proposal) -> Result<Verdict, ProfileError> {
    let before = match cost(session, number * 2, proposal)? {
        Ok((cost, _)) => cost,
        Err(why) => return Ok(Verdict::untried(&why)),
    };
    let create = format!(
        "SELECT indexname FROM {schema}.hypopg_create_index({})",
        super::session::literal(&proposal.definition(false))
    );
    let name: String = match session.rows(PART, &create)? {
        Ok(rows) => rows.first().map(|row| row.get(0)).unwrap_or_default(),
        Err(refusal) => return Ok(Verdict::untried(refusal.message())),
    };
    let after = cost(session, number * 2 + 1, proposal)?;
    let _ = session.run(PART, &format!("SELECT {schema}.hypopg_reset()"))?;
    Ok(match after {
        Ok((after, plan)) => Verdict::of(before, after, plan.contains(&name)),
        Err(why) => Verdict::untried(&why),
    })
}

type Planned = Result<(f64, String), String>;

/// The cost of the statement's generic plan, and the plan. Without `force_generic_plan` the parameters would be folded to
/// NULL, and every plan would cost nothing.
fn cost(session: &mut Session, number: usize, proposal: &Proposal) -> Result<Planned, ProfileError> {
    let explain = if session.version >= 160_000 {
        format!("EXPLAIN (GENERIC_PLAN, FORMAT JSON) {}", proposal.probe())
    } else {
        let prepare =
            format!("SET LOCAL plan_cache_mode = force_generic_plan; PREPARE quell_{number} AS {}", proposal.probe());
        if let Err(refusal) = session.run(PART, &prepare)? {
            return Ok(Err(refusal.message().to_owned()));
        }
        let nulls = vec!["NULL"; proposal.parameters()].join(", ");
        format!("EXPLAIN (FORMAT JSON) EXECUTE quell_{number}({nulls})")
    };
    Ok(match session.text(PART, &explain)? {
        Ok(plan) => total_cost(&plan).map(|cost| (cost, plan)).ok_or_else(|| "the plan can't be read".to_owned()),
        Err(refusal) => Err(refusal.message().to_owned()),
    })
}

fn total_cost(plan: &str) -> Option<f64> {
    let plan: Value = serde_json::from_str(plan).ok()?;
    plan.get(0)?.get("Plan")?.get("Total Cost")?.as_f64()
}
