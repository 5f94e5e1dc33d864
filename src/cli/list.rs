//! `quell show`, `quell explain`, `quell rules`: what quell knows, printed; and `quell rules test`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::arguments::{ListFormat, RulesArguments, RulesFormat};
use super::{FOUND, Outcome};
use crate::config::nearest;
use crate::pipeline::{self, Settings};
use crate::project::{models_json, models_table};
use crate::report::{Style, write_explanation, write_knowledge};
use crate::rules::{Registry, Rule, RuleError};

/// A rule that doesn't exist, with the nearest name where one is near.
#[derive(Debug, thiserror::Error)]
#[error("there is no rule `{name}`{} (`quell rules` lists all)", nearest.map(|rule| format!(": did you mean `{rule}`?")).unwrap_or_default())]
struct UnknownRule {
    name: String,
    nearest: Option<&'static str>,
}

/// A file without a line.
#[derive(Debug, thiserror::Error)]
#[error("which line? write `quell explain {file}:LINE`")]
struct NoLine {
    file: String,
}

/// Prints the models of the project around `path`.
pub(super) fn models(path: &Path, format: ListFormat, out: &mut dyn Write) -> Outcome {
    let settings = Settings::of(path);
    let programs = pipeline::understand(&settings, &pipeline::registry(&settings)?)?;
    match format {
        ListFormat::Table => programs.iter().try_for_each(|program| write!(out, "{}", models_table(program)))?,
        ListFormat::Json => {
            let models: Vec<_> = programs.iter().map(models_json).flat_map(|mut all| listed(&mut all)).collect();
            serde_json::to_writer_pretty(&mut *out, &json!({ "models": models }))?;
            writeln!(out)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The models of one project's document.
fn listed(document: &mut Value) -> Vec<Value> {
    match document["models"].take() {
        Value::Array(models) => models,
        other => vec![other],
    }
}

/// Prints how much was understood.
pub(super) fn knowledge(path: &Path, style: Style, out: &mut dyn Write) -> Outcome {
    let settings = Settings::of(path);
    let report = pipeline::check(&settings, &pipeline::registry(&settings)?, &|_| {})?;
    write_knowledge(out, &report.summary.knowledge, style)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the page of a rule, or what is known of a line.
pub(super) fn explain(name: &str, style: Style, out: &mut dyn Write) -> Outcome {
    let registry = here(&[])?;
    if let Some((file, line)) = name.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?))) {
        write_explanation(out, &pipeline::explain(Path::new(file), line, &registry)?, style)?;
        return Ok(ExitCode::SUCCESS);
    }
    if registry.rule(name).is_none() && Path::new(name).is_file() {
        return Err(NoLine { file: name.to_owned() }.into());
    }
    let Some(rule) = registry.rule(name) else {
        return Err(UnknownRule {
            name: name.to_owned(),
            nearest: nearest(name, registry.rules().iter().map(|rule| rule.id)),
        }
        .into());
    };
    out.write_all(rule.page.text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints every rule with its group, worst severity, best confidence, edits, libraries and, but for the table, its summary.
pub(super) fn rules(arguments: &RulesArguments, out: &mut dyn Write) -> Outcome {
    let registry = here(&arguments.rules)?;
    let mut rules: Vec<&Rule> = registry.rules().iter().collect();
    rules.sort_by_key(|rule| (rule.group, rule.id));
    match arguments.format {
        RulesFormat::Table => {
            let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
            for rule in rules {
                let (id, page) = (rule.id, &rule.page);
                let words = [page.severity.as_str(), page.confidence.as_str(), page.fix.as_str()];
                let [severity, confidence, fix] = words;
                let orms = orms(rule).join(", ");
                writeln!(out, "{:<9} {id:<width$}  {severity:<8}  {confidence:<6}  {fix:<6}  {orms}", rule.group)?;
            }
        }
        RulesFormat::Json => {
            let rules: Vec<Value> = rules.into_iter().map(rule_json).collect();
            serde_json::to_writer_pretty(&mut *out, &json!({ "rules": rules }))?;
            writeln!(out)?;
        }
        RulesFormat::Markdown => {
            writeln!(
                out,
                "| rule | severity | confidence | fix | libraries | what it is about |\n|---|---|---|---|---|---|"
            )?;
            for rule in rules {
                let (page, summary) = (&rule.page, summary(rule).replace('|', "\\|"));
                let words = [page.severity.as_str(), page.confidence.as_str(), page.fix.as_str()].join(" | ");
                writeln!(out, "| `{}` | {words} | {} | {summary} |", rule.id, orms(rule).join(", "))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The rules that are in force in the working directory, with those of more folders.
fn here(folders: &[PathBuf]) -> Result<Registry, RuleError> {
    pipeline::registry(&Settings { rules: folders.to_vec(), ..Settings::of(Path::new(".")) })
}

/// Prints in what the rules of a folder and the marks of its fixtures disagree.
pub(super) fn test(folder: &Path, out: &mut dyn Write) -> Outcome {
    let trial = pipeline::try_rules(folder)?;
    for problem in &trial.problems {
        writeln!(out, "{problem}")?;
    }
    let (rules, cases, marks) = (trial.rules, trial.cases, trial.marks);
    let verdict = if trial.problems.is_empty() { "passed" } else { "failed" };
    writeln!(out, "{verdict}: {rules} rules, {cases} cases, {marks} marks")?;
    Ok(if trial.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

fn rule_json(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "group": rule.group,
        "severity": rule.page.severity.as_str(),
        "confidence": rule.page.confidence.as_str(),
        "orm": orms(rule),
        "fix": rule.page.fix.as_str(),
        "mend": rule.page.mend.name,
        "since": rule.page.since,
        "summary": summary(rule),
    })
}

fn orms(rule: &Rule) -> Vec<&'static str> {
    rule.page.orms.iter().map(|orm| orm.as_str()).collect()
}

/// The page's first paragraph on one line.
fn summary(rule: &Rule) -> String {
    rule.page.summary().split_whitespace().collect::<Vec<_>>().join(" ")
}
