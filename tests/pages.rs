//! The Python of the rules' pages is Python: every block compiles.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Compiles each block of a JSON list, and prints the name of those that don't.
const COMPILE: &str = "
import json, sys
for name, text in json.load(sys.stdin):
    try:
        compile(text, name, 'exec')
    except SyntaxError as error:
        print(name, error)
";

#[test]
fn every_block_of_python_compiles() {
    let blocks: Vec<(String, String)> = pages().iter().flat_map(|page| blocks(page)).collect();
    assert!(blocks.len() > 40, "{} blocks", blocks.len());
    let mut python = Command::new("python3")
        .args(["-c", COMPILE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is there");
    let input = python.stdin.take().expect("the input is piped");
    serde_json::to_writer(input, &blocks).expect("python3 reads");
    let output = python.wait_with_output().expect("python3 ends");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}

fn pages() -> Vec<PathBuf> {
    let groups = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let children = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).expect("the folder can be read");
        entries.map(|entry| entry.expect("the entry can be read").path()).collect()
    };
    let all = children(&groups).into_iter().filter(|path| path.is_dir()).flat_map(|group| children(&group));
    let mut pages: Vec<PathBuf> = all.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.sort();
    pages
}

/// The blocks of one page, named by the page and the block's line.
fn blocks(page: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(page).expect("the page can be read");
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        match &mut open {
            None if line == "```python" => open = Some((index + 2, String::new())),
            None => {}
            Some((start, block)) if line == "```" => {
                found.push((format!("{}:{start}", page.display()), std::mem::take(block)));
                open = None;
            }
            Some((_, block)) => *block += &format!("{line}\n"),
        }
    }
    found
}
