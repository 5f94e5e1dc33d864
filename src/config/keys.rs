//! The keys of a configuration: their one list, and what each sets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::de::DeTable;

use super::reader::{Node, Reader};
use super::{CONFIDENCES, Config, PLACES, PerPath, RuleChoice, SEVERITIES};

type Read = for<'t> fn(&mut Reader<'t>, &mut Config, &Node<'t>);

/// A key and how its value is read.
struct Key {
    name: &'static str,
    read: Read,
}

const KEYS: [Key; 13] = [
    Key { name: "paths", read: |reader, config, node| config.paths = paths(reader, node) },
    Key { name: "exclude", read: exclude },
    Key { name: "select", read: |reader, config, node| config.rules.select = Some(reader.rules(node)) },
    Key { name: "ignore", read: |reader, config, node| config.rules.ignore = reader.rules(node) },
    Key {
        name: "severity",
        read: |reader, config, node| config.rules.severity = by_rule(reader, node, "severity", &SEVERITIES),
    },
    Key {
        name: "confidence",
        read: |reader, config, node| config.confidence = by_rule(reader, node, "confidence", &CONFIDENCES),
    },
    Key { name: "per-path", read: per_path },
    Key { name: "baseline", read: |reader, config, node| config.baseline = reader.new_file(node) },
    Key { name: "stubs", read: |reader, config, node| config.stubs = folders(reader, node) },
    Key { name: "rules", read: |reader, config, node| config.rule_folders = folders(reader, node) },
    Key { name: "django", read: |reader, config, node| config.django = reader.version(node) },
    Key { name: "sqlalchemy", read: |reader, config, node| config.sqlalchemy = reader.version(node) },
    Key { name: "venv", read: venv },
];

/// The keys of an entry of `per-path`.
const PATH_KEYS: [&str; 4] = ["place", "select", "ignore", "severity"];

/// Reads every key of the table that holds the configuration.
pub(super) fn read<'t>(reader: &mut Reader<'t>, config: &mut Config, table: &DeTable<'t>) {
    for (name, node) in table {
        match KEYS.iter().find(|key| key.name == name.get_ref().as_ref()) {
            Some(key) => {
                config.lines.insert(key.name, reader.line(name.span().start));
                (key.read)(reader, config, node);
            }
            None => reader.unknown_key(name.get_ref(), name.span(), &KEYS.map(|key| key.name)),
        }
    }
    if let Some(node) = table.get("ignore") {
        contradictions(reader, &config.rules, node);
    }
}

/// A rule that is both selected and ignored.
fn contradictions<'t>(reader: &mut Reader<'t>, rules: &RuleChoice, ignore: &Node<'t>) {
    let Some(selected) = &rules.select else { return };
    for item in ignore.get_ref().as_array().into_iter().flat_map(|items| items.iter()) {
        if let Some(name) = item.get_ref().as_str().filter(|name| selected.contains(*name)) {
            reader.fail(item.span(), format!("`{name}` is both selected and ignored"), None);
        }
    }
}

fn paths<'t>(reader: &mut Reader<'t>, node: &Node<'t>) -> Vec<PathBuf> {
    reader.list(node).into_iter().filter_map(|(text, span)| reader.existing(text, span)).collect()
}

fn folders<'t>(reader: &mut Reader<'t>, node: &Node<'t>) -> Vec<PathBuf> {
    reader.list(node).into_iter().filter_map(|(text, span)| reader.folder(text, span)).collect()
}

fn exclude<'t>(reader: &mut Reader<'t>, config: &mut Config, node: &Node<'t>) {
    config.exclude = reader.list(node).into_iter().filter_map(|(text, span)| reader.pattern(text, span)).collect();
}

fn venv<'t>(reader: &mut Reader<'t>, config: &mut Config, node: &Node<'t>) {
    // It lies outside more often than not; nothing but names of folders is read there.
    config.venv = reader.string(node, "a folder").and_then(|text| reader.folder_anywhere(text, node.span()));
}

/// A table from names of rules to words.
fn by_rule<'t>(
    reader: &mut Reader<'t>,
    node: &Node<'t>,
    what: &str,
    words: &[&'static str],
) -> BTreeMap<String, &'static str> {
    let mut chosen = BTreeMap::new();
    for (name, node) in reader.table(node).into_iter().flatten() {
        let rule = reader.rule(name.get_ref(), name.span());
        let word = reader.word(node, what, words);
        chosen.extend(rule.zip(word));
    }
    chosen
}

/// `"cron/**" = "background"`, or a table with more.
fn per_path<'t>(reader: &mut Reader<'t>, config: &mut Config, node: &Node<'t>) {
    for (text, node) in reader.table(node).into_iter().flatten() {
        let pattern = reader.pattern(text.get_ref(), text.span());
        let (place, rules) = match node.get_ref().as_table() {
            Some(table) => path_table(reader, table),
            None => (reader.word(node, "place", &PLACES), RuleChoice::default()),
        };
        config.per_path.extend(pattern.map(|pattern| PerPath { pattern, place, rules }));
    }
    config.per_path.sort_by_key(|entry| (entry.pattern.text.len(), entry.pattern.text.clone()));
}

fn path_table<'t>(reader: &mut Reader<'t>, table: &DeTable<'t>) -> (Option<&'static str>, RuleChoice) {
    let mut place = None;
    let mut rules = RuleChoice::default();
    for (name, node) in table {
        match name.get_ref().as_ref() {
            "place" => place = reader.word(node, "place", &PLACES),
            "select" => rules.select = Some(reader.rules(node)),
            "ignore" => rules.ignore = reader.rules(node),
            "severity" => rules.severity = by_rule(reader, node, "severity", &SEVERITIES),
            other => reader.unknown_key(other, name.span(), &PATH_KEYS),
        }
    }
    (place, rules)
}
