//! Padmé: lengths are rounded up so that at most O(log log n) bits of a length are told, at a cost of 12 % at most
//! (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019).

/// No record is shorter than this, outer bytes counted: a short message and a bare acknowledgement look alike.
pub const FLOOR: usize = 256;

/// The padded length of `len` bytes: at least [`FLOOR`], at most 12 % more than `len` above it.
pub fn padded(len: usize) -> usize {
    let len = len.max(FLOOR);
    let exponent = usize::BITS - 1 - len.leading_zeros();
    let bits_of_exponent = u32::BITS - exponent.leading_zeros();
    let mask = (1usize << (exponent - bits_of_exponent)) - 1;
    len.saturating_add(mask) & !mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_things_look_alike() {
        assert!((0..=FLOOR).all(|n| padded(n) == FLOOR));
    }

    #[test]
    fn never_shorter_never_twelve_percent_longer_and_a_fixed_point() {
        for n in FLOOR..200_000 {
            let p = padded(n);
            assert!(p >= n && p <= n + n * 12 / 100 + 1, "{n} became {p}");
            assert_eq!(padded(p), p);
        }
    }
}
