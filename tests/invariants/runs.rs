//! Whole runs: their results depend on the scenario, the seed and nothing else.
