//! Why something is not trusted.

use thiserror::Error;

use super::{KeyError, KeyId};

/// Why a pack is not trusted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrustError {
    /// It has no signature, and needs one.
    #[error("{pack} is not signed, and {file} requires a signature")]
    Unsigned {
        /// The pack.
        pack: String,
        /// The trust file.
        file: String,
    },
    /// The signature cannot be read, or does not fit.
    #[error("{pack}: {why}")]
    Signature {
        /// The pack.
        pack: String,
        /// What is wrong with it.
        why: KeyError,
    },
    /// The key is none of those in the trust file.
    #[error("{pack} is signed by key {key}, which {file} does not know")]
    UnknownKey {
        /// The pack.
        pack: String,
        /// The key.
        key: KeyId,
        /// The trust file.
        file: String,
    },
    /// The key may not sign packs of this name.
    #[error("{pack} is signed by key {key} ({owner}), which {file} does not trust for this name")]
    OtherName {
        /// The pack.
        pack: String,
        /// The key.
        key: KeyId,
        /// Whose it is.
        owner: String,
        /// The trust file.
        file: String,
    },
    /// The key does not count any more.
    #[error("{pack} is signed by key {key} ({owner}), which was revoked: {reason}")]
    Revoked {
        /// The pack.
        pack: String,
        /// The key.
        key: KeyId,
        /// Whose it was.
        owner: String,
        /// Why.
        reason: String,
    },
    /// The key counted until a day that is past.
    #[error("{pack} is signed by key {key} ({owner}), which counted until {until}")]
    Expired {
        /// The pack.
        pack: String,
        /// The key.
        key: KeyId,
        /// Whose it is.
        owner: String,
        /// The last day.
        until: String,
    },
    /// The signed comment is of another pack, or of another version.
    #[error("{pack}: the signature was made for {comment}")]
    OtherPack {
        /// The pack.
        pack: String,
        /// What the comment says.
        comment: String,
    },
}
