//! The reasons why a pack is not trusted.

use thiserror::Error;

use super::{KeyError, KeyId};

/// The reason why a pack is not trusted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrustError {
    /// The pack has no signature, and the trust file requires one.
    #[error("{pack} is not signed, and {file} requires a signature")]
    Unsigned {
        /// The label of the pack.
        pack: String,
        /// The name of the trust file.
        file: String,
    },
    /// The signature cannot be read, or does not match.
    #[error("{pack}: {why}")]
    Signature {
        /// The label of the pack.
        pack: String,
        /// The problem with the signature.
        why: KeyError,
    },
    /// The signing key is not in the trust file.
    #[error("{pack} is signed by key {key}, which {file} does not know")]
    UnknownKey {
        /// The label of the pack.
        pack: String,
        /// The id of the signing key.
        key: KeyId,
        /// The name of the trust file.
        file: String,
    },
    /// The key may not sign packs of this name.
    #[error("{pack} is signed by key {key} ({owner}), which {file} does not trust for this name")]
    OtherName {
        /// The label of the pack.
        pack: String,
        /// The id of the signing key.
        key: KeyId,
        /// The owner of the key.
        owner: String,
        /// The name of the trust file.
        file: String,
    },
    /// The key was revoked.
    #[error("{pack} is signed by key {key} ({owner}), which was revoked: {reason}")]
    Revoked {
        /// The label of the pack.
        pack: String,
        /// The id of the signing key.
        key: KeyId,
        /// The owner of the key.
        owner: String,
        /// The reason for the revocation.
        reason: String,
    },
    /// The key has expired.
    #[error("{pack} is signed by key {key} ({owner}), which counted until {until}")]
    Expired {
        /// The label of the pack.
        pack: String,
        /// The id of the signing key.
        key: KeyId,
        /// The owner of the key.
        owner: String,
        /// The last day on which the key was valid.
        until: String,
    },
    /// The signed comment is for another pack or another version.
    #[error("{pack}: the signature was made for {comment}")]
    OtherPack {
        /// The label of the pack.
        pack: String,
        /// The text of the signed comment.
        comment: String,
    },
}
