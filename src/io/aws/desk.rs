//! Where every call passes: how many run at once, and what was refused. Knows no service.

use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sts::error::ProvideErrorMetadata;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::domain::snapshot::NotVisible;

/// Calls at once. The control planes throttle by account; more would only make the SDK wait and repeat.
const AT_ONCE: usize = 10;

/// What a call is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask {
    /// The IAM action that allows it.
    pub(super) action: &'static str,
    /// The field of the snapshot that it fills.
    pub(super) field: &'static str,
}

impl Ask {
    pub(super) const fn new(action: &'static str, field: &'static str) -> Self {
        Self { action, field }
    }
}

/// Where every call passes.
pub(super) struct Desk {
    permits: Semaphore,
    /// One reason for each action and field: a refusal that is repeated for every secret says nothing new.
    gaps: Mutex<BTreeMap<(&'static str, &'static str), String>>,
}

impl Desk {
    pub(super) fn open() -> Arc<Self> {
        Arc::new(Self {
            permits: Semaphore::new(AT_ONCE),
            gaps: Mutex::default(),
        })
    }

    /// Makes the call when its turn comes. Nothing, and a note, when it fails.
    pub(super) async fn ask<T, E>(
        &self,
        ask: Ask,
        call: impl Future<Output = Result<T, E>>,
    ) -> Option<T>
    where
        E: Error + ProvideErrorMetadata,
    {
        // The semaphore is never closed; a call without a permit would still be right, only less polite.
        let _permit = self.permits.acquire().await;
        match call.await {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.note(ask, reason(&error));
                None
            }
        }
    }

    /// Notes that something is missing. Of several reasons the first in the alphabet stays, whichever came first.
    pub(super) fn note(&self, ask: Ask, reason: String) {
        let mut gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = gaps
            .entry((ask.action, ask.field))
            .or_insert_with(|| reason.clone());
        if reason < *kept {
            *kept = reason;
        }
    }

    /// What was refused, by action.
    pub(super) fn not_visible(&self) -> Vec<NotVisible> {
        let gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        gaps.iter()
            .map(|((action, field), reason)| NotVisible {
                action: (*action).to_owned(),
                field: (*field).to_owned(),
                reason: reason.clone(),
            })
            .collect()
    }
}

/// Runs all jobs at once; the desk bounds their calls. The results come in no order.
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

/// What the service said, or what kept it from being asked, in one line.
pub(super) fn reason<E: Error + ProvideErrorMetadata>(error: &E) -> String {
    let text = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => causes(error),
    };
    one_line(&text)
}

/// An error with its causes. Wrappers often repeat what they wrap: that is said once.
pub(super) fn causes(error: &dyn Error) -> String {
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

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_sts::error::ErrorMetadata;

    fn refused(message: &str) -> ErrorMetadata {
        ErrorMetadata::builder()
            .code("AccessDenied")
            .message(message)
            .build()
    }

    #[test]
    fn aws_a_refusal_is_noted_once_and_the_rest_goes_on() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let desk = Desk::open();
        let ask = Ask::new("secretsmanager:GetResourcePolicy", "secrets");
        let answers: Vec<Option<u8>> = runtime.block_on(async {
            let call = |answer: Result<u8, ErrorMetadata>| {
                let desk = Arc::clone(&desk);
                async move { desk.ask(ask, async { answer }).await }
            };
            let results = [Err(refused("secret b")), Err(refused("secret\n a")), Ok(7)];
            all(results.map(call)).await
        });
        assert_eq!(answers.into_iter().flatten().collect::<Vec<_>>(), [7]);
        let expected = NotVisible {
            action: "secretsmanager:GetResourcePolicy".to_owned(),
            field: "secrets".to_owned(),
            reason: "AccessDenied: secret a".to_owned(),
        };
        assert_eq!(desk.not_visible(), [expected]);
    }

    #[test]
    fn aws_never_more_calls_than_agreed() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let desk = Desk::open();
        let running = Arc::new(Mutex::new((0_usize, 0_usize)));
        let job = || {
            let (desk, running) = (Arc::clone(&desk), Arc::clone(&running));
            async move {
                desk.ask(Ask::new("sts:GetCallerIdentity", "vpcs"), async {
                    {
                        let mut count = running.lock().unwrap();
                        count.0 += 1;
                        count.1 = count.1.max(count.0);
                    }
                    tokio::task::yield_now().await;
                    running.lock().unwrap().0 -= 1;
                    Ok::<(), ErrorMetadata>(())
                })
                .await
            }
        };
        runtime.block_on(async { all((0..50).map(|_| job())).await });
        assert_eq!(*running.lock().unwrap(), (0, AT_ONCE));
    }
}
