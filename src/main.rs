//! The `quell` program: everything is in the library.

fn main() -> std::process::ExitCode {
    quell::cli::main()
}
