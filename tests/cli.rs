//! The command line, case by case: each file of `tests/cli/` is a command with what it prints and its exit code.

#[test]
fn commands_print_what_their_cases_say() {
    trycmd::TestCases::new().case("tests/cli/*.toml").case("tests/cli/*.md").run();
}
