//! A profile: read as `--profile FILE` reads it, compared with itself, its statements asked for shapes and indexes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use quell::profile::{Snapshot, diff, join, propose, rank};

fuzz_target!(|bytes: &[u8]| {
    let Ok(snapshot) = serde_json::from_slice::<Snapshot>(bytes) else { return };
    let _ = diff(&snapshot, &Snapshot::default());
    let _ = diff(&snapshot, &snapshot);
    for statement in &snapshot.statements {
        if let Some((_, shape)) = quell::orm::sql::footprint(&statement.text) {
            let _ = propose(&shape, &snapshot);
        }
    }
    let _ = join(&mut [], &[], &snapshot);
    rank(&mut [], &snapshot);
    let _ = serde_json::to_vec(&snapshot).expect("it can be written again");
});
