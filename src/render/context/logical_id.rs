//! Logical ids for CloudFormation: letters and digits only, and unique per name.
//!
//! An id depends only on its own name. If it depended on the other names, adding a user would rename, and so replace,
//! another user's secret.

use sha2::{Digest, Sha256};

/// Converts `orders_rw` to `OrdersRw`; `separator` is the usual one in such names. A name with other separators,
/// capitals, or a part that begins with a digit is ambiguous; its id ends with a digest of the name.
pub(super) fn logical_id(name: &str, separator: char) -> String {
    let pascal: String = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .map(capitalised)
        .collect();
    if is_plain(name, separator) {
        return pascal;
    }
    let digest = Sha256::digest(name.as_bytes());
    let mark: String = digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02X}"))
        .collect();
    format!("{pascal}X{mark}")
}

/// True if every part is lower case and begins with a letter: then the capitals of the id mark the parts.
fn is_plain(name: &str, separator: char) -> bool {
    name.split(separator).all(|part| {
        part.starts_with(|first: char| first.is_ascii_lowercase())
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

fn capitalised(part: &str) -> String {
    let mut chars = part.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_stay_readable() {
        assert_eq!(logical_id("orders_rw", '_'), "OrdersRw");
        assert_eq!(logical_id("orders-api-role", '-'), "OrdersApiRole");
    }

    #[test]
    fn names_that_look_alike_get_different_ids() {
        let names = [
            "orders_rw",
            "orders-rw",
            "ordersrw",
            "ordersRw",
            "OrdersRw",
            "orders__rw",
            "orders_rw_",
            "_orders_rw",
            "ORDERS_RW",
            "orders_r_w",
            "o_rders_rw",
            "orders1",
            "orders_1",
            "a.b@c",
            "_",
            "-",
            "é",
        ];
        for separator in ['_', '-'] {
            let mut ids: Vec<String> = names
                .iter()
                .map(|name| logical_id(name, separator))
                .collect();
            let valid = |id: &String| id.bytes().all(|b| b.is_ascii_alphanumeric());
            assert!(ids.iter().all(valid), "{ids:?}");
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), names.len(), "{ids:?}");
        }
    }
}
