//! Controls every call: how many run in parallel, at what pace, and which ones failed. Independent of the services.

use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::causes::{cause, reason};
use super::lanes::Lanes;
use crate::domain::snapshot::{Cause, NotVisible};
use crate::io::account::progress::Progress;

/// The maximum number of parallel calls. The control planes throttle by account, so more calls would only make the SDK
/// wait and retry.
const AT_ONCE: usize = 10;

/// The purpose of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallPurpose {
    /// The IAM action that allows the call.
    pub(super) action: &'static str,
    /// The field of the snapshot that the call fills.
    pub(super) field: &'static str,
}

impl CallPurpose {
    pub(super) const fn new(action: &'static str, field: &'static str) -> Self {
        Self { action, field }
    }

    fn service(self) -> &'static str {
        self.action.split(':').next().unwrap_or(self.action)
    }
}

/// The reason a call returned nothing.
#[derive(Clone, Debug)]
pub(super) struct CallFailure {
    pub(super) cause: Cause,
    pub(super) reason: String,
}

/// The limiter that every call passes through.
pub(super) struct Limiter {
    permits: Semaphore,
    lanes: Arc<Lanes>,
    patience: Duration,
    end: Mutex<Instant>,
    progress: Arc<Progress>,
    /// One reason for each action, field and cause. A refusal that is repeated for every secret is listed once.
    gaps: Mutex<BTreeMap<(&'static str, &'static str, Cause), String>>,
}

impl Limiter {
    /// Creates a limiter. Calls that are not answered within `patience` are reported as missing.
    pub(super) fn open(patience: Duration, progress: Arc<Progress>) -> Arc<Self> {
        Arc::new(Self {
            permits: Semaphore::new(AT_ONCE),
            lanes: Arc::default(),
            patience,
            end: Mutex::new(Instant::now() + patience),
            progress,
            gaps: Mutex::default(),
        })
    }

    /// Returns the pace of each service.
    pub(super) fn lanes(&self) -> Arc<Lanes> {
        Arc::clone(&self.lanes)
    }

    /// Restarts the time limit after the user was prompted.
    pub(super) fn again(&self) {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + self.patience;
    }

    fn end(&self) -> Instant {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the result of the work, or `None` if the time limit passes first.
    pub(super) async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout_at(self.end(), work).await.ok()
    }

    /// Makes a call when its turn comes. If it fails, notes the gap and returns `None`.
    pub(super) async fn ask<T, E>(
        &self,
        ask: CallPurpose,
        call: impl Future<Output = Result<T, SdkError<E>>>,
    ) -> Option<T>
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        match self.attempt(ask, call).await {
            Ok(answer) => Some(answer),
            Err(failure) => {
                self.note(ask, failure);
                None
            }
        }
    }

    /// Makes a call when its turn comes, and leaves a failure to the caller, which may have an alternative.
    pub(super) async fn attempt<T, E>(
        &self,
        ask: CallPurpose,
        call: impl Future<Output = Result<T, SdkError<E>>>,
    ) -> Result<T, CallFailure>
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        self.progress.want();
        let turn = async {
            // The semaphore is never closed. A call without a permit would still be correct.
            let _permit = self.permits.acquire().await;
            tokio::time::sleep_until(self.lanes.turn(ask.service())).await;
            self.progress.begin(ask.field);
            call.await
        };
        let answer = self.in_time(turn).await;
        self.progress.answer();
        let Some(answer) = answer else {
            return Err(CallFailure {
                cause: Cause::TimedOut,
                reason: "the time for reading the account is over; --timeout gives more".to_owned(),
            });
        };
        answer.map_err(|error| CallFailure {
            cause: cause(&error),
            reason: reason(&error),
        })
    }

    /// Notes that something is missing. The alphabetically first reason is kept, so the result does not depend on the
    /// order of answers.
    pub(super) fn note(&self, ask: CallPurpose, failure: CallFailure) {
        let CallFailure { cause, reason } = failure;
        let mut gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = gaps
            .entry((ask.action, ask.field, cause))
            .or_insert_with(|| reason.clone());
        if reason < *kept {
            *kept = reason;
        }
    }

    /// Notes that an answer contains a text that cannot be parsed.
    pub(super) fn note_unreadable(&self, ask: CallPurpose, reason: &str) {
        let failure = CallFailure {
            cause: Cause::Unreadable,
            reason: reason.to_owned(),
        };
        self.note(ask, failure);
    }

    /// Returns everything that is missing, by action.
    pub(super) fn not_visible(&self) -> Vec<NotVisible> {
        let gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        gaps.iter()
            .map(|((action, field, cause), reason)| NotVisible {
                action: (*action).to_owned(),
                field: (*field).to_owned(),
                cause: *cause,
                reason: reason.clone(),
            })
            .collect()
    }
}

/// Runs all jobs concurrently; the limiter bounds their calls. The results are in no particular order.
pub(super) async fn all<F>(jobs: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    let mut running = JoinSet::new();
    for job in jobs {
        running.spawn(job);
    }
    running.join_all().await
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::primitives::SdkBody;
    use aws_sdk_sts::config::http::HttpResponse;
    use aws_sdk_sts::error::ErrorMetadata;

    use super::*;

    fn failed(code: &str, message: &str) -> SdkError<ErrorMetadata> {
        let error = ErrorMetadata::builder().code(code).message(message);
        let raw = HttpResponse::new(400.try_into().unwrap(), SdkBody::empty());
        SdkError::service_error(error.build(), raw)
    }

    #[test]
    fn aws_a_refusal_is_noted_once_and_the_rest_goes_on() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let limiter = Limiter::open(Duration::from_secs(60), Arc::default());
        let ask = CallPurpose::new("secretsmanager:GetResourcePolicy", "secrets");
        let answers: Vec<Option<u8>> = runtime.block_on(async {
            let call = |answer: Result<u8, SdkError<ErrorMetadata>>| {
                let limiter = Arc::clone(&limiter);
                async move { limiter.ask(ask, async { answer }).await }
            };
            let results = [
                Err(failed("AccessDenied", "secret b")),
                Err(failed("AccessDenied", "secret\n a")),
                Err(failed("Throttling", "slowly")),
                Ok(7),
            ];
            all(results.map(call)).await
        });
        assert_eq!(answers.into_iter().flatten().collect::<Vec<_>>(), [7]);
        let gap = |cause, reason: &str| NotVisible {
            action: "secretsmanager:GetResourcePolicy".to_owned(),
            field: "secrets".to_owned(),
            cause,
            reason: reason.to_owned(),
        };
        let expected = [
            gap(Cause::Refused, "AccessDenied: secret a"),
            gap(Cause::Throttled, "Throttling: slowly"),
        ];
        assert_eq!(limiter.not_visible(), expected);
    }

    #[test]
    fn aws_never_more_calls_than_agreed() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let limiter = Limiter::open(Duration::from_secs(60), Arc::default());
        let running = Arc::new(Mutex::new((0_usize, 0_usize)));
        let job = || {
            let (limiter, running) = (Arc::clone(&limiter), Arc::clone(&running));
            async move {
                limiter
                    .ask(CallPurpose::new("sts:GetCallerIdentity", "vpcs"), async {
                        {
                            let mut count = running.lock().unwrap();
                            count.0 += 1;
                            count.1 = count.1.max(count.0);
                        }
                        tokio::task::yield_now().await;
                        running.lock().unwrap().0 -= 1;
                        Ok::<(), SdkError<ErrorMetadata>>(())
                    })
                    .await
            }
        };
        runtime.block_on(async { all((0..50).map(|_| job())).await });
        assert_eq!(*running.lock().unwrap(), (0, AT_ONCE));
    }

    #[test]
    fn aws_what_comes_too_late_is_missing_and_so_is_what_waits_for_it() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let answers = runtime.block_on(async {
            let limiter = Limiter::open(Duration::from_millis(50), Arc::default());
            let job = || {
                let limiter = Arc::clone(&limiter);
                async move {
                    let never = std::future::pending::<Result<(), SdkError<ErrorMetadata>>>();
                    limiter
                        .ask(CallPurpose::new("lambda:ListFunctions", "functions"), never)
                        .await
                }
            };
            let answers = all((0..2 * AT_ONCE).map(|_| job())).await;
            assert_eq!(limiter.not_visible()[0].cause, Cause::TimedOut);
            answers
        });
        assert!(answers.iter().all(Option::is_none));
    }
}
