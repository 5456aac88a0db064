//! Replaces the placeholders for partition, region and account in messages about a known account.

use super::Snapshot;

impl Snapshot {
    /// Replaces `<partition>`, `<region>` and `<account>` in a message by the values of this account.
    pub fn named(&self, message: &str) -> String {
        message
            .replace("<partition>", &self.partition)
            .replace("<region>", &self.region)
            .replace("<account>", &self.account_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_which_account() {
        let account = Snapshot {
            partition: "aws".to_owned(),
            region: "eu-west-1".to_owned(),
            account_id: "123456789012".to_owned(),
            ..Snapshot::default()
        };
        let told = account.named("on arn:<partition>:rds-db:<region>:<account>:dbuser:x");
        assert_eq!(told, "on arn:aws:rds-db:eu-west-1:123456789012:dbuser:x");
    }
}
