//! Capacity planning: what a design can bear.

pub mod headroom;
