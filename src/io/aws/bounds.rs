//! What an answer may not do: be endless, or send its reader in a circle. Stands in every client.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::hash::{Hash, Hasher};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use aws_sdk_lambda::primitives::SdkBody;
use aws_sdk_sts::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use http_body::{Body, Frame};
use thiserror::Error;

type BoxError = Box<dyn Error + Send + Sync>;

/// The longest answer. The largest page, a thousand roles with all their policies, has a few megabytes.
const LONGEST: usize = 32 * 1024 * 1024;

/// What is wrong with an answer.
#[derive(Debug, Error)]
pub(super) enum Unbounded {
    /// The same request again: nothing is asked twice, so a page has named itself or an earlier one as the next.
    #[error("the pages of the answer repeat")]
    Circle,
    /// It does not end.
    #[error("the answer is longer than {} MB", LONGEST / 1024 / 1024)]
    TooLong,
}

/// The bounds of one pass over an account.
#[derive(Clone, Debug, Default)]
pub(super) struct Bounds {
    asked: Arc<Mutex<HashSet<u64>>>,
}

impl Bounds {
    fn is_new(&self, request: &impl Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        request.hash(&mut hasher);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(hasher.finish())
    }
}

impl Intercept for Bounds {
    fn name(&self) -> &'static str {
        "Bounds"
    }

    /// Once for each call, however often the SDK sends it.
    fn read_after_serialization(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let operation = request.headers().get("x-amz-target");
        let asked = (request.uri(), operation, request.body().bytes());
        match self.is_new(&asked) {
            true => Ok(()),
            false => Err(Unbounded::Circle.into()),
        }
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
        *body = SdkBody::from_body_1_x(Bounded { inner, left });
        Ok(())
    }
}

/// A body that fails when it is too long.
struct Bounded {
    inner: SdkBody,
    left: usize,
}

impl Body for Bounded {
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
        let bounds = Bounds::default();
        assert!(bounds.is_new(&("/", "page 1")) && bounds.is_new(&("/", "page 2")));
        assert!(!bounds.clone().is_new(&("/", "page 1")));
    }
}
