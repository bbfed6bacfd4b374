//! "You two differ", derived. Not built yet.
