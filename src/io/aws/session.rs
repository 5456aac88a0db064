//! Connects to an account: credentials, region, retries and time limits. Reads nothing from the account but its number.

use std::sync::Arc;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_sts::error::SdkError;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::AwsError;
use super::bounds::CallBounds;
use super::causes::{cause, chain, reason};
use super::lanes::Lanes;
use crate::domain::snapshot::{Cause, NotVisible};
use crate::io::account::options::LiveOptions;

/// The maximum number of attempts for a call. Throttling is normal when an account is read in parallel: the SDK waits
/// longer before each attempt, and [`Lanes`] slows the other calls down. The SDK's own adaptive mode is not used
/// because it has no upper limit: one call that is throttled forever would delay all others of its service.
const ATTEMPTS: u32 = 5;
const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(20);
const OPERATION: Duration = Duration::from_secs(60);

/// A working connection, and the account that it belongs to.
pub(super) struct Session {
    pub(super) config: SdkConfig,
    pub(super) bounds: CallBounds,
    pub(super) region: String,
    pub(super) account_id: String,
    pub(super) partition: String,
}

impl Session {
    /// Starts another pass, in which every request may be sent again.
    pub(super) fn again(&mut self) {
        self.bounds = self.bounds.again();
    }
}

/// Creates the client of a service, with limits on its answers.
macro_rules! client {
    ($sdk:ident, $session:expr) => {{
        let config = $sdk::config::Builder::from(&$session.config);
        let bounds = $session.bounds.for_service(stringify!($sdk));
        let config = config.interceptor(bounds);
        $sdk::Client::from_conf(config.build())
    }};
}
pub(super) use client;

/// Finds region and credentials in the usual places of AWS tools, and asks AWS which account they belong to.
pub(super) async fn connect(options: &LiveOptions, lanes: Arc<Lanes>) -> Result<Session, AwsError> {
    let config = configuration(options).await;
    let region = config
        .region()
        .map(ToString::to_string)
        .filter(|region| !region.is_empty())
        .ok_or(AwsError::NoRegion)?;
    check_credentials(&config).await?;
    let (account_id, partition) = identity(&config, &region).await?;
    Ok(Session {
        config,
        bounds: CallBounds::new(lanes),
        region,
        account_id,
        partition,
    })
}

async fn configuration(options: &LiveOptions) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let client = https_client();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(client.clone())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts);
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    let Some(profile) = &options.profile else {
        return loader.load().await;
    };
    let config = loader.profile_name(profile).load().await;
    // The default chain prefers keys in the environment to a named profile. That would read another account than the
    // requested one. The AWS CLI uses the profile.
    let surroundings = ProviderConfig::default()
        .with_http_client(client)
        .with_region(config.region().cloned());
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(&surroundings)
        .profile_name(profile)
        .build();
    config
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .build()
}

/// Creates a client that differs from the SDK's default in its TLS stack. It trusts the certificates of the machine,
/// and uses the proxy that the environment names.
fn https_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector =
            ConnectorBuilder::default().tls_provider(Provider::Rustls(CryptoMode::Ring));
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        connector.build()
    })
}

async fn check_credentials(config: &SdkConfig) -> Result<(), AwsError> {
    use aws_credential_types::provider::error::CredentialsError;
    let Some(provider) = config.credentials_provider() else {
        let reason = "no provider is set".to_owned();
        return Err(AwsError::NoCredentials { reason });
    };
    match provider.provide_credentials().await {
        Ok(_) => Ok(()),
        Err(error @ CredentialsError::CredentialsNotLoaded(_)) => Err(AwsError::NoCredentials {
            reason: chain(&error),
        }),
        Err(error) => Err(AwsError::BadCredentials {
            reason: chain(&error),
        }),
    }
}

/// Returns the account id and the partition. `GetCallerIdentity` needs no permission, so if it fails, no other call can
/// succeed.
async fn identity(config: &SdkConfig, region: &str) -> Result<(String, String), AwsError> {
    let answer = aws_sdk_sts::Client::new(config)
        .get_caller_identity()
        .send()
        .await;
    let answer = answer.map_err(|error| told(&error, region))?;
    let account = answer.account().unwrap_or_default().to_owned();
    Ok((account, partition(answer.arn().unwrap_or_default())))
}

fn told(error: &SdkError<GetCallerIdentityError>, region: &str) -> AwsError {
    let (cause, reason) = (cause(error), reason(error));
    match cause {
        Cause::Refused | Cause::Credentials => AwsError::Rejected { reason },
        Cause::Unreachable | Cause::TimedOut => AwsError::Unreachable {
            region: region.to_owned(),
            reason,
        },
        Cause::Throttled | Cause::Unreadable | Cause::NotOffered | Cause::Failed => {
            let gap = NotVisible {
                action: "sts:GetCallerIdentity".to_owned(),
                cause,
                reason,
                ..NotVisible::default()
            };
            AwsError::NoIdentity {
                what: gap.what(),
                advice: gap.advice(),
                reason: gap.reason,
            }
        }
    }
}

/// Returns the partition, which is the second field of an ARN.
fn partition(arn: &str) -> String {
    arn.split(':')
        .nth(1)
        .filter(|partition| !partition.is_empty())
        .unwrap_or("aws")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_partitions_come_from_the_caller() {
        let cases = [
            ("arn:aws:iam::123456789012:user/a", "aws"),
            ("arn:aws-cn:sts::123456789012:assumed-role/a/b", "aws-cn"),
            ("", "aws"),
        ];
        for (arn, expected) in cases {
            assert_eq!(partition(arn), expected, "{arn}");
        }
    }
}
