//! A refusal as an HTTP answer: status, CBOR body, and when to try again.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ithaca_wire::WireError;
use ithaca_wire::cbor;
use ithaca_wire::error::{Code, Refusal};

use crate::config::Config;
use crate::store::StoreError;

/// The content type of every body but pages and streams.
pub const CBOR: HeaderValue = HeaderValue::from_static("application/cbor");

/// A refusal on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refuse(pub Refusal);

impl Refuse {
    /// A refusal that says in a sentence what is wrong, and names the limit where there is one.
    pub fn new(code: Code, config: &Config) -> Self {
        let limits = &config.store;
        let (reason, retry_after) = match code {
            Code::Ok => ("nothing is wrong".into(), None),
            Code::Fork => ("other bytes are held at this number; both are kept".into(), None),
            Code::Gap => ("the number lies past the head of its lane; push what lies between first".into(), None),
            Code::NoMailbox => ("no such mailbox, or its token does not open it".into(), None),
            Code::Malformed => ("the request cannot be read".into(), None),
            Code::RecordTooLarge => (format!("a record has more than {} bytes", config.record_bytes), None),
            Code::RequestTooLarge => (format!("a request has more than {} bytes", config.request_bytes), None),
            Code::MailboxFull => (format!("the mailbox holds {} bytes, its limit", limits.mailbox_bytes), None),
            Code::AccountFull => (format!("the account's mailboxes hold {} bytes, their limit", limits.account_bytes), None),
            Code::TooManyLanes => (format!("the mailbox has {} lanes, its limit", limits.lanes), None),
            Code::TooManyVersions => (format!("the number has {} versions, its limit", limits.versions), None),
            Code::TooManyRequests => (format!("more than {} requests a second", config.requests_per_second), Some(1)),
            Code::TooManyConnections => (format!("more than {} connections or streams", config.connections.min(config.streams)), Some(5)),
            Code::StoreDown => ("the store is down; nothing was written".into(), Some(5)),
            Code::NoAccount => ("the account's secret is unknown or revoked".into(), None),
            Code::VoucherUsed => ("the voucher is unknown, or was used for another mailbox".into(), None),
            Code::MailboxTaken => ("a mailbox of that name exists with another token, or was erased".into(), None),
            Code::Lapsed => ("the mailbox got no record in time and lapsed; make it again with its account".into(), None),
            Code::Version => ("this version of the exchange is not spoken here".into(), None),
            Code::TooManyAsked => ("more mailboxes, records, lanes or lists than one request may have".into(), None),
            Code::TooManyMailboxes => (format!("the account has {} mailboxes, its limit", limits.account_mailboxes), None),
            Code::NoObject => ("the object is not held, or not whole yet".into(), None),
            Code::ObjectMismatch => ("the object's bytes do not have the hash in its name; it was thrown away".into(), None),
            Code::Internal => ("the relay did not foresee this; its log says more".into(), None),
        };
        Self(Refusal { code, reason, retry_after })
    }

    /// One connection too many of one address.
    pub fn from_one_address(config: &Config) -> Self {
        let reason = format!("more than {} connections from one address", config.connections_per_address);
        Self(Refusal { code: Code::TooManyConnections, reason, retry_after: Some(5) })
    }

    /// What a store's error is to an asker.
    pub fn store(error: &StoreError, config: &Config) -> Self {
        match error {
            StoreError::Refused(code) => Self::new(*code, config),
            StoreError::Down(_) | StoreError::Newer { .. } => Self::new(Code::StoreDown, config),
        }
    }

    /// What undecodable or excessive bytes are to an asker.
    pub fn wire(error: &WireError, config: &Config) -> Self {
        match error {
            WireError::Version { .. } => Self::new(Code::Version, config),
            WireError::TooMany { .. } => Self::new(Code::TooManyAsked, config),
            other => Self(Refusal { code: Code::Malformed, reason: other.to_string(), retry_after: None }),
        }
    }

    /// The status that goes with a code.
    pub fn status(code: Code) -> StatusCode {
        match code {
            Code::Ok => StatusCode::OK,
            Code::Malformed | Code::Version => StatusCode::BAD_REQUEST,
            Code::NoAccount => StatusCode::UNAUTHORIZED,
            Code::VoucherUsed | Code::TooManyMailboxes => StatusCode::FORBIDDEN,
            Code::NoMailbox | Code::NoObject => StatusCode::NOT_FOUND,
            Code::Fork | Code::Gap | Code::TooManyLanes | Code::TooManyVersions | Code::MailboxTaken => StatusCode::CONFLICT,
            Code::Lapsed => StatusCode::GONE,
            Code::RecordTooLarge | Code::RequestTooLarge | Code::TooManyAsked => StatusCode::PAYLOAD_TOO_LARGE,
            Code::ObjectMismatch => StatusCode::UNPROCESSABLE_ENTITY,
            Code::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Code::TooManyConnections | Code::StoreDown => StatusCode::SERVICE_UNAVAILABLE,
            Code::MailboxFull | Code::AccountFull => StatusCode::INSUFFICIENT_STORAGE,
        }
    }
}

impl IntoResponse for Refuse {
    fn into_response(self) -> Response {
        let mut response = (Self::status(self.0.code), [(header::CONTENT_TYPE, CBOR)], cbor::encode(&self.0)).into_response();
        if let Some(seconds) = self.0.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
