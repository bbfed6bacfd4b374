//! What lists and screens read. Not built yet.
