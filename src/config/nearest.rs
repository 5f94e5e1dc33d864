//! Did you mean …?

/// The name nearest to a mistyped one, where one is near enough to be meant.
pub fn nearest<'n>(typed: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let likeness = |name: &str| (strsim::jaro_winkler(typed, name) * 1000.0) as u32;
    let best = names.into_iter().max_by_key(|name| likeness(name))?;
    (likeness(best) >= 800).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_understood_and_other_words_are_not() {
        let names = ["exclude", "select", "severity"];
        assert_eq!(nearest("exclud", names), Some("exclude"));
        assert_eq!(nearest("serverity", names), Some("severity"));
        assert_eq!(nearest("colour", names), None);
    }
}
