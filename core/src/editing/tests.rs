//! Tests of editing sessions.
