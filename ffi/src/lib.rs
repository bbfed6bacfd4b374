//! The surface for Kotlin and Swift. Not built yet.
