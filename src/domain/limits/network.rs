//! Network requirements of a proxy: regions, zones, VPCs, free addresses.

use super::LimitBroken;

/// The minimum number of subnets of a proxy.
/// Source: Amazon RDS User Guide, "Setting up network prerequisites for RDS Proxy".
pub const SUBNETS: usize = 2;

/// The minimum number of zones that the subnets must be in.
/// Source: Amazon RDS User Guide, "Setting up network prerequisites for RDS Proxy".
pub const ZONES: usize = 2;

/// The recommended number of free addresses in a subnet for the smallest databases.
/// Source: Amazon RDS User Guide, "Setting up network prerequisites for RDS Proxy".
pub const FREE_ADDRESSES: u32 = 10;

/// The number of free addresses that each endpoint beside the built-in one needs.
/// Source: Amazon RDS User Guide, "Setting up network prerequisites for RDS Proxy".
pub const FREE_ADDRESSES_PER_ENDPOINT: u32 = 3;

/// The recommended number of free addresses by the size of the database's class, for sizes that need more than
/// [`FREE_ADDRESSES`].
/// Source: Amazon RDS User Guide, "Setting up network prerequisites for RDS Proxy".
pub const FREE_ADDRESSES_BY_SIZE: &[(&str, u32)] = &[
    ("2xlarge", 15),
    ("4xlarge", 25),
    ("8xlarge", 45),
    ("12xlarge", 60),
    ("16xlarge", 75),
    ("24xlarge", 110),
];

/// The ids of the zones that do not support proxies. Zone names differ between accounts, ids do not.
/// Source: Amazon RDS User Guide, "Quotas and limitations for RDS Proxy".
pub const UNSUPPORTED_ZONES: &[&str] = &["use1-az3", "usw1-az2"];

/// The regions without the service: Asia Pacific (Taipei) and Asia Pacific (New Zealand). This list goes out of date.
/// Source: Amazon RDS User Guide, "Supported Regions and DB engines for Amazon RDS Proxy", autumn 2026.
pub const UNSUPPORTED_REGIONS: &[&str] = &["ap-east-2", "ap-southeast-6"];

/// Returns the recommended number of free addresses in a subnet for a database class such as `db.r6g.2xlarge`.
pub fn free_addresses_for(class: &str) -> u32 {
    let size = class.rsplit('.').next().unwrap_or(class);
    FREE_ADDRESSES_BY_SIZE
        .iter()
        .find(|(name, _)| *name == size)
        .map_or(FREE_ADDRESSES, |(_, addresses)| *addresses)
}

/// Checks a zone by its id.
pub fn zone_id(zone: &str) -> Result<(), LimitBroken> {
    if !UNSUPPORTED_ZONES.contains(&zone) {
        return Ok(());
    }
    Err(LimitBroken::new(
        format!("RDS Proxy is not available in the zone {zone}"),
        "choose a subnet in another zone",
    ))
}

/// Checks that a region has the service.
pub fn region(region: &str) -> Result<(), LimitBroken> {
    if !UNSUPPORTED_REGIONS.contains(&region) {
        return Ok(());
    }
    Err(LimitBroken::new(
        format!("RDS Proxy is not available in the region {region}"),
        "choose another region",
    ))
}

/// Checks the tenancy of a VPC.
/// Source: Amazon RDS User Guide, "Quotas and limitations for RDS Proxy".
pub fn tenancy(tenancy: &str) -> Result<(), LimitBroken> {
    if tenancy != "dedicated" {
        return Ok(());
    }
    Err(LimitBroken::new(
        "RDS Proxy cannot be in a VPC with dedicated tenancy",
        "use a VPC whose instance tenancy is `default`",
    ))
}

/// Checks the mode of a VPC's encryption controls.
/// Source: Amazon RDS User Guide, "Quotas and limitations for RDS Proxy".
pub fn encryption_controls(mode: &str) -> Result<(), LimitBroken> {
    if mode != "enforce" {
        return Ok(());
    }
    Err(LimitBroken::new(
        "RDS Proxy cannot be in a VPC whose encryption controls are in enforce mode",
        "use a VPC whose encryption controls are off or in monitor mode",
    ))
}

/// Returns the region of a zone by its name: `eu-west-1` for `eu-west-1a`, `us-west-2` for `us-west-2-lax-1a`.
pub fn region_of_zone(zone: &str) -> &str {
    let mut hyphens = 0;
    let end = zone.find(|letter: char| {
        hyphens += usize::from(letter == '-');
        hyphens >= 2 && letter.is_ascii_digit()
    });
    // The number of an AWS region has one digit.
    end.and_then(|digit| zone.get(..=digit)).unwrap_or(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_region_of_a_zone() {
        let cases = [
            ("eu-west-1a", "eu-west-1"),
            ("us-gov-west-1b", "us-gov-west-1"),
            ("us-west-2-lax-1a", "us-west-2"),
            ("ap-southeast-6c", "ap-southeast-6"),
            ("nowhere", "nowhere"),
            ("", ""),
        ];
        for (zone, expected) in cases {
            assert_eq!(region_of_zone(zone), expected, "{zone}");
        }
    }

    #[test]
    fn counts_addresses_by_class() {
        let cases = [
            ("db.t4g.medium", 10),
            ("db.r6g.2xlarge", 15),
            ("db.r7g.24xlarge", 110),
            ("", 10),
        ];
        for (class, addresses) in cases {
            assert_eq!(free_addresses_for(class), addresses, "{class}");
        }
    }

    #[test]
    fn refuses_what_the_service_does_not_serve() {
        assert!(zone_id("use1-az3").is_err());
        assert_eq!(zone_id("use1-az1"), Ok(()));
        assert!(region("ap-east-2").is_err());
        assert_eq!(region("eu-west-1"), Ok(()));
        assert!(tenancy("dedicated").is_err());
        assert_eq!(tenancy("default"), Ok(()));
        assert!(encryption_controls("enforce").is_err());
        assert_eq!(encryption_controls("monitor"), Ok(()));
    }
}
