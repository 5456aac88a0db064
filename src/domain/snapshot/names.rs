//! What a message calls the deployment's own partition, region and account, in an account where they are known.

use super::Snapshot;

impl Snapshot {
    /// A message with the names of this account in the place of `<partition>`, `<region>` and `<account>`.
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
