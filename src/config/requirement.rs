//! Requirements such as `Django>=4.2,<5` (PEP 508, and Poetry's `^4.2`), at the grain of minor versions.

use super::Version;

/// The version part of a requirement line when it asks for `package`: `>=4.2,<5` of `Django[argon2]>=4.2,<5  # why`.
pub(super) fn constraint_on<'l>(line: &'l str, package: &str) -> Option<&'l str> {
    let line = line.split(['#', ';']).next().unwrap_or_default().trim();
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    if !is_same(name, package) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1,
        None => rest,
    };
    Some(rest.trim().trim_matches(['(', ')']))
}

/// Names of packages are compared without case, and with `-`, `_` and `.` alike (PEP 503).
pub(super) fn is_same(name: &str, package: &str) -> bool {
    let folded = |text: &str| text.to_ascii_lowercase().replace(['_', '.'], "-");
    folded(name) == folded(package)
}

/// Whether some patch of a minor version fits a constraint; what is not understood fits.
pub(super) fn allows(constraint: &str, version: Version) -> bool {
    constraint.split(',').map(str::trim).filter(|part| !part.is_empty()).all(|part| part_allows(part, version))
}

fn part_allows(part: &str, version: Version) -> bool {
    let start = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
    let (operator, numbers) = part.split_at(start);
    let Some(bound) = numbers_of(numbers) else { return true };
    let (minor, has_patch) = ((bound[0], bound.get(1).copied().unwrap_or(0)), bound.len() > 2);
    let same_major = version.0 == minor.0;
    match operator.trim() {
        "==" | "===" | "" | "=" if bound.len() == 1 => same_major,
        "==" | "===" | "" | "=" => version == minor,
        "~=" if has_patch => version == minor,
        "~=" | "^" => same_major && version >= minor,
        "~" if bound.len() == 1 => same_major,
        "~" => version == minor,
        ">=" | ">" => version >= minor,
        "<=" => version <= minor,
        "<" if has_patch && bound[2] > 0 => version <= minor,
        "<" => version < minor,
        _ => true,
    }
}

/// `[4, 2, 7]` of `4.2.7`, `[4]` of `4.*`.
fn numbers_of(text: &str) -> Option<Vec<u32>> {
    let digits = |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    let numbers: Vec<u32> = text.trim().split('.').map_while(digits).collect();
    (!numbers.is_empty()).then_some(numbers)
}

/// The major and minor number of an exact version.
pub(super) fn exact(text: &str) -> Option<Version> {
    let numbers = numbers_of(text.trim_start_matches('='))?;
    Some((numbers[0], *numbers.get(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_requirements() {
        assert_eq!(constraint_on("Django[argon2]>=4.2,<5  # LTS", "django"), Some(">=4.2,<5"));
        assert_eq!(constraint_on("django == 5.2.1 ; python_version > '3.9'", "django"), Some("== 5.2.1"));
        assert_eq!(constraint_on("django-filter==1.0", "django"), None);
        assert_eq!(constraint_on("-r base.txt", "django"), None);
    }

    #[test]
    fn constraints_at_the_grain_of_minor_versions() {
        assert!(allows(">=4.2,<5", (4, 2)) && !allows(">=4.2,<5", (5, 0)) && !allows(">=4.2,<5", (4, 1)));
        assert!(allows("== 5.2.1", (5, 2)) && !allows("==5.2.1", (5, 1)));
        assert!(allows("~=4.1", (4, 2)) && !allows("~=4.1", (5, 0)) && !allows("~=4.1.3", (4, 2)));
        assert!(allows("^4.1", (4, 2)) && !allows("^4.1", (5, 0)) && allows("~4.1", (4, 1)));
        assert!(allows("<4.2.8", (4, 2)) && !allows("<4.2", (4, 2)) && !allows("<5.0.0", (5, 0)));
        assert!(allows("==4.*", (4, 1)) && allows("", (6, 0)) && allows("*", (6, 0)));
    }
}
