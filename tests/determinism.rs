//! What is printed does not depend on the number of threads.

use std::process::Command;

fn printed(threads: &str) -> Vec<u8> {
    let command = Command::new(env!("CARGO_BIN_EXE_quell"))
        .args(["check", "fixtures", "--format", "json", "--min-confidence", "low", "--no-cache"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("RAYON_NUM_THREADS", threads)
        .output();
    command.expect("quell runs").stdout
}

#[test]
fn one_thread_and_two_print_the_same_bytes() {
    let alone = printed("1");
    assert!(alone.len() > 10_000, "the fixtures have findings");
    assert!(alone == printed("2"), "the report depends on the number of threads");
}
