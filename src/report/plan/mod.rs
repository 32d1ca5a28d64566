//! What people and programs read of a plan's parts.

pub mod headroom;
