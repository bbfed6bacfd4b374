//! An account: the right to make mailboxes, as a secret of which only a hash is kept. A voucher: the same right, once.

use ithaca_wire::error::Code;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::store::{AccountId, Key, Ledger, Millis, StoreError, Table};

/// An account's secret.
pub type Secret = [u8; 32];

/// What is kept of an account.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Account {
    /// When it was made.
    #[n(0)]
    pub made: Millis,
    /// Whether it may make nothing any more.
    #[n(1)]
    pub revoked: bool,
    /// What its operator calls it.
    #[n(2)]
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Issued {
    #[cbor(n(0), with = "minicbor::bytes")]
    account: [u8; 32],
    #[n(1)]
    made: Millis,
    #[n(2)]
    used: Option<(ithaca_wire::MailboxId, ithaca_wire::TokenHash)>,
}

fn labelled(label: &[u8], secret: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(label).chain_update(secret).finalize().into()
}

/// The id of the account that a secret opens.
pub fn id(secret: &Secret) -> AccountId {
    AccountId(labelled(b"ithaca/v1/account", secret))
}

fn voucher_key(voucher: &[u8; 16]) -> [u8; 32] {
    labelled(b"ithaca/v1/voucher", voucher)
}

fn bytes<T: Encode<()>>(value: &T) -> Vec<u8> {
    ithaca_wire::cbor::encode(value)
}

fn read<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T, StoreError> {
    minicbor::decode(bytes).map_err(|_| StoreError::Down("a ledger entry cannot be read".into()))
}

/// Makes an account.
///
/// # Errors
/// [`StoreError::Down`].
pub async fn make(ledger: &dyn Ledger, secret: &Secret, label: &str, now: Millis) -> Result<AccountId, StoreError> {
    let id = id(secret);
    let account = Account { made: now, revoked: false, label: label.to_owned() };
    ledger.compare_and_set(Table::Accounts, id.0, None, bytes(&account)).await?;
    Ok(id)
}

/// Every account, by id.
///
/// # Errors
/// [`StoreError::Down`].
pub fn list(ledger: &dyn Ledger) -> Result<Vec<(AccountId, Account)>, StoreError> {
    ledger.values(Table::Accounts)?.into_iter().map(|(key, value)| Ok((AccountId(key), read(&value)?))).collect()
}

/// Revokes an account: it makes and erases nothing any more; its mailboxes stay. `false` if there is none.
///
/// # Errors
/// [`StoreError::Down`].
pub async fn revoke(ledger: &dyn Ledger, id: AccountId) -> Result<bool, StoreError> {
    loop {
        let Some(held) = ledger.value(Table::Accounts, &id.0)? else { return Ok(false) };
        let account = Account { revoked: true, ..read(&held)? };
        if ledger.compare_and_set(Table::Accounts, id.0, Some(held), bytes(&account)).await? {
            return Ok(true);
        }
    }
}

/// Whether an account may make and erase.
///
/// # Errors
/// [`Code::NoAccount`]; [`StoreError::Down`].
pub fn check(ledger: &dyn Ledger, id: AccountId) -> Result<AccountId, StoreError> {
    let held = ledger.value(Table::Accounts, &id.0)?.ok_or(Code::NoAccount)?;
    if read::<Account>(&held)?.revoked { Err(Code::NoAccount.into()) } else { Ok(id) }
}

/// Keeps a new voucher of an account.
///
/// # Errors
/// [`StoreError::Down`].
pub async fn issue(ledger: &dyn Ledger, account: AccountId, voucher: &[u8; 16], now: Millis) -> Result<(), StoreError> {
    let issued = Issued { account: account.0, made: now, used: None };
    ledger.compare_and_set(Table::Vouchers, voucher_key(voucher), None, bytes(&issued)).await.map(drop)
}

/// Uses a voucher for one mailbox: once, or again for the same name and token. Answers who pays.
///
/// # Errors
/// [`Code::VoucherUsed`]; [`Code::NoAccount`] when its account was revoked; [`StoreError::Down`].
pub async fn claim(ledger: &dyn Ledger, voucher: &[u8; 16], mailbox: &Key) -> Result<AccountId, StoreError> {
    let key = voucher_key(voucher);
    let wanted = (mailbox.mailbox, mailbox.token);
    loop {
        let held = ledger.value(Table::Vouchers, &key)?.ok_or(Code::VoucherUsed)?;
        let issued: Issued = read(&held)?;
        let account = check(ledger, AccountId(issued.account))?;
        match issued.used {
            Some(used) if used == wanted => return Ok(account),
            Some(_) => return Err(Code::VoucherUsed.into()),
            None => {
                let used = Issued { used: Some(wanted), ..issued };
                if ledger.compare_and_set(Table::Vouchers, key, Some(held), bytes(&used)).await? {
                    return Ok(account);
                }
            }
        }
    }
}
