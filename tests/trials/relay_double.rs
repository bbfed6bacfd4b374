//! A hostile relay: one way of cheating, laid over the relay that ships. What a user then sees is asserted by the tests that name it.

use std::cell::RefCell;
use std::rc::Rc;

use ithaca_core::transport::Call;
use ithaca_wire::LaneId;
use ithaca_wire::exchange::MakeMailbox;
use ithaca_wire::mailbox::Address;
use ithaca_wire::record::Outer;
use minicbor::bytes::ByteVec;

use super::net::{Net, Phone};

/// What a relay, the network before it, or whoever holds a mailbox's token does.
#[derive(Debug, Clone)]
pub enum Cheat {
    /// Never gives one record.
    DropsOne(LaneId, u64),
    /// Never gives records of a lane from this number on.
    DropsTail(LaneId, u64),
    /// Takes what is pushed, gives nothing, and says it holds what the asker holds. Laid before one person asks and lifted after, it
    /// keeps everything from that person alone.
    Withholds,
    /// The same, and what is pushed is thrown away.
    ConfirmsAndDrops,
    /// Gives records in the wrong order, each twice.
    Reorders,
    /// Somebody with the token puts these there: junk on a number that is another's, or another's record under another seal.
    Puts(Address, Vec<Vec<u8>>),
    /// Is again as it was after the first so many records of one mailbox.
    RollsBack(Address, usize),
    /// Holds nothing any more.
    Forgets,
    /// Takes records of this record's lane from nobody, and shows this one.
    Shows(Vec<u8>),
}

impl Cheat {
    /// Begins to cheat, and counts from now on the records that are pushed. [`Net::honest`] ends it.
    pub fn lay(self, net: &mut Net) -> Rc<RefCell<usize>> {
        net.honest();
        let pushes = Rc::new(RefCell::new(0));
        match self {
            Self::DropsOne(lane, n) => withhold(net, move |o| (o.lane, o.n) == (lane, n)),
            Self::DropsTail(lane, from) => withhold(net, move |o| o.lane == lane && o.n >= from),
            Self::Withholds => lie(net, false, &pushes),
            Self::ConfirmsAndDrops => lie(net, true, &pushes),
            Self::Reorders => {
                net.answer = Some(Box::new(|response| {
                    for records in response.mailboxes.iter_mut().filter_map(|a| a.records.as_mut()) {
                        records.reverse();
                        let twice = records.clone();
                        records.extend(twice);
                    }
                }));
            }
            Self::Puts(address, records) => drop(net.push(&address, &records)),
            Self::RollsBack(address, n) => roll_back(net, &address, n),
            Self::Forgets => net.wipe(),
            Self::Shows(record) => show(net, record),
        }
        pushes
    }
}

/// What stands before a person, in the words they see.
pub fn said(phone: &mut Phone) -> Vec<String> {
    phone.engine().notices().unwrap().into_iter().map(|n| n.words).collect()
}

fn withhold(net: &mut Net, held_back: impl Fn(&Outer<'_>) -> bool + 'static) {
    net.answer = Some(Box::new(move |response| {
        for records in response.mailboxes.iter_mut().filter_map(|a| a.records.as_mut()) {
            records.retain(|r| Outer::parse(r).is_ok_and(|o| !held_back(&o)));
        }
    }));
}

fn lie(net: &mut Net, drops: bool, pushes: &Rc<RefCell<usize>>) {
    let digests = Rc::new(RefCell::new(Vec::new()));
    let (heard, count) = (digests.clone(), pushes.clone());
    net.ask = Some(Box::new(move |request| {
        *heard.borrow_mut() = request.mailboxes.iter().map(|a| a.digest).collect::<Vec<_>>();
        for ask in &mut request.mailboxes {
            *count.borrow_mut() += ask.push.as_ref().map_or(0, Vec::len);
            if drops {
                ask.push = None;
            }
        }
    }));
    net.answer = Some(Box::new(move |response| {
        for (answer, digest) in response.mailboxes.iter_mut().zip(digests.borrow().iter()) {
            (answer.digest, answer.vector, answer.lacking) = (*digest, None, None);
            (answer.pushed, answer.records, answer.lists) = (None, None, None);
        }
    }));
}

fn roll_back(net: &mut Net, address: &Address, n: usize) {
    let records: Vec<Vec<u8>> = net.pushed.iter().filter(|(m, _)| *m == address.id).map(|(_, r)| r.clone()).take(n).collect();
    assert_eq!(records.len(), n);
    net.wipe();
    let make = MakeMailbox { token_hash: address.token.hash(), voucher: None, next: None, token: None };
    net.call(Call::Make { mailbox: address.id, make, account: None }, ithaca_tests::people::START).unwrap();
    net.push(address, &records);
}

fn show(net: &mut Net, record: Vec<u8>) {
    let lane = Outer::parse(&record).unwrap().lane;
    net.ask = Some(Box::new(move |request| {
        for ask in &mut request.mailboxes {
            if let Some(push) = &mut ask.push {
                push.retain(|r| Outer::parse(r).is_ok_and(|o| o.lane != lane));
            }
        }
    }));
    net.answer = Some(Box::new(move |response| {
        for answer in response.mailboxes.iter_mut().filter(|a| a.digest.is_some()) {
            answer.records.get_or_insert_default().push(ByteVec::from(record.clone()));
            if let Some(vector) = &mut answer.vector {
                vector.retain(|(l, _)| *l != lane);
            }
        }
    }));
}
