//! The journeys: what people do and must see, through the public API, over a real relay on this machine.

mod j2;
