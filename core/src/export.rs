//! What a space reads like outside: JSON and Markdown. Not built yet.
