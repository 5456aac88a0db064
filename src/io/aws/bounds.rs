//! Limits on the answers of AWS: an answer must not be endless, and its pages must not repeat. Attached to every
//! client.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::hash::{Hash, Hasher};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use aws_sdk_lambda::primitives::SdkBody;
use aws_sdk_sts::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextMut,
    BeforeTransmitInterceptorContextRef,
};
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use http_body::{Body, Frame};
use thiserror::Error;

use super::lanes::Lanes;

type BoxError = Box<dyn Error + Send + Sync>;

/// The maximum length of an answer in bytes. The largest page, a thousand roles with all their policies, has a few
/// megabytes.
const LONGEST: usize = 32 * 1024 * 1024;

/// The way in which an answer exceeds the limits.
#[derive(Debug, Error)]
pub(super) enum Unbounded {
    /// The same request was sent before. No request is repeated on purpose, so a page must have named itself or an
    /// earlier page as the next one.
    #[error("the pages of the answer repeat")]
    Circle,
    /// The answer exceeds the maximum length.
    #[error("the answer is longer than {} MB", LONGEST / 1024 / 1024)]
    TooLong,
}

/// The limits for one pass over an account.
#[derive(Clone, Debug)]
pub(super) struct CallBounds {
    asked: Arc<Mutex<HashSet<u64>>>,
    lanes: Arc<Lanes>,
    /// The prefix of the service's actions.
    service: &'static str,
}

impl CallBounds {
    pub(super) fn new(lanes: Arc<Lanes>) -> Self {
        Self {
            asked: Arc::default(),
            lanes,
            service: "",
        }
    }

    /// Returns the limits for another pass, in which every request may be sent again.
    pub(super) fn again(&self) -> Self {
        Self::new(Arc::clone(&self.lanes))
    }

    /// Returns the limits for the client of an SDK crate, such as `aws_sdk_rds`.
    pub(super) fn for_service(&self, sdk: &'static str) -> Self {
        Self {
            service: sdk.strip_prefix("aws_sdk_").unwrap_or(sdk),
            ..self.clone()
        }
    }

    fn is_new(&self, request: &impl Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        request.hash(&mut hasher);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(hasher.finish())
    }
}

impl Intercept for CallBounds {
    fn name(&self) -> &'static str {
        "Bounds"
    }

    /// Runs once for each call, regardless of how often the SDK sends it.
    fn read_after_serialization(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let operation = request.headers().get("x-amz-target");
        let asked = (request.uri(), operation, request.body().bytes());
        if self.is_new(&asked) {
            Ok(())
        } else {
            Err(Unbounded::Circle.into())
        }
    }

    /// Slows the service down on a second attempt, which follows throttling or a broken connection.
    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let attempts = bag.load::<RequestAttempts>();
        if attempts.is_some_and(|attempts| attempts.attempts() > 1) {
            self.lanes.slower(self.service);
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.output_or_error().is_ok() {
            self.lanes.faster(self.service);
        }
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let inner = std::mem::replace(body, SdkBody::taken());
        let left = LONGEST;
        *body = SdkBody::from_body_1_x(BoundedBody { inner, left });
        Ok(())
    }
}

/// A response body that fails when it exceeds the maximum length.
struct BoundedBody {
    inner: SdkBody,
    left: usize,
}

impl Body for BoundedBody {
    type Data = <SdkBody as Body>::Data;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, BoxError>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let length = frame.data_ref().map_or(0, |data| data.len());
            let Some(left) = self.left.checked_sub(length) else {
                return Poll::Ready(Some(Err(Unbounded::TooLong.into())));
            };
            self.left = left;
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_nothing_is_asked_twice() {
        let bounds = CallBounds::new(Arc::default());
        assert!(bounds.is_new(&("/", "page 1")) && bounds.is_new(&("/", "page 2")));
        assert!(!bounds.clone().is_new(&("/", "page 1")));
    }
}
