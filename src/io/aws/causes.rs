//! Classifies why a call failed, by the error of the service or by what prevented the call.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};

use super::bounds::Unbounded;
use crate::domain::snapshot::Cause;

/// Error codes with their causes. Sources: "Common errors" in the API references of IAM, STS, RDS, KMS, Secrets
/// Manager, Lambda and CloudWatch; EC2 API Reference, "Error codes for the Amazon EC2 API"; for throttling also the
/// SDK's own list of codes to retry.
const CODES: &[(Cause, &[&str])] = &[
    (
        Cause::Refused,
        &[
            "AccessDenied",
            "AccessDeniedException",
            "AuthorizationError",
            "NotAuthorized",
            "UnauthorizedOperation",
        ],
    ),
    (
        Cause::Credentials,
        &[
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "InvalidToken",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "RequestExpired",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "TokenRefreshRequired",
            "UnrecognizedClientException",
        ],
    ),
    (
        Cause::Throttled,
        &[
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "LimitExceededException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
        ],
    ),
    (
        Cause::TimedOut,
        &["RequestTimeout", "RequestTimeoutException"],
    ),
    (
        Cause::NotOffered,
        &[
            "InvalidAction",
            "OptInRequired",
            "RegionDisabledException",
            "UnknownOperationException",
            "Unsupported",
            "UnsupportedOperation",
            "UnsupportedOperationException",
        ],
    ),
];

/// Returns the cause of a failure.
pub(super) fn cause<E>(error: &SdkError<E>) -> Cause
where
    E: Error + ProvideErrorMetadata + 'static,
{
    // Credentials that expire during the read are requested again, and their provider may have none.
    if came_from::<CredentialsError>(error) {
        return Cause::Credentials;
    }
    if came_from::<Unbounded>(error) {
        return Cause::Unreadable;
    }
    match error {
        SdkError::TimeoutError(_) => Cause::TimedOut,
        // The only time limit of the connector is the one for connecting.
        SdkError::DispatchFailure(_) => Cause::Unreachable,
        SdkError::ResponseError(_) => Cause::Unreadable,
        SdkError::ServiceError(answer) => of_answer(error.code(), answer.raw().status().as_u16()),
        _ => Cause::Failed,
    }
}

/// True if an error of this type is in the chain of sources.
fn came_from<C: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<C>() {
            return true;
        }
        next = error.source();
    }
    false
}

fn of_answer(code: Option<&str>, status: u16) -> Cause {
    let Some(code) = code.filter(|code| !code.is_empty()) else {
        return of_status(status);
    };
    let known = CODES.iter().find(|(_, codes)| codes.contains(&code));
    known.map_or(Cause::Failed, |(cause, _)| *cause)
}

/// Returns the cause of an answer without an error code. It comes from an intermediary, not from the service, so only
/// the status is known.
fn of_status(status: u16) -> Cause {
    match status {
        408 | 504 => Cause::TimedOut,
        429 => Cause::Throttled,
        407 | 502 | 503 => Cause::Unreachable,
        _ => Cause::Unreadable,
    }
}

/// Returns the service's error message, or what prevented the call, as one line.
pub(super) fn reason<E: Error + ProvideErrorMetadata>(error: &E) -> String {
    let text = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => chain(error),
    };
    one_line(&text)
}

/// Returns an error with its sources as one line. Wrappers often repeat the wrapped error; the repetition is left out.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let further = error.to_string();
        if !text.ends_with(&further) {
            text = format!("{text}: {further}");
        }
        cause = error.source();
    }
    one_line(&text)
}

/// The maximum length of a message in characters. A gateway may answer with a whole web page.
const LONGEST: usize = 500;

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_lambda::primitives::SdkBody;
    use aws_sdk_sts::config::http::HttpResponse;
    use aws_sdk_sts::error::{ConnectorError, ErrorMetadata};

    type Failure = SdkError<ErrorMetadata>;

    fn raw(status: u16) -> HttpResponse {
        HttpResponse::new(status.try_into().unwrap(), SdkBody::empty())
    }

    fn answered(status: u16, code: &str) -> Failure {
        let error = ErrorMetadata::builder().code(code).message("m").build();
        SdkError::service_error(error, raw(status))
    }

    fn without_code(status: u16) -> Failure {
        SdkError::service_error(ErrorMetadata::builder().build(), raw(status))
    }

    #[test]
    fn aws_every_failure_has_the_cause_that_it_tells() {
        let expired = || CredentialsError::provider_error("the session has expired");
        let cases: Vec<(Failure, Cause)> = vec![
            (answered(403, "AccessDenied"), Cause::Refused),
            (answered(403, "UnauthorizedOperation"), Cause::Refused),
            (answered(400, "AccessDeniedException"), Cause::Refused),
            (answered(403, "ExpiredToken"), Cause::Credentials),
            (
                answered(400, "UnrecognizedClientException"),
                Cause::Credentials,
            ),
            (answered(401, "AuthFailure"), Cause::Credentials),
            (answered(400, "Throttling"), Cause::Throttled),
            (answered(503, "RequestLimitExceeded"), Cause::Throttled),
            (answered(408, "RequestTimeout"), Cause::TimedOut),
            (answered(400, "InvalidAction"), Cause::NotOffered),
            (answered(401, "OptInRequired"), Cause::NotOffered),
            (answered(500, "InternalFailure"), Cause::Failed),
            (answered(400, "ValidationException"), Cause::Failed),
            (without_code(200), Cause::Unreadable),
            (without_code(403), Cause::Unreadable),
            (without_code(429), Cause::Throttled),
            (without_code(503), Cause::Unreachable),
            (without_code(504), Cause::TimedOut),
            (SdkError::timeout_error("late"), Cause::TimedOut),
            (
                SdkError::dispatch_failure(ConnectorError::io("refused".into())),
                Cause::Unreachable,
            ),
            (
                SdkError::dispatch_failure(ConnectorError::timeout("late".into())),
                Cause::Unreachable,
            ),
            (
                SdkError::dispatch_failure(ConnectorError::other(expired().into(), None)),
                Cause::Credentials,
            ),
            (
                SdkError::construction_failure(expired()),
                Cause::Credentials,
            ),
            (SdkError::construction_failure("bad"), Cause::Failed),
            (
                SdkError::construction_failure(Unbounded::Circle),
                Cause::Unreadable,
            ),
            (
                SdkError::response_error("cut off", raw(200)),
                Cause::Unreadable,
            ),
        ];
        for (failure, expected) in cases {
            assert_eq!(cause(&failure), expected, "{failure:?}");
        }
    }

    #[test]
    fn aws_no_code_has_two_causes() {
        let mut seen = std::collections::BTreeSet::new();
        for code in CODES.iter().flat_map(|(_, codes)| *codes) {
            assert!(seen.insert(code), "{code}");
        }
    }

    #[test]
    fn aws_a_page_of_a_gateway_is_no_reason_of_its_length() {
        let page = "<p>\n".repeat(10_000);
        assert_eq!(one_line(&page).chars().count(), LONGEST + 1);
        assert_eq!(one_line("a\n  b"), "a b");
    }
}
