//! A rate: a bucket of tokens for each address, so that one cannot use the relay up for all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::store::Millis;

/// Addresses remembered at once; when there are more, those that have rested longest are forgotten.
const ADDRESSES: usize = 65_536;

/// The buckets of all addresses.
#[derive(Debug)]
pub struct Rates {
    per_second: f64,
    burst: f64,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Millis,
}

impl Rates {
    /// `per_second` requests over time, `burst` at once; `per_second` 0 lets everything through.
    pub fn new(per_second: u32, burst: u32) -> Self {
        Self { per_second: f64::from(per_second), burst: f64::from(burst.max(1)), buckets: Mutex::default() }
    }

    /// Takes one token of `address`.
    ///
    /// # Errors
    /// The whole seconds after which there is one.
    pub fn take(&self, address: IpAddr, now: Millis) -> Result<(), u32> {
        if self.per_second <= 0.0 {
            return Ok(());
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES {
            let full = (self.burst / self.per_second * 1000.0) as Millis;
            buckets.retain(|_, b| now.saturating_sub(b.at) < full);
            if buckets.len() >= ADDRESSES {
                // All of them are busy: an attack from everywhere, against which counting addresses does not help.
                buckets.clear();
            }
        }
        let bucket = buckets.entry(network(address)).or_insert(Bucket { tokens: self.burst, at: now });
        let passed = now.saturating_sub(bucket.at).max(0) as f64 / 1000.0;
        bucket.tokens = (bucket.tokens + passed * self.per_second).min(self.burst);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            Ok(())
        } else {
            Err((((1.0 - bucket.tokens) / self.per_second).ceil() as u32).max(1))
        }
    }
}

/// One subscriber has a whole /64 of IPv6, so that counts as one address.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds_and_addresses_do_not_share() {
        let rates = Rates::new(2, 3);
        let (a, b) = (IpAddr::from([1, 1, 1, 1]), IpAddr::from([2, 2, 2, 2]));
        assert!((0..3).all(|_| rates.take(a, 0).is_ok()));
        assert_eq!(rates.take(a, 0), Err(1));
        assert!(rates.take(b, 0).is_ok());
        assert!(rates.take(a, 499).is_err());
        assert!(rates.take(a, 1000).is_ok() && rates.take(a, 1000).is_ok());
        assert!(rates.take(a, 100).is_err(), "a clock that goes back gives nothing");
    }

    #[test]
    fn a_network_of_v6_is_one_address() {
        let rates = Rates::new(1, 1);
        let a: IpAddr = "2001:db8::1".parse().unwrap();
        let b: IpAddr = "2001:db8::2".parse().unwrap();
        assert!(rates.take(a, 0).is_ok());
        assert!(rates.take(b, 0).is_err());
        assert!(rates.take("::ffff:1.2.3.4".parse().unwrap(), 0).is_ok());
        assert!(rates.take(IpAddr::from([1, 2, 3, 4]), 0).is_err());
    }
}
