//! Much of the same.

use super::project::Project;

#[test]
fn a_line_of_fifty_megabytes() {
    let project = Project::new(&[]);
    project.write("shop/line.py", format!("x = [{}]\n", "1, ".repeat(17_000_000)));
    let run = project.check(&[]);
    run.finds_the_shop();
    run.says("shop/line.py: left out: larger than 2097152 bytes");
    project.check(&["--max-file-size", "60000000"]).finds_the_shop();
}

#[test]
fn a_text_of_fifty_megabytes() {
    let project = Project::new(&[]);
    project.write("shop/text.py", format!("x = \"\"\"{}\"\"\"\n", "a".repeat(50_000_000)));
    project.write("shop/open.py", format!("x = f'{}", "{a".repeat(25_000_000)));
    project.check(&["--max-file-size", "60000000"]).finds_the_shop();
}

#[test]
fn a_module_of_very_many_functions() {
    let project = Project::new(&[]);
    let functions = (0..FUNCTIONS).map(|number| format!("def f{number}(): return g{number}()\n")).collect::<String>();
    project.write("shop/many.py", functions);
    project.check(&["--max-file-size", "60000000"]).finds_the_shop();
}

/// A debug build takes ten times as long.
const FUNCTIONS: usize = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

#[test]
fn a_model_of_very_many_columns_and_a_function_of_very_many_statements() {
    let project = Project::new(&[]);
    let columns = (0..20_000).map(|number| format!("    c{number} = models.TextField()\n")).collect::<String>();
    project.write("shop/wide.py", format!("from django.db import models\n\nclass Wide(models.Model):\n{columns}"));
    let reads =
        (0..20_000).map(|number| format!("        print(wide.c{number}, wide.nothing{number})\n")).collect::<String>();
    let text = format!("from shop.wide import Wide\n\ndef f():\n    for wide in Wide.objects.only(\"pk\"):\n{reads}");
    project.write("shop/long.py", text);
    project.check(&[]).finds_the_shop();
}
