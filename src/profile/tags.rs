//! Comments in a statement that say where it came from: those of sqlcommenter, django-sqlcommenter and marginalia.
//!
//! Only keys with few values are kept; a trace's id is different in each statement, and anything else might hold data.

use std::collections::BTreeMap;

/// The keys that are kept.
const KEYS: [&str; 9] =
    ["application", "action", "callsite", "controller", "file", "framework", "func", "line", "route"];

/// `key='value',other='value'` (the values percent-encoded) or `key:value,other:value`.
pub fn tags(comment: &str) -> BTreeMap<String, String> {
    comment.split(',').filter_map(tag).collect()
}

fn tag(part: &str) -> Option<(String, String)> {
    let at = part.find(['=', ':'])?;
    let (key, value) = (part[..at].trim(), part[at + 1..].trim().trim_matches('\''));
    (KEYS.contains(&key) && !value.is_empty()).then(|| (key.to_owned(), decoded(value)))
}

/// Percent-decoded; what is no code stays as it is.
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut result = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                result.push(byte);
                at += 3;
            }
            None => {
                result.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&result).into_owned()
}

/// `file:line` that the tags name, from `callsite` or from `file` and `line`.
pub fn call_site(tags: &BTreeMap<String, String>) -> Option<(&str, u32)> {
    if let Some((file, line)) = tags.get("callsite").or_else(|| tags.get("line")).and_then(|site| site.rsplit_once(':'))
    {
        return Some((file, line.parse().ok()?));
    }
    Some((tags.get("file")?, tags.get("line")?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_site_is_read_and_a_trace_is_not() {
        let read =
            tags("callsite='shop%2Fviews.py%3A118',route='%5Eshop/',traceparent='00-5bd66ef5095369c7b0d1f8f4bd33716a'");
        assert_eq!(call_site(&read), Some(("shop/views.py", 118)));
        assert_eq!(read.len(), 2);
        assert_eq!(call_site(&tags("application:shop,line:/app/x.py:23")), Some(("/app/x.py", 23)));
        assert!(tags("the customer's address = 'Main Street'").is_empty());
    }
}
