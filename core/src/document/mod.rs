//! What two people write together. Not built yet.
